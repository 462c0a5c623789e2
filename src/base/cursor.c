/* SPDX-License-Identifier: Apache-2.0 */
#include "evtxhound/base.h"

struct cursor cursor_of(struct view v)
{
	return (struct cursor){ .p = v.p, .len = v.n };
}

/* The next n bytes, or NULL and `bad`. n is never 0 here. */
static const uint8_t *advance(struct cursor *c, size_t n)
{
	if (c->bad || c->pos > c->len || n > c->len - c->pos) {
		c->bad = true;
		return NULL;
	}
	const uint8_t *p = c->p + c->pos;
	c->pos += n;
	return p;
}

uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = advance(c, 1);

	return p ? p[0] : 0;
}

uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *p = advance(c, 2);

	return p ? (uint16_t)((uint32_t)p[0] | (uint32_t)p[1] << 8) : 0;
}

/* Written out so that compilers see one load. */
static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t cursor_u32(struct cursor *c)
{
	const uint8_t *p = advance(c, 4);

	return p ? load32(p) : 0;
}

uint64_t cursor_u64(struct cursor *c)
{
	const uint8_t *p = advance(c, 8);

	return p ? (uint64_t)load32(p + 4) << 32 | load32(p) : 0;
}

struct view cursor_take(struct cursor *c, size_t n)
{
	if (n == 0)
		return (struct view){ c->bad || !c->p ? NULL : c->p + c->pos, 0 };
	const uint8_t *p = advance(c, n);
	return (struct view){ p, p ? n : 0 };
}

void cursor_skip(struct cursor *c, size_t n)
{
	if (n)
		advance(c, n);
}

void cursor_seek(struct cursor *c, size_t pos)
{
	if (pos > c->len)
		c->bad = true;
	if (!c->bad)
		c->pos = pos;
}

size_t cursor_left(const struct cursor *c)
{
	return c->bad || c->pos > c->len ? 0 : c->len - c->pos;
}

struct view cursor_blob(struct cursor *c)
{
	uint32_t n = cursor_u32(c);

	return cursor_take(c, n);
}
