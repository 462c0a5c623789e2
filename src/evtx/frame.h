/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_FRAME_H
#define EVTXHOUND_EVTX_FRAME_H
/*
 * From record to record through one chunk. A sound frame has the signature, a size that fits, and
 * the same size at its end. Where the chain breaks, the walk goes on at the next sound frame.
 */
#include "chunk.h"

struct frame {
	size_t pos, size;     /* bytes into the chunk */
	uint64_t id, written; /* as the record's header says */
	bool broken;	      /* the frame itself is damaged: `pos`, `size` are the best there is */
	bool behind;	      /* not among the live records by the chunk's header */
};

struct walk {
	const struct chunk *chunk;
	const struct sink *sink;
	bool trusted;	 /* `end` is where live records end */
	size_t pos, end; /* `end` comes down where an untrusted header leaves it open */
	uint64_t last_id;
	uint32_t n_behind;
	uint32_t bytes_record, bytes_unknown, bytes_zero;
};

void walk_start(struct walk *w, const struct chunk *c, const struct sink *s);
bool walk_next(struct walk *w, struct frame *f); /* false: no more */

#endif
