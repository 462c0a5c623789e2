/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_COVERAGE_H
#define EVTXHOUND_COVERAGE_H
/*
 * What rules could see: of kinds of logs in general, and of the logs of each host in a run
 * (docs/coverage.md). A rule is held against what records can answer; it is not evaluated here.
 */
#include "evtxhound/event.h"
#include "evtxhound/match.h"
#include "evtxhound/rule.h"

enum judged {
	JUDGED_NONE,  /* it can match nothing there */
	JUDGED_PART,  /* it can match; some of its conditions cannot be checked */
	JUDGED_WHOLE,
};
const char *judged_name(enum judged j); /* "none", "part", "whole" */

/* ---- in general: which kinds of logs a rule can be evaluated on ---- */

enum log_set { LOGS_SYSMON, LOGS_SECURITY, LOGS_BOTH, LOGS_ALL, LOG_SETS };
const char *log_set_name(enum log_set s); /* "sysmon", "security", "both", "all" */

struct field_list {
	field_id *v; /* in the order of their names, each once */
	size_t n;
};
struct logs_coverage {
	enum judged judged;
	struct field_list missing; /* what cannot be answered there; none where no records are meant */
	bool no_records;           /* these logs have no records that it looks at */
};
struct rule_coverage {
	struct logs_coverage in[LOG_SETS];
};
/* One for each rule, in the arena. -1: no memory. */
int coverage_of_rules(const struct ruleset *rules, struct arena *a, struct rule_coverage **out);

/* ---- in a run: what the logs of each host recorded ---- */

/* A field that some rule or the vocabulary names, in the records of one kind. */
struct seen_field {
	field_id id;
	uint64_t n;         /* records in which it is not empty */
	uint64_t offset;    /* of the first of them; the value is its, perhaps cut */
	struct value value;
};
/* Records of one kind in one piece of a source. */
struct seen_records {
	struct view computer, channel, provider;
	uint16_t event_id;
	uint8_t version;    /* the greatest */
	uint64_t n, first_time, last_time;
	uint64_t asked;     /* of them, records whose fields were read */
	const struct seen_field *fields;
	size_t n_fields;
	bool cut;           /* not all of the fields are there */
};
/* What makes the logs of a host less than whole. */
enum lack { LACK_CLEARED, LACK_GAP, LACK_DAMAGE, LACKS };

enum verdict { VERDICT_FOUND, VERDICT_NOT_FOUND, VERDICT_NOT_OBSERVABLE, VERDICTS };
const char *verdict_name(enum verdict v); /* "found", "not found", "not observable" */
enum reason {
	REASON_IDLE,           /* no log on a disk holds what it asks for */
	REASON_CHANNEL_ABSENT,
	REASON_EVENT_ABSENT,
	REASON_FIELD_EMPTY,    /* or never carried by these records */
	REASON_OUTSIDE_TIME,   /* its logs and the time asked for do not meet */
	REASON_NO_OVERLAP,     /* the logs of its stages do not meet */
	/* These limit what "not found" means: */
	REASON_STARTS_LATE, REASON_ENDS_EARLY, REASON_CLEARED, REASON_GAP, REASON_DAMAGE,
	REASON_RECOVERED,      /* found, and in no live record: only these are counted */
	REASONS
};
const char *reason_name(enum reason r); /* "channel-absent" ... */

struct judgement {
	size_t rule;
	enum verdict verdict;
	enum judged judged;
	uint64_t findings;
	uint64_t from, to;     /* FILETIME: the period that its logs cover; 0, 0: none */
	uint32_t reasons;      /* bits of enum reason */
	struct view detail;    /* sentences, separated by "; "; lives until the next host */
};
struct host_coverage {
	struct view computer;
	uint64_t first_time, last_time; /* of all records */
	uint64_t verdicts[VERDICTS];
	uint64_t in_part;        /* of those that are found or not found */
	uint64_t reasons[REASONS]; /* rules by reason; one may have several */
};

struct coverage;
/* Borrows the ruleset. NULL: no memory. */
struct coverage *coverage_new(const struct ruleset *rules);
void coverage_free(struct coverage *c);
/* In any order. `source` is the index of the source that it is of. */
int coverage_add(struct coverage *c, uint32_t source, const struct seen_records *s, struct err *e);
/* n adds up. `channel` empty: any log of the host's. What no record is of is left out. */
void coverage_lack(struct coverage *c, struct view computer, struct view channel, enum lack l,
		   uint64_t n);
/* A finding of the rule on the host. */
int coverage_found(struct coverage *c, struct view computer, size_t rule, struct err *e);
/* Judges every rule on every host; `from`, `to` as asked for (0, UINT64_MAX: no bound). Once. */
int coverage_close(struct coverage *c, uint64_t from, uint64_t to, struct err *e);
/* After that: hosts in byte order of their names. */
const struct host_coverage *coverage_hosts(const struct coverage *c, size_t *n);
/* What was recorded on it, by channel, provider and event id: of `out` the names, the count and the times.
   false: there is no more. */
bool coverage_seen(const struct coverage *c, size_t host, size_t i, struct seen_records *out);
/* Rules that can have findings: those that are only parts of others do not count. */
size_t coverage_rules(const struct coverage *c);
/* The judgements of one host, in rule order; borrowed until the next call. NULL: no memory. */
const struct judgement *coverage_judge(struct coverage *c, size_t host, size_t *n);
/* There were more fields than the bound lets be counted: every field is taken to be filled. */
bool coverage_overfull(const struct coverage *c);

#endif
