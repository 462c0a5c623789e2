/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTS_EVENT_BUILD_H
#define EVTXHOUND_TESTS_EVENT_BUILD_H
/*
 * Events out of short texts, for the tests of src/event: "Name=value" lines, every value UTF-8, or
 * turned into what our own decoder would have of it.
 */
#include "testing.h"

#include "evtxhound/event.h"

struct build {
	struct arena arena;
	struct fields fields;
};

static inline void build_init(struct build *b)
{
	arena_init(&b->arena, LIMIT_CHUNK_ARENA);
	assert_int_equal(fields_init(&b->fields, NULL), 0);
}

static inline void build_release(struct build *b)
{
	fields_release(&b->fields);
	arena_release(&b->arena);
}

static inline struct view build_raw(struct build *b, const void *p, size_t n)
{
	return arena_keep(&b->arena, (struct view){p, n});
}

/* The typed value a template would give for such a text. */
static inline struct value build_typed(struct build *b, struct view text)
{
	struct value v = {VALUE_UTF8, text};
	struct guid g;
	struct buf utf16;
	uint64_t n;

	if (text.n == 38 && guid_parse(text, &g))
		return (struct value){VALUE_GUID, build_raw(b, g.b, 16)};
	if (value_number(v, &n))
		return (struct value){text.p[0] == '0' && text.n > 1 ? VALUE_HEX64 : VALUE_UINT64,
				      build_raw(b, &n, 8)};
	buf_init(&utf16, 0);
	text_to_utf16(&utf16, text);
	buf_u16(&utf16, 0);
	v = (struct value){VALUE_UTF16, arena_keep(&b->arena, buf_data(&utf16))};
	buf_release(&utf16);
	return v;
}

/* `lines`: "Name=value" separated by line feeds. */
static inline struct event build_event(struct build *b, const char *channel, uint16_t id,
				       uint8_t version, const char *lines, bool typed)
{
	struct event ev = {.event_id = id, .version = version, .has_system = true,
			   .section = SECTION_EVENTDATA, .record_id = 7,
			   .time_created = 132000000000000000u};
	struct view rest = view_str(lines);

	ev.channel = view_str(channel);
	ev.computer = view_str("HOST.example");
	ev.fields = arena_array(&b->arena, 64, sizeof(*ev.fields));
	while (rest.n && ev.n_fields < 64) {
		const uint8_t *end = memchr(rest.p, '\n', rest.n);
		struct view line = view_sub(rest, 0, end ? (size_t)(end - rest.p) : rest.n);
		const uint8_t *eq = memchr(line.p, '=', line.n);
		struct field *f = &ev.fields[ev.n_fields++];
		size_t at = (size_t)(eq - line.p);

		f->name = view_sub(line, 0, at);
		f->id = fields_find(&b->fields, f->name);
		f->value = (struct value){VALUE_UTF8, view_sub(line, at + 1, line.n)};
		if (typed)
			f->value = build_typed(b, f->value.raw);
		rest = view_sub(rest, line.n + 1, rest.n);
	}
	return ev;
}

#define SYSMON "Microsoft-Windows-Sysmon/Operational"

#endif
