/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules on findings of other rules. Such a finding is an event that has the time and the keys of the
 * record that completed it; in what it is a part of, its records stand in its place.
 */
#include <stdlib.h>

#include "correlate-private.h"

struct chains {
	struct correlate *c;
	const struct match *v; /* on records, by rule */
	size_t n;
	struct founds *out;
	bool *done;            /* by rule */
	struct map ends;       /* rule and last record to the first of `out` that it completed */
	size_t n_ends;         /* of `out` that are in the map */
};

static uint64_t end_key(uint32_t rule, const struct kept *last)
{
	return (uint64_t)rule << 32 | last->index;
}

static int note_ends(struct chains *h)
{
	for (; h->n_ends < h->out->n; h->n_ends++) {
		const struct found *f = &h->out->v[h->n_ends];
		uint64_t key = end_key(f->rule, f->last);

		if (!map_get(&h->ends, key, NULL) && !map_put(&h->ends, key, h->n_ends))
			return -1;
	}
	return 0;
}

/* ---- which can be run now ---- */

static bool has_chain(const struct rule *r)
{
	for (size_t i = 0; i < r->n_stages; i++)
		if (r->stages[i].of)
			return true;
	return false;
}

static bool is_ready(const struct chains *h, const struct rule *r)
{
	for (size_t i = 0; i < r->n_stages; i++)
		if (r->stages[i].of && !h->done[r->stages[i].of - 1])
			return false;
	return true;
}

/* ---- its events ---- */

static size_t matches_on_records(const struct chains *h, uint32_t rule, struct match *out)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		if (h->v[i].hit.rule != rule)
			continue;
		if (out)
			out[n] = h->v[i];
		n++;
	}
	return n;
}

static size_t matches_on_findings(const struct chains *h, uint32_t rule, struct match *out)
{
	const struct rule *r = &h->c->rules->rules[rule];
	size_t n = 0;

	for (uint32_t stage = 0; stage < r->n_stages; stage++) {
		for (size_t i = 0; r->stages[stage].of && i < h->out->n; i++) {
			if (h->out->v[i].rule + 1 != r->stages[stage].of)
				continue;
			if (out)
				out[n] = (struct match){{rule, stage}, h->out->v[i].last};
			n++;
		}
	}
	return n;
}

/* Several findings may be completed by one record. */
static size_t each_once(struct match *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!kept || match_cmp(&v[kept - 1], &v[i]) != 0)
			v[kept++] = v[i];
	return kept;
}

/* ---- the records in place of the findings ---- */

/* NULL: it is a record of its own. */
static const struct found *part_of(const struct chains *h, const struct found *f,
				   const struct stage_event *m)
{
	uint32_t of = h->c->rules->rules[f->rule].stages[m->stage].of;
	uint64_t at;

	return of && map_get(&h->ends, end_key(of - 1, m->kept), &at) ? &h->out->v[at] : NULL;
}

static void put_parts(const struct stage_event *m, const struct found *part,
		      struct stage_event *out, size_t *n)
{
	if (!part) {
		out[(*n)++] = *m;
		return;
	}
	for (size_t i = 0; i < part->n; i++) {
		out[*n] = part->members[i];
		out[(*n)++].stage = m->stage;
	}
}

static int unfold(struct chains *h, struct found *f)
{
	size_t most = 0, n = 0, kept = 0;
	struct stage_event *v;

	for (size_t i = 0; i < f->n; i++) {
		const struct found *part = part_of(h, f, &f->members[i]);

		most += part ? part->n : 1;
	}
	v = arena_array(&h->c->arena, most, sizeof(*v));
	if (!v)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		put_parts(&f->members[i], part_of(h, f, &f->members[i]), v, &n);
	qsort(v, n, sizeof(*v), stage_event_cmp);
	for (size_t i = 0; i < n; i++)
		if (!kept || stage_event_cmp(&v[kept - 1], &v[i]) != 0)
			v[kept++] = v[i];
	f->members = v;
	f->n = kept;
	return 0;
}

static int run_one(struct chains *h, uint32_t rule)
{
	size_t upto = h->out->n;
	size_t n = matches_on_records(h, rule, NULL) + matches_on_findings(h, rule, NULL);
	struct match *v = mem_alloc((n + 1) * sizeof(*v));
	int r = v ? note_ends(h) : -1;

	if (r == 0) {
		n = matches_on_records(h, rule, v);
		n += matches_on_findings(h, rule, v + n);
		if (n)
			qsort(v, n, sizeof(*v), match_cmp);
		r = rule_find(h->c, rule, v, each_once(v, n), h->out);
	}
	for (size_t i = upto; i < h->out->n && r == 0; i++)
		r = unfold(h, &h->out->v[i]);
	mem_free(v);
	return r;
}

static void drop_quiet(const struct correlate *c, struct founds *out)
{
	size_t n = 0;

	for (size_t i = 0; i < out->n; i++)
		if (!c->rules->rules[out->v[i].rule].quiet)
			out->v[n++] = out->v[i];
	out->n = n;
}

int chains_run(struct correlate *c, const struct match *v, size_t n, struct founds *out)
{
	struct chains h = {.c = c, .v = v, .n = n, .out = out};
	int r = 0;

	map_init(&h.ends);
	h.done = mem_alloc((c->rules->n + 1) * sizeof(*h.done));
	if (!h.done)
		return -1;
	for (size_t i = 0; i < c->rules->n; i++)
		h.done[i] = !has_chain(&c->rules->rules[i]);
	/* Each pass does one at least; rules that go round in a ring are never done. */
	for (bool any = true; any && r == 0;) {
		any = false;
		for (uint32_t i = 0; i < c->rules->n && r == 0; i++) {
			if (h.done[i] || !is_ready(&h, &c->rules->rules[i]))
				continue;
			r = run_one(&h, i);
			h.done[i] = any = true;
		}
	}
	mem_free(h.done);
	map_release(&h.ends);
	drop_quiet(c, out);
	return r;
}
