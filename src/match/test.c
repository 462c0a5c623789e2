/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One test on one event. A field with several values passes when any of them does. What an event
 * cannot answer is unknown; what the published engines make of that is an absent field.
 */
#include "match-private.h"

static const char why_class[] = "only the kind of account is known, not its whole SID";
static const char why_steps[] = "a regular expression took too many steps";
static const char why_many[] = "too many values at once";
static const char why_nothing[] = "this record does not tell";

/* ---- literals ---- */

static enum tri class_holds(struct asking *k, const struct test *t, const struct literal *l,
			    const struct answer *ans)
{
	if (t->op == TEST_REGEX)
		return TRI_UNKNOWN;
	if (t->op != TEST_MATCH || t->part != PART_NONE || !ans->n)
		return TRI_FALSE;
	return pattern_match_class(&l->pattern, ans->values[0], t->cased, k->subject->arena);
}

/* Values of a field that are folded already, where a pattern has no more to ask. */
static const struct folded *folded_values(struct asking *k, const struct test *t)
{
	bool fit = k->memory && t->op == TEST_MATCH && !t->cased && !t->expr && t->part == PART_NONE;

	return fit ? ask_folded(k, t->field, t->raw) : NULL;
}

static enum tri any_value(struct asking *k, const struct test *t, const struct literal *l,
			  const struct answer *ans, const struct folded *f, const char **why)
{
	enum tri result = TRI_FALSE;

	if (ans->is_class) {
		*why = why_class;
		return class_holds(k, t, l, ans);
	}
	for (size_t i = 0; i < ans->n && result != TRI_TRUE; i++) {
		bool plain = f && f[i].plain && !l->is_number;
		enum tri one = plain ? tri_of(pattern_match_plain(&l->pattern, f[i].text))
				     : literal_holds(k, t, l, ans->values[i]);

		if (one == TRI_FAILED)
			return one;
		if (one == TRI_UNKNOWN)
			*why = why_steps;
		result = tri_or(result, one);
	}
	return result;
}

static enum tri test_literals(struct asking *k, const struct test *t, const struct answer *ans,
			      const char **why)
{
	const struct folded *folded = folded_values(k, t);
	enum tri result = tri_of(t->every);

	for (size_t i = 0; i < t->n; i++) {
		enum tri one = any_value(k, t, &t->literals[i], ans, folded, why);

		if (one == TRI_FAILED)
			return one;
		result = t->every ? tri_and(result, one) : tri_or(result, one);
		if (result == tri_of(!t->every))
			break;
	}
	return result;
}

/* ---- values against values ---- */

static enum tri test_pairs(struct asking *k, const struct test *t, const struct answer *ans,
			   const struct answer *other, const char **why)
{
	if (ans->is_class || other->is_class) {
		*why = why_class;
		return TRI_UNKNOWN;
	}
	if (ans->n && other->n > LIMIT_EXPR_VALUES / ans->n) {
		*why = why_many;
		return TRI_UNKNOWN;
	}
	for (size_t i = 0; i < ans->n * other->n; i++) {
		enum tri one = values_hold(k->subject->arena, t, ans->values[i / other->n],
					   other->values[i % other->n]);

		if (one != TRI_FALSE)
			return one;
	}
	return TRI_FALSE;
}

/* ---- no value ---- */

/* The record has none: null, empty and missing still differ, by what the record holds. */
static enum tri test_absent(const struct subject *s, const struct test *t)
{
	const struct field *raw = t->expr ? NULL : event_field(s->event, t->field);
	bool null = !raw || raw->value.type == VALUE_NULL;

	if (t->op == TEST_NULL)
		return tri_of(null);
	if (t->op == TEST_EMPTY)
		return tri_of(!null);
	return tri_of(t->op == TEST_EXISTS && raw);
}

static enum tri unanswered(struct asking *k, const struct test *t, const struct answer *ans)
{
	if (k->mode == EVAL_STRICT || (k->mode == EVAL_KEEP && ans->state == ANSWER_LATE))
		return TRI_UNKNOWN;
	return test_absent(k->subject, t);
}

/* ---- answers ---- */

static bool any_empty(const struct answer *ans)
{
	for (size_t i = 0; i < ans->n; i++)
		if (!ans->values[i].n)
			return true;
	return false;
}

static enum tri test_answered(struct asking *k, const struct test *t, const struct answer *ans,
			      const struct answer *other, const char **why)
{
	if (t->op == TEST_NULL)
		return TRI_FALSE;
	if (t->op == TEST_EXISTS)
		return TRI_TRUE;
	if (t->op == TEST_EMPTY)
		return tri_of(!ans->is_class && any_empty(ans));
	return other ? test_pairs(k, t, ans, other, why) : test_literals(k, t, ans, why);
}

/* With two answers: the one that has no value; null decides, of the others what may yet be known. */
static const struct answer *without_value(const struct answer *a, const struct answer *b)
{
	if (!b || a->state == ANSWER_NULL || b->state == ANSWER_VALUE)
		return a;
	if (b->state == ANSWER_NULL || a->state == ANSWER_VALUE)
		return b;
	return b->state == ANSWER_LATE ? b : a;
}

static enum tri test_asked(struct asking *k, const struct test *t, const struct answer *ans,
			   const struct answer *other, const char **why)
{
	const struct answer *none = without_value(ans, other);
	enum tri result;

	*why = none->why ? none->why : why_nothing;
	if (none->state == ANSWER_NULL)
		return test_absent(k->subject, t);
	if (none->state != ANSWER_VALUE)
		return unanswered(k, t, none);
	result = test_answered(k, t, ans, other, why);
	/* More records may tell the whole; once they are read, engines would not see a match. */
	return result == TRI_UNKNOWN && k->mode == EVAL_PUBLISHED ? TRI_FALSE : result;
}

static bool hangs_on(const struct test *t, const struct sole *sole)
{
	return !t->expr && !t->other && t->field == sole->field && t->raw == sole->raw;
}

static enum tri test_eval_all(struct asking *k, const struct test *t, const char **why)
{
	const struct answer *ans = t->expr ? ask_expr(k, t->expr) : ask(k, t->field, t->raw);
	const struct answer *other = NULL;
	const char *ignored;

	if (!ans)
		return TRI_FAILED;
	if (t->other) {
		other = ask_expr(k, t->other);
		if (!other)
			return TRI_FAILED;
	}
	return test_asked(k, t, ans, other, why ? why : &ignored);
}

enum tri test_eval(struct asking *k, const struct test *t, const char **why)
{
	return k->sole && !hangs_on(t, k->sole) ? TRI_UNKNOWN : test_eval_all(k, t, why);
}
