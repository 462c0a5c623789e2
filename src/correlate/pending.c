/* SPDX-License-Identifier: Apache-2.0 */
#include "pending.h"

static void place_stages(struct engine *g)
{
	for (uint32_t i = 0; i < g->rule->n_stages; i++) {
		g->position[i] = g->n;
		if (!g->rule->stages[i].missing)
			g->stage[g->n++] = i;
	}
	for (uint32_t i = 0; i < g->rule->n_stages; i++) {
		if (!g->rule->stages[i].missing)
			continue;
		g->leading |= g->position[i] == 0;
		g->trailing |= g->position[i] == g->n;
	}
}

void engine_init(struct engine *g, struct correlate *c, uint32_t rule, enum clock clock,
		 struct founds *out)
{
	*g = (struct engine){.c = c, .number = rule, .clock = clock, .out = out};
	g->rule = &c->rules->rules[rule];
	place_stages(g);
	map_init(&g->slots);
	map_init(&g->shadows);
	map_init(&g->ends);
	arena_init(&g->arena, SIZE_MAX);
}

void engine_release(struct engine *g)
{
	map_release(&g->slots);
	map_release(&g->shadows);
	map_release(&g->ends);
	arena_release(&g->arena);
}

/* ---- pendings ---- */

static uint64_t slot_of(uint32_t key, uint32_t position)
{
	return (uint64_t)key << 16 | position;
}

struct pending *pending_find(const struct engine *g, uint32_t key, uint32_t position)
{
	uint64_t at = 0;

	map_get(&g->slots, slot_of(key, position), &at);
	return (struct pending *)(uintptr_t)at;
}

static void unlink_pending(struct engine *g, struct pending *p)
{
	*(p->older ? &p->older->newer : &g->oldest) = p->newer;
	*(p->newer ? &p->newer->older : &g->newest) = p->older;
	p->older = p->newer = NULL;
	g->n_pending--;
}

/* Cannot fail: the slot exists, so that no memory is needed. */
void pending_take(struct engine *g, struct pending *p)
{
	unlink_pending(g, p);
	map_put(&g->slots, p->slot, 0);
}

void pending_give_back(struct engine *g, struct pending *p)
{
	p->newer = g->unused;
	g->unused = p;
}

struct pending *pending_new(struct engine *g)
{
	struct pending *p = g->unused;

	if (p)
		g->unused = p->newer;
	else
		p = arena_alloc(&g->arena, sizeof(*p) + g->n * sizeof(p->chain[0]));
	if (p) {
		p->older = p->newer = NULL;
		p->shadowed = false;
	}
	return p;
}

bool pending_in_span(const struct engine *g, const struct pending *p, const struct kept *k)
{
	uint64_t span = g->rule->span;

	return span == SPAN_NONE || span == SPAN_LIFETIME ||
	       kept_time(k, g->clock) - kept_time(p->chain[0], g->clock) <= span;
}

/* The oldest goes; it counts only when it still could have been advanced. */
static void make_room(struct engine *g, const struct kept *now)
{
	while (g->n_pending >= LIMIT_PENDING) {
		struct pending *p = g->oldest;

		g->c->dropped += pending_in_span(g, p, now);
		pending_take(g, p);
		pending_give_back(g, p);
	}
}

int pending_put(struct engine *g, struct pending *p, uint32_t key, uint32_t position)
{
	struct pending *before = pending_find(g, key, position);

	if (before) {
		pending_take(g, before);
		pending_give_back(g, before);
	}
	make_room(g, p->chain[position]);
	p->slot = slot_of(key, position);
	p->reached = position;
	p->older = g->newest;
	p->newer = NULL;
	*(g->newest ? &g->newest->newer : &g->oldest) = p;
	g->newest = p;
	g->n_pending++;
	return map_put(&g->slots, p->slot, (uint64_t)(uintptr_t)p) ? 0 : -1;
}

/* ---- what has ended ---- */

/* Something that must not come first came within the span that ends with the last. */
static bool in_shadow(const struct engine *g, const struct pending *p)
{
	uint64_t last = kept_time(p->chain[g->n - 1], g->clock);

	return p->shadowed && (g->rule->span == SPAN_NONE || last - p->shadow <= g->rule->span);
}

static int keep_open(struct engine *g, uint32_t key)
{
	struct open_end *o = arena_alloc(&g->arena, sizeof(*o));
	uint64_t before = 0;

	if (!o)
		return -1;
	map_get(&g->ends, key, &before);
	*o = (struct open_end){(struct open_end *)(uintptr_t)before, g->out->n - 1};
	return map_put(&g->ends, key, (uint64_t)(uintptr_t)o) ? 0 : -1;
}

int pending_complete(struct engine *g, struct pending *p, uint32_t key)
{
	struct found f = {.rule = g->number, .clock = g->clock, .n = g->n};

	if (in_shadow(g, p))
		return 0;
	f.members = arena_array(&g->c->arena, f.n, sizeof(*f.members));
	if (!f.members)
		return -1;
	for (uint32_t i = 0; i < f.n; i++)
		f.members[i] = stage_event_of(g->number, g->stage[i], p->chain[i]);
	f.last = p->chain[f.n - 1];
	if (founds_add(g->out, &f) < 0)
		return -1;
	return g->trailing ? keep_open(g, key) : 0;
}

static bool follows(const struct engine *g, const struct found *f, const struct kept *k)
{
	uint64_t span = kept_time(k, g->clock) - kept_time(f->members[0].kept, g->clock);

	return f->last != k && (g->rule->span == SPAN_NONE || span <= g->rule->span);
}

bool open_ends(struct engine *g, const struct kept *k, uint32_t key, bool kill)
{
	struct open_end *own = NULL;
	uint64_t at = 0;
	bool any = false;

	if (!map_get(&g->ends, key, &at) || !at)
		return false;
	for (struct open_end *o = (struct open_end *)(uintptr_t)at; o; o = o->next) {
		struct found *f = &g->out->v[o->at];

		if (f->last == k)
			own = o;
		if (!follows(g, f, k))
			continue;
		any = true;
		if (kill)
			f->n = 0;
	}
	if (!kill)
		return any;
	/* Those that are left are out of its span, and of that of all that follow. */
	if (own)
		own->next = NULL;
	map_put(&g->ends, key, (uint64_t)(uintptr_t)own);
	return any;
}

void founds_without_killed(struct founds *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].n)
			f->v[n++] = f->v[i];
	f->n = n;
}
