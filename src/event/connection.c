/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection in the one spelling by which two logs name the same one. Sysmon writes out the zeros
 * of an IPv6 address and Security does not; and of what was accepted some logs of Sysmon call this
 * end the source and some the other one. So the ends stand in an order of their own.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "value-private.h"

#define ENDPOINT_TEXT (INET6_ADDRSTRLEN + 8u)

/* 16 bytes; IPv4 as mapped into IPv6, since sockets for both write it so. */
static bool parse_address(struct view v, uint8_t out[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	const uint8_t *zone = v.n ? memchr(v.p, '%', v.n) : NULL;
	char text[INET6_ADDRSTRLEN] = "";

	v = view_sub(v, 0, zone ? (size_t)(zone - v.p) : v.n);
	if (!v.n || v.n >= sizeof(text) || memchr(v.p, 0, v.n))
		return false;
	memcpy(text, v.p, v.n);
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + sizeof(mapped)) == 1 ||
	       inet_pton(AF_INET6, text, out) == 1;
}

static bool endpoint(struct view ip, struct view port, char out[ENDPOINT_TEXT])
{
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	uint64_t n;

	if (!parse_address(ip, bytes) || !value_parse_number(port, &n) || n > UINT16_MAX ||
	    !inet_ntop(AF_INET6, bytes, address, sizeof(address)))
		return false;
	snprintf(out, ENDPOINT_TEXT, "[%s]:%u", address, (unsigned)n);
	return true;
}

static const char *protocol(struct view v)
{
	if (view_eq_str_nocase(v, "tcp"))
		return "tcp";
	return view_eq_str_nocase(v, "udp") ? "udp" : NULL;
}

int connection_text(const struct activity *act, struct arena *a, struct view *out)
{
	char source[ENDPOINT_TEXT], destination[ENDPOINT_TEXT], text[2 * ENDPOINT_TEXT + 16];
	const char *by = protocol(act->protocol);
	bool in_order;

	*out = view_str("");
	if (!by || !act->has_initiated ||
	    !endpoint(act->source_ip, act->source_port, source) ||
	    !endpoint(act->destination_ip, act->destination_port, destination))
		return 0;
	in_order = strcmp(source, destination) <= 0;
	snprintf(text, sizeof(text), "%s %s %s %s", by, act->initiated ? "out" : "in",
		 in_order ? source : destination, in_order ? destination : source);
	*out = arena_keep(a, view_str(text));
	return out->p ? 0 : -1;
}
