#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What could not be seen, as a user meets it: docs/coverage.md.
. "${SRCDIR:-.}/src/tests/lib.sh"
rules=$SRCDIR/rules

# ---- rules coverage ----
expect 'rules coverage' 0 "$EVTXHOUND" rules coverage "$rules"
says 'rules coverage' stdout 'whole     whole     whole     whole     f7b5f842-a6af-4da5-9e95-e32478f3cd2f'
says 'rules coverage' stdout 'security: of 3 rules'
expect 'as JSON' 0 "$EVTXHOUND" rules coverage --json "$rules"
says 'as JSON' stdout '"summary": {"rules": 3, "sysmon": {"whole": 3, "part": 0, "none": 0}'
if command -v python3 >/dev/null; then
	cp "$work/stdout" "$work/json"
	expect "it is JSON" 0 python3 -m json.tool "$work/json"
fi
expect '--json of a list' 2 "$EVTXHOUND" rules list --json "$rules"
says '--json of a list' stderr "--json is for 'coverage'"
mkdir "$work/rules"
cat >"$work/rules/parent.yml" <<'RULE'
title: A parent's command line
id: parent_command_line
logsource: {category: process_creation, product: windows}
detection:
    s: {ParentCommandLine|contains: update}
    condition: s
RULE
expect 'a field that 4688 lacks' 0 "$EVTXHOUND" rules coverage "$work/rules"
says 'a field that 4688 lacks' stdout 'whole     none      whole     whole     parent_command_line'
echo 'title: [' >"$work/rules/bad.yml"
expect 'a faulty rule' 2 "$EVTXHOUND" rules coverage "$work/rules"
says 'a faulty rule' stderr 'bad.yml'

# ---- a host's logs ----
expect 'forge' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story"
expect 'hunt' 1 hunt -j 1 "$work/story"
says 'hunt' stdout 'of 3 rules, 0 could be judged on dc01.corp.example between 2026-02-21T08:00:00.0000000Z'
says 'hunt' stdout 'of 3 rules, 3 could be judged on ws01.corp.example between'
csv=$work/out/coverage.csv
[ "$(wc -l <"$csv")" = 10 ] || fail "coverage.csv has not a row for each host and rule"
in_file 'not audited' "$csv" 'CommandLine: 4688 without command line auditing (Security 4688, 601 records)'
in_file 'no Sysmon' "$csv" 'stage 2: no log Microsoft-Windows-Sysmon/Operational'
in_file 'found' "$csv" 'MsiExec Web Install,medium,found,whole,1,2026-03-02T07:20:00.0000000Z'
in_file 'the page' "$work/out/report.html" '4688 without command line auditing'
in_file 'the manifest' "$work/out/manifest.json" '"not_observable": 3'
cp -R "$work/out" "$work/one"
expect 'two workers' 1 hunt -j 2 "$work/story"
same 'two workers' "$csv" "$work/one/coverage.csv"
expect 'the other decoder' 1 hunt --decoder libevtx "$work/story"
same 'the other decoder' "$csv" "$work/one/coverage.csv"
expect 'a time asked for' 0 hunt --from 2026-03-01 --to 2026-03-02T07:30:00Z "$work/story"
in_file 'a time asked for' "$csv" 'starts-late'
in_file 'a time asked for' "$csv" ',found,'
expect 'a time without records' 0 hunt --from 2027-01-01 "$work/story"
in_file 'a time without records' "$csv" 'outside-time'

# ---- logs that are not whole ----
lacks() {
	rm -rf "$work/lacks"
	expect "forge $1" 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/$1.yml" --out "$work/lacks"
	expect "hunt $1" "$2" hunt --rules "$SRCDIR/rules/msiexec_web_install.yml" "$work/lacks"
	in_file "$1" "$csv" "$3"
}
lacks record-gaps 1 'record-gap,Microsoft-Windows-Sysmon/Operational lacks 40 record ids'
lacks damaged-chunk 3 'Microsoft-Windows-Sysmon/Operational has 2 damages'
lacks signs-cleared 0 'channel-absent; event-absent,no log Microsoft-Windows-Sysmon/Operational; no event 4688 in Security'

# ---- what was found could be seen: on public logs, with all public rules ----
if [ -n "${SHARED-}" ] && [ -d "$SHARED/sigma/rules" ]; then
	rm -rf "$work/out"
	"$EVTXHOUND" hunt -q --no-hash --verify none --timeline none --rules "$SHARED/sigma/rules" \
		--rules "$SHARED/elastic/rules" --out "$work/out" "$SHARED/evtx/attack-samples" \
		>/dev/null 2>&1 || true
	rows=$((rows + 1))
	grep -c ',found,' "$csv" || fail 'nothing is found in the public logs'
	# Each finding of live records must have been observable.
	! command -v python3 >/dev/null || python3 - "$work/out" <<'CHECK' || fail 'a rule found what it could not see'
import csv, json, sys
live = set()
for line in open(sys.argv[1] + "/findings.jsonl", encoding="utf-8"):
    f = json.loads(line)
    if not any(e["recovered"] for e in f["evidence"]):
        live.add((f["computer"].lower(), f["rule"]["id"]))
bad = [r for r in csv.DictReader(open(sys.argv[1] + "/coverage.csv", encoding="utf-8", newline=""))
       if r["Judged"] == "none" and (r["Computer"].lower(), r["RuleId"]) in live]
for r in bad[:5]:
    print(r["Computer"], r["RuleId"], r["Detail"][:300])
sys.exit(bool(bad))
CHECK
fi

finish
