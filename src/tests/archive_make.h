/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTS_ARCHIVE_MAKE_H
#define EVTXHOUND_TESTS_ARCHIVE_MAKE_H
/* Archives for tests: whole ones through libarchive, and zips byte by byte as nobody should write them. */
#include "evtxhound/base.h"

struct made_entry {
	const char *name;
	struct view data;
	const char *link;  /* symbolic */
	const char *hard;
	bool folder;
};

/* libarchive's names of format and filter (NULL: none), options ("zip:encryption=aes256") and password. */
struct made_archive {
	const char *format, *filter, *options, *password;
	const struct made_entry *entries;
	size_t n;
};
void make_archive(const char *path, const struct made_archive *m);

/* A log of so many bytes, from 8 on: all that is looked at is the signature; the rest is counted up, or
   zero. */
void make_log(struct buf *b, size_t size, bool zeros);

/* An entry of a zip that is stored, its sizes and sum as they are. */
struct made_local {
	struct view name, data, extra;
	uint16_t flags, method;
	uint32_t crc;     /* added to what is right */
};
struct made_zip {
	struct buf bytes, directory;
	unsigned n;
};
void zip_init(struct made_zip *z);
void zip_release(struct made_zip *z);
void zip_add(struct made_zip *z, const struct made_local *l);
/* The directory alone: one more entry whose local header is at `at`. */
void zip_list(struct made_zip *z, const struct made_local *l, size_t at);
void zip_end(struct made_zip *z, struct view comment);
void make_file(const char *path, struct view v);
void read_made(const char *path, struct buf *b); /* all of it, appended */

#endif
