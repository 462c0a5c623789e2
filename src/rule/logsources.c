/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of log sources: rows of facts, ours first, then the user's. What a rule's log source means
 * is worked out when the first rule names it, so that a row about a service counts for all categories
 * of that service.
 */
#include <string.h>

#include "meta.h"
#include "sigma.h"
#include "tree-build.h"

struct logsource {
	struct view product, category, service, channel, provider, idle;
	const uint16_t *ids;
	size_t n_ids;
	const struct node *where;
	const struct rename *renames;
	size_t n_renames;
};

static bool same(struct view a, struct view b)
{
	return view_eq(a, b);
}

/* ---- rows ---- */

static bool read_ids(struct loader *l, const struct yaml_node *n, struct logsource *row)
{
	const struct yaml_node *const *v = n->kind == YAML_SEQUENCE ? n->items : &n;
	size_t count = n->kind == YAML_SEQUENCE ? n->n : 1;
	uint16_t *ids = load_keep(l, count, sizeof *ids);

	for (size_t i = 0; ids && i < count; i++) {
		int64_t id;

		if (v[i]->kind != YAML_SCALAR || !yaml_int(v[i], &id) || id < 0 || id > UINT16_MAX) {
			load_fault(l, spot_of(v[i]), ERR_SYNTAX, "`id` takes event ids from 0 to 65535");
			return false;
		}
		ids[i] = (uint16_t)id;
	}
	row->ids = ids;
	row->n_ids = ids ? count : 0;
	return ids && count;
}

static bool read_fields(struct loader *l, const struct yaml_node *n, struct logsource *row)
{
	struct rename *v = load_keep(l, n->n, sizeof *v);

	if (n->kind != YAML_MAPPING) {
		load_fault(l, spot_of(n), ERR_SYNTAX, "`fields` is a mapping from a rule's names to the record's");
		return false;
	}
	for (size_t i = 0; v && i < n->n; i++) {
		const struct yaml_node *to = n->pairs[i].value;

		if (to->kind != YAML_SCALAR || !to->text.n) {
			load_fault(l, spot_of(to), ERR_SYNTAX, "a field's name must be a text");
			return false;
		}
		v[i].from = fields_add(&l->set->fields, n->pairs[i].key->text);
		v[i].to = fields_add(&l->set->fields, to->text);
		l->no_memory |= v[i].from == FIELD_NONE || v[i].to == FIELD_NONE;
	}
	row->renames = v;
	row->n_renames = v ? n->n : 0;
	return v;
}

static bool read_where(struct loader *l, const struct yaml_node *n, struct logsource *row)
{
	if (n->kind != YAML_MAPPING) {
		load_fault(l, spot_of(n), ERR_SYNTAX, "`where` is a mapping, as a selection is");
		return false;
	}
	l->raw = true;
	row->where = sigma_map(l, n);
	l->raw = false;
	return row->where;
}

static bool read_member(struct loader *l, const struct yaml_pair *p, struct logsource *row)
{
	static const char *const names[] = {"product", "category", "service", "channel", "provider",
					    "idle",    "id",	   "where",   "fields"};
	struct view *const texts[] = {&row->product, &row->category, &row->service,
				      &row->channel, &row->provider, &row->idle};
	const char *near;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!view_eq_str(p->key->text, names[i]))
			continue;
		if (p->value->kind == YAML_SCALAR && p->value->text.n) {
			*texts[i] = load_keep_view(l, p->value->text);
			return texts[i]->p;
		}
		load_fault(l, spot_of(p->value), ERR_SYNTAX, "`%s` must be a text", names[i]);
		return false;
	}
	if (view_eq_str(p->key->text, "id"))
		return read_ids(l, p->value, row);
	if (view_eq_str(p->key->text, "where"))
		return read_where(l, p->value, row);
	if (view_eq_str(p->key->text, "fields"))
		return read_fields(l, p->value, row);
	near = suggest(p->key->text, names, sizeof names / sizeof *names);
	load_fault(l, spot_of(p->key), ERR_SYNTAX, "a log source has no member `%.*s`%s%s%s",
		   SHOWN(p->key->text), near ? ": did you mean `" : "", near ? near : "",
		   near ? "`?" : "");
	return false;
}

static bool is_complete(struct loader *l, const struct yaml_node *n, const struct logsource *row)
{
	const char *lacks = NULL;

	if (!row->category.n && !row->service.n)
		lacks = "`category` or `service`";
	else if (!row->idle.n && !row->channel.n && !row->provider.n &&
		 !(row->category.n && row->service.n))
		lacks = "`channel` or `provider`, or `idle` with the reason why no log has it";
	if (lacks)
		load_fault(l, spot_of(n), ERR_SYNTAX, "the log source lacks %s", lacks);
	return !lacks;
}

static void add_row(struct loader *l, const struct logsource *row)
{
	struct ruleset *s = l->set;

	if (s->n_logsources == s->cap_logsources) {
		size_t cap = s->cap_logsources ? s->cap_logsources * 2 : 128;
		struct logsource *v = load_keep(l, cap, sizeof *v);

		if (!v)
			return;
		if (s->n_logsources)
			memcpy(v, s->logsources, s->n_logsources * sizeof *v);
		s->logsources = v;
		s->cap_logsources = cap;
	}
	s->logsources[s->n_logsources++] = *row;
}

static void read_row(struct loader *l, const struct yaml_node *n)
{
	struct logsource row = {.product = view_str("windows")};
	bool good = n->kind == YAML_MAPPING;

	if (!good)
		load_fault(l, spot_of(n), ERR_SYNTAX, "a log source is a mapping");
	for (size_t i = 0; good && i < n->n; i++)
		good = read_member(l, &n->pairs[i], &row);
	if (good && is_complete(l, n, &row))
		add_row(l, &row);
}

void logsources_load(struct loader *l, const struct yaml_node *doc)
{
	if (doc->kind != YAML_SEQUENCE) {
		load_fault(l, spot_of(doc), ERR_SYNTAX, "a table of log sources is a list of rows");
		return;
	}
	for (size_t i = 0; i < doc->n; i++)
		read_row(l, doc->items[i]);
}

/* ---- what a rule means ---- */

struct gathered {
	struct loader *l;
	struct selector *v; /* scratch */
	size_t n, cap;
	struct view idle;
};

static const struct node *both(struct loader *l, const struct node *a, const struct node *b)
{
	struct nodes list = {0};

	if (!a || !b)
		return a ? a : b;
	nodes_add(l, &list, a);
	nodes_add(l, &list, b);
	return tree_join(l, NODE_AND, &list, (struct spot){0, 0});
}

/* `place` says in which log, `row` which of its records. */
static void gather(struct gathered *g, const struct logsource *row, const struct logsource *place)
{
	bool own = row == place;

	if (g->n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 8;
		struct selector *v = load_scratch(g->l, cap, sizeof *v);

		if (!v)
			return;
		if (g->n)
			memcpy(v, g->v, g->n * sizeof *v);
		g->v = v;
		g->cap = cap;
	}
	g->v[g->n++] = (struct selector){
		.channel = place->channel,
		.provider = place->provider,
		.ids = row->n_ids ? row->ids : place->ids,
		.n_ids = row->n_ids ? row->n_ids : place->n_ids,
		.condition = own ? row->where : both(g->l, row->where, place->where),
		.renames = row->n_renames ? row->renames : place->renames,
		.n_renames = row->n_renames ? row->n_renames : place->n_renames,
	};
}

static void gather_service(struct gathered *g, const struct logsource *row)
{
	const struct ruleset *s = g->l->set;

	for (size_t i = 0; i < s->n_logsources && g->n < LIMIT_SELECTORS; i++) {
		const struct logsource *place = &s->logsources[i];

		if (!place->category.n && same(place->product, row->product) &&
		    same(place->service, row->service) && !place->idle.n)
			gather(g, row, place);
	}
}

static bool is_meant(const struct logsource *row, const struct log_name *name)
{
	if (!same(row->product, name->product) || !same(row->category, name->category))
		return false;
	return !name->service.n || same(row->service, name->service);
}

static void gather_all(struct gathered *g, const struct log_name *name)
{
	const struct ruleset *s = g->l->set;

	for (size_t i = 0; i < s->n_logsources && g->n < LIMIT_SELECTORS; i++) {
		const struct logsource *row = &s->logsources[i];

		if (!is_meant(row, name))
			continue;
		if (row->idle.n)
			g->idle = row->idle;
		else if (row->channel.n || row->provider.n)
			gather(g, row, row);
		else
			gather_service(g, row);
	}
}

static struct log_meaning *meaning_room(struct loader *l)
{
	if (l->n_meanings == l->cap_meanings) {
		size_t cap = l->cap_meanings ? l->cap_meanings * 2 : 64;
		struct log_meaning *v = mem_grow(l->meanings, cap * sizeof *v);

		if (!v) {
			l->no_memory = true;
			return NULL;
		}
		l->meanings = v;
		l->cap_meanings = cap;
	}
	return &l->meanings[l->n_meanings];
}

static struct log_meaning *work_out(struct loader *l, const struct log_name *name)
{
	struct log_meaning *m = meaning_room(l);
	struct gathered g = {.l = l};
	struct selector *kept;

	if (!m)
		return NULL;
	gather_all(&g, name);
	kept = load_keep(l, g.n, sizeof *kept);
	*m = (struct log_meaning){.name = {load_keep_view(l, name->product),
					   load_keep_view(l, name->category),
					   load_keep_view(l, name->service)},
				  .selectors = kept,
				  .n = kept ? g.n : 0,
				  .idle = g.idle};
	if (!kept)
		return NULL;
	if (g.n)
		memcpy(kept, g.v, g.n * sizeof *kept);
	l->n_meanings++;
	return m;
}

const struct log_meaning *logsource_meaning(struct loader *l, const struct log_name *name)
{
	for (size_t i = 0; i < l->n_meanings; i++) {
		const struct log_name *known = &l->meanings[i].name;

		if (same(known->category, name->category) && same(known->service, name->service) &&
		    same(known->product, name->product))
			return &l->meanings[i];
	}
	return work_out(l, name);
}

/* The known name that looks most like it. */
const char *logsource_near(struct loader *l, const struct log_name *name)
{
	const struct ruleset *s = l->set;
	struct view word = name->category.n ? name->category : name->service, near;
	struct view *names = load_scratch(l, s->n_logsources, sizeof *names);

	for (size_t i = 0; names && i < s->n_logsources; i++)
		names[i] = name->category.n ? s->logsources[i].category : s->logsources[i].service;
	if (!names)
		return NULL;
	near = suggest_view(word, names, s->n_logsources);
	return near.n && !same(near, word) ? arena_str(&l->scratch, near) : NULL;
}
