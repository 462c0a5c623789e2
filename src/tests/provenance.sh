#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The way back: what the outputs say of a record in an image leads to its bytes there, and what is said of
# the image is what others say of it.
. "${SRCDIR:-.}/src/tests/lib.sh"
story=$SRCDIR/fixtures/scenarios/story.yml
left=$SRCDIR/fixtures/scenarios/left-on-disk.yml

# records FILE: "offset size sha256" lines of the records of findings.jsonl that have a place in the image.
records() {
	sed 's/{"role":/\n&/g' "$1" | sed -n 's/^.*"size":\([0-9]*\),"record_sha256":"\([0-9a-f]*\)".*"offset_in_image":\([0-9][0-9]*\).*$/\3 \1 \2/p' |
		LC_ALL=C sort -u
}

# lead_back NAME IMAGE MIN: all of them are there, byte for byte.
lead_back() {
	records "$work/report/findings.jsonl" >"$work/places"
	[ "$(wc -l <"$work/places")" -ge "$3" ] || fail "$1: only $(wc -l <"$work/places") records have a place"
	while read -r at size sum; do
		rows=$((rows + 1))
		found=$(tail -c +$((at + 1)) "$2" | head -c "$size" | sha256sum)
		[ "${found%% *}" = "$sum" ] || fail "$1: at $at is another record"
	done <"$work/places"
}

hunted() {
	name_of=$1
	want=$2
	shift 2
	rm -rf "$work/report"
	expect "$name_of" "$want" "$EVTXHOUND" hunt -q --out "$work/report" "$@"
}

member() {
	in_file "$1" "$work/report/manifest.json" "$2"
}

# ---- a folder: nothing of all that ----
expect 'the story' 0 "$EVTXHOUND" forge "$story" --out "$work/story"
hunted 'a folder' 1 "$work/story"
for file in findings.jsonl manifest.json; do
	rows=$((rows + 1))
	! grep -qE 'source_image|offset_in_image|containers' "$work/report/$file" || fail "a folder: $file names an image"
done
rows=$((rows + 1))
[ "$(tail -n +2 "$work/report/evidence.csv" | grep -vc ',,,,,,,.$')" = 0 ] || fail 'a folder: evidence.csv names an image'

# ---- an archive ----
expect 'a zip' 0 "$EVTXHOUND" forge "$story" --archive "$work/story.zip"
hunted 'a zip' 1 "$work/story.zip"
sum=$(sha256sum <"$work/story.zip")
member 'a zip: its hash' "\"source_image_sha256\": \"${sum%% *}\""
member 'a zip: nothing is not hashed' '"containers_not_hashed": 0'
member 'a zip: the library' '"libarchive": "'
hunted 'a zip, no hash' 1 --no-hash "$work/story.zip"
member 'a zip, no hash' '"containers_not_hashed": 1'

[ -x "$(dirname "$EVTXHOUND")/evtxhound-ntfs" ] && [ -x /usr/sbin/mkntfs ] ||
	{ echo 'no evtxhound-ntfs or mkntfs: images are left out'; finish; exit; }

# ---- a raw image ----
expect 'an image' 0 "$EVTXHOUND" forge "$story" --image "$work/disk.raw"
hunted 'an image' 1 "$work/disk.raw"
lead_back 'an image' "$work/disk.raw" 10
member 'an image: not hashed' '"hash": "not hashed"'
member 'an image: how many' '"containers_not_hashed": 1'
in_file 'an image: the page' "$work/report/report.html" '<b>not hashed</b>'
hunted 'an image, hashed' 1 --hash-image "$work/disk.raw"
sum=$(sha256sum <"$work/disk.raw")
in_file 'an image, hashed' "$work/report/evidence.csv" ",$work/disk.raw,${sum%% *},live,p"
expect 'dumped' 0 "$EVTXHOUND" dump -q "$work/disk.raw"
sed -n 's/^.*"OffsetInImage":\([0-9]*\)}}$/\1/p' "$work/stdout" >"$work/places"
[ "$(wc -l <"$work/stdout")" = "$(wc -l <"$work/places")" ] || fail 'dumped: a record has no place'
for at in $(awk 'NR % 400 == 1' "$work/places"); do
	rows=$((rows + 1))
	[ "$(tail -c +$((at + 1)) "$work/disk.raw" | head -c 4 | od -An -tx1)" = ' 2a 2a 00 00' ] ||
		fail "dumped: no record starts at $at"
done

# ---- what was deleted and what is left over ----
expect 'left on a disk' 0 "$EVTXHOUND" forge "$left" --image "$work/left.raw"
rm -rf "$work/report" # what is carved may be damaged
"$EVTXHOUND" hunt -q --carve --out "$work/report" "$work/left.raw" >/dev/null || [ $? != 4 ] ||
	fail 'left on a disk: cannot be hunted'
lead_back 'left on a disk' "$work/left.raw" 1
grep -qE ',(deleted|carved),' "$work/report/evidence.csv" || fail 'left on a disk: no record is marked'

# ---- an image in an archive: no place where it is packed ----
if command -v bsdtar >/dev/null; then
	(cd "$work" && bsdtar -c -f in.zip --format zip disk.raw)
	hunted 'packed' 1 "$work/in.zip"
	lead_back 'packed' "$work/in.zip" 0
	in_file 'packed: its path' "$work/report/findings.jsonl" "\"source_image\":\"$work/in.zip\""
	in_file 'packed: the path in it' "$work/report/findings.jsonl" '"path_in_image":"disk.raw:/p'
	(cd "$work" && bsdtar -c -f in.tar disk.raw)
	hunted 'in a tar' 1 "$work/in.tar"
	lead_back 'in a tar' "$work/in.tar" 0
fi

# ---- an E01 ----
if command -v ewfacquire >/dev/null; then
	ewfacquire -u -q -t "$work/case" -C 17 -E 4 -e 'A. <Examiner>' -D disk -N none -f encase6 -S 10485760 \
		"$work/disk.raw" >/dev/null 2>&1
	hunted 'E01' 1 "$work/case.E01"
	sum=$(md5sum <"$work/disk.raw")
	in_file 'E01: the stored hash' "$work/report/evidence.csv" ",$work/case.E01,md5:${sum%% *},live,p"
	lead_back 'E01: places of the disk' "$work/disk.raw" 10
	for said in '"case_number"' '"A. <Examiner>"' '"libewf": "20' '"not hashed"'; do
		member "E01: $said" "$said"
	done
	in_file 'E01: the page' "$work/report/report.html" '<code>A. &lt;Examiner&gt;</code>'
fi
finish
