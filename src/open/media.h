/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_MEDIA_H
#define EVTXHOUND_OPEN_MEDIA_H
/* The bytes of a disk or volume, as an image of whatever format has them. */
#include "image-private.h"
#include "parts.h"

#define STORED_HASH 41u /* hex of SHA-1, NUL */

struct media {
	struct opening *o;
	struct parts parts;
	struct reader bytes; /* its ctx is m */
	bool direct;         /* they are those of o->r->bytes */
	void *state;         /* of the format */
	char md5[STORED_HASH], sha1[STORED_HASH]; /* as the image has them; "" */
	/* After all that is wanted was read: tells what only reading showed. May be NULL. */
	int (*finish)(struct media *m);
	void (*release)(struct media *m);
	/* The last range that could not be read, and how many were told. */
	uint64_t failed_at, failed_n;
	unsigned failures;
};

/* As open_container(); media_release() is to be called in any case. */
int media_open(struct media *m, struct opening *o);
void media_release(struct media *m);

/* How much of it may be read one after another: of a few KB that claim a disk of 2^48 bytes, not all. */
uint64_t media_most(const struct media *m);

/* Each of a file of its own; parts has the file that was named. */
int media_open_raw(struct media *m);
int media_open_ewf(struct media *m);
int media_open_disk(struct media *m); /* VMDK, VHD, VHDX, QCOW */

/* Bytes of the media that cannot be read, told as damage. */
void media_failed(struct media *m, uint64_t at, uint64_t n, const char *why);
int media_fact(const struct media *m, const char *name, struct view value);

/* ---- verify.c: after all else ---- */

/* With options->verify: reads all of it, tells its hashes, and damage where the image stores others. */
int media_verify(struct media *m);
/* With options->hash: the SHA-256 of the files that the image is made of, one behind another. */
int media_hash(struct media *m);

#endif
