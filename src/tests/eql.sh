#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# EQL through the program. Every rule that Elastic publishes for Windows, where SHARED holds them, loads
# as it is.
. "${SRCDIR:=.}/src/tests/lib.sh"

if [ -n "${SHARED:-}" ] && [ -d "$SHARED/elastic/rules" ]; then
	expect "all rules load" 0 "$EVTXHOUND" rules check "$SHARED/elastic/rules"
	says "all rules load" stdout "196 rules in 196 files, 0 faults"
fi

cat >"$work/note.eql" <<'END'
// id: t
// title: T

process where no.such == 1 and ?no.other == 2 and
  no.such == 3 and process.name != null
END
expect "a field that nothing fills" 0 "$EVTXHOUND" rules check "$work/note.eql"
says "a field that nothing fills" stdout "note.eql:4:15: note: no record is known to fill field no.such: its tests cannot be checked"
says "a field that nothing fills" stdout "1 rules in 1 files, 0 faults"
rows=$((rows + 1))
[ "$(wc -l <"$work/stdout")" = 2 ] || fail "one note for a field, and none for an optional one"
finish
