#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the script of report.html does: its list, filters and orders, each finding, the timeline, the keyboard.
. "${SRCDIR:-.}/src/tests/lib.sh"
. "$SRCDIR/src/tests/browser/lib.sh"

cat >"$work/any.yml" <<'END'
title: A process starts
id: 2f0c1a52-8a3b-4f6e-9d57-6b1f0d5e7c11
level: low
tags: [attack.execution, attack.t1204]
triage: [Look who started it.]
logsource: {category: process_creation, product: windows}
detection:
    start:
        Image|endswith: '\cmd.exe'
    condition: start
END
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
expect 'hunt' 1 hunt "$work/story" --rules "$SRCDIR/rules" --rules "$work/any.yml"
in_browser page.py "$work/out"
finish
