/* SPDX-License-Identifier: Apache-2.0 */
/* The events of one rule with the stages they fulfil and their keys, in order of either clock. */
#include <stdlib.h>

#include "correlate-private.h"

/* ---- keys ---- */

static bool put_key(const struct answer *ans, bool optional, struct buf *b)
{
	if (ans->state != ANSWER_VALUE || !ans->n) {
		buf_u32(b, 0); /* null joins null, where it may join at all */
		return optional;
	}
	if (ans->is_class)
		return false;
	buf_u32(b, (uint32_t)ans->n);
	for (size_t i = 0; i < ans->n; i++)
		buf_blob(b, ans->values[i]);
	return true;
}

/* Computer names compare without letter case; the host's number stands for them. */
static bool is_host(field_id id)
{
	return id == FIELD_ECS_HOST_NAME || id == FIELD_COMPUTER;
}

/* false: a part of the key is null, or `*r` says that memory ran out. */
static bool put_keys(struct correlate *c, const struct kept *k, const struct stage *st,
		     struct buf *b, int *r)
{
	struct activity act = k->act; /* whole: nothing of it is read now */

	for (size_t i = 0; i < st->n_keys; i++) {
		struct answer ans;

		if (is_host(st->keys[i]))
			continue;
		arena_reset(&c->scratch);
		*r = event_ask(&k->event, &act, &k->derived, st->keys[i], &c->rules->fields,
			       &c->scratch, &ans);
		if (*r < 0 || !put_key(&ans, st->optional_keys >> i & 1, b))
			return false;
	}
	return true;
}

/* The key's number, STRTAB_NONE where it joins nothing; -1: no memory. */
static int key_of(struct correlate *c, const struct kept *k, const struct stage *st,
		  struct strtab *keys, uint32_t *out)
{
	struct buf b;
	int r = 0;

	*out = STRTAB_NONE;
	buf_init(&b, 0);
	buf_u32(&b, k->host); /* different hosts never join */
	if (put_keys(c, k, st, &b, &r)) {
		*out = b.bad ? STRTAB_NONE : strtab_add(keys, buf_data(&b));
		r = *out == STRTAB_NONE ? -1 : 0;
	}
	buf_release(&b);
	return r;
}

int kept_same_key(struct correlate *c, const struct kept *a, const struct stage *of_a,
		  const struct kept *b, const struct stage *of_b)
{
	struct strtab keys;
	uint32_t x, y;
	int r;

	strtab_init(&keys, false, SIZE_MAX);
	r = key_of(c, a, of_a, &keys, &x);
	if (r == 0)
		r = key_of(c, b, of_b, &keys, &y);
	strtab_release(&keys);
	return r < 0 ? -1 : x == y && x != STRTAB_NONE;
}

/* ---- steps ---- */

static int add_part(struct correlate *c, const struct match *m, struct strtab *keys,
		    struct steps *out, size_t *n_parts)
{
	struct step *last = out->n ? &out->v[out->n - 1] : NULL;
	struct step_part part = {.stage = m->hit.stage};

	if (key_of(c, m->kept, ruleset_stage(c->rules, m->hit), keys, &part.key) < 0)
		return -1;
	if (part.key == STRTAB_NONE)
		return 0;
	if (!last || last->kept != m->kept) {
		last = &out->v[out->n++];
		*last = (struct step){m->kept, out->parts + *n_parts, 0};
	}
	out->parts[(*n_parts)++] = part;
	last->n++;
	return 0;
}

int steps_make(struct correlate *c, const struct match *v, size_t n, struct steps *out)
{
	struct strtab keys;
	size_t n_parts = 0;
	int r = 0;

	*out = (struct steps){.v = mem_alloc((n + 1) * sizeof(*out->v)),
			      .parts = mem_alloc((n + 1) * sizeof(*out->parts))};
	if (!out->v || !out->parts)
		return -1;
	strtab_init(&keys, false, SIZE_MAX);
	for (size_t i = 0; i < n && r == 0; i++)
		r = add_part(c, &v[i], &keys, out, &n_parts);
	strtab_release(&keys);
	return r;
}

void steps_release(struct steps *s)
{
	mem_free(s->v);
	mem_free(s->parts);
}

uint64_t kept_time(const struct kept *k, enum clock c)
{
	return c == CLOCK_OCCURRED ? k->act.utc_time : k->event.time_created;
}

static int step_cmp(const struct step *a, const struct step *b, enum clock c)
{
	uint64_t x = kept_time(a->kept, c), y = kept_time(b->kept, c);

	if (x != y)
		return x < y ? -1 : 1;
	return kept_cmp(a->kept, b->kept);
}

static int step_cmp_logged(const void *a, const void *b)
{
	return step_cmp(a, b, CLOCK_LOGGED);
}

static int step_cmp_occurred(const void *a, const void *b)
{
	return step_cmp(a, b, CLOCK_OCCURRED);
}

void steps_order(struct steps *s, enum clock c)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v),
		      c == CLOCK_OCCURRED ? step_cmp_occurred : step_cmp_logged);
}

/* ---- members ---- */

struct stage_event stage_event_of(uint32_t rule, uint32_t stage, struct kept *k)
{
	return (struct stage_event){stage, k, {rule, stage}};
}

int stage_event_cmp(const void *x, const void *y)
{
	const struct stage_event *a = x, *b = y;

	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	return kept_cmp(a->kept, b->kept);
}

/* ---- all events of a key ---- */

static int keyed_cmp(const void *x, const void *y)
{
	const struct keyed *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->stage > b->stage) - (a->stage < b->stage);
}

int keyed_make(const struct steps *s, struct keyed **out, size_t *n)
{
	size_t most = 0;

	*n = 0;
	for (size_t i = 0; i < s->n; i++)
		most += s->v[i].n;
	*out = mem_alloc((most + 1) * sizeof(**out));
	if (!*out)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->v[i].n; k++)
			(*out)[(*n)++] = (struct keyed){s->v[i].parts[k].key,
							s->v[i].parts[k].stage, i, s->v[i].kept};
	if (*n)
		qsort(*out, *n, sizeof(**out), keyed_cmp);
	return 0;
}

size_t keyed_end(const struct keyed *v, size_t n, size_t from)
{
	size_t to = from + 1;

	while (to < n && v[to].key == v[from].key)
		to++;
	return to;
}
