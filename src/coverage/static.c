/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule can see in kinds of logs, whatever a given host recorded of them. */
#include "coverage-private.h"

#include <stdlib.h>

const char *judged_name(enum judged j)
{
	static const char *const names[] = {"none", "part", "whole"};

	return names[j];
}

const char *log_set_name(enum log_set s)
{
	static const char *const names[LOG_SETS] = {"sysmon", "security", "both", "all"};

	return names[s];
}

/* The best that some kind of record of a set offers to a stage, and what is missing there. */
struct best {
	bool meant;
	enum judged judged;
	field_id *v;
	size_t n, cap;
	bool bad;
};

static void add_field(void *ctx, field_id id, const char *why)
{
	struct best *b = ctx;

	(void)why;
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i] == id)
			return;
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 8;
		field_id *v = mem_grow(b->v, cap * sizeof(*v));

		if (!v) {
			b->bad = true;
			return;
		}
		b->v = v;
		b->cap = cap;
	}
	b->v[b->n++] = id;
}

/* Of kinds that are equally good the one with the least missing counts. */
static void better(struct best *b, struct best *other)
{
	struct best old = *b;

	if (b->meant && (other->judged < b->judged ||
			 (other->judged == b->judged && other->n >= b->n)))
		return;
	*b = *other;
	*other = old;
}

static bool in_set(const struct schema *s, enum log_set set)
{
	if (set == LOGS_ALL)
		return true;
	return (set != LOGS_SECURITY && schema_is_sysmon(s)) ||
	       (set != LOGS_SYSMON && schema_is_security(s));
}

/* A kind of record of the table. */
struct kind {
	const struct schema *schema;
	struct specimen specimen;
	struct asker asker;
};
struct survey {
	const struct ruleset *rules;
	struct arena *arena, scratch;
	struct kind *kinds;
	size_t n_kinds;
	struct best of[LOG_SETS]; /* of the stage at hand */
};

static int try_kind(struct survey *v, const struct stage *st, struct kind *k)
{
	struct stage_look look;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < LOG_SETS; i++) {
		struct best one = {0};

		if (!in_set(k->schema, (enum log_set)i))
			continue;
		rc = stage_look(st, &k->asker, add_field, &one, &look);
		one.meant = look.meant;
		one.judged = look.judged;
		if (rc == 0 && one.meant)
			better(&v->of[i], &one);
		rc = one.bad ? -1 : rc;
		mem_free(one.v);
		if (!look.meant)
			return rc;
	}
	return rc;
}

static bool schema_known(const char *channel, const char *provider, uint16_t id)
{
	size_t n;
	const struct schema *s = schemas(&n);

	for (size_t i = 0; i < n; i++)
		if (s[i].event_id == id &&
		    (!*channel || view_eq_str_nocase(view_str(channel), s[i].channel)) &&
		    (!*provider || view_eq_str_nocase(view_str(provider), s[i].provider)))
			return true;
	return false;
}

/* Records that the selector names and the table does not know. */
#define MAX_IDS 64u
static int try_named(struct survey *v, const struct stage *st, const struct selector *s)
{
	uint16_t found[MAX_IDS] = {0};
	const uint16_t *ids = s->ids;
	size_t n = s->n_ids;
	const char *channel = arena_str(&v->scratch, s->channel);
	const char *provider = arena_str(&v->scratch, s->provider);

	if (!channel || !provider)
		return -1;
	if (!n) {
		n = stage_ids(st, found, MAX_IDS);
		n = n ? n : 1;
		ids = found;
	}
	for (size_t i = 0; i < n; i++) {
		const struct schema one = {channel, provider, ids[i], NULL};
		struct kind k = {.schema = &one};

		k.asker = (struct asker){v->rules, &k.specimen, &v->scratch, NULL};
		if (!schema_known(channel, provider, ids[i]) &&
		    (schema_specimen(&one, &v->rules->fields, &v->scratch, &k.specimen) < 0 ||
		     try_kind(v, st, &k) < 0))
			return -1;
	}
	return 0;
}

static int survey_stage(struct survey *v, const struct stage *st)
{
	int rc = 0;

	arena_reset(&v->scratch);
	for (size_t i = 0; rc == 0 && i < v->n_kinds; i++)
		rc = try_kind(v, st, &v->kinds[i]);
	for (size_t i = 0; rc == 0 && i < st->n_selectors; i++)
		rc = try_named(v, st, &st->selectors[i]);
	return rc;
}

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct fields *f = ctx;

	return view_cmp(fields_name(f, *(const field_id *)a), fields_name(f, *(const field_id *)b));
}

static bool list_has(const struct field_list *l, field_id id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == id)
			return true;
	return false;
}

static int list_join(struct arena *a, struct field_list *l, const struct best *b)
{
	field_id *v = arena_array(a, l->n + b->n + 1, sizeof(*v));

	if (!v)
		return -1;
	for (size_t i = 0; i < l->n; i++)
		v[i] = l->v[i];
	l->v = v;
	for (size_t i = 0; i < b->n; i++)
		if (!list_has(l, b->v[i]))
			v[l->n++] = b->v[i];
	return 0;
}

/* `absent`: the stage is of what must not be: without it the rest can still be judged. */
static int take_stage(struct survey *v, bool absent, struct rule_coverage *out)
{
	int rc = 0;

	for (size_t i = 0; i < LOG_SETS; i++) {
		struct logs_coverage *l = &out->in[i];
		struct best *b = &v->of[i];
		enum judged j = b->meant ? b->judged : JUDGED_NONE;

		if (absent && j == JUDGED_NONE)
			j = JUDGED_PART;
		l->no_records |= !b->meant && !absent;
		l->judged = j < l->judged ? j : l->judged;
		if (rc == 0 && b->n)
			rc = list_join(v->arena, &l->missing, b);
		mem_free(b->v);
		*b = (struct best){0};
	}
	return rc;
}

static int of_rule(struct survey *v, size_t rule, unsigned depth, struct rule_coverage *out);

/* The events of such a stage are the findings of another rule. */
static int of_findings(struct survey *v, const struct stage *st, unsigned depth,
		       struct rule_coverage *out)
{
	struct rule_coverage inner = {0};

	if (st->of > v->rules->n || depth >= LIMIT_NESTING)
		return 0;
	if (of_rule(v, st->of - 1, depth + 1, &inner) < 0)
		return -1;
	for (size_t i = 0; i < LOG_SETS; i++) {
		struct logs_coverage *l = &out->in[i], *in = &inner.in[i];
		const struct best b = {.v = in->missing.v, .n = in->missing.n};

		l->no_records |= in->no_records;
		l->judged = in->judged < l->judged ? in->judged : l->judged;
		if (list_join(v->arena, &l->missing, &b) < 0)
			return -1;
	}
	return 0;
}

static int of_rule(struct survey *v, size_t rule, unsigned depth, struct rule_coverage *out)
{
	const struct rule *r = &v->rules->rules[rule];

	*out = (struct rule_coverage){0};
	for (size_t i = 0; i < LOG_SETS; i++) {
		out->in[i].judged = r->n_stages && !r->idle.n ? JUDGED_WHOLE : JUDGED_NONE;
		out->in[i].no_records = r->idle.n != 0;
	}
	for (size_t i = 0; i < r->n_stages && !r->idle.n; i++) {
		const struct stage *st = &r->stages[i];
		int rc = st->of ? of_findings(v, st, depth, out) : survey_stage(v, st);

		if (!st->of && take_stage(v, st->missing, out) < 0)
			rc = -1;
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int survey_begin(struct survey *v)
{
	const struct schema *s = schemas(&v->n_kinds);
	size_t names = v->rules->fields.names.n;

	v->kinds = arena_array(v->arena, v->n_kinds, sizeof(*v->kinds));
	for (size_t i = 0; v->kinds && i < v->n_kinds; i++) {
		struct kind *k = &v->kinds[i];
		const char **known = arena_array(v->arena, 2 * names + 1, sizeof(*known));

		k->schema = &s[i];
		k->asker = (struct asker){v->rules, &k->specimen, &v->scratch, known};
		if (!known || schema_specimen(&s[i], &v->rules->fields, v->arena, &k->specimen) < 0)
			return -1;
	}
	return v->kinds ? 0 : -1;
}

static void sort_fields(const struct ruleset *rules, struct rule_coverage *c)
{
	for (size_t i = 0; i < LOG_SETS; i++) {
		struct field_list *l = &c->in[i].missing;

		if (l->n)
			qsort_r(l->v, l->n, sizeof(*l->v), by_name, (void *)(uintptr_t)&rules->fields);
	}
}

int coverage_of_rules(const struct ruleset *rules, struct arena *a, struct rule_coverage **out)
{
	struct survey v = {.rules = rules, .arena = a};
	int rc;

	arena_init(&v.scratch, LIMIT_CHUNK_ARENA);
	*out = arena_array(a, rules->n + 1, sizeof(**out));
	rc = *out ? survey_begin(&v) : -1;
	for (size_t i = 0; rc == 0 && i < rules->n; i++) {
		rc = of_rule(&v, i, 0, &(*out)[i]);
		if (rc == 0)
			sort_fields(rules, &(*out)[i]);
	}
	arena_release(&v.scratch);
	return rc;
}
