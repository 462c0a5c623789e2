/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GUID that no start record bears, on a process that only Security's start record tells of. Every
 * record that names such a GUID is a mention; mentions are heard in order of time, so that the
 * earliest decides whatever the order of input.
 */
#include <stdlib.h>

#include "correlate-private.h"

#define WIDEN (2 * SECOND)

struct mention {
	struct entry *named; /* the GUID */
	uint64_t pid, time, utc, record_id, identity;
	struct view image;
};
struct mentions {
	struct mention *v;
	size_t n, cap;
};

static int mention_cmp(const void *x, const void *y)
{
	const struct mention *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->record_id != b->record_id)
		return a->record_id < b->record_id ? -1 : 1;
	if (a->identity != b->identity)
		return a->identity < b->identity ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

static int mention(struct mentions *m, const struct mention *one)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 64;
		struct mention *v = mem_grow(m->v, cap * sizeof(*v));

		if (!v)
			return -1;
		m->v = v;
		m->cap = cap;
	}
	m->v[m->n++] = *one;
	return 0;
}

static struct entry *orphan(const struct wanted *w, uint32_t host, const struct guid *g)
{
	struct entry *en = guid_is_null(g) ? NULL : wanted_find_guid(w, KEY_GUID, host, g);

	return en && !en->of[OF_START].n ? en : NULL;
}

static int mention_own(struct mentions *m, struct entry *named, const struct activity *act,
		       const struct kept *k)
{
	struct mention one = {named, act->pid, k->event.time_created, act->utc_time,
			      k->event.record_id, k->identity, act->image};

	return named && act->has_pid ? mention(m, &one) : 0;
}

static int mention_parent(struct mentions *m, struct entry *named, const struct activity *act,
			  const struct kept *k)
{
	struct mention one = {named, act->parent_pid, k->event.time_created, act->utc_time,
			      k->event.record_id, k->identity, act->parent_image};

	return named && act->has_parent_pid ? mention(m, &one) : 0;
}

static int mentions_of_kept(const struct correlate *c, struct mentions *m)
{
	for (size_t i = 0; i < c->n_kept; i++) {
		const struct kept *k = c->kept[i];

		if (mention_own(m, orphan(&c->wanted, k->host, &k->act.guid), &k->act, k) < 0)
			return -1;
		if (mention_parent(m, orphan(&c->wanted, k->host, &k->act.parent_guid), &k->act,
				   k) < 0)
			return -1;
	}
	return 0;
}

static int mentions_of_facts(struct mentions *m, struct entry *named)
{
	const struct nearby *carriers = &named->of[OF_CARRIER];

	for (size_t i = 0; i < carriers->n; i++) {
		const struct fact *f = &carriers->held[i]->fact;
		bool own = guid_eq(&f->guid, &named->guid);
		struct mention one = {named,
				      own ? f->pid : f->parent_pid,
				      f->time,
				      f->utc,
				      f->record_id,
				      f->identity,
				      own ? f->image : f->parent_image};

		if (mention(m, &one) < 0)
			return -1;
	}
	return 0;
}

static bool within(const struct life *l, uint64_t time, uint64_t slack)
{
	uint64_t latest = time > UINT64_MAX - slack ? UINT64_MAX : time + slack;
	uint64_t earliest = time > slack ? time - slack : 0;

	return l->start <= latest && earliest < l->end;
}

/* 0 is surest; 4: it did not hold the PID then. */
static int doubt(const struct life *l, const struct mention *m)
{
	if (within(l, m->time, 0))
		return 0;
	if (within(l, m->utc, 0))
		return 1;
	if (within(l, m->time, WIDEN))
		return 2;
	return within(l, m->utc, WIDEN) ? 3 : 4;
}

/* Of the lives around `time` the one least in doubt; of equals the later. */
static void look_around(const struct entry *en, const struct mention *m, uint64_t time,
			struct life **best, int *least)
{
	size_t i = lives_upto(en, time > UINT64_MAX - WIDEN ? UINT64_MAX : time + WIDEN);

	for (size_t steps = 0; i-- > 0 && steps < LIMIT_PAIR_NEIGHBOURS; steps++) {
		struct life *l = &en->lives[i];
		int d = doubt(l, m);

		if (d < *least && guid_is_null(&l->guid) &&
		    same_image_name(life_record(l)->fact.image, m->image)) {
			*best = l;
			*least = d;
		}
		if (l->start + WIDEN < time)
			break; /* those before ended when this one began */
	}
}

static struct life *bound_life(const struct wanted *w, const struct mention *m)
{
	const struct entry *en = wanted_find_number(w, KEY_PID, m->named->host, m->pid);
	struct life *best = NULL;
	int least = 4;

	if (!en)
		return NULL;
	look_around(en, m, m->time, &best, &least);
	if (m->utc != m->time)
		look_around(en, m, m->utc, &best, &least);
	return best;
}

static void hear(const struct wanted *w, struct mentions *m)
{
	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), mention_cmp);
	for (size_t i = 0; i < m->n; i++) {
		struct entry *named = m->v[i].named;

		if (named->bound)
			continue;
		named->bound = bound_life(w, &m->v[i]);
		if (named->bound)
			named->bound->guid = named->guid;
	}
}

int bind_orphans(struct correlate *c)
{
	struct mentions m = {0};
	int r = mentions_of_kept(c, &m);

	for (size_t i = 0; i < c->wanted.n && r == 0; i++) {
		struct entry *en = c->wanted.entries[i];

		if (en->kind != KEY_GUID)
			continue;
		en->bound = NULL;
		if (!en->of[OF_START].n)
			r = mentions_of_facts(&m, en);
	}
	if (r == 0)
		hear(&c->wanted, &m);
	mem_free(m.v);
	return r;
}
