/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_ARCHIVE_PRIVATE_H
#define EVTXHOUND_ARCHIVE_PRIVATE_H
/* What the files of archive*.c share; they alone know libarchive. */
#include <archive.h>
#include <archive_entry.h>

#include "open-private.h"
#include "packed.h"

#define ARCHIVE_BLOCK (256u << 10) /* bytes read at once */
#define ARCHIVE_TELL (1u << 20)    /* bytes read or unpacked between two words of progress */
#define ARCHIVE_HEAD (128u << 10)  /* bytes by which an entry is looked at: all that source_look() asks for */

enum archive_way {
	WAY_ZIP,    /* by its directory, at its end */
	WAY_STREAM, /* a zip by the headers before its entries, front to back */
	WAY_7Z,
	WAY_TAR,    /* front to back, maybe compressed; or a compressed file that is no archive */
};

/* The container's bytes as libarchive asks for them. */
struct feed {
	const struct opening *o;
	uint64_t base;  /* where libarchive's offset 0 is */
	uint64_t at;    /* the next byte, in the container */
	uint64_t sought; /* where it was last sent to, in the container; UINT64_MAX: nowhere */
	uint64_t read;  /* bytes given, again and again as the case may be */
	uint64_t out;   /* bytes unpacked */
	uint64_t files; /* entries met */
	uint64_t told;  /* of read + out, when progress was last said */
	bool ended;     /* the sink wants no more */
	uint8_t *block;
	struct packed *packed; /* what unpacks it for libarchive; NULL: it does so itself */
	struct view in;        /* of the block, what is not unpacked yet */
	uint8_t *unpacked;     /* ARCHIVE_BLOCK bytes */
	uint64_t given;        /* bytes of these, to libarchive */
	bool finished;         /* nothing more comes out of it */
};

/* An archive being unpacked. */
struct unpack {
	struct opening *o;
	struct archive *a;
	struct archive_entry *entry; /* libarchive's */
	struct feed feed;
	enum archive_way way;
	uint64_t header;   /* where the entry's header is in the container, as far as known */
	struct buf name;   /* the entry's, as the archive has it */
	uint64_t out;      /* bytes unpacked or passed over, of all entries */
	unsigned resumes;
	bool damaged;      /* the last header could not be read, and that was told */
	uint64_t unread;   /* entries that were not told of one by one */
	size_t passwords;  /* that are tried, */
	struct view password; /* this alone; none: all that are given */
	struct view right; /* by which an entry could be read for which libarchive had taken another */
	uint64_t tried;    /* headers read again to try others */
	bool over;         /* no more of it is read */
	uint8_t *head;     /* ARCHIVE_HEAD bytes */
};

/* ---- archive-feed.c ---- */

/* Opens the container from `base` on; what was open is closed. -1 with o->e: no memory, or libarchive
   does not know it (ERR_DAMAGE). */
int unpack_open(struct unpack *u, enum archive_way way, uint64_t base);
void unpack_close(struct unpack *u);
/* Where libarchive stands in the container. */
uint64_t unpack_at(const struct unpack *u);
/* Why libarchive failed, in one line; "" never. */
#define ARCHIVE_WHY 200
void unpack_why(const struct unpack *u, char out[ARCHIVE_WHY]);
/* Nothing of the archive can be read: -1 with o->e. */
int unpack_failed(struct unpack *u);
/* Tells progress now and then. -1: the sink wants no more. */
int feed_progress(struct feed *f);
/* SHA-256 of the container, to the sink. -1: o->e, or the sink wants no more. */
int feed_hash(struct feed *f);

/* The next of one per line, "" for an empty one; false: there is none. */
bool next_password(struct view *left, struct view *one);

/* ---- archive-packed.c ---- */

/* What libarchive reads of a container that is unpacked by us; damage is told. */
la_ssize_t feed_unpacked(struct archive *a, void *ctx, const void **out);
/* Where in the container what was unpacked last comes from. */
uint64_t feed_packed_at(const struct feed *f);

/* ---- archive-name.c ---- */

/* The entry's name to u->name, u->header if it can be known; `before`: where libarchive stood before it
   read the header. -1: no memory. */
int entry_name(struct unpack *u, uint64_t before);
/* What is shown of it: the slashes and "./" in front dropped. */
struct view entry_path(const struct unpack *u);
void entry_times(const struct unpack *u, uint64_t times[4]);

/* ---- archive-entry.c ---- */

/* Looks at the entry, and gives it if it is wanted. -1: o->e, or the sink wants no more. */
int entry_unpack(struct unpack *u);
/* The container's bytes cannot have held what came out of them. */
bool unpack_is_bomb(const struct unpack *u);

#endif
