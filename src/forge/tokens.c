/* SPDX-License-Identifier: Apache-2.0 */
#include "tokens.h"

void bx_put_header(struct buf *b)
{
	buf_byte(b, T_HEADER);
	buf_byte(b, 1);
	buf_byte(b, 1);
	buf_byte(b, 0);
}

static void patch32(struct bx_chunk *c, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4 && !c->b.bad; i++)
		c->b.p[at + i] = (uint8_t)(v >> (8 * i));
}

void bx_patch16(struct bx_chunk *c, size_t at, uint16_t v)
{
	for (size_t i = 0; i < 2 && !c->b.bad; i++)
		c->b.p[at + i] = (uint8_t)(v >> (8 * i));
}

uint32_t bx_here(const struct bx_chunk *c)
{
	return (uint32_t)c->b.n;
}

/* Names: ASCII, so a character is a code unit. */
static uint32_t name_hash(struct view v)
{
	uint32_t h = 0;

	for (size_t i = 0; i < v.n; i++)
		h = h * 65599u + v.p[i];
	return h & 0xffffu;
}

static void remember_name(struct bx_chunk *c, struct view v, uint32_t offset)
{
	if (c->n_names >= BX_NAMES_MAX) {
		c->b.bad = true;
		return;
	}
	c->names[c->n_names++] = (struct bx_name){v, offset};
}

/* A reference to the name; the name itself follows at once where the chunk has not got it yet. */
static void put_name(struct bx_chunk *c, const char *name)
{
	struct view v = view_str(name);
	uint32_t hash = name_hash(v), offset = bx_here(c) + 4;

	for (size_t i = 0; i < c->n_names; i++) {
		if (view_eq(c->names[i].text, v)) {
			buf_u32(&c->b, c->names[i].offset);
			return;
		}
	}
	buf_u32(&c->b, offset);
	buf_u32(&c->b, c->strings[hash % 64]);
	buf_u16(&c->b, (uint16_t)hash);
	buf_u16(&c->b, (uint16_t)v.n);
	text_to_utf16(&c->b, v);
	buf_u16(&c->b, 0);
	c->strings[hash % 64] = offset;
	remember_name(c, v, offset);
}

size_t bx_open_element(struct bx_chunk *c, const char *name, unsigned dependency, bool attributes)
{
	size_t at;

	buf_byte(&c->b, attributes ? T_OPEN | T_MORE : T_OPEN);
	buf_u16(&c->b, (uint16_t)dependency);
	at = c->b.n;
	buf_u32(&c->b, 0);
	put_name(c, name);
	return at;
}

void bx_patch_size(struct bx_chunk *c, size_t at)
{
	patch32(c, at, (uint32_t)(c->b.n - at - 4));
}

void bx_close_element(struct bx_chunk *c, size_t at, int token)
{
	buf_byte(&c->b, (uint8_t)token);
	bx_patch_size(c, at);
}

void bx_close_start(struct bx_chunk *c)
{
	buf_byte(&c->b, T_CLOSE_START);
}

size_t bx_open_attributes(struct bx_chunk *c)
{
	size_t at = c->b.n;

	buf_u32(&c->b, 0);
	return at;
}

void bx_put_attribute(struct bx_chunk *c, const char *name, bool more)
{
	buf_byte(&c->b, more ? T_ATTRIBUTE | T_MORE : T_ATTRIBUTE);
	put_name(c, name);
}

void bx_put_text(struct bx_chunk *c, const char *text)
{
	size_t at;

	buf_byte(&c->b, T_VALUE);
	buf_byte(&c->b, BX_STRING);
	at = c->b.n;
	buf_u16(&c->b, 0);
	text_to_utf16(&c->b, view_str(text));
	bx_patch16(c, at, (uint16_t)((c->b.n - at - 2) / 2));
}

void bx_put_slot(struct bx_chunk *c, int token, size_t slot, uint8_t type)
{
	buf_byte(&c->b, (uint8_t)token);
	buf_u16(&c->b, (uint16_t)slot);
	buf_byte(&c->b, type);
}

void bx_put_optional(struct bx_chunk *c, const char *name, size_t slot, uint8_t type)
{
	size_t at = bx_open_element(c, name, (unsigned)slot, false);

	bx_close_start(c);
	bx_put_slot(c, T_OPTIONAL, slot, type);
	bx_close_element(c, at, T_END);
}

void bx_put_attributes(struct bx_chunk *c, const char *name, const char *a, size_t x, uint8_t xt,
			   const char *b, size_t y, uint8_t yt)
{
	size_t at = bx_open_element(c, name, NO_DEPENDENCY, true), list = bx_open_attributes(c);

	bx_put_attribute(c, a, b != NULL);
	bx_put_slot(c, T_OPTIONAL, x, xt);
	if (b) {
		bx_put_attribute(c, b, false);
		bx_put_slot(c, T_OPTIONAL, y, yt);
	}
	bx_patch_size(c, list);
	bx_close_element(c, at, T_CLOSE_EMPTY);
}

void bx_put_literal(struct bx_chunk *c, const char *name, const char *text)
{
	size_t at = bx_open_element(c, name, NO_DEPENDENCY, false);

	bx_close_start(c);
	bx_put_text(c, text);
	bx_close_element(c, at, T_END);
}
