/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/event.h"

#define KIND_MAX 64

void damage_write(struct buf *b, const struct damage *d)
{
	buf_byte(b, (uint8_t)d->severity);
	buf_u64(b, d->offset);
	buf_u64(b, d->length);
	buf_blob(b, view_str(d->kind));
	buf_blob(b, view_str(d->what));
}

int damage_read(struct cursor *c, struct arena *a, struct damage *out)
{
	memset(out, 0, sizeof(*out));
	out->severity = cursor_u8(c) == DAMAGE_NOTE ? DAMAGE_NOTE : DAMAGE_LOSS;
	out->offset = cursor_u64(c);
	out->length = cursor_u64(c);
	out->kind = arena_str(a, view_sub(cursor_blob(c), 0, KIND_MAX));
	struct view what = view_sub(cursor_blob(c), 0, sizeof(out->what) - 1);
	if (what.n)
		memcpy(out->what, what.p, what.n);
	return out->kind ? 0 : -1;
}
