/* SPDX-License-Identifier: Apache-2.0 */
#include "toml.h"

#include <string.h>

#include "toml-scan.h"

enum entry_kind { ENTRY_VALUE, ENTRY_TABLE, ENTRY_TABLES };

struct table;
struct entry {
	const struct yaml_node *key;
	enum entry_kind kind;
	const struct yaml_node *value; /* ENTRY_VALUE */
	struct table *first, *last;    /* ENTRY_TABLE: one; ENTRY_TABLES: all, by `next` */
	size_t n;
	struct entry *next;
};
struct table {
	uint32_t id;
	bool defined; /* by a header of its own */
	struct spot spot;
	struct entry *first, *last;
	size_t n;
	struct table *next;
};

/* Entries are found by (table, key), whatever the size of a table. */
struct builder {
	struct toml t;
	struct strtab names;
	struct entry **entries; /* by number of the name */
	size_t cap;
	uint32_t tables;
	struct table *root, *open;
	struct spot header; /* where the newest header starts */
};

static struct table *new_table(struct builder *b)
{
	struct table *t = load_scratch(b->t.l, 1, sizeof *t);

	if (t)
		*t = (struct table){.id = b->tables++, .spot = b->header};
	else
		b->t.bad = true;
	return t;
}

static bool entry_room(struct builder *b, size_t id)
{
	struct entry **v;
	size_t cap = b->cap ? b->cap * 2 : 64;

	if (id < b->cap)
		return true;
	v = mem_grow(b->entries, cap * sizeof *v);
	if (!v)
		return false;
	memset(v + b->cap, 0, (cap - b->cap) * sizeof *v);
	b->entries = v;
	b->cap = cap;
	return true;
}

static uint32_t name_id(struct builder *b, const struct table *t, struct view key)
{
	uint32_t id;
	struct buf name;

	buf_init(&name, 0);
	buf_u32(&name, t->id);
	buf_view(&name, key);
	id = name.bad ? STRTAB_NONE : strtab_add(&b->names, buf_data(&name));
	buf_release(&name);
	return id;
}

/* The entry of that name, made when there is none; *fresh tells. */
static struct entry *entry_of(struct builder *b, struct table *t, const struct yaml_node *key,
			      bool *fresh)
{
	uint32_t id = name_id(b, t, key->text);
	struct entry *e = NULL;

	if (id == STRTAB_NONE || !entry_room(b, id)) {
		b->t.l->no_memory = true;
		b->t.bad = true;
		return NULL;
	}
	*fresh = !b->entries[id];
	if (!*fresh)
		return b->entries[id];
	e = load_scratch(b->t.l, 1, sizeof *e);
	if (!e) {
		b->t.bad = true;
		return NULL;
	}
	e->key = key;
	b->entries[id] = e;
	if (t->last)
		t->last->next = e;
	else
		t->first = e;
	t->last = e;
	t->n++;
	return e;
}

static void twice(struct builder *b, const struct yaml_node *key)
{
	if (!b->t.bad)
		load_fault(b->t.l, spot_of(key), ERR_SYNTAX, "`%.*s` is given twice",
			   (int)(key->text.n < 80 ? key->text.n : 80), (const char *)key->text.p);
	b->t.bad = true;
}

/* ---- lines ---- */

static void pair(struct builder *b)
{
	struct toml *t = &b->t;
	const struct yaml_node *key = toml_key(t);
	struct entry *e;
	bool fresh;

	if (!key)
		return;
	toml_blanks(t);
	if (toml_peek(t, 0) == '.')
		toml_fault(t, ERR_UNSUPPORTED, "dotted keys are not supported");
	else if (toml_peek(t, 0) != '=')
		toml_fault(t, ERR_SYNTAX, "expected `=`");
	if (t->bad)
		return;
	e = entry_of(b, b->open, key, &fresh);
	if (e && !fresh)
		twice(b, key);
	toml_step(t, 1);
	toml_blanks(t);
	if (t->bad)
		return;
	e->value = toml_value(t);
	if (!t->bad)
		toml_line_end(t);
}

static struct table *add_table(struct builder *b, struct entry *e, enum entry_kind kind)
{
	struct table *t = new_table(b);

	if (!t)
		return NULL;
	e->kind = kind;
	if (e->last)
		e->last->next = t;
	else
		e->first = t;
	e->last = t;
	e->n++;
	return t;
}

/* A part of a header before its last: the table, or the newest of the tables, of that name. */
static struct table *descend(struct builder *b, struct table *t, const struct yaml_node *key)
{
	bool fresh;
	struct entry *e = entry_of(b, t, key, &fresh);

	if (!e)
		return NULL;
	if (fresh)
		return add_table(b, e, ENTRY_TABLE);
	if (e->kind == ENTRY_VALUE)
		twice(b, key);
	return e->last;
}

static struct table *header_end(struct builder *b, struct table *t, const struct yaml_node *key,
				bool many)
{
	bool fresh;
	struct entry *e = entry_of(b, t, key, &fresh);

	if (!e)
		return NULL;
	if (!fresh &&
	    (e->kind != (many ? ENTRY_TABLES : ENTRY_TABLE) || (!many && e->last->defined))) {
		twice(b, key);
		return NULL;
	}
	t = fresh || many ? add_table(b, e, many ? ENTRY_TABLES : ENTRY_TABLE) : e->last;
	if (t)
		t->defined = true;
	return t;
}

static void header(struct builder *b)
{
	struct toml *t = &b->t;
	bool many = toml_peek(t, 1) == '[';
	struct table *at = b->root;

	b->header = t->at;
	toml_step(t, many ? 2 : 1);
	for (unsigned depth = 0; at && !t->bad; depth++) {
		const struct yaml_node *key;

		if (depth >= LIMIT_YAML_DEPTH / 2)
			toml_fault(t, ERR_LIMIT, "tables are nested too deeply");
		toml_blanks(t);
		key = toml_key(t);
		toml_blanks(t);
		if (!key || t->bad)
			return;
		if (toml_peek(t, 0) != '.') {
			at = header_end(b, at, key, many);
			break;
		}
		toml_step(t, 1);
		at = descend(b, at, key);
	}
	if (!t->bad && (toml_peek(t, 0) != ']' || (many && toml_peek(t, 1) != ']')))
		toml_fault(t, ERR_SYNTAX, many ? "expected `]]`" : "expected `]`");
	toml_step(t, many ? 2 : 1);
	b->open = at;
	if (!t->bad)
		toml_line_end(t);
}

/* ---- tables to the tree; their depth is bounded by header() ---- */

static const struct yaml_node *freeze(struct builder *b, const struct table *t);

static const struct yaml_node *freeze_entry(struct builder *b, const struct entry *e)
{
	struct toml_items list = {0};
	struct yaml_node *n;

	if (e->kind == ENTRY_VALUE)
		return e->value;
	if (e->kind == ENTRY_TABLE)
		return freeze(b, e->first);
	n = toml_node(&b->t, YAML_SEQUENCE);
	for (const struct table *t = e->first; n && t; t = t->next) {
		const struct yaml_node *item = freeze(b, t);

		if (!item || !toml_items_add(&b->t, &list, item))
			return NULL;
	}
	if (!n)
		return NULL;
	n->line = e->first->spot.line;
	n->column = e->first->spot.column;
	n->items = list.v;
	n->n = list.n;
	return n;
}

static const struct yaml_node *freeze(struct builder *b, const struct table *t)
{
	struct yaml_node *n = toml_node(&b->t, YAML_MAPPING);
	struct yaml_pair *pairs = load_scratch(b->t.l, t->n, sizeof *pairs);

	if (!n || !pairs)
		return NULL;
	n->line = t->spot.line;
	n->column = t->spot.column;
	for (const struct entry *e = t->first; e; e = e->next, n->n++) {
		pairs[n->n] = (struct yaml_pair){e->key, freeze_entry(b, e)};
		if (!pairs[n->n].value)
			return NULL;
	}
	n->pairs = pairs;
	return n;
}

static void read_lines(struct builder *b)
{
	struct toml *t = &b->t;

	for (toml_void(t); t->pos < t->text.n && !t->bad; toml_void(t)) {
		if (toml_peek(t, 0) == '[')
			header(b);
		else
			pair(b);
	}
}

const struct yaml_node *toml_read(struct loader *l)
{
	struct builder b = {.t = {.l = l, .text = l->text, .at = {1, 1}}, .header = {1, 1}};
	const struct yaml_node *n = NULL;

	strtab_init(&b.names, false, LIMIT_RULES_ARENA);
	b.root = b.open = new_table(&b);
	if (b.root)
		read_lines(&b);
	if (!b.t.bad)
		n = freeze(&b, b.root);
	strtab_release(&b.names);
	mem_free(b.entries);
	return n;
}
