/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline-private.h"

#include <string.h>

/* ---- units ---- */

enum { UNIT_WHOLE = 1, UNIT_WITH_HASH = 2, UNIT_SINGLE = 4, UNIT_MUTE = 8, UNIT_IRREGULAR = 16 };

static void run_write(struct buf *b, const struct evtx_run *r)
{
	buf_u64(b, r->base);
	buf_u64(b, r->from);
	buf_u64(b, r->to);
}

/* Of a run or of nothing; its first chunk has some bytes. */
static void run_read(struct cursor *c, struct evtx_run *r)
{
	r->base = cursor_u64(c);
	r->from = cursor_u64(c);
	r->to = cursor_u64(c);
	if (r->from > r->to || (r->from != r->to && r->from - r->base >= EVTX_CHUNK_SIZE))
		c->bad = true;
}

void unit_write(struct buf *b, const struct unit *u)
{
	buf_byte(b, (uint8_t)u->kind);
	buf_byte(b, (uint8_t)((u->whole ? UNIT_WHOLE : 0) | (u->hash ? UNIT_WITH_HASH : 0) |
			      (u->single ? UNIT_SINGLE : 0) | (u->mute ? UNIT_MUTE : 0) |
			      (u->irregular ? UNIT_IRREGULAR : 0)));
	buf_u32(b, u->source);
	buf_u64(b, u->size);
	run_write(b, &u->run);
	buf_u32(b, (uint32_t)u->n_wanted);
	for (size_t i = 0; i < u->n_wanted; i++) {
		buf_u64(b, u->wanted[i].offset);
		buf_u32(b, u->wanted[i].slot);
		buf_byte(b, u->wanted[i].witness);
	}
	buf_u32(b, (uint32_t)u->n_marks);
	for (size_t i = 0; i < u->n_marks; i++) {
		buf_blob(b, u->marks[i].computer);
		buf_blob(b, u->marks[i].label);
	}
	extents_write(b, &u->map);
}

static int marks_read(struct cursor *c, struct arena *a, struct unit *out)
{
	size_t n = cursor_u32(c);
	struct host_mark *m;

	if (c->bad || n > cursor_left(c) / 8)
		return -1;
	m = arena_array(a, n + 1, sizeof(*m));
	if (!m)
		return -1;
	for (size_t i = 0; i < n; i++) {
		m[i].computer = arena_keep(a, cursor_blob(c));
		m[i].label = arena_keep(a, cursor_blob(c));
		if (!m[i].computer.p || !m[i].label.p)
			return -1;
	}
	out->marks = m;
	out->n_marks = n;
	return 0;
}

int unit_read(struct cursor *c, struct arena *a, struct unit *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = (enum unit_kind)cursor_u8(c);
	uint8_t flags = cursor_u8(c);
	out->whole = (flags & UNIT_WHOLE) != 0;
	out->hash = flags & UNIT_WITH_HASH;
	out->single = flags & UNIT_SINGLE;
	out->mute = flags & UNIT_MUTE;
	out->irregular = flags & UNIT_IRREGULAR;
	out->source = cursor_u32(c);
	out->size = cursor_u64(c);
	run_read(c, &out->run);
	out->n_wanted = cursor_u32(c);
	if (c->bad || out->n_wanted > cursor_left(c) / 13)
		return -1;
	struct wanted *w = arena_array(a, out->n_wanted, sizeof(*w));
	if (!w && out->n_wanted)
		return -1;
	for (size_t i = 0; i < out->n_wanted; i++) {
		w[i].offset = cursor_u64(c);
		w[i].slot = cursor_u32(c);
		w[i].witness = cursor_u8(c);
	}
	out->wanted = w;
	if (marks_read(c, a, out) < 0 || extents_read(c, a, &out->map) < 0)
		return -1;
	return c->bad || (out->map.n && !extents_are_sound(&out->map, out->size)) ? -1 : 0;
}

/* ---- frames out ---- */

void frame_header(struct buf *b, const struct header_frame *h)
{
	size_t at = buf_frame(b, FRAME_HEADER);
	buf_byte(b, h->present);
	buf_byte(b, h->crc_ok);
	buf_u32(b, h->flags);
	buf_u16(b, h->major);
	buf_u16(b, h->minor);
	buf_u16(b, h->chunks);
	buf_u64(b, h->next_id);
	buf_u32(b, h->bytes_header);
	buf_u32(b, h->bytes_zero);
	buf_u32(b, h->bytes_unknown);
	buf_frame_end(b, at);
}

/* The numbers of both structures in one fixed order, for writing and reading alike. */
#define SUMMARY_FLAGS 5
#define SUMMARY_U64 6
#define SUMMARY_U32 11
#define COUNTS_U64 8
#define EDGE_U64 5

static void point_write(struct buf *b, const struct sign_point *p)
{
	buf_u64(b, p->id);
	buf_u64(b, p->time);
	buf_u64(b, p->offset);
}

static void edge_write(struct buf *b, const struct chunk_edge *g)
{
	const uint64_t longs[EDGE_U64] = {g->asked, g->differs, g->unwritten, g->least,
					  g->greatest};
	for (size_t i = 0; i < EDGE_U64; i++)
		buf_u64(b, longs[i]);
	buf_byte(b, (uint8_t)g->n_runs);
	for (size_t i = 0; i < g->n_runs; i++) {
		point_write(b, &g->runs[i].first);
		point_write(b, &g->runs[i].last);
	}
}

void frame_chunk(struct buf *b, const struct chunk_summary *s, const struct chunk_counts *n,
		 const struct chunk_edge *edge)
{
	const bool flags[SUMMARY_FLAGS] = {s->present, s->unused, s->checksums_off, s->header_crc_ok,
					   s->records_crc_ok};
	const uint64_t longs[SUMMARY_U64] = {s->chunk,   s->offset,     s->first_id,
					     s->last_id, s->first_time, s->last_time};
	const uint32_t words[SUMMARY_U32] = {
		s->records,      s->whole,        s->partly,      s->undecoded,
		s->recovered,    s->bytes_header, s->bytes_record, s->bytes_slack,
		s->bytes_free,   s->bytes_zero,   s->bytes_unknown};
	const uint64_t counts[COUNTS_U64] = {
		n->records,   n->whole,  n->partly,        n->undecoded, n->not_asked,
		n->recovered, n->hidden, n->reconstructed};
	size_t at = buf_frame(b, FRAME_CHUNK);
	for (size_t i = 0; i < SUMMARY_FLAGS; i++)
		buf_byte(b, flags[i]);
	for (size_t i = 0; i < SUMMARY_U64; i++)
		buf_u64(b, longs[i]);
	for (size_t i = 0; i < SUMMARY_U32; i++)
		buf_u32(b, words[i]);
	for (size_t i = 0; i < COUNTS_U64; i++)
		buf_u64(b, counts[i]);
	edge_write(b, edge);
	buf_frame_end(b, at);
}

#define SIGN_PLACE_U64 8
enum { SIGN_BAD_CHECKSUM = 1, SIGN_OF_RECOVERED = 2, SIGN_BACK = 4 };

static void sign_place_write(struct buf *b, const struct sign_place *p)
{
	const uint64_t longs[SIGN_PLACE_U64] = {p->offset,       p->chunk,    p->record_id,
						p->time,         p->other_id, p->other_offset,
						p->other_time,   p->amount};
	for (size_t i = 0; i < SIGN_PLACE_U64; i++)
		buf_u64(b, longs[i]);
	buf_byte(b, (uint8_t)((p->bad_checksum ? SIGN_BAD_CHECKSUM : 0) |
			      (p->recovered ? SIGN_OF_RECOVERED : 0) | (p->back ? SIGN_BACK : 0)));
	buf_blob(b, p->computer);
	buf_blob(b, p->account);
	buf_blob(b, p->note);
}

static void sign_place_read(struct cursor *c, struct sign_place *p)
{
	uint64_t *const longs[SIGN_PLACE_U64] = {&p->offset,     &p->chunk,    &p->record_id,
						 &p->time,       &p->other_id, &p->other_offset,
						 &p->other_time, &p->amount};
	for (size_t i = 0; i < SIGN_PLACE_U64; i++)
		*longs[i] = cursor_u64(c);
	uint8_t flags = cursor_u8(c);
	p->bad_checksum = flags & SIGN_BAD_CHECKSUM;
	p->recovered = flags & SIGN_OF_RECOVERED;
	p->back = flags & SIGN_BACK;
	p->computer = cursor_blob(c);
	p->account = cursor_blob(c);
	p->note = cursor_blob(c);
}

void frame_sign(struct buf *b, const struct sign *s)
{
	size_t at = buf_frame(b, FRAME_SIGN);
	buf_byte(b, (uint8_t)s->kind);
	buf_u64(b, s->n);
	buf_u64(b, s->amount);
	sign_place_write(b, &s->largest);
	buf_byte(b, (uint8_t)s->n_places);
	for (size_t i = 0; i < s->n_places; i++)
		sign_place_write(b, &s->places[i]);
	buf_frame_end(b, at);
}

static void seen_write(struct buf *b, const struct seen_field *f)
{
	buf_u32(b, f->id);
	buf_u64(b, f->n);
	buf_u64(b, f->offset);
	buf_byte(b, f->value.type);
	buf_blob(b, f->value.raw);
}

void frame_tally(struct buf *b, const struct tally *t)
{
	size_t at = buf_frame(b, FRAME_TALLY);
	buf_blob(b, t->computer);
	buf_blob(b, t->channel);
	buf_blob(b, t->provider);
	buf_u16(b, t->event_id);
	buf_u64(b, t->n);
	buf_u64(b, t->times.first);
	buf_u64(b, t->times.last);
	buf_byte(b, t->times.doubtful);
	buf_byte(b, t->version);
	buf_byte(b, t->cut);
	buf_u64(b, t->asked);
	buf_u32(b, (uint32_t)t->n_fields);
	for (size_t i = 0; i < t->n_fields; i++)
		seen_write(b, &t->fields[i]);
	buf_frame_end(b, at);
}

void frame_damage(struct buf *b, const struct damage *d)
{
	size_t at = buf_frame(b, FRAME_DAMAGE);
	damage_write(b, d);
	buf_frame_end(b, at);
}

enum { PLACE_RECOVERED = 1, PLACE_BAD_CHECKSUM = 2 };

void place_write(struct buf *b, const struct place *p)
{
	buf_u32(b, p->source);
	buf_u64(b, p->offset);
	buf_u32(b, p->size);
	buf_u64(b, p->chunk);
	buf_byte(b, (uint8_t)p->state);
	buf_byte(b, (uint8_t)((p->recovered ? PLACE_RECOVERED : 0) |
			      (p->bad_checksum ? PLACE_BAD_CHECKSUM : 0)));
}

void place_read(struct cursor *c, struct place *p)
{
	p->source = cursor_u32(c);
	p->offset = cursor_u64(c);
	p->size = cursor_u32(c);
	p->chunk = cursor_u64(c);
	uint8_t state = cursor_u8(c);
	if (state > RECORD_UNDECODED)
		c->bad = true;
	p->state = (enum record_state)state;
	uint8_t flags = cursor_u8(c);
	p->recovered = flags & PLACE_RECOVERED;
	p->bad_checksum = flags & PLACE_BAD_CHECKSUM;
}

#define EVENT_ROW 1u
#define EVENT_NEAR 2u

void frame_event(struct buf *b, const struct event_frame *f)
{
	size_t at = buf_frame(b, FRAME_EVENT);
	place_write(b, &f->place);
	buf_byte(b, (uint8_t)((f->row ? EVENT_ROW : 0) | (f->near ? EVENT_NEAR : 0)));
	buf_u32(b, (uint32_t)f->n_hits);
	for (size_t i = 0; i < f->n_hits; i++) {
		buf_u32(b, f->hits[i].rule);
		buf_u32(b, f->hits[i].stage);
	}
	event_write(b, &f->event);
	buf_frame_end(b, at);
}

void frame_fact(struct buf *b, const struct fact *f)
{
	size_t at = buf_frame(b, FRAME_FACT);
	fact_write(b, f);
	buf_frame_end(b, at);
}

void frame_clues(struct buf *b, struct view clues)
{
	size_t at = buf_frame(b, FRAME_CLUES);
	buf_view(b, clues);
	buf_frame_end(b, at);
}

void sighting_write(struct buf *b, const struct sighting *s)
{
	buf_u64(b, s->who);
	buf_u64(b, s->what);
}

void sighting_read(struct cursor *c, struct sighting *out)
{
	*out = (struct sighting){0};
	out->who = cursor_u64(c);
	out->what = cursor_u64(c);
}

void frame_sightings(struct buf *b, struct view sightings)
{
	size_t at = buf_frame(b, FRAME_SIGHTINGS);
	buf_view(b, sightings);
	buf_frame_end(b, at);
}

void frame_near(struct buf *b, const uint32_t *v, size_t n)
{
	size_t at = buf_frame(b, FRAME_NEAR);
	for (uint32_t i = 0; i < n; i++) {
		if (!v[i])
			continue;
		buf_u32(b, i);
		buf_u32(b, v[i]);
	}
	buf_frame_end(b, at);
}

void frame_hash(struct buf *b, const uint8_t sha256[32])
{
	size_t at = buf_frame(b, FRAME_HASH);
	buf_add(b, sha256, 32);
	buf_frame_end(b, at);
}

void frame_proof(struct buf *b, const struct proof_frame *f)
{
	size_t at = buf_frame(b, FRAME_PROOF);
	buf_u32(b, f->slot);
	buf_byte(b, f->known);
	buf_add(b, f->record_sha256, 32);
	buf_add(b, f->chunk_sha256, 32);
	buf_u64(b, f->chunk_at);
	buf_u32(b, f->chunk_lead);
	buf_u32(b, f->chunk_size);
	buf_blob(b, f->witness);
	buf_byte(b, f->has_event);
	if (f->has_event)
		event_write(b, &f->event);
	buf_frame_end(b, at);
}

void frame_done(struct buf *b)
{
	buf_frame_end(b, buf_frame(b, FRAME_DONE));
}

void frame_layout(struct buf *b, const struct evtx_layout *l)
{
	size_t at = buf_frame(b, FRAME_LAYOUT);
	buf_byte(b, l->regular);
	buf_u64(b, l->zero);
	buf_u64(b, l->unknown);
	buf_u32(b, (uint32_t)l->n);
	for (size_t i = 0; i < l->n; i++)
		run_write(b, &l->runs[i]);
	buf_frame_end(b, at);
}

void frame_verified(struct buf *b, const struct verification *v)
{
	size_t at = buf_frame(b, FRAME_VERIFIED);
	buf_u64(b, v->agree);
	for (size_t i = 0; i < DIFFERENCE_KINDS; i++)
		buf_u64(b, v->n[i]), buf_u64(b, v->recovered[i]);
	buf_frame_end(b, at);
}

void frame_difference(struct buf *b, const struct difference *d)
{
	size_t at = buf_frame(b, FRAME_DIFFERENCE);
	buf_byte(b, (uint8_t)d->kind);
	buf_u64(b, d->offset);
	buf_u64(b, d->record_id);
	buf_u16(b, d->event_id);
	buf_byte(b, d->recovered);
	buf_blob(b, view_sub(d->what, 0, LIMIT_DIFFERENCE_TEXT));
	buf_frame_end(b, at);
}

/* ---- frames in ---- */

struct reading {
	const struct fields *fields;
	const struct ruleset *rules;
	const struct reply_sink *sink;
	struct arena arena;
	struct err *e;
};

static int read_header(struct reading *r, struct cursor *c)
{
	struct header_frame h = {0};
	h.present = cursor_u8(c) & 1;
	h.crc_ok = cursor_u8(c) & 1;
	h.flags = cursor_u32(c);
	h.major = cursor_u16(c);
	h.minor = cursor_u16(c);
	h.chunks = cursor_u16(c);
	h.next_id = cursor_u64(c);
	h.bytes_header = cursor_u32(c);
	h.bytes_zero = cursor_u32(c);
	h.bytes_unknown = cursor_u32(c);
	if (c->bad || !r->sink->header)
		return 0;
	return r->sink->header(r->sink->ctx, &h, r->e);
}

static struct sign_point point_read(struct cursor *c)
{
	struct sign_point p;
	p.id = cursor_u64(c);
	p.time = cursor_u64(c);
	p.offset = cursor_u64(c);
	return p;
}

static void edge_read(struct cursor *c, struct chunk_edge *g)
{
	uint64_t *const longs[EDGE_U64] = {&g->asked, &g->differs, &g->unwritten, &g->least,
					   &g->greatest};
	for (size_t i = 0; i < EDGE_U64; i++)
		*longs[i] = cursor_u64(c);
	g->n_runs = cursor_u8(c);
	if (g->n_runs > LIMIT_SIGN_RUNS)
		c->bad = true;
	for (size_t i = 0; i < g->n_runs && !c->bad; i++) {
		g->runs[i].first = point_read(c);
		g->runs[i].last = point_read(c);
	}
}

static int read_layout(struct reading *r, struct cursor *c)
{
	struct evtx_layout l = {0};
	l.regular = cursor_u8(c) & 1;
	l.zero = cursor_u64(c);
	l.unknown = cursor_u64(c);
	l.n = cursor_u32(c);
	if (l.n > cursor_left(c) / 24)
		c->bad = true;
	l.runs = c->bad ? NULL : arena_array(&r->arena, l.n, sizeof(*l.runs));
	if (!l.runs && l.n)
		c->bad = true;
	for (size_t i = 0; !c->bad && i < l.n; i++) {
		run_read(c, &l.runs[i]);
		if (l.runs[i].from == l.runs[i].to || (i && l.runs[i].from < l.runs[i - 1].to))
			c->bad = true;
	}
	if (c->bad || !r->sink->layout)
		return 0;
	return r->sink->layout(r->sink->ctx, &l, r->e);
}

static int read_chunk(struct reading *r, struct cursor *c)
{
	struct chunk_summary s = {0};
	struct chunk_counts n = {0};
	struct chunk_edge g = {0};
	bool *const flags[SUMMARY_FLAGS] = {&s.present, &s.unused, &s.checksums_off,
					    &s.header_crc_ok, &s.records_crc_ok};
	uint64_t *const longs[SUMMARY_U64] = {&s.chunk,   &s.offset,     &s.first_id,
					      &s.last_id, &s.first_time, &s.last_time};
	uint32_t *const words[SUMMARY_U32] = {
		&s.records,      &s.whole,        &s.partly,      &s.undecoded,
		&s.recovered,    &s.bytes_header, &s.bytes_record, &s.bytes_slack,
		&s.bytes_free,   &s.bytes_zero,   &s.bytes_unknown};
	uint64_t *const counts[COUNTS_U64] = {
		&n.records,   &n.whole,  &n.partly,        &n.undecoded, &n.not_asked,
		&n.recovered, &n.hidden, &n.reconstructed};
	for (size_t i = 0; i < SUMMARY_FLAGS; i++)
		*flags[i] = cursor_u8(c) & 1;
	for (size_t i = 0; i < SUMMARY_U64; i++)
		*longs[i] = cursor_u64(c);
	for (size_t i = 0; i < SUMMARY_U32; i++)
		*words[i] = cursor_u32(c);
	for (size_t i = 0; i < COUNTS_U64; i++)
		*counts[i] = cursor_u64(c);
	edge_read(c, &g);
	if (c->bad || !r->sink->chunk)
		return 0;
	return r->sink->chunk(r->sink->ctx, &s, &n, &g, r->e);
}

static int read_sign(struct reading *r, struct cursor *c)
{
	struct sign_place places[LIMIT_SIGN_PLACES] = {0};
	struct sign s = {.places = places};
	uint8_t kind = cursor_u8(c);
	s.n = cursor_u64(c);
	s.amount = cursor_u64(c);
	sign_place_read(c, &s.largest);
	s.n_places = cursor_u8(c);
	if (kind >= SIGN_KINDS || s.n_places > LIMIT_SIGN_PLACES)
		c->bad = true;
	for (size_t i = 0; i < s.n_places && !c->bad; i++)
		sign_place_read(c, &places[i]);
	if (c->bad || !r->sink->sign)
		return 0;
	s.kind = (enum sign_kind)kind;
	return r->sink->sign(r->sink->ctx, &s, r->e);
}

/* A field must have a name that the rules know. */
static int read_seen(struct reading *r, struct cursor *c, struct tally *t)
{
	size_t names = r->fields ? r->fields->names.n : 0;
	t->n_fields = cursor_u32(c);
	if (t->n_fields > names)
		c->bad = true;
	if (c->bad)
		return 0;
	t->fields = arena_array(&r->arena, t->n_fields + 1, sizeof(*t->fields));
	if (!t->fields)
		return -1;
	for (size_t i = 0; i < t->n_fields && !c->bad; i++) {
		struct seen_field *f = &t->fields[i];
		f->id = cursor_u32(c);
		f->n = cursor_u64(c);
		f->offset = cursor_u64(c);
		f->value.type = cursor_u8(c);
		f->value.raw = cursor_blob(c);
		if (f->id >= names)
			c->bad = true;
	}
	return 0;
}

static int read_tally(struct reading *r, struct cursor *c)
{
	struct tally t = {0};
	t.computer = cursor_blob(c);
	t.channel = cursor_blob(c);
	t.provider = cursor_blob(c);
	t.event_id = cursor_u16(c);
	t.n = cursor_u64(c);
	t.times.first = cursor_u64(c);
	t.times.last = cursor_u64(c);
	t.times.doubtful = cursor_u8(c);
	t.version = cursor_u8(c);
	t.cut = cursor_u8(c);
	t.asked = cursor_u64(c);
	if (read_seen(r, c, &t) < 0)
		return err_set(r->e, ERR_NOMEM, 0, "no memory for a worker's message");
	if (c->bad || !r->sink->tally)
		return 0;
	return r->sink->tally(r->sink->ctx, &t, r->e);
}

static int read_damage(struct reading *r, struct cursor *c)
{
	struct damage d;
	if (damage_read(c, &r->arena, &d) < 0)
		return err_set(r->e, ERR_NOMEM, 0, "no memory for a worker's message");
	if (c->bad || !r->sink->damage)
		return 0;
	return r->sink->damage(r->sink->ctx, &d, r->e);
}

/* A hit must name a stage that there is; the until of a sequence stands behind the last. */
static bool is_stage(const struct ruleset *rules, const struct hit *h)
{
	const struct rule *r = rules && h->rule < rules->n ? &rules->rules[h->rule] : NULL;
	return r && h->stage < r->n_stages + (r->until != NULL);
}

static void read_hits(struct reading *r, struct cursor *c, struct event_frame *f)
{
	f->n_hits = cursor_u32(c);
	if (f->n_hits > cursor_left(c) / 8)
		c->bad = true;
	if (c->bad)
		return;
	f->hits = arena_array(&r->arena, f->n_hits, sizeof(*f->hits));
	if (!f->hits && f->n_hits) {
		c->bad = true;
		return;
	}
	for (size_t i = 0; i < f->n_hits; i++) {
		struct hit *h = &f->hits[i];
		h->rule = cursor_u32(c);
		h->stage = cursor_u32(c);
		c->bad |= !is_stage(r->rules, h);
	}
}

static int read_event(struct reading *r, struct cursor *c)
{
	struct event_frame f = {0};
	place_read(c, &f.place);
	uint8_t flags = cursor_u8(c);
	f.row = flags & EVENT_ROW;
	f.near = flags & EVENT_NEAR;
	read_hits(r, c, &f);
	if (!c->bad && event_read(c, &r->arena, r->fields, &f.event) < 0)
		c->bad = true;
	if (c->bad || !r->sink->event)
		return 0;
	return r->sink->event(r->sink->ctx, &f, r->e);
}

static int read_fact(struct reading *r, struct cursor *c)
{
	struct view bytes = cursor_take(c, cursor_left(c));
	struct cursor again = cursor_of(bytes);
	struct fact f;
	if (fact_read(&again, &f) < 0)
		c->bad = true;
	if (c->bad || !r->sink->fact)
		return 0;
	return r->sink->fact(r->sink->ctx, bytes, r->e);
}

static int read_clues(struct reading *r, struct cursor *c)
{
	int rc = 0;
	while (rc == 0 && cursor_left(c)) {
		struct clue clue;
		clue_read(c, &clue);
		if (!c->bad && r->sink->clue)
			rc = r->sink->clue(r->sink->ctx, &clue, r->e);
	}
	return rc;
}

static int read_sightings(struct reading *r, struct cursor *c)
{
	int rc = 0;
	while (rc == 0 && cursor_left(c)) {
		struct sighting s;
		sighting_read(c, &s);
		if (!c->bad && r->sink->sighting)
			rc = r->sink->sighting(r->sink->ctx, &s, r->e);
	}
	return rc;
}

static int read_near(struct reading *r, struct cursor *c)
{
	int rc = 0;
	while (rc == 0 && cursor_left(c)) {
		uint32_t rule = cursor_u32(c), n = cursor_u32(c);
		c->bad |= !r->rules || rule > r->rules->n;
		if (c->bad)
			return 0;
		if (r->sink->near)
			rc = r->sink->near(r->sink->ctx, rule, n, r->e);
	}
	return rc;
}

static int read_hash(struct reading *r, struct cursor *c)
{
	struct view v = cursor_take(c, 32);
	if (c->bad || !r->sink->hash)
		return 0;
	return r->sink->hash(r->sink->ctx, v.p, r->e);
}

static void take_digest(struct cursor *c, uint8_t out[32])
{
	struct view v = cursor_take(c, 32);
	if (v.n == 32)
		memcpy(out, v.p, 32);
}

static int read_proof(struct reading *r, struct cursor *c)
{
	struct proof_frame f = {0};
	f.slot = cursor_u32(c);
	f.known = cursor_u8(c) & 1;
	take_digest(c, f.record_sha256);
	take_digest(c, f.chunk_sha256);
	f.chunk_at = cursor_u64(c);
	f.chunk_lead = cursor_u32(c);
	f.chunk_size = cursor_u32(c);
	f.witness = cursor_blob(c);
	f.has_event = cursor_u8(c) & 1;
	if (!c->bad && f.has_event && event_read(c, &r->arena, r->fields, &f.event) < 0)
		c->bad = true;
	if (c->bad || !r->sink->proof)
		return 0;
	return r->sink->proof(r->sink->ctx, &f, r->e);
}

static int read_verified(struct reading *r, struct cursor *c)
{
	struct verification v = {.agree = cursor_u64(c)};
	for (size_t i = 0; i < DIFFERENCE_KINDS; i++)
		v.n[i] = cursor_u64(c), v.recovered[i] = cursor_u64(c);
	if (c->bad || !r->sink->verified)
		return 0;
	return r->sink->verified(r->sink->ctx, &v, r->e);
}

static int read_difference(struct reading *r, struct cursor *c)
{
	struct difference d = {0};
	uint8_t kind = cursor_u8(c);
	if (kind >= DIFFERENCE_KINDS)
		c->bad = true;
	d.kind = (enum difference_kind)kind;
	d.offset = cursor_u64(c);
	d.record_id = cursor_u64(c);
	d.event_id = cursor_u16(c);
	d.recovered = cursor_u8(c) & 1;
	d.what = view_sub(cursor_blob(c), 0, LIMIT_DIFFERENCE_TEXT);
	if (c->bad || !r->sink->difference)
		return 0;
	return r->sink->difference(r->sink->ctx, &d, r->e);
}

/* These two were heard when they came; all of their bytes must be theirs. */
static int read_turn(struct reading *r, struct cursor *c)
{
	struct turn_frame f;
	(void)r;
	c->bad = turn_read(cursor_take(c, 14), &f) < 0;
	return 0;
}

static int read_wrote(struct reading *r, struct cursor *c)
{
	int error;
	(void)r;
	c->bad = wrote_read(cursor_take(c, 4), &error) < 0;
	return 0;
}

static int (*const readers[])(struct reading *, struct cursor *) = {
	[FRAME_HEADER] = read_header, [FRAME_CHUNK] = read_chunk,   [FRAME_TALLY] = read_tally,
	[FRAME_SIGN] = read_sign,     [FRAME_DAMAGE] = read_damage, [FRAME_EVENT] = read_event,
	[FRAME_FACT] = read_fact,     [FRAME_CLUES] = read_clues,
	[FRAME_HASH] = read_hash,     [FRAME_PROOF] = read_proof,
	[FRAME_TURN] = read_turn,     [FRAME_WROTE] = read_wrote,   [FRAME_LAYOUT] = read_layout,
	[FRAME_VERIFIED] = read_verified, [FRAME_DIFFERENCE] = read_difference,
	[FRAME_SIGHTINGS] = read_sightings, [FRAME_NEAR] = read_near,
};

static int take_frame(void *ctx, uint8_t type, struct cursor *body, struct err *e)
{
	struct reading *r = ctx;

	(void)e; /* the readers have it of r */
	if (type >= sizeof(readers) / sizeof(readers[0]) || !readers[type])
		return FRAME_STRANGE;
	arena_reset(&r->arena);
	return readers[type](r, body) < 0 ? -1 : 0;
}

int reply_read(struct view reply, const struct fields *fields, const struct ruleset *rules,
	       const struct reply_sink *sink, struct err *e)
{
	struct reading r = {.fields = fields, .rules = rules, .sink = sink, .e = e};
	int rc;

	arena_init(&r.arena, LIMIT_MESSAGE * 4u);
	rc = frames_read(reply, take_frame, &r, e);
	arena_release(&r.arena);
	return rc;
}

int reply_check(struct view reply, const struct fields *fields, const struct ruleset *rules,
		struct err *e)
{
	const struct reply_sink nobody = {0};
	return reply_read(reply, fields, rules, &nobody, e);
}
