/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One test on one event. A field with several values passes when any of them does. What an event
 * cannot answer is unknown; what the published engines make of that is an absent field.
 */
#include "match-private.h"

static const char why_class[] = "only the kind of account is known, not its whole SID";

int asking_remember(struct asking *k)
{
	size_t n = k->subject->fields ? k->subject->fields->names.n : 0;

	k->cache = arena_array(k->subject->arena, n ? n : 1, sizeof(*k->cache));
	k->n_cache = k->cache ? n : 0;
	return k->cache ? 0 : -1;
}

static const struct answer *ask(struct asking *k, field_id field)
{
	const struct subject *s = k->subject;
	bool remember = field < k->n_cache;
	struct answer *ans;

	if (remember && k->cache[field])
		return k->cache[field];
	ans = arena_alloc(s->arena, sizeof(*ans));
	if (!ans || event_ask(s->event, s->activity, s->derived, field, s->fields, s->arena,
			      ans) < 0)
		return NULL;
	if (remember)
		k->cache[field] = ans;
	return ans;
}

static bool compare(enum test_op op, int order)
{
	if (op == TEST_LT)
		return order < 0;
	if (op == TEST_LE)
		return order <= 0;
	if (op == TEST_GT)
		return order > 0;
	return op == TEST_GE && order >= 0;
}

static enum tri of_bool(bool b)
{
	return b ? TRI_TRUE : TRI_FALSE;
}

static enum tri match_literal(const struct test *t, const struct literal *l, struct view value)
{
	struct number n;
	bool is_number = (l->is_number || t->op != TEST_MATCH) && number_of_text(value, &n);
	int order = is_number ? number_cmp(n, number_of_int(l->number)) : 0;

	if (t->op != TEST_MATCH)
		return of_bool(is_number && compare(t->op, order));
	if (is_number)
		return of_bool(order == 0);
	return of_bool(pattern_match(&l->pattern, value, t->cased));
}

static enum tri any_value(struct asking *k, const struct test *t, const struct literal *l,
			  const struct answer *ans)
{
	enum tri result = TRI_FALSE;

	if (ans->is_class && (t->op != TEST_MATCH || !ans->n))
		return TRI_FALSE;
	if (ans->is_class)
		return pattern_match_class(&l->pattern, ans->values[0], t->cased,
					   k->subject->arena);
	for (size_t i = 0; i < ans->n && result != TRI_TRUE; i++)
		result = match_literal(t, l, ans->values[i]);
	return result;
}

static enum tri test_literals(struct asking *k, const struct test *t, const struct answer *ans)
{
	enum tri result = of_bool(t->every);

	for (size_t i = 0; i < t->n; i++) {
		enum tri one = any_value(k, t, &t->literals[i], ans);

		if (one == TRI_FAILED)
			return one;
		result = t->every ? tri_and(result, one) : tri_or(result, one);
		if (result == of_bool(!t->every))
			break;
	}
	return result;
}

static bool any_empty(const struct answer *ans)
{
	for (size_t i = 0; i < ans->n; i++)
		if (!ans->values[i].n)
			return true;
	return false;
}

static enum tri test_answered(struct asking *k, const struct test *t, const struct answer *ans)
{
	if (t->op == TEST_NULL)
		return TRI_FALSE;
	if (t->op == TEST_EXISTS)
		return TRI_TRUE;
	if (t->op == TEST_EMPTY)
		return of_bool(!ans->is_class && any_empty(ans));
	return test_literals(k, t, ans);
}

/* The record has no value: null, empty and missing still differ, by what the record holds. */
static enum tri test_absent(const struct subject *s, const struct test *t)
{
	const struct field *raw = event_field(s->event, t->field);
	bool null = !raw || raw->value.type == VALUE_NULL;

	if (t->op == TEST_NULL)
		return of_bool(null);
	if (t->op == TEST_EMPTY)
		return of_bool(!null);
	return of_bool(t->op == TEST_EXISTS && raw);
}

static enum tri unanswered(struct asking *k, const struct test *t, const struct answer *ans)
{
	if (k->mode == EVAL_STRICT || (k->mode == EVAL_KEEP && ans->state == ANSWER_LATE))
		return TRI_UNKNOWN;
	return test_absent(k->subject, t);
}

enum tri test_eval(struct asking *k, const struct test *t, const char **why)
{
	const struct answer *ans = ask(k, t->field);
	enum tri result;

	if (!ans)
		return TRI_FAILED;
	if (why)
		*why = ans->why ? ans->why : "this record does not tell";
	if (ans->state == ANSWER_NULL)
		return test_absent(k->subject, t);
	if (ans->state != ANSWER_VALUE)
		return unanswered(k, t, ans);
	result = test_answered(k, t, ans);
	if (result != TRI_UNKNOWN)
		return result;
	if (why)
		*why = why_class;
	/* More records may tell the whole; once they are read, engines would not see a match. */
	return k->mode == EVAL_PUBLISHED ? TRI_FALSE : TRI_UNKNOWN;
}
