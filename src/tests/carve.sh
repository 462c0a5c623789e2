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
finish
