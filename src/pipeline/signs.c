/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the records of one chunk tell of tampering and loss. Only numbers that the scan has at hand
 * are looked at; the fields are read of the few records that tell of the log itself. What needs
 * more than one chunk, or the whole log, is joined in the parent: signs-close.c.
 */
#include <string.h>

#include "pipeline-private.h"

static void add(struct signs *s, enum sign_kind kind, const struct sign_place *p)
{
	const struct sign one = {.kind = kind,
				 .n = 1,
				 .amount = p->amount,
				 .n_places = 1,
				 .places = (struct sign_place *)(uintptr_t)p,
				 .largest = *p};
	s->found[kind].kind = kind;
	s->found[kind].places = s->places[kind];
	sign_add(&s->found[kind], &one, LIMIT_SIGN_PLACES);
}

static struct sign_place place_of(const struct signs *s, const struct sign_record *r)
{
	return (struct sign_place){.offset = r->offset,
				   .chunk = s->chunk,
				   .record_id = r->id,
				   .time = r->time_created,
				   .bad_checksum = r->bad_checksum,
				   .recovered = r->recovered};
}

void signs_start(struct signs *s, struct arena *a)
{
	s->arena = a;
	for (size_t i = 0; i < SIGN_KINDS; i++)
		s->found[i] = (struct sign){0};
}

void signs_chunk(struct signs *s, uint64_t chunk)
{
	s->chunk = chunk;
	s->edge = (struct chunk_edge){0};
	s->raw = (struct sign_point){0};
	s->raw_believed = true;
	s->skipped = s->next_id = s->usual = 0;
	s->remains = (struct sign_point){0};
	s->recovered = (struct sign_place){0};
}

/* Makes up for the usual records, whose ids went up by one. */
static void catch_up(struct signs *s)
{
	struct chunk_edge *e = &s->edge;
	uint64_t first = s->raw.id - s->usual + 1;
	if (!s->usual)
		return;
	e->least = first < e->least ? first : e->least;
	e->runs[e->n_runs - 1].last = s->raw;
	e->asked += s->usual;
	e->greatest = s->raw.id > e->greatest ? s->raw.id : e->greatest;
	s->usual = 0;
}

void signs_chunk_end(struct signs *s)
{
	catch_up(s);
	if (s->recovered.amount)
		add(s, SIGN_RECOVERED, &s->recovered);
}

/* ---- ids and times in order ---- */

static struct sign_place step(const struct signs *s, const struct sign_point *a,
			      const struct sign_point *b, bool bad_checksum)
{
	return (struct sign_place){.offset = b->offset,
				   .chunk = s->chunk,
				   .record_id = b->id,
				   .time = b->time,
				   .other_offset = a->offset,
				   .other_id = a->id,
				   .other_time = a->time,
				   .bad_checksum = bad_checksum};
}

/* The run goes on; records in between whose ids were not believed have the ids in between. */
static bool goes_on(const struct signs *s, uint64_t last, uint64_t id)
{
	return id > last && id - last - 1 <= s->skipped;
}

/* More runs than can be told apart: what lies between them is told here, as far as one chunk can.
 */
static void crowded(struct signs *s, struct sign_place at)
{
	if (at.record_id <= at.other_id) {
		add(s, SIGN_ID_ORDER, &at);
		return;
	}
	at.amount = at.record_id - at.other_id - 1;
	add(s, SIGN_ID_GAP, &at);
}

static void backwards(struct signs *s, struct sign_place at)
{
	at.amount = at.other_time - at.time;
	add(s, SIGN_TIME_BACKWARDS, &at);
}

/* A record whose id is believed against the last such one. */
static void follow(struct signs *s, const struct sign_point *p, bool bad_checksum)
{
	struct chunk_edge *e = &s->edge;
	struct sign_run *run = e->n_runs ? &e->runs[e->n_runs - 1] : NULL;
	bool on = run && goes_on(s, run->last.id, p->id);
	if (!run || (!on && e->n_runs < LIMIT_SIGN_RUNS)) {
		run = &e->runs[e->n_runs++];
		run->first = *p;
	} else if (!on) {
		crowded(s, step(s, &run->last, p, bad_checksum));
	} else if (p->time && p->time + SIGN_TIME_TOLERANCE < run->last.time) {
		backwards(s, step(s, &run->last, p, bad_checksum));
	}
	run->last = *p;
	s->skipped = 0;
}

/*
 * An id is believed when nothing about its record is wrong, or when it goes on from the one before
 * it; that speaks for that one, too. Damage would else look like thousands of records missing.
 */
static void order(struct signs *s, const struct sign_record *r)
{
	const struct sign_point p = {r->id, r->whole && r->system ? r->time_created : 0, r->offset};
	bool succeeds = s->raw.id && p.id == s->raw.id + 1;
	bool believed = succeeds || (r->whole && (!r->bad_checksum || r->event_record_id == r->id));
	if (succeeds && !s->raw_believed) {
		s->skipped--;
		follow(s, &s->raw, r->bad_checksum);
	}
	if (believed)
		follow(s, &p, r->bad_checksum);
	else
		s->skipped++;
	s->raw = p;
	s->raw_believed = believed;
	s->next_id = believed && p.time ? p.id + 1 : 0;
}

/* ---- what a record says twice ---- */

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void id_differs(struct signs *s, const struct sign_record *r)
{
	struct sign_place at = place_of(s, r);
	at.other_id = r->event_record_id;
	add(s, SIGN_ID_DIFFERS, &at);
}

static void time_differs(struct signs *s, const struct sign_record *r)
{
	struct sign_place at = place_of(s, r);
	at.other_time = r->written;
	at.amount = apart(r->written, r->time_created);
	add(s, SIGN_HEADER_TIME, &at);
}

static void compare(struct signs *s, const struct sign_record *r)
{
	struct chunk_edge *e = &s->edge;
	if (!e->asked || r->event_record_id < e->least)
		e->least = r->event_record_id;
	if (r->event_record_id > e->greatest)
		e->greatest = r->event_record_id;
	e->asked++;
	e->differs += r->event_record_id != r->id;
	e->unwritten += !r->written;
	if (r->event_record_id != r->id)
		id_differs(s, r);
	if (r->written && apart(r->written, r->time_created) > SIGN_TIME_TOLERANCE)
		time_differs(s, r);
}

/* ---- records that tell of the log itself ---- */

static bool special(const struct sign_record *r, enum sign_kind *kind)
{
	const char *provider = "Microsoft-Windows-Eventlog";
	if (!signs_special(r->event_id, r->provider))
		return false;
	*kind = r->event_id == 1100 ? SIGN_STOPPED : SIGN_CLEARED;
	if (r->event_id == 1 || r->event_id == 4616) {
		*kind = SIGN_TIME_CHANGED;
		provider =
			r->event_id == 1 ? KERNEL_GENERAL : "Microsoft-Windows-Security-Auditing";
	}
	return view_eq_str_nocase(r->provider, provider);
}

static struct view keep(struct signs *s, struct view v)
{
	struct view kept = arena_keep(s->arena, view_sub(v, 0, LIMIT_SIGN_TEXT));
	return kept.p ? kept : view_str("");
}

/* true: its fields are needed. How far the clock was set is asked of all, else only of those
 * listed. */
static bool note_special(struct signs *s, const struct sign_record *r, enum sign_kind kind)
{
	bool full = s->found[kind].n_places == LIMIT_SIGN_PLACES;
	if (kind == SIGN_TIME_CHANGED || (kind == SIGN_CLEARED && !full))
		return true;
	struct sign_place at = place_of(s, r);
	if (!full)
		at.computer = keep(s, r->computer);
	add(s, kind, &at);
	return false;
}

/* Live or not: what is hidden in a record comes right behind it. */
static const struct sign_point *host_of(const struct signs *s)
{
	return s->remains.offset ? &s->remains : &s->raw;
}

void signs_damage(struct signs *s, const struct damage *d)
{
	const struct sign_point *host = host_of(s);
	const struct sign_place at = {.offset = host->offset,
				      .chunk = s->chunk,
				      .record_id = host->id,
				      .time = host->time,
				      .other_offset = d->offset,
				      .amount = d->length,
				      .recovered = s->remains.offset != 0};
	if (!strcmp(d->kind, "record-room"))
		add(s, SIGN_ROOM, &at);
}

static void not_live(struct signs *s, const struct sign_record *r)
{
	const struct sign_point *host = host_of(s);
	struct sign_place at = place_of(s, r);
	if (r->hidden) {
		at.other_id = host->id;
		at.other_offset = host->offset;
		add(s, SIGN_HIDDEN, &at);
		return;
	}
	s->remains = (struct sign_point){r->id, 0, r->offset};
	if (!s->recovered.amount)
		s->recovered = at;
	s->recovered.amount++;
}

bool signs_record(struct signs *s, const struct sign_record *r)
{
	enum sign_kind kind;
	catch_up(s);
	if (r->recovered) {
		not_live(s, r);
	} else {
		order(s, r);
		if (r->whole && r->system)
			compare(s, r);
	}
	return r->system && special(r, &kind) && note_special(s, r, kind);
}

static struct view text_of(struct signs *s, const struct event *ev, const char *name)
{
	const struct field *f = event_field_named(ev, name);
	struct view v = f ? value_view(s->arena, f->value) : view_str("");
	if (!v.p || view_eq_str(v, "-"))
		return view_str("");
	return view_sub(v, 0, LIMIT_SIGN_TEXT);
}

/* DOMAIN\name, or the SID of who wrote the record. */
static struct view account_of(struct signs *s, const struct event *ev)
{
	struct view domain = text_of(s, ev, "SubjectDomainName");
	struct view name = text_of(s, ev, "SubjectUserName"), out;
	struct buf b;
	if (!name.n)
		return keep(s, ev->user_sid);
	buf_init(&b, 0);
	buf_view(&b, domain);
	buf_str(&b, domain.n ? "\\" : "");
	buf_view(&b, name);
	out = keep(s, buf_data(&b));
	buf_release(&b);
	return out;
}

static uint64_t time_of(struct signs *s, const struct event *ev, const char *name)
{
	const struct field *f = event_field_named(ev, name);
	uint64_t t = 0;
	if (f && f->value.type == VALUE_FILETIME) {
		struct cursor c = cursor_of(f->value.raw);
		return cursor_u64(&c);
	}
	return f && time_parse(text_of(s, ev, name), &t) ? t : 0;
}

/* 4616 names the two times differently from Kernel-General 1. */
static void clock_change(struct signs *s, struct sign_place *at, const struct event *ev)
{
	uint64_t old = time_of(s, ev, ev->event_id == 1 ? "OldTime" : "PreviousTime");
	uint64_t new = time_of(s, ev, "NewTime");
	if (!old || !new)
		return;
	at->other_time = old;
	at->amount = apart(old, new);
	at->back = new < old;
}

void signs_event(struct signs *s, const struct sign_record *r, const struct event *ev)
{
	struct sign_place at = place_of(s, r);
	enum sign_kind kind;
	if (!special(r, &kind))
		return;
	if (kind == SIGN_TIME_CHANGED)
		clock_change(s, &at, ev);
	/* The time service sets the clock every day, by a little. */
	if (at.other_time && at.amount <= SIGN_TIME_TOLERANCE)
		return;
	if (s->found[kind].n_places < LIMIT_SIGN_PLACES ||
	    at.amount > s->found[kind].largest.amount) {
		at.computer = keep(s, ev->computer);
		at.account = account_of(s, ev);
		at.note = text_of(s, ev, kind == SIGN_CLEARED ? "Channel" : "ProcessName");
	}
	add(s, kind, &at);
}

void signs_send(const struct signs *s, struct buf *out)
{
	for (size_t i = 0; i < SIGN_KINDS; i++)
		if (s->found[i].n)
			frame_sign(out, &s->found[i]);
}
