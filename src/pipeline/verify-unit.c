/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every record of the unit's chunks, read by both decoders and compared. libevtx may die of a chunk:
 * nothing but the comparison rests on a unit of this kind.
 */
#include "worker-private.h"

#include <string.h>

/* A record of one decoder; its event lives until that decoder's next chunk. */
struct found {
	struct record record;
	struct event event;
	bool taken;
};
struct found_list {
	struct found *v;
	size_t n, cap;
};
struct verifying {
	struct worker *w;
	struct decoder *ours, *theirs;
	struct found_list left, right;
	struct verification sum;
	size_t told[2]; /* of live records, of recovered ones */
};

static struct found *one_more(struct found_list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct found *v = mem_grow(l->v, cap * sizeof(*v));
		if (!v)
			return NULL;
		l->v = v;
		l->cap = cap;
	}
	memset(&l->v[l->n], 0, sizeof(*l->v));
	return &l->v[l->n++];
}

static int read_all(struct verifying *v, struct decoder *d, struct view bytes, struct found_list *l)
{
	struct worker *w = v->w;
	int rc = d->ops->chunk(d, bytes, w->chunk.base, &w->err);
	l->n = 0;
	while (rc == 0) {
		struct found *f = one_more(l);
		rc = f ? d->ops->next(d, &f->record, &w->err) : -1;
		if (rc > 0)
			l->n--;
		if (rc == 0)
			rc = decode_record(w, d, &f->record, &f->event);
	}
	return rc < 0 ? -1 : 0;
}

/* ---- telling ---- */

static int tell(struct verifying *v, enum difference_kind kind, const struct found *f,
		struct view what)
{
	struct worker *w = v->w;
	const struct difference d = {
		.kind = kind,
		.offset = f->record.size ? f->record.offset : w->chunk.from,
		.record_id = f->record.id,
		.event_id = f->event.event_id,
		.recovered = f->record.recovered,
		.what = what,
	};
	v->sum.n[kind]++;
	v->sum.recovered[kind] += d.recovered;
	/* Live ones are listed first: they must not be cut off by the others. */
	if (v->told[d.recovered]++ < LIMIT_DIFFERENCES_PER_SOURCE)
		frame_difference(&w->out, &d);
	return worker_relieve(w);
}

/* ---- comparing ---- */

/* Mostly the two find the same records in the same order. */
static struct found *partner(struct found_list *l, const struct record *r, size_t hint)
{
	for (size_t i = 0; i < l->n; i++) {
		struct found *f = &l->v[(hint + i) % l->n];
		if (!f->taken && same_record(&f->record, r))
			return f;
	}
	return NULL;
}

static int compare(struct verifying *v, const struct found *ours, const struct found *theirs)
{
	struct worker *w = v->w;
	bool can_we = ours->record.state != RECORD_UNDECODED;
	bool can_they = theirs->record.state != RECORD_UNDECODED;
	const struct view none = {0};
	if (!can_they)
		return tell(v, DIFFERENCE_UNREAD, ours, none);
	if (!can_we)
		return tell(v, DIFFERENCE_ONLY_THEIRS, theirs, none);
	struct buf text;
	buf_init(&text, 4u * LIMIT_MESSAGE);
	arena_reset(&w->arena);
	int rc = 0;
	if (event_compare(&ours->event, &theirs->event, &w->arena, &text))
		rc = tell(v, DIFFERENCE_VALUES, ours, buf_data(&text));
	else
		v->sum.agree++;
	buf_release(&text);
	return rc;
}

static int verify_chunk(struct verifying *v, const struct evtx_run *chunk)
{
	const struct view none = {0};
	struct view bytes = places_read(v->w, chunk);
	if (read_all(v, v->ours, bytes, &v->left) < 0 || read_all(v, v->theirs, bytes, &v->right) < 0)
		return -1;
	for (size_t i = 0; i < v->left.n; i++) {
		struct found *other = partner(&v->right, &v->left.v[i].record, i);
		if (other)
			other->taken = true;
		if ((other ? compare(v, &v->left.v[i], other)
			   : tell(v, DIFFERENCE_ONLY_OURS, &v->left.v[i], none)) < 0)
			return -1;
	}
	for (size_t i = 0; i < v->right.n; i++)
		if (!v->right.v[i].taken &&
		    tell(v, DIFFERENCE_ONLY_THEIRS, &v->right.v[i], none) < 0)
			return -1;
	return 0;
}

static int verify_run(struct verifying *v, const struct evtx_run *run)
{
	uint64_t n = run->to > run->from ? evtx_run_chunks(run) : 0;
	for (uint64_t i = 0; i < n; i++) {
		struct evtx_run chunk = evtx_run_part(run, i, 1);
		if (verify_chunk(v, &chunk) < 0)
			return -1;
	}
	return 0;
}

static int verify_source(struct verifying *v)
{
	struct worker *w = v->w;
	if (!w->unit.whole)
		return verify_run(v, &w->unit.run);
	if (places_find(w, NULL) < 0)
		return -1;
	for (size_t i = 0; i < w->layout.n; i++)
		if (verify_run(v, &w->layout.runs[i]) < 0)
			return -1;
	return 0;
}

int verify_unit(struct worker *w)
{
	struct decoder *other = worker_witness(w);
	bool swapped = w->setup->libevtx;
	struct verifying v = {.w = w, .ours = swapped ? other : w->decoder,
			      .theirs = swapped ? w->decoder : other};
	w->quiet = true; /* what is damaged was told when it was read for its own sake */
	int rc = other ? verify_source(&v) : -1;
	frame_verified(&w->out, &v.sum);
	mem_free(v.left.v);
	mem_free(v.right.v);
	return rc;
}
