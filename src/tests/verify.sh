#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify: a report against its files, its rules, its sources, and the same hunt run again.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/triage" >/dev/null
cp -R "$SRCDIR/rules" "$work/rules"
chmod -R u+w "$work/rules"
mkdir "$work/tmp"
TMPDIR=$work/tmp
export TMPDIR
cd "$work"
report() {
	rm -rf report
	expect 'a hunt' 1 "$EVTXHOUND" hunt -q --level low --rules rules --out report -j 2 triage
}
report

n=$(find report -type f ! -name manifest.json | wc -l)
expect 'as it was' 0 "$EVTXHOUND" verify report
says 'as it was' stdout "outputs: $n of $n are what they were"
says 'as it was' stdout 'rules: 3 of 3 are what they were'
says 'as it was' stdout 'sources: 8 of 8 are what they were'
says 'as it was' stdout "hunt again: $n of $n outputs have the same bytes"
says 'as it was' stdout 'verified: nothing differs, and the hunt writes the same bytes again'
expect 'from elsewhere' 0 sh -c 'cd / && "$1" verify "$2/report"' - "$EVTXHOUND" "$work"
expect 'without a run' 0 "$EVTXHOUND" verify --no-run report
says 'without a run' stdout 'sources: 8 of 8 are what they were'
expect 'quiet' 0 "$EVTXHOUND" verify --quiet --no-run report
rows=$((rows + 1))
[ "$(cat "$work/stdout")" = 'verified: nothing differs' ] || fail "quiet: $(cat "$work/stdout")"
rows=$((rows + 1))
[ -z "$(ls tmp)" ] || fail "folders are left behind: $(ls tmp)"

rm -rf report
expect 'a case' 1 "$EVTXHOUND" hunt -q --rules rules --out report --case-number '2026/117' --evidence-number 4 \
	--examiner 'A. Fournier' --description 'Two <workstations>' --notes "First line.
Second line." triage
in_file 'a case' report/manifest.json '"value": "2026/117"'
in_file 'a case' report/manifest.json '"value": "First line.\u000aSecond line."'
in_file 'a case' report/report.html '<th scope=row>Case number</th><td><p>2026/117</p>'
in_file 'a case' report/report.html '<p>Two &lt;workstations&gt;</p>'
expect 'a case' 0 "$EVTXHOUND" verify report
says 'a case' stdout 'the hunt writes the same bytes again'
cat >except.yml <<END
- rule: f7b5f842-a6af-4da5-9e95-e32478f3cd2f
  detection: {s: {Computer|startswith: 'WS01'}, condition: s}
  reason: known
  who: A. Examiner
  date: 2026-03-05
END
rm -rf report
expect 'exceptions' 1 "$EVTXHOUND" hunt -q --rules rules --out report --suppress except.yml --near-misses triage
expect 'exceptions' 0 "$EVTXHOUND" verify report
says 'exceptions' stdout 'the hunt writes the same bytes again'
sed 's/WS01/WS02/' except.yml >other.yml
mv other.yml except.yml
expect 'another exception' 1 "$EVTXHOUND" verify report
says 'another exception' stdout 'suppressed.csv'
rm -rf report
expect 'a case without texts' 1 "$EVTXHOUND" hunt -q --rules rules --out report --notes '' triage
! grep -q '<table class="case">' report/report.html || fail 'a case without texts: a table'
report

printf x >>report/findings.csv
expect 'an output that was changed' 1 "$EVTXHOUND" verify report
says 'an output that was changed' stdout 'output findings.csv: changed: its SHA-256 is another'
rm report/evidence.csv
expect 'an output that is gone' 1 "$EVTXHOUND" verify --no-run report
says 'an output that is gone' stdout 'output evidence.csv: No such file'

report
cp triage/WS01/Security.evtx whole.evtx
printf 'x' | dd of=triage/WS01/Security.evtx bs=1 seek=70000 conv=notrunc 2>/dev/null
expect 'a source that was changed' 1 "$EVTXHOUND" verify --no-run report
says 'a source that was changed' stdout 'source triage/WS01/Security.evtx: changed'
expect 'a source that was changed, run' 1 "$EVTXHOUND" verify report
says 'a source that was changed, run' stdout 'source triage/WS01/Security.evtx: changed'
says 'a source that was changed, run' stdout 'output report.html: another when the hunt is run again; the first difference is byte'
rm -rf tmp/evtxhound-verify.*
mv triage gone
expect 'no evidence' 3 "$EVTXHOUND" verify --no-run report
says 'no evidence' stdout 'source triage/WS01/Security.evtx: No such file'
mv gone triage
mv whole.evtx triage/WS01/Security.evtx

report
sed -i 's/^title:/title: /' rules/msiexec_web_install.yml
expect 'a rule that was changed' 1 "$EVTXHOUND" verify --no-run report
says 'a rule that was changed' stdout 'rule rules/msiexec_web_install.yml: changed'

"$EVTXHOUND" hunt -q --out piped --rules rules - <triage/DC01/Security.evtx >/dev/null 2>&1 || true
expect 'standard input' 3 "$EVTXHOUND" verify piped
says 'standard input' stdout 'hunt again: not run'

expect 'no report' 4 "$EVTXHOUND" verify triage
says 'no report' stderr 'it is no whole report'
expect 'no folder' 4 "$EVTXHOUND" verify nowhere
expect 'two folders' 2 "$EVTXHOUND" verify report report
expect 'no operand' 2 "$EVTXHOUND" verify
expect 'help' 0 "$EVTXHOUND" verify --help

# Manifests that are none, or lie.
lies() {
	mkdir -p liar
	printf '%s' "$2" >liar/manifest.json
	expect "$1" "$3" "$EVTXHOUND" verify liar
}
start='{"schema":"evtxhound-manifest/1"'
lies 'empty' '' 4
lies 'cut' "$start" 4
lies 'another schema' '{"schema":"other/1"}' 4
lies 'not an object' '[]' 4
lies 'nothing in it' "$start}" 3
lies 'a path as a name' "$start,\"outputs\":[{\"name\":\"../triage/x\",\"sha256\":\"00\"}]}" 1
lies 'no hash' "$start,\"outputs\":[{\"name\":\"x\",\"sha256\":null}]}" 3
lies 'wrong types' "$start,\"outputs\":{},\"rules\":7,\"sources\":\"x\",\"run\":[1,{\"a\":[]}],\"exit_code\":\"1\"}" 3
lies 'deep' "$start,\"other\":$(printf '[%.0s' $(seq 5000))$(printf ']%.0s' $(seq 5000))}" 3
lies 'a text without end' "$start,\"other\":\"x}" 4
lies 'an escape without end' "$start,\"tool\":{\"version\":\"\\u12" 4
lies 'a surrogate alone' "$start,\"outputs\":[{\"name\":\"\\ud800\\u0041\\udc80\",\"sha256\":null}]}" 3
finish
