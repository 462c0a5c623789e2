/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_OPEN_H
#define EVTXHOUND_OPEN_H
/*
 * What is inside containers: archives, disk images, their volumes and shadow copies, what is deleted
 * or left over there. The only module that knows the libraries that parse them, and it runs in
 * processes of its own (evtxhound-open), which may die of what they read. It finds logs and says
 * where their bytes are; it does not decode them.
 */
#include "evtxhound/event.h"
#include "evtxhound/source.h"

struct open_options {
	bool all_files;           /* images: every file is looked at, not only where logs are kept */
	bool every;               /* and told of, whatever it is: for tests, who cannot ask for it in a request */
	const struct view *globs; /* --path: only what one of them matches; none: no choice */
	size_t n_globs;
	bool stores;              /* shadow copies are read: */
	const uint32_t *store;    /* those with these numbers (from 1, the oldest); none: all */
	size_t n_store;
	enum open_carve { CARVE_NONE, CARVE_FREE, CARVE_ALL } carve;
	bool hash;                /* SHA-256 of the container as it is read in the file system */
	bool verify;              /* the whole image is read: stored hashes, checksums of its parts */
	struct view passwords;    /* of encrypted archives, one per line; raw bytes */
};

/* A container to open. Everything is borrowed while open_container() runs. */
struct open_request {
	const struct reader *bytes;
	const char *format;       /* as source_sniff() named it */
	struct view name;         /* its own file name, without folders; raw bytes */
	int dirfd;                /* its folder, for its other parts (.E02, .002, extents of a VMDK), which
				     are opened below it and nowhere else, no link followed; -1: none */
	struct view only;         /* what is wanted of it, as open_found.path; a folder means all below; ""
				     everything */
	int spool;                /* a file for bytes that cannot be read where they are, */
	uint64_t spool_at;        /* written from here on, */
	uint64_t spool_max;       /* and no more bytes than this */
	unsigned nesting;         /* how many containers it is in */
	const struct open_options *options;
};

/* Something found that is a log, or a container, or that should be told of. */
struct open_found {
	enum source_kind kind;    /* SOURCE_UNREADABLE: `why` */
	const char *format;       /* static */
	enum source_state state;
	bool searched;            /* as struct source: a log only if chunks are found in it */
	struct view path;         /* in the container: of an image its volume first, "p2/Windows/x.evtx",
				     "p2/vss1/Windows/x.evtx"; of an archive the entry's name; raw bytes, '/'
				     between, no '/' in front, the container's own words otherwise */
	struct view volume;       /* "p2", "p2/vss1"; "" in archives, and in an image of one volume */
	struct view inode;        /* "41-128-1" as The Sleuth Kit writes it; of an archive the entry's number,
				     from 1; "" where there is none */
	uint64_t size;
	uint64_t times[4];        /* FILETIME: modified, accessed, changed, born; 0: not known */
	bool spooled;             /* its bytes are in the spool, from there on */
	uint64_t spool_at;
	const struct extent *extents; /* where they are in the image (of a raw one, in `bytes`), in order,
					 all of its size; none: not known, or compressed */
	size_t n_extents;
	struct err why;
};
enum open_times { TIME_MODIFIED, TIME_ACCESSED, TIME_CHANGED, TIME_BORN };

/* A partition, volume or shadow copy, and what became of it. */
struct open_volume {
	struct view name;         /* "p2", "p2/vss1" */
	struct view what;         /* "NTFS", "BitLocker", "GPT partition 'Basic data partition'" ...: for reading */
	uint64_t offset, size;    /* in the image, bytes; a shadow copy: its size */
	uint64_t created;         /* of a shadow copy, FILETIME; else 0 */
	bool read;                /* false: `why`; 3 as exit code */
	bool quiet;               /* not read, and nothing is missed by that: EFI, swap, unallocated */
	uint64_t files, bytes;    /* looked at; of free space searched, bytes */
	struct view why;
};

/* Takes what is found, as it is found; everything is borrowed for the call. <0 ends it. */
struct open_sink {
	void *ctx;
	int (*found)(void *ctx, const struct open_found *f);
	int (*volume)(void *ctx, const struct open_volume *v);
	/* Case data and hashes as the image stores them: "case_number", "evidence_number", "examiner",
	   "description", "notes", "acquired", "system_date", "stored_md5", "stored_sha1", "media_size",
	   "image_md5", "image_sha1": computed with `verify`; UTF-8 as far as possible. Of
	   evtxhound-open also "library_NAME": the version of a library that reads it. */
	int (*fact)(void *ctx, const char *name, struct view value);
	int (*part)(void *ctx, struct view name, uint64_t size); /* another file that belongs to it */
	int (*hash)(void *ctx, const uint8_t sha256[32]);        /* of the container, with `hash` */
	/* Offsets are those of the image or archive. */
	void (*damage)(void *ctx, const struct damage *d);
	/* Now and then, seldom more often than each MiB. */
	int (*progress)(void *ctx, struct view volume, uint64_t files, uint64_t bytes);
};

/*
 * Opens it and gives all that is found. 0; or -1 and `e` when it could not be opened at all (what it
 * lacks, and what to do), when memory lacks, the spool cannot be written (ERR_IO) or the sink said
 * so. What is damaged within goes to sink->damage, and the rest goes on.
 */
int open_container(const struct open_request *r, const struct open_sink *sink, struct err *e);
/* True of formats that open_container() reads; of others *why says what stands against it, and what to
   do instead (static). */
bool open_knows(const char *format, const char **why);
/* How an image must be carved for that path to be in it: "p2/[carved]". */
enum open_carve open_carve_asked(struct view path);

/* ---- the process, and what it is told and tells: frames, as of base.h ---- */

/* evtxhound-open: serves requests from the socket until it closes. */
int open_serve(int sock);

/*
 * The body of a request. With it go descriptors: of the container (or what it lies in, through `map`),
 * of the spool, and of the folder when dirfd is not -1, in that order.
 */
void open_request_write(struct buf *b, const struct open_request *r, const struct extents *map);
/* The answer's frames, written as the sink's functions are called; `failed` when it could not be opened. */
struct open_sink open_sink_to(struct buf *b);
void open_failed_write(struct buf *b, const struct err *failed);
/* Gives a whole answer to the sink; *failed as open_container() said. <0: ERR_DAMAGE, it cannot be
   trusted and what came before has been given; or the sink ended it. */
int open_reply_read(struct view reply, const struct open_sink *sink, struct err *failed, struct err *e);

#endif
