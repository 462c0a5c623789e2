/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sigma correlations as they are written; sigma-resolve.c joins them to the rules they name. Two words
 * are ours: group-by may name process.entity_id, the
 * identity of the process whichever log tells it, and `timespan: process-lifetime` then means as
 * long as that process lives.
 */
#include <string.h>

#include "sigma.h"

static const struct {
	const char *name;
	enum rule_shape shape;
	enum measure measure;
	bool ordered;
} types[] = {
	{"temporal", RULE_TEMPORAL, MEASURE_EVENTS, false},
	{"temporal_ordered", RULE_TEMPORAL, MEASURE_EVENTS, true},
	{"event_count", RULE_COUNT, MEASURE_EVENTS, false},
	{"value_count", RULE_COUNT, MEASURE_VALUES, false},
	{"value_sum", RULE_COUNT, MEASURE_SUM, false},
	{"value_avg", RULE_COUNT, MEASURE_AVG, false},
	{"value_percentile", RULE_COUNT, MEASURE_PERCENTILE, false},
	{"value_median", RULE_COUNT, MEASURE_PERCENTILE, false},
};
#define N_TYPES (sizeof types / sizeof *types)
#define MEDIAN 7

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

static field_id field_named(struct loader *l, struct view name)
{
	field_id id = fields_add(&l->set->fields, name);

	l->no_memory |= id == FIELD_NONE;
	return id;
}

static void read_group_by(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	field_id *keys;

	if (!scalars(l, n, "group-by", LIMIT_STAGE_KEYS))
		return;
	keys = load_keep(l, count(n), sizeof *keys);
	for (size_t i = 0; keys && i < count(n); i++)
		keys[i] = field_named(l, nth(n, i)->text);
	d->keys = keys;
	d->n_keys = keys ? count(n) : 0;
}

static bool read_type(struct loader *l, const struct yaml_node *correlation, struct draft *d)
{
	const struct yaml_node *n = yaml_get(correlation, "type");
	const char *names[N_TYPES], *near;

	if (!n || n->kind != YAML_SCALAR) {
		load_fault(l, spot_of(correlation), ERR_SYNTAX, "the correlation has no `type`");
		return false;
	}
	for (size_t i = 0; i < N_TYPES; i++) {
		names[i] = types[i].name;
		if (!view_eq_str(n->text, types[i].name))
			continue;
		d->rule.shape = types[i].shape;
		d->rule.measure = types[i].measure;
		d->rule.ordered = types[i].ordered;
		d->rule.percentile = i == MEDIAN ? 50 : -1;
		return true;
	}
	near = suggest(n->text, names, N_TYPES);
	load_fault(l, spot_of(n), ERR_SYNTAX, "unknown correlation type `%.*s`%s%s%s",
		   SHOWN(n->text), near ? ": did you mean `" : "", near ? near : "",
		   near ? "`?" : "");
	return false;
}

/* ---- names of fields that differ from rule to rule ---- */

static bool alias_is_whole(struct loader *l, const struct yaml_node *n)
{
	for (size_t i = 0; n->kind == YAML_MAPPING && i < n->n; i++) {
		const struct yaml_node *v = n->pairs[i].value;

		if (v->kind == YAML_SCALAR && v->text.n)
			continue;
		load_fault(l, spot_of(v), ERR_SYNTAX, "a field's name must be a text");
		return false;
	}
	if (n->kind == YAML_MAPPING && n->n)
		return true;
	load_fault(l, spot_of(n), ERR_SYNTAX, "an alias is a mapping from rules to fields");
	return false;
}

static void read_alias(struct loader *l, const struct yaml_pair *p, struct alias *room, size_t *n)
{
	field_id name = field_named(l, p->key->text);

	for (size_t i = 0; i < p->value->n; i++)
		room[(*n)++] = (struct alias){
			.name = name,
			.rule = load_keep_view(l, p->value->pairs[i].key->text),
			.spot = spot_of(p->value->pairs[i].key),
			.field = field_named(l, p->value->pairs[i].value->text),
		};
}

static void read_aliases(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	struct alias *room;
	size_t total = 0;

	if (n->kind != YAML_MAPPING) {
		load_fault(l, spot_of(n), ERR_SYNTAX, "`aliases` must be a mapping");
		return;
	}
	for (size_t i = 0; i < n->n; i++) {
		if (!alias_is_whole(l, n->pairs[i].value))
			return;
		total += n->pairs[i].value->n;
	}
	if (total > LIMIT_ALIASES) {
		load_fault(l, spot_of(n), ERR_LIMIT, "`aliases` say more than %u fields", LIMIT_ALIASES);
		return;
	}
	room = load_keep(l, total, sizeof *room);
	for (size_t i = 0; room && i < n->n; i++)
		read_alias(l, &n->pairs[i], room, &d->n_aliases);
	d->aliases = room;
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
		read_aliases(l, p->value, d);
	else if (view_eq_str(key, "condition"))
		sigma_measure(l, p->value, d);
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

/* What the type needs of `condition`. */
static void check_measure(struct loader *l, const struct yaml_node *correlation, const struct draft *d)
{
	const struct yaml_node *n = yaml_get(correlation, "condition");
	bool counts = d->rule.shape == RULE_COUNT;
	const char *lacks = NULL;

	if (counts && !n)
		lacks = "`condition`";
	else if (counts && !d->rule.n_bounds)
		lacks = "`gt`, `gte`, `lt`, `lte`, `eq` or `neq` in its condition";
	else if (counts && d->rule.measure != MEASURE_EVENTS && d->value == FIELD_NONE)
		lacks = "`field` in its condition";
	else if (d->rule.measure == MEASURE_PERCENTILE && d->rule.percentile < 0)
		lacks = "`percentile` in its condition";
	if (lacks)
		load_fault(l, spot_of(n ? n : correlation), ERR_SYNTAX, "the correlation has no %s",
			   lacks);
	if (d->value != FIELD_NONE && (!counts || d->rule.measure == MEASURE_EVENTS))
		load_fault(l, spot_of(n), ERR_SYNTAX, "`field` goes with the types of values");
}

void sigma_correlation(struct loader *l, const struct yaml_node *correlation, struct draft *d)
{
	size_t before = l->faults;

	d->correlation = true;
	d->rule.language = LANGUAGE_CORRELATION;
	d->rule.shape = RULE_TEMPORAL;
	d->rule.span = SPAN_NONE;
	d->value = FIELD_NONE;
	if (correlation->kind != YAML_MAPPING) {
		load_fault(l, spot_of(correlation), ERR_SYNTAX, "`correlation` must be a mapping");
		return;
	}
	if (!read_type(l, correlation, d))
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
	if (d->rule.span == SPAN_LIFETIME && (d->rule.shape != RULE_TEMPORAL || d->rule.ordered))
		load_fault(l, spot_of(yaml_get(correlation, "timespan")), ERR_SYNTAX,
			   "`process-lifetime` goes with the type temporal");
	check_measure(l, correlation, d);
	if (d->rule.percentile < 0)
		d->rule.percentile = 0;
}
