/* SPDX-License-Identifier: Apache-2.0 */
#include "value-private.h"

uint32_t clue_key(enum clue_kind kind, struct view host, const struct guid *g, uint64_t number)
{
	uint64_t seed = hash_nocase((uint64_t)kind, host);
	uint64_t h = g ? hash_bytes(seed, g->b, sizeof(g->b))
		       : hash_bytes(seed, &number, sizeof(number));

	return (uint32_t)h ? (uint32_t)h : 1;
}

/* ---- from an event ---- */

struct reading {
	const struct event *event;
	uint32_t *keys;
	size_t n;
};

static void add(struct reading *r, enum clue_kind kind, const struct guid *g, uint64_t number)
{
	r->keys[r->n++] = clue_key(kind, r->event->computer, g, number);
}

static void add_number(struct reading *r, enum clue_kind kind, field_id id)
{
	const struct field *f = event_field(r->event, id);
	uint64_t n;

	if (f && value_number(f->value, &n))
		add(r, kind, NULL, n);
}

static void add_guid(struct reading *r, field_id id, struct arena *a)
{
	const struct field *f = event_field(r->event, id);
	struct guid g = {0};

	if (f && f->value.type == VALUE_GUID && f->value.raw.n == sizeof(g.b))
		memcpy(g.b, f->value.raw.p, sizeof(g.b));
	else if (f && !guid_parse(value_view(a, f->value), &g))
		return;
	if (!guid_is_null(&g))
		add(r, CLUE_GUID, &g, 0);
}

/* Only the image that a process loads as itself bears on who it is; the same bytes are the rule. */
static bool loads_itself(const struct reading *r, struct arena *a)
{
	const struct field *image = event_field(r->event, FIELD_IMAGE);
	const struct field *loaded = event_field(r->event, FIELD_IMAGE_LOADED);

	if (!image || !loaded)
		return false;
	return view_eq(image->value.raw, loaded->value.raw) ||
	       view_eq_nocase(value_view(a, image->value), value_view(a, loaded->value));
}

static void sysmon_keys(struct reading *r, enum event_kind kind, struct arena *a)
{
	if (kind == KIND_IMAGE_LOAD && !loads_itself(r, a))
		return;
	add_number(r, CLUE_PID, FIELD_PROCESS_ID);
	add_guid(r, FIELD_PROCESS_GUID, a);
	if (kind != KIND_PROCESS_START)
		return;
	add_number(r, CLUE_PID, FIELD_PARENT_PROCESS_ID);
	add_guid(r, FIELD_PARENT_PROCESS_GUID, a);
}

static void security_keys(struct reading *r, enum event_kind kind)
{
	if (kind == KIND_PROCESS_START)
		add_number(r, CLUE_PID, FIELD_NEW_PROCESS_ID);
	if (kind == KIND_PROCESS_START || kind == KIND_PROCESS_END)
		add_number(r, CLUE_PID, FIELD_PROCESS_ID);
	else if (kind == KIND_FILTERED)
		add_number(r, CLUE_PID, FIELD_FILTERED_PID);
	else if (kind == KIND_LOGON)
		add_number(r, CLUE_LOGON, FIELD_TARGET_LOGON_ID);
}

size_t clue_keys(const struct event *ev, enum event_kind kind, struct arena *a,
		 uint32_t keys[CLUE_KEYS])
{
	struct reading r = {.event = ev, .keys = keys};

	if (kind == KIND_BOOT)
		add(&r, CLUE_BOOT, NULL, 0);
	else if (kind != KIND_NONE && event_is_sysmon(ev))
		sysmon_keys(&r, kind, a);
	else if (kind != KIND_NONE)
		security_keys(&r, kind);
	return r.n;
}

bool clue_of(const struct event *ev, enum event_kind kind, const struct record *r,
	     uint32_t source, struct arena *a, struct clue *out)
{
	*out = (struct clue){.source = source, .size = r->size, .offset = r->offset};
	return clue_keys(ev, kind, a, out->keys);
}

/* ---- to and from bytes ---- */

void clue_write(struct buf *b, const struct clue *c)
{
	buf_u32(b, c->source);
	buf_u32(b, c->size);
	buf_u64(b, c->offset);
	for (size_t i = 0; i < CLUE_KEYS; i++)
		buf_u32(b, c->keys[i]);
}

void clue_read(struct cursor *c, struct clue *out)
{
	out->source = cursor_u32(c);
	out->size = cursor_u32(c);
	out->offset = cursor_u64(c);
	for (size_t i = 0; i < CLUE_KEYS; i++)
		out->keys[i] = cursor_u32(c);
}
