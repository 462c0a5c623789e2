/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include "evtx_build.h"
#include "evtx_show.h"

/* ---- chunks of one kind of content each ---- */

static void two_events(struct build *b)
{
	struct build_event e = {0};

	build_event(b, &e, 7, "first");
	build_event(b, &e, 8, "second");
}

/* Literals, references and values in one element make one text. */
static void mixed(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_text(b, "a=");
	build_slot(b, 0, VALUE_UINT32);
	build_u8(b, 9);
	build_name(b, "amp");
	build_u8(b, 8);
	build_u16(b, 0x41);
	build_u8(b, 7);
	build_u16(b, 2);
	build_bytes(b, "<\0>", 4);
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_UINT32, "\7\0\0", 4}, 1);
}

static void processing_instruction(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_u8(b, 0x0a);
	build_name(b, "target");
	build_u8(b, 0x0b);
	build_u16(b, 1);
	build_bytes(b, "z", 2);
	build_text(b, "kept");
	build_end(b);
	build_data_end(b, t, NULL, 0);
}

static void text_array(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, NULL);
	build_slot(b, 0, VALUE_UTF16 | VALUE_ARRAY);
	build_end(b);
	build_data_end(b, t, &(struct build_value){0x81, "a\0\0\0\0\0b\0\0", 10}, 1);
}

static void number_array(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "N");
	build_slot(b, 0, VALUE_UINT16 | VALUE_ARRAY);
	build_end(b);
	build_data_end(b, t, &(struct build_value){0x86, "\1\0\2\0", 4}, 1);
}

/* A substitution without a value: optional, it takes its element along; else it leaves it empty. */
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
	build_data_end(b, t, v, 2);
}

static void substituted_name(struct build *b)
{
	struct build_value v[] = {{VALUE_UTF16, "N\0a\0", 4}, {VALUE_INT32, "\xff\xff\xff\xff", 4}};
	uint32_t t;

	build_data_start(b, &t);
	build_open(b, "Data", true);
	build_attribute(b, "Name", false);
	build_slot(b, 0, VALUE_UTF16);
	build_close_start(b);
	build_slot(b, 1, VALUE_INT32);
	build_end(b);
	build_data_end(b, t, v, 2);
}

/* Embedded BinXML without a template has no dependency ids. */
static void embedded_elements(struct build *b)
{
	struct build_value v = {VALUE_BINXML, NULL, 0};
	size_t descriptor, start;
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	build_open(b, "Event", false);
	build_close_start(b);
	build_slot(b, 0, VALUE_BINXML);
	build_end(b);
	build_template_end(b, t);
	descriptor = b->n + 4;
	build_values(b, &v, 1);
	start = b->n;
	build_fragment(b);
	b->embedded = true;
	build_open(b, "EventData", false);
	build_close_start(b);
	build_data_open(b, "X");
	build_text(b, "inner");
	build_end(b);
	build_end(b);
	b->embedded = false;
	build_u8(b, 0);
	build_put32(b, descriptor, (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

/* An instance inside a definition. */
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
	build_end(b);
	build_end(b);
	build_template_end(b, outer);
	build_values(b, NULL, 0);
	build_record_end(b);
}

/* The definition stands in a later record than its first use. */
static void definition_later(struct build *b)
{
	uint32_t t;
	size_t at;

	build_record(b, 1, BUILD_TIME);
	at = b->n + 6;
	build_instance(b, 5, 0);
	build_values(b, &(struct build_value){VALUE_UTF16, "1\0", 2}, 1);
	build_record_end(b);
	build_record(b, 2, BUILD_TIME);
	t = build_template(b, 5);
	build_put32(b, at, t);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "EventData", false);
	build_close_start(b);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t, &(struct build_value){VALUE_UTF16, "2\0", 2}, 1);
}

/* Lone surrogates and NULs are text. */
static void odd_text(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_data_end(b, t,
		 &(struct build_value){VALUE_UTF16,
				       "a\0\0\xd8"
				       "b\0\x3d\xd8\x00\xde",
				       10},
		 1);
}

static void odd_values(struct build *b)
{
	struct build_value v[] = {
		{VALUE_BOOL, "\2\0\0\0", 4},	     {VALUE_SIZE, "\x10\0\0\0", 4},
		{VALUE_SIZE, "\0\0\0\0\1\0\0\0", 8}, {VALUE_ANSI, "\xe9\0", 2},
		{VALUE_UINT32, "\1\2", 2},	     {0x7e, "\xab", 1},
	};
	uint32_t t;

	build_data_start(b, &t);
	for (unsigned i = 0; i < 6; i++) {
		build_data_open(b, NULL);
		build_slot(b, i, 1);
		build_end(b);
	}
	build_data_end(b, t, v, 6);
}

struct row {
	const char *name;
	void (*build)(struct build *b);
	const char *shown;
};

static const struct row rows[] = {
	{"templates defined once, embedded data", two_events,
	 "7 whole: A=first B=1337 C={33323130-3534-3736-3839-616263646566}\n"
	 "8 whole: A=second B=1337 C={33323130-3534-3736-3839-616263646566}\n"},
	{"literals, references, CDATA and values", mixed, "1 whole-: X=a=7&A<>\n"},
	{"processing instructions are stepped over", processing_instruction, "1 whole-: X=kept\n"},
	{"an array of texts repeats its element", text_array, "1 whole-: =a = =b\n"},
	{"an array of numbers does so too", number_array, "1 whole-: N=1 N=2\n"},
	{"substitutions without a value", nulls,
	 "1 whole-: Null= OptionalEmpty= Data.Y=y Attributes=\n"},
	{"a name that is substituted", substituted_name, "1 whole-: Na=-1\n"},
	{"user data, no template", build_user_data, "1 whole-: Cleared.by=me Who=you Nobody=\n"},
	{"embedded elements without dependency ids", embedded_elements, "1 whole-: X=inner\n"},
	{"an instance in a definition", nested_instance, "1 whole-: X=n\n"},
	{"a definition in a later record", definition_later, "1 whole-: X=1\n2 whole-: X=2\n"},
	{"unpaired surrogates", odd_text,
	 "1 whole-: X=a\xed\xa0\x80"
	 "b\xf0\x9f\x98\x80\n"},
	{"values of odd sizes", odd_values,
	 "1 whole-: =true =0x10 =0x100000000 =\xc3\xa9 =0102 =AB\n"},
};

static void reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct chunk_summary sum;
		struct build b;
		struct buf out;

		buf_init(&out, 0);
		build_start(&b);
		rows[i].build(&b);
		build_finish(&b);
		build_keep(b.p, rows[i].name);
		struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
		TEST_ROW(rows[i].name,
			 d && show_chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, &out, &sum));
		test_view_is(rows[i].name, buf_data(&out), view_str(rows[i].shown));
		TEST_ROW(rows[i].name, sum.header_crc_ok && sum.records_crc_ok && sum.present);
		TEST_ROW(rows[i].name, sum.bytes_record == b.n - EVTX_CHUNK_HEADER_SIZE);
		TEST_ROW(rows[i].name, sum.bytes_free == EVTX_CHUNK_SIZE - b.n);
		d->ops->destroy(d);
		build_free(&b);
		buf_release(&out);
	}
}

/* System comes from head() alone, literals and values alike. */
static void system_members(void **state)
{
	struct build_event e = {0};
	struct fields fields;
	struct record r;
	struct event ev;
	struct build b;

	(void)state;
	build_start(&b);
	build_event(&b, &e, 7, "x");
	build_finish(&b);
	assert_int_equal(fields_init(&fields, NULL), 0);
	field_id id = fields_add(&fields, view_str("B"));
	struct decoder *d = evtx_decoder_new(&fields, NULL, NULL);
	assert_non_null(d);
	assert_int_equal(d->ops->chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, 4096 + 65536, NULL),
			 0);
	assert_int_equal(d->ops->next(d, &r, NULL), 0);
	assert_int_equal(d->ops->head(d, &r, &ev, NULL), 0);
	assert_true(ev.has_system && ev.n_fields == 0);
	test_view_is("provider", ev.provider, view_str("Test-Provider"));
	test_view_is("channel", ev.channel, view_str("Test/Channel"));
	test_view_is("computer", ev.computer, view_str("HOST"));
	test_view_is("user", ev.user_sid, view_str("S-1-5-18"));
	assert_true(ev.event_id == 1 && ev.level == 4 && ev.qualifiers == 0);
	assert_true(ev.keywords == 0x8000000000000000u);
	assert_true(ev.record_id == 7 && ev.time_created == BUILD_TIME + 7);
	assert_int_equal(ev.provider_guid.b[0], 0x5f);
	assert_true(r.chunk == 1 && r.offset == 4096 + 65536 + 512 && r.id == 7 && !r.bad_checksum);
	assert_int_equal(d->ops->data(d, &r, &ev, NULL), 0);
	assert_true(ev.section == SECTION_EVENTDATA && ev.n_fields == 3 && ev.fields[1].id == id);
	assert_true(ev.fields[0].id == FIELD_NONE && ev.fields[0].value.type == VALUE_UTF16);
	assert_int_equal(d->ops->next(d, &r, NULL), 1);
	d->ops->destroy(d);
	fields_release(&fields);
	build_free(&b);
}

/*
 * A template met again in another chunk is not compiled again, wherever it stands there and
 * whichever of its names stand in it; one with the same GUID and other content is not taken for it.
 */
static void other_chunks(void **state)
{
	struct chunk_summary sum;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
	assert_non_null(d);
	for (int i = 0; i < 4; i++) {
		struct build_event e = {0};
		struct build b;
		uint32_t t;

		build_start(&b);
		if (i & 1) { /* names stand elsewhere, the definitions later */
			build_data_start(&b, &t);
			build_data_open(&b, "B");
			build_end(&b);
			build_data_end(&b, t, NULL, 0);
		}
		build_event(&b, &e, 2, "x");
		if (i == 2) { /* same GUID, same size, another name */
			uint8_t *name = memmem(b.p, b.n, "\5\1\1\0A", 5);
			assert_non_null(name);
			name[4] = 'Z';
		}
		build_finish(&b);
		buf_clear(&out);
		assert_true(show_chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, &out, &sum));
		build_free(&b);
		const char *want =
			i == 2	? "2 whole: Z=x B=1337 C={33323130-3534-3736-3839-616263646566}\n"
			: i & 1 ? "1 whole-: B=\n"
				  "2 whole: A=x B=1337 C={33323130-3534-3736-3839-616263646566}\n"
				: "2 whole: A=x B=1337 C={33323130-3534-3736-3839-616263646566}\n";
		test_view_is("other chunk", buf_data(&out), view_str(want));
	}
	d->ops->destroy(d);
	buf_release(&out);
}

static bool starved(void *ctx)
{
	struct build *b = ctx;
	struct chunk_summary sum;
	struct buf out;
	struct decoder *d;
	bool ok;

	buf_init(&out, 0);
	d = evtx_decoder_new(NULL, show_damage, &out);
	ok = d && show_chunk(d, (struct view){b->p, EVTX_CHUNK_SIZE}, &out, &sum);
	if (d)
		d->ops->destroy(d);
	buf_release(&out);
	return ok;
}

static void without_memory(void **state)
{
	struct build_event e = {0};
	struct build b;

	(void)state;
	build_start(&b);
	mixed(&b);
	build_event(&b, &e, 2, "x");
	build_finish(&b);
	assert_true(test_starve(starved, &b) > 10);
	build_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(system_members),
		cmocka_unit_test(other_chunks),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("evtx", tests, NULL, NULL);
}
