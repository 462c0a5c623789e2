/* SPDX-License-Identifier: Apache-2.0 */
#include "match-private.h"

static uint32_t high_surrogate(uint32_t cp)
{
	return 0xd800 + ((cp - 0x10000) >> 10);
}

static int unit_order(uint32_t a, uint32_t b)
{
	bool a_pair = a > 0xffff && a <= 0x10ffff, b_pair = b > 0xffff && b <= 0x10ffff;

	if (a_pair && !b_pair)
		a = high_surrogate(a);
	if (b_pair && !a_pair)
		b = high_surrogate(b);
	return (a > b) - (a < b);
}

int text_order(struct view a, struct view b)
{
	while (a.n && b.n) {
		int order = unit_order(text_next(&a), text_next(&b));

		if (order)
			return order;
	}
	return (a.n != 0) - (b.n != 0);
}

struct view text_folded(struct arena *a, struct view v)
{
	struct view out;
	struct buf b;

	buf_init(&b, 0);
	while (v.n) {
		uint32_t cp = text_next(&v);

		text_put(&b, cp & TEXT_BAD ? cp : text_fold(cp));
	}
	out = b.bad ? (struct view){NULL, 0} : arena_keep(a, b.n ? buf_data(&b) : view_str(""));
	buf_release(&b);
	return out;
}
