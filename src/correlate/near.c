/* SPDX-License-Identifier: Apache-2.0 */
/* Records on which a rule fails by one condition, now that all is derived, and which one it is. */
#include <stdio.h>

#include "explain.h"

struct naming {
	struct explaining x;
	size_t told, more;
};

static void name_part(void *ctx, const struct told_part *t)
{
	static const char *const words[] = {"fails: ", "holds: ", "unknown: "};
	struct naming *n = ctx;

	if (t->node->op != NODE_TEST || !t->stops)
		return;
	if (n->told == LIMIT_NEAR_PARTS) {
		n->more++;
		return;
	}
	buf_str(n->x.out, n->told++ ? "; " : "");
	buf_str(n->x.out, words[t->value]);
	buf_view(n->x.out, t->node->test->source);
	buf_str(n->x.out, " -- ");
	explain_answer(&n->x, t);
	if (t->value == TRI_UNKNOWN)
		n->x.unknown = true;
}

static int tell_miss(struct correlate *c, const struct subject *s, const struct nearness *near,
		     struct near_miss *miss, const struct near_sink *sink)
{
	struct buf text;
	struct naming n = {.x = {.c = c, .rule = miss->rule, .out = &text}};
	int rc;

	buf_init(&text, 0);
	rc = matcher_explain_part(c->matcher, near, s, name_part, &n);
	if (n.more)
		buf_fmt(&text, "; and %zu more", n.more);
	if (text.bad)
		rc = -1;
	miss->kind = near->excluded ? NEAR_EXCLUSION : n.x.unknown ? NEAR_UNKNOWN : NEAR_CONDITION;
	miss->text = buf_data(&text);
	if (rc == 0)
		rc = sink->take(sink->ctx, miss);
	buf_release(&text);
	return rc;
}

static int near_hit(struct correlate *c, struct kept *k, struct hit hit, const struct near_sink *sink)
{
	struct subject s = {&k->event, &k->act, &k->derived, &c->rules->fields, &c->scratch};
	struct near_miss miss = {.rule = hit.rule, .event = &k->event, .place = k->places[0]};
	struct nearness near;

	arena_reset(&c->scratch);
	if (matcher_nearness(c->matcher, hit, &s, &near) < 0)
		return -1;
	miss.held = near.held;
	return nearness_tells(&near) ? tell_miss(c, &s, &near, &miss, sink) : 0;
}

/* What Sysmon's record of the same start tells as well. */
static bool is_told_twice(const struct correlate *c, const struct kept *k, struct hit hit)
{
	static const char channel[] = "Microsoft-Windows-Sysmon/Operational";
	const struct event head = {.provider = view_str("Microsoft-Windows-Sysmon"),
				   .channel = view_str(channel), .event_id = 1};

	return k->twin && !k->self.sysmon && matcher_looks(c->matcher, hit, &head);
}

int correlate_near(struct correlate *c, const struct near_sink *sink, struct err *e)
{
	for (size_t i = 0; i < c->n_kept; i++) {
		struct kept *k = c->kept[i];

		for (size_t h = 0; h < k->n_hits; h++)
			if (!k->matched[h] && !is_told_twice(c, k, k->hits[h]) &&
			    near_hit(c, k, k->hits[h], sink) < 0)
				return nomem(e);
	}
	return 0;
}
