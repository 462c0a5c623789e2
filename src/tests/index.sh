#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The index of conditions leaves out nothing that could be found: over forged logs with the rules that
# are shipped, and where SHARED holds them with all public rules over all public logs.
. "${SRCDIR:=.}/src/tests/lib.sh"
agree=./index_agree

for scenario in story quiet-day seized-log; do
	expect "$scenario is forged" 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/$scenario.yml" \
		--out "$work/$scenario"
done
find "$work" -name '*.evtx' | LC_ALL=C sort >"$work/logs"
xargs -d '\n' "$agree" "$SRCDIR/rules" -- <"$work/logs" >"$work/told" || fail "forged logs: $(tail -n 5 "$work/told")"
rows=$((rows + 1))

if [ -n "${SHARED:-}" ] && [ -d "$SHARED/sigma/rules" ]; then
	find "$SHARED/evtx" "$SHARED/sigma/regression" -name '*.evtx' -size -40M | LC_ALL=C sort >"$work/logs"
	xargs -d '\n' -n 2000 "$agree" "$SHARED/sigma/rules" "$SHARED/elastic/rules" -- <"$work/logs" >"$work/told" ||
		fail "public logs: $(tail -n 5 "$work/told")"
	rows=$((rows + 1))
	cat "$work/told"
fi
finish
