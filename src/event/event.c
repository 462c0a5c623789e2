/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "value-private.h"

struct view event_computer(const struct event *ev)
{
	return view_sub(ev->computer, 0, ev->computer.n - ev->marked);
}

const struct field *event_field(const struct event *ev, field_id id)
{
	if (id == FIELD_NONE)
		return NULL;
	for (size_t i = 0; i < ev->n_fields; i++)
		if (ev->fields[i].id == id)
			return &ev->fields[i];
	return NULL;
}

const struct field *event_field_named(const struct event *ev, const char *name)
{
	for (size_t i = 0; i < ev->n_fields; i++)
		if (view_eq_str(ev->fields[i].name, name))
			return &ev->fields[i];
	return NULL;
}

/* ---- copies ---- */

static bool keep(struct arena *a, struct view from, struct view *to)
{
	*to = from.n ? arena_keep(a, from) : view_str("");
	return to->p != NULL;
}

static bool keep_field(struct arena *a, const struct field *from, struct field *to)
{
	to->id = from->id;
	to->value.type = from->value.type;
	return keep(a, from->name, &to->name) && keep(a, from->value.raw, &to->value.raw);
}

int event_keep(struct arena *a, const struct event *ev, struct event *out)
{
	*out = *ev;
	out->fields = NULL;
	out->n_fields = 0;
	if (!keep(a, ev->provider, &out->provider) || !keep(a, ev->channel, &out->channel) ||
	    !keep(a, ev->computer, &out->computer) || !keep(a, ev->user_sid, &out->user_sid))
		return -1;
	if (!ev->n_fields)
		return 0;
	out->fields = arena_array(a, ev->n_fields, sizeof(*out->fields));
	if (!out->fields)
		return -1;
	for (; out->n_fields < ev->n_fields; out->n_fields++)
		if (!keep_field(a, &ev->fields[out->n_fields], &out->fields[out->n_fields]))
			return -1;
	return 0;
}

/* ---- bytes ---- */

bool message_bool(struct cursor *c)
{
	uint8_t v = cursor_u8(c);

	c->bad |= v > 1;
	return v == 1;
}

void message_guid(struct cursor *c, struct guid *out)
{
	struct view v = cursor_take(c, sizeof(out->b));

	*out = (struct guid){0};
	if (v.n == sizeof(out->b))
		memcpy(out->b, v.p, v.n);
}

void event_write(struct buf *b, const struct event *ev)
{
	buf_blob(b, ev->provider);
	buf_blob(b, ev->channel);
	buf_blob(b, ev->computer);
	buf_u32(b, ev->marked);
	buf_blob(b, ev->user_sid);
	buf_add(b, ev->provider_guid.b, sizeof(ev->provider_guid.b));
	buf_u16(b, ev->event_id);
	buf_u16(b, ev->qualifiers);
	buf_byte(b, ev->version);
	buf_byte(b, ev->level);
	buf_byte(b, ev->opcode);
	buf_u16(b, ev->task);
	buf_u64(b, ev->keywords);
	buf_u64(b, ev->record_id);
	buf_u64(b, ev->time_created);
	buf_u32(b, ev->execution_pid);
	buf_u32(b, ev->execution_tid);
	buf_byte(b, ev->has_system);
	buf_byte(b, (uint8_t)ev->section);
	buf_u32(b, (uint32_t)ev->n_fields);
	for (size_t i = 0; i < ev->n_fields; i++) {
		buf_blob(b, ev->fields[i].name);
		buf_u32(b, ev->fields[i].id);
		buf_byte(b, ev->fields[i].value.type);
		buf_blob(b, ev->fields[i].value.raw);
	}
}

static void read_system(struct cursor *c, struct event *out)
{
	out->provider = cursor_blob(c);
	out->channel = cursor_blob(c);
	out->computer = cursor_blob(c);
	out->marked = cursor_u32(c);
	c->bad |= out->marked > out->computer.n;
	out->user_sid = cursor_blob(c);
	message_guid(c, &out->provider_guid);
	out->event_id = cursor_u16(c);
	out->qualifiers = cursor_u16(c);
	out->version = cursor_u8(c);
	out->level = cursor_u8(c);
	out->opcode = cursor_u8(c);
	out->task = cursor_u16(c);
	out->keywords = cursor_u64(c);
	out->record_id = cursor_u64(c);
	out->time_created = cursor_u64(c);
	out->execution_pid = cursor_u32(c);
	out->execution_tid = cursor_u32(c);
	out->has_system = message_bool(c);
}

/* The id that it had where it was written saves looking for the name, when it is that name's. */
static field_id id_of(const struct fields *f, struct view name, field_id hint)
{
	if (!f || !name.n)
		return FIELD_NONE;
	return view_eq(fields_name(f, hint), name) ? hint : fields_find(f, name);
}

static void read_field(struct cursor *c, const struct fields *f, struct field *out)
{
	out->name = cursor_blob(c);
	out->id = id_of(f, out->name, cursor_u32(c));
	out->value.type = cursor_u8(c);
	out->value.raw = cursor_blob(c);
}

#define FIELD_BYTES 13u /* of a field with no name and no value */

int event_read(struct cursor *c, struct arena *a, const struct fields *f, struct event *out)
{
	uint8_t section;
	uint32_t n;

	*out = (struct event){0};
	read_system(c, out);
	section = cursor_u8(c);
	n = cursor_u32(c);
	if (c->bad || section > SECTION_OTHER || n > LIMIT_FIELDS ||
	    n > cursor_left(c) / FIELD_BYTES)
		return -1;
	out->section = (enum event_section)section;
	if (!n)
		return 0;
	out->fields = arena_array(a, n, sizeof(*out->fields));
	if (!out->fields)
		return -1;
	for (out->n_fields = n, n = 0; n < out->n_fields; n++)
		read_field(c, f, &out->fields[n]);
	return c->bad ? -1 : 0;
}
