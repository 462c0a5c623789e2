/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_IMAGE_PRIVATE_H
#define EVTXHOUND_IMAGE_PRIVATE_H
/* The parts of a disk image: its media, the volumes on it, their files, shadow copies, free space. */
#include "open-private.h"

/* A part of the media. */
struct image_range {
	uint64_t at, n;
};

/* An image being opened. */
struct image {
	struct opening *o;
	const struct reader *media; /* the bytes of the disk or volume that it is of */
	bool direct;                /* they are those of o->r->bytes: a raw image in one file, where extents
				       can be read; of others they only say where something was, and it
				       is spooled as well */
	/* Volumes whose files and free space are known, in order, not overlapping; what else there is
	   lies outside of them. */
	struct image_range *known;
	size_t n_known;
	uint64_t files, bytes;      /* looked at in the volume that is read, and */
	uint64_t told;              /* work as sink->progress was last told */
	uint64_t most;              /* bytes that may be searched, in all, */
	uint64_t searched;          /* and those that were, or are to be next */
	bool stopped;               /* there were more; told */
};

/* A partition, a volume without partitions, or a shadow copy. */
struct volume {
	const struct reader *bytes; /* from its first; its size is the volume's */
	uint64_t offset;            /* in the media */
	bool mapped;                /* its bytes are those of the media from `offset` on */
	struct view name;           /* "p2", "p2/vss1"; "" when the media is one volume: paths then have none */
	struct view label;          /* what the partition table calls it; "" */
	bool reserved;              /* and what it says is of no files: swap, reserved by Windows */
	uint64_t created;           /* of a shadow copy, FILETIME; else 0 */
	enum source_state state;    /* of its files; SOURCE_DELETED where they are */
};

/*
 * All of these: 0; or -1 with o->e, when memory lacks, the spool cannot be written, or the sink said so
 * (then o->e may be empty). What is damaged is told and no reason to fail.
 */

/* ---- volumes.c ---- */

/* Reads every volume of the media: its files, shadow copies and free space as they are wanted. */
int image_volumes(struct image *im);

/* ---- files.c: what is in a volume ---- */

/* Opens the file system, walks it, gives what is wanted of it, and at last tells sink->volume of the
   volume, also when it cannot be read. *known: how many of its bytes the file system has, whose free
   space can be asked for; 0 when it cannot be read; may be NULL. */
int volume_files(struct image *im, const struct volume *v, uint64_t *known);
/*
 * The blocks that no file has, as ranges of bytes from the volume's first, in order, merged up to 1 GiB.
 * Other than 0 of fn ends it and is returned. A volume that cannot be read has none.
 */
int volume_free(struct image *im, const struct volume *v, int (*fn)(void *ctx, uint64_t at, uint64_t n),
		void *ctx);

/* For each file, and now and then while bytes are read, those that were looked at since the last call:
   tells sink->progress when that is due. */
int image_progress(struct image *im, const struct volume *v, uint64_t files, uint64_t bytes);
/* The path of something in a volume: "p2/what", or "what" when the volume has no name; in `b`, cleared first. */
struct view volume_path(struct buf *b, const struct volume *v, struct view what);

/* ---- shadow.c ---- */

/*
 * The chosen shadow copies of a volume: each goes to volume_files() as a volume of its own, not mapped,
 * with SOURCE_SHADOW. Silent where there are none. Called for every mapped volume that is read when
 * options->stores says so.
 */
int shadow_stores(struct image *im, const struct volume *v);

/* ---- carve.c ---- */

/* What lies outside of volumes is asked for by its path: so where they lie must be known. */
bool carve_asks_outside(const struct open_request *r);
/* The free space of a known volume is searched: called with CARVE_FREE. */
int carve_volume(struct image *im, const struct volume *v);
/* Called once, last, with CARVE_FREE (what lies outside the known volumes) and CARVE_ALL (everything). */
int carve_media(struct image *im);

#endif
