#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/ecs.md shows the table that the program has, and every word that published rules use is in it.
. "${SRCDIR:-.}/src/tests/lib.sh"
table=$(dirname "$EVTXHOUND")/vocabulary_table

"$table" >"$work/want"
sed '1,/^<!-- table -->$/d; /^<!-- end of table -->$/,$d' "$SRCDIR/docs/ecs.md" >"$work/got"
rows=$((rows + 1))
cmp -s "$work/want" "$work/got" || {
	diff "$work/got" "$work/want" | head -20
	fail "docs/ecs.md has another table than the program: put there what $table prints"
}

[ -d "${SHARED:-}/elastic/rules" ] || { finish; exit; }
"$table" words >"$work/words"
# Words with dots of the queries, without texts and comments.
awk -v q="'''" '
$0 == "query = " q { on = 1; next }
$0 == q { on = 0 }
!on { next }
{
	out = ""
	for (i = 1; i <= length($0); i++) {
		one = substr($0, i, 1)
		two = substr($0, i, 2)
		if (comment) {
			if (two == "*/") { comment = 0; i++ }
		} else if (raw) {
			if (substr($0, i, 3) == "\"\"\"") { raw = 0; i += 2 }
		} else if (text) {
			if (one == "\\") i++
			else if (one == "\"") text = 0
		} else if (substr($0, i, 3) == "\"\"\"") { raw = 1; i += 2
		} else if (two == "/*") { comment = 1; i++
		} else if (two == "//") { break
		} else if (one == "\"") { text = 1
		} else out = out one
	}
	print out
}' "$SHARED"/elastic/rules/*.toml | grep -oE '[A-Za-z_@]+(\.[A-Za-z_0-9]+)+' | sort -u >"$work/used"
while IFS= read -r word; do
	rows=$((rows + 1))
	case $word in winlog.event_data.*) continue ;; esac
	grep -q "^$word\( outside\)\{0,1\}\$" "$work/words" || fail "$word is not in the vocabulary"
done <"$work/used"
[ "$(wc -l <"$work/used")" -ge 100 ] || fail "only $(wc -l <"$work/used") words are used"

finish
