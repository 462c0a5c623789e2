/* SPDX-License-Identifier: Apache-2.0 */
/* A record in its own words. */
#include "event_build.h"

static const struct {
	const char *name, *channel;
	uint16_t id;
	const char *lines, *word;
	enum answer_state state;
	const char *want; /* the values between |, or why */
} rows[] = {
	{"not translated", "Security", 4688, "NewProcessId=0x1fc\nProcessId=0x278", "ProcessId", ANSWER_VALUE, "0x278"},
	{"not derived", "Security", 4688, "NewProcessName=a", "Image", ANSWER_NULL, ""},
	{"a name with a blank", "System", 7045, "Service File Name=x y", "Service File Name", ANSWER_VALUE, "x y"},
	{"several of a name", "System", 1, "p=a\nq=b\np=\np=c", "p", ANSWER_VALUE, "a|c"},
	{"empty", "System", 1, "p=", "p", ANSWER_NULL, ""},
	{"a dash", "System", 1, "p=-", "p", ANSWER_VALUE, "-"},
	{"missing", "System", 1, "p=x", "q", ANSWER_NULL, ""},
	{"unaudited", "Security", 4688, "CommandLine=", "CommandLine", ANSWER_UNKNOWN, "4688 without command line auditing"},
	{"id", "System", 7045, "EventID=1", "EventID", ANSWER_VALUE, "7045"},
	{"channel", "System", 7045, "Channel=1", "Channel", ANSWER_VALUE, "System"},
	{"provider", "System", 7045, "", "Provider_Name", ANSWER_VALUE, "Writer"},
	{"computer", "System", 7045, "", "Computer", ANSWER_VALUE, "HOST.example"},
	{"level", "System", 7045, "", "Level", ANSWER_VALUE, "4"},
	{"a level of the record's own", "System", 7045, "Level=9", "Level", ANSWER_VALUE, "9"},
	{"keywords", "System", 7045, "", "Keywords", ANSWER_VALUE, "0x8000000000000010"},
	{"writer", "System", 7045, "", "UserID", ANSWER_VALUE, "S-1-5-18"},
	{"any", "System", 7045, "p=a\nq=\nr=b", NULL, ANSWER_VALUE, "Writer|System|HOST.example|S-1-5-18|7045|a|b"},
};

static void check(size_t i, const struct answer *got)
{
	struct buf b;

	TEST_ROW(rows[i].name, got->state == rows[i].state);
	buf_init(&b, 0);
	if (got->state != ANSWER_VALUE)
		buf_str(&b, got->why);
	for (size_t k = 0; k < got->n; k++) {
		buf_str(&b, k ? "|" : "");
		buf_view(&b, got->values[k]);
	}
	test_view_is(rows[i].name, buf_data(&b), view_str(rows[i].want));
	buf_release(&b);
}

static void records_in_their_own_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * TEST_COUNT(rows); i++) {
		size_t row = i / 2;
		struct answer got;
		struct build b;
		struct event ev;
		field_id id;

		build_init(&b);
		id = rows[row].word ? fields_add(&b.fields, view_str(rows[row].word)) : FIELD_ANY;
		ev = build_event(&b, rows[row].channel, rows[row].id, 2, rows[row].lines, i % 2);
		ev.provider = view_str("Writer");
		ev.user_sid = view_str("S-1-5-18");
		ev.level = 4;
		ev.keywords = 0x8000000000000010u;
		if (rows[row].word)
			assert_int_equal(event_ask_raw(&ev, id, &b.fields, &b.arena, &got), 0);
		else
			assert_int_equal(event_ask_any(&ev, &b.arena, &got), 0);
		check(row, &got);
		build_release(&b);
	}
}

static void items_are_values(void **state)
{
	struct field field = {.name = view_str("p"), .id = FIELD_NONE,
			      .value = {VALUE_UTF16 | VALUE_ARRAY, TEST_BYTES("a\0\0\0b\0c\0\0\0")}};
	struct event ev = {.fields = &field, .n_fields = 1};
	struct answer got;
	struct build b;

	(void)state;
	build_init(&b);
	field.id = fields_add(&b.fields, field.name);
	assert_int_equal(event_ask_raw(&ev, field.id, &b.fields, &b.arena, &got), 0);
	assert_int_equal(got.n, 2);
	assert_true(view_eq_str(got.values[0], "a"));
	assert_true(view_eq_str(got.values[1], "bc"));
	build_release(&b);
}

static bool ask_once(void *ctx)
{
	struct build *b = ctx;
	struct event ev = {.n_fields = 1};
	struct field field = {.name = view_str("p"), .id = FIELD_NONE,
			      .value = {VALUE_UTF16, TEST_BYTES("a\0b\0")}};
	struct answer got;
	struct arena a;
	bool ok;

	arena_init(&a, 1 << 20);
	ev.fields = &field;
	ok = event_ask_any(&ev, &a, &got) == 0 &&
	     event_ask_raw(&ev, fields_find(&b->fields, view_str("p")), &b->fields, &a, &got) == 0;
	arena_release(&a);
	return ok;
}

static void memory_may_end(void **state)
{
	struct build b;

	(void)state;
	build_init(&b);
	fields_add(&b.fields, view_str("p"));
	test_starve(ask_once, &b);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(records_in_their_own_words),
		cmocka_unit_test(items_are_values),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
