#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All that the forge leaves on a disk without a file is carved, once; a hunt finds the same in each format.
. "${SRCDIR:-.}/src/tests/lib.sh"
if [ ! -x "$(dirname "$EVTXHOUND")/evtxhound-ntfs" ] || [ ! -x /usr/sbin/mkntfs ]; then
	echo 'no evtxhound-ntfs or mkntfs'
	exit 77
fi
for scenario in left-on-disk; do
	expect "$scenario" 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/$scenario.yml" \
		--image "$work/$scenario.raw"
	expect "$scenario is carved" 0 ./carve_planted "$work/$scenario.raw"
	rows=$((rows + 1))
done

# hunted NAME IMAGE OPTION: what it reports, as if every format's file had one name
hunted() {
	expect "$1" 1 "$EVTXHOUND" hunt "$3" --no-hash --out "$work/$1" "$2"
	says "$1" stdout "$(grep -c '^record' "$work/left-on-disk.raw.tsv") only carved"
	for table in timeline findings; do
		sed 's/left-on-disk\.[A-Za-z0-9]*/left-on-disk/g' "$work/$1/$table.csv" >"$work/$1.$table"
	done
	rows=$((rows + 3))
	[ -z "$(sed 1d "$work/$1.findings" | cut -d, -f1 | sort | uniq -d)" ] || fail "$1: a finding stands twice"
	grep -q ',deleted.\{0,1\}$' "$work/$1.findings" || fail "$1: no finding is marked as deleted"
	grep -q ',carved.\{0,1\}$' "$work/$1.findings" || fail "$1: no finding is marked as carved"
}
for option in --carve --carve=all; do
	hunted "raw$option" "$work/left-on-disk.raw" "$option"
	if command -v qemu-img >/dev/null; then
		qemu-img convert -O qcow2 "$work/left-on-disk.raw" "$work/left-on-disk.qcow2"
		hunted "qcow2$option" "$work/left-on-disk.qcow2" "$option"
		same "qcow2 $option" "$work/raw$option.timeline" "$work/qcow2$option.timeline"
		same "qcow2 $option" "$work/raw$option.findings" "$work/qcow2$option.findings"
	fi
	if command -v ewfacquire >/dev/null; then
		rm -f "$work/left-on-disk.E01"
		ewfacquire -u -q -t "$work/left-on-disk" "$work/left-on-disk.raw" >/dev/null 2>&1 </dev/null
		hunted "E01$option" "$work/left-on-disk.E01" "$option"
		same "E01 $option" "$work/raw$option.timeline" "$work/E01$option.timeline"
		same "E01 $option" "$work/raw$option.findings" "$work/E01$option.findings"
	fi
done

# ---- each record, at its offset in the image ----
left=$work/left-on-disk.raw

# records NAME OPTION... PATH: "id offset-in-image" of each record that is dumped, all of them whole.
records() {
	name=$1
	shift
	rows=$((rows + 1))
	"$EVTXHOUND" dump -q --format csv "$@" >"$work/stdout" 2>"$work/stderr" || [ $? = 3 ] ||
		fail "$name: $(cat "$work/stderr")"
	tr -d '\r' <"$work/stdout" >"$work/dump.csv"
	! sed 1d "$work/dump.csv" | grep -qv ',whole,' || fail "$name: a record is not whole"
	sed -n '2,$s/^[0-9]*,\([0-9]*\),.*,\([0-9]*\)$/\1 \2/p' "$work/dump.csv" | LC_ALL=C sort
}

# Clusters of deleted files are free as well.
deleted=$(awk -F '\t' '$1 == "deleted" { print $10 }' "$left.tsv")
records 'the deleted log' "$left:/p1/$deleted" >"$work/deleted"
awk -F '\t' '$1 == "record" { print $7 " " $4 }' "$left.tsv" | LC_ALL=C sort - "$work/deleted" >"$work/planted"
[ "$(wc -l <"$work/planted")" -gt 700 ] || fail "$(wc -l <"$work/planted") records are planted"

carved() { # NAME OPTION... PATH
	name=$1
	records "$@" >"$work/carved"
	same "$name" "$work/planted" "$work/carved"
	rows=$((rows + 1))
	! sed 1d "$work/dump.csv" | grep -qv ',carved,[^,]*,,[^,]*\[carved\],[0-9]*$' || fail "$name: not marked"
}
carved 'by its path' "$left:/p1/[carved]"
carved 'by its path, with the option' --carve "$left:/p1/[carved]"
if command -v qemu-img >/dev/null; then
	carved 'of a QCOW2' "$work/left-on-disk.qcow2:/p1/[carved]"
fi
if command -v ewfacquire >/dev/null; then
	carved 'of an E01' "$work/left-on-disk.E01:/p1/[carved]"
fi
# A volume alone has no partition in its paths.
dd if="$left" of="$work/volume.raw" bs=1M skip=1 count=39 status=none
awk '{ print $1 " " $2 - 1048576 }' "$work/planted" | LC_ALL=C sort >"$work/shifted"
mv "$work/shifted" "$work/planted"
carved 'of a volume' "$work/volume.raw:/[carved]"

expect 'outside of volumes is nothing' 3 "$EVTXHOUND" dump -q "$left:/[carved-outside]"
# A record behind the volume, in the room that the partition table leaves.
expect 'all of it' 0 "$EVTXHOUND" list "$left:/[carved-all]"
says 'all of it' stdout 'left-on-disk.raw:/[carved-all]'
at=$(awk -F '\t' '$1 == "chunk" { print $4; exit }' "$left.tsv")
cp "$left" "$work/outside.raw"
dd if="$left" of="$work/outside.raw" bs=512 skip=$((at / 512)) count=128 seek=256 conv=notrunc status=none
expect 'outside of volumes' 0 "$EVTXHOUND" dump -q --format csv "$work/outside.raw:/[carved-outside]"
says 'outside of volumes' stdout ',carved,,,[carved-outside],131584'
dd if="$left" of="$work/piece.bin" bs=512 skip=$((at / 512)) count=128 seek=512 status=none
expect 'of a file that is no image' 0 "$EVTXHOUND" dump -q --format csv "$work/piece.bin:/[carved-all]"
says 'of a file that is no image' stdout ',carved,,,[carved-all],262656'

# ---- a QCOW2 of 256 KiB that says its disk has 2^48 bytes ----
{
	printf 'QFI\373\0\0\0\002\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\020\0\001\0\0\0\0\0\0\0\0\0\0\0\010\0\0'
	printf '\0\0\0\0\0\001\0\0\0\0\0\0\0\003\0\0\0\0\0\001'
} >"$work/huge.qcow2"
truncate -s 256K "$work/huge.qcow2"
expect 'a huge disk' 3 "$EVTXHOUND" list --carve=all --verify-image "$work/huge.qcow2"
says 'a huge disk' stdout 'media_size: 281474976710656'
says 'a huge disk' stdout 'it is not verified: '
says 'a huge disk' stdout 'at offset 68719476736: no more is searched from here on'
finish
