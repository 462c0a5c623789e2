/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle-private.h"

#include <string.h>

#define FRAME_HEADER 24u /* signature, size, id, time */

static const uint8_t frame_signature[4] = {'*', '*', 0, 0};

void spots_release(struct spots *s)
{
	mem_free(s->v);
	memset(s, 0, sizeof(*s));
}

static bool spots_add(struct spots *s, const struct spot *spot)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 256;
		struct spot *v = mem_grow(s->v, cap * sizeof(*v));
		if (!v)
			return false;
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = *spot;
	return true;
}

static struct spot spot_read(struct view chunk, size_t pos)
{
	struct cursor c = cursor_of(chunk);

	cursor_seek(&c, pos + sizeof(frame_signature));
	struct spot spot = {.pos = (uint32_t)pos, .size = cursor_u32(&c)};
	spot.id = cursor_u64(&c);
	spot.written = cursor_u64(&c);
	if (c.bad)
		spot.size = 0;
	/* A size that leads nowhere is not passed on. */
	if (spot.size < EVTX_RECORD_MIN || spot.size > chunk.n - pos)
		spot.size = 0;
	spot.fit = templates_fit(chunk, view_sub(chunk, pos, spot.size ? spot.size : chunk.n));
	return spot;
}

/* Every place that looks like a record's beginning, live or not: libevtx says which are records. */
bool spots_scan(struct spots *s, struct view chunk)
{
	s->n = s->hint = 0;
	size_t pos = 0;
	while (chunk.n - pos >= FRAME_HEADER) {
		const uint8_t *at = memmem(chunk.p + pos, chunk.n - pos, frame_signature,
					   sizeof(frame_signature));
		if (!at)
			break;
		pos = (size_t)(at - chunk.p);
		struct spot spot = spot_read(chunk, pos);
		if (!spots_add(s, &spot))
			return false;
		pos += sizeof(frame_signature);
	}
	return true;
}

const struct spot *spots_take(struct spots *s, uint64_t id, uint64_t written)
{
	for (size_t k = 0; k < s->n; k++) {
		size_t i = (s->hint + k) % s->n;
		struct spot *spot = &s->v[i];
		if (spot->taken || spot->id != id || spot->written != written)
			continue;
		spot->taken = true;
		s->hint = i + 1;
		return spot;
	}
	return NULL;
}

const struct spot *spots_take_at(struct spots *s, size_t pos)
{
	for (size_t k = 0; k < s->n; k++) {
		size_t i = (s->hint + k) % s->n;
		if (s->v[i].pos != pos)
			continue;
		s->v[i].taken = true;
		s->hint = i + 1;
		return &s->v[i];
	}
	return NULL;
}
