/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EQL's parse to the one tree. Nulls as Elasticsearch has them are the evaluator's; here `x ==
 * null` becomes a test of its own and `!=` is the negation of `==`.
 */
#include "eql-lower.h"

#include <string.h>

#include "pattern-build.h"

static struct spot spot_at(struct lowering *w, size_t offset)
{
	return text_map_spot(w->map, offset);
}

static const char *const functions[] = {
	"add",	    "between",	     "bucket",	   "cidrMatch",	     "concat",	   "divide",
	"endsWith", "indexOf",	     "length",	   "match",	     "modulo",	   "multiply",
	"number",   "startsWith",    "string",	   "stringContains", "substring",  "subtract",
	"wildcard", "arrayContains", "arrayCount", "arraySearch",    "descendant", "child",
	"event",    "regexp",	     "matchLite",  "coalesce",	     "toLower",
};
#define N_FUNCTIONS (sizeof functions / sizeof *functions)

static void refuse_call(struct lowering *w, const struct eql_expr *e)
{
	const char *near;

	/* Published rules write names of functions in any case. */
	for (size_t i = 0; i < N_FUNCTIONS; i++) {
		if (view_eq_str_nocase(e->text, functions[i])) {
			FAULT(w, e, ERR_UNSUPPORTED, "function %s is not supported yet",
			      functions[i]);
			return;
		}
	}
	near = suggest(e->text, functions, N_FUNCTIONS);
	FAULT(w, e, ERR_SYNTAX, "unknown function `%.*s`%s%s%s", SHOWN(e->text),
	      near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
}

field_id eql_field(struct lowering *w, const struct eql_expr *e)
{
	field_id id = FIELD_NONE;

	if (e->kind == EQL_CALL) {
		refuse_call(w, e);
	} else if (e->kind == EQL_ARITHMETIC) {
		FAULT(w, e, ERR_UNSUPPORTED, "arithmetic is not supported yet");
	} else if (e->kind != EQL_FIELD) {
		FAULT(w, e, ERR_UNSUPPORTED, "only a field can stand here");
	} else if (e->indexed) {
		FAULT(w, e, ERR_UNSUPPORTED, "elements of an array, `field[0]`, are not supported");
	} else if (!e->optional && !vocabulary_has(e->text)) {
		FAULT(w, e, ERR_UNSUPPORTED, "field %.*s is not supported yet", SHOWN(e->text));
	} else {
		id = fields_add(&w->l->set->fields, e->text);
		w->l->no_memory |= id == FIELD_NONE;
	}
	return id;
}

static struct view source_of(struct lowering *w, const struct eql_expr *e)
{
	return tree_source(w->l, view_sub(w->text, e->start, e->end - e->start));
}

static const struct node *make_test(struct lowering *w, const struct eql_expr *e, struct spot at,
				    const struct eql_expr *field, struct test t)
{
	t.field = eql_field(w, field);
	if (t.field == FIELD_NONE)
		return NULL;
	t.source = source_of(w, e);
	t.line = at.line;
	t.column = at.column;
	return tree_test(w->l, &t);
}

static struct view number_text(int64_t number, char out[24])
{
	struct buf b;

	buf_init(&b, 0);
	buf_fmt(&b, "%lld", (long long)number);
	memset(out, 0, 24);
	if (!b.bad)
		memcpy(out, b.p, b.n < 23 ? b.n : 23);
	buf_release(&b);
	return view_str(out);
}

static const char *kind_name(const struct eql_expr *e)
{
	static const char *const names[] = {
		"null",	       "a truth value", "a number",    "a decimal number", "a text",
		"a field",     "a function",	"a condition", "a condition",	   "a condition",
		"a condition", "arithmetic",	"a condition"};

	return names[e->kind];
}

/* -5 is parsed as arithmetic on 5. */
static bool is_number(const struct eql_expr *e, int64_t *out)
{
	if (e->kind == EQL_NUMBER) {
		*out = e->number;
		return true;
	}
	if (e->kind != EQL_ARITHMETIC || e->n != 1 || !e->kids[0] || e->kids[0]->kind != EQL_NUMBER)
		return false;
	*out = e->op == TOKEN_MINUS ? -e->kids[0]->number : e->kids[0]->number;
	return true;
}

static bool is_constant(const struct eql_expr *e)
{
	int64_t number;

	return e->kind <= EQL_TEXT || is_number(e, &number);
}

static bool exact_literal(struct lowering *w, const struct eql_expr *e, bool cased, struct spot at,
			  struct literal *out)
{
	struct pattern_how how = {.syntax = PATTERN_EXACT, .cased = cased};
	char room[24];

	if (e->kind == EQL_TEXT)
		return pattern_build(w->l, e->text, how, at, &out->pattern);
	if (is_number(e, &out->number)) {
		out->is_number = true;
		return pattern_build(w->l, number_text(out->number, room), how, at, &out->pattern);
	}
	if (e->kind == EQL_BOOL)
		return pattern_build(w->l, view_str(e->truth ? "true" : "false"), how, at,
				     &out->pattern);
	if (e->kind == EQL_CALL)
		refuse_call(w, e);
	else
		FAULT(w, e, ERR_UNSUPPORTED, "%s is not supported here yet", kind_name(e));
	return false;
}

/* Truth values are compared whatever their letter case: logs write both true and True. */
static const struct node *equals(struct lowering *w, const struct eql_expr *e, struct spot at,
				 const struct eql_expr *field, const struct eql_expr *value)
{
	struct test t = {.op = TEST_MATCH, .cased = value->kind != EQL_BOOL, .n = 1};
	struct literal *lit;

	if (value->kind == EQL_NULL)
		return make_test(w, e, at, field, (struct test){.op = TEST_NULL});
	lit = load_keep(w->l, 1, sizeof *lit);
	if (!lit || !exact_literal(w, value, t.cased, at, lit))
		return NULL;
	t.literals = lit;
	return make_test(w, e, at, field, t);
}

static const struct node *ordered(struct lowering *w, const struct eql_expr *e, struct spot at,
				  const struct eql_expr *field, const struct eql_expr *value,
				  enum test_op op)
{
	struct literal *lit = load_keep(w->l, 1, sizeof *lit);
	struct test t = {.op = op, .cased = true, .literals = lit, .n = 1};
	int64_t number;

	if (!is_number(value, &number)) {
		FAULT(w, value, ERR_UNSUPPORTED,
		      "ordering by %s is not supported yet; whole numbers are", kind_name(value));
		return NULL;
	}
	if (!lit || !exact_literal(w, value, true, at, lit))
		return NULL;
	return make_test(w, e, at, field, t);
}

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

static const struct node *compare(struct lowering *w, const struct eql_expr *e)
{
	const struct eql_expr *field = e->kids[0], *value = e->kids[1];
	enum eql_token_kind op = e->op;
	struct spot at = spot_at(w, e->start);
	const struct node *n;

	if (is_constant(field) && !is_constant(value)) {
		field = e->kids[1];
		value = e->kids[0];
		op = mirrored(op);
	}
	if (field->kind == EQL_FIELD && value->kind == EQL_FIELD) {
		FAULT(w, e, ERR_UNSUPPORTED, "comparing two fields is not supported yet");
		return NULL;
	}
	if (op == TOKEN_EQ || op == TOKEN_NE) {
		n = equals(w, e, at, field, value);
		return n && op == TOKEN_NE ? tree_not(w->l, n, at) : n;
	}
	return ordered(w, e, at, field, value,
		       op == TOKEN_LT	? TEST_LT
		       : op == TOKEN_LE ? TEST_LE
		       : op == TOKEN_GT ? TEST_GT
					: TEST_GE);
}

static bool set_literal(struct lowering *w, const struct eql_expr *e, const struct eql_expr *value,
			struct spot at, struct literal *out)
{
	struct pattern_how how = {.syntax = PATTERN_EQL, .cased = !e->nocase};

	if (e->set == SET_IN)
		return exact_literal(w, value, !e->nocase, at, out);
	if (value->kind == EQL_TEXT)
		return pattern_build(w->l, value->text, how, at, &out->pattern);
	FAULT(w, value, ERR_SYNTAX, "`%s` takes texts, not %s", e->set == SET_LIKE ? "like" : ":",
	      kind_name(value));
	return false;
}

static const struct node *set(struct lowering *w, const struct eql_expr *e)
{
	struct literal *literals = load_keep(w->l, e->n - 1, sizeof *literals);
	struct test t = {
		.op = TEST_MATCH, .cased = !e->nocase, .literals = literals, .n = e->n - 1};
	struct spot at = spot_at(w, e->start);
	const struct node *n;
	bool good = literals;

	if (e->set == SET_REGEX) {
		FAULT(w, e, ERR_UNSUPPORTED, "`regex` is not supported yet");
		return NULL;
	}
	for (size_t i = 1; literals && i < e->n; i++)
		good &= set_literal(w, e, e->kids[i], at, &literals[i - 1]);
	n = make_test(w, e, at, e->kids[0], t);
	if (!n || !good)
		return NULL;
	return e->negated ? tree_not(w->l, n, at) : n;
}

static const struct node *junction(struct lowering *w, const struct eql_expr *e, enum node_op op)
{
	struct spot at = spot_at(w, e->start);
	struct nodes list = {0};

	for (size_t i = 0; i < e->n; i++)
		nodes_add(w->l, &list, eql_condition(w, e->kids[i]));
	return tree_join(w->l, op, &list, at);
}

/* A field alone is a condition: it is true. */
static const struct node *truth_of(struct lowering *w, const struct eql_expr *e)
{
	struct eql_expr yes = {.kind = EQL_BOOL, .truth = true, .start = e->start};

	return equals(w, e, spot_at(w, e->start), e, &yes);
}

static const struct node *negation(struct lowering *w, const struct eql_expr *e)
{
	struct spot at = spot_at(w, e->start);
	const struct node *n = eql_condition(w, e->kids[0]);

	return n ? tree_not(w->l, n, at) : NULL;
}

/* The parser has bounded the depth. Places are asked for before those of the kids: in rising order.
 */
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
		return compare(w, e);
	case EQL_SET:
		return set(w, e);
	case EQL_BOOL:
		return tree_constant(w->l, e->truth);
	case EQL_FIELD:
	case EQL_CALL:
		return truth_of(w, e);
	case EQL_NULL:
	case EQL_NUMBER:
	case EQL_DECIMAL:
	case EQL_TEXT:
	case EQL_ARITHMETIC:
		break;
	}
	FAULT(w, e, ERR_SYNTAX, "%s is no condition", kind_name(e));
	return NULL;
}
