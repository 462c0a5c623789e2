/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_PIPELINE_H
#define EVTXHOUND_PIPELINE_H
/*
 * Worker processes, units of work, limits, order, progress: the only module that knows of
 * concurrency. The parent parses no evidence; what workers send is read with the same cursor and the
 * same distrust. One worker or eight give the same bytes.
 */
#include <signal.h>

#include "evtxhound/open.h"
#include "evtxhound/report.h"

/* What libevtx reads a second time: the records that findings rest on, nothing, or every record. */
enum verify_mode { VERIFY_EVIDENCE, VERIFY_NONE, VERIFY_ALL };
enum timeline_mode { TIMELINE_ALL, TIMELINE_FINDINGS, TIMELINE_NONE };

struct progress {
	uint64_t bytes, bytes_total, files, files_total, findings;
	const char *path; /* a source just finished, or NULL */
	/* While containers are opened: which one, NULL else; where in it; files and bytes are of that. */
	const char *opening;
	struct view volume;
};
/* How containers among the evidence are opened. */
struct evidence_options {
	const char *program; /* evtxhound-open; NULL: they are not */
	struct open_options open;
	int dirfd;           /* where spools are made */
	uint64_t spool_max;  /* bytes that one container may take there */
};
struct hunt_options {
	const struct ruleset *rules;
	struct source_list *sources; /* grows by what is found in containers */
	const struct evidence_options *evidence; /* NULL: containers are not opened */
	unsigned jobs;
	bool libevtx;           /* --decoder libevtx */
	const char *code_page;  /* of ANSI texts; NULL: Windows-1252 */
	enum verify_mode verify;
	bool hash;
	bool rehash;            /* once more at the end */
	enum timeline_mode timeline;
	enum rule_level level;
	bool near;              /* --near-misses */
	uint64_t from, to;      /* FILETIME; 0 and UINT64_MAX: no bound */
	int dirfd;              /* the output folder */
	int journal;            /* a file for what was read so far, perhaps by another run; 0: none */
	uint64_t journal_at;    /* where in it that begins */
	const volatile sig_atomic_t *stop; /* set by a signal: end soon, ERR_INTERRUPTED */
	void (*progress)(void *ctx, const struct progress *p); /* may be NULL */
	void *ctx;
	const struct explain_what *explain; /* set by explain_run() */
	/* How a worker makes its decoder; NULL: by `libevtx`. For tests: one that dies. */
	struct decoder *(*decoder_new)(const struct fields *f, damage_fn *fn, void *ctx);
	uint64_t most_whole; /* in place of LIMIT_WHOLE, for tests; 0: that */
};
struct hunt;
/* Reads, matches, correlates, witnesses. `run` gets everything the pipeline knows; what it points to
   lives until hunt_free(). */
int hunt_run(const struct hunt_options *o, struct hunt **h, struct run *run, struct timeline **t,
	     struct err *e);
void hunt_free(struct hunt *h);

/*
 * Runs the hunt's rules up to what they find, and tells why the first of them finds such records or does
 * not; of `o` the report's options are not looked at. *n: such records.
 */
int explain_run(const struct hunt_options *o, const struct explain_what *what, struct hunt **h,
		struct run *run, struct buf *out, size_t *n, struct err *e);

/* What `info` shows: every record decoded, no rules. Chunk by chunk in hunt_chunks(). */
struct info_options {
	struct source_list *sources;
	const struct evidence_options *evidence;
	unsigned jobs;
	bool hash;
	const volatile sig_atomic_t *stop;
};
int info_run(const struct info_options *o, struct hunt **h, struct run *run, struct err *e);
/* The chunks of a source in order of offset, after info_run(). */
const struct chunk_summary *hunt_chunks(const struct hunt *h, uint32_t source, size_t *n);
/* ---- dump: every record as text, in the order of the evidence ---- */

enum dump_format { DUMP_JSONL, DUMP_XML, DUMP_CSV };

/* A record whose System cannot be read has no event id and no channel. */
struct dump_filter {
	const uint8_t *event_ids; /* a bit per id, 8192 bytes; NULL: all */
	const struct view *channels; /* letter case ignored; none: all */
	size_t n_channels;
	uint64_t from, to; /* TimeCreated, FILETIME; 0 and UINT64_MAX: no bound */
};
struct dump_options {
	struct source_list *sources;
	const struct evidence_options *evidence;
	unsigned jobs;
	enum dump_format format;
	struct dump_filter filter;
	int fd;      /* the output */
	size_t page; /* bytes of text that a worker keeps until its turn comes, and a record */
	enum verify_mode verify; /* VERIFY_EVIDENCE is none: there is none */
	const char *code_page;   /* of ANSI texts; NULL: Windows-1252 */
	bool random; /* an empty regular file of our own: workers write at once, each at its place */
	const volatile sig_atomic_t *stop;
	void (*progress)(void *ctx, const struct progress *p); /* may be NULL */
	void *ctx;
	struct decoder *(*decoder_new)(const struct fields *f, damage_fn *fn, void *ctx);
};
/* ERR_IO: the output is not whole. `run` as after info_run(). */
int dump_run(const struct dump_options *o, struct hunt **h, struct run *run, struct err *e);
/* CSV's columns, for the test that compares them with the manual. */
const char *const *dump_columns(size_t *n);

/* ---- list, extract: the sources themselves, none of them decoded ---- */

struct list_options {
	struct source_list *sources;
	const struct evidence_options *evidence;
	unsigned jobs; /* processes that open containers */
	const volatile sig_atomic_t *stop;
	void (*progress)(void *ctx, const struct progress *p); /* may be NULL */
	void *ctx;
};
/* Opens containers, and that is all. `run` as after info_run(), of logs that nobody read. */
int list_run(const struct list_options *o, struct hunt **h, struct run *run, struct err *e);

#define EXTRACT_TABLE "extract.csv"
#define EXTRACT_SUMS "SHA256SUMS"
struct extract_options {
	struct list_options list;
	int dirfd; /* an empty folder */
};
struct extracted {
	uint64_t logs, bytes;
};
/*
 * Copies every log into the folder, under a name of our own; then come the table of all sources and
 * the sums, without which the folder is not whole. Hashes are in the sources. What of a log cannot be
 * read is zeros and damage. ERR_USAGE: a name is taken meanwhile.
 */
int extract_run(const struct extract_options *o, struct hunt **h, struct run *run,
		struct extracted *sum, struct err *e);
/* "00001-Security.evtx": the number, and what is harmless of the last part of the path. */
#define EXTRACT_NAME 128
void extract_name(char out[EXTRACT_NAME], uint64_t number, const struct source *s);

/* 3 when some evidence was damaged, missing, no log or unread, else 1 with findings, else 0. */
int run_exit_code(const struct run *run);

#endif
