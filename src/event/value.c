/* SPDX-License-Identifier: Apache-2.0 */
#include "value-private.h"

void value_bytes(struct buf *out, struct view raw)
{
	char text[2 * 64 + 8];

	for (size_t at = 0; at < raw.n && !out->bad; at += 64) {
		struct view some = view_sub(raw, at, 64);

		hex_upper(some, text);
		buf_add(out, text, 2 * some.n);
	}
}

/* ---- texts ---- */

struct view value_trimmed(struct view ansi)
{
	while (ansi.n && !ansi.p[ansi.n - 1])
		ansi.n--;
	return ansi;
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

/* UTF-16 of an odd size is of the wrong size for its type. */
static void utf16_text(struct buf *out, struct view raw)
{
	struct view text = text16_trimmed(raw);

	if (text.n % 2)
		value_bytes(out, raw);
	else
		text_from_utf16(out, text);
}

static void string_text(struct buf *out, uint8_t type, struct view raw)
{
	if (type == VALUE_UTF8)
		buf_view(out, raw);
	else if (type == VALUE_ANSI)
		ansi_text(out, value_trimmed(raw));
	else
		utf16_text(out, raw);
}

static bool is_string(uint8_t type)
{
	return type == VALUE_UTF16 || type == VALUE_ANSI || type == VALUE_UTF8 || type == VALUE_XML;
}

/* One value that is no string and no array, of a size that fits its type or not. */
static void scalar_text(struct buf *out, uint8_t type, struct view raw)
{
	char text[VALUE_SCALAR];
	size_t n = value_scalar(&(struct value){type, raw}, text);

	if (n)
		buf_add(out, text, n);
	else if (type == VALUE_SID)
		sid_text(out, raw);
	else if (type != VALUE_NULL)
		value_bytes(out, raw);
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
		raw = text16_trimmed(raw);
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
