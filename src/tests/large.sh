#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A log of more than 4 GiB and more than 65,535 chunks: offsets, chunk numbers and ids as they are.
# All but the last chunks is a hole, so that neither the disk nor the time is needed.
. "${SRCDIR:-.}/src/tests/lib.sh"

before=65600 # chunks that are a hole
shift=$((before * 65536))
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
small="$work/story/WS01/Microsoft-Windows-Sysmon%4Operational.evtx"
large="$work/large.evtx"
head -c 4096 "$small" >"$large"
dd if="$small" of="$large" bs=4096 skip=1 seek=$((1 + shift / 4096)) conv=notrunc status=none

# Adds the hole to a chunk's number and an offset, the last two columns.
moved() {
	awk -v by="$shift" '{ $(NF - 1) += by / 65536; $NF = sprintf("%.0f", $NF + by) } { print }'
}

# Id, role, record id, chunk, offset of each piece of evidence.
evidence() {
	awk -F, 'NR > 1 { print $1, $3, $9, $12, $13 }' "$work/out/evidence.csv"
}

expect 'hunt, small' 1 hunt --no-hash --timeline findings "$small"
evidence | moved >"$work/wanted"
expect 'hunt, large' 1 hunt --no-hash --timeline findings -j2 "$large"
evidence >"$work/found"
[ -s "$work/wanted" ] || fail 'the small log has no evidence'
same 'evidence' "$work/wanted" "$work/found"
in_file 'a hole is told' "$work/out/manifest.json" '"kind": "chunk-zero"'

# Record number, chunk, offset of each record.
records() {
	sed -n 's/.*"Chunk":\([0-9]*\),"Offset":\([0-9]*\),.*"RecordNumber":"\([0-9]*\)".*/\3 \1 \2/p' "$1"
}

expect 'dump, small' 0 "$EVTXHOUND" dump -q -j2 "$small"
records "$work/stdout" | moved >"$work/wanted"
expect 'dump, large' 3 "$EVTXHOUND" dump -q -j2 "$large"
records "$work/stdout" >"$work/found"
[ -s "$work/wanted" ] || fail 'nothing is dumped of the small log'
same 'records' "$work/wanted" "$work/found"
finish
