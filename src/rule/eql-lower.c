/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EQL's conditions. A test of what is not there is false and its negation true, as Elasticsearch's
 * filters have it; but the negation of a comparison is the opposite comparison, which is false of what
 * is not there.
 */
#include "eql-lower.h"

static struct spot spot_at(struct lowering *w, size_t offset)
{
	return text_map_spot(w->map, offset);
}

static const struct node *junction(struct lowering *w, const struct eql_expr *e, enum node_op op)
{
	struct spot at = spot_at(w, e->start);
	struct nodes list = {0};

	for (size_t i = 0; i < e->n; i++)
		nodes_add(w->l, &list, eql_condition(w, e->kids[i]));
	return tree_join(w->l, op, &list, at);
}

static enum eql_token_kind opposite(enum eql_token_kind op)
{
	static const enum eql_token_kind pairs[][2] = {
		{TOKEN_EQ, TOKEN_NE}, {TOKEN_LT, TOKEN_GE}, {TOKEN_GT, TOKEN_LE}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (op == pairs[i][0])
			return pairs[i][1];
		if (op == pairs[i][1])
			return pairs[i][0];
	}
	return op;
}

/* `x == true` where x is a condition is that condition; `x == false` is not it. */
static const struct node *compare(struct lowering *w, const struct eql_expr *e, bool negated)
{
	enum eql_token_kind op = negated ? opposite(e->op) : e->op;
	const struct eql_expr *condition = e->kids[0], *truth = e->kids[1];
	struct spot at = spot_at(w, e->start);
	const struct node *n;

	if (condition->kind == EQL_BOOL) {
		condition = e->kids[1];
		truth = e->kids[0];
	}
	if (truth->kind != EQL_BOOL || eql_type(condition) != EQL_TYPE_BOOL ||
	    (op != TOKEN_EQ && op != TOKEN_NE))
		return eql_compare(w, e, op);
	n = eql_condition(w, condition);
	return n && (op == TOKEN_EQ) != truth->truth ? tree_not(w->l, n, at) : n;
}

static const struct node *negation(struct lowering *w, const struct eql_expr *e)
{
	struct spot at = spot_at(w, e->start);

	if (e->kids[0]->kind == EQL_COMPARE)
		return compare(w, e->kids[0], true);
	return tree_not(w->l, eql_condition(w, e->kids[0]), at);
}

/* Places are asked for before those of the kids: in rising order. */
const struct node *eql_condition(struct lowering *w, const struct eql_expr *e)
{
	switch (e->kind) {
	case EQL_AND:
		return junction(w, e, NODE_AND);
	case EQL_OR:
		return junction(w, e, NODE_OR);
	case EQL_NOT:
		return negation(w, e);
	case EQL_COMPARE:
		return compare(w, e, false);
	case EQL_SET:
		return eql_set(w, e);
	case EQL_BOOL:
		return tree_constant(w->l, e->truth);
	case EQL_FIELD:
		return eql_truth(w, e);
	case EQL_CALL:
		return eql_call(w, e);
	case EQL_NULL:
	case EQL_NUMBER:
	case EQL_DECIMAL:
	case EQL_TEXT:
	case EQL_ARITHMETIC:
		break;
	}
	FAULT(w, e, ERR_SYNTAX, "%s is no condition", eql_type_name(eql_type(e)));
	return NULL;
}
