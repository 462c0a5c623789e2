/* SPDX-License-Identifier: Apache-2.0 */
/* Every type of value, and every construct of BinXML that public logs hold seldom or never. */
#include "testing.h"

#include "evtx_build.h"
#include "evtx_outcome.h"
#include "evtx_show.h"

#define RAW(s) {(const uint8_t *)(s), sizeof(s) - 1}
#define ARRAY(type) ((type) | VALUE_ARRAY)

/* ---- one value each ---- */

struct value_row {
	const char *name;
	uint8_t type;
	struct view raw;
	const char *shown; /* of a field X */
};

#define SID_18 "\1\1\0\0\0\0\0\5\x12\0\0\0"
#define SID_32_544 "\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0"
#define GUID_1 "\x25\x96\x84\x54\x78\x54\x94\x49\xa5\xba\x3e\x3b\x03\x28\xc3\x0d"
#define GUID_1_TEXT "{54849625-5478-4994-a5ba-3e3b0328c30d}"
#define TIME_1970 "\0\x80\x3e\xd5\xde\xb1\x9d\x01"
#define SYSTEMTIME_1 "\xe3\x07\x07\0\x03\0\x18\0\x0d\0\x07\0\x1d\0\x3e\0"

static const struct value_row value_rows[] = {
	{"text", VALUE_UTF16, RAW("a\0b\0"), " X=ab"},
	{"text with its terminator", VALUE_UTF16, RAW("a\0\0\0"), " X=a"},
	{"text with half a unit behind it", VALUE_UTF16, RAW("a\0b"), " X=610062"},
	{"text with half a terminator", VALUE_UTF16, RAW("a\0\0"), " X=a"},
	{"half a unit", VALUE_UTF16, RAW("a"), " X=61"},
	{"ANSI text", VALUE_ANSI, RAW("\x80\xe9"), " X=\xe2\x82\xac\xc3\xa9"},
	{"ANSI text with its terminator", VALUE_ANSI, RAW("a\0"), " X=a"},
	{"int8", VALUE_INT8, RAW("\x80"), " X=-128"},
	{"uint8", VALUE_UINT8, RAW("\x80"), " X=128"},
	{"int16", VALUE_INT16, RAW("\0\x80"), " X=-32768"},
	{"uint16", VALUE_UINT16, RAW("\0\x80"), " X=32768"},
	{"int32", VALUE_INT32, RAW("\0\0\0\x80"), " X=-2147483648"},
	{"uint32", VALUE_UINT32, RAW("\0\0\0\x80"), " X=2147483648"},
	{"int64", VALUE_INT64, RAW("\0\0\0\0\0\0\0\x80"), " X=-9223372036854775808"},
	{"uint64", VALUE_UINT64, RAW("\0\0\0\0\0\0\0\x80"), " X=9223372036854775808"},
	{"real of 4 bytes", VALUE_REAL32, RAW("\0\0\xc0\x3f"), " X=1.5"},
	{"real of 8 bytes", VALUE_REAL64, RAW("\x9a\x99\x99\x99\x99\x99\xb9\x3f"), " X=0.1"},
	{"true", VALUE_BOOL, RAW("\1\0\0\0"), " X=true"},
	{"false", VALUE_BOOL, RAW("\0\0\0\0"), " X=false"},
	{"a boolean of 65536", VALUE_BOOL, RAW("\0\0\1\0"), " X=true"},
	{"binary", VALUE_BINARY, RAW("\0\xff\x1a"), " X=00FF1A"},
	{"empty binary", VALUE_BINARY, RAW(""), " X="},
	{"GUID", VALUE_GUID, RAW(GUID_1), " X=" GUID_1_TEXT},
	{"size of 4 bytes", VALUE_SIZE, RAW("\xf0\0\0\0"), " X=0xf0"},
	{"size of 8 bytes", VALUE_SIZE, RAW("\xf0\0\0\0\0\0\0\x80"), " X=0x80000000000000f0"},
	{"size of 2 bytes", VALUE_SIZE, RAW("\xf0\0"), " X=F000"},
	{"FILETIME", VALUE_FILETIME, RAW(TIME_1970), " X=1970-01-01T00:00:00.0000000Z"},
	{"FILETIME of nothing", VALUE_FILETIME, RAW("\0\0\0\0\0\0\0\0"),
	 " X=1601-01-01T00:00:00.0000000Z"},
	{"FILETIME, the last", VALUE_FILETIME, RAW("\xff\xff\xff\xff\xff\xff\xff\xff"),
	 " X=60056-05-28T05:36:10.9551615Z"},
	{"SYSTEMTIME", VALUE_SYSTEMTIME, RAW(SYSTEMTIME_1), " X=2019-07-24T13:07:29.0620000Z"},
	{"SYSTEMTIME of nothing", VALUE_SYSTEMTIME, RAW("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	 " X=1601-01-01T00:00:00.0000000Z"},
	{"SYSTEMTIME of a leap day", VALUE_SYSTEMTIME,
	 RAW("\xd0\x07\2\0\0\0\x1d\0\0\0\0\0\0\0\0\0"), " X=2000-02-29T00:00:00.0000000Z"},
	{"SYSTEMTIME of no leap day", VALUE_SYSTEMTIME,
	 RAW("\xcf\x07\2\0\0\0\x1d\0\0\0\0\0\0\0\0\0"),
	 " X=CF07020000001D000000000000000000"},
	{"SYSTEMTIME with a leap second", VALUE_SYSTEMTIME,
	 RAW("\xd0\x07\2\0\0\0\x1d\0\0\0\0\0\x3c\0\0\0"),
	 " X=D007020000001D00000000003C000000"},
	{"SYSTEMTIME before 1601", VALUE_SYSTEMTIME,
	 RAW("\x40\6\1\0\0\0\1\0\0\0\0\0\0\0\0\0"),
	 " X=40060100000001000000000000000000"},
	{"SID of a large authority", VALUE_SID, RAW("\1\1\1\0\0\0\0\5\1\0\0\0"),
	 " X=S-1-0x010000000005-1"},
	{"SID of a large authority alone", VALUE_SID, RAW("\1\0\0\1\0\0\0\5"),
	 " X=S-1-0x000100000005"},
	{"SID without sub-authorities", VALUE_SID, RAW("\1\0\0\0\0\0\0\5"), " X=S-1-5"},
	{"SID with one", VALUE_SID, RAW(SID_18), " X=S-1-5-18"},
	{"hexadecimal of 4 bytes", VALUE_HEX32, RAW("\xef\xbe\xad\xde"), " X=0xdeadbeef"},
	{"hexadecimal of 8 bytes", VALUE_HEX64, RAW("\xe7\3\0\0\0\0\0\0"), " X=0x3e7"},
	{"handle of 4 bytes", VALUE_HANDLE, RAW("\x1c\0\0\0"), " X=0x1c"},
	{"handle of 8 bytes", VALUE_HANDLE, RAW("\x1c\0\0\0\0\0\0\0"), " X=0x1c"},
	{"XML text with half a unit behind it", VALUE_XML, RAW("<\0a"), " X=3C0061"},
	{"XML text", VALUE_XML, RAW("<\0a\0/\0>\0"), " X=<a/>"},
	{"a type that is ours alone", VALUE_UTF8, RAW("\xff"), " X=FF"},
	{"a type that nobody knows", 0x3f, RAW("\xff"), " X=FF"},

	{"texts", ARRAY(VALUE_UTF16), RAW("a\0\0\0b\0\0\0"), " X=a X=b"},
	{"texts, the first and the last empty", ARRAY(VALUE_UTF16), RAW("\0\0b\0\0\0\0\0"),
	 " X= X=b X="},
	{"texts, the last without terminator", ARRAY(VALUE_UTF16), RAW("a\0\0\0b\0"), " X=a X=b"},
	{"texts, half a unit left", ARRAY(VALUE_UTF16), RAW("a\0\0\0b"), " X=a X=62"},
	{"no texts", ARRAY(VALUE_UTF16), RAW(""), " X="},
	{"ANSI texts", ARRAY(VALUE_ANSI), RAW("a\0\0\xe9\0"), " X=a X= X=\xc3\xa9"},
	{"int8s", ARRAY(VALUE_INT8), RAW("\xff\1"), " X=-1 X=1"},
	{"uint8s", ARRAY(VALUE_UINT8), RAW("ac"), " X=97 X=99"},
	{"int16s", ARRAY(VALUE_INT16), RAW("\xff\xff\1\0"), " X=-1 X=1"},
	{"uint16s", ARRAY(VALUE_UINT16), RAW("\xff\xff\1\0"), " X=65535 X=1"},
	{"int32s", ARRAY(VALUE_INT32), RAW("\xff\xff\xff\xff\1\0\0\0"), " X=-1 X=1"},
	{"uint32s", ARRAY(VALUE_UINT32), RAW("\1\0\0\0\2\0\0\0"), " X=1 X=2"},
	{"int64s", ARRAY(VALUE_INT64), RAW("\xff\xff\xff\xff\xff\xff\xff\xff\1\0\0\0\0\0\0\0"),
	 " X=-1 X=1"},
	{"uint64s", ARRAY(VALUE_UINT64), RAW("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"), " X=1 X=2"},
	{"reals of 4 bytes", ARRAY(VALUE_REAL32), RAW("\0\0\xc0\x3f\0\0\0\0"), " X=1.5 X=0"},
	{"reals of 8 bytes", ARRAY(VALUE_REAL64),
	 RAW("\x9a\x99\x99\x99\x99\x99\xb9\x3f\0\0\0\0\0\0\0\0"), " X=0.1 X=0"},
	{"booleans", ARRAY(VALUE_BOOL), RAW("\1\0\0\0\0\0\0\0\2\0\0\0"),
	 " X=true X=false X=true"},
	{"binaries, which cannot be told apart", ARRAY(VALUE_BINARY), RAW("\1\2"), " X=0102"},
	{"GUIDs", ARRAY(VALUE_GUID), RAW(GUID_1 GUID_1), " X=" GUID_1_TEXT " X=" GUID_1_TEXT},
	{"one GUID", ARRAY(VALUE_GUID), RAW(GUID_1), " X=" GUID_1_TEXT},
	{"sizes of 4 bytes", ARRAY(VALUE_SIZE), RAW("\1\0\0\0\2\0\0\0\3\0\0\0"),
	 " X=0x1 X=0x2 X=0x3"},
	{"sizes of 8 bytes", ARRAY(VALUE_SIZE), RAW("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"),
	 " X=0x1 X=0x2"},
	{"FILETIMEs", ARRAY(VALUE_FILETIME), RAW(TIME_1970 TIME_1970),
	 " X=1970-01-01T00:00:00.0000000Z X=1970-01-01T00:00:00.0000000Z"},
	{"SYSTEMTIMEs", ARRAY(VALUE_SYSTEMTIME), RAW(SYSTEMTIME_1 SYSTEMTIME_1),
	 " X=2019-07-24T13:07:29.0620000Z X=2019-07-24T13:07:29.0620000Z"},
	{"SIDs", ARRAY(VALUE_SID), RAW(SID_18 SID_32_544 SID_18),
	 " X=S-1-5-18 X=S-1-5-32-544 X=S-1-5-18"},
	{"SIDs, the last cut", ARRAY(VALUE_SID), RAW(SID_18 "\1\1\0\0"),
	 " X=01010000000000051200000001010000"},
	{"hexadecimals of 4 bytes", ARRAY(VALUE_HEX32), RAW("\xff\0\0\0\0\0\0\0"), " X=0xff X=0x0"},
	{"hexadecimals of 8 bytes", ARRAY(VALUE_HEX64), RAW("\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	 " X=0xff X=0x0"},
	{"handles", ARRAY(VALUE_HANDLE), RAW("\1\0\0\0\0\0\0\0"), " X=0x1"},
	{"XML texts", ARRAY(VALUE_XML), RAW("<\0\0\0>\0\0\0"), " X=< X=>"},
	{"numbers and a rest", ARRAY(VALUE_UINT16), RAW("\1\0\2"), " X=010002"},
	{"an array of nothing", ARRAY(VALUE_NULL), RAW("\1"), " X=01"},
	{"an array of a type that is ours alone", ARRAY(VALUE_UTF8), RAW("\xff"), " X=FF"},
	{"an array of BinXML", ARRAY(VALUE_BINXML), RAW("\1\2"), " X=0102"},
};

static uint32_t start_data(struct build *b)
{
	uint32_t definition;

	build_record(b, 1, BUILD_TIME);
	definition = build_template(b, 5);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "EventData", false);
	build_close_start(b);
	return definition;
}

static void end_data(struct build *b, uint32_t definition, const struct build_value *v, size_t n)
{
	build_end(b);
	build_end(b);
	build_template_end(b, definition);
	build_values(b, v, n);
	build_record_end(b);
}

static void open_data(struct build *b, const char *name)
{
	build_open(b, "Data", true);
	build_attribute(b, "Name", false);
	build_text(b, name);
	build_close_start(b);
}

static void one_value(struct build *b, uint8_t type, struct view raw)
{
	uint32_t t = start_data(b);

	open_data(b, "X");
	build_slot(b, 0, type);
	build_end(b);
	end_data(b, t, &(struct build_value){type, raw.p, raw.n}, 1);
}

/* What is built is read as a chunk. `shown` is one line for each record. */
static void shows(const char *name, struct build *b, const char *shown)
{
	struct chunk_summary sum;
	struct buf out;

	buf_init(&out, 0);
	build_finish(b);
	build_keep(b->p, name);
	struct decoder *d = evtx_decoder_new(NULL, show_damage, &out);
	TEST_ROW(name, d && show_chunk(d, (struct view){b->p, EVTX_CHUNK_SIZE}, &out, &sum));
	test_view_is(name, buf_data(&out), view_str(shown));
	d->ops->destroy(d);
	build_free(b);
	buf_release(&out);
}

static const struct {
	const char *name, *page;
	uint8_t type;
	struct view raw;
	const char *fields, *json;
	bool odd;
} page_rows[] = {
	{"cyrillic", "windows-1251", VALUE_ANSI, RAW("\xcf\xf0"), " X=\xd0\x9f\xd1\x80",
	 "\"X\":\"\xd0\x9f\xd1\x80\"", false},
	{"two bytes a letter", "cp932", VALUE_ANSI, RAW("\x93\xfa"), " X=\xe6\x97\xa5",
	 "\"X\":\"\xe6\x97\xa5\"", false},
	{"a byte that the page lacks", "windows-1251", VALUE_ANSI, RAW("a\x98""b"),
	 " X=a\xed\xb2\x98""b", "\"X\":\"a\\uDC98b\"", true},
	{"half of a letter", "cp932", VALUE_ANSI, RAW("a\x93"), " X=a\xed\xb2\x93",
	 "\"X\":\"a\\uDC93\"", true},
	{"three letters a byte", "tscii", VALUE_ANSI, RAW("\x87"),
	 " X=\xe0\xae\x95\xe0\xaf\x8d\xe0\xae\xb7",
	 "\"X\":\"\xe0\xae\x95\xe0\xaf\x8d\xe0\xae\xb7\"", false},
	{"a letter that an accent may follow", "windows-1255", VALUE_ANSI, RAW("a\xe0"),
	 " X=a\xd7\x90", "\"X\":\"a\xd7\x90\"", false},
	{"and a byte that is none", "windows-1255", VALUE_ANSI, RAW("\xe0\xd9" "b"),
	 " X=\xd7\x90\xed\xb3\x99" "b", "\"X\":\"\xd7\x90\\uDCD9b\"", true},
	{"UTF-8, the last letter cut", "utf-8", VALUE_ANSI, RAW("\xd7\x90\xd7"),
	 " X=\xd7\x90\xed\xb3\x97", "\"X\":\"\xd7\x90\\uDCD7\"", true},
	{"an array in a code page", "windows-1251", ARRAY(VALUE_ANSI), RAW("\xcf\0\xf0\0"),
	 " X=\xd0\x9f X=\xd1\x80", "\"X\":[\"\xd0\x9f\",\"\xd1\x80\"]", false},
	{"UTF-16 stays as it is", "windows-1251", VALUE_UTF16, RAW("\x1f\4"), " X=\xd0\x9f",
	 "\"X\":\"\xd0\x9f\"", false},
};

/* By which a fuzzer's input asks for it. */
static uint8_t number_of(const char *page)
{
	static const char *const pages[] = {OUTCOME_PAGES};
	uint8_t n = 0;

	while (n < TEST_COUNT(pages) && strcmp(pages[n], page))
		n++;
	assert_true(n < TEST_COUNT(pages));
	return n + 1;
}

static void code_pages(void **state)
{
	(void)state;
	assert_true(evtx_code_page_known("windows-1251"));
	assert_false(evtx_code_page_known("no such page"));
	for (size_t i = 0; i < TEST_COUNT(page_rows); i++) {
		struct decoder *d = evtx_decoder_new(NULL, NULL, NULL);
		struct chunk_summary sum;
		struct record r;
		struct build b;
		struct buf out;
		bool odd;

		buf_init(&out, 0);
		build_start(&b);
		one_value(&b, page_rows[i].type, page_rows[i].raw);
		build_finish(&b);
		b.p[OUTCOME_PAGE] = number_of(page_rows[i].page);
		build_keep(b.p, page_rows[i].name);
		assert_false(evtx_decoder_code_page(d, "no such page"));
		assert_true(evtx_decoder_code_page(d, page_rows[i].page));
		show_chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, &out, &sum);
		buf_byte(&out, 0);
		TEST_ROW(page_rows[i].name, strstr((char *)out.p, page_rows[i].fields));
		buf_clear(&out);
		d->ops->chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, EVTX_HEADER_SIZE, NULL);
		assert_int_equal(d->ops->next(d, &r, NULL), 0);
		assert_int_equal(evtx_render(d, &r, EVTX_JSON, &out, &odd, NULL), 0);
		buf_byte(&out, 0);
		TEST_ROW(page_rows[i].name, strstr((char *)out.p, page_rows[i].json));
		TEST_ROW(page_rows[i].name, odd == page_rows[i].odd);
		d->ops->destroy(d);
		build_free(&b);
		buf_release(&out);
	}
}

static void values(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(value_rows); i++) {
		const struct value_row *row = &value_rows[i];
		char shown[256];
		struct build b;

		build_start(&b);
		one_value(&b, row->type, row->raw);
		snprintf(shown, sizeof(shown), "1 whole-:%s\n", row->shown);
		shows(row->name, &b, shown);
	}
}

/* 15 sub-authorities are the most (MS-DTYP 2.4.2); what claims more is no SID. */
static void sids(void **state)
{
	(void)state;
	for (unsigned n = 0; n <= 16; n++) {
		uint8_t raw[8 + 4 * 16] = {1, (uint8_t)n, [7] = 5};
		struct buf shown;
		struct build b;

		buf_init(&shown, 0);
		buf_str(&shown, n <= 15 ? "1 whole-: X=S-1-5" : "1 whole-: X=0110000000000005");
		for (unsigned i = 0; i < n; i++) {
			raw[8 + 4 * i + 3] = (uint8_t)(i + 1);
			if (n <= 15)
				buf_fmt(&shown, "-%lu", (i + 1ul) << 24);
			else
				buf_fmt(&shown, "000000%02X", i + 1);
		}
		buf_add(&shown, "\n", 2);
		build_start(&b);
		one_value(&b, VALUE_SID, (struct view){raw, 8 + 4 * n});
		shows("SID", &b, (const char *)shown.p);
		buf_release(&shown);
	}
}

/* ---- constructs ---- */

static void units(struct build *b, const char *text)
{
	build_u16(b, (unsigned)strlen(text));
	for (; *text; text++)
		build_u16(b, (uint8_t)*text);
}

static void cdata(struct build *b, const char *text)
{
	build_u8(b, 7);
	units(b, text);
}

static void reference(struct build *b, unsigned unit)
{
	build_u8(b, 8);
	build_u16(b, unit);
}

static void entity(struct build *b, const char *name)
{
	build_u8(b, 9);
	build_name(b, name);
}

static void instruction(struct build *b, const char *target, const char *data)
{
	build_u8(b, 0x0a);
	build_name(b, target);
	build_u8(b, 0x0b);
	units(b, data);
}

static void only_cdata(struct build *b)
{
	uint32_t t = start_data(b);

	open_data(b, "X");
	cdata(b, "<a>&amp;]]");
	build_end(b);
	open_data(b, "Y");
	cdata(b, "");
	build_end(b);
	end_data(b, t, NULL, 0);
}

/* A character beyond 16 bits is two references. */
static void references(struct build *b)
{
	uint32_t t = start_data(b);

	open_data(b, "X");
	reference(b, 0x41);
	reference(b, 0x20ac);
	reference(b, 0xd83d);
	reference(b, 0xde00);
	reference(b, '\n');
	build_end(b);
	end_data(b, t, NULL, 0);
}

static void entities(struct build *b)
{
	static const char *const names[] = {"amp", "lt", "gt", "quot", "apos"};
	uint32_t t = start_data(b);

	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "X");
	build_attribute(b, "Y", false);
	build_text(b, "a");
	entity(b, "amp");
	build_close_start(b);
	for (size_t i = 0; i < TEST_COUNT(names); i++)
		entity(b, names[i]);
	build_end(b);
	end_data(b, t, NULL, 0);
}

static void unknown_entity(struct build *b)
{
	uint32_t t = start_data(b);

	open_data(b, "X");
	build_text(b, "a");
	entity(b, "nbsp");
	build_text(b, "b");
	build_end(b);
	end_data(b, t, NULL, 0);
}

static void instructions(struct build *b)
{
	uint32_t t = start_data(b);

	instruction(b, "before", "x");
	open_data(b, "X");
	build_text(b, "a");
	instruction(b, "within", "");
	build_text(b, "b");
	build_end(b);
	end_data(b, t, NULL, 0);
}

/* An array in a text with more in it, and in an attribute, is no element of its own. */
static void arrays_elsewhere(struct build *b)
{
	struct build_value v = {ARRAY(VALUE_UINT8), "\1\2", 2};
	uint32_t t = start_data(b);

	open_data(b, "X");
	build_text(b, "of ");
	build_slot(b, 0, ARRAY(VALUE_UINT8));
	build_end(b);
	build_open(b, "Data", true);
	build_attribute(b, "Name", true);
	build_text(b, "Y");
	build_attribute(b, "A", false);
	build_slot(b, 0, ARRAY(VALUE_UINT8));
	build_close_empty(b);
	end_data(b, t, &v, 1);
}

/* Names by substitution: a text, one with more in it, an empty one, none, a number. */
static void substituted_names(struct build *b)
{
	static const struct build_value v[] = {{VALUE_UTF16, "A\0", 2},
					       {VALUE_UTF16, NULL, 0},
					       {VALUE_NULL, NULL, 0},
					       {VALUE_UINT32, "\7\0\0\0", 4}};
	uint32_t t = start_data(b);

	for (unsigned i = 0; i < 5; i++) {
		build_open(b, "Data", true);
		build_attribute(b, "Name", false);
		if (i == 4)
			build_text(b, "N");
		build_optional(b, i % 4, VALUE_UTF16);
		build_close_start(b);
		build_optional(b, 3, VALUE_UINT32);
		build_end(b);
	}
	end_data(b, t, v, 4);
}

static void open(struct build *b, const char *name)
{
	build_open(b, name, false);
	build_close_start(b);
}

static void leaf(struct build *b, const char *name, const char *text)
{
	open(b, name);
	build_text(b, text);
	build_end(b);
}

/* User data: the event's own element, with its own namespace and elements of the same names. */
static void user_data(struct build *b)
{
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open(b, "Event");
	open(b, "UserData");
	build_open(b, "Own", true);
	build_attribute(b, "xmlns:auto-ns2", true);
	build_text(b, "urn:x");
	build_attribute(b, "xmlns", false);
	build_text(b, "urn:y");
	build_close_start(b);
	leaf(b, "Part", "1");
	leaf(b, "Part", "2");
	open(b, "Deep");
	open(b, "Deeper");
	build_slot(b, 0, VALUE_UINT32);
	build_end(b);
	build_end(b);
	build_end(b);
	end_data(b, t, &(struct build_value){VALUE_UINT32, "\7\0\0\0", 4}, 1);
}

/* Sections that Windows writes where it lacks what it would need for EventData. */
static void other_sections(struct build *b)
{
	uint32_t t;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open(b, "Event");
	open(b, "BinaryEventData");
	build_slot(b, 0, VALUE_BINARY);
	build_end(b);
	open(b, "ProcessingErrorData");
	leaf(b, "ErrorCode", "15005");
	leaf(b, "DataItemName", "X");
	end_data(b, t, &(struct build_value){VALUE_BINARY, "\xab\xcd", 2}, 1);
}

/* As a collector writes forwarded events: the data, then what the sender's messages said. */
static void rendering_info(struct build *b)
{
	struct build_value v = {VALUE_BINXML, NULL, 0};
	size_t descriptor, start;
	uint32_t t, inner;

	build_record(b, 1, BUILD_TIME);
	t = build_template(b, 5);
	open(b, "Event");
	build_slot(b, 0, VALUE_BINXML);
	build_end(b);
	build_template_end(b, t);
	descriptor = b->n + 4;
	build_values(b, &v, 1);
	start = b->n;
	build_fragment(b);
	inner = build_template(b, 6);
	open(b, "EventData");
	open_data(b, "X");
	build_slot(b, 0, VALUE_UTF16);
	build_end(b);
	build_end(b);
	build_template_end(b, inner);
	build_values(b, &(struct build_value){VALUE_UTF16, "1\0", 2}, 1);
	build_fragment(b);
	inner = build_template(b, 7);
	build_open(b, "RenderingInfo", true);
	build_attribute(b, "Culture", false);
	build_text(b, "en-US");
	build_close_start(b);
	leaf(b, "Message", "done");
	open(b, "Keywords");
	leaf(b, "Keyword", "k");
	build_end(b);
	build_end(b);
	build_template_end(b, inner);
	build_values(b, NULL, 0);
	build_u8(b, 0);
	build_put32(b, descriptor, (uint32_t)(b->n - start) | (uint32_t)VALUE_BINXML << 16);
	build_record_end(b);
}

/* A definition's instance in a definition's instance, three deep; values go to their own. */
static void nested(struct build *b)
{
	static const char *const names[] = {"A", "B", "C"};
	uint32_t t[3];

	build_record(b, 1, BUILD_TIME);
	t[0] = build_template(b, 5);
	open(b, "Event");
	open(b, "EventData");
	for (unsigned i = 0; i < 3; i++) {
		open_data(b, names[i]);
		build_slot(b, 0, VALUE_UINT8);
		build_end(b);
		if (i == 2)
			break;
		t[i + 1] = build_template(b, 6 + i);
		open(b, "ComplexData");
	}
	for (unsigned i = 2; i > 0; i--) {
		build_end(b);
		build_template_end(b, t[i]);
		build_values(b, &(struct build_value){VALUE_UINT8, &"\1\2\3"[i], 1}, 1);
	}
	end_data(b, t[0], &(struct build_value){VALUE_UINT8, "\1", 1}, 1);
}

struct construct_row {
	const char *name;
	void (*build)(struct build *b);
	const char *shown;
};

static const struct construct_row construct_rows[] = {
	{"CDATA is text", only_cdata, "1 whole-: X=<a>&amp;]] Y=\n"},
	{"character references", references, "1 whole-: X=A\xe2\x82\xac\xf0\x9f\x98\x80\n\n"},
	{"entity references", entities, "1 whole-: Data.Y=a& X=&<>\"'\n"},
	{"an entity that nobody knows", unknown_entity, "1 whole-: X=a&nbsp;b\n"},
	{"processing instructions", instructions, "1 whole-: X=ab\n"},
	{"arrays that are not alone", arrays_elsewhere, "1 whole-: X=of 1,2 Data.A=1,2 Y=\n"},
	{"names that are substituted", substituted_names, "1 whole-: A=7 =7 =7 7=7 NA=7\n"},
	{"user data", user_data, "1 whole-: Part=1 Part=2 Deeper=7\n"},
	{"other sections", other_sections,
	 "1 whole-: BinaryEventData=ABCD ErrorCode=15005 DataItemName=X\n"},
	{"rendering information", rendering_info,
	 "1 whole-: X=1 RenderingInfo.Culture=en-US Message=done Keyword=k\n"},
	{"instances in definitions", nested, "1 whole-: A=1 B=2 C=3\n"},
};

static void constructs(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(construct_rows); i++) {
		struct build b;

		build_start(&b);
		construct_rows[i].build(&b);
		shows(construct_rows[i].name, &b, construct_rows[i].shown);
	}
}

/* 3.2 reads as 3.1; what is neither is told. */
static void versions(void **state)
{
	static const struct {
		uint8_t minor, major;
		const char *told;
	} rows[] = {{1, 3, ""}, {2, 3, ""}, {3, 3, " [header-version]"}, {1, 2, " [header-version]"}};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		uint8_t raw[EVTX_HEADER_SIZE] = "ElfFile";
		struct build b = {.p = raw, .n = 32};
		struct view first = {raw, sizeof(raw)};
		struct evtx_header h;
		struct buf out;

		buf_init(&out, 0);
		build_u32(&b, 128);
		build_u16(&b, rows[i].minor);
		build_u16(&b, rows[i].major);
		build_u16(&b, EVTX_HEADER_SIZE);
		build_u16(&b, 1);
		build_put32(&b, 124, crc32_add(0, view_sub(first, 0, 120)));
		evtx_header_read(first, EVTX_HEADER_SIZE + EVTX_CHUNK_SIZE, &h, show_damage, &out);
		test_view_is("version", buf_data(&out), view_str(rows[i].told));
		assert_true(h.signature_ok && h.crc_ok && h.minor == rows[i].minor);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(code_pages),
		cmocka_unit_test(sids),
		cmocka_unit_test(constructs),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests_name("evtx types", tests, NULL, NULL);
}
