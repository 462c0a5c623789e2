#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# hunt --output: the files for other programs, held against what their readers ask.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/triage" >/dev/null
cd "$work"
files='timesketch.csv timesketch.jsonl timeline-explorer.csv ecs.ndjson'
expect 'all of them' 1 "$EVTXHOUND" hunt -q --output timesketch --output ecs --output timeline-explorer \
	--output ecs --out report triage
expect 'one worker' 1 env LC_ALL=C TZ=Asia/Kolkata "$EVTXHOUND" hunt -q -j 1 --output timesketch \
	--output ecs --output timeline-explorer --out one triage
for file in $files; do
	same "one worker: $file" "report/$file" "one/$file"
	in_file "$file" report/manifest.json "\"name\": \"$file\""
	# Every column and member is in the manual.
	case $file in
	*.csv) sed -n 1p "report/$file" | tr -d '\r' | tr ',' '\n' ;;
	*) grep -o '"[a-z_@0-9]*":' "report/$file" | tr -d '":' | sort -u | grep -vE '^(create|_id|parent|pe|hash|tactic|technique)$' ;;
	esac >members
	rows=$((rows + 1))
	while read -r member; do
		grep -qE "\`([a-z.]*\.)?$member(\`|\.)" "$SRCDIR/docs/outputs.md" || fail "the manual does not tell of $member in $file"
	done <members
done
expect 'verify' 0 "$EVTXHOUND" verify report
expect 'one alone' 1 "$EVTXHOUND" hunt -q --output ecs --timeline none --out alone triage
rows=$((rows + 1))
[ -e alone/ecs.ndjson ] && [ ! -e alone/timesketch.csv ] || fail "one alone: $(ls alone)"
expect 'without a timeline' 1 "$EVTXHOUND" hunt -q --output timesketch --timeline none --out none triage
rows=$((rows + 1))
[ "$(wc -l <none/timesketch.jsonl)" = "$(wc -l <none/findings.jsonl)" ] || fail 'without a timeline there are the findings'
expect 'nothing of that name' 2 "$EVTXHOUND" hunt -q --output splunk --out other triage
says 'nothing of that name' stderr 'none of timesketch, timeline-explorer, ecs'
expect 'not again' 1 "$EVTXHOUND" hunt -q --force --out report triage
rows=$((rows + 1))
for file in $files; do
	[ ! -e "report/$file" ] || fail "$file of an earlier report is left"
done

rows=$((rows + 1))
[ "$(sed -n 1p one/timeline-explorer.csv | tr -d '\r')" = \
	'Timestamp,RuleTitle,Level,Computer,Channel,EventID,RecordID,Details,ExtraFieldInfo,RuleID' ] ||
	fail "Hayabusa's columns"
rows=$((rows + 1))
[ "$(wc -l <one/ecs.ndjson)" = "$(($(wc -l <one/findings.jsonl) * 2))" ] || fail 'an action and a document each'

rows=$((rows + 1))
! command -v python3 >/dev/null || python3 - one <<'CHECK' || fail 'a reader refuses it'
import csv, datetime, ipaddress, json, sys
folder = sys.argv[1]

def jsonl(name):
    with open(folder + "/" + name, encoding="utf-8") as f:
        for line in f:
            assert line.endswith("\n")
            yield json.loads(line)

def rows(name):
    with open(folder + "/" + name, encoding="utf-8", newline="") as f:
        r = csv.DictReader(f, strict=True)
        for row in r:
            assert None not in row and None not in row.values(), row
            yield row

# Timesketch: message, datetime (ISO 8601), timestamp_desc; timestamp in microseconds.
epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
n = 0
for a, b in zip(rows("timesketch.csv"), jsonl("timesketch.jsonl"), strict=True):
    n += 1
    for e in (a, b):
        assert e["message"] and e["timestamp_desc"] and e["data_type"], e
        t = datetime.datetime.fromisoformat(e["datetime"])
        assert (t - epoch) // datetime.timedelta(microseconds=1) == int(e["timestamp"]), e
    assert isinstance(b["timestamp"], int)
    for k, v in b.items():
        assert a[k] in (str(v), "'" + str(v)), (k, a[k], v)
timeline, findings = list(rows("timeline.csv")), list(jsonl("findings.jsonl"))
assert n == len(timeline) + len(findings)
assert sum(e["data_type"] == "windows:evtx:record" for e in jsonl("timesketch.jsonl")) == len(timeline)

# Timeline Explorer: a date that .NET reads, numbers, levels of Hayabusa's.
explorer = list(rows("timeline-explorer.csv"))
assert len(explorer) == len(findings)
for row, f in zip(explorer, findings):
    d, t, z = row["Timestamp"].split(" ")
    datetime.datetime.fromisoformat(d + "T" + t[:-1] + z)
    assert row["Level"] in ("crit", "high", "med", "low", "info", "undefined")
    int(row["EventID"]), int(row["RecordID"])
    assert f["finding_id"] in row["ExtraFieldInfo"] and row["RuleID"] == f["rule"]["id"]

# The bulk interface: an action, then its document, each on a line.
lines = list(jsonl("ecs.ndjson"))
for action, doc, f in zip(lines[::2], lines[1::2], findings, strict=True):
    assert action == {"create": {"_id": f["finding_id"]}}
    assert doc["ecs"]["version"].count(".") == 2 and doc["event"]["kind"] == "alert"
    assert doc["@timestamp"] == f["first_time"] and doc["rule"]["id"] == f["rule"]["id"]
    assert isinstance(doc["event"]["category"], list) and isinstance(doc["event"]["type"], list)
    assert isinstance(doc["event"]["severity"], int) and isinstance(doc["process"]["pid"], int)
    for end in ("source", "destination"):
        if "ip" in doc.get(end, {}):
            ipaddress.ip_address(doc[end]["ip"])
        assert 0 <= doc.get(end, {}).get("port", 0) <= 65535
    assert len(doc["evtxhound"]["evidence"]) == len(f["evidence"])
    assert doc["threat"]["technique"]["id"] and doc["host"]["name"] == f["computer"]
CHECK
finish
