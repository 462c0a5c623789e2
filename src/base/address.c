/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>

#include "evtxhound/base.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool address_parse(struct view v, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN + 1];
	const uint8_t *zone = v.n ? memchr(v.p, '%', v.n) : NULL;
	size_t n = zone ? (size_t)(zone - v.p) : v.n;

	if (!n || n >= sizeof(text) || memchr(v.p, 0, n))
		return false;
	memcpy(text, v.p, n);
	text[n] = '\0';
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + sizeof(mapped)) == 1 ||
	       inet_pton(AF_INET6, text, out) == 1;
}
