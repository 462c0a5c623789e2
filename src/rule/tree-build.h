/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TREE_BUILD_H
#define EVTXHOUND_TREE_BUILD_H
/*
 * Makes the one tree of rule.h for every language. Trees are constant once made and may be shared
 * (a selection that a condition names twice); their size is counted as an evaluator would walk it,
 * and bounded by LIMIT_RULE_NODES. NULL in, NULL out: the fault has been told.
 */
#include "rule-load.h"

const struct node *tree_test(struct loader *l, const struct test *t);
const struct node *tree_constant(struct loader *l, bool truth);
const struct node *tree_not(struct loader *l, const struct node *n, struct spot at);

/* A list of nodes being gathered, in the scratch arena. */
struct nodes {
	const struct node **v;
	size_t n, cap;
	bool bad; /* one was NULL */
};
void nodes_add(struct loader *l, struct nodes *list, const struct node *n);
/* NODE_AND or NODE_OR of them; of one, that one. */
const struct node *tree_join(struct loader *l, enum node_op op, const struct nodes *list,
			     struct spot at);

/* One-line text of at most a few hundred bytes, blanks run together, kept. */
struct view tree_source(struct loader *l, struct view text);

#endif
