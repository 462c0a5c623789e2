/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a container are looked at. */
#include "testing.h"

#include "../open/open-private.h"

struct glob_row {
	const char *name, *glob, *path;
	bool matches;
};
static const struct glob_row globs[] = {
	{ "the last name", "*.evtx", "p2/Windows/a.EVTX", true },
	{ "a name in another folder", "Security.evtx", "p2/x/security.evtx", true },
	{ "a path", "p2/*/a.evtx", "p2/Windows/a.evtx", true },
	{ "a star is one name", "p2/*/a.evtx", "p2/Windows/x/a.evtx", false },
	{ "two stars are many", "**/a.evtx", "p2/Windows/x/a.evtx", true },
	{ "two stars, then a name", "p2/**/Logs/*.evtx", "p2/a/b/Logs/c.evtx", true },
	{ "a question mark", "?.evtx", "a.evtx", true },
	{ "no question mark for a slash", "p2/a?b", "p2/a/b", false },
	{ "a slash in front", "/p2/a", "p2/a", true },
	{ "the end is missing", "*.evt", "a.evtx", false },
	{ "nothing", "", "", true },
	{ "many stars", "*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
};

static void test_globs(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(globs); i++) {
		const struct glob_row *r = &globs[i];
		TEST_ROW(r->name, open_glob(view_str(r->glob), view_str(r->path)) == r->matches);
	}
}

struct choice_row {
	const char *name, *path;
	bool all_files, archive;
	const char *only;
	enum open_choice choice;
};
static const struct choice_row choices[] = {
	{ "a log by its name", "p2/x/a.evtx", false, false, "", CHOICE_LOG },
	{ "an old log", "p2/x/a.EVT", false, false, "", CHOICE_LOG },
	{ "another file", "p2/x/a.dll", false, false, "", CHOICE_NO },
	{ "where logs are kept", "p2/Windows.old/System32/WinEvt/logs/a.bak", false, false, "", CHOICE_LOOK },
	{ "a folder with a longer name", "p2/xwinevt/Logs/a", false, false, "", CHOICE_NO },
	{ "all files", "p2/x/a.dll", true, false, "", CHOICE_LOOK },
	{ "an archive", "x/a.dll", false, true, "", CHOICE_LOOK },
	{ "within what is wanted", "p2/x/a.evtx", false, false, "p2/x", CHOICE_LOG },
	{ "it alone", "p2/x/a.evtx", false, false, "p2/x/a.evtx", CHOICE_LOG },
	{ "beside it", "p2/xy/a.evtx", false, false, "p2/x", CHOICE_NO },
};

static void test_choices(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(choices); i++) {
		const struct choice_row *r = &choices[i];
		const struct open_options o = { .all_files = r->all_files };
		const struct open_request q = { .options = &o, .only = view_str(r->only) };
		TEST_ROW(r->name, open_choose(&q, view_str(r->path), r->archive) == r->choice);
	}
}

static void test_folders(void **state)
{
	const struct open_options o = { 0 };
	const struct open_request q = { .options = &o, .only = view_str("p2/x/y") };

	(void)state;
	assert_true(open_enters(&q, view_str("p2")));
	assert_true(open_enters(&q, view_str("p2/x/y/z")));
	assert_false(open_enters(&q, view_str("p1")));
	assert_false(open_enters(&q, view_str("p2/xy")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_globs),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_folders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
