/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigma correlations of type temporal. Two words are ours: group-by may name process.entity_id, the
 * identity of the process whichever log tells it, and `timespan: process-lifetime` then means as
 * long as that process lives.
 */
#include <string.h>

#include "sigma.h"

static const char *const types[] = {"temporal",		"temporal_ordered", "event_count",
				    "value_count",	"value_sum",	    "value_avg",
				    "value_percentile", "value_median"};
#define N_TYPES (sizeof types / sizeof *types)

static const struct {
	char unit;
	uint64_t seconds;
} units[] = {
	{'s', 1},      {'m', 60},      {'h', 3600},	{'d', 86400},
	{'w', 604800}, {'M', 2629746}, {'y', 31556952},
};

static void bad_span(struct loader *l, const struct yaml_node *n)
{
	load_fault(l, spot_of(n), ERR_SYNTAX,
		   "`timespan` is a whole number and a unit of s, m, h, d, w, M, y (or "
		   "process-lifetime)");
}

static uint64_t span_of(struct loader *l, const struct yaml_node *n)
{
	uint64_t sum = 0;
	size_t i = 0;

	if (n->kind != YAML_SCALAR) {
		bad_span(l, n);
		return SPAN_NONE;
	}
	if (view_eq_str(n->text, "process-lifetime"))
		return SPAN_LIFETIME;
	for (; i < n->text.n && n->text.p[i] >= '0' && n->text.p[i] <= '9' && sum < 1000000000; i++)
		sum = sum * 10 + (uint64_t)(n->text.p[i] - '0');
	for (size_t u = 0; i && i + 1 == n->text.n && u < sizeof units / sizeof *units; u++)
		if (n->text.p[i] == (uint8_t)units[u].unit && sum)
			return sum * units[u].seconds > UINT64_MAX / 20000000
				       ? SPAN_NONE
				       : sum * units[u].seconds * 10000000;
	bad_span(l, n);
	return SPAN_NONE;
}

static bool scalars(struct loader *l, const struct yaml_node *n, const char *key, size_t max)
{
	bool good = n->kind == YAML_SCALAR ? !yaml_is_null(n) : n->kind == YAML_SEQUENCE && n->n;

	for (size_t i = 0; good && n->kind == YAML_SEQUENCE && i < n->n; i++)
		good = n->items[i]->kind == YAML_SCALAR && n->items[i]->text.n;
	if (!good)
		load_fault(l, spot_of(n), ERR_SYNTAX, "`%s` must be a list of names", key);
	else if (n->kind == YAML_SEQUENCE && n->n > max)
		load_fault(l, spot_of(n), ERR_LIMIT, "`%s` names more than %zu", key, max);
	return good && (n->kind == YAML_SCALAR || n->n <= max);
}

static size_t count(const struct yaml_node *n)
{
	return n->kind == YAML_SCALAR ? 1 : n->n;
}

static const struct yaml_node *nth(const struct yaml_node *n, size_t i)
{
	return n->kind == YAML_SCALAR ? n : n->items[i];
}

static void read_rules(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	struct reference *refs;

	if (!scalars(l, n, "rules", LIMIT_RULE_STAGES))
		return;
	refs = load_keep(l, count(n), sizeof *refs);
	for (size_t i = 0; refs && i < count(n); i++)
		refs[i] =
			(struct reference){load_keep_view(l, nth(n, i)->text), spot_of(nth(n, i))};
	d->refs = refs;
	d->n_refs = refs ? count(n) : 0;
}

static void read_group_by(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	field_id *keys;

	if (!scalars(l, n, "group-by", LIMIT_STAGE_KEYS))
		return;
	keys = load_keep(l, count(n), sizeof *keys);
	for (size_t i = 0; keys && i < count(n); i++) {
		keys[i] = fields_add(&l->set->fields, nth(n, i)->text);
		l->no_memory |= keys[i] == FIELD_NONE;
	}
	d->keys = keys;
	d->n_keys = keys ? count(n) : 0;
}

static bool read_type(struct loader *l, const struct yaml_node *correlation)
{
	const struct yaml_node *n = yaml_get(correlation, "type");
	const char *near;

	if (!n || n->kind != YAML_SCALAR) {
		load_fault(l, spot_of(correlation), ERR_SYNTAX, "the correlation has no `type`");
		return false;
	}
	for (size_t i = 0; i < N_TYPES; i++) {
		if (!view_eq_str(n->text, types[i]))
			continue;
		if (i)
			load_fault(l, spot_of(n), ERR_UNSUPPORTED,
				   "correlation type %s is not supported yet; temporal is",
				   types[i]);
		return !i;
	}
	near = suggest(n->text, types, N_TYPES);
	load_fault(l, spot_of(n), ERR_SYNTAX, "unknown correlation type `%.*s`%s%s%s",
		   SHOWN(n->text), near ? ": did you mean `" : "", near ? near : "",
		   near ? "`?" : "");
	return false;
}

static void read_generate(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	if (n->kind != YAML_SCALAR || !yaml_bool(n, &d->generate))
		load_fault(l, spot_of(n), ERR_SYNTAX, "`generate` takes true or false");
}

static void read_member(struct loader *l, const struct yaml_pair *p, struct draft *d)
{
	static const char *const members[] = {"type",	  "rules",   "group-by", "timespan",
					      "generate", "aliases", "condition"};
	const char *near;
	struct view key = p->key->text;

	if (view_eq_str(key, "rules"))
		read_rules(l, p->value, d);
	else if (view_eq_str(key, "group-by"))
		read_group_by(l, p->value, d);
	else if (view_eq_str(key, "timespan"))
		d->rule.span = span_of(l, p->value);
	else if (view_eq_str(key, "generate"))
		read_generate(l, p->value, d);
	else if (view_eq_str(key, "aliases"))
		load_fault(l, spot_of(p->key), ERR_UNSUPPORTED,
			   "correlation `aliases` are not supported yet");
	else if (view_eq_str(key, "condition"))
		load_fault(l, spot_of(p->key), ERR_UNSUPPORTED,
			   "correlation `condition` is not supported yet");
	else if (!view_eq_str(key, "type")) {
		near = suggest(key, members, sizeof members / sizeof *members);
		load_fault(l, spot_of(p->key), ERR_SYNTAX,
			   "unknown correlation member `%.*s`%s%s%s", SHOWN(key),
			   near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
	}
}

static bool has_identity(const struct draft *d)
{
	for (size_t i = 0; i < d->n_keys; i++)
		if (d->keys[i] == FIELD_ECS_PROCESS_ENTITY)
			return true;
	return false;
}

void sigma_correlation(struct loader *l, const struct yaml_node *correlation, struct draft *d)
{
	size_t before = l->faults;

	d->correlation = true;
	d->rule.language = LANGUAGE_CORRELATION;
	d->rule.shape = RULE_TEMPORAL;
	d->rule.span = SPAN_NONE;
	if (correlation->kind != YAML_MAPPING) {
		load_fault(l, spot_of(correlation), ERR_SYNTAX, "`correlation` must be a mapping");
		return;
	}
	if (!read_type(l, correlation))
		return;
	for (size_t i = 0; i < correlation->n; i++)
		read_member(l, &correlation->pairs[i], d);
	if (l->faults != before)
		return;
	if (!d->n_refs)
		load_fault(l, spot_of(correlation), ERR_SYNTAX, "the correlation has no `rules`");
	if (!yaml_get(correlation, "timespan"))
		load_fault(l, spot_of(correlation), ERR_SYNTAX,
			   "the correlation has no `timespan`");
	if (d->rule.span == SPAN_LIFETIME && !has_identity(d))
		load_fault(l, spot_of(yaml_get(correlation, "timespan")), ERR_SYNTAX,
			   "`process-lifetime` needs group-by process.entity_id");
}

/* ---- when the whole set is there ---- */

static struct draft *find_base(struct loader *l, const struct strtab *names, const uint32_t *index,
			       struct view name)
{
	uint32_t id = strtab_find(names, name);

	return id == STRTAB_NONE ? NULL : &l->drafts[index[id]];
}

static bool base_usable(struct loader *l, const struct draft *d, const struct reference *r,
			const struct draft *base)
{
	if (!base)
		load_fault_in(l, d->rule.path, r->spot, ERR_SYNTAX,
			      "there is no rule named or with the id `%.*s` in this set",
			      SHOWN(r->name));
	else if (base->correlation)
		load_fault_in(l, d->rule.path, r->spot, ERR_UNSUPPORTED,
			      "correlations of correlations are not supported yet");
	else if (base->broken)
		load_fault_in(l, d->rule.path, r->spot, ERR_SYNTAX,
			      "rule `%.*s` has faults of its own", SHOWN(r->name));
	else if (base->rule.shape != RULE_SINGLE)
		load_fault_in(l, d->rule.path, r->spot, ERR_UNSUPPORTED,
			      "only rules on single events can be correlated");
	else
		return true;
	return false;
}

static void resolve(struct loader *l, struct draft *d, const struct strtab *names,
		    const uint32_t *index)
{
	struct stage *stages = load_keep(l, d->n_refs, sizeof *stages);

	for (size_t i = 0; stages && i < d->n_refs; i++) {
		struct draft *base = find_base(l, names, index, d->refs[i].name);

		if (!base_usable(l, d, &d->refs[i], base)) {
			d->broken = true;
			continue;
		}
		if (base->rule.idle.n && !d->rule.idle.n)
			d->rule.idle = base->rule.idle;
		stages[i] = base->rule.stages[0];
		stages[i].name = base->name.n ? base->name : base->rule.id;
		stages[i].keys = d->keys;
		stages[i].n_keys = d->n_keys;
	}
	d->broken |= !stages;
	d->rule.stages = stages;
	d->rule.n_stages = d->n_refs;
}

static void mark_used(struct loader *l, const struct draft *d, const struct strtab *names,
		      const uint32_t *index)
{
	for (size_t i = 0; i < d->n_refs; i++) {
		struct draft *base = find_base(l, names, index, d->refs[i].name);

		if (base && !base->correlation)
			base->used = true;
	}
}

/* By name and by id; the first of equal ones counts, the second has been told. */
static bool index_name(struct loader *l, struct strtab *names, uint32_t *index, struct view name,
		       size_t draft)
{
	uint32_t id;

	if (!name.n || strtab_find(names, name) != STRTAB_NONE)
		return true;
	id = strtab_add(names, name);
	if (id == STRTAB_NONE) {
		l->no_memory = true;
		return false;
	}
	index[id] = (uint32_t)draft;
	return true;
}

void sigma_resolve(struct loader *l)
{
	struct strtab names;
	uint32_t *index = load_scratch(l, 2 * l->n_drafts, sizeof *index);
	bool good = index;

	strtab_init(&names, false, LIMIT_RULES_ARENA);
	for (size_t i = 0; good && i < l->n_drafts; i++)
		good = index_name(l, &names, index, l->drafts[i].name, i) &&
		       index_name(l, &names, index, l->drafts[i].rule.id, i);
	for (size_t i = 0; good && i < l->n_drafts; i++) {
		struct draft *d = &l->drafts[i];

		if (!d->correlation)
			continue;
		/* A broken correlation still says which rules are only its parts. */
		if (!d->generate)
			mark_used(l, d, &names, index);
		if (!d->broken)
			resolve(l, d, &names, index);
	}
	strtab_release(&names);
}
