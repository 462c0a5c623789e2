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

finish
