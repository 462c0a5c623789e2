#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# corpus.sh FOLDER: makes the inputs of fuzz_chunk, fuzz_log and fuzz_carve anew, as FOLDER/chunk and so
# on: the chunks that the rows of the tests build, each named after its row, and logs and pieces of disks
# made of a log that is forged. Run it in the folder of a build, after `make check`. What of them
# reaches nothing that others do not is left out by: fuzz_chunk -merge=1 SMALL FOLDER/chunk
set -eu
src=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1/chunk" "$1/log" "$1/carve"
for test in test_evtx test_evtx_borrow test_evtx_bounds test_evtx_damage test_evtx_mutants \
	test_evtx_render test_evtx_types; do
	EVTXHOUND_CORPUS=$1/chunk "./$test" >/dev/null 2>&1
done
find "$1/chunk" -size +17k -delete # the bombs among them would take all the fuzzer's time

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$1/log
./evtxhound forge "$src/fixtures/scenarios/quiet-day.yml" --out "$work/forged" >/dev/null
whole=$(find "$work/forged" -name 'Security.evtx' | head -n 1)
head -c 4096 "$whole" >"$work/header"
tail -c +4097 "$whole" | head -c 6000 >"$work/chunk"
head -c 65536 /dev/zero >"$work/zeros"
cat "$work/header" "$work/chunk" >"$log/a_cut_log"
cp "$work/chunk" "$log/a_chunk_alone"
head -c 100 "$work/header" >"$log/a_cut_header"
tail -c +1000 "$work/chunk" >"$log/a_front_cut"
{ head -c 4096 "$work/zeros"; cat "$work/chunk"; } >"$log/a_zeroed_header"
{ cat "$work/header"; head -c 512 "$work/zeros"; cat "$work/chunk"; } >"$log/a_sector_between"
{ cat "$work/header"; printf 'bytes between'; cat "$work/chunk"; } >"$log/bytes_between"
{ cat "$work/header"; head -c 8 "$work/zeros"; tail -c +9 "$work/chunk"; } >"$log/a_signature_gone"
{ cat "$work/header"; printf 'ElfOther'; tail -c +9 "$work/chunk"; } >"$log/another_signature"
{ printf 'something else, '; cat "$work/header" "$work/chunk"; } >"$log/within_a_larger_file"
{ cat "$work/header" "$work/zeros" "$work/chunk"; } >"$log/a_zeroed_chunk"
{ cat "$work/header" "$work/chunk"; tail -c +6001 "$work/zeros"; cat "$work/chunk"; } >"$log/two_chunks"

carve=$1/carve
cat "$work/chunk" "$work/header" >"$carve/a_cut_chunk"
{ printf '\377'; head -c 511 "$work/zeros"; cat "$work/chunk"; } >"$carve/a_chunk_across_ranges"
tail -c +513 "$work/chunk" >"$carve/records"
{ head -c 8 "$work/zeros"; tail -c +4097 "$work/chunk"; } >"$carve/records_of_a_lost_chunk"
{ head -c 2048 "$work/chunk"; tail -c +513 "$work/chunk"; } >"$carve/a_chunk_that_goes_on_elsewhere"
{ head -c 1024 "$work/chunk"; cat "$work/chunk"; } >"$carve/a_chunk_over_another"
