/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_PRIVATE_H
#define EVTXHOUND_REPORT_PRIVATE_H
/*
 * What the writers of the report share: a file filled piece by piece, and the reading of a finding
 * and its records that all of them present.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evtxhound/report.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* ---- text ---- */

/* Controls, bidi controls and characters without width or ink. */
bool text_hidden(uint32_t cp);
/* The first n ranges of these, first and last; returns how many there are. */
size_t text_hidden_ranges(uint32_t (*out)[2], size_t n);
/* At most n bytes, cut where a character begins. */
struct view view_cut(struct view v, size_t n);
/* All of it, or -1 with errno. */
int write_all(int fd, struct view v);
/* A name of its own, or none: whatever came there meanwhile stays. 0, or -1 with errno. */
int give_name(int dirfd, const char *temp, const char *name);

/* ---- a file being filled ---- */

#define OUTPUT_NAME 64
struct output {
	const char *name;
	struct outfile *file; /* finished, and not kept yet */
	uint64_t size;
	uint8_t sha256[32];
};

/* All files of a report, as the manifest lists them. */
struct outputs {
	struct output *v;
	size_t n, cap;
	struct arena names;
};
/* Keeps the name. */
int outputs_add(struct outputs *l, const char *name, struct output **out, struct err *e);

/* The text gathers in `b`; sheet_flush() hands it on. `a` is for what one row needs. */
struct sheet {
	struct outfile *out;
	struct buf b;
	struct arena a;
	const struct run *run;
};
int sheet_open(struct sheet *s, const struct run *run, const char *name, struct err *e);
int sheet_open_in(struct sheet *s, const struct run *run, int dirfd, const char *name, struct err *e);
/* Gathers, and goes nowhere: the caller releases `b` and `a`. */
void sheet_memory(struct sheet *s, const struct run *run);
/* Hands `b` on and forgets what is in `a`. A buffer that failed is ERR_NOMEM. */
int sheet_flush(struct sheet *s, struct err *e);
/* Finishes the file when rc is 0, else abandons it; frees the rest either way. Returns rc, or -1. */
int sheet_close(struct sheet *s, int rc, struct output *o, struct err *e);

/* ---- JSON ---- */

/* Commas and, when `pretty`, line ends and indents. Names are ours and need no escape. */
struct json {
	struct buf *b;
	unsigned depth;
	bool pretty, more;
};
void json_open(struct json *j, const char *name, char bracket); /* name NULL: an array's element */
void json_close(struct json *j, char bracket);
void json_name(struct json *j, const char *name);
void json_text(struct json *j, const char *name, struct view v);
void json_number(struct json *j, const char *name, uint64_t n);
void json_bool(struct json *j, const char *name, bool v);
void json_null(struct json *j, const char *name);
void json_time(struct json *j, const char *name, uint64_t filetime); /* 0: null */
void json_hash(struct json *j, const char *name, const uint8_t sha256[32], bool known);
void json_file(struct json *j, const char *name, struct view path);

/* ---- CSV ---- */

/* A field of a row; a text is evidence and guarded, a plain one was formatted by us. */
struct cell {
	struct view v;
	bool plain, bad; /* bad: no memory; spoils the buffer it is written to */
};
void csv_header(struct buf *b, const char *const *names, size_t n);
/* Fields separated by commas, none behind the last. */
void csv_cells(struct buf *b, const struct cell *c, size_t n);
void csv_end(struct buf *b);

struct cell cell_text(struct view v);
struct cell cell_str(const char *s);                      /* ours: plain */
struct cell cell_plain(struct arena *a, const char *fmt, ...) EH_PRINTF(2, 3);
struct cell cell_time(struct arena *a, uint64_t filetime); /* 0: empty */
struct cell cell_guid(struct arena *a, const struct guid *g); /* null: empty */
struct cell cell_hash(struct arena *a, const uint8_t sha256[32]);
/* Seconds with seven decimals of a span in 100 ns. */
#define SPAN_TEXT 32
void span_format(uint64_t span, char out[SPAN_TEXT]);

/* ---- what the writers say of a finding ---- */

/* A source by its index; NULL when the run does not list it. */
const struct source_result *run_source(const struct run *run, uint32_t index);
/* What is told of a source beside its path. Of a file in a folder nothing: `image` is NULL. */
struct provenance {
	const struct source *image; /* the outermost container */
	enum source_state state;    /* the worst on the way */
	struct view path;           /* in that */
	struct view volume, inode;  /* in the container that it is directly in */
	uint64_t offset;            /* in the outermost one, bytes; EXTENT_ZERO: not known */
	char hash[SOURCE_HASH_TEXT]; /* of that; "" */
};
/* Of byte `off` of the source; `src` may be NULL. */
struct provenance provenance_of(const struct run *run, const struct source *src, uint64_t off);
/* Its members; none of a file in a folder. */
void json_provenance(struct json *j, const struct provenance *p);
/* The members "logs", "volumes" and "facts", without the libraries. */
void json_contents(struct json *j, const struct source_contents *c);
/* The libraries that opened containers, each once: the fact, or NULL at the end, or with `bad` when memory
   lacks. */
struct library_walk {
	size_t source, fact;
	struct strtab seen;
	bool bad;
};
void library_begin(struct library_walk *w);
const struct source_fact *library_next(const struct run *run, struct library_walk *w);
void library_end(struct library_walk *w);
/* What options and images say of the case: the first one holds, equal ones are told once. */
#define LIMIT_CASE_SAID 16u
struct case_said {
	const char *value;
	const struct source *image; /* NULL: an option */
};
struct case_list {
	struct case_said v[LIMIT_CASE_SAID];
	size_t n;
	bool more;
};
struct case_list case_list(const struct run *run, enum case_fact f);
const char *case_name(enum case_fact f);  /* "case_number" ... */
const char *case_title(enum case_fact f); /* "Case number" ... */
const struct rule *finding_rule(const struct run *run, const struct finding *f);
uint64_t rule_findings(const struct run *run, size_t rule);
/* Every finding that is shown, with its place in the order, until one gives other than 0: <0 an
   error, >0 enough. */
typedef int each_finding_fn(void *ctx, const struct finding *f, size_t i, struct err *e);
int each_finding(const struct run *run, each_finding_fn *fn, void *ctx, struct err *e);
int each_of(const struct finding_reader *r, uint64_t n, each_finding_fn *fn, void *ctx,
	    struct err *e);
const char *finding_status(const struct finding *f); /* "fully checked", "unverified" */
/* The record whose process the finding is about: the last stage that starts a process, else the
   first stage; NULL when there is no evidence. */
const struct evidence *finding_subject(const struct finding *f);
/* The derived SID as it is shown: a class ends in "*". */
struct cell evidence_sid(const struct evidence *ev, struct arena *a);
const char *evidence_sid_from(const struct evidence *ev);
struct view evidence_witness(const struct evidence *ev);
/* Zeroed where there is no event. */
int evidence_activity(const struct evidence *ev, struct arena *a, struct activity *out,
		      struct err *e);
/* When it happened, where the record says so; else 0. */
uint64_t evidence_utc(const struct evidence *ev, const struct activity *act);
/* "address:port" that it connected to, or "". */
void activity_destination(struct buf *b, const struct activity *act);
/* Where its stages connected to, each once, "address:port; ...". */
#define LIMIT_DESTINATIONS 100u
int finding_destinations(const struct finding *f, struct arena *scratch, struct buf *out,
			 struct err *e);
/* Texts joined by "; ". */
void join_texts(struct buf *b, const struct view *v, size_t n);
/* "Process Created", "Network Connection" ... of a kind of record. */
const char *kind_title(enum event_kind k);

/* ---- what the writers say of a run ---- */

struct totals {
	uint64_t opened, parts;         /* of the sources: containers, and other files of these */
	uint64_t not_hashed;            /* source_is_unhashed() */
	uint64_t sources, read, bytes, records, whole, partly, undecoded, not_asked, recovered;
	uint64_t damage;                /* losses; notes are not counted */
	uint64_t first_time, last_time; /* of records; 0 when there are none */
};
struct totals run_totals(const struct run *run);
uint64_t run_missed(const struct run *run); /* sources that were not read, and should have been */
uint64_t level_findings(const struct run *run, enum rule_level l);
const char *source_state(const struct source_result *r); /* "read", "empty", "unreadable" ... */

/* ---- the files ---- */

int findings_csv_write(const struct run *run, struct output *o, struct err *e);
int evidence_csv_write(const struct run *run, struct output *o, struct err *e);
int findings_jsonl_write(const struct run *run, struct output *o, struct err *e);
/* One finding as an object; of at most `most` records, and none more once it has `bytes`: *told. */
int finding_json(struct sheet *s, const struct finding *f, size_t most, size_t bytes, size_t *told,
		 struct err *e);
struct page_data;
/* The page, or one of the further pages, into which a large set is split. */
int page_write(struct page_data *d, size_t part, struct output *o, struct err *e);
int counts_write(const struct run *run, struct output *o, struct err *e); /* summary.json */
int ticket_write(const struct run *run, struct output *o, struct err *e); /* report.md */
/* Only where run->coverage is. */
int coverage_csv_write(const struct run *run, struct output *o, struct err *e);
/* Only where near_asked(). */
int near_csv_write(const struct run *run, struct output *o, struct err *e);
void manifest_near(struct json *j, const struct run *run);
/* Only where there are exceptions. */
int suppressed_csv_write(const struct run *run, struct output *o, struct err *e);
int suppressed_jsonl_write(const struct run *run, struct output *o, struct err *e);
const struct exception *finding_exception(const struct run *run, const struct finding *f);
uint64_t exception_findings(const struct run *run, size_t exception);
/* Its members; the object is not closed. */
void json_exception(struct json *j, const char *name, const struct exception *x);
int manifest_suppressed(struct sheet *s, struct json *j, struct err *e);
/* The member "coverage", if there is one. */
int manifest_coverage(struct sheet *s, struct json *j, struct err *e);
/* The state without whose sources there would be no finding; "" when live ones are enough. */
const char *finding_only_in(const struct finding *f);
/* The manifest's member "distinct_records", where they were counted. */
void manifest_sightings(struct json *j, const struct run *run);
/* The members "hosts_apart" and "hosts_apart_cut", where there is something to tell. */
void manifest_apart(struct json *j, const struct run *run);
/* The members "signs" of the manifest and of one of its sources. */
/* What one of the manifest's sources has when it lies in a container or is one. */
void manifest_source_image(struct json *j, const struct run *run, const struct source *s);
void manifest_signs(struct json *j, const struct run *run);
int manifest_source_signs(struct sheet *s, struct json *j, const struct source_result *r,
			  struct err *e);
int manifest_write(const struct run *run, const struct output *outputs, size_t n, struct output *own,
		   struct err *e);

/* The folder of records; what is written is kept at once. */
int records_write(const struct run *run, struct outputs *out, struct err *e);
int records_clear(int dirfd, struct err *e); /* what an earlier report left there */

/* The column names, for the test that compares them with the manual. */
const char *const *findings_columns(size_t *n);
const char *const *evidence_columns(size_t *n);
const char *const *timeline_columns(size_t *n);
const char *const *sources_columns(size_t *n);
const char *const *coverage_columns(size_t *n);
const char *const *suppressed_columns(size_t *n);
const char *const *near_columns(size_t *n);
const char *const *records_columns(size_t *n);

/* Says that there is no memory for `what`; -1. */
int no_memory(struct err *e, const char *what);

/* Sorts by time, host, channel, record id, source, offset; merges the same record from several
   places; writes timeline.csv. `also` (or NULL) gets the rows, too. */
struct timesketch;
int timeline_write(struct timeline *t, const struct run *run, struct timesketch *also, struct output *o,
		   struct err *e);

/* A row as it is written: cells by column, those with a place among them, and what it rests on. */
struct timeline_entry {
	uint64_t time;
	const struct view *cells;
	uint32_t source;
	uint64_t offset;
	const uint32_t *findings; /* in the order of findings, from 0 */
	size_t n_findings;
};
typedef int timeline_entry_fn(void *ctx, const struct timeline_entry *t, struct err *e);
/* Somebody else is told of each row that timeline_write() writes. */
void timeline_tell(struct timeline *t, timeline_entry_fn *fn, void *ctx);

/* timeline_new() with another bound on the memory of the sort and on the runs merged at once. */
struct timeline *timeline_new_bounded(int dirfd, size_t memory, unsigned fanin, struct err *e);

#endif
