/* SPDX-License-Identifier: Apache-2.0 */
/* What is computed from an event's answers. Recursion follows the tree, which the rule readers bound. */
#include "match-private.h"

#include <stdio.h>

static const char why_class[] = "only the kind of account is known, not its whole SID";
static const char why_many[] = "too many values at once";

static const struct answer *answer_new(struct asking *k, enum answer_state state, const char *why)
{
	struct answer *ans = arena_alloc(k->subject->arena, sizeof(*ans));

	if (ans)
		*ans = (struct answer){.state = state, .why = why};
	return ans;
}

static const struct answer *constant(struct asking *k, struct view text)
{
	struct answer *ans = arena_alloc(k->subject->arena, sizeof(*ans));
	struct view *v = arena_alloc(k->subject->arena, sizeof(*v));

	if (!ans || !v || !text.p)
		return NULL;
	*v = text;
	*ans = (struct answer){.state = ANSWER_VALUE, .n = 1, .values = v, .why = ""};
	return ans;
}

static const struct answer *written(struct asking *k, const struct expr *e)
{
	char text[40];

	if (e->op == EXPR_REAL)
		return constant(k, text_of_real(k->subject->arena, e->real));
	snprintf(text, sizeof(text), "%lld", (long long)e->number);
	return constant(k, arena_keep(k->subject->arena, view_str(text)));
}

/* ---- calls ---- */

struct arguments {
	const struct answer **v;
	size_t n, combinations; /* SIZE_MAX: too many */
	enum answer_state state;
	const char *why;
};

/* Null decides; of the others what may still come to be known. */
static void arguments_take(struct arguments *args, const struct answer *ans)
{
	enum answer_state state = ans->is_class ? ANSWER_LATE : ans->state;

	if (state == ANSWER_VALUE && !ans->n)
		state = ANSWER_NULL;
	args->v[args->n++] = ans;
	if (state == ANSWER_VALUE) {
		bool fits = args->combinations <= LIMIT_EXPR_VALUES &&
			    ans->n <= LIMIT_EXPR_VALUES / args->combinations;

		args->combinations = fits ? args->combinations * ans->n : SIZE_MAX;
		return;
	}
	if (args->state == ANSWER_NULL || (args->state == ANSWER_LATE && state != ANSWER_NULL))
		return;
	args->state = state;
	args->why = ans->is_class ? why_class : ans->why;
}

static int arguments_ask(struct asking *k, const struct expr *e, struct arguments *args)
{
	*args = (struct arguments){.combinations = 1, .state = ANSWER_VALUE, .why = ""};
	args->v = arena_array(k->subject->arena, e->n + 1, sizeof(*args->v));
	for (size_t i = 0; args->v && i < e->n; i++) {
		const struct answer *ans = ask_expr(k, e->args[i]);

		if (!ans)
			return -1;
		arguments_take(args, ans);
	}
	if (args->state == ANSWER_VALUE && args->combinations == SIZE_MAX) {
		args->state = ANSWER_UNKNOWN;
		args->why = why_many;
	}
	return args->v ? 0 : -1;
}

/* The one value of each that the combination of that number takes. */
static void combination(const struct arguments *args, size_t number, struct view *out)
{
	for (size_t i = 0; i < args->n; i++) {
		out[i] = args->v[i]->values[number % args->v[i]->n];
		number /= args->v[i]->n;
	}
}

static const struct answer *call(struct asking *k, const struct expr *e)
{
	struct arena *a = k->subject->arena;
	struct answer *ans = arena_alloc(a, sizeof(*ans));
	struct arguments args;
	struct view *one, *values;

	if (!ans || arguments_ask(k, e, &args) < 0)
		return NULL;
	*ans = (struct answer){.state = args.state, .why = args.why};
	if (args.state != ANSWER_VALUE)
		return ans;
	one = arena_array(a, e->n + 1, sizeof(*one));
	values = arena_array(a, args.combinations, sizeof(*values));
	if (!one || !values)
		return NULL;
	for (size_t i = 0; i < args.combinations; i++) {
		int rc;

		combination(&args, i, one);
		rc = function_call(a, e, one, &values[ans->n]);
		if (rc < 0)
			return NULL;
		ans->n += rc > 0;
	}
	ans->values = values;
	ans->state = ans->n ? ANSWER_VALUE : ANSWER_NULL;
	return ans;
}

const struct answer *ask_expr(struct asking *k, const struct expr *e)
{
	switch (e->op) {
	case EXPR_FIELD:
		return ask(k, e->field, e->raw);
	case EXPR_TEXT:
		return constant(k, e->text.n ? e->text : view_str(""));
	case EXPR_BOOL:
		return constant(k, view_str(e->number ? "true" : "false"));
	case EXPR_NUMBER:
	case EXPR_REAL:
		return written(k, e);
	case EXPR_CALL:
		return call(k, e);
	case EXPR_NULL:
		break;
	}
	return answer_new(k, ANSWER_NULL, "");
}
