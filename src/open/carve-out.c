/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces to a log. A record refers to definitions by their offset in its chunk: a piece whose chunk is
 * known is put where it was, so that these hold. Others share places, as many as go in: their
 * definitions are sought by their id in any case.
 */
#include "carve-private.h"

#define PIECE_EXTENTS 3u /* the end of the place before, what is missing before the piece, the piece */

/*
 * Definitions stand 38 bytes behind the start of a record, and records at multiples of 8. Four bytes off
 * that, what does not know its chunk never finds another's definition where it seeks its own.
 */
#define STRAY_PLACE 4u

static int push(struct carved *c, uint64_t at, uint64_t n)
{
	struct extent *last = c->n ? &c->v[c->n - 1] : NULL;
	bool zero = at == EXTENT_ZERO;

	if (!n)
		return 0;
	if (last && (zero ? last->at == EXTENT_ZERO
			  : last->at != EXTENT_ZERO && last->at + last->n == at)) {
		last->n += n;
	} else {
		if (c->n == c->cap) {
			size_t cap = c->cap ? c->cap * 2 : 64;
			struct extent *v = mem_grow(c->v, cap * sizeof(*v));
			if (!v)
				return err_set(c->e, ERR_NOMEM, 0, "no memory for what is carved");
			c->v = v;
			c->cap = cap;
		}
		c->v[c->n++] = (struct extent){ c->size, at, n };
	}
	c->size += n;
	return 0;
}

/* What is left of the last place stays empty. */
static int fill_place(struct carved *c)
{
	uint64_t rest = c->size % EVTX_CHUNK_SIZE ? EVTX_CHUNK_SIZE - c->size % EVTX_CHUNK_SIZE : 0;

	c->used = EVTX_CHUNK_SIZE;
	return push(c, EXTENT_ZERO, rest);
}

/* Where in the last place the piece goes; EVTX_CHUNK_SIZE: nowhere. */
static uint64_t place_in_last(const struct carved *c, uint64_t base, uint64_t at, uint64_t n)
{
	uint64_t place = base == CARVE_NO_BASE ? c->used : at - base;

	if (!c->size || base != c->base || place < c->used || n > EVTX_CHUNK_SIZE - c->used ||
	    place > EVTX_CHUNK_SIZE - n)
		return EVTX_CHUNK_SIZE;
	return place;
}

int carved_end(struct carved *c)
{
	if (!c->n)
		return 0;
	if (fill_place(c) < 0 || c->whole(c->ctx, c) < 0)
		return -1;
	c->n = 0;
	c->size = 0;
	return 0;
}

int carved_add(struct carved *c, uint64_t base, uint64_t at, uint64_t n)
{
	uint64_t place = place_in_last(c, base, at, n);

	if (place == EVTX_CHUNK_SIZE) {
		if (c->n > LIMIT_CARVE_EXTENTS - PIECE_EXTENTS ? carved_end(c) < 0 : fill_place(c) < 0)
			return -1;
		c->base = base;
		c->used = 0;
		place = base == CARVE_NO_BASE ? STRAY_PLACE : at - base;
	}
	if (push(c, EXTENT_ZERO, place - c->used) < 0 || push(c, at, n) < 0)
		return -1;
	c->used = (uint32_t)(place + n);
	return 0;
}

void carved_release(struct carved *c)
{
	mem_free(c->v);
	c->v = NULL;
	c->n = c->cap = 0;
}
