#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What would be read, and the logs copied out: the same bytes, under names that nobody else made.
. "${SRCDIR:-.}/src/tests/lib.sh"
export TZ=UTC0
story=$work/story
expect 'forge' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$story"

# ---- list ----
expect 'a folder' 0 "$EVTXHOUND" list "$story"
says 'a folder' stdout '8 logs, '
says 'a folder' stdout "$story/WS01/Microsoft-Windows-Sysmon%4Operational.evtx"
[ -z "$(cat "$work/stderr")" ] || fail "list says on stderr: $(cat "$work/stderr")"
: >"$story/emptied.evtx"
echo hello >"$story/wiped.evtx"
printf '\031\001\000\000' >"$story/notes.txt"
ln -s /etc "$story/link"
expect 'what is not read' 3 "$EVTXHOUND" list "$story" "$work/nowhere"
for text in 'empty file' 'searched for chunks' 'missing: No such file' '1 other files, 1 links not followed'; do
	says 'what is not read' stdout "$text"
done
expect 'csv' 3 "$EVTXHOUND" list --format csv "$story" "$work/nowhere"
says 'csv' stderr 'emptied.evtx: empty file'
printf 'Kind,Format,State,Size,Modified,Accessed,Changed,Born,Sha256,Source,SourceImage,' >"$work/should"
printf 'Volume,Inode,PathInImage,OffsetInImage,Why\r\n' >>"$work/should"
head -n 1 "$work/stdout" >"$work/header"
same 'csv: header' "$work/should" "$work/header"
[ "$(wc -l <"$work/stdout")" = 12 ] || fail 'csv: no row for every source'
for column in $(tr -d '\r' <"$work/header" | tr , ' '); do
	in_file 'the manual tells the columns' "$SRCDIR/docs/list.md" "\`$column\`"
	in_file 'the manual tells the columns' "$SRCDIR/docs/evtxhound.1" "$column"
done
expect 'jsonl' 3 "$EVTXHOUND" list -F jsonl -q "$story" "$work/nowhere"
[ "$(grep -c '^{"kind":.*}$' "$work/stdout")" = 11 ] || fail 'jsonl: no line for every source'
for member in $(grep -o '"[a-z_0-9]*":' "$work/stdout" | sort -u | tr -d '":'); do
	in_file 'the document tells the members' "$SRCDIR/docs/list.md" "\`$member\`"
done
expect 'a form that is none' 2 "$EVTXHOUND" list --format xml "$story"
expect 'list of nothing' 2 "$EVTXHOUND" list
expect 'list to what is full' 4 sh -c '"$0" list -q "$1" >/dev/full' "$EVTXHOUND" "$story"

# ---- extract ----
touch -d '2019-03-04 05:06:07.1234567Z' "$story/WS01/System.evtx"
expect 'extract' 3 "$EVTXHOUND" extract -q --out "$work/out" "$story"
says 'extract' stdout 'copied 9 logs'
says 'extract' stdout 'emptied.evtx: empty file'
(cd "$story" && find . -name '*.evtx' -size +0 | LC_ALL=C sort) >"$work/logs"
n=0
while read -r log; do
	n=$((n + 1))
	copy=$work/out/0000$n-$(basename "$log")
	same "the copy of $log" "$story/$log" "$copy"
	[ "$(stat -c %y "$story/$log")" = "$(stat -c %y "$copy")" ] || fail "the time of the copy of $log"
done <"$work/logs"
expect 'sums' 0 sh -c 'cd "$0" && sha256sum --strict --quiet -c SHA256SUMS' "$work/out"
in_file 'sums' "$work/out/SHA256SUMS" 'extract.csv'
in_file 'the table' "$work/out/extract.csv" "00005-System.evtx,log,EVTX,live,69632,2019-03-04T05:06:07.1234567Z,"
in_file 'the table' "$work/out/extract.csv" "$story/emptied.evtx,,,,,,empty file"
[ "$(ls -A "$work/out" | wc -l)" = 11 ] || fail "extract leaves more: $(ls -A "$work/out")"
expect 'a folder that is not empty' 2 "$EVTXHOUND" extract --out "$work/out" "$story"
says 'a folder that is not empty' stderr 'name another'
if grep -q force "$work/stderr"; then fail 'extract has no --force'; fi
expect 'inside the evidence' 2 "$EVTXHOUND" extract --out "$story/out" "$story"
[ ! -e "$story/out" ] || fail 'a folder inside the evidence'
expect 'no folder' 2 "$EVTXHOUND" extract "$story"
expect 'nothing to copy' 2 "$EVTXHOUND" extract --out "$work/none"
expect 'what is missing' 3 "$EVTXHOUND" extract -q --out "$work/missing" "$work/nowhere"
[ -s "$work/missing/extract.csv" ] || fail 'what is missing: no table'
expect 'standard input' 0 sh -c '"$0" extract -q --out "$1" - <"$2"' "$EVTXHOUND" "$work/stream" \
	"$story/WS02/System.evtx"
same 'standard input' "$story/WS02/System.evtx" "$work/stream/00001-log"
expect '-v' 3 "$EVTXHOUND" extract -v --out "$work/verbose" "$story"
says '-v' stderr 'WS02/Security.evtx'

# ---- names ----
mkdir "$work/odd"
odd=$(printf 'a\n\033[31m\377 $(b)')
log=$story/WS01/System.evtx
cp "$log" "$work/odd/$odd.evtx"
cp "$log" "$work/odd/..evtx"
cp "$log" "$work/odd/-rf.evtx"
expect 'odd names' 0 "$EVTXHOUND" extract -q --out "$work/odd-out" "$work/odd"
(cd "$work/odd-out" && ls -A) >"$work/names"
printf '%s\n' 00001--rf.evtx 00002-log.evtx 00003-a_31m_b_.evtx SHA256SUMS extract.csv >"$work/should"
same 'odd names' "$work/should" "$work/names"
expect 'odd names: list' 0 "$EVTXHOUND" list "$work/odd"
if grep -q "$(printf '\033')" "$work/stdout"; then fail 'a control character gets to the terminal'; fi

# ---- holes, a full disk, a signal ----
mkdir "$work/large"
cp "$log" "$work/large/sparse.evtx"
truncate -s 300M "$work/large/sparse.evtx"
expect 'a sparse log' 0 "$EVTXHOUND" extract -q --out "$work/sparse" "$work/large"
same 'a sparse log' "$work/large/sparse.evtx" "$work/sparse/00001-sparse.evtx"
[ "$(stat -c %b "$work/sparse/00001-sparse.evtx")" -lt 20000 ] || fail 'a sparse log fills the disk'
mkdir "$work/disk"
if mount -t tmpfs -o size=1500k tmpfs "$work/disk" 2>/dev/null; then
	expect 'a full disk' 4 "$EVTXHOUND" extract -q --out "$work/disk/out" "$story"
	says 'a full disk' stderr 'No space left on device'
	says 'a full disk' stderr '2 logs are there'
	(cd "$work/disk/out" && ls -A) >"$work/names"
	printf '%s\n' 00001-Security.evtx 00002-System.evtx >"$work/should"
	same 'a full disk: only what is whole' "$work/should" "$work/names"
	umount "$work/disk"
fi
"$EVTXHOUND" extract -q --out "$work/cut" "$work/large" "$story" >"$work/stdout" 2>"$work/stderr" &
pid=$!
sleep 0.1
kill -INT "$pid" 2>/dev/null || true
got=0
wait "$pid" || got=$?
rows=$((rows + 1))
case $got in
4) [ ! -e "$work/cut/SHA256SUMS" ] || fail 'interrupted, and sums all the same' ;;
3) ;; # it was faster than the signal
*) fail "interrupted: exit code $got" ;;
esac
[ -z "$(ls -A "$work/cut" 2>/dev/null | grep part)" ] || fail 'interrupted, and a half file is left'

# ---- names in archives ----
# hostile ENDING: an archive of logs whose names mean harm, made from a list that says what it will.
hostile() {
	long=$(head -c 65400 /dev/zero | tr '\0' n)
	{
		echo '#mtree'
		for name in ../up.evtx "../../../../../../..$work/far.evtx" './a\012b\033[31m.evtx' \
			./%2e%2e%2fq.evtx './..\134w.evtx' ./d/./e/../f.evtx "./$long.evtx" ./.evtx; do
			printf '%s type=file mode=0644 time=1551675967.0 contents=%s\n' "$name" "$log"
		done
	} >"$work/mtree"
	bsdtar -P -s "|.*|$work/absolute.evtx|" -cf "$work/absolute.tar" "$log"
	bsdtar -P -cf "$work/hostile.$1" --format "$2" "@$work/mtree" "@$work/absolute.tar"
}
opens_archives() {
	command -v bsdtar >/dev/null && bsdtar -cf "$work/plain.tar" -C "$story" WS01 &&
		"$EVTXHOUND" list "$work/plain.tar" | grep -q '^container'
}
if opens_archives; then
	expect 'an archive' 0 "$EVTXHOUND" extract -q --out "$work/plain" "$work/plain.tar"
	says 'an archive' stdout 'copied 3 logs'
	same 'an archive' "$log" "$work"/plain/0000?-System.evtx
	for form in tar:pax zip:zip 7z:7zip; do
		ending=${form%:*}
		hostile "$ending" "${form#*:}"
		mkdir "$work/in-$ending"
		expect "$ending: hostile names" 0 sh -c 'cd "$2" && "$0" extract -q --out out "$1"' \
			"$EVTXHOUND" "$work/hostile.$ending" "$work/in-$ending"
		(cd "$work/in-$ending" && find . -type f | LC_ALL=C sort | cut -c 1-60) >"$work/names"
		says "$ending: hostile names" stdout 'copied 9 logs'
		grep -v '^\./out/\(0000[1-9]-[A-Za-z0-9._%-]*\|SHA256SUMS\|extract\.csv\)$' "$work/names" &&
			fail "$ending: a name that is not ours"
		for copy in "$work/in-$ending"/out/0*; do
			same "$ending: $(basename "$copy")" "$log" "$copy"
		done
		[ "$(stat -c %Y "$work/in-$ending/out/00001-up.evtx")" = 1551675967 ] || fail "$ending: the time"
		expect "$ending: list" 0 "$EVTXHOUND" list "$work/hostile.$ending"
		if grep -q "$(printf '\033')" "$work/stdout"; then fail "$ending: a control character"; fi
	done
	for name in far up absolute w q; do
		[ -z "$(find "$work" /tmp -maxdepth 1 -name "$name.evtx")" ] || fail "$name.evtx got out"
	done
fi

# ---- names that look like ours ----
mkdir "$work/tags"
cp "$story/WS01/System.evtx" "$work/tags/a"
cp "$story/WS01/System.evtx" "$work/tags/a#2"
(cd "$work/tags" && tar cf ../tags.tar a && tar rf ../tags.tar a 'a#2')
expect 'tags' 0 "$EVTXHOUND" list -F csv "$work/tags.tar"
sed 1,2d "$work/stdout" | cut -d, -f 10 | sed 's/.*://' >"$work/got"
printf '/%s\n' a 'a#2' 'a#2#3' >"$work/should"
same 'tags' "$work/should" "$work/got"
expect 'a tag of two' 0 "$EVTXHOUND" list "$work/tags.tar:/a#2#3"
says 'a tag of two' stdout '1 log, '
says 'a tag of two' stdout 'inode 3'

# ---- a disk image ----
tab=$(printf '\t')
image=$work/left.raw
if ! "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/left-on-disk.yml" --image "$image" >/dev/null 2>&1; then
	finish
	exit
fi
awk -F "$tab" '$1 == "live" || $1 == "deleted" { print $9 " " $1 }' "$image.tsv" | LC_ALL=C sort >"$work/should"
expect 'an image' 0 "$EVTXHOUND" list "$image"
says 'an image' stdout 'raw disk image (GPT)'
says 'an image' stdout "$(printf 'p1       NTFS, ')"
says 'an image' stdout '1 deleted; 1 opened'
says 'an image' stdout 'volume p1, inode '
expect 'out of an image' 0 "$EVTXHOUND" extract -q --out "$work/image-out" "$image"
# No path here has a comma: the fields are those between commas.
awk -F, '$1 != "" && $2 == "log" { print $10 " " $4 }' "$work/image-out/extract.csv" | LC_ALL=C sort >"$work/got"
same 'out of an image: hashes and states' "$work/should" "$work/got"
expect 'out of an image: sums' 0 sh -c 'cd "$0" && sha256sum --strict --quiet -c SHA256SUMS' "$work/image-out"
for copy in "$work"/image-out/*.evtx; do
	stat -c %y "$copy" | sed 's/ /T/; s/00 +0000$/Z/; s/.* .*/its time is not in UTC/'
done >"$work/got"
awk -F, '$1 ~ /evtx/ { print $6 }' "$work/image-out/extract.csv" >"$work/should"
same 'out of an image: times' "$work/should" "$work/got"
expect 'a folder of it' 0 "$EVTXHOUND" extract -q --out "$work/folder-out" "$image:/p1/Windows.old"
says 'a folder of it' stdout 'copied 1 log,'
expect 'several paths in it' 0 "$EVTXHOUND" list -F csv "$image:/p1/Windows.old/" \
	"$image:/p1/Users/alice/Desktop/packed.evtx" "$image:/p1/Windows.old" "$image:/p1/[carved]"
sed 1d "$work/stdout" | cut -d, -f 10 | sed 's/.*\///' >"$work/got"
printf '%s\n' left.raw upgrade.evtx packed.evtx '[carved]' >"$work/should"
same 'several paths in it' "$work/should" "$work/got"
expect 'a path, and all of it' 0 "$EVTXHOUND" list "$image:/p1/Windows.old" "$image"
says 'a path, and all of it' stdout '6 logs, '
expect 'one path of two' 3 "$EVTXHOUND" list "$image:/p1/nowhere" "$image:/p1/Windows.old"
says 'one path of two' stdout 'it holds nothing that is called p1/nowhere'
says 'one path of two' stdout '1 log, '
expect 'by a glob' 0 "$EVTXHOUND" extract -q --path '**/winevt/**/Sec*' --out "$work/glob-out" "$image"
says 'by a glob' stdout 'copied 1 log,'
[ -s "$work/glob-out/00001-Security.evtx" ] || fail "by a glob: $(ls "$work/glob-out")"
expect 'what is not in it' 3 "$EVTXHOUND" extract -q --out "$work/not-out" "$image:/p1/nowhere"
says 'what is not in it' stdout 'holds nothing that is called p1/nowhere'
expect 'an image: jsonl' 0 "$EVTXHOUND" list -F jsonl "$image"
says 'an image: jsonl' stdout '"volumes":[{"name":"p1","what":"NTFS",'
for member in $(grep -o '"[a-z_0-9]*":' "$work/stdout" | sort -u | tr -d '":'); do
	in_file 'the document tells the members' "$SRCDIR/docs/list.md" "\`$member\`"
done
head -c 20000000 "$image" >"$work/cut.raw"
expect 'a truncated image' 3 "$EVTXHOUND" extract -q --out "$work/cut-out" "$work/cut.raw"
expect 'a truncated image: sums' 0 sh -c 'cd "$0" && sha256sum --strict --quiet -c SHA256SUMS' "$work/cut-out"

finish
