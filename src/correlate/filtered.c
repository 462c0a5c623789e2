/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 5156 of a kept connection: Security tells of the same process, protocol, direction and ends
 * when the firewall lets it pass. One to one, nearest first, on whichever clock is nearer: Security
 * has one clock, and Sysmon's two are seconds to minutes apart.
 */
#include <stdlib.h>

#include "correlate-private.h"

/*
 * The firewall is asked before the first packet; Sysmon hears of a connection that stands, up to
 * 21 s later where answers are lost. And 30 s is the least time for which Windows can be told to
 * keep the ends of a closed connection from being used again.
 */
#define FILTERED_SPAN (LIMIT_FILTERED_SECONDS * (uint64_t)SECOND)

struct filtered_pair {
	uint64_t apart;
	struct kept *kept;
	const struct held *held;
};
struct filtered_pairs {
	struct filtered_pair *v;
	size_t n, cap;
};

int filtered_ask(struct correlate *c, struct kept *k)
{
	struct entry *en;

	if (k->act.kind != KIND_NETWORK || !k->act.has_pid)
		return 0;
	if (!k->connection.p && connection_text(&k->act, &c->arena, &k->connection) < 0)
		return -1;
	if (!k->connection.n)
		return 0;
	en = wanted_filtered(&c->wanted, k->host, k->act.pid, k->connection);
	if (!en || nearby_ask(&en->of[OF_START], k->event.time_created) < 0)
		return -1;
	return nearby_ask(&en->of[OF_START], k->act.utc_time);
}

/* ---- candidates ---- */

static uint64_t between(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static int add_pair(struct filtered_pairs *p, struct kept *k, const struct held *h)
{
	uint64_t logged = between(h->fact.time, k->event.time_created);
	uint64_t occurred = between(h->fact.time, k->act.utc_time);
	uint64_t apart = logged < occurred ? logged : occurred;

	if (apart > FILTERED_SPAN)
		return 0;
	if (p->n == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 64;
		struct filtered_pair *v = mem_grow(p->v, cap * sizeof(*v));

		if (!v)
			return -1;
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = (struct filtered_pair){apart, k, h};
	return 0;
}

/* Those around one time, but for the ones that stand before `from`: they were given already. */
static int add_around(struct filtered_pairs *p, struct kept *k, const struct nearby *nb,
		      uint64_t time, size_t *from)
{
	size_t at = nearby_upto(nb, time);
	size_t i = at > nb->each_side ? at - nb->each_side : 0;
	size_t to = nb->n - at > nb->each_side ? at + nb->each_side : nb->n;

	for (i = i > *from ? i : *from; i < to; i++)
		if (add_pair(p, k, nb->held[i]) < 0)
			return -1;
	*from = to > *from ? to : *from;
	return 0;
}

static int add_kept(struct correlate *c, struct filtered_pairs *p, struct kept *k)
{
	uint64_t logged = k->event.time_created, occurred = k->act.utc_time;
	const struct entry *en;
	size_t from = 0;

	if (!k->connection.n)
		return 0;
	en = wanted_find_filtered(&c->wanted, k->host, k->act.pid, k->connection);
	if (!en)
		return 0;
	if (add_around(p, k, &en->of[OF_START], logged < occurred ? logged : occurred, &from) < 0)
		return -1;
	return add_around(p, k, &en->of[OF_START], logged < occurred ? occurred : logged, &from);
}

/* ---- pairs ---- */

static int cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int pair_cmp(const void *x, const void *y)
{
	const struct filtered_pair *a = x, *b = y;
	int order = cmp(a->apart, b->apart);

	if (!order)
		order = cmp(a->kept->index, b->kept->index);
	if (!order)
		order = cmp(a->held->fact.time, b->held->fact.time);
	if (!order)
		order = cmp(a->held->fact.record_id, b->held->fact.record_id);
	return order ? order : cmp(a->held->fact.identity, b->held->fact.identity);
}

/* Security's record may be one that rules ask for, too. */
static void tell_other(const struct correlate *c, struct kept *k)
{
	const struct fact *f = &k->filtered->fact;
	struct kept *security = kept_find(c, k->host, f->channel, f->record_id, f->time, f->identity);

	if (security)
		security->told_by = k;
}

static int choose(const struct correlate *c, const struct filtered_pairs *p)
{
	struct map taken;
	int r = 0;

	map_init(&taken);
	for (size_t i = 0; i < p->n && r == 0; i++) {
		uint64_t key = (uint64_t)(uintptr_t)p->v[i].held;

		if (p->v[i].kept->filtered || map_get(&taken, key, NULL))
			continue;
		p->v[i].kept->filtered = p->v[i].held;
		tell_other(c, p->v[i].kept);
		r = map_put(&taken, key, 1) ? 0 : -1;
	}
	map_release(&taken);
	return r;
}

int filtered_pair(struct correlate *c)
{
	struct filtered_pairs p = {0};
	int r = 0;

	for (size_t i = 0; i < c->n_kept && r == 0; i++)
		r = add_kept(c, &p, c->kept[i]);
	if (r == 0 && p.n) {
		qsort(p.v, p.n, sizeof(*p.v), pair_cmp);
		r = choose(c, &p);
	}
	mem_free(p.v);
	return r;
}
