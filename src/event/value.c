/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value-private.h"

void value_bytes(struct buf *out, struct view raw)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < raw.n && !out->bad; i++) {
		buf_byte(out, (uint8_t)digits[raw.p[i] >> 4]);
		buf_byte(out, (uint8_t)digits[raw.p[i] & 15]);
	}
}

/* ---- texts ---- */

struct view value_trimmed(struct view v, size_t unit)
{
	while (v.n >= unit && v.p[v.n - 1] == 0 && v.p[v.n - unit] == 0)
		v.n -= unit;
	return v;
}

static const uint16_t windows1252[32] = {
	0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
	0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static void ansi_text(struct buf *out, struct view raw)
{
	for (size_t i = 0; i < raw.n && !out->bad; i++) {
		uint8_t c = raw.p[i];

		text_put(out, c >= 0x80 && c < 0xa0 ? windows1252[c - 0x80] : c);
	}
}

static void string_text(struct buf *out, uint8_t type, struct view raw)
{
	if (type == VALUE_UTF8)
		buf_view(out, raw);
	else if (type == VALUE_ANSI)
		ansi_text(out, value_trimmed(raw, 1));
	else
		text_from_utf16(out, value_trimmed(raw, 2));
}

static bool is_string(uint8_t type)
{
	return type == VALUE_UTF16 || type == VALUE_ANSI || type == VALUE_UTF8 || type == VALUE_XML;
}

/* ---- numbers ---- */

size_t value_size(uint8_t type)
{
	static const uint8_t sizes[] = {
		[VALUE_INT8] = 1,    [VALUE_UINT8] = 1,    [VALUE_INT16] = 2,
		[VALUE_UINT16] = 2,  [VALUE_INT32] = 4,    [VALUE_UINT32] = 4,
		[VALUE_INT64] = 8,   [VALUE_UINT64] = 8,   [VALUE_REAL32] = 4,
		[VALUE_REAL64] = 8,  [VALUE_GUID] = 16,    [VALUE_FILETIME] = 8,
		[VALUE_HEX32] = 4,   [VALUE_HEX64] = 8,    [VALUE_SYSTEMTIME] = 16,
	};

	return type < sizeof(sizes) ? sizes[type] : 0;
}

uint64_t value_bits(struct view raw)
{
	uint64_t v = 0;

	for (size_t i = raw.n; i > 0; i--)
		v = v << 8 | raw.p[i - 1];
	return v;
}

int64_t value_signed(struct view raw)
{
	unsigned shift = (unsigned)(64 - 8 * raw.n);

	return (int64_t)(value_bits(raw) << shift) >> shift;
}

/* The fewest digits that read back to the same number, as people write it. */
static void real_text(struct buf *out, struct view raw)
{
	char text[48];
	uint64_t bits = value_bits(raw);
	uint32_t bits32 = (uint32_t)bits;
	float f;
	double d;

	memcpy(&f, &bits32, sizeof(f));
	memcpy(&d, &bits, sizeof(d));
	for (int digits = 6; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, raw.n == 4 ? (double)f : d);
		if (raw.n == 4 ? strtof(text, NULL) == f : strtod(text, NULL) == d)
			break;
	}
	buf_str(out, text);
}

/* ---- the rest ---- */

static void systemtime_text(struct buf *out, struct view raw)
{
	struct cursor c = cursor_of(raw);
	unsigned v[8];

	for (int i = 0; i < 8; i++)
		v[i] = cursor_u16(&c);
	if (v[1] < 1 || v[1] > 12 || v[3] < 1 || v[3] > 31 || v[4] > 23 || v[5] > 59 ||
	    v[6] > 60 || v[7] > 999)
		value_bytes(out, raw);
	else
		buf_fmt(out, "%04u-%02u-%02uT%02u:%02u:%02u.%03u0000Z", v[0], v[1], v[3], v[4],
			v[5], v[6], v[7]);
}

static void guid_text(struct buf *out, struct view raw)
{
	char text[GUID_TEXT];
	struct guid g;

	memcpy(g.b, raw.p, sizeof(g.b));
	guid_format(&g, text);
	buf_str(out, text);
}

static void time_text(struct buf *out, struct view raw)
{
	char text[TIME_TEXT];

	time_format(value_bits(raw), text);
	buf_str(out, text);
}

static void hexadecimal(struct buf *out, struct view raw)
{
	buf_fmt(out, "0x%llx", (unsigned long long)value_bits(raw));
}

static bool is_word(size_t n)
{
	return n == 4 || n == 8;
}

/* One value that is no string and no array, of a size that fits its type or not. */
static void scalar_text(struct buf *out, uint8_t type, struct view raw)
{
	size_t size = value_size(type);

	if (size && raw.n != size) {
		value_bytes(out, raw);
		return;
	}
	switch (type) {
	case VALUE_NULL:
		return;
	case VALUE_INT8:
	case VALUE_INT16:
	case VALUE_INT32:
	case VALUE_INT64:
		buf_fmt(out, "%lld", (long long)value_signed(raw));
		return;
	case VALUE_UINT8:
	case VALUE_UINT16:
	case VALUE_UINT32:
	case VALUE_UINT64:
		buf_fmt(out, "%llu", (unsigned long long)value_bits(raw));
		return;
	case VALUE_REAL32:
	case VALUE_REAL64:
		real_text(out, raw);
		return;
	case VALUE_BOOL:
		if (raw.n == 1 || raw.n == 2 || is_word(raw.n))
			buf_str(out, value_bits(raw) ? "true" : "false");
		else
			value_bytes(out, raw);
		return;
	case VALUE_GUID:
		guid_text(out, raw);
		return;
	case VALUE_SIZE:
	case VALUE_HANDLE:
		if (is_word(raw.n))
			hexadecimal(out, raw);
		else
			value_bytes(out, raw);
		return;
	case VALUE_HEX32:
	case VALUE_HEX64:
		hexadecimal(out, raw);
		return;
	case VALUE_FILETIME:
		time_text(out, raw);
		return;
	case VALUE_SYSTEMTIME:
		systemtime_text(out, raw);
		return;
	case VALUE_SID:
		sid_text(out, raw);
		return;
	default:
		value_bytes(out, raw);
	}
}

void value_text(struct buf *out, struct value v)
{
	if (!v.raw.n)
		return;
	if (v.type == (VALUE_UTF8 | VALUE_ARRAY)) /* VALUE_UTF8 is ours: no record can mean this */
		value_bytes(out, v.raw);
	else if (v.type & VALUE_ARRAY)
		array_text(out, v);
	else if (is_string(v.type))
		string_text(out, v.type, v.raw);
	else
		scalar_text(out, v.type, v.raw);
}

/* ---- views ---- */

static const uint8_t nothing[1];

bool value_is_ascii16(struct view raw)
{
	if (raw.n % 2)
		return false;
	for (size_t i = 0; i < raw.n; i += 2)
		if (raw.p[i] >= 0x80 || raw.p[i + 1])
			return false;
	return true;
}

/* The common case needs no buffer between. .n is less than the units when there are others. */
static struct view ascii_view(struct arena *a, struct view raw)
{
	uint8_t *p = arena_alloc(a, raw.n / 2);

	if (!p)
		return (struct view){0};
	return (struct view){p, text_narrow(p, raw.p, raw.n / 2)};
}

struct view value_view(struct arena *a, struct value v)
{
	struct view raw = v.raw, kept;
	struct buf b;

	if (v.type == VALUE_UTF16)
		raw = value_trimmed(raw, 2);
	if (!raw.n || v.type == VALUE_NULL)
		return (struct view){nothing, 0};
	if (v.type == VALUE_UTF8)
		return raw;
	if (v.type == VALUE_UTF16 && raw.n % 2 == 0) {
		kept = ascii_view(a, raw);
		if (!kept.p || kept.n == raw.n / 2)
			return kept;
	}
	buf_init(&b, LIMIT_RECORD_TEXT);
	value_text(&b, v);
	kept = (struct view){nothing, 0};
	if (b.bad)
		kept.p = NULL;
	else if (b.n)
		kept = arena_keep(a, buf_data(&b));
	buf_release(&b);
	return kept;
}
