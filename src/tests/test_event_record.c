/* SPDX-License-Identifier: Apache-2.0 */
#include "event_build.h"

/* ---- where an element's text belongs ---- */

static const struct member_row {
	const char *path, *attribute, *data_name;
	enum member want;
	const char *name;
} member_rows[] = {
	{"Event System EventID", "", "", MEMBER_EVENT_ID, ""},
	{"Event System EventID", "Qualifiers", "", MEMBER_QUALIFIERS, ""},
	{"Event System Provider", "Name", "", MEMBER_PROVIDER, ""},
	{"Event System Provider", "Guid", "", MEMBER_PROVIDER_GUID, ""},
	{"Event System Provider", "EventSourceName", "", MEMBER_NONE, ""},
	{"Event System Provider", "", "", MEMBER_NONE, ""},
	{"Event System Version", "", "", MEMBER_VERSION, ""},
	{"Event System Level", "", "", MEMBER_LEVEL, ""},
	{"Event System Task", "", "", MEMBER_TASK, ""},
	{"Event System Opcode", "", "", MEMBER_OPCODE, ""},
	{"Event System Keywords", "", "", MEMBER_KEYWORDS, ""},
	{"Event System TimeCreated", "SystemTime", "", MEMBER_TIME_CREATED, ""},
	{"Event System EventRecordID", "", "", MEMBER_RECORD_ID, ""},
	{"Event System Correlation", "ActivityID", "", MEMBER_NONE, ""},
	{"Event System Execution", "ProcessID", "", MEMBER_EXECUTION_PID, ""},
	{"Event System Execution", "ThreadID", "", MEMBER_EXECUTION_TID, ""},
	{"Event System Channel", "", "", MEMBER_CHANNEL, ""},
	{"Event System Computer", "", "", MEMBER_COMPUTER, ""},
	{"Event System Security", "UserID", "", MEMBER_USER_SID, ""},
	{"Event System EventID Deeper", "", "", MEMBER_NONE, ""},
	{"Event System", "", "", MEMBER_NONE, ""},
	{"Event", "xmlns", "", MEMBER_NONE, ""},
	{"Events System EventID", "", "", MEMBER_NONE, ""},
	{"Event EventData Data", "", "Image", MEMBER_FIELD, "Image"},
	{"Event EventData Data", "", "", MEMBER_FIELD, ""},
	{"Event EventData Data", "Name", "Image", MEMBER_NONE, ""},
	{"Event EventData Data", "Type", "Image", MEMBER_FIELD, "Data.Type"},
	{"Event EventData", "Name", "", MEMBER_FIELD, "EventData.Name"},
	{"Event EventData Binary", "", "", MEMBER_FIELD, "Binary"},
	{"Event UserData LogFileCleared SubjectUserName", "", "", MEMBER_FIELD, "SubjectUserName"},
	{"Event UserData LogFileCleared", "xmlns", "", MEMBER_NONE, ""},
	{"Event UserData LogFileCleared", "xmlns:a", "", MEMBER_NONE, ""},
	{"Event UserData X Y", "Z", "", MEMBER_FIELD, "Y.Z"},
	{"Event UserData X Data", "", "Named", MEMBER_FIELD, "Named"},
	{"Event RenderingInfo Message", "", "", MEMBER_FIELD, "Message"},
};

static void split_path(const char *text, struct path *p)
{
	p->depth = 0;
	while (*text) {
		size_t n = strcspn(text, " ");

		p->names[p->depth++] = (struct view){(const uint8_t *)text, n};
		text += n + (text[n] == ' ');
	}
}

static void test_member(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(member_rows); i++) {
		const struct member_row *row = &member_rows[i];
		struct path p;
		struct buf name;

		buf_init(&name, 0);
		split_path(row->path, &p);
		TEST_ROW(row->path, event_member(&p, view_str(row->attribute),
						 view_str(row->data_name), &name) == row->want);
		test_view_is(row->path, buf_data(&name), view_str(row->name));
		buf_release(&name);
	}
}

/* ---- System members ---- */

static struct value utf8(const char *text)
{
	return (struct value){VALUE_UTF8, view_str(text)};
}

static void test_set_text(void **state)
{
	struct event ev = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	event_set(&ev, MEMBER_PROVIDER, utf8("Prov"), &a);
	event_set(&ev, MEMBER_PROVIDER_GUID, utf8("{54849625-5478-4994-A5BA-3E3B0328C30D}"), &a);
	event_set(&ev, MEMBER_EVENT_ID, utf8("4688"), &a);
	event_set(&ev, MEMBER_QUALIFIERS, utf8("32768"), &a);
	event_set(&ev, MEMBER_VERSION, utf8("2"), &a);
	event_set(&ev, MEMBER_LEVEL, utf8("4"), &a);
	event_set(&ev, MEMBER_OPCODE, utf8("1"), &a);
	event_set(&ev, MEMBER_TASK, utf8("13312"), &a);
	event_set(&ev, MEMBER_KEYWORDS, utf8("0x8020000000000000"), &a);
	event_set(&ev, MEMBER_TIME_CREATED, utf8("2019-07-24T13:07:18.588044400Z"), &a);
	event_set(&ev, MEMBER_RECORD_ID, utf8("124"), &a);
	event_set(&ev, MEMBER_EXECUTION_PID, utf8("4"), &a);
	event_set(&ev, MEMBER_EXECUTION_TID, utf8("8"), &a);
	event_set(&ev, MEMBER_USER_SID, utf8("S-1-5-18"), &a);
	test_view_is("provider", ev.provider, view_str("Prov"));
	assert_int_equal(ev.provider_guid.b[0], 0x25);
	assert_int_equal(ev.event_id, 4688);
	assert_int_equal(ev.qualifiers, 32768);
	assert_int_equal(ev.version, 2);
	assert_int_equal(ev.level, 4);
	assert_int_equal(ev.opcode, 1);
	assert_int_equal(ev.task, 13312);
	assert_true(ev.keywords == 0x8020000000000000u);
	assert_int_equal(ev.time_created % 10000000, 5880444);
	assert_int_equal(ev.record_id, 124);
	assert_int_equal(ev.execution_pid, 4);
	assert_int_equal(ev.execution_tid, 8);
	test_view_is("sid", ev.user_sid, view_str("S-1-5-18"));
	arena_release(&a);
}

static struct value raw(uint8_t type, struct view v)
{
	return (struct value){type, v};
}

static void test_set_typed(void **state)
{
	struct event ev = {0};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	event_set(&ev, MEMBER_CHANNEL, raw(VALUE_UTF16, TEST_BYTES("S\0y\0")), &a);
	event_set(&ev, MEMBER_COMPUTER, raw(VALUE_UTF16, TEST_BYTES("P\0\0\0")), &a);
	event_set(&ev, MEMBER_EVENT_ID, raw(VALUE_UINT16, TEST_BYTES("\x50\x12")), &a);
	event_set(&ev, MEMBER_KEYWORDS, raw(VALUE_HEX64, TEST_BYTES("\1\0\0\0\0\0\0\x80")), &a);
	event_set(&ev, MEMBER_TIME_CREATED,
		  raw(VALUE_FILETIME, TEST_BYTES("\2\0\0\0\0\0\0\1")), &a);
	event_set(&ev, MEMBER_USER_SID,
		  raw(VALUE_SID, TEST_BYTES("\1\1\0\0\0\0\0\5\x12\0\0\0")), &a);
	event_set(&ev, MEMBER_PROVIDER_GUID, raw(VALUE_GUID, TEST_BYTES("0123456789abcdef")), &a);
	test_view_is("channel", ev.channel, view_str("Sy"));
	test_view_is("computer", ev.computer, view_str("P"));
	assert_int_equal(ev.event_id, 0x1250);
	assert_true(ev.keywords == 0x8000000000000001u);
	assert_true(ev.time_created == 0x0100000000000002u);
	test_view_is("sid", ev.user_sid, view_str("S-1-5-18"));
	assert_memory_equal(ev.provider_guid.b, "0123456789abcdef", 16);

	/* The wrong shape leaves what there was. */
	event_set(&ev, MEMBER_EVENT_ID, utf8("65536"), &a);
	event_set(&ev, MEMBER_EVENT_ID, utf8("x"), &a);
	event_set(&ev, MEMBER_TIME_CREATED, raw(VALUE_FILETIME, TEST_BYTES("\2")), &a);
	event_set(&ev, MEMBER_TIME_CREATED, utf8("yesterday"), &a);
	event_set(&ev, MEMBER_CHANNEL, utf8(""), &a);
	event_set(&ev, MEMBER_PROVIDER_GUID, raw(VALUE_GUID, TEST_BYTES("01")), &a);
	assert_int_equal(ev.event_id, 0x1250);
	assert_true(ev.time_created == 0x0100000000000002u);
	test_view_is("channel kept", ev.channel, view_str("Sy"));
	assert_memory_equal(ev.provider_guid.b, "0123456789abcdef", 16);
	arena_release(&a);
}

/* ---- the same record, read twice ---- */

static const char sysmon_text[] =
	"RuleName=\nUtcTime=2017-12-26 13:10:29.134\n"
	"ProcessGuid={94F748D5-4A45-5A42-0000-0010D265F20F}\nProcessId=9112\n"
	"Image=C:\\Windows\\System32\\msiexec.exe\nCommandLine=msiexec /V\n"
	"LogonId=0x00000000000003e7\nSeen=2016-07-08T18:12:51.681640800Z\nText=a\rb";

static void test_identity(void **state)
{
	struct build b;
	struct event text, typed;
	uint64_t id;

	(void)state;
	build_init(&b);
	text = build_event(&b, SYSMON, 1, 5, sysmon_text, false);
	typed = build_event(&b, "microsoft-windows-sysmon/operational", 1, 5, sysmon_text, true);
	typed.computer = view_str("host.EXAMPLE");
	id = event_identity(&text, &b.arena);
	assert_true(event_identity(&typed, &b.arena) == id);

	typed.fields++; /* an empty field more or less says nothing */
	typed.n_fields--;
	assert_true(event_identity(&typed, &b.arena) == id);
	typed.record_id++;
	assert_false(event_identity(&typed, &b.arena) == id);
	typed.record_id--;
	typed.time_created++;
	assert_false(event_identity(&typed, &b.arena) == id);
	typed.time_created--;
	typed.n_fields--;
	assert_false(event_identity(&typed, &b.arena) == id);
	build_release(&b);
}

static const struct compare_row {
	const char *name, *ours, *theirs;
	size_t n;
	const char *want;
} compare_rows[] = {
	{"equal", "A=1\nB=x", "A=1\nB=x", 0, ""},
	{"empty against absent", "A=1\nB=", "A=1", 0, ""},
	{"absent against empty", "A=1", "B=\nA=1", 0, ""},
	{"a value", "A=1\nB=x", "A=1\nB=y", 1, "B: x <> y"},
	{"two values", "A=1\nB=x", "A=2\nB=y", 2, "A: 1 <> 2; B: x <> y"},
	{"ours lacks one", "A=1", "A=1\nB=y", 1, "B:  <> y"},
	{"theirs lacks one", "A=1\nB=x", "A=1", 1, "B: x <> "},
	{"same name twice", "A=1\nA=2", "A=1\nA=3", 1, "A: 2 <> 3"},
	{"same name, empty between", "A=1\nA=\nA=2", "A=1\nA=2", 0, ""},
	{"spelling of numbers", "A=0xE7", "A=0x00e7", 0, ""},
	{"spelling of times", "A=2016-07-08T18:12:51.6816408Z",
	 "A=2016-07-08T18:12:51.681640800Z", 0, ""},
	{"blanks against absent", "A=1\nB= \t\r\nC=1", "A=1\nC=1", 0, ""},
	{"line ends", "A=x\ry", "A=x\ry", 0, ""},
};

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(compare_rows); i++) {
		const struct compare_row *row = &compare_rows[i];
		struct build b;
		struct event ours, theirs;
		struct buf out;

		build_init(&b);
		buf_init(&out, 0);
		ours = build_event(&b, SYSMON, 1, 5, row->ours, true);
		theirs = build_event(&b, SYSMON, 1, 5, row->theirs, false);
		TEST_ROW(row->name, event_compare(&ours, &theirs, &b.arena, &out) == row->n);
		test_view_is(row->name, buf_data(&out), view_str(row->want));
		buf_release(&out);
		build_release(&b);
	}
}

/* A pointer's width is the machine's: libevtx writes it in decimal. */
static void test_compare_size(void **state)
{
	struct build b;
	struct event ours, theirs;
	struct buf out;

	(void)state;
	build_init(&b);
	buf_init(&out, 0);
	ours = build_event(&b, "Security", 4624, 0, "ProcessId=", true);
	theirs = build_event(&b, "Security", 4624, 0, "ProcessId=588", false);
	ours.fields[0].value = raw(VALUE_SIZE, TEST_BYTES("\x4c\2\0\0\0\0\0\0"));
	assert_int_equal(event_compare(&ours, &theirs, &b.arena, &out), 0);
	assert_true(event_identity(&ours, &b.arena) == event_identity(&theirs, &b.arena));
	buf_release(&out);
	build_release(&b);
}

static void test_compare_system(void **state)
{
	struct build b;
	struct event ours, theirs;
	struct buf out;

	(void)state;
	build_init(&b);
	ours = build_event(&b, SYSMON, 1, 5, "", true);
	theirs = ours;
	theirs.record_id = 8;
	theirs.time_created++;
	theirs.provider_guid.b[0] = 1;
	buf_init(&out, 0);
	assert_int_equal(event_compare(&ours, &theirs, &b.arena, &out), 3);
	test_view_is("system", buf_data(&out),
		     view_str("Provider.Guid: {00000000-0000-0000-0000-000000000000} <> "
			      "{00000001-0000-0000-0000-000000000000}; "
			      "TimeCreated: 2019-04-17T18:40:00.0000000Z <> "
			      "2019-04-17T18:40:00.0000001Z; EventRecordID: 7 <> 8"));
	buf_release(&out);
	buf_init(&out, 30); /* only the last fits */
	assert_int_equal(event_compare(&ours, &theirs, &b.arena, &out), 3);
	test_view_is("cut", buf_data(&out), view_str("EventRecordID: 7 <> 8"));
	assert_false(out.bad);
	buf_release(&out);
	build_release(&b);
}

/* ---- copies and bytes ---- */

static void check_same(const struct event *a, const struct event *b, struct arena *arena)
{
	struct buf out;

	buf_init(&out, 0);
	assert_int_equal(event_compare(a, b, arena, &out), 0);
	buf_release(&out);
	assert_int_equal(a->n_fields, b->n_fields);
	for (size_t i = 0; i < a->n_fields; i++) {
		assert_int_equal(a->fields[i].id, b->fields[i].id);
		assert_int_equal(a->fields[i].value.type, b->fields[i].value.type);
	}
	assert_int_equal(a->section, b->section);
	assert_int_equal(a->has_system, b->has_system);
}

static void test_keep(void **state)
{
	struct build b;
	struct arena kept;
	struct event ev, copy;

	(void)state;
	build_init(&b);
	arena_init(&kept, 1 << 20);
	ev = build_event(&b, SYSMON, 1, 5, sysmon_text, true);
	assert_int_equal(event_keep(&kept, &ev, &copy), 0);
	check_same(&ev, &copy, &b.arena);
	assert_true(copy.channel.p != ev.channel.p);
	build_release(&b); /* the copy must not lean on it */
	test_view_is("channel", copy.channel, view_str(SYSMON));
	test_view_is("name", copy.fields[1].name, view_str("UtcTime"));
	arena_release(&kept);
}

static void test_bytes(void **state)
{
	struct build b;
	struct event ev, back;
	struct cursor c;
	struct buf bytes;

	(void)state;
	build_init(&b);
	ev = build_event(&b, SYSMON, 1, 5, sysmon_text, true);
	ev.keywords = UINT64_MAX;
	ev.user_sid = view_str("S-1-5-18");
	buf_init(&bytes, 0);
	event_write(&bytes, &ev);
	c = cursor_of(buf_data(&bytes));
	assert_int_equal(event_read(&c, &b.arena, &b.fields, &back), 0);
	assert_int_equal(cursor_left(&c), 0);
	check_same(&ev, &back, &b.arena);

	for (size_t n = 0; n < bytes.n; n++) { /* cut anywhere */
		c = cursor_of(view_sub(buf_data(&bytes), 0, n));
		assert_int_equal(event_read(&c, &b.arena, &b.fields, &back), -1);
	}
	buf_release(&bytes);
	build_release(&b);
}

/* Everything that an event can be asked. */
static void use(const struct event *ev, const struct fields *f, struct arena *a)
{
	struct record r = {0};
	struct activity act;
	struct answer answer;
	struct fact fact;

	event_identity(ev, a);
	assert_int_equal(activity_of(ev, a, &act), 0);
	fact_of(ev, &act, &r, 0, a, &fact);
	for (field_id id = 0; id < FIELD_KNOWN; id += 3)
		assert_int_equal(event_ask(ev, &act, NULL, id, f, a, &answer), 0);
}

/* Whatever the bytes, reading ends, and what was read can be used. */
static void test_mutated(void **state)
{
	uint64_t x = 2463534242u;
	struct build b;
	struct event ev, back;
	struct buf bytes;

	(void)state;
	build_init(&b);
	ev = build_event(&b, SYSMON, 1, 5, sysmon_text, true);
	buf_init(&bytes, 0);
	event_write(&bytes, &ev);
	for (int i = 0; i < 20000; i++) {
		struct arena a;
		struct cursor c;
		size_t at;
		uint8_t was;

		x = x * 6364136223846793005u + 1442695040888963407u;
		at = (size_t)(x >> 33) % bytes.n;
		was = bytes.p[at];
		bytes.p[at] = (uint8_t)(x >> 17);
		arena_init(&a, 1 << 20);
		c = cursor_of(buf_data(&bytes));
		if (event_read(&c, &a, &b.fields, &back) == 0)
			use(&back, &b.fields, &a);
		arena_release(&a);
		if (i % 8)
			bytes.p[at] = was;
	}
	buf_release(&bytes);
	build_release(&b);
}

static bool starved(void *ctx)
{
	struct build *b = ctx;
	struct event ev = build_event(b, SYSMON, 1, 5, sysmon_text, false), out;
	struct cursor c;
	struct buf bytes;
	struct arena a;
	bool ok;

	arena_init(&a, 1 << 20);
	buf_init(&bytes, 0);
	event_write(&bytes, &ev);
	c = cursor_of(buf_data(&bytes));
	ok = !bytes.bad && event_read(&c, &a, &b->fields, &out) == 0 &&
	     event_keep(&a, &ev, &out) == 0;
	event_identity(&ev, &a);
	buf_release(&bytes);
	arena_release(&a);
	return ok;
}

static void test_starved(void **state)
{
	struct build b;

	(void)state;
	build_init(&b);
	/* One round first, so that the events' own arena has the room it needs. */
	for (int i = 0; i < 64; i++)
		build_event(&b, SYSMON, 1, 5, sysmon_text, false);
	arena_reset(&b.arena);
	assert_true(test_starve(starved, &b) > 2);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_member),	 cmocka_unit_test(test_set_text),
		cmocka_unit_test(test_set_typed), cmocka_unit_test(test_identity),
		cmocka_unit_test(test_compare),	 cmocka_unit_test(test_compare_system),
		cmocka_unit_test(test_compare_size),
		cmocka_unit_test(test_keep),	 cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_mutated),	 cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
