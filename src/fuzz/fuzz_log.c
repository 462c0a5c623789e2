/* SPDX-License-Identifier: Apache-2.0 */
/* A whole log: its header, where its chunks are, the definitions they lend, all that is in them. */
#include <stdlib.h>
#include <string.h>

#include "../tests/evtx_outcome.h"
#include "fuzz.h"

static int64_t read_log(void *ctx, uint64_t at, void *out, size_t n)
{
	const struct view *log = ctx;
	struct view v = view_sub(*log, (size_t)at, n);

	if (v.n)
		memcpy(out, v.p, v.n);
	return (int64_t)v.n;
}

static void read_chunk(struct outcome *o, struct evtx_library *l, struct view log,
		       const struct evtx_run *c)
{
	struct view v = view_sub(log, (size_t)c->from, (size_t)(c->to - c->from));
	uint64_t chunk;
	uint32_t offset;

	if (evtx_library_add(l, v, c->from) < 0)
		abort();
	if (v.n >= 4 && evtx_library_find(l, v.p, 0, &chunk, &offset) && offset >= EVTX_CHUNK_SIZE)
		abort();
	outcome_read_run(o, log, c);
	if (o->fault)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct view log = {p, n};
	const struct evtx_bytes source = {read_log, &log, n};
	struct evtx_library *library = evtx_library_new();
	struct evtx_header h;
	struct evtx_layout l;
	struct outcome o;
	uint64_t sum;

	outcome_init(&o);
	outcome_code_page(&o, log);
	evtx_header_read(view_sub(log, 0, EVTX_HEADER_SIZE), n, &h, NULL, NULL);
	if (!library || evtx_layout(&l, &source, NULL, NULL, NULL) < 0)
		abort();
	sum = l.header + l.zero + l.unknown;
	for (size_t i = 0; i < l.n; i++) {
		sum += l.runs[i].to - l.runs[i].from;
		for (uint64_t k = 0; k < evtx_run_chunks(&l.runs[i]); k++) {
			struct evtx_run c = evtx_run_part(&l.runs[i], k, 1);

			read_chunk(&o, library, log, &c);
		}
	}
	if (sum != n)
		abort(); /* a byte without a name */
	evtx_layout_release(&l);
	evtx_library_free(library);
	outcome_release(&o);
	return 0;
}
