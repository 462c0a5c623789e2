/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compile.h"
#include "definition.h"
#include "token.h"
#include "trace.h"

#define RECORD_HEAD 24u /* signature, size, id, time */

void trace_start(struct trace *t, struct view bytes, uint64_t at)
{
	t->bytes = bytes;
	t->at = at;
	t->indexed = false;
	t->n = 0;
}

static void add(struct trace *t, size_t pos)
{
	struct cursor k = cursor_of(t->bytes);

	cursor_seek(&k, pos + 4);
	t->definitions[t->n].pos = (uint32_t)pos;
	t->definitions[t->n++].id = cursor_u32(&k);
}

/* Whatever could be one: records start with a fragment header too, but not with the id that is
   asked for. */
static void find_definitions(struct trace *t)
{
	struct view rest = t->bytes;

	t->indexed = true;
	while (t->n < LIMIT_LAYOUT_DEFINITIONS) {
		const uint8_t *hit = memmem(rest.p, rest.n, "\x0f\1\1", 4);
		size_t at = hit ? (size_t)(hit - t->bytes.p) : 0;

		if (!hit)
			break;
		if (at >= DEFINITION_HEAD)
			add(t, at - DEFINITION_HEAD);
		rest = view_sub(t->bytes, at + 4, t->bytes.n);
	}
}

/* Behind an element's token stand, by the writer, a dependency (2) and its size (4), or that alone.
 */
static const size_t names_at[] = {4 + 1 + 2 + 4, 4 + 1 + 4};

static bool is_name(const struct trace *t, size_t at, size_t from, uint64_t base)
{
	struct cursor k = cursor_of(t->bytes);
	uint64_t name;

	cursor_seek(&k, at);
	name = base + cursor_u32(&k) - t->at;
	return !k.bad && name >= from && name < t->bytes.n && name_units(t->bytes, name).p;
}

/*
 * Whether what stands at `fragment` can be of a chunk at `base`: if it starts with an element, the
 * element's name stands where that says, and has the right hash.
 */
static bool is_named(const struct trace *t, size_t fragment, size_t from, uint64_t base)
{
	struct cursor k = cursor_of(t->bytes);

	cursor_seek(&k, fragment);
	if (cursor_u32(&k) != FRAGMENT_HEAD || (cursor_u8(&k) & ~TOKEN_MORE) != TOKEN_OPEN)
		return false;
	return is_name(t, fragment + names_at[0], from, base) ||
	       is_name(t, fragment + names_at[1], from, base);
}

/* What an instance refers to. */
struct reference {
	uint32_t id, offset;
	size_t here; /* where its own definition would stand */
};

static bool has_definition(const struct trace *t, const struct reference *r, size_t pos,
			   size_t from, uint64_t base)
{
	struct cursor k = cursor_of(t->bytes);

	cursor_seek(&k, pos + 4);
	return pos >= from && cursor_u32(&k) == r->id && !k.bad &&
	       is_named(t, pos + DEFINITION_HEAD, from, base);
}

/* The chunk has to reach around the record. */
static bool holds(const struct trace *t, const struct frame *f, uint64_t base)
{
	uint64_t into = t->at + f->pos - base;

	return into >= EVTX_CHUNK_HEADER_SIZE && into + f->size <= EVTX_CHUNK_SIZE;
}

static bool is_of(const struct trace *t, const struct reference *r, size_t from, uint64_t base)
{
	uint64_t pos = base + r->offset - t->at;

	return pos < t->bytes.n && has_definition(t, r, (size_t)pos, from, base);
}

static bool brings_definition(const struct trace *t, const struct reference *r)
{
	struct cursor k = cursor_of(t->bytes);

	cursor_seek(&k, r->here + 4);
	return cursor_u32(&k) == r->id && !k.bad;
}

/*
 * A definition within the record tells by its place, unless that agrees with no name, but with one
 * at the base that was expected: then it is the reference that is damaged. Else one of the same id
 * tells elsewhere, if a name proves it.
 */
static bool instance_base(struct trace *t, const struct frame *f, const struct reference *r,
			  size_t from, uint64_t *base)
{
	uint64_t expected = *base, told = t->at + r->here - r->offset;
	bool brings = brings_definition(t, r) && holds(t, f, told);

	*base = told;
	if (brings && is_of(t, r, from, told))
		return true;
	*base = expected;
	if (holds(t, f, expected) && is_of(t, r, 0, expected))
		return true;
	*base = told;
	if (brings && !is_named(t, r->here + DEFINITION_HEAD, 0, expected))
		return true;
	if (!t->indexed)
		find_definitions(t);
	for (size_t i = 0; i < t->n; i++) {
		*base = t->at + t->definitions[i].pos - r->offset;
		if (t->definitions[i].id == r->id && holds(t, f, *base) &&
		    has_definition(t, r, t->definitions[i].pos, from, *base))
			return true;
	}
	return false;
}

/* A record without a template tells by any name that it brings: one stands right behind what leads
   to it. */
static bool element_base(const struct trace *t, const struct frame *f, size_t from, uint64_t *base)
{
	size_t fragment = f->pos + RECORD_HEAD, end = f->pos + f->size;
	struct cursor k = cursor_of(view_sub(t->bytes, 0, end));

	if (is_named(t, fragment, 0, *base))
		return true;
	for (size_t at = fragment + 9; at + 4 < end; at++) {
		uint64_t told;
		uint32_t offset;

		cursor_seek(&k, at);
		offset = cursor_u32(&k);
		told = t->at + at + 4 - offset;
		if (offset >= EVTX_CHUNK_SIZE || !holds(t, f, told) ||
		    !name_units(t->bytes, at + 4).p || !is_named(t, fragment, from, told))
			continue;
		*base = told;
		return true;
	}
	return false;
}

bool trace_base(struct trace *t, const struct frame *f, size_t from, uint64_t *base)
{
	struct cursor k = cursor_of(view_sub(t->bytes, 0, f->pos + f->size));
	struct reference r;

	cursor_seek(&k, f->pos + RECORD_HEAD);
	if (cursor_u32(&k) != FRAGMENT_HEAD)
		return false;
	if (cursor_u8(&k) != TOKEN_INSTANCE)
		return element_base(t, f, from, base);
	cursor_skip(&k, 1);
	r.id = cursor_u32(&k);
	r.offset = cursor_u32(&k);
	r.here = k.pos;
	return !k.bad && r.offset >= EVTX_CHUNK_HEADER_SIZE && r.offset < EVTX_CHUNK_SIZE &&
	       instance_base(t, f, &r, from, base);
}
