/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_FUZZ_H
#define EVTXHOUND_FUZZ_H
/*
 * One entry per place where untrusted bytes come in: fuzz_NAME.c holds it, corpus/NAME its inputs.
 * `make check` replays the corpora (replay.c); configured with --enable-fuzz, fuzz_NAME is a
 * fuzzer.
 */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Where a fuzzer brings its own way of changing inputs; the second is libFuzzer's. */
size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *p, size_t n, size_t most);

#endif
