/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_PRIVATE_H
#define EVTXHOUND_OPEN_PRIVATE_H
/* What archives and images share: which of their files are wanted, the spool, damage. */
#include "evtxhound/open.h"

/* A container being opened. */
struct opening {
	const struct open_request *r;
	const struct open_sink *sink;
	struct err *e;
	uint64_t spool_at; /* the next byte that goes to the spool */
};

/* What is carved is called so, in brackets: of a volume's free space, outside of volumes, of all. */
#define CARVED "carved"
#define CARVED_OUTSIDE CARVED "-outside"
#define CARVED_ALL CARVED "-all"

enum open_class { CLASS_NONE, CLASS_ARCHIVE, CLASS_IMAGE };
enum open_class open_class_of(const char *format);

/* Facts named library_NAME, of those that read such a container. */
int open_versions(const struct open_sink *sink, const char *format);

/* archive.c, image.c: as open_container(). */
int open_archive(struct opening *o);
int open_image(struct opening *o);

/* DAMAGE_LOSS or DAMAGE_NOTE, with the offset in the container. */
void open_damage(const struct opening *o, enum damage_severity s, const char *kind, uint64_t offset,
		 uint64_t length, const char *fmt, ...) EH_PRINTF(6, 7);

/* ---- wire.c ---- */

struct asked {
	struct open_request request; /* its bytes, spool and dirfd are to be set */
	struct open_options options;
	struct extents map; /* of the container in what came along; none: it is that */
	uint64_t size;
	bool folder; /* a third descriptor */
};
/* -1: damaged, or no memory. */
int open_request_read(struct view v, struct arena *a, struct asked *out);

/* ---- choose.c: which files are wanted ---- */

enum open_choice {
	CHOICE_NO,   /* not looked at */
	CHOICE_LOOK, /* by its first bytes; nothing if those are none that is known */
	CHOICE_LOG,  /* the same, and told of if it is no log: it has the name or the place of one */
};
/*
 * Of a file of an image by its path as open_found.path says it: *.evtx and *.evt anywhere, everything
 * directly or deeper in a folder winevt/Logs; with all_files everything. Within `only` and the globs.
 * Of an archive everything is looked at.
 */
enum open_choice open_choose(const struct open_request *r, struct view path, bool archive);
/* True when something below that folder may be wanted: by `only` alone. */
bool open_enters(const struct open_request *r, struct view folder);
/* `*` and `?` as within one name, `**` over folders too; letter case ignored (ASCII); a glob without '/'
   is held against the last name. */
bool open_glob(struct view glob, struct view path);

/* ---- spool.c ---- */

/* Appends to the spool. -1 with o->e: ERR_LIMIT beyond what it may hold, ERR_IO. */
int open_spool(struct opening *o, struct view v);
/* Takes what was written since back. */
void open_spool_back(struct opening *o, uint64_t to);
/*
 * Copies f->size bytes of `from` to the spool, told as damage where it cannot be read (zeros then
 * stand for what could not), and fills in f->spooled. -1 as open_spool().
 */
int open_spool_file(struct opening *o, struct open_found *f, const struct reader *from);

#endif
