/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of signs of tampering and loss, and that adding them up knows no order. */
#include "report_case.h"

static struct view v(const char *s)
{
	return view_str(s);
}

#define DAY 864000000000u
#define T0 131000000000000000u

static const struct text_row {
	const char *name;
	enum sign_kind kind;
	struct sign_place place;
	const char *account, *computer, *note, *text;
} text_rows[] = {
	{"cleared", SIGN_CLEARED, {0}, "CORP\\eve", "WKS", "System",
	 "the log System was cleared by CORP\\eve on WKS"},
	{"cleared, which is not said", SIGN_CLEARED, {0}, "", "WKS", "",
	 "the log was cleared on WKS"},
	{"cleared, in a record that is not live", SIGN_CLEARED, {.recovered = true}, "", "WKS", "",
	 "the log was cleared on WKS (the record is not a live one)"},
	{"hidden", SIGN_HIDDEN, {.recovered = true, .other_id = 4, .other_offset = 5000}, "", "", "",
	 "lies within the size of record 4 at offset 5000"},
	{"room", SIGN_ROOM, {.amount = 40, .other_offset = 5000}, "", "", "",
	 "40 bytes from offset 5000 on are within its size, behind its content"},
	{"empty", SIGN_EMPTY, {0}, "", "", "", "the file has no bytes"},
	{"one id", SIGN_ID_GAP, {.amount = 1, .other_id = 4, .other_offset = 5000}, "", "", "",
	 "1 id missing behind record 4 at offset 5000"},
	{"ids, in a damaged chunk", SIGN_ID_GAP,
	 {.amount = 7, .other_id = 4, .other_offset = 5000, .bad_checksum = true}, "", "", "",
	 "7 ids missing behind record 4 at offset 5000 (the chunk's checksum does not hold)"},
	{"ids twice", SIGN_ID_REPEAT, {.amount = 7, .other_id = 4, .other_offset = 5000}, "", "",
	 "",
	 "7 ids from here on stand also at or behind record 4 at offset 5000"},
	{"out of order", SIGN_ID_ORDER, {.other_id = 4, .other_offset = 5000}, "", "", "",
	 "comes behind record 4 at offset 5000"},
	{"another id", SIGN_ID_DIFFERS, {.record_id = 3, .other_id = 4}, "", "", "",
	 "its EventRecordID is 4"},
	{"written later", SIGN_HEADER_TIME, {.time = T0, .other_time = T0 + DAY, .amount = DAY},
	 "", "",
	 "", "its header says 2016-02-16T08:53:20.0000000Z, 86400.0000000 s later"},
	{"written earlier", SIGN_HEADER_TIME, {.time = T0 + DAY, .other_time = T0, .amount = DAY},
	 "", "",
	 "", "its header says 2016-02-15T08:53:20.0000000Z, 86400.0000000 s earlier"},
	{"next id", SIGN_NEXT_ID, {.record_id = 9, .other_id = 20, .amount = 10}, "", "", "",
	 "the next record should be 20; the last one found is 9"},
	{"next id of nothing", SIGN_NEXT_ID, {.other_id = 20, .amount = 19}, "", "", "",
	 "the next record should be 20; none was found"},
	{"checksum", SIGN_CHECKSUM, {.bad_checksum = true}, "", "", "header",
	 "the checksum over the chunk's header does not hold"},
	{"backwards", SIGN_TIME_BACKWARDS,
	 {.other_id = 4, .other_offset = 5000, .other_time = T0, .amount = 15}, "", "", "",
	 "0.0000015 s before record 4 at offset 5000 (2016-02-15T08:53:20.0000000Z)"},
	{"clock back", SIGN_TIME_CHANGED, {.other_time = T0, .amount = DAY, .back = true}, "eve",
	 "WKS",
	 "C:\\a.exe",
	 "the clock was set back by 86400.0000000 s, from 2016-02-15T08:53:20.0000000Z, by eve on "
	 "WKS, process C:\\a.exe"},
	{"clock forward", SIGN_TIME_CHANGED, {.other_time = T0, .amount = DAY}, "", "WKS", "",
	 "the clock was set forward by 86400.0000000 s, from 2016-02-15T08:53:20.0000000Z, on WKS"},
	{"clock, not said how", SIGN_TIME_CHANGED, {0}, "eve", "WKS", "",
	 "the clock was set; how far cannot be read from the record, by eve on WKS"},
	{"stopped", SIGN_STOPPED, {0}, "", "WKS", "", "the service stopped on WKS"},
	{"late", SIGN_LATE_START, {.amount = 425}, "", "", "",
	 "425 records came before the first one"},
	{"recovered", SIGN_RECOVERED, {.recovered = true, .amount = 3}, "", "", "",
	 "3 records from here on are not among the live ones of the chunk"},
	{"exported", SIGN_EXPORTED, {.record_id = 5, .other_id = 9, .amount = 1}, "", "", "",
	 "its records have the EventRecordIDs 5 to 9; 1 of that range is not here"},
	{"exported whole", SIGN_EXPORTED, {.record_id = 5, .other_id = 9}, "", "", "",
	 "its records have the EventRecordIDs 5 to 9"},
};

static void every_sign_has_its_sentence(void **state)
{
	bool seen[SIGN_KINDS] = {false};
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	for (size_t i = 0; i < TEST_COUNT(text_rows); i++) {
		const struct text_row *row = &text_rows[i];
		struct sign_place p = row->place;

		p.account = v(row->account);
		p.computer = v(row->computer);
		p.note = v(row->note);
		buf_clear(&b);
		sign_text(&b, row->kind, &p);
		if (!view_eq_str(buf_data(&b), row->text))
			fail_msg("row \"%s\": %.*s", row->name, (int)b.n, (const char *)b.p);
		seen[row->kind] = true;
	}
	for (size_t i = 0; i < SIGN_KINDS; i++)
		assert_true(seen[i]);
	buf_release(&b);
}

static bool is_sentence(const char *s)
{
	return s[0] >= 'A' && s[0] <= 'Z' && s[strlen(s) - 1] == '.';
}

/* Also in the manual of the signs, by its name and its weight. */
static void every_kind_is_told_of(void **state)
{
	const char *root = getenv("srcdir");
	struct folder here = {.fd = AT_FDCWD};
	char path[1024], row[128];
	struct buf manual;

	(void)state;
	snprintf(path, sizeof(path), "%s/docs/signs.md", root ? root : ".");
	manual = folder_read(&here, path);
	for (size_t i = 0; i < SIGN_KINDS; i++) {
		const struct sign_about *a = sign_about((enum sign_kind)i);

		TEST_ROW(a->name, is_sentence(a->meaning) && is_sentence(a->innocent));
		snprintf(row, sizeof(row), "| `%s` | %s |", a->name,
			sign_severity_name(a->severity));
		TEST_ROW(a->name, memmem(manual.p, manual.n, row, strlen(row)));
		for (size_t k = 0; k < i; k++)
			TEST_ROW(a->name, strcmp(a->name,
				sign_about((enum sign_kind)k)->name) != 0);
	}
	buf_release(&manual);
}

#define PLACES 30
#define MAX 5

static void add_all(struct sign *s, struct sign_place *places, size_t step)
{
	for (size_t i = 0; i < PLACES; i++) {
		size_t k = i * step % PLACES;
		struct sign_place p = {.offset = 100 + k, .amount = k % 10};
		const struct sign one = {.kind = s->kind, .n = 1, .amount = p.amount, .places = &p,
					 .n_places = 1, .largest = p};

		sign_add(s, &one, MAX);
	}
	assert_ptr_equal(s->places, places);
}

static void adding_knows_no_order(void **state)
{
	static const enum sign_kind kinds[] = {SIGN_ID_GAP, SIGN_TIME_BACKWARDS};
	static const uint64_t amounts[] = {135, 9};
	static const size_t steps[] = {1, 7, 29};

	(void)state;
	for (size_t i = 0; i < 2 * TEST_COUNT(steps); i++) {
		struct sign_place places[MAX];
		struct sign s = {.kind = kinds[i % 2], .places = places};

		add_all(&s, places, steps[i / 2]);
		assert_int_equal(s.n, PLACES);
		assert_int_equal(s.amount, amounts[i % 2]);
		assert_int_equal(s.n_places, MAX);
		for (size_t k = 0; k < MAX; k++)
			assert_int_equal(places[k].offset, 100 + k);
		assert_int_equal(s.largest.offset, 109); /* the first of the largest */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sign_has_its_sentence),
		cmocka_unit_test(every_kind_is_told_of),
		cmocka_unit_test(adding_knows_no_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
