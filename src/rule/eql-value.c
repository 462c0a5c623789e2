/* SPDX-License-Identifier: Apache-2.0 */
/* EQL's values: fields, constants, arithmetic and the functions that make values of values. */
#include <string.h>

#include "eql-lower.h"

/*
 * `takes` has a letter per argument: t a text, n a number, b true or false, a anything; the last one
 * stands for all that follow.
 */
static const struct eql_function functions[] = {
	{"add", "nn", EQL_TYPE_NUMBER, 2, 2, false, EQL_ROLE_VALUE, FUNCTION_ADD},
	{"between", "tttb", EQL_TYPE_TEXT, 3, 4, true, EQL_ROLE_VALUE, FUNCTION_BETWEEN},
	{"cidrMatch", "t", EQL_TYPE_BOOL, 2, SIZE_MAX, false, EQL_ROLE_NET, 0},
	{"concat", "a", EQL_TYPE_TEXT, 1, SIZE_MAX, false, EQL_ROLE_VALUE, FUNCTION_CONCAT},
	{"divide", "nn", EQL_TYPE_NUMBER, 2, 2, false, EQL_ROLE_VALUE, FUNCTION_DIVIDE},
	{"endsWith", "tt", EQL_TYPE_BOOL, 2, 2, true, EQL_ROLE_END, 0},
	{"indexOf", "ttn", EQL_TYPE_NUMBER, 2, 3, true, EQL_ROLE_VALUE, FUNCTION_INDEX_OF},
	{"length", "t", EQL_TYPE_NUMBER, 1, 1, false, EQL_ROLE_VALUE, FUNCTION_LENGTH},
	{"modulo", "nn", EQL_TYPE_NUMBER, 2, 2, false, EQL_ROLE_VALUE, FUNCTION_MODULO},
	{"multiply", "nn", EQL_TYPE_NUMBER, 2, 2, false, EQL_ROLE_VALUE, FUNCTION_MULTIPLY},
	{"number", "tn", EQL_TYPE_NUMBER, 1, 2, false, EQL_ROLE_VALUE, FUNCTION_NUMBER},
	{"startsWith", "tt", EQL_TYPE_BOOL, 2, 2, true, EQL_ROLE_START, 0},
	{"string", "a", EQL_TYPE_TEXT, 1, 1, false, EQL_ROLE_VALUE, FUNCTION_STRING},
	{"stringContains", "tt", EQL_TYPE_BOOL, 2, 2, true, EQL_ROLE_WITHIN, 0},
	{"substring", "tnn", EQL_TYPE_TEXT, 2, 3, false, EQL_ROLE_VALUE, FUNCTION_SUBSTRING},
	{"subtract", "nn", EQL_TYPE_NUMBER, 2, 2, false, EQL_ROLE_VALUE, FUNCTION_SUBTRACT},
};
#define N_FUNCTIONS (sizeof functions / sizeof *functions)

/* Functions of EQL's past, and what to write in their place. */
static const struct {
	const char *name, *instead;
} gone[] = {
	{"arrayContains", "; write `field : \"value\"`"},
	{"arrayCount", ""},
	{"arraySearch", ""},
	{"bucket", ""},
	{"length_utf8", "; use `length`"},
	{"match", "; write `field regex \"...\"`"},
	{"matchLite", "; write `field regex \"...\"`"},
	{"wildcard", "; write `field like \"...\"`"},
	{"child of", ""},
	{"descendant of", ""},
	{"event of", ""},
};

/* Published rules write names of functions in any case. */
const struct eql_function *eql_function(struct lowering *w, const struct eql_expr *e)
{
	const char *names[N_FUNCTIONS], *near;

	for (size_t i = 0; i < N_FUNCTIONS; i++) {
		if (view_eq_str_nocase(e->text, functions[i].name))
			return &functions[i];
		names[i] = functions[i].name;
	}
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		if (view_eq_str_nocase(e->text, gone[i].name)) {
			FAULT(w, e, ERR_UNSUPPORTED, "function %s is not supported%s",
			      gone[i].name, gone[i].instead);
			return NULL;
		}
	}
	near = suggest(e->text, names, N_FUNCTIONS);
	FAULT(w, e, ERR_SYNTAX, "unknown function `%.*s`%s%s%s", SHOWN(e->text),
	      near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
	return NULL;
}

const char *eql_type_name(enum eql_type t)
{
	static const char *const names[] = {"any value", "null", "a truth value", "a number",
					    "a text"};

	return names[t];
}

enum eql_type eql_type(const struct eql_expr *e)
{
	switch (e->kind) {
	case EQL_FIELD:
		return EQL_TYPE_ANY;
	case EQL_NULL:
		return EQL_TYPE_NULL;
	case EQL_NUMBER:
	case EQL_DECIMAL:
	case EQL_ARITHMETIC:
		return EQL_TYPE_NUMBER;
	case EQL_TEXT:
		return EQL_TYPE_TEXT;
	case EQL_CALL:
		for (size_t i = 0; i < N_FUNCTIONS; i++)
			if (view_eq_str_nocase(e->text, functions[i].name))
				return functions[i].result;
		return EQL_TYPE_ANY;
	case EQL_BOOL:
	case EQL_NOT:
	case EQL_AND:
	case EQL_OR:
	case EQL_COMPARE:
	case EQL_SET:
		break;
	}
	return EQL_TYPE_BOOL;
}

/* ---- arguments ---- */

static bool takes(char letter, enum eql_type t)
{
	if (t == EQL_TYPE_ANY || t == EQL_TYPE_NULL || letter == 'a')
		return true;
	return t == (letter == 't'   ? EQL_TYPE_TEXT
		     : letter == 'n' ? EQL_TYPE_NUMBER
				     : EQL_TYPE_BOOL);
}

static bool count_fits(struct lowering *w, const struct eql_expr *e, const struct eql_function *f)
{
	if (e->n >= f->least && e->n <= f->most)
		return true;
	if (f->most == SIZE_MAX)
		FAULT(w, e, ERR_SYNTAX, "%s takes %zu arguments or more, not %zu", f->name,
		      f->least, e->n);
	else if (f->least == f->most)
		FAULT(w, e, ERR_SYNTAX, "%s takes %zu argument%s, not %zu", f->name, f->least,
		      f->least == 1 ? "" : "s", e->n);
	else
		FAULT(w, e, ERR_SYNTAX, "%s takes %zu to %zu arguments, not %zu", f->name, f->least,
		      f->most, e->n);
	return false;
}

bool eql_call_fits(struct lowering *w, const struct eql_expr *e, const struct eql_function *f)
{
	size_t letters = strlen(f->takes);
	bool fits = count_fits(w, e, f);

	if (e->nocase && !f->tilde) {
		FAULT(w, e, ERR_SYNTAX, "function %s has no form with ~", f->name);
		fits = false;
	}
	for (size_t i = 0; i < e->n && fits; i++) {
		char letter = f->takes[i < letters ? i : letters - 1];

		if (takes(letter, eql_type(e->kids[i])))
			continue;
		FAULT(w, e->kids[i], ERR_SYNTAX, "argument %zu of %s is %s, not %s", i + 1, f->name,
		      letter == 't'   ? "a text"
		      : letter == 'n' ? "a number"
				      : "true or false",
		      eql_type_name(eql_type(e->kids[i])));
		fits = false;
	}
	return fits;
}

/* ---- constants ---- */

/* Whole numbers are whole, however they are written: 5.0, 1e3. */
static struct eql_number number_of(double real)
{
	if (real >= -9007199254740992.0 && real <= 9007199254740992.0 &&
	    real == (double)(int64_t)real)
		return (struct eql_number){.whole = (int64_t)real};
	return (struct eql_number){.is_real = true, .real = real};
}

/* -5 is parsed as arithmetic on 5. */
bool eql_number(const struct eql_expr *e, struct eql_number *out)
{
	if (e->kind == EQL_NUMBER) {
		*out = (struct eql_number){.whole = e->number};
		return true;
	}
	if (e->kind == EQL_DECIMAL) {
		*out = number_of(e->real);
		return true;
	}
	if (e->kind != EQL_ARITHMETIC || e->n != 1 || !eql_number(e->kids[0], out))
		return false;
	if (e->op == TOKEN_MINUS) {
		out->whole = -out->whole;
		out->real = -out->real;
	}
	return true;
}

bool eql_is_constant(const struct eql_expr *e)
{
	struct eql_number number;

	return e->kind <= EQL_TEXT || eql_number(e, &number);
}

/* ---- values ---- */

static void note_field(struct lowering *w, const struct eql_expr *e)
{
	struct spot at = {0, 0};

	if (w->l->notes < LIMIT_RULE_FAULTS)
		at = text_map_spot(w->map, e->start);
	load_note(w->l, at, "no record is known to fill field %.*s: its tests cannot be checked",
		  SHOWN(e->text));
}

field_id eql_field(struct lowering *w, const struct eql_expr *e)
{
	field_id id = FIELD_NONE;

	if (e->kind != EQL_FIELD) {
		FAULT(w, e, ERR_SYNTAX, "only a field can stand here");
	} else if (e->indexed) {
		FAULT(w, e, ERR_UNSUPPORTED, "elements of an array, `field[0]`, are not supported");
	} else {
		if (!e->optional && !vocabulary_has(e->text))
			note_field(w, e);
		id = fields_add(&w->l->set->fields, e->text);
		w->l->no_memory |= id == FIELD_NONE;
	}
	return id;
}

/* 7 / 2.0 is not 7 / 2. */
static bool is_decimal(const struct eql_expr *e)
{
	return e->kind == EQL_DECIMAL || (e->kind == EQL_ARITHMETIC && is_decimal(e->kids[0]));
}

static bool constant(struct lowering *w, const struct eql_expr *e, struct expr *out)
{
	struct eql_number number;

	if (eql_number(e, &number)) {
		bool real = is_decimal(e);

		out->op = real ? EXPR_REAL : EXPR_NUMBER;
		out->number = real ? 0 : number.whole;
		out->real = number.is_real ? number.real : (double)number.whole;
		return true;
	}
	if (e->kind == EQL_TEXT) {
		out->op = EXPR_TEXT;
		out->text = load_keep_view(w->l, e->text);
		return true;
	}
	out->op = e->kind == EQL_BOOL ? EXPR_BOOL : EXPR_NULL;
	out->number = e->truth;
	return e->kind == EQL_BOOL || e->kind == EQL_NULL;
}

static const struct eql_expr zero = {.kind = EQL_NUMBER};

static bool call(struct lowering *w, const struct eql_expr *e, size_t n, enum function function,
		 struct expr *out)
{
	const struct expr **args = load_keep(w->l, n, sizeof(const struct expr *));
	bool good = args;

	for (size_t i = 0; args && i < n; i++) {
		args[i] = eql_value(w, e->kids[i]);
		good &= args[i] != NULL;
	}
	*out = (struct expr){.op = EXPR_CALL,
			     .nocase = e->nocase,
			     .field = FIELD_NONE,
			     .function = function,
			     .args = args,
			     .n = n};
	return good;
}

/* substring(text, null, to) */
static bool from_start(struct lowering *w, const struct eql_expr *e, size_t n, struct expr *out)
{
	const struct eql_expr *kids[] = {e->kids[0], &zero, n > 2 ? e->kids[2] : NULL};
	struct eql_expr copy = *e;

	copy.kids = kids;
	return call(w, &copy, n, FUNCTION_SUBSTRING, out);
}

static bool named_call(struct lowering *w, const struct eql_expr *e, struct expr *out)
{
	const struct eql_function *f = eql_function(w, e);
	size_t n = e->n;

	if (!f || !eql_call_fits(w, e, f))
		return false;
	/* null stands for an argument that may be left out. */
	while (f->most != SIZE_MAX && n > f->least && e->kids[n - 1]->kind == EQL_NULL)
		n--;
	if (f->function == FUNCTION_SUBSTRING && e->kids[1]->kind == EQL_NULL)
		return from_start(w, e, n, out);
	if (f->role == EQL_ROLE_VALUE)
		return call(w, e, n, f->function, out);
	FAULT(w, e, ERR_UNSUPPORTED, "%s is a condition; as a value it is not supported", f->name);
	return false;
}

static enum function function_of(enum eql_token_kind op)
{
	return op == TOKEN_PLUS	   ? FUNCTION_ADD
	       : op == TOKEN_MINUS ? FUNCTION_SUBTRACT
	       : op == TOKEN_STAR  ? FUNCTION_MULTIPLY
	       : op == TOKEN_SLASH ? FUNCTION_DIVIDE
				   : FUNCTION_MODULO;
}

/* A sign before a value is arithmetic with zero. */
static bool arithmetic(struct lowering *w, const struct eql_expr *e, struct expr *out)
{
	const struct eql_expr *kids[2] = {&zero, e->kids[0]};
	struct eql_expr both = *e;

	for (size_t i = 0; i < e->n; i++) {
		if (takes('n', eql_type(e->kids[i])))
			continue;
		FAULT(w, e->kids[i], ERR_SYNTAX, "arithmetic takes numbers, not %s",
		      eql_type_name(eql_type(e->kids[i])));
		return false;
	}
	if (e->n == 1)
		both.kids = kids;
	return call(w, &both, 2, function_of(e->op), out);
}

/* The parser has bounded the depth. */
const struct expr *eql_value(struct lowering *w, const struct eql_expr *e)
{
	struct expr *out = load_keep(w->l, 1, sizeof *out);
	bool good = false;

	if (!out)
		return NULL;
	*out = (struct expr){.op = EXPR_FIELD, .field = FIELD_NONE};
	if (eql_is_constant(e)) {
		good = constant(w, e, out);
	} else if (e->kind == EQL_FIELD) {
		out->field = eql_field(w, e);
		good = out->field != FIELD_NONE;
	} else if (e->kind == EQL_CALL) {
		good = named_call(w, e, out);
	} else if (e->kind == EQL_ARITHMETIC) {
		good = arithmetic(w, e, out);
	} else {
		FAULT(w, e, ERR_UNSUPPORTED, "a condition as a value is not supported");
	}
	return good ? out : NULL;
}
