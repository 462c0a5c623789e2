/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A measure over the events of a key in a window of time. A window begins with an event and holds all
 * up to its span later. Windows are looked at in the order of their beginning: one that fulfils all
 * bounds is a finding, and the next begins behind it; one that has too little gives way to that which
 * begins with the next event; one that has too much is passed over whole.
 */
#include "correlate-private.h"
#include "measure.h"

enum verdict { TOO_LITTLE, HOLDS, TOO_MUCH };

static enum verdict of_bound(const struct bound *b, double v)
{
	switch (b->op) {
	case TEST_GT:
		return v > b->value ? HOLDS : TOO_LITTLE;
	case TEST_GE:
		return v >= b->value ? HOLDS : TOO_LITTLE;
	case TEST_LT:
		return v < b->value ? HOLDS : TOO_MUCH;
	case TEST_LE:
		return v <= b->value ? HOLDS : TOO_MUCH;
	case TEST_MATCH:
		if (b->negated)
			return v < b->value || v > b->value ? HOLDS : TOO_MUCH;
		return v < b->value ? TOO_LITTLE : v > b->value ? TOO_MUCH : HOLDS;
	case TEST_REGEX:
	case TEST_CIDR:
	case TEST_NULL:
	case TEST_EMPTY:
	case TEST_EXISTS:
		break;
	}
	return TOO_MUCH;
}

static enum verdict of_bounds(const struct rule *r, double v)
{
	enum verdict all = HOLDS;

	for (size_t i = 0; i < r->n_bounds; i++) {
		enum verdict one = of_bound(&r->bounds[i], v);

		if (one == TOO_MUCH)
			return one;
		if (one == TOO_LITTLE)
			all = one;
	}
	return all;
}

bool bounds_hold(const struct rule *r, double v)
{
	return of_bounds(r, v) == HOLDS;
}

/* ---- the events of one key ---- */

struct counting {
	struct correlate *c;
	const struct rule *rule;
	uint32_t number;
	enum clock clock;
	struct founds *out;
};

/* An event that fulfils several of the rules is one. */
static size_t each_once(struct keyed *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!kept || v[kept - 1].kept != v[i].kept)
			v[kept++] = v[i];
	return kept;
}

static int emit(struct counting *g, const struct keyed *v, size_t n, double value)
{
	struct found f = {.rule = g->number, .clock = g->clock, .n = n, .last = v[n - 1].kept,
			  .measured = true, .value = value};

	f.members = arena_array(&g->c->arena, n, sizeof(*f.members));
	if (!f.members)
		return -1;
	for (size_t i = 0; i < n; i++)
		f.members[i] = stage_event_of(g->number, v[i].stage, v[i].kept);
	return founds_add(g->out, &f);
}

static bool within(const struct counting *g, const struct keyed *from, const struct keyed *to)
{
	uint64_t span = g->rule->span;

	return span == SPAN_NONE || span == SPAN_LIFETIME ||
	       kept_time(to->kept, g->clock) - kept_time(from->kept, g->clock) <= span;
}

static int slide(struct counting *g, const struct keyed *v, size_t n, struct measuring *m)
{
	for (size_t from = 0, to = 0; from < n;) {
		enum verdict verdict;
		size_t next;
		double value;

		for (; to < n && within(g, &v[from], &v[to]); to++)
			measure_add(m, to);
		verdict = measure_value(m, &value) ? of_bounds(g->rule, value) : TOO_LITTLE;
		if (verdict == HOLDS && emit(g, v + from, to - from, value) < 0)
			return -1;
		next = verdict == TOO_LITTLE ? from + 1 : to;
		for (; from < next; from++)
			measure_remove(m, from);
	}
	return 0;
}

int count_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
	      struct founds *out)
{
	struct counting g = {.c = c, .rule = &c->rules->rules[rule], .number = rule, .clock = clock,
			     .out = out};
	struct keyed *v;
	size_t n;
	int r;

	steps_order(s, clock);
	r = keyed_make(s, &v, &n);
	for (size_t i = 0, k; i < n && r == 0; i = k) {
		struct measuring m;
		size_t once;

		k = keyed_end(v, n, i);
		once = each_once(v + i, k - i);
		r = measure_init(&m, c, g.rule, v + i, once);
		if (r == 0)
			r = slide(&g, v + i, once, &m);
		measure_release(&m);
	}
	mem_free(v);
	return r;
}
