/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "render.h"

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

void put_literal(struct render *x, const char *s)
{
	buf_str(x->out, s);
}

void put_view(struct render *x, struct view utf8, enum mode m)
{
	if (m == MODE_JSON)
		buf_byte(x->out, '"');
	x->odd |= text8_write(x->out, utf8, form_of(m)) > 0;
	if (m == MODE_JSON)
		buf_byte(x->out, '"');
}

/* ---- texts ---- */

/* Substitution strings often carry their terminator: those NULs are no text. */
static struct view trimmed(struct view v)
{
	while (v.n >= 2 && !v.p[v.n - 1] && !v.p[v.n - 2])
		v.n -= 2;
	return v;
}

static void put_utf16(struct render *x, struct view raw, enum mode m)
{
	if (m == MODE_JSON)
		buf_byte(x->out, '"');
	x->odd |= text16_write(x->kept->kind, x->out, trimmed(raw), x->end, form_of(m)) > 0;
	if (m == MODE_JSON)
		buf_byte(x->out, '"');
}

/* ---- numbers and the like ---- */

static const char hex[] = "0123456789ABCDEF";

static void put_binary(struct render *x, struct view raw, enum mode m)
{
	uint8_t *p = buf_room(x->out, 2 * raw.n + 2), *start = p;

	if (!p)
		return;
	if (m == MODE_JSON)
		*p++ = '"';
	for (size_t i = 0; i < raw.n; i++) {
		*p++ = (uint8_t)hex[raw.p[i] >> 4];
		*p++ = (uint8_t)hex[raw.p[i] & 15];
	}
	if (m == MODE_JSON)
		*p++ = '"';
	x->out->n += (size_t)(p - start);
}

/* What every reader of JSON holds exactly; larger numbers stay the texts that Windows shows. */
static bool is_bare(uint8_t type, const char *text)
{
	switch (type) {
	case VALUE_INT8:
	case VALUE_UINT8:
	case VALUE_INT16:
	case VALUE_UINT16:
	case VALUE_INT32:
	case VALUE_UINT32:
	case VALUE_BOOL:
		return true;
	case VALUE_REAL32:
	case VALUE_REAL64: /* not inf, nan */
		return text[0] == '-' ? text[1] <= '9' : text[0] <= '9';
	default:
		return false;
	}
}

/* false: the value is none of these. */
static bool put_scalar(struct render *x, struct value v, enum mode m)
{
	char *p = (char *)buf_room(x->out, VALUE_SCALAR + 2);
	bool quoted = m == MODE_JSON && (v.type > VALUE_UINT32 && v.type != VALUE_BOOL);
	size_t n;

	if (!p)
		return true;
	n = value_scalar(v, p + quoted);
	if (!n)
		return false;
	if (quoted && is_bare(v.type, p + 1)) {
		memmove(p, p + 1, n);
	} else if (quoted) {
		p[0] = p[n + 1] = '"';
		n += 2;
	}
	x->out->n += n;
	return true;
}

/* Arrays, ANSI, values of the wrong size. */
static void put_other(struct render *x, struct value v, enum mode m)
{
	struct buf *text = &x->kept->scratch;

	buf_clear(text);
	value_text(text, v);
	if (text->bad)
		x->out->bad = true;
	put_view(x, buf_data(text), m);
}

void put_value(struct render *x, struct value v, enum mode m)
{
	if (v.raw.n >= 64 && !reading_spend(x->r, (uint32_t)(v.raw.n / 64)))
		v = (struct value){0};
	if (v.type == VALUE_NULL) {
		if (m == MODE_JSON)
			put_literal(x, "null");
	} else if (v.type == VALUE_UTF16 || v.type == VALUE_XML) {
		put_utf16(x, v.raw, m);
	} else if (!v.raw.n) {
		if (m == MODE_JSON)
			put_literal(x, "\"\"");
	} else if (v.type == VALUE_BINARY) {
		put_binary(x, v.raw, m);
	} else if (!put_scalar(x, v, m)) {
		put_other(x, v, m);
	}
}
