/* SPDX-License-Identifier: Apache-2.0 */
/* EQL's expressions, by recursive descent; its depth is bounded by LIMIT_RULE_DEPTH. */
#include "eql-ast.h"

/* ---- x in (...), x like "...", x : "..." ---- */

struct predicate {
	enum eql_set set;
	bool nocase, negated;
};

static bool is_set(const struct eql_parser *p, struct predicate *out)
{
	static const struct {
		const char *word;
		enum eql_set set;
	} words[] = {{"in", SET_IN}, {"like", SET_LIKE}, {"regex", SET_REGEX}};

	if (p->t.kind == TOKEN_COLON) {
		*out = (struct predicate){SET_MATCH, true, false};
		return true;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		bool tilde = p->t.kind == TOKEN_TILDE_NAME;

		if ((tilde || p->t.kind == TOKEN_NAME) && view_eq_str(p->t.text, words[i].word)) {
			*out = (struct predicate){words[i].set, tilde, false};
			return true;
		}
	}
	return false;
}

static bool take_predicate(struct eql_parser *p, struct predicate *out)
{
	struct eql_lexer before = p->x;
	struct eql_token token = p->t;
	size_t last = p->last_end;
	bool negated = eql_is(p, "not");

	if (negated)
		eql_advance(p);
	if (is_set(p, out) && !(negated && out->set != SET_IN)) {
		out->negated = negated;
		eql_advance(p);
		return true;
	}
	/* `not` here begins nothing that EQL knows: leave it to whoever looks next. */
	if (negated) {
		p->x.pos = before.pos;
		p->t = token;
		p->last_end = last;
	}
	return false;
}

static const struct eql_expr *predicate(struct eql_parser *p, const struct eql_expr *left,
					struct predicate how)
{
	struct eql_expr *e = eql_new(p, EQL_SET, left->start);
	struct eql_list kids = {0};

	eql_list_add(p->x.l, &kids, left);
	if (how.set == SET_IN && p->t.kind != TOKEN_OPEN)
		return eql_expected(p, "`(` and a list of values");
	if (eql_take(p, TOKEN_OPEN))
		eql_arguments(p, &kids);
	else
		eql_list_add(p->x.l, &kids, eql_primary(p));
	if (!e)
		return NULL;
	e->set = how.set;
	e->nocase = how.nocase;
	e->negated = how.negated;
	return eql_finish(p, e, &kids);
}

/* ---- operators, from the closest binding on ---- */

static const struct eql_expr *binary(struct eql_parser *p, enum eql_kind kind,
				     enum eql_token_kind op, const struct eql_expr *left,
				     const struct eql_expr *right)
{
	struct eql_expr *e = left ? eql_new(p, kind, left->start) : NULL;
	struct eql_list kids = {0};

	if (!e || !right)
		return NULL;
	e->op = op;
	eql_list_add(p->x.l, &kids, left);
	eql_list_add(p->x.l, &kids, right);
	return eql_finish(p, e, &kids);
}

static const struct eql_expr *unary(struct eql_parser *p)
{
	struct predicate how;
	const struct eql_expr *e;
	struct eql_list kids = {0};
	enum eql_token_kind op = p->t.kind;
	size_t start = p->t.start;

	if (op == TOKEN_MINUS || op == TOKEN_PLUS) {
		struct eql_expr *sign = eql_new(p, EQL_ARITHMETIC, start);

		if (++p->depth > LIMIT_RULE_DEPTH)
			eql_fault(&p->x, start, ERR_LIMIT, "the query is nested more than %u deep",
				  LIMIT_RULE_DEPTH);
		eql_advance(p);
		eql_list_add(p->x.l, &kids, unary(p));
		p->depth--;
		if (sign)
			sign->op = op;
		return eql_finish(p, sign, &kids);
	}
	e = eql_primary(p);
	return e && take_predicate(p, &how) ? predicate(p, e, how) : e;
}

static const struct eql_expr *product(struct eql_parser *p)
{
	const struct eql_expr *e = unary(p);

	while (e && (p->t.kind == TOKEN_STAR || p->t.kind == TOKEN_SLASH ||
		     p->t.kind == TOKEN_PERCENT)) {
		enum eql_token_kind op = p->t.kind;

		eql_advance(p);
		e = binary(p, EQL_ARITHMETIC, op, e, unary(p));
	}
	return e;
}

static const struct eql_expr *sum(struct eql_parser *p)
{
	const struct eql_expr *e = product(p);

	while (e && (p->t.kind == TOKEN_PLUS || p->t.kind == TOKEN_MINUS)) {
		enum eql_token_kind op = p->t.kind;

		eql_advance(p);
		e = binary(p, EQL_ARITHMETIC, op, e, product(p));
	}
	return e;
}

static const struct eql_expr *comparison(struct eql_parser *p)
{
	const struct eql_expr *e = sum(p);
	enum eql_token_kind op = p->t.kind;

	if (!e || op < TOKEN_EQ || op > TOKEN_GE)
		return e;
	eql_advance(p);
	return binary(p, EQL_COMPARE, op, e, sum(p));
}

static const struct eql_expr *negation(struct eql_parser *p)
{
	struct eql_expr *e = NULL;
	struct eql_list kids = {0};
	const struct eql_expr *inner;

	if (++p->depth > LIMIT_RULE_DEPTH) {
		if (!p->x.bad)
			eql_fault(&p->x, p->t.start, ERR_LIMIT,
				  "the query is nested more than %u deep", LIMIT_RULE_DEPTH);
		return NULL;
	}
	if (eql_is(p, "not")) {
		e = eql_new(p, EQL_NOT, p->t.start);
		eql_advance(p);
		inner = negation(p);
		eql_list_add(p->x.l, &kids, inner);
		inner = inner ? eql_finish(p, e, &kids) : NULL;
	} else {
		inner = comparison(p);
	}
	p->depth--;
	return inner;
}

/* `a and b and c` is one node with three kids, so that long chains are not deep. */
static const struct eql_expr *chain(struct eql_parser *p, const char *word, enum eql_kind kind,
				    const struct eql_expr *(*part)(struct eql_parser *))
{
	const struct eql_expr *first = part(p);
	struct eql_expr *e;
	struct eql_list kids = {0};

	if (!first || !eql_is(p, word))
		return first;
	e = eql_new(p, kind, first->start);
	eql_list_add(p->x.l, &kids, first);
	while (!p->x.bad && eql_is(p, word)) {
		eql_advance(p);
		eql_list_add(p->x.l, &kids, part(p));
	}
	return eql_finish(p, e, &kids);
}

static const struct eql_expr *conjunction(struct eql_parser *p)
{
	return chain(p, "and", EQL_AND, negation);
}

const struct eql_expr *eql_expression(struct eql_parser *p)
{
	return chain(p, "or", EQL_OR, conjunction);
}

void eql_by(struct eql_parser *p, struct eql_list *by)
{
	do
		eql_list_add(p->x.l, by, eql_expression(p));
	while (!p->x.bad && eql_take(p, TOKEN_COMMA));
}
