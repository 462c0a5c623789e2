#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every rule that Elastic publishes for Windows, where SHARED holds them, loads as it is.
. "${SRCDIR:=.}/src/tests/lib.sh"
rules=${SHARED:-}/elastic/rules
[ -n "${SHARED:-}" ] && [ -d "$rules" ] || { echo "SHARED does not hold them"; exit 77; }

expect "all rules load" 0 "$EVTXHOUND" rules check "$rules"
says "all rules load" stdout "196 rules in 196 files, 0 faults"
finish
