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

static bool endpoint(struct view ip, struct view port, char out[ENDPOINT_TEXT])
{
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	uint64_t n;

	if (!address_parse(ip, bytes) || !value_parse_number(port, &n) || n > UINT16_MAX ||
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
