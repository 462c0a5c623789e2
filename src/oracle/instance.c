/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two things that libevtx does not check of a record's template instances.
 *
 * A record in the slack may outlive its templates: newer records have been written over them.
 * libevtx then reads whatever template lies at that place now, and gives the values other fields'
 * names (a process creation's under those of a registry event, in public logs). An instance tells
 * the first four bytes of its template's GUID: where they differ, the names are not its own. In the
 * live records of 400 public logs every instance agrees.
 *
 * And it reads an instance's table of values as long as the table says it is, beyond the record and
 * the chunk: it must not see such a record at all.
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
static bool template_is_own(struct view chunk, struct cursor *c)
{
	uint32_t id = cursor_u32(c);
	uint32_t at = cursor_u32(c);
	struct cursor definition = cursor_of(chunk);

	cursor_seek(&definition, (size_t)at + DEFINITION_GUID);
	bool own = cursor_u32(&definition) == id;
	cursor_seek(&definition, (size_t)at + DEFINITION_HEADER - 4);
	uint32_t size = cursor_u32(&definition);
	/* The first use of a template in a chunk carries it. */
	if (!c->bad && c->p + c->pos == chunk.p + at)
		cursor_skip(c, DEFINITION_HEADER + (size_t)size);
	return own && !definition.bad;
}

static enum fit values_fit(struct view chunk, struct cursor *c, size_t depth);

/* `c` holds BinXML that may begin with an instance; anything else has no table. */
static enum fit instance_fit(struct view chunk, struct cursor *c, size_t depth)
{
	if (!instance_begins(c))
		return FIT_ALL;
	if (depth == LIMIT_BINXML_DEPTH)
		return FIT_BROKEN;
	bool own = template_is_own(chunk, c);
	enum fit fit = values_fit(chunk, c, depth);
	return own || fit == FIT_BROKEN ? fit : FIT_NONE;
}

/* Every value that is BinXML itself, by the table of sizes and types before the values. */
static enum fit values_fit(struct view chunk, struct cursor *c, size_t depth)
{
	uint32_t n = cursor_u32(c);
	struct cursor table = *c;
	enum fit fit = FIT_ALL;

	cursor_skip(c, (size_t)n * 4);
	for (uint32_t i = 0; i < n && !c->bad; i++) {
		uint16_t size = cursor_u16(&table);
		uint16_t type = cursor_u16(&table) & 0xff;
		struct cursor value = cursor_of(cursor_take(c, size));
		enum fit of_value = FIT_ALL;
		if (type == VALUE_BINXML)
			of_value = instance_fit(chunk, &value, depth + 1);
		if (of_value == FIT_BROKEN)
			return FIT_BROKEN;
		if (of_value != FIT_ALL)
			fit = FIT_HEAD;
	}
	return c->bad ? FIT_BROKEN : fit;
}

enum fit templates_fit(struct view chunk, struct view record)
{
	struct cursor c = cursor_of(record);

	cursor_skip(&c, EVTX_RECORD_MIN - 4);
	return instance_fit(chunk, &c, 0);
}
