/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EQL's samples: every stage once, in any order and without bound of time, one sample per key. Of the
 * records of a key the earliest that will do are taken, each for one stage only.
 */
#include "correlate-private.h"

struct choice {
	const struct keyed *v; /* of one key, by time */
	size_t n, n_stages;
	size_t taken[LIMIT_RULE_STAGES];    /* by stage: place in `v` */
	uint32_t tried[LIMIT_RULE_STAGES];  /* stages asked to give way in this round */
	size_t n_tried;
};

static bool was_tried(const struct choice *c, uint32_t stage)
{
	for (size_t i = 0; i < c->n_tried; i++)
		if (c->tried[i] == stage)
			return true;
	return false;
}

/* The stage that has the record of place `at` already; n_stages: none. */
static uint32_t holder(const struct choice *c, size_t at)
{
	uint32_t i = 0;

	while (i < c->n_stages &&
	       (c->taken[i] == SIZE_MAX || c->v[c->taken[i]].kept != c->v[at].kept))
		i++;
	return i;
}

/*
 * The earliest record of the stage that is free, or that the stage which has it can do without. Of a
 * stage no more than n_stages records need be looked at: one of them is free. Depth: the stages.
 */
static bool take(struct choice *c, uint32_t stage)
{
	c->tried[c->n_tried++] = stage;
	for (size_t i = 0, seen = 0; i < c->n && seen < c->n_stages; i++) {
		uint32_t other;

		if (c->v[i].stage != stage)
			continue;
		seen++;
		other = holder(c, i);
		if (other == c->n_stages || (!was_tried(c, other) && take(c, other))) {
			c->taken[stage] = i;
			return true;
		}
	}
	return false;
}

static bool choose(struct choice *c)
{
	for (uint32_t i = 0; i < c->n_stages; i++)
		c->taken[i] = SIZE_MAX;
	for (uint32_t i = 0; i < c->n_stages; i++) {
		c->n_tried = 0;
		if (!take(c, i))
			return false;
	}
	return true;
}

static int emit(struct correlate *corr, uint32_t rule, const struct choice *c, struct founds *out)
{
	struct found f = {.rule = rule, .clock = CLOCK_BOTH, .n = c->n_stages};
	size_t last = 0;

	f.members = arena_array(&corr->arena, f.n, sizeof(*f.members));
	if (!f.members)
		return -1;
	for (uint32_t i = 0; i < f.n; i++) {
		f.members[i] = stage_event_of(rule, i, c->v[c->taken[i]].kept);
		last = c->taken[i] > last ? c->taken[i] : last;
	}
	f.last = c->v[last].kept;
	return founds_add(out, &f);
}

int sample_run(struct correlate *c, uint32_t rule, struct steps *s, struct founds *out)
{
	struct choice choice = {.n_stages = c->rules->rules[rule].n_stages};
	struct keyed *v;
	size_t n;
	int r;

	steps_order(s, CLOCK_LOGGED);
	r = keyed_make(s, &v, &n);
	for (size_t i = 0, k; i < n && r == 0; i = k) {
		k = keyed_end(v, n, i);
		choice.v = v + i;
		choice.n = k - i;
		if (choose(&choice))
			r = emit(c, rule, &choice, out);
	}
	mem_free(v);
	return r;
}
