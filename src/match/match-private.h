/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MATCH_PRIVATE_H
#define EVTXHOUND_MATCH_PRIVATE_H
/* Shared by the files of the evaluator only. */
#include "evtxhound/match.h"

/* One event being asked, with what it already answered: rules ask for the same few fields. */
struct asking {
	const struct subject *subject;
	enum eval_mode mode;
	const struct answer **cache; /* by field id; NULL: nothing is remembered */
	size_t n_cache;
};

/* Remembers answers from now on; -1: no memory. */
int asking_remember(struct asking *k);
enum tri asking_eval(struct asking *k, const struct node *n);

/* One test on one event. *why gets the reason of a TRI_UNKNOWN; it may be NULL. */
enum tri test_eval(struct asking *k, const struct test *t, const char **why);

/* What a pattern says of every text that begins with `prefix` and goes on. */
enum tri pattern_match_class(const struct pattern *p, struct view prefix, bool cased,
			     struct arena *a);

/* The selector's own condition and the stage's, in the words of its records. NULL: no memory. */
const struct node *selector_condition(struct arena *a, const struct selector *s,
				      const struct node *condition);

/* A whole number in a text, decimal or 0x: sign and magnitude, so that nothing overflows. */
struct number {
	bool negative;
	uint64_t magnitude;
};
bool number_of_text(struct view v, struct number *out);
struct number number_of_int(int64_t i);
int number_cmp(struct number a, struct number b);

/* Three-valued connectives, after Kleene. */
enum tri tri_and(enum tri a, enum tri b);
enum tri tri_or(enum tri a, enum tri b);
enum tri tri_not(enum tri a);

#endif
