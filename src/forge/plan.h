/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_PLAN_H
#define FORGE_PLAN_H
#include "media.h"

#define FLAG_DIRTY 1u
#define FLAG_FULL 2u
#define FLAG_NO_CHECKSUMS 4u

/* How one file is to be written. */
struct sc_plan {
	const char *folder, *file, *computer;
	const struct yaml_node *options; /* or NULL */
	const struct sc_record *const *records;
	size_t n;
	uint64_t per_chunk, chunks, flags, truncate;
	uint64_t next_id; /* as the file header says; 0: what is right */
	bool checksums, stale;
	struct sc_place place;
};
/* True when a list of the options has the number, or is it. */
bool sc_lists(const struct yaml_node *options, const char *key, uint64_t number);
/* What the records' headers say, where it is not what the records say (frames.c). */
int sc_frames(struct scenario *s, const struct sc_log *l, struct sc_record *const *v);
/* Writes it to where the sink says; never over an existing file. */
int sc_write_file(struct scenario *s, const struct sc_plan *p, struct sc_sink *sink, struct buf *made);

#endif
