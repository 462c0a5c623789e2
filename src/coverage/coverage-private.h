/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_COVERAGE_PRIVATE_H
#define EVTXHOUND_COVERAGE_PRIVATE_H
/* What conditions can come to on records of one kind, given which fields these ever fill. */
#include "evtxhound/coverage.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* One record that has every field which any record of its kind fills. */
struct specimen {
	struct event event;
	bool open; /* what else records of its kind hold is not known: any field of theirs may be there */
	struct derived derived; /* the most that other records may tell of it */
};

struct asker {
	const struct ruleset *rules;
	const struct specimen *specimen;
	struct arena *arena;      /* of one question */
	const char **known;       /* by field id, raw ones behind: NULL not asked, "" it can be answered, else
				     why not; the whole NULL: nothing is remembered */
};
/* Whether records of the kind can answer the word; *why says why not. -1: no memory. */
int asker_can(struct asker *k, field_id id, bool raw, const char **why);

/* `signatures`: there are image loads to tell them. */
void specimen_derive(struct specimen *s, bool signatures);

/* A condition's possible values. */
struct outlook {
	bool yes, no;
};
/* Takes each field that cannot be answered; ends nothing. */
typedef void missing_fn(void *ctx, field_id id, const char *why);
struct look {
	struct asker *asker;
	const struct selector *selector; /* whose words the records speak; NULL: the rule's */
	bool all;         /* as if every field could be answered */
	missing_fn *missing; /* may be NULL */
	void *ctx;
	bool bad;         /* no memory */
};
struct outlook look_at(struct look *l, const struct node *n);
/* Tells the fields for want of which the node is never `want`. */
void look_blame(struct look *l, const struct node *n, bool want);

/* What a stage comes to on records of one kind. */
struct stage_look {
	bool meant;      /* it looks at such records */
	enum judged judged;
};
/* `missing` hears of all that is missing when it is judged in part, of what stops it when not at all. */
int stage_look(const struct stage *st, struct asker *k, missing_fn *missing, void *ctx,
	       struct stage_look *out);

/* ---- kinds of records that are known in general ---- */

struct schema {
	const char *channel, *provider;
	uint16_t event_id;
	const char *fields; /* names separated by blanks, some with =value; NULL: not known */
};
const struct schema *schemas(size_t *n);
/* The schema's record; lives in the arena. -1: no memory. */
int schema_specimen(const struct schema *s, const struct fields *f, struct arena *a,
		    struct specimen *out);
bool schema_is_sysmon(const struct schema *s);
bool schema_is_security(const struct schema *s);

/* Which ids a stage's tests name, where its selector names none; at most `max`. */
size_t stage_ids(const struct stage *st, uint16_t *ids, size_t max);

#endif
