/* SPDX-License-Identifier: Apache-2.0 */
/* An event is asked for each field once, however many stages ask. */
#include "match-private.h"

/* Two answers for each field, in all logs' words and in the record's own; behind them that of all values. */
int asking_remember(struct asking *k)
{
	size_t n = k->subject->fields ? k->subject->fields->names.n : 0;

	k->cache = arena_array(k->subject->arena, 2 * n + 1, sizeof(*k->cache));
	k->n_fields = k->cache ? n : 0;
	return k->cache ? 0 : -1;
}

static const struct answer **place_of(struct asking *k, field_id field, bool raw)
{
	if (!k->cache)
		return NULL;
	if (field == FIELD_ANY)
		return &k->cache[2 * k->n_fields];
	return field < k->n_fields ? &k->cache[2 * field + raw] : NULL;
}

static int ask_now(const struct subject *s, field_id field, bool raw, struct answer *out)
{
	if (field == FIELD_ANY)
		return event_ask_any(s->event, s->arena, out);
	if (raw)
		return event_ask_raw(s->event, field, s->fields, s->arena, out);
	return event_ask(s->event, s->activity, s->derived, field, s->fields, s->arena, out);
}

const struct answer *ask(struct asking *k, field_id field, bool raw)
{
	const struct answer **place = place_of(k, field, raw);
	struct answer *ans;

	if (place && *place)
		return *place;
	ans = arena_alloc(k->subject->arena, sizeof(*ans));
	if (!ans || ask_now(k->subject, field, raw, ans) < 0)
		return NULL;
	if (place)
		*place = ans;
	return ans;
}
