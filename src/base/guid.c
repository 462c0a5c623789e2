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
	uint32_t two = load_u32(g->b + 4);
	/* each of two numbers turned round */
	uint64_t middle = hex_eight((two & 0xff00ff) << 8 | (two >> 8 & 0xff00ff), 'a');
	uint64_t rest = hex_eight(load_u32(g->b + 8), 'a');

	/* Each group takes the dash behind it along. */
	out[0] = '{';
	store_u64(out + 1, hex_eight(__builtin_bswap32(load_u32(g->b)), 'a'));
	store_u64(out + 9, '-' | middle << 8);
	store_u64(out + 14, '-' | middle >> 32 << 8);
	store_u64(out + 19, '-' | rest << 8);
	store_u64(out + 24, '-' | rest >> 32 << 8);
	store_u64(out + 29, hex_eight(load_u32(g->b + 12), 'a'));
	memcpy(out + 37, "}", 2);
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
