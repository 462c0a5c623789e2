#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records on which a rule failed by one condition: docs/explain.md.
. "${SRCDIR:-.}/src/tests/lib.sh"
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null

# rule CONDITION: Sigma, on process creations; the story's command lines have msiexec in them.
rule() {
	cat >"$work/rule.yml" <<-EOF
		title: A rule
		id: 11111111-2222-3333-4444-555555555555
		level: medium
		logsource: {category: process_creation, product: windows}
		detection:
		  tool: {Image|endswith: '\\cmd.exe'}
		  words: {CommandLine|contains|all: [msiexec, '://']}
		  other: {ParentImage|endswith: '\\nothing.exe'}
		  any: {ParentImage|endswith: ['\\a.exe', '\\b.exe', '\\c.exe', '\\d.exe'], User: nobody}
		  one: [{ParentImage: a.exe}, {ParentImage: b.exe}, {ParentImage: c.exe}, {User: d}, {User: e}]
		  signed: {process.code_signature.trusted: true}
		  condition: $1
	EOF
	expect "$1" "$2" hunt --near-misses --rules "$work/rule.yml" "$work/story"
}
near=$work/out/near-misses.csv
# told NAME ROWS
told() {
	rows=$((rows + 1))
	n=$(($(wc -l <"$near") - 1))
	[ "$n" = "$2" ] || fail "$1: $n near misses, not $2"
}

rule 'tool and words and other' 0
told 'one condition fails' 2
in_file 'one fails' "$near" 'A rule,medium,condition,'
in_file 'one fails' "$near" "fails: ParentImage|endswith: '\\nothing.exe' -- ParentImage is "
in_file 'one fails' "$work/out/report.html" '<h3>Near misses</h3>'
in_file 'one fails' "$work/out/manifest.json" '"near_misses": {'
says 'one fails' stdout '3 near misses: near-misses.csv tells of 2; 0 records not looked at'
cp -R "$work/out" "$work/one"
expect 'three workers' 0 hunt -j 3 --near-misses --rules "$work/rule.yml" "$work/story"
same 'three workers' "$near" "$work/one/near-misses.csv"
same 'three workers' "$work/out/report.html" "$work/one/report.html"
expect 'a higher level' 0 hunt --near-misses --level high --rules "$work/rule.yml" "$work/story"
told 'a higher level' 0
expect 'not asked' 0 hunt --rules "$work/rule.yml" "$work/story"
rows=$((rows + 1))
[ ! -e "$near" ] || fail 'not asked: it is written'

rule 'tool and words and not tool' 0
in_file 'an exclusion' "$near" ',medium,exclusion,'
in_file 'an exclusion' "$near" "holds: Image|endswith: '\\cmd.exe' -- Image is "
rule 'tool and words and any' 0
told 'two conditions fail' 0
rule 'tool and other' 0
told 'only one holds' 0
rule 'tool and words and one' 0
in_file 'alternatives' "$near" '; and 2 more'
rule 'tool and words' 1
told 'what is found is no miss' 2
in_file 'what it starts is one' "$near" '-- Image is ""C:\Windows\System32\msiexec.exe""'

finish
