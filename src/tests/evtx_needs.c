/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "evtx_needs.h"

#define MOST_DEEP 16u

struct walker {
	struct survey *s;
	struct cursor k;
	bool dependency; /* elements have a dependency id, as a rule */
	bool known;	 /* the sites here were noted before */
	unsigned depth;
};

/* ---- what is gathered ---- */

void survey_init(struct survey *s, struct view chunk)
{
	*s = (struct survey){.chunk = chunk};
}

void survey_release(struct survey *s)
{
	for (size_t i = 0; i < SITE_KINDS; i++)
		free(s->sites[i].at);
	free(s->spans);
}

/* Makes room for one more; a test without memory ends. */
static void *room(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap ? *cap * 2 : 64;
	p = realloc(p, *cap * size);
	if (!p)
		abort();
	return p;
}

static void add_span(struct survey *s, size_t at, size_t n)
{
	s->spans = room(s->spans, s->n_spans, &s->cap_spans, sizeof(*s->spans));
	s->spans[s->n_spans++] = (struct span){(uint32_t)at, (uint32_t)n};
}

static void note(struct walker *w, enum site_kind kind, size_t at)
{
	struct sites *l = &w->s->sites[kind];

	if (w->known)
		return;
	l->at = room(l->at, l->n, &l->cap, sizeof(*l->at));
	l->at[l->n++] = (uint32_t)at;
}

/* ---- names ---- */

static uint16_t hash_of(struct view units)
{
	struct cursor k = cursor_of(units);
	uint32_t h = 0;

	while (cursor_left(&k) >= 2)
		h = h * 65599 + cursor_u16(&k);
	return (uint16_t)h;
}

/* Bytes of the name at `at` behind its link to the next; 0: there is none. */
static size_t name_size(const struct survey *s, size_t at)
{
	struct cursor k = cursor_of(s->chunk);
	uint16_t hash, n;
	struct view units;

	cursor_seek(&k, at + 4);
	hash = cursor_u16(&k);
	n = cursor_u16(&k);
	units = cursor_take(&k, 2u * n);
	cursor_skip(&k, 2);
	return !k.bad && hash == hash_of(units) ? 4 + units.n + 2 : 0;
}

static bool walk_name(struct walker *w)
{
	size_t here = w->k.pos, at = cursor_u32(&w->k), n = name_size(w->s, at);

	if (w->k.bad || !n)
		return false;
	note(w, SITE_NAME_OFFSET, here);
	add_span(w->s, at + 4, n);
	if (at != w->k.pos)
		return true;
	note(w, SITE_NAME_HASH, at + 4);
	note(w, SITE_NAME_UNITS, at + 6);
	cursor_skip(&w->k, 4 + n);
	return true;
}

/* ---- tokens ---- */

static bool is_element(struct walker w, bool dependency)
{
	if (dependency)
		cursor_skip(&w.k, 2);
	cursor_skip(&w.k, 4);
	return name_size(w.s, cursor_u32(&w.k)) && !w.k.bad;
}

static bool walk_element(struct walker *w, bool attributes)
{
	bool dependency = w->dependency;

	if (!is_element(*w, dependency))
		dependency = !dependency;
	if (!is_element(*w, dependency))
		return false;
	cursor_skip(&w->k, dependency ? 2 : 0);
	note(w, SITE_ELEMENT_SIZE, w->k.pos);
	cursor_skip(&w->k, 4);
	if (!walk_name(w))
		return false;
	cursor_skip(&w->k, attributes ? 4 : 0);
	return true;
}

static void walk_text(struct walker *w, size_t before)
{
	cursor_skip(&w->k, before);
	note(w, SITE_TEXT_UNITS, w->k.pos);
	cursor_skip(&w->k, 2u * cursor_u16(&w->k));
}

static bool walk_instance(struct walker *w);

/* Up to the end token, or the end. */
static bool walk_tokens(struct walker *w)
{
	while (cursor_left(&w->k)) {
		uint8_t token = cursor_u8(&w->k);
		bool ok = true;

		note(w, SITE_TOKEN, w->k.pos - 1);
		switch (token & ~0x40) {
		case 0x00:
			return true;
		case 0x01:
			ok = walk_element(w, token & 0x40);
			break;
		case 0x02:
		case 0x03:
		case 0x04:
			break;
		case 0x05:
			walk_text(w, 1);
			break;
		case 0x06:
		case 0x09:
		case 0x0a:
			ok = walk_name(w);
			break;
		case 0x07:
		case 0x0b:
			walk_text(w, 0);
			break;
		case 0x08:
			cursor_skip(&w->k, 2);
			break;
		case 0x0c:
			ok = walk_instance(w);
			break;
		case 0x0d:
		case 0x0e:
			note(w, SITE_SLOT, w->k.pos);
			cursor_skip(&w->k, 3);
			break;
		case 0x0f:
			cursor_skip(&w->k, 3);
			break;
		default:
			return false;
		}
		if (!ok)
			return false;
	}
	return !w->k.bad;
}

/* What lies in [at, at + n), which may be several fragments. */
static bool walk_within(const struct walker *w, size_t at, size_t n, bool dependency, bool known)
{
	struct walker in = *w;

	in.k = cursor_of(view_sub(w->s->chunk, 0, at + n));
	cursor_seek(&in.k, at);
	in.dependency = dependency;
	in.known = known;
	if (in.k.bad || in.depth++ == MOST_DEEP)
		return false;
	while (cursor_left(&in.k))
		if (!walk_tokens(&in))
			return false;
	return true;
}

/* ---- instances ---- */

static bool walk_definition(struct walker *w, uint32_t id, uint32_t at)
{
	struct walker in = *w;
	bool inside = at == w->k.pos;
	uint32_t size;

	in.k = cursor_of(w->s->chunk);
	cursor_seek(&in.k, at + 4);
	if (cursor_u32(&in.k) != id)
		return false;
	cursor_skip(&in.k, 12);
	size = cursor_u32(&in.k);
	if (in.k.bad || size > w->s->chunk.n - in.k.pos)
		return false;
	add_span(w->s, at + 4, 20 + size);
	if (inside) {
		note(w, SITE_DEFINITION_NEXT, at);
		note(w, SITE_DEFINITION_GUID, at + 4);
		note(w, SITE_DEFINITION_SIZE, at + 20);
		cursor_skip(&w->k, 24 + size);
	}
	return walk_within(&in, at + 24, size, true, w->known || !inside);
}

static bool walk_values(struct walker *w)
{
	uint32_t count = cursor_u32(&w->k);
	struct cursor descriptors = w->k;

	if (count > cursor_left(&w->k) / 4)
		return false;
	cursor_skip(&w->k, 4u * count);
	for (uint32_t i = 0; i < count; i++) {
		size_t at = descriptors.pos, size = cursor_u16(&descriptors);
		uint8_t type = cursor_u8(&descriptors);

		cursor_skip(&descriptors, 1);
		note(w, SITE_VALUE_SIZE, at);
		note(w, SITE_VALUE_TYPE, at + 2);
		if (type == 0x21 && !walk_within(w, w->k.pos, size, false, w->known))
			return false;
		cursor_skip(&w->k, size);
	}
	return !w->k.bad;
}

static bool walk_instance(struct walker *w)
{
	size_t at = w->k.pos + 1;
	uint32_t id, definition;

	cursor_skip(&w->k, 1);
	id = cursor_u32(&w->k);
	definition = cursor_u32(&w->k);
	note(w, SITE_INSTANCE_ID, at);
	note(w, w->depth > 1 ? SITE_NESTED : SITE_INSTANCE_OFFSET, at + 4);
	if (w->k.bad || !walk_definition(w, id, definition))
		return false;
	note(w, SITE_VALUE_COUNT, w->k.pos);
	return walk_values(w);
}

bool survey_record(struct survey *s, uint32_t at, uint32_t size)
{
	struct walker w = {.s = s};

	add_span(s, at, size);
	if (size < EVTX_RECORD_MIN || size > s->chunk.n || at > s->chunk.n - size)
		return false;
	w.k = cursor_of(view_sub(s->chunk, 0, at + size - 4));
	cursor_seek(&w.k, at + 24);
	w.dependency = true;
	w.depth = 1;
	return walk_tokens(&w);
}
