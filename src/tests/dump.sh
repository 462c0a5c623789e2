#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# dump as a user meets it: the same bytes every time, filters, outputs that cannot be written.
. "${SRCDIR:-.}/src/tests/lib.sh"

"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
log=$work/story/WS01/Security.evtx
dump() {
	"$EVTXHOUND" dump -q "$@"
}
# lines NAME N: the last command wrote so many.
lines() {
	rows=$((rows + 1))
	[ "$(wc -l <"$work/stdout")" = "$2" ] || fail "$1: $(wc -l <"$work/stdout") lines, not $2"
}

# ---- the same bytes, whichever way they are written ----
for format in jsonl xml csv; do
	expect "$format" 0 dump --format $format "$work/story"
	mv "$work/stdout" "$work/all.$format"
	[ -s "$work/all.$format" ] || fail "$format: nothing is written"
	for jobs in 1 2 8; do
		expect "$format -j$jobs" 0 dump -F $format -j $jobs "$work/story"
		same "$format -j$jobs" "$work/all.$format" "$work/stdout"
		expect "$format -j$jobs --out" 0 dump -F $format -j $jobs --out "$work/new" "$work/story"
		same "$format -j$jobs --out" "$work/all.$format" "$work/new"
		rm -f "$work/new"
	done
	expect "$format >>" 0 sh -c "echo before >'$work/new'; '$EVTXHOUND' dump -q -F $format -j 2 \
		'$work/story' >>'$work/new'"
	tail -n +2 "$work/new" >"$work/after"
	same "$format >>" "$work/all.$format" "$work/after"
	rm -f "$work/new"
done
records=$(wc -l <"$work/all.jsonl")
rows=$((rows + 4))
[ "$(grep -c '^{"Event":{.*},"Evidence":{"SourceFile":".*"Flags":\[\]}}$' "$work/all.jsonl")" = "$records" ] ||
	fail 'jsonl: a line is no event with its evidence'
[ "$(grep -c '^<?evtxhound source=".*" state="whole" flags=""?>$' "$work/all.xml")" = "$records" ] ||
	fail 'xml: an event has no instruction'
[ "$(tail -n 1 "$work/all.xml")" = '</Events>' ] || fail 'xml: is not closed'
[ "$(wc -l <"$work/all.csv")" = $((records + 1)) ] || fail 'csv: a record is not a line'
head -n 1 "$work/all.csv" | tr -d '\r' | tr ',' '\n' >"$work/columns"
for text in "$SRCDIR/docs/dump.md" "$SRCDIR/docs/evtxhound.1"; do
	while IFS= read -r column; do
		in_file 'a column' "$text" "$column"
	done <"$work/columns"
done

# ---- names that are no text ----
odd=$(printf 'a"?><b>&\377.evtx')
cp "$log" "$work/$odd"
expect 'an odd name in jsonl' 0 dump "$work/$odd"
says 'an odd name in jsonl' stdout '/a\"?><b>&\udcff.evtx"'
expect 'an odd name in xml' 0 dump -F xml "$work/$odd"
says 'an odd name in xml' stdout '/a\&quot;?&gt;&lt;b&gt;&amp;\udcff.evtx"'
rm -f "$work/$odd"

# ---- text of System that is none ----
cat >"$work/odd.yml" <<'END'
start: 2026-01-05T08:00:00Z
hosts:
  A: {name: a.example}
raw:
  - {host: A, at: 1s, channel: Application, provider: [P, {units: D800}], id: 7, data: [{name: X, value: fine}]}
END
"$EVTXHOUND" forge "$work/odd.yml" --out "$work/odd" >/dev/null
for format in jsonl xml csv; do
	expect "half a pair in $format" 0 dump -F $format "$work/odd"
	says "half a pair in $format" stdout 'escaped-text'
done
says 'half a pair in csv' stdout ',P\uD800,'

# ---- filters ----
expect 'an event id' 0 dump --event-id 4688 "$work/story"
starts=$(wc -l <"$work/stdout")
[ "$starts" -gt 0 ] && [ "$starts" -lt "$records" ] || fail "an event id: $starts of $records records"
expect 'event ids' 0 dump -e 4687-4688,60000 -e 9 "$work/story"
lines 'event ids' "$starts"
expect 'a channel' 0 dump --channel system,SECURITY "$log"
mv "$work/stdout" "$work/one"
expect 'no filter' 0 dump "$log"
same 'a channel' "$work/one" "$work/stdout"
expect 'no channel' 0 dump -c Secur "$log"
lines 'no channel' 0
expect '--from' 0 dump --from 2100-01-01 "$work/story"
lines '--from' 0
expect '--to' 0 dump --to 2001-01-01T00:00:00Z "$work/story"
lines '--to' 0
expect 'a filter and xml' 0 dump -F xml --from 2100-01-01 "$work/story"
lines 'a filter and xml' 3
for list in '' , 1, a 1-a 5-4 65536 -1 '1 2' 99999999999; do
	expect "the list '$list'" 2 dump "--event-id=$list" "$log"
done
for list in '' , a, a,,b; do
	expect "the channels '$list'" 2 dump "--channel=$list" "$log"
done
expect 'another format' 2 dump --format html "$log"
expect 'another time' 2 dump --from yesterday "$log"
expect 'no time between' 2 dump --from 2026-01-02 --to 2026-01-01 "$log"
expect 'no evidence' 2 dump

# ---- outputs ----
expect 'a file that is there' 2 dump --out "$work/one" "$log"
says 'a file that is there' stderr 'is there already'
[ -s "$work/one" ] || fail 'a file that is there: it is changed'
ln -s nowhere "$work/link"
expect 'a link that leads nowhere' 2 dump --out "$work/link" "$log"
expect 'inside the evidence' 2 dump --out "$work/story/new" "$work/story"
says 'inside the evidence' stderr 'inside the evidence'
expect 'a folder that is not there' 4 dump --out "$work/nowhere/new" "$log"
expect 'a folder' 2 dump --out "$work/" "$log"
expect 'beside the evidence' 0 dump --out "$work/story/WS01/new" "$log"
rm -f "$work/story/WS01/new"
if [ -c /dev/full ]; then
	expect 'a full disk' 4 sh -c "'$EVTXHOUND' dump -q '$work/story' >/dev/full"
	says 'a full disk' stderr 'No space left'
fi
expect 'a pipe that closes' 0 sh -c "{ '$EVTXHOUND' dump -q '$work/story' '$log'; echo \$? >'$work/code'; } |
	head -c 10 >/dev/null"
in_file 'a pipe that closes' "$work/code" 4
expect 'a limit on files' 4 sh -c "trap '' XFSZ; ulimit -f 8; '$EVTXHOUND' dump -q --out '$work/new' '$work/story'"
[ ! -e "$work/new" ] || fail 'a limit on files: a half file has its name'
[ "$(find "$work" -name '*.part' | wc -l)" = 0 ] || fail 'a temporary file is left'

# ---- both decoders ----
expect '--ansi-codepage' 0 dump --ansi-codepage windows-1251 "$work/story"
same '--ansi-codepage' "$work/all.jsonl" "$work/stdout"
expect '--ansi-codepage of something else' 2 dump --ansi-codepage windows-99 "$work/story"
expect '--verify all' 0 dump --verify all "$work/story"
same '--verify all' "$work/all.jsonl" "$work/stdout"
says '--verify all' stderr 'records agree, 0 differ, 0 only ours finds, 0 only libevtx reads'
expect '--verify evidence' 0 dump --verify evidence "$work/story"
[ ! -s "$work/stderr" ] || fail '--verify evidence: says something'
expect '--verify of something else' 2 dump --verify some "$work/story"

# ---- damage ----
cp "$log" "$work/bad.evtx"
poke "$work/bad.evtx" 5000 '\001\002\003'
expect 'damage' 3 dump "$work/bad.evtx"
says 'damage' stderr 'bad.evtx'
says 'damage' stdout '"bad-checksum"'
expect 'no log' 3 dump "$work/story" "$work/one"
says 'no log' stderr 'no event log'
same 'no log' "$work/all.jsonl" "$work/stdout"
expect 'no file' 3 dump "$work/nowhere"

finish
