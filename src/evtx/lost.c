/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An instance whose template cannot be had: its values stand by their slots, under names that no
 * template gives. What is embedded in it may have a template of its own.
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

static int lost_fields(struct reading *r, const struct instance *in)
{
	for (size_t i = 0; i < in->n && reading_spend(r, 1); i++) {
		struct value v = r->d->slots[in->base + i];
		struct view name;

		if (!v.raw.n || v.type == VALUE_BINXML)
			continue;
		if (!keep_name(r, i, "", &name))
			return reading_no_room(r);
		if (!field_add_items(r, name, FIELD_NONE, v))
			break;
	}
	return 0;
}

int instance_lost(struct reading *r, const struct instance *in, uint16_t context)
{
	int e = 0;

	r->applied++;
	if (r->what == READ_DOCUMENT)
		render_lost(r->render, in);
	else if (r->what == READ_FIELDS)
		e = lost_fields(r, in);
	for (size_t i = 0; i < in->n && !e && reading_spend(r, 1); i++) {
		struct value v = r->d->slots[in->base + i];

		if (v.type == VALUE_BINXML && v.raw.n)
			e = lost_binxml(r, in, i, context);
	}
	return e;
}
