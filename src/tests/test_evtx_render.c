/* SPDX-License-Identifier: Apache-2.0 */
/* Records as XML and JSON: what each construct of BinXML becomes, whatever it holds. */
#include "testing.h"

#include "evtx_build.h"
#include "evtx_show.h"

#define MARK "\xef\xbf\xbd" /* U+FFFD */

/* ---- records, each with one construct ---- */

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

static void instructions(struct build *b)
{
	uint32_t t;

	build_data_start(b, &t);
	build_data_open(b, "X");
	build_u8(b, 0x0a);
	build_name(b, "target");
	build_u8(b, 0x0b);
	build_u16(b, 1);
	build_bytes(b, "z", 2);
	build_u8(b, 0x0a);
	build_name(b, "xml");
	build_u8(b, 0x0b);
	build_u16(b, 1);
	build_bytes(b, "z", 2);
	build_text(b, "kept");
	build_end(b);
	build_data_end(b, t, NULL, 0);
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

/* Elements of one name, among others. */
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
static void user_data(struct build *b)
{
	build_record(b, 1, BUILD_TIME);
	build_open(b, "Event", false);
	build_close_start(b);
	build_open(b, "UserData", false);
	build_close_start(b);
	build_open(b, "Cleared", true);
	build_attribute(b, "xmlns", true);
	build_text(b, "urn:x");
	build_attribute(b, "by", false);
	build_text(b, "me");
	build_close_start(b);
	build_open(b, "Who", false);
	build_close_start(b);
	build_text(b, "you");
	build_end(b);
	build_open(b, "Nobody", false);
	build_close_empty(b);
	build_end(b);
	build_end(b);
	build_end(b);
	build_record_end(b);
}

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

#define NS "http://schemas.microsoft.com/win/2004/08/events/event"
#define OURS "urn:evtxhound:record"
#define XML_HEAD                                                                                   \
	"<Event xmlns=\"" NS "\"><System><TimeCreated SystemTime=\"2018-08-29T07:06:40.0000000Z\"/>"  \
	"<EventRecordID>1</EventRecordID></System>"
#define JSON_HEAD                                                                                  \
	"{\"System\":{\"TimeCreated\":{\"#attributes\":{\"SystemTime\":"                               \
	"\"2018-08-29T07:06:40.0000000Z\"}},\"EventRecordID\":\"1\"},"
#define XD(s) "<Event><EventData>" s "</EventData></Event>"
#define JD(s) "{\"EventData\":" s "}"
#define UNDECODED "2A2A0000"

static const struct row {
	const char *name;
	void (*build)(struct build *b);
	const char *xml, *json; /* one that ends in "..." is only the start */
	bool odd_xml, odd_json;
	const char *told;
} rows[] = {
	{"an event", event,
	 "<Event xmlns=\"" NS "\"><System><Provider Name=\"Test-Provider\" "
	 "Guid=\"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}\"/><EventID>1</EventID><Level>4</Level>"
	 "<Keywords>0x8000000000000000</Keywords>"
	 "<TimeCreated SystemTime=\"2018-08-29T07:06:40.0000007Z\"/>"
	 "<EventRecordID>7</EventRecordID><Channel>Test/Channel</Channel><Computer>HOST</Computer>"
	 "<Security UserID=\"S-1-5-18\"/></System><EventData><Data Name=\"A\">a&lt;\"\\</Data>"
	 "<Data Name=\"B\">1337</Data><Data Name=\"C\">{33323130-3534-3736-3839-616263646566}"
	 "</Data></EventData></Event>",
	 "{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"Test-Provider\","
	 "\"Guid\":\"{5770385f-c22a-43e0-bf4c-06f5698ffbd9}\"}},\"EventID\":1,\"Level\":4,"
	 "\"Keywords\":\"0x8000000000000000\",\"TimeCreated\":{\"#attributes\":"
	 "{\"SystemTime\":\"2018-08-29T07:06:40.0000007Z\"}},\"EventRecordID\":\"7\","
	 "\"Channel\":\"Test/Channel\",\"Computer\":\"HOST\",\"Security\":{\"#attributes\":"
	 "{\"UserID\":\"S-1-5-18\"}}},\"EventData\":{\"A\":\"a<\\\"\\\\\",\"B\":1337,"
	 "\"C\":\"{33323130-3534-3736-3839-616263646566}\"}}",
	 false, false, ""},
	{"literals, references, CDATA and values", literals,
	 XD("<Data Name=\"X\">a=7&lt;\xc3\xa9]]&gt;</Data><Data Name=\"Empty\"></Data>"),
	 JD("{\"X\":\"a=7<\xc3\xa9]]>\",\"Empty\":null}"), false, false, ""},
	{"processing instructions", instructions,
	 XD("<Data Name=\"X\"><?target z?>kept</Data>"), JD("{\"X\":\"kept\"}"), true, false, ""},
	{"unnamed data", unnamed,
	 XD("<Data>a</Data><Data></Data><Data>b</Data><Binary></Binary><Data>c</Data>"),
	 JD("{\"Data\":[\"a\",\"\",\"b\",\"c\"],\"Binary\":null}"), false, false, ""},
	{"one unnamed data is a list", one_unnamed, XD("<Data>c</Data>"), JD("{\"Data\":[\"c\"]}"),
	 false, false, ""},
	{"no unnamed data is none", no_unnamed, XD(""), JD("null"), false, false, ""},
	{"arrays", arrays,
	 XD("<Data Name=\"N\" Kind=\"1,2\">a</Data><Data Name=\"N\" Kind=\"1,2\">b</Data>"
	    "<Data Name=\"One\">z</Data><Data Name=\"Two\">a</Data><Data Name=\"Two\">b</Data>"),
	 JD("{\"N\":{\"#attributes\":{\"Kind\":\"1,2\"},\"#text\":[\"a\",\"b\"]},\"One\":\"z\","
	    "\"Two\":[\"a\",\"b\"]}"),
	 false, false, " [value-missing]"},
	{"substitutions without a value", nulls,
	 XD("<Data Name=\"Null\"></Data><Data Name=\"OptionalEmpty\"></Data>"
	    "<Data Name=\"Attributes\" Y=\"y\"/><Two Q=\"\"/><None/>"),
	 JD("{\"Null\":null,\"OptionalEmpty\":\"\",\"Attributes\":{\"#attributes\":{\"Y\":\"y\"}},"
	    "\"Two\":{\"#attributes\":{\"Q\":\"\"}},\"None\":null}"),
	 false, false, ""},
	{"a section of which nothing is left", nothing_left, XD(""), JD("null"), false, false, ""},
	{"types", types,
	 XD("<Data>-1</Data><Data>513</Data><Data>-2</Data><Data>9223372036854775809</Data>"
	    "<Data>-1</Data><Data>1.5</Data><Data>inf</Data><Data>true</Data><Data>0AFF</Data>"
	    "<Data>{33323130-3534-3736-3839-616263646566}</Data><Data>0x100000010</Data>"
	    "<Data>1970-01-01T00:00:00.0000000Z</Data><Data>2019-07-24T13:07:29.0620000Z</Data>"
	    "<Data>S-1-5-18</Data><Data>0xab</Data><Data>0x4</Data><Data>\xc3\xa9&lt;</Data>"
	    "<Data>0102</Data><Data>AB</Data>"),
	 JD("{\"Data\":[-1,513,-2,\"9223372036854775809\",\"-1\",1.5,\"inf\",true,\"0AFF\","
	    "\"{33323130-3534-3736-3839-616263646566}\",\"0x100000010\","
	    "\"1970-01-01T00:00:00.0000000Z\",\"2019-07-24T13:07:29.0620000Z\",\"S-1-5-18\","
	    "\"0xab\",\"0x4\",\"\xc3\xa9<\",\"0102\",\"AB\"]}"),
	 false, false, ""},
	{"text that is none", odd_text,
	 XD("<Data Name=\"X\" A=\"a" MARK "{0001}" MARK "{D800}&#10;" MARK "{FFFD}\">a" MARK
	    "{0001}" MARK "{D800}&#10;" MARK "{FFFD}</Data>"),
	 JD("{\"X\":{\"#attributes\":{\"A\":\"a\\u0001\\uD800\\n" MARK
	    "\"},\"#text\":\"a\\u0001\\uD800\\n" MARK "\"}}"),
	 true, true, ""},
	{"names that are none", odd_names,
	 XD("<_x0031__x0020_a p_x003A_q=\"1\" A=\"2\" A_x0000_=\"3\"/>"
	    "<x_x005F_x0041_ _x0078_mlns=\"v\"/><d:e xmlns:d=\"urn:d\" d:f=\"4\"/>"
	    "<u_x003A__x0022_/>"),
	 JD("{\"1 a\":{\"#attributes\":{\"p:q\":\"1\",\"A\":[\"2\",\"3\"]}},"
	    "\"x_x0041_\":{\"#attributes\":{\"xmlns\":\"v\"}},"
	    "\"d:e\":{\"#attributes\":{\"xmlns:d\":\"urn:d\",\"d:f\":\"4\"}},\"u:\\\"\":null}"),
	 true, false, ""},
	{"attributes of one name", repeated_attributes,
	 XD("<A X=\"a\" X_x0000__x0000_=\"a\"/><B X=\"a\"/>"),
	 JD("{\"A\":{\"#attributes\":{\"X\":[\"a\",\"a\"]}},"
	    "\"B\":{\"#attributes\":{\"X\":\"a\"}}}"),
	 true, false, ""},
	{"elements of one name", repeats, XD("<A>0</A><B>1</B><C>3</C><A>4</A>"),
	 JD("{\"A\":[\"0\",\"4\"],\"B\":\"1\",\"C\":\"3\"}"), false, false, " [value-missing]"},
	{"names that are values", substituted_names,
	 XD("<Data Name=\"N\">-1</Data><Data Name=\"#t\">-1</Data><Data Name=\"N\">-1</Data>"
	    "<Data Name=\"\">-1</Data><Data Name=\"N\">-1</Data><Data>d</Data>"),
	 JD("{\"N\":[-1,-1,-1],\"#t\":-1,\"Data\":[-1,\"d\"]}"), false, false, ""},
	{"text among elements", text_among, XD("<A>x<B/>y</A><C>&#10; <B/></C>"),
	 JD("{\"A\":{\"B\":null,\"#text\":\"xy\"},\"C\":{\"B\":null}}"), false, false, ""},
	{"elements without a template", user_data,
	 "<Event><UserData><Cleared xmlns=\"urn:x\" by=\"me\"><Who>you</Who><Nobody/></Cleared>"
	 "</UserData></Event>",
	 "{\"UserData\":{\"Cleared\":{\"#attributes\":{\"xmlns\":\"urn:x\",\"by\":\"me\"},"
	 "\"Who\":\"you\",\"Nobody\":null}}}",
	 false, false, ""},
	{"fragments in a value", embedded_alone,
	 "<Event><UserData><X>one</X><X>two</X></UserData></Event>",
	 "{\"UserData\":{\"X\":[\"one\",\"two\"]}}", false, false, ""},
	{"fragments beside attributes", embedded_beside,
	 "<Event><UserData a=\"1\"><X>one</X><X>two</X></UserData></Event>",
	 "{\"UserData\":{\"#attributes\":{\"a\":\"1\"},\"#text\":{\"X\":[\"one\",\"two\"]}}}",
	 false, false, ""},
	{"an instance in a definition", nested_instance,
	 XD("<Data Name=\"X\">n</Data><Data Name=\"X\">m</Data>"), JD("{\"X\":[\"n\",\"m\"]}"),
	 false, false, ""},
	{"a value that is missing", value_missing, XD("<Data Name=\"X\"></Data>"),
	 JD("{\"X\":null}"), false, false, " [value-missing]"},
	{"two outermost elements", two_roots,
	 "<Event xmlns=\"" NS "\"><Odd>1</Odd><Odd>2</Odd></Event>", "{\"Odd\":[\"1\",\"2\"]}",
	 false, false, ""},
	{"an outermost element that an array repeats", repeated_root,
	 "<Event xmlns=\"" NS "\"><Odd>a</Odd><Odd>b</Odd></Event>", "{\"Odd\":[\"a\",\"b\"]}",
	 false, false, ""},
	{"no event", no_event, XML_HEAD "<Undecoded xmlns=\"" OURS "\">" UNDECODED "...",
	 JSON_HEAD "\"Undecoded\":\"" UNDECODED "...", false, false, " [record-empty]"},
	{"no template of the event", lost_outer,
	 XML_HEAD "<Undecoded xmlns=\"" OURS "\"><Data Name=\"#0\">7</Data></Undecoded>"
		  "<EventData><Data Name=\"X\">&lt;</Data></EventData></Event>",
	 JSON_HEAD "\"Undecoded\":{\"#0\":7},\"EventData\":{\"X\":\"<\"}}", false, false,
	 " [template-offset]"},
	{"no template of its data", lost_inner,
	 "<Event><Undecoded xmlns=\"" OURS "\"><Data Name=\"#0\">&lt;</Data></Undecoded></Event>",
	 "{\"Undecoded\":{\"#0\":\"<\"}}", false, false, " [template-offset]"},
	{"neither", lost_both,
	 XML_HEAD "<Undecoded xmlns=\"" OURS "\"><Data Name=\"#0\">7</Data></Undecoded>"
		  "<Undecoded xmlns=\"" OURS "\"><Data Name=\"#1.0\">&lt;</Data></Undecoded></Event>",
	 JSON_HEAD "\"Undecoded\":[{\"#0\":7},{\"#1.0\":\"<\"}]}", false, false,
	 " [template-offset] [template-offset]"},
	{"no template", no_template, "<Event ...", "{\"System\":{\"TimeCreated\":...", false, false,
	 " [template-offset]"},
};

/* ---- running them ---- */

static void is_like(const char *name, struct view got, const char *want)
{
	struct view w = view_str(want);

	if (w.n > 3 && !strcmp(want + w.n - 3, "...")) {
		w.n -= 3;
		got = view_sub(got, 0, w.n);
	}
	test_view_is(name, got, w);
}

static void render(const struct row *row, struct decoder *d, const uint8_t *chunk,
		   enum evtx_format f, struct buf *out)
{
	bool odd = true;
	struct record r;

	buf_clear(out);
	buf_str(out, "before");
	assert_int_equal(d->ops->chunk(d, (struct view){chunk, EVTX_CHUNK_SIZE}, EVTX_HEADER_SIZE,
				       NULL),
			 0);
	assert_int_equal(d->ops->next(d, &r, NULL), 0);
	assert_int_equal(evtx_render(d, &r, f, out, &odd, NULL), 0);
	TEST_ROW(row->name, odd == (f == EVTX_XML ? row->odd_xml : row->odd_json));
	TEST_ROW(row->name, (r.state == RECORD_WHOLE) == !*row->told);
	assert_int_equal(d->ops->next(d, &r, NULL), 1);
}

static void constructs(void **state)
{
	static const char payload[] = "before{\"System\":";

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct buf out, told;
		struct build b;
		struct decoder *d;

		buf_init(&out, 0);
		buf_init(&told, 0);
		d = evtx_decoder_new(NULL, show_damage, &told);
		assert_non_null(d);
		build_start(&b);
		rows[i].build(&b);
		build_finish(&b);
		build_keep(b.p, rows[i].name);
		render(&rows[i], d, b.p, EVTX_XML, &out);
		is_like(rows[i].name, view_sub(buf_data(&out), 6, out.n), rows[i].xml);
		test_view_is(rows[i].name, buf_data(&told), view_str(rows[i].told));
		render(&rows[i], d, b.p, EVTX_JSON, &out);
		is_like(rows[i].name, view_sub(buf_data(&out), 6, out.n), rows[i].json);
		render(&rows[i], d, b.p, EVTX_PAYLOAD, &out);
		TEST_ROW(rows[i].name, memcmp(out.p, payload, sizeof(payload) - 1) != 0);
		d->ops->destroy(d);
		build_free(&b);
		buf_release(&out);
		buf_release(&told);
	}
}

/* head(), data() and evtx_render() find the same damage, and it is told once. */
static void told_once(void **state)
{
	struct record r;
	struct event ev;
	struct build b;
	struct buf out, told;
	bool odd;

	(void)state;
	buf_init(&out, 0);
	buf_init(&told, 0);
	build_start(&b);
	value_missing(&b);
	build_finish(&b);
	struct decoder *d = evtx_decoder_new(NULL, show_damage, &told);
	assert_non_null(d);
	d->ops->chunk(d, (struct view){b.p, EVTX_CHUNK_SIZE}, EVTX_HEADER_SIZE, NULL);
	assert_int_equal(d->ops->next(d, &r, NULL), 0);
	assert_int_equal(d->ops->head(d, &r, &ev, NULL), 0);
	assert_int_equal(d->ops->data(d, &r, &ev, NULL), 0);
	for (int f = EVTX_XML; f <= EVTX_PAYLOAD; f++)
		assert_int_equal(evtx_render(d, &r, (enum evtx_format)f, &out, &odd, NULL), 0);
	assert_int_equal(r.state, RECORD_PARTLY);
	test_view_is("told", buf_data(&told), view_str(" [value-missing]"));
	d->ops->destroy(d);
	build_free(&b);
	buf_release(&out);
	buf_release(&told);
}

/* ---- without memory ---- */

struct starving {
	const uint8_t *chunk;
	enum evtx_format format;
};

static bool starved(void *ctx)
{
	const struct starving *s = ctx;
	struct decoder *d = evtx_decoder_new(NULL, NULL, NULL);
	struct record r;
	struct buf out;
	bool odd, ok;

	buf_init(&out, 0);
	ok = d && !d->ops->chunk(d, (struct view){s->chunk, EVTX_CHUNK_SIZE}, EVTX_HEADER_SIZE,
				 NULL);
	while (ok && !d->ops->next(d, &r, NULL))
		ok = !evtx_render(d, &r, s->format, &out, &odd, NULL);
	if (d)
		d->ops->destroy(d);
	buf_release(&out);
	return ok;
}

static void without_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		for (int f = EVTX_XML; f <= EVTX_JSON; f++) {
			struct starving s = {.format = (enum evtx_format)f};
			struct build b;

			build_start(&b);
			rows[i].build(&b);
			build_finish(&b);
			s.chunk = b.p;
			assert_true(test_starve(starved, &s) > 10);
			build_free(&b);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constructs),
		cmocka_unit_test(told_once),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("evtx as documents", tests, NULL, NULL);
}
