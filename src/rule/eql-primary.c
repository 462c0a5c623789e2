/* SPDX-License-Identifier: Apache-2.0 */
/* What EQL's expressions are made of: values, fields, calls, parentheses. */
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

struct eql_expr *eql_new(struct eql_parser *p, enum eql_kind kind, size_t start)
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

const struct eql_expr *eql_finish(struct eql_parser *p, struct eql_expr *e,
				  const struct eql_list *kids)
{
	if (!e || p->x.bad || p->x.l->no_memory || p->x.l->no_room)
		return NULL;
	e->kids = kids->v;
	e->n = kids->n;
	e->end = p->last_end;
	for (size_t i = 0; i < e->n; i++)
		if (e->height <= e->kids[i]->height)
			e->height = e->kids[i]->height + 1;
	if (e->height <= 2 * LIMIT_RULE_DEPTH)
		return e;
	eql_fault(&p->x, e->start, ERR_LIMIT, "the query is nested more than %u deep",
		  LIMIT_RULE_DEPTH);
	return NULL;
}

static const struct eql_expr *leaf(struct eql_parser *p, struct eql_expr *e)
{
	struct eql_list none = {0};

	eql_advance(p);
	return eql_finish(p, e, &none);
}

static const struct eql_expr *literal(struct eql_parser *p, enum eql_kind kind)
{
	struct eql_expr *e = eql_new(p, kind, p->t.start);

	if (!e)
		return NULL;
	e->text = p->t.text;
	e->number = p->t.number;
	e->real = p->t.real;
	e->truth = kind == EQL_BOOL && eql_is(p, "true");
	return leaf(p, e);
}

void eql_arguments(struct eql_parser *p, struct eql_list *list)
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
	struct eql_expr *e = eql_new(p, EQL_CALL, start);
	struct eql_list kids = {0};

	if (!eql_take(p, TOKEN_OPEN))
		return eql_expected(p, "`(`");
	if (!eql_take(p, TOKEN_CLOSE))
		eql_arguments(p, &kids);
	if (!e)
		return NULL;
	e->text = name;
	e->nocase = nocase;
	return eql_finish(p, e, &kids);
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
	struct eql_expr *e = eql_new(p, EQL_FIELD, start);
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
	return eql_finish(p, e, &none);
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

const struct eql_expr *eql_primary(struct eql_parser *p)
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
