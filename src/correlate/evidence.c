/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records that a finding rests on, stage by stage: the record, its other places, the same start
 * or connection in the other log, then what a derivation rests on that a condition asked for.
 */
#include "correlate-private.h"

struct rows {
	struct finding *out;
	struct map told; /* supporting facts that stand already */
};

static struct evidence row_of_kept(const struct kept *k, enum role role, uint32_t stage)
{
	return (struct evidence){
		.role = role,
		.stage = stage + 1,
		.identity = k->identity,
		.time = k->event.time_created,
		.utc = k->act.utc_time,
		.record_id = k->event.record_id,
		.user_sid = k->derived.user_sid,
		.user_sid_is_class = k->derived.user_sid_is_class,
		.user_sid_from = k->derived.user_sid_from,
		.event = &k->event,
	};
}

struct place place_of_fact(const struct fact *f)
{
	uint64_t chunks = f->offset > EVTX_HEADER_SIZE ? f->offset - EVTX_HEADER_SIZE : 0;

	return (struct place){
		.source = f->source,
		.offset = f->offset,
		.size = f->size,
		.chunk = chunks / EVTX_CHUNK_SIZE,
		.recovered = f->recovered,
		.rank = f->rank,
	};
}

static void add(struct rows *r, const struct evidence *e)
{
	r->out->evidence[r->out->n_evidence++] = *e;
}

static void add_places(struct rows *r, const struct kept *k, struct evidence e)
{
	for (size_t i = 0; i < k->n_places; i++) {
		e.place = k->places[i];
		add(r, &e);
		e.role = ROLE_CORROBORATING;
	}
}

static void add_held(struct rows *r, const struct held *h, struct evidence e)
{
	e.event = NULL;
	e.identity = h->fact.identity;
	e.time = h->fact.time;
	e.utc = h->fact.utc;
	e.record_id = h->fact.record_id;
	for (; h; h = h->copies) {
		e.place = place_of_fact(&h->fact);
		add(r, &e);
		e.role = ROLE_CORROBORATING;
	}
}

/* The other log's record of the same start is of the same process, and so of the same user. */
static void add_twin(struct rows *r, const struct kept *k, uint32_t stage)
{
	struct evidence e = row_of_kept(k, ROLE_CORROBORATING, stage);

	if (!k->twin)
		return;
	if (!k->twin_kept) {
		add_held(r, k->twin, e);
		return;
	}
	e.event = &k->twin_kept->event;
	e.identity = k->twin_kept->identity;
	e.time = k->twin_kept->event.time_created;
	e.utc = k->twin_kept->act.utc_time;
	e.record_id = k->twin_kept->event.record_id;
	add_places(r, k->twin_kept, e);
}

static void add_filtered(struct rows *r, const struct kept *k, uint32_t stage)
{
	if (k->filtered)
		add_held(r, k->filtered, row_of_kept(k, ROLE_CORROBORATING, stage));
}

static int add_supporting(struct rows *r, const struct held *h, uint32_t stage)
{
	struct evidence e = {.role = ROLE_SUPPORTING, .stage = stage + 1, .user_sid_from = ""};
	uint64_t key = (uint64_t)(uintptr_t)h;

	e.user_sid = view_str("");
	if (map_get(&r->told, key, NULL))
		return 0;
	if (!map_put(&r->told, key, 1))
		return -1;
	add_held(r, h, e);
	return 0;
}

/* Depth: of both, the tree's, bounded by the rule readers. */
static bool computes_with(const struct expr *x, field_id a, field_id b)
{
	if (x && x->op == EXPR_FIELD)
		return x->field == a || x->field == b;
	for (size_t i = 0; x && i < x->n; i++)
		if (computes_with(x->args[i], a, b))
			return true;
	return false;
}

static bool asks_for(const struct node *n, field_id a, field_id b)
{
	if (n->op == NODE_TEST)
		return n->test->field == a || n->test->field == b ||
		       computes_with(n->test->expr, a, b) || computes_with(n->test->other, a, b);
	for (size_t i = 0; i < n->n; i++)
		if (asks_for(n->kids[i], a, b))
			return true;
	return false;
}

static bool joins_by(const struct stage *st, field_id a, field_id b)
{
	for (size_t i = 0; i < st->n_keys; i++)
		if (st->keys[i] == a || st->keys[i] == b)
			return true;
	return false;
}

static const struct held *logon_asked(const struct kept *k, const struct stage *st)
{
	bool asked = k->logon && (asks_for(st->condition, FIELD_ECS_USER_ID, FIELD_USER_SID) ||
				  joins_by(st, FIELD_ECS_USER_ID, FIELD_USER_SID));

	return asked ? k->logon : NULL;
}

static const struct held *load_asked(const struct kept *k, const struct stage *st)
{
	bool asked = k->load &&
		     asks_for(st->condition, FIELD_ECS_SIGNER, FIELD_ECS_SIGNATURE_TRUSTED);

	return asked ? k->load : NULL;
}

static size_t held_places(const struct held *h)
{
	size_t n = 0;

	for (; h; h = h->copies)
		n++;
	return n;
}

/* An upper bound of the rows. */
static size_t rows_of(const struct kept *k)
{
	return k->n_places + (k->twin_kept ? k->twin_kept->n_places : held_places(k->twin)) +
	       held_places(k->filtered) + held_places(k->logon) + held_places(k->load);
}

static int add_member(struct rows *r, const struct stage *st, const struct stage_event *m)
{
	const struct held *logon = logon_asked(m->kept, st);
	const struct held *load = load_asked(m->kept, st);

	add_places(r, m->kept, row_of_kept(m->kept, ROLE_STAGE, m->stage));
	add_twin(r, m->kept, m->stage);
	add_filtered(r, m->kept, m->stage);
	if (logon && add_supporting(r, logon, m->stage) < 0)
		return -1;
	return load ? add_supporting(r, load, m->stage) : 0;
}

int evidence_make(struct correlate *c, const struct found *f, struct finding *out)
{
	struct rows r = {.out = out};
	size_t most = 0;
	int result = 0;
	size_t n = f->n < LIMIT_FINDING_RECORDS ? f->n : LIMIT_FINDING_RECORDS;

	out->left_out = f->n - n;
	for (size_t i = 0; i < n; i++)
		most += rows_of(f->members[i].kept);
	out->evidence = arena_array(&c->arena, most, sizeof(*out->evidence));
	if (!out->evidence)
		return -1;
	map_init(&r.told);
	for (size_t i = 0; i < n && result == 0; i++)
		result = add_member(&r, ruleset_stage(c->rules, f->members[i].why), &f->members[i]);
	map_release(&r.told);
	return result;
}
