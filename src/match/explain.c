/* SPDX-License-Identifier: Apache-2.0 */
/* A condition told part by part, and which parts keep it from being true. */
#include "match-private.h"

struct telling {
	struct asking *asking, *published;
	told_fn *fn;
	void *ctx;
};

static int tell_test(struct telling *t, const struct node *n, struct told_part *told)
{
	const struct test *test = n->test;
	const char *why = "";

	told->value = test_eval(t->asking, test, &why);
	told->why = why;
	if (!test->expr && test->field != FIELD_ANY)
		told->answer = ask(t->asking, test->field, test->raw);
	if (told->value == TRI_FAILED || (!test->expr && test->field != FIELD_ANY && !told->answer))
		return -1;
	return 0;
}

/* `want`: what the node would have to be; `stops`: that it is not is why the whole is not true. */
static int tell(struct telling *t, const struct node *n, unsigned depth, bool want, bool stops)
{
	struct told_part told = {.node = n, .depth = depth, .want = want, .why = ""};
	enum tri published = asking_eval(t->published, n);

	if (published == TRI_FAILED)
		return -1;
	if (n->op == NODE_TEST) {
		if (tell_test(t, n, &told) < 0)
			return -1;
	} else {
		told.value = asking_eval(t->asking, n);
		if (told.value == TRI_FAILED)
			return -1;
	}
	told.stops = stops && published != tri_of(want);
	t->fn(t->ctx, &told);
	for (size_t i = 0; n->op != NODE_TEST && i < n->n; i++)
		if (tell(t, n->kids[i], depth + 1, n->op == NODE_NOT ? !want : want, told.stops) < 0)
			return -1;
	return 0;
}

int explain_node(struct asking *k, const struct node *n, told_fn *fn, void *ctx)
{
	struct asking published = *k;
	struct telling t = {k, &published, fn, ctx};

	published.mode = EVAL_PUBLISHED;
	return tell(&t, n, 0, true, true);
}
