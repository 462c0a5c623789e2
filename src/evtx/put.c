/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "render.h"

#define COMMA "\xef\xbf\xbd{002C}" /* of an item: escaped as what XML cannot hold */

static enum text_form form_of(enum mode m)
{
	static const uint8_t forms[] = {
		[MODE_XML] = TEXT_XML,
		[MODE_ATTRIBUTE] = TEXT_XML_ATTRIBUTE,
		[MODE_JSON] = TEXT_JSON,
		[MODE_PIECE] = TEXT_JSON,
	};

	return (enum text_form)forms[m];
}

void put_init(struct renderer *x, enum text16_kind kind)
{
	for (int m = MODE_XML; m <= MODE_PIECE; m++)
		text16_init(&x->text[m], kind, form_of((enum mode)m));
}

/* The quotes of a text in JSON. */
static inline void quote(struct render *x, enum mode m)
{
	uint8_t *p = m == MODE_JSON ? buf_room(x->out, 1) : NULL;

	if (!p)
		return;
	*p = '"';
	x->out->n++;
}

void put_view(struct render *x, struct view utf8, enum mode m)
{
	quote(x, m);
	x->odd |= text8_write(x->out, utf8, form_of(m)) > 0;
	quote(x, m);
}

/* ---- texts ---- */

static void put_binary(struct render *x, struct view raw, enum mode m)
{
	uint8_t *p;

	quote(x, m);
	p = buf_room(x->out, 2 * raw.n + 8);
	if (!p)
		return;
	hex_upper(raw, (char *)p);
	x->out->n += 2 * raw.n;
	quote(x, m);
}

/* Of an odd size it is of the wrong size for its type, like a number of 3 bytes; but not so plainly. */
static void put_utf16(struct render *x, struct view raw, enum mode m)
{
	struct view text = text16_trimmed(raw);

	if (text.n % 2) {
		x->odd = true;
		put_binary(x, raw, m);
		return;
	}
	quote(x, m);
	x->odd |= text16_write(&x->kept->text[m], x->out, text, x->end) > 0;
	quote(x, m);
}

/* ---- numbers and the like ---- */

static bool is_finite(const char *text)
{
	return (text[0] == '-' ? text[1] : text[0]) <= '9';
}

/*
 * Bare in JSON is what every reader holds exactly; larger numbers stay the texts that Windows
 * shows.
 */
static uint8_t *put_other_scalar(uint8_t *out, const struct value *v, enum mode m)
{
	bool quoted = m == MODE_JSON && v->type > VALUE_UINT32 && v->type != VALUE_BOOL;
	char *p = (char *)out;
	size_t n = value_scalar(v, p + quoted);

	if (!n)
		return NULL;
	if (!quoted)
		return out + n;
	if ((v->type == VALUE_REAL32 || v->type == VALUE_REAL64) && is_finite(p + 1)) {
		memmove(p, p + 1, n);
		return out + n;
	}
	p[0] = p[n + 1] = '"';
	return out + n + 2;
}

/* Numbers of up to 32 bits are most of System. */
uint8_t *put_scalar(uint8_t *out, const struct value *v, enum mode m)
{
	uint32_t number;

	if (v->type == VALUE_UINT32 && v->raw.n == 4)
		number = load_u32(v->raw.p);
	else if (v->type == VALUE_UINT16 && v->raw.n == 2)
		number = load_u16(v->raw.p);
	else if (v->type == VALUE_UINT8 && v->raw.n == 1)
		number = v->raw.p[0];
	else
		return put_other_scalar(out, v, m);
	if (number >= 100000000)
		return put_other_scalar(out, v, m);
	return out + decimal_short(number, (char *)out);
}

uint8_t *put_text(struct render *x, uint8_t *out, struct view raw, enum mode m)
{
	size_t odd = 0;

	if (m == MODE_JSON)
		*out++ = '"';
	out = text16_some(&x->kept->text[m], out, text16_trimmed(raw), x->end, &odd);
	if (m == MODE_JSON)
		*out++ = '"';
	x->odd |= odd > 0;
	return out;
}

/* false: the value is none of these. */
static bool add_scalar(struct render *x, const struct value *v, enum mode m)
{
	uint8_t *p = buf_room(x->out, VALUE_ROOM);

	if (!p)
		return true;
	p = put_scalar(p, v, m);
	if (p)
		x->out->n = (size_t)(p - x->out->p);
	return p != NULL;
}

/* ANSI, values of the wrong size. */
static struct view other_text(struct render *x, const struct value *v)
{
	struct buf *text = &x->kept->scratch;

	buf_clear(text);
	value_text(text, *v);
	if (text->bad)
		x->out->bad = true;
	return buf_data(text);
}

static bool holds_comma(const struct value *v)
{
	bool text = v->type == VALUE_UTF16 || v->type == VALUE_ANSI || v->type == VALUE_XML;

	return text && v->raw.n && memchr(v->raw.p, ',', v->raw.n);
}

static void put_item(struct render *x, const struct value *v, enum mode m)
{
	struct view rest;

	if (v->type & VALUE_ARRAY) { /* its items cannot be told apart */
		put_binary(x, v->raw, m);
		return;
	}
	if (!holds_comma(v)) {
		put_value(x, v, m);
		return;
	}
	rest = other_text(x, v);
	for (const uint8_t *at; rest.n && (at = memchr(rest.p, ',', rest.n));) {
		size_t n = (size_t)(at - rest.p);

		put_view(x, view_sub(rest, 0, n), m);
		put_literal(x, COMMA);
		x->odd = true;
		rest = view_sub(rest, n + 1, rest.n);
	}
	put_view(x, rest, m);
}

/* An array that has no element for each item: a comma between them is no item's own. */
static void put_items(struct render *x, const struct value *v, enum mode m)
{
	struct value item;
	size_t at = 0, n = 0;

	quote(x, m);
	while (!x->out->bad && value_item(*v, &at, &item)) {
		if (n++)
			put_literal(x, ",");
		put_item(x, &item, m == MODE_JSON ? MODE_PIECE : m);
	}
	quote(x, m);
}

void put_value(struct render *x, const struct value *v, enum mode m)
{
	static const struct value null;

	if (v->raw.n > 2 * TEXT16_BLOCK && !reading_spend(x->r, (uint32_t)(v->raw.n / 64)))
		v = &null;
	if (v->type == VALUE_UTF16 || v->type == VALUE_XML) {
		put_utf16(x, v->raw, m);
	} else if (v->type == VALUE_NULL) {
		if (m == MODE_JSON)
			put_literal(x, "null");
	} else if (!v->raw.n) {
		quote(x, m);
		quote(x, m);
	} else if (v->type == VALUE_BINARY) {
		put_binary(x, v->raw, m);
	} else if (v->type & VALUE_ARRAY) {
		put_items(x, v, m);
	} else if (!add_scalar(x, v, m)) {
		put_view(x, other_text(x, v), m);
	}
}
