/* SPDX-License-Identifier: Apache-2.0 */
/* Text made safe for the place it goes to. Everything here may have been written by an attacker. */
#include "profile.h"

struct range {
	uint32_t first, last;
};

/* Controls, bidi controls, and what takes no room or no ink: Unicode's Default_Ignorable characters
   and the ones that break lines. In order. */
static const struct range hidden[] = {
	{0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x034f, 0x034f},
	{0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
	{0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
	{0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
	{0xfffe, 0xffff},   {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool is_surrogate(uint32_t cp)
{
	return cp >= 0xd800 && cp <= 0xdfff;
}

bool text_hidden(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (cp <= hidden[i].last)
			return cp >= hidden[i].first;
	return false;
}

size_t text_hidden_ranges(uint32_t (*out)[2], size_t n)
{
	for (size_t i = 0; i < n && i < ARRAY_LEN(hidden); i++) {
		out[i][0] = hidden[i].first;
		out[i][1] = hidden[i].last;
	}
	return ARRAY_LEN(hidden);
}

struct view view_cut(struct view v, size_t n)
{
	if (n >= v.n)
		return v;
	while (n && (v.p[n] & 0xc0) == 0x80)
		n--;
	return view_sub(v, 0, n);
}

/* The ASCII characters that a writer copies as they are, a bit each. Nearly all text is that, and
   copying it is most of the work of a large timeline. */
struct plain {
	uint64_t low, high;
};
#define LOW(c) (UINT64_C(1) << (c))
#define HIGH(c) (UINT64_C(1) << ((c) - 64))
#define PRINTABLE (~UINT64_C(0) << 0x20)

static const struct plain csv_plain = {~(LOW(0) | LOW('"')), ~UINT64_C(0)};
static const struct plain json_plain = {PRINTABLE & ~LOW('"'), ~(HIGH('\\') | HIGH(0x7f))};
static const struct plain html_plain = {
	PRINTABLE & ~(LOW('&') | LOW('<') | LOW('>') | LOW('"') | LOW('\'')), ~HIGH(0x7f)};
static const struct plain terminal_plain = {PRINTABLE, ~HIGH(0x7f)};

static bool is_plain(const struct plain *set, uint8_t c)
{
	return c < 64 ? set->low >> c & 1 : c < 128 && (set->high >> (c - 64) & 1);
}

/* Copies what is plain at the beginning of *v; false: nothing is left behind it. */
static bool copy_plain(struct buf *b, struct view *v, const struct plain *set)
{
	size_t n = 0;

	while (n < v->n && is_plain(set, v->p[n]))
		n++;
	buf_add(b, v->p, n);
	*v = view_sub(*v, n, v->n);
	return v->n != 0;
}

static bool starts_formula(struct view v)
{
	return v.n != 0 && v.p[0] != 0 && strchr("=+-@\t\r'", v.p[0]) != NULL;
}

static bool wants_quotes(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '"' || v.p[i] == ',' || v.p[i] == '\r' || v.p[i] == '\n')
			return true;
	return false;
}

static void csv_char(struct buf *b, uint32_t cp)
{
	if (cp & TEXT_BAD)
		buf_fmt(b, "\\x%02X", (unsigned)(cp & 0xff));
	else if (is_surrogate(cp))
		buf_fmt(b, "\\u%04X", (unsigned)cp);
	else if (cp == 0)
		buf_str(b, "\\0");
	else if (cp == '"')
		buf_str(b, "\"\"");
	else
		text_put(b, cp);
}

void csv_field(struct buf *b, struct view v, bool guard)
{
	bool quotes = wants_quotes(v);

	if (quotes)
		buf_byte(b, '"');
	if (guard && starts_formula(v))
		buf_byte(b, '\'');
	while (copy_plain(b, &v, &csv_plain))
		csv_char(b, text_next(&v));
	if (quotes)
		buf_byte(b, '"');
}

static void json_unit(struct buf *b, uint32_t unit)
{
	buf_fmt(b, "\\u%04x", (unsigned)unit);
}

/* Hidden characters are escaped although JSON does not ask for it: the value is the same, and a
   terminal that shows the file obeys none of them. */
static void json_char(struct buf *b, uint32_t cp)
{
	if (cp & TEXT_BAD) {
		json_unit(b, 0xdc00 | (cp & 0xff));
	} else if (cp == '"' || cp == '\\') {
		buf_byte(b, '\\');
		buf_byte(b, (uint8_t)cp);
	} else if (!text_hidden(cp) && !is_surrogate(cp)) {
		text_put(b, cp);
	} else if (cp < 0x10000) {
		json_unit(b, cp);
	} else {
		json_unit(b, 0xd800 + ((cp - 0x10000) >> 10));
		json_unit(b, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	}
}

void json_string(struct buf *b, struct view v)
{
	buf_byte(b, '"');
	while (copy_plain(b, &v, &json_plain))
		json_char(b, text_next(&v));
	buf_byte(b, '"');
}

void json_readable(struct buf *b, struct view v)
{
	buf_byte(b, '"');
	while (copy_plain(b, &v, &json_plain)) {
		uint32_t cp = text_next(&v);

		if (cp & TEXT_BAD)
			buf_fmt(b, "\\\\x%02X", (unsigned)(cp & 0xff));
		else if (is_surrogate(cp))
			buf_fmt(b, "\\\\u%04X", (unsigned)cp);
		else
			json_char(b, cp);
	}
	buf_byte(b, '"');
}

void json_path(struct buf *b, struct view v)
{
	buf_byte(b, '"');
	while (v.n) {
		struct view at = v;
		uint32_t cp = text_next(&v);

		if (!is_surrogate(cp)) {
			json_char(b, cp);
			continue;
		}
		/* In a path these three bytes are no text: each stands for itself. */
		for (size_t i = 0; i < at.n - v.n; i++)
			json_unit(b, 0xdc00 | at.p[i]);
	}
	buf_byte(b, '"');
}

static void html_char(struct buf *b, uint32_t cp)
{
	if (cp & TEXT_BAD)
		buf_fmt(b, "<span class=c>\\x%02X</span>", (unsigned)(cp & 0xff));
	else if (text_hidden(cp) || is_surrogate(cp))
		buf_fmt(b, "<span class=c>U+%04X</span>", (unsigned)cp);
	else if (cp == '&')
		buf_str(b, "&amp;");
	else if (cp == '<')
		buf_str(b, "&lt;");
	else if (cp == '>')
		buf_str(b, "&gt;");
	else if (cp == '"')
		buf_str(b, "&quot;");
	else if (cp == '\'')
		buf_str(b, "&#39;");
	else
		text_put(b, cp);
}

void html_text(struct buf *b, struct view v)
{
	while (copy_plain(b, &v, &html_plain))
		html_char(b, text_next(&v));
}

void terminal_text(struct buf *b, struct view v)
{
	while (copy_plain(b, &v, &terminal_plain)) {
		uint32_t cp = text_next(&v);

		if (cp & TEXT_BAD)
			buf_fmt(b, "\\x%02X", (unsigned)(cp & 0xff));
		else if (cp < 0x80 && text_hidden(cp))
			buf_fmt(b, "\\x%02X", (unsigned)cp);
		else if (text_hidden(cp) || is_surrogate(cp))
			buf_fmt(b, "\\u{%04X}", (unsigned)cp);
		else
			text_put(b, cp);
	}
}
