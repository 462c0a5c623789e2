/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_MEDIA_H
#define FORGE_MEDIA_H
/*
 * Where a scenario's logs go: a folder, or what they would be seized in, a disk image or an archive of a
 * triage. For the latter two the logs are first kept in files without a name.
 */
#include "scenario.h"

/* What has become of a log on its volume. */
enum sc_left {
	LEFT_LIVE,
	LEFT_DELETED, /* the file system still names it */
	LEFT_CHUNKS,  /* its chunks are in clusters that no file has */
	LEFT_RECORDS, /* the same, and each has lost its beginning */
};
enum sc_stored { STORED_PLAIN, STORED_COMPRESSED, STORED_SPARSE };

struct sc_place {
	const struct sc_host *host;
	const char *path, *stream; /* NULL: the folder that Windows has for logs; the file's own data */
	unsigned left, stored;     /* enum sc_left, enum sc_stored */
	uint64_t lost;             /* bytes of each chunk's beginning, of LEFT_RECORDS */
};

/* A log that is kept. In the scenario's arena; the descriptor is the sink's. */
struct sc_file {
	struct sc_place place; /* its `path` is the file's, whole, with '/' between names */
	int fd;
	uint64_t size, records, chunks, created, modified; /* the times are FILETIMEs */
	struct sc_file *next;
};

struct sc_sink {
	int dirfd;          /* logs go below it, a folder for each host; -1: they are kept */
	const char *beside; /* the file near which they are */
	struct sc_file *first, **end;
};
void sc_sink_release(struct sc_sink *sink);

/* Reads `path`, `stream`, `left`, `lost`, `stored` of a log or a copy. */
#define PLACE_KEYS "path stream left lost stored "
int sc_read_place(struct scenario *s, const struct yaml_node *n, struct sc_place *p);
/* Adds a log that was written to `fd` and is called `file`, in `folder` where that is not its host's. */
int sc_keep(struct scenario *s, struct sc_sink *sink, const struct sc_file *f, const char *folder,
	    const char *file);

/* What is done with a scenario that was read. */
struct sc_job {
	int (*write)(struct scenario *s, const void *ctx, struct buf *made);
	const void *ctx;
	struct buf *made;
};
int sc_forge(struct view text, const char *name, const struct sc_job *job, struct err *e);

/* Disk images (image.c) and archives (archive.c) of what was kept; a line to `made` for each log. */
int sc_write_image(struct scenario *s, const struct forge_wish *w, struct sc_file *files,
		   struct buf *made);
int sc_write_archive(struct scenario *s, const struct forge_wish *w, struct sc_file *files,
		     struct buf *made);

/* ---- files (spool.c) ---- */

/* A new file near `beside` that has no name and goes away when closed; never one of the first three
   descriptors. -1 with errno. */
int sc_spool(const char *beside);
/* All bytes, or -1 with errno. */
int sc_write_at(int fd, const uint8_t *p, size_t n, uint64_t at);
int sc_read_at(int fd, uint8_t *p, size_t n, uint64_t at);
/* The new file `path` for what is made; -1 with `e`, also when something has that name. */
int sc_new_file(struct scenario *s, const char *path);

#endif
