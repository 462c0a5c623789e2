#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An examiner's exceptions: docs/exceptions.md.
. "${SRCDIR:-.}/src/tests/lib.sh"
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
web=f7b5f842-a6af-4da5-9e95-e32478f3cd2f
rule=$SRCDIR/rules/msiexec_web_install.yml

# except RULE DETECTION: a file of one exception; an empty detection is none.
except() {
	{
		echo "- rule: $1"
		[ -z "$2" ] || echo "  detection: {s: {$2}, condition: s}"
		echo '  reason: "=known, and harmless"'
		echo '  who: A. Examiner'
		echo '  date: 2026-03-05'
	} >"$work/except.yml"
}
# left NAME CODE SUPPRESSED: of the two findings of the rule.
left() {
	expect "$1" "$2" hunt --rules "$rule" --suppress "$work/except.yml" "$work/story"
	rows=$((rows + 1))
	got=$(($(wc -l <"$work/out/suppressed.csv") - 1))
	[ "$got" = "$3" ] || fail "$1: $got suppressed, not $3"
}

except $web "Computer|startswith: 'WS01'"
left 'one host' 1 1
in_file 'one host' "$work/out/suppressed.csv" "'=known, and harmless"
in_file 'one host' "$work/out/suppressed.csv" ",A. Examiner,2026-03-05,$work/except.yml,1"
in_file 'one host' "$work/out/suppressed.jsonl" '"suppressed":{"path":'
in_file 'one host' "$work/out/report.html" 'Suppressed findings'
in_file 'one host' "$work/out/coverage.csv" 'ws01.corp.example,f7b5f842-a6af-4da5-9e95-e32478f3cd2f,MsiExec Web Install,medium,found'
says 'one host' stdout '1 more suppressed by exceptions'
rows=$((rows + 1))
grep -A1 '"suppressed": {' "$work/out/manifest.json" | grep -q '"findings": 1' ||
	fail 'the manifest does not count it'
if grep -q ws01 "$work/out/findings.csv"; then fail 'a suppressed finding is among the findings'; fi
cp -R "$work/out" "$work/one"
expect 'two workers' 1 hunt -j 2 --rules "$rule" --suppress "$work/except.yml" "$work/story"
same 'two workers' "$work/out/suppressed.jsonl" "$work/one/suppressed.jsonl"
same 'two workers' "$work/out/report.html" "$work/one/report.html"

except all "CommandLine|contains: 'msiexec'"
left 'all of them: nothing is left' 0 2
except "[$web, other]" ''
left 'without condition' 0 2
except other ''
left 'another rule' 1 0
except $web "User: nobody"
left 'a condition that does not hold' 1 0
except $web "OriginalFileName: null"
left 'what is not known holds for no one' 1 0
except $web "process.name: cmd.exe"
left 'words of EQL' 0 2

# faults ROW TEXT: what is told of the file, and no report is made.
fault() {
	rm -rf "$work/none"
	expect "$1" 2 "$EVTXHOUND" hunt -q --out "$work/none" --suppress "$work/except.yml" "$work/story"
	says "$1" stderr "$work/except.yml:$2"
	[ ! -e "$work/none" ] || fail "$1: a report is begun"
}
except all ''
fault 'all without condition' '1:3: an exception for all rules needs a `detection`'
except $web 'Image|endwith: a'
fault 'a fault in a condition' '2:25: unknown modifier `endwith`'
printf -- '- rule: a\n  who: b\n  date: 2026-01-01\n' >"$work/except.yml"
fault 'no reason' '1:3: the exception has no `reason`'
printf -- '- rule: a\n  who: b\n  date: 5 March\n  reason: c\n' >"$work/except.yml"
fault 'no date' '3:9: `date`'
printf -- '- rule: a\n  who: b\n  date: 2026-01-01\n  reason: c\n  unless: d\n' >"$work/except.yml"
fault 'an unknown member' '5:3: an exception has no `unless`'
echo 'rule: a' >"$work/except.yml"
fault 'no list' '1:1: exceptions are a list'
printf -- '- [' >"$work/except.yml"
fault 'no YAML' '2:1:'
rm "$work/except.yml"
expect 'no file' 2 "$EVTXHOUND" hunt -q --out "$work/none" --suppress "$work/except.yml" "$work/story"
says 'no file' stderr 'except.yml: cannot be opened'

finish
