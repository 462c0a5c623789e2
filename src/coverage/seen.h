/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_COVERAGE_SEEN_H
#define EVTXHOUND_COVERAGE_SEEN_H
/* What was recorded, by host and kind of record, and what was worked out of it. */
#include "coverage-private.h"

struct kept_field {
	field_id id;
	uint32_t text;    /* of the value, in `texts` */
	uint8_t type;
	uint32_t source;  /* where the value is from: the least source, then offset, counts */
	uint64_t offset, n;
};
/* Records of one channel, provider and id, of any host. */
struct seen_kind {
	uint32_t channel, provider; /* in `texts` */
	uint32_t log;               /* the channel in any letter case, in `logs` */
	uint16_t event_id;
	uint32_t *stages;           /* that look at such records, in the order of `stages` */
	size_t n_stages;
};
/* Of one host. */
struct seen_row {
	uint32_t host, kind;
	uint64_t n, asked, first, last;
	uint8_t version;
	struct kept_field *fields;
	size_t n_fields, cap_fields;
};
struct host_log {
	uint32_t log;
	uint64_t first, last;
	uint64_t lacks[LACKS];
};
struct seen_host {
	struct view name; /* of its spellings the least */
	struct seen_row **rows;
	size_t n_rows;
	struct host_log *logs; /* in order of `log` */
	size_t n_logs, cap_logs;
	uint64_t lacks[LACKS]; /* of no log in particular */
};
struct asked_stage {
	uint32_t rule, stage;
	struct wanted_log *wanted; /* made when first asked for */
	size_t n_wanted;
};
/* Records that a stage looks at, of one log. */
struct wanted_log {
	struct view channel, provider; /* channel "": of any log */
	uint16_t *ids;                 /* none: any */
	size_t n_ids;
};

struct coverage {
	const struct ruleset *rules;
	struct arena arena, page; /* page: of the host being judged */
	struct strtab texts;
	struct strtab names, logs; /* of hosts and channels, in any letter case */
	struct map row_of, kind_of;
	struct seen_kind *kinds;
	size_t n_kinds, cap_kinds;
	struct seen_row **rows;
	size_t n_rows, cap_rows;
	struct seen_host *hosts;   /* by id in `names` */
	size_t n_hosts, cap_hosts;
	uint64_t n_fields;         /* kept in all */
	bool overfull;             /* there were more than the bound: none count */
	struct map found;          /* host and rule to findings */
	struct asked_stage *stages;
	size_t *first;             /* of each rule, in `stages` */
	size_t n_stages, n_rules;
	uint64_t from, to;
	uint32_t *order;           /* hosts as they are shown */
	struct host_coverage *shown;
	struct judgement *judgements;
	size_t n_judgements;
};

/* What a stage looks at, whether it was recorded or not. NULL: no memory. */
const struct wanted_log *wanted_logs(struct coverage *c, const struct stage *st, size_t at, size_t *n);
struct host_log *host_log(struct seen_host *h, uint32_t log);
/* Of one host, after coverage_close() has begun. -1: no memory. */
int judge_host(struct coverage *c, uint32_t host);

#endif
