/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MATCH_PRIVATE_H
#define EVTXHOUND_MATCH_PRIVATE_H
/* Shared by the files of the evaluator only. */
#include "evtxhound/match.h"

/* The regular expressions of a ruleset, each compiled when it is first asked. */
struct regexes {
	struct map by_literal;
	struct known_regex {
		struct regex *regex;
		struct buf needle;
	} *v;
	size_t n, cap;
	struct regexer *room;
	struct buf text; /* folded */
	uint64_t overruns; /* values that one had too many steps on */
	struct slow {
		const struct literal *literal;
		uint64_t hash;
		struct buf text;
	} *slow; /* the last of them: they come again */
	size_t n_slow;
};
#define SLOW_VALUES 64u
#define SLOW_TEXT 65536u /* bytes of one that is kept */
void regexes_init(struct regexes *r);
void regexes_release(struct regexes *r);
/* A folded text without which it does not match; empty: there is none. */
void regex_needle(struct view pattern, unsigned flags, struct buf *out);
/* TRI_UNKNOWN: it took too many steps. */
enum tri regexes_match(struct regexes *r, const struct literal *l, unsigned flags, struct view text);

/* A value without letter case. */
struct folded {
	struct view text;
	bool plain; /* all of it is ASCII */
};

/* What one event has answered. One lives long: to forget costs nothing then. */
struct remembered {
	uint64_t event; /* of what event the others are */
	const struct answer *answer;
	const struct folded *folded;
};
struct memory {
	struct remembered *v; /* two for each field, and one for all values */
	size_t n_fields;
	uint64_t event;
};

/* A field that is asked alone. */
struct sole {
	field_id field;
	bool raw;
};

/* One event being asked, with what it already answered: rules ask for the same few fields. */
struct asking {
	const struct subject *subject;
	enum eval_mode mode;
	const struct sole *sole; /* tests of anything else are unknown; NULL: none is */
	struct memory *memory; /* NULL: nothing is remembered */
	struct regexes *regexes;
};

/* For as many fields as a ruleset has. -1: no memory. */
int memory_init(struct memory *m, const struct fields *f);
void memory_release(struct memory *m);
/* Forgets all: another event is asked. */
void memory_next(struct memory *m);
/* NULL: no memory. */
const struct answer *ask(struct asking *k, field_id field, bool raw);
/* Its values folded, as many as the answer has; remembered as well. NULL: no memory. */
const struct folded *ask_folded(struct asking *k, field_id field, bool raw);
/*
 * What is computed from an event's answers. A function of several values has several. It is null where
 * one of its arguments is, else late or unknown where one is.
 */
const struct answer *ask_expr(struct asking *k, const struct expr *e);
enum tri asking_eval(struct asking *k, const struct node *n);

/* One test on one event. *why gets the reason of a TRI_UNKNOWN; it may be NULL. */
enum tri test_eval(struct asking *k, const struct test *t, const char **why);
/* match_unknowns(), in EVAL_STRICT. */
int unknowns_collect(struct asking *k, const struct node *n, struct view **lines, size_t *count);
/* In the mode of `k`; what may yet hold counts as held by no one, and fails nothing. */
int near_measure(struct asking *k, const struct node *n, struct nearness *out);
int explain_node(struct asking *k, const struct node *n, told_fn *fn, void *ctx);
/* One value against one literal of a test; TRI_UNKNOWN: see regexes_match(). */
enum tri literal_holds(struct asking *k, const struct test *t, const struct literal *l,
		       struct view value);
/* One value against one of `other`. */
enum tri values_hold(struct arena *a, const struct test *t, struct view value, struct view other);

/* pattern_match() of a folded pattern and a folded text that is all ASCII. */
bool pattern_match_plain(const struct pattern *p, struct view text);
/* What a pattern says of every text that begins with `prefix` and goes on. */
enum tri pattern_match_class(const struct pattern *p, struct view prefix, bool cased,
			     struct arena *a);

/* The selector's own condition and the stage's, in the words of its records. NULL: no memory. */
const struct node *selector_condition(struct arena *a, const struct selector *s,
				      const struct node *condition);

/* ---- values: all are texts, as records give them ---- */

/* A whole number in a text, decimal or 0x: sign and magnitude, so that nothing overflows. */
struct number {
	bool negative;
	uint64_t magnitude;
};
bool number_of_text(struct view v, struct number *out);
struct number number_of_int(int64_t i);
int number_cmp(struct number a, struct number b);
/* The same with a fraction, or an exponent that has a sign. Exact for what 64 bits hold, and for every
   double. */
bool real_of_text(struct view v, long double *out);
/* The shortest text that is this number, and no whole one. .p NULL: no memory. */
struct view text_of_real(struct arena *a, double d);
/* false: the text is no number. */
bool number_order(struct view value, const struct literal *l, int *order);
/* A part of a time. false: it is no time. */
bool time_part_of(struct view v, enum time_part part, uint64_t *out);
/* By UTF-16 code units, as Java and Windows have it. */
int text_order(struct view a, struct view b);
/* A call's value from one value of each argument: 1, 0: null, -1: no memory. */
int function_call(struct arena *a, const struct expr *call, const struct view *args,
		  struct view *out);
/* Every code point folded; of equal number. .p NULL: no memory. */
struct view text_folded(struct arena *a, struct view v);

/* Three-valued connectives, after Kleene. */
enum tri tri_and(enum tri a, enum tri b);
enum tri tri_or(enum tri a, enum tri b);
enum tri tri_not(enum tri a);
static inline enum tri tri_of(bool b)
{
	return b ? TRI_TRUE : TRI_FALSE;
}

#endif
