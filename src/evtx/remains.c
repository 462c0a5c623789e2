/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that are not in the live chain: those that stand hidden in the size of another record, and
 * what earlier lives of the chunk left in its slack.
 */
#include "frame.h"
#include "token.h"

#define RECORD_HEAD 24u /* signature, size, id, time */

/* FILETIMEs of 1980 and 2200. Exported logs hold records without a time of writing. */
#define TIME_LEAST 119600064000000000u
#define TIME_MOST 189027648000000000u

/* Every record starts with a fragment header, so what else has a signature is none. */
static bool is_plausible(struct view bytes, const struct frame *f)
{
	struct cursor k = cursor_of(bytes);

	cursor_seek(&k, f->pos + RECORD_HEAD);
	return f->id && (!f->written || (f->written > TIME_LEAST && f->written < TIME_MOST)) &&
	       cursor_u32(&k) == FRAGMENT_HEAD && !k.bad;
}

/* ---- hidden ---- */

/*
 * Who hides a record makes the one before it as large as both. That overwrites the last size of the
 * hidden one; its first still leads to the end of the larger record, or it is sound as it stands.
 */
static bool is_hidden(struct view bytes, const struct frame *host, const struct look *l)
{
	bool last = l->fits && l->frame.pos + l->frame.size == host->pos + host->size;

	return l->signature && (l->tail || last) && is_plausible(bytes, &l->frame);
}

/*
 * Where the record's own content does not show its end, its former size in front of the hidden one
 * has to, or records that follow one another from there up to the larger one's end: a text may quote
 * a record.
 */
static bool is_led_to(struct view bytes, const struct frame *host, size_t pos)
{
	struct cursor k = cursor_of(bytes);

	cursor_seek(&k, pos - 4);
	return pos - host->pos >= EVTX_RECORD_MIN && cursor_u32(&k) == pos - host->pos;
}

static bool leads_to_end(struct view bytes, const struct frame *host, size_t pos)
{
	size_t end = host->pos + host->size;

	while (pos < end) {
		struct look l = frame_look(bytes, pos);

		if (!is_hidden(bytes, host, &l))
			return false;
		pos += l.frame.size;
	}
	return pos == end;
}

static void tell_hidden(const struct walk *w, const struct frame *f)
{
	sink_tell(w->sink, DAMAGE_LOSS, "record-hidden", w->chunk->offset + f->pos, f->size,
		  "record %llu stands hidden within the size of record %llu, behind its content",
		  (unsigned long long)f->id, (unsigned long long)w->host.id);
}

static bool hidden_find(struct walk *w, struct view bytes, bool end_known, struct frame *f)
{
	size_t at = signature_find(bytes, w->hidden);

	for (; at != SIZE_MAX; at = signature_find(bytes, at + 1)) {
		struct look l = frame_look(bytes, at);
		size_t end;

		if (!is_hidden(bytes, &w->host, &l))
			continue;
		if (!end_known && !is_led_to(bytes, &w->host, at) &&
		    !leads_to_end(bytes, &w->host, at))
			continue;
		end = content_end(bytes, at + RECORD_HEAD, at + l.frame.size - 4);
		w->hidden = end ? end : at + l.frame.size;
		*f = l.frame;
		f->recovered = f->hidden = true;
		f->slack = w->host.slack;
		return true;
	}
	return false;
}

/* Records end with their content, made up to a multiple of 8. */
#define ROOM_MOST 7u

static void tell_room(const struct walk *w, size_t content, size_t room)
{
	sink_tell(w->sink, DAMAGE_LOSS, "record-room", w->chunk->offset + content, room,
		  "%zu bytes stand behind the content of record %llu, where at most %u can; "
		  "something may have been hidden there",
		  room, (unsigned long long)w->host.id, ROOM_MOST);
}

/* Where to seek from; 0: there is no room. */
static size_t hidden_start(struct walk *w, struct view bytes, size_t content)
{
	size_t room = content ? bytes.n - 4 - content : 0;

	if (content && room <= ROOM_MOST)
		return 0;
	return content ? content : w->host.pos + RECORD_HEAD;
}

bool hidden_next(struct walk *w, struct frame *f)
{
	size_t end = w->host.pos + w->host.size;
	struct view bytes = view_sub(w->chunk->bytes, 0, end);
	size_t content = w->hidden;
	bool first = !content;

	if (!w->host.size)
		return false;
	if (first) {
		content = content_end(bytes, w->host.pos + RECORD_HEAD, end - 4);
		w->hidden = hidden_start(w, bytes, content);
	}
	if (w->hidden && hidden_find(w, bytes, content != 0, f)) {
		tell_hidden(w, f);
		return true;
	}
	if (w->hidden && first && content && !w->host.broken)
		tell_room(w, content, end - 4 - content);
	w->host.size = 0;
	return false;
}

/* ---- gaps ---- */

/* A damaged record may have hidden others, which its size, found at its end, leads across. */
bool gap_next(struct walk *w, struct frame *f)
{
	struct view bytes = view_sub(w->chunk->bytes, 0, w->gap.pos + w->gap.size);
	size_t at = w->gap.size ? signature_find(bytes, w->gap.pos) : SIZE_MAX;

	for (; at != SIZE_MAX; at = signature_find(bytes, at + 1)) {
		struct look l = frame_look(bytes, at);

		if (!is_hidden(bytes, &w->gap, &l))
			continue;
		*f = l.frame;
		f->recovered = true;
		w->gap = (struct frame){.pos = at + f->size, .size = bytes.n - at - f->size};
		return true;
	}
	w->gap.size = 0;
	return false;
}

/* ---- slack ---- */

size_t walk_used(struct walk *w)
{
	if (!w->used)
		w->used = w->end + view_used(view_sub(w->chunk->bytes, w->end, SIZE_MAX));
	return w->used;
}

bool slack_next(struct walk *w, struct frame *f)
{
	struct view bytes = w->chunk->bytes, used = view_sub(bytes, 0, walk_used(w));
	size_t at;

	if (!w->slack)
		w->slack = w->end;
	for (at = signature_find(used, w->slack); at != SIZE_MAX;
	     at = signature_find(used, at + 1)) {
		struct look l = frame_look(bytes, at);

		if (!look_is_sound(&l) || !is_plausible(bytes, &l.frame))
			continue;
		*f = l.frame;
		f->recovered = f->slack = true;
		w->slack = at + l.frame.size;
		return true;
	}
	w->slack = bytes.n;
	return false;
}
