/* SPDX-License-Identifier: Apache-2.0 */
/* An examiner's exceptions: which findings are set apart, in Sigma's detection language, and why. */
#include "meta.h"
#include "sigma.h"

static const char *const members[] = {"rule", "detection", "reason", "who", "date"};
#define N_MEMBERS (sizeof members / sizeof *members)

static void check_members(struct loader *l, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_node *key = map->pairs[i].key;
		const char *near = suggest(key->text, members, N_MEMBERS);
		bool known = false;

		for (size_t k = 0; k < N_MEMBERS; k++)
			known |= view_eq_str(key->text, members[k]);
		if (known)
			continue;
		load_fault(l, spot_of(key), ERR_SYNTAX,
			   "an exception has no `%.*s`%s%s%s; known are rule, detection, reason, who, date",
			   SHOWN(key->text), near ? ": did you mean `" : "", near ? near : "",
			   near ? "`?" : "");
	}
}

static struct view needed(struct loader *l, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);
	struct view v = meta_text(l, map, key);

	if (!n || (n->kind == YAML_SCALAR && !v.n))
		load_fault(l, spot_of(n ? n : map), ERR_SYNTAX, "the exception has no `%s`", key);
	return v;
}

/* `all` is no rule: an exception without rules is for all. */
static void read_rules(struct loader *l, const struct yaml_node *map, struct exception *x)
{
	const struct yaml_node *n = yaml_get(map, "rule");

	x->rules = meta_list(l, map, "rule", true);
	if (!n || (!x->rules.n && n->kind != YAML_MAPPING))
		load_fault(l, spot_of(n ? n : map), ERR_SYNTAX,
			   "the exception has no `rule`: an id, a list of ids, or all");
	if (x->rules.n == 1 && view_eq_str_nocase(x->rules.v[0], "all"))
		x->rules.n = 0;
}

static void read_exception(struct loader *l, const struct yaml_node *map, struct exception *x)
{
	const struct yaml_node *detection = yaml_get(map, "detection");
	const struct yaml_node *date = yaml_get(map, "date");

	*x = (struct exception){.path = l->path, .line = map->line, .column = map->column};
	if (map->kind != YAML_MAPPING) {
		load_fault(l, spot_of(map), ERR_SYNTAX, "an exception is a mapping");
		return;
	}
	check_members(l, map);
	read_rules(l, map, x);
	x->reason = needed(l, map, "reason");
	x->who = needed(l, map, "who");
	x->date = needed(l, map, "date");
	if (x->date.n)
		meta_check_date(l, x->date, spot_of(date), "date");
	if (detection)
		x->condition = sigma_detection(l, detection);
	else if (!x->rules.n)
		load_fault(l, spot_of(map), ERR_SYNTAX,
			   "an exception for all rules needs a `detection`, or nothing would be found");
}

static void keep_exceptions(struct loader *l, const struct yaml_node *list)
{
	struct ruleset *s = l->set;
	struct exception *v = load_keep(l, s->n_exceptions + list->n, sizeof *v);

	if (!v)
		return;
	for (size_t i = 0; i < s->n_exceptions; i++)
		v[i] = s->exceptions[i];
	for (size_t i = 0; i < list->n; i++)
		read_exception(l, list->items[i], &v[s->n_exceptions + i]);
	s->exceptions = v;
	s->n_exceptions += list->n;
}

void suppress_load(struct loader *l)
{
	struct yaml y = {0};
	struct err e = {0};

	if (yaml_read(&y, l->text, &l->scratch, &e) < 0) {
		l->no_memory = true;
		return;
	}
	for (size_t i = 0; i < y.n_faults; i++)
		load_fault(l, (struct spot){y.faults[i].line, y.faults[i].column}, y.faults[i].code,
			   "%.*s", SHOWN(y.faults[i].message));
	for (size_t i = 0; i < y.n_documents; i++) {
		const struct yaml_node *doc = y.documents[i];

		if (doc->kind == YAML_SEQUENCE)
			keep_exceptions(l, doc);
		else if (doc->kind != YAML_SCALAR || !yaml_is_null(doc))
			load_fault(l, spot_of(doc), ERR_SYNTAX, "exceptions are a list");
	}
	if (!y.n_documents && !y.n_faults)
		load_fault(l, (struct spot){0, 0}, ERR_SYNTAX, "the file holds no exception");
}
