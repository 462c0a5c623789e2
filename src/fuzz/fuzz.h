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

#endif
