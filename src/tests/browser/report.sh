#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# report.html in Chromium: no error, no request; its sections, links, looks, keyboard, print.
. "${SRCDIR:-.}/src/tests/lib.sh"
. "$SRCDIR/src/tests/browser/lib.sh"

"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
expect 'hunt' 1 hunt --case-number 2026/117 --evidence-number 4 --examiner 'A. Fournier' --notes 'Sealed.
Second line.' "$work/story"
in_browser report.py "$work/out/report.html"
finish
