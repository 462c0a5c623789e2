/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape (docs/evtx.md): attributes under #attributes, text beside them under #text, an element
 * that is only a value is that value, Data goes by its Name. Members of one key are one list. Which
 * keys repeat is known here, but for objects into which values put members; those are watched.
 */
#include "program.h"

#define STANDARD "http://schemas.microsoft.com/win/2004/08/events/event"

static void members(struct assembler *a, uint32_t i, bool watched);
static void element_value(struct assembler *a, uint32_t i, bool list);

static uint32_t plain_step(struct assembler *a, enum step_kind kind)
{
	uint32_t at = asm_label(a);

	asm_step(a, (struct step){.kind = (uint8_t)kind});
	asm_after(a);
	return at;
}

static void key(struct assembler *a, struct view name)
{
	asm_text(a, "\"");
	asm_escaped(a, name, TEXT_JSON);
	asm_text(a, "\":");
}

/* ---- which key an element goes by ---- */

/* Data's Name, if the element is one; NO_NODE: it goes by its own name. */
static uint32_t name_of(const struct assembler *a, uint32_t i)
{
	if (a->nodes[i].kind != NODE_ELEMENT || !view_eq_str(a->nodes[i].text, "Data"))
		return NO_NODE;
	return node_attribute(a->nodes, i, "Name");
}

/* The key stands in the template. */
static bool has_key(const struct assembler *a, uint32_t i)
{
	uint32_t n = name_of(a, i);

	return n == NO_NODE || (node_is_literal(a->nodes, n) && node_content(a->nodes, n).n <= 1);
}

static struct view key_of(const struct assembler *a, uint32_t i)
{
	uint32_t n = name_of(a, i);
	struct view name = n == NO_NODE ? a->nodes[i].text : node_literal(a->nodes, n);

	return name.n ? name : view_str("Data");
}

static bool is_unnamed(const struct assembler *a, uint32_t i)
{
	uint32_t n = name_of(a, i);

	return view_eq_str(a->nodes[i].text, "Data") &&
	       (n == NO_NODE || !node_literal(a->nodes, n).n);
}

/* ---- attributes ---- */

static bool is_shown(const struct assembler *a, uint32_t element, uint32_t k)
{
	const struct node *n = &a->nodes[k];

	if (n->kind != NODE_ATTRIBUTE || k == name_of(a, element))
		return false;
	/* every event has it, and it says nothing */
	return !(a->root && a->nodes[element].parent == NO_NODE && view_eq_str(n->text, "xmlns") &&
		 view_eq_str(node_literal(a->nodes, k), STANDARD));
}

struct attributes {
	uint32_t n, fixed; /* fixed: stand there whatever the values */
	uint32_t last;
	bool repeat; /* two have one name */
};

static struct attributes attributes_of(struct assembler *a, uint32_t element)
{
	const struct node *nodes = a->nodes;
	struct attributes r = {0};

	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		if (!is_shown(a, element, k) || !asm_spend(a, r.n / 4))
			continue;
		r.n++;
		r.fixed += !node_condition(nodes, k);
		r.last = k;
		for (uint32_t j = element + 1; j < k && !r.repeat; j = node_next(nodes, j))
			r.repeat = is_shown(a, element, j) && view_eq(nodes[j].text, nodes[k].text);
	}
	return r;
}

static struct step value_step(const struct assembler *a, uint32_t slot, uint32_t node)
{
	return (struct step){
		.kind = STEP_VALUE,
		.mode = MODE_JSON,
		.slot = a->nodes[slot].slot,
		.node = node,
	};
}

static void mixed(struct assembler *a, uint32_t i, bool list, bool beside)
{
	asm_step(a, (struct step){.kind = STEP_MIXED, .list = list, .beside = beside, .node = i});
	asm_after(a);
}

static void attribute(struct assembler *a, uint32_t k)
{
	const struct node *condition = node_condition(a->nodes, k);
	struct content c = node_content(a->nodes, k);
	bool alone = c.n == 1 && c.substituted;
	struct step s = {0};

	if (alone) {
		s = value_step(a, c.only, k);
		s.alone = true;
		s.optional = condition;
	}
	if (condition)
		asm_step(a, s);
	key(a, a->nodes[k].text);
	if (condition)
		asm_after(a);
	else if (c.n > 1)
		mixed(a, k, false, false);
	else if (alone)
		asm_step(a, s);
	else {
		asm_text(a, "\"");
		asm_escaped(a, node_literal(a->nodes, k), TEXT_JSON);
		asm_text(a, "\"");
	}
}

static uint32_t condition(struct assembler *a, const struct node *slot)
{
	uint32_t at = asm_label(a);

	asm_step(a, (struct step){.kind = STEP_IF, .slot = slot->slot});
	asm_after(a);
	return at;
}

/* Returns the step behind which nothing but closing follows, if it is one that can jump. */
static uint32_t attribute_list(struct assembler *a, uint32_t element, const struct attributes *all)
{
	uint32_t comma = NO_NODE;
	const struct node *nodes = a->nodes;

	if (all->repeat)
		plain_step(a, STEP_OPEN);
	asm_text(a, "{");
	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		const struct node *slot = node_condition(nodes, k);
		bool depends = slot != NULL;
		uint32_t skip = NO_NODE;

		if (!is_shown(a, element, k))
			continue;
		if (all->repeat && depends)
			skip = condition(a, slot);
		if (all->repeat)
			plain_step(a, STEP_MEMBER);
		attribute(a, k);
		if (depends || k != all->last || all->repeat)
			asm_text(a, ",");
		if (depends)
			asm_label(a);
		if (skip != NO_NODE)
			asm_target(a, skip);
		if (depends && k == all->last && !all->repeat)
			comma = plain_step(a, STEP_COMMA);
	}
	if (all->repeat)
		plain_step(a, STEP_SHUT);
	else
		asm_text(a, "}");
	return comma;
}

/* To the label that its answer is given, when no attribute has a value. */
static uint32_t any_attribute(struct assembler *a, uint32_t element)
{
	const struct node *nodes = a->nodes;
	uint32_t at = asm_label(a);

	asm_step(a, (struct step){.kind = STEP_ANY});
	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		const struct node *slot = node_condition(nodes, k);

		if (is_shown(a, element, k) && slot)
			buf_u16(&a->text, slot->slot);
	}
	asm_text(a, "");
	asm_after(a);
	return at;
}

/* ---- values ---- */

static void literal(struct assembler *a, uint32_t i)
{
	asm_text(a, "\"");
	for (uint32_t k = i + 1; k < a->nodes[i].end; k = node_next(a->nodes, k))
		if (a->nodes[k].kind == NODE_TEXT)
			asm_escaped(a, a->nodes[k].text, TEXT_JSON);
	asm_text(a, "\"");
}

/* What an element without element children holds. `beside`: as #text, if it holds something. */
static void leaf(struct assembler *a, uint32_t i, bool list, bool beside)
{
	struct content c = node_content(a->nodes, i);
	struct step s;

	if (!c.n) {
		if (!beside)
			asm_text(a, "null");
	} else if (!c.substituted) {
		if (beside)
			asm_text(a, ",\"#text\":");
		literal(a, i);
	} else if (c.n > 1) {
		mixed(a, i, list, beside);
	} else {
		s = value_step(a, c.only, i);
		s.alone = true;
		s.list = list;
		s.beside = beside;
		asm_step(a, s);
		asm_after(a);
	}
}

/* Returns a step that can jump from behind it, or NO_NODE. */
static uint32_t leaf_with(struct assembler *a, uint32_t i, const struct attributes *all)
{
	uint32_t comma;

	asm_text(a, "{\"#attributes\":");
	comma = attribute_list(a, i, all);
	leaf(a, i, false, true);
	asm_text(a, "}");
	return comma != NO_NODE && !node_content(a->nodes, i).n ? comma : NO_NODE;
}

/* With all that belongs to the element in both of its shapes, lest there be a step for a comma. */
static void either_leaf(struct assembler *a, uint32_t i, const struct attributes *all)
{
	uint32_t without = any_attribute(a, i), end;

	key(a, key_of(a, i));
	end = leaf_with(a, i, all);
	asm_text(a, ",");
	if (end == NO_NODE)
		end = plain_step(a, STEP_JUMP);
	asm_target(a, without);
	key(a, key_of(a, i));
	leaf(a, i, false, false);
	asm_text(a, ",");
	asm_target(a, end);
}

static void leaf_value(struct assembler *a, uint32_t i, bool list, const struct attributes *all)
{
	uint32_t without, end;

	if (!all->n) {
		leaf(a, i, list, false);
	} else if (all->fixed) {
		leaf_with(a, i, all);
	} else {
		without = any_attribute(a, i);
		leaf_with(a, i, all);
		end = plain_step(a, STEP_JUMP);
		asm_target(a, without);
		leaf(a, i, list, false);
		asm_target(a, end);
	}
}

/* Values may put members into it, so that keys can repeat which no template repeats. */
static bool is_watched(const struct assembler *a, uint32_t i)
{
	for (uint32_t k = i + 1; k < a->nodes[i].end; k = node_next(a->nodes, k)) {
		const struct node *n = &a->nodes[k];

		if (n->kind == NODE_SLOT || n->kind == NODE_INSTANCE || n->kind == NODE_REST)
			return true;
		if (n->kind == NODE_ELEMENT &&
		    (!has_key(a, k) || (key_of(a, k).n && key_of(a, k).p[0] == '#')))
			return true;
	}
	return false;
}

static void object_value(struct assembler *a, uint32_t i)
{
	bool watched = is_watched(a, i);

	if (watched)
		plain_step(a, STEP_OPEN);
	asm_text(a, "{");
	members(a, i, watched);
	plain_step(a, watched ? STEP_SHUT : STEP_CLOSE);
}

static bool is_object(const struct assembler *a, uint32_t i)
{
	const struct node *nodes = a->nodes;

	if (node_content(nodes, i).elements)
		return true;
	for (uint32_t k = i + 1; k < nodes[i].end; k = node_next(nodes, k))
		if (nodes[k].kind == NODE_SLOT && nodes[k].type == VALUE_BINXML &&
		    node_content(nodes, i).n > 1)
			return true;
	return false;
}

static void element_value(struct assembler *a, uint32_t i, bool list)
{
	struct attributes all = attributes_of(a, i);

	if (is_object(a, i))
		object_value(a, i);
	else
		leaf_value(a, i, list, &all);
}

/* The key, the value and a comma. */
static void keyed_value(struct assembler *a, uint32_t i)
{
	struct attributes all = attributes_of(a, i);

	if (has_key(a, i) && !is_object(a, i) && all.n && !all.fixed) {
		either_leaf(a, i, &all);
		return;
	}
	if (has_key(a, i)) {
		key(a, key_of(a, i));
	} else {
		asm_step(a, (struct step){.kind = STEP_NAME, .node = name_of(a, i)});
		asm_after(a);
	}
	element_value(a, i, false);
	asm_text(a, ",");
}

/* ---- members ---- */

static void watch(struct assembler *a, bool list)
{
	asm_step(a, (struct step){.kind = STEP_MEMBER, .list = list});
	asm_after(a);
}

/* One step for all of a member that is nothing but an optional value; most of System is. */
static void optional(struct assembler *a, uint32_t i, bool list)
{
	struct step s = value_step(a, node_content(a->nodes, i).only, i);

	s.optional = s.alone = true;
	s.list = list;
	asm_step(a, s);
	if (!list)
		key(a, key_of(a, i));
	asm_after(a);
	asm_text(a, ",");
	asm_label(a);
}

static void item(struct assembler *a, uint32_t i)
{
	const struct node *slot = node_condition(a->nodes, i);
	uint32_t skip = NO_NODE;

	if (slot && !attributes_of(a, i).n) {
		optional(a, i, true);
		return;
	}
	if (slot)
		skip = condition(a, slot);
	element_value(a, i, true);
	asm_text(a, ",");
	if (slot)
		asm_target(a, skip);
}

/* All children of the key, at the place of the first. */
static void list(struct assembler *a, uint32_t parent, uint32_t first, bool watched)
{
	const struct node *nodes = a->nodes;
	struct view name = key_of(a, first);
	uint32_t end = parent == NO_NODE ? a->n_nodes : nodes[parent].end;
	size_t start;

	if (watched)
		watch(a, true);
	asm_text(a, "");
	start = a->text.n;
	key(a, name);
	asm_text(a, "[");
	start = a->text.n - start;
	for (uint32_t k = first; k < end; k = node_next(nodes, k))
		if (nodes[k].kind == NODE_ELEMENT && has_key(a, k) && view_eq(key_of(a, k), name))
			item(a, k);
	asm_step(a, (struct step){
			    .kind = STEP_LIST_END,
			    .list = watched,
			    .target = (uint32_t)start,
		    });
	asm_after(a);
}

static void member(struct assembler *a, uint32_t i, bool watched)
{
	const struct node *slot = node_condition(a->nodes, i);
	uint32_t skip = NO_NODE;

	if (slot && !watched && has_key(a, i) && !attributes_of(a, i).n) {
		optional(a, i, false);
		return;
	}
	if (slot)
		skip = condition(a, slot);
	if (watched)
		watch(a, false);
	keyed_value(a, i);
	if (slot)
		asm_target(a, skip);
}

/* What of its key came before, and whether more comes. */
static void counted(struct assembler *a, uint32_t start, uint32_t end, uint32_t i, uint32_t *before,
		    uint32_t *all)
{
	struct view name = key_of(a, i);
	uint32_t seen = 0;

	*before = *all = 0;
	for (uint32_t k = start; k < end; k = node_next(a->nodes, k)) {
		seen++;
		if (a->nodes[k].kind != NODE_ELEMENT || !has_key(a, k) ||
		    !view_eq(key_of(a, k), name))
			continue;
		*before += k < i;
		++*all;
	}
	asm_spend(a, seen / 8);
}

static void element(struct assembler *a, uint32_t parent, uint32_t start, uint32_t i, bool watched)
{
	uint32_t end = parent == NO_NODE ? a->n_nodes : a->nodes[parent].end;
	uint32_t before = 0, all = 1;

	if (has_key(a, i))
		counted(a, start, end, i, &before, &all);
	if (before)
		return;
	if (has_key(a, i) && (all > 1 || is_unnamed(a, i)))
		list(a, parent, i, watched);
	else
		member(a, i, watched);
}

static void embed(struct assembler *a, uint32_t k, uint32_t parent)
{
	const struct node *n = &a->nodes[k];

	asm_step(a, (struct step){
			    .kind = n->kind == NODE_SLOT ? STEP_EMBED : STEP_INSTANCE,
			    .slot = n->slot,
			    .node = n->kind == NODE_SLOT ? parent : k,
		    });
	asm_after(a);
}

static void rest(struct assembler *a, uint32_t k)
{
	asm_step(a, (struct step){.kind = STEP_REST, .mode = MODE_JSON, .node = k});
	asm_after(a);
}

static void content(struct assembler *a, uint32_t parent, uint32_t start, uint32_t end, bool watched)
{
	const struct node *nodes = a->nodes;
	bool system = a->root && parent != NO_NODE && nodes[parent].parent == NO_NODE;

	for (uint32_t k = start; k < end && !a->spent; k = node_next(nodes, k)) {
		const struct node *n = &nodes[k];
		uint32_t skip = NO_NODE;

		if (n->kind == NODE_SLOT || n->kind == NODE_INSTANCE)
			embed(a, k, parent);
		else if (n->kind == NODE_REST)
			rest(a, k);
		if (n->kind != NODE_ELEMENT)
			continue;
		if (system && view_eq_str(n->text, "System"))
			skip = plain_step(a, STEP_PAYLOAD);
		element(a, parent, start, k, watched);
		if (skip != NO_NODE)
			asm_target(a, skip);
	}
}

static bool is_blank(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != ' ' && v.p[i] != '\t' && v.p[i] != '\n' && v.p[i] != '\r')
			return false;
	return true;
}

/* Text among elements is one member; blanks between them are layout. */
static bool has_texts(const struct assembler *a, uint32_t i)
{
	for (uint32_t k = i + 1; k < a->nodes[i].end; k = node_next(a->nodes, k)) {
		const struct node *n = &a->nodes[k];

		if (n->kind == NODE_SLOT || (n->kind == NODE_TEXT && !is_blank(n->text)))
			return true;
	}
	return false;
}

static void members(struct assembler *a, uint32_t i, bool watched)
{
	struct attributes all = attributes_of(a, i);
	uint32_t without = all.n && !all.fixed ? any_attribute(a, i) : NO_NODE;

	if (all.n) {
		if (watched)
			watch(a, false);
		asm_text(a, "\"#attributes\":");
		attribute_list(a, i, &all);
		asm_text(a, ",");
	}
	if (without != NO_NODE)
		asm_target(a, without);
	content(a, i, i + 1, a->nodes[i].end, watched);
	if (!has_texts(a, i))
		return;
	asm_step(a, (struct step){.kind = STEP_TEXTS, .list = watched, .node = i});
	asm_after(a);
}

/* The content of the outermost Event is that of the object which stands for the record. */
void program_json(struct assembler *a)
{
	const struct node *nodes = a->nodes;

	for (uint32_t i = 0; i < a->n_nodes && !a->spent; i = node_next(nodes, i))
		if (nodes[i].kind == NODE_REST)
			rest(a, i);
		else if (nodes[i].kind != NODE_ELEMENT)
			continue;
		else if (a->root && view_eq_str(nodes[i].text, "Event"))
			members(a, i, true);
		else
			element(a, NO_NODE, 0, i, true);
}
