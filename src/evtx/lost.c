/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instance whose template cannot be had, or only in part: the values of which it tells nothing
 * stand by their slots, under names that no template gives. What is embedded in them may have a
 * template of its own.
 */
#include "render.h"

/* Nearly all records embed their data in the outermost element. */
static const struct element event_element = {.name = {(const uint8_t *)"Event", 5}};

void slot_name(struct buf *out, struct view around, size_t slot)
{
	buf_view(out, around.n ? around : view_str("#"));
	buf_fmt(out, "%zu", slot);
}

static bool keep_name(struct reading *r, size_t slot, const char *end, struct view *name)
{
	struct buf *text = &r->d->text;

	buf_clear(text);
	slot_name(text, r->slots, slot);
	buf_str(text, end);
	*name = text->bad ? (struct view){0} : arena_keep(&r->d->arena, buf_data(text));
	return name->p;
}

static int lost_binxml(struct reading *r, const struct instance *in, size_t slot, uint16_t context)
{
	struct view around = r->slots, raw = r->d->slots[in->base + slot].raw;
	struct cursor k = cursor_of(r->d->chunk.bytes);
	uint16_t event = 0;
	int e;

	if (!context)
		context = templates_context(&r->d->templates, &event_element, &event);
	if (in->depth + 1 == LIMIT_BINXML_DEPTH || !context)
		return 0;
	cursor_seek(&k, (size_t)(raw.p - r->d->chunk.bytes.p));
	k.len = k.pos + raw.n;
	if (!keep_name(r, slot, ".", &r->slots)) {
		r->slots = around;
		return reading_no_room(r);
	}
	e = content_read(r, &k, context, in->depth + 1);
	r->slots = around;
	return e;
}

/* ---- which values ---- */

/* Those that stand where the template says are `told`. */
static bool slots_told(struct reading *r, const struct template *t, struct slot_set *told)
{
	*told = (struct slot_set){{0}};
	if (!reading_spend(r, t->n_nodes / 16))
		return false;
	for (size_t i = 0; i < t->n_nodes; i++) {
		uint16_t slot = t->nodes[i].slot;

		if (t->nodes[i].kind == NODE_SLOT && slot < LIMIT_SUBSTITUTIONS)
			told->bits[slot / 8] = (uint8_t)(told->bits[slot / 8] | 1u << slot % 8);
	}
	return true;
}

const struct value *lost_value(const struct reading *r, const struct instance *in,
			       const struct slot_set *told, size_t slot)
{
	const struct value *v = &r->d->slots[in->base + slot];

	return v->raw.n && !(told->bits[slot / 8] >> slot % 8 & 1) ? v : NULL;
}

static int lost_fields(struct reading *r, const struct instance *in, const struct slot_set *told)
{
	for (size_t i = 0; i < in->n && reading_spend(r, 1); i++) {
		const struct value *v = lost_value(r, in, told, i);
		struct view name;

		if (!v || v->type == VALUE_BINXML)
			continue;
		if (!keep_name(r, i, "", &name))
			return reading_no_room(r);
		if (!field_add_items(r, name, FIELD_NONE, *v))
			break;
	}
	return 0;
}

static int lost_embedded(struct reading *r, const struct instance *in, uint16_t context,
			 const struct slot_set *told)
{
	int e = 0;

	for (size_t i = 0; i < in->n && !e && reading_spend(r, 1); i++) {
		const struct value *v = lost_value(r, in, told, i);

		if (v && v->type == VALUE_BINXML)
			e = lost_binxml(r, in, i, context);
	}
	return e;
}

int instance_lost(struct reading *r, const struct instance *in, uint16_t context)
{
	static const struct slot_set none;
	int e = 0;

	r->applied++;
	if (r->what == READ_DOCUMENT)
		render_lost(r->render, in, &none);
	else if (r->what == READ_FIELDS)
		e = lost_fields(r, in, &none);
	return e ? e : lost_embedded(r, in, context, &none);
}

int instance_rest(struct reading *r, const struct instance *in)
{
	struct slot_set told;
	int e = 0;

	if (!slots_told(r, in->t, &told))
		return 0;
	if (r->what == READ_DOCUMENT)
		render_rest(r->render, in, &told);
	else if (r->what == READ_FIELDS)
		e = lost_fields(r, in, &told);
	return e ? e : lost_embedded(r, in, in->t->context, &told);
}
