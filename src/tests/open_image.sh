#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is found in disk images, against the Sleuth Kit's own programs and what the forge planted.
. "${SRCDIR:-.}/src/tests/lib.sh"
list=$(dirname "$EVTXHOUND")/open_list
for tool in fls icat mmls; do
	command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
if [ ! -x "$(dirname "$EVTXHOUND")/evtxhound-ntfs" ] || [ ! -x /usr/sbin/mkntfs ]; then
	echo 'no evtxhound-ntfs or mkntfs'
	exit 77
fi
tab=$(printf '\t')

# found NAME: of the last listing, "STATE SIZE PATH INODE PLACE SHA" of what was found.
found() {
	sed -n 's/^found \([^|]*\)|\([^|]*\)|\([^|]*\)|\([^|]*\)|[^|]*|\([^|]*\)|\([^|]*\)|\([^|]*\)$/\1 \3 \4 \5 \6 \7/p' \
		"$work/stdout"
}
# has NAME LINE: the last listing has exactly that line.
has() {
	rows=$((rows + 1))
	grep -qxF -- "$2" "$work/stdout" || {
		fail "$1: no line '$2'"
		head -20 "$work/stdout" | sed 's/^/    /'
	}
}
# lists NAME CODE FILE OPTION...
lists() {
	name=$1
	code=$2
	shift 2
	expect "$name" "$code" "$list" "$@"
}
sha8() {
	sha256sum | cut -c 1-8
}

# ---- the forged disk: what was planted is found, where it was planted ----
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/left-on-disk.yml" --image "$work/left.raw" >/dev/null
lists 'a forged disk' 0 "$work/left.raw"
cp "$work/stdout" "$work/left.txt"
has 'a forged disk' 'volume p1|NTFS|1048576|40894464|read'
while IFS=$tab read -r state part inode offset size records first last sum path; do
	case $state in live | deleted) ;; *) continue ;; esac
	rows=$((rows + 1))
	hit=$(grep -F "|p$part/$path|p$part|$inode-128-" "$work/left.txt") || {
		fail "planted but not found: $path"
		continue
	}
	case $hit in
	"found $state|EVTX|$size|"*"|"*"|$(printf %.8s "$sum")") ;;
	*) fail "not as planted: $hit" ;;
	esac
done <"$work/left.raw.tsv"
rows=$((rows + 1))
[ "$(grep -c '^found' "$work/left.txt")" = "$(cut -f 1 "$work/left.raw.tsv" | grep -cE '^(live|deleted)$')" ] ||
	fail 'other files are found than were planted'

# against NAME IMAGE SECTOR PREFIX: each *.evtx that fls lists is found, and no other, with icat's bytes.
against() {
	fls -o "$3" -rp "$2" 2>/dev/null | grep -F .evtx |
		sed "s/^\(.\)\/. \(\*\{0,1\}\) *\([0-9-]*\)\((realloc)\)\{0,1\}:$tab\(.*\)/\2|\3|\5/" |
		while IFS='|' read -r gone inode path; do
			sum=$(icat -o "$3" "$2" "$inode" 2>/dev/null | sha8)
			printf '%s|%s|%s|%s\n' "${gone:+deleted}" "$inode" "$4$path" "$sum"
		done | LC_ALL=C sort >"$work/theirs"
	sed -n 's/^found \([^|]*\)|[^|]*|[^|]*|\([^|]*\)|[^|]*|\([^|]*\)|[^|]*|\([^|]*\)$/\1|\3|\2|\4/p' "$work/stdout" |
		grep -F .evtx | sed 's/^live|/|/' | LC_ALL=C sort >"$work/ours"
	rows=$((rows + 1))
	[ -s "$work/theirs" ] || fail "$1: fls lists nothing"
	diff "$work/theirs" "$work/ours" >"$work/diff" || {
		fail "$1: other files than fls and icat"
		sed 's/^/    /' "$work/diff"
	}
}
against 'a forged disk' "$work/left.raw" 2048 p1/

# ---- what is wanted of it ----
lists 'one folder' 0 "$work/left.raw" only=p1/Windows.old
rows=$((rows + 1))
[ "$(grep -c '^found' "$work/stdout")" = 1 ] || fail 'one folder: more than what is in it'
lists 'all files' 0 "$work/left.raw" all
against 'all files' "$work/left.raw" 2048 p1/
lists 'no room for a copy' 0 "$work/left.raw" spool=1000
says 'no room for a copy' stdout 'unreadable p1/Users/alice/Desktop/packed.evtx: it cannot be read where it is'

# ---- the volume alone: its paths have no volume in front ----
dd if="$work/left.raw" of="$work/volume.raw" bs=1M skip=1 count=39 status=none
lists 'a volume' 0 "$work/volume.raw"
has 'a volume' 'volume |NTFS|0|40894464|read'
against 'a volume' "$work/volume.raw" 0 ''

# ---- damaged tables ----
cp "$work/left.raw" "$work/table.raw"
dd if=/dev/zero of="$work/table.raw" bs=512 seek=1 count=1 conv=notrunc status=none
lists 'the first GPT header is gone' 0 "$work/table.raw"
says 'the first GPT header is gone' stdout 'note partition-table|512|0|the first GUID partition table cannot be read'
sed /partition-table/d "$work/stdout" >"$work/table.txt"
same 'the first GPT header is gone' "$work/table.txt" "$work/left.txt"

# ---- the same disk in other formats: the same files, bytes and whole ----
md5=$(md5sum <"$work/left.raw" | cut -d' ' -f1)
files_of() { # FILE: what was found, but for where its bytes are read
	sed -n 's/^\(found .*\)|[a-z ]*|\([^|]*\)$/\1|\2/p' "$1"
}
files_of "$work/left.txt" >"$work/left.found"
as_left() { # NAME FILE
	lists "$1" 0 "$2" verify
	has "$1" "fact image_md5=$md5"
	has "$1" 'volume p1|NTFS|1048576|40894464|read'
	files_of "$work/stdout" >"$work/other.found"
	same "$1" "$work/other.found" "$work/left.found"
}
convert() { # NAME FORMAT OPTION FILE
	qemu-img convert -O "$2" -o "$3" "$work/left.raw" "$work/$4" || fail "$1: qemu-img fails"
	as_left "$1" "$work/$4"
}
if command -v qemu-img >/dev/null; then
	convert 'a sparse VMDK' vmdk subformat=monolithicSparse sparse.vmdk
	convert 'a packed VMDK' vmdk subformat=streamOptimized packed.vmdk
	convert 'a flat VMDK' vmdk subformat=monolithicFlat flat.vmdk
	has 'a flat VMDK' 'part flat-flat.vmdk|42991616'
	convert 'a split VMDK' vmdk subformat=twoGbMaxExtentSparse split.vmdk
	convert 'a fixed VHD' vpc subformat=fixed,force_size=on fixed.vhd
	convert 'a dynamic VHD' vpc subformat=dynamic,force_size=on dynamic.vhd
	convert 'a VHDX' vhdx subformat=dynamic disk.vhdx
	convert 'a QCOW2' qcow2 compat=1.1 disk.qcow2
	qemu-img create -q -f qcow2 -b disk.qcow2 -F qcow2 "$work/child.qcow2"
	lists 'a QCOW2 child' 1 "$work/child.qcow2"
	says 'a QCOW2 child' stdout 'says only how it differs from another one, disk.qcow2;'
	qemu-img create -q -f vmdk -b sparse.vmdk -F vmdk "$work/child.vmdk"
	lists 'a VMDK child' 1 "$work/child.vmdk"
	says 'a VMDK child' stdout 'from another one, sparse.vmdk;'
	mv "$work/flat-flat.vmdk" "$work/elsewhere"
	lists 'a VMDK without its part' 1 "$work/flat.vmdk"
	says 'a VMDK without its part' stdout 'the part flat-flat.vmdk of this VMDK disk image cannot be read'
	ln -s elsewhere "$work/flat-flat.vmdk"
	lists 'a VMDK whose part is a link' 1 "$work/flat.vmdk"
	says 'a VMDK whose part is a link' stdout 'it is a link, which is not followed'
	sed 's|"flat-flat.vmdk"|"../../etc/passwd"|' "$work/flat.vmdk" >"$work/away.vmdk"
	lists 'a VMDK whose part is elsewhere' 1 "$work/away.vmdk"
	says 'a VMDK whose part is elsewhere' stdout 'the part passwd of this VMDK'
	rm -f "$work"/*.vmdk "$work"/*.vhd "$work"/*.vhdx "$work"/*.qcow2 "$work/elsewhere"
fi

# ---- split raw ----
split -b 10000000 -d -a 3 --numeric-suffixes=1 "$work/left.raw" "$work/cut.raw."
as_left 'split raw' "$work/cut.raw.001"
has 'split raw' 'part cut.raw.005|2991616'
lists 'split raw: its hash' 0 "$work/cut.raw.001" hash
has 'split raw: its hash' "hash $(sha256sum <"$work/left.raw" | cut -d' ' -f1)"
mv "$work/cut.raw.004" "$work/away"
lists 'split raw, one missing' 0 "$work/cut.raw.001"
has 'split raw, one missing' 'damage part-missing|30000000|10000000|cut.raw.004, a part of the image, cannot be read: it is missing, and others after it are there'
rows=$((rows + 1))
[ "$(files_of "$work/stdout" | wc -l)" = "$(wc -l <"$work/left.found")" ] ||
	fail 'split raw, one missing: not all files are told'
ln -s away "$work/cut.raw.004"
lists 'split raw, one a link' 0 "$work/cut.raw.001"
says 'split raw, one a link' stdout 'cut.raw.004, a part of the image, cannot be read: it is a link'
rm -f "$work"/cut.raw.*

# ---- E01 ----
if command -v ewfacquire >/dev/null; then
	(cd "$work" && ewfacquire -u -q -t case -C 'case 7' -D 'a disk' -E 'ev 1' -e 'M. Examiner' -N 'none' \
		-f encase6 -c none -S 4194304 left.raw) >/dev/null 2>&1
	as_left 'E01' "$work/case.E01"
	has 'E01' 'fact case_number=case 7'
	has 'E01' 'fact evidence_number=ev 1'
	has 'E01' 'fact examiner=M. Examiner'
	has 'E01' 'fact description=a disk'
	has 'E01' 'fact notes=none'
	has 'E01' "fact stored_md5=$md5"
	has 'E01' 'fact media_size=42991616'
	says 'E01' stdout 'fact acquired=20'
	rows=$((rows + 1))
	! grep -q '^damage' "$work/stdout" || fail 'E01: damage where there is none'

	# one byte of a log: the others of its chunk are as they were
	first_log() {
		LC_ALL=C grep -abo ElfFile "$1" | head -1 | cut -d: -f1
	}
	for segment in "$work"/case.E??; do
		[ -z "$(first_log "$segment")" ] || break
	done
	cp "$segment" "$work/kept"
	cp "$work/left.raw" "$work/poked.raw"
	poke "$segment" $(($(first_log "$segment") + 6000)) '\177'
	poke "$work/poked.raw" $(($(first_log "$work/left.raw") + 6000)) '\177'
	lists 'E01, a flipped byte' 0 "$work/case.E01" verify
	says 'E01, a flipped byte' stdout 'damage checksum|23592960|32768|'
	says 'E01, a flipped byte' stdout 'damage image-hash|0|42991616|the image has the MD5'
	has 'E01, a flipped byte' "fact image_md5=$(md5sum <"$work/poked.raw" | cut -d' ' -f1)"
	lists 'E01, a flipped byte that is read' 0 "$work/case.E01"
	says 'E01, a flipped byte that is read' stdout 'damage checksum|23592960|32768|'
	mv "$work/kept" "$segment"
	rm "$work/poked.raw"

	mv "$work/case.E03" "$work/kept"
	lists 'E01, one missing' 0 "$work/case.E01"
	says 'E01, one missing' stdout 'damage part-missing|0|0|case.E03, a part of the image, cannot be read: it is missing'
	has 'E01, one missing' 'damage segments|8323072|34668544|the image'"'"'s files end too early: of the disk, 34668544 bytes from offset 8323072 are missing and read as zeros'
	has 'E01, one missing' 'volume p1|NTFS|1048576|40894464|read'
	mv "$work/kept" "$work/case.E03"

	mv "$work/case.E11" "$work/kept"
	lists 'E01, the last missing' 0 "$work/case.E01"
	says 'E01, the last missing' stdout 'damage segments|'
	head -c 800000 "$work/kept" >"$work/case.E11"
	lists 'E01, cut' 0 "$work/case.E01"
	says 'E01, cut' stdout 'damage segments|'
	files_of "$work/stdout" >"$work/other.found"
	same 'E01, cut behind the files' "$work/other.found" "$work/left.found"
	head -c 1000 "$work/case.E01" >"$work/front.E01"
	lists 'E01, nothing but its head' 1 "$work/front.E01"
	says 'E01, nothing but its head' stdout 'failed the E01 image cannot be opened'
	rm -f "$work"/case.E* "$work/kept" "$work/front.E01"
fi

finish
