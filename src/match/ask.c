/* SPDX-License-Identifier: Apache-2.0 */
/* An event is asked for each field once, however many stages ask, and its values are folded once. */
#include "match-private.h"

int memory_init(struct memory *m, const struct fields *f)
{
	m->n_fields = f ? f->names.n : 0;
	m->event = 1;
	m->v = mem_alloc((2 * m->n_fields + 1) * sizeof(*m->v));
	return m->v ? 0 : -1;
}

void memory_release(struct memory *m)
{
	mem_free(m->v);
}

void memory_next(struct memory *m)
{
	m->event++;
}

static struct remembered *place_of(struct memory *m, field_id field, bool raw)
{
	struct remembered *r;

	if (!m || (field != FIELD_ANY && field >= m->n_fields))
		return NULL;
	r = &m->v[field == FIELD_ANY ? 2 * m->n_fields : 2 * field + raw];
	if (r->event != m->event)
		*r = (struct remembered){.event = m->event};
	return r;
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
	struct remembered *place = place_of(k->memory, field, raw);
	struct answer *ans;

	if (place && place->answer)
		return place->answer;
	ans = arena_alloc(k->subject->arena, sizeof(*ans));
	if (!ans || ask_now(k->subject, field, raw, ans) < 0)
		return NULL;
	if (place)
		place->answer = ans;
	return ans;
}

/* ---- without letter case ---- */

/* Eight ASCII letters at once: a bit is set where a byte is at least 'A' and below '['. */
static uint64_t lower_eight(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t upper = (v + (0x80 - 'A') * ones) & ~(v + (0x80 - 'Z' - 1) * ones) & 0x80 * ones;

	return v | upper >> 2;
}

/* The ASCII at the start; how much that is. */
static size_t fold_ascii(struct view v, uint8_t *out)
{
	size_t i = 0;

	for (; i + 8 <= v.n; i += 8) {
		uint64_t eight = load_u64(v.p + i);

		if (eight & 0x8080808080808080u)
			break;
		store_u64(out + i, lower_eight(eight));
	}
	for (; i < v.n && v.p[i] < 0x80; i++)
		out[i] = ascii_lower(v.p[i]);
	return i;
}

static int fold(struct arena *a, struct view v, struct folded *out)
{
	uint8_t *p = arena_alloc(a, v.n + 1);

	if (!p)
		return -1;
	out->text = (struct view){p, v.n};
	out->plain = fold_ascii(v, p) == v.n;
	if (!out->plain)
		out->text = text_folded(a, v);
	return out->text.p ? 0 : -1;
}

const struct folded *ask_folded(struct asking *k, field_id field, bool raw)
{
	struct remembered *place = place_of(k->memory, field, raw);
	const struct answer *ans;
	struct folded *f;

	if (place && place->folded)
		return place->folded;
	ans = ask(k, field, raw);
	f = ans ? arena_array(k->subject->arena, ans->n + 1, sizeof(*f)) : NULL;
	if (!f)
		return NULL;
	for (size_t i = 0; i < ans->n; i++)
		if (fold(k->subject->arena, ans->values[i], &f[i]) < 0)
			return NULL;
	if (place)
		place->folded = f;
	return f;
}
