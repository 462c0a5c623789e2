/* SPDX-License-Identifier: Apache-2.0 */
/* Whole numbers in texts, compared by sign and magnitude. */
#include "match-private.h"

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

bool number_of_text(struct view v, struct number *out)
{
	uint64_t base = 10, sum = 0;
	bool negative = v.n && v.p[0] == '-';

	if (negative)
		v = view_sub(v, 1, v.n);
	if (v.n > 2 && v.p[0] == '0' && ascii_lower(v.p[1]) == 'x') {
		base = 16;
		v = view_sub(v, 2, v.n);
	}
	if (!v.n)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint64_t digit = (uint64_t)digit_of(v.p[i]);

		if (digit >= base || sum > (UINT64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*out = (struct number){.negative = negative && sum, .magnitude = sum};
	return true;
}

struct number number_of_int(int64_t i)
{
	uint64_t u = (uint64_t)i;

	return (struct number){.negative = i < 0, .magnitude = i < 0 ? 0 - u : u};
}

int number_cmp(struct number a, struct number b)
{
	int order = (a.magnitude > b.magnitude) - (a.magnitude < b.magnitude);

	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? -order : order;
}
