/* SPDX-License-Identifier: Apache-2.0 */
/* Records as XML and JSON: what each construct of BinXML becomes, whatever it holds. */
#include "testing.h"

#include "evtx_show.h"
#include "render_records.h"

#define MARK "\xef\xbf\xbd" /* U+FFFD */

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
#define SLOTS "<Data Name=\"#1\">b</Data><Data Name=\"#1\">c</Data><Data Name=\"#2\">7</Data>"
#define REST "<Undecoded xmlns=\"" OURS "\">" SLOTS "</Undecoded>"
#define USER_DATA "<UserData>d</UserData>"

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
	 XD("<Data Name=\"X\"><?target z?><?_x0078_mlx z?>"
	    "<?p_x003A_i " MARK "{0020}a?" MARK "{003E}?" MARK "{0001}?><?e ?>kept</Data>"), JD("{\"X\":\"kept\"}"), true, false, ""},
	{"instructions around an event", instructions_around,
	 "<?before z?><Event><UserData><A>a</A></UserData></Event><?before z?>",
	 "{\"UserData\":{\"A\":\"a\"}}", false, false, ""},
	{"an instruction without an event", instruction_alone,
	 XML_HEAD "<Undecoded xmlns=\"" OURS "\">" UNDECODED "...",
	 JSON_HEAD "\"Undecoded\":\"" UNDECODED "...", false, false, " [record-empty]"},
	{"an instruction without data", instruction_without_data,
	 "<Event><UserData><A>a</A></UserData><Undecoded xmlns=\"" OURS "\">" UNDECODED "...",
	 "{\"UserData\":{\"A\":\"a\"},\"Undecoded\":\"" UNDECODED "...", false, false, " [binxml]"},
	{"an instruction without a target", instruction_without_target,
	 "<Event><UserData><A>a</A></UserData><Undecoded xmlns=\"" OURS "\">" UNDECODED "...",
	 "{\"UserData\":{\"A\":\"a\"},\"Undecoded\":\"" UNDECODED "...", false, false, " [binxml]"},
	{"unnamed data", unnamed,
	 XD("<Data>a</Data><Data></Data><Data>b</Data><Binary></Binary><Data>c</Data>"),
	 JD("{\"Data\":[\"a\",\"\",\"b\",\"c\"],\"Binary\":null}"), false, false, ""},
	{"one unnamed data is a list", one_unnamed, XD("<Data>c</Data>"), JD("{\"Data\":[\"c\"]}"),
	 false, false, ""},
	{"no unnamed data is none", no_unnamed, XD(""), JD("null"), false, false, ""},
	{"arrays", arrays,
	 XD("<Data Name=\"N\" Kind=\"1,2\">a</Data><Data Name=\"N\" Kind=\"1,2\">b</Data>"
	    "<Data Name=\"One\">z</Data><Data Name=\"Two\">a</Data><Data Name=\"Two\">b</Data>"),
	 JD("{\"N\":{\"#attributes\":{\"Kind\":[1,2]},\"#text\":[\"a\",\"b\"]},\"One\":\"z\","
	    "\"Two\":[\"a\",\"b\"]}"),
	 false, false, " [value-missing]"},
	{"arrays without an element to themselves", arrays_elsewhere,
	 XD("<Data Name=\"X\" A=\"a" MARK "{002C}b,&lt;,\" B=\"7\">of a" MARK "{002C}b,&lt;, and 0102"
	    "</Data><None A=\"1\"/>"),
	 JD("{\"X\":{\"#attributes\":{\"A\":[\"a,b\",\"<\",\"\"],\"B\":7},\"#text\":\"of a" MARK
	    "{002C}b,<, and 0102\"},\"None\":{\"#attributes\":{\"A\":1}}}"),
	 true, true, ""},
	{"UTF-16 of an odd size", half_units,
	 XD("<Data Name=\"X\" A=\"61\">61003C</Data><Data Name=\"Zero\">a</Data>"
	    "<Data Name=\"Two\">a</Data><Data Name=\"Two\">62</Data><Data Name=\"Mixed\">=61</Data>"),
	 JD("{\"X\":{\"#attributes\":{\"A\":\"61\"},\"#text\":\"61003C\"},\"Zero\":\"a\","
	    "\"Two\":[\"a\",\"62\"],\"Mixed\":\"=61\"}"),
	 true, true, ""},
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
	{"elements without a template", build_user_data,
	 "<Event><UserData><Cleared xmlns=\"urn:x\" by=\"me\"><Who>you</Who><Nobody/></Cleared>"
	 "</UserData></Event>",
	 "{\"UserData\":{\"Cleared\":{\"#attributes\":{\"xmlns\":\"urn:x\",\"by\":\"me\"},"
	 "\"Who\":\"you\",\"Nobody\":null}}}",
	 false, false, ""},
	{"prefixes of namespaces around a value", prefixes_around,
	 "<Event xmlns:p=\"urn:p\" xmlns_x003A_e=\"\"><UserData p:x=\"1\" xmlns_x003A_x=\"urn:x\" "
	 "x_x003A_f=\"2\" xmlns:s=\"urn:s\" xmlns_x003A_s_x0000_=\"urn:t\" _x0078_mlns=\"urn:{u}\"><p:A s:a=\"3\" "
	 "e_x003A_a=\"4\" x_x003A_a=\"5\"/></UserData></Event>",
	 "{\"#attributes\":{\"xmlns:p\":\"urn:p\",\"xmlns:e\":\"\"},\"UserData\":{\"#attributes\":"
	 "{\"p:x\":\"1\",\"xmlns:x\":\"urn:x\",\"x:f\":\"2\",\"xmlns:s\":[\"urn:s\",\"urn:t\"],\"xmlns\":\"urn:{u}\"},"
	 "\"#text\":{\"p:A\":{\"#attributes\":{\"s:a\":\"3\",\"e:a\":\"4\",\"x:a\":\"5\"}}}}}",
	 true, false, ""},
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
	{"no template, and one behind it", lost_first,
	 XML_HEAD "<Undecoded xmlns=\"" OURS "\"><Data Name=\"#0\">a</Data><Data Name=\"#0\">b</Data>"
		  "<Data Name=\"#1\">7</Data></Undecoded>"
		  "<Event><EventData><Data Name=\"X\">c</Data></EventData></Event></Event>",
	 JSON_HEAD "\"Undecoded\":{\"#0\":[\"a\",\"b\"],\"#1\":7},\"EventData\":{\"X\":\"c\"}}", false,
	 false, " [template-offset]"},
	{"no template", no_template, "<Event ...", "{\"System\":{\"TimeCreated\":...", false, false,
	 " [template-offset]"},
	{"values that reach beyond the record", torn_values,
	 "<Event><EventData><Data Name=\"X\"></Data></EventData><Undecoded xmlns=\"" OURS "\">"
	 UNDECODED "...",
	 "{\"EventData\":{\"X\":\"\"},\"Undecoded\":\"" UNDECODED "...", false, false, " [value-size]"},
	{"bytes that cannot be read behind an empty event", torn_without_end_tag,
	 "<Event xmlns=\"" NS "\"><Event/><Undecoded xmlns=\"" OURS "\">" UNDECODED "...",
	 "{\"Undecoded\":\"" UNDECODED "...", false, false, " [binxml]"},
	{"a definition that is cut", cut_definition,
	 "<Event><EventData><Data Name=\"X\">a</Data></EventData>" REST USER_DATA "</Event>",
	 "{\"EventData\":{\"X\":\"a\"},\"Undecoded\":{\"#1\":[\"b\",\"c\"],\"#2\":7},\"UserData\":\"d\"}",
	 false, false, " [template]"},
	{"a definition that ends too early", closed_definition,
	 "<Event xmlns=\"" NS "\"><Event><EventData><Data Name=\"X\">a</Data></EventData></Event>"
	 REST USER_DATA "</Event>",
	 "{\"EventData\":{\"X\":\"a\"},\"Undecoded\":{\"#1\":[\"b\",\"c\"],\"#2\":7},\"UserData\":\"d\"}",
	 false, false, " [template]"},
	{"a definition without a beginning", cut_at_once,
	 XML_HEAD "<Undecoded xmlns=\"" OURS "\"><Data Name=\"#0\">a</Data>" SLOTS "</Undecoded>"
	 USER_DATA "</Event>",
	 JSON_HEAD "\"Undecoded\":{\"#0\":\"a\",\"#1\":[\"b\",\"c\"],\"#2\":7},\"UserData\":\"d\"}",
	 false, false, " [template]"},
	{"a definition that is cut where there are no values", cut_without_values,
	 XD("<Data Name=\"X\">a</Data>"), JD("{\"X\":\"a\"}"), false, false, " [template]"},
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

/* The first times by the template's program, later by a plan. */
static void is_same_again(const struct row *row, struct decoder *d, struct record *r,
			  enum evtx_format f, struct buf *out)
{
	size_t first = out->n, n = first - strlen("before");
	bool odd = true;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(evtx_render(d, r, f, out, &odd, NULL), 0);
		test_view_is(row->name, view_sub(buf_data(out), first, out->n),
			     view_sub(buf_data(out), strlen("before"), n));
		TEST_ROW(row->name, odd == (f == EVTX_XML ? row->odd_xml : row->odd_json));
		out->n = first;
	}
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
	is_same_again(row, d, &r, f, out);
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
