/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records no live log holds. Every record's sighting goes to disk; afterwards they are dealt
 * out by their hashes into ever smaller files until one fits into memory, is sorted, and tells of
 * each record in which sources it was seen.
 */
#include "hunt-private.h"

#include <stdlib.h>

#define FAN 16u         /* files that one is dealt out into */
#define DEPTH 16u       /* by 4 bits of `who` each time */
#define WRITTEN 20u     /* bytes of a sighting on disk */
#define MOST (LIMIT_SORT_MEMORY / sizeof(struct sighting))

bool sightings_asked(const struct source_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == SOURCE_EVTX && source_state_of(l, &l->v[i]) != SOURCE_LIVE)
			return true;
	return false;
}

int sightings_init(struct sightings *s, struct hunt *h, int dirfd, struct err *e)
{
	*s = (struct sightings){.h = h, .dirfd = dirfd, .on = true};
	return spool_init(&s->all.spool, dirfd, e);
}

void sightings_release(struct sightings *s)
{
	if (s->on)
		spool_release(&s->all.spool);
}

static int heap_add(struct sighting_heap *h, const struct sighting *one, struct err *e)
{
	struct buf *b = &h->spool.out;

	sighting_write(b, one);
	buf_u32(b, one->source);
	h->n++;
	return b->n < SPOOL_STEP && !b->bad ? 0 : spool_flush(&h->spool, e);
}

static int heap_take(struct sighting_heap *h, struct sighting *one, struct err *e)
{
	uint8_t bytes[WRITTEN];
	int rc = spool_take(&h->spool, bytes, sizeof(bytes), e);

	if (rc)
		return rc < 0 ? -1 : err_set(e, ERR_IO, 0, "the temporary file of sightings is cut short");
	struct cursor c = cursor_of((struct view){bytes, sizeof(bytes)});
	sighting_read(&c, one);
	one->source = cursor_u32(&c);
	return 0;
}

int sightings_add(struct sightings *s, const struct sighting *one, struct err *e)
{
	return heap_add(&s->all, one, e);
}

/* ---- what becomes of one record ---- */

struct seen {
	unsigned states; /* bits of enum source_state */
	uint32_t source; /* the only one, */
	bool several;    /* or not */
};

static void see(const struct sightings *s, struct seen *r, uint32_t source)
{
	const struct source_list *l = s->h->sources;

	r->several = r->several || (r->states && r->source != source);
	r->source = source;
	r->states |= 1u << source_state_of(l, &l->v[source]);
}

static void tell(struct sightings *s, const struct seen *r)
{
	struct sighting_counts *n = &s->counts;

	n->records++;
	n->not_live += !(r->states & 1u << SOURCE_LIVE);
	for (unsigned i = 0; i < SOURCE_STATES; i++)
		n->only[i] += r->states == 1u << i;
	if (!r->several)
		s->h->ledger.results[r->source].only_here++;
}

/* All of one `who`, in order: those read in part may be any of the others. */
static void tell_group(struct sightings *s, const struct sighting *v, size_t n)
{
	struct seen partly = {0};
	size_t i = 0;

	for (; i < n && !v[i].what; i++)
		see(s, &partly, v[i].source);
	if (i == n)
		tell(s, &partly);
	while (i < n) {
		struct seen one = partly;
		uint64_t what = v[i].what;
		for (; i < n && v[i].what == what; i++)
			see(s, &one, v[i].source);
		tell(s, &one);
	}
}

static int by_record(const void *x, const void *y)
{
	const struct sighting *a = x, *b = y;

	if (a->who != b->who)
		return a->who < b->who ? -1 : 1;
	return a->what < b->what ? -1 : a->what > b->what;
}

static int count_sorted(struct sightings *s, struct sighting_heap *h, struct sighting *v,
			struct err *e)
{
	size_t n = (size_t)h->n;

	for (size_t i = 0; i < n; i++) {
		if (heap_take(h, &v[i], e) < 0)
			return -1;
		if (v[i].source >= s->h->sources->n)
			return err_set(e, ERR_IO, 0, "the temporary file of sightings is damaged");
	}
	qsort(v, n, sizeof(*v), by_record);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && v[k].who == v[i].who; k++)
			;
		tell_group(s, v + i, k - i);
	}
	return 0;
}

/* ---- dealing out ---- */

static int deal(struct sightings *s, struct sighting_heap *from, struct sighting_heap to[FAN],
		unsigned depth, struct err *e)
{
	struct sighting one;

	for (uint64_t i = 0; i < from->n; i++) {
		if (heap_take(from, &one, e) < 0)
			return -1;
		struct sighting_heap *h = &to[one.who >> (60 - 4 * depth) & (FAN - 1)];
		if (!h->n && spool_init(&h->spool, s->dirfd, e) < 0)
			return -1;
		if (heap_add(h, &one, e) < 0)
			return -1;
	}
	return 0;
}

static int count(struct sightings *s, struct sighting_heap *h, unsigned depth, struct err *e);

/* Frees `from` before it goes on, so that the disk holds everything twice at most. */
static int deal_and_count(struct sightings *s, struct sighting_heap *from, unsigned depth,
			  struct err *e)
{
	struct sighting_heap to[FAN] = {0};
	int rc = deal(s, from, to, depth, e);

	spool_release(&from->spool);
	for (unsigned i = 0; i < FAN; i++) {
		if (rc == 0 && to[i].n)
			rc = count(s, &to[i], depth + 1, e);
		spool_release(&to[i].spool);
	}
	return rc;
}

/* More of one record than fit into memory: somebody made them, and they count as one. */
static int count_as_one(struct sightings *s, struct sighting_heap *h, struct err *e)
{
	struct seen all = {0};
	struct sighting one;

	for (uint64_t i = 0; i < h->n; i++) {
		if (heap_take(h, &one, e) < 0)
			return -1;
		if (one.source < s->h->sources->n)
			see(s, &all, one.source);
	}
	if (all.states)
		tell(s, &all);
	return 0;
}

/* Depth: DEPTH. */
static int count(struct sightings *s, struct sighting_heap *h, unsigned depth, struct err *e)
{
	struct sighting *v;
	int rc;

	if (spool_rewind(&h->spool, e) < 0)
		return -1;
	if (h->n > s->most)
		return depth < DEPTH ? deal_and_count(s, h, depth, e) : count_as_one(s, h, e);
	v = mem_alloc((size_t)(h->n + 1) * sizeof(*v));
	if (!v)
		return err_set(e, ERR_NOMEM, 0, "no memory to compare the copies of records");
	rc = count_sorted(s, h, v, e);
	mem_free(v);
	return rc;
}

int sightings_count(struct sightings *s, struct err *e)
{
	if (!s->on)
		return 0;
	if (!s->most)
		s->most = MOST;
	s->counts.counted = true;
	return count(s, &s->all, 0, e);
}

/* ---- findings ---- */

/* The best state of the places of the record that stands at `i`; its copies stand behind it. */
static enum source_state best_of(const struct hunt *h, const struct finding *f, size_t i)
{
	const struct source_list *l = h->sources;
	const struct evidence *first = &f->evidence[i];
	enum source_state best = source_state_of(l, &l->v[first->place.source]);

	for (i++; i < f->n_evidence; i++) {
		const struct evidence *ev = &f->evidence[i];
		if (ev->role != ROLE_CORROBORATING || ev->identity != first->identity)
			break;
		enum source_state state = source_state_of(l, &l->v[ev->place.source]);
		best = state < best ? state : best;
	}
	return best;
}

void sightings_mark(const struct hunt *h, struct finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		if (f->evidence[i].role != ROLE_STAGE)
			continue;
		enum source_state state = best_of(h, f, i);
		if (state > f->only_in)
			f->only_in = (uint8_t)state;
	}
}
