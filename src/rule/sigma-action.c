/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `action` documents: `global` says what every later document of the file holds too, `reset` ends that,
 * `repeat` is the document before once more with something else. Mappings are merged, all else of the
 * later one counts.
 */
#include <string.h>

#include "sigma.h"

static const struct yaml_node *merge(struct loader *l, struct actions *a, const struct yaml_node *base,
				     const struct yaml_node *over, unsigned depth);

static struct yaml_pair merged_pair(struct loader *l, struct actions *a, const struct yaml_pair *base,
				    const struct yaml_pair *over, unsigned depth)
{
	if (base->value->kind != YAML_MAPPING || over->value->kind != YAML_MAPPING)
		return *over;
	return (struct yaml_pair){over->key, merge(l, a, base->value, over->value, depth + 1)};
}

static void merge_pairs(struct loader *l, struct actions *a, const struct yaml_node *over,
			struct yaml_pair *room, struct yaml_node *out, unsigned depth)
{
	struct strtab names;

	strtab_init(&names, false, LIMIT_RULES_ARENA);
	for (size_t i = 0; i < out->n && !l->no_memory; i++)
		l->no_memory |= strtab_add(&names, room[i].key->text) == STRTAB_NONE;
	for (size_t i = 0; i < over->n && !l->no_memory; i++) {
		uint32_t at = strtab_find(&names, over->pairs[i].key->text);

		if (at == STRTAB_NONE)
			room[out->n++] = over->pairs[i];
		else
			room[at] = merged_pair(l, a, &room[at], &over->pairs[i], depth);
		if (at != STRTAB_NONE && !room[at].value)
			room[at] = over->pairs[i];
	}
	strtab_release(&names);
}

/* NULL: told, or no room. As deep as YAML is, which its reader bounds. */
static const struct yaml_node *merge(struct loader *l, struct actions *a, const struct yaml_node *base,
				     const struct yaml_node *over, unsigned depth)
{
	struct yaml_node *out = load_scratch(l, 1, sizeof *out);
	struct yaml_pair *room;

	a->work += base->n + over->n;
	room = load_scratch(l, base->n + over->n, sizeof *room);
	if (!out || !room)
		return NULL;
	*out = *over;
	out->n = base->n;
	out->pairs = room;
	if (base->n)
		memcpy(room, base->pairs, base->n * sizeof *room);
	merge_pairs(l, a, over, room, out, depth);
	return out;
}

/* The document without its `action`. */
static const struct yaml_node *without_action(struct loader *l, const struct yaml_node *doc)
{
	struct yaml_node *out = load_scratch(l, 1, sizeof *out);
	struct yaml_pair *pairs = load_scratch(l, doc->n, sizeof *pairs);

	if (!out || !pairs)
		return NULL;
	*out = *doc;
	out->pairs = pairs;
	out->n = 0;
	for (size_t i = 0; i < doc->n; i++)
		if (!view_eq_str(doc->pairs[i].key->text, "action"))
			pairs[out->n++] = doc->pairs[i];
	return out;
}

/* What is to be read of it, nodes below nodes; as deep as YAML is. */
static uint64_t size_of(const struct yaml_node *n)
{
	uint64_t sum = 1;

	for (size_t i = 0; i < n->n; i++)
		sum += size_of(n->kind == YAML_MAPPING ? n->pairs[i].value : n->items[i]);
	return sum;
}

static const struct yaml_node *bounded(struct loader *l, struct actions *a, const struct yaml_node *doc)
{
	if (!doc)
		return NULL;
	a->work += size_of(doc);
	if (a->work <= 2 * LIMIT_YAML_NODES)
		return doc;
	load_fault(l, spot_of(doc), ERR_LIMIT, "`action` documents say too much, too often");
	return NULL;
}

static const struct yaml_node *with(struct loader *l, struct actions *a, const struct yaml_node *base,
				    const struct yaml_node *doc)
{
	return base && doc ? bounded(l, a, merge(l, a, base, doc, 0)) : doc;
}

static const struct yaml_node *repeated(struct loader *l, struct actions *a,
					const struct yaml_node *action, const struct yaml_node *doc)
{
	if (a->previous)
		return a->previous = with(l, a, a->previous, without_action(l, doc));
	load_fault(l, spot_of(action), ERR_SYNTAX, "there is no rule before it to repeat");
	return NULL;
}

const struct yaml_node *sigma_action(struct loader *l, struct actions *a, const struct yaml_node *doc)
{
	const struct yaml_node *action = yaml_get(doc, "action");

	if (doc->kind != YAML_MAPPING)
		return doc;
	if (!action)
		return a->previous = with(l, a, a->global, doc);
	if (action->kind == YAML_SCALAR && view_eq_str(action->text, "global"))
		a->global = with(l, a, a->global, without_action(l, doc));
	else if (action->kind == YAML_SCALAR && view_eq_str(action->text, "reset"))
		a->global = NULL;
	else if (action->kind == YAML_SCALAR && view_eq_str(action->text, "repeat"))
		return repeated(l, a, action, doc);
	else
		load_fault(l, spot_of(action), ERR_SYNTAX, "an `action` is global, reset or repeat");
	return NULL;
}
