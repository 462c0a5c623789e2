/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_HUNT_PRIVATE_H
#define EVTXHOUND_HUNT_PRIVATE_H
/* The parent's side of a run: what is still to be read, and what reading amounted to so far. */
#include "pipeline-private.h"

/* Room for `n` items of `size` bytes in an array that grows; what is new is not set. */
int room(void **v, size_t *cap, size_t n, size_t size, struct err *e);

/* ---- ledger: what workers told, by source ---- */

struct id_run {
	struct sign_run run;
	uint64_t chunk;
	bool bad_checksum; /* of the chunk, over its records */
};
/* A chunk without signature and without records: unused, or lost, as its neighbours tell. */
struct loose_chunk {
	uint64_t offset;
	bool zero;
};
struct entry {
	struct loose_chunk *loose;
	size_t n_loose, cap_loose;
	struct span times;
	uint64_t used_end; /* offset behind the last chunk that has a signature or records */
	struct id_run *runs; /* in the order they came */
	size_t n_runs, cap_runs;
	struct sign *signs[SIGN_KINDS]; /* in the ledger's arena; NULL: none */
	uint64_t asked, differs, unwritten, least, greatest; /* as of struct chunk_edge */
	struct damage *damage;
	size_t n_damage, cap_damage;
	size_t cap_differences;       /* of the source's verification */
	struct chunk_summary *chunks; /* only when kept for `info` */
	size_t n_chunks, cap_chunks;
};
struct tally_row {
	uint32_t source;
	uint32_t computer, channel, provider; /* in ledger->texts */
	uint16_t event_id;
	uint64_t n;
	struct span times;
};
struct ledger {
	struct arena arena;
	struct strtab texts, kinds;
	struct source_result *results; /* one per source */
	struct entry *entries;
	size_t n;
	struct tally_row *rows;
	size_t n_rows, cap_rows;
	struct map row_of;
	struct host_count *hosts;
	size_t n_hosts;
	bool keep_chunks;
};
int ledger_init(struct ledger *l, const struct source_list *sources, bool keep_chunks, struct err *e);
void ledger_release(struct ledger *l);
int ledger_header(struct ledger *l, uint32_t source, const struct header_frame *h);
int ledger_chunk(struct ledger *l, uint32_t source, const struct chunk_summary *s,
		 const struct chunk_counts *n, struct err *e);
/* No chunk is in a source that was searched for some: what was told of it is nothing to tell. */
void ledger_no_log(struct ledger *l, struct source *s);
/* Bytes that no worker could tell of. */
void ledger_unread(struct ledger *l, uint32_t source, uint64_t bytes);
int ledger_tally(struct ledger *l, uint32_t source, const struct tally *t, struct err *e);
int ledger_damage(struct ledger *l, uint32_t source, const struct damage *d, struct err *e);
/* Nothing more is read of the source: tells when it is another than at the start. */
void ledger_recheck(struct ledger *l, struct source *s);
/* Takes what lies on the edges of a chunk. */
int ledger_edge(struct ledger *l, uint32_t source, const struct chunk_summary *c,
		const struct chunk_edge *edge, struct err *e);
int ledger_sign(struct ledger *l, uint32_t source, const struct sign *s, struct err *e);
/* Once, when the source's chunks are all there: what lies between them, and the list of all. Fills
   first_id, last_id, id_gaps too. */
int ledger_close_signs(struct ledger *l, uint32_t source, struct err *e);
/* Sorts everything and works out gaps, counts and hosts; once, when nothing is read any more. */
int ledger_close(struct ledger *l, struct err *e);

/* ---- schedule: which units there are ---- */

struct open_source {
	struct source_bytes bytes; /* fd -1: not open */
	uint64_t pending; /* units given and not answered */
	bool all_given, hash_given, layout_given;
	bool known;      /* was read before: nothing more is given */
	bool laid_out;   /* `runs` are known */
	bool irregular;  /* chunks are where they should not be, or may be */
	struct evtx_run *runs;
	size_t n_runs;
};
struct schedule {
	struct source_list *sources;
	struct open_source *open;
	bool hash;
	enum unit_kind kind; /* of the units that decode */
	uint64_t unit_chunks; /* of one unit at most */
	size_t source;      /* the one being given */
	size_t run;         /* its next chunk's run, */
	uint64_t chunk;     /* and number in it */
	bool started;       /* its descriptor is open, its hash unit given */
	struct unit *retries;
	size_t n_retries, cap_retries;
	uint64_t bytes_done, files_done, bytes_total, files_total;
};
int schedule_init(struct schedule *s, struct source_list *sources, bool hash, struct err *e);
void schedule_release(struct schedule *s);
/* Units of the scan; >0: none, or none yet. `l` hears of sources that cannot be opened. */
int schedule_next(struct schedule *s, struct ledger *l, struct unit *u, int *fd, struct err *e);
/* Says where the unit finds its source's bytes; the descriptor stays the schedule's. */
int schedule_hand(const struct schedule *s, struct unit *u);
/* Closes and frees what source_bytes() gave. */
void bytes_close(struct source_bytes *b);
/* Bytes of the source that the unit's answer accounts for; 0 of one that only hashes or looks. */
uint64_t unit_bytes(const struct unit *u);
/* All answers of the source are there, from before. */
void schedule_known(struct schedule *s, struct ledger *l, uint32_t source);
/* An answer has come, or the loss is final: closes and rechecks the source after its last unit. */
void schedule_done(struct schedule *s, struct ledger *l, const struct unit *u);
/* Where the chunks of the unit's source are. */
int schedule_layout(struct schedule *s, const struct unit *u, const struct evtx_layout *l,
		    struct err *e);
/* Gives the lost unit's chunks again, one by one. */
int schedule_retry(struct schedule *s, const struct unit *u, struct err *e);

/* ---- the run ---- */

#define SPOOL_STEP (256u << 10) /* bytes written and read at once */
struct spool {
	int fd;
	struct buf out;
	uint64_t size;
	uint8_t *in; /* reading */
	uint64_t in_off;
	size_t in_len, in_pos;
	struct buf item;
};
int spool_init(struct spool *s, int dirfd, struct err *e);
void spool_release(struct spool *s);
int spool_add(struct spool *s, struct view v, struct err *e);
int spool_flush(struct spool *s, struct err *e);
struct fact_reader spool_reader(struct spool *s);
/* From the start again; then n bytes at a time: <0 error, >0 at its end. */
int spool_rewind(struct spool *s, struct err *e);
int spool_take(struct spool *s, uint8_t *out, size_t n, struct err *e);
/* What spool_add() was given, borrowed until the next call. <0 error, >0 at its end. */
int spool_next(struct spool *s, struct view *out, struct err *e);

/* ---- clues: what may be asked for, on disk, and the facts that were ---- */

struct clues {
	struct hunt *h;
	struct spool spool;  /* clues, in the order they came */
	struct spool *facts; /* what has been asked for so far, and what came whole */
	uint8_t *asked;      /* a bit for each clue whose fact has been asked for */
	size_t cap_asked;
	uint64_t n;
	struct fact_reader reader; /* of `facts` */
};
int clues_init(struct clues *c, struct hunt *h, struct spool *facts, struct err *e);
void clues_release(struct clues *c);
int clues_add(struct clues *c, const struct clue *clue, struct err *e);
struct fact_reader clues_reader(struct clues *c);

/* ---- collections: several machines of one name ---- */

struct collection_mark {
	uint32_t collection;
	struct host_mark mark;
};
struct collections {
	struct arena arena;
	struct strtab names; /* paths of archives, images, folders */
	uint32_t n;
	uint32_t *of;        /* by source; STRTAB_NONE: no log */
	struct collection_mark *marks; /* by collection */
	size_t n_marks, cap_marks;
	struct host_mark *plain; /* the same */
	struct view *why;        /* sentences */
	size_t n_why, cap_why;
	bool begun, cut;         /* cut: there were more to compare than the bound lets */
};
/* Before the scan. Always to be released. */
int collections_find(struct collections *c, struct hunt *h, const volatile sig_atomic_t *stop,
		     struct err *e);
/* Tells the unit which computers of its source are shown with a mark. */
void collections_hand(const struct collections *c, struct unit *u);
void collections_release(struct collections *c);

/* ---- sightings: which records are seen in which sources, on disk ---- */

struct sighting_heap {
	struct spool spool;
	uint64_t n;
};
struct sightings {
	struct hunt *h;
	int dirfd;
	bool on;                 /* else nothing is counted, and nothing costs */
	struct sighting_heap all;
	uint64_t most;           /* sightings in memory; 0: the usual bound */
	struct sighting_counts counts;
};
/* True when some log is not live. */
bool sightings_asked(const struct source_list *l);
int sightings_init(struct sightings *s, struct hunt *h, int dirfd, struct err *e);
void sightings_release(struct sightings *s);
int sightings_add(struct sightings *s, const struct sighting *one, struct err *e);
/* Once, when all have been added: `counts`, and `only_here` of the ledger's sources. */
int sightings_count(struct sightings *s, struct err *e);
/* Sets only_in. */
void sightings_mark(const struct hunt *h, struct finding *f);

/* ---- candidates: events of rules with several stages, until all have been seen ---- */

struct candidates {
	struct hunt *h;
	struct spool spool;
	struct map stages; /* rule, key and span of time to the bits of the stages that saw it */
	struct buf frame;  /* of the event being added */
};
int candidates_init(struct candidates *c, struct hunt *h, struct err *e);
void candidates_release(struct candidates *c);
/* True when all rules that the event is for can wait. */
bool candidates_want(const struct candidates *c, const struct event_frame *f);
/* Of every event that rules with several stages may want: it may be the partner of one that waits. */
int candidates_note(struct candidates *c, const struct event_frame *f, struct err *e);
int candidates_add(struct candidates *c, const struct event_frame *f, struct err *e);
/* Gives correlate those that have another stage of their rule near. */
int candidates_load(struct candidates *c, struct err *e);

/* ---- singles: events of rules on single events, until all have been seen ---- */

/* Of one rule: a heap of the earliest times, as many as its share. */
struct earliest {
	uint64_t *times;
	size_t n, cap;
	size_t at_last; /* that are the latest of them, and have not been met yet */
};
struct singles {
	struct hunt *h;
	struct sorter *sorter;
	struct spool spool;    /* in order, once there are too many */
	uint64_t n, most;      /* most: looked into; LIMIT_WHOLE */
	uint64_t *n_of, share; /* by rule, and of each */
	struct earliest *earliest;
	struct buf key, frame;
};
int singles_init(struct singles *s, struct hunt *h, struct err *e);
void singles_release(struct singles *s);
int singles_add(struct singles *s, const struct event_frame *f, struct err *e);
/* Once: gives the run's correlation those that are looked into, and shows what the others find. */
int singles_run(struct singles *s, struct err *e);
/* Of `most`, so much for each that as many as can have all of theirs. -1: no memory. */
int even_share(const uint64_t *n, size_t n_rules, uint64_t most, uint64_t *share);

/* ---- near: records on which a rule on single events fails by one condition ---- */

struct near_item {
	uint64_t time, record_id, who; /* who: hash of host, channel and values */
	struct place place;
	uint64_t at; /* number in the spool */
};
struct near_rule {
	struct near_item v[LIMIT_NEAR_MISSES]; /* the earliest, in order */
	size_t n;
	uint64_t all; /* that were met */
};
struct near {
	struct spool spool;
	uint64_t n; /* events in it */
	struct near_rule *rules; /* NULL: not asked */
	struct buf frame;
	struct arena arena; /* of what is told */
	struct near_misses told;
};
int near_init(struct near *s, struct hunt *h, struct err *e);
void near_release(struct near *s);
int near_add(struct hunt *h, const struct event_frame *f, struct err *e);
void near_count(struct hunt *h, uint32_t rule, uint32_t n);
/* Once, when all have been added. */
int near_run(struct hunt *h, struct err *e);

/* ---- findings: on disk, in the report's order once all are there ---- */

struct findings {
	const struct ruleset *rules;
	struct sorter *sorter;
	struct spool spool;
	uint64_t *n; /* by rule */
	struct buf key, payload;
	struct arena arena; /* of the one that was given last */
	struct finding given;
	char last_id[FINDING_ID];
	bool any;
};
int findings_init(struct findings *f, struct hunt *h, struct err *e);
void findings_release(struct findings *f);
int findings_add(struct findings *f, const struct finding *one, struct err *e);
/* Once, when all have been added: puts them in order and through the pipes of their rules. */
int findings_settle(struct findings *f, struct err *e);
struct finding_reader findings_reader(struct findings *f);
void finding_write(struct buf *b, const struct finding *f);
int finding_read(struct view bytes, const struct ruleset *rules, struct arena *a,
		 struct finding *out, struct err *e);

/* ---- fetch-list: records to read again ---- */

struct fetch_at {
	uint32_t source;
	uint64_t chunk;
};
struct fetch_list {
	struct hunt *h;
	enum unit_kind kind;
	struct fetch_at *at;   /* by source and chunk */
	struct wanted *wanted; /* of the same; its slot is its index */
	size_t n, cap_at, cap_wanted;
	size_t given;          /* of those, in units given so far */
	struct unit *retries;
	size_t n_retries, cap_retries;
	struct source_bytes bytes; /* of the source being given */
	uint32_t bytes_of;
};
void fetch_list_init(struct fetch_list *l, struct hunt *h, enum unit_kind kind);
void fetch_list_release(struct fetch_list *l);
/* In order of source and chunk. */
int fetch_list_add(struct fetch_list *l, const struct fetch_at *at, uint64_t offset, bool witness,
		   struct err *e);
int fetch_list_next(struct fetch_list *l, struct unit *u, int *fd); /* 0 a unit, whose *fd may be -1; >0 none */
/* The record of that slot, of a unit that was lost, in a unit of its own. */
int fetch_list_again(struct fetch_list *l, const struct unit *u, uint32_t slot, struct err *e);

/* ---- journal: what workers answered, for a run that goes on where another one was killed ---- */

struct journal {
	bool on;
	int fd;         /* not ours */
	uint64_t end;
	uint32_t run;   /* which of those that wrote it */
	bool *lossy;    /* by source: something of it was lost, so it is to be read again */
	struct buf body;
	struct arena arena;
	uint8_t *in;
};
/* Takes up what was read before, when it was of the same evidence. Before the scan. */
int journal_begin(struct journal *j, struct hunt *h, struct err *e);
void journal_release(struct journal *j);
int journal_answer(struct journal *j, const struct unit *u, struct view reply, struct err *e);
void journal_lossy(struct journal *j, uint32_t source);
/* The source has been read, to its end. */
int journal_read(struct journal *j, const struct source *s, struct err *e);

/* ---- expand: containers among the evidence ---- */

/* Something told of a container before there is a ledger. */
struct told {
	const struct source_contents *whose;
	struct damage damage;
	uint64_t next; /* of the same, once all are linked; 0: none, else its index + 1 */
};
struct expand {
	struct hunt *h;
	const struct evidence_options *opt;
	struct open_options archive; /* opt->open, and the hash that is taken of archives in any case */
	struct asking *slots; /* as many as processes */
	unsigned n_slots;
	size_t next;          /* the first source that was not looked at */
	uint32_t *retries;
	size_t n_retries;
	struct told *told;
	size_t n_told, cap_told;
	struct map paths;     /* that are in use, by container */
	struct strtab kinds;  /* of damage, with their NULs */
	/* While an answer is taken: */
	uint32_t source, spool;
	bool found, bad;
	struct err *e;
};
struct start_options;
/* Opens what can be opened; the list of sources grows. Always to be released. */
int expand_run(struct expand *x, struct hunt *h, const struct start_options *o, unsigned jobs,
	       struct err *e);
/* Gives the ledger what was told. */
int expand_close(struct expand *x, struct err *e);
void expand_release(struct expand *x);

struct hunt {
	const struct hunt_options *opt;
	struct worker_setup setup;
	struct matcher *matcher;
	struct pool *pool;
	struct ledger ledger;
	struct schedule schedule;
	struct spool spool; /* of facts */
	struct clues clues;
	struct candidates waiting;
	struct sightings sightings;
	struct collections collections;
	struct correlate *correlate;
	struct installers installers;
	struct coverage *coverage; /* NULL where there are no rules */
	struct timeline *timeline;
	struct source_list *sources;
	struct journal journal;
	const struct unit *unit; /* whose answer is being read */
	struct arena row;        /* what one record needs while it is taken in */
	uint64_t deaths; /* of workers and openers */
	uint64_t rehashed;       /* sources whose hash was the same at the end */
	uint64_t candidates;     /* events that some rule may want, for progress */
	struct singles singles;
	struct near near;
	struct findings findings; /* the ones shown */
	struct findings suppressed; /* by an exception */
	struct findings_about about, apart_about;
	uint64_t n_hidden, dropped, not_witnessed;
	uint64_t *overruns; /* by rule */
	struct map lost_records; /* that were told to be gone */
	void (*progress)(void *ctx, const struct progress *p);
	void *progress_ctx;
};
/* What the coverage is made of; closing comes after ledger_close(). */
int observe_tally(struct hunt *h, uint32_t source, const struct tally *t, struct err *e);
int observe_close(struct hunt *h, struct err *e);
bool installers_asked(const struct ruleset *rules);
/* Keeps it if it is a start of msiexec and they are asked for. */
int installers_add(struct hunt *h, const struct event *ev, struct err *e);
void installers_close(struct installers *l);
void installers_release(struct installers *l);
/* Adds it to the findings, or to those for which there is an exception. */
int hunt_suppress(struct hunt *h, struct finding *f, struct err *e);
/* Of a place in the source, which is one of the list's. */
uint8_t hunt_rank(const struct hunt *h, uint32_t source);
/* How a run begins. */
struct start_options {
	const struct evidence_options *evidence;
	unsigned jobs;
	bool hash, keep_chunks;
	bool sightings; /* where there are sources that are not live */
	const volatile sig_atomic_t *stop;
};
/* One that has read nothing yet; NULL: no memory. */
struct hunt *hunt_new(struct source_list *sources, struct err *e);
/* Opens containers among h->sources; then the ledger of what there is. */
int hunt_open(struct hunt *h, const struct start_options *o, struct err *e);
/* The same, then schedule and workers, by h->setup. */
int hunt_start(struct hunt *h, const struct start_options *o, struct err *e);
/* What a run amounts to; after ledger_close(). */
void hunt_fill(struct hunt *h, struct run *run);
/* A pool client's answer(): takes in what a worker told. */
int scan_answer(void *ctx, const struct unit *u, struct view reply, struct err *e);
/* The same of an answer that came before, when the source was read by another run. */
int scan_again(struct hunt *h, const struct unit *u, struct view reply, struct err *e);
/* Every record by both decoders; fills in the sources' verification. */
int hunt_verify(struct hunt *h, const volatile sig_atomic_t *stop, struct err *e);
/* Every source that was hashed once more. */
int hunt_rehash(struct hunt *h, const volatile sig_atomic_t *stop, struct err *e);
void tell_progress(const struct hunt *h, const struct schedule *s, const char *path);
/* A unit that is lost for good. */
int scan_loss(struct hunt *h, const struct unit *u, const char *why, struct err *e);
int hunt_scan(struct hunt *h, const volatile sig_atomic_t *stop, struct err *e);
/* Findings whose records are read again: events, digests, witness. */
struct refetched {
	struct finding *v;
	size_t n;
	uint64_t *witness;  /* by rule, how many more records the other decoder reads; NULL: none */
	struct arena arena; /* of what was read */
};
int hunt_refetch(struct hunt *h, struct refetched *what, struct err *e);
/* What the correlation found goes to the findings. LATE: only to decide whether its rules hold. */
enum depth { DEPTH_BRIEF, DEPTH_LATE, DEPTH_WHOLE };
int hunt_show(struct hunt *h, struct correlate *c, enum depth depth, struct err *e);
int hunt_row(struct hunt *h, const struct event *ev, const struct place *place, struct err *e);

#endif
