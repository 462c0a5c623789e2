/* SPDX-License-Identifier: Apache-2.0 */
#include "sigma.h"
#include "tree-build.h"

const struct node *sigma_map(struct loader *l, const struct yaml_node *map)
{
	struct nodes list = {0};

	if (!map->n) {
		load_fault(l, spot_of(map), ERR_SYNTAX, "an empty selection matches nothing");
		return NULL;
	}
	for (size_t i = 0; i < map->n; i++)
		nodes_add(l, &list, sigma_item(l, map->pairs[i].key, map->pairs[i].value));
	return tree_join(l, NODE_AND, &list, spot_of(map));
}

/* How many scalars follow one another from there on: keywords. */
static size_t scalars(const struct yaml_node *seq, size_t from)
{
	size_t i = from;

	while (i < seq->n && seq->items[i]->kind == YAML_SCALAR)
		i++;
	return i - from;
}

static bool not_a_selection(struct loader *l, const struct yaml_node *item)
{
	load_fault(l, spot_of(item), ERR_SYNTAX,
		   "a selection is a mapping, a list of mappings, or keywords");
	return true;
}

static const struct node *list_node(struct loader *l, const struct yaml_node *seq)
{
	struct nodes list = {0};

	if (!seq->n) {
		load_fault(l, spot_of(seq), ERR_SYNTAX, "an empty selection matches nothing");
		return NULL;
	}
	for (size_t i = 0, n; i < seq->n; i += n) {
		const struct yaml_node *const *items = seq->items + i;

		n = scalars(seq, i);
		if (n)
			nodes_add(l, &list, sigma_keywords(l, items, n, spot_of(*items)));
		else if ((*items)->kind == YAML_MAPPING)
			nodes_add(l, &list, sigma_map(l, *items));
		else
			list.bad = not_a_selection(l, *items);
		n += !n;
	}
	return tree_join(l, NODE_OR, &list, spot_of(seq));
}

static const struct node *selection_node(struct loader *l, const struct yaml_node *n)
{
	if (n->kind == YAML_MAPPING)
		return sigma_map(l, n);
	if (n->kind == YAML_SEQUENCE)
		return list_node(l, n);
	if (!yaml_is_null(n))
		return sigma_keywords(l, &n, 1, spot_of(n));
	load_fault(l, spot_of(n), ERR_SYNTAX, "an empty selection matches nothing");
	return NULL;
}

static void add_selection(struct loader *l, struct selections *s, const struct yaml_pair *p)
{
	const struct node *node = selection_node(l, p->value);

	/* A name given twice has been told by the YAML reader. */
	if (strtab_find(&s->names, p->key->text) != STRTAB_NONE)
		return;
	if (strtab_add(&s->names, p->key->text) == STRTAB_NONE) {
		l->no_memory = true;
		return;
	}
	s->v[s->n++] = (struct selection){p->key->text, p->key, node, false};
}

static void read_selections(struct loader *l, const struct yaml_node *detection,
			    struct selections *s)
{
	for (size_t i = 0; i < detection->n; i++) {
		const struct yaml_pair *p = &detection->pairs[i];

		if (view_eq_str(p->key->text, "condition"))
			continue;
		if (view_eq_str(p->key->text, "timeframe"))
			load_fault(l, spot_of(p->key), ERR_UNSUPPORTED,
				   "`timeframe` is the old way: write a correlation");
		else
			add_selection(l, s, p);
	}
}

/* A list of conditions means that any of them will do. */
static const struct node *read_conditions(struct loader *l, const struct yaml_node *condition,
					  const struct selections *s)
{
	struct nodes list = {0};

	if (condition->kind == YAML_SCALAR)
		return sigma_condition(l, condition, s);
	if (condition->kind == YAML_MAPPING || !condition->n) {
		load_fault(l, spot_of(condition), ERR_SYNTAX, "`condition` must be a text");
		return NULL;
	}
	for (size_t i = 0; i < condition->n; i++) {
		if (condition->items[i]->kind == YAML_SCALAR) {
			nodes_add(l, &list, sigma_condition(l, condition->items[i], s));
			continue;
		}
		load_fault(l, spot_of(condition->items[i]), ERR_SYNTAX,
			   "a condition must be a text");
		list.bad = true;
	}
	return tree_join(l, NODE_OR, &list, spot_of(condition));
}

const struct node *sigma_detection(struct loader *l, const struct yaml_node *detection)
{
	const struct yaml_node *condition = yaml_get(detection, "condition");
	const struct node *node = NULL;
	struct selections s = {0};

	if (detection->kind != YAML_MAPPING) {
		load_fault(l, spot_of(detection), ERR_SYNTAX,
			   "`detection` must be a mapping of selections and a condition");
		return NULL;
	}
	s.v = load_scratch(l, detection->n, sizeof *s.v);
	strtab_init(&s.names, false, LIMIT_RULES_ARENA);
	if (s.v)
		read_selections(l, detection, &s);
	if (condition)
		node = read_conditions(l, condition, &s);
	else
		load_fault(l, spot_of(detection), ERR_SYNTAX, "`detection` has no `condition`");
	for (size_t i = 0; node && i < s.n; i++)
		if (!s.v[i].named && !(s.v[i].name.n && s.v[i].name.p[0] == '_'))
			load_note(l, spot_of(s.v[i].key), "no condition names the selection `%.*s`",
				  SHOWN(s.v[i].name));
	strtab_release(&s.names);
	return node;
}
