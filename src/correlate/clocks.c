/* SPDX-License-Identifier: Apache-2.0 */
/* What the two clocks found, made one. */
#include <stdlib.h>

#include "correlate-private.h"

static int index_cmp(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return (a > b) - (a < b);
}

/* The records of a finding as bytes, whatever their order. */
static struct view set_of(const struct found *f, struct buf *b)
{
	uint32_t *v = mem_alloc((f->n + 1) * sizeof(*v));

	buf_clear(b);
	if (!v)
		return (struct view){NULL, 0};
	for (size_t i = 0; i < f->n; i++)
		v[i] = f->members[i].kept->index;
	qsort(v, f->n, sizeof(*v), index_cmp);
	for (size_t i = 0; i < f->n; i++)
		if (!i || v[i] != v[i - 1])
			buf_u32(b, v[i]);
	mem_free(v);
	return b->bad ? (struct view){NULL, 0} : buf_data(b);
}

static struct view last_of(const struct found *f, struct buf *b)
{
	buf_clear(b);
	buf_u32(b, f->last->index);
	return b->bad ? (struct view){NULL, 0} : buf_data(b);
}

/* Where a list has the first finding of a key. */
struct lookup {
	struct strtab keys;
	struct map first; /* key to place in the list */
	struct buf buf;
	struct view (*key)(const struct found *f, struct buf *b);
};

static void lookup_release(struct lookup *l)
{
	strtab_release(&l->keys);
	map_release(&l->first);
	buf_release(&l->buf);
}

static int lookup_add(struct lookup *l, const struct founds *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct view key = l->key(&list->v[i], &l->buf);
		uint32_t id = key.p ? strtab_add(&l->keys, key) : STRTAB_NONE;

		if (id == STRTAB_NONE)
			return -1;
		if (!map_get(&l->first, id, NULL) && !map_put(&l->first, id, i))
			return -1;
	}
	return 0;
}

static int lookup_init(struct lookup *l, struct view (*key)(const struct found *f, struct buf *b),
		       const struct founds *list)
{
	l->key = key;
	strtab_init(&l->keys, false, SIZE_MAX);
	map_init(&l->first);
	buf_init(&l->buf, 0);
	return lookup_add(l, list);
}

/* *at: SIZE_MAX when there is none. -1: no memory. */
static int lookup_find(struct lookup *l, const struct found *f, size_t *at)
{
	struct view key = l->key(f, &l->buf);
	uint64_t i = SIZE_MAX;
	uint32_t id;

	if (!key.p)
		return -1;
	id = strtab_find(&l->keys, key);
	if (id != STRTAB_NONE)
		map_get(&l->first, id, &i);
	*at = (size_t)i;
	return 0;
}

static void tell_record(struct buf *b, const struct stage_event *m)
{
	char time[TIME_TEXT];

	time_format(m->kept->event.time_created, time);
	buf_fmt(b, "stage %u ", m->stage + 1);
	buf_view(b, m->kept->event.channel);
	buf_fmt(b, " record %llu (%s)", (unsigned long long)m->kept->event.record_id, time);
}

/* "on the other clock, before the same last record: ..." */
static struct view tell_other(struct correlate *c, const struct found *other)
{
	struct view text;
	struct buf b;
	size_t n = 0;

	buf_init(&b, 0);
	buf_str(&b, "by UtcTime, before the same last record: ");
	for (size_t i = 0; i < other->n; i++) {
		if (other->members[i].kept == other->last)
			continue;
		buf_str(&b, n++ ? ", " : "");
		tell_record(&b, &other->members[i]);
	}
	text = b.bad ? (struct view){NULL, 0} : arena_keep(&c->arena, buf_data(&b));
	buf_release(&b);
	return text;
}

/* The same set on both clocks is one finding; the same last record is the logged one's. */
static int merge_one(struct correlate *c, struct founds *logged, const struct found *one,
		     struct lookup *sets, struct lookup *lasts, struct founds *out)
{
	struct found *same;
	size_t at;

	if (lookup_find(sets, one, &at) < 0)
		return -1;
	if (at != SIZE_MAX) {
		logged->v[at].clock = CLOCK_BOTH;
		return 0;
	}
	if (lookup_find(lasts, one, &at) < 0)
		return -1;
	if (at == SIZE_MAX)
		return founds_add(out, one);
	same = &logged->v[at];
	if (!same->other_clock.n)
		same->other_clock = tell_other(c, one);
	return same->other_clock.p ? 0 : -1;
}

int clocks_merge(struct correlate *c, struct founds *logged, const struct founds *occurred,
		 struct founds *out)
{
	struct lookup sets, lasts;
	int r = lookup_init(&sets, set_of, logged);

	r |= lookup_init(&lasts, last_of, logged);
	for (size_t i = 0; i < occurred->n && r == 0; i++)
		r = merge_one(c, logged, &occurred->v[i], &sets, &lasts, out);
	for (size_t i = 0; i < logged->n && r == 0; i++)
		r = founds_add(out, &logged->v[i]);
	lookup_release(&sets);
	lookup_release(&lasts);
	return r;
}
