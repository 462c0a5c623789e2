/* SPDX-License-Identifier: Apache-2.0 */
/* The frames by which a worker that writes output asks where to. */
#include "pipeline-private.h"

void frame_turn(struct buf *b, const struct turn_frame *f)
{
	size_t at = buf_frame(b, FRAME_TURN);
	buf_u64(b, f->bytes);
	buf_u32(b, f->chunks);
	buf_byte(b, f->within);
	buf_byte(b, f->more);
	buf_frame_end(b, at);
}

int turn_read(struct view body, struct turn_frame *out)
{
	struct cursor c = cursor_of(body);
	out->bytes = cursor_u64(&c);
	out->chunks = cursor_u32(&c);
	out->within = cursor_u8(&c) & 1;
	out->more = cursor_u8(&c) & 1;
	return c.bad ? -1 : 0;
}

void frame_wrote(struct buf *b, int error)
{
	size_t at = buf_frame(b, FRAME_WROTE);
	buf_u32(b, (uint32_t)error);
	buf_frame_end(b, at);
}

int wrote_read(struct view body, int *error)
{
	struct cursor c = cursor_of(body);
	*error = (int)(cursor_u32(&c) & 0xffff);
	return c.bad ? -1 : 0;
}
