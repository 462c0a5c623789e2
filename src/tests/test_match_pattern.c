/* SPDX-License-Identifier: Apache-2.0 */
/* One string condition against one text. */
#include "match_stub.h"

#include "../match/match-private.h"

static const struct {
	const char *name, *pattern, *text;
	bool cased, match;
} rows[] = {
	{"the whole text is meant", "msiexec.exe", "msiexec.exe", false, true},
	{"a part is not the whole", "msiexec", "msiexec.exe", false, false},
	{"the text may not be shorter", "msiexec.exe", "msiexec", false, false},
	{"letter case ignored", "MsiExec.EXE", "mSIEXEC.exe", false, true},
	{"letter case heeded", "High", "high", true, false},
	{"letter case heeded, equal", "high", "high", true, true},
	{"letter case beyond ASCII", "ÄÖ", "äö", false, true},
	{"Kelvin sign is a k", "k", "\xe2\x84\xaa", false, true},
	{"long s is an s", "msi", "m\xc5\xbfi", false, true},
	{"star takes nothing", "a*b", "ab", false, true},
	{"star takes much", "a*b", "axxxxb", false, true},
	{"star at both ends", "* msiexec*://*", "cmd /c msiexec /i http://x/y", false, true},
	{"order of words", "* msiexec*://*", "start http://x msiexec", false, false},
	{"no space before msiexec", "* msiexec*://*", "msiexec /i http://x", false, false},
	{"msiexec by path", "* msiexec*://*", "cmd /c C:\\w\\msiexec /i http://x", false, false},
	{"star gives back", "*aab", "aaaab", false, true},
	{"two stars", "*ab*cd*", "xxabxxabcxxcdx", false, true},
	{"two stars, missing", "*ab*cd*", "xxcdxxab", false, false},
	{"star takes line feeds", "a*b", "a\r\n\nb", false, true},
	{"star alone takes nothing", "*", "", false, true},
	{"empty takes empty", "", "", false, true},
	{"empty takes no text", "", "a", false, false},
	{"one takes one", "?:\\Windows\\*", "C:\\Windows\\x", false, true},
	{"one takes not none", "?:\\Windows\\*", ":\\Windows\\x", false, false},
	{"one takes one code point", "a?c", "a\xf0\x9f\x92\xa9"
					    "c", false, true},
	{"one takes one code point, not two", "a?c", "axyc", false, false},
	{"one takes a lone surrogate", "a?c", "a\xed\xa0\x80"
					      "c", false, true},
	{"one takes a stray byte", "a?c", "a\xff"
					  "c", false, true},
	{"a stray byte is no letter", "a\xc3\xbf"
				      "c", "a\xff"
					   "c", false, false},
	{"stars and ones", "*?*", "x", false, true},
	{"stars and ones, empty", "*?*", "", false, false},
	{"ones behind a star", "*a??d", "xabcabcd", false, true},
	{"ones behind a star, too few", "*a??d", "acd", false, false},
	{"a part longer than is looked for at once",
	 "*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*",
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false, true},
	{"start and end do not share", "ab*ba", "aba", false, false},
	{"one whole argument", "/V", "/VX", false, false},
};

static void check_plain(size_t i, const struct pattern *p, struct arena *a)
{
	struct view folded = text_folded(a, view_str(rows[i].text));

	for (size_t k = 0; k < folded.n; k++)
		if (folded.p[k] >= 0x80)
			return;
	if (!rows[i].cased)
		TEST_ROW(rows[i].name, pattern_match_plain(p, folded) == rows[i].match);
}

static void patterns_match(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct pattern p = stub_pattern(&a, rows[i].pattern, rows[i].cased);

		TEST_ROW(rows[i].name, pattern_match(&p, view_str(rows[i].text), rows[i].cased) ==
					       rows[i].match);
		check_plain(i, &p, &a);
	}
	arena_release(&a);
}

/* Many stars over a long text that just does not match: the walk stays within n * m steps. */
static void hostile_patterns_end(void **state)
{
	char text[20001], stars[2001];
	struct pattern p;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	for (size_t i = 0; i < sizeof(stars) - 1; i++)
		stars[i] = i % 2 ? 'a' : '*';
	stars[sizeof(stars) - 1] = 0;
	stars[sizeof(stars) - 2] = 'b';
	p = stub_pattern(&a, stars, false);
	assert_false(pattern_match(&p, view_str(text), false));
	arena_release(&a);
}

static const struct {
	const char *name, *pattern, *prefix;
	enum tri value;
} classes[] = {
	{"covers the class", "S-1-5-21-*", "S-1-5-21-", TRI_TRUE},
	{"covers more than the class", "S-1-5-*", "S-1-5-21-", TRI_TRUE},
	{"star covers all", "*", "S-1-5-21-", TRI_TRUE},
	{"letter case", "s-1-5-21-*", "S-1-5-21-", TRI_TRUE},
	{"excludes the class", "S-1-5-18", "S-1-5-21-", TRI_FALSE},
	{"excludes, with a star", "S-1-5-12-1-*", "S-1-5-21-", TRI_FALSE},
	{"excludes, other class", "S-1-12-1-*", "S-1-5-21-", TRI_FALSE},
	{"narrower by a suffix", "S-1-5-21-*-500", "S-1-5-21-", TRI_UNKNOWN},
	{"narrower by a domain", "S-1-5-21-1-2-3-*", "S-1-5-21-", TRI_UNKNOWN},
	{"one whole SID", "S-1-5-21-1-2-3-500", "S-1-5-21-", TRI_UNKNOWN},
	{"the whole is longer than the prefix", "S-1-5-21-", "S-1-5-21-", TRI_FALSE},
	{"one more at least", "S-1-5-21-?*", "S-1-5-21-", TRI_TRUE},
	{"two more at least", "S-1-5-21-??*", "S-1-5-21-", TRI_UNKNOWN},
	{"a star within", "S-*-21-*", "S-1-5-21-", TRI_TRUE},
	{"a star within that could go on", "S-*-500", "S-1-5-21-", TRI_UNKNOWN},
};

static void classes_are_covered_excluded_or_cut(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < TEST_COUNT(classes); i++) {
		struct pattern p = stub_pattern(&a, classes[i].pattern, false);

		TEST_ROW(classes[i].name,
			 pattern_match_class(&p, view_str(classes[i].prefix), false, &a) ==
				 classes[i].value);
	}
	arena_release(&a);
}

static const struct {
	const char *text;
	int64_t than;
	bool number;
	int order;
} numbers[] = {
	{"443", 443, true, 0},        {"0x1bb", 443, true, 0},
	{"0X1BB", 443, true, 0},      {"00443", 443, true, 0},
	{"-5", -5, true, 0},          {"-5", 3, true, -1},
	{"-0", 0, true, 0},           {"18446744073709551615", INT64_MAX, true, 1},
	{"-18446744073709551615", INT64_MIN, true, -1},
	{"18446744073709551616", 0, false, 0},
	{"", 0, false, 0},            {"-", 0, false, 0},
	{"0x", 0, false, 0},          {"4 4", 0, false, 0},
	{"12a", 0, false, 0},         {"-9223372036854775808", INT64_MIN, true, 0},
};

static void texts_are_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(numbers); i++) {
		struct number n;
		bool is = number_of_text(view_str(numbers[i].text), &n);

		TEST_ROW(numbers[i].text, is == numbers[i].number);
		TEST_ROW(numbers[i].text,
			 !is || number_cmp(n, number_of_int(numbers[i].than)) == numbers[i].order);
	}
}

static const struct {
	const char *pattern, *needle;
} needles[] = {
	{"abc", "abc"},
	{"ABC\\.exe", "abc.exe"},
	{"cmd.{0,5}(?:/c|/r)\\s\"set", "\"set"},
	{"ab?cde", "cde"},
	{"abc*d", "ab"},
	{"abc+d", "abc"},
	{"abc{2}d", "ab"},
	{"ab|cd", ""},
	{"x(a|bcd)yz", "yz"},
	{"(?i)Abc", "abc"},
	{"(?x)a b c", ""},
	{"(?#abc)d", ""},
	{"(*COMMIT)abc", ""},
	{"[abc]de[^]x]fgh", "fgh"},
	{"[[:alpha:]]abc", ""},
	{"\\x41bc", ""},
	{"\\Qa*b\\E", ""},
	{"\\d\\w\\sab", "ab"},
	{"(a\\)bcd)ef", "ef"},
	{"(?=abc)de", "de"},
	{"a\xc3\xa4" "bc", "bc"},
	{"^abc$", "abc"},
	{"", ""},
};

static void regexes_have_needles(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(needles); i++) {
		struct buf b;

		buf_init(&b, 0);
		regex_needle(view_str(needles[i].pattern), 0, &b);
		test_view_is(needles[i].pattern, buf_data(&b), view_str(needles[i].needle));
		buf_clear(&b);
		regex_needle(view_str(needles[i].pattern), REGEX_LUCENE, &b);
		assert_int_equal(b.n, 0);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(regexes_have_needles),
		cmocka_unit_test(hostile_patterns_end),
		cmocka_unit_test(classes_are_covered_excluded_or_cut),
		cmocka_unit_test(texts_are_numbers),
	};

	(void)stub_test;
	(void)stub_tree;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
