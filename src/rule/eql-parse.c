/* SPDX-License-Identifier: Apache-2.0 */
/* EQL's queries: events, sequences, samples, and what stands around their terms. */
#include "eql-ast.h"

#include "sigma.h"

static const struct {
	const char *unit;
	uint64_t ticks; /* of 100 ns */
} units[] = {
	{"ms", 10000}, {"s", 10000000}, {"m", 600000000}, {"h", 36000000000}, {"d", 864000000000},
};

static void category(struct eql_parser *p, struct eql_term *term)
{
	term->category_at = p->t.start;
	term->any = eql_is(p, "any");
	term->category = p->t.text;
	if (p->t.kind != TOKEN_NAME && p->t.kind != TOKEN_TEXT) {
		eql_expected(p, "an event category");
		return;
	}
	eql_advance(p);
	if (eql_is(p, "where"))
		eql_advance(p);
	else
		eql_expected(p, "`where`");
}

static void filter(struct eql_parser *p, struct eql_term *term)
{
	category(p, term);
	if (!p->x.bad)
		term->condition = eql_expression(p);
}

static struct eql_term *new_term(struct eql_parser *p, struct eql_query *q)
{
	if (q->n == LIMIT_RULE_STAGES) {
		eql_fault(&p->x, p->t.start, ERR_LIMIT, "the query has more than %u terms",
			  LIMIT_RULE_STAGES);
		return NULL;
	}
	q->terms[q->n] = (struct eql_term){.start = p->t.start};
	return &q->terms[q->n++];
}

static void span(struct eql_parser *p, struct eql_query *q)
{
	size_t at = p->t.start;
	int64_t number = p->t.number;

	if (p->t.kind == TOKEN_DECIMAL) {
		eql_fault(&p->x, at, ERR_UNSUPPORTED, "a span must be a whole number and a unit");
		return;
	}
	if (!eql_take(p, TOKEN_INTEGER)) {
		eql_expected(p, "a number and a unit of ms, s, m, h, d");
		return;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (!eql_is(p, units[i].unit))
			continue;
		if ((uint64_t)number > UINT64_MAX / 4 / units[i].ticks) {
			eql_fault(&p->x, at, ERR_LIMIT, "the span is too long");
			return;
		}
		q->has_maxspan = true;
		q->maxspan = (uint64_t)number * units[i].ticks;
		eql_advance(p);
		return;
	}
	eql_expected(p, "a unit of ms, s, m, h, d");
}

/* `with maxspan=1m`, or `with runs=3` behind a term. */
static bool with(struct eql_parser *p, const char *word)
{
	if (!eql_is(p, "with"))
		return false;
	eql_advance(p);
	if (!eql_is(p, word)) {
		eql_expected(p, word);
		return false;
	}
	eql_advance(p);
	if (!eql_take(p, TOKEN_ASSIGN)) {
		eql_expected(p, "`=`");
		return false;
	}
	return true;
}

static void behind_term(struct eql_parser *p, struct eql_term *term)
{
	size_t at;

	if (eql_is(p, "by")) {
		eql_advance(p);
		eql_by(p, &term->by);
	}
	at = p->t.start;
	if (!p->x.bad && with(p, "runs")) {
		term->has_runs = true;
		term->runs_at = at;
		term->runs = p->t.number;
		if (!eql_take(p, TOKEN_INTEGER))
			eql_expected(p, "a number");
	}
}

static void term(struct eql_parser *p, struct eql_query *q)
{
	struct eql_term *t = new_term(p, q);

	if (!t)
		return;
	t->missing = p->t.kind == TOKEN_MISSING;
	if (!t->missing && p->t.kind != TOKEN_LEFT) {
		eql_expected(p, "`[`");
		return;
	}
	eql_advance(p);
	filter(p, t);
	if (!p->x.bad && !eql_take(p, TOKEN_RIGHT))
		eql_expected(p, "`]`");
	if (p->x.bad)
		return;
	t->end = p->last_end;
	behind_term(p, t);
}

static void terms(struct eql_parser *p, struct eql_query *q)
{
	do
		term(p, q);
	while (!p->x.bad && (p->t.kind == TOKEN_LEFT || p->t.kind == TOKEN_MISSING));
	if (!p->x.bad && eql_is(p, "until")) {
		q->has_until = true;
		eql_advance(p);
		term(p, q);
	}
}

static void head(struct eql_parser *p, struct eql_query *q)
{
	eql_advance(p);
	if (eql_is(p, "by")) {
		eql_advance(p);
		eql_by(p, &q->by);
	}
	if (!p->x.bad && q->shape == EQL_SEQUENCE && with(p, "maxspan"))
		span(p, q);
	if (!p->x.bad && eql_is(p, "by"))
		eql_fault(&p->x, p->t.start, ERR_SYNTAX, "`by` comes before `with maxspan`");
	if (!p->x.bad)
		terms(p, q);
}

/* A pipe that is none of ours takes arguments of any kind: they are read to be able to name it. */
static void pipe(struct eql_parser *p, struct eql_query *q)
{
	struct eql_pipe *out = &q->pipes[q->n_pipes];
	struct eql_list arguments = {0};

	if (q->n_pipes++ == LIMIT_RULE_STAGES) {
		eql_fault(&p->x, p->t.start, ERR_LIMIT, "the query has more than %u pipes",
			  LIMIT_RULE_STAGES);
		return;
	}
	eql_advance(p);
	*out = (struct eql_pipe){.name = p->t.text, .start = p->t.start};
	if (!eql_take(p, TOKEN_NAME)) {
		eql_expected(p, "the name of a pipe");
		return;
	}
	out->count_at = p->t.start;
	out->count = p->t.number;
	out->has_count = p->t.kind == TOKEN_INTEGER;
	if (p->t.kind != TOKEN_END && p->t.kind != TOKEN_PIPE)
		eql_by(p, &arguments);
	out->has_count &= arguments.n == 1 && !p->x.bad && arguments.v[0]->kind == EQL_NUMBER;
}

static void query(struct eql_parser *p, struct eql_query *q)
{
	struct eql_term *only;

	q->start = p->t.start;
	q->shape = eql_is(p, "sequence") ? EQL_SEQUENCE
		   : eql_is(p, "sample") ? EQL_SAMPLE
		   : eql_is(p, "join")	 ? EQL_JOIN
					 : EQL_EVENT;
	if (q->shape != EQL_EVENT) {
		head(p, q);
	} else {
		only = new_term(p, q);
		if (only) {
			filter(p, only);
			only->end = p->last_end;
		}
	}
	if (p->x.bad)
		return;
	while (!p->x.bad && p->t.kind == TOKEN_PIPE)
		pipe(p, q);
	if (!p->x.bad && p->t.kind != TOKEN_END)
		eql_expected(p, q->n_pipes ? "`|` or the end"
				: q->shape == EQL_EVENT ? "`and`, `or` or the end"
							: "`[` or the end");
}

bool eql_parse(struct loader *l, struct view text, struct text_map *map, struct eql_query *q)
{
	struct eql_parser p = {.x = {.l = l, .text = text, .map = map}};

	*q = (struct eql_query){0};
	q->terms = load_scratch(l, LIMIT_RULE_STAGES, sizeof *q->terms);
	q->pipes = load_scratch(l, LIMIT_RULE_STAGES + 1, sizeof *q->pipes);
	if (!q->terms || !q->pipes)
		return false;
	eql_advance(&p);
	query(&p, q);
	return !p.x.bad && !l->no_memory && !l->no_room;
}
