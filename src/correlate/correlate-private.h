/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_CORRELATE_PRIVATE_H
#define EVTXHOUND_CORRELATE_PRIVATE_H
/* Shared by the files of correlate only. -1 means that memory ran out, or what `e` says. */
#include "evtxhound/correlate.h"

#define SECOND 10000000u /* in FILETIME's units */

/* ---- nearby.c: the facts of one key that lie near in time to what is asked ---- */

/* A fact that is kept, and the same record in other places. */
struct held {
	struct held *copies; /* best place first */
	struct fact fact;    /* its texts stand in `bytes` */
	uint8_t bytes[];
};

/*
 * Holds, of all facts given, those that are among the `each_side` nearest before (or at) or after
 * one of the times asked for: so memory grows with the questions, not with the facts. Which ones
 * are left does not depend on the order in which they came.
 */
struct nearby {
	uint64_t *asked;
	size_t n_asked, cap_asked, n_settled;
	struct held **held; /* after nearby_settle(): by time, record id, identity */
	size_t n, cap;
	size_t each_side;
	bool cut; /* some were given that are not held */
};

int nearby_ask(struct nearby *nb, uint64_t time);
/* Puts the questions in order; true when there are new ones since the last time. */
bool nearby_questions(struct nearby *nb);
int nearby_take(struct nearby *nb, const struct fact *f);
void nearby_settle(struct nearby *nb); /* in order, each record once, the far ones gone */
void nearby_empty(struct nearby *nb);
void nearby_release(struct nearby *nb);
/* How many held facts are at or before `time`. */
size_t nearby_upto(const struct nearby *nb, uint64_t time);
int place_cmp(const struct place *a, const struct place *b); /* the better one is less */

/* ---- wanted.c: the keys whose facts are wanted ---- */

enum key_kind {
	KEY_GUID,       /* process GUID of a host */
	KEY_PID,        /* PID of a host */
	KEY_LOGON,      /* logon id of a host */
	KEY_BOOT,       /* the boots of a host */
	KEY_GUID_CHILD, /* processes whose parent has that GUID */
	KEY_PID_CHILD,  /* processes whose parent has that PID, where no parent GUID is given */
	KEY_FILTERED,   /* 5156 of a PID and connection_text() of a host */
};
enum { OF_START, OF_END, OF_LOAD, OF_CARRIER, OF_COUNT };

struct life;
struct entry {
	enum key_kind kind;
	bool open;  /* takes facts in the next scan */
	bool whole; /* KEY_GUID: its process matters, it is not only kept apart from others */
	uint32_t host;
	uint64_t number; /* PID, logon id */
	struct guid guid;
	/* OF_START: starts, sign-ons, boots, children or 5156; OF_CARRIER: what else names the GUID. */
	struct nearby of[OF_COUNT];
	struct life *lives; /* KEY_PID: in order of start */
	size_t n_lives;
	uint64_t *boots; /* KEY_BOOT: when the host was booted, in order */
	size_t n_boots;
	struct life *bound; /* KEY_GUID without a start record: the process it names, or NULL */
};
struct wanted {
	struct strtab hosts, keys;
	struct entry **entries; /* by the key's number */
	size_t n, cap;
};

void wanted_init(struct wanted *w);
void wanted_release(struct wanted *w);
/* The entry, made when missing. NULL: no memory. */
struct entry *wanted_guid(struct wanted *w, enum key_kind kind, uint32_t host,
			  const struct guid *g);
struct entry *wanted_number(struct wanted *w, enum key_kind kind, uint32_t host, uint64_t number);
/* NULL: not wanted. */
struct entry *wanted_find_guid(const struct wanted *w, enum key_kind kind, uint32_t host,
			       const struct guid *g);
struct entry *wanted_find_number(const struct wanted *w, enum key_kind kind, uint32_t host,
				 uint64_t number);
/* KEY_FILTERED. */
struct entry *wanted_filtered(struct wanted *w, uint32_t host, uint64_t pid, struct view connection);
struct entry *wanted_find_filtered(const struct wanted *w, uint32_t host, uint64_t pid,
				   struct view connection);
/* The keys of what is open, as clues have them, into a map. -1: no memory. */
int wanted_clues(const struct wanted *w, struct map *keys);
size_t wanted_open(struct wanted *w); /* opens the entries with new questions; how many */
int wanted_fact(struct wanted *w, const struct fact *f); /* for the open entries */
void wanted_close(struct wanted *w);                     /* settles them */

/* ---- life.c: who held a PID from when to when ---- */

/* A process as one of its start records tells it. */
struct life {
	uint32_t host;
	uint64_t pid;
	const struct held *sysmon, *security; /* its start records; one may be NULL */
	const struct held *ended;             /* its end record, or NULL */
	uint64_t start, occurred; /* first TimeCreated, first UtcTime of the start records */
	uint64_t end;             /* the PID is another's, or nobody's, from here on */
	struct guid guid;         /* of the Sysmon record, or bound; null: none */
};

/* Last parts, letter case ignored; true when one is "". */
bool same_image_name(struct view a, struct view b);
/* partner[i]: the other log's record of the same start, or SIZE_MAX. `v` in order of time. */
int pair_starts(struct held *const *v, size_t n, size_t *partner);
int boots_build(struct entry *boots, struct arena *a);
/* Needs the boots. */
int lives_build(const struct wanted *w, struct entry *pid, struct arena *a);
size_t lives_upto(const struct entry *pid, uint64_t time); /* how many began at or before `time` */
/* The last boot at or before `time`; 0: none is known. */
uint64_t boot_before(const struct wanted *w, uint32_t host, uint64_t time);
/* Who held the PID at that time, on the clock of the logs, else on that of the processes. `image`
   may be "". NULL: nobody is known. */
struct life *life_at(const struct wanted *w, uint32_t host, uint64_t pid, uint64_t time,
		     uint64_t utc, struct view image);
/* Whose start record it is. */
struct life *life_of_start(const struct wanted *w, uint32_t host, const struct fact *f);
struct life *life_of_guid(const struct wanted *w, uint32_t host, const struct guid *g);
const struct held *life_record(const struct life *l); /* the Sysmon one when there is one */

/* ---- kept events ---- */

struct kept {
	struct event event;
	struct activity act;
	struct fact self;   /* what it tells of identities */
	bool has_self;
	uint32_t host, channel; /* numbers of correlate's tables */
	uint32_t index;         /* in the run's order */
	uint64_t identity;
	struct place *places; /* best first */
	size_t n_places;
	struct hit *hits;
	bool *matched;        /* per hit: as published, everything derived */
	size_t n_hits;
	struct derived derived;
	const struct held *logon, *load; /* what the derivation rests on */
	struct life *life;               /* of its process, where known */
	const struct held *twin;         /* the other log's record of the same start */
	struct kept *twin_kept;
	struct view connection;          /* connection_text(); .p NULL: not asked yet */
	const struct held *filtered;     /* Security's record of the same connection */
	struct kept *told_by;            /* of such a record: Sysmon's */
};

struct correlate {
	const struct ruleset *rules;
	struct matcher *matcher;
	struct arena arena, round, scratch; /* for ever, of one resolution, of one evaluation */
	struct strtab channels, known;      /* known: keys of the kept events */
	struct kept **kept;      /* in the run's order */
	struct kept **by_number; /* as `known` numbers them */
	size_t n_kept, cap_kept;
	struct wanted wanted;
	struct finding *findings;
	size_t n_findings;
	uint64_t dropped;
	uint64_t *overruns; /* by rule; NULL: none */
};

struct kept *kept_find(const struct correlate *c, uint32_t host, struct view channel,
		       uint64_t record_id, uint64_t time, uint64_t identity);
/* By time, host, channel, record id, values. */
int kept_cmp(const struct kept *a, const struct kept *b);

/* ---- filtered.c: Security's 5156 of a connection that Sysmon tells of ---- */

int filtered_ask(struct correlate *c, struct kept *k);
int filtered_pair(struct correlate *c);

/* ---- bind.c, identity.c, who.c ---- */

/* Gives GUIDs that no start record bears to the processes that only Security knows. */
int bind_orphans(struct correlate *c);
int identity_run(struct correlate *c, const struct fact_reader *facts, struct err *e);
/* Scans until nothing new is wanted, at most `rounds` times; ask() says what is wanted. */
int identity_scan(struct correlate *c, const struct fact_reader *facts, unsigned rounds,
		  int (*ask)(struct correlate *c, void *ctx), void *ctx, struct err *e);
/* Wants all about a process that bears the GUID, or held the PID at either time. */
int want_process(struct correlate *c, uint32_t host, const struct guid *g, bool has_pid,
		 uint64_t pid, uint64_t time, uint64_t utc);
struct life *parent_life(const struct wanted *w, const struct life *l);
struct view life_entity(struct correlate *c, const struct life *l); /* .p NULL: no memory */
int who_ask(struct correlate *c, struct kept *k);    /* wants what the user may rest on */
void who_derive(struct correlate *c, struct kept *k);

/* ---- rules.c, steps.c, sequence.c, temporal.c, sample.c, count.c, chain.c: what the rules find ---- */

struct stage_event {
	uint32_t stage; /* from 0 */
	struct kept *kept;
	struct hit why; /* the stage whose condition it fulfils: its own, or that of a rule within */
};
struct found {
	uint32_t rule;
	enum clock clock;
	struct stage_event *members; /* in order of stage, then kept_cmp() */
	size_t n;
	struct kept *last;      /* the record that completed it */
	bool measured;
	double value;           /* of a count */
	struct view other_clock;
};
struct founds {
	struct found *v;
	size_t n, cap;
};
/* One event in one rule: the stages that it fulfils and its key in each. What joins nothing is left out. */
struct step_part {
	uint32_t stage; /* n_stages of the rule: its until */
	uint32_t key;
};
struct step {
	struct kept *kept;
	const struct step_part *parts; /* by stage */
	size_t n;
};
struct steps {
	struct step *v;
	size_t n;
	struct step_part *parts; /* of all steps */
};
/* A stage that an event fulfils, as published. */
struct match {
	struct hit hit;
	struct kept *kept;
};

int founds_add(struct founds *f, const struct found *one);
void founds_release(struct founds *f);
/* Times of the clock; CLOCK_BOTH is none. */
uint64_t kept_time(const struct kept *k, enum clock c);
/* Of one rule's matches, those of one event together. */
int steps_make(struct correlate *c, const struct match *v, size_t n, struct steps *out);
void steps_release(struct steps *s);
/* Whether the events of two stages have one key. -1: no memory. */
int kept_same_key(struct correlate *c, const struct kept *a, const struct stage *of_a,
		  const struct kept *b, const struct stage *of_b);
void steps_order(struct steps *s, enum clock c); /* in place; ties stay for sequence_run() */
int sequence_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
		 struct founds *out);
int temporal_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
		 struct founds *out);
int count_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
	      struct founds *out);
bool bounds_hold(const struct rule *r, double v);
/* Of the rule's own stage. */
struct stage_event stage_event_of(uint32_t rule, uint32_t stage, struct kept *k);
/* By stage, then kept_cmp(). */
int stage_event_cmp(const void *x, const void *y);
int sample_run(struct correlate *c, uint32_t rule, struct steps *s, struct founds *out);
/* An event in one stage under its key, for rules that look at all events of a key. */
struct keyed {
	uint32_t key, stage;
	size_t at; /* place in the order of the clock */
	struct kept *kept;
};
/* Of `s` as it is ordered, by key, place, stage. -1: no memory; else to be freed. */
int keyed_make(const struct steps *s, struct keyed **out, size_t *n);
size_t keyed_end(const struct keyed *v, size_t n, size_t from); /* of the key at `from` */
/* One list of what either clock found; see docs/detections.md, "When". */
int clocks_merge(struct correlate *c, struct founds *logged, const struct founds *occurred,
		 struct founds *out);
int rules_run(struct correlate *c, struct founds *out, struct err *e);
/* A rule on the matches of its stages, in the run's order. */
int rule_find(struct correlate *c, uint32_t rule, const struct match *v, size_t n,
	      struct founds *out);
int match_cmp(const void *x, const void *y);
/* Rules on findings of other rules, now that `out` has what rules on records found; takes the
   findings of quiet rules out. `v`: the matches of all rules. */
int chains_run(struct correlate *c, const struct match *v, size_t n, struct founds *out);

/* ---- finding.c, evidence.c, tree.c ---- */

int finding_make(struct correlate *c, const struct found *f, struct finding *out);
struct place place_of_fact(const struct fact *f);
int evidence_make(struct correlate *c, const struct found *f, struct finding *out);
int trees_make(struct correlate *c, struct founds *founds, const struct fact_reader *facts,
	       struct err *e);

int nomem(struct err *e); /* -1 */

#endif
