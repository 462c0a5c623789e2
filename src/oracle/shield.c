/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libevtx writes values into its XML as they are. Some of what Windows logs is no XML (control
 * characters, bytes that are no UTF-8), and some an XML parser would change (CR; line breaks and
 * tabs in attributes). Each such unit becomes two characters, U+FDD0 (which no text should hold)
 * and a private one that says what it was; unshield() turns them back after parsing. So a value
 * with a control character is read like any other, and only broken markup breaks a record.
 */
#include "oracle-private.h"

#include <string.h>

#define SHIELD 0xfdd0u
#define SHIELD_CONTROL 0xe000u   /* + U+0000..U+001F */
#define SHIELD_BYTE 0xe100u      /* + a byte that is no UTF-8 */
#define SHIELD_LAST 0xe200u      /* + the low byte of U+FFFE, U+FFFF */
#define SHIELD_SURROGATE 0xe800u /* + 0..0x7ff of a lone surrogate */

static const uint8_t shield_bytes[3] = {0xef, 0xb7, 0x90}; /* U+FDD0 */

static void put(struct buf *out, uint32_t what)
{
	buf_add(out, shield_bytes, sizeof(shield_bytes));
	text_put(out, what);
}

/* What stands for `cp`, or 0 when it can stay. */
static uint32_t cover_of(uint32_t cp)
{
	if (cp & TEXT_BAD)
		return SHIELD_BYTE + (cp & 0xff);
	if (cp >= 0xd800 && cp <= 0xdfff)
		return SHIELD_SURROGATE + (cp - 0xd800);
	if (cp == 0xfffe || cp == 0xffff)
		return SHIELD_LAST + (cp & 0xff);
	if (cp == SHIELD)
		return SHIELD;
	return 0;
}

static void shield_wide(struct buf *out, struct view *rest)
{
	const uint8_t *from = rest->p;
	uint32_t cover = cover_of(text_next(rest));

	if (cover)
		put(out, cover);
	else
		buf_add(out, from, (size_t)(rest->p - from));
}

/* Where in the markup a byte stands, as far as it matters here. */
struct where {
	bool tag;
	uint8_t quote; /* the quote an attribute's value is in, or 0 */
};

static void where_step(struct where *w, uint8_t c, uint8_t next)
{
	if (w->quote) {
		if (c == w->quote)
			w->quote = 0;
	} else if (w->tag) {
		if (c == '>')
			w->tag = false;
		else if (c == '"' || c == '\'')
			w->quote = c;
	} else if (c == '<') {
		/* Declarations, comments, CDATA: nothing in them is an attribute. */
		w->tag = next != '!' && next != '?';
	}
}

static bool must_cover(const struct where *w, uint8_t c)
{
	if (c >= 0x20)
		return false;
	if (c == '\n' || c == '\t')
		return w->quote != 0;
	return true;
}

void shield(struct buf *out, struct view xml)
{
	struct where w = {0};
	struct view rest = xml;
	const uint8_t *kept = rest.p; /* what stands before it is in `out` */
	while (rest.n) {
		uint8_t c = *rest.p;

		if (c >= 0x80 || must_cover(&w, c)) {
			buf_add(out, kept, (size_t)(rest.p - kept));
			if (c >= 0x80) {
				shield_wide(out, &rest);
			} else {
				put(out, SHIELD_CONTROL + c);
				rest = view_sub(rest, 1, rest.n);
			}
			kept = rest.p;
			continue;
		}
		where_step(&w, c, rest.n > 1 ? rest.p[1] : 0);
		rest.p++;
		rest.n--;
	}
	buf_add(out, kept, (size_t)(rest.p - kept));
}

bool shielded(struct view text)
{
	return text.n && memmem(text.p, text.n, shield_bytes, sizeof(shield_bytes));
}

static void uncover(struct buf *out, uint32_t cover)
{
	if (cover >= SHIELD_SURROGATE && cover < SHIELD_SURROGATE + 0x800)
		text_put(out, cover - SHIELD_SURROGATE + 0xd800);
	else if (cover >= SHIELD_LAST && cover < SHIELD_LAST + 0x100)
		text_put(out, 0xff00 | (cover & 0xff));
	else if (cover >= SHIELD_BYTE && cover < SHIELD_BYTE + 0x100)
		buf_byte(out, (uint8_t)(cover & 0xff));
	else if (cover >= SHIELD_CONTROL && cover < SHIELD_CONTROL + 0x20)
		buf_byte(out, (uint8_t)(cover & 0xff));
	else
		text_put(out, cover);
}

void unshield(struct buf *out, struct view text)
{
	while (shielded(text)) {
		const uint8_t *at = memmem(text.p, text.n, shield_bytes, sizeof(shield_bytes));
		size_t before = (size_t)(at - text.p);
		buf_add(out, text.p, before);
		text = view_sub(text, before + sizeof(shield_bytes), text.n);
		if (text.n)
			uncover(out, text_next(&text));
	}
	buf_view(out, text);
}
