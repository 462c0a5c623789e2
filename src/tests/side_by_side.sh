#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The three detections of msiexec on each of its starts: docs/detections.md, "Side by side".
. "${SRCDIR:-.}/src/tests/lib.sh"

# row SCENARIO TEXT...: the table of that hunt, a line for each process, holds these.
table() {
	rm -rf "$work/logs"
	"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/$1.yml" --out "$work/logs" >/dev/null
	hunt "$work/logs" >/dev/null 2>&1 || true
	sed -n '/<section id=msiexec>/,/<\/section>/p' "$work/out/report.html" |
		sed 's|</td><td>| ; |g; s|<[^>]*>||g' >"$work/table"
}
row() {
	rows=$((rows + 1))
	grep -qF -- "$2" "$work/table" || {
		fail "$1: the table does not say '$2'"
		sed 's/^/    /' "$work/table" | head -20
	}
}

table story
row 'story' 'found on the process that started it'
row 'story' 'found ; found'
row 'story' 'not found: it has no argument /V'
row 'story' 'not found: its command line was not recorded'
# 256 records, of which 70 starts have two.
rows=$((rows + 1))
[ "$(grep -c ' ; ' "$work/table")" = 186 ] || fail 'two records of one start are two rows'
cp "$work/out/report.html" "$work/one.html"
hunt -j 2 "$work/logs" >/dev/null 2>&1 || true
same 'two workers' "$work/out/report.html" "$work/one.html"
table remote-no-connection
row 'no connection' 'not found: no connection to ports 80 or 443 is known of it'
expect 'one rule alone' 0 hunt --rules "$SRCDIR/rules/msiexec_web_install.yml" "$work/logs"
if grep -q 'id=msiexec' "$work/out/report.html"; then fail 'there is a table without all three rules'; fi

finish
