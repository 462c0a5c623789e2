/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs of tampering and loss: what the records of a chunk give, what lies between the chunks of a
 * log, and that neither depends on the order in which workers answer.
 */
#include "testing.h"

#include "../pipeline/hunt-private.h"

#define T0 131000000000000000u /* 2016 */
#define SECOND 10000000u

/* ---- one chunk ---- */

#define RECORDS 8
struct made {
	uint64_t id, seconds;      /* TimeCreated; 0 ends the list */
	enum { SOUND, PARTLY, BAD_SUM, BAD_ID, RECOVERED, HIDDEN, ROOM } what;
	uint64_t event_record_id;  /* 0: the same */
	int64_t written;           /* seconds from TimeCreated; NEVER: the header has none */
};
#define NEVER INT64_MIN
struct expected {
	enum sign_kind kind;
	uint64_t n, amount;
};
struct chunk_row {
	const char *name;
	struct made records[RECORDS];
	uint64_t runs[RECORDS]; /* first and last ids in turn; 0 ends the list */
	struct expected signs[3]; /* n 0 ends the list */
};

#define R(id_, seconds_) {.id = (id_), .seconds = (seconds_)}
#define W(id_, seconds_, what_) {.id = (id_), .seconds = (seconds_), .what = (what_)}
static const struct chunk_row chunk_rows[] = {
	{"in order", {R(5, 1), R(6, 2), R(7, 2)}, {5, 7}, {{0}}},
	{"one", {R(5, 1)}, {5, 5}, {{0}}},
	{"none", {R(0, 0)}, {0}, {{0}}},
	{"a gap", {R(5, 1), R(8, 2)}, {5, 5, 8, 8}, {{0}}},
	{"the same id again", {R(5, 1), R(5, 2), R(6, 3)}, {5, 5, 5, 6}, {{0}}},
	{"back and on", {R(5, 1), R(6, 2), R(3, 3), R(4, 4)}, {5, 6, 3, 4}, {{0}}},
	{"a damaged id between sound ones", {R(5, 1), W(9999, 2, PARTLY), R(7, 3)}, {5, 7}, {{0}}},
	{"two damaged ids", {R(5, 1), W(99, 2, PARTLY), W(3, 2, PARTLY), R(8, 3)}, {5, 8}, {{0}}},
	{"a damaged id, and one missing", {R(5, 1), W(99, 2, PARTLY), R(8, 3)}, {5, 5, 8, 8},
	 {{0}}},
	{"damage with the right id", {R(5, 1), W(6, 2, PARTLY), R(7, 3)}, {5, 7}, {{0}}},
	{"damage at the start", {W(5, 1, PARTLY), W(6, 2, PARTLY), R(7, 3)}, {5, 7}, {{0}}},
	{"a damaged id at the start", {W(77, 1, PARTLY), R(6, 2), R(7, 3)}, {6, 7}, {{0}}},
	{"nothing but one damaged id", {W(77, 1, PARTLY)}, {0}, {{0}}},
	{"an id that its own record denies, in a chunk that is changed",
	 {W(5, 1, BAD_SUM), {4102, 2, BAD_ID, 6, 0}, W(7, 3, BAD_SUM)}, {5, 7},
	 {{SIGN_ID_DIFFERS, 1, 0}}},
	{"a second is nothing", {R(5, 100), R(6, 99)}, {5, 6}, {{0}}},
	{"two seconds back", {R(5, 100), R(6, 98)}, {5, 6}, {{SIGN_TIME_BACKWARDS, 1,
	 2u * SECOND}}},
	{"back twice: the greatest counts", {R(5, 100), R(6, 90), R(7, 100), R(8, 50)}, {5, 8},
	 {{SIGN_TIME_BACKWARDS, 2, 50u * SECOND}}},
	{"the time of a damaged record", {R(5, 100), W(6, 1, PARTLY), R(7, 101)}, {5, 7}, {{0}}},
	{"back where ids are missing is for the parent", {R(5, 100), R(9, 50)}, {5, 5, 9, 9},
	 {{0}}},
	{"another EventRecordID", {{5, 1, SOUND, 77, 0}, R(6, 2)}, {5, 6}, {{SIGN_ID_DIFFERS, 1,
	 0}}},
	{"written an hour later", {{5, 1, SOUND, 0, 3600}}, {5, 5},
	 {{SIGN_HEADER_TIME, 1, 3600u * (uint64_t)SECOND}}},
	{"written an hour earlier", {{5, 9999, SOUND, 0, -3600}}, {5, 5},
	 {{SIGN_HEADER_TIME, 1, 3600u * (uint64_t)SECOND}}},
	{"written a second later", {{5, 1, SOUND, 0, 1}}, {5, 5}, {{0}}},
	{"never written", {{5, 1, SOUND, 0, NEVER}}, {5, 5}, {{0}}},
	{"recovered", {R(5, 1), R(6, 1), W(900, 2, RECOVERED), W(3, 2, RECOVERED)}, {5, 6},
	 {{SIGN_RECOVERED, 1, 2}}},
	{"hidden", {R(5, 1), W(6, 2, HIDDEN), R(6, 3)}, {5, 6}, {{SIGN_HIDDEN, 1, 0}}},
	{"room", {R(5, 1), W(6, 2, ROOM), R(7, 3), W(8, 4, ROOM)}, {5, 8}, {{SIGN_ROOM, 2, 80}}},
};

static bool is_usual(struct signs *s, const struct sign_record *r)
{
	const struct record record = {
		.id = r->id, .written = r->written, .offset = r->offset, .recovered = r->recovered,
		.state = r->whole ? RECORD_WHOLE : RECORD_PARTLY};
	const struct event ev = {
		.event_id = r->event_id, .provider = r->provider, .has_system = r->system,
		.record_id = r->event_record_id, .time_created = r->time_created};
	return signs_usual(s, &record, &ev);
}

/* `ask`: whether the record is usual, as the scan does; it must come to the same. */
static void feed(struct signs *s, const struct made *m, uint64_t offset, bool ask)
{
	const uint64_t created = T0 + m->seconds * SECOND;
	const struct sign_record r = {
		.id = m->id, .offset = offset, .time_created = created,
		.written = m->written == NEVER ? 0 : created + (uint64_t)m->written * SECOND,
		.event_record_id = m->event_record_id ? m->event_record_id : m->id,
		.event_id = 7, .provider = view_str("P"), .whole = m->what != PARTLY,
		.system = true,
		.recovered = m->what == RECOVERED || m->what == HIDDEN,
		.hidden = m->what == HIDDEN,
		.bad_checksum = m->what == BAD_SUM || m->what == BAD_ID};
	if (!ask || !is_usual(s, &r))
		assert_false(signs_record(s, &r));
	if (m->what != ROOM)
		return;
	signs_damage(s, &(struct damage){.kind = "record-size", .offset = offset, .length = 50});
	signs_damage(s, &(struct damage){.kind = "record-room", .offset = offset + 50, .length = 40});
	assert_int_equal(s->found[SIGN_ROOM].largest.record_id, 6);
	assert_int_equal(s->found[SIGN_ROOM].largest.other_offset,
			 s->found[SIGN_ROOM].largest.offset + 50);
}

static void check_runs(const struct chunk_row *row, const struct signs *s)
{
	size_t n = 0;
	for (; n < RECORDS / 2 && row->runs[2 * n]; n++) {
		TEST_ROW(row->name, n < s->edge.n_runs);
		TEST_ROW(row->name, s->edge.runs[n].first.id == row->runs[2 * n]);
		TEST_ROW(row->name, s->edge.runs[n].last.id == row->runs[2 * n + 1]);
	}
	TEST_ROW(row->name, s->edge.n_runs == n);
}

static void check_edge(const struct chunk_row *row, const struct signs *s)
{
	uint64_t asked = 0, least = UINT64_MAX, greatest = 0;
	for (size_t i = 0; i < RECORDS && row->records[i].id; i++) {
		const struct made *m = &row->records[i];
		uint64_t id = m->event_record_id ? m->event_record_id : m->id;
		if (m->what == PARTLY || m->what == RECOVERED || m->what == HIDDEN)
			continue;
		asked++;
		least = id < least ? id : least;
		greatest = id > greatest ? id : greatest;
	}
	TEST_ROW(row->name, s->edge.asked == asked && s->edge.greatest == greatest);
	TEST_ROW(row->name, !asked || s->edge.least == least);
}

static uint64_t count_kinds(const struct sign *s, size_t n)
{
	uint64_t kinds = 0;
	for (size_t i = 0; i < n; i++)
		kinds += s[i].n > 0;
	return kinds;
}

static void a_chunk_gives_its_signs(void **state)
{
	static struct signs s;
	struct arena a;
	(void)state;
	arena_init(&a, 1u << 20);
	for (size_t i = 0; i < 2 * TEST_COUNT(chunk_rows); i++) {
		const struct chunk_row *row = &chunk_rows[i / 2];
		size_t n = 0;
		signs_start(&s, &a);
		signs_chunk(&s, 0);
		for (size_t k = 0; k < RECORDS && row->records[k].id; k++)
			feed(&s, &row->records[k], 4608 + k * 100, i % 2);
		signs_chunk_end(&s);
		check_edge(row, &s);
		check_runs(row, &s);
		for (; n < 3 && row->signs[n].n; n++) {
			const struct sign *got = &s.found[row->signs[n].kind];
			TEST_ROW(row->name, got->n == row->signs[n].n);
			TEST_ROW(row->name, got->amount == row->signs[n].amount);
			TEST_ROW(row->name, got->n_places == got->n);
		}
		TEST_ROW(row->name, count_kinds(s.found, SIGN_KINDS) == n);
	}
	arena_release(&a);
}

/* More breaks than are told apart: nothing is lost in silence. */
static void a_crowded_chunk_tells_the_rest_itself(void **state)
{
	static struct signs s;
	struct arena a;
	(void)state;
	arena_init(&a, 1u << 20);
	signs_start(&s, &a);
	signs_chunk(&s, 3);
	for (uint64_t i = 0; i < 40; i++)
		feed(&s, &(struct made)R(10 + i * 10, 1 + i), 4608 + i * 100, true);
	feed(&s, &(struct made)R(7, 50), 9999, true);
	assert_int_equal(s.edge.n_runs, LIMIT_SIGN_RUNS);
	assert_int_equal(s.found[SIGN_ID_GAP].n, 40 - LIMIT_SIGN_RUNS);
	assert_int_equal(s.found[SIGN_ID_GAP].amount, 9 * (40 - LIMIT_SIGN_RUNS));
	assert_int_equal(s.found[SIGN_ID_GAP].n_places, LIMIT_SIGN_PLACES);
	assert_int_equal(s.found[SIGN_ID_ORDER].n, 1);
	assert_int_equal(s.found[SIGN_ID_ORDER].places[0].chunk, 3);
	arena_release(&a);
}

/* ---- records that tell of the log itself ---- */

static struct field text_field(const char *name, const char *text)
{
	return (struct field){view_str(name), FIELD_NONE, {VALUE_UTF8, view_str(text)}};
}

static const struct special_row {
	const char *name, *provider;
	uint16_t id;
	const char *fields[8]; /* names and texts in turn */
	enum sign_kind kind;   /* SIGN_KINDS: none */
	uint64_t amount;
	const char *account, *note;
} special_rows[] = {
	{"1102", "Microsoft-Windows-Eventlog", 1102,
	 {"SubjectUserName", "eve", "SubjectDomainName", "CORP"}, SIGN_CLEARED, 0, "CORP\\eve", ""},
	{"104", "Microsoft-Windows-Eventlog", 104,
	 {"SubjectUserName", "eve", "Channel", "System", "BackupPath", ""}, SIGN_CLEARED, 0, "eve",
	 "System"},
	{"1102 without an account", "Microsoft-Windows-Eventlog", 1102, {0}, SIGN_CLEARED, 0,
	 "S-1-5-18",
	 ""},
	{"1102 of somebody else", "Forge", 1102, {0}, SIGN_KINDS, 0, "", ""},
	{"1100", "Microsoft-Windows-Eventlog", 1100, {0}, SIGN_STOPPED, 0, "", ""},
	{"4616", "Microsoft-Windows-Security-Auditing", 4616,
	 {"SubjectUserName", "eve", "PreviousTime", "2026-01-05T10:00:00Z", "NewTime",
	  "2026-01-05T09:00:00Z", "ProcessName", "C:\\a.exe"},
	 SIGN_TIME_CHANGED, 3600ull * SECOND, "eve", "C:\\a.exe"},
	{"4616 by less than a second", "Microsoft-Windows-Security-Auditing", 4616,
	 {"PreviousTime", "2026-01-05T10:00:00Z", "NewTime", "2026-01-05T10:00:00.5Z"},
	 SIGN_KINDS, 0,
	 "", ""},
	{"4616 in words", "Microsoft-Windows-Security-Auditing", 4616,
	 {"PreviousTime", "11:52:54 PM", "NewTime", "11:53:54 PM"}, SIGN_TIME_CHANGED, 0,
	 "S-1-5-18",
	 ""},
	{"Kernel-General 1", "Microsoft-Windows-Kernel-General", 1,
	 {"NewTime", "2026-01-05T10:00:00Z", "OldTime", "2026-01-05T09:59:00Z"}, SIGN_TIME_CHANGED,
	 60u * SECOND, "S-1-5-18", ""},
	{"Sysmon 1", "Microsoft-Windows-Sysmon", 1, {"NewTime", "2026-01-05T10:00:00Z"},
	 SIGN_KINDS, 0,
	 "", ""},
};

static void feed_special(struct signs *s, const struct special_row *row)
{
	struct field fields[4];
	struct event ev = {.event_id = row->id, .provider = view_str(row->provider),
			   .computer = view_str("HOST"), .user_sid = view_str("S-1-5-18"),
			   .fields = fields, .has_system = true};
	const struct sign_record r = {.id = 1, .event_record_id = 1, .time_created = T0,
		.written = T0,
				      .event_id = row->id, .provider = ev.provider,
				      .computer = ev.computer, .whole = true, .system = true};
	for (; ev.n_fields < 4 && row->fields[2 * ev.n_fields]; ev.n_fields++)
		fields[ev.n_fields] = text_field(row->fields[2 * ev.n_fields],
						 row->fields[2 * ev.n_fields + 1]);
	if (signs_record(s, &r))
		signs_event(s, &r, &ev);
}

static void records_of_the_log_itself_are_told(void **state)
{
	static struct signs s;
	struct arena a;
	(void)state;
	arena_init(&a, 1u << 20);
	for (size_t i = 0; i < TEST_COUNT(special_rows); i++) {
		const struct special_row *row = &special_rows[i];
		signs_start(&s, &a);
		signs_chunk(&s, 0);
		feed_special(&s, row);
		TEST_ROW(row->name, count_kinds(s.found, SIGN_KINDS) == (row->kind != SIGN_KINDS));
		if (row->kind == SIGN_KINDS)
			continue;
		const struct sign_place *p = &s.found[row->kind].places[0];
		TEST_ROW(row->name, s.found[row->kind].n == 1 && p->amount == row->amount);
		TEST_ROW(row->name, view_eq_str(p->account, row->account));
		TEST_ROW(row->name, view_eq_str(p->note, row->note));
		TEST_ROW(row->name, view_eq_str(p->computer, "HOST"));
	}
	arena_release(&a);
}

/* ---- the whole log ---- */

#define CHUNKS 6
struct log_row {
	const char *name;
	struct {
		uint64_t first, last,
			seconds; /* TimeCreated of the first; a second for each record */
		bool damaged;
	} chunks[CHUNKS];                      /* in the order of the file; first 0 ends the list */
	uint64_t next_id;                      /* file header's; 0: no header */
	bool dirty;
	uint64_t differs, unwritten;           /* records, of the first chunk */
	struct expected signs[4];
	uint64_t gaps, first, last;
};

#define C(first_, last_, seconds_) {.first = (first_), .last = (last_), .seconds = (seconds_)}
static const struct log_row log_rows[] = {
	{"whole", {C(1, 50, 0), C(51, 90, 50)}, 91, false, 0, 0, {{0}}, 0, 1, 90},
	{"went round", {C(91, 140, 90), C(51, 90, 50)}, 141, false, 0, 0, {{0}}, 0, 51, 140},
	{"a gap between chunks", {C(1, 50, 0), C(61, 90, 60)}, 91, false, 0, 0,
	 {{SIGN_ID_GAP, 1, 10}}, 10, 1, 90},
	{"a gap across the seam of the ring", {C(61, 90, 60), C(1, 50, 0)}, 91, false, 0, 0,
	 {{SIGN_ID_GAP, 1, 10}}, 10, 1, 90},
	{"a chunk twice", {C(1, 50, 0), C(1, 50, 0)}, 51, false, 0, 0, {{SIGN_ID_REPEAT, 1, 50}},
	 0, 1, 50},
	{"chunks that overlap", {C(1, 50, 0), C(41, 90, 40)}, 91, false, 0, 0,
	 {{SIGN_ID_REPEAT, 1, 10}}, 0, 1, 90},
	{"one within another", {C(1, 90, 0), C(41, 50, 40), C(91, 99, 90)}, 100, false, 0, 0,
	 {{SIGN_ID_REPEAT, 1, 10}}, 0, 1, 99},
	{"time runs back between chunks", {C(1, 50, 1000), C(51, 90, 0)}, 91, false, 0, 0,
	 {{SIGN_TIME_BACKWARDS, 1, 1049u * (uint64_t)SECOND}}, 0, 1, 90},
	{"starts late", {C(500, 550, 0)}, 551, false, 0, 0, {{SIGN_LATE_START, 1, 499}}, 0, 500,
	 550},
	{"the last ones are gone", {C(1, 50, 0)}, 61, false, 0, 0, {{SIGN_NEXT_ID, 1, 10}}, 0, 1,
	 50},
	{"a log in use", {C(1, 50, 0)}, 31, true, 0, 0, {{0}}, 0, 1, 50},
	{"not in use, and more records than the header knows", {C(1, 50, 0)}, 31, false, 0, 0,
	 {{SIGN_NEXT_ID, 1, 20}}, 0, 1, 50},
	{"in use, and the header knows of more", {C(1, 50, 0)}, 61, true, 0, 0,
	 {{SIGN_NEXT_ID, 1, 10}}, 0, 1, 50},
	{"no record at all", {C(0, 0, 0)}, 1, false, 0, 0, {{0}}, 0, 0, 0},
	{"no record, and there were some", {C(0, 0, 0)}, 41, false, 0, 0, {{SIGN_NEXT_ID, 1, 40}},
	 0, 0, 0},
	{"no header", {C(1, 50, 0)}, 0, false, 0, 0, {{0}}, 0, 1, 50},
	{"a chunk with a wrong checksum", {{1, 50, 0, true}}, 51, false, 0, 0,
	 {{SIGN_CHECKSUM, 1, 0}}, 0, 1, 50},
	{"one record with another EventRecordID", {C(1, 50, 0)}, 51, false, 1, 0,
	 {{SIGN_ID_DIFFERS, 1, 0}, {SIGN_HEADER_TIME, 1, 7u * SECOND}}, 0, 1, 50},
	{"exported by a filter", {C(1, 50, 0)}, 51, false, 50, 1, {{SIGN_EXPORTED, 1, 50}}, 0, 1,
	 50},
	{"exported whole from id 1 on", {C(1, 50, 0)}, 51, false, 0, 1, {{SIGN_EXPORTED, 1, 0}},
	 0, 1, 50},
};

static uint64_t run_time(uint64_t seconds)
{
	return T0 + seconds * SECOND;
}

static void add_chunk(struct ledger *l, const struct log_row *row, size_t i)
{
	uint64_t first = row->chunks[i].first, last = row->chunks[i].last;
	uint64_t n = last - first + 1, offset = EVTX_HEADER_SIZE + i * EVTX_CHUNK_SIZE;
	struct chunk_summary c = {.chunk = i, .offset = offset, .present = true,
		.header_crc_ok = true,
				  .records_crc_ok = !row->chunks[i].damaged};
	const struct chunk_counts counts = {.records = n, .whole = n};
	struct chunk_edge g = {.n_runs = 1, .asked = n, .least = first, .greatest = last};
	struct err e = {0};
	g.runs[0].first = (struct sign_point){first, run_time(row->chunks[i].seconds),
		offset + 512};
	g.runs[0].last = (struct sign_point){last, run_time(row->chunks[i].seconds + n - 1),
					     offset + 60000};
	g.differs = i ? 0 : row->differs;
	g.unwritten = i ? 0 : row->unwritten;
	if (g.differs > n / 2)
		g.greatest += 50; /* a filter left out as many */
	assert_int_equal(ledger_edge(l, 0, &c, &g, &e), 0);
	assert_int_equal(ledger_chunk(l, 0, &c, &counts, &e), 0);
}

static void add_differing(struct ledger *l, const struct log_row *row)
{
	struct sign_place p = {.offset = 5000, .record_id = 3};
	struct sign s = {.kind = SIGN_ID_DIFFERS, .n = row->differs, .places = &p, .n_places = 1};
	struct err e = {0};
	if (!row->differs)
		return;
	assert_int_equal(ledger_sign(l, 0, &s, &e), 0);
	p.amount = 7u * SECOND;
	s = (struct sign){.kind = SIGN_HEADER_TIME, .n = row->differs, .places = &p, .n_places = 1,
			  .amount = p.amount, .largest = p};
	assert_int_equal(ledger_sign(l, 0, &s, &e), 0);
}

static void check_log(const struct log_row *row, const struct source_result *r)
{
	size_t n = 0;
	for (; n < 4 && row->signs[n].n; n++) {
		const struct sign *got = NULL;
		for (size_t k = 0; k < r->n_signs; k++)
			if (r->signs[k].kind == row->signs[n].kind)
				got = &r->signs[k];
		TEST_ROW(row->name, got && got->n == row->signs[n].n);
		TEST_ROW(row->name, row->signs[n].kind == SIGN_EXPORTED
					    ? got->places[0].amount == row->signs[n].amount
					    : got->amount == row->signs[n].amount);
		TEST_ROW(row->name, got->n_places == got->n);
	}
	TEST_ROW(row->name, r->n_signs == n);
	TEST_ROW(row->name, r->id_gaps == row->gaps && r->first_id == row->first &&
				    r->last_id == row->last);
}

/* `order`: which chunk's answer comes first. */
static void read_log(const struct log_row *row, size_t order)
{
	struct source source = {.kind = SOURCE_EVTX, .path = (char *)(uintptr_t)"x.evtx"};
	struct source_list list = {.v = &source, .n = 1};
	const struct header_frame h = {.present = true, .crc_ok = true, .flags = row->dirty,
				       .next_id = row->next_id};
	struct ledger l;
	struct err e = {0};
	size_t n = 0;
	while (n < CHUNKS && row->chunks[n].first)
		n++;
	assert_int_equal(ledger_init(&l, &list, false, &e), 0);
	l.results[0].read = true;
	if (row->next_id)
		ledger_header(&l, 0, &h);
	for (size_t i = 0; i < n; i++)
		add_chunk(&l, row, (i + order) % n);
	add_differing(&l, row);
	assert_int_equal(ledger_close(&l, &e), 0);
	check_log(row, &l.results[0]);
	ledger_release(&l);
}

static void a_log_gives_its_signs_in_whatever_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(log_rows); i++)
		for (size_t order = 0; order < CHUNKS; order++)
			read_log(&log_rows[i], order);
}

static void an_emptied_log_is_told(void **state)
{
	struct source source = {.kind = SOURCE_EMPTY, .path = (char *)(uintptr_t)"x.evtx"};
	struct source_list list = {.v = &source, .n = 1};
	struct ledger l;
	struct err e = {0};
	(void)state;
	assert_int_equal(ledger_init(&l, &list, false, &e), 0);
	assert_int_equal(ledger_close(&l, &e), 0);
	assert_int_equal(l.results[0].n_signs, source_is_missed(&source));
	ledger_release(&l);
	source.named = true;
	assert_int_equal(ledger_init(&l, &list, false, &e), 0);
	assert_int_equal(ledger_close(&l, &e), 0);
	assert_int_equal(l.results[0].n_signs, 1);
	assert_int_equal(l.results[0].signs[0].kind, SIGN_EMPTY);
	ledger_release(&l);
}

static bool close_starved(void *ctx)
{
	const struct log_row *row = ctx;
	struct source source = {.kind = SOURCE_EVTX, .path = (char *)(uintptr_t)"x.evtx"};
	struct source_list list = {.v = &source, .n = 1};
	struct chunk_summary c = {.offset = EVTX_HEADER_SIZE, .present = true};
	struct chunk_edge g = {.n_runs = 2};
	struct ledger l;
	struct err e = {0};
	g.runs[0].first = g.runs[0].last = (struct sign_point){row->first, T0, 4608};
	g.runs[1].first = g.runs[1].last = (struct sign_point){row->last, T0, 9999};
	bool ok = ledger_init(&l, &list, false, &e) == 0;
	if (ok) {
		l.results[0].read = true;
		ok = ledger_edge(&l, 0, &c, &g, &e) == 0 && ledger_close(&l, &e) == 0;
	}
	ledger_release(&l);
	if (!ok)
		assert_int_equal(e.code, ERR_NOMEM);
	return ok;
}

static void without_memory_it_fails_cleanly(void **state)
{
	struct log_row row = log_rows[0];
	(void)state;
	assert_true(test_starve(close_starved, &row) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chunk_gives_its_signs),
		cmocka_unit_test(a_crowded_chunk_tells_the_rest_itself),
		cmocka_unit_test(records_of_the_log_itself_are_told),
		cmocka_unit_test(a_log_gives_its_signs_in_whatever_order),
		cmocka_unit_test(an_emptied_log_is_told),
		cmocka_unit_test(without_memory_it_fails_cleanly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
