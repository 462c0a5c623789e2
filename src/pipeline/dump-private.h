/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_DUMP_PRIVATE_H
#define EVTXHOUND_DUMP_PRIVATE_H
/* A dump: what parent and worker share, and how a record is written. */
#include "evtxhound/evtx.h"
#include "pipeline-private.h"

/* All of it, at `offset` where the output is random; -1 with errno. */
int dump_write(const struct dump_options *o, struct view v, uint64_t offset);

/* What stands before the first record and behind the last one. */
void dump_begin(struct buf *b, enum dump_format f);
void dump_end(struct buf *b, enum dump_format f);

/* ---- one record ---- */

struct envelope {
	enum dump_format format;
	const struct source_list *list;
	const struct source *source;
	bool in_image;
	struct buf head, tail; /* what is the same for all records of a source */
	struct buf text;       /* scratch */
};
void envelope_init(struct envelope *v, enum dump_format f);
void envelope_release(struct envelope *v);
/* The records that follow are of this source; borrows both. */
void envelope_source(struct envelope *v, const struct source_list *l, const struct source *s);
/*
 * Appends the record that next() gave. `ev`: its System, which only CSV asks for. 0, or -1 for lack
 * of memory.
 */
int envelope_record(struct envelope *v, struct decoder *d, struct record *r, const struct event *ev,
		    struct buf *out, struct err *e);

#endif
