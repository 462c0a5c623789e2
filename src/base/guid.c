/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"

/* The first three groups are little-endian numbers: which byte stands where in the text. */
static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

static bool dash_before(unsigned i)
{
	return i == 4 || i == 6 || i == 8 || i == 10;
}

void guid_format(const struct guid *g, char out[GUID_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	*out++ = '{';
	for (unsigned i = 0; i < 16; i++) {
		uint8_t b = g->b[order[i]];

		if (dash_before(i))
			*out++ = '-';
		*out++ = digits[b >> 4];
		*out++ = digits[b & 15];
	}
	*out++ = '}';
	*out = '\0';
}

static bool hex_digit(struct cursor *c, unsigned *out)
{
	uint8_t d = ascii_lower(cursor_u8(c));

	if (d >= '0' && d <= '9')
		*out = d - '0';
	else if (d >= 'a' && d <= 'f')
		*out = d - 'a' + 10u;
	else
		return false;
	return true;
}

bool guid_parse(struct view v, struct guid *g)
{
	struct guid read;
	unsigned high, low;

	if (v.n == GUID_TEXT - 1) {
		if (v.p[0] != '{' || v.p[v.n - 1] != '}')
			return false;
		v = view_sub(v, 1, v.n - 2);
	}
	struct cursor c = cursor_of(v);
	for (unsigned i = 0; i < 16; i++) {
		if (dash_before(i) && cursor_u8(&c) != '-')
			return false;
		if (!hex_digit(&c, &high) || !hex_digit(&c, &low))
			return false;
		read.b[order[i]] = (uint8_t)(high << 4 | low);
	}
	if (cursor_left(&c))
		return false;
	*g = read;
	return true;
}

bool guid_is_null(const struct guid *g)
{
	return guid_eq(g, &(struct guid){ { 0 } });
}

bool guid_eq(const struct guid *a, const struct guid *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}
