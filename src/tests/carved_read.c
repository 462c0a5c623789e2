/* SPDX-License-Identifier: Apache-2.0 */
#include "carved_read.h"

#include <stdlib.h>

#include "../open/carve-private.h"

struct log {
	struct carved_read *r;
	const struct extents *x;
	struct reader bytes;
	struct evtx_library *library;
	struct evtx_layout layout;
	uint8_t lent[EVTX_CHUNK_SIZE];
};

static int64_t read_log(void *ctx, uint64_t at, void *out, size_t n)
{
	const struct log *l = ctx;

	return reader_read(&l->bytes, at, out, n);
}

static void on_damage(void *ctx, const struct damage *d)
{
	struct log *l = ctx;

	l->r->losses += d->severity == DAMAGE_LOSS;
	buf_fmt(&l->r->told, "%s %llu: %s\n", d->kind, (unsigned long long)d->offset, d->what);
}

/* What there is of a chunk, at its place. */
static struct view read_chunk(struct log *l, const struct evtx_run *c, uint8_t *out)
{
	size_t skip = (size_t)(c->from - c->base);

	memset(out, 0, skip);
	if (reader_read(&l->bytes, c->from, out + skip, (size_t)(c->to - c->from)) !=
	    (int64_t)(c->to - c->from))
		abort();
	return (struct view){ out, (size_t)(c->to - c->base) };
}

static bool lend(void *ctx, const uint8_t id[4], size_t n, struct view *chunk, uint32_t *offset)
{
	struct log *l = ctx;
	uint64_t place;

	if (!evtx_library_find(l->library, id, n, &place, offset))
		return false;
	struct evtx_run c = evtx_run_part(&l->layout.runs[place >> 32], place & UINT32_MAX, 1);
	*chunk = read_chunk(l, &c, l->lent);
	return true;
}

static void keep(struct log *l, const struct record *r, enum record_state state)
{
	struct carved_read *to = l->r;

	if (to->n == to->cap) {
		to->cap = to->cap ? 2 * to->cap : 256;
		to->v = mem_grow(to->v, to->cap * sizeof(*to->v));
		if (!to->v)
			abort();
	}
	to->v[to->n++] = (struct carved_record){ extents_at(l->x, r->offset), r->id, r->size, state,
						 r->recovered, r->reconstructed };
}

static void decode_chunk(struct log *l, struct decoder *d, const struct evtx_run *c)
{
	static uint8_t bytes[EVTX_CHUNK_SIZE];
	struct err e = { 0 };
	struct record r;
	struct event ev;

	if (d->ops->chunk(d, read_chunk(l, c, bytes), c->base, &e) < 0)
		abort();
	while (d->ops->next(d, &r, &e) == 0) {
		if (d->ops->head(d, &r, &ev, &e) < 0 || d->ops->data(d, &r, &ev, &e) < 0)
			abort();
		keep(l, &r, r.state);
	}
}

static void each_chunk(struct log *l, struct decoder *d)
{
	for (size_t i = 0; i < l->layout.n; i++) {
		for (uint64_t k = 0; k < evtx_run_chunks(&l->layout.runs[i]); k++) {
			struct evtx_run c = evtx_run_part(&l->layout.runs[i], k, 1);
			if (d)
				decode_chunk(l, d, &c);
			else if (evtx_library_add(l->library, read_chunk(l, &c, l->lent),
						  (uint64_t)i << 32 | k) < 0)
				abort();
		}
	}
}

void carved_decode(struct carved_read *r, const struct reader *bytes, const struct extents *x)
{
	const struct mapped m = { bytes, *x };
	struct log *l = mem_alloc(sizeof(*l));
	struct err e = { 0 };

	if (!l)
		abort();
	l->r = r;
	l->x = x;
	l->bytes = reader_of_extents(&m);
	const struct evtx_bytes source = { read_log, l, l->bytes.size };
	const struct evtx_lender lender = { lend, l };
	struct decoder *d = evtx_decoder_new(NULL, on_damage, l);
	l->library = evtx_library_new();
	if (!d || !l->library || evtx_layout(&l->layout, &source, on_damage, l, &e) < 0)
		abort();
	evtx_decoder_lend(d, &lender);
	each_chunk(l, NULL);
	each_chunk(l, d);
	d->ops->destroy(d);
	evtx_layout_release(&l->layout);
	evtx_library_free(l->library);
	mem_free(l);
}

/* ---- carving ---- */

struct run {
	struct carved_read *r;
	const struct reader *bytes;
};

static int on_log(void *ctx, const struct carved *c)
{
	struct run *run = ctx;
	const struct extents x = { c->v, c->n };

	if (!extents_are_sound(&x, c->size) || c->size % EVTX_CHUNK_SIZE)
		abort();
	run->r->logs++;
	run->r->size += c->size;
	carved_decode(run->r, run->bytes, &x);
	return 0;
}

static int on_progress(void *ctx, uint64_t n)
{
	struct run *run = ctx;

	run->r->searched += n;
	return 0;
}

static void on_unread(void *ctx, uint64_t at, uint64_t n)
{
	struct run *run = ctx;

	(void)at;
	run->r->unread += n;
}

static int in_order(const void *a, const void *b)
{
	const struct carved_record *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

void carved_sort(struct carved_read *r)
{
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), in_order);
}

void carved_read(struct carved_read *r, const struct reader *bytes, const struct extent *ranges, size_t n)
{
	const struct extent all = { 0, 0, bytes->size };
	struct run run = { r, bytes };
	struct err e = { 0 };
	struct carved out = { .whole = on_log, .ctx = &run, .e = &e };
	struct carving in = { .bytes = bytes, .out = &out, .progress = on_progress,
			      .unread = on_unread, .ctx = &run, .e = &e };

	*r = (struct carved_read){ 0 };
	buf_init(&r->told, 0);
	ranges = n ? ranges : &all;
	if (carving_start(&in) < 0)
		abort();
	for (size_t i = 0; i < (n ? n : 1); i++)
		if (carving_range(&in, ranges[i].at, ranges[i].n) < 0)
			abort();
	if (carving_end(&in) < 0)
		abort();
	carving_release(&in);
	carved_release(&out);
	carved_sort(r);
}

void carved_read_free(struct carved_read *r)
{
	mem_free(r->v);
	buf_release(&r->told);
}
