/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_SUBJECT_H
#define EVTXHOUND_EVTX_SUBJECT_H
/*
 * Sound chunks to be damaged, with what must come out of them: of logs made here, and where the
 * environment's SHARED names a folder of real ones, of those too.
 */
#include "evtx_needs.h"
#include "evtxhound/event.h"

struct subject_record {
	uint64_t id;
	uint32_t at, size; /* bytes into the chunk */
	bool recovered;	   /* it stands in the slack: no checksum covers it */
	struct view text;  /* outcome_text() */
	size_t span, n_spans;
};

/* A chunk whose live records are all whole, and that no damage was told of. */
struct subject {
	char log[128];
	unsigned chunk;
	struct view header; /* of the log; empty: the chunk was built alone */
	struct view bytes;  /* EVTX_CHUNK_SIZE of them */
	uint32_t free_space;
	struct subject_record *records;
	size_t n;
	struct survey survey;
	size_t flagged; /* records of slack */
};

struct subjects {
	struct subject *at;
	size_t n, cap, logs;
	struct arena arena;
};

/* Fails the test when too few are found. */
void subjects_make(struct subjects *s);
void subjects_release(struct subjects *s);

#endif
