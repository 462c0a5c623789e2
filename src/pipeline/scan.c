/* SPDX-License-Identifier: Apache-2.0 */
#include "worker-private.h"

#include <stdio.h>
#include <string.h>

#include "evtxhound/evtx.h"

/* ---- tallies: how many records of which kind, by host ---- */

static bool tally_is(const struct tally *t, const struct event *ev)
{
	return t->event_id == ev->event_id && view_eq(t->channel, ev->channel) &&
	       view_eq(t->computer, ev->computer) && view_eq(t->provider, ev->provider);
}

static int tally_grow(struct worker *w)
{
	if (w->n_tallies < w->cap_tallies)
		return 0;
	size_t cap = w->cap_tallies ? w->cap_tallies * 2 : 64;
	struct tally *t = mem_grow(w->tallies, cap * sizeof(*t));
	if (!t)
		return -1;
	w->tallies = t;
	w->cap_tallies = cap;
	return 0;
}

static struct tally *tally_new(struct worker *w, const struct event *ev, uint64_t key)
{
	if (tally_grow(w) < 0 || !map_put(&w->tally_of, key, w->n_tallies))
		return NULL;
	struct tally *t = &w->tallies[w->n_tallies];
	memset(t, 0, sizeof(*t));
	t->computer = arena_keep(&w->unit_arena, ev->computer);
	t->channel = arena_keep(&w->unit_arena, ev->channel);
	t->provider = arena_keep(&w->unit_arena, ev->provider);
	t->event_id = ev->event_id;
	w->n_tallies++;
	return t;
}

static struct tally *tally_find(struct worker *w, const struct event *ev)
{
	/* Neighbours are alike: most records have a key that was there a moment ago. */
	uint32_t *last = &w->tally_at[ev->event_id % 256];
	if (*last < w->n_tallies && tally_is(&w->tallies[*last], ev))
		return &w->tallies[*last];
	uint64_t key = hash_view(hash_view(hash_view(ev->event_id, ev->channel), ev->computer),
				 ev->provider);
	uint64_t at;
	bool known = map_get(&w->tally_of, key, &at) && tally_is(&w->tallies[at], ev);
	*last = known ? (uint32_t)at : (uint32_t)w->n_tallies;
	return known ? &w->tallies[at] : tally_new(w, ev, key);
}

/* A wrong checksum alone is no reason: the last chunk of a log in use has one. */
static bool is_doubtful(const struct event *ev, const struct record *r)
{
	return r->state != RECORD_WHOLE || (r->bad_checksum && ev->record_id != r->id);
}

static int tally_record(struct worker *w, const struct event *ev, const struct record *r, bool asked)
{
	struct tally *t = tally_find(w, ev);
	if (!t)
		return -1;
	uint64_t time = ev->time_created ? ev->time_created : r->written;
	const struct span times = {time, time, is_doubtful(ev, r)};
	t->n++;
	span_add(&t->times, &times);
	return asked ? tally_fields(w, t, ev, r) : 0;
}

static void tally_send(struct worker *w)
{
	for (size_t i = 0; i < w->n_tallies; i++)
		frame_tally(&w->out, &w->tallies[i]);
	map_release(&w->tally_of);
	map_init(&w->tally_of);
	w->n_tallies = 0;
	w->tally_bytes = 0;
}

/* ---- records ---- */

/* The rest of System as well, which few records are asked for. */
static int send_event(struct worker *w, const struct event_frame *what, struct record *r)
{
	struct event_frame f = *what;
	if (w->decoder->ops->peek &&
	    worker_system(w, w->decoder, w->decoder->ops->head, r, &f.event) < 0)
		return -1;
	f.event.section = what->event.section;
	f.event.fields = what->event.fields;
	f.event.n_fields = what->event.n_fields;
	f.place = (struct place){.source = w->unit.source, .offset = r->offset, .size = r->size,
				 .chunk = r->chunk, .state = r->state, .recovered = r->recovered,
				 .bad_checksum = r->bad_checksum};
	frame_event(&w->out, &f);
	return 0;
}

int scan_fact(struct worker *w, const struct event *ev, const struct record *r)
{
	struct activity act;
	struct fact fact;
	if (activity_of(ev, &w->arena, &act) < 0)
		return -1;
	if (fact_of(ev, &act, r, w->unit.source, &w->arena, &fact))
		frame_fact(&w->out, &fact);
	return 0;
}

/* A clue is enough where the record can be found again. */
static int scan_identity(struct worker *w, const struct event *ev, const struct record *r,
			 enum event_kind kind)
{
	struct clue clue;
	if (!w->setup->facts)
		return 0;
	if (!w->setup->clues || !r->size)
		return scan_fact(w, ev, r);
	if (clue_of(ev, kind, r, w->unit.source, &w->arena, &clue))
		clue_write(&w->clues, &clue);
	return w->clues.bad ? -1 : 0;
}

/* As if it fulfilled every stage of every rule: correlation says what it does. */
static int every_stage(struct worker *w, struct hit **hits, size_t *n)
{
	const struct ruleset *rules = w->setup->rules;
	size_t all = 0;
	for (size_t i = 0; i < rules->n; i++)
		all += rules->rules[i].n_stages + (rules->rules[i].until != NULL);
	*hits = arena_array(&w->arena, all + 1, sizeof(**hits));
	if (!*hits)
		return -1;
	*n = 0;
	for (uint32_t i = 0; i < rules->n; i++)
		for (uint32_t k = 0; k < rules->rules[i].n_stages + (rules->rules[i].until != NULL); k++)
			(*hits)[(*n)++] = (struct hit){i, k};
	return 0;
}

static bool is_explained(const struct worker *w, const struct event *ev)
{
	return w->setup->explain && explain_is(w->setup->explain, ev);
}

/* Of each rule the unit's first ones are sent, the others counted. */
static int scan_near(struct worker *w, const struct subject *s, struct record *r)
{
	struct hit *hits;
	size_t n, few = 0, steps;
	if (w->near_steps >= LIMIT_NEAR_STEPS) {
		w->near[w->setup->rules->n]++;
		return 0;
	}
	if (matcher_near(w->setup->matcher, s, &hits, &n, &steps) < 0)
		return -1;
	w->near_steps += steps;
	for (size_t i = 0; i < n; i++)
		if (w->near[hits[i].rule]++ < LIMIT_NEAR_MISSES)
			hits[few++] = hits[i];
	const struct event_frame f = {.near = true, .hits = hits, .n_hits = few, .event = *s->event};
	return few ? send_event(w, &f, r) : 0;
}

static int near_begin(struct worker *w)
{
	size_t n = w->setup->near ? w->setup->rules->n + 1 : 0;
	w->near_steps = 0;
	if (!w->near && n && !(w->near = mem_alloc(n * sizeof(*w->near))))
		return -1;
	if (n)
		memset(w->near, 0, n * sizeof(*w->near));
	return 0;
}

/* The record is one that rules, identity or the timeline ask for: match it and send it on. */
static int scan_wanted(struct worker *w, const struct event *ev, struct record *r,
		       enum event_kind kind)
{
	const struct worker_setup *setup = w->setup;
	struct activity act;
	struct hit *hits = NULL;
	size_t n_hits = 0;
	activity_begin(ev, &act);
	if (setup->matcher) {
		struct subject s = {.event = ev, .activity = &act, .fields = &setup->rules->fields,
				    .arena = &w->arena};
		if (matcher_event(setup->matcher, &s, &hits, &n_hits) < 0 ||
		    (w->near && scan_near(w, &s, r) < 0))
			return -1;
	}
	if (is_explained(w, ev) && every_stage(w, &hits, &n_hits) < 0)
		return -1;
	bool row = setup->rows && (ROW_KINDS & KIND_BIT(kind));
	const struct event_frame f = {.row = row, .hits = hits, .n_hits = n_hits, .event = *ev};
	if ((n_hits || row) && send_event(w, &f, r) < 0)
		return -1;
	return scan_identity(w, ev, r, kind) < 0 ? -1 : worker_relieve(w);
}

void count_state(struct chunk_counts *n, const struct record *r, bool asked)
{
	n->reconstructed += r->reconstructed;
	if (r->recovered) {
		n->recovered++;
		n->hidden += r->hidden;
		return;
	}
	n->records++;
	if (r->state == RECORD_UNDECODED)
		n->undecoded++;
	else if (r->state == RECORD_PARTLY)
		n->partly++;
	else if (asked)
		n->whole++;
	else
		n->not_asked++;
}

/* The fields of the few records that tell of the log itself are read whether a rule asks or not. */
static int scan_signs(struct worker *w, struct record *r, struct event *ev)
{
	if (signs_usual(&w->signs, r, ev))
		return 0;
	const struct sign_record s = {
		.id = r->id, .written = r->written, .offset = r->offset,
		.event_record_id = ev->record_id, .time_created = ev->time_created,
		.event_id = ev->event_id, .provider = ev->provider,
		.computer = ev->computer,
		.whole = r->state == RECORD_WHOLE, .system = ev->has_system,
		.recovered = r->recovered, .hidden = r->hidden, .bad_checksum = r->bad_checksum};
	const struct decoder_ops *ops = w->decoder->ops;
	if (!signs_record(&w->signs, &s))
		return 0;
	if (worker_system(w, w->decoder, ops->head, r, ev) < 0 || ops->data(w->decoder, r, ev, &w->err) < 0)
		return -1;
	signs_event(&w->signs, &s, ev);
	return 0;
}

static int scan_record(struct worker *w, struct record *r, struct chunk_counts *n)
{
	struct decoder *d = w->decoder;
	struct event ev;
	bool all = w->setup->kinds == ~0u;
	memset(&ev, 0, sizeof(ev));
	arena_reset(&w->arena);
	if (worker_system(w, d, d->ops->peek && !all ? d->ops->peek : d->ops->head, r, &ev) < 0)
		return -1;
	if (scan_signs(w, r, &ev) < 0)
		return -1;
	enum event_kind kind = event_kind(&ev);
	int asks = all || !w->setup->matcher ? 0 : matcher_wants(w->setup->matcher, &ev);
	if (asks < 0)
		return -1;
	bool wanted = all || asks || (w->setup->kinds & KIND_BIT(kind)) || is_explained(w, &ev);
	bool asked = wanted || w->setup->sightings;
	if (asked && r->state != RECORD_UNDECODED && d->ops->data(d, r, &ev, &w->err) < 0)
		return -1;
	count_state(n, r, asked);
	if (r->state == RECORD_UNDECODED)
		return 0;
	if (!r->recovered && tally_record(w, &ev, r, wanted && w->setup->matcher) < 0)
		return -1;
	if (w->setup->sightings && sight_record(w, &ev, r) < 0)
		return -1;
	return wanted ? scan_wanted(w, &ev, r, kind) : 0;
}

/* `want`: bytes the chunk should have; what is gone since is unknown. */
static int scan_chunk(struct worker *w, struct view bytes, size_t want, uint64_t offset,
		      record_fn *fn)
{
	struct decoder *d = w->decoder;
	struct chunk_counts n = {0};
	struct chunk_summary s = {0};
	struct record r;
	int rc = d->ops->chunk(d, bytes, offset, &w->err);
	signs_chunk(&w->signs, evtx_chunk_of(w->chunk.from));
	while (rc == 0) {
		memset(&r, 0, sizeof(r));
		rc = d->ops->next(d, &r, &w->err);
		if (rc == 0) {
			places_record(w, &r);
			rc = fn(w, &r, &n);
		}
	}
	if (rc < 0)
		return -1;
	d->ops->summary(d, &s);
	s.bytes_unknown += (uint32_t)(want - bytes.n);
	places_account(w, &s);
	if (w->clues.n)
		frame_clues(&w->out, buf_data(&w->clues));
	buf_clear(&w->clues);
	if (w->sightings.n)
		frame_sightings(&w->out, buf_data(&w->sightings));
	buf_clear(&w->sightings);
	signs_chunk_end(&w->signs);
	frame_chunk(&w->out, &s, &n, &w->signs.edge);
	return worker_relieve(w);
}

/* ---- units ---- */

static bool is_zero(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i])
			return false;
	return true;
}

/* `size`: of the block in front of the chunks. */
static void account_header(struct header_frame *f, struct view block, uint32_t size)
{
	uint32_t n = (uint32_t)block.n;
	if (f->present)
		f->bytes_header = n;
	else if (is_zero(block))
		f->bytes_zero = n;
	else
		f->bytes_unknown = n;
	f->bytes_unknown += size - n;
}

static void scan_header(struct worker *w)
{
	struct evtx_header h;
	struct view first = worker_read(w, 0, EVTX_HEADER_SIZE);
	evtx_header_read(first, w->unit.size, &h, worker_damage, w);
	struct header_frame f = {.present = h.signature_ok, .crc_ok = h.crc_ok,
				 .flags = h.flags, .major = h.major, .minor = h.minor,
				 .chunks = h.chunk_count, .next_id = h.next_record_id};
	account_header(&f, view_sub(first, 0, w->layout.header), w->layout.header);
	frame_header(&w->out, &f);
}

static void hash_start(struct worker *w)
{
	w->hashing = sha256_start(&w->hash);
}

static void hash_finish(struct worker *w)
{
	uint8_t digest[32];
	if (!w->hashing)
		return;
	sha256_end(&w->hash, digest);
	w->hashing = false;
	frame_hash(&w->out, digest);
}

static void hash_abandon(struct worker *w)
{
	uint8_t ignored[32];
	if (w->hashing)
		sha256_end(&w->hash, ignored);
	w->hashing = false;
}

static void scan_missing(struct worker *w, uint64_t at)
{
	struct damage d = {.severity = DAMAGE_LOSS, .offset = at, .length = w->unit.size - at,
			   .kind = "shrunk"};
	snprintf(d.what, sizeof(d.what), "the file ends before the size it had at the start");
	worker_damage(w, &d);
	hash_abandon(w); /* what there was is not the file that was listed */
}

static int scan_run(struct worker *w, const struct evtx_run *run, record_fn *fn,
		    int (*after)(struct worker *w))
{
	uint64_t n = run->to > run->from ? evtx_run_chunks(run) : 0;
	for (uint64_t i = 0; i < n; i++) {
		struct evtx_run c = evtx_run_part(run, i, 1);
		size_t want = (size_t)(c.to - c.base);
		struct view bytes = places_read(w, &c);
		if (bytes.n < want)
			scan_missing(w, c.base + bytes.n);
		if (scan_chunk(w, bytes, want, c.base, fn) < 0 || (after && after(w) < 0))
			return -1;
	}
	return 0;
}

int layout_unit(struct worker *w)
{
	if (places_find(w, worker_damage) < 0)
		return -1;
	scan_header(w);
	frame_layout(&w->out, &w->layout);
	return 0;
}

int scan_chunks(struct worker *w, record_fn *fn, int (*after)(struct worker *w))
{
	if (!w->unit.whole)
		return scan_run(w, &w->unit.run, fn, after);
	if (layout_unit(w) < 0)
		return -1;
	for (size_t i = 0; i < w->layout.n; i++)
		if (scan_run(w, &w->layout.runs[i], fn, after) < 0)
			return -1;
	return 0;
}

int scan_unit(struct worker *w)
{
	if (w->unit.hash)
		hash_start(w);
	signs_start(&w->signs, &w->unit_arena);
	if (near_begin(w) < 0 || scan_chunks(w, scan_record, NULL) < 0)
		return -1;
	bool again = w->hashing && !w->layout.regular; /* not all of it was read, nor in order */
	if (again)
		hash_abandon(w);
	else
		hash_finish(w);
	tally_send(w);
	signs_send(&w->signs, &w->out);
	if (w->near)
		frame_near(&w->out, w->near, w->setup->rules->n + 1);
	return again ? hash_unit(w) : 0;
}

int hash_unit(struct worker *w)
{
	hash_start(w);
	for (uint64_t off = 0; off < w->unit.size;) {
		struct view v = worker_read(w, off, EVTX_CHUNK_SIZE);
		off += v.n;
		if (v.n < EVTX_CHUNK_SIZE && off < w->unit.size) {
			hash_abandon(w);
			break;
		}
	}
	hash_finish(w);
	return 0;
}
