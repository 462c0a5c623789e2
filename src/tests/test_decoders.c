/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our decoder against libevtx: the same records, the same texts, the same identity; and where not,
 * the very fault of libevtx that docs/witness.md names. With SHARED set, over every log below it.
 */
#include "testing.h"
#include "testing_files.h"

#include "evtxhound/evtx.h"
#include "evtxhound/forge.h"
#include "evtxhound/oracle.h"
#include "made_chunk.h"

/* For initializers: the bytes of a literal. */
#define RAW(s) {(const uint8_t *)(s), sizeof(s) - 1}
#define TIME_ONE 0x01d1d94e5a64f7a0u
#define RECORDS_MOST 4096u

/* ---- reading a chunk whole ---- */

struct reading {
	struct record records[RECORDS_MOST];
	struct event events[RECORDS_MOST];
	size_t n;
	struct chunk_summary summary;
};

static struct reading ours, theirs;

static void read_chunk(struct decoder *d, struct view bytes, uint64_t offset, struct arena *a,
		       struct reading *out)
{
	struct err e = {0};
	struct record r;
	struct event ev;
	int got;

	out->n = 0;
	assert_int_equal(d->ops->chunk(d, bytes, offset, &e), 0);
	while ((got = d->ops->next(d, &r, &e)) == 0) {
		assert_true(out->n < RECORDS_MOST);
		assert_int_equal(d->ops->head(d, &r, &ev, &e), 0);
		assert_int_equal(d->ops->data(d, &r, &ev, &e), 0);
		out->records[out->n] = r;
		assert_int_equal(event_keep(a, &ev, &out->events[out->n]), 0);
		out->n++;
	}
	assert_int_equal(got, 1);
	d->ops->summary(d, &out->summary);
}

/* ---- values, one by one ---- */

static const struct {
	const char *name;
	uint8_t type;
	struct view raw;
	const char *ours;
	const char *theirs; /* NULL: the same identity; else the text that libevtx gives */
} value_rows[] = {
	{"text", VALUE_UTF16, RAW("a\0b\0"), "ab", NULL},
	{"empty text", VALUE_UTF16, {0}, "", NULL},
	{"no value", VALUE_NULL, {0}, "", NULL},
	{"markup", VALUE_UTF16, RAW("<\0&\0>\0\"\0'\0"), "<&>\"'", NULL},
	{"blanks", VALUE_UTF16, RAW(" \0a\0 \0"), " a ", NULL},
	{"control characters", VALUE_UTF16, RAW("a\0\x1b\0\1\0b\0"), "a\x1b\1b", NULL},
	{"CR LF", VALUE_UTF16, RAW("a\0\r\0\n\0b\0"), "a\r\nb", NULL},
	{"bidi control", VALUE_UTF16, RAW("a\0\x2e\x20"), "a\xe2\x80\xae", NULL},
	{"trailing NUL", VALUE_UTF16, RAW("a\0\0\0"), "a", NULL},
	{"Windows-1252", VALUE_ANSI, RAW("\xe9\x80"), "\xc3\xa9\xe2\x82\xac", NULL},
	{"int32", VALUE_INT32, RAW("\x39\x30\0\0"), "12345", NULL},
	{"uint8", VALUE_UINT8, RAW("\xff"), "255", NULL},
	{"uint64", VALUE_UINT64, RAW("\xfe\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551614",
	 NULL},
	{"true", VALUE_BOOL, RAW("\1\0\0\0"), "true", NULL},
	{"false", VALUE_BOOL, RAW("\0\0\0\0"), "false", NULL},
	{"binary", VALUE_BINARY, RAW("\xab\xcd"), "ABCD", NULL},
	{"GUID", VALUE_GUID, RAW("\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x1a"),
	 "{04030201-0605-0807-090a-0b0c0d0e0f1a}", NULL},
	{"SID", VALUE_SID, RAW("\1\1\0\0\0\0\0\5\x12\0\0\0"), "S-1-5-18", NULL},
	{"hex32", VALUE_HEX32, RAW("\xab\0\0\0"), "0xab", NULL},
	{"hex64", VALUE_HEX64, RAW("\xab\0\0\0\0\0\0\0"), "0xab", NULL},
	{"size, 4 bytes", VALUE_SIZE, RAW("\xab\0\0\0"), "0xab", NULL},
	{"size, 8 bytes", VALUE_SIZE, RAW("\xab\0\0\0\0\0\0\0"), "0xab", NULL},
	{"time", VALUE_FILETIME, RAW("\x87\x72\xe1\x8a\x97\xe1\xd3\x01"),
	 "2018-05-01T21:58:31.0218375Z", NULL},
	{"system time", VALUE_SYSTEMTIME, RAW("\xe2\x07\5\0\1\0\2\0\3\0\4\0\5\0\6\0"),
	 "2018-05-02T03:04:05.0060000Z", NULL},
	/* libevtx gives no text here, but blanks alone count as none. */
	{"a line feed alone", VALUE_UTF16, RAW("\n\0"), "\n", NULL},
	/* The faults of libevtx 20181227. */
	{"text behind a NUL", VALUE_UTF16, RAW("a\0\0\0b\0"), NULL, "a"},
	{"beyond the BMP", VALUE_UTF16, RAW("\x3d\xd8\x36\xdc"), "\xf0\x9f\x90\xb6",
	 "\xf0\x9f\x80\xb7"},
	{"lone surrogate", VALUE_UTF16, RAW("\x3d\xd8y\0"), "\xed\xa0\xbdy", "\xef\xbf\xbd"},
	{"byte order mark", VALUE_UTF16, RAW("\xff\xfe" "a\0"), "\xef\xbb\xbf" "a", "a"},
	{"negative int8", VALUE_INT8, RAW("\xff"), "-1", "-127"},
	{"negative int16", VALUE_INT16, RAW("\xff\xff"), "-1", "-32767"},
	{"negative int32", VALUE_INT32, RAW("\xff\xff\xff\xff"), "-1", "-2147483647"},
	{"negative int64", VALUE_INT64, RAW("\xfe\xff\xff\xff\xff\xff\xff\xff"), "-2",
	 "-9223372036854775806"},
	{"real32", VALUE_REAL32, RAW("\0\0\x40\x3f"), "0.75", "7.500000e-001"},
	{"real64", VALUE_REAL64, RAW("\0\0\0\0\0\0\xe8\x3f"), "0.75", "7.500000e-001"},
};

static void made_of(struct made *m, const struct made_field *fields, size_t n)
{
	struct made_record rec = {.id = 7,
				  .time = TIME_ONE,
				  .event_id = 1,
				  .template_id = 0xabcd0001,
				  .provider = "Microsoft-Windows-Sysmon",
				  .channel = "Microsoft-Windows-Sysmon/Operational",
				  .computer = "host.example",
				  .fields = fields,
				  .n = n};

	made_begin(m);
	made_add(m, &rec);
	rec.id++;
	made_add(m, &rec);
	made_end(m);
}

static void text_of(const struct event *ev, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < ev->n_fields; i++)
		if (view_eq_str(ev->fields[i].name, "x"))
			value_text(out, ev->fields[i].value);
}

static void both_read_a_value_alike(void **state)
{
	struct decoder *o = evtx_decoder_new(NULL, NULL, NULL);
	struct decoder *t = oracle_decoder_new(NULL, NULL, NULL);
	struct arena a;
	struct buf text;

	(void)state;
	assert_true(o && t);
	arena_init(&a, 64 << 20);
	buf_init(&text, 0);
	for (size_t i = 0; i < TEST_COUNT(value_rows); i++) {
		const char *name = value_rows[i].name;
		struct made_field f[] = {{"x", value_rows[i].type, value_rows[i].raw},
					 {"y", VALUE_UTF16, RAW("z\0")}};
		struct made m;

		made_of(&m, f, 2);
		read_chunk(o, buf_data(&m.b), EVTX_HEADER_SIZE, &a, &ours);
		read_chunk(t, buf_data(&m.b), EVTX_HEADER_SIZE, &a, &theirs);
		TEST_ROW(name, ours.n == 2 && theirs.n == 2);
		TEST_ROW(name, ours.records[1].state == RECORD_WHOLE);
		TEST_ROW(name, theirs.records[1].state == RECORD_WHOLE);
		TEST_ROW(name, ours.records[1].offset == theirs.records[1].offset);
		text_of(&ours.events[1], &text);
		if (value_rows[i].ours)
			test_view_is(name, buf_data(&text), view_str(value_rows[i].ours));
		buf_clear(&text);
		size_t n = event_compare(&ours.events[1], &theirs.events[1], &a, &text);
		TEST_ROW(name, n == (value_rows[i].theirs ? 1 : 0));
		TEST_ROW(name, (event_identity(&ours.events[1], &a) ==
				event_identity(&theirs.events[1], &a)) == !n);
		text_of(&theirs.events[1], &text);
		if (n)
			test_view_is(name, buf_data(&text), view_str(value_rows[i].theirs));
		buf_release(&m.b);
		arena_reset(&a);
	}
	buf_release(&text);
	arena_release(&a);
	o->ops->destroy(o);
	t->ops->destroy(t);
}

/* ---- values of which libevtx makes no record, or another one ---- */

static const struct {
	const char *name;
	uint8_t type;
	struct view raw;
	enum record_state ours, theirs;
} refused_rows[] = {
	{"odd bytes of text", VALUE_UTF16, RAW("a\0b"), RECORD_WHOLE, RECORD_UNDECODED},
	{"low before high surrogate", VALUE_UTF16, RAW("\x00\xdc\x00\xd8"), RECORD_WHOLE,
	 RECORD_UNDECODED},
	{"handle", VALUE_HANDLE, RAW("\1\0\0\0"), RECORD_WHOLE, RECORD_UNDECODED},
	{"XML", VALUE_XML, RAW("a\0"), RECORD_WHOLE, RECORD_UNDECODED},
	{"ANSI text with <", VALUE_ANSI, RAW("a<b"), RECORD_WHOLE, RECORD_PARTLY},
	{"ANSI text that closes its element", VALUE_ANSI,
	 RAW("</Data></EventData><System><EventID>4</EventID></System><EventData><Data>"),
	 RECORD_WHOLE, RECORD_PARTLY},
};

static void ours_reads_what_libevtx_does_not(void **state)
{
	struct decoder *o = evtx_decoder_new(NULL, NULL, NULL);
	struct decoder *t = oracle_decoder_new(NULL, NULL, NULL);
	struct arena a;

	(void)state;
	assert_true(o && t);
	arena_init(&a, 64 << 20);
	for (size_t i = 0; i < TEST_COUNT(refused_rows); i++) {
		const char *name = refused_rows[i].name;
		struct made_field f = {"x", refused_rows[i].type, refused_rows[i].raw};
		struct made m;

		made_of(&m, &f, 1);
		read_chunk(o, buf_data(&m.b), EVTX_HEADER_SIZE, &a, &ours);
		read_chunk(t, buf_data(&m.b), EVTX_HEADER_SIZE, &a, &theirs);
		TEST_ROW(name, ours.n == 2 && theirs.n == 2);
		TEST_ROW(name, ours.records[1].state == refused_rows[i].ours);
		TEST_ROW(name, theirs.records[1].state == refused_rows[i].theirs);
		TEST_ROW(name, ours.records[1].offset == theirs.records[1].offset);
		TEST_ROW(name, theirs.events[1].record_id == 8);
		TEST_ROW(name, theirs.events[1].event_id ==
				       (refused_rows[i].theirs == RECORD_UNDECODED ? 0 : 1));
		buf_release(&m.b);
		arena_reset(&a);
	}
	arena_release(&a);
	o->ops->destroy(o);
	t->ops->destroy(t);
}

/* ---- every log below $SHARED ---- */

enum tally {
	OURS,           /* live records that our decoder finds */
	THEIRS,         /* live records that libevtx finds */
	BOTH,           /* at the same place */
	SAME,           /* and no difference between them */
	SLACK,          /* others of ours: in the slack, or hidden; libevtx finds fewer */
	UNREADABLE,     /* found by libevtx, not read by it */
	ANSI_MARKUP,    /* text of type AnsiString that holds markup */
	SECOND,         /* a second template instance in one value, which libevtx passes over */
	RECOVERED,      /* live for us, recovered by libevtx */
	REMAINS,        /* live for us, nothing for libevtx: only in chunks that are damaged */
	UNEXPLAINED,
	TALLIES
};
static const char *const tally_names[] = {
	"ours", "libevtx's", "both", "same", "ours in the slack", "libevtx cannot read",
	"ANSI text with markup", "second instance in one value", "recovered by libevtx",
	"lost to libevtx in a damaged chunk", "unexplained",
};

struct conformance {
	struct decoder *o, *t;
	size_t files, chunks, n[TALLIES];
};
static struct conformance all; /* nftw() passes nothing on */

static bool has_ansi_markup(const struct event *ev)
{
	for (size_t i = 0; i < ev->n_fields; i++) {
		struct value v = ev->fields[i].value;

		if (v.type == VALUE_ANSI && v.raw.n && memchr(v.raw.p, '<', v.raw.n))
			return true;
	}
	return false;
}

static bool has_rendering(const struct event *ev)
{
	return event_field_named(ev, "RenderingInfo.Culture") != NULL;
}

static enum tally difference_kind(const struct event *ev)
{
	return has_ansi_markup(ev) ? ANSI_MARKUP : has_rendering(ev) ? SECOND : UNEXPLAINED;
}

static void compare_record(const char *path, size_t i, size_t k, struct arena *a)
{
	const struct event *ev = &ours.events[i], *other = &theirs.events[k];
	struct buf text;

	all.n[BOTH]++;
	assert_int_equal(ours.records[i].id, theirs.records[k].id);
	assert_int_equal(ours.records[i].size, theirs.records[k].size);
	if (theirs.records[k].state != RECORD_WHOLE) {
		all.n[UNREADABLE]++;
		return;
	}
	buf_init(&text, 1000);
	size_t n = event_compare(ev, other, a, &text);
	bool same = event_identity(ev, a) == event_identity(other, a);
	enum tally kind = n || !same ? difference_kind(ev) : SAME;

	all.n[kind]++;
	if (kind == UNEXPLAINED || ours.records[i].state != RECORD_WHOLE)
		print_message("%s: record at %llu: %.*s\n", path,
			      (unsigned long long)ours.records[i].offset, (int)text.n,
			      text.n ? (const char *)text.p : "");
	buf_release(&text);
}

/* The record of libevtx at the same place; theirs.n when there is none. */
static size_t their_record(uint64_t offset)
{
	size_t k = 0;

	while (k < theirs.n && theirs.records[k].offset != offset)
		k++;
	return k;
}

static bool is_intact(const struct chunk_summary *s)
{
	return s->present && (s->checksums_off || (s->header_crc_ok && s->records_crc_ok));
}

static void compare_chunk(const char *path, struct view chunk, uint64_t offset)
{
	struct arena a;
	size_t matched = 0;

	arena_init(&a, 512 << 20);
	read_chunk(all.o, chunk, offset, &a, &ours);
	read_chunk(all.t, chunk, offset, &a, &theirs);
	assert_int_equal(ours.summary.present, theirs.summary.present);
	assert_int_equal(ours.summary.unused, theirs.summary.unused);
	all.chunks++;
	all.n[OURS] += ours.summary.records;
	all.n[SLACK] += ours.summary.recovered;
	all.n[THEIRS] += theirs.summary.records;
	for (size_t i = 0; i < ours.n; i++) {
		size_t k = their_record(ours.records[i].offset);

		if (ours.records[i].recovered)
			continue;
		if (k < theirs.n && !theirs.records[k].recovered) {
			matched++;
			compare_record(path, i, k, &a);
		} else {
			all.n[k < theirs.n ? RECOVERED : REMAINS]++;
			all.n[UNEXPLAINED] += is_intact(&ours.summary);
		}
	}
	all.n[UNEXPLAINED] += theirs.summary.records - matched;
	arena_release(&a);
}

static int compare_log(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = strlen(path);
	FILE *f;

	(void)ftw;
	if (type != FTW_F || n < 5 || strcmp(path + n - 5, ".evtx") || !(f = fopen(path, "rb")))
		return 0;
	uint8_t *bytes = mem_alloc((size_t)st->st_size);
	assert_non_null(bytes);
	n = fread(bytes, 1, (size_t)st->st_size, f);
	fclose(f);
	all.files++;
	for (size_t at = EVTX_HEADER_SIZE; at < n; at += EVTX_CHUNK_SIZE)
		compare_chunk(path, view_sub((struct view){bytes, n}, at, EVTX_CHUNK_SIZE), at);
	mem_free(bytes);
	return 0;
}

static void public_logs_read_alike(void **state)
{
	static const char *const folders[] = {"evtx", "sigma/regression"};
	const char *shared = test_shared();

	(void)state;
	if (!shared)
		skip();
	memset(&all, 0, sizeof(all));
	all.o = evtx_decoder_new(NULL, NULL, NULL);
	all.t = oracle_decoder_new(NULL, NULL, NULL);
	assert_true(all.o && all.t);
	for (size_t i = 0; i < TEST_COUNT(folders); i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", shared, folders[i]);
		assert_int_equal(nftw(path, compare_log, 16, FTW_PHYS), 0);
	}
	all.o->ops->destroy(all.o);
	all.t->ops->destroy(all.t);
	print_message("%zu files, %zu chunks\n", all.files, all.chunks);
	for (size_t i = 0; i < TALLIES; i++)
		print_message("%8zu %s\n", all.n[i], tally_names[i]);
	assert_true(all.files > 0);
	assert_int_equal(all.n[UNEXPLAINED], 0);
}

/* ---- what we forge ---- */

static const char scenario[] =
	"start: 2026-03-02T08:00:00Z\n"
	"hosts:\n"
	"  A: {name: a.corp.example, domain: CORP}\n"
	"  B: {log: security, security: 1}\n"
	"  C: {sysmon: 8}\n"
	"users:\n"
	"  bob: {domain: CORP, sid: S-1-5-21-1-2-3-1104, logon: 0x4a2b1}\n"
	"processes:\n"
	"  - {name: cmd, image: 'C:\\cmd.exe', command: 'cmd /c x < y & z', user: bob, at: 90,\n"
	"     end: 2m, integrity: High, log: both}\n"
	"  - {name: odd, parent: cmd, image: 'C:\\\xc3\xa9.exe', user: bob, at: 91,\n"
	"     command: [a, {units: '001B 000D 000A 202E 0009'}]}\n"
	"  - {name: b, host: B, image: b.exe, at: 93, user: bob, command: hidden}\n"
	"  - {name: b0, host: B, image: b0.exe, at: 94, version: 0}\n"
	"  - {name: c, host: C, image: c.exe, at: 95, user: bob}\n"
	"connections:\n"
	"  - {process: cmd, at: 100, to: '192.0.2.1:80', to_host: x.example}\n"
	"  - {process: c, at: 100, to: '[2001:db8::1]:8080', initiated: false}\n"
	"images:\n"
	"  - {process: cmd, at: 101}\n"
	"logons:\n"
	"  - {user: bob, at: -1h}\n"
	"boots:\n"
	"  - {at: -2h, by: security}\n"
	"  - {at: -2h}\n";

static void forged_logs_read_alike(void **state)
{
	struct test_folder f;
	struct err e = {0};
	struct buf made;

	(void)state;
	memset(&all, 0, sizeof(all));
	all.o = evtx_decoder_new(NULL, NULL, NULL);
	all.t = oracle_decoder_new(NULL, NULL, NULL);
	assert_true(all.o && all.t);
	test_folder_make(&f);
	buf_init(&made, 0);
	int dirfd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (forge_scenario(view_str(scenario), "scenario", dirfd, &made, &e))
		fail_msg("%s", e.msg);
	close(dirfd);
	assert_int_equal(nftw(f.path, compare_log, 16, FTW_PHYS), 0);
	assert_true(all.n[OURS] > 10);
	for (size_t i = 0; i < TALLIES; i++)
		assert_int_equal(all.n[i], i <= SAME ? all.n[OURS] : 0);
	buf_release(&made);
	test_folder_remove(&f);
	all.o->ops->destroy(all.o);
	all.t->ops->destroy(all.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_read_a_value_alike),
		cmocka_unit_test(ours_reads_what_libevtx_does_not),
		cmocka_unit_test(forged_logs_read_alike),
		cmocka_unit_test(public_logs_read_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
