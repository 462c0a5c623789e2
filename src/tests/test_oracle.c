/* SPDX-License-Identifier: Apache-2.0 */
/* libevtx as a decoder: what it reads of chunks made by hand, and how bad ones end. */
#include "testing.h"

#include "made_chunk.h"
#include "oracle-private.h"

/* For initializers: the bytes of a literal. */
#define RAW(s) {(const uint8_t *)(s), sizeof(s) - 1}

#define TIME_ONE 0x01d1d94e5a64f7a0u

struct seen {
	size_t damages, losses;
	const char *kind; /* of the last */
};

static void see(void *ctx, const struct damage *d)
{
	struct seen *s = ctx;

	s->damages++;
	s->losses += d->severity == DAMAGE_LOSS;
	s->kind = d->kind;
	assert_true(strlen(d->what) > 0 && strlen(d->what) < sizeof(d->what));
}

static const struct made_field two_fields[] = {
	{"Image", VALUE_UTF16, RAW("C\0:\0\\\0a\0.\0e\0x\0e\0")},
	{"ProcessId", VALUE_UINT32, RAW("\x39\x30\0\0")},
};

static struct made_record record_of(uint64_t id, const struct made_field *fields, size_t n)
{
	return (struct made_record){.id = id,
				    .time = TIME_ONE + id,
				    .event_id = 1,
				    .template_id = 0xabcd0001,
				    .provider = "Microsoft-Windows-Sysmon",
				    .channel = "Microsoft-Windows-Sysmon/Operational",
				    .computer = "host.example",
				    .fields = fields,
				    .n = n};
}

/* ---- shield ---- */

static const struct {
	const char *name;
	struct view text;
	struct view shielded; /* n 0: unchanged */
} shield_rows[] = {
	{"plain", RAW("<a b=\"c\">d</a>"), {0}},
	{"line breaks outside attributes", RAW("<a>\n\t<b/>\n</a>"), {0}},
	{"CR", RAW("<a>\r\n</a>"), RAW("<a>\xef\xb7\x90\xee\x80\x8d\n</a>")},
	{"LF in an attribute", RAW("<a b='\n'/>"),
	 RAW("<a b='\xef\xb7\x90\xee\x80\x8a'/>")},
	{"quote in text", RAW("<a>it's\n</a>"), {0}},
	{"quote in CDATA", RAW("<a><![CDATA[\"\n]]></a>"), {0}},
	{"NUL", RAW("<a>\0</a>"), RAW("<a>\xef\xb7\x90\xee\x80\x80</a>")},
	{"escape", RAW("\x1b"), RAW("\xef\xb7\x90\xee\x80\x9b")},
	{"the shield itself", RAW("\xef\xb7\x90"), RAW("\xef\xb7\x90\xef\xb7\x90")},
	{"lone surrogate", RAW("\xed\xa0\x80"), RAW("\xef\xb7\x90\xee\xa0\x80")},
	{"U+FFFF", RAW("\xef\xbf\xbf"), RAW("\xef\xb7\x90\xee\x8b\xbf")},
	{"stray byte", RAW("a\xff z"), RAW("a\xef\xb7\x90\xee\x87\xbf z")},
	{"beyond the BMP", RAW("\xf0\x9f\x90\xb6"), {0}},
};

static void shield_is_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(shield_rows); i++) {
		struct buf there, back;
		const char *name = shield_rows[i].name;
		struct view want = shield_rows[i].shielded;

		buf_init(&there, 0);
		buf_init(&back, 0);
		shield(&there, shield_rows[i].text);
		test_view_is(name, buf_data(&there), want.n ? want : shield_rows[i].text);
		TEST_ROW(name, shielded(buf_data(&there)) == (want.n != 0));
		unshield(&back, buf_data(&there));
		test_view_is(name, buf_data(&back), shield_rows[i].text);
		buf_release(&there);
		buf_release(&back);
	}
}

/* ---- XML ---- */

#define TAIL "</EventData></Event>"
#define HEAD "<Event><System><EventID>7</EventID><Channel>c</Channel></System>"

static const struct {
	const char *name, *xml;
	int returns;
	bool has_system;
	enum event_section section;
	const char *fields; /* "name=text;" of each */
} xml_rows[] = {
	{"named data", HEAD "<EventData><Data Name='a'>1</Data><Data Name='b'/>" TAIL, 0,
	 true, SECTION_EVENTDATA, "a=1;b=;"},
	{"unnamed data", HEAD "<EventData><Data>x</Data><Data>y</Data>" TAIL, 0, true,
	 SECTION_EVENTDATA, "=x;=y;"},
	{"indented", HEAD "\n  <EventData>\n    <Data>x</Data>\n  </EventData>\n</Event>", 0, true,
	 SECTION_EVENTDATA, "=x;"},
	{"blank text stays", HEAD "<EventData><Data> </Data></EventData></Event>", 0, true,
	 SECTION_EVENTDATA, "= ;"},
	{"user data", HEAD "<UserData><x xmlns='ns' q='3'><y>z</y></x></UserData></Event>", 0, true,
	 SECTION_USERDATA, "x.q=3;y=z;"},
	{"empty section", HEAD "<EventData/></Event>", 0, true, SECTION_EVENTDATA, ""},
	{"other section", HEAD "<DebugData><a>b</a></DebugData></Event>", 0, true, SECTION_OTHER,
	 "a=b;"},
	{"escaped", HEAD "<EventData><Data>&lt;&amp;&gt;</Data></EventData></Event>", 0, true,
	 SECTION_EVENTDATA, "=<&>;"},
	{"control", HEAD "<EventData><Data>a\x1b\r\nb</Data></EventData></Event>", 0, true,
	 SECTION_EVENTDATA, "=a\x1b\r\nb;"},
	{"breaks off", HEAD "<EventData><Data>x</Data><Data>y", 1, true, SECTION_EVENTDATA, "=x;"},
	{"bad name", HEAD "<EventData><Data>x</Data><\xef\xbf\xbd/></EventData></Event>", 1, true,
	 SECTION_EVENTDATA, "=x;"},
	{"unknown entity", HEAD "<EventData><Data>x</Data><Data>&y;</Data></EventData></Event>", 1,
	 true, SECTION_EVENTDATA, "=x;"},
	{"doctype", "<!DOCTYPE a [<!ENTITY b 'c'>]><Event>&b;</Event>", 1, false, SECTION_NONE, ""},
	{"second System", HEAD "<System><EventID>8</EventID></System></Event>", 1, true,
	 SECTION_NONE, ""},
	{"second data", HEAD "<EventData><Data>x</Data></EventData><EventData><Data>y</Data>" TAIL,
	 1, true, SECTION_EVENTDATA, "=x;"},
	{"nothing", "", 1, false, SECTION_NONE, ""},
	{"no event", "<a><System><EventID>7</EventID></System></a>", 0, false, SECTION_NONE, ""},
};

static void fields_text(const struct event *ev, struct buf *out)
{
	for (size_t i = 0; i < ev->n_fields; i++) {
		buf_view(out, ev->fields[i].name);
		buf_byte(out, '=');
		buf_view(out, ev->fields[i].value.raw);
		buf_byte(out, ';');
	}
}

static void xml_becomes_an_event(void **state)
{
	struct arena a;
	struct xml x;
	struct buf got;

	(void)state;
	arena_init(&a, 1 << 20);
	buf_init(&got, 0);
	assert_true(xml_init(&x, NULL, &a));
	for (size_t i = 0; i < TEST_COUNT(xml_rows); i++) {
		const char *name = xml_rows[i].name;
		struct event ev = {0};
		int returned = xml_read(&x, view_str(xml_rows[i].xml), &ev);

		TEST_ROW(name, returned == xml_rows[i].returns);
		TEST_ROW(name, ev.has_system == xml_rows[i].has_system);
		TEST_ROW(name, ev.section == xml_rows[i].section);
		TEST_ROW(name, (returned != 0) == (x.fault != NULL));
		buf_clear(&got);
		fields_text(&ev, &got);
		test_view_is(name, buf_data(&got), view_str(xml_rows[i].fields));
	}
	xml_release(&x);
	buf_release(&got);
	arena_release(&a);
}

/* `n` times `part` between `before` and `after`. */
static struct view repeated(struct buf *b, const char *before, const char *part, size_t n,
			    const char *after)
{
	buf_clear(b);
	buf_str(b, before);
	for (size_t i = 0; i < n; i++)
		buf_str(b, part);
	buf_str(b, after);
	return buf_data(b);
}

static void xml_is_bounded(void **state)
{
	struct arena a;
	struct xml x;
	struct buf b;
	struct event ev = {0};

	(void)state;
	arena_init(&a, 1 << 20);
	buf_init(&b, 0);
	assert_true(xml_init(&x, NULL, &a));
	assert_int_equal(xml_read(&x, repeated(&b, HEAD, "<a>", 100000, ""), &ev), 1);
	assert_string_equal(x.fault, "elements nested deeper than the limit");
	assert_true(ev.has_system);
	struct view v = repeated(&b, HEAD "<EventData>", "<Data>x</Data>", LIMIT_FIELDS + 1, "");
	assert_int_equal(xml_read(&x, v, &ev), 1);
	assert_string_equal(x.fault, "more fields than the limit");
	assert_int_equal(ev.n_fields, LIMIT_FIELDS);
	v = repeated(&b, HEAD "<EventData><Data>", "0123456789abcdef", 1 << 17,
		     "</Data></EventData></Event>");
	ev = (struct event){0};
	assert_int_equal(xml_read(&x, v, &ev), 1);
	assert_string_equal(x.fault, "more text in one chunk than the limit");
	assert_int_equal(ev.n_fields, 0);
	xml_release(&x);
	buf_release(&b);
	arena_release(&a);
}

/* ---- records ---- */

static void record_is_read(void **state)
{
	struct made m;
	struct seen seen = {0};
	struct err e = {0};
	struct record r;
	struct event ev;
	struct fields fields;

	(void)state;
	assert_int_equal(fields_init(&fields, &e), 0);
	made_begin(&m);
	struct made_record rec = record_of(41, two_fields, 2);
	size_t first = made_add(&m, &rec);
	rec = record_of(42, two_fields, 2);
	size_t second = made_add(&m, &rec), end = m.b.n;
	struct decoder *d = oracle_decoder_new(&fields, see, &seen);
	assert_non_null(d);
	assert_string_equal(d->ops->name, "libevtx");
	assert_int_equal(d->ops->chunk(d, made_end(&m), EVTX_HEADER_SIZE + EVTX_CHUNK_SIZE, &e), 0);
	assert_int_equal(d->ops->next(d, &r, &e), 0);
	assert_int_equal(r.id, 41);
	assert_int_equal(r.chunk, 1);
	assert_int_equal(r.offset, EVTX_HEADER_SIZE + EVTX_CHUNK_SIZE + first);
	assert_int_equal(r.size, second - first);
	assert_memory_equal(r.bytes.p, m.b.p + first, r.size);
	assert_int_equal(d->ops->next(d, &r, &e), 0);
	assert_int_equal(r.id, 42);
	assert_int_equal(r.written, TIME_ONE + 42);
	assert_int_equal(d->ops->head(d, &r, &ev, &e), 0);
	assert_int_equal(r.state, RECORD_WHOLE);
	assert_true(ev.has_system);
	assert_int_equal(ev.event_id, 1);
	assert_int_equal(ev.record_id, 42);
	assert_int_equal(ev.time_created, TIME_ONE + 42);
	assert_true(view_eq_str(ev.provider, "Microsoft-Windows-Sysmon"));
	assert_true(view_eq_str(ev.channel, "Microsoft-Windows-Sysmon/Operational"));
	assert_true(view_eq_str(ev.computer, "host.example"));
	assert_int_equal(ev.n_fields, 0);
	assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
	assert_int_equal(ev.section, SECTION_EVENTDATA);
	assert_int_equal(ev.n_fields, 2);
	assert_int_equal(ev.fields[0].id, FIELD_IMAGE);
	assert_true(view_eq_str(ev.fields[0].value.raw, "C:\\a.exe"));
	assert_true(view_eq_str(ev.fields[1].value.raw, "12345"));
	assert_int_equal(d->ops->next(d, &r, &e), 1);
	assert_int_equal(d->ops->next(d, &r, &e), 1);
	struct chunk_summary s;
	d->ops->summary(d, &s);
	assert_true(s.present && s.header_crc_ok && s.records_crc_ok && !s.checksums_off);
	assert_int_equal(s.records, 2);
	assert_int_equal(s.first_id, 41);
	assert_int_equal(s.last_id, 42);
	assert_int_equal(s.bytes_record, end - first);
	assert_int_equal(s.bytes_header + s.bytes_record + s.bytes_unknown, EVTX_CHUNK_SIZE);
	assert_int_equal(seen.damages, 0);
	d->ops->destroy(d);
	buf_release(&m.b);
	fields_release(&fields);
}

static const struct {
	const char *name;
	uint8_t type;
	struct view raw;
	const char *text;
} value_rows[] = {
	{"markup", VALUE_UTF16, RAW("<\0&\0>\0\"\0'\0"), "<&>\"'"},
	{"controls", VALUE_UTF16, RAW("a\0\x1b\0\r\0\n\0\t\0b\0"), "a\x1b\r\n\tb"},
	{"bidi", VALUE_UTF16, RAW("a\0\x2e\x20" "b\0"), "a\xe2\x80\xae" "b"},
	{"the shield", VALUE_UTF16, RAW("\xd0\xfd"), "\xef\xb7\x90"},
	{"lone surrogate is lost", VALUE_UTF16, RAW("\x00\xd8x\0"), NULL},
	{"integer", VALUE_INT32, RAW("\x39\x30\0\0"), "12345"},
	{"negative is wrong", VALUE_INT32, RAW("\xff\xff\xff\xff"), "-2147483647"},
	{"boolean", VALUE_BOOL, RAW("\1\0\0\0"), "true"},
	{"SID", VALUE_SID, RAW("\1\1\0\0\0\0\0\5\x12\0\0\0"), "S-1-5-18"},
	{"empty", VALUE_UTF16, {0}, ""},
};

static void values_are_given_as_they_are(void **state)
{
	struct decoder *d = oracle_decoder_new(NULL, NULL, NULL);

	(void)state;
	assert_non_null(d);
	for (size_t i = 0; i < TEST_COUNT(value_rows); i++) {
		const char *name = value_rows[i].name;
		struct made_field f = {"x", value_rows[i].type, value_rows[i].raw};
		struct made_record rec = record_of(i + 1, &f, 1);
		struct made m;
		struct record r;
		struct event ev;
		struct err e = {0};

		made_begin(&m);
		made_add(&m, &rec);
		TEST_ROW(name, !d->ops->chunk(d, made_end(&m), EVTX_HEADER_SIZE, &e));
		TEST_ROW(name, !d->ops->next(d, &r, &e));
		TEST_ROW(name, !d->ops->data(d, &r, &ev, &e));
		TEST_ROW(name, r.state == RECORD_WHOLE && ev.n_fields == 1);
		TEST_ROW(name, view_eq_str(ev.fields[0].name, "x"));
		if (value_rows[i].text)
			test_view_is(name, ev.fields[0].value.raw, view_str(value_rows[i].text));
		buf_release(&m.b);
	}
	d->ops->destroy(d);
}

/* libevtx gives up a record as a whole; those around it, and what is known of it, stay. */
static void unreadable_record_costs_itself(void **state)
{
	struct made m;
	struct seen seen = {0};
	struct err e = {0};
	struct record r;
	struct event ev;

	(void)state;
	made_begin(&m);
	struct made_record rec = record_of(1, two_fields, 2);
	made_add(&m, &rec);
	rec = record_of(2, two_fields, 2);
	rec.template_id++;
	rec.odd = true;
	size_t at = made_add(&m, &rec);
	rec = record_of(3, two_fields, 2);
	made_add(&m, &rec);
	struct decoder *d = oracle_decoder_new(NULL, see, &seen);
	assert_int_equal(d->ops->chunk(d, made_end(&m), EVTX_HEADER_SIZE, &e), 0);
	for (uint64_t id = 1; id <= 3; id++) {
		assert_int_equal(d->ops->next(d, &r, &e), 0);
		assert_int_equal(r.id, id);
		assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
		assert_int_equal(r.state, id == 2 ? RECORD_UNDECODED : RECORD_WHOLE);
		assert_int_equal(ev.n_fields, id == 2 ? 0 : 2);
		assert_int_equal(ev.record_id, id);
		if (id == 2)
			assert_int_equal(r.offset, EVTX_HEADER_SIZE + at);
	}
	assert_int_equal(seen.losses, 1);
	assert_string_equal(seen.kind, "libevtx-record");
	struct chunk_summary s;
	assert_int_equal(d->ops->next(d, &r, &e), 1);
	d->ops->summary(d, &s);
	assert_int_equal(s.records, 3);
	assert_int_equal(s.whole, 2);
	assert_int_equal(s.undecoded, 1);
	d->ops->destroy(d);
	buf_release(&m.b);
}

/* libevtx would read the table of values beyond the record, beyond the chunk: it never sees it. */
static void table_beyond_the_record_is_hidden(void **state)
{
	static const uint32_t counts[] = {3, 0xffff, 0x10000, 0x3fffffff, 0x40000000, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(counts); i++) {
		struct made m;
		struct seen seen = {0};
		struct err e = {0};
		struct record r;
		struct event ev;

		made_begin(&m);
		struct made_record rec = record_of(1, two_fields, 2);
		made_add(&m, &rec);
		rec.id = 2;
		size_t at = made_add(&m, &rec);
		made_patch(&m, m.values, 4, counts[i]);
		rec.id = 3;
		size_t end = made_add(&m, &rec);
		made_end(&m);
		struct decoder *d = oracle_decoder_new(NULL, see, &seen);
		assert_int_equal(d->ops->chunk(d, buf_data(&m.b), EVTX_HEADER_SIZE, &e), 0);
		for (uint64_t id = 1; id <= 3; id++) {
			assert_int_equal(d->ops->next(d, &r, &e), 0);
			assert_int_equal(r.id, id);
			assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
			assert_int_equal(r.state, id == 2 ? RECORD_UNDECODED : RECORD_WHOLE);
			if (id == 2)
				assert_memory_equal(r.bytes.p, m.b.p + at, end - at);
		}
		assert_int_equal(seen.losses, 1);
		assert_string_equal(seen.kind, "record-values");
		d->ops->destroy(d);
		buf_release(&m.b);
	}
}

/*
 * Records of one template, of which the last stays behind in the slack: first with the
 * template still in place, then with another one written over it, then with a name of it spoilt.
 */
static void recovered_record_keeps_its_own_names(void **state)
{
	static const struct made_field other[] = {
		{"Wrong", VALUE_UTF16, RAW("C\0:\0\\\0a\0.\0e\0x\0e\0")},
		{"ProcessId", VALUE_UINT32, RAW("\x39\x30\0\0")},
	};

	(void)state;
	for (int overwritten = 0; overwritten < 3; overwritten++) {
		struct made m;
		struct err e = {0};
		struct record r;
		struct event ev;

		made_begin(&m);
		struct made_record rec = record_of(1, overwritten == 1 ? other : two_fields, 2);
		made_add(&m, &rec);
		size_t at = m.b.n;
		rec = record_of(2, two_fields, 2);
		made_add(&m, &rec);
		made_end(&m);
		made_patch(&m, 16, 8, 1);
		made_patch(&m, 32, 8, 1);
		made_patch(&m, 44, 4, EVTX_CHUNK_HEADER_SIZE);
		size_t defined = m.defined[0xabcd0001 % 8];
		if (overwritten == 2) { /* the name of the first Data */
			assert_memory_equal(m.b.p + defined + 87, "D\0a\0t\0a\0", 8);
			made_patch(&m, defined + 87, 2, 0x6f8a);
		} else if (overwritten) { /* another template, written there later */
			made_patch(&m, defined + 4, 4, 0xabcd0009);
			made_patch(&m, defined - 8, 4, 0xabcd0009);
		}
		made_sum(&m, at);
		struct decoder *d = oracle_decoder_new(NULL, NULL, NULL);
		assert_int_equal(d->ops->chunk(d, buf_data(&m.b), EVTX_HEADER_SIZE, &e), 0);
		assert_int_equal(d->ops->next(d, &r, &e), 0);
		assert_false(r.recovered);
		assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
		assert_int_equal(r.state, RECORD_WHOLE);
		assert_int_equal(d->ops->next(d, &r, &e), 0);
		assert_true(r.recovered);
		assert_int_equal(r.id, 2);
		assert_int_equal(r.offset, EVTX_HEADER_SIZE + at);
		assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
		assert_true(ev.has_system);
		assert_int_equal(r.state, overwritten ? RECORD_PARTLY : RECORD_WHOLE);
		assert_int_equal(ev.n_fields, overwritten ? 0 : 2);
		assert_int_equal(d->ops->next(d, &r, &e), 1);
		d->ops->destroy(d);
		buf_release(&m.b);
	}
}

/* ---- what is no chunk, or less ---- */

static size_t records_in(struct view bytes, struct seen *seen)
{
	struct decoder *d = oracle_decoder_new(NULL, see, seen);
	struct chunk_summary s;
	struct err e = {0};
	struct record r;
	struct event ev;
	size_t n = 0;
	int got;

	assert_non_null(d);
	assert_int_equal(d->ops->chunk(d, bytes, EVTX_HEADER_SIZE, &e), 0);
	while ((got = d->ops->next(d, &r, &e)) == 0) {
		assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
		n++;
	}
	assert_int_equal(got, 1);
	d->ops->summary(d, &s);
	assert_int_equal(s.bytes_header + s.bytes_record + s.bytes_zero + s.bytes_unknown, bytes.n);
	d->ops->destroy(d);
	return n;
}

static void bad_chunks_end_well(void **state)
{
	struct made m;
	struct seen seen = {0};

	(void)state;
	made_begin(&m);
	for (uint64_t id = 1; id <= 100; id++) {
		struct made_record rec = record_of(id, two_fields, 2);
		made_add(&m, &rec);
	}
	struct view whole = made_end(&m);
	assert_int_equal(records_in(whole, &seen), 100);
	assert_int_equal(seen.damages, 0);
	for (size_t n = 0; n < whole.n; n += 509) {
		seen = (struct seen){0};
		assert_true(records_in(view_sub(whole, 0, n), &seen) <= 100);
		assert_true(n == 0 || n > m.last || seen.damages);
	}
	made_patch(&m, 600, 4, 0xffffffff); /* in a record: its checksum no longer holds */
	seen = (struct seen){0};
	assert_true(records_in(whole, &seen) > 0);
	assert_true(seen.losses > 0);
	memset(m.b.p, 'x', EVTX_CHUNK_SIZE);
	seen = (struct seen){0};
	assert_int_equal(records_in(whole, &seen), 0);
	assert_int_equal(seen.losses, 1);
	assert_string_equal(seen.kind, "chunk-signature");
	memset(m.b.p, 0, EVTX_CHUNK_SIZE);
	seen = (struct seen){0};
	assert_int_equal(records_in(whole, &seen), 0);
	assert_int_equal(seen.damages, 0);
	buf_release(&m.b);
}

/* ---- no memory ---- */

static bool read_all(void *ctx)
{
	struct view *chunk = ctx;
	struct decoder *d = oracle_decoder_new(NULL, NULL, NULL);
	struct err e = {0};
	struct record r;
	struct event ev;
	int got;

	if (!d)
		return false;
	got = d->ops->chunk(d, *chunk, EVTX_HEADER_SIZE, &e);
	while (!got && !(got = d->ops->next(d, &r, &e)))
		got = d->ops->data(d, &r, &ev, &e);
	d->ops->destroy(d);
	assert_int_equal(e.code, got < 0 ? ERR_NOMEM : ERR_NONE);
	return got > 0;
}

static void lack_of_memory_is_told(void **state)
{
	static const struct made_field fields[] = {
		{"a", VALUE_UTF16, RAW("a\0\x1b\0")},
		{"b", VALUE_UTF16, RAW("b\0")},
	};
	struct made m;

	(void)state;
	made_begin(&m);
	for (uint64_t id = 1; id <= 3; id++) {
		struct made_record rec = record_of(id, fields, 2);
		made_add(&m, &rec);
	}
	struct view chunk = made_end(&m);
	assert_true(test_starve(read_all, &chunk) > 5);
	buf_release(&m.b);
}

static void versions_have_numbers(void **state)
{
	(void)state;
	assert_non_null(strpbrk(libevtx_version(), "0123456789"));
	assert_non_null(strpbrk(expat_version(), "0123456789"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shield_is_undone),
		cmocka_unit_test(xml_becomes_an_event),
		cmocka_unit_test(xml_is_bounded),
		cmocka_unit_test(record_is_read),
		cmocka_unit_test(values_are_given_as_they_are),
		cmocka_unit_test(unreadable_record_costs_itself),
		cmocka_unit_test(table_beyond_the_record_is_hidden),
		cmocka_unit_test(recovered_record_keeps_its_own_names),
		cmocka_unit_test(bad_chunks_end_well),
		cmocka_unit_test(lack_of_memory_is_told),
		cmocka_unit_test(versions_have_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
