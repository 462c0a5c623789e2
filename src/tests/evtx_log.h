/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_LOG_H
#define EVTXHOUND_EVTX_LOG_H
/* Whole logs, put together of sound chunks, and kinds of damage to the file as one. */
#include "evtx_subject.h"

#define LOG_CHUNKS 6u
#define LOG_BASES 4u

/* Where a chunk stands in the file: its first byte, which may be gone. When bytes are put into it
   or taken out, what is in front and what is behind them lead to different places. */
struct log_chunk {
	const struct subject *of;
	int64_t base[LOG_BASES];
	size_t n_bases;
};

struct log {
	char name[64];
	uint8_t *p;
	size_t n, cap;
	struct log_chunk chunks[LOG_CHUNKS];
	size_t n_chunks;
	uint64_t random;
	unsigned number; /* of its kind */
};

struct log_mutation {
	const char *name;
	void (*apply)(struct log *l);
	unsigned total; /* mutants; 0: one for every 4 KiB */
};
extern const struct log_mutation log_mutations[];
extern const size_t n_log_mutations;

void log_init(struct log *l);
void log_release(struct log *l);
/* A sound log of subjects from the `first` on, with a clean header. */
void log_make(struct log *l, const struct subjects *s, size_t first);

#endif
