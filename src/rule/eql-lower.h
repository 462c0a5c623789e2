/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EQL_LOWER_H
#define EVTXHOUND_EQL_LOWER_H
/*
 * EQL's parse to the one tree: values in eql-value.c, tests of values in eql-test.c, conditions in
 * eql-lower.c, terms and shapes in eql-terms.c.
 */
#include "eql-ast.h"
#include "sigma.h"
#include "tree-build.h"

struct lowering {
	struct loader *l;
	struct view text;
	struct text_map *map;
};

/* Tells a fault where `e` (anything with a `start`) stands; the place is only looked for when it
   will be shown. */
#define FAULT(w, e, code, ...)                                                                     \
	do {                                                                                       \
		struct spot spot_ = {0, 0};                                                        \
		if ((w)->l->faults < LIMIT_RULE_FAULTS)                                            \
			spot_ = text_map_spot((w)->map, (e)->start);                               \
		load_fault((w)->l, spot_, code, __VA_ARGS__);                                      \
	} while (0)

/* ---- values ---- */

enum eql_type { EQL_TYPE_ANY, EQL_TYPE_NULL, EQL_TYPE_BOOL, EQL_TYPE_NUMBER, EQL_TYPE_TEXT };
enum eql_type eql_type(const struct eql_expr *e);
const char *eql_type_name(enum eql_type t);

enum eql_role { EQL_ROLE_VALUE, EQL_ROLE_START, EQL_ROLE_END, EQL_ROLE_WITHIN, EQL_ROLE_NET };
struct eql_function {
	const char *name, *takes;
	enum eql_type result;
	size_t least, most; /* arguments */
	bool tilde;	    /* has a form with ~ */
	enum eql_role role; /* a value, or which test it is */
	enum function function;
};
/* NULL: there is none, told. */
const struct eql_function *eql_function(struct lowering *w, const struct eql_expr *e);
/* Whether the arguments are such as it takes; else told. */
bool eql_call_fits(struct lowering *w, const struct eql_expr *e, const struct eql_function *f);

struct eql_number {
	bool is_real;
	int64_t whole;
	double real;
};
bool eql_number(const struct eql_expr *e, struct eql_number *out); /* a sign may stand before it */
bool eql_is_constant(const struct eql_expr *e);
/* The field that `e` is; FIELD_NONE when it is none that can be asked for, and told. */
field_id eql_field(struct lowering *w, const struct eql_expr *e);
/* NULL: told. */
const struct expr *eql_value(struct lowering *w, const struct eql_expr *e);

/* ---- tests; all return NULL when it has been told ---- */

/* `left` op `right` for all of EQL_COMPARE's operators; `e` is what the rule writes for it. */
const struct node *eql_compare(struct lowering *w, const struct eql_expr *e,
			       enum eql_token_kind op);
const struct node *eql_set(struct lowering *w, const struct eql_expr *e);
/* A function that is a condition. */
const struct node *eql_call(struct lowering *w, const struct eql_expr *e);
/* A field alone: it is true. */
const struct node *eql_truth(struct lowering *w, const struct eql_expr *e);

/* The parser has bounded its depth. */
const struct node *eql_condition(struct lowering *w, const struct eql_expr *e);

#endif
