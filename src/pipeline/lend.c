/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lends templates to chunks that lack them: the first time that one is asked for, all chunks of the
 * source are looked through. So what is lent rests on the source alone, not on the units that this
 * worker got.
 */
#include "worker-private.h"

#include <string.h>
#include <unistd.h>

static int64_t read_source(void *ctx, uint64_t at, void *out, size_t n)
{
	struct worker *w = ctx;
	size_t have = 0;
	while (have < n) {
		int64_t got = reader_read(&w->reader, at + have, (uint8_t *)out + have, n - have);
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return (int64_t)have;
}

/* A chunk whose beginning is not there has zeroes in its place. */
static struct view read_chunk(struct worker *w, uint64_t place)
{
	struct lending *l = &w->lending;
	const struct evtx_run *run = &l->layout.runs[place >> 32];
	struct evtx_run one = evtx_run_part(run, place & UINT32_MAX, 1);
	size_t skip = (size_t)(one.from - one.base);
	int64_t got;
	if (l->held && l->place == place)
		return (struct view){l->bytes, l->n};
	memset(l->bytes, 0, skip < EVTX_CHUNK_SIZE ? skip : 0);
	got = skip < EVTX_CHUNK_SIZE ? read_source(w, one.from, l->bytes + skip,
						   (size_t)(one.to - one.from))
				     : 0;
	l->held = true;
	l->place = place;
	l->n = skip + (size_t)got;
	return (struct view){l->bytes, l->n};
}

static int look_through(struct worker *w)
{
	struct lending *l = &w->lending;
	struct evtx_bytes source = {read_source, w, w->unit.size};
	l->library = evtx_library_new();
	l->bytes = l->bytes ? l->bytes : mem_alloc(EVTX_CHUNK_SIZE);
	if (!l->library || !l->bytes || evtx_layout(&l->layout, &source, NULL, NULL, &w->err) < 0)
		return -1;
	for (size_t i = 0; i < l->layout.n; i++) {
		uint64_t n = evtx_run_chunks(&l->layout.runs[i]);
		for (uint64_t k = 0; k < n && k <= UINT32_MAX; k++) {
			uint64_t place = (uint64_t)i << 32 | k;
			if (evtx_library_add(l->library, read_chunk(w, place), place) < 0)
				return -1;
		}
	}
	return 0;
}

static void forget(struct lending *l)
{
	evtx_library_free(l->library);
	evtx_layout_release(&l->layout);
	memset(&l->layout, 0, sizeof(l->layout));
	l->library = NULL;
	l->held = false;
}

static bool definition(void *ctx, const uint8_t id[4], size_t n, struct view *chunk,
		       uint32_t *offset)
{
	struct worker *w = ctx;
	struct lending *l = &w->lending;
	uint64_t place;
	if (l->library && l->source != w->unit.source)
		forget(l);
	l->source = w->unit.source;
	if (!l->library && look_through(w) < 0)
		_exit(3); /* no memory: the parent makes another worker */
	if (!evtx_library_find(l->library, id, n, &place, offset))
		return false;
	*chunk = read_chunk(w, place);
	return true;
}

void worker_lend(struct worker *w, struct decoder *d)
{
	w->lending.lender = (struct evtx_lender){definition, w};
	evtx_decoder_lend(d, &w->lending.lender);
}
