/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "net-build.h"

static bool prefix(struct view digits, unsigned most, unsigned *out)
{
	unsigned sum = 0;

	if (!digits.n || digits.n > 3)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
		sum = sum * 10 + (unsigned)(digits.p[i] - '0');
	}
	*out = sum;
	return sum <= most;
}

bool net_build(struct view text, struct net *out)
{
	size_t slash = 0;
	unsigned bits;
	bool v4;

	while (slash < text.n && text.p[slash] != '/')
		slash++;
	/* A network is of no interface: no zone. */
	if ((slash && memchr(text.p, '%', slash)) || !address_parse(view_sub(text, 0, slash), out->address))
		return false;
	v4 = !memchr(text.p, ':', slash);
	bits = v4 ? 32 : 128;
	if (slash < text.n && !prefix(view_sub(text, slash + 1, SIZE_MAX), bits, &bits))
		return false;
	bits += v4 ? 96 : 0;
	out->bits = (uint8_t)bits;
	for (unsigned i = bits; i < 128; i++)
		out->address[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	return true;
}
