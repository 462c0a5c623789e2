/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTS_CARVED_READ_H
#define EVTXHOUND_TESTS_CARVED_READ_H
/* What is carved of some bytes, and what the decoder makes of it. Aborts without memory. */
#include "evtxhound/evtx.h"
#include "evtxhound/source.h"

struct carved_record {
	uint64_t at; /* in the bytes that were searched */
	uint64_t id; /* as its header says */
	uint32_t size;
	enum record_state state;
	bool recovered, reconstructed;
};

struct carved_read {
	struct carved_record *v; /* in order of `at` */
	size_t n, cap;
	size_t logs;
	uint64_t size;     /* of all logs */
	uint64_t searched, unread;
	size_t losses;     /* damage that the decoder tells */
	struct buf told;   /* as text */
};

/* Of n ranges, by `at` and `n`; none: all of the bytes. */
void carved_read(struct carved_read *r, const struct reader *bytes, const struct extent *ranges, size_t n);
/* A log by its extents. */
void carved_decode(struct carved_read *r, const struct reader *bytes, const struct extents *x);
void carved_sort(struct carved_read *r);
void carved_read_free(struct carved_read *r);

#endif
