#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Forged disk images, read by the Sleuth Kit: every log where it should be, byte for byte, the deleted
# one deleted, and what no file has any more at the places that the list says.
. "${SRCDIR:-.}/src/tests/lib.sh"
story=$SRCDIR/fixtures/scenarios/story.yml
left=$work/left.yml

# The scenario of the fixtures, and a log so small that it lies in its MFT record.
sed '/stored: sparse/,/first.evtx/s/^\(  *- \){file: first.*/&\
\1{file: cut.evtx, from: 3h, truncate: 600, path: Users\/alice\/Desktop}/' \
	"$SRCDIR/fixtures/scenarios/left-on-disk.yml" >"$left"

image() {
	name=$1
	shift
	expect "$name" 0 "$EVTXHOUND" forge "$@"
}

# ---- what must be there to make one ----
helper=$(dirname "$EVTXHOUND")/evtxhound-ntfs
mkdir -p "$work/alone"
cp "$EVTXHOUND" "$work/alone/evtxhound"
expect 'without the helper' 4 "$work/alone/evtxhound" forge "$story" --image "$work/none.raw"
says 'without the helper' stderr 'apt-get install ntfs-3g-dev ntfs-3g'
[ ! -e "$work/none.raw" ] || fail 'an image of a failure is left'
mkdir -p "$work/false/bin" "$work/false/libexec/evtxhound"
cp "$EVTXHOUND" "$work/false/bin/evtxhound"
printf '#!/bin/sh\necho "no mkntfs today" >&2\nexit 1\n' >"$work/false/libexec/evtxhound/evtxhound-ntfs"
chmod +x "$work/false/libexec/evtxhound/evtxhound-ntfs"
expect 'a helper that fails' 4 "$work/false/bin/evtxhound" forge "$story" --image "$work/none.raw"
says 'a helper that fails' stderr 'no mkntfs today'
[ -z "$(ls -A "$work" | grep '^none')" ] || fail 'files of a failure are left'
if [ ! -x "$helper" ] || [ ! -x /usr/sbin/mkntfs ] || ! command -v icat >/dev/null; then
	echo 'no evtxhound-ntfs, mkntfs or Sleuth Kit'
	[ "$failures" = 0 ] || exit 1
	exit 77
fi

# ---- the same bytes, and nothing overwritten ----
image 'an image' "$left" --image "$work/left.raw"
cp "$work/stdout" "$work/told"
sleep 1
image 'again, elsewhere' "$left" --image "$work/again.raw"
same 'again' "$work/left.raw" "$work/again.raw"
same 'again: the list' "$work/left.raw.tsv" "$work/again.raw.tsv"
rm "$work/again.raw"
expect 'a list that is there' 2 "$EVTXHOUND" forge "$left" --image "$work/again.raw"
[ ! -e "$work/again.raw" ] || fail 'an image without its list is left'
expect 'an image that is there' 2 "$EVTXHOUND" forge "$left" --image "$work/left.raw"
says 'an image that is there' stderr 'left.raw'
[ "$(ls -A "$work" | grep -c '^left\.raw')" = 2 ] || fail "temporary files are left: $(ls -A "$work")"

# ---- what the list says is what the image holds ----

tab=$(printf '\t')
# column IMAGE STATE COLUMN PATH: of the line with that path.
column() {
	awk -F '\t' -v state="$2" -v column="$3" -v path="$4" \
		'$1 == state && $10 == path { print $column }' "$1.tsv"
}
bytes_at() { # IMAGE OFFSET SIZE
	tail -c "+$(($2 + 1))" "$1" | head -c "$3" | sha256sum | cut -d' ' -f1
}

# Every file, by its name in the file system.
check_file() {
	listed=$(sed -n "s|^\(.*\) \([0-9]*-128-[0-9]*\):$tab$path\$|\1$tab\2|p" "$work/fls.$part")
	case "$state $listed" in
	"live r/r$tab$inode-"* | "deleted -/r *$tab$inode-"*) ;;
	*) fail "$image: $path is $state, and fls says '$listed'"; return ;;
	esac
	icat -o $((start / 512)) "$image" "${listed##*"$tab"}" >"$work/file" 2>/dev/null
	[ "$(sha256sum <"$work/file" | cut -d' ' -f1)" = "$sum" ] ||
		fail "$image: $path is not the file that was made"
	[ "$(wc -c <"$work/file")" = "$size" ] || fail "$image: $path is not of its size"
}

# Every piece, in clusters that no file has.
check_piece() {
	[ "$(bytes_at "$image" "$offset" "$size")" = "$sum" ] || fail "$image: no $state at $offset"
	for at in "$offset" $((offset + size - 1)); do
		blkstat -o $((start / 512)) "$image" $(((at - start) / 4096)) |
			grep -q '^Not Allocated' || fail "$image: $state at $offset is in a file"
	done
}

check_image() {
	image=$1
	while IFS=$tab read -r state part inode offset size records first last sum path; do
		rows=$((rows + 1))
		case $state in
		volume)
			start=$offset
			fls -o $((start / 512)) -rp "$image" >"$work/fls.$part" ;;
		live | deleted) check_file ;;
		chunk | part) check_piece ;;
		record)
			[ "$(bytes_at "$image" "$offset" 4 )" = "$magic" ] ||
				fail "$image: no record $first at $offset" ;;
		state) ;;
		*) fail "the list has a line of '$state'" ;;
		esac
	done <"$image.tsv"
}
magic=$(printf '**\0\0' | sha256sum | cut -d' ' -f1)
check_image "$work/left.raw"
counts=$(cut -f 1 "$work/left.raw.tsv" | LC_ALL=C sort | uniq -c | awk '{ printf "%s %s, ", $2, $1 }')
rows=$((rows + 1))
case $counts in
'chunk 5, deleted 1, live 6, part 6, record '[0-9]*', state 1, volume 1, ') ;;
*) fail "the list has $counts" ;;
esac

# The records of the pieces are counted once each, and are those that were not lost.
awk -F '\t' '$1 == "chunk" || $1 == "part" { want += $6 } $1 == "record" { got++; at[$4 ""]++ }
	END { for (o in at) if (at[o] > 1) exit 1; exit !(got && got == want) }' "$work/left.raw.tsv" ||
	fail 'the records of the list are not those of its pieces'
# Chunks lie at other sectors of a cluster than a file's do.
[ "$(awk -F '\t' '$1 == "chunk" { print $4 % 4096 }' "$work/left.raw.tsv" | sort -u | wc -l)" = 5 ] ||
	fail 'chunks lie alike'
# Where Windows would have them, and in their forms.
logs=Windows/System32/winevt/Logs
istat -o 2048 "$work/left.raw" "$(column "$work/left.raw" live 3 Users/alice/Desktop/packed.evtx)" |
	grep -q 'DATA.*Compressed' || fail 'no compressed file'
istat -o 2048 "$work/left.raw" "$(column "$work/left.raw" live 3 $logs/Security.evtx)" |
	grep -q 'DATA.*Sparse' || fail 'no sparse file'
istat -o 2048 "$work/left.raw" "$(column "$work/left.raw" live 3 Users/alice/Desktop/cut.evtx)" |
	grep -q 'DATA.* Resident' || fail 'no resident file'
[ -n "$(column "$work/left.raw" live 3 Users/alice/Desktop/notes.txt:notes.evtx)" ] || fail 'no stream'
grep -q "/p1/$logs/Archive-Sysmon.evtx: 200 records, 4 chunks, deleted" "$work/told" ||
	fail 'what was deleted is not told'

# ---- hosts ----
image 'a volume for each host' "$story" --image "$work/story.raw" --out "$work/story"
check_image "$work/story.raw"
[ "$(grep -c '^volume' "$work/story.raw.tsv")" = 3 ] || fail 'not three volumes'
[ "$(column "$work/story.raw" live 9 "$logs/Microsoft-Windows-Sysmon%4Operational.evtx" | head -n 1)" = \
	"$(sha256sum <"$work/story/WS01/Microsoft-Windows-Sysmon%4Operational.evtx" | cut -d' ' -f1)" ] ||
	fail 'the image has another log than the folder'
mmls "$work/story.raw" >"$work/mmls" 2>&1 || fail "mmls: $(cat "$work/mmls")"
[ "$(grep -c 'Basic data partition' "$work/mmls")" = 3 ] || fail "mmls: $(cat "$work/mmls")"
image 'one host' "$story" --image "$work/ws02.raw" --host WS02
[ "$(grep '^volume' "$work/ws02.raw.tsv" | cut -f 10)" = WS02 ] || fail '--host WS02 is another'
expect 'a host that is not there' 2 "$EVTXHOUND" forge "$story" --image "$work/x.raw" --host WS09
says 'a host that is not there' stderr 'WS09'

# The second table, for when the first is lost.
size=$(wc -c <"$work/ws02.raw")
[ "$(tail -c 512 "$work/ws02.raw" | head -c 8)" = 'EFI PART' ] || fail 'no second table'
[ $((size % 1048576)) = 0 ] || fail 'the disk has a broken size'

finish
