/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTS_OPEN_LISTING_H
#define EVTXHOUND_TESTS_OPEN_LISTING_H
/* What open_container() says of a file, as lines of text, in the order in which it is said. */
#include "evtxhound/open.h"

struct listing {
	struct buf text;
	struct open_options options;  /* stores: as wanted */
	struct view only;
	uint64_t spool_max;
	unsigned nesting;
	bool whole_hash;   /* all 64 digits */
	int code;          /* what open_container() gave */
	struct err err;
};
/* Nothing is chosen, no shadow copy; a spool of 1 GiB. */
void listing_init(struct listing *l);
void listing_release(struct listing *l);
/*
 * Opens the file (format "" is what source_look() says) and writes lines:
 *	found STATE|FORMAT|SIZE|PATH|VOLUME|INODE|spool or extents or none|SHA-256 of its bytes, 8 digits unless whole_hash
 *	unreadable PATH: why
 *	volume NAME|WHAT|OFFSET|SIZE|read or not read: WHY
 *	fact NAME=VALUE, part NAME|SIZE, hash HEX
 *	damage KIND|OFFSET|LENGTH|WHAT, note ...
 * The bytes are read as others would: through the extents, and where spooled from the spool too; both
 * must be the same.
 */
void listing_of(struct listing *l, const char *path, const char *format);
/* How many lines start with that. */
size_t listing_count(const struct listing *l, const char *start);
/* The first line that holds it, without its newline; "" when none does. */
struct view listing_line(const struct listing *l, const char *part);

#endif
