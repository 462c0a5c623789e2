/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_PACKED_H
#define EVTXHOUND_OPEN_PACKED_H
/*
 * gzip and xz by their own libraries and not by libarchive, which does not look at gzip's checksum,
 * and where such a file is cut gives only the blocks that it had filled before.
 */
#include "evtxhound/base.h"

struct packed;

enum packed_end {
	PACKED_MORE,
	PACKED_END,     /* of a stream, checksums and all; another one may follow */
	PACKED_DAMAGED, /* packed_why() */
};

/* Of one of their formats, by its name in source_sniff(). */
bool packed_knows(const char *format);
/* NULL: no memory. */
struct packed *packed_new(const char *format);
void packed_free(struct packed *p); /* may be NULL */
/* Unpacks what it can of *in, which gets smaller, to `out`; *n: the room there, then how much of it is used. */
enum packed_end packed_run(struct packed *p, struct view *in, uint8_t *out, size_t *n);
/* After PACKED_END, when there begins another stream: makes ready for it. */
#define PACKED_MAGIC 6u /* bytes that tell */
bool packed_begins(const struct packed *p, struct view v);
bool packed_again(struct packed *p);
const char *packed_why(const struct packed *p); /* static */

#endif
