/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_TABLE_H
#define EVTXHOUND_OPEN_TABLE_H
/* Partition tables. */
#include "image-private.h"

struct partition {
	unsigned number;   /* as the table counts them, from 1; logical ones of an MBR from 5 */
	uint64_t at, n;    /* in the media, bytes; may lie beyond its end */
	struct view label; /* of a GPT its name, of an MBR its type; lives as long as the table */
	bool reserved;     /* swap, or reserved: holds no files */
};

/* 1: read, and every partition was given to fn; 0: there is none that can be read, with `why`; -1 as ever.
   What is doubtful about it is told as damage. */
int table_read(struct image *im, int (*fn)(void *ctx, const struct partition *p), void *ctx,
	       char *why, size_t size);

#endif
