/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions in the abstract: what they can come to when some fields are never there. What all records
 * of a kind answer alike is decided by the evaluator; any other field that can be answered may be
 * anything. Recursion follows the tree, which the rule readers bound by LIMIT_RULE_DEPTH.
 */
#include "coverage-private.h"

#include <stdlib.h>

/* ---- whether a word can be answered ---- */

static bool of_answer(const struct asker *k, field_id id, const struct answer *ans, const char **why)
{
	const char *never;

	if (ans->state == ANSWER_VALUE || ans->state == ANSWER_LATE)
		return true;
	*why = ans->why && *ans->why ? ans->why : "never filled";
	return ans->state != ANSWER_UNKNOWN && k->specimen->open &&
	       vocabulary_can(&k->rules->fields, &k->specimen->event, id, &never) !=
		       VOCABULARY_NEVER;
}

void specimen_derive(struct specimen *s, bool signatures)
{
	s->derived = (struct derived){.user_sid = view_str("S-1-5-18"), .user_sid_from = "record",
				      .entity = view_str("p"), .parent_entity = view_str("q"),
				      .has_signature = signatures, .signer = view_str("x"),
				      .signature_trusted = true};
}

static int ask(struct asker *k, field_id id, bool raw, const char **why)
{
	const struct event *ev = &k->specimen->event;
	struct activity act;
	struct answer ans;

	if (raw) {
		*why = "never filled";
		if (event_ask_raw(ev, id, &k->rules->fields, k->arena, &ans) < 0)
			return -1;
		return ans.state == ANSWER_VALUE || k->specimen->open;
	}
	activity_begin(ev, &act);
	if (event_ask(ev, &act, &k->specimen->derived, id, &k->rules->fields, k->arena, &ans) < 0)
		return -1;
	return of_answer(k, id, &ans, why);
}

int asker_can(struct asker *k, field_id id, bool raw, const char **why)
{
	size_t names = k->rules->fields.names.n, at = id + (raw ? names : 0);
	int can;

	*why = "";
	if (id == FIELD_ANY)
		return 1;
	if (id >= names)
		return 0;
	if (k->known && k->known[at]) {
		*why = k->known[at];
		return !**why;
	}
	can = ask(k, id, raw, why);
	if (can > 0)
		*why = "";
	if (k->known && can >= 0)
		k->known[at] = *why;
	return can;
}

/* ---- tests ---- */

static field_id renamed(const struct look *l, field_id id)
{
	return l->selector ? selector_word(l->selector, id) : id;
}

static bool field_can(struct look *l, field_id id, bool raw)
{
	const char *why = "";
	field_id own = renamed(l, id);
	int can;

	if (l->all)
		return true;
	can = asker_can(l->asker, own, raw || own != id, &why);
	if (can < 0)
		l->bad = true;
	if (can == 0 && l->missing)
		l->missing(l->ctx, id, why);
	return can > 0;
}

static bool expr_can(struct look *l, const struct expr *e)
{
	bool can = true;

	if (!e)
		return true;
	if (e->op == EXPR_FIELD)
		return field_can(l, e->field, e->raw);
	for (size_t i = 0; i < e->n; i++)
		can = expr_can(l, e->args[i]) && can;
	return can;
}

static bool test_can(struct look *l, const struct test *t)
{
	bool can = t->expr ? expr_can(l, t->expr) : field_can(l, t->field, t->raw);

	return expr_can(l, t->other) && can;
}

static bool is_constant(const struct look *l, const struct test *t)
{
	if (t->expr || t->other || t->field == FIELD_ANY || renamed(l, t->field) != t->field)
		return false;
	if (t->raw)
		return t->field == FIELD_EVENT_ID || t->field == FIELD_PROVIDER_NAME ||
		       t->field == FIELD_CHANNEL;
	return event_says_always(&l->asker->rules->fields, &l->asker->specimen->event, t->field);
}

static struct outlook look_constant(struct look *l, const struct node *n)
{
	struct activity act;
	const struct event *ev = &l->asker->specimen->event;
	struct subject s = {.event = ev, .activity = &act, .fields = &l->asker->rules->fields,
			    .arena = l->asker->arena};
	enum tri value;

	activity_begin(ev, &act);
	value = match_eval(n, &s, EVAL_PUBLISHED);
	l->bad |= value == TRI_FAILED;
	return (struct outlook){value == TRI_TRUE, value != TRI_TRUE};
}

static struct outlook look_test(struct look *l, const struct node *n)
{
	if (is_constant(l, n->test))
		return look_constant(l, n);
	if (test_can(l, n->test))
		return (struct outlook){true, true};
	return (struct outlook){n->test->op == TEST_NULL, n->test->op != TEST_NULL};
}

/* ---- the tree ---- */

static struct outlook look_kids(struct look *l, const struct node *n)
{
	bool all_yes = true, all_no = true, any_yes = false, any_no = false;

	for (size_t i = 0; i < n->n; i++) {
		struct outlook kid = look_at(l, n->kids[i]);

		all_yes &= kid.yes;
		all_no &= kid.no;
		any_yes |= kid.yes;
		any_no |= kid.no;
	}
	if (n->op == NODE_AND)
		return (struct outlook){all_yes, any_no};
	return (struct outlook){any_yes, all_no};
}

struct outlook look_at(struct look *l, const struct node *n)
{
	struct outlook kid;

	switch (n->op) {
	case NODE_AND:
	case NODE_OR:
		return look_kids(l, n);
	case NODE_NOT:
		kid = n->n ? look_at(l, n->kids[0]) : (struct outlook){false, true};
		return (struct outlook){kid.no, kid.yes};
	case NODE_TEST:
		return look_test(l, n);
	case NODE_TRUE:
		return (struct outlook){true, false};
	case NODE_FALSE:
		break;
	}
	return (struct outlook){false, true};
}

void look_blame(struct look *l, const struct node *n, bool want)
{
	struct look quiet = *l;
	struct outlook o;

	quiet.missing = NULL;
	o = look_at(&quiet, n);
	l->bad |= quiet.bad;
	if (want ? o.yes : o.no)
		return;
	if (n->op == NODE_TEST && !is_constant(l, n->test))
		test_can(l, n->test);
	for (size_t i = 0; n->op != NODE_TEST && i < n->n; i++)
		look_blame(l, n->kids[i], n->op == NODE_NOT ? !want : want);
}

/* ---- stages ---- */

static const struct selector *selector_of(const struct stage *st, const struct event *head)
{
	for (size_t i = 0; i < st->n_selectors; i++)
		if (selector_fits(&st->selectors[i], head))
			return &st->selectors[i];
	return NULL;
}

static void count_missing(void *ctx, field_id id, const char *why)
{
	(void)id;
	(void)why;
	++*(size_t *)ctx;
}

/* The selector's own condition is in the record's own words. */
static struct outlook look_both(struct look *l, const struct stage *st)
{
	struct outlook o = look_at(l, st->condition), own;
	const struct selector *s = l->selector;

	if (!s || !s->condition)
		return o;
	l->selector = NULL;
	own = look_at(l, s->condition);
	l->selector = s;
	return (struct outlook){o.yes && own.yes, o.no || own.no};
}

static bool keys_can(struct look *l, const struct stage *st)
{
	bool can = true;

	for (size_t i = 0; i < st->n_keys; i++)
		if (!(st->optional_keys >> i & 1))
			can = field_can(l, st->keys[i], false) && can;
	return can;
}

static void tell_missing(struct look *l, const struct stage *st)
{
	const struct selector *s = l->selector;

	look_blame(l, st->condition, true);
	keys_can(l, st);
	l->selector = NULL;
	if (s && s->condition)
		look_blame(l, s->condition, true);
	l->selector = s;
}

int stage_look(const struct stage *st, struct asker *k, missing_fn *missing, void *ctx,
	       struct stage_look *out)
{
	size_t n = 0;
	const struct event *head = &k->specimen->event;
	struct look l = {.asker = k, .selector = selector_of(st, head), .all = true};
	bool yes;

	*out = (struct stage_look){0};
	if (st->n_selectors && !l.selector)
		return 0;
	out->meant = look_both(&l, st).yes;
	if (!out->meant || l.bad)
		return l.bad ? -1 : 0;
	l.all = false;
	l.missing = count_missing;
	l.ctx = &n;
	yes = look_both(&l, st).yes;
	yes = keys_can(&l, st) && yes;
	out->judged = !yes ? JUDGED_NONE : n ? JUDGED_PART : JUDGED_WHOLE;
	l.missing = missing;
	l.ctx = ctx;
	if (missing && out->judged == JUDGED_PART)
		look_both(&l, st);
	else if (missing && out->judged == JUDGED_NONE)
		tell_missing(&l, st);
	return l.bad ? -1 : 0;
}

/* ---- which event ids tests name ---- */

struct ids {
	uint16_t *v;
	size_t n, max;
};

static void add_id(struct ids *ids, uint64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return;
	if (ids->n < ids->max && id <= UINT16_MAX)
		ids->v[ids->n++] = (uint16_t)id;
}

static bool pattern_number(const struct pattern *p, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < p->n && i < 6; i++) {
		if (p->units[i] < '0' || p->units[i] > '9')
			return false;
		*out = *out * 10 + p->units[i] - '0';
	}
	return p->n && p->n < 6;
}

static void test_ids(struct ids *ids, const struct test *t)
{
	uint64_t id;

	if ((t->field != FIELD_EVENT_ID && t->field != FIELD_ECS_EVENT_CODE) || t->expr ||
	    t->op != TEST_MATCH)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct literal *l = &t->literals[i];

		if (l->is_number && !l->is_real && l->number >= 0)
			add_id(ids, (uint64_t)l->number);
		else if (!l->is_number && pattern_number(&l->pattern, &id))
			add_id(ids, id);
	}
}

static void node_ids(struct ids *ids, const struct node *n)
{
	if (n->op == NODE_TEST)
		test_ids(ids, n->test);
	for (size_t i = 0; n->op != NODE_TEST && n->op != NODE_NOT && i < n->n; i++)
		node_ids(ids, n->kids[i]);
}

static int by_id(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

size_t stage_ids(const struct stage *st, uint16_t *ids, size_t max)
{
	struct ids all = {.v = ids, .max = max};

	node_ids(&all, st->condition);
	qsort(ids, all.n, sizeof(*ids), by_id);
	return all.n;
}
