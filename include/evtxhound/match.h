/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MATCH_H
#define EVTXHOUND_MATCH_H
/*
 * The rules' trees evaluated on one event, in three values, indexed by the kind of event. Knows
 * nothing of other events: what several records tell together comes in through `struct derived`.
 */
#include "evtxhound/event.h"
#include "evtxhound/rule.h"

/* TRI_FAILED: no memory; it ends the run. */
enum tri { TRI_FAILED = -1, TRI_FALSE, TRI_TRUE, TRI_UNKNOWN };

/*
 * KEEP: a field this record cannot answer is false, as published engines take it; what could still
 * be derived is unknown. So TRI_FALSE means that no derivation can make it match: do not keep it.
 * PUBLISHED: with everything derived, unknown is false: what the published engines would say.
 * STRICT: unknown stays unknown.
 * "False" is said of the test: `not (signed by X)` then passes, and a test for null or for a
 * missing field, which the published engines would find, is true.
 */
enum eval_mode { EVAL_KEEP, EVAL_PUBLISHED, EVAL_STRICT };

/* One event with what is needed to ask it; build once per event, evaluate many. */
struct subject {
	const struct event *event;
	struct activity *activity;       /* begun at least; NULL for kinds that have none */
	const struct derived *derived;   /* NULL in workers */
	const struct fields *fields;
	struct arena *arena;
};

enum tri match_eval(const struct node *n, const struct subject *s, enum eval_mode mode);
/*
 * For a condition that is true as published: the tests that were unknown and on which the strict
 * value hangs, as "condition: why" lines in rule order without repeats, arena-owned. n == 0 when
 * the strict value is true: fully checked.
 */
int match_unknowns(const struct node *n, const struct subject *s, struct view **lines,
		   size_t *count);

/* pattern against text, letter case by `cased`; linear in both but for the usual star backtracking,
   which is bounded by n * m steps. */
bool pattern_match(const struct pattern *p, struct view text, bool cased);

/* A stage of a rule that an event may fulfil. */
struct hit {
	uint32_t rule, stage; /* indexes into ruleset->rules and its stages */
};
/*
 * Stages meet only the records that they look at: per channel, provider and id ("class") the matcher
 * makes, when the first such record comes, the list of stages that can match, with what the class decides
 * already decided. One process's; not shared by threads.
 */
struct matcher;
/* Borrows the ruleset. NULL: no memory. */
struct matcher *matcher_new(const struct ruleset *rules);
void matcher_free(struct matcher *m);
/* Whether any stage may match records with that channel, provider and id: 1, 0; -1: no memory. */
int matcher_wants(struct matcher *m, const struct event *head);
/* All stages whose condition is not false in EVAL_KEEP; in rule order. `hits` in the arena. */
int matcher_event(struct matcher *m, const struct subject *s, struct hit **hits, size_t *n);
/* One stage on an event, and what could not be checked of it: as match_eval(), match_unknowns(). */
enum tri matcher_stage(struct matcher *m, struct hit h, const struct subject *s,
		       enum eval_mode mode);
int matcher_unknowns(struct matcher *m, struct hit h, const struct subject *s, struct view **lines,
		     size_t *count);
/* A part of a condition, as one event makes it. */
struct told_part {
	const struct node *node;
	unsigned depth;
	enum tri value;               /* in EVAL_STRICT */
	bool want;                    /* what it would have to be for the whole to be true */
	bool stops;                   /* it is not, and so the whole is not */
	const struct answer *answer;  /* of a test of a field; else NULL */
	const char *why;              /* of an unknown test */
};
typedef void told_fn(void *ctx, const struct told_part *t);
/* Whether the stage looks at such records at all. */
bool matcher_looks(const struct matcher *m, struct hit h, const struct event *head);
/* All parts of the stage's condition, each before those below it. -1: no memory. */
int matcher_explain(struct matcher *m, struct hit h, const struct subject *s, told_fn *fn, void *ctx);
/* How far an event is from a stage that it does not fulfil. */
struct nearness {
	unsigned failed;         /* conditions without which it would; 2: two or more */
	unsigned held;           /* that hold beside them, but for those on what must not be */
	bool excluded;           /* what failed is one of these */
	const struct node *part; /* what failed; NULL: nothing did */
};
/* One condition failed, and enough others hold that it is worth a look. */
bool nearness_tells(const struct nearness *n);
/*
 * Of rules on single events the stages that tell, as matcher_event() has hits. To be asked right behind it,
 * of the same event: what that asked is known. *steps: how many conditions were looked at.
 */
int matcher_near(struct matcher *m, const struct subject *s, struct hit **hits, size_t *n, size_t *steps);
/* As the published engines would see it. -1: no memory. */
int matcher_nearness(struct matcher *m, struct hit h, const struct subject *s, struct nearness *out);
/* matcher_explain() of what failed. */
int matcher_explain_part(struct matcher *m, const struct nearness *n, const struct subject *s,
			 told_fn *fn, void *ctx);
/* How often a regular expression took too many steps on a value; such tests are unknown. */
uint64_t matcher_overruns(const struct matcher *m);
/* Whether records with that channel, provider and id are meant; and how such records call a word. */
bool selector_fits(const struct selector *s, const struct event *head);
field_id selector_word(const struct selector *s, field_id word);
/* The stage behind a hit: the until of a sequence is stage n_stages. */
const struct stage *ruleset_stage(const struct ruleset *rules, struct hit h);

#endif
