/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fields the records of each kind fill, so that it can be told what rules could not see. Of each
 * field one value is kept: other words are made of it.
 */
#include "worker-private.h"

/* A text is cut between two characters of UTF-16; of what else is long the rest is not needed. */
static struct view cut(struct view v)
{
	return v.n > LIMIT_TALLY_VALUE ? view_sub(v, 0, LIMIT_TALLY_VALUE) : v;
}

static int room_for(struct worker *w, struct tally *t)
{
	if (t->n_fields < t->cap_fields)
		return 0;
	size_t cap = t->cap_fields ? t->cap_fields * 2 : 16;
	struct seen_field *v = arena_array(&w->unit_arena, cap, sizeof(*v));
	if (!v)
		return -1;
	for (size_t i = 0; i < t->n_fields; i++)
		v[i] = t->fields[i];
	w->tally_bytes += cap * sizeof(*v);
	t->fields = v;
	t->cap_fields = cap;
	return 0;
}

static int add(struct worker *w, struct tally *t, const struct field *f, const struct record *r)
{
	struct view v = cut(f->value.raw);
	if (w->tally_bytes + v.n > LIMIT_TALLY_BYTES) {
		t->cut = true;
		return 0;
	}
	if (room_for(w, t) < 0)
		return -1;
	w->tally_bytes += v.n;
	struct view kept = v.n ? arena_keep(&w->unit_arena, v) : v;
	t->fields[t->n_fields++] = (struct seen_field){f->id, 1, r->offset, {f->value.type, kept}};
	return kept.p || !v.n ? 0 : -1;
}

/* Records of a kind have their fields in one order: `hint` is nearly always right. */
static struct seen_field *find(struct tally *t, field_id id, size_t hint)
{
	if (hint < t->n_fields && t->fields[hint].id == id)
		return &t->fields[hint];
	for (size_t i = 0; i < t->n_fields; i++)
		if (t->fields[i].id == id)
			return &t->fields[i];
	return NULL;
}

int tally_fields(struct worker *w, struct tally *t, const struct event *ev, const struct record *r)
{
	size_t hint = 0;
	t->asked++;
	if (ev->version > t->version)
		t->version = ev->version;
	for (size_t i = 0; i < ev->n_fields; i++) {
		const struct field *f = &ev->fields[i];
		if (f->id == FIELD_NONE || value_is_empty(f->value))
			continue;
		struct seen_field *have = find(t, f->id, hint);
		if (have) {
			have->n++;
			hint = (size_t)(have - t->fields) + 1;
		} else if (add(w, t, f, r) < 0) {
			return -1;
		}
	}
	return 0;
}
