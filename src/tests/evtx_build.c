/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evtx_build.h"

/* ---- bytes ---- */

void build_bytes(struct build *b, const void *p, size_t n)
{
	if (b->n + n > EVTX_CHUNK_SIZE)
		abort();
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

void build_u8(struct build *b, unsigned v)
{
	build_bytes(b, &(uint8_t){(uint8_t)v}, 1);
}

void build_u16(struct build *b, unsigned v)
{
	build_u8(b, v & 0xff);
	build_u8(b, v >> 8 & 0xff);
}

void build_u32(struct build *b, uint32_t v)
{
	build_u16(b, v & 0xffff);
	build_u16(b, v >> 16);
}

void build_u64(struct build *b, uint64_t v)
{
	build_u32(b, (uint32_t)v);
	build_u32(b, (uint32_t)(v >> 32));
}

void build_put32(struct build *b, size_t at, uint32_t v)
{
	size_t n = b->n;

	b->n = at;
	build_u32(b, v);
	b->n = n;
}

size_t build_utf16(uint8_t *out, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = (uint8_t)text[i];
		out[2 * i + 1] = 0;
	}
	return 2 * n;
}

static void put_utf16(struct build *b, const char *text)
{
	for (; *text; text++)
		build_u16(b, (uint8_t)*text);
}

/* ---- the chunk ---- */

void build_start(struct build *b)
{
	*b = (struct build){.n = EVTX_CHUNK_HEADER_SIZE};
	b->p = calloc(1, EVTX_CHUNK_SIZE);
	if (!b->p)
		abort();
}

void build_free(struct build *b)
{
	free(b->p);
	b->p = NULL;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void build_checksums(uint8_t *chunk)
{
	build_checksums_of(chunk, EVTX_CHUNK_SIZE);
}

void build_checksums_of(uint8_t *chunk, size_t n)
{
	uint32_t end, crc;

	if (n < EVTX_CHUNK_HEADER_SIZE)
		return;
	end = get32(chunk + 48);
	if (end >= EVTX_CHUNK_HEADER_SIZE && end <= n)
		put32(chunk + 52, crc32_add(0, (struct view){chunk + 512, end - 512}));
	crc = crc32_add(0, (struct view){chunk, 120});
	put32(chunk + 124, crc32_add(crc, (struct view){chunk + 128, 384}));
}

void build_finish(struct build *b)
{
	size_t end = b->n;

	b->n = 0;
	build_bytes(b, "ElfChnk", 8);
	build_u64(b, b->first_id);
	build_u64(b, b->last_id);
	build_u64(b, b->first_id);
	build_u64(b, b->last_id);
	build_u32(b, 128);
	build_u32(b, (uint32_t)b->last_record);
	build_u32(b, (uint32_t)end);
	b->n = end;
	build_checksums(b->p);
}

void build_keep(const uint8_t *chunk, const char *row)
{
	const char *folder = getenv("EVTXHOUND_CORPUS");
	size_t n = EVTX_CHUNK_SIZE;
	char path[4096];
	FILE *f;

	if (!folder)
		return;
	while (n && !chunk[n - 1])
		n--;
	n = (n + 7) / 8 * 8; /* zeros that end the size behind the last record */
	snprintf(path, sizeof(path), "%s/%s", folder, row);
	for (char *p = path + strlen(folder) + 1; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", *p | 0x20))
			*p = '_';
	f = fopen(path, "wb");
	if (!f || fwrite(chunk, 1, n, f) != n || fclose(f))
		abort();
}

/* ---- records ---- */

void build_record(struct build *b, uint64_t id, uint64_t time)
{
	b->record = b->n;
	b->last_record = b->n;
	b->last_id = id;
	if (!b->first_id)
		b->first_id = id;
	build_u32(b, 0x2a2a);
	build_u32(b, 0);
	build_u64(b, id);
	build_u64(b, time);
	build_fragment(b);
}

void build_record_end(struct build *b)
{
	build_u8(b, 0);
	while ((b->n - b->record + 4) % 8)
		build_u8(b, 0);
	build_u32(b, (uint32_t)(b->n + 4 - b->record));
	build_put32(b, b->record + 4, (uint32_t)(b->n - b->record));
}

/* ---- tokens ---- */

void build_fragment(struct build *b)
{
	build_bytes(b, "\x0f\x01\x01\x00", 4);
}

void build_name(struct build *b, const char *text)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < b->n_names; i++)
		if (!strcmp(b->names[i].text, text)) {
			build_u32(b, b->names[i].offset);
			return;
		}
	if (b->n_names == BUILD_MARKS)
		abort();
	b->names[b->n_names].text = text;
	b->names[b->n_names++].offset = (uint32_t)(b->n + 4);
	build_u32(b, (uint32_t)(b->n + 4));
	for (const char *p = text; *p; p++)
		hash = hash * 65599 + (uint8_t)*p;
	build_u32(b, 0);
	build_u16(b, hash & 0xffff);
	build_u16(b, (unsigned)strlen(text));
	put_utf16(b, text);
	build_u16(b, 0);
}

void build_open(struct build *b, const char *name, bool attributes)
{
	build_u8(b, attributes ? 0x41 : 0x01);
	if (!b->embedded)
		build_u16(b, 0xffff);
	b->open[b->n_open++] = b->n;
	build_u32(b, 0);
	build_name(b, name);
	if (attributes)
		build_u32(b, 0);
}

static void fill_size(struct build *b)
{
	size_t at = b->open[--b->n_open];

	build_put32(b, at, (uint32_t)(b->n - at - 4));
}

void build_close_start(struct build *b)
{
	build_u8(b, 2);
}

void build_close_empty(struct build *b)
{
	build_u8(b, 3);
	fill_size(b);
}

void build_end(struct build *b)
{
	build_u8(b, 4);
	fill_size(b);
}

void build_attribute(struct build *b, const char *name, bool more)
{
	build_u8(b, more ? 0x46 : 0x06);
	build_name(b, name);
}

void build_text(struct build *b, const char *text)
{
	build_u8(b, 5);
	build_u8(b, 1);
	build_u16(b, (unsigned)strlen(text));
	put_utf16(b, text);
}

void build_slot(struct build *b, unsigned slot, uint8_t type)
{
	build_u8(b, 0x0d);
	build_u16(b, slot);
	build_u8(b, type);
}

void build_optional(struct build *b, unsigned slot, uint8_t type)
{
	build_u8(b, 0x0e);
	build_u16(b, slot);
	build_u8(b, type);
}

/* ---- templates ---- */

uint32_t build_template(struct build *b, uint32_t id)
{
	uint32_t definition = (uint32_t)b->n + 10;

	build_instance(b, id, definition);
	build_u32(b, 0);
	build_u32(b, id);
	build_bytes(b, "0123456789ab", 12);
	build_u32(b, 0);
	build_fragment(b);
	return definition;
}

void build_template_end(struct build *b, uint32_t definition)
{
	build_u8(b, 0);
	build_put32(b, definition + 20, (uint32_t)b->n - definition - 24);
}

void build_instance(struct build *b, uint32_t id, uint32_t definition)
{
	build_u8(b, 0x0c);
	build_u8(b, 1);
	build_u32(b, id);
	build_u32(b, definition);
}

void build_values(struct build *b, const struct build_value *v, size_t n)
{
	build_u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		build_u16(b, (unsigned)v[i].n);
		build_u8(b, v[i].type);
		build_u8(b, 0);
	}
	for (size_t i = 0; i < n; i++)
		build_bytes(b, v[i].p, v[i].n);
}

/* ---- a whole event ---- */

#define SYSTEM_ID 0x11111111u
#define DATA_ID 0x22222222u

static void leaf(struct build *b, const char *name, unsigned slot, uint8_t type)
{
	build_open(b, name, false);
	build_close_start(b);
	build_optional(b, slot, type);
	build_end(b);
}

static void system_body(struct build *b)
{
	build_open(b, "Event", true);
	build_attribute(b, "xmlns", false);
	build_text(b, "http://schemas.microsoft.com/win/2004/08/events/event");
	build_close_start(b);
	build_open(b, "System", false);
	build_close_start(b);
	build_open(b, "Provider", true);
	build_attribute(b, "Name", true);
	build_text(b, "Test-Provider");
	build_attribute(b, "Guid", false);
	build_text(b, "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}");
	build_close_empty(b);
	build_open(b, "EventID", true);
	build_attribute(b, "Qualifiers", false);
	build_optional(b, 4, VALUE_UINT16);
	build_close_start(b);
	build_optional(b, 3, VALUE_UINT16);
	build_end(b);
	leaf(b, "Level", 0, VALUE_UINT8);
	leaf(b, "Keywords", 5, VALUE_HEX64);
	build_open(b, "TimeCreated", true);
	build_attribute(b, "SystemTime", false);
	build_optional(b, 6, VALUE_FILETIME);
	build_close_empty(b);
	leaf(b, "EventRecordID", 10, VALUE_UINT64);
	build_open(b, "Channel", false);
	build_close_start(b);
	build_text(b, "Test/Channel");
	build_end(b);
	leaf(b, "Computer", 7, VALUE_UTF16);
	build_open(b, "Security", true);
	build_attribute(b, "UserID", false);
	build_optional(b, 12, VALUE_SID);
	build_close_empty(b);
	build_end(b);
	build_optional(b, 13, VALUE_BINXML);
	build_end(b);
}

static void data_field(struct build *b, const char *name, unsigned slot, uint8_t type)
{
	build_open(b, "Data", true);
	build_attribute(b, "Name", false);
	build_text(b, name);
	build_close_start(b);
	build_slot(b, slot, type);
	build_end(b);
}

static void data_body(struct build *b)
{
	build_open(b, "EventData", false);
	build_close_start(b);
	data_field(b, "A", 0, VALUE_UTF16);
	data_field(b, "B", 1, VALUE_UINT32);
	data_field(b, "C", 2, VALUE_GUID);
	build_end(b);
}

static void begin(struct build *b, uint32_t id, uint32_t *definition, void (*body)(struct build *))
{
	if (*definition) {
		build_instance(b, id, *definition);
		return;
	}
	*definition = build_template(b, id);
	body(b);
	build_template_end(b, *definition);
}

static void data_instance(struct build *b, struct build_event *e, const char *text)
{
	uint8_t utf16[4096];
	struct build_value v[] = {
		{VALUE_UTF16, utf16, build_utf16(utf16, text)},
		{VALUE_UINT32, "\x39\x05\0", 4},
		{VALUE_GUID, "0123456789abcdef", 16},
	};

	build_fragment(b);
	begin(b, DATA_ID, &e->data, data_body);
	build_values(b, v, 3);
	build_u8(b, 0);
}

void build_event(struct build *b, struct build_event *e, uint64_t id, const char *text)
{
	uint64_t time = BUILD_TIME + id;
	size_t descriptors, start;
	struct build_value v[14] = {
		[0] = {VALUE_UINT8, "\4", 1},
		[3] = {VALUE_UINT16, "\1", 2},
		[5] = {VALUE_HEX64, "\0\0\0\0\0\0\0\x80", 8},
		[6] = {VALUE_FILETIME, &time, 8},
		[7] = {VALUE_UTF16, "H\0O\0S\0T\0\0", 10},
		[10] = {VALUE_UINT64, &id, 8},
		[12] = {VALUE_SID, "\1\1\0\0\0\0\0\5\x12\0\0", 12},
		[13] = {VALUE_BINXML, NULL, 0},
	};

	build_record(b, id, time);
	begin(b, SYSTEM_ID, &e->system, system_body);
	descriptors = b->n + 4;
	build_values(b, v, 14);
	start = b->n;
	data_instance(b, e, text);
	build_put32(b, descriptors + 13 * 4,
		    (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

/* ---- a record with event data and nothing else ---- */

void build_data_start(struct build *b, uint32_t *definition)
{
	build_record(b, 1, BUILD_TIME);
	*definition = build_template(b, 5);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "EventData", false);
	build_close_start(b);
}

void build_data_end(struct build *b, uint32_t definition, const struct build_value *v, size_t n)
{
	build_end(b);
	build_end(b);
	build_template_end(b, definition);
	build_values(b, v, n);
	build_record_end(b);
}

void build_data_open(struct build *b, const char *name)
{
	build_open(b, "Data", name);
	if (name) {
		build_attribute(b, "Name", false);
		build_text(b, name);
	}
	build_close_start(b);
}

void build_user_data(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "UserData", false);
	build_close_start(b);
	build_open(b, "Cleared", true);
	build_attribute(b, "xmlns", true);
	build_text(b, "urn:x");
	build_attribute(b, "by", false);
	build_text(b, "me");
	build_close_start(b);
	build_open(b, "Who", false);
	build_close_start(b);
	build_text(b, "you");
	build_end(b);
	build_open(b, "Nobody", false);
	build_close_empty(b);
	build_end(b);
	build_end(b);
	build_end(b);
	build_record_end(b);
}
