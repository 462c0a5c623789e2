/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far an event is from a condition: how many parts of it fail that all would have to hold. Of
 * alternatives the nearest counts. Recursion follows the tree, whose depth the rule readers bound.
 */
#include "match-private.h"

#define FAR 2u /* failed: no need to look any further */
#define LEAST_HELD 2u

static int near_test(struct asking *k, const struct node *n, struct nearness *out)
{
	enum tri value = test_eval(k, n->test, NULL);

	if (value == TRI_FAILED)
		return -1;
	out->failed = value == TRI_FALSE;
	out->part = value == TRI_FALSE ? n : NULL;
	if (value == TRI_TRUE)
		out->held = n->test->every ? (unsigned)n->test->n : 1;
	return 0;
}

static int near_not(struct asking *k, const struct node *n, struct nearness *out)
{
	enum tri value = asking_eval(k, n);

	if (value == TRI_FAILED)
		return -1;
	out->failed = out->excluded = value == TRI_FALSE;
	out->part = value == TRI_FALSE ? n : NULL;
	return 0;
}

static int near_all(struct asking *k, const struct node *n, struct nearness *out)
{
	for (size_t i = 0; i < n->n && out->failed < FAR; i++) {
		struct nearness kid;

		if (near_measure(k, n->kids[i], &kid) < 0)
			return -1;
		out->held += kid.held;
		out->failed += kid.failed;
		out->excluded |= kid.excluded;
		out->part = kid.part ? kid.part : out->part;
	}
	return 0;
}

static bool is_nearer(const struct nearness *a, const struct nearness *b)
{
	return a->failed != b->failed ? a->failed < b->failed : a->held > b->held;
}

/* Where no alternative has begun to hold, all of them are what failed. */
static int near_any(struct asking *k, const struct node *n, struct nearness *out)
{
	*out = (struct nearness){.failed = n->n ? FAR : 1, .part = n};
	for (size_t i = 0; i < n->n && out->failed; i++) {
		struct nearness kid;

		if (near_measure(k, n->kids[i], &kid) < 0)
			return -1;
		if (!is_nearer(&kid, out))
			continue;
		*out = kid;
		if (kid.failed && !kid.held && !kid.excluded)
			out->part = n;
	}
	return 0;
}

int near_measure(struct asking *k, const struct node *n, struct nearness *out)
{
	*out = (struct nearness){0};
	switch (n->op) {
	case NODE_AND:
		return near_all(k, n, out);
	case NODE_OR:
		return near_any(k, n, out);
	case NODE_NOT:
		return near_not(k, n, out);
	case NODE_TEST:
		return near_test(k, n, out);
	case NODE_TRUE:
		return 0;
	case NODE_FALSE:
		break;
	}
	*out = (struct nearness){.failed = FAR, .part = n};
	return 0;
}

bool nearness_tells(const struct nearness *n)
{
	return n->failed == 1 && n->held >= (n->excluded ? 1 : LEAST_HELD);
}
