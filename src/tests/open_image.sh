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

finish
