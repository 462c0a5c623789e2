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
	if (!view_eq_str(t->category, "process") && !view_eq_str(t->category, "network")) {
		struct eql_expr at = {.start = t->category_at};

		FAULT(w, &at, ERR_UNSUPPORTED,
		      "event category %.*s is not supported yet; process, network and any are",
		      SHOWN(t->category));
		return NULL;
	}
	nodes_add(w->l, &both, category_of(w, t));
	nodes_add(w->l, &both, eql_condition(w, t->condition));
	return tree_join(w->l, NODE_AND, &both, text_map_spot(w->map, t->start));
}

static field_id key_of(struct lowering *w, const struct eql_expr *e)
{
	if (e->kind == EQL_FIELD && e->optional) {
		FAULT(w, e, ERR_UNSUPPORTED,
		      "optional join keys, `by ?field`, are not supported yet");
		return FIELD_NONE;
	}
	return eql_field(w, e);
}

/* The keys of all terms come first; they have been looked up once. */
static void keys_of(struct lowering *w, const field_id *common, size_t n_common,
		    const struct eql_term *t, struct stage *s)
{
	size_t n = n_common + t->by.n;
	field_id *keys = load_keep(w->l, n, sizeof *keys);

	if (n > LIMIT_STAGE_KEYS) {
		FAULT(w, t, ERR_LIMIT, "more than %u join keys", LIMIT_STAGE_KEYS);
		return;
	}
	for (size_t i = 0; keys && i < n; i++)
		keys[i] = i < n_common ? common[i] : key_of(w, t->by.v[i - n_common]);
	s->keys = keys;
	s->n_keys = keys ? n : 0;
}

static void lower_term(struct lowering *w, const field_id *common, size_t n_common,
		       const struct eql_term *t, struct stage *s)
{
	struct spot at = text_map_spot(w->map, t->start);

	s->line = at.line;
	s->column = at.column;
	s->name = view_str("");
	s->source = tree_source(w->l, view_sub(w->text, t->start, t->end - t->start));
	if (t->missing)
		FAULT(w, t, ERR_UNSUPPORTED, "missing events, `![...]`, are not supported yet");
	s->value = FIELD_NONE;
	s->condition = condition_of(w, t);
	keys_of(w, common, n_common, t, s);
	if (t->has_runs) {
		struct eql_expr runs = {.start = t->runs_at};

		FAULT(w, &runs, ERR_UNSUPPORTED, "`with runs` is not supported yet");
	}
}

static void check_shape(struct lowering *w, const struct eql_query *q)
{
	struct eql_expr at = {.start = q->start}, until = {.start = q->until_at};

	if (q->shape == EQL_SAMPLE)
		FAULT(w, &at, ERR_UNSUPPORTED, "`sample` is not supported yet");
	if (q->shape == EQL_JOIN)
		FAULT(w, &at, ERR_UNSUPPORTED, "`join` is not supported");
	if (q->shape == EQL_SEQUENCE && q->n < 2 && !q->terms[0].has_runs)
		FAULT(w, &at, ERR_SYNTAX, "a sequence needs two terms or more");
	for (size_t i = 1; i < q->n; i++)
		if (q->terms[i].by.n != q->terms[0].by.n)
			FAULT(w, &q->terms[i], ERR_SYNTAX,
			      "this term joins by %zu keys, the first by %zu", q->terms[i].by.n,
			      q->terms[0].by.n);
	if (q->has_until)
		FAULT(w, &until, ERR_UNSUPPORTED, "`until` is not supported yet");
	if (q->pipe.kind != TOKEN_END)
		FAULT(w, &q->pipe, ERR_UNSUPPORTED, "pipe %.*s is not supported yet",
		      SHOWN(q->pipe.text));
}

void eql_lower(struct loader *l, struct view text, struct text_map *map, const struct eql_query *q,
	       struct rule *r)
{
	struct lowering w = {l, text, map};
	struct stage *stages = load_keep(l, q->n, sizeof *stages);
	field_id *common = load_scratch(l, q->by.n, sizeof *common);

	check_shape(&w, q);
	for (size_t i = 0; common && i < q->by.n; i++)
		common[i] = key_of(&w, q->by.v[i]);
	for (size_t i = 0; stages && common && i < q->n; i++)
		lower_term(&w, common, q->by.n, &q->terms[i], &stages[i]);
	r->shape = q->shape == EQL_EVENT ? RULE_SINGLE : RULE_SEQUENCE;
	r->span = q->has_maxspan ? q->maxspan : SPAN_NONE;
	r->stages = stages;
	r->n_stages = stages ? q->n : 0;
}

void eql_compile(struct loader *l, struct view text, struct text_map *map, struct rule *r)
{
	struct eql_query q;

	r->language = LANGUAGE_EQL;
	if (eql_parse(l, text, map, &q))
		eql_lower(l, text, map, &q, r);
}
