/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/source.h"

/* The extent that holds the byte; `map->n` when none does. */
static size_t find(const struct extents *map, uint64_t off)
{
	size_t low = 0, high = map->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (off - map->v[mid].from < map->v[mid].n)
			return mid;
		if (map->v[mid].from > off)
			high = mid;
		else
			low = mid + 1;
	}
	return map->n;
}

bool extents_are_sound(const struct extents *x, uint64_t size)
{
	uint64_t pos = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct extent *e = &x->v[i];
		bool stored = e->at != EXTENT_ZERO;
		if (e->from != pos || e->n == 0 || e->n > INT64_MAX - pos ||
		    (stored && (e->at > INT64_MAX || e->n > INT64_MAX - e->at)))
			return false;
		pos += e->n;
	}
	return pos == size;
}

uint64_t extents_at(const struct extents *x, uint64_t off)
{
	size_t i = find(x, off);

	if (i == x->n || x->v[i].at == EXTENT_ZERO)
		return EXTENT_ZERO;
	return x->v[i].at + (off - x->v[i].from);
}

/* Up to n bytes out of one extent. */
static int64_t read_extent(const struct mapped *m, const struct extent *e, uint64_t off, void *out,
			   size_t n)
{
	uint64_t left = e->n - (off - e->from);

	if (n > left)
		n = (size_t)left;
	if (e->at != EXTENT_ZERO)
		return reader_read(m->base, e->at + (off - e->from), out, n);
	memset(out, 0, n);
	return (int64_t)n;
}

static int64_t read_mapped(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct mapped *m = r->ctx;
	size_t done = 0;

	for (size_t i = find(&m->map, off); i < m->map.n && done < n; i++) {
		int64_t got = read_extent(m, &m->map.v[i], off + done, (uint8_t *)out + done, n - done);
		if (got < 0 && done == 0)
			return -1;
		if (got <= 0)
			break;
		done += (size_t)got;
		if (off + done < m->map.v[i].from + m->map.v[i].n)
			break; /* the end of what holds them, or of what was asked for */
	}
	return (int64_t)done;
}

struct reader reader_of_extents(const struct mapped *m)
{
	const struct extent *last = m->map.n ? &m->map.v[m->map.n - 1] : NULL;

	return (struct reader){ .read_at = read_mapped, .ctx = m, .fd = -1,
				.size = last ? last->from + last->n : 0 };
}

struct composing {
	struct extent *v;
	size_t n, cap;
	uint64_t pos;
};

static bool push(struct composing *c, uint64_t at, uint64_t n)
{
	struct extent *last = c->n ? &c->v[c->n - 1] : NULL;

	if (last && (last->at == EXTENT_ZERO ? at == EXTENT_ZERO : at == last->at + last->n)) {
		last->n += n;
		c->pos += n;
		return true;
	}
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 8;
		struct extent *v = mem_grow(c->v, cap * sizeof(*v));
		if (!v)
			return false;
		c->v = v;
		c->cap = cap;
	}
	c->v[c->n++] = (struct extent){ c->pos, at, n };
	c->pos += n;
	return true;
}

static bool push_through(struct composing *c, const struct extents *outer, uint64_t at, uint64_t n)
{
	while (n) {
		size_t i = find(outer, at);
		if (i == outer->n)
			return push(c, EXTENT_ZERO, n);
		const struct extent *o = &outer->v[i];
		uint64_t within = at - o->from, part = o->n - within < n ? o->n - within : n;
		if (!push(c, o->at == EXTENT_ZERO ? EXTENT_ZERO : o->at + within, part))
			return false;
		at += part;
		n -= part;
	}
	return true;
}

int64_t extents_compose(const struct extents *inner, const struct extents *outer, struct extent **out)
{
	struct composing c = { 0 };

	for (size_t i = 0; i < inner->n; i++) {
		const struct extent *e = &inner->v[i];
		bool ok = e->at == EXTENT_ZERO ? push(&c, EXTENT_ZERO, e->n)
					       : push_through(&c, outer, e->at, e->n);
		if (!ok) {
			mem_free(c.v);
			*out = NULL;
			return -1;
		}
	}
	*out = c.v;
	return (int64_t)c.n;
}

/* ---- told to another process ---- */

void extents_write(struct buf *b, const struct extents *x)
{
	buf_u32(b, (uint32_t)x->n);
	for (size_t i = 0; i < x->n; i++) {
		buf_u64(b, x->v[i].at);
		buf_u64(b, x->v[i].n);
	}
}

int extents_read(struct cursor *c, struct arena *a, struct extents *out)
{
	uint64_t pos = 0;

	*out = (struct extents){ .n = cursor_u32(c) };
	if (c->bad || out->n > cursor_left(c) / 16) {
		c->bad = true;
		out->n = 0;
	}
	if (!out->n)
		return 0;
	struct extent *v = arena_array(a, out->n, sizeof(*v));
	if (!v)
		return -1;
	for (size_t i = 0; i < out->n; i++) {
		v[i].from = pos;
		v[i].at = cursor_u64(c);
		v[i].n = cursor_u64(c);
		pos += v[i].n;
	}
	out->v = v;
	return 0;
}
