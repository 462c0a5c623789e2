/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compile.h"

struct compiler *compiler_new(const struct fields *fields)
{
	struct compiler *c = mem_alloc(sizeof(*c));

	if (!c)
		return NULL;
	c->fields = fields;
	buf_init(&c->text, LIMIT_RECORD_TEXT);
	c->ops = mem_alloc(LIMIT_TEMPLATE_OPS * sizeof(*c->ops));
	c->bindings = mem_alloc(LIMIT_FIELDS * sizeof(*c->bindings));
	c->patches = mem_alloc(LIMIT_TEMPLATE_NAMES * sizeof(*c->patches));
	c->nodes = mem_alloc(LIMIT_TEMPLATE_NODES * sizeof(*c->nodes));
	if (c->ops && c->bindings && c->patches && c->nodes)
		return c;
	compiler_free(c);
	return NULL;
}

void compiler_free(struct compiler *c)
{
	if (!c)
		return;
	mem_free(c->ops);
	mem_free(c->bindings);
	mem_free(c->patches);
	mem_free(c->nodes);
	buf_release(&c->text);
	mem_free(c);
}

void compile_flaw(struct compiler *c, const char *what, size_t at)
{
	if (!c->flaw.what)
		c->flaw = (struct flaw){what, at};
	c->failed = true;
}

void compile_no_room(struct compiler *c)
{
	if (!arena_is_full(c->arena))
		c->no_memory = true;
	compile_flaw(c, "needs more memory than is allowed for one chunk", c->k.pos);
}

void compile_spend(struct compiler *c, uint64_t steps)
{
	if (*c->steps >= steps) {
		*c->steps -= steps;
		return;
	}
	*c->steps = 0;
	compile_flaw(c, "needs more steps than are allowed for one chunk", c->k.pos);
}

/* The elements around the definition, outermost first. */
static void start_path(struct compiler *c, const struct element *e)
{
	size_t depth = 0;

	for (const struct element *up = e; up; up = up->up)
		depth++;
	c->path.depth = depth; /* at most LIMIT_BINXML_DEPTH: push_element() made them */
	for (; e; e = e->up)
		c->path.names[--depth] = e->name;
}

void compile_start(struct compiler *c, const struct source_text *src, struct arena *a)
{
	c->arena = a;
	c->chunk = src->chunk;
	c->k = cursor_of(view_sub(src->chunk, 0, src->end));
	cursor_seek(&c->k, src->pos);
	c->start = src->pos;
	c->context = src->element;
	c->dependency = src->dependency;
	c->single = src->single;
	c->steps = src->steps;
	c->n_ops = c->n_bindings = c->n_patches = c->depth = 0;
	c->n_nodes = 0;
	c->node = NO_NODE;
	c->content = 0;
	c->attribute = c->instruction = (struct view){0};
	c->section = SECTION_NONE;
	c->nested = c->failed = c->unwinding = c->rest = c->no_memory = false;
	c->flaw = (struct flaw){0};
	start_path(c, src->element);
}

/* ---- structure ---- */

void markup_open(struct compiler *c, struct node n)
{
	if (c->n_nodes == LIMIT_TEMPLATE_NODES) {
		compile_flaw(c, "has more parts than are allowed", c->k.pos);
		return;
	}
	n.parent = c->node;
	c->node = c->n_nodes;
	c->nodes[c->n_nodes++] = n;
}

void markup_end(struct compiler *c)
{
	if (c->node == NO_NODE)
		return;
	c->nodes[c->node].end = c->n_nodes;
	c->node = c->nodes[c->node].parent;
}

void markup_add(struct compiler *c, struct node n)
{
	uint32_t open = c->node;

	markup_open(c, n);
	if (c->node != open)
		markup_end(c);
}

void markup_drop_attribute(struct compiler *c)
{
	if (c->node == NO_NODE || c->nodes[c->node].kind != NODE_ATTRIBUTE)
		return;
	c->n_nodes = c->node;
	c->node = c->nodes[c->node].parent;
}

/* ---- start and finish ---- */

static void *keep(struct compiler *c, const void *p, size_t n, size_t size)
{
	void *q = arena_array(c->arena, n, size);

	if (!q)
		compile_no_room(c);
	else if (n)
		memcpy(q, p, n * size);
	return q;
}

static bool is_core(enum member m)
{
	return m == MEMBER_PROVIDER || m == MEMBER_EVENT_ID || m == MEMBER_VERSION ||
	       m == MEMBER_TIME_CREATED || m == MEMBER_RECORD_ID || m == MEMBER_CHANNEL ||
	       m == MEMBER_COMPUTER;
}

/* A member that stands twice keeps its order among its own: the last one counts. */
static void split_bindings(const struct compiler *c, struct template *t)
{
	for (size_t i = 0; i < c->n_bindings; i++)
		if (is_core(c->bindings[i].member))
			t->system[t->n_core++] = c->bindings[i];
	t->n_system = t->n_core;
	for (size_t i = 0; i < c->n_bindings; i++) {
		const struct binding *b = &c->bindings[i];

		if (b->member <= MEMBER_FIELD)
			t->fields[t->n_fields++] = *b;
		else if (!is_core(b->member))
			t->system[t->n_system++] = *b;
	}
}

int compile_finish(struct compiler *c, struct template *t)
{
	t->ops = keep(c, c->ops, c->n_ops, sizeof(*c->ops));
	t->system = arena_array(c->arena, c->n_bindings, sizeof(*t->system));
	t->fields = arena_array(c->arena, c->n_bindings, sizeof(*t->fields));
	t->patches = keep(c, c->patches, c->n_patches, sizeof(*c->patches));
	t->nodes = keep(c, c->nodes, c->n_nodes, sizeof(*c->nodes));
	t->section = c->section;
	t->nested = c->nested;
	t->rest = c->rest;
	t->content = c->content;
	if (t->system && t->fields && t->ops && t->patches && t->nodes) {
		t->n_nodes = c->n_nodes;
		t->n_ops = c->n_ops;
		t->n_patches = c->n_patches;
		split_bindings(c, t);
	} else {
		compile_no_room(c);
	}
	t->flaw = c->flaw;
	return c->no_memory ? -1 : 0;
}
