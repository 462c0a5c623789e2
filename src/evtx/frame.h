/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_FRAME_H
#define EVTXHOUND_EVTX_FRAME_H
/*
 * From record to record through one chunk. A sound frame has the signature, a size that fits, and
 * the same size at its end. Where the chain breaks, the walk goes on at the next sound frame. Behind
 * each record comes what is hidden in its size, behind the live ones what is left in the slack.
 */
#include "chunk.h"

struct frame {
	size_t pos, size;     /* bytes into the chunk */
	uint64_t id, written; /* as the record's header says */
	bool broken;	      /* the frame itself is damaged: `pos`, `size` are the best there is */
	bool recovered;	      /* not among the live records by the chunk's header */
	bool hidden;	      /* within the size of another record */
	bool slack;	      /* behind the live records: of an earlier life of the chunk */
};

/* What stands at a position, taken as a record. */
struct look {
	struct frame frame;
	bool signature, fits, tail;
};
struct look frame_look(struct view bytes, size_t pos); /* `bytes`: of the chunk, up to a bound */
bool look_is_sound(const struct look *l);
/* The next place from `pos` on that has a record's signature; SIZE_MAX: none. */
size_t signature_find(struct view bytes, size_t pos);

struct walk {
	const struct chunk *chunk;
	const struct sink *sink;
	bool trusted;	 /* `end` is where live records end */
	size_t pos, end; /* `end` comes down where an untrusted header leaves it open */
	uint64_t last_id;
	size_t start;	    /* where records may begin */
	size_t n_live, last; /* live records so far, and where the last one starts */
	struct frame host;  /* the record in which hidden ones are sought; size 0: none */
	size_t hidden;	    /* how far that has come; 0: not begun */
	struct frame gap;   /* bytes that are no record, in which some are sought; size 0: none */
	size_t slack;	    /* how far the slack has been looked through; 0: not begun */
	size_t used;	    /* see walk_used(); 0: not known yet */
	uint32_t n_behind;
	uint32_t bytes_record, bytes_unknown, bytes_zero;
};

void walk_start(struct walk *w, const struct chunk *c, const struct sink *s);
bool walk_next(struct walk *w, struct frame *f); /* false: no more */

/* Once live records have ended: behind this, at or behind their end, there are only zeroes. */
size_t walk_used(struct walk *w);

/* The parts of it that find what is not in the live chain (remains.c). */
bool hidden_next(struct walk *w, struct frame *f);
bool gap_next(struct walk *w, struct frame *f);
bool slack_next(struct walk *w, struct frame *f);

#endif
