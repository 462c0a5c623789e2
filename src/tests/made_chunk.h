/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MADE_CHUNK_H
#define EVTXHOUND_MADE_CHUNK_H
/*
 * Chunks made by hand for tests of the decoders: records as Windows writes them (an event template
 * with System, an event-data template nested in it), byte by byte, so that a test can also do what
 * Windows would not. Include after testing.h.
 */
#include "evtxhound/event.h"

struct made_field {
	const char *name; /* NULL: <Data> without a name */
	uint8_t type;
	struct view raw;
};
struct made_record {
	uint64_t id, time;
	uint16_t event_id;
	uint32_t template_id;    /* of the event data */
	const char *provider, *channel, *computer;
	const struct made_field *fields;
	size_t n;
	bool odd; /* an entity reference in an attribute, which libevtx cannot read */
};
struct made {
	struct buf b;         /* the chunk so far; an index in it is an offset in the chunk */
	size_t last;          /* offset of the last record */
	uint64_t first_id, last_id;
	size_t defined[8];    /* where the templates stand, by template_id % 8; 0: not yet */
	size_t head_defined;
	size_t values;        /* where the last record's event data has its number of values */
};

static inline void made_patch(struct made *m, size_t at, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		m->b.p[at + i] = (uint8_t)(v >> (8 * i));
}

/* Bytes in hexadecimal. */
static inline void made_hex(struct made *m, const char *hex)
{
	for (; hex[0] && hex[1]; hex += 2) {
		char pair[3] = {hex[0], hex[1], 0};
		buf_byte(&m->b, (uint8_t)strtoul(pair, NULL, 16));
		if (hex[2] == ' ')
			hex++;
	}
}

static inline void made_units(struct made *m, const char *text)
{
	text_to_utf16(&m->b, view_str(text));
}

/* A name, standing where it is first used. */
static inline void made_name(struct made *m, const char *name)
{
	uint16_t hash = 0;

	for (const char *c = name; *c; c++)
		hash = (uint16_t)(hash * 65599u + (uint8_t)*c);
	buf_u32(&m->b, (uint32_t)m->b.n + 4);
	buf_u32(&m->b, 0);
	buf_u16(&m->b, hash);
	buf_u16(&m->b, (uint16_t)strlen(name));
	made_units(m, name);
	buf_u16(&m->b, 0);
}

/* An element up to its attributes; returns where its size goes. */
static inline size_t made_open(struct made *m, const char *name, bool attributes)
{
	buf_byte(&m->b, attributes ? 0x41 : 0x01);
	buf_u16(&m->b, 0xffff);
	buf_u32(&m->b, 0);
	size_t at = m->b.n;
	made_name(m, name);
	return at;
}

static inline void made_close(struct made *m, size_t at)
{
	buf_byte(&m->b, 0x04);
	made_patch(m, at - 4, 4, m->b.n - at);
}

static inline void made_text(struct made *m, const char *text)
{
	made_hex(m, "0501");
	buf_u16(&m->b, (uint16_t)strlen(text));
	made_units(m, text);
}

static inline void made_slot(struct made *m, uint16_t slot, uint8_t type)
{
	buf_byte(&m->b, 0x0e);
	buf_u16(&m->b, slot);
	buf_byte(&m->b, type);
}

/* One attribute: a literal, or a slot when `literal` is NULL. */
static inline void made_attribute(struct made *m, const char *name, const char *literal,
				  uint16_t slot, uint8_t type)
{
	buf_u32(&m->b, 0);
	size_t at = m->b.n;
	buf_byte(&m->b, 0x06);
	made_name(m, name);
	if (literal)
		made_text(m, literal);
	else
		made_slot(m, slot, type);
	made_patch(m, at - 4, 4, m->b.n - at);
}

static inline void made_leaf(struct made *m, const char *name, const char *literal, uint16_t slot,
			     uint8_t type)
{
	size_t at = made_open(m, name, false);

	buf_byte(&m->b, 0x02);
	if (literal)
		made_text(m, literal);
	else
		made_slot(m, slot, type);
	made_close(m, at);
}

static inline size_t made_definition(struct made *m, uint32_t id)
{
	size_t at = m->b.n;

	buf_u32(&m->b, 0);
	buf_u32(&m->b, id);
	made_hex(m, "0102030405060708090a0b0c");
	buf_u32(&m->b, 0);
	made_hex(m, "0f010100");
	return at;
}

static inline void made_defined(struct made *m, size_t at)
{
	buf_byte(&m->b, 0);
	made_patch(m, at + 20, 4, m->b.n - at - 24);
}

static inline void made_head_definition(struct made *m, const struct made_record *r)
{
	size_t at = made_definition(m, 0x11223344);
	size_t event = made_open(m, "Event", false);

	buf_byte(&m->b, 0x02);
	size_t system = made_open(m, "System", false);
	buf_byte(&m->b, 0x02);
	size_t element = made_open(m, "Provider", true);
	made_attribute(m, "Name", r->provider, 0, 0);
	buf_byte(&m->b, 0x03);
	made_patch(m, element - 4, 4, m->b.n - element);
	made_leaf(m, "EventID", NULL, 0, VALUE_UINT16);
	element = made_open(m, "TimeCreated", true);
	made_attribute(m, "SystemTime", NULL, 1, VALUE_FILETIME);
	buf_byte(&m->b, 0x03);
	made_patch(m, element - 4, 4, m->b.n - element);
	made_leaf(m, "EventRecordID", NULL, 2, VALUE_UINT64);
	made_leaf(m, "Channel", r->channel, 0, 0);
	made_leaf(m, "Computer", r->computer, 0, 0);
	made_close(m, system);
	made_slot(m, 3, VALUE_BINXML);
	made_close(m, event);
	made_defined(m, at);
	m->head_defined = at;
}

static inline void made_data_definition(struct made *m, const struct made_record *r)
{
	size_t at = made_definition(m, r->template_id);
	size_t data = made_open(m, "EventData", false);

	buf_byte(&m->b, 0x02);
	for (uint16_t i = 0; i < r->n; i++) {
		const struct made_field *f = &r->fields[i];
		size_t element = made_open(m, "Data", f->name != NULL);
		if (f->name)
			made_attribute(m, "Name", f->name, 0, 0);
		if (f->name && r->odd) {
			made_hex(m, "49"); /* an entity reference, and more to come */
			made_name(m, "amp");
		}
		buf_byte(&m->b, 0x02);
		made_slot(m, i, f->type);
		made_close(m, element);
	}
	made_close(m, data);
	made_defined(m, at);
	m->defined[r->template_id % 8] = at;
}

/* The token of a template instance; its definition follows when it is used for the first time. */
static inline bool made_instance(struct made *m, uint32_t id, size_t defined)
{
	made_hex(m, "0f010100 0c01");
	buf_u32(&m->b, id);
	buf_u32(&m->b, (uint32_t)(defined ? defined : m->b.n + 4));
	return !defined;
}

/* The table of sizes and types; returns where it begins. */
static inline size_t made_table(struct made *m, size_t n)
{
	buf_u32(&m->b, (uint32_t)n);
	size_t at = m->b.n;
	for (size_t i = 0; i < n; i++)
		buf_u32(&m->b, 0);
	return at;
}

static inline void made_row(struct made *m, size_t table, size_t i, size_t size, uint8_t type)
{
	made_patch(m, table + 4 * i, 2, size);
	made_patch(m, table + 4 * i + 2, 2, type);
}

static inline void made_data(struct made *m, const struct made_record *r)
{
	if (made_instance(m, r->template_id, m->defined[r->template_id % 8]))
		made_data_definition(m, r);
	m->values = m->b.n;
	size_t table = made_table(m, r->n);
	for (size_t i = 0; i < r->n; i++) {
		buf_view(&m->b, r->fields[i].raw);
		made_row(m, table, i, r->fields[i].raw.n, r->fields[i].type);
	}
	buf_byte(&m->b, 0);
}

/* Appends a record; returns its offset in the chunk. */
static inline size_t made_add(struct made *m, const struct made_record *r)
{
	size_t at = m->b.n;

	made_hex(m, "2a2a0000");
	buf_u32(&m->b, 0);
	buf_u64(&m->b, r->id);
	buf_u64(&m->b, r->time);
	if (made_instance(m, 0x11223344, m->head_defined))
		made_head_definition(m, r);
	size_t table = made_table(m, 4);
	buf_u16(&m->b, r->event_id);
	made_row(m, table, 0, 2, VALUE_UINT16);
	buf_u64(&m->b, r->time);
	made_row(m, table, 1, 8, VALUE_FILETIME);
	buf_u64(&m->b, r->id);
	made_row(m, table, 2, 8, VALUE_UINT64);
	size_t nested = m->b.n;
	made_data(m, r);
	made_row(m, table, 3, m->b.n - nested, VALUE_BINXML);
	buf_byte(&m->b, 0);
	while ((m->b.n - at) % 8 != 4)
		buf_byte(&m->b, 0);
	made_patch(m, at + 4, 4, m->b.n + 4 - at);
	buf_u32(&m->b, (uint32_t)(m->b.n + 4 - at));
	m->last = at;
	m->first_id = m->first_id ? m->first_id : r->id;
	m->last_id = r->id;
	return at;
}

static inline void made_begin(struct made *m)
{
	memset(m, 0, sizeof(*m));
	buf_init(&m->b, 1 << 20);
	buf_add(&m->b, "ElfChnk", 8);
	while (m->b.n < EVTX_CHUNK_HEADER_SIZE)
		buf_byte(&m->b, 0);
	made_patch(m, 40, 4, 128);
}

/* Checksums anew, after a test has changed something. `free_at`: the end of the records. */
static inline void made_sum(struct made *m, size_t free_at)
{
	struct view all = buf_data(&m->b);

	made_patch(m, 48, 4, free_at);
	made_patch(m, 52, 4, crc32_add(0, view_sub(all, 512, free_at - 512)));
	uint32_t crc = crc32_add(0, view_sub(all, 0, 120));
	made_patch(m, 124, 4, crc32_add(crc, view_sub(all, 128, 512 - 128)));
}

/* The header's numbers and checksums; the view lives until buf_release(&m->b). */
static inline struct view made_end(struct made *m)
{
	size_t free_at = m->b.n;

	while (m->b.n < EVTX_CHUNK_SIZE)
		buf_byte(&m->b, 0);
	made_patch(m, 8, 8, m->first_id);
	made_patch(m, 16, 8, m->last_id);
	made_patch(m, 24, 8, m->first_id);
	made_patch(m, 32, 8, m->last_id);
	made_patch(m, 44, 4, m->last);
	made_sum(m, free_at);
	return buf_data(&m->b);
}

#endif
