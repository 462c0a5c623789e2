/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A condition in the words of the records that a selector means. What is not renamed is shared with the
 * rule's own tree. Recursion follows the tree, which the rule readers bound.
 */
#include "match-private.h"

struct renaming {
	struct arena *arena;
	const struct selector *selector;
};

static field_id renamed(const struct renaming *r, field_id id)
{
	for (size_t i = 0; i < r->selector->n_renames; i++)
		if (r->selector->renames[i].from == id)
			return r->selector->renames[i].to;
	return id;
}

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
		copy->field = renamed(r, e->field);
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
	t->field = renamed(r, t->field);
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
