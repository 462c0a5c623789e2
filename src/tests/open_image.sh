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

wipe() { # FILE OFFSET SIZE
	tail -c +1 /dev/zero | head -c "$3" | dd of="$1" bs=512 oflag=seek_bytes seek="$2" conv=notrunc status=none
}
as_planted() { # NAME: all was found, whatever else was told
	grep '^found' "$work/stdout" | sed 's/|p1/|PART/;s/|at-1048576/|PART/g;s/|p1/|PART/g' >"$work/table.txt"
	grep '^found' "$work/left.txt" | sed 's/|p1/|PART/g' >"$work/table.want"
	sed -i 's/|[a-z ]*|\([0-9a-f]*\)$/|\1/' "$work/table.txt" "$work/table.want"
	same "$1" "$work/table.txt" "$work/table.want"
}
cp "$work/left.raw" "$work/table.raw"
wipe "$work/table.raw" 0 17408
lists 'no first table at all' 0 "$work/table.raw" 'format=raw image'
as_planted 'no first table at all'
wipe "$work/table.raw" $((42991616 - 17408)) 17408
lists 'no table at all' 0 "$work/table.raw" 'format=raw image'
as_planted 'no table at all'
has 'no table at all' 'volume at-1048576|NTFS|1048576|41943040|read'
cp "$work/left.raw" "$work/table.raw"
wipe "$work/table.raw" 512 16896
wipe "$work/table.raw" $((42991616 - 17408)) 17408
lists 'both GUID tables are gone' 0 "$work/table.raw"
says 'both GUID tables are gone' stdout 'damage partition-table|0|0|the partition table cannot be read'
as_planted 'both GUID tables are gone'
head -c 30000000 "$work/left.raw" >"$work/table.raw"
lists 'a cut disk' 0 "$work/table.raw"
says 'a cut disk' stdout 'damage truncated|30000000|'
rm "$work/table.raw"

# ---- damaged volumes ----
cp "$work/left.raw" "$work/broken.raw"
wipe "$work/broken.raw" 1048576 512
lists 'the boot sector is gone' 0 "$work/broken.raw"
has 'the boot sector is gone' 'note boot-sector|1048576|0|volume p1: its first sector is damaged; the copy that NTFS keeps was read'
as_planted 'the boot sector is gone'
mft=$(LC_ALL=C grep -abo FILE0 "$work/left.raw" | head -1 | cut -d: -f1)
wipe "$work/broken.raw" "$mft" 1024
lists 'the first entry of the MFT too' 0 "$work/broken.raw"
says 'the first entry of the MFT too' stdout 'note mft|1048576|0|'
as_planted 'the first entry of the MFT too'
cp "$work/left.raw" "$work/broken.raw"
poke "$work/broken.raw" $((mft + 68 * 1024 + 510)) '\377\377'
poke "$work/broken.raw" $((mft + 69 * 1024 + 510)) '\377\377'
wipe "$work/broken.raw" $((mft + 75 * 1024)) 1024
lists 'broken MFT entries' 0 "$work/broken.raw"
says 'broken MFT entries' stdout "damage mft-entry|$((mft + 68 * 1024))|1024|entry 68 of the MFT cannot be read, and so a file is missing"
says 'broken MFT entries' stdout "note mft-entry|$((mft + 69 * 1024))|1024|entry 69 of the MFT cannot be read, which no file is said to have"
says 'broken MFT entries' stdout "damage mft-entry|$((mft + 75 * 1024))|1024|entry 75"
rows=$((rows + 1))
[ "$(grep -c '^found' "$work/stdout")" = 3 ] || fail 'broken MFT entries: not the three other files'
cp "$work/left.raw" "$work/broken.raw"
wipe "$work/broken.raw" $((mft + 67 * 1024)) 1024
lists 'a folder is gone' 0 "$work/broken.raw"
says 'a folder is gone' stdout '|p1/$OrphanFiles/Security.evtx|'
printf -- '-FVE-FS-' | dd of="$work/broken.raw" bs=1 seek=$((1048576 + 3)) conv=notrunc status=none
wipe "$work/broken.raw" $((42991616 - 1048576 - 512)) 512
lists 'BitLocker' 0 "$work/broken.raw"
has 'BitLocker' 'volume p1|BitLocker|1048576|40894464|not read: it is encrypted; decrypt it first, for instance with dislocker'
rm "$work/broken.raw"

# ---- a deleted file whose clusters another one has taken ----
if [ -x /usr/sbin/ntfscp ] || command -v ntfscp >/dev/null; then
	truncate -s 2M "$work/again.raw"
	/usr/sbin/mkntfs -Q -F -q -p 2048 "$work/again.raw" >/dev/null 2>&1
	head -c 900000 "$EVTXHOUND" >"$work/b"
	head -c 5000 "$EVTXHOUND" >"$work/a"
	for file in a b; do
		printf 'file\t%s\t%s.evtx\t-\tplain\t131000000000000000\t131000000000000000\n' \
			$(($(printf %d "'$file") - 92)) $file
	done >"$work/orders"
	for file in a b; do
		printf 'delete\t%s.evtx\t131000000000000000\n' $file
	done >>"$work/orders"
	"$(dirname "$EVTXHOUND")/evtxhound-ntfs" "$work/again.raw" 2048 x <"$work/orders" >/dev/null \
		5<"$work/a" 6<"$work/b"
	lists 'deleted' 0 "$work/again.raw"
	says 'deleted' stdout 'found deleted|EVTX, searched|900000|b.evtx|'
	rows=$((rows + 1))
	! grep -q '^note' "$work/stdout" || fail 'deleted: a note, and nothing has happened'
	cat "$work/b" "$work/a" "$work/a" >"$work/c"
	PATH=$PATH:/usr/sbin ntfscp -q -f "$work/again.raw" "$work/c" /other.txt
	lists 'its clusters are another file' 0 "$work/again.raw"
	has 'its clusters are another file' \
		"note reused|0|0|b.evtx: deleted, and 220 of 220 clusters are in use again: what is there may be another's"
	rm "$work/again.raw" "$work/a" "$work/b" "$work/c"
fi

# ---- what Windows packed or encrypted: told by name ----
truncate -s 3M "$work/own.raw"
/usr/sbin/mkntfs -Q -F -q -p 2048 "$work/own.raw" >/dev/null 2>&1
head -c 70000 "$EVTXHOUND" >"$work/a"
printf 'file\t5\t%s\t%s\tplain\t131000000000000000\t131000000000000000\n' packed.evtx - packed.evtx \
	WofCompressedData secret.evtx - |
	"$(dirname "$EVTXHOUND")/evtxhound-ntfs" "$work/own.raw" 2048 x 5<"$work/a" >"$work/inodes"
lists 'packed by Windows' 0 "$work/own.raw"
has 'packed by Windows' 'unreadable packed.evtx: Windows packed it (WOF), which is not read; copy it out with Windows'
says 'packed by Windows' stdout 'found live|EVTX, searched|70000|secret.evtx|'
entry=$(LC_ALL=C grep -abo FILE0 "$work/own.raw" | head -1 | cut -d: -f1)
entry=$((entry + $(tail -1 "$work/inodes") * 1024))
data=$(tail -c +$((entry + 1)) "$work/own.raw" | head -c 1024 | LC_ALL=C grep -aboP '\x80\x00\x00\x00' | head -1 | cut -d: -f1)
poke "$work/own.raw" $((entry + data + 13)) '\100'
lists 'encrypted by Windows' 0 "$work/own.raw"
has 'encrypted by Windows' "unreadable secret.evtx: Windows encrypted it (EFS); decrypt it with its owner's key first"
rm "$work/own.raw" "$work/a"

# ---- FAT, ext ----
dd if="$work/left.raw" of="$work/log" bs=4096 skip=$(($(LC_ALL=C grep -abo ElfFile "$work/left.raw" | head -1 | cut -d: -f1) / 4096)) count=17 status=none
if command -v mkfs.fat >/dev/null && command -v mcopy >/dev/null; then
	truncate -s 40M "$work/fat.raw"
	mkfs.fat -F 32 "$work/fat.raw" >/dev/null
	mmd -i "$work/fat.raw" ::Windows ::Windows/winevt ::Windows/winevt/Logs
	mcopy -i "$work/fat.raw" "$work/log" ::Windows/winevt/Logs/Security.evtx
	mcopy -i "$work/fat.raw" "$work/log" '::Windows/winevt/Logs/A long name of a log.evtx'
	mcopy -i "$work/fat.raw" "$work/log" ::gone.evtx
	mdel -i "$work/fat.raw" ::gone.evtx
	lists 'FAT32' 0 "$work/fat.raw"
	has 'FAT32' 'volume |FAT32|0|41943040|read'
	against 'FAT32' "$work/fat.raw" 0 ''
	rm "$work/fat.raw"
fi
mkdir -p "$work/tree/winevt/Logs"
cp "$work/log" "$work/tree/a.evtx"
cp "$work/log" "$work/tree/winevt/Logs/b.evtx"
for type in ext2 ext4; do
	rm -f "$work/ext.raw"
	mke2fs -q -t $type -d "$work/tree" "$work/ext.raw" 8M 2>"$work/cmp" || fail "mke2fs: $(cat "$work/cmp")"
	lists "$type" 0 "$work/ext.raw"
	has "$type" "volume |$type|0|8388608|read"
	against "$type" "$work/ext.raw" 0 ''
done

truncate -s 70M "$work/tree/large.evtx"
mke2fs -q -t ext3 -b 1024 -d "$work/tree" "$work/large.raw" 8M 2>"$work/cmp" || fail "mke2fs: $(cat "$work/cmp")"
lists 'ext3, a file of three levels' 0 "$work/large.raw"
has 'ext3, a file of three levels' 'damage limit|0|0|large.evtx: it is larger than is read of files of ext2 and ext3; copy it out'
says 'ext3, a file of three levels' stdout 'found live|EVTX|69632|winevt/Logs/b.evtx|'
rm "$work/large.raw" "$work/tree/large.evtx"

# ---- an MBR with logical partitions: 5 and 6, as other programs count them ----
if command -v sfdisk >/dev/null; then
	truncate -s 30M "$work/mbr.raw"
	printf '%s\n' 'label: dos' 'start=2048,size=2048,type=82' 'start=6144,size=40000,type=5' \
		'start=8192,size=16384,type=83' 'start=26624,size=16384,type=83' |
		sfdisk -q "$work/mbr.raw" >"$work/cmp" 2>&1 || fail "sfdisk: $(cat "$work/cmp")"
	dd if="$work/ext.raw" of="$work/mbr.raw" bs=512 seek=26624 conv=notrunc status=none
	lists 'logical partitions' 0 "$work/mbr.raw"
	says 'logical partitions' stdout 'volume p1|'
	says 'logical partitions' stdout 'passed over: it holds no files'
	has 'logical partitions' 'volume p6|ext4|13631488|8388608|read'
	says 'logical partitions' stdout 'volume p5|'
	against 'logical partitions' "$work/mbr.raw" 26624 p6/
fi

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
	qemu-img convert -c -O qcow2 "$work/left.raw" "$work/packed.qcow2"
	as_left 'a packed QCOW2' "$work/packed.qcow2"
	rows=$((rows + 1))
	! grep -q ^damage "$work/stdout" || fail 'a packed QCOW2: damage where there is none'
	qemu-img convert -O qcow2 -o cluster_size=2M "$work/left.raw" "$work/large.qcow2"
	# the last cluster of the file, in which it ends now, is the disk's last as well
	head -c -1900000 "$work/large.qcow2" >"$work/cut.qcow2"
	lists 'a QCOW2, cut within a cluster' 0 "$work/cut.qcow2"
	files_of "$work/stdout" >"$work/other.found"
	same 'a QCOW2, cut within a cluster' "$work/other.found" "$work/left.found"
	says 'a QCOW2, cut within a cluster' stdout 'its file ends within a block of it, zeros are read there'
	qemu-img create -q -f qcow2 -b disk.qcow2 -F qcow2 "$work/child.qcow2"
	lists 'a QCOW2 child' 1 "$work/child.qcow2"
	says 'a QCOW2 child' stdout 'says only how it differs from another one, disk.qcow2;'
	qemu-img create -q -f vmdk -b sparse.vmdk -F vmdk "$work/child.vmdk"
	lists 'a VMDK child' 1 "$work/child.vmdk"
	says 'a VMDK child' stdout 'from another one, sparse.vmdk;'
	# nobody here makes a VHD with a parent: a dynamic one is made to say that it has one
	vhd_sum() { # FILE OFFSET SIZE AT: what sums up that structure, at its offset
		poke "$1" $(($2 + $4)) '\000\000\000\000'
		sum=$(tail -c +$(($2 + 1)) "$1" | head -c "$3" | od -An -v -tu1 |
			awk '{ for (i = 1; i <= NF; i++) n += $i } END { printf "%.0f", 4294967295 - n }')
		poke "$1" $(($2 + $4)) "$(printf '\\%03o\\%03o\\%03o\\%03o' $((sum >> 24)) $((sum >> 16 & 255)) \
			$((sum >> 8 & 255)) $((sum & 255)))"
	}
	cp "$work/dynamic.vhd" "$work/child.vhd"
	poke "$work/child.vhd" $((512 + 40)) '\001\002\003\004'
	poke "$work/child.vhd" $((512 + 64)) '\000b\000.\000v\000h\000d'
	vhd_sum "$work/child.vhd" 512 1024 36
	for at in 0 $(($(stat -c %s "$work/child.vhd") - 512)); do
		poke "$work/child.vhd" $((at + 63)) '\004'
		vhd_sum "$work/child.vhd" "$at" 512 64
	done
	lists 'a VHD child' 1 "$work/child.vhd"
	says 'a VHD child' stdout 'this VHD disk image says only how it differs from another one, b.vhd;'
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

	# a hundred segments: .E99 is followed by .EAA
	truncate -s 103M "$work/long.raw"
	dd if="$work/left.raw" of="$work/long.raw" conv=notrunc bs=1M status=none
	openssl enc -aes-128-ctr -K 0 -iv 0 -in /dev/zero 2>/dev/null | dd of="$work/long.raw" bs=1M seek=41 count=62 \
		iflag=fullblock conv=notrunc status=none
	(cd "$work" && ewfacquire -u -q -t long -f encase6 -c none -S 1048576 long.raw) >/dev/null 2>&1
	rows=$((rows + 1))
	[ -e "$work/long.EAA" ] || fail 'E01, many segments: no .EAA'
	lists 'E01, many segments' 0 "$work/long.E01" verify
	has 'E01, many segments' "fact image_md5=$(md5sum <"$work/long.raw" | cut -d' ' -f1)"
	says 'E01, many segments' stdout 'part long.EAA|'
	files_of "$work/stdout" >"$work/other.found"
	same 'E01, many segments' "$work/other.found" "$work/left.found"
	rm -f "$work"/long.*

	# libewf itself leaks where an image is damaged
	printf 'leak:libewf\n' >"$work/lsan"
	export LSAN_OPTIONS="suppressions=$work/lsan:print_suppressions=0"

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
	has 'E01, one missing' 'damage segments|8323072|34668544|the image'"'"'s files end too early: of the disk, 34668544 bytes from offset 8323072 are missing'
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
