#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Forges every scenario, hunts it with the rules of the house, and compares the findings with what the
# scenario says it expects: rule, status, host, clock (both unless said) and how many; where it says
# so, also how many records corroborate, and which signs of tampering and loss there are.
#	scenarios.sh [SCENARIO...]
# Debian's evtxexport, where there is one, must read every record of what was forged.
set -u
: "${EVTXHOUND:=./evtxhound}" "${SRCDIR:=.}"
"$EVTXHOUND" forge --help >/dev/null 2>&1 || { echo "this evtxhound cannot forge"; exit 77; }
[ $# -gt 0 ] || set -- "$SRCDIR"/fixtures/scenarios/*.yml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 n=0

# "rule|status|host|clock" lines, once for each finding.
expected() {
	awk '/^[a-z]/ { on = /^expect:/; next }
	on && /^  - \{/ {
		gsub(/^  - \{|\}$/, "")
		split("", x); x["count"] = 1; x["clock"] = "both"
		k = split($0, parts, ", *")
		for (i = 1; i <= k; i++) { at = index(parts[i], ": "); x[substr(parts[i], 1, at - 1)] = substr(parts[i], at + 2) }
		for (i = 0; i < x["count"]; i++) print x["rule"] "|" x["status"] "|" x["host"] "|" x["clock"]
	}' "$1" | sort
}
found() {
	sed -n 's/^.*"rule": *{"id": *"\([^"]*\)".*"status": *"\([^"]*\)".*"computer": *"\([^"]*\)".*"clock": *"\([a-z]*\)", *"other_clock".*$/\1|\2|\3|\4/p' "$1" | sort
}
# "sign|count" lines of a scenario that says so, and of a manifest.
expected_signs() {
	awk '/^[a-z]/ { on = /^signs:/ }
	on && /^  - [{]/ {
		gsub(/^  - [{]|[}]$/, "")
		split("", x); x["count"] = 1
		k = split($0, parts, ", *")
		for (i = 1; i <= k; i++) { at = index(parts[i], ": "); x[substr(parts[i], 1, at - 1)] = substr(parts[i], at + 2) }
		print x["sign"] "|" x["count"]
	}' "$1" | sort
}
found_signs() {
	awk -F '[:,]' '/^  "signs": / { on = 1 } /^  \]/ { on = 0 }
	on && /"kind":/ { kind = $2; gsub(/[ "]/, "", kind) }
	on && /"count":/ && $2 > 0 { print kind "|" $2 + 0 }' "$1" | sort
}
# How many records corroborate the findings, when the scenario says so of each.
corroborating() {
	sed -n '/^expect:/,$s/^  - {.*corroborating: *\([0-9]*\).*/\1/p' "$1" |
		awk '{ n += $1 } END { if (NR) print n }'
}
# The lines that forge says: "HOST/FILE: N records, M chunks".
exports() {
	command -v evtxexport >/dev/null || return 0
	while IFS= read -r line; do
		file=${line%%: *} want=${line#*: } want=${want%% *}
		got=$(evtxexport -f xml "$1/$file" 2>"$work/errors" | grep -c '<Event ')
		[ "$got" = "$want" ] && [ ! -s "$work/errors" ] ||
			{ echo "$name: evtxexport reads $got of $want records of $file"; return 1; }
	done <"$2"
}
fails() {
	echo "FAIL $name: $1"
	failed=$((failed + 1))
}

# With the options given; libevtx must come to the same.
hunts() {
	rm -rf "$work/report"
	"$EVTXHOUND" hunt -q --rules "$SRCDIR/rules" --out "$work/report" "$@" "$work/logs" >"$work/said" 2>&1
	code=$?
	found "$work/report/findings.jsonl" >"$work/found"
	want=0
	[ ! -s "$work/expected" ] || want=1
	case $name in damaged-*) want=3 ;; esac
	[ "$code" = "$want" ] || fails "$* ends with $code, not $want: $(head -n 3 "$work/said")"
	cmp -s "$work/expected" "$work/found" || {
		fails "$* findings differ (< expected, > found)"
		diff "$work/expected" "$work/found"
	}
	found_signs "$work/report/manifest.json" >"$work/found"
	! grep -q '^signs:' "$scenario" || cmp -s "$work/signs" "$work/found" || {
		fails "$* signs differ (< expected, > found)"
		diff "$work/signs" "$work/found"
	}
	want=$(corroborating "$scenario")
	got=$(grep -c '^F-[0-9a-f]*,[0-9]*,corroborating,' "$work/report/evidence.csv")
	[ "$got" = "${want:-$got}" ] || fails "$* $got records corroborate, not $want"
}

for scenario; do
	name=$(basename "$scenario" .yml)
	n=$((n + 1))
	rm -rf "$work/logs"
	head -n 1 "$scenario" | grep -q '^# .*\.$' || fails "does not begin with a sentence"
	"$EVTXHOUND" forge "$scenario" --out "$work/logs" >"$work/made" 2>"$work/errors" ||
		{ fails "cannot be forged: $(cat "$work/errors")"; continue; }
	# Damage on purpose is for us to read, not for evtxexport.
	case $name in damaged-*) ;; *) exports "$work/logs" "$work/made" || failed=$((failed + 1)) ;; esac
	expected "$scenario" >"$work/expected"
	expected_signs "$scenario" >"$work/signs"
	hunts
	# libevtx ends a text at its first NUL, so what stands behind is lost to it; and it does not look for
	# hidden records.
	case $name in *-nul | *-hidden-record) ;; *) hunts --decoder libevtx ;; esac
done
echo "$n scenarios, $failed failures"
[ "$failed" = 0 ]
