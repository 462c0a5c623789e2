/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record in the slack may outlive its templates: newer records have been written over them.
 * libevtx then reads whatever template lies at that place now, and gives the values other fields'
 * names (a process creation's under those of a registry event, in public logs). A template instance
 * tells the first four bytes of its template's GUID: where they differ, the names are not its own.
 * In the live records of 400 public logs every instance agrees.
 */
#include "oracle-private.h"

#define TOKEN_FRAGMENT 0x0fu
#define TOKEN_INSTANCE 0x0cu
#define DEFINITION_GUID 4u    /* bytes before the GUID in a definition: the next one's offset */
#define DEFINITION_HEADER 24u /* that, the GUID, and the size of what follows */

static uint8_t peek(struct cursor c)
{
	return cursor_u8(&c);
}

/* Past a fragment's header, which some versions of Windows leave out, and an instance's token. */
static bool instance_begins(struct cursor *c)
{
	if (peek(*c) == TOKEN_FRAGMENT)
		cursor_skip(c, 4);
	bool begins = cursor_u8(c) == TOKEN_INSTANCE;
	cursor_skip(c, 1);
	return begins && !c->bad;
}

/* Reads the instance up to its values; false when its template is another one by now. */
static bool instance_fits(struct view chunk, struct cursor *c)
{
	uint32_t id = cursor_u32(c);
	uint32_t at = cursor_u32(c);
	struct cursor definition = cursor_of(chunk);

	cursor_seek(&definition, (size_t)at + DEFINITION_GUID);
	if (cursor_u32(&definition) != id || definition.bad)
		return false;
	cursor_seek(&definition, (size_t)at + DEFINITION_HEADER - 4);
	uint32_t size = cursor_u32(&definition);
	/* The first use of a template in a chunk carries it. */
	if (!c->bad && c->p + c->pos == chunk.p + at)
		cursor_skip(c, DEFINITION_HEADER + (size_t)size);
	return true;
}

static bool values_fit(struct view chunk, struct cursor c, size_t depth);

static bool value_fits(struct view chunk, struct view value, size_t depth)
{
	struct cursor c = cursor_of(value);

	if (!instance_begins(&c))
		return true;
	return instance_fits(chunk, &c) && values_fit(chunk, c, depth + 1);
}

/* Every value that is BinXML itself, by the table of sizes and types before the values. */
static bool values_fit(struct view chunk, struct cursor c, size_t depth)
{
	uint32_t n = cursor_u32(&c);
	struct cursor table = c;

	if (depth == LIMIT_BINXML_DEPTH || n > LIMIT_SUBSTITUTIONS)
		return true;
	cursor_skip(&c, (size_t)n * 4);
	for (uint32_t i = 0; i < n && !c.bad; i++) {
		uint16_t size = cursor_u16(&table);
		uint16_t type = cursor_u16(&table) & 0xff;
		struct view value = cursor_take(&c, size);
		if (type == VALUE_BINXML && !value_fits(chunk, value, depth))
			return false;
	}
	return true;
}

enum fit templates_fit(struct view chunk, struct view record)
{
	struct cursor c = cursor_of(record);

	cursor_skip(&c, EVTX_RECORD_MIN - 4);
	if (!instance_begins(&c))
		return FIT_ALL;
	if (!instance_fits(chunk, &c))
		return FIT_NONE;
	return values_fit(chunk, c, 1) ? FIT_ALL : FIT_HEAD;
}
