/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_MEDIA_H
#define EVTXHOUND_OPEN_MEDIA_H
/* The bytes of a disk or volume, as an image of whatever format has them. */
#include "image-private.h"

struct media {
	struct opening *o;
	struct reader bytes;
	bool direct;          /* they are those of o->r->bytes */
	void *state;          /* of the format */
	/* After all that is wanted was read: tells what only reading showed. May be NULL. */
	int (*finish)(struct media *m);
	void (*release)(struct media *m);
};

/* As open_container(); media_release() is to be called in any case. */
int media_open(struct media *m, struct opening *o);
void media_release(struct media *m);

#endif
