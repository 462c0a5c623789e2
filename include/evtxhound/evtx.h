/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_H
#define EVTXHOUND_EVTX_H
/*
 * The EVTX format, read by ourselves: file header, chunk, record framing, checksums, BinXML. A
 * template is compiled once, a record is read through it. Damage is reported and walked around, never
 * repaired. Format facts: docs/evtx.md (MS-EVEN6; libyal's EVTX description; our own measurements).
 */
#include "evtxhound/event.h"

struct evtx_header {
	bool signature_ok, crc_ok;
	uint64_t first_chunk, last_chunk, next_record_id;
	uint32_t header_size;
	uint16_t minor, major, block_size, chunk_count;
	uint32_t flags; /* bit 0 dirty, bit 1 full */
	uint32_t stored_crc;
};
/* `first` is up to the first 4096 bytes of the source. Notes and damages go to `fn`. `file_size` tells
   whether the counts are stale. Always fills `h` (zero where there was nothing). */
void evtx_header_read(struct view first, uint64_t file_size, struct evtx_header *h, damage_fn *fn,
		      void *ctx);
#define EVTX_DIRTY 1u
#define EVTX_FULL 2u

/* How many 64 KiB chunks a log of that size holds, the last perhaps short, and where each starts. */
uint64_t evtx_chunk_count(uint64_t file_size);
uint64_t evtx_chunk_offset(uint64_t chunk);

/* The decoder of the house. ->ops->destroy() frees. NULL: no memory. */
struct decoder *evtx_decoder_new(const struct fields *fields, damage_fn *fn, void *ctx);

#endif
