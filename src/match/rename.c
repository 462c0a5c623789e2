/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records a selector means, and a condition in their words. What is not renamed is shared with the
 * rule's own tree. Recursion follows the tree, which the rule readers bound.
 */
#include "match-private.h"

bool selector_fits(const struct selector *s, const struct event *head)
{
	bool id = !s->n_ids;

	for (size_t i = 0; i < s->n_ids; i++)
		id |= s->ids[i] == head->event_id;
	return id && (!s->channel.n || view_eq_nocase(s->channel, head->channel)) &&
	       (!s->provider.n || view_eq_nocase(s->provider, head->provider));
}

field_id selector_word(const struct selector *s, field_id word)
{
	for (size_t i = 0; i < s->n_renames; i++)
		if (s->renames[i].from == word)
			return s->renames[i].to;
	return word;
}

struct renaming {
	struct arena *arena;
	const struct selector *selector;
};

static const struct expr *rename_expr(const struct renaming *r, const struct expr *e)
{
	const struct expr **args;
	struct expr *copy;

	if (!e)
		return NULL;
	copy = arena_alloc(r->arena, sizeof(*copy));
	args = arena_array(r->arena, e->n ? e->n : 1, sizeof(*args));
	if (!copy || !args)
		return NULL;
	*copy = *e;
	copy->args = args;
	if (e->op == EXPR_FIELD) {
		copy->field = selector_word(r->selector, e->field);
		copy->raw |= copy->field != e->field;
	}
	for (size_t i = 0; i < e->n; i++)
		if (!(args[i] = rename_expr(r, e->args[i])))
			return NULL;
	return copy;
}

static const struct node *rename_test(const struct renaming *r, const struct node *n)
{
	struct node *node = arena_alloc(r->arena, sizeof(*node));
	struct test *t = arena_alloc(r->arena, sizeof(*t));

	if (!node || !t)
		return NULL;
	*t = *n->test;
	t->field = selector_word(r->selector, t->field);
	t->raw |= t->field != n->test->field;
	t->expr = rename_expr(r, n->test->expr);
	t->other = rename_expr(r, n->test->other);
	if ((n->test->expr && !t->expr) || (n->test->other && !t->other))
		return NULL;
	*node = (struct node){.op = NODE_TEST, .test = t};
	return node;
}

static const struct node *rename_node(const struct renaming *r, const struct node *n)
{
	const struct node **kids;
	struct node *copy;

	if (n->op == NODE_TEST)
		return rename_test(r, n);
	if (!n->n)
		return n;
	copy = arena_alloc(r->arena, sizeof(*copy));
	kids = arena_array(r->arena, n->n, sizeof(*kids));
	if (!copy || !kids)
		return NULL;
	*copy = (struct node){.op = n->op, .kids = kids, .n = n->n};
	for (size_t i = 0; i < n->n; i++)
		if (!(kids[i] = rename_node(r, n->kids[i])))
			return NULL;
	return copy;
}

const struct node *selector_condition(struct arena *a, const struct selector *s,
				      const struct node *condition)
{
	struct renaming r = {a, s};
	const struct node **kids;
	struct node *both;

	if (s->n_renames)
		condition = rename_node(&r, condition);
	if (!s->condition || !condition)
		return condition;
	both = arena_alloc(a, sizeof(*both));
	kids = arena_array(a, 2, sizeof(*kids));
	if (!both || !kids)
		return NULL;
	kids[0] = s->condition;
	kids[1] = condition;
	*both = (struct node){.op = NODE_AND, .kids = kids, .n = 2};
	return both;
}
