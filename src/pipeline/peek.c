/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few records of a source, told before it is scanned: the first and the last one, or those with the
 * ids that are asked for. Where they are the heads of the chunks tell.
 */
#include "worker-private.h"

#define HEAD_BYTES 40u /* of a chunk's header: its signature and the ids of its records */
#define HEAD_IDS 24u   /* where the first and the last id stand */

struct id_span {
	struct evtx_run chunk;
	uint64_t first, last;
};
struct id_spans {
	struct id_span *v;
	size_t n;
};

static bool span_read(struct worker *w, const struct evtx_run *chunk, struct id_span *out)
{
	if (chunk->from != chunk->base)
		return false;
	struct cursor c = cursor_of(worker_read(w, chunk->from, HEAD_BYTES));
	struct view signature = cursor_take(&c, 8);
	if (!view_eq(signature, (struct view){(const uint8_t *)"ElfChnk", 8}))
		return false;
	cursor_seek(&c, HEAD_IDS);
	*out = (struct id_span){*chunk, cursor_u64(&c), 0};
	out->last = cursor_u64(&c);
	return !c.bad && out->first <= out->last;
}

/* None where memory lacks: then nothing is told of the source. */
static void spans_find(struct worker *w, struct id_spans *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->layout.n; i++)
		n += evtx_run_chunks(&w->layout.runs[i]);
	s->n = 0;
	s->v = n < SIZE_MAX / sizeof(*s->v) ? arena_array(&w->unit_arena, (size_t)n + 1, sizeof(*s->v))
					    : NULL;
	for (size_t i = 0; s->v && i < w->layout.n; i++) {
		uint64_t chunks = evtx_run_chunks(&w->layout.runs[i]);
		for (uint64_t k = 0; k < chunks; k++) {
			struct evtx_run chunk = evtx_run_part(&w->layout.runs[i], k, 1);
			s->n += span_read(w, &chunk, &s->v[s->n]);
		}
	}
}

static int tell(struct worker *w, struct record *r)
{
	struct event_frame f = {.place = {.offset = r->offset, .size = r->size}};

	if (decode_record(w, w->decoder, r, &f.event) < 0)
		return -1;
	f.place.state = r->state;
	if (r->state != RECORD_UNDECODED && f.event.has_system)
		frame_event(&w->out, &f);
	return worker_relieve(w);
}

static int tell_id(struct worker *w, const struct id_span *s, uint64_t id)
{
	struct record r;
	int rc = w->decoder->ops->chunk(w->decoder, places_read(w, &s->chunk), s->chunk.base, &w->err);

	arena_reset(&w->arena);
	while (rc == 0) {
		memset(&r, 0, sizeof(r));
		rc = w->decoder->ops->next(w->decoder, &r, &w->err);
		if (rc == 0 && r.id == id && !r.recovered)
			return tell(w, &r);
	}
	return rc < 0 ? -1 : 0;
}

static int tell_ends(struct worker *w, const struct id_spans *s)
{
	const struct id_span *low = s->v, *high = s->v;

	for (size_t i = 1; i < s->n; i++) {
		low = s->v[i].first < low->first ? &s->v[i] : low;
		high = s->v[i].last > high->last ? &s->v[i] : high;
	}
	return tell_id(w, low, low->first) < 0 ? -1 : tell_id(w, high, high->last);
}

int peek_unit(struct worker *w)
{
	const struct unit *u = &w->unit;
	struct id_spans s;

	w->quiet = true; /* the scan tells of damage */
	if (places_find(w, NULL) < 0)
		return -1;
	spans_find(w, &s);
	if (s.n && !u->n_wanted && tell_ends(w, &s) < 0)
		return -1;
	for (size_t i = 0; i < u->n_wanted; i++)
		for (size_t k = 0; k < s.n; k++) {
			uint64_t id = u->wanted[i].offset;
			if (id < s.v[k].first || id > s.v[k].last)
				continue;
			if (tell_id(w, &s.v[k], id) < 0)
				return -1;
			break;
		}
	return 0;
}
