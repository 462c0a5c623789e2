/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml-build.h"

#include <stdio.h>
#include <stdlib.h>

static int no_memory(struct yaml_build *b)
{
	b->nomem = true;
	return -1;
}

void build_fault(struct yaml_build *b, uint32_t line, uint32_t column, enum err_code code,
		 const char *fmt, ...)
{
	char msg[256];
	va_list ap;
	struct build_fault *f;

	if (b->n_faults >= LIMIT_YAML_FAULTS) {
		b->more_faults++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	f = arena_alloc(b->arena, sizeof(*f));
	if (!f) {
		b->nomem = true;
		return;
	}
	f->fault = (struct yaml_fault){line, column, code, arena_keep(b->arena, view_str(msg))};
	f->next = b->faults;
	b->faults = f;
	b->n_faults++;
}

int build_document(struct yaml_build *b)
{
	b->anchors = NULL;
	b->n_anchors = 0;
	return 0;
}

/* Puts a finished node where it belongs: into the open container, or among the documents. */
static struct build_item *place(struct yaml_build *b, const struct yaml_node *node, uint64_t weight,
				uint32_t height)
{
	struct build_item *it = arena_alloc(b->arena, sizeof(*it));
	struct build_open *o = b->depth ? &b->open[b->depth - 1] : NULL;
	struct build_item **first = o ? &o->first : &b->docs;
	struct build_item **last = o ? &o->last : &b->last_doc;

	if (!it) {
		b->nomem = true;
		return NULL;
	}
	*it = (struct build_item){node, weight, height, NULL};
	if (*last)
		(*last)->next = it;
	else
		*first = it;
	*last = it;
	if (!o) {
		b->n_docs++;
		b->weight += weight;
		return it;
	}
	o->n++;
	o->weight += weight;
	o->height = height + 1 > o->height ? height + 1 : o->height;
	return it;
}

/* Nodes of everything open and closed so far: what a walk over the trees would visit. */
static int weigh(struct yaml_build *b, uint64_t add)
{
	uint64_t all = b->weight + add;

	for (size_t i = 0; i < b->depth; i++)
		all += b->open[i].weight;
	if (all <= LIMIT_YAML_NODES)
		return 0;
	build_fault(b, b->line, b->column, ERR_LIMIT,
		    "more than %u nodes (an alias counts as what it stands for)", LIMIT_YAML_NODES);
	return -1;
}

static int new_anchor(struct yaml_build *b, struct view name, struct build_anchor **out)
{
	*out = NULL;
	if (!name.n)
		return 0;
	if (b->n_anchors >= LIMIT_YAML_ANCHORS) {
		build_fault(b, b->line, b->column, ERR_LIMIT, "more than %u anchors in one document",
			    LIMIT_YAML_ANCHORS);
		return -1;
	}
	*out = arena_alloc(b->arena, sizeof(**out));
	if (!*out)
		return no_memory(b);
	**out = (struct build_anchor){name, NULL, b->anchors};
	b->anchors = *out;
	b->n_anchors++;
	return 0;
}

static struct yaml_node *new_node(struct yaml_build *b, enum yaml_kind kind, struct view tag)
{
	struct yaml_node *n = arena_alloc(b->arena, sizeof(*n));

	if (!n || !tag.p) {
		b->nomem = true;
		return NULL;
	}
	*n = (struct yaml_node){.kind = kind, .text = view_str(""), .tag = tag, .line = b->line,
				.column = b->column};
	return n;
}

/* Keys must be scalars; odd positions of a mapping's list are values. */
static int check_key(struct yaml_build *b, enum yaml_kind kind)
{
	struct build_open *o = b->depth ? &b->open[b->depth - 1] : NULL;

	if (kind == YAML_SCALAR || !o || o->node->kind != YAML_MAPPING || o->n % 2)
		return 0;
	build_fault(b, b->line, b->column, ERR_SYNTAX, "a key must be a plain or quoted text");
	return -1;
}

int build_open(struct yaml_build *b, enum yaml_kind kind, struct view anchor, struct view tag)
{
	struct build_open *o;
	struct build_anchor *an;
	struct yaml_node *n;

	if (check_key(b, kind) || weigh(b, 1))
		return -1;
	if (b->depth >= LIMIT_YAML_DEPTH) {
		build_fault(b, b->line, b->column, ERR_LIMIT, "nested deeper than %u", LIMIT_YAML_DEPTH);
		return -1;
	}
	if (!anchor.p || new_anchor(b, anchor, &an))
		return anchor.p ? -1 : no_memory(b);
	n = new_node(b, kind, tag);
	if (!n)
		return -1;
	o = &b->open[b->depth++];
	*o = (struct build_open){.node = n, .anchor = an, .weight = 1, .height = 1};
	return 0;
}

static int by_key(const void *x, const void *y)
{
	const struct yaml_pair *const *a = x, *const *b = y;
	int c = view_cmp((*a)->key->text, (*b)->key->text);

	if (c)
		return c;
	return *a < *b ? -1 : *a > *b;
}

/* By sorting, for a rule may have any number of keys. */
static int tell_duplicates(struct yaml_build *b, const struct yaml_node *n)
{
	const struct yaml_pair **sorted = arena_array(b->arena, n->n + 1, sizeof(*sorted));

	if (!sorted)
		return no_memory(b);
	for (size_t i = 0; i < n->n; i++)
		sorted[i] = &n->pairs[i];
	qsort(sorted, n->n, sizeof(*sorted), by_key);
	for (size_t i = 1; i < n->n; i++) {
		const struct yaml_node *k = sorted[i]->key, *before = sorted[i - 1]->key;

		if (view_eq(k->text, before->text))
			build_fault(b, k->line, k->column, ERR_SYNTAX,
				    "the key \"%.*s\" stands here for the second time (first in line %u)",
				    (int)(k->text.n > 80 ? 80 : k->text.n), (const char *)k->text.p,
				    before->line);
	}
	return 0;
}

static int close_mapping(struct yaml_build *b, const struct build_open *o)
{
	struct yaml_pair *pairs = arena_array(b->arena, o->n / 2 + 1, sizeof(*pairs));
	size_t i = 0;

	if (!pairs)
		return no_memory(b);
	for (const struct build_item *it = o->first; it && it->next; it = it->next->next) {
		pairs[i].key = it->node;
		pairs[i++].value = it->next->node;
	}
	o->node->pairs = pairs;
	o->node->n = i;
	return tell_duplicates(b, o->node);
}

static int close_sequence(struct yaml_build *b, const struct build_open *o)
{
	const struct yaml_node **items = arena_array(b->arena, o->n + 1, sizeof(*items));
	size_t i = 0;

	if (!items)
		return no_memory(b);
	for (const struct build_item *it = o->first; it; it = it->next)
		items[i++] = it->node;
	o->node->items = items;
	o->node->n = i;
	return 0;
}

int build_close(struct yaml_build *b)
{
	struct build_open *o;
	struct build_item *it;

	if (!b->depth)
		return -1;
	o = &b->open[b->depth - 1];
	if (o->node->kind == YAML_MAPPING ? close_mapping(b, o) : close_sequence(b, o))
		return -1;
	b->depth--;
	it = place(b, o->node, o->weight, o->height);
	if (it && o->anchor)
		o->anchor->item = it;
	return it ? 0 : -1;
}

int build_scalar(struct yaml_build *b, struct view text, enum yaml_style style, struct view anchor,
		 struct view tag)
{
	struct build_anchor *an;
	struct yaml_node *n;
	struct build_item *it;

	if (!text.p || !anchor.p)
		return no_memory(b);
	if (weigh(b, 1) || new_anchor(b, anchor, &an))
		return -1;
	n = new_node(b, YAML_SCALAR, tag);
	if (!n)
		return -1;
	n->style = style;
	n->text = text;
	it = place(b, n, 1, 0);
	if (it && an)
		an->item = it;
	return it ? 0 : -1;
}

static const struct build_anchor *find_anchor(const struct yaml_build *b, struct view name)
{
	for (const struct build_anchor *an = b->anchors; an; an = an->next)
		if (view_eq(an->name, name))
			return an;
	return NULL;
}

int build_alias(struct yaml_build *b, struct view name)
{
	const struct build_anchor *an = find_anchor(b, name);
	struct yaml_node *copy;

	if (!name.p)
		return no_memory(b);
	if (!an || !an->item) {
		build_fault(b, b->line, b->column, ERR_SYNTAX, "the alias *%.*s %s",
			    (int)(name.n > 80 ? 80 : name.n), (const char *)name.p,
			    an ? "stands within the node that it names" : "has no anchor before it");
		return -1;
	}
	if (check_key(b, an->item->node->kind) || weigh(b, an->item->weight))
		return -1;
	if (b->depth + an->item->height > LIMIT_YAML_DEPTH) {
		build_fault(b, b->line, b->column, ERR_LIMIT, "nested deeper than %u", LIMIT_YAML_DEPTH);
		return -1;
	}
	/* A copy of the top, so that what is said of it is said of the place of the alias. */
	copy = new_node(b, an->item->node->kind, an->item->node->tag);
	if (!copy)
		return -1;
	*copy = *an->item->node;
	copy->line = b->line;
	copy->column = b->column;
	return place(b, copy, an->item->weight, an->item->height) ? 0 : -1;
}

static int by_place(const void *x, const void *y)
{
	const struct yaml_fault *a = x, *b = y;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

int build_finish(struct yaml_build *b, struct yaml *y)
{
	size_t i = b->n_faults;

	if (b->nomem)
		return -1;
	y->documents = arena_array(b->arena, b->n_docs + 1, sizeof(*y->documents));
	y->faults = arena_array(b->arena, b->n_faults + 1, sizeof(*y->faults));
	if (!y->documents || !y->faults)
		return -1;
	for (const struct build_item *it = b->docs; it; it = it->next)
		y->documents[y->n_documents++] = it->node;
	for (const struct build_fault *f = b->faults; f; f = f->next) {
		if (!f->fault.message.p)
			return -1;
		y->faults[--i] = f->fault;
	}
	y->n_faults = b->n_faults;
	y->more_faults = b->more_faults;
	qsort(y->faults, y->n_faults, sizeof(*y->faults), by_place);
	return 0;
}
