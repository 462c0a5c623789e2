/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `filter` documents: a condition that is and-ed to rules, by name, or to all of a log source. As the
 * reference implementation has it, the filter's condition says what passes: `not selection`.
 */
#include "sigma.h"
#include "tree-build.h"

static void read_rules(struct loader *l, const struct yaml_node *n, struct filter *f)
{
	const struct yaml_node *const *v = n->kind == YAML_SEQUENCE ? n->items : &n;
	size_t count = n->kind == YAML_SEQUENCE ? n->n : 1;
	struct reference *refs;

	f->any = n->kind == YAML_SEQUENCE ? !n->n
					  : n->kind == YAML_SCALAR && (view_eq_str_nocase(n->text, "any") ||
								       view_eq_str_nocase(n->text, "all"));
	if (f->any)
		return;
	refs = load_keep(l, count, sizeof *refs);
	for (size_t i = 0; refs && i < count; i++) {
		if (v[i]->kind != YAML_SCALAR || !v[i]->text.n) {
			load_fault(l, spot_of(v[i]), ERR_SYNTAX,
				   "`rules` of a filter are ids or names of rules, or `any`");
			return;
		}
		refs[i] = (struct reference){load_keep_view(l, v[i]->text), spot_of(v[i])};
	}
	f->refs = refs;
	f->n_refs = refs ? count : 0;
}

/* The filter's mapping as a detection: without `rules`. */
static const struct yaml_node *detection_of(struct loader *l, const struct yaml_node *n)
{
	struct yaml_node *out = load_scratch(l, 1, sizeof *out);
	struct yaml_pair *pairs = load_scratch(l, n->n, sizeof *pairs);

	if (!out || !pairs)
		return NULL;
	*out = *n;
	out->pairs = pairs;
	out->n = 0;
	for (size_t i = 0; i < n->n; i++)
		if (!view_eq_str(n->pairs[i].key->text, "rules"))
			pairs[out->n++] = n->pairs[i];
	return out;
}

/* Once for rules that speak Sysmon's words, once for those that speak the records' own. */
static void read_conditions(struct loader *l, const struct yaml_node *n, struct filter *f)
{
	const struct yaml_node *detection = detection_of(l, n);
	const struct yaml_node *condition = yaml_get(n, "condition");
	size_t before = l->faults;

	if (!detection)
		return;
	l->raw = false;
	f->node[0] = sigma_detection(l, detection);
	if (l->faults != before)
		return;
	l->raw = true;
	f->node[1] = sigma_detection(l, detection);
	l->raw = false;
	if (condition && condition->kind == YAML_SCALAR)
		f->source = tree_source(l, condition->text);
}

static struct filter *filter_room(struct loader *l)
{
	struct filter *v = mem_grow(l->filters, (l->n_filters + 1) * sizeof *v);

	if (!v) {
		l->no_memory = true;
		return NULL;
	}
	l->filters = v;
	return &v[l->n_filters++];
}

void sigma_filter(struct loader *l, const struct yaml_node *doc, const struct yaml_node *n)
{
	const struct yaml_node *logsource = yaml_get(doc, "logsource");
	const struct yaml_node *rules = yaml_get(n, "rules"), *title = yaml_get(doc, "title");
	struct filter f = {.path = l->path, .spot = spot_of(doc)};
	size_t before = l->faults;
	struct filter *kept;

	if (!logsource || logsource->kind != YAML_MAPPING)
		load_fault(l, spot_of(doc), ERR_SYNTAX, "a filter needs a `logsource`");
	else
		f.log = sigma_log_name(l, logsource);
	if (n->kind != YAML_MAPPING || !rules) {
		load_fault(l, spot_of(n), ERR_SYNTAX,
			   "a `filter` is a mapping of rules, selections and a condition");
		return;
	}
	if (title && title->kind == YAML_SCALAR)
		f.title = tree_source(l, title->text);
	read_rules(l, rules, &f);
	read_conditions(l, n, &f);
	kept = l->faults == before && f.node[0] && f.node[1] ? filter_room(l) : NULL;
	if (kept)
		*kept = f;
}

/* ---- when the whole set is there ---- */

static bool member_fits(struct view filter, struct view rule)
{
	return !filter.n || view_eq(filter, rule);
}

static bool is_meant(const struct filter *f, const struct draft *d)
{
	return member_fits(f->log.product, d->log.product) &&
	       member_fits(f->log.category, d->log.category) &&
	       member_fits(f->log.service, d->log.service);
}

static void told(struct buf *b, const struct filter *f)
{
	buf_str(b, " and (filter ");
	buf_view(b, f->title);
	buf_str(b, ": ");
	buf_view(b, f->source);
	buf_byte(b, ')');
}

/* All filters of a rule at once: a tree as wide as they are many, and no deeper. */
static void apply(struct loader *l, struct draft *d)
{
	/* Made by the reader of the rule, in memory of ours. */
	struct stage *stage = (struct stage *)(uintptr_t)d->rule.stages;
	struct nodes all = {0};
	struct buf b;

	nodes_add(l, &all, stage->condition);
	buf_init(&b, 0);
	buf_byte(&b, '(');
	buf_view(&b, stage->source);
	buf_byte(&b, ')');
	for (size_t i = 0; i < d->n_filters; i++) {
		nodes_add(l, &all, d->filters[i]->node[!d->log.category.n]);
		told(&b, d->filters[i]);
	}
	l->no_memory |= b.bad;
	stage->source = tree_source(l, buf_data(&b));
	buf_release(&b);
	l->path = d->rule.path;
	stage->condition = tree_join(l, NODE_AND, &all, d->spot);
	d->broken |= !stage->condition;
}

static void give(struct loader *l, const struct filter *f, struct draft *d)
{
	if (!d->filters)
		d->filters = load_scratch(l, LIMIT_FILTERS, sizeof(*d->filters));
	if (!d->filters)
		return;
	if (d->n_filters < LIMIT_FILTERS) {
		d->filters[d->n_filters++] = f;
		return;
	}
	load_fault_in(l, f->path, f->spot, ERR_LIMIT, "rule `%.*s` has more than %u filters",
		      SHOWN(d->rule.id), LIMIT_FILTERS);
	d->broken = true;
}

static bool can_filter(const struct draft *d)
{
	return !d->broken && !d->correlation && d->rule.language == LANGUAGE_SIGMA;
}

static void apply_named(struct loader *l, const struct filter *f, const struct reference *r)
{
	const char *why = "is not in this set";

	for (size_t i = 0; i < l->n_drafts; i++) {
		struct draft *d = &l->drafts[i];

		if (!view_eq(d->name, r->name) && !view_eq_nocase(d->rule.id, r->name))
			continue;
		if (can_filter(d) && is_meant(f, d)) {
			give(l, f, d);
			return;
		}
		why = can_filter(d) ? "has another log source" : "cannot be filtered";
	}
	l->path = f->path;
	load_note(l, r->spot, "the filter does nothing to rule `%.*s`, which %s", SHOWN(r->name), why);
}

static void deal_out(struct loader *l, const struct filter *f)
{
	for (size_t k = 0; k < f->n_refs; k++)
		apply_named(l, f, &f->refs[k]);
	for (size_t k = 0; f->any && k < l->n_drafts; k++)
		if (can_filter(&l->drafts[k]) && is_meant(f, &l->drafts[k]))
			give(l, f, &l->drafts[k]);
}

void sigma_apply_filters(struct loader *l)
{
	uint64_t steps = 0;

	l->notes = 0;
	for (size_t i = 0; i < l->n_filters; i++) {
		const struct filter *f = &l->filters[i];

		steps += (f->n_refs + 1) * (uint64_t)l->n_drafts;
		if (steps <= LIMIT_FILTER_STEPS) {
			deal_out(l, f);
			continue;
		}
		load_fault_in(l, f->path, f->spot, ERR_LIMIT,
			      "the filters of this set name too many rules: none of the set is used");
		for (size_t k = 0; k < l->n_drafts; k++)
			l->drafts[k].broken = true;
		return;
	}
	for (size_t i = 0; i < l->n_drafts; i++)
		if (l->drafts[i].n_filters && !l->drafts[i].broken)
			apply(l, &l->drafts[i]);
}
