/* SPDX-License-Identifier: Apache-2.0 */
/* Free space of a disk, in two ranges that the first byte sets apart: what is carved of it lies in them. */
#include <stdlib.h>

#include "../open/carve-private.h"
#include "fuzz.h"

struct ranges {
	uint64_t first, second, size; /* [0, first) and [second, size) */
};

static int take_log(void *ctx, const struct carved *c)
{
	const struct ranges *r = ctx;
	const struct extents x = {c->v, c->n};

	if (!extents_are_sound(&x, c->size) || c->size % EVTX_CHUNK_SIZE)
		abort();
	for (size_t i = 0; i < c->n; i++) {
		uint64_t at = c->v[i].at, end = at + c->v[i].n;
		if (at != EXTENT_ZERO && end > r->first && (at < r->second || end > r->size))
			abort();
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct view v = {p, n};
	const struct reader bytes = reader_of_memory(&v);
	struct ranges r = {n && p[0] < 128 ? n : n / 2, n && p[0] < 128 ? n : n / 2 + n / 8, n};
	struct err e = {0};
	struct carved out = {.whole = take_log, .ctx = &r, .e = &e};
	struct carving in = {.bytes = &bytes, .out = &out, .e = &e};

	if (carving_start(&in) < 0 || carving_range(&in, 0, r.first) < 0 ||
	    carving_range(&in, r.second, n - r.second) < 0 || carving_end(&in) < 0)
		abort();
	carving_release(&in);
	carved_release(&out);
	return 0;
}
