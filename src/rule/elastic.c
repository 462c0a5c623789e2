/* SPDX-License-Identifier: Apache-2.0 */
/* Elastic's rule files: TOML around an EQL query. */
#include "eql-ast.h"
#include "meta.h"
#include "sigma.h"
#include "toml.h"

/* Members that change what a query finds, unless they say what holds anyway. */
static const struct {
	const char *name, *harmless;
} refused[] = {
	{"event_category_override", "event.category"},
	{"exceptions_list", NULL},
	{"filters", NULL},
	{"tiebreaker_field", NULL},
	{"timestamp_field", "@timestamp"},
};

static bool is_harmless(const struct yaml_node *n, const char *harmless)
{
	if (n->kind == YAML_SEQUENCE)
		return !n->n;
	return harmless && n->kind == YAML_SCALAR && view_eq_str(n->text, harmless);
}

static void refuse_members(struct loader *l, const struct yaml_node *rule)
{
	for (size_t i = 0; i < rule->n; i++)
		for (size_t j = 0; j < sizeof refused / sizeof *refused; j++)
			if (view_eq_str(rule->pairs[i].key->text, refused[j].name) &&
			    !is_harmless(rule->pairs[i].value, refused[j].harmless))
				load_fault(l, spot_of(rule->pairs[i].key), ERR_UNSUPPORTED,
					   "`%s` of a rule is not supported", refused[j].name);
}

/* A text that must be there. */
static struct view required(struct loader *l, const struct yaml_node *rule, const char *key)
{
	struct view v = meta_text(l, rule, key);

	if (!v.n && !yaml_get(rule, key))
		load_fault(l, spot_of(rule), ERR_SYNTAX, "[rule] has no `%s`", key);
	return v;
}

static void must_be_eql(struct loader *l, const struct yaml_node *rule, const char *key)
{
	struct view v = required(l, rule, key);

	if (v.n && !view_eq_str(v, "eql"))
		load_fault(l, spot_of(yaml_get(rule, key)), ERR_UNSUPPORTED,
			   "%s %.*s is not supported; eql is", key, SHOWN(v));
}

static void add_member(struct loader *l, const struct yaml_node *map, const char *key,
		       struct texts *out)
{
	const struct yaml_node *n = yaml_get(map, key);

	if (n && n->kind == YAML_SCALAR && n->text.n)
		texts_add(l, out, n->text);
}

static void read_techniques(struct loader *l, const struct yaml_node *threat, struct texts *out)
{
	const struct yaml_node *list = yaml_get(threat, "technique");

	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++) {
		const struct yaml_node *sub = yaml_get(list->items[i], "subtechnique");

		add_member(l, list->items[i], "id", out);
		for (size_t j = 0; sub && sub->kind == YAML_SEQUENCE && j < sub->n; j++)
			add_member(l, sub->items[j], "id", out);
	}
}

static void read_threats(struct loader *l, const struct yaml_node *rule, struct rule *r)
{
	const struct yaml_node *list = yaml_get(rule, "threat");
	struct texts tactics = {0}, techniques = {0};

	for (size_t i = 0; list && list->kind == YAML_SEQUENCE && i < list->n; i++) {
		const struct yaml_node *tactic = yaml_get(list->items[i], "tactic");

		if (tactic)
			add_member(l, tactic, "name", &tactics);
		read_techniques(l, list->items[i], &techniques);
	}
	r->tactics = texts_keep(l, &tactics);
	r->techniques = texts_keep(l, &techniques);
}

static void read_numbers(struct loader *l, const struct yaml_node *rule, struct rule *r)
{
	const struct yaml_node *risk = yaml_get(rule, "risk_score");
	const struct yaml_node *severity = yaml_get(rule, "severity");

	if (risk && (risk->kind != YAML_SCALAR || !yaml_int(risk, &r->risk_score)))
		load_fault(l, spot_of(risk), ERR_SYNTAX, "`risk_score` must be a whole number");
	else
		r->has_risk = risk;
	if (severity && severity->kind == YAML_SCALAR)
		meta_level(l, severity->text, spot_of(severity), &r->level);
	else if (severity)
		load_fault(l, spot_of(severity), ERR_SYNTAX, "`severity` must be a text");
}

static void read_metadata(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
	const struct yaml_node *m = yaml_get(doc, "metadata");

	if (!m)
		return;
	r->status = meta_text(l, m, "maturity");
	r->date = meta_text(l, m, "creation_date");
	r->modified = meta_text(l, m, "updated_date");
	meta_check_date(l, r->date, spot_of(m), "creation_date");
	meta_check_date(l, r->modified, spot_of(m), "updated_date");
}

static void read_rule(struct loader *l, const struct yaml_node *rule, struct draft *d)
{
	struct rule *r = &d->rule;

	r->id = required(l, rule, "rule_id");
	d->id_spot = yaml_get(rule, "rule_id") ? spot_of(yaml_get(rule, "rule_id")) : d->spot;
	if (r->id.n)
		meta_check_id(l, r->id, d->id_spot);
	r->title = required(l, rule, "name");
	r->description = meta_text(l, rule, "description");
	r->author = meta_joined(l, rule, "author");
	r->license = meta_text(l, rule, "license");
	r->references = meta_list(l, rule, "references", true);
	r->false_positives = meta_list(l, rule, "false_positives", true);
	r->triage = meta_list(l, rule, "note", true);
	r->data_needed = meta_list(l, rule, "setup", true);
	read_numbers(l, rule, r);
	read_threats(l, rule, r);
	refuse_members(l, rule);
	must_be_eql(l, rule, "language");
	must_be_eql(l, rule, "type");
}

static void read_query(struct loader *l, const struct yaml_node *rule, struct draft *d)
{
	const struct yaml_node *query = yaml_get(rule, "query");
	struct text_map map;

	required(l, rule, "query");
	if (!query || query->kind != YAML_SCALAR)
		return;
	text_map_node(&map, l, query, true);
	eql_compile(l, query->text, &map, &d->rule);
}

void elastic_load(struct loader *l)
{
	const struct yaml_node *doc = toml_read(l), *rule = doc ? yaml_get(doc, "rule") : NULL;
	struct draft d = {0};
	size_t faults = l->faults;

	if (!doc)
		return;
	if (!rule || rule->kind != YAML_MAPPING) {
		load_fault(l, (struct spot){0, 0}, ERR_SYNTAX, "the file has no table [rule]");
		return;
	}
	d.spot = spot_of(rule);
	d.rule.line = rule->line;
	read_metadata(l, doc, &d.rule);
	read_rule(l, rule, &d);
	/* Another language's query would only give faults that mislead. */
	if (l->faults == faults || !yaml_get(rule, "language") ||
	    view_eq_str(yaml_get(rule, "language")->text, "eql"))
		read_query(l, rule, &d);
	d.broken = l->faults != faults;
	load_draft(l, &d);
}
