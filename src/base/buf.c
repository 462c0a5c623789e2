/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "evtxhound/base.h"

#define BUF_FIRST 256u

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_release(struct buf *b)
{
	mem_free(b->p);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->bad = false;
}

/* More memory, at most `most` in all, or `bad`. */
static bool grow(struct buf *b, size_t n, size_t most)
{
	if (b->n > most || n > most - b->n) {
		b->bad = true;
		return false;
	}
	size_t need = b->n + n;
	size_t cap = b->cap ? b->cap : BUF_FIRST < most ? BUF_FIRST : most;
	while (cap < need)
		cap = cap > most / 2 ? most : cap * 2;
	uint8_t *p = mem_grow(b->p, cap);
	if (!p) {
		b->bad = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

/* Room for n more bytes, or `bad`. `max` may have come down below what is held. */
static bool reserve(struct buf *b, size_t n)
{
	size_t room = b->max && b->max < b->cap ? b->max : b->cap;

	if (b->bad)
		return false;
	return (b->n <= room && n <= room - b->n) || grow(b, n, b->max ? b->max : PTRDIFF_MAX);
}

uint8_t *buf_room_slow(struct buf *b, size_t n)
{
	return !b->bad && grow(b, n, PTRDIFF_MAX) ? b->p + b->n : NULL;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buf_view(struct buf *b, struct view v)
{
	buf_add(b, v.p, v.n);
}

void buf_str(struct buf *b, const char *s)
{
	buf_view(b, view_str(s));
}

void buf_byte(struct buf *b, uint8_t c)
{
	if (reserve(b, 1))
		b->p[b->n++] = c;
}

/* Most of what is formatted is a number or two: try a small room first. */
void buf_fmt(struct buf *b, const char *fmt, ...)
{
	char small[128];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->bad = true;
	} else if ((size_t)n < sizeof(small)) {
		buf_add(b, small, (size_t)n);
	} else if (reserve(b, (size_t)n)) {
		/* vsnprintf() wants room for a NUL too, perhaps beyond the cap: format apart */
		char *big = mem_alloc((size_t)n + 1);
		if (!big) {
			b->bad = true;
			return;
		}
		va_start(ap, fmt);
		vsnprintf(big, (size_t)n + 1, fmt, ap);
		va_end(ap);
		buf_add(b, big, (size_t)n);
		mem_free(big);
	}
}

void buf_u16(struct buf *b, uint16_t v)
{
	uint8_t le[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	buf_add(b, le, sizeof(le));
}

void buf_u32(struct buf *b, uint32_t v)
{
	uint8_t le[4] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

	buf_add(b, le, sizeof(le));
}

void buf_u64(struct buf *b, uint64_t v)
{
	uint8_t le[8];

	for (unsigned i = 0; i < 8; i++)
		le[i] = (uint8_t)(v >> 8 * i);
	buf_add(b, le, sizeof(le));
}

void buf_blob(struct buf *b, struct view v)
{
	if (v.n > UINT32_MAX) {
		b->bad = true;
		return;
	}
	buf_u32(b, (uint32_t)v.n);
	buf_view(b, v);
}

struct view buf_data(const struct buf *b)
{
	return (struct view){ b->p, b->n };
}

void buf_decimal(struct buf *b, uint64_t n)
{
	char digits[DECIMAL_ROOM];

	buf_add(b, digits, decimal_format(n, digits));
}

size_t buf_frame(struct buf *b, uint8_t type)
{
	size_t at = b->n;
	buf_u32(b, 0);
	buf_byte(b, type);
	return at;
}

void buf_frame_end(struct buf *b, size_t at)
{
	if (b->bad)
		return;
	uint32_t n = (uint32_t)(b->n - at - FRAME_PREFIX);
	for (int i = 0; i < 4; i++)
		b->p[at + (size_t)i] = (uint8_t)(n >> (8 * i));
}

static int read_frame(struct cursor *c, frame_fn *take, void *ctx, struct err *e)
{
	uint64_t at = c->pos;
	size_t n = cursor_u32(c);
	uint8_t type = cursor_u8(c);
	struct cursor body = cursor_of(cursor_take(c, n));
	int rc = FRAME_STRANGE;

	if (!c->bad && type == FRAME_DONE && n == 0)
		return 0;
	if (!c->bad)
		rc = take(ctx, type, &body, e);
	if (rc == FRAME_STRANGE)
		return err_set(e, ERR_DAMAGE, at, "a worker sent a message that cannot be read");
	if (rc == 0 && (body.bad || cursor_left(&body)))
		return err_set(e, ERR_DAMAGE, at, "a worker sent a damaged message");
	return rc;
}

int frames_read(struct view frames, frame_fn *take, void *ctx, struct err *e)
{
	struct cursor c = cursor_of(frames);
	int rc = 0;

	while (rc == 0 && cursor_left(&c))
		rc = read_frame(&c, take, ctx, e);
	return rc;
}
