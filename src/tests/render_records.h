/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_RENDER_RECORDS_H
#define EVTXHOUND_RENDER_RECORDS_H
/* Records, each with one construct of BinXML, for the rows of test_evtx_render.c. */
#include "evtx_build.h"

static void event(struct build *b)
{
	struct build_event e = {0};

	build_event(b, &e, 7, "a<\"\\");
}

static void literals(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_text(b, "a=");
	build_slot(b, 0, VALUE_UINT32);
	build_u8(b, 9);
	build_name(b, "lt");
	build_u8(b, 8);
	build_u16(b, 0xe9);
	build_u8(b, 7);
	build_u16(b, 3);
	build_bytes(b, "]\0]\0>\0", 6);
	build_end(b);
	build_data_open(b, "Empty");
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_UINT32, "\7\0\0", 4}, 1);
}

static void instruction_of(struct build *b, const char *target, const char *data)
{
	uint8_t units[64];
	size_t n = build_utf16(units, data);

	build_u8(b, 0x0a);
	build_name(b, target);
	build_u8(b, 0x0b);
	build_u16(b, (unsigned)n / 2);
	build_bytes(b, units, n);
}

static void instruction(struct build *b, const char *target)
{
	instruction_of(b, target, "z");
}

static void instructions(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	instruction(b, "target");
	instruction(b, "xmlx");
	instruction_of(b, "p:i", " a?>?\1");
	instruction_of(b, "e", "");
	build_text(b, "kept");
	build_end(b);
	build_data_end(b, t, NULL, 0);
}

static void event_of(struct build *b, const char *text)
{
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "UserData", false);
	build_close_start(b);
	build_open(b, "A", false);
	build_close_start(b);
	build_text(b, text);
	for (int i = 0; i < 3; i++)
		build_end(b);
}

/* MS-EVEN6 2.2.12: one may stand before the event, and one behind; a name stands inline at first. */
static void instructions_around(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	instruction(b, "before");
	build_fragment(b);
	event_of(b, "a");
	instruction(b, "before");
	build_record_end(b);
}

static void instruction_alone(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	instruction(b, "alone");
	build_record_end(b);
}

static void instruction_without_data(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	build_u8(b, 0x0a);
	build_name(b, "target");
	event_of(b, "a");
	build_record_end(b);
}

static void instruction_without_target(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	event_of(b, "a");
	build_u8(b, 0x0b);
	build_u16(b, 1);
	build_bytes(b, "z", 2);
	build_record_end(b);
}

static void unnamed(struct build *b)
{
	struct build_value v[] = {{0x81, "a\0\0\0\0\0b\0\0", 10}, {VALUE_UTF16, "c", 2}};
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, NULL);
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_open(b, "Binary", false);
	build_close_start(b);
	build_end(b);
	build_data_open(b, NULL);
	build_slot(b, 1, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, v, 2);
}

static void one_unnamed(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, NULL);
	build_optional(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_UTF16, "c", 2}, 1);
}

static void no_unnamed(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, NULL);
	build_optional(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_NULL, NULL, 0}, 1);
}

static void arrays(struct build *b)
{
	struct build_value v[] = {
		{0x81, "a\0\0\0b\0\0", 8},
		{0x86, "\1\0\2\0", 4},
		{0x81, "z\0\0\0", 4},
	};
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "N");
	build_attribute(b, "Kind", true);
	build_slot(b, 1, VALUE_UINT16 | VALUE_ARRAY);
	build_attribute(b, "None", false);
	build_optional(b, 7, VALUE_UTF16);
	build_close_start(b);
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_data_open(b, "One");
	build_slot(b, 2, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_data_open(b, "Two");
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_data_end(b, t, v, 3);
}

static void arrays_elsewhere(struct build *b)
{
	struct build_value v[] = {
		{0x81, "a\0,\0b\0\0\0<\0\0\0\0\0", 14},
		{0x8e, "\1\2", 2},
		{0x84, "\7", 1},
		{0x84, "\1", 1},
	};
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "X");
	build_attribute(b, "A", true);
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_attribute(b, "B", false);
	build_slot(b, 2, VALUE_UINT8 | VALUE_ARRAY);
	build_close_start(b);
	build_text(b, "of ");
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_text(b, " and ");
	build_slot(b, 1, VALUE_BINARY | VALUE_ARRAY);
	build_end(b);
	build_open(b, "None", true);
	build_attribute(b, "A", false);
	build_optional(b, 3, VALUE_UINT8 | VALUE_ARRAY);
	build_close_empty(b);
	build_data_end(b, t, v, 4);
}

/* A byte that is half a unit, be it of a terminator or not. */
static void half_units(struct build *b)
{
	struct build_value v[] = {
		{VALUE_UTF16, "a\0<", 3},
		{VALUE_UTF16, "a", 1},
		{VALUE_UTF16, "a\0\0\0\0", 5},
		{0x81, "a\0\0\0b", 5},
	};
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "X");
	build_attribute(b, "A", false);
	build_slot(b, 1, VALUE_UTF16);
	build_close_start(b);
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_open(b, "Zero");
	build_slot(b, 2, VALUE_UTF16);
	build_end(b);
	build_data_open(b, "Two");
	build_slot(b, 3, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_data_open(b, "Mixed");
	build_text(b, "=");
	build_slot(b, 1, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, v, 4);
}

static void nulls(struct build *b)
{
	struct build_value v[] = {{VALUE_NULL, NULL, 0}, {VALUE_UTF16, NULL, 0}};
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "OptionalNull");
	build_optional(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_open(b, "Null");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_open(b, "OptionalEmpty");
	build_optional(b, 1, VALUE_UTF16);
	build_end(b);
	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "Attributes");
	build_attribute(b, "X", true);
	build_optional(b, 0, VALUE_UTF16);
	build_attribute(b, "Y", false);
	build_text(b, "y");
	build_close_empty(b);
	build_open(b, "Two", true);
	build_attribute(b, "P", true);
	build_optional(b, 0, VALUE_UTF16);
	build_attribute(b, "Q", false);
	build_optional(b, 1, VALUE_UTF16);
	build_close_empty(b);
	build_open(b, "None", true);
	build_attribute(b, "P", false);
	build_optional(b, 0, VALUE_UTF16);
	build_close_empty(b);
	build_data_end(b, t, v, 2);
}

static void nothing_left(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_optional(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_NULL, NULL, 0}, 1);
}

static void types(struct build *b)
{
	static const struct build_value v[] = {
		{VALUE_INT8, "\xff", 1},
		{VALUE_UINT16, "\1\2", 2},
		{VALUE_INT32, "\xfe\xff\xff\xff", 4},
		{VALUE_UINT64, "\1\0\0\0\0\0\0\x80", 8},
		{VALUE_INT64, "\xff\xff\xff\xff\xff\xff\xff\xff", 8},
		{VALUE_REAL32, "\0\0\xc0\x3f", 4},
		{VALUE_REAL64, "\0\0\0\0\0\0\xf0\x7f", 8},
		{VALUE_BOOL, "\2\0\0\0", 4},
		{VALUE_BINARY, "\x0a\xff", 2},
		{VALUE_GUID, "0123456789abcdef", 16},
		{VALUE_SIZE, "\x10\0\0\0\1\0\0\0", 8},
		{VALUE_FILETIME, "\0\x80\x3e\xd5\xde\xb1\x9d\x01", 8},
		{VALUE_SYSTEMTIME, "\xe3\7\7\0\3\0\x18\0\x0d\0\7\0\x1d\0\x3e\0", 16},
		{VALUE_SID, "\1\1\0\0\0\0\0\5\x12\0\0", 12},
		{VALUE_HEX32, "\xab\0\0\0", 4},
		{VALUE_HANDLE, "\4\0\0\0", 4},
		{VALUE_ANSI, "\xe9<\0", 3},
		{VALUE_UINT32, "\1\2", 2},
		{0x7e, "\xab", 1},
	};
	uint32_t t;

	build_data_start(b, &t);
	for (unsigned i = 0; i < TEST_COUNT(v); i++) {
		build_data_open(b, NULL);
		build_slot(b, i, 1);
		build_end(b);
	}
	build_data_end(b, t, v, TEST_COUNT(v));
}

static void odd_text(struct build *b)
{
	struct build_value v = {VALUE_UTF16, "a\0\1\0\0\xd8\n\0\xfd\xff", 10};
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "X");
	build_attribute(b, "A", false);
	build_slot(b, 0, VALUE_UTF16);
	build_close_start(b);
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, &v, 1);
}

static void odd_names(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "1 a", true);
	build_attribute(b, "p:q", true);
	build_text(b, "1");
	build_attribute(b, "A", true);
	build_text(b, "2");
	build_attribute(b, "A", false);
	build_text(b, "3");
	build_close_empty(b);
	build_open(b, "x_x0041_", true);
	build_attribute(b, "xmlns", false);
	build_slot(b, 0, VALUE_UTF16);
	build_close_empty(b);
	build_open(b, "d:e", true);
	build_attribute(b, "xmlns:d", true);
	build_text(b, "urn:d");
	build_attribute(b, "d:f", false);
	build_text(b, "4");
	build_close_empty(b);
	build_open(b, "u:\"", false);
	build_close_empty(b);
	build_data_end(b, t, &(struct build_value){VALUE_UTF16, "v", 2}, 1);
}

/* Names that are none are all shown alike; some of them have no value. */
static void repeated_attributes(struct build *b)
{
	struct build_value v[] = {{VALUE_UTF16, "a", 2}, {VALUE_NULL, NULL, 0}};
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "A", true);
	for (unsigned i = 0; i < 3; i++) {
		build_attribute(b, "X", i < 2);
		build_optional(b, i % 2, VALUE_UTF16);
	}
	build_close_empty(b);
	build_open(b, "B", true);
	for (unsigned i = 0; i < 2; i++) {
		build_attribute(b, "X", i < 1);
		build_optional(b, i, VALUE_UTF16);
	}
	build_close_empty(b);
	build_data_end(b, t, v, 2);
}

/* Elements of one name, among others. */
static void repeats(struct build *b)
{
	static const char *const names[] = {"A", "B", "A", "C", "A"};
	uint32_t t;

	build_data_start(b, &t);
	for (unsigned i = 0; i < TEST_COUNT(names); i++) {
		build_open(b, names[i], false);
		build_close_start(b);
		if (i == 2)
			build_optional(b, 1, VALUE_UTF16);
		else
			build_text(b, (const char *const[]){"0", "1", "", "3", "4"}[i]);
		build_end(b);
	}
	build_data_end(b, t, NULL, 0);
}

/* Names that only values tell. */
static void substituted_names(struct build *b)
{
	struct build_value v[] = {
		{VALUE_UTF16, "N\0", 2},
		{VALUE_INT32, "\xff\xff\xff\xff", 4},
		{VALUE_UTF16, "#\0t\0", 4},
		{VALUE_NULL, NULL, 0},
	};
	static const uint8_t order[] = {0, 2, 0, 3, 0};
	uint32_t t;

	build_data_start(b, &t);
	for (unsigned i = 0; i < TEST_COUNT(order); i++) {
		build_open(b, "Data", true);
		build_attribute(b, "Name", false);
		build_slot(b, order[i], VALUE_UTF16);
		build_close_start(b);
		build_slot(b, 1, VALUE_INT32);
		build_end(b);
	}
	build_data_open(b, NULL);
	build_text(b, "d");
	build_end(b);
	build_data_end(b, t, v, 4);
}

/* Text among elements; layout is none. */
static void text_among(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "A", false);
	build_close_start(b);
	build_text(b, "x");
	build_open(b, "B", false);
	build_close_empty(b);
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_open(b, "C", false);
	build_close_start(b);
	build_text(b, "\n ");
	build_open(b, "B", false);
	build_close_empty(b);
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_UTF16, "y", 2}, 1);
}

/* Elements of an event's own making, in the record itself and without a template. */
/* A value that holds two fragments of elements, and where it stands. */
static void embedded(struct build *b, bool beside)
{
	struct build_value v = {VALUE_BINXML, NULL, 0};
	size_t descriptor, start;
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "UserData", beside);
	if (beside) {
		build_attribute(b, "a", false);
		build_text(b, "1");
	}
	build_close_start(b);
	build_optional(b, 0, VALUE_BINXML);
	build_end(b);
	build_end(b);
	build_template_end(b, t);
	descriptor = b->n + 4;
	build_values(b, &v, 1);
	start = b->n;
	b->embedded = true;
	for (int i = 0; i < 2; i++) {
		build_fragment(b);
		build_open(b, "X", false);
		build_close_start(b);
		build_text(b, i ? "two" : "one");
		build_end(b);
	}
	b->embedded = false;
	build_u8(b, 0);
	build_put32(b, descriptor, (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

static void attribute_of(struct build *b, const char *name, const char *value, bool more)
{
	build_attribute(b, name, more);
	build_text(b, value);
}

/* Prefixes that the outer template declares, or seems to. */
static void prefixes_around(struct build *b)
{
	struct build_value v = {VALUE_BINXML, NULL, 0};
	uint32_t t;
	size_t descriptor, start;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	build_open(b, "Event", true);
	attribute_of(b, "xmlns:p", "urn:p", true);
	attribute_of(b, "xmlns:e", "", false);
	build_close_start(b);
	build_open(b, "UserData", true);
	attribute_of(b, "p:x", "1", true);
	attribute_of(b, "xmlns:x", "urn:x", true);
	attribute_of(b, "x:f", "2", true);
	attribute_of(b, "xmlns:s", "urn:s", true);
	attribute_of(b, "xmlns:s", "urn:t", true);
	attribute_of(b, "xmlns", "urn:{u}", false);
	build_close_start(b);
	build_slot(b, 0, VALUE_BINXML);
	build_end(b);
	build_end(b);
	build_template_end(b, t);
	descriptor = b->n + 4;
	build_values(b, &v, 1);
	start = b->n;
	b->embedded = true;
	build_fragment(b);
	build_open(b, "p:A", true);
	attribute_of(b, "s:a", "3", true);
	attribute_of(b, "e:a", "4", true);
	attribute_of(b, "x:a", "5", false);
	build_close_empty(b);
	b->embedded = false;
	build_u8(b, 0);
	build_put32(b, descriptor, (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

static void embedded_alone(struct build *b)
{
	embedded(b, false);
}

static void embedded_beside(struct build *b)
{
	embedded(b, true);
}

static void nested_instance(struct build *b)
{
	uint32_t outer, inner;

	build_record(b, 1, BUILD_TIME);
	outer = build_template(b, 5);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "EventData", false);
	build_close_start(b);
	inner = build_template(b, 6);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_template_end(b, inner);
	build_values(b, &(struct build_value){VALUE_UTF16, "n\0", 2}, 1);
	build_data_open(b, "X");
	build_text(b, "m");
	build_end(b);
	build_end(b);
	build_end(b);
	build_template_end(b, outer);
	build_values(b, NULL, 0);
	build_record_end(b);
}

static void value_missing(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_slot(b, 3, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, NULL, 0);
}

static void two_roots(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	for (int i = 0; i < 2; i++) {
		build_open(b, "Odd", false);
		build_close_start(b);
		build_text(b, i ? "2" : "1");
		build_end(b);
	}
	build_record_end(b);
}

/* An array repeats its element, here the outermost one. */
static void repeated_root(struct build *b)
{
	struct build_value v = {0x81, "a\0\0\0b\0\0", 8};
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	build_open(b, "Odd", false);
	build_close_start(b);
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_template_end(b, t);
	build_values(b, &v, 1);
	build_record_end(b);
}

static void no_event(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	build_record_end(b);
}

static void no_template(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	build_instance(b, 5, 0x80000000);
	build_values(b, NULL, 0);
	build_record_end(b);
}

/* An event around event data, either without its template. */
static void lost(struct build *b, bool outer, bool inner)
{
	struct build_value v[] = {{VALUE_UINT32, "\7\0\0", 4}, {VALUE_BINXML, NULL, 0}};
	size_t descriptor, start;
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	if (outer) {
		build_instance(b, 5, 0x80000000);
	} else {
		t = build_template(b, 5);
		build_open(b, "Event", false);
		build_close_start(b);
		build_slot(b, 1, VALUE_BINXML);
		build_end(b);
		build_template_end(b, t);
	}
	descriptor = b->n + 8;
	build_values(b, v, 2);
	start = b->n;
	if (inner) {
		build_instance(b, 6, 0x80000000);
	} else {
		t = build_template(b, 6);
		build_open(b, "EventData", false);
		build_close_start(b);
		build_data_open(b, "X");
		build_slot(b, 0, VALUE_UTF16);
		build_end(b);
		build_end(b);
		build_template_end(b, t);
	}
	build_values(b, &(struct build_value){VALUE_UTF16, "<\0", 2}, 1);
	build_u8(b, 0);
	build_put32(b, descriptor, (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

static void lost_outer(struct build *b)
{
	lost(b, true, false);
}

static void lost_inner(struct build *b)
{
	lost(b, false, true);
}

static void lost_both(struct build *b)
{
	lost(b, true, true);
}

/* Arrays in an instance without a template, and one with a template behind it. */
static void lost_first(struct build *b)
{
	struct build_value lost[] = {{0x81, "a\0\0\0b", 6}, {0x84, "\7", 1}};
	struct build_value v = {VALUE_UTF16, "c", 2};
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	build_instance(b, 5, 0x80000000);
	build_values(b, lost, 2);
	build_fragment(b);
	t = build_template(b, 6);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "EventData", false);
	build_close_start(b);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, &v, 1);
}

/* The size of the first value reaches beyond the record. */
static void torn_values(struct build *b)
{
	struct build_value v[] = {{VALUE_UTF16, "a", 2}, {VALUE_UTF16, "b", 2}};
	uint32_t t;
	size_t end;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, v, 2);
	end = (size_t)((uint8_t *)memmem(b->p + t, b->n - t, "\2\0\1\0\2\0\1", 7) - b->p);
	build_put32(b, end, 0x1f000);
}

static void torn_without_end_tag(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	b->embedded = true;
	build_open(b, "Event", false);
	build_close_empty(b);
	b->embedded = false;
	build_u8(b, 0x33);
	build_record_end(b);
}

/* Two texts, a number, and BinXML of its own; what a definition that is cut does not tell of. */
static void cut_values(struct build *b, uint32_t t)
{
	struct build_value v[] = {{VALUE_UTF16, "a", 2}, {0x81, "b\0\0\0c", 6}, {VALUE_UINT32, "\7\0\0", 4},
				  {VALUE_BINXML, NULL, 0}};
	struct build_value inner = {VALUE_UTF16, "d", 2};
	size_t descriptors, start;
	uint32_t in;

	build_template_end(b, t);
	descriptors = b->n + 4;
	build_values(b, v, 4);
	start = b->n;
	build_fragment(b);
	in = build_template(b, 6);
	build_open(b, "UserData", false);
	build_close_start(b);
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_template_end(b, in);
	build_values(b, &inner, 1);
	build_u8(b, 0);
	build_put32(b, descriptors + 12, (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

static void cut_definition(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_u8(b, 0x3f);
	build_end(b);
	build_end(b);
	cut_values(b, t);
}

static void closed_definition(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_end(b);
	build_end(b);
	build_u8(b, 4);
	cut_values(b, t);
}

static void cut_at_once(struct build *b)
{
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	build_u8(b, 0x3f);
	cut_values(b, t);
}

/* What is missing has no value: nothing is said of it. */
static void cut_without_values(struct build *b)
{
	struct build_value v[] = {{VALUE_UTF16, "a", 2}, {VALUE_NULL, NULL, 0}};
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_u8(b, 0x3f);
	build_data_end(b, t, v, 2);
}

#endif
