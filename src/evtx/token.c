/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

struct instance_head instance_head(struct cursor *k)
{
	struct instance_head h;

	cursor_skip(k, 1);
	h.id = cursor_take(k, 4);
	h.definition = cursor_u32(k);
	/* The definition stands right here when this is its first use in the chunk. */
	if (h.definition == k->pos) {
		cursor_skip(k, DEFINITION_HEAD - 4);
		cursor_skip(k, cursor_u32(k));
	}
	h.count = cursor_u32(k);
	h.descriptors = k->pos;
	return h;
}

void instance_skip(struct cursor *k)
{
	struct instance_head h = instance_head(k);
	size_t size = 0;

	for (uint32_t i = 0; i < h.count && !k->bad; i++) {
		size += cursor_u16(k);
		cursor_skip(k, 2);
	}
	cursor_skip(k, size);
}
