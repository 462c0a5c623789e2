/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads chosen records again: their bytes' digests, the whole event, and what the other decoder makes
 * of the same bytes. Reads only the chunks that hold them.
 */
#include "worker-private.h"

#include <stdio.h>
#include <string.h>

#include "evtxhound/evtx.h"
#include "evtxhound/oracle.h"

#define WITNESS_TEXT 4096u

struct fetch {
	struct worker *w;
	struct view chunk;
	uint64_t at;         /* of the chunk in the source */
	bool *done;          /* per wanted record */
	uint8_t chunk_sha256[32];
	bool witness_open;   /* the other decoder stands somewhere in this chunk */
};

int decode_record(struct worker *w, struct decoder *d, struct record *r, struct event *ev)
{
	memset(ev, 0, sizeof(*ev));
	if (worker_system(w, d, d->ops->head, r, ev) < 0)
		return -1;
	return r->state == RECORD_UNDECODED ? 0 : d->ops->data(d, r, ev, &w->err);
}

/* ---- the other decoder ---- */

static const char *witness_name(const struct worker *w)
{
	return w->setup->libevtx ? "evtxhound" : "libevtx";
}

struct decoder *worker_witness(struct worker *w)
{
	const struct fields *fields = w->setup->rules ? &w->setup->rules->fields : NULL;
	if (!w->witness)
		w->witness = w->setup->libevtx ? evtx_decoder_new(fields, NULL, NULL)
					       : oracle_decoder_new(fields, NULL, NULL);
	return w->witness;
}

static int witness_rewind(struct fetch *f)
{
	struct worker *w = f->w;
	if (!worker_witness(w))
		return -1;
	if (w->setup->libevtx)
		worker_lend(w, w->witness);
	f->witness_open = true;
	return w->witness->ops->chunk(w->witness, f->chunk, f->at, &w->err);
}

bool same_record(const struct record *a, const struct record *b)
{
	if (a->size && b->size)
		return a->offset == b->offset;
	return a->id == b->id && a->written == b->written;
}

/* On from where it stands, and once more from the start: 0 found, >0 not there, <0 error. */
static int witness_seek(struct fetch *f, const struct record *like, struct record *out)
{
	bool fresh = !f->witness_open;
	int rc = fresh ? witness_rewind(f) : 0;
	while (rc == 0) {
		memset(out, 0, sizeof(*out));
		rc = f->w->witness->ops->next(f->w->witness, out, &f->w->err);
		if (rc == 0 && same_record(out, like))
			return 0;
		if (rc > 0 && !fresh) {
			fresh = true;
			rc = witness_rewind(f);
		}
	}
	if (rc > 0)
		f->witness_open = false;
	return rc;
}

/* "agree", "differ: ...", or that it cannot read it. */
static int witness_record(struct fetch *f, const struct record *r, const struct event *ours,
			  struct buf *text)
{
	struct worker *w = f->w;
	struct record theirs_r;
	struct event theirs;
	int rc = witness_seek(f, r, &theirs_r);
	if (rc < 0 || (rc == 0 && decode_record(w, w->witness, &theirs_r, &theirs) < 0))
		return -1;
	if (rc > 0 || theirs_r.state == RECORD_UNDECODED) {
		buf_fmt(text, "%s cannot read it", witness_name(w));
		return 0;
	}
	struct buf what;
	buf_init(&what, WITNESS_TEXT * 4u);
	size_t n = event_compare(ours, &theirs, &w->arena, &what);
	buf_str(text, n ? "differ: " : "agree");
	if (n)
		buf_view(text, view_sub(buf_data(&what), 0, WITNESS_TEXT));
	buf_release(&what);
	return 0;
}

/* ---- the records asked for ---- */

static int prove(struct fetch *f, struct record *r, const struct wanted *want)
{
	struct worker *w = f->w;
	struct proof_frame p = {.slot = want->slot, .known = true, .has_event = true};
	struct buf text;
	arena_reset(&w->arena);
	buf_init(&text, LIMIT_MESSAGE);
	int rc = decode_record(w, w->decoder, r, &p.event);
	if (rc == 0 && want->witness)
		rc = witness_record(f, r, &p.event, &text);
	if (rc == 0) {
		p.known = sha256_of(r->bytes, p.record_sha256);
		memcpy(p.chunk_sha256, f->chunk_sha256, sizeof(p.chunk_sha256));
		p.chunk_at = w->chunk.from;
		p.chunk_lead = (uint32_t)(w->chunk.from - w->chunk.base);
		p.chunk_size = (uint32_t)f->chunk.n;
		p.witness = buf_data(&text);
		frame_proof(&w->out, &p);
	}
	buf_release(&text);
	return rc < 0 ? -1 : worker_relieve(w);
}

static int tell_fact(struct fetch *f, struct record *r)
{
	struct event ev;
	arena_reset(&f->w->arena);
	if (decode_record(f->w, f->w->decoder, r, &ev) < 0 || scan_fact(f->w, &ev, r) < 0)
		return -1;
	return worker_relieve(f->w);
}

static int prove_wanted(struct fetch *f, struct record *r)
{
	const struct unit *u = &f->w->unit;
	for (size_t i = 0; i < u->n_wanted; i++) {
		if (f->done[i] || u->wanted[i].offset != r->offset || !r->size)
			continue;
		f->done[i] = true;
		if ((u->kind == UNIT_FACTS ? tell_fact(f, r) : prove(f, r, &u->wanted[i])) < 0)
			return -1;
	}
	return 0;
}

static void tell_missing(struct fetch *f)
{
	const struct unit *u = &f->w->unit;
	for (size_t i = 0; i < u->n_wanted; i++) {
		struct proof_frame p = {.slot = u->wanted[i].slot};
		if (!f->done[i])
			frame_proof(&f->w->out, &p);
	}
}

static int fetch_chunk(struct fetch *f, const struct evtx_run *chunk)
{
	struct worker *w = f->w;
	struct record r;
	f->at = chunk->base;
	f->chunk = places_read(w, chunk);
	f->witness_open = false;
	if (w->unit.kind == UNIT_FETCH && !sha256_of(f->chunk, f->chunk_sha256))
		return -1;
	int rc = w->decoder->ops->chunk(w->decoder, f->chunk, f->at, &w->err);
	while (rc == 0) {
		memset(&r, 0, sizeof(r));
		rc = w->decoder->ops->next(w->decoder, &r, &w->err);
		if (rc == 0)
			rc = prove_wanted(f, &r);
	}
	return rc < 0 ? -1 : 0;
}

/* Of a source whose chunks may be anywhere, each record tells which one is to be read. */
static int fetch_anywhere(struct fetch *f)
{
	const struct unit *u = &f->w->unit;
	struct evtx_run chunk;
	if (places_find(f->w, NULL) < 0)
		return -1;
	for (size_t i = 0; i < u->n_wanted; i++)
		if (!f->done[i] && places_chunk(f->w, u->wanted[i].offset, &chunk) &&
		    fetch_chunk(f, &chunk) < 0)
			return -1;
	return 0;
}

int fetch_unit(struct worker *w)
{
	const struct unit *u = &w->unit;
	struct fetch f = {.w = w};
	struct evtx_run chunk = u->run;
	w->quiet = true; /* its damage was told when it was scanned */
	f.done = arena_array(&w->unit_arena, u->n_wanted + 1, sizeof(*f.done));
	if (!f.done)
		return -1;
	if (chunk.to > u->size)
		chunk.to = u->size > chunk.from ? u->size : chunk.from;
	if ((u->irregular ? fetch_anywhere(&f) : fetch_chunk(&f, &chunk)) < 0)
		return -1;
	tell_missing(&f);
	return 0;
}
