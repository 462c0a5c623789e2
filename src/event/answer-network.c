/* SPDX-License-Identifier: Apache-2.0 */
/* Answers on connections and names. */
#include <string.h>

#include "vocabulary-private.h"

/* A text of the activity; "" where there is none. */
static int member(const struct question *q, const struct row *r, struct view *out)
{
	int got = need_activity(q);

	*out = view_str("");
	if (got == 0)
		memcpy(out, (const char *)q->activity + r->from, sizeof(*out));
	return got < 0 ? -1 : 0;
}

int make_member_text(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v;

	return member(q, r, &v) < 0 ? -1 : answer_one(q, v, out);
}

int make_is_ipv6(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v;

	if (member(q, r, &v) < 0)
		return -1;
	return v.n ? answer_str(q, memchr(v.p, ':', v.n) ? "true" : "false", out) : 0;
}

int make_ip_version(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v;

	if (member(q, r, &v) < 0)
		return -1;
	return v.n ? answer_str(q, memchr(v.p, ':', v.n) ? "ipv6" : "ipv4", out) : 0;
}

/* Sysmon's Initiated or the 5156's Direction. 1: outbound, 0: inbound, -1: neither; -2: no memory. */
static int outbound(const struct question *q, const struct row *r)
{
	struct view v = question_text(q, r->from);

	if (!v.p)
		return -2;
	if (view_eq_str_nocase(v, "true") || view_eq_str(v, "%%14593"))
		return 1;
	return view_eq_str_nocase(v, "false") || view_eq_str(v, "%%14592") ? 0 : -1;
}

static int by_direction(const struct question *q, const struct row *r, const char *out_text,
			const char *in_text, struct answer *out)
{
	int way = outbound(q, r);

	if (way < 0)
		return way == -2 ? -1 : 0;
	return answer_str(q, way ? out_text : in_text, out);
}

int make_initiated(const struct question *q, const struct row *r, struct answer *out)
{
	return by_direction(q, r, "true", "false", out);
}

int make_network_direction(const struct question *q, const struct row *r, struct answer *out)
{
	return by_direction(q, r, "egress", "ingress", out);
}

int make_connection_action(const struct question *q, const struct row *r, struct answer *out)
{
	if (by_direction(q, r, "connection_attempted", "connection_accepted", out) < 0)
		return -1;
	return make_action(q, r, out);
}

static struct view without_mapping(struct view v)
{
	static const char prefix[] = "::ffff:";
	size_t n = sizeof(prefix) - 1;
	struct view rest = view_sub(v, n, v.n);

	return view_eq_str_nocase(view_sub(v, 0, n), prefix) && rest.n && memchr(rest.p, '.', rest.n)
		       ? rest
		       : v;
}

int make_address(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	if (!v.p)
		return -1;
	if (view_eq_str_nocase(v, "LOCAL"))
		return answer_str(q, "127.0.0.1", out);
	return answer_one(q, without_mapping(v), out);
}

/* "type:  5 name.example;::ffff:192.0.2.1;": what has no type is an address. */
int make_resolved(const struct question *q, const struct row *r, struct answer *out)
{
	struct view rest = question_text(q, r->from);

	if (!rest.p)
		return -1;
	while (rest.n) {
		const uint8_t *end = memchr(rest.p, ';', rest.n);
		struct view one = view_sub(rest, 0, end ? (size_t)(end - rest.p) : rest.n);

		rest = view_sub(rest, one.n + 1, rest.n);
		if (!view_eq_str(view_sub(one, 0, 5), "type:") &&
		    answer_more(q, without_mapping(one), out) < 0)
			return -1;
	}
	return 0;
}
