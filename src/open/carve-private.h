/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_CARVE_PRIVATE_H
#define EVTXHOUND_CARVE_PRIVATE_H
/*
 * Chunks and records where no file has them: found by their signatures (carve-find.c, carve-scan.c),
 * and put together as a log in which each has the place of a chunk (carve-out.c). What is found is not
 * decoded here; docs/carving.md says what counts as found, and why.
 */
#include "evtxhound/source.h"

/* ---- carve-scan.c ---- */

/* The first multiple of 8 from `at` on where a record's signature stands; n when there is none. `at` is
   a multiple of 8; of an n that is none the rest is not looked at. */
size_t carve_scan(const uint8_t *p, size_t n, size_t at);

/* ---- carve-out.c ---- */

#define CARVE_NO_BASE UINT64_MAX

/*
 * A log of what was found: a row of places of 64 KiB each, of a chunk or of what is left of one, which
 * lies there as it did in its chunk. What is not there is zero.
 */
struct carved {
	struct extent *v; /* in the bytes that were searched */
	size_t n, cap;
	uint64_t size;    /* laid out */
	uint64_t base;    /* where the chunk of the last place starts; CARVE_NO_BASE: nobody knows */
	uint32_t used;    /* of the last place; all of it: what comes next has another */
	/* Takes it, when nothing more goes in or comes; whatever is found then makes another one. <0 ends. */
	int (*whole)(void *ctx, const struct carved *c);
	void *ctx;
	struct err *e;
};
/* n bytes from `at` on, of the chunk that starts at `base`; no more than that has. -1: no memory, or as
   whole(). */
int carved_add(struct carved *c, uint64_t base, uint64_t at, uint64_t n);
int carved_end(struct carved *c); /* the last one, if there is any */
void carved_release(struct carved *c);

/* ---- carve-find.c ---- */

struct carving {
	const struct reader *bytes;
	struct carved *out;
	int (*progress)(void *ctx, uint64_t bytes);           /* searched since; <0 ends */
	void (*unread)(void *ctx, uint64_t at, uint64_t n);   /* cannot be read */
	void *ctx;
	struct err *e;
	/* private from here on */
	uint8_t *block;
	uint64_t at;           /* where the block starts, */
	size_t n;              /* and what there is of it */
	uint64_t from, to;     /* the range that is searched, or waits for what touches it */
	struct carve_chunk {
		bool open, asked;
		uint64_t at, own; /* it starts at `at`; by its checksums all before `own` is its own */
	} chunk;
	struct carve_row {     /* records of one chunk without its header, or within the open one */
		uint64_t from, to; /* equal: none */
		uint64_t base;
	} row;
	uint64_t behind;       /* the last record */
	uint64_t probes; /* times that it was tried where it can be read again */
};
/* Those of the first part are set. -1: no memory. */
int carving_start(struct carving *c);
/* Searches a range of the bytes: in order, none within another; those that touch are one. */
int carving_range(struct carving *c, uint64_t at, uint64_t n);
int carving_end(struct carving *c); /* all that was found has gone to `out` */
void carving_release(struct carving *c);

#endif
