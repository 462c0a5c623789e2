/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every stage at least once, per key, in any order: over the life of the process that is the key
 * (or without bound), or within a sliding window.
 */
#include <stdlib.h>

#include "correlate-private.h"

struct window {
	struct correlate *c;
	const struct rule *rule;
	uint32_t number;
	enum clock clock;
	struct founds *out;
	size_t seen[LIMIT_RULE_STAGES]; /* records of each stage within */
};

static int emit(struct window *w, const struct keyed *v, size_t n)
{
	struct found f = {.rule = w->number, .clock = w->clock, .n = n, .last = v[n - 1].kept};

	f.members = arena_array(&w->c->arena, n, sizeof(*f.members));
	if (!f.members)
		return -1;
	for (size_t i = 0; i < n; i++)
		f.members[i] = stage_event_of(w->number, v[i].stage, v[i].kept);
	qsort(f.members, n, sizeof(*f.members), stage_event_cmp);
	return founds_add(w->out, &f);
}

static bool complete(const struct window *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->rule->n_stages; i++)
		n += w->seen[i] != 0;
	return w->rule->n_bounds ? bounds_hold(w->rule, (double)n) : n == w->rule->n_stages;
}

static void clear(struct window *w)
{
	for (size_t i = 0; i < w->rule->n_stages; i++)
		w->seen[i] = 0;
}

/* All parts of one key, without a bound of time. */
static int whole(struct window *w, const struct keyed *v, size_t n)
{
	clear(w);
	for (size_t i = 0; i < n; i++)
		w->seen[v[i].stage]++;
	return complete(w) ? emit(w, v, n) : 0;
}

/* All parts of one key; what a window held when it was complete is used up. */
static int slide(struct window *w, const struct keyed *v, size_t n)
{
	size_t from = 0;

	clear(w);
	for (size_t i = 0; i < n; i++) {
		uint64_t now = kept_time(v[i].kept, w->clock);

		while (now - kept_time(v[from].kept, w->clock) > w->rule->span)
			w->seen[v[from++].stage]--;
		w->seen[v[i].stage]++;
		if (!complete(w))
			continue;
		if (emit(w, v + from, i + 1 - from) < 0)
			return -1;
		clear(w);
		from = i + 1;
	}
	return 0;
}

int temporal_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
		 struct founds *out)
{
	struct window w = {.c = c, .number = rule, .clock = clock, .out = out};
	struct keyed *v;
	size_t n;
	int r;

	w.rule = &c->rules->rules[rule];
	steps_order(s, clock);
	r = keyed_make(s, &v, &n);
	for (size_t i = 0, k; i < n && r == 0; i = k) {
		k = keyed_end(v, n, i);
		r = w.rule->span == SPAN_LIFETIME || w.rule->span == SPAN_NONE
			    ? whole(&w, v + i, k - i)
			    : slide(&w, v + i, k - i);
	}
	mem_free(v);
	return r;
}
