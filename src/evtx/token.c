/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

/* A definition of that id, although the offset leads elsewhere. */
static bool stands_here(struct cursor k, struct view id)
{
	uint32_t size;

	cursor_skip(&k, 4);
	if (!view_eq(cursor_take(&k, 4), id))
		return false;
	cursor_skip(&k, 12);
	size = cursor_u32(&k);
	return size <= cursor_left(&k) && cursor_u32(&k) == FRAGMENT_HEAD;
}

void instance_head(struct cursor *k, struct instance_head *h)
{
	cursor_skip(k, 1);
	h->id = cursor_take(k, 4);
	h->definition = cursor_u32(k);
	h->here = 0;
	/* The definition stands right here when this is its first use in the chunk. */
	if (h->definition == k->pos || stands_here(*k, h->id)) {
		h->here = k->pos;
		cursor_skip(k, DEFINITION_HEAD - 4);
		cursor_skip(k, cursor_u32(k));
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
