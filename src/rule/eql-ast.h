/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EQL_AST_H
#define EVTXHOUND_EQL_AST_H
/*
 * EQL as written: the whole grammar is parsed, so that what is not supported can be named at its
 * place; eql-lower.c and its like make rules of what is. All of it lives in the scratch arena and
 * borrows the query's text. Offsets are bytes of the query.
 */
#include "rule-load.h"
#include "text-map.h"

enum eql_token_kind {
	TOKEN_END,
	TOKEN_BAD, /* told */
	TOKEN_NAME,
	TOKEN_QUOTED_NAME, /* `...` */
	TOKEN_TILDE_NAME,  /* name~ */
	TOKEN_TEXT,
	TOKEN_INTEGER,
	TOKEN_DECIMAL,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_ASSIGN,
	TOKEN_COLON,
	TOKEN_COMMA,
	TOKEN_DOT,
	TOKEN_PIPE,
	TOKEN_QUESTION,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_LEFT,
	TOKEN_RIGHT,
	TOKEN_MISSING, /* ( ) [ ] ![ */
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_STAR,
	TOKEN_SLASH,
	TOKEN_PERCENT,
};
struct eql_token {
	enum eql_token_kind kind;
	struct view text;  /* as written; of TOKEN_TEXT and TOKEN_QUOTED_NAME what it stands for */
	size_t start, end; /* in the query */
	int64_t number;	   /* TOKEN_INTEGER */
	double real;	   /* TOKEN_DECIMAL */
};

struct eql_lexer {
	struct loader *l;
	struct view text;
	struct text_map *map; /* to the file */
	size_t pos;
	bool bad;
};
void eql_fault(struct eql_lexer *x, size_t at, enum err_code code, const char *fmt, ...)
	EH_PRINTF(4, 5);
struct eql_token eql_next(struct eql_lexer *x);

enum eql_kind {
	EQL_NULL,
	EQL_BOOL,
	EQL_NUMBER,
	EQL_DECIMAL,
	EQL_TEXT,
	EQL_FIELD, /* text: the name */
	EQL_CALL,  /* text: the function's name; kids: arguments */
	EQL_NOT,
	EQL_AND,
	EQL_OR,
	EQL_COMPARE,	/* op; two kids */
	EQL_ARITHMETIC, /* op; one or two kids */
	EQL_SET,	/* set; kids[0] against each of the others */
};
enum eql_set { SET_IN, SET_LIKE, SET_MATCH /* : */, SET_REGEX };
struct eql_expr {
	enum eql_kind kind;
	enum eql_token_kind op;
	enum eql_set set;
	bool nocase, negated, optional, indexed, truth;
	struct view text;
	int64_t number;
	double real;
	const struct eql_expr *const *kids;
	size_t n;
	unsigned height; /* of the tree below */
	size_t start, end;
};
struct eql_list {
	const struct eql_expr **v;
	size_t n, cap;
};
void eql_list_add(struct loader *l, struct eql_list *list, const struct eql_expr *e);

struct eql_term {
	bool any, missing;
	struct view category;
	const struct eql_expr *condition;
	struct eql_list by;
	bool has_runs;
	int64_t runs;
	size_t start, end, category_at, runs_at;
};
struct eql_pipe {
	struct view name;
	bool has_count;
	int64_t count;
	size_t start, count_at;
};
enum eql_shape { EQL_EVENT, EQL_SEQUENCE, EQL_SAMPLE, EQL_JOIN };
struct eql_query {
	enum eql_shape shape;
	struct eql_term *terms;
	size_t n, cap;
	struct eql_list by;
	bool has_maxspan;
	uint64_t maxspan; /* 100 ns */
	bool has_until; /* it is the last of the terms */
	size_t start;
	struct eql_pipe *pipes;
	size_t n_pipes;
};

/* What the two halves of the parser share. */
struct eql_parser {
	struct eql_lexer x;
	struct eql_token t; /* the one looked at */
	unsigned depth;
	size_t nodes, last_end;
};
void eql_advance(struct eql_parser *p);
bool eql_is(const struct eql_parser *p, const char *keyword);
bool eql_take(struct eql_parser *p, enum eql_token_kind kind);
/* Tells what was expected instead of the token; always NULL. */
const struct eql_expr *eql_expected(struct eql_parser *p, const char *what);
const struct eql_expr *eql_expression(struct eql_parser *p);
struct eql_expr *eql_new(struct eql_parser *p, enum eql_kind kind, size_t start);
/* The node with its kids, ending where the last token taken ended; NULL when anything is bad. */
const struct eql_expr *eql_finish(struct eql_parser *p, struct eql_expr *e,
				  const struct eql_list *kids);
const struct eql_expr *eql_primary(struct eql_parser *p);
/* Expressions up to the closing parenthesis. */
void eql_arguments(struct eql_parser *p, struct eql_list *list);
void eql_by(struct eql_parser *p, struct eql_list *by); /* what follows the word `by` */

/* false: it does not parse, and that has been told. */
bool eql_parse(struct loader *l, struct view text, struct text_map *map, struct eql_query *q);
/* Stages, shape and span into the rule; what is not supported is told. */
void eql_lower(struct loader *l, struct view text, struct text_map *map, const struct eql_query *q,
	       struct rule *r);
/* Both. */
void eql_compile(struct loader *l, struct view text, struct text_map *map, struct rule *r);

#endif
