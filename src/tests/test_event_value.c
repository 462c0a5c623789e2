/* SPDX-License-Identifier: Apache-2.0 */
#include "testing.h"

#include <libfwnt.h>

#include "evtxhound/event.h"

/* A literal's bytes, as an initialiser. */
#define RAW(s) {(const uint8_t *)(s), sizeof(s) - 1}

static const struct text_row {
	const char *name;
	uint8_t type;
	struct view raw;
	const char *want;
} text_rows[] = {
	{"null", VALUE_NULL, RAW(""), ""},
	{"null with bytes", VALUE_NULL, RAW("ab"), ""},
	{"utf16", VALUE_UTF16, RAW("a\0\xe9\0"), "a\xc3\xa9"},
	{"utf16 with terminator", VALUE_UTF16, RAW("a\0b\0\0\0"), "ab"},
	{"utf16 only terminators", VALUE_UTF16, RAW("\0\0\0\0"), ""},
	{"utf16 lone surrogate", VALUE_UTF16, RAW("\x00\xd8"), "\xed\xa0\x80"},
	{"utf16 beyond the BMP", VALUE_UTF16, RAW("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80"},
	{"ansi", VALUE_ANSI, RAW("a\x80\xff\0"), "a\xe2\x82\xac\xc3\xbf"},
	{"utf8", VALUE_UTF8, RAW("a\xc3\xa9"), "a\xc3\xa9"},
	{"int8", VALUE_INT8, RAW("\xff"), "-1"},
	{"uint8", VALUE_UINT8, RAW("\xff"), "255"},
	{"int16", VALUE_INT16, RAW("\x00\x80"), "-32768"},
	{"uint16", VALUE_UINT16, RAW("\x00\x80"), "32768"},
	{"int32", VALUE_INT32, RAW("\xfe\xff\xff\xff"), "-2"},
	{"uint32", VALUE_UINT32, RAW("\xfe\xff\xff\xff"), "4294967294"},
	{"int64 least", VALUE_INT64, RAW("\0\0\0\0\0\0\0\x80"), "-9223372036854775808"},
	{"uint64 most", VALUE_UINT64, RAW("\xff\xff\xff\xff\xff\xff\xff\xff"),
	 "18446744073709551615"},
	{"uint32 too short", VALUE_UINT32, RAW("\x01\xab"), "01AB"},
	{"uint32 too long", VALUE_UINT32, RAW("\x01\0\0\0\0"), "0100000000"},
	{"real32", VALUE_REAL32, RAW("\x00\x00\xc0\x3f"), "1.5"},
	{"real32 third", VALUE_REAL32, RAW("\xab\xaa\xaa\x3e"), "0.33333334"},
	{"real64", VALUE_REAL64, RAW("\x9a\x99\x99\x99\x99\x99\xb9\x3f"), "0.1"},
	{"bool true", VALUE_BOOL, RAW("\1\0\0\0"), "true"},
	{"bool 2", VALUE_BOOL, RAW("\2\0\0\0"), "true"},
	{"bool false", VALUE_BOOL, RAW("\0\0\0\0"), "false"},
	{"bool of one byte", VALUE_BOOL, RAW("\1"), "true"},
	{"bool of three bytes", VALUE_BOOL, RAW("\1\0\0"), "010000"},
	{"binary", VALUE_BINARY, RAW("\x00\xff\x1a"), "00FF1A"},
	{"guid", VALUE_GUID,
	 RAW("\x25\x96\x84\x54\x78\x54\x94\x49\xa5\xba\x3e\x3b\x03\x28\xc3\x0d"),
	 "{54849625-5478-4994-a5ba-3e3b0328c30d}"},
	{"guid too short", VALUE_GUID, RAW("\x25\x96"), "2596"},
	{"size 32", VALUE_SIZE, RAW("\x10\0\0\0"), "0x10"},
	{"size 64", VALUE_SIZE, RAW("\x10\0\0\0\0\0\0\x80"), "0x8000000000000010"},
	{"filetime", VALUE_FILETIME, RAW("\0\x80\x3e\xd5\xde\xb1\x9d\x01"),
	 "1970-01-01T00:00:00.0000000Z"},
	{"systemtime", VALUE_SYSTEMTIME, RAW("\xe3\x07\x07\0\x03\0\x18\0\x0d\0\x07\0\x1d\0\x3e\0"),
	 "2019-07-24T13:07:29.0620000Z"},
	{"systemtime of month 13", VALUE_SYSTEMTIME,
	 RAW("\xe3\x07\x0d\0\x03\0\x18\0\x0d\0\x07\0\x1d\0\x3e\0"),
	 "E3070D00030018000D0007001D003E00"},
	{"sid", VALUE_SID, RAW("\1\1\0\0\0\0\0\5\x12\0\0\0"), "S-1-5-18"},
	{"sid without parts", VALUE_SID, RAW("\1\0\0\0\0\0\0\5"), "S-1-5"},
	{"sid cut short", VALUE_SID, RAW("\1\2\0\0\0\0\0\5\x12\0\0\0"),
	 "010200000000000512000000"},
	{"sid with a byte too many", VALUE_SID, RAW("\1\1\0\0\0\0\0\5\x12\0\0\0\7"),
	 "01010000000000051200000007"},
	{"sid of revision 2", VALUE_SID, RAW("\2\0\0\0\0\0\0\5"), "0200000000000005"},
	{"sid of 255 parts", VALUE_SID, RAW("\1\xff\0\0\0\0\0\5"), "01FF000000000005"},
	{"hex32", VALUE_HEX32, RAW("\xab\0\0\0"), "0xab"},
	{"hex64", VALUE_HEX64, RAW("\xe7\3\0\0\0\0\0\0"), "0x3e7"},
	{"handle", VALUE_HANDLE, RAW("\4\0\0\0"), "0x4"},
	{"xml", VALUE_XML, RAW("<\0>\0"), "<>"},
	{"type unknown", 0x22, RAW("\xab"), "AB"},
	{"strings", VALUE_UTF16 | VALUE_ARRAY, RAW("a\0\0\0b\0\0\0"), "a,b"},
	{"strings, one empty", VALUE_UTF16 | VALUE_ARRAY, RAW("a\0\0\0\0\0b\0\0\0"), "a,,b"},
	{"ansi strings", VALUE_ANSI | VALUE_ARRAY, RAW("a\0b\0"), "a,b"},
	{"numbers", VALUE_UINT16 | VALUE_ARRAY, RAW("\1\0\2\0"), "1,2"},
	{"numbers with a rest", VALUE_UINT16 | VALUE_ARRAY, RAW("\1\0\2"), "010002"},
	{"sids", VALUE_SID | VALUE_ARRAY,
	 RAW("\1\1\0\0\0\0\0\5\x12\0\0\0\1\1\0\0\0\0\0\5\x13\0\0\0"), "S-1-5-18,S-1-5-19"},
	{"sids, one bad", VALUE_SID | VALUE_ARRAY, RAW("\1\0\0\0\0\0\0\5\2"),
	 "010000000000000502"},
	{"bools", VALUE_BOOL | VALUE_ARRAY, RAW("\1\0\0\0\0\0\0\0"), "true,false"},
	{"array of no type", 0xff, RAW("a"), "61"},
};

static void test_text(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(text_rows); i++) {
		const struct text_row *row = &text_rows[i];
		struct value v = {row->type, row->raw};
		struct buf b;

		buf_init(&b, 0);
		value_text(&b, v);
		test_view_is(row->name, buf_data(&b), view_str(row->want));
		test_view_is(row->name, value_view(&a, v), buf_data(&b));
		buf_release(&b);
	}
	arena_release(&a);
}

static const struct number_row {
	const char *name;
	uint8_t type;
	struct view raw;
	bool ok;
	uint64_t want;
} number_rows[] = {
	{"decimal text", VALUE_UTF8, RAW("4280"), true, 4280},
	{"hexadecimal text", VALUE_UTF8, RAW("0x00000000000003E7"), true, 0x3e7},
	{"utf16", VALUE_UTF16, RAW("4\0002\0\0\0"), true, 42},
	{"most", VALUE_UTF8, RAW("18446744073709551615"), true, UINT64_MAX},
	{"one more", VALUE_UTF8, RAW("18446744073709551616"), false, 0},
	{"hexadecimal too long", VALUE_UTF8, RAW("0x10000000000000000"), false, 0},
	{"empty", VALUE_UTF8, RAW(""), false, 0},
	{"0x alone", VALUE_UTF8, RAW("0x"), false, 0},
	{"blank behind", VALUE_UTF8, RAW("1 "), false, 0},
	{"minus", VALUE_UTF8, RAW("-1"), false, 0},
	{"int32", VALUE_INT32, RAW("\5\0\0\0"), true, 5},
	{"int32 negative", VALUE_INT32, RAW("\xff\xff\xff\xff"), false, 0},
	{"hex32", VALUE_HEX32, RAW("\xff\0\0\0"), true, 255},
	{"hex32 short", VALUE_HEX32, RAW("\xff\0\0"), false, 0},
	{"size", VALUE_SIZE, RAW("\xff\0\0\0\0\0\0\0"), true, 255},
	{"guid", VALUE_GUID, RAW("0123456789abcdef"), false, 0},
	{"null", VALUE_NULL, RAW(""), false, 0},
	{"array", VALUE_UINT8 | VALUE_ARRAY, RAW("\1"), false, 0},
};

static void test_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(number_rows); i++) {
		const struct number_row *row = &number_rows[i];
		uint64_t got = 0;
		bool ok = value_number((struct value){row->type, row->raw}, &got);

		TEST_ROW(row->name, ok == row->ok);
		TEST_ROW(row->name, got == row->want);
	}
}

static void test_empty(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
		struct view raw;
		bool want;
	} rows[] = {
		{"null", VALUE_NULL, RAW("x"), true},
		{"utf8", VALUE_UTF8, RAW(""), true},
		{"terminator", VALUE_UTF16, RAW("\0\0"), true},
		{"a dash is text", VALUE_UTF8, RAW("-"), false},
		{"a blank is text", VALUE_UTF16, RAW(" \0"), false},
		{"zero is a number", VALUE_UINT8, RAW("\0"), false},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		TEST_ROW(rows[i].name,
			 value_is_empty((struct value){rows[i].type, rows[i].raw}) == rows[i].want);
}

/* ---- SIDs: ours against libfwnt's ---- */

static uint64_t next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void fwnt_text(struct view raw, char *out, size_t size)
{
	libfwnt_security_identifier_t *sid = NULL;

	assert_int_equal(libfwnt_security_identifier_initialize(&sid, NULL), 1);
	assert_int_equal(libfwnt_security_identifier_copy_from_byte_stream(
				 sid, raw.p, raw.n, LIBFWNT_ENDIAN_LITTLE, NULL), 1);
	assert_int_equal(libfwnt_security_identifier_copy_to_utf8_string(sid, (uint8_t *)out, size,
									 0, NULL), 1);
	libfwnt_security_identifier_free(&sid, NULL);
}

/* An authority of more than 32 bits as MS-DTYP 2.4.2.1 has it: the only difference. */
static void in_hexadecimal(const uint8_t *raw, struct buf *out, const char *text)
{
	const char *parts = strchr(text + 4, '-');

	buf_fmt(out, "S-1-0x%02x%02x%02x%02x%02x%02x%s", raw[2], raw[3], raw[4], raw[5], raw[6],
		raw[7], parts ? parts : "");
}

static void test_sid_as_libfwnt(void **state)
{
	uint64_t x = 88172645463325252u;
	uint8_t raw[8 + 4 * 15];
	char want[256];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t parts = next_random(&x) % 16;
		struct view v = {raw, 8 + 4 * parts};
		struct buf b, wanted;

		for (size_t at = 0; at < sizeof(raw); at++)
			raw[at] = (uint8_t)next_random(&x);
		raw[0] = 1;
		raw[1] = (uint8_t)parts;
		if (i % 4)
			memset(raw + 2, 0, 5);
		fwnt_text(v, want, sizeof(want));
		buf_init(&b, 0);
		buf_init(&wanted, 0);
		if (raw[2] || raw[3])
			in_hexadecimal(raw, &wanted, want);
		else
			buf_str(&wanted, want);
		sid_text(&b, v);
		test_view_is(want, buf_data(&b), buf_data(&wanted));
		buf_release(&b);
		buf_release(&wanted);
	}
	assert_non_null(fwnt_version());
}

/* ---- no memory ---- */

static bool starved(void *ctx)
{
	struct arena a;
	bool ok = true;

	(void)ctx;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(text_rows); i++)
		ok &= value_view(&a, (struct value){text_rows[i].type, text_rows[i].raw}).p != NULL;
	arena_release(&a);
	return ok;
}

static void test_starved(void **state)
{
	(void)state;
	assert_true(test_starve(starved, NULL) > 2);
}

static bool starved_fields(void *ctx)
{
	struct fields f;
	bool ok;

	(void)ctx;
	if (fields_init(&f, NULL) < 0)
		return false;
	ok = fields_add(&f, view_str("Other")) == FIELD_KNOWN;
	fields_release(&f);
	return ok;
}

static void test_fields(void **state)
{
	struct fields f;

	(void)state;
	assert_int_equal(fields_init(&f, NULL), 0);
	assert_int_equal(fields_find(&f, view_str("CommandLine")), FIELD_COMMAND_LINE);
	assert_int_equal(fields_find(&f, view_str("commandline")), FIELD_NONE);
	assert_int_equal(fields_find(&f, view_str("Other")), FIELD_NONE);
	assert_int_equal(fields_find(&f, view_str("Command Line")), FIELD_COMMAND_LINE);
	assert_int_equal(fields_find(&f, view_str(" ")), FIELD_NONE);
	assert_int_equal(fields_find(&f, view_str("")), FIELD_NONE);
	assert_int_equal(fields_add(&f, view_str("Other")), FIELD_KNOWN);
	assert_int_equal(fields_add(&f, view_str("Other")), FIELD_KNOWN);
	test_view_is("name", fields_name(&f, FIELD_KNOWN), view_str("Other"));
	test_view_is("known", fields_name(&f, FIELD_IMAGE), view_str("Image"));
	test_view_is("none", fields_name(&f, FIELD_NONE), view_str(""));
	fields_release(&f);
	test_starve(starved_fields, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	       cmocka_unit_test(test_number),
		cmocka_unit_test(test_empty),	       cmocka_unit_test(test_sid_as_libfwnt),
		cmocka_unit_test(test_starved),	       cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
