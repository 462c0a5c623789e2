/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_H
#define EVTXHOUND_REPORT_H
/*
 * The report folder: findings, evidence and timeline as CSV, findings as JSONL, one HTML page, the
 * manifest. The only module that makes files. Every file is written under a temporary name in the
 * folder, synced, and renamed when whole; the manifest comes last. Same input, same bytes, in any
 * locale and time zone.
 */
#include <stdio.h>

#include "evtxhound/correlate.h"
#include "evtxhound/coverage.h"
#include "evtxhound/event.h"
#include "evtxhound/rule.h"
#include "evtxhound/source.h"

/* ---- writing safely ---- */

struct outfile;
/* dirfd stays the caller's. */
int outfile_open(struct outfile **o, int dirfd, const char *name, struct err *e);
/* The same, and it takes the place of no other file: then outfile_commit() fails. */
int outfile_open_new(struct outfile **o, int dirfd, const char *name, struct err *e);
int outfile_write(struct outfile *o, struct view v, struct err *e); /* buffered; hashed on the way */
/* In steps, so that the disk works on several files at once: outfile_finish() hands all of it to the
   system and gives the SHA-256 of what was written; outfile_keep() waits until it is on the disk, renames, and
   frees either way; folder_sync() waits for the names. What failed to finish is to be abandoned. */
int outfile_finish(struct outfile *o, uint8_t sha256[32], uint64_t *size, struct err *e);
int outfile_keep(struct outfile *o, struct err *e);
int folder_sync(int dirfd, struct err *e);
/* The three of them. Frees either way. */
int outfile_commit(struct outfile *o, uint8_t sha256[32], uint64_t *size, struct err *e);
void outfile_abandon(struct outfile *o); /* removes the temporary; NULL is fine */
/* An unlinked temporary file in the folder, for spools; the descriptor or -1. */
int report_spool(int dirfd, struct err *e);

/* The run's journal in the folder, locked as long as it is open: the descriptor, or -1. `fresh`: a new one,
   which takes the place of what was there when report_journal_begun() names it. ERR_USAGE: there is none, or another process has it. */
#define JOURNAL_NAME ".evtxhound.journal"
int report_journal(int dirfd, bool fresh, struct err *e);
int report_journal_begun(int dirfd, int rc, struct err *e); /* rc < 0: removes it; returns that */

/* A file that others fill through its descriptor, and that takes the place of none. */
struct newfile {
	int dirfd, fd;
	const char *name; /* borrowed */
	char temp[64];
};
/* dirfd stays the caller's. ERR_USAGE when there is a file of that name already. */
int newfile_open(struct newfile *f, int dirfd, const char *name, struct err *e);
/* Gives it its name; not synced. Closes either way, and removes it when that fails. */
int newfile_commit(struct newfile *f, struct err *e);
void newfile_abandon(struct newfile *f);

/*
 * An external merge sort of (key, payload) pairs by the bytes of the key, then of the payload. What
 * does not fit in memory goes to an unlinked temporary file in the output folder: the disk that the
 * result needs anyway, and nothing is left behind when the program dies.
 */
struct sorter;
/* `memory` bounds a run (one pair larger than that is a run of its own) and the buffers of a merge;
   `fanin` (at least 2) the runs merged at once. */
struct sorter *sorter_new(int dirfd, size_t memory, unsigned fanin, struct err *e);
void sorter_free(struct sorter *s);
int sorter_add(struct sorter *s, struct view key, struct view payload, struct err *e);
/* No more comes; call once, then next() to the end. */
int sorter_finish(struct sorter *s, struct err *e);
/* 0 a pair, borrowed until the next call; >0 the end; <0 error. */
int sorter_next(struct sorter *s, struct view *key, struct view *payload, struct err *e);

/* ---- text, made safe for where it goes ---- */

/* RFC 4180 field, quoted when needed. `guard`: one leading ' before = + - @ TAB CR '. Text that is not
   valid UTF-8 is made visible: a lone surrogate as \uD800, a stray byte as \xFF, NUL as \0. */
void csv_field(struct buf *b, struct view v, bool guard);
void json_string(struct buf *b, struct view v); /* quoted; lone surrogates as \ud800; exact */
/* A path is bytes: those that are not UTF-8 come as \udc80 to \udcff, one each, so that the path
   can be had back (Python's "surrogateescape"). */
void json_path(struct buf *b, struct view path);
/* HTML text: & < > " ' escaped; controls, bidi controls, zero-width made visible as a <span class=c>
   with U+XXXX; line feeds too. */
void html_text(struct buf *b, struct view v);
void terminal_text(struct buf *b, struct view v); /* controls, bidi and bad bytes as \xNN, \u{XXXX} */

/* ---- what there is to tell ---- */

struct count {
	struct view channel, provider;
	uint16_t event_id;
	uint64_t n;
};
struct host_count {
	struct view computer, channel;
	uint64_t n, first_time, last_time;
	bool doubtful; /* the times are those of damaged records: there are no others */
};

/* ---- signs of tampering and loss: indicators, none of them proof (docs/signs.md) ---- */

/* In the order in which they are told: the rarer the innocent cause, the earlier. */
enum sign_kind {
	SIGN_CLEARED,        /* Security 1102, System 104 */
	SIGN_HIDDEN,         /* a record within the size of another one */
	SIGN_ROOM,           /* bytes behind a record's content, within its size */
	SIGN_EMPTY,          /* a log of 0 bytes */
	SIGN_ID_GAP,         /* ids missing between neighbours */
	SIGN_ID_REPEAT,      /* ids that come more than once */
	SIGN_ID_ORDER,       /* an id below the one before it, in one chunk */
	SIGN_ID_DIFFERS,     /* the record's header and its EventRecordID */
	SIGN_HEADER_TIME,    /* the record's header and its TimeCreated */
	SIGN_NEXT_ID,        /* the file header's next record id and the records */
	SIGN_CHECKSUM,       /* of a chunk */
	SIGN_TIME_BACKWARDS, /* a record that is earlier than the one before it */
	SIGN_TIME_CHANGED,   /* Security 4616, Kernel-General 1 */
	SIGN_STOPPED,        /* Security 1100 */
	SIGN_LATE_START,     /* the first id is not 1, and the log has not gone round */
	SIGN_RECOVERED,      /* records behind the live ones, or of an earlier life */
	SIGN_EXPORTED,       /* the log was saved out of another one */
	SIGN_KINDS
};
enum sign_severity { SIGN_LOW, SIGN_MEDIUM, SIGN_HIGH };
/* What an amount counts: records (or ids) and bytes add up, of spans (100 ns) the greatest counts. */
enum sign_unit { AMOUNT_NONE, AMOUNT_RECORDS, AMOUNT_BYTES, AMOUNT_SPAN };
struct sign_about {
	const char *name;     /* short, fixed: "id-gap" */
	enum sign_severity severity;
	enum sign_unit unit;
	const char *title;    /* for a heading */
	const char *meaning;  /* one sentence: what it may mean */
	const char *innocent; /* one sentence: what else explains it */
};
const struct sign_about *sign_about(enum sign_kind k);
const char *sign_severity_name(enum sign_severity s); /* "low", "medium", "high" */
const char *sign_unit_name(enum sign_unit u);         /* "", "records", "bytes", "100 ns" */

/* One occurrence. What does not apply is 0 or empty. */
struct sign_place {
	uint64_t offset;          /* in the source, bytes; 0: the whole log */
	uint64_t chunk;           /* 0-based position; of the whole log 0 */
	uint64_t record_id, time; /* header's id, TimeCreated */
	uint64_t other_offset, other_id, other_time; /* what it is compared with */
	uint64_t amount;          /* by the kind's unit */
	bool bad_checksum;        /* the chunk's checksum over its records does not hold */
	bool recovered;           /* the record is not a live one */
	bool back;                /* the clock was set back */
	struct view computer, account, note; /* what the record names */
};
struct sign {
	enum sign_kind kind;
	uint64_t n;               /* occurrences */
	uint64_t amount;          /* of all: the sum, or the greatest */
	struct sign_place *places; /* the first ones, in order of offset */
	size_t n_places;
	struct sign_place largest; /* the greatest amount; of equal ones the first */
};
/* One sentence of what is there, without offset, record and time of the place itself. */
void sign_text(struct buf *b, enum sign_kind k, const struct sign_place *p);
/* Adds occurrences `from` (of the same kind) to `s`, whose places have room for `max`. The order of
   adding does not show. */
void sign_add(struct sign *s, const struct sign *from, size_t max);

/* ---- both decoders on every record ---- */

enum difference_kind {
	DIFFERENCE_VALUES,      /* a member or field is another, or missing in one */
	DIFFERENCE_ONLY_OURS,   /* libevtx does not find the record */
	DIFFERENCE_ONLY_THEIRS, /* ours does not find it, or cannot decode it */
	DIFFERENCE_UNREAD,      /* libevtx finds it and cannot decode it */
	DIFFERENCE_KINDS
};
struct difference {
	enum difference_kind kind;
	uint64_t offset;      /* in the source, bytes; of the chunk where libevtx knows no better */
	uint64_t record_id;   /* of the record's header */
	uint16_t event_id;
	bool recovered;       /* not in the live chain */
	struct view what;     /* "name: ours <> theirs; ...", perhaps cut; or "" */
};
struct verification {
	uint64_t agree, n[DIFFERENCE_KINDS]; /* records, */
	uint64_t recovered[DIFFERENCE_KINDS]; /* and how many of these were recovered */
	uint64_t chunks_lost;      /* libevtx died of them */
	struct difference *v;      /* in order of offset, recovered ones behind */
	size_t n_v;
	uint64_t more;             /* not listed */
};
const char *difference_name(enum difference_kind k); /* "differ", "only-ours" ...; static */

/* A source and what reading it amounted to. */
struct source_result {
	const struct source *source;
	bool read;            /* a log that was read, whole or in part */
	bool has_header;      /* the file header's signature is there; what it says: */
	bool header_crc_ok;
	uint32_t header_flags; /* 1 dirty, 2 full */
	uint16_t header_major, header_minor, header_chunks;
	uint64_t header_next_id;
	uint64_t chunks, chunks_used, chunks_bad;
	/* records == whole + partly + undecoded + not_asked; recovered ones are apart */
	uint64_t records, whole, partly, undecoded, not_asked, recovered;
	uint64_t hidden;         /* of the recovered: within the size of another record */
	uint64_t reconstructed;  /* of all: read through a template of another chunk */
	uint64_t first_id, last_id, first_time, last_time; /* 0 when there are no records */
	uint64_t checksums_bad;  /* chunks */
	bool checksums_off;
	uint64_t id_gaps;        /* ids missing between first and last */
	/* Every byte is one of these: they add up to the size of a log that was read. */
	uint64_t bytes_header, bytes_record, bytes_slack, bytes_free, bytes_zero, bytes_unknown;
	struct damage *damage;   /* in order of offset */
	size_t n_damage;
	uint64_t more_damage;    /* not listed */
	uint64_t losses;         /* damages of severity DAMAGE_LOSS, listed or not */
	uint64_t worker_deaths;
	uint64_t only_here;      /* distinct records in no other source, if run->sightings.counted */
	struct sign *signs;      /* those that there are, in order of their kinds */
	size_t n_signs;
	struct count *counts;    /* by channel, event id */
	size_t n_counts;
	struct verification verify; /* when run->verified */
};
/*
 * Distinct records of all sources, by where they were found: counted when some source is not live.
 * The same record has the same host, channel, provider, ids, TimeCreated and values; one that can be
 * read only in part is taken for any other with the same ids and time.
 */
struct sighting_counts {
	bool counted;
	uint64_t records;
	uint64_t only[SOURCE_STATES]; /* in sources of that state and no other */
	uint64_t not_live;            /* in no live source: those of several other states, too */
};
/*
 * The findings shown, in order, as often as is asked for: there may be more than memory holds. next:
 * 0 a finding, borrowed until the next call; >0 end; <0 error.
 */
struct finding_reader {
	int (*rewind)(void *ctx, struct err *e);
	int (*next)(void *ctx, const struct finding **f, struct err *e);
	void *ctx;
};
struct finding_array {
	const struct finding *v;
	size_t n, at;
};
struct finding_reader finding_array_reader(struct finding_array *a);
/* What they amount to. */
struct rule_count {
	uint64_t n, unverified, not_live;
};
struct text_count {
	struct view text;
	uint64_t n, levels[LEVELS]; /* in all, and by the level of the findings' rules */
};
struct findings_about {
	uint64_t n, unverified;
	uint64_t brief; /* whose processes were not looked into */
	uint64_t first_time, last_time;
	struct rule_count *rules;      /* by index in the ruleset */
	uint64_t *exceptions;          /* the same */
	struct text_count *hosts;      /* by name */
	size_t n_hosts;
	struct text_count *conditions; /* that could not be checked, the first LIMIT_PAGE_SOURCES */
	size_t n_conditions;
};
/* Reads them all. What it fills in lives in the arena. */
int findings_count(const struct finding_reader *r, const struct ruleset *rules, struct arena *a,
		   struct findings_about *out, struct err *e);
struct option_value {
	const char *name, *value;
};
struct part_version {
	const char *name, *version;
};
/* A start of msiexec, and what the three detections of it say: told where all three are loaded. */
struct installer {
	struct view computer, channel, image, command_line;
	uint64_t time, record_id, identity, pid;
	struct guid guid, parent_guid;
	bool has_command_line;
	uint64_t twin; /* identity of the other log's record of this start; 0: none */
	bool second;   /* that one is shown */
};
struct installers {
	bool on, cut;
	struct installer *v[LIMIT_INSTALLERS];
	size_t n; /* in order of time */
};
struct run;
/* Told where they are asked for: of each rule the earliest, by rule and time. */
struct near_misses {
	bool asked;
	struct near_miss *v;
	size_t n, cap;
	uint64_t *met; /* by rule, how many records there were, as they were met */
	uint64_t not_looked; /* records beyond a bound */
};
/* By all rules. */
uint64_t overruns_all(const struct run *run);
bool near_asked(const struct run *run);
uint64_t near_met(const struct run *run); /* by all rules */
#define INSTALLER_RULES 3u
extern const char *const installer_rules[INSTALLER_RULES]; /* ids */

/* What is said of the case. */
enum case_fact {
	CASE_NUMBER,
	CASE_EVIDENCE_NUMBER,
	CASE_EXAMINER,
	CASE_DESCRIPTION,
	CASE_NOTES,
	CASE_FACTS
};

struct run {
	int dirfd;
	const struct ruleset *rules;
	struct finding_reader findings;
	struct findings_about about; /* them; zeroed where nothing was hunted */
	struct finding_reader suppressed; /* not among those, by an exception */
	struct findings_about apart_about; /* them */
	struct source_result *sources;
	size_t n_sources;
	const struct source_list *list; /* that they are of */
	uint64_t others;           /* files met in folders that are no logs */
	uint64_t links;
	struct host_count *hosts;  /* by computer, channel */
	size_t n_hosts;
	const char *command_line;  /* as given, quoted for a shell */
	const char *directory;     /* where it was given; "" not known */
	const char *const *arguments; /* of hunt, but for those on which no output rests */
	size_t n_arguments;
	struct option_value *options; /* those that bear on the result */
	size_t n_options;
	const char *case_facts[CASE_FACTS]; /* as the options say; NULL: they do not */
	const char *decoder, *timeline; /* "evtxhound"|"libevtx", "all"|"findings"|"none" */
	const char *witness_mode; /* "none", "evidence", "all" */
	bool verified;             /* both decoders read everything */
	bool hashed;
	uint64_t start, end;       /* FILETIME of the run: only the manifest shows them */
	uint64_t not_witnessed;    /* records of findings that the other decoder was not asked for */
	uint64_t dropped_pendings, worker_deaths, findings_hidden; /* by --level, --from, --to */
	const uint64_t *overruns; /* by rule: records on which a regular expression was given up; NULL: none */
	struct view *apart;      /* which hosts of one name are kept apart, and why: sentences */
	size_t n_apart;
	bool apart_cut;          /* not all collections of one name could be compared */
	struct sighting_counts sightings;
	const struct installers *installers; /* NULL: not asked */
	const struct near_misses *near; /* NULL, or not `asked` */
	struct coverage *coverage; /* closed; NULL: not judged */
	int exit_code;
	struct part_version *versions; /* tool first */
	size_t n_versions;
	const char *build;         /* compiler and flags, or "" */
	bool records;              /* --export-records */
	unsigned profiles;         /* PROFILE_BIT()s */
	const struct signing_key *key; /* that signs the manifest; NULL: none */
};

/* A sentence without its full stop; only where not_live is not 0. */
void sightings_text(struct buf *b, const struct sighting_counts *n);

/* A kind of sign in all sources. */
struct sign_total {
	uint64_t n, sources;
};
struct sign_total sign_total(const struct run *run, enum sign_kind k);

/* ---- sources as rows: `list`, and the list of what was copied out (docs/list.md) ---- */

/* "log", "container" ...; static. */
const char *source_kind_name(const struct source *s);
/* FILETIME: 0 modified, 1 accessed, 2 changed, 3 born; of a file in a folder the first and third; else
   not known: 0. */
uint64_t source_time(const struct source *s, unsigned which);
/* Why it was not read, or not wholly: empty, or a sentence or some, separated by "; ". */
void source_why(struct buf *b, const struct source_result *r);
/* The same, a sentence at a time; *at starts zeroed. false: there is none any more. */
struct why {
	bool begun;
	size_t i;
	uint64_t told;
};
bool source_why_next(struct buf *b, const struct source_result *r, struct why *at);
/* `named`: with the column of our own name in front. */
void sources_csv_header(struct buf *b, bool named);
/* A row; `name` NULL: without that column. Resets the arena. */
void source_csv(struct buf *b, struct arena *a, const struct run *run,
		const struct source_result *r, const char *name);
/* A line. */
void source_jsonl(struct buf *b, const struct run *run, const struct source_result *r);

/* ---- the timeline: rows come in any order, go out sorted, on disk when many ---- */

struct timeline;
struct timeline *timeline_new(int dirfd, struct err *e);
/* Takes what it needs of the event. */
int timeline_add(struct timeline *t, const struct event *ev, const struct activity *act,
		 const struct place *p, struct err *e);
void timeline_free(struct timeline *t);

/* Files for the readers of others. */
enum output_profile { PROFILE_TIMESKETCH, PROFILE_EXPLORER, PROFILE_ECS, PROFILES };
#define PROFILE_BIT(p) (1u << (p))
const char *profile_name(enum output_profile p); /* "timesketch" ...; static */
#define RECORDS_FOLDER "records"
#define SUMMARY_SCHEMA "evtxhound-summary/1"

/* ---- a manifest that was written once ---- */

/* Of its bytes, the 64 of an Ed25519 signature. */
#define MANIFEST_SIGNATURE "manifest.sig"

#define MANIFEST_SCHEMA "evtxhound-manifest/1"
struct manifest_file {
	struct view path;   /* bytes; of an output its name in the folder */
	uint64_t size;
	bool hashed, inside; /* of a source: it lies in an image or archive */
	uint8_t sha256[32];
	struct view state;  /* of a source: "read" ... */
};
struct manifest_files {
	struct manifest_file *v;
	size_t n;
};
struct manifest {
	struct arena arena;  /* holds all of it */
	struct view schema, version, directory;
	struct view *arguments; /* of hunt, but for those on which no output rests */
	size_t n_arguments;
	int exit_code;
	struct manifest_files outputs, rules, sources;
};
/* Does not borrow the text. ERR_SYNTAX: no manifest of ours. Release whatever the result. */
int manifest_read(struct view text, struct manifest *m, struct err *e);
void manifest_release(struct manifest *m);

/* Writes everything but what `t` NULL leaves out. 0, or -1 with `e`: what was complete stays. */
int report_write(const struct run *run, struct timeline *t, struct err *e);

/* A container, itself a file, whose bytes as such nobody hashed. */
bool source_is_unhashed(const struct source *s);

#endif
