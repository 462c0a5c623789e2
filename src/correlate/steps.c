/* SPDX-License-Identifier: Apache-2.0 */
/* The events of one rule with the stages they fulfil and their keys, in order of either clock. */
#include <stdlib.h>

#include "correlate-private.h"

/* ---- keys ---- */

static bool put_key(const struct answer *ans, struct buf *b)
{
	if (ans->state != ANSWER_VALUE || ans->is_class || !ans->n)
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
		if (*r < 0 || !put_key(&ans, b))
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

/* ---- steps ---- */

static int add_stage(struct correlate *c, const struct match *m, struct strtab *keys,
		     struct step *s)
{
	const struct rule *rule = &c->rules->rules[m->hit.rule];

	if (!s->keys) {
		s->kept = m->kept;
		s->keys = arena_array(&c->arena, rule->n_stages, sizeof(*s->keys));
	}
	if (!s->keys)
		return -1;
	s->stages |= UINT64_C(1) << m->hit.stage;
	return key_of(c, m->kept, &rule->stages[m->hit.stage], keys, &s->keys[m->hit.stage]);
}

int steps_make(struct correlate *c, const struct match *v, size_t n, struct steps *out)
{
	struct strtab keys;
	int r = 0;

	strtab_init(&keys, false, SIZE_MAX);
	*out = (struct steps){.v = mem_alloc((n + 1) * sizeof(*out->v))};
	if (!out->v)
		return -1;
	for (size_t i = 0; i < n && r == 0; i++) {
		if (!i || v[i].kept != v[i - 1].kept)
			out->n++;
		r = add_stage(c, &v[i], &keys, &out->v[out->n - 1]);
	}
	strtab_release(&keys);
	return r;
}

void steps_release(struct steps *s)
{
	mem_free(s->v);
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
