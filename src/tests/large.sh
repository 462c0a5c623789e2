#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A log of more than 4 GiB and more than 65,535 chunks: offsets, chunk numbers and ids as they are. All
# but the last chunks is a hole, so that neither the disk nor the time is needed.
. "${SRCDIR:-.}/src/tests/lib.sh"

before=70000 # chunks that are a hole
shift=$((before * 65536))
"$EVTXHOUND" forge "$SRCDIR/fixtures/scenarios/story.yml" --out "$work/story" >/dev/null
small="$work/story/WS01/Microsoft-Windows-Sysmon%4Operational.evtx"
large="$work/large.evtx"
head -c 4096 "$small" >"$large"
dd if="$small" of="$large" bs=4096 skip=1 seek=$((1 + shift / 4096)) conv=notrunc status=none
bytes=$(wc -c <"$small")
chunks=$(((bytes - 4096) / 65536))

# Id, role, record id, chunk, offset of each piece of evidence, without what differs by the file's name.
evidence() {
	awk -F, -v shift="$2" 'NR > 1 { printf "%s %s %s %d %.0f\n", $1, $3, $9, $12 + shift / 65536, $13 + shift }' \
		"$1/evidence.csv"
}

expect 'hunt, small' 1 hunt --no-hash --timeline findings "$small"
evidence "$work/out" "$shift" >"$work/wanted"
expect 'hunt, large' 1 hunt --no-hash --timeline findings -j2 "$large"
evidence "$work/out" 0 >"$work/found"
[ -s "$work/wanted" ] || fail 'the small log has no evidence'
same 'evidence' "$work/wanted" "$work/found"
in_file 'a hole is told' "$work/out/manifest.json" '"kind": "chunk-zero"'
finish
