/* SPDX-License-Identifier: Apache-2.0 */
#include "tree-build.h"

#define SOURCE_MAX 400

/* Every node made here knows how much there is to walk below it. */
struct weighed {
	struct node node; /* first: a node is cast to its weighed self */
	uint64_t weight;
};

static uint64_t weight_of(const struct node *n)
{
	return ((const struct weighed *)(const void *)n)->weight;
}

static struct weighed *new_node(struct loader *l, enum node_op op)
{
	struct weighed *w = load_keep(l, 1, sizeof *w);

	if (w)
		*w = (struct weighed){.node.op = op, .weight = 1};
	return w;
}

const struct node *tree_test(struct loader *l, const struct test *t)
{
	struct weighed *w = new_node(l, NODE_TEST);
	struct test *kept = load_keep(l, 1, sizeof *kept);

	if (!w || !kept)
		return NULL;
	*kept = *t;
	w->node.test = kept;
	w->weight = t->n ? t->n : 1;
	return &w->node;
}

const struct node *tree_constant(struct loader *l, bool truth)
{
	struct weighed *w = new_node(l, truth ? NODE_TRUE : NODE_FALSE);

	return w ? &w->node : NULL;
}

void nodes_add(struct loader *l, struct nodes *list, const struct node *n)
{
	if (!n) {
		list->bad = true;
		return;
	}
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		const struct node **v = load_scratch(l, cap, sizeof *v);

		if (!v) {
			list->bad = true;
			return;
		}
		for (size_t i = 0; i < list->n; i++)
			v[i] = list->v[i];
		list->v = v;
		list->cap = cap;
	}
	list->v[list->n++] = n;
}

static const struct node *parent(struct loader *l, enum node_op op, const struct nodes *list,
				 struct spot at)
{
	struct weighed *w = new_node(l, op);
	const struct node **kids = load_keep(l, list->n, sizeof(const struct node *));

	if (!w || !kids)
		return NULL;
	for (size_t i = 0; i < list->n; i++) {
		kids[i] = list->v[i];
		w->weight += weight_of(kids[i]);
	}
	if (w->weight > LIMIT_RULE_NODES) {
		load_fault(l, at, ERR_LIMIT, "the condition has more than %u parts",
			   LIMIT_RULE_NODES);
		return NULL;
	}
	w->node.kids = kids;
	w->node.n = list->n;
	return &w->node;
}

const struct node *tree_not(struct loader *l, const struct node *n, struct spot at)
{
	struct nodes one = {&n, 1, 1, false};

	return n ? parent(l, NODE_NOT, &one, at) : NULL;
}

const struct node *tree_join(struct loader *l, enum node_op op, const struct nodes *list,
			     struct spot at)
{
	if (list->bad || !list->n)
		return NULL;
	return list->n == 1 ? list->v[0] : parent(l, op, list, at);
}

/* The last character that fits is whole, so that the text stays UTF-8. */
struct view tree_source(struct loader *l, struct view text)
{
	struct buf b;
	bool blank = false;

	buf_init(&b, 0);
	while (text.n && b.n < SOURCE_MAX) {
		uint32_t cp = text_next(&text);

		if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r') {
			blank = b.n > 0;
			continue;
		}
		if (blank)
			buf_byte(&b, ' ');
		blank = false;
		text_put(&b, cp);
	}
	if (text.n)
		buf_str(&b, "...");
	return load_keep_buf(l, &b);
}
