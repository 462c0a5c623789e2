/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree in three values. Recursion follows the tree, whose depth the rule readers bound by
 * LIMIT_RULE_DEPTH.
 */
#include "match-private.h"

enum tri tri_and(enum tri a, enum tri b)
{
	if (a == TRI_FALSE || b == TRI_FALSE)
		return TRI_FALSE;
	return a == TRI_TRUE && b == TRI_TRUE ? TRI_TRUE : TRI_UNKNOWN;
}

enum tri tri_or(enum tri a, enum tri b)
{
	if (a == TRI_TRUE || b == TRI_TRUE)
		return TRI_TRUE;
	return a == TRI_FALSE && b == TRI_FALSE ? TRI_FALSE : TRI_UNKNOWN;
}

enum tri tri_not(enum tri a)
{
	if (a == TRI_TRUE)
		return TRI_FALSE;
	return a == TRI_FALSE ? TRI_TRUE : a;
}

static enum tri eval_kids(struct asking *k, const struct node *n)
{
	enum tri stop = n->op == NODE_AND ? TRI_FALSE : TRI_TRUE;
	enum tri result = tri_not(stop);

	for (size_t i = 0; i < n->n && result != stop; i++) {
		enum tri kid = asking_eval(k, n->kids[i]);

		if (kid == TRI_FAILED)
			return kid;
		result = n->op == NODE_AND ? tri_and(result, kid) : tri_or(result, kid);
	}
	return result;
}

enum tri asking_eval(struct asking *k, const struct node *n)
{
	switch (n->op) {
	case NODE_AND:
	case NODE_OR:
		return eval_kids(k, n);
	case NODE_NOT:
		return tri_not(n->n ? asking_eval(k, n->kids[0]) : TRI_FALSE);
	case NODE_TEST:
		return test_eval(k, n->test, NULL);
	case NODE_TRUE:
		return TRI_TRUE;
	case NODE_FALSE:
		break;
	}
	return TRI_FALSE;
}

enum tri match_eval(const struct node *n, const struct subject *s, enum eval_mode mode)
{
	struct regexes regexes;
	struct asking k = {.subject = s, .mode = mode, .regexes = &regexes};
	enum tri result;

	regexes_init(&regexes);
	result = asking_eval(&k, n);
	regexes_release(&regexes);
	return result;
}
