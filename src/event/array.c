/* SPDX-License-Identifier: Apache-2.0 */
#include "value-private.h"

/* Types of texts, which end with a NUL each (MS-EVEN6 3.1.4.7.5). */
static bool is_text(uint8_t type)
{
	return type == VALUE_UTF16 || type == VALUE_ANSI || type == VALUE_XML;
}

/* Bytes of the text at the start of `rest`; *step: with its terminator. */
static size_t text_size(struct view rest, size_t unit, size_t *step)
{
	size_t n = 0;

	while (rest.n - n >= unit && (rest.p[n] || rest.p[n + unit - 1]))
		n += unit;
	if (rest.n - n < unit) /* the last one may lack its terminator */
		n = rest.n;
	*step = n < rest.n ? n + unit : n;
	return n;
}

/* Bytes of the item at the start of `rest`, 0 when there is no telling. */
static size_t item_size(uint8_t type, struct view rest, size_t whole)
{
	if (type == VALUE_SID)
		return sid_size(rest);
	if (type == VALUE_BOOL)
		return 4;
	if (type == VALUE_SIZE || type == VALUE_HANDLE)
		return whole % 8 ? 4 : 8; /* the record does not say how wide the machine was */
	return value_type_size(type);
}

/* All items must be whole before any is shown: half an array would read like one. */
static bool is_whole(uint8_t type, struct view raw)
{
	for (size_t at = 0, n; at < raw.n; at += n) {
		n = item_size(type, view_sub(raw, at, raw.n), raw.n);
		if (!n || n > raw.n - at)
			return false;
	}
	return true;
}

bool value_item(struct value v, size_t *at, struct value *item)
{
	uint8_t type = v.type & (uint8_t)~VALUE_ARRAY;
	size_t end = v.raw.n ? v.raw.n : 1; /* an empty array is one empty item */
	struct view rest = view_sub(v.raw, *at, v.raw.n);
	size_t step = end;

	if (*at >= end)
		return false;
	*item = (struct value){type, rest};
	if (!(v.type & VALUE_ARRAY) || !v.raw.n)
		item->raw = v.raw;
	else if (is_text(type))
		item->raw.n = text_size(rest, type == VALUE_ANSI ? 1 : 2, &step);
	else if (*at || is_whole(type, v.raw))
		item->raw.n = step = item_size(type, rest, v.raw.n);
	else
		*item = v;
	*at += step;
	return true;
}

void array_text(struct buf *out, struct value v)
{
	struct value item;
	size_t at = 0, n = 0;

	while (!out->bad && value_item(v, &at, &item)) {
		if (n++)
			buf_byte(out, ',');
		if (item.type & VALUE_ARRAY)
			value_bytes(out, item.raw);
		else
			value_text(out, item);
	}
}
