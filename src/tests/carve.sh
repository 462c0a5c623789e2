#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# All that the forge leaves on a disk without a file is carved, once.
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
finish
