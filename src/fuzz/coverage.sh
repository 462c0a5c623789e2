#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# coverage.sh [FILE|DIR]...: which lines of the decoder and its writers the corpora of chunks and logs
# reach, or the given inputs do. Fails below 90 %. Needs clang and llvm; builds in build-coverage/.
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)
least=90
for v in "" -14 -15 -16 -17 -18 -19; do
	if command -v "llvm-cov$v" >/dev/null && command -v "clang$v" >/dev/null; then found=$v; fi
done
[ "${found+x}" ] || { echo "coverage.sh: clang and llvm-cov are not here; install clang and llvm" >&2; exit 2; }

mkdir -p build-coverage
cd build-coverage
flags="-fprofile-instr-generate -fcoverage-mapping"
[ -f Makefile ] || ../configure --disable-hardening CC="clang$found" CFLAGS="-O1 -g $flags" \
	LDFLAGS="$flags" >configure.log
make -s replay_chunk replay_log
export LLVM_PROFILE_FILE="$root/build-coverage/%p.profraw"
rm -f ./*.profraw
SRCDIR=$root ./replay_chunk "$@"
SRCDIR=$root ./replay_log "$@"
"llvm-profdata$found" merge -o corpus.profdata ./*.profraw
"llvm-cov$found" report ./replay_chunk -object ./replay_log -instr-profile=corpus.profdata >report.txt
awk -v least=$least '$1 ~ /src\/evtx\/|src\/event\/(value|scalar|sid)/ {
	printf "%-40s %6d lines %6d not reached\n", $1, $8, $9
	all += $8
	missed += $9
} END {
	percent = 100 * (all - missed) / all
	printf "lines: %.1f %%, wanted: %d %%\n", percent, least
	exit percent < least
}' report.txt
