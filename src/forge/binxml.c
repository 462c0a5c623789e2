/* SPDX-License-Identifier: Apache-2.0 */
/* BinXML of a record, as the event log service writes it (MS-EVEN6 2.2.12). */
#include "tokens.h"

#include <string.h>

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
	uint32_t bucket = guid_bucket(&g), offset = bx_here(c) + 4;
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
	bx_put_header(&c->b);
	if (system)
		bx_system_definition(c, ev);
	else
		bx_payload_definition(c, ev);
	buf_byte(&c->b, T_EOF);
	bx_patch_size(c, size_at);
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
	bx_put_header(&c->b);
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
	bx_put_header(&c->b);
	put_instance(c, r->event, true);
	descriptor = c->b.n + 4 * v.n; /* count first, so this is the last one */
	bx_values_end(&v, &c->b);
	at = c->b.n;
	put_payload(c, r);
	if (c->b.n - at > UINT16_MAX)
		c->b.bad = true;
	bx_patch16(c, descriptor, (uint16_t)(c->b.n - at));
	buf_byte(&c->b, T_EOF);
	if (v.data.bad)
		rc = -1;
	bx_values_release(&v);
	return rc;
}
