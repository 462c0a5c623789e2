/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EXTRACT_PRIVATE_H
#define EVTXHOUND_EXTRACT_PRIVATE_H
/* Sources listed, and copied. */
#include "hunt-private.h"

/* Opens containers. */
int list_begin(const struct list_options *o, struct hunt **out, struct err *e);
/* Nothing is read any more. */
int list_end(struct hunt *h, struct run *run, struct err *e);

/* Bytes on their way into a file. What cannot be read becomes zeros, and is told by ranges. */
struct copying {
	const struct reader *from;
	struct outfile *to;
	uint8_t *block; /* COPY_BLOCK bytes */
	const volatile sig_atomic_t *stop;
	int (*unread)(void *ctx, uint64_t offset, uint64_t length, struct err *e);
	int (*copied)(void *ctx, uint64_t n, struct err *e);
	void *ctx;
	uint64_t bad_at, bad; /* the range that goes on */
};
#define COPY_BLOCK (1u << 20)
#define COPY_SECTOR 512u /* what is lost around a byte that cannot be read */
/* `size` bytes, however many there are. */
int copy_run(struct copying *c, uint64_t size, struct err *e);

#endif
