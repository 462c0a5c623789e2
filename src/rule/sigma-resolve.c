/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the whole set has been read: correlations get the stages of the rules they name. A rule of
 * which a correlation is made is no rule of its own any more, unless it says `generate`; a correlation
 * stays, quietly, since its findings are what the other one counts.
 */
#include <string.h>

#include "sigma.h"
#include "tree-build.h"

struct set_names {
	struct strtab names;
	uint32_t *index; /* the draft of a name */
};

static struct draft *find_base(struct loader *l, const struct set_names *s, struct view name)
{
	uint32_t id = strtab_find(&s->names, name);

	return id == STRTAB_NONE ? NULL : &l->drafts[s->index[id]];
}

static bool base_usable(struct loader *l, const struct draft *d, const struct reference *r,
			const struct draft *base)
{
	if (!base)
		load_fault_in(l, d->rule.path, r->spot, ERR_SYNTAX,
			      "there is no rule named or with the id `%.*s` in this set",
			      SHOWN(r->name));
	else if (base->resolving)
		load_fault_in(l, d->rule.path, r->spot, ERR_SYNTAX,
			      "the correlation rests on itself by way of `%.*s`", SHOWN(r->name));
	else if (base->broken)
		load_fault_in(l, d->rule.path, r->spot, ERR_SYNTAX,
			      "rule `%.*s` has faults of its own", SHOWN(r->name));
	else if (!base->correlation && base->rule.shape != RULE_SINGLE)
		load_fault_in(l, d->rule.path, r->spot, ERR_UNSUPPORTED,
			      "sequences and samples cannot be correlated");
	else
		return true;
	return false;
}

/* ---- fields, as each rule calls them ---- */

static bool is_alias(const struct draft *d, field_id field)
{
	for (size_t i = 0; i < d->n_aliases; i++)
		if (d->aliases[i].name == field)
			return true;
	return false;
}

/* FIELD_NONE: told. */
static field_id field_for(struct loader *l, struct draft *d, const struct reference *r,
			  const struct draft *base, field_id field)
{
	struct view name = fields_name(&l->set->fields, field);

	for (size_t i = 0; i < d->n_aliases; i++) {
		struct view rule = d->aliases[i].rule;

		if (d->aliases[i].name == field &&
		    (view_eq(rule, base->name) || view_eq_nocase(rule, base->rule.id)))
			return d->aliases[i].field;
	}
	if (!is_alias(d, field))
		return field;
	load_fault_in(l, d->rule.path, r->spot, ERR_SYNTAX,
		      "the alias `%.*s` does not say what it is in rule `%.*s`", SHOWN(name),
		      SHOWN(r->name));
	d->broken = true;
	return FIELD_NONE;
}

static void check_aliases(struct loader *l, struct draft *d, const struct set_names *s)
{
	for (size_t i = 0; i < d->n_aliases; i++) {
		const struct alias *a = &d->aliases[i];
		const struct draft *base = find_base(l, s, a->rule);
		bool named = false;

		for (size_t k = 0; base && k < d->n_refs; k++)
			named |= find_base(l, s, d->refs[k].name) == base;
		if (named)
			continue;
		load_fault_in(l, d->rule.path, a->spot, ERR_SYNTAX,
			      "the alias speaks of `%.*s`, which is none of the `rules`", SHOWN(a->rule));
		d->broken = true;
	}
}

/* ---- stages ---- */

static void of_findings(struct loader *l, struct stage *st, const struct draft *base)
{
	*st = (struct stage){
		.condition = tree_constant(l, false),
		.source = base->rule.title,
		.line = base->rule.line,
		.column = 1,
		.of = UINT32_MAX, /* until the rules have their places */
		.of_id = base->rule.id,
	};
}

static void fill_stage(struct loader *l, struct draft *d, size_t i, const struct draft *base,
		       struct stage *st)
{
	field_id *keys = load_keep(l, d->n_keys, sizeof *keys);

	if (base->correlation)
		of_findings(l, st, base);
	else
		*st = base->rule.stages[0];
	for (size_t k = 0; keys && k < d->n_keys; k++)
		keys[k] = field_for(l, d, &d->refs[i], base, d->keys[k]);
	st->name = base->name.n ? base->name : base->rule.id;
	st->keys = keys;
	st->n_keys = keys ? d->n_keys : 0;
	st->value = d->value == FIELD_NONE ? FIELD_NONE
					   : field_for(l, d, &d->refs[i], base, d->value);
}

static void resolve(struct loader *l, struct draft *d, const struct set_names *s, unsigned depth);

static struct draft *base_of(struct loader *l, struct draft *d, const struct set_names *s, size_t i,
			     unsigned depth)
{
	struct draft *base = find_base(l, s, d->refs[i].name);

	if (base && base->correlation && !base->resolving)
		resolve(l, base, s, depth + 1);
	if (base_usable(l, d, &d->refs[i], base))
		return base;
	d->broken = true;
	return NULL;
}

static void too_deep(struct loader *l, struct draft *d)
{
	load_fault_in(l, d->rule.path, d->spot, ERR_LIMIT,
		      "correlations rest on one another more than %u deep", LIMIT_RULE_DEPTH);
	d->broken = true;
}

static void resolve(struct loader *l, struct draft *d, const struct set_names *s, unsigned depth)
{
	struct stage *stages;

	if (d->broken || d->rule.stages)
		return;
	if (depth > LIMIT_RULE_DEPTH) {
		too_deep(l, d);
		return;
	}
	stages = load_keep(l, d->n_refs, sizeof *stages);
	d->resolving = true;
	for (size_t i = 0; stages && i < d->n_refs; i++) {
		const struct draft *base = base_of(l, d, s, i, depth);

		if (!base)
			continue;
		if (base->rule.idle.n && !d->rule.idle.n)
			d->rule.idle = base->rule.idle;
		fill_stage(l, d, i, base, &stages[i]);
	}
	check_aliases(l, d, s);
	d->resolving = false;
	d->broken |= !stages;
	d->rule.stages = stages;
	d->rule.n_stages = d->n_refs;
}

static void mark_used(struct loader *l, const struct draft *d, const struct set_names *s)
{
	for (size_t i = 0; i < d->n_refs; i++) {
		struct draft *base = find_base(l, s, d->refs[i].name);

		if (base && base->correlation)
			base->rule.quiet = true;
		else if (base)
			base->used = true;
	}
}

/* By name and by id; the first of equal ones counts, the second has been told. */
static bool index_name(struct loader *l, struct set_names *s, struct view name, size_t draft)
{
	uint32_t id;

	if (!name.n || strtab_find(&s->names, name) != STRTAB_NONE)
		return true;
	id = strtab_add(&s->names, name);
	if (id == STRTAB_NONE) {
		l->no_memory = true;
		return false;
	}
	s->index[id] = (uint32_t)draft;
	return true;
}

void sigma_resolve(struct loader *l)
{
	struct set_names s = {.index = load_scratch(l, 2 * l->n_drafts, sizeof *s.index)};
	bool good = s.index;

	strtab_init(&s.names, false, LIMIT_RULES_ARENA);
	for (size_t i = 0; good && i < l->n_drafts; i++)
		good = index_name(l, &s, l->drafts[i].name, i) &&
		       index_name(l, &s, l->drafts[i].rule.id, i);
	for (size_t i = 0; good && i < l->n_drafts; i++) {
		struct draft *d = &l->drafts[i];

		if (!d->correlation)
			continue;
		/* A broken correlation still says which rules are only its parts. */
		if (!d->generate)
			mark_used(l, d, &s);
		resolve(l, d, &s, 0);
	}
	strtab_release(&s.names);
}

/* ---- when all sets are there ---- */

/* One of the same id, of a later set, may have taken its place. */
static uint32_t rule_with(const struct ruleset *s, struct view id)
{
	uint32_t i = 0;

	while (i < s->n && !view_eq_nocase(s->rules[i].id, id))
		i++;
	return i + 1;
}

void sigma_settle(struct ruleset *s)
{
	for (size_t i = 0; i < s->n; i++) {
		/* Made by resolve(), in memory of ours. */
		struct stage *stages = (struct stage *)(uintptr_t)s->rules[i].stages;

		for (size_t k = 0; k < s->rules[i].n_stages; k++)
			if (stages[k].of)
				stages[k].of = rule_with(s, stages[k].of_id);
	}
}
