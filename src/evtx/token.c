/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

/* The last element ends right in front of the end. */
static bool ends_there(struct cursor k, uint32_t size)
{
	uint8_t end;

	cursor_skip(&k, size - 2);
	end = cursor_u8(&k);
	return size > 2 && (end == TOKEN_END || end == TOKEN_CLOSE_EMPTY) &&
	       cursor_u8(&k) == TOKEN_EOF && !k.bad;
}

uint32_t body_size(struct cursor *k, bool *mended)
{
	uint32_t size = cursor_u32(k), told;
	struct cursor body = *k;
	bool element;

	*mended = false;
	if (ends_there(*k, size))
		return size;
	element = cursor_u32(&body) == FRAGMENT_HEAD && (cursor_u8(&body) & ~TOKEN_MORE) == TOKEN_OPEN;
	cursor_skip(&body, 2); /* dependency id */
	told = cursor_u32(&body);
	if (!element || told > cursor_left(&body))
		return size;
	told += 4 + 1 + 2 + 4 + 1;
	*mended = ends_there(*k, told);
	return *mended ? told : size;
}

/* A definition of that id, although the offset leads elsewhere. */
static bool stands_here(struct cursor k, struct view id)
{
	uint32_t size;
	bool mended;

	cursor_skip(&k, 4);
	if (!view_eq(cursor_take(&k, 4), id))
		return false;
	cursor_skip(&k, 12);
	size = body_size(&k, &mended);
	return size <= cursor_left(&k) && cursor_u32(&k) == FRAGMENT_HEAD;
}

void instance_head(struct cursor *k, struct instance_head *h)
{
	bool mended;

	cursor_skip(k, 1);
	h->id = cursor_take(k, 4);
	h->definition = cursor_u32(k);
	h->here = 0;
	/* The definition stands right here when this is its first use in the chunk. */
	if (h->definition == k->pos || stands_here(*k, h->id)) {
		h->here = k->pos;
		cursor_skip(k, DEFINITION_HEAD - 4);
		cursor_skip(k, body_size(k, &mended));
	}
	h->count = cursor_u32(k);
	h->descriptors = k->pos;
}

/* The sizes of `n` values, from their descriptors. */
static size_t sizes_sum(struct view descriptors)
{
	size_t sum = 0;

	for (size_t i = 0; i + 4 <= descriptors.n; i += 4)
		sum += descriptors.p[i] | (size_t)descriptors.p[i + 1] << 8;
	return sum;
}

void instance_skip(struct cursor *k)
{
	struct instance_head h;

	instance_head(k, &h);
	cursor_skip(k, sizes_sum(cursor_take(k, 4 * (size_t)h.count)));
}

size_t content_end(struct view chunk, size_t pos, size_t end)
{
	struct cursor k = cursor_of(view_sub(chunk, 0, end));
	bool any = false;

	cursor_seek(&k, pos);
	while (!k.bad) {
		switch (cursor_u8(&k)) {
		case TOKEN_EOF:
			return k.bad || !any ? 0 : k.pos;
		case TOKEN_FRAGMENT:
			cursor_skip(&k, 3);
			break;
		case TOKEN_INSTANCE:
			instance_skip(&k);
			any = true;
			break;
		default:
			return 0;
		}
	}
	return 0;
}
