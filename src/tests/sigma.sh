#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every rule that SigmaHQ publishes for Windows, where SHARED holds them, loads as it is; and with all of
# them loaded, each of SigmaHQ's own logs is found by its rule at least as often as it must be.
. "${SRCDIR:=.}/src/tests/lib.sh"
shared=${SHARED:-}/sigma
[ -n "${SHARED:-}" ] && [ -d "$shared/rules" ] || { echo "SHARED does not hold them"; exit 77; }

# Fifteen are about what no log holds, two want values of a placeholder.
expect 'all rules load' 0 "$EVTXHOUND" rules check "$shared/rules"
says 'all rules load' stdout '2858 rules in 2858 files, 0 faults, 17 not run'
printf 'known_cdcs: [dc1, 192.0.2.1]\n' >"$work/values.yml"
expect 'with values' 0 "$EVTXHOUND" rules check --placeholders "$work/values.yml" "$shared/rules"
says 'with values' stdout '2858 rules in 2858 files, 0 faults, 15 not run'

expect 'hunt' 1 "$EVTXHOUND" hunt -q --verify none --timeline none --rules "$shared/rules" \
	--out "$work/out" "$shared/regression"
awk -F, 'FNR == 1 { file++ }
	file == 1 { rule[$1] = $2; next }
	file == 2 { n = split($10, path, "/"); found[rule[$1], path[n], $1] = 1; next }
	!/^#/ {
		split($0, want, "\t")
		for (key in found) {
			split(key, part, SUBSEP)
			got[want[1]] += part[1] == want[1] && part[2] == want[3]
		}
		if (got[want[1]] < want[2])
			print want[1] " matches " got[want[1]] + 0 " times in " want[3] ", not " want[2]
		rows++
	}
	END { print rows " logs" }' \
	"$work/out/findings.csv" "$work/out/evidence.csv" "$shared/regression/expect.tsv" >"$work/told"
echo '107 logs' >"$work/should"
same 'what must be found' "$work/should" "$work/told"
[ "$failures" = 0 ] || cat "$work/told"
finish
