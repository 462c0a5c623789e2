/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_SOURCE_H
#define EVTXHOUND_SOURCE_H
/*
 * Evidence as read-only byte ranges with provenance. Nothing here writes, follows a symbolic link
 * or changes an access time where the kernel allows that. It does not decode logs: it only tells by
 * the first bytes whether something is one.
 */
#include <time.h>

#include "evtxhound/base.h"

/* ---- reader: how bytes are asked for; tests and fuzzers pass memory ---- */

struct reader {
	/* Reads up to n bytes at `off`; how many (fewer only at the end), or -1 and errno. */
	int64_t (*read_at)(const struct reader *r, uint64_t off, void *out, size_t n);
	const void *ctx; /* a view for memory */
	int fd;
	uint64_t size;   /* bytes when it was opened; nothing is read beyond */
};

struct reader reader_of_fd(int fd, uint64_t size);
struct reader reader_of_memory(const struct view *v); /* borrows v and its bytes */
int64_t reader_read(const struct reader *r, uint64_t off, void *out, size_t n);

/* ---- extents: bytes that lie in pieces within others ---- */

/* In order of `from`, without gaps or overlaps, each of at least a byte; none may lie beyond INT64_MAX. */
struct extent {
	uint64_t from; /* in what they make up */
	uint64_t at;   /* in what holds them; EXTENT_ZERO: nowhere, they are zero */
	uint64_t n;
};
#define EXTENT_ZERO UINT64_MAX
struct extents {
	const struct extent *v;
	size_t n;
};
/* A reader through `map`, of as many bytes as that makes up; borrows both. */
struct mapped {
	const struct reader *base;
	struct extents map;
};
struct reader reader_of_extents(const struct mapped *m);
/* As a process tells them to another one. Reading: into the arena; -1: no memory; c->bad as ever. What
   was read may be anything: extents_are_sound(). */
void extents_write(struct buf *b, const struct extents *x);
int extents_read(struct cursor *c, struct arena *a, struct extents *out);
/* They are as said above, and end at `size`. */
bool extents_are_sound(const struct extents *x, uint64_t size);
/* Where the byte lies; EXTENT_ZERO: nowhere. */
uint64_t extents_at(const struct extents *x, uint64_t off);
/* The extents of `inner` in what `outer` lies in: -1: no memory, else how many stand in *out, which the
   caller frees. What of `inner` lies beyond `outer` is zero. */
int64_t extents_compose(const struct extents *inner, const struct extents *outer, struct extent **out);

/* ---- what a file is ---- */

enum source_kind {
	SOURCE_EVTX,       /* a log: file signature, or a chunk signature at its start; see `searched` */
	SOURCE_EMPTY,      /* 0 bytes */
	SOURCE_RECOGNISED, /* known, and not read (.evt, .etl), or not opened: an image, an archive */
	SOURCE_CONTAINER,  /* an image or archive that was opened: what it holds are sources too */
	SOURCE_PART,       /* a file that belongs to a container that was opened: .E02, .002 */
	SOURCE_OTHER,      /* no log */
	SOURCE_UNREADABLE, /* could not be opened or read: `error` */
};

/* How a source came to be where it was found; the earlier, the better a witness it is. */
enum source_state {
	SOURCE_LIVE,    /* a file in a folder, or of a volume or archive as it stands */
	SOURCE_SHADOW,  /* in a shadow copy */
	SOURCE_DELETED, /* a file that the file system still names */
	SOURCE_CARVED,  /* found by its signature where no file is */
};
#define SOURCE_STATES (SOURCE_CARVED + 1u)
const char *source_state_name(enum source_state s); /* "live", "shadow" ...; static */
/* Which of several places of one record is named first, the best one first. */
enum source_rank {
	RANK_LIVE,
	RANK_ARCHIVE, /* as it was live, in an archive: how it was collected */
	RANK_SHADOW,
	RANK_DELETED,
	RANK_CARVED,
};

/* What opening a container told of it beside the sources found; see open.h. */
struct source_volume {
	char *name, *what, *why;
	uint64_t offset, size, created, files, bytes;
	bool read, quiet;
};
struct source_fact {
	char *name, *value; /* UTF-8 as far as possible */
};
struct source_part {
	char *name; /* in the container's folder */
	uint64_t size;
};
struct source_contents {
	struct source_volume *volumes;
	size_t n_volumes, cap_volumes;
	struct source_fact *facts;
	size_t n_facts, cap_facts;
	struct source_part *parts;
	size_t n_parts, cap_parts;
	uint64_t logs;   /* sources found in it that are logs */
	uint64_t deaths; /* of processes that opened it */
	uint64_t told;   /* damages, and of those that are only counted, */
	uint64_t more, more_losses;
};

/* A path in a container that was asked for. */
struct source_want {
	char *path; /* as struct source.inner, or that and more behind it: never "" */
	bool found;
};

struct source {
	uint32_t index;      /* position in the list: the fixed order of the walk */
	char *path;          /* as given, joined with '/' below a folder; raw bytes. In a container: its path,
				":/", `inner`, and where that does not tell it from others '#' and `inode` */
	enum source_kind kind;
	const char *format;  /* "EVTX", "legacy event log (.evt)", "E01 image" ...; static */
	bool named;          /* given by the user, not met in a folder */
	uint32_t given;      /* bytes of `path` that the user gave: a folder's, or all of it */
	bool searched;       /* a log only if chunks are found in it; else SOURCE_OTHER */
	uint64_t size;       /* bytes at the start */
	struct timespec mtime, ctime;
	uint64_t dev, ino;
	/* Of a source in a container; raw bytes. */
	uint32_t container;  /* its index + 1; 0: a file in a folder */
	enum source_state state;
	char *inner;         /* path in it, the volume first, as open_found.path */
	char *volume, *inode; /* as open_found; "" */
	uint64_t times[4];   /* FILETIME: modified, accessed, changed, born; 0: not known */
	struct extent *image; /* where its bytes are in the image that the container is; none: not known */
	size_t n_image;
	bool spooled;        /* its bytes are in that spool, from there on, */
	uint32_t spool;      /* else in the container through `image` */
	uint64_t spool_at;
	struct source_contents *contents; /* of an opened container; NULL */
	struct source_want *want; /* of a container, what was asked for of it; none: all */
	size_t n_want;
	struct err error;    /* does not repeat the path */
	/* Filled in by whoever read it. */
	bool hashed;
	uint8_t sha256[32];
	bool changed;        /* size or times differ at the end: source_recheck() */
};

struct source_list {
	struct source *v;
	size_t n, cap;
	uint64_t folders;     /* walked */
	uint64_t links;       /* symbolic links not followed */
	uint64_t others;      /* met inside folders and no log, or no regular file: not listed */
	struct map ids;       /* private: who has which device and inode */
	int *spools;          /* unlinked files that hold what cannot be read where it is; the list closes them */
	size_t n_spools;
};

void source_list_init(struct source_list *l);
void source_list_release(struct source_list *l);
/*
 * Adds a file, or every file below a folder in byte order of the names, each looked at by its first
 * bytes. A path that does not exist, and what cannot be read below a folder, is a SOURCE_UNREADABLE
 * entry: <0 only on lack of memory. A file met twice (same device and inode) is listed once. A
 * file that is nothing known, named or with the name of a log, is listed to be searched; other files
 * inside folders are only counted. A named
 * symbolic link, pipe, device or socket is SOURCE_UNREADABLE and never opened.
 */
int source_list_add(struct source_list *l, const char *path, struct err *e);
/*
 * The same for what comes on a descriptor to its end (standard input), as the source "-": its bytes are
 * copied to `spool`, which becomes the list's, but no more than `max` of them. <0: no memory, or the
 * spool cannot be written.
 */
int source_list_stream(struct source_list *l, int fd, int spool, uint64_t max, struct err *e);
/* Asks for a path in it, slashes behind it dropped; without a path for all of it. <0: no memory. */
int source_ask(struct source *s, struct view path, struct err *e);
/* Takes over an unlinked file that holds what cannot be read where it is. */
int source_list_spool(struct source_list *l, int fd, struct err *e);
/* Adds what was found in a container; takes the members over that are set, mem_alloc()ed, and frees them
   when it fails. Its index is valid until source_list_order(). */
int source_list_found(struct source_list *l, struct source *s, struct err *e);
/* Puts everything found in a container behind it, in the order found. */
int source_list_order(struct source_list *l, struct err *e);
enum source_kind source_sniff(struct view first, uint64_t size, const char **format);
/*
 * The same by all that is looked at, elsewhere in the bytes too. SOURCE_UNREADABLE with `e`. *searched:
 * no known format, but chunks may be in it, when `deep`.
 */
enum source_kind source_look(const struct reader *r, bool deep, const char **format, bool *searched,
			     struct err *e);
/* The name as source_sniff() gives it, static; NULL: there is no such format. */
const char *source_format_name(struct view name);
/* By its name; archives hold files, images volumes of them. */
bool source_format_is_archive(const char *format);
/* O_RDONLY, O_NOATIME where allowed, no symbolic link; the descriptor or -1 with `e`. Refuses a
   file that is no longer the one that was listed. The error does not repeat the path. */
int source_open(const struct source *s, struct err *e);
/*
 * Where the bytes of any source are: a descriptor that the caller closes, and extents in it that he
 * frees (none: they are all of it). -1 with `e`.
 */
struct source_bytes {
	int fd;
	struct extent *map;
	size_t n_map;
};
int source_bytes(const struct source_list *l, const struct source *s, struct source_bytes *out,
		 struct err *e);
/* Its own state and that of all it lies in: what stands in a shadow copy's archive is shadow. */
enum source_state source_state_of(const struct source_list *l, const struct source *s);
enum source_rank source_rank(const struct source_list *l, const struct source *s);
/* ---- the way to a source in a container, for those who tell of it ---- */

struct source_origin {
	const struct source *image; /* the outermost container, a file; NULL: the source is one itself */
	struct view path;           /* in that: what follows its path and ":/", without the last '#' and
				       inode; of the source's path */
	enum source_state state;    /* source_state_of() */
};
struct source_origin source_origin(const struct source_list *l, const struct source *s);
/*
 * Where the byte lies in the outermost container: in the file, or of an image in a format of its own (E01)
 * in what it is an image of. EXTENT_ZERO: nowhere there, or not known.
 */
uint64_t source_image_offset(const struct source_list *l, const struct source *s, uint64_t off);
#define SOURCE_HASH_TEXT 72
/* Its SHA-256; else what an image stores as the hash of what it is an image of, "sha1:..." or "md5:...";
   else "". */
void source_hash_text(const struct source *s, char out[SOURCE_HASH_TEXT]);
/* Of a fact that is no case data: the library that opened the container, its version being the value; else
   NULL. */
const char *source_fact_library(const struct source_fact *f);
/* Compares size, mtime, ctime with those of the start; sets and returns `changed`. What lies in a
   container does not change by itself. */
bool source_recheck(struct source *s);
/* True of what is no log that can be read and must be told, whatever else was: unreadable,
   recognised, and what is empty or no log when given by the user or with the name of a log (.evtx),
   as wiping leaves it. */
bool source_is_missed(const struct source *s);
/*
 * True when `dir` lies inside, or is, one of the given evidence paths, symbolic links resolved; it
 * need not exist yet. True as well when that cannot be found out.
 */
bool source_inside(const char *dir, const char *const *evidence, size_t n);

#endif
