#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The two shadow copies of a real volume: listed with their times; every file of each has the bytes that
# the Sleuth Kit reads in a copy of the store which libvshadow made by itself.
. "${SRCDIR:-.}/src/tests/lib.sh"
image=${SHARED:-}/images/vsstest.qcow2
if [ ! -r "$image" ] || ! command -v qemu-img >/dev/null || ! command -v icat >/dev/null; then
	echo 'no image with shadow copies, qemu-img or Sleuth Kit'
	exit 77
fi
qemu-img convert -O raw "$image" "$work/volume.raw"

expect 'both are listed' 0 "$EVTXHOUND" list "$work/volume.raw"
says 'the first' stdout 'vss1     NTFS, 1073741824 bytes at 0, of 2013-12-03T06:35:09'
says 'the second' stdout 'vss2     NTFS, 1073741824 bytes at 0, of 2013-12-03T06:37:48'
expect 'of QCOW2 as well' 0 "$EVTXHOUND" list "$image"
says 'of QCOW2 as well' stdout 'vss2     NTFS'
expect 'none' 0 "$EVTXHOUND" list --vss none "$work/volume.raw"
! grep -q vss "$work/stdout" || fail 'none: a shadow copy is listed'
expect 'one' 0 "$EVTXHOUND" list --vss 2 "$work/volume.raw"
says 'one' stdout 'vss2'
! grep -q vss1 "$work/stdout" || fail 'one: the other is listed, too'
expect 'one, by its path' 0 "$EVTXHOUND" list --all-files "$work/volume.raw:/vss2"
says 'one, by its path' stdout 'vss2'
! grep -q vss1 "$work/stdout" || fail 'one, by its path: the other is listed, too'
expect 'one that is not there' 3 "$EVTXHOUND" list "$work/volume.raw:/vss7"
expect 'NTFS own files are no containers' 0 "$EVTXHOUND" list --all-files "$work/volume.raw"

# files FOLDER: what fls and icat say of a volume's allocated files: inode, size, MD5 of the bytes
files() {
	fls -r -p -F "$1" | grep -v '^r/. \*' | sed -n 's|^[^ ]* \([0-9-]*\):.*|\1|p' | sort -u | while read -r inode; do
		printf '%s %s\n' "$inode" "$(icat "$1" "$inode" | sha256sum | cut -d' ' -f1)"
	done
}

# What is read of each store, whatever it is, through the program that lists for tests.
for store in 1 2; do
	rows=$((rows + 1))
	./shadow_raw "$work/volume.raw" "$store" "$work/store.raw" || fail "store $store cannot be copied"
	files "$work/store.raw" >"$work/should"
	./open_list "$work/volume.raw" stores every sha256 only="vss$store" >"$work/listed" || :
	sed -n 's/^found shadow|[^|]*|[0-9]*|[^|]*|[^|]*|\([0-9-]*\)|[^|]*|\([0-9a-f-]*\)$/\1 \2/p' "$work/listed" |
		sed 's/ -$/ e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/' | sort -u >"$work/is"
	[ "$(wc -l <"$work/is")" -gt 3 ] || fail "store $store: no files are read"
	while read -r line; do
		grep -qxF "$line" "$work/should" || fail "store $store: '$line' is not what the Sleuth Kit reads"
	done <"$work/is"
	cut -d' ' -f1 "$work/is" >"$work/ids"
	# -144- is an index of NTFS and no file; 8 is $BadClus, as large as the volume and no more than zeros
	grep -v -e '-144-' -e '^8-' "$work/should" | cut -d' ' -f1 | while read -r inode; do
		grep -qxF -- "$inode" "$work/ids" || echo "$inode"
	done >"$work/missing"
	[ ! -s "$work/missing" ] || fail "store $store: not read: $(cat "$work/missing" | tr '\n' ' ')"
	rm -f "$work/store.raw"
	# Of the QCOW2 the same, but for what finds no room in the spool behind the files of the volume.
	./open_list "$image" stores every sha256 only="vss$store" | grep '^found' | sort >"$work/packed"
	grep '^found' "$work/listed" | sort | comm -13 - "$work/packed" >"$work/other"
	[ "$(wc -l <"$work/packed")" -gt 15 ] || fail "store $store: of the QCOW2 too few files are read"
	[ ! -s "$work/other" ] || fail "store $store: other bytes of the QCOW2: $(cat "$work/other")"
done

# ---- damage: what can be read is ----
number() { # OFFSET: eight bytes of the volume
	od -An -t u8 -j "$1" -N 8 "$work/volume.raw" | tr -d ' '
}
wiped() { # NAME FILE OFFSET SIZE: a volume without these bytes is listed, with 3
	cp "$work/volume.raw" "$work/$2"
	dd if=/dev/zero of="$work/$2" bs=512 seek=$(($3 / 512)) count=$(($4 / 512)) conv=notrunc status=none
	expect "$1" 3 "$EVTXHOUND" list "$work/$2"
}
catalogue=$(number $((0x1e00 + 48)))
wiped 'no list of them' list.raw "$catalogue" 16384
says 'no list of them' stdout 'the list of shadow copies cannot be read'
says 'no list of them' stdout '256 files looked at'
rm "$work/list.raw"
# The first copy's second entry in the list says where the list of its blocks is, and its headers.
wiped 'no blocks of the first' store.raw "$(number $((catalogue + 256 + 8)))" 512
says 'no blocks of the first' stdout 'vss1 (unknown) is not read'
says 'no blocks of the first' stdout 'vss2     NTFS, 1073741824 bytes at 0, of 2013-12-03T06:37:48.9190583Z: 256 files'
rm "$work/store.raw"
cp "$work/volume.raw" "$work/both.raw"
for entry in 256 384; do
	dd if=/dev/zero of="$work/both.raw" bs=512 seek=$(($(number $((catalogue + entry + 8))) / 512)) count=1 \
		conv=notrunc status=none
done
expect 'no blocks of either' 3 "$EVTXHOUND" list "$work/both.raw"
says 'no blocks of either' stdout 'vss1 (unknown) is not read'
says 'no blocks of either' stdout '256 files looked at'
cat "$work/stdout" >&2
rm "$work/both.raw"
wiped 'no headers of the first' store.raw "$(number $((catalogue + 256 + 32)))" 512
says 'no headers of the first' stdout 'the list of shadow copies cannot be read'
says 'no headers of the first' stdout '256 files looked at'
finish
