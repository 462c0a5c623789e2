/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule on the kept events, now that all is derived: single events, sequences, joins. */
#include <stdlib.h>

#include "correlate-private.h"

/* ---- founds ---- */

int founds_add(struct founds *f, const struct found *one)
{
	if (f->n == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 16;
		struct found *v = mem_grow(f->v, cap * sizeof(*v));

		if (!v)
			return -1;
		f->v = v;
		f->cap = cap;
	}
	f->v[f->n++] = *one;
	return 0;
}

void founds_release(struct founds *f)
{
	mem_free(f->v);
	*f = (struct founds){0};
}

/* ---- which stages each event fulfils, as published ---- */

/* The workers have kept what hangs on it, so that the parts of a log and their order do not show. */
static int note_overrun(struct correlate *c, uint32_t rule)
{
	if (!c->overruns)
		c->overruns = mem_alloc(c->rules->n * sizeof(*c->overruns));
	if (c->overruns)
		c->overruns[rule]++;
	return c->overruns ? 0 : -1;
}

static int judge(struct correlate *c, struct kept *k)
{
	struct subject s = {&k->event, &k->act, &k->derived, &c->rules->fields, &c->scratch};

	for (size_t i = 0; i < k->n_hits; i++) {
		uint64_t before = matcher_overruns(c->matcher);
		enum tri value;

		arena_reset(&c->scratch);
		value = matcher_stage(c->matcher, k->hits[i], &s, EVAL_PUBLISHED);
		if (value == TRI_FAILED)
			return -1;
		k->matched[i] = value == TRI_TRUE;
		if (!k->matched[i] && matcher_overruns(c->matcher) != before &&
		    note_overrun(c, k->hits[i].rule) < 0)
			return -1;
	}
	return 0;
}

static bool fulfils(const struct kept *k, struct hit hit)
{
	for (size_t i = 0; i < k->n_hits; i++)
		if (k->hits[i].rule == hit.rule && k->hits[i].stage == hit.stage)
			return k->matched[i];
	return false;
}

/* What the Sysmon record of the same start or connection fulfils, the Security record only corroborates. */
static void yield_to_twin(struct kept *k)
{
	const struct kept *twin = k->act.kind == KIND_FILTERED ? k->told_by : k->twin_kept;

	if (!twin || (k->has_self && k->self.sysmon))
		return;
	for (size_t i = 0; i < k->n_hits; i++)
		if (k->matched[i] && fulfils(twin, k->hits[i]))
			k->matched[i] = false;
}

int match_cmp(const void *x, const void *y)
{
	const struct match *a = x, *b = y;

	if (a->hit.rule != b->hit.rule)
		return a->hit.rule < b->hit.rule ? -1 : 1;
	if (a->kept->index != b->kept->index)
		return a->kept->index < b->kept->index ? -1 : 1;
	return (a->hit.stage > b->hit.stage) - (a->hit.stage < b->hit.stage);
}

/* By rule, then in the run's order. */
static int collect(struct correlate *c, struct match **out, size_t *n)
{
	size_t most = 0;

	*n = 0;
	for (size_t i = 0; i < c->n_kept; i++) {
		if (judge(c, c->kept[i]) < 0)
			return -1;
		most += c->kept[i]->n_hits;
	}
	for (size_t i = 0; i < c->n_kept; i++)
		yield_to_twin(c->kept[i]);
	*out = mem_alloc((most + 1) * sizeof(**out));
	if (!*out)
		return -1;
	for (size_t i = 0; i < c->n_kept; i++)
		for (size_t k = 0; k < c->kept[i]->n_hits; k++)
			if (c->kept[i]->matched[k])
				(*out)[(*n)++] = (struct match){c->kept[i]->hits[k], c->kept[i]};
	qsort(*out, *n, sizeof(**out), match_cmp);
	return 0;
}

/* ---- rule by rule ---- */

static int find_singles(struct correlate *c, const struct match *v, size_t n, struct founds *out)
{
	for (size_t i = 0; i < n; i++) {
		struct found f = {.rule = v[i].hit.rule, .clock = CLOCK_BOTH, .n = 1};

		f.members = arena_alloc(&c->arena, sizeof(*f.members));
		if (!f.members)
			return -1;
		f.members[0] = stage_event_of(v[i].hit.rule, v[i].hit.stage, v[i].kept);
		f.last = v[i].kept;
		if (founds_add(out, &f) < 0)
			return -1;
	}
	return 0;
}

typedef int clocked_run(struct correlate *c, uint32_t rule, struct steps *s, enum clock clock,
			struct founds *out);

static int find_clocked(struct correlate *c, uint32_t rule, struct steps *s, clocked_run *run,
			struct founds *out)
{
	struct founds logged = {0}, occurred = {0};
	int r;

	r = run(c, rule, s, CLOCK_LOGGED, &logged);
	if (r == 0)
		r = run(c, rule, s, CLOCK_OCCURRED, &occurred);
	if (r == 0)
		r = clocks_merge(c, &logged, &occurred, out);
	founds_release(&logged);
	founds_release(&occurred);
	return r;
}

static int find_joined(struct correlate *c, uint32_t rule, struct steps *s, struct founds *out)
{
	switch (c->rules->rules[rule].shape) {
	case RULE_SEQUENCE:
		return find_clocked(c, rule, s, sequence_run, out);
	case RULE_SAMPLE:
		return sample_run(c, rule, s, out);
	case RULE_COUNT:
		return find_clocked(c, rule, s, count_run, out);
	case RULE_SINGLE:
	case RULE_TEMPORAL:
		break;
	}
	/* In the order of the stages, it is a sequence. */
	return find_clocked(c, rule, s, c->rules->rules[rule].ordered ? sequence_run : temporal_run,
			    out);
}

int rule_find(struct correlate *c, uint32_t rule, const struct match *v, size_t n,
	      struct founds *out)
{
	struct steps steps;
	int r;

	if (c->rules->rules[rule].shape == RULE_SINGLE)
		return find_singles(c, v, n, out);
	r = steps_make(c, v, n, &steps);
	if (r == 0)
		r = find_joined(c, rule, &steps, out);
	steps_release(&steps);
	return r;
}

static bool on_findings(const struct rule *r)
{
	for (size_t i = 0; i < r->n_stages; i++)
		if (r->stages[i].of)
			return true;
	return false;
}

int rules_run(struct correlate *c, struct founds *out, struct err *e)
{
	struct match *v = NULL;
	size_t n;
	int r = collect(c, &v, &n);

	for (size_t i = 0, k; i < n && r == 0; i = k) {
		for (k = i + 1; k < n && v[k].hit.rule == v[i].hit.rule;)
			k++;
		if (!on_findings(&c->rules->rules[v[i].hit.rule]))
			r = rule_find(c, v[i].hit.rule, v + i, k - i, out);
	}
	if (r == 0)
		r = chains_run(c, v, n, out);
	mem_free(v);
	return r < 0 ? nomem(e) : 0;
}

void pipes_range(const struct rule *r, uint64_t n, uint64_t *from, uint64_t *to)
{
	*from = 0;
	*to = n;
	for (size_t i = 0; i < r->n_pipes; i++) {
		if (*to - *from <= r->pipes[i].n)
			continue;
		if (r->pipes[i].tail)
			*from = *to - r->pipes[i].n;
		else
			*to = *from + r->pipes[i].n;
	}
}
