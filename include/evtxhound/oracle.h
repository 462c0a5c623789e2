/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_ORACLE_H
#define EVTXHOUND_ORACLE_H
/*
 * libevtx as the second, independent decoder: behind the same interface as ours, fed one chunk at a
 * time behind a file header that we make, named fields out of its XML read with libexpat. Knows
 * nothing of src/evtx. Its faults (20181227) are listed in docs/witness.md. Runs in workers only.
 */
#include "evtxhound/event.h"

/*
 * A decoder whose records are libevtx's: live ones first, then the ones it recovered
 * (record->recovered). record->offset and size are found by the record's id in the chunk's bytes (0
 * when they cannot be). One handle, one thread; the 64 KiB are copied. NULL: no memory.
 */
struct decoder *oracle_decoder_new(const struct fields *fields, damage_fn *fn, void *ctx);
const char *libevtx_version(void);
const char *expat_version(void);

#endif
