/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_CORRELATE_H
#define EVTXHOUND_CORRELATE_H
/*
 * Puts kept events together across logs of one host: process identity and lifetimes, derived users,
 * sequences on two clocks, joins, evidence and its roles. docs/detections.md says what it all
 * means; this follows it sentence by sentence. Reads no evidence: it works on kept events and on
 * facts.
 * Results do not depend on the order in which events and facts are given.
 */
#include "evtxhound/event.h"
#include "evtxhound/match.h"
#include "evtxhound/rule.h"

/* Where a record lies; enough to read it again. */
struct place {
	uint32_t source;
	uint64_t offset; /* bytes in the source */
	uint32_t size;
	uint64_t chunk;
	enum record_state state;
	bool recovered, bad_checksum;
	uint8_t rank;    /* of the source: the less, the better a place; given by the caller */
};

/*
 * The facts of the run, in any order, as often as asked. next: 0 a fact (borrowed until the next
 * call), >0 end, <0 error. `prepare` (may be NULL) comes before each rewind: only facts of a clue
 * one of whose keys is in the map need be given then, and those asked for before.
 */
struct fact_reader {
	int (*prepare)(void *ctx, const struct map *keys, struct err *e);
	int (*rewind)(void *ctx, struct err *e);
	int (*next)(void *ctx, struct fact *f, struct err *e);
	void *ctx;
};

enum role { ROLE_STAGE, ROLE_CORROBORATING, ROLE_SUPPORTING };
const char *role_name(enum role r);

struct evidence {
	enum role role;
	uint32_t stage;     /* from 1; of the stage that it corroborates or supports */
	struct place place;
	uint64_t identity;  /* event_identity() */
	/* Known from the fact, or of the event when it was kept: */
	uint64_t time, utc; /* FILETIME */
	uint64_t record_id;
	struct view user_sid; /* of the record's process, derived; "" unknown; of a class its prefix */
	bool user_sid_is_class;
	const char *user_sid_from;
	const struct event *event; /* of kept events; of others once they have been read again */
	/* Filled in by the pipeline when the record has been read again. */
	struct record_proof *proof;
};
/* What reading it again gave. */
struct record_proof {
	uint8_t record_sha256[32], chunk_sha256[32];
	bool known;         /* false: it could not be read again */
	uint64_t chunk_at;  /* where in the source the chunk's bytes begin, */
	uint32_t chunk_lead, chunk_size; /* how many it lacks before them (they are zeros), and all */
	struct view witness; /* "agree", "differ: ...", "libevtx cannot read it", "not asked" */
};

enum clock { CLOCK_LOGGED, CLOCK_OCCURRED, CLOCK_BOTH };
const char *clock_name(enum clock c); /* "logged", "occurred", "both" */

/* A process around a finding. */
struct tree_node {
	int32_t parent;      /* index in the finding's tree; -1: a root */
	struct place start;  /* of the record it is drawn from; size 0: known only as a parent */
	struct guid guid;
	uint64_t pid;
	struct view image;   /* whole path, from the fact */
	uint64_t start_time, end_time; /* FILETIME; 0: not recorded */
	bool in_finding;     /* one of its records is a stage */
	const struct event *event; /* what is drawn of it; filled in by the pipeline; may stay NULL */
};

#define FINDING_ID (2 + 32 + 1) /* "F-" and 32 hexadecimal digits */
struct finding {
	char id[FINDING_ID];
	uint32_t rule;        /* index into the ruleset */
	uint32_t exception;   /* 1 + index of the ruleset's that it falls under; 0: none; filled in by the
				 pipeline */
	uint8_t only_in;      /* enum source_state: without sources of that state some stage's record would
				 be missing; filled in by the pipeline */
	bool brief;           /* told out of its record alone: there are very many like it */
	bool unverified;      /* some condition could not be checked */
	struct view *unchecked; /* "condition: why" */
	size_t n_unchecked;
	struct view computer; /* as the first stage's record writes it */
	uint64_t first_time, last_time; /* TimeCreated of the stage records, least and greatest */
	uint64_t span_logged, span_occurred; /* 100 ns */
	enum clock clock;
	struct view other_clock; /* what the other clock had before the same last record, or "" */
	struct view measured; /* "25 events", what a count amounted to; "" */
	uint64_t left_out;    /* records beyond LIMIT_FINDING_RECORDS: not in the evidence */
	struct evidence *evidence; /* by stage: its record, then corroborating, then supporting */
	size_t n_evidence;
	struct tree_node *tree;
	size_t n_tree;
	bool tree_cut;        /* there are more processes than the bounds let be drawn */
};

/* Of a rule's `n` findings, in their order, its pipes let [*from, *to) through. */
void pipes_range(const struct rule *r, uint64_t n, uint64_t *from, uint64_t *to);

struct correlate;
/* Borrows both. NULL: no memory. */
struct correlate *correlate_new(const struct ruleset *rules, struct matcher *m);
void correlate_free(struct correlate *c);
/* Takes a copy of an event that some stage may want. The same record from two places is one. */
int correlate_add(struct correlate *c, const struct event *ev, const struct place *p,
		  const struct hit *hits, size_t n_hits, struct err *e);
/*
 * Runs everything, once. Findings are in order of first time, rule id, id; owned by `c`. Of several
 * places of one record the best is the one that was not recovered, then of the least rank, then of
 * the lowest source index, then offset. `facts` NULL: there are none beyond what the kept events
 * tell, and no processes are drawn.
 */
int correlate_run(struct correlate *c, const struct fact_reader *facts, struct err *e);
struct finding *correlate_findings(struct correlate *c, size_t *n);
/* A record that is asked about. */
struct explain_what {
	uint64_t record_id;
	struct view channel, computer; /* "": any */
};
bool explain_is(const struct explain_what *what, const struct event *ev);
/*
 * After correlate_run(): why the rule finds such records or does not, in lines of UTF-8 that hold text of
 * the evidence. They must have been given with all stages of the rule. *n: how many there are, of which
 * LIMIT_EXPLAINED are told.
 */
int correlate_explain(struct correlate *c, size_t rule, const struct explain_what *what, struct buf *out,
		      size_t *n, struct err *e);
/* A record on which a rule on single events failed by one condition. */
enum near_kind {
	NEAR_CONDITION, /* which does not hold */
	NEAR_EXCLUSION, /* one of those on what must not be */
	NEAR_UNKNOWN,   /* which could not be checked */
};
struct near_miss {
	uint32_t rule;
	enum near_kind kind;
	unsigned held; /* conditions that hold, but for those on what must not be */
	const struct event *event;
	struct place place;
	struct view text; /* which one failed, with the record's value */
};
/* -1: no memory. What it is given dies when it returns. */
struct near_sink {
	void *ctx;
	int (*take)(void *ctx, const struct near_miss *m);
};
/* After correlate_run(), of events given with what matcher_near() found: those that are still so. */
int correlate_near(struct correlate *c, const struct near_sink *sink, struct err *e);
/*
 * Hosts that are kept apart may have records in common, from before one was copied from the other: of
 * findings with one id the second's tells its host's mark as well. correlate_run() sees to that among
 * its own; whoever runs several must.
 */
int finding_id_again(struct finding *f); /* -1: no memory */
/* What a bound cut off: pendings given up, for the manifest. */
uint64_t correlate_dropped(const struct correlate *c);
/* By rule, the records on which a regular expression took too many steps, and that could have matched if it
   had not. NULL: there are none. */
const uint64_t *correlate_overruns(const struct correlate *c);

#endif
