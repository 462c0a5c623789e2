/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "program.h"

void assembler_init(struct assembler *a)
{
	buf_init(&a->steps, 0);
	buf_init(&a->text, 0);
}

void assembler_release(struct assembler *a)
{
	buf_release(&a->steps);
	buf_release(&a->text);
}

/* ---- steps ---- */

static struct step *step_at(struct assembler *a, size_t i)
{
	return (struct step *)(void *)a->steps.p + i;
}

static size_t count(const struct assembler *a)
{
	return a->steps.n / sizeof(struct step);
}

static struct step *last(struct assembler *a)
{
	return count(a) ? step_at(a, count(a) - 1) : NULL;
}

struct step *asm_step(struct assembler *a, struct step s)
{
	s.text = (uint32_t)a->text.n;
	buf_add(&a->steps, &s, sizeof(s));
	asm_spend(a, 1);
	a->sealed = false;
	return last(a);
}

void asm_after(struct assembler *a)
{
	struct step *s = last(a);

	if (!s)
		return;
	s->before = (uint32_t)a->text.n - s->text;
	s->after = 0;
}

uint32_t asm_label(struct assembler *a)
{
	a->sealed = true;
	return (uint32_t)count(a);
}

void asm_target(struct assembler *a, uint32_t step)
{
	uint32_t here = asm_label(a);

	if (step < here)
		step_at(a, step)->target = here;
}

/* Between asm_step() and asm_after() the literal in front grows, later the one behind. */
static void grown(struct assembler *a)
{
	struct step *s = last(a);

	if (s)
		s->after = (uint32_t)(a->text.n - s->text) - s->before;
}

static void join(struct assembler *a)
{
	if (a->sealed || !count(a))
		asm_step(a, (struct step){.kind = STEP_TEXT});
}

void asm_text(struct assembler *a, const char *s)
{
	join(a);
	buf_str(&a->text, s);
	grown(a);
}

void asm_escaped(struct assembler *a, struct view utf8, enum text_form f)
{
	join(a);
	a->odd += text8_write(&a->text, utf8, f);
	asm_spend(a, utf8.n / 64);
	grown(a);
}

bool asm_spend(struct assembler *a, uint64_t steps)
{
	if (*a->budget < steps)
		a->spent = true;
	*a->budget -= a->spent ? 0 : steps;
	return !a->spent;
}

/* ---- a program ---- */

static struct program *keep(struct assembler *a, struct arena *arena)
{
	struct program *p = arena_alloc(arena, sizeof(*p));
	void *steps = arena_alloc(arena, a->steps.n);
	uint8_t *text = arena_alloc(arena, a->text.n + PROGRAM_SLACK);

	if (!p || !steps || !text)
		return NULL;
	if (a->steps.n)
		memcpy(steps, a->steps.p, a->steps.n);
	if (a->text.n)
		memcpy(text, a->text.p, a->text.n);
	*p = (struct program){
		.steps = steps,
		.text = text,
		.n_steps = (uint32_t)count(a),
		.roots = a->roots,
		.odd = a->odd > 0,
	};
	return p;
}

/* One made for an earlier chunk costs this one what it cost that. */
static bool is_paid(struct templates *ts, struct program *p)
{
	if (p->chunk != ts->serial && !templates_charge(ts, &p->cost))
		return false;
	p->chunk = ts->serial;
	return true;
}

static void assemble(struct assembler *a, struct templates *ts, const struct template *t,
		     enum evtx_format f)
{
	buf_clear(&a->steps);
	buf_clear(&a->text);
	a->nodes = t->nodes;
	a->n_nodes = t->n_nodes;
	a->budget = &ts->steps;
	a->root = t->context == 0;
	a->sealed = a->spent = false;
	a->roots = 0;
	a->odd = 0;
	if (f == EVTX_XML)
		program_xml(a);
	else
		program_json(a);
}

struct program *program_of(struct assembler *a, struct templates *ts, struct template *t,
			   enum evtx_format f, int *e)
{
	struct cost before = templates_spent(ts), after;
	struct program *p = t->programs[f];

	*e = 0;
	if (p && is_paid(ts, p))
		return p;
	assemble(a, ts, t, f);
	if (a->spent)
		return NULL;
	p = a->steps.bad || a->text.bad ? NULL : keep(a, &ts->arena);
	if (!p) {
		*e = before.bytes && arena_is_full(&ts->arena) ? 0 : -1;
		return NULL;
	}
	after = templates_spent(ts);
	p->cost = (struct cost){after.steps - before.steps, after.bytes - before.bytes};
	p->chunk = ts->serial;
	t->programs[f] = p;
	if (f != EVTX_XML)
		t->programs[EVTX_JSON] = t->programs[EVTX_PAYLOAD] = p;
	return p;
}

/* ---- structure ---- */

struct content node_content(const struct node *nodes, uint32_t i)
{
	struct content c = {.only = NO_NODE};

	for (uint32_t k = i + 1; k < nodes[i].end; k = node_next(nodes, k)) {
		const struct node *n = &nodes[k];

		if (n->kind == NODE_ATTRIBUTE) {
			c.attributes++;
			continue;
		}
		if (n->kind == NODE_PI)
			continue;
		c.only = c.n++ ? NO_NODE : k;
		c.elements += n->kind == NODE_ELEMENT || n->kind == NODE_INSTANCE ||
			      n->kind == NODE_REST;
		c.substituted |= n->kind == NODE_SLOT;
	}
	return c;
}

uint32_t node_attribute(const struct node *nodes, uint32_t element, const char *name)
{
	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k))
		if (nodes[k].kind == NODE_ATTRIBUTE && view_eq_str(nodes[k].text, name))
			return k;
	return NO_NODE;
}

const struct node *node_condition(const struct node *nodes, uint32_t i)
{
	struct content c = node_content(nodes, i);
	const struct node *n = c.only == NO_NODE ? NULL : &nodes[c.only];

	return n && n->kind == NODE_SLOT && n->optional ? n : NULL;
}

bool node_is_literal(const struct node *nodes, uint32_t i)
{
	struct content c = node_content(nodes, i);

	return !c.substituted && !c.elements;
}

struct view node_literal(const struct node *nodes, uint32_t i)
{
	for (uint32_t k = i + 1; k < nodes[i].end; k = node_next(nodes, k))
		if (nodes[k].kind == NODE_TEXT)
			return nodes[k].text;
	return view_str("");
}
