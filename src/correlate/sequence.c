/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequences on one clock. Per key, each stage holds the newest pending; an advance consumes it; one
 * event may advance several pendings, so its last stage is tried first.
 */
#include "correlate-private.h"

struct pending {
	struct pending *older, *newer; /* in order of their making */
	uint64_t slot;                 /* key and stage; see slot_of() */
	uint32_t stage;                /* the last one fulfilled */
	struct kept *chain[];          /* stages 0 .. stage */
};

struct engine {
	struct correlate *c;
	const struct rule *rule;
	uint32_t number;
	enum clock clock;
	struct founds *out;
	struct map slots;               /* slot to address of the pending; 0: none */
	struct pending *oldest, *newest, *unused;
	size_t n;
	struct arena arena;
};

static uint64_t slot_of(uint32_t key, uint32_t stage)
{
	return (uint64_t)key << 8 | stage;
}

/* ---- pendings ---- */

static struct pending *pending_find(const struct engine *g, uint64_t slot)
{
	uint64_t at = 0;

	map_get(&g->slots, slot, &at);
	return (struct pending *)(uintptr_t)at;
}

static void unlink_pending(struct engine *g, struct pending *p)
{
	*(p->older ? &p->older->newer : &g->oldest) = p->newer;
	*(p->newer ? &p->newer->older : &g->newest) = p->older;
	p->older = p->newer = NULL;
	g->n--;
}

/* Cannot fail: the slot exists, so that no memory is needed. */
static void pending_take(struct engine *g, struct pending *p)
{
	unlink_pending(g, p);
	map_put(&g->slots, p->slot, 0);
}

static void pending_give_back(struct engine *g, struct pending *p)
{
	p->newer = g->unused;
	g->unused = p;
}

static struct pending *pending_new(struct engine *g)
{
	struct pending *p = g->unused;

	if (p)
		g->unused = p->newer;
	else
		p = arena_alloc(&g->arena, sizeof(*p) + g->rule->n_stages * sizeof(p->chain[0]));
	if (p)
		p->older = p->newer = NULL;
	return p;
}

static bool in_span(const struct engine *g, const struct pending *p, const struct kept *k)
{
	uint64_t span = g->rule->span;

	return span == SPAN_NONE || span == SPAN_LIFETIME ||
	       kept_time(k, g->clock) - kept_time(p->chain[0], g->clock) <= span;
}

/* The oldest goes; it counts only when it still could have been advanced. */
static void make_room(struct engine *g, const struct kept *now)
{
	while (g->n >= LIMIT_PENDING) {
		struct pending *p = g->oldest;

		g->c->dropped += in_span(g, p, now);
		pending_take(g, p);
		pending_give_back(g, p);
	}
}

/* The newest pending of its slot replaces the one before. */
static int pending_put(struct engine *g, struct pending *p, uint32_t key, uint32_t stage)
{
	struct pending *before = pending_find(g, slot_of(key, stage));

	if (before) {
		pending_take(g, before);
		pending_give_back(g, before);
	}
	make_room(g, p->chain[stage]);
	p->slot = slot_of(key, stage);
	p->stage = stage;
	p->older = g->newest;
	p->newer = NULL;
	*(g->newest ? &g->newest->newer : &g->oldest) = p;
	g->newest = p;
	g->n++;
	return map_put(&g->slots, p->slot, (uint64_t)(uintptr_t)p) ? 0 : -1;
}

/* ---- one event ---- */

static int complete(struct engine *g, const struct pending *p)
{
	size_t n = g->rule->n_stages;
	struct found f = {.rule = g->number, .clock = g->clock, .n = n};

	f.members = arena_array(&g->c->arena, n, sizeof(*f.members));
	if (!f.members)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		f.members[i] = (struct stage_event){i, p->chain[i]};
	f.last = p->chain[n - 1];
	return founds_add(g->out, &f);
}

/* The pending that the event would advance at this stage, NULL when none. */
static struct pending *before_stage(struct engine *g, const struct step *s, uint32_t stage)
{
	struct pending *p;

	if (!(s->stages >> stage & 1) || s->keys[stage] == STRTAB_NONE || !stage)
		return NULL;
	p = pending_find(g, slot_of(s->keys[stage], stage - 1));
	return p && in_span(g, p, s->kept) ? p : NULL;
}

static int advance(struct engine *g, const struct step *s, uint32_t stage)
{
	struct pending *p = before_stage(g, s, stage);

	if (stage && !p)
		return 0;
	if (stage)
		pending_take(g, p);
	else
		p = pending_new(g);
	if (!p)
		return -1;
	p->chain[stage] = s->kept;
	if (stage + 1 < g->rule->n_stages)
		return pending_put(g, p, s->keys[stage], stage);
	int r = complete(g, p);
	pending_give_back(g, p);
	return r;
}

static int feed(struct engine *g, const struct step *s)
{
	for (uint32_t stage = (uint32_t)g->rule->n_stages; stage-- > 0;) {
		if (!(s->stages >> stage & 1) || s->keys[stage] == STRTAB_NONE)
			continue;
		if (advance(g, s, stage) < 0)
			return -1;
	}
	return 0;
}

/* ---- events of one time ---- */

static bool same_channel(const struct kept *a, const struct kept *b)
{
	return a->host == b->host && a->channel == b->channel;
}

/* On TimeCreated a record waits for those of its channel with lower ids. */
static bool must_wait(const struct engine *g, const struct step *v, size_t n, size_t i)
{
	if (g->clock != CLOCK_LOGGED)
		return false;
	for (size_t k = 0; k < n; k++)
		if (k != i && v[k].kept->event.record_id < v[i].kept->event.record_id &&
		    same_channel(v[k].kept, v[i].kept))
			return true;
	return false;
}

/*
 * How well the event comes now; less is better. Best is one that can do all it ever could (the
 * lower stage first, so that a start comes before what follows it), then one that can do some.
 */
static unsigned badness(struct engine *g, const struct step *s)
{
	unsigned can = 0, cannot = 0, lowest = LIMIT_RULE_STAGES;

	for (uint32_t stage = 0; stage < g->rule->n_stages; stage++) {
		if (!(s->stages >> stage & 1) || s->keys[stage] == STRTAB_NONE)
			continue;
		if (stage && !before_stage(g, s, stage)) {
			cannot++;
			continue;
		}
		if (!can++)
			lowest = stage;
	}
	return (can ? cannot != 0 : 2u) * 2 * LIMIT_RULE_STAGES + lowest;
}

static size_t best_of(struct engine *g, const struct step *v, size_t n)
{
	size_t best = 0;
	unsigned least = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		unsigned bad;

		if (must_wait(g, v, n, i))
			continue;
		bad = badness(g, &v[i]);
		if (bad < least) {
			least = bad;
			best = i;
		}
	}
	return best;
}

/* `v` is in steps_order(): what is left stays so. */
static int feed_tie(struct engine *g, struct step *v, size_t n)
{
	while (n) {
		size_t best = n <= LIMIT_TIE ? best_of(g, v, n) : 0;
		struct step s = v[best];

		if (feed(g, &s) < 0)
			return -1;
		for (size_t i = best; i > 0; i--)
			v[i] = v[i - 1];
		v[0] = s; /* no step is lost: the other clock needs them all */
		v++;
		n--;
	}
	return 0;
}

static int run(struct engine *g, struct steps *s)
{
	for (size_t i = 0, k; i < s->n; i = k) {
		uint64_t time = kept_time(s->v[i].kept, g->clock);

		for (k = i + 1; k < s->n && kept_time(s->v[k].kept, g->clock) == time;)
			k++;
		if (feed_tie(g, &s->v[i], k - i) < 0)
			return -1;
	}
	return 0;
}

int sequence_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
		 struct founds *out)
{
	struct engine g = {.c = c, .number = rule, .clock = clock, .out = out};
	int r;

	g.rule = &c->rules->rules[rule];
	map_init(&g.slots);
	arena_init(&g.arena, SIZE_MAX);
	steps_order(s, clock);
	r = run(&g, s);
	map_release(&g.slots);
	arena_release(&g.arena);
	return r;
}
