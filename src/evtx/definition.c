/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "definition.h"
#include "token.h"

bool definition_read(struct view chunk, uint32_t offset, struct definition *d)
{
	struct cursor k = cursor_of(chunk);
	struct view guid;

	cursor_seek(&k, offset);
	cursor_skip(&k, 4);
	guid = cursor_take(&k, sizeof(d->guid.b));
	d->offset = offset;
	d->size = body_size(&k, &d->mended);
	d->body = k.pos;
	cursor_skip(&k, d->size);
	if (k.bad || offset < EVTX_CHUNK_HEADER_SIZE)
		return false;
	memcpy(d->guid.b, guid.p, guid.n);
	return true;
}

uint32_t definition_id(const struct definition *d)
{
	struct cursor k = cursor_of((struct view){d->guid.b, sizeof(d->guid.b)});

	return cursor_u32(&k);
}

#define INSTANCE_HEAD 10u /* token, 1, id, offset */

static bool has_instance(struct view chunk, const struct definition *d)
{
	struct cursor k = cursor_of(chunk);

	cursor_seek(&k, d->offset - INSTANCE_HEAD);
	return cursor_u8(&k) == TOKEN_INSTANCE && (cursor_skip(&k, 1), true) &&
	       cursor_u32(&k) == definition_id(d) && cursor_u32(&k) == d->offset;
}

/* Each body starts with a fragment header. */
bool definition_find(struct view chunk, size_t *at, struct definition *d)
{
	size_t from = *at < EVTX_CHUNK_HEADER_SIZE ? EVTX_CHUNK_HEADER_SIZE + DEFINITION_HEAD : *at;
	struct view rest = view_sub(chunk, from, chunk.n);

	while (rest.n) {
		const uint8_t *hit = memmem(rest.p, rest.n, "\x0f\1\1", 4);

		if (!hit)
			return false;
		*at = (size_t)(hit - chunk.p) + 4;
		rest = view_sub(chunk, *at, chunk.n);
		if (definition_read(chunk, (uint32_t)(*at - 4 - DEFINITION_HEAD), d) &&
		    has_instance(chunk, d))
			return true;
	}
	return false;
}
