/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"

static void last(const uint8_t *p, size_t n, char letter, char *out)
{
	uint8_t four[4] = {0};
	char eight[8];

	memcpy(four, p, n);
	store_u64(eight, hex_eight(load_u32(four), letter));
	memcpy(out, eight, 2 * n);
}

static char *digits(const uint8_t *p, size_t n, char letter, char *out)
{
	for (; n >= 4; n -= 4, p += 4, out += 8)
		store_u64(out, hex_eight(load_u32(p), letter));
	if (n)
		last(p, n, letter, out);
	return out + 2 * n;
}

void hex_format(const uint8_t *p, size_t n, char *out)
{
	*digits(p, n, 'a', out) = '\0';
}

#define TEN_TO_8 100000000u

size_t decimal_format(uint64_t v, char *out)
{
	uint64_t high = v / TEN_TO_8;
	size_t n;

	if (!high)
		return decimal_short((uint32_t)v, out);
	n = high < TEN_TO_8 ? decimal_short((uint32_t)high, out) : decimal_format(high, out);
	store_u64(out + n, decimal_eight((uint32_t)(v % TEN_TO_8)) | DECIMAL_ZEROS);
	return n + 8;
}

void hex_upper(struct view v, char *out)
{
	digits(v.p, v.n, 'A', out);
}
