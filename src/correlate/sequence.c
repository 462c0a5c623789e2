/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sequences on one clock. Per key, each stage holds the newest pending; an advance consumes it; one
 * event may advance several pendings, so its last stage is tried first. What it ends (a missing
 * stage, the until) it ends after that, and never what it has just advanced itself.
 */
#include "pending.h"

static bool is_until(const struct engine *g, const struct step_part *part)
{
	return part->stage == g->rule->n_stages;
}

static bool is_missing(const struct engine *g, const struct step_part *part)
{
	return !is_until(g, part) && g->rule->stages[part->stage].missing;
}

static bool is_positive(const struct engine *g, const struct step_part *part)
{
	return !is_until(g, part) && !is_missing(g, part);
}

/* ---- one event: what it advances ---- */

/* The pending that the event would advance in this part, NULL when none. */
static struct pending *before_part(struct engine *g, const struct step *s,
				   const struct step_part *part)
{
	uint32_t position = g->position[part->stage];
	struct pending *p = position ? pending_find(g, part->key, position - 1) : NULL;

	return p && pending_in_span(g, p, s->kept) ? p : NULL;
}

static struct pending *begin(struct engine *g, uint32_t key)
{
	struct pending *p = pending_new(g);

	if (p && g->leading)
		p->shadowed = map_get(&g->shadows, key, &p->shadow);
	return p;
}

static int advance(struct engine *g, const struct step *s, const struct step_part *part)
{
	uint32_t position = g->position[part->stage];
	struct pending *p = before_part(g, s, part);
	int r;

	if (position && !p)
		return 0;
	if (position)
		pending_take(g, p);
	else
		p = begin(g, part->key);
	if (!p)
		return -1;
	p->chain[position] = s->kept;
	if (position + 1 < g->n)
		return pending_put(g, p, part->key, position);
	r = pending_complete(g, p, part->key);
	pending_give_back(g, p);
	return r;
}

/* ---- one event: what it ends ---- */

/* The event stands between the last one of the pending and the next. */
static struct pending *broken_at(struct engine *g, const struct step *s, uint32_t key,
				 uint32_t position)
{
	struct pending *p = pending_find(g, key, position);

	return p && p->chain[position] != s->kept ? p : NULL;
}

static void drop(struct engine *g, struct pending *p)
{
	if (!p)
		return;
	pending_take(g, p);
	pending_give_back(g, p);
}

/* Whether the event ends something now; what must not come first may end what comes yet. */
static bool breaks(struct engine *g, const struct step *s, const struct step_part *part)
{
	uint32_t gap;

	if (is_positive(g, part))
		return false;
	for (uint32_t i = 0; is_until(g, part) && i + 1 < g->n; i++)
		if (broken_at(g, s, part->key, i))
			return true;
	if (is_until(g, part))
		return false;
	gap = g->position[part->stage];
	if (!gap)
		return true;
	return gap == g->n ? open_ends(g, s->kept, part->key, false)
			   : broken_at(g, s, part->key, gap - 1) != NULL;
}

static int end(struct engine *g, const struct step *s, const struct step_part *part)
{
	uint32_t gap;

	for (uint32_t i = 0; is_until(g, part) && i + 1 < g->n; i++)
		drop(g, broken_at(g, s, part->key, i));
	if (is_until(g, part))
		return 0;
	gap = g->position[part->stage];
	if (!gap)
		return map_put(&g->shadows, part->key, kept_time(s->kept, g->clock)) ? 0 : -1;
	if (gap == g->n)
		open_ends(g, s->kept, part->key, true);
	else
		drop(g, broken_at(g, s, part->key, gap - 1));
	return 0;
}

static int feed(struct engine *g, const struct step *s)
{
	for (size_t i = s->n; i-- > 0;)
		if (is_positive(g, &s->parts[i]) && advance(g, s, &s->parts[i]) < 0)
			return -1;
	for (size_t i = 0; i < s->n; i++)
		if (!is_positive(g, &s->parts[i]) && end(g, s, &s->parts[i]) < 0)
			return -1;
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
 * How well the event comes now; less is better. Best is one that can do all it ever could and ends
 * nothing (the lower stage first, so that a start comes before what follows it), then one that can do
 * some, then one that can do nothing, and last one that only ends something.
 */
static unsigned badness(struct engine *g, const struct step *s)
{
	unsigned can = 0, cannot = 0, ends = 0, lowest = LIMIT_RULE_STAGES, class;

	for (size_t i = 0; i < s->n; i++) {
		const struct step_part *part = &s->parts[i];

		if (!is_positive(g, part))
			ends += breaks(g, s, part);
		else if (g->position[part->stage] && !before_part(g, s, part))
			cannot++;
		else if (!can++)
			lowest = part->stage;
	}
	if (!can && !cannot)
		lowest = 0;
	if (can)
		class = cannot || ends ? 1 : 0;
	else
		class = ends ? 3 : cannot ? 2 : 0;
	return class * 2 * LIMIT_RULE_STAGES + lowest;
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
	struct engine g;
	int r = 0;

	engine_init(&g, c, rule, clock, out);
	steps_order(s, clock);
	if (g.n)
		r = run(&g, s);
	founds_without_killed(out);
	engine_release(&g);
	return r;
}
