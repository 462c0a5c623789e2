/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's side of a source whose chunks are not where they should be, or lack their beginning. */
#include "worker-private.h"

#include <string.h>

static int64_t read_source(void *ctx, uint64_t at, void *out, size_t n)
{
	const struct worker *w = ctx;
	return reader_read(&w->reader, at, out, n);
}

int places_find(struct worker *w, damage_fn *fn)
{
	const struct evtx_bytes source = {read_source, w, w->unit.size};
	w->chunk = (struct evtx_run){0};
	if (!fn && w->layout_of == w->unit.source + 1)
		return 0;
	evtx_layout_release(&w->layout);
	w->layout_of = 0;
	if (evtx_layout(&w->layout, &source, fn, w, &w->err) < 0)
		return -1;
	w->layout_of = w->unit.source + 1;
	return 0;
}

bool places_chunk(const struct worker *w, uint64_t offset, struct evtx_run *out)
{
	size_t low = 0, high = w->layout.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (w->layout.runs[mid].to <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == w->layout.n || offset < w->layout.runs[low].from)
		return false;
	const struct evtx_run *r = &w->layout.runs[low];
	*out = evtx_run_part(r, (offset - r->base) / EVTX_CHUNK_SIZE, 1);
	return true;
}

/* Bytes that the chunk at hand lacks in front. */
static size_t lead(const struct worker *w)
{
	return (size_t)(w->chunk.from - w->chunk.base);
}

struct view places_read(struct worker *w, const struct evtx_run *chunk)
{
	w->chunk = *chunk;
	size_t skip = lead(w);
	struct view v = worker_read(w, chunk->from, (size_t)(chunk->to - chunk->from));
	if (!skip)
		return v;
	if (v.n)
		memmove(w->bytes + skip, v.p, v.n);
	memset(w->bytes, 0, skip);
	return (struct view){w->bytes, skip + v.n};
}

bool places_damage(const struct worker *w, struct damage *d)
{
	uint64_t at = d->offset - w->chunk.base, skip = lead(w);
	if (at >= skip)
		return true;
	if (d->length && at + d->length <= skip)
		return false;
	d->length -= d->length ? skip - at : 0;
	d->offset = w->chunk.from;
	return true;
}

void places_record(const struct worker *w, struct record *r)
{
	if (lead(w))
		r->chunk = evtx_chunk_of(w->chunk.from);
}

void places_account(const struct worker *w, struct chunk_summary *s)
{
	uint32_t skip = (uint32_t)lead(w);
	if (!skip)
		return;
	uint32_t zero = s->bytes_zero < skip ? s->bytes_zero : skip;
	s->bytes_zero -= zero;
	s->bytes_unknown -= skip - zero < s->bytes_unknown ? skip - zero : s->bytes_unknown;
	s->offset = w->chunk.from;
	s->chunk = evtx_chunk_of(s->offset);
}
