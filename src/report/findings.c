/* SPDX-License-Identifier: Apache-2.0 */
/* All findings of a run, one after another, and what they amount to. */
#include <stdlib.h>

#include "report-private.h"

/* ---- of an array ---- */

static int array_rewind(void *ctx, struct err *e)
{
	struct finding_array *a = ctx;

	(void)e;
	a->at = 0;
	return 0;
}

static int array_next(void *ctx, const struct finding **f, struct err *e)
{
	struct finding_array *a = ctx;

	(void)e;
	if (a->at == a->n)
		return 1;
	*f = &a->v[a->at++];
	return 0;
}

struct finding_reader finding_array_reader(struct finding_array *a)
{
	return (struct finding_reader){array_rewind, array_next, a};
}

/* ---- counting ---- */

struct counter {
	struct strtab texts;
	struct text_count *v; /* by the text's number; without the text */
	size_t cap, most;
};

static int counter_add(struct counter *c, struct view text, enum rule_level level, struct err *e)
{
	uint32_t id = strtab_find(&c->texts, text);

	if (id == STRTAB_NONE && c->texts.n >= c->most)
		return 0;
	if (id == STRTAB_NONE)
		id = strtab_add(&c->texts, text);
	if (id == STRTAB_NONE)
		return no_memory(e, "the findings");
	if (id >= c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;
		struct text_count *p = mem_grow(c->v, cap * sizeof(*p));

		if (!p)
			return no_memory(e, "the findings");
		for (size_t i = c->cap; i < cap; i++)
			p[i] = (struct text_count){0};
		c->v = p;
		c->cap = cap;
	}
	c->v[id].n++;
	c->v[id].levels[level]++;
	return 0;
}

static int counter_give(struct counter *c, struct arena *a, struct text_count **out, size_t *n,
			struct err *e)
{
	*n = c->texts.n;
	*out = arena_array(a, *n + 1, sizeof(**out));
	if (!*out)
		return no_memory(e, "the findings");
	for (uint32_t i = 0; i < *n; i++) {
		(*out)[i] = c->v[i];
		(*out)[i].text = arena_keep(a, strtab_text(&c->texts, i));
		if (!(*out)[i].text.p)
			return no_memory(e, "the findings");
	}
	return 0;
}

static void counter_init(struct counter *c, size_t most)
{
	*c = (struct counter){.most = most};
	strtab_init(&c->texts, false, SIZE_MAX);
}

static void counter_release(struct counter *c)
{
	strtab_release(&c->texts);
	mem_free(c->v);
}

static int by_name(const void *x, const void *y)
{
	const struct text_count *a = x, *b = y;

	return view_cmp(a->text, b->text);
}

static int count_one(const struct finding *f, enum rule_level level, struct findings_about *out,
		     struct counter *hosts, struct counter *conditions, struct err *e)
{
	struct rule_count *r = &out->rules[f->rule];

	r->n++;
	r->unverified += f->unverified;
	r->not_live += f->only_in != SOURCE_LIVE;
	out->unverified += f->unverified;
	out->brief += f->brief;
	if (f->exception)
		out->exceptions[f->exception - 1]++;
	out->first_time = !out->n++ || f->first_time < out->first_time ? f->first_time
								       : out->first_time;
	out->last_time = f->last_time > out->last_time ? f->last_time : out->last_time;
	for (size_t i = 0; i < f->n_unchecked; i++)
		if (counter_add(conditions, f->unchecked[i], level, e) < 0)
			return -1;
	return counter_add(hosts, f->computer, level, e);
}

int findings_count(const struct finding_reader *r, const struct ruleset *rules, struct arena *a,
		   struct findings_about *out, struct err *e)
{
	struct counter hosts, conditions;
	const struct finding *f;
	int rc;

	*out = (struct findings_about){.rules = arena_array(a, rules->n + 1, sizeof(*out->rules))};
	out->exceptions = arena_array(a, rules->n_exceptions + 1, sizeof(*out->exceptions));
	if (!out->rules || !out->exceptions)
		return no_memory(e, "the findings");
	counter_init(&hosts, SIZE_MAX);
	counter_init(&conditions, LIMIT_PAGE_SOURCES);
	rc = r->rewind(r->ctx, e);
	while (rc == 0 && (rc = r->next(r->ctx, &f, e)) == 0)
		rc = count_one(f, rules->rules[f->rule].level, out, &hosts, &conditions, e);
	rc = rc < 0 ? rc : counter_give(&hosts, a, &out->hosts, &out->n_hosts, e);
	rc = rc < 0 ? rc : counter_give(&conditions, a, &out->conditions, &out->n_conditions, e);
	if (rc == 0 && out->n_hosts)
		qsort(out->hosts, out->n_hosts, sizeof(*out->hosts), by_name);
	counter_release(&hosts);
	counter_release(&conditions);
	return rc;
}

/* ---- one after another ---- */

int each_of(const struct finding_reader *r, uint64_t n, each_finding_fn *fn, void *ctx,
	    struct err *e)
{
	const struct finding *f;
	int rc;

	if (!n)
		return 0;
	rc = r->rewind(r->ctx, e);
	for (size_t i = 0; rc == 0; i++) {
		rc = r->next(r->ctx, &f, e);
		if (rc == 0)
			rc = fn(ctx, f, i, e);
	}
	return rc < 0 ? rc : 0;
}

int each_finding(const struct run *run, each_finding_fn *fn, void *ctx, struct err *e)
{
	return each_of(&run->findings, run->about.n, fn, ctx, e);
}
