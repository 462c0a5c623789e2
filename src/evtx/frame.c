/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "frame.h"

/* More records than fit into one chunk: how far ids may jump within it. */
#define ID_REACH (EVTX_CHUNK_SIZE / EVTX_RECORD_MIN)

struct look frame_look(struct view bytes, size_t pos)
{
	struct cursor k = cursor_of(bytes);
	struct look l = {.frame.pos = pos};

	cursor_seek(&k, pos);
	l.signature = cursor_u32(&k) == RECORD_SIGNATURE && !k.bad;
	l.frame.size = cursor_u32(&k);
	l.frame.id = cursor_u64(&k);
	l.frame.written = cursor_u64(&k);
	l.fits = !k.bad && l.frame.size >= EVTX_RECORD_MIN && l.frame.size <= bytes.n - pos;
	if (!l.fits)
		return l;
	cursor_seek(&k, pos + l.frame.size - 4);
	l.tail = cursor_u32(&k) == l.frame.size;
	return l;
}

static struct look look_at(const struct walk *w, size_t pos)
{
	return frame_look(view_sub(w->chunk->bytes, 0, w->end), pos);
}

bool look_is_sound(const struct look *l)
{
	return l->signature && l->tail;
}

/* By its first byte, which is rare: memmem() prepares itself anew at each call. */
size_t signature_find(struct view bytes, size_t pos)
{
	struct view v = view_sub(bytes, pos, bytes.n);

	while (v.n >= 4) {
		const uint8_t *hit = memchr(v.p, '*', v.n - 3);

		if (!hit)
			break;
		if (!memcmp(hit, "**\0", 4))
			return (size_t)(hit - bytes.p);
		v = view_sub(v, (size_t)(hit - v.p) + 1, v.n);
	}
	return SIZE_MAX;
}

static bool follows(uint64_t id, uint64_t last)
{
	return id > last && id - last <= ID_REACH;
}

/*
 * Below a trusted free-space offset every sound frame is live. Without one, the ids tell: slack
 * holds records of an earlier life of the chunk, and those do not go on from the live ones. As an
 * id may be damaged itself, the record behind has a say. *last: the id as it should be.
 */
static bool is_live(const struct walk *w, const struct look *l, uint64_t *last)
{
	struct look next;

	*last = l->frame.id;
	if (!look_is_sound(l))
		return false;
	if (w->trusted || !w->last_id)
		return true;
	next = look_at(w, l->frame.pos + l->frame.size);
	if (look_is_sound(&next) && next.frame.id == w->last_id + 2)
		*last = w->last_id + 1;
	else if (!follows(l->frame.id, w->last_id))
		*last = look_is_sound(&next) ? next.frame.id - 1 : 0;
	return follows(*last, w->last_id);
}

static bool live_at(const struct walk *w, size_t pos)
{
	struct look l = look_at(w, pos);
	uint64_t last;

	return is_live(w, &l, &last);
}

/* The next live frame behind a broken one. */
struct resync {
	size_t pos;	/* 0: none */
	bool confirmed; /* the size in front of it leads back to the broken one */
};

/*
 * A confirmed frame goes before a nearer one: that keeps a record which a text quotes from being
 * taken for one.
 */
static struct resync resync(const struct walk *w, size_t pos)
{
	struct view bytes = view_sub(w->chunk->bytes, 0, w->end);
	struct resync first = {0};
	size_t at = signature_find(bytes, pos + 1);

	for (; at != SIZE_MAX; at = signature_find(bytes, at + 1)) {
		struct cursor k = cursor_of(bytes);
		bool confirmed;

		cursor_seek(&k, at - 4);
		confirmed = at - pos >= EVTX_RECORD_MIN && cursor_u32(&k) == at - pos;
		if ((first.pos && !confirmed) || !live_at(w, at)) /* the cheap question first */
			continue;
		if (confirmed)
			return (struct resync){at, true};
		first.pos = at;
	}
	return first;
}

static void gap(struct walk *w, size_t to)
{
	struct view v = view_sub(w->chunk->bytes, w->pos, to - w->pos);
	bool zero = view_is_zero(v);

	if (zero)
		w->bytes_zero += (uint32_t)v.n;
	else
		w->bytes_unknown += (uint32_t)v.n;
	if (v.n)
		sink_tell(w->sink, DAMAGE_LOSS, "record-gap", w->chunk->offset + w->pos, v.n,
			  "%zu bytes where records should stand are %s", v.n,
			  zero ? "zero" : "no record");
	if (!zero)
		w->gap = (struct frame){.pos = w->pos, .size = v.n};
	w->pos = to;
}

static void accept(struct walk *w, const struct frame *f)
{
	w->n_live++;
	w->last = f->pos;
	w->bytes_record += (uint32_t)f->size;
	w->pos = f->pos + f->size;
}

/* A frame with one fault, whose size is right: what follows it shows that. */
static bool one_fault(struct walk *w, const struct look *l, const struct resync *next)
{
	size_t end = l->frame.pos + l->frame.size;

	if (!l->fits || l->signature == l->tail || (next->confirmed && next->pos < end))
		return false;
	if (!live_at(w, end) && !(w->trusted && end == w->end))
		return false;
	sink_tell(w->sink, DAMAGE_LOSS, l->signature ? "record-size" : "record-signature",
		  w->chunk->offset + l->frame.pos, l->frame.size,
		  l->signature ? "the record's two sizes differ"
			       : "the record's signature is damaged");
	return true;
}

/* Bytes of a record whose frame is damaged and which `next` follows (0: nothing does). */
static size_t best_size(const struct walk *w, const struct look *l, size_t next)
{
	size_t room = (next ? next : w->end) - l->frame.pos;
	struct cursor k = cursor_of(w->chunk->bytes);

	if (room < EVTX_RECORD_MIN)
		return 0;
	cursor_seek(&k, l->frame.pos + room - 4);
	if (cursor_u32(&k) == room || !l->fits || l->frame.size > room)
		return room;
	return l->frame.size;
}

/*
 * true: *f is a record with a damaged frame; false: the bytes up to the next one are none. The last
 * record of a cut chunk is not there as a whole: its bytes are told, not decoded.
 */
static bool broken(struct walk *w, const struct look *l, struct frame *f)
{
	bool cut = w->chunk->bytes.n < EVTX_CHUNK_SIZE && w->end == w->chunk->bytes.n;
	struct resync next = resync(w, l->frame.pos);
	size_t size;

	*f = l->frame;
	f->broken = true;
	if (one_fault(w, l, &next))
		return true;
	if (!next.pos && !w->trusted && (!l->signature || cut)) {
		w->end = w->pos; /* nothing goes on from here: what follows is slack */
		return false;
	}
	size = best_size(w, l, next.pos);
	if (!l->signature || (!next.pos && cut) || !size) {
		gap(w, next.pos ? next.pos : w->end);
		return false;
	}
	sink_tell(w->sink, DAMAGE_LOSS, "record-size", w->chunk->offset + w->pos, size,
		  "no record ends where this one's size, %zu, says; it is taken to have %zu bytes",
		  l->frame.size, size);
	f->size = size;
	return true;
}

/* Bytes that are no chunk need not have a chunk's header in front of their records. */
static size_t start_of(const struct chunk *c)
{
	struct view head = view_sub(c->bytes, 0, EVTX_CHUNK_HEADER_SIZE + 3);
	size_t at = c->present ? SIZE_MAX : signature_find(head, 0);

	for (; at != SIZE_MAX; at = signature_find(head, at + 1)) {
		struct look l = frame_look(c->bytes, at);

		if (look_is_sound(&l))
			return at;
	}
	return EVTX_CHUNK_HEADER_SIZE;
}

void walk_start(struct walk *w, const struct chunk *c, const struct sink *s)
{
	*w = (struct walk){
		.chunk = c,
		.sink = s,
		.trusted = c->trusted,
		.start = c->unused ? EVTX_CHUNK_HEADER_SIZE : start_of(c),
		.end = c->live_end,
	};
	w->pos = w->start;
	if (w->end < w->pos || c->unused)
		w->end = w->pos;
}

static struct look look_beyond(const struct walk *w)
{
	return frame_look(w->chunk->bytes, w->pos);
}

/* A sound record that the free-space offset cuts in two proves that offset wrong. */
static bool is_cut_by_end(struct walk *w)
{
	struct look l;

	if (!w->trusted || w->end == w->chunk->bytes.n)
		return false;
	l = look_beyond(w);
	if (!look_is_sound(&l))
		return false;
	sink_tell(w->sink, DAMAGE_LOSS, "chunk-free-space", w->chunk->offset + 48, 4,
		  "the chunk's free-space offset %zu lies within a record", w->end);
	w->trusted = false;
	w->end = w->chunk->bytes.n;
	return true;
}

/*
 * A record that stands right at the free-space offset and goes on with the next id was live when it
 * was written, whatever the header says.
 */
static bool behind(struct walk *w, struct frame *f)
{
	struct look l;

	if (!w->trusted || w->pos != w->end)
		return false;
	l = look_beyond(w);
	if (!look_is_sound(&l) || l.frame.id != (w->last_id ? w->last_id + 1 : w->chunk->first_id))
		return false;
	if (!w->n_behind++)
		sink_tell(w->sink, DAMAGE_LOSS, "records-behind", w->chunk->offset + w->pos, 0,
			  "records go on from the live ones behind the free-space offset");
	*f = l.frame;
	f->recovered = true;
	w->last_id = f->id;
	w->pos = w->end = f->pos + f->size;
	return true;
}

/*
 * A size can be wrong and still be found again where it says, in the next record's header. Then
 * that record is confirmed by what stands in front of it, and nothing follows where this one ends.
 */
static bool overlaps(struct walk *w, const struct look *l, struct frame *f)
{
	size_t end = l->frame.pos + l->frame.size;
	struct resync next;

	if (live_at(w, end) || (w->trusted && end == w->end))
		return false;
	next = resync(w, l->frame.pos);
	if (!next.confirmed || next.pos >= end)
		return false;
	*f = l->frame;
	f->broken = true;
	f->size = next.pos - f->pos;
	sink_tell(w->sink, DAMAGE_LOSS, "record-size", w->chunk->offset + f->pos, f->size,
		  "the record's size, %zu, reaches into the next record", l->frame.size);
	return true;
}

static bool live_next(struct walk *w, struct frame *f)
{
	while (w->pos < w->end) {
		struct look l = look_at(w, w->pos);
		uint64_t last;
		bool live = is_live(w, &l, &last);

		if (!live && look_is_sound(&l)) {
			w->end = w->pos; /* of an earlier life */
			break;
		}
		if (live) {
			w->last_id = last;
			if (!overlaps(w, &l, f))
				*f = l.frame;
		} else if (is_cut_by_end(w) || !broken(w, &l, f)) {
			if (gap_next(w, f))
				return true;
			continue;
		}
		accept(w, f);
		return true;
	}
	return behind(w, f);
}

bool walk_next(struct walk *w, struct frame *f)
{
	if (hidden_next(w, f))
		return true;
	if (!gap_next(w, f) && !live_next(w, f) && !slack_next(w, f))
		return false;
	w->host = *f;
	w->hidden = 0;
	return true;
}
