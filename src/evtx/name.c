/* SPDX-License-Identifier: Apache-2.0 */
/* Names as they stand in a chunk: link, hash, count, UTF-16, NUL. */
#include "template.h"

/* A name carries a hash of itself, which tells damage where no checksum does. */
static uint16_t name_hash(struct view units)
{
	struct cursor k = cursor_of(units);
	uint32_t hash = 0;

	while (cursor_left(&k))
		hash = hash * 65599 + cursor_u16(&k);
	return (uint16_t)hash;
}

struct view name_units(struct view chunk, size_t pos)
{
	struct cursor k = cursor_of(chunk);
	struct view units;
	uint16_t hash;
	size_t n;

	cursor_seek(&k, pos);
	cursor_skip(&k, 4); /* the next name of the same hash */
	hash = cursor_u16(&k);
	n = cursor_u16(&k);
	units = cursor_take(&k, 2 * n);
	if (k.bad || !n || n > LIMIT_NAME_UNITS || cursor_u16(&k) || k.bad)
		return (struct view){0};
	return name_hash(units) == hash ? units : (struct view){0};
}

/* Up to the first NUL; .p NULL: there is none where one has to be. */
static struct view units_to_nul(struct cursor k)
{
	size_t start = k.pos, n = 0;

	while (n <= LIMIT_NAME_UNITS && cursor_u16(&k))
		n++;
	cursor_seek(&k, start);
	return n <= LIMIT_NAME_UNITS ? cursor_take(&k, 2 * n) : (struct view){0};
}

static bool ends_with_nul(struct cursor k, size_t n)
{
	cursor_skip(&k, 2 * n);
	return !cursor_u16(&k) && !k.bad;
}

/* Its hash tells whether its count alone is wrong, else its NUL whether that can be believed. */
struct view name_damaged(struct cursor *at)
{
	struct cursor k = *at;
	struct view units;
	uint16_t hash;
	size_t n;

	cursor_skip(&k, 4);
	hash = cursor_u16(&k);
	n = cursor_u16(&k);
	units = units_to_nul(k);
	if (!units.p || k.bad)
		return (struct view){0};
	if (name_hash(units) == hash || !ends_with_nul(k, n))
		n = units.n / 2;
	if (name_hash(units) != hash)
		units.n = 0;
	cursor_seek(at, k.pos + 2 * n + 2);
	return units;
}
