/* SPDX-License-Identifier: Apache-2.0 */
/* EQL's expressions, by recursive descent; its depth is bounded by LIMIT_RULE_DEPTH. */
#include "eql-ast.h"

#include <string.h>

#include "sigma.h"

void eql_list_add(struct loader *l, struct eql_list *list, const struct eql_expr *e)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 4;
		const struct eql_expr **v = load_scratch(l, cap, sizeof *v);

		if (!v)
			return;
		for (size_t i = 0; i < list->n; i++)
			v[i] = list->v[i];
		list->v = v;
		list->cap = cap;
	}
	list->v[list->n++] = e;
}

void eql_advance(struct eql_parser *p)
{
	p->last_end = p->t.end;
	p->t = eql_next(&p->x);
}

bool eql_is(const struct eql_parser *p, const char *keyword)
{
	return p->t.kind == TOKEN_NAME && view_eq_str(p->t.text, keyword);
}

bool eql_take(struct eql_parser *p, enum eql_token_kind kind)
{
	if (p->t.kind != kind)
		return false;
	eql_advance(p);
	return true;
}

const struct eql_expr *eql_expected(struct eql_parser *p, const char *what)
{
	struct view shown = view_sub(p->x.text, p->t.start, p->t.end - p->t.start);

	if (!p->x.bad && p->t.kind == TOKEN_END)
		eql_fault(&p->x, p->t.start, ERR_SYNTAX, "expected %s at the end of the query",
			  what);
	else if (!p->x.bad)
		eql_fault(&p->x, p->t.start, ERR_SYNTAX, "expected %s, not `%.*s`", what,
			  SHOWN(shown));
	return NULL;
}

static struct eql_expr *new_expr(struct eql_parser *p, enum eql_kind kind, size_t start)
{
	struct eql_expr *e;

	if (++p->nodes > LIMIT_RULE_NODES) {
		if (!p->x.bad)
			eql_fault(&p->x, start, ERR_LIMIT, "the query has more than %u parts",
				  LIMIT_RULE_NODES);
		return NULL;
	}
	e = load_scratch(p->x.l, 1, sizeof *e);
	if (!e) {
		p->x.bad = true;
		return NULL;
	}
	*e = (struct eql_expr){.kind = kind, .start = start, .end = p->t.end};
	return e;
}

/* The node with its kids, ending where the last token taken ended; NULL when anything is bad. */
static const struct eql_expr *finish(struct eql_parser *p, struct eql_expr *e,
				     const struct eql_list *kids)
{
	if (!e || p->x.bad || p->x.l->no_memory || p->x.l->no_room)
		return NULL;
	e->kids = kids->v;
	e->n = kids->n;
	e->end = p->last_end;
	return e;
}

static const struct eql_expr *leaf(struct eql_parser *p, struct eql_expr *e)
{
	struct eql_list none = {0};

	eql_advance(p);
	return finish(p, e, &none);
}

static const struct eql_expr *literal(struct eql_parser *p, enum eql_kind kind)
{
	struct eql_expr *e = new_expr(p, kind, p->t.start);

	if (!e)
		return NULL;
	e->text = p->t.text;
	e->number = p->t.number;
	e->truth = kind == EQL_BOOL && eql_is(p, "true");
	return leaf(p, e);
}

static void arguments(struct eql_parser *p, struct eql_list *list)
{
	do
		eql_list_add(p->x.l, list, eql_expression(p));
	while (!p->x.bad && eql_take(p, TOKEN_COMMA));
	if (!eql_take(p, TOKEN_CLOSE))
		eql_expected(p, "`,` or `)`");
}

static const struct eql_expr *call(struct eql_parser *p, struct view name, bool nocase,
				   size_t start)
{
	struct eql_expr *e = new_expr(p, EQL_CALL, start);
	struct eql_list kids = {0};

	if (!eql_take(p, TOKEN_OPEN))
		return eql_expected(p, "`(`");
	if (!eql_take(p, TOKEN_CLOSE))
		arguments(p, &kids);
	if (!e)
		return NULL;
	e->text = name;
	e->nocase = nocase;
	return finish(p, e, &kids);
}

static bool is_name(const struct eql_parser *p)
{
	return p->t.kind == TOKEN_NAME || p->t.kind == TOKEN_QUOTED_NAME;
}

/* A bracket behind a field: of an element, or of the next term of a sequence? */
static bool at_element(const struct eql_parser *p)
{
	size_t i = p->x.pos;

	return p->t.kind == TOKEN_LEFT && i < p->x.text.n && p->x.text.p[i] >= '0' &&
	       p->x.text.p[i] <= '9';
}

/* The parts behind the first: .name or [0]. */
static void name_rest(struct eql_parser *p, struct eql_expr *e, struct buf *b)
{
	while (!p->x.bad) {
		if (eql_take(p, TOKEN_DOT)) {
			if (!is_name(p)) {
				eql_expected(p, "a name");
				return;
			}
			buf_byte(b, '.');
			buf_view(b, p->t.text);
			eql_advance(p);
		} else if (at_element(p)) {
			e->indexed = true;
			eql_advance(p);
			if (!eql_take(p, TOKEN_INTEGER) || !eql_take(p, TOKEN_RIGHT))
				eql_expected(p, "the number of an element and `]`");
		} else {
			return;
		}
	}
}

static const struct eql_expr *field(struct eql_parser *p, size_t start, bool optional)
{
	struct eql_expr *e = new_expr(p, EQL_FIELD, start);
	struct eql_list none = {0};
	struct view first = p->t.text;
	bool plain = p->t.kind == TOKEN_NAME;
	uint8_t *kept;
	struct buf b;

	if (!e)
		return NULL;
	if (!is_name(p))
		return eql_expected(p, "a field");
	eql_advance(p);
	if (plain && !optional && p->t.kind == TOKEN_OPEN)
		return call(p, first, false, start);
	buf_init(&b, 0);
	buf_view(&b, first);
	name_rest(p, e, &b);
	p->x.l->no_memory |= b.bad;
	kept = load_scratch(p->x.l, b.n, 1);
	if (kept && b.n)
		memcpy(kept, b.p, b.n);
	e->text = (struct view){kept, kept ? b.n : 0};
	e->optional = optional;
	buf_release(&b);
	return finish(p, e, &none);
}

static bool is_reserved(const struct eql_parser *p)
{
	static const char *const words[] = {"and",    "or",  "in",   "like",   "regex",
					    "where",  "by",  "with", "until",  "sequence",
					    "sample", "any", "of",   "maxspan"};

	for (size_t i = 0; i < 8; i++)
		if (eql_is(p, words[i]))
			return true;
	return false;
}

static const struct eql_expr *parenthesised(struct eql_parser *p)
{
	const struct eql_expr *e;

	eql_advance(p);
	e = eql_expression(p);
	if (!p->x.bad && !eql_take(p, TOKEN_CLOSE))
		return eql_expected(p, "`)`");
	return p->x.bad ? NULL : e;
}

static const struct eql_expr *tilde_call(struct eql_parser *p)
{
	struct view name = p->t.text;
	size_t start = p->t.start;

	eql_advance(p);
	return call(p, name, true, start);
}

static const struct eql_expr *primary(struct eql_parser *p)
{
	size_t start = p->t.start;

	if (p->t.kind == TOKEN_OPEN)
		return parenthesised(p);
	if (p->t.kind == TOKEN_TEXT)
		return literal(p, EQL_TEXT);
	if (p->t.kind == TOKEN_INTEGER)
		return literal(p, EQL_NUMBER);
	if (p->t.kind == TOKEN_DECIMAL)
		return literal(p, EQL_DECIMAL);
	if (eql_is(p, "null"))
		return literal(p, EQL_NULL);
	if (eql_is(p, "true") || eql_is(p, "false"))
		return literal(p, EQL_BOOL);
	if (p->t.kind == TOKEN_TILDE_NAME)
		return tilde_call(p);
	if (eql_take(p, TOKEN_QUESTION))
		return field(p, start, true);
	if (is_name(p) && !is_reserved(p))
		return field(p, start, false);
	return eql_expected(p, "a field, a value or `(`");
}

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
	struct eql_expr *e = new_expr(p, EQL_SET, left->start);
	struct eql_list kids = {0};

	eql_list_add(p->x.l, &kids, left);
	if (how.set == SET_IN && p->t.kind != TOKEN_OPEN)
		return eql_expected(p, "`(` and a list of values");
	if (eql_take(p, TOKEN_OPEN))
		arguments(p, &kids);
	else
		eql_list_add(p->x.l, &kids, primary(p));
	if (!e)
		return NULL;
	e->set = how.set;
	e->nocase = how.nocase;
	e->negated = how.negated;
	return finish(p, e, &kids);
}

/* ---- operators, from the closest binding on ---- */

static const struct eql_expr *binary(struct eql_parser *p, enum eql_kind kind,
				     enum eql_token_kind op, const struct eql_expr *left,
				     const struct eql_expr *right)
{
	struct eql_expr *e = left ? new_expr(p, kind, left->start) : NULL;
	struct eql_list kids = {0};

	if (!e || !right)
		return NULL;
	e->op = op;
	eql_list_add(p->x.l, &kids, left);
	eql_list_add(p->x.l, &kids, right);
	return finish(p, e, &kids);
}

static const struct eql_expr *unary(struct eql_parser *p)
{
	struct predicate how;
	const struct eql_expr *e;
	struct eql_list kids = {0};
	enum eql_token_kind op = p->t.kind;
	size_t start = p->t.start;

	if (op == TOKEN_MINUS || op == TOKEN_PLUS) {
		struct eql_expr *sign = new_expr(p, EQL_ARITHMETIC, start);

		if (++p->depth > LIMIT_RULE_DEPTH)
			eql_fault(&p->x, start, ERR_LIMIT, "the query is nested more than %u deep",
				  LIMIT_RULE_DEPTH);
		eql_advance(p);
		eql_list_add(p->x.l, &kids, unary(p));
		p->depth--;
		if (sign)
			sign->op = op;
		return finish(p, sign, &kids);
	}
	e = primary(p);
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
		e = new_expr(p, EQL_NOT, p->t.start);
		eql_advance(p);
		inner = negation(p);
		eql_list_add(p->x.l, &kids, inner);
		inner = inner ? finish(p, e, &kids) : NULL;
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
	e = new_expr(p, kind, first->start);
	eql_list_add(p->x.l, &kids, first);
	while (!p->x.bad && eql_is(p, word)) {
		eql_advance(p);
		eql_list_add(p->x.l, &kids, part(p));
	}
	return finish(p, e, &kids);
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
