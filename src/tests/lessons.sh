#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lessons say what happens: each block of commands is run, in one folder per lesson, and prints the lines
# of the block behind it, in that order; "..." stands for any lines.
. "${SRCDIR:-.}/src/tests/lib.sh"
SRCDIR=$(cd "$SRCDIR" && pwd)

# The n-th block of that kind behind the n-th block of commands: written to $work/block.N.sh and .N.text.
split() {
	awk -v out="$work/block" '
	/^```sh$/ { n++; file = out "." n ".sh"; on = 1; next }
	/^```text$/ { file = out "." n ".text"; on = 1; next }
	/^```/ { on = 0; next }
	on { print >file }' "$1"
}

# in_order SHOWN PRINTED: a line that ends openly, with a comma, is the start of one.
in_order() {
	awk 'NR == FNR { if ($0 != "...") want[++n] = $0; next }
	at < n && ($0 == want[at + 1] || (want[at + 1] ~ /,$/ && index($0, want[at + 1]) == 1)) { at++ }
	END { if (at < n) { print want[at + 1]; exit 1 } }' "$1" "$2"
}

for lesson in "$SRCDIR"/docs/lessons/*.md; do
	name=$(basename "$lesson" .md)
	rm -f "$work"/block.*
	split "$lesson"
	mkdir "$work/here"
	cd "$work/here"
	i=1
	while [ -f "$work/block.$i.sh" ]; do
		code=0
		grep -q 'evtxhound hunt' "$work/block.$i.sh" && code=any
		got=0
		{ echo "evtxhound() { '$EVTXHOUND' \"\$@\"; }"; cat "$work/block.$i.sh"; } |
			sh >"$work/stdout" 2>"$work/stderr" || got=$?
		rows=$((rows + 1))
		[ "$code" = any ] && [ "$got" -le 1 ] || [ "$got" = "$code" ] ||
			fail "$name, block $i: exit code $got: $(head -3 "$work/stderr")"
		[ ! -s "$work/stderr" ] || fail "$name, block $i: $(head -3 "$work/stderr")"
		rows=$((rows + 1))
		in_order "$work/block.$i.text" "$work/stdout" >"$work/missed" ||
			fail "$name, block $i: it does not print '$(cat "$work/missed")'"
		i=$((i + 1))
	done
	[ "$i" -gt 5 ] || fail "$name: only $((i - 1)) blocks"
	cd "$work"
	rm -rf here
done

# What lessons name is shipped.
"$EVTXHOUND" forge --list >"$work/list"
for file in "$SRCDIR"/fixtures/scenarios/*.yml; do
	stem=$(basename "$file" .yml)
	rows=$((rows + 1))
	line=$(grep "^$stem " "$work/list") || { fail "forge --list does not tell of $stem"; continue; }
	[ "$(printf '%s' "$line" | wc -w)" -gt 3 ] || fail "forge --list says nothing about $stem"
done
finish
