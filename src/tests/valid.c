/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <expat.h>

#include "valid.h"

#define MOST_DEEP 200u

/* ---- JSON ---- */

static void skip_blank(struct cursor *k)
{
	while (cursor_left(k) && strchr(" \t\r\n", k->p[k->pos]))
		k->pos++;
}

static bool is_next(struct cursor *k, char c)
{
	if (!cursor_left(k) || k->p[k->pos] != (uint8_t)c)
		return false;
	k->pos++;
	return true;
}

static bool word(struct cursor *k, const char *text)
{
	while (*text)
		if (!is_next(k, *text++))
			return false;
	return true;
}

static size_t digits(struct cursor *k)
{
	size_t from = k->pos;

	while (cursor_left(k) && k->p[k->pos] >= '0' && k->p[k->pos] <= '9')
		k->pos++;
	return k->pos - from;
}

static bool number(struct cursor *k)
{
	is_next(k, '-');
	if (!is_next(k, '0') && !digits(k))
		return false;
	if (is_next(k, '.') && !digits(k))
		return false;
	if (!is_next(k, 'e') && !is_next(k, 'E'))
		return true;
	if (!is_next(k, '-'))
		is_next(k, '+');
	return digits(k);
}

static bool escape(struct cursor *k)
{
	uint8_t c = cursor_u8(k);

	if (c != 'u')
		return c && strchr("\"\\/bfnrt", c);
	for (int i = 0; i < 4; i++) {
		c = cursor_u8(k);
		if (!c || !strchr("0123456789abcdefABCDEF", c))
			return false;
	}
	return true;
}

static bool string(struct cursor *k)
{
	if (!is_next(k, '"'))
		return false;
	while (cursor_left(k)) {
		uint8_t c = cursor_u8(k);

		if (c == '"')
			return true;
		if (c < 0x20 || (c == '\\' && !escape(k)))
			return false;
	}
	return false;
}

static bool value(struct cursor *k, unsigned depth);

static bool members(struct cursor *k, char end, unsigned depth)
{
	skip_blank(k);
	if (is_next(k, end))
		return true;
	do {
		skip_blank(k);
		if (end == '}') {
			if (!string(k))
				return false;
			skip_blank(k);
			if (!is_next(k, ':'))
				return false;
		}
		if (!value(k, depth))
			return false;
		skip_blank(k);
	} while (is_next(k, ','));
	return is_next(k, end);
}

static bool value(struct cursor *k, unsigned depth)
{
	skip_blank(k);
	if (!cursor_left(k) || depth > MOST_DEEP)
		return false;
	switch (k->p[k->pos]) {
	case '{':
		return is_next(k, '{') && members(k, '}', depth + 1);
	case '[':
		return is_next(k, '[') && members(k, ']', depth + 1);
	case '"':
		return string(k);
	case 't':
		return word(k, "true");
	case 'f':
		return word(k, "false");
	case 'n':
		return word(k, "null");
	default:
		return number(k);
	}
}

bool valid_json(struct view v, size_t *at)
{
	struct cursor k = cursor_of(v);
	bool ok;

	if (!text_valid(v, at))
		return false;
	ok = value(&k, 0);
	skip_blank(&k);
	*at = k.pos;
	return ok && k.pos == v.n;
}

/* ---- XML ---- */

bool valid_xml(struct view v, size_t *at)
{
	XML_Parser p = XML_ParserCreateNS("UTF-8", '}'); /* as Python's reader */
	bool ok;

	if (!p)
		return false;
	ok = XML_Parse(p, (const char *)v.p, (int)v.n, 1) == XML_STATUS_OK;
	*at = ok ? v.n : (size_t)XML_GetCurrentByteIndex(p);
	XML_ParserFree(p);
	return ok;
}
