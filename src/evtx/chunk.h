/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_CHUNK_H
#define EVTXHOUND_EVTX_CHUNK_H
/*
 * One chunk: its header and checksums. What the header says is checked before it bounds anything.
 * Borrows the bytes.
 */
#include "damage.h"

#define RECORD_SIGNATURE 0x00002a2au

struct chunk {
	struct view bytes; /* at most EVTX_CHUNK_SIZE */
	uint64_t offset;   /* in the source */
	uint64_t index;
	bool present; /* the signature stands */
	bool unused;  /* nothing but zeroes */
	bool trusted; /* free_space may bound the live records */
	bool checksums_off, header_crc_ok, records_crc_ok;
	uint64_t first_id, last_id; /* as the header says */
	uint32_t last_record;	    /* bytes into the chunk, as the header says, */
	uint32_t free_space;	    /* and this */
	size_t live_end;	    /* where live records end, or the end of the bytes */
};

void chunk_open(struct chunk *c, struct view bytes, uint64_t offset, const struct sink *s);
/* True when every byte is zero. */
bool view_is_zero(struct view v);
/* How much of `v` is left when trailing zeroes are taken off. */
size_t view_used(struct view v);

#endif
