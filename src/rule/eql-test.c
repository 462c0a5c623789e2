/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EQL's comparisons, lists and functions that ask something, each one test of the tree or two. A
 * field against constants is a test with literals, so that an index can find it; the rest is values
 * against values.
 */
#include <string.h>

#include "eql-lower.h"
#include "net-build.h"
#include "pattern-build.h"

/* What is written for a test, and where. */
struct written {
	struct view source;
	struct spot at;
};

static struct written written(struct lowering *w, const struct eql_expr *e)
{
	return (struct written){
		.at = text_map_spot(w->map, e->start),
		.source = tree_source(w->l, view_sub(w->text, e->start, e->end - e->start)),
	};
}

static const struct node *make_test(struct lowering *w, struct written as,
				    const struct eql_expr *subject, struct test t)
{
	t.field = FIELD_NONE;
	if (subject->kind == EQL_FIELD)
		t.field = eql_field(w, subject);
	else
		t.expr = eql_value(w, subject);
	if (t.field == FIELD_NONE && !t.expr)
		return NULL;
	t.source = as.source;
	t.line = as.at.line;
	t.column = as.at.column;
	return tree_test(w->l, &t);
}

/* ---- constants ---- */

static struct view number_text(struct lowering *w, const struct eql_expr *e, struct eql_number n,
			       char out[24])
{
	struct buf b;

	if (n.is_real)
		return view_sub(w->text, e->start, e->end - e->start);
	buf_init(&b, 0);
	buf_fmt(&b, "%lld", (long long)n.whole);
	memset(out, 0, 24);
	if (!b.bad)
		memcpy(out, b.p, b.n < 23 ? b.n : 23);
	buf_release(&b);
	return view_str(out);
}

/* A number is kept as a text too, for values that are none. */
static bool literal(struct lowering *w, const struct eql_expr *e, bool cased, struct spot at,
		    struct literal *out)
{
	struct pattern_how how = {.syntax = PATTERN_EXACT, .cased = cased};
	struct eql_number number;
	char room[24];

	if (e->kind == EQL_TEXT)
		return pattern_build(w->l, e->text, how, at, &out->pattern);
	if (e->kind == EQL_BOOL)
		return pattern_build(w->l, view_str(e->truth ? "true" : "false"), how, at,
				     &out->pattern);
	if (!eql_number(e, &number))
		return false;
	out->is_number = true;
	out->is_real = number.is_real;
	if (number.is_real)
		out->real = number.real;
	else
		out->number = number.whole;
	return pattern_build(w->l, number_text(w, e, number, room), how, at, &out->pattern);
}

/* ---- left op right ---- */

struct comparison {
	struct written as;
	const struct eql_expr *left, *right; /* a constant is the right one */
	enum eql_token_kind op;
};

static enum eql_token_kind mirrored(enum eql_token_kind op)
{
	static const enum eql_token_kind pairs[][2] = {{TOKEN_LT, TOKEN_GT}, {TOKEN_LE, TOKEN_GE}};

	for (size_t i = 0; i < 2; i++) {
		if (op == pairs[i][0])
			return pairs[i][1];
		if (op == pairs[i][1])
			return pairs[i][0];
	}
	return op;
}

static enum test_op op_of(enum eql_token_kind op)
{
	return op == TOKEN_LT	? TEST_LT
	       : op == TOKEN_LE ? TEST_LE
	       : op == TOKEN_GT ? TEST_GT
	       : op == TOKEN_GE ? TEST_GE
				: TEST_MATCH;
}

static bool comparable(struct lowering *w, const struct eql_expr *e, const struct comparison *c)
{
	enum eql_type left = eql_type(c->left), right = eql_type(c->right);
	bool ordered = c->op != TOKEN_EQ && c->op != TOKEN_NE;

	if (ordered && (left == EQL_TYPE_NULL || right == EQL_TYPE_NULL ||
			left == EQL_TYPE_BOOL || right == EQL_TYPE_BOOL)) {
		FAULT(w, e, ERR_SYNTAX, "%s has no order; compare it with == or !=",
		      left == EQL_TYPE_NULL || right == EQL_TYPE_NULL ? "null" : "a truth value");
		return false;
	}
	if (left <= EQL_TYPE_NULL || right <= EQL_TYPE_NULL || left == right)
		return true;
	FAULT(w, e, ERR_SYNTAX, "%s cannot be compared with %s", eql_type_name(left),
	      eql_type_name(right));
	return false;
}

/* Truth values are compared whatever their letter case: logs write both true and True. */
static const struct node *compare_by(struct lowering *w, const struct comparison *c,
				     enum test_op op)
{
	struct test t = {.op = op, .cased = c->right->kind != EQL_BOOL};
	struct literal *lit;

	if (!eql_is_constant(c->right)) {
		t.other = eql_value(w, c->right);
		return t.other ? make_test(w, c->as, c->left, t) : NULL;
	}
	lit = load_keep(w->l, 1, sizeof *lit);
	if (!lit || !literal(w, c->right, t.cased, c->as.at, lit))
		return NULL;
	t.literals = lit;
	t.n = 1;
	return make_test(w, c->as, c->left, t);
}

/* A field that is not there is unequal to any constant; a value that cannot be computed is not. */
static const struct node *unequal(struct lowering *w, const struct comparison *c)
{
	struct nodes either = {0};

	if (c->left->kind == EQL_FIELD && eql_is_constant(c->right))
		return tree_not(w->l, compare_by(w, c, TEST_MATCH), c->as.at);
	nodes_add(w->l, &either, compare_by(w, c, TEST_LT));
	nodes_add(w->l, &either, compare_by(w, c, TEST_GT));
	return tree_join(w->l, NODE_OR, &either, c->as.at);
}

const struct node *eql_compare(struct lowering *w, const struct eql_expr *e, enum eql_token_kind op)
{
	struct comparison c = {written(w, e), e->kids[0], e->kids[1], op};
	const struct node *n;

	if (eql_is_constant(c.left) && !eql_is_constant(c.right)) {
		c.left = e->kids[1];
		c.right = e->kids[0];
		c.op = mirrored(op);
	}
	if (!comparable(w, e, &c))
		return NULL;
	if (c.right->kind == EQL_NULL) {
		n = make_test(w, c.as, c.left, (struct test){.op = TEST_NULL});
		return c.op == TOKEN_NE ? tree_not(w->l, n, c.as.at) : n;
	}
	return c.op == TOKEN_NE ? unequal(w, &c) : compare_by(w, &c, op_of(c.op));
}

const struct node *eql_truth(struct lowering *w, const struct eql_expr *e)
{
	struct eql_expr yes = {.kind = EQL_BOOL, .truth = true, .start = e->start};
	struct comparison c = {written(w, e), e, &yes, TOKEN_EQ};

	return compare_by(w, &c, TEST_MATCH);
}

/* ---- x in (...), x : ..., x like ..., x regex ... ---- */

static const char *const set_names[] = {"in", "like", ":", "regex"};

static bool in_literal(struct lowering *w, const struct eql_expr *e, const struct eql_expr *value,
		       struct spot at, struct literal *out)
{
	enum eql_type left = eql_type(e->kids[0]), right = eql_type(value);

	if (value->kind == EQL_NULL)
		FAULT(w, value, ERR_SYNTAX,
		      "null in a list is never found; write `or ... == null`");
	else if (!eql_is_constant(value))
		FAULT(w, value, ERR_SYNTAX, "`in` takes constants, not %s",
		      value->kind == EQL_FIELD ? "a field" : "a value that is computed");
	else if (left > EQL_TYPE_NULL && left != right)
		FAULT(w, value, ERR_SYNTAX, "%s cannot be compared with %s", eql_type_name(left),
		      eql_type_name(right));
	else
		return literal(w, value, !e->nocase, at, out);
	return false;
}

/* The place within the text is the place in the file where nothing in it is escaped. */
static void regex_fault(struct lowering *w, const struct eql_expr *value, const struct err *err)
{
	struct eql_expr at = *value;
	bool raw = view_sub(w->text, value->start, 3).n == 3 &&
		   w->text.p[value->start + 1] == '"' && w->text.p[value->start + 2] == '"';
	size_t quote = raw ? 3 : 1;

	if (value->end - value->start == value->text.n + 2 * quote)
		at.start += quote + (size_t)err->offset;
	FAULT(w, &at, err->code, "%s", err->msg);
}

static bool regex_is_good(struct lowering *w, const struct eql_expr *e, const struct eql_expr *value)
{
	unsigned flags = REGEX_LUCENE | REGEX_WHOLE | (e->nocase ? REGEX_NOCASE : 0);
	struct err err = {0};
	struct regex *r = regex_new(value->text, flags, &err);

	regex_free(r);
	if (!r && err.code == ERR_NOMEM)
		w->l->no_memory = true;
	else if (!r)
		regex_fault(w, value, &err);
	return r;
}

static bool set_literal(struct lowering *w, const struct eql_expr *e, const struct eql_expr *value,
			struct spot at, struct literal *out)
{
	struct pattern_how how = {.syntax = PATTERN_EQL, .cased = !e->nocase};

	if (e->set == SET_IN)
		return in_literal(w, e, value, at, out);
	if (value->kind != EQL_TEXT) {
		FAULT(w, value, ERR_SYNTAX, "`%s` takes texts, not %s", set_names[e->set],
		      value->kind == EQL_FIELD ? "a field" : eql_type_name(eql_type(value)));
		return false;
	}
	if (e->set != SET_REGEX)
		return pattern_build(w->l, value->text, how, at, &out->pattern);
	out->regex = load_keep_view(w->l, value->text);
	return regex_is_good(w, e, value);
}

static bool set_subject(struct lowering *w, const struct eql_expr *e)
{
	enum eql_type left = eql_type(e->kids[0]);

	if (e->set == SET_IN || left == EQL_TYPE_ANY || left == EQL_TYPE_TEXT)
		return true;
	FAULT(w, e->kids[0], ERR_SYNTAX, "`%s` asks a text, not %s; see string(...)",
	      set_names[e->set], eql_type_name(left));
	return false;
}

const struct node *eql_set(struct lowering *w, const struct eql_expr *e)
{
	struct literal *literals = load_keep(w->l, e->n - 1, sizeof *literals);
	struct written as = written(w, e);
	struct test t = {.op = e->set == SET_REGEX ? TEST_REGEX : TEST_MATCH,
			 .cased = !e->nocase,
			 .literals = literals,
			 .n = e->n - 1};
	const struct node *n;
	bool good = literals && set_subject(w, e);

	if (e->set == SET_REGEX)
		t.flags = REGEX_LUCENE | REGEX_WHOLE | (e->nocase ? REGEX_NOCASE : 0);
	for (size_t i = 1; literals && i < e->n; i++)
		good &= set_literal(w, e, e->kids[i], as.at, &literals[i - 1]);
	n = make_test(w, as, e->kids[0], t);
	if (!n || !good)
		return NULL;
	return e->negated ? tree_not(w->l, n, as.at) : n;
}

/* ---- functions that ask ---- */

static const struct node *place_test(struct lowering *w, const struct eql_expr *e,
				     enum eql_role role)
{
	struct written as = written(w, e);
	struct pattern_how how = {.syntax = PATTERN_EXACT,
				  .cased = !e->nocase,
				  .open_start = role != EQL_ROLE_START,
				  .open_end = role != EQL_ROLE_END};
	struct test t = {.op = TEST_MATCH, .cased = how.cased};
	struct literal *lit;

	if (e->kids[0]->kind == EQL_FIELD && e->kids[1]->kind == EQL_TEXT) {
		lit = load_keep(w->l, 1, sizeof *lit);
		if (!lit || !pattern_build(w->l, e->kids[1]->text, how, as.at, &lit->pattern))
			return NULL;
		t.literals = lit;
		t.n = 1;
		return make_test(w, as, e->kids[0], t);
	}
	t.place = role == EQL_ROLE_START ? PLACE_START
		  : role == EQL_ROLE_END ? PLACE_END
					 : PLACE_WITHIN;
	t.other = eql_value(w, e->kids[1]);
	return t.other ? make_test(w, as, e->kids[0], t) : NULL;
}

static const struct node *net_test(struct lowering *w, const struct eql_expr *e)
{
	struct literal *literals = load_keep(w->l, e->n - 1, sizeof *literals);
	struct test t = {.op = TEST_CIDR, .literals = literals, .n = e->n - 1};
	struct written as = written(w, e);
	bool good = literals;

	for (size_t i = 1; literals && i < e->n; i++) {
		const struct eql_expr *net = e->kids[i];

		if (net->kind == EQL_TEXT && net_build(net->text, &literals[i - 1].net))
			continue;
		FAULT(w, net, ERR_SYNTAX, "a network is a text such as \"10.0.0.0/8\" or \"fe80::/10\"");
		good = false;
	}
	return good ? make_test(w, as, e->kids[0], t) : NULL;
}

const struct node *eql_call(struct lowering *w, const struct eql_expr *e)
{
	const struct eql_function *f = eql_function(w, e);

	if (!f || !eql_call_fits(w, e, f))
		return NULL;
	if (f->role == EQL_ROLE_NET)
		return net_test(w, e);
	if (f->role != EQL_ROLE_VALUE)
		return place_test(w, e, f->role);
	FAULT(w, e, ERR_SYNTAX, "%s is %s and no condition", f->name, eql_type_name(f->result));
	return NULL;
}
