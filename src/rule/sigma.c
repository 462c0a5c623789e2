/* SPDX-License-Identifier: Apache-2.0 */
#include "meta.h"
#include "sigma.h"
#include "tree-build.h"

static bool is_technique(struct view v)
{
	if (v.n != 5 && v.n != 9)
		return false;
	if (ascii_lower(v.p[0]) != 't' || (v.n == 9 && v.p[5] != '.'))
		return false;
	for (size_t i = 1; i < v.n; i++)
		if (i != 5 && (v.p[i] < '0' || v.p[i] > '9'))
			return false;
	return true;
}

/* Groups and software: g0032, s0357. */
static bool is_actor(struct view v)
{
	if (v.n != 5 || (ascii_lower(v.p[0]) != 'g' && ascii_lower(v.p[0]) != 's'))
		return false;
	for (size_t i = 1; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return true;
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
}

/* "command-and-control" as ATT&CK writes it: "Command and Control"; "t1218.007" as "T1218.007". */
static struct view spoken(struct loader *l, struct view tag)
{
	bool technique = is_technique(tag);
	uint8_t *p = load_scratch(l, tag.n, 1);

	for (size_t i = 0; p && i < tag.n; i++) {
		bool first = !i || p[i - 1] == ' ';
		struct view rest = view_sub(tag, i, 3);

		p[i] = tag.p[i] == '-' || tag.p[i] == '_' ? ' ' : tag.p[i];
		if (technique || (first && !view_eq_str(rest, "and")))
			p[i] = upper(p[i]);
	}
	return (struct view){p, p ? tag.n : 0};
}

static void read_tags(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
	struct text_list tags = meta_list(l, doc, "tags", true);
	struct texts tactics = {0}, techniques = {0};

	for (size_t i = 0; i < tags.n; i++) {
		struct view tag = view_sub(tags.v[i], 7, SIZE_MAX);

		if (!view_eq_str_nocase(view_sub(tags.v[i], 0, 7), "attack.") || !tag.n ||
		    is_actor(tag))
			continue;
		texts_add(l, is_technique(tag) ? &techniques : &tactics, spoken(l, tag));
	}
	r->tactics = texts_keep(l, &tactics);
	r->techniques = texts_keep(l, &techniques);
}

/* Where a member stands, or the document where it is missing. */
static struct spot member_spot(const struct yaml_node *doc, const char *key)
{
	const struct yaml_node *n = yaml_get(doc, key);

	return spot_of(n ? n : doc);
}

/* A member that must be there is not: perhaps another was meant to be it. */
static void missing(struct loader *l, const struct yaml_node *doc, const char *key)
{
	for (size_t i = 0; i < doc->n; i++) {
		struct view name = doc->pairs[i].key->text;

		if (!suggest(name, &key, 1) || view_eq_str(name, key))
			continue;
		load_fault(l, spot_of(doc->pairs[i].key), ERR_SYNTAX,
			   "the rule has no `%s`: was `%.*s` meant to be it?", key, SHOWN(name));
		return;
	}
	load_fault(l, spot_of(doc), ERR_SYNTAX, "the rule has no `%s`", key);
}

static void check_taxonomy(struct loader *l, const struct yaml_node *doc)
{
	const struct yaml_node *n = yaml_get(doc, "taxonomy");

	if (n && (n->kind != YAML_SCALAR || !view_eq_str(n->text, "sigma")))
		load_fault(l, spot_of(n), ERR_UNSUPPORTED,
			   "taxonomies other than sigma are not supported");
}

static void read_id(struct loader *l, const struct yaml_node *doc, struct draft *d)
{
	d->name = meta_text(l, doc, "name");
	d->rule.id = meta_text(l, doc, "id");
	d->id_spot = member_spot(doc, yaml_get(doc, "id") ? "id" : "name");
	if (!d->rule.id.n)
		d->rule.id = d->name;
	if (d->rule.id.n)
		meta_check_id(l, d->rule.id, d->id_spot);
	else
		load_fault(l, spot_of(doc), ERR_SYNTAX, "the rule has neither `id` nor `name`");
}

static void read_judgement(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
	struct view level = meta_text(l, doc, "level"), risk = meta_text(l, doc, "risk_score");

	r->status = meta_text(l, doc, "status");
	if (r->status.n && !meta_is_status(r->status))
		load_fault(l, member_spot(doc, "status"), ERR_SYNTAX,
			   "`%.*s` is no status; statuses are %s", SHOWN(r->status), meta_statuses);
	if (level.n)
		meta_level(l, level, member_spot(doc, "level"), &r->level);
	r->has_risk = risk.n && yaml_int(yaml_get(doc, "risk_score"), &r->risk_score);
	r->date = meta_text(l, doc, "date");
	meta_check_date(l, r->date, member_spot(doc, "date"), "date");
	r->modified = meta_text(l, doc, "modified");
	meta_check_date(l, r->modified, member_spot(doc, "modified"), "modified");
}

static void read_meta(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
	r->title = meta_text(l, doc, "title");
	if (!r->title.n)
		missing(l, doc, "title");
	r->description = meta_text(l, doc, "description");
	r->author = meta_joined(l, doc, "author");
	r->license = meta_text(l, doc, "license");
	r->references = meta_list(l, doc, "references", true);
	r->false_positives = meta_list(l, doc, "falsepositives", true);
	/* Ours; another's custom member of that name may look otherwise. */
	r->data_needed = meta_list(l, doc, "data_needed", false);
	r->triage = meta_list(l, doc, "triage", false);
	r->response = meta_list(l, doc, "response", false);
	r->blind_spots = meta_list(l, doc, "blind_spots", false);
}

static struct view condition_text(struct loader *l, const struct yaml_node *detection)
{
	const struct yaml_node *c = yaml_get(detection, "condition");

	if (c && c->kind == YAML_SEQUENCE && c->n)
		c = c->items[0];
	return c && c->kind == YAML_SCALAR ? tree_source(l, c->text) : (struct view){NULL, 0};
}

static void read_detection(struct loader *l, const struct yaml_node *doc, struct draft *d)
{
	const struct yaml_node *logsource = yaml_get(doc, "logsource");
	const struct yaml_node *detection = yaml_get(doc, "detection");
	struct stage *stage = load_keep(l, 1, sizeof *stage);

	d->rule.language = LANGUAGE_SIGMA;
	d->rule.shape = RULE_SINGLE;
	d->rule.span = SPAN_NONE;
	if (!stage)
		return;
	if (logsource)
		sigma_logsource(l, logsource, stage);
	else
		missing(l, doc, "logsource");
	if (detection) {
		if (logsource && logsource->kind == YAML_MAPPING)
			d->log = sigma_log_name(l, logsource);
		stage->condition = sigma_detection(l, detection);
		stage->source = condition_text(l, detection);
		stage->line = detection->line;
		stage->column = detection->column;
	} else {
		missing(l, doc, "detection");
	}
	stage->name = d->name;
	stage->value = FIELD_NONE;
	d->rule.stages = stage;
	d->rule.n_stages = 1;
}

static void read_top_generate(struct loader *l, const struct yaml_node *doc, struct draft *d)
{
	const struct yaml_node *n = yaml_get(doc, "generate");

	if (n && (n->kind != YAML_SCALAR || !yaml_bool(n, &d->generate)))
		load_fault(l, spot_of(n), ERR_SYNTAX, "`generate` takes true or false");
}

static void read_document(struct loader *l, const struct yaml_node *doc)
{
	const struct yaml_node *correlation;
	struct draft d = {.spot = spot_of(doc), .rule.line = doc->line};
	size_t before = l->faults;

	if (doc->kind != YAML_MAPPING) {
		load_fault(l, spot_of(doc), ERR_SYNTAX, "a rule is a mapping");
		return;
	}
	l->raw = false;
	l->idle = (struct view){NULL, 0};
	if (yaml_get(doc, "filter")) {
		sigma_filter(l, doc, yaml_get(doc, "filter"));
		return;
	}
	read_id(l, doc, &d);
	read_meta(l, doc, &d.rule);
	read_judgement(l, doc, &d.rule);
	read_tags(l, doc, &d.rule);
	check_taxonomy(l, doc);
	correlation = yaml_get(doc, "correlation");
	if (!correlation) {
		read_detection(l, doc, &d);
	} else {
		read_top_generate(l, doc, &d);
		sigma_correlation(l, correlation, &d);
		if (yaml_get(doc, "detection"))
			load_fault(l, member_spot(doc, "detection"), ERR_SYNTAX,
				   "a document is a detection or a correlation, not both");
	}
	d.broken = l->faults != before;
	d.rule.idle = l->idle;
	load_draft(l, &d);
}

static bool is_nothing(const struct yaml_node *doc)
{
	return doc->kind == YAML_SCALAR && yaml_is_null(doc);
}

void sigma_load(struct loader *l)
{
	size_t first = l->n_drafts, rules = 0;
	struct actions actions = {0};
	struct yaml y = {0};

	if (!load_yaml(l, &y))
		return;
	for (size_t i = 0; i < y.n_documents; i++) {
		const struct yaml_node *doc;

		if (is_nothing(y.documents[i]))
			continue;
		rules++;
		doc = sigma_action(l, &actions, y.documents[i]);
		if (doc)
			read_document(l, doc);
	}
	if (!rules && !y.n_faults)
		load_fault(l, (struct spot){0, 0}, ERR_SYNTAX, "the file holds no rule");
	/* Which document a fault of the YAML spoils is not known: none of the file is used. */
	for (size_t i = first; y.n_faults && i < l->n_drafts; i++)
		l->drafts[i].broken = true;
}
