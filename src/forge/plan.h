/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_PLAN_H
#define FORGE_PLAN_H
#include "scenario.h"

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
	bool checksums, stale;
};
/* Writes it into its folder below `dirfd`; never over an existing file. */
int sc_write_file(struct scenario *s, const struct sc_plan *p, int dirfd, struct buf *made);

#endif
