/* SPDX-License-Identifier: Apache-2.0 */
/* BinXML as the event log service writes it (MS-EVEN6 2.2.12): template definitions and instances. */
#include "evtx-write.h"

#include <string.h>

#define NO_DEPENDENCY 0xffffu

/* Tokens. */
enum {
	T_EOF = 0x00, T_OPEN = 0x01, T_CLOSE_START = 0x02, T_CLOSE_EMPTY = 0x03, T_END = 0x04,
	T_VALUE = 0x05, T_ATTRIBUTE = 0x06, T_INSTANCE = 0x0c, T_NORMAL = 0x0d, T_OPTIONAL = 0x0e,
	T_HEADER = 0x0f, T_MORE = 0x40,
};
/* Slots of the System templates. */
enum {
	S_LEVEL, S_OPCODE, S_TASK, S_ID, S_QUALIFIERS, S_KEYWORDS, S_TIME, S_ACTIVITY, S_PID, S_TID,
	S_RECORD_ID, S_VERSION, S_USER, S_RELATED, S_PROVIDER, S_GUID, S_CHANNEL, S_PAYLOAD,
	S_LITERAL_RELATED = 18, S_LITERAL_PAYLOAD = 19,
};

static void put_header(struct buf *b)
{
	buf_byte(b, T_HEADER);
	buf_byte(b, 1);
	buf_byte(b, 1);
	buf_byte(b, 0);
}

static void patch32(struct bx_chunk *c, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4 && !c->b.bad; i++)
		c->b.p[at + i] = (uint8_t)(v >> (8 * i));
}

static void patch16(struct bx_chunk *c, size_t at, uint16_t v)
{
	for (size_t i = 0; i < 2 && !c->b.bad; i++)
		c->b.p[at + i] = (uint8_t)(v >> (8 * i));
}

static uint32_t here(const struct bx_chunk *c)
{
	return (uint32_t)c->b.n;
}

/* Names: ASCII, so a character is a code unit. */
static uint32_t name_hash(struct view v)
{
	uint32_t h = 0;

	for (size_t i = 0; i < v.n; i++)
		h = h * 65599u + v.p[i];
	return h & 0xffffu;
}

static void remember_name(struct bx_chunk *c, struct view v, uint32_t offset)
{
	if (c->n_names >= BX_NAMES_MAX) {
		c->b.bad = true;
		return;
	}
	c->names[c->n_names++] = (struct bx_name){v, offset};
}

/* A reference to the name; the name itself follows at once where the chunk has not got it yet. */
static void put_name(struct bx_chunk *c, const char *name)
{
	struct view v = view_str(name);
	uint32_t hash = name_hash(v), offset = here(c) + 4;

	for (size_t i = 0; i < c->n_names; i++) {
		if (view_eq(c->names[i].text, v)) {
			buf_u32(&c->b, c->names[i].offset);
			return;
		}
	}
	buf_u32(&c->b, offset);
	buf_u32(&c->b, c->strings[hash % 64]);
	buf_u16(&c->b, (uint16_t)hash);
	buf_u16(&c->b, (uint16_t)v.n);
	text_to_utf16(&c->b, v);
	buf_u16(&c->b, 0);
	c->strings[hash % 64] = offset;
	remember_name(c, v, offset);
}

/* Returns where the size stands, for close(). */
static size_t open_element(struct bx_chunk *c, const char *name, unsigned dependency, bool attributes)
{
	size_t at;

	buf_byte(&c->b, attributes ? T_OPEN | T_MORE : T_OPEN);
	buf_u16(&c->b, (uint16_t)dependency);
	at = c->b.n;
	buf_u32(&c->b, 0);
	put_name(c, name);
	return at;
}

static void patch_size(struct bx_chunk *c, size_t at)
{
	patch32(c, at, (uint32_t)(c->b.n - at - 4));
}

static void close_element(struct bx_chunk *c, size_t at, int token)
{
	buf_byte(&c->b, (uint8_t)token);
	patch_size(c, at);
}

static void close_start(struct bx_chunk *c)
{
	buf_byte(&c->b, T_CLOSE_START);
}

static size_t open_attributes(struct bx_chunk *c)
{
	size_t at = c->b.n;

	buf_u32(&c->b, 0);
	return at;
}

static void put_attribute(struct bx_chunk *c, const char *name, bool more)
{
	buf_byte(&c->b, more ? T_ATTRIBUTE | T_MORE : T_ATTRIBUTE);
	put_name(c, name);
}

static void put_text(struct bx_chunk *c, const char *text)
{
	size_t at;

	buf_byte(&c->b, T_VALUE);
	buf_byte(&c->b, BX_STRING);
	at = c->b.n;
	buf_u16(&c->b, 0);
	text_to_utf16(&c->b, view_str(text));
	patch16(c, at, (uint16_t)((c->b.n - at - 2) / 2));
}

static void put_slot(struct bx_chunk *c, int token, size_t slot, uint8_t type)
{
	buf_byte(&c->b, (uint8_t)token);
	buf_u16(&c->b, (uint16_t)slot);
	buf_byte(&c->b, type);
}

/* <name>%slot</name>, there only when the value is. */
static void put_optional(struct bx_chunk *c, const char *name, size_t slot, uint8_t type)
{
	size_t at = open_element(c, name, (unsigned)slot, false);

	close_start(c);
	put_slot(c, T_OPTIONAL, slot, type);
	close_element(c, at, T_END);
}

/* <name a="%x" b="%y"/>; b may be NULL. */
static void put_attributes(struct bx_chunk *c, const char *name, const char *a, size_t x, uint8_t xt,
			   const char *b, size_t y, uint8_t yt)
{
	size_t at = open_element(c, name, NO_DEPENDENCY, true), list = open_attributes(c);

	put_attribute(c, a, b != NULL);
	put_slot(c, T_OPTIONAL, x, xt);
	if (b) {
		put_attribute(c, b, false);
		put_slot(c, T_OPTIONAL, y, yt);
	}
	patch_size(c, list);
	close_element(c, at, T_CLOSE_EMPTY);
}

static void put_literal(struct bx_chunk *c, const char *name, const char *text)
{
	size_t at = open_element(c, name, NO_DEPENDENCY, false);

	close_start(c);
	put_text(c, text);
	close_element(c, at, T_END);
}

static void put_provider(struct bx_chunk *c, const struct bx_event *ev)
{
	size_t at, list;

	if (ev->system == SYSTEM_MODERN) {
		put_attributes(c, "Provider", "Name", S_PROVIDER, BX_STRING, "Guid", S_GUID, BX_GUID);
		return;
	}
	at = open_element(c, "Provider", NO_DEPENDENCY, true);
	list = open_attributes(c);
	put_attribute(c, "Name", ev->guid != NULL);
	put_text(c, ev->provider);
	if (ev->guid) {
		put_attribute(c, "Guid", false);
		put_text(c, ev->guid);
	}
	patch_size(c, list);
	close_element(c, at, T_CLOSE_EMPTY);
}

static void put_event_id(struct bx_chunk *c)
{
	size_t at = open_element(c, "EventID", S_ID, true), list = open_attributes(c);

	put_attribute(c, "Qualifiers", false);
	put_slot(c, T_OPTIONAL, S_QUALIFIERS, BX_UINT16);
	patch_size(c, list);
	close_start(c);
	put_slot(c, T_OPTIONAL, S_ID, BX_UINT16);
	close_element(c, at, T_END);
}

static void put_system(struct bx_chunk *c, const struct bx_event *ev, const char *computer)
{
	bool modern = ev->system == SYSTEM_MODERN, classic = ev->system == SYSTEM_CLASSIC;
	size_t at = open_element(c, "System", NO_DEPENDENCY, false);

	close_start(c);
	put_provider(c, ev);
	put_event_id(c);
	if (!classic)
		put_optional(c, "Version", S_VERSION, BX_UINT8);
	put_optional(c, "Level", S_LEVEL, BX_UINT8);
	put_optional(c, "Task", S_TASK, BX_UINT16);
	if (!classic)
		put_optional(c, "Opcode", S_OPCODE, BX_UINT8);
	put_optional(c, "Keywords", S_KEYWORDS, BX_HEX64);
	put_attributes(c, "TimeCreated", "SystemTime", S_TIME, BX_FILETIME, NULL, 0, 0);
	put_optional(c, "EventRecordID", S_RECORD_ID, BX_UINT64);
	if (!classic) {
		put_attributes(c, "Correlation", "ActivityID", S_ACTIVITY, BX_GUID,
			       "RelatedActivityID", modern ? S_RELATED : S_LITERAL_RELATED, BX_GUID);
		put_attributes(c, "Execution", "ProcessID", S_PID, BX_UINT32, "ThreadID", S_TID,
			       BX_UINT32);
	}
	if (modern)
		put_optional(c, "Channel", S_CHANNEL, BX_STRING);
	else
		put_literal(c, "Channel", ev->channel);
	put_literal(c, "Computer", computer);
	put_attributes(c, "Security", "UserID", S_USER, BX_SID, NULL, 0, 0);
	close_element(c, at, T_END);
}

static void system_definition(struct bx_chunk *c, const struct bx_event *ev, const char *computer)
{
	bool user_data = ev->payload == PAYLOAD_CLEARED;
	size_t slot = ev->system == SYSTEM_MODERN ? S_PAYLOAD : S_LITERAL_PAYLOAD;
	size_t at = open_element(c, "Event", user_data ? NO_DEPENDENCY : (unsigned)slot, true);
	size_t list = open_attributes(c), inner = 0;

	put_attribute(c, "xmlns", false);
	put_text(c, "http://schemas.microsoft.com/win/2004/08/events/event");
	patch_size(c, list);
	close_start(c);
	put_system(c, ev, computer);
	if (user_data) {
		inner = open_element(c, "UserData", (unsigned)slot, false);
		close_start(c);
	}
	put_slot(c, T_OPTIONAL, slot, BX_XML);
	if (user_data)
		close_element(c, inner, T_END);
	close_element(c, at, T_END);
}

static void put_data(struct bx_chunk *c, const struct bx_field *f, size_t slot)
{
	size_t at = open_element(c, "Data", NO_DEPENDENCY, f->name != NULL), list;

	if (f->name) {
		list = open_attributes(c);
		put_attribute(c, "Name", false);
		put_text(c, f->name);
		patch_size(c, list);
	}
	close_start(c);
	put_slot(c, f->type == BX_NULL ? T_OPTIONAL : T_NORMAL, slot, f->type);
	close_element(c, at, T_END);
}

static void put_cleared(struct bx_chunk *c, const struct bx_event *ev)
{
	size_t at = open_element(c, "LogFileCleared", NO_DEPENDENCY, true);
	size_t list = open_attributes(c), field;

	put_attribute(c, "xmlns:auto-ns3", true);
	put_text(c, "http://schemas.microsoft.com/win/2004/08/events");
	put_attribute(c, "xmlns", false);
	put_text(c, "http://manifests.microsoft.com/win/2004/08/windows/eventlog");
	patch_size(c, list);
	close_start(c);
	for (size_t i = 0; i < ev->n_fields; i++) {
		field = open_element(c, ev->fields[i].name, NO_DEPENDENCY, false);
		close_start(c);
		put_slot(c, T_NORMAL, i, ev->fields[i].type);
		close_element(c, field, T_END);
	}
	close_element(c, at, T_END);
}

static void payload_definition(struct bx_chunk *c, const struct bx_event *ev)
{
	size_t at;

	if (ev->payload == PAYLOAD_CLEARED) {
		put_cleared(c, ev);
		return;
	}
	at = open_element(c, "EventData", NO_DEPENDENCY, false);
	close_start(c);
	if (ev->payload == PAYLOAD_CLASSIC) {
		put_optional(c, "Data", 0, BX_STRING | BX_ARRAY);
		put_optional(c, "Binary", 2, BX_BINARY);
	}
	for (size_t i = 0; i < ev->n_fields && ev->payload == PAYLOAD_DATA; i++)
		put_data(c, &ev->fields[i], i);
	close_element(c, at, T_END);
}

/* ---- templates of a chunk ---- */

static struct guid template_guid(const struct bx_event *ev, bool system, const char *computer)
{
	struct guid g;
	uint64_t h[2] = {1, 2};

	for (size_t i = 0; i < 2; i++) {
		uint64_t x = hash_bytes(h[i], computer, strlen(computer));

		if (!system || ev->system != SYSTEM_MODERN) {
			x = hash_bytes(x, ev->provider, strlen(ev->provider));
			x = hash_bytes(x, ev->channel, strlen(ev->channel));
		}
		if (!system) {
			x = hash_bytes(x + ev->id, &ev->version, 1);
			for (size_t k = 0; k < ev->n_fields; k++)
				x = hash_view(x, view_str(ev->fields[k].name));
		}
		for (size_t k = 0; k < 8; k++)
			g.b[8 * i + k] = (uint8_t)(x >> (8 * k));
	}
	return g;
}

/* The hash of names, over the GUID taken as eight characters. */
static uint32_t guid_bucket(const struct guid *g)
{
	uint32_t h = 0;

	for (size_t i = 0; i < 16; i += 2)
		h = h * 65599u + (uint32_t)(g->b[i] | g->b[i + 1] << 8);
	return h % 32;
}

static bool is_known(const struct bx_template *t, const struct bx_event *ev, bool system)
{
	const struct bx_event *of = t->event;

	if (t->system != system || !system || of->system != ev->system)
		return t->system == system && of == ev;
	return ev->system == SYSTEM_MODERN ||
	       (!strcmp(of->provider, ev->provider) && !strcmp(of->channel, ev->channel) &&
		of->payload == ev->payload);
}

static void define(struct bx_chunk *c, const struct bx_event *ev, bool system)
{
	struct guid g = template_guid(ev, system, c->computer);
	uint32_t bucket = guid_bucket(&g), offset = here(c) + 4;
	size_t size_at;

	if (c->n_known >= BX_TEMPLATES_MAX) {
		c->b.bad = true;
		return;
	}
	buf_u32(&c->b, offset);
	buf_u32(&c->b, c->templates[bucket]);
	buf_add(&c->b, g.b, 16);
	size_at = c->b.n;
	buf_u32(&c->b, 0);
	put_header(&c->b);
	if (system)
		system_definition(c, ev, c->computer);
	else
		payload_definition(c, ev);
	buf_byte(&c->b, T_EOF);
	patch_size(c, size_at);
	c->templates[bucket] = offset;
	c->known[c->n_known++] = (struct bx_template){ev, system, offset};
}

/* The head of an instance: the definition's place, and the definition where it is new. */
static void put_instance(struct bx_chunk *c, const struct bx_event *ev, bool system)
{
	struct guid g = template_guid(ev, system, c->computer);

	buf_byte(&c->b, T_INSTANCE);
	buf_byte(&c->b, 1);
	buf_add(&c->b, g.b, 4);
	for (size_t i = 0; i < c->n_known; i++) {
		if (is_known(&c->known[i], ev, system)) {
			buf_u32(&c->b, c->known[i].offset);
			return;
		}
	}
	define(c, ev, system);
}

/* ---- the record ---- */

static void add_u(struct bx_values *v, uint8_t type, uint64_t x, size_t n)
{
	uint8_t raw[8];

	for (size_t i = 0; i < 8; i++)
		raw[i] = (uint8_t)(x >> (8 * i));
	bx_values_add(v, type, raw, n);
}

static void add_null(struct bx_values *v, size_t n)
{
	while (n--)
		bx_values_add(v, BX_NULL, NULL, 0);
}

static void add_text(struct bx_values *v, const char *text)
{
	size_t before = v->data.n;

	text_to_utf16(&v->data, view_str(text));
	bx_values_claim(v, BX_STRING, before);
}

static void add_source(struct bx_values *v, const struct bx_event *ev)
{
	struct guid g;

	if (ev->system != SYSTEM_MODERN) {
		add_null(v, S_LITERAL_PAYLOAD - S_RELATED);
		return;
	}
	add_null(v, 1);
	add_text(v, ev->provider);
	if (ev->guid && guid_parse(view_str(ev->guid), &g))
		bx_values_add(v, BX_GUID, g.b, 16);
	else
		add_null(v, 1);
	add_text(v, ev->channel);
}

/* All values of System but the last, which is the event's own part. */
static void system_values(struct bx_values *v, const struct bx_record *r)
{
	const struct bx_event *ev = r->event;
	bool classic = ev->system == SYSTEM_CLASSIC;

	add_u(v, BX_UINT8, ev->level, 1);
	add_u(v, BX_UINT8, ev->opcode, 1);
	add_u(v, BX_UINT16, ev->task, 2);
	add_u(v, BX_UINT16, ev->id, 2);
	if (ev->has_qualifiers)
		add_u(v, BX_UINT16, ev->qualifiers, 2);
	else
		add_null(v, 1);
	add_u(v, BX_HEX64, ev->keywords, 8);
	add_u(v, BX_FILETIME, r->written, 8);
	add_null(v, 1);
	add_u(v, BX_UINT32, classic ? 0 : r->pid, 4);
	add_u(v, BX_UINT32, classic ? 0 : r->tid, 4);
	add_u(v, BX_UINT64, r->id, 8);
	add_u(v, BX_UINT8, ev->version, 1);
	bx_values_add(v, r->user_sid.n ? BX_SID : BX_NULL, r->user_sid.p, r->user_sid.n);
	add_source(v, ev);
	bx_values_add(v, BX_XML, NULL, 0);
}

static void put_payload(struct bx_chunk *c, const struct bx_record *r)
{
	put_header(&c->b);
	put_instance(c, r->event, false);
	buf_view(&c->b, r->values);
	buf_byte(&c->b, T_EOF);
}

int bx_record_body(struct bx_chunk *c, const struct bx_record *r)
{
	struct bx_values v;
	size_t descriptor, at;
	int rc = 0;

	bx_values_init(&v);
	system_values(&v, r);
	put_header(&c->b);
	put_instance(c, r->event, true);
	descriptor = c->b.n + 4 * v.n; /* count first, so this is the last one */
	bx_values_end(&v, &c->b);
	at = c->b.n;
	put_payload(c, r);
	if (c->b.n - at > UINT16_MAX)
		c->b.bad = true;
	patch16(c, descriptor, (uint16_t)(c->b.n - at));
	buf_byte(&c->b, T_EOF);
	if (v.data.bad)
		rc = -1;
	bx_values_release(&v);
	return rc;
}
