#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A disk of 100 GiB with its logs at the end: the same findings as of the small one, and no process has
# more than 128 MiB of memory of its own. All before the volume is a hole, so that no room is needed.
. "${SRCDIR:-.}/src/tests/lib.sh"
if [ ! -x "$(dirname "$EVTXHOUND")/evtxhound-ntfs" ] || [ ! -x /usr/sbin/mkntfs ] ||
	! command -v sfdisk >/dev/null; then
	echo 'no evtxhound-ntfs, mkntfs or sfdisk'
	exit 77
fi
expect 'a disk' 0 "$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --host WS01 --image "$work/small.raw"
rm -f "$work/small.raw.tsv"
sectors=$(($(stat -c %s "$work/small.raw") / 512 - 2048))
first=$((100 * 1024 * 1024 * 2))
truncate -s $(((first + sectors) * 512)) "$work/large.raw"
printf 'label: dos\nstart=%s,size=%s,type=7\n' $first $sectors | sfdisk -q "$work/large.raw" >"$work/cmp" 2>&1 ||
	fail "sfdisk: $(cat "$work/cmp")"
dd if="$work/small.raw" of="$work/large.raw" bs=1M skip=1 oflag=seek_bytes seek=$((first * 512)) conv=notrunc,sparse \
	status=none

expect 'the small one' 1 hunt "$work/small.raw"
cut -d, -f1-8 "$work/out/findings.csv" >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -gt 2 ] || fail 'the story has no findings'
limit='ulimit -d 131072'
if grep -q __asan_init "$EVTXHOUND"; then
	limit=: # whose own memory is far more
fi
rm -rf "$work/out"
expect 'the large one' 1 sh -c "$limit"' && exec "$@"' sh "$EVTXHOUND" hunt -q -j 2 --out "$work/out" "$work/large.raw"
cut -d, -f1-8 "$work/out/findings.csv" >"$work/found"
same 'the same findings' "$work/wanted" "$work/found"
in_file 'where it is' "$work/out/manifest.json" "\"offset\": $((first * 512))"

finish
