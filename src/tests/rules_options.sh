#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What rules are given beside themselves: log sources, placeholders; and faulty rules left out.
. "${SRCDIR:=.}/src/tests/lib.sh"
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null

# rule NAME LOGSOURCE SELECTION
rule() {
	printf 'title: %s\nid: %s\nlevel: low\nlogsource: {%s}\ndetection:\n    s: {%s}\n    condition: s\n' \
		"$1" "$1" "$2" "$3"
}
hunt() {
	rm -rf "$work/out"
	"$EVTXHOUND" hunt -q --timeline none --out "$work/out" "$@" "$work/story"
}

# ---- placeholders ----
rule expanded 'category: process_creation' "Image|endswith|expand: '\\\\%tool%.exe'" >"$work/expanded.yml"
expect 'without values' 0 hunt --rules "$work/expanded.yml"
says 'without values' stdout '1 rules were not run'
in_file 'without values' "$work/out/manifest.json" 'the placeholder %tool% has no values'
printf 'tool: [msiexec, cmd]\n' >"$work/values.yml"
expect 'with values' 1 hunt --rules "$work/expanded.yml" --placeholders "$work/values.yml"
expect 'rules with values' 0 "$EVTXHOUND" rules list --placeholders "$work/values.yml" "$work/expanded.yml"
rows=$((rows + 1))
grep -q 'not run' "$work/stdout" && fail 'rules with values: not run'
explain() { "$EVTXHOUND" explain --rule "$@" --record 90751 "$work/story"; }
expect 'explained with values' 0 explain expanded --rules "$work/expanded.yml" --placeholders "$work/values.yml"
says 'explained with values' stdout 'The rule finds this record'
printf -- '- tool\n' >"$work/bad.yml"
expect 'no mapping' 2 hunt --rules "$work/expanded.yml" --placeholders "$work/bad.yml"
says 'no mapping' stderr 'bad.yml:1:1: a file of placeholders is a mapping from names to values'
expect 'no file' 2 hunt --placeholders "$work/nowhere.yml"

# ---- log sources ----
rule own 'category: starts, product: windows' "Program|endswith: '\\msiexec.exe'" >"$work/own.yml"
expect 'an unknown log source' 0 "$EVTXHOUND" rules check "$work/own.yml"
says 'an unknown log source' stdout 'not run: no log is known for category `starts` of windows'
cat >"$work/sources.yml" <<'END'
- category: starts
  service: sysmon
  id: 1
  fields: {Program: Image}
  where: {Image|contains: msi}
END
expect 'a known one' 0 "$EVTXHOUND" rules check --logsources "$work/sources.yml" "$work/own.yml"
says 'a known one' stdout '1 rules in 1 files, 0 faults'
expect 'records of it' 1 hunt --rules "$work/own.yml" --logsources "$work/sources.yml"
sed -i 's/contains: msi/contains: nothing/' "$work/sources.yml"
expect 'explained with log sources' 0 explain own --rules "$work/own.yml" --logsources "$work/sources.yml"
says 'explained with log sources' stdout 'Stage 1 of 1, starts: this record does not fulfil it.'
expect 'none of it' 0 hunt --rules "$work/own.yml" --logsources "$work/sources.yml"
printf -- '- {category: a, channel: b, id: 70000}\n- {category: a}\n- {chanel: a}\n' >"$work/sources.yml"
expect 'faulty ones' 2 "$EVTXHOUND" rules check --logsources "$work/sources.yml" "$work/own.yml"
says 'an id' stdout 'sources.yml:1:33: `id` takes event ids from 0 to 65535'
says 'no channel' stdout 'sources.yml:2:3: the log source lacks `channel` or `provider`'
says 'no such member' stdout 'sources.yml:3:4: a log source has no member `chanel`: did you mean `channel`?'

# ---- the registry, told by the audit: values are set and deleted, keys are not ----
cat >"$work/registry.yml" <<'END'
start: 2026-03-02T08:00:00Z
hosts:
  WS01: {name: ws01.corp.example, domain: CORP}
raw:
END
for operation in 1904 1905 1906; do
	cat >>"$work/registry.yml" <<END
  - host: WS01
    at: $operation
    channel: Security
    provider: Microsoft-Windows-Security-Auditing
    id: 4657
    data:
      - {name: ObjectName, value: '\REGISTRY\MACHINE\SOFTWARE\Run'}
      - {name: ObjectValueName, value: v}
      - {name: OperationType, value: '%%$operation'}
      - {name: NewValue, value: a.exe}
END
done
"$EVTXHOUND" forge "$work/registry.yml" --out "$work/registry" >/dev/null
for row in registry_set:2 registry_delete:1 registry_event:3 registry_add:0; do
	rule registry "category: ${row%:*}" 'TargetObject|endswith: \Run\v' >"$work/rule.yml"
	rm -rf "$work/out"
	"$EVTXHOUND" hunt -q --timeline none --rules "$work/rule.yml" --out "$work/out" \
		"$work/registry" >/dev/null || :
	rows=$((rows + 1))
	found=$(($(wc -l <"$work/out/findings.csv") - 1))
	[ "$found" = "${row#*:}" ] || fail "${row%:*} finds $found records, not ${row#*:}"
done

# ---- faulty rules ----
mkdir "$work/set"
rule good 'category: process_creation' "Image|endswith: '\\msiexec.exe'" >"$work/set/good.yml"
rule bad 'category: process_creation' 'Image|endwith: x' >"$work/set/bad.yml"
expect 'a faulty rule' 2 hunt --rules "$work/set"
says 'a faulty rule' stderr 'bad.yml:6:15: unknown modifier `endwith`: did you mean `endswith`?'
says 'what helps' stderr '--skip-bad-rules leaves out what is faulty and runs the others'
expect 'left out' 1 hunt --rules "$work/set" --skip-bad-rules
says 'left out' stderr 'bad.yml:6:15: unknown modifier `endwith`'
says 'left out' stdout '1 faults in rules: the faulty ones were left out'
in_file 'the manifest tells' "$work/out/manifest.json" '"rule_faults": ['
in_file 'the manifest tells' "$work/out/manifest.json" 'unknown modifier `endwith`'
in_file 'the page tells' "$work/out/report.html" 'Some rules are faulty and were left out of this run'
rm "$work/set/good.yml"
expect 'none is left' 2 hunt --rules "$work/set" --skip-bad-rules
says 'none is left' stderr 'no rule is left'
# ---- a regular expression that takes too many steps ----
cat >"$work/slow.yml" <<'END'
start: 2026-03-02T08:00:00Z
hosts:
  WS01: {name: ws01.corp.example, domain: CORP}
processes:
  - {name: a, image: 'C:\a.exe', command: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', at: 60}
  - {name: b, image: 'C:\b.exe', command: 'aaa1', at: 61}
END
rm -rf "$work/story"
"$EVTXHOUND" forge "$work/slow.yml" --out "$work/story" >/dev/null
rule slow 'category: process_creation' "CommandLine|re: '^(a+)+[0-9]\$'" >"$work/slow-rule.yml"
expect 'too many steps' 1 hunt --rules "$work/slow-rule.yml"
says 'too many steps' stdout "on 1 record a rule's regular expression took too many steps"
in_file 'too many steps' "$work/out/manifest.json" '"regex_overruns": 1'
in_file 'too many steps' "$work/out/summary.json" '"regex_overruns": 1'
in_file 'too many steps' "$work/out/report.html" '1 record could not be checked by a rule whose regular expression'

finish
