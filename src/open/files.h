/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_FILES_H
#define EVTXHOUND_OPEN_FILES_H
/* The files of a volume: finding them, and giving those that are wanted. */
#include "tsk.h"

struct files {
	struct image *im;
	const struct volume *v;
	TSK_FS_INFO *fs;
	uint64_t n;        /* files met; no more than LIMIT_VOLUME_FILES */
	struct buf path;   /* of what is given, with the volume */
	struct buf inode;  /* its text */
	struct buf pieces; /* extents */
	struct map seen;   /* tree.c: folders */
};

/* Walks, as volume_files(). */
int ntfs_walk(struct files *w);
int tree_walk(struct files *w);

/* True when a file more may be looked at; told once when not. */
bool files_room(struct files *w);

/* ---- give.c ---- */

/*
 * Gives every wanted stream of a file; `path` is without the volume. The file is deleted when its
 * metadata or its name is.
 */
int files_give(struct files *w, TSK_FS_FILE *f, struct view path, bool deleted);
/* By that path something of it is looked at. */
bool files_want(struct files *w, struct view path);
/* Told as damage of a file; `path` with the volume. */
void files_damage(struct files *w, enum damage_severity s, const char *kind, uint64_t offset,
		  uint64_t length, struct view path, const char *what);

/* ---- data.c ---- */

/* The bytes of a file's stream. */
struct data {
	const struct reader *volume;
	TSK_FS_ATTR *attr;
	struct extents plain; /* where they are in the volume, all of them; none: nowhere as they are */
	struct mapped map;
	uint64_t lost;        /* of `plain`: how many lie beyond the volume's end and are zero now, */
	uint64_t lost_at;     /* the first in the stream */
};
/* Borrows all, and `pieces` for data->plain. Behind `valid` bytes of it there are zeros. */
int data_init(struct data *d, const struct volume *v, TSK_FS_FILE *f, TSK_FS_ATTR *attr, uint64_t valid,
	      struct buf *pieces);
struct reader data_reader(const struct data *d);

#endif
