/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "render.h"

/* A program on its way through one instance. */
struct run {
	struct render *x;
	const struct instance *in;
	const struct program *p;
	int e; /* -1: no memory */
};

/* Most literals are short: whole blocks are copied, with what lies behind. */
static inline void copy(struct buf *out, const uint8_t *from, size_t n)
{
	uint8_t *to;

	if (!n)
		return;
	to = buf_room(out, n + PROGRAM_SLACK);
	if (!to)
		return;
	out->n += n;
	for (size_t at = 0; at < n; at += PROGRAM_SLACK)
		memcpy(to + at, from + at, PROGRAM_SLACK);
}

static struct value missing(struct run *r)
{
	if (!r->in->lost)
		reading_damaged(r->x->r, "value-missing", r->in->at,
				"the template asks for more than the %zu values there are",
				r->in->n);
	return (struct value){0};
}

static inline struct value slot_value(struct run *r, uint16_t slot)
{
	if (slot < r->in->n)
		return r->x->r->d->slots[r->in->base + slot];
	return missing(r);
}

/* ---- BinXML within ---- */

int render_embedded(struct render *x, const struct instance *in, struct node *node, struct value v)
{
	struct cursor k = cursor_of(x->r->d->chunk.bytes);

	if (!v.raw.n || x->over)
		return 0;
	cursor_seek(&k, (size_t)(v.raw.p - x->r->d->chunk.bytes.p));
	k.len = k.pos + v.raw.n;
	if (!reading_embed(x->r, in, node->element, &node->context, k.pos))
		return 0;
	return embedded_value(x->r, &k, node->context, in->depth + 1);
}

static void embedded(struct run *r, uint32_t node, struct value v)
{
	r->e = render_embedded(r->x, r->in, &r->in->t->nodes[node], v);
}

static void embedded_object(struct run *r, const struct step *s, struct value v)
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
}

/* ---- arrays ---- */

/* The start tag of an element that stands once for every item; nothing of it is known beforehand. */
static void start_tag(struct run *r, uint32_t element)
{
	const struct node *nodes = r->in->t->nodes;
	struct render *x = r->x;

	put_literal(x, "<");
	xml_name(x->out, nodes, element);
	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		const struct node *slot;

		if (nodes[k].kind != NODE_ATTRIBUTE || !reading_spend(x->r, 1))
			continue;
		slot = node_condition(nodes, k);
		if (slot && slot_value(r, slot->slot).type == VALUE_NULL)
			continue;
		put_literal(x, " ");
		xml_name(x->out, nodes, k);
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

	if (s->mode == MODE_JSON) {
		put_literal(x, ",");
		return;
	}
	put_literal(x, "</");
	xml_name(x->out, r->in->t->nodes, s->node);
	put_literal(x, ">");
	start_tag(r, s->node);
}

static void items(struct run *r, const struct step *s, struct value v)
{
	bool list = s->mode == MODE_JSON && !s->list;
	size_t start = r->x->out->n, n = 0, at = 0;
	struct value item;

	if (list)
		put_literal(r->x, "[");
	for (; value_item(v, &at, &item) && !r->x->over && reading_spend(r->x->r, 1); n++) {
		if (n)
			between(r, s);
		put_value(r->x, item, (enum mode)s->mode);
		r->x->over |= r->x->out->n - r->x->start > LIMIT_RECORD_OUTPUT;
	}
	if (!list)
		return;
	if (n != 1 || r->x->out->bad) {
		put_literal(r->x, "]");
		return;
	}
	/* one item is no list */
	memmove(r->x->out->p + start, r->x->out->p + start + 1, r->x->out->n - start - 1);
	r->x->out->n--;
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
			struct value v = slot_value(r, nodes[k].slot);

			if (v.type != VALUE_BINXML || nodes[node].kind == NODE_ATTRIBUTE)
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

static void texts(struct run *r, uint32_t node, bool watched)
{
	struct render *x = r->x;
	size_t start = x->out->n, text;

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
		    slot_value(r, nodes[k].slot).type == VALUE_BINXML)
			return true;
	return false;
}

static void mixed_members(struct run *r, uint32_t node)
{
	const struct node *nodes = r->in->t->nodes;

	for (uint32_t k = node + 1; k < nodes[node].end && !r->e; k = node_next(nodes, k)) {
		struct value v = {0};

		if (nodes[k].kind == NODE_SLOT)
			v = slot_value(r, nodes[k].slot);
		if (v.type == VALUE_BINXML)
			embedded(r, node, v);
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

static void odd_value(struct run *r, const struct step *s, struct value v)
{
	if (v.type == VALUE_BINXML && s->mode == MODE_XML) {
		embedded(r, s->node, v);
		return;
	}
	put_literal(r->x, s->beside ? ",\"#text\":" : "");
	if (v.type == VALUE_BINXML && s->alone)
		embedded_object(r, s, v);
	else if (s->alone && (v.type & VALUE_ARRAY))
		items(r, s, v);
	else
		put_value(r->x, v, (enum mode)s->mode);
}

static inline void value(struct run *r, const struct step *s, const uint8_t *text)
{
	struct value v = slot_value(r, s->slot);

	if (s->optional && v.type == VALUE_NULL)
		return;
	copy(r->x->out, text, s->before);
	if (s->beside || v.type == VALUE_BINXML || (v.type & VALUE_ARRAY))
		odd_value(r, s, v);
	else
		put_value(r->x, v, (enum mode)s->mode);
	copy(r->x->out, text + s->before, s->after);
}

static bool any(struct run *r, const struct step *s, const uint8_t *text)
{
	for (uint32_t i = 0; i < s->before; i += 2)
		if (slot_value(r, (uint16_t)(text[i] | text[i + 1] << 8)).type != VALUE_NULL)
			return true;
	return false;
}

static void other(struct run *r, const struct step *s)
{
	struct render *x = r->x;

	switch ((enum step_kind)s->kind) {
	case STEP_INSTANCE:
		instance(r, s);
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
		embedded(r, s->node,
			 slot_value(r, s->slot).type == VALUE_BINXML ? slot_value(r, s->slot)
								     : (struct value){0});
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

static bool jumps(struct run *r, const struct step *s, const uint8_t *text)
{
	switch (s->kind) {
	case STEP_IF:
		return slot_value(r, s->slot).type == VALUE_NULL;
	case STEP_ANY:
		return !any(r, s, text);
	case STEP_JUMP:
		return true;
	case STEP_PAYLOAD:
		return r->x->format == EVTX_PAYLOAD;
	default:
		return false;
	}
}

static int run(struct run *r)
{
	struct render *x = r->x;

	for (uint32_t i = 0; i < r->p->n_steps && !r->e && !x->over;) {
		const struct step *s = &r->p->steps[i++];
		const uint8_t *text = r->p->text + s->text;

		if (s->kind == STEP_VALUE) {
			value(r, s, text);
			x->over |= x->out->n - x->start > LIMIT_RECORD_OUTPUT;
			continue;
		}
		if (jumps(r, s, text)) {
			i = s->target;
			continue;
		}
		if (s->kind != STEP_ANY)
			copy(x->out, text, s->before);
		other(r, s);
		copy(x->out, text + s->before, s->after);
		x->over |= x->out->n - x->start > LIMIT_RECORD_OUTPUT;
	}
	return r->e;
}

int render_instance(struct render *x, const struct instance *in)
{
	struct run r = {.x = x, .in = in};

	if (x->over || !in->t->n_nodes)
		return 0;
	r.p = program_of(&x->kept->assembler, &x->r->d->templates, in->t, x->format, &r.e);
	if (!r.p) {
		x->over = !r.e;
		return r.e;
	}
	if (!reading_spend(x->r, r.p->n_steps))
		return 0;
	x->odd |= r.p->odd;
	if (in->t->context == 0 && in->depth == 0)
		x->roots += r.p->roots;
	return run(&r);
}
