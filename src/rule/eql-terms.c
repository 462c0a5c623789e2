/* SPDX-License-Identifier: Apache-2.0 */
/* Terms, join keys and shapes of EQL queries. */
#include "eql-lower.h"

static const struct node *category_of(struct lowering *w, const struct eql_term *t)
{
	struct eql_expr category = {.kind = EQL_TEXT, .text = t->category, .start = t->category_at,
				    .end = t->category_at + t->category.n};
	struct eql_expr field = {.kind = EQL_FIELD, .text = view_str("event.category")};
	const struct eql_expr *kids[] = {&field, &category};
	struct eql_expr equal = {.kind = EQL_COMPARE, .op = TOKEN_EQ, .kids = kids, .n = 2,
				 .start = category.start, .end = category.end};

	return eql_condition(w, &equal);
}

/* The category is a condition like others: what a class of records answers always is decided early. */
static const struct node *condition_of(struct lowering *w, const struct eql_term *t)
{
	struct nodes both = {0};

	if (t->any)
		return eql_condition(w, t->condition);
	nodes_add(w->l, &both, category_of(w, t));
	nodes_add(w->l, &both, eql_condition(w, t->condition));
	return tree_join(w->l, NODE_AND, &both, text_map_spot(w->map, t->start));
}

/* ---- join keys ---- */

struct keys {
	field_id v[LIMIT_STAGE_KEYS];
	size_t n;
	uint32_t optional;
};

static void keys_add(struct lowering *w, struct keys *keys, const struct eql_list *by)
{
	for (size_t i = 0; i < by->n; i++) {
		if (keys->n == LIMIT_STAGE_KEYS) {
			FAULT(w, by->v[i], ERR_LIMIT, "more than %u join keys", LIMIT_STAGE_KEYS);
			return;
		}
		if (by->v[i]->kind == EQL_FIELD && by->v[i]->optional)
			keys->optional |= 1u << keys->n;
		keys->v[keys->n++] = eql_field(w, by->v[i]);
	}
}

/* The keys of all terms come first; they have been looked up once. */
static void keys_of(struct lowering *w, struct keys keys, const struct eql_term *t, struct stage *s)
{
	field_id *kept;

	keys_add(w, &keys, &t->by);
	kept = load_keep(w->l, keys.n, sizeof *kept);
	for (size_t i = 0; kept && i < keys.n; i++)
		kept[i] = keys.v[i];
	s->keys = kept;
	s->n_keys = kept ? keys.n : 0;
	s->optional_keys = keys.optional;
}

/* ---- terms ---- */

static void lower_term(struct lowering *w, const struct keys *common, const struct eql_term *t,
		       struct stage *s)
{
	struct spot at = text_map_spot(w->map, t->start);

	s->line = at.line;
	s->column = at.column;
	s->name = view_str("");
	s->source = tree_source(w->l, view_sub(w->text, t->start, t->end - t->start));
	s->missing = t->missing;
	s->value = FIELD_NONE;
	s->condition = condition_of(w, t);
	keys_of(w, *common, t, s);
}

#define RUNS_MOST 100 /* as in Elasticsearch */

/* What is out of bounds is told, and counts as one. */
static size_t runs_of(const struct eql_term *t)
{
	return t->has_runs && t->runs > 1 && t->runs <= RUNS_MOST ? (size_t)t->runs : 1;
}

static void check_runs(struct lowering *w, const struct eql_query *q, const struct eql_term *t)
{
	struct eql_expr at = {.start = t->runs_at};

	if (!t->has_runs)
		return;
	if (q->shape != EQL_SEQUENCE || t->missing)
		FAULT(w, &at, ERR_SYNTAX, "`with runs` is for the events of a sequence");
	else if (t->runs < 1 || t->runs > RUNS_MOST)
		FAULT(w, &at, ERR_SYNTAX, "`runs` is a whole number from 1 to %d", RUNS_MOST);
}

static void check_until(struct lowering *w, const struct eql_query *q)
{
	const struct eql_term *until = &q->terms[q->n - 1];
	struct eql_expr runs = {.start = until->runs_at};

	if (!q->has_until)
		return;
	if (q->shape != EQL_SEQUENCE)
		FAULT(w, until, ERR_SYNTAX, "`until` ends sequences only");
	if (until->missing)
		FAULT(w, until, ERR_SYNTAX, "`until` is an event, not a missing one");
	if (until->has_runs)
		FAULT(w, &runs, ERR_SYNTAX, "`until` has no runs");
}

static void check_sequence(struct lowering *w, const struct eql_query *q, size_t n)
{
	struct eql_expr at = {.start = q->start};
	const struct eql_term *missing = NULL;
	size_t present = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		all += runs_of(&q->terms[i]);
		present += !q->terms[i].missing;
		if (q->terms[i].missing && !missing)
			missing = &q->terms[i];
	}
	if (all < 2)
		FAULT(w, &at, ERR_SYNTAX, "a sequence needs two terms or more");
	if (!present)
		FAULT(w, &at, ERR_SYNTAX, "a sequence needs an event that is there");
	if (missing && !q->has_maxspan)
		FAULT(w, missing, ERR_SYNTAX,
		      "how long is nothing to happen? Missing events need `with maxspan`");
}

static void check_sample(struct lowering *w, const struct eql_query *q, size_t n)
{
	struct eql_expr at = {.start = q->start};

	if (n < 2)
		FAULT(w, &at, ERR_SYNTAX, "a sample needs two terms or more");
	if (!q->by.n && !q->terms[0].by.n)
		FAULT(w, &at, ERR_SYNTAX, "a sample needs join keys: `sample by ...`");
	for (size_t i = 0; i < n; i++)
		if (q->terms[i].missing)
			FAULT(w, &q->terms[i], ERR_SYNTAX, "a sample has no missing events");
}

static void check_shape(struct lowering *w, const struct eql_query *q, size_t n)
{
	struct eql_expr at = {.start = q->start};

	if (q->shape == EQL_JOIN)
		FAULT(w, &at, ERR_UNSUPPORTED, "`join` is not supported; see `sample`");
	else if (q->shape == EQL_SEQUENCE)
		check_sequence(w, q, n);
	else if (q->shape == EQL_SAMPLE)
		check_sample(w, q, n);
	for (size_t i = 0; i < q->n; i++) {
		check_runs(w, q, &q->terms[i]);
		if (q->terms[i].by.n != q->terms[0].by.n)
			FAULT(w, &q->terms[i], ERR_SYNTAX,
			      "this term joins by %zu keys, the first by %zu", q->terms[i].by.n,
			      q->terms[0].by.n);
	}
	check_until(w, q);
}

/* ---- pipes ---- */

static void lower_pipe(struct lowering *w, const struct eql_query *q, const struct eql_pipe *p,
		       struct pipe *out)
{
	struct eql_expr count = {.start = p->count_at};

	out->tail = view_eq_str(p->name, "tail");
	out->n = (uint64_t)p->count;
	if (!out->tail && !view_eq_str(p->name, "head"))
		FAULT(w, p, ERR_UNSUPPORTED, "pipe %.*s is not supported; head and tail are",
		      SHOWN(p->name));
	else if (q->shape == EQL_SAMPLE)
		FAULT(w, p, ERR_SYNTAX, "a sample has no pipes");
	else if (!p->has_count || p->count < 1)
		FAULT(w, &count, ERR_SYNTAX, "%s takes a whole number from 1 on",
		      out->tail ? "tail" : "head");
}

static void lower_pipes(struct lowering *w, const struct eql_query *q, struct rule *r)
{
	struct pipe *pipes = load_keep(w->l, q->n_pipes, sizeof *pipes);

	for (size_t i = 0; pipes && i < q->n_pipes; i++)
		lower_pipe(w, q, &q->pipes[i], &pipes[i]);
	r->pipes = pipes;
	r->n_pipes = pipes ? q->n_pipes : 0;
}

/* ---- the query ---- */

/* Stages that the terms make, a term with runs several; 0: more than there may be, told. */
static size_t count_stages(struct lowering *w, const struct eql_query *q, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct eql_term *t = &q->terms[i];
		struct eql_expr at = {.start = t->has_runs ? t->runs_at : t->start};

		sum += runs_of(t);
		if (sum > LIMIT_RULE_STAGES) {
			FAULT(w, &at, ERR_LIMIT, "the query has more than %u terms, runs counted",
			      LIMIT_RULE_STAGES);
			return 0;
		}
	}
	return sum;
}

static size_t lower_runs(struct lowering *w, const struct keys *common, const struct eql_term *t,
			 struct stage *stages)
{
	size_t runs = runs_of(t);

	lower_term(w, common, t, &stages[0]);
	for (size_t i = 1; i < runs; i++)
		stages[i] = stages[0];
	return runs;
}

void eql_lower(struct loader *l, struct view text, struct text_map *map, const struct eql_query *q,
	       struct rule *r)
{
	static const enum rule_shape shapes[] = {
		[EQL_EVENT] = RULE_SINGLE,
		[EQL_SEQUENCE] = RULE_SEQUENCE,
		[EQL_SAMPLE] = RULE_SAMPLE,
		[EQL_JOIN] = RULE_SAMPLE,
	};
	struct lowering w = {l, text, map};
	size_t n = q->n - q->has_until, n_stages = count_stages(&w, q, n);
	struct stage *stages = load_keep(l, n_stages + 1, sizeof *stages);
	struct keys common = {0};

	check_shape(&w, q, n);
	keys_add(&w, &common, &q->by);
	r->shape = shapes[q->shape];
	r->span = q->has_maxspan ? q->maxspan : SPAN_NONE;
	for (size_t i = 0; stages && n_stages && i < n; i++)
		r->n_stages += lower_runs(&w, &common, &q->terms[i], &stages[r->n_stages]);
	r->stages = stages;
	if (stages && q->has_until) {
		lower_term(&w, &common, &q->terms[n], &stages[n_stages]);
		r->until = &stages[n_stages];
	}
	lower_pipes(&w, q, r);
}

void eql_compile(struct loader *l, struct view text, struct text_map *map, struct rule *r)
{
	struct eql_query q;

	r->language = LANGUAGE_EQL;
	if (eql_parse(l, text, map, &q))
		eql_lower(l, text, map, &q, r);
}
