/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "run.h"

/* Reading another instance may have moved them. */
static void find_slots(struct run *r)
{
	r->slots = r->x->r->d->slots + r->in->base;
}

static inline void copy(struct buf *out, const uint8_t *from, size_t n)
{
	uint8_t *to = n ? buf_room(out, n + PROGRAM_SLACK) : NULL;

	if (!to)
		return;
	copy_to(to, from, n);
	out->n += n;
}

static const struct value *missing(struct run *r)
{
	static const struct value null;

	if (!r->in->lost)
		reading_damaged(r->x->r, "value-missing", r->in->at,
				"the template asks for more than the %zu values there are",
				r->in->n);
	return &null;
}

static inline const struct value *slot_value(struct run *r, uint16_t slot)
{
	return slot < r->n ? &r->slots[slot] : missing(r);
}

/* ---- BinXML within ---- */

int render_embedded(struct render *x, const struct instance *in, struct node *node, struct view raw)
{
	struct cursor k = cursor_of(x->r->d->chunk.bytes);

	if (!raw.n || x->over)
		return 0;
	cursor_seek(&k, (size_t)(raw.p - x->r->d->chunk.bytes.p));
	k.len = k.pos + raw.n;
	if (!reading_embed(x->r, in, node->element, &node->context, k.pos))
		return 0;
	return embedded_value(x->r, &k, node->context, in->depth + 1);
}

static void embedded(struct run *r, uint32_t node, const struct value *v)
{
	r->e = render_embedded(r->x, r->in, &r->in->t->nodes[node], v->raw);
	find_slots(r);
}

static void embedded_object(struct run *r, const struct step *s, const struct value *v)
{
	struct render *x = r->x;

	members_open(x);
	put_literal(x, "{");
	embedded(r, s->node, v);
	members_shut(x);
}

static void instance(struct run *r, const struct step *s)
{
	struct reading *reading = r->x->r;
	struct node *n = &r->in->t->nodes[s->node];
	struct node *parent = n->parent == NO_NODE ? n : &r->in->t->nodes[n->parent];
	struct cursor k = cursor_of(reading->d->chunk.bytes);

	cursor_seek(&k, n->at + 1u);
	if (!r->x->over &&
	    reading_embed(reading, r->in, parent->element, &parent->context, n->at))
		r->e = instance_read(reading, &k, parent->context, r->in->depth + 1);
	find_slots(r);
}

/* ---- arrays ---- */

/* The start tag of an element that stands once for every item; nothing of it is known beforehand. */
static void start_tag(struct run *r, uint32_t element)
{
	const struct node *nodes = r->in->t->nodes;
	struct render *x = r->x;
	uint64_t looked = 0;

	put_literal(x, "<");
	xml_name(x->out, nodes, element, &looked);
	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		const struct node *slot;

		if (nodes[k].kind != NODE_ATTRIBUTE || !reading_spend(x->r, 1))
			continue;
		slot = node_condition(nodes, k);
		if (slot && slot_value(r, slot->slot)->type == VALUE_NULL)
			continue;
		put_literal(x, " ");
		xml_name(x->out, nodes, k, &looked);
		put_literal(x, "=\"");
		for (uint32_t i = k + 1; i < nodes[k].end; i = node_next(nodes, i))
			if (nodes[i].kind == NODE_TEXT)
				put_view(x, nodes[i].text, MODE_ATTRIBUTE);
			else if (nodes[i].kind == NODE_SLOT)
				put_value(x, slot_value(r, nodes[i].slot), MODE_ATTRIBUTE);
		put_literal(x, "\"");
	}
	put_literal(x, ">");
}

static void between(struct run *r, const struct step *s)
{
	struct render *x = r->x;
	uint64_t looked = 0;

	if (s->mode == MODE_JSON) {
		put_literal(x, ",");
		return;
	}
	put_literal(x, "</");
	xml_name(x->out, r->in->t->nodes, s->node, &looked);
	put_literal(x, ">");
	start_tag(r, s->node);
}

/* What stands between the first two items, once more. */
static void between_again(struct buf *out, size_t at, size_t n)
{
	if (buf_room(out, n)) {
		memcpy(out->p + out->n, out->p + at, n);
		out->n += n;
	}
}

/* An outermost element that stands there twice makes no document. */
static bool is_root(const struct run *r, uint32_t node)
{
	return r->in->t->context == 0 && r->in->depth == 0 &&
	       r->in->t->nodes[node].parent == NO_NODE;
}

static size_t all_items(struct run *r, const struct step *s, const struct value *v)
{
	struct buf *out = r->x->out;
	size_t n = 0, at = 0, tags = 0, tags_n = 0;
	struct value item;

	for (; value_item(*v, &at, &item) && !r->x->over && reading_spend(r->x->r, 1); n++) {
		if (n == 1) {
			tags = out->n;
			between(r, s);
			tags_n = out->n - tags;
		} else if (n) {
			between_again(out, tags, tags_n);
		}
		put_value(r->x, &item, (enum mode)s->mode);
		r->x->over |= out->n > r->x->most;
	}
	r->x->roots += s->mode == MODE_XML && n && is_root(r, s->node) ? (uint32_t)n - 1 : 0;
	return n;
}

static void items(struct run *r, const struct step *s, const struct value *v)
{
	bool list = s->mode == MODE_JSON && !s->list;
	size_t start = r->x->out->n;

	if (list)
		put_literal(r->x, "[");
	if (all_items(r, s, v) != 1 || r->x->out->bad) {
		put_literal(r->x, list ? "]" : "");
		return;
	}
	if (!list)
		return;
	/* one item is no list */
	memmove(r->x->out->p + start, r->x->out->p + start + 1, r->x->out->n - start - 1);
	r->x->out->n--;
}

/* ---- what a definition that is cut would have shown ---- */

static void rest(struct run *r, const struct step *s)
{
	struct render *x = r->x;
	size_t start = x->out->n;

	if (x->over)
		return;
	r->e = instance_rest(x->r, r->in);
	x->roots += is_root(r, s->node) && x->out->n > start;
	find_slots(r);
}

/* ---- text among elements, in JSON ---- */

static void pieces(struct run *r, uint32_t node)
{
	const struct node *nodes = r->in->t->nodes;

	for (uint32_t k = node + 1; k < nodes[node].end; k = node_next(nodes, k)) {
		if (!reading_spend(r->x->r, 1))
			return;
		if (nodes[k].kind == NODE_TEXT) {
			put_view(r->x, nodes[k].text, MODE_PIECE);
		} else if (nodes[k].kind == NODE_SLOT) {
			const struct value *v = slot_value(r, nodes[k].slot);

			if (v->type != VALUE_BINXML || nodes[node].kind == NODE_ATTRIBUTE)
				put_value(r->x, v, MODE_PIECE);
		}
	}
}

/* Blanks, and the escapes of tabs and line ends. */
static bool is_blank(const struct buf *out, size_t from)
{
	for (; from < out->n; from++) {
		const char *blank = out->p[from] == '\\' ? "tnr" : " ";

		from += out->p[from] == '\\';
		if (from == out->n || !strchr(blank, out->p[from]))
			return false;
	}
	return true;
}

/* Mostly there is BinXML, and no text. */
bool run_has_texts(struct run *r, uint32_t node)
{
	const struct node *nodes = r->in->t->nodes;

	for (uint32_t k = node + 1; k < nodes[node].end; k = node_next(nodes, k)) {
		uint8_t type = VALUE_NULL;

		if (nodes[k].kind == NODE_SLOT)
			type = slot_value(r, nodes[k].slot)->type;
		if (nodes[k].kind == NODE_TEXT || (type != VALUE_NULL && type != VALUE_BINXML))
			return true;
	}
	return false;
}

static void texts(struct run *r, uint32_t node, bool watched)
{
	struct render *x = r->x;
	size_t start = x->out->n, text;

	if (!run_has_texts(r, node))
		return;
	if (watched)
		members_note(x, false);
	put_literal(x, "\"#text\":\"");
	text = x->out->n;
	pieces(r, node);
	if (!x->out->bad && is_blank(x->out, text)) {
		x->out->n = start;
		x->n_members -= watched && x->n_members > 0;
	} else {
		put_literal(x, "\",");
	}
}

static bool has_binxml(struct run *r, uint32_t node)
{
	const struct node *nodes = r->in->t->nodes;

	if (nodes[node].kind != NODE_ELEMENT)
		return false;
	for (uint32_t k = node + 1; k < nodes[node].end; k = node_next(nodes, k))
		if (nodes[k].kind == NODE_SLOT &&
		    slot_value(r, nodes[k].slot)->type == VALUE_BINXML)
			return true;
	return false;
}

static void mixed_members(struct run *r, uint32_t node)
{
	const struct node *nodes = r->in->t->nodes;

	for (uint32_t k = node + 1; k < nodes[node].end && !r->e; k = node_next(nodes, k)) {
		if (nodes[k].kind == NODE_SLOT &&
		    slot_value(r, nodes[k].slot)->type == VALUE_BINXML)
			embedded(r, node, slot_value(r, nodes[k].slot));
	}
	texts(r, node, true);
}

static void mixed(struct run *r, const struct step *s)
{
	struct render *x = r->x;

	put_literal(x, s->beside ? ",\"#text\":" : "");
	if (has_binxml(r, s->node)) {
		members_open(x);
		put_literal(x, "{");
		mixed_members(r, s->node);
		members_shut(x);
		return;
	}
	put_literal(x, "\"");
	pieces(r, s->node);
	put_literal(x, "\"");
}

/* ---- keys that are values ---- */

static void name(struct run *r, uint32_t attribute)
{
	size_t start;

	put_literal(r->x, "\"");
	start = r->x->out->n;
	pieces(r, attribute);
	if (r->x->out->n == start)
		put_literal(r->x, "Data");
	put_literal(r->x, "\":");
}

/* ---- the steps ---- */

static void list_end(struct render *x, const struct step *s)
{
	struct buf *out = x->out;

	members_comma(x);
	if (!out->bad && out->n - x->start >= s->target && out->p[out->n - 1] == '[') {
		out->n -= s->target;
		if (s->list)
			x->n_members -= x->n_members > 0;
	} else {
		put_literal(x, "],");
	}
}

static void odd_value(struct run *r, const struct step *s, const struct value *v)
{
	if (v->type == VALUE_BINXML && s->mode == MODE_XML) {
		embedded(r, s->node, v);
		return;
	}
	put_literal(r->x, s->beside ? ",\"#text\":" : "");
	if (v->type == VALUE_BINXML && s->alone &&
	    r->in->t->nodes[s->node].kind == NODE_ELEMENT)
		embedded_object(r, s, v);
	else if (s->alone && (v->type & VALUE_ARRAY))
		items(r, s, v);
	else
		put_value(r->x, v, (enum mode)s->mode);
}

void run_value(struct run *r, const struct step *s)
{
	const struct value *v = slot_value(r, s->slot);

	if (s->beside || v->type == VALUE_BINXML || (v->type & VALUE_ARRAY))
		odd_value(r, s, v);
	else
		put_value(r->x, v, (enum mode)s->mode);
}

static void value(struct run *r, const struct step *s, const uint8_t *text)
{
	if (s->optional && slot_value(r, s->slot)->type == VALUE_NULL)
		return;
	copy(r->x->out, text, s->before);
	run_value(r, s);
	copy(r->x->out, text + s->before, s->after);
}

static bool any(struct run *r, const struct step *s, const uint8_t *text)
{
	for (uint32_t i = 0; i < s->before; i += 2)
		if (slot_value(r, (uint16_t)(text[i] | text[i + 1] << 8))->type != VALUE_NULL)
			return true;
	return false;
}

void run_other(struct run *r, const struct step *s)
{
	struct render *x = r->x;

	switch ((enum step_kind)s->kind) {
	case STEP_INSTANCE:
		instance(r, s);
		break;
	case STEP_REST:
		rest(r, s);
		break;
	case STEP_MEMBER:
		members_note(x, s->list);
		break;
	case STEP_OPEN:
		members_open(x);
		break;
	case STEP_SHUT:
		members_shut(x);
		break;
	case STEP_CLOSE:
		members_close(x);
		break;
	case STEP_COMMA:
		members_comma(x);
		break;
	case STEP_LIST_END:
		list_end(x, s);
		break;
	case STEP_NAME:
		name(r, s->node);
		break;
	case STEP_EMBED:
		if (slot_value(r, s->slot)->type == VALUE_BINXML)
			embedded(r, s->node, slot_value(r, s->slot));
		break;
	case STEP_TEXTS:
		texts(r, s->node, s->list);
		break;
	case STEP_MIXED:
		mixed(r, s);
		break;
	case STEP_TEXT:
	case STEP_VALUE:
	case STEP_IF:
	case STEP_ANY:
	case STEP_JUMP:
	case STEP_PAYLOAD:
		break;
	}
}

/* Does what the step does; returns the next one. */
static const struct step *step(struct run *r, const struct step *s)
{
	const uint8_t *text = r->p->text + s->text;
	struct render *x = r->x;
	bool jump = false;

	switch (s->kind) {
	case STEP_VALUE:
		value(r, s, text);
		return s + 1;
	case STEP_TEXT:
		break;
	case STEP_ANY:
		if (!any(r, s, text))
			return r->p->steps + s->target;
		copy(x->out, text + s->before, s->after);
		return s + 1;
	case STEP_IF:
		jump = slot_value(r, s->slot)->type == VALUE_NULL;
		break;
	case STEP_JUMP:
		jump = true;
		break;
	case STEP_PAYLOAD:
		jump = x->format == EVTX_PAYLOAD;
		break;
	case STEP_COMMA:
		members_comma(x);
		copy(x->out, text, s->after);
		return s->target ? r->p->steps + s->target : s + 1;
	default:
		run_other(r, s);
	}
	if (jump)
		return r->p->steps + s->target;
	copy(x->out, text, s->after); /* in front of these there is no literal */
	return s + 1;
}

static void run(struct run *r)
{
	const struct step *s = r->p->steps, *end = s + r->p->n_steps;

	while (s < end && !r->e && !r->x->over) {
		s = step(r, s);
		r->x->over |= r->x->out->n > r->x->most;
	}
}

int render_instance(struct render *x, const struct instance *in)
{
	struct run r = {.x = x, .in = in};
	const struct plan *plan;

	if (x->over || !in->t->n_nodes)
		return 0;
	r.p = program_of(&x->kept->assembler, &x->r->d->templates, in->t, x->format, &r.e);
	if (!r.p) {
		x->over = !r.e;
		return r.e;
	}
	if (!reading_spend(x->r, r.p->n_steps))
		return 0;
	r.n = in->n;
	find_slots(&r);
	x->odd |= r.p->odd;
	if (in->t->context == 0 && in->depth == 0)
		x->roots += r.p->roots;
	plan = plan_of(&r);
	if (plan)
		plan_run(&r, plan);
	else
		run(&r);
	return r.e;
}
