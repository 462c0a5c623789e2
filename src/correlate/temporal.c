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

static int member_cmp(const void *x, const void *y)
{
	const struct stage_event *a = x, *b = y;

	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	return kept_cmp(a->kept, b->kept);
}

/* One part of a step: an event in one stage under its key. */
struct part {
	uint32_t key, stage;
	size_t at; /* place in the order of the clock */
	struct kept *kept;
};

static int part_cmp(const void *x, const void *y)
{
	const struct part *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->stage > b->stage) - (a->stage < b->stage);
}

static size_t parts_of(const struct steps *s, size_t n_stages, struct part *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		for (uint32_t k = 0; k < n_stages; k++) {
			if (!(s->v[i].stages >> k & 1) || s->v[i].keys[k] == STRTAB_NONE)
				continue;
			if (out)
				out[n] = (struct part){s->v[i].keys[k], k, i, s->v[i].kept};
			n++;
		}
	}
	return n;
}

static int emit(struct window *w, const struct part *v, size_t n)
{
	struct found f = {.rule = w->number, .clock = w->clock, .n = n, .last = v[n - 1].kept};

	f.members = arena_array(&w->c->arena, n, sizeof(*f.members));
	if (!f.members)
		return -1;
	for (size_t i = 0; i < n; i++)
		f.members[i] = (struct stage_event){v[i].stage, v[i].kept};
	qsort(f.members, n, sizeof(*f.members), member_cmp);
	return founds_add(w->out, &f);
}

static bool complete(const struct window *w)
{
	for (size_t i = 0; i < w->rule->n_stages; i++)
		if (!w->seen[i])
			return false;
	return true;
}

static void clear(struct window *w)
{
	for (size_t i = 0; i < w->rule->n_stages; i++)
		w->seen[i] = 0;
}

/* All parts of one key, without a bound of time. */
static int whole(struct window *w, const struct part *v, size_t n)
{
	clear(w);
	for (size_t i = 0; i < n; i++)
		w->seen[v[i].stage]++;
	return complete(w) ? emit(w, v, n) : 0;
}

/* All parts of one key; what a window held when it was complete is used up. */
static int slide(struct window *w, const struct part *v, size_t n)
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
	struct part *parts;
	size_t n;
	int r = 0;

	w.rule = &c->rules->rules[rule];
	steps_order(s, clock);
	n = parts_of(s, w.rule->n_stages, NULL);
	if (!n)
		return 0;
	parts = mem_alloc(n * sizeof(*parts));
	if (!parts)
		return -1;
	parts_of(s, w.rule->n_stages, parts);
	qsort(parts, n, sizeof(*parts), part_cmp);
	for (size_t i = 0, k; i < n && r == 0; i = k) {
		for (k = i + 1; k < n && parts[k].key == parts[i].key;)
			k++;
		r = w.rule->span == SPAN_LIFETIME || w.rule->span == SPAN_NONE
			    ? whole(&w, parts + i, k - i)
			    : slide(&w, parts + i, k - i);
	}
	mem_free(parts);
	return r;
}
