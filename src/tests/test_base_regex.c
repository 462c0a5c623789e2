/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions: both syntaxes, odd texts, and those built to explode. */
#include "testing.h"

#define LUCENE (REGEX_LUCENE | REGEX_WHOLE)

static const struct {
	const char *name, *pattern;
	unsigned flags;
	const char *text;
	enum regex_said said;
} rows[] = {
	{"somewhere", "b+", 0, "aabbcc", REGEX_YES},
	{"letter case", "B", 0, "abc", REGEX_NO},
	{"no letter case", "B", REGEX_NOCASE, "abc", REGEX_YES},
	{"no letter case, of all letters", "\u00c4\u041a", REGEX_NOCASE, "\u00e4\u043a", REGEX_YES},
	{"a character, not a byte", "^.$", 0, "\u20ac", REGEX_YES},
	{"the whole", "a|ab", REGEX_WHOLE, "ab", REGEX_YES},
	{"not the whole", "a", REGEX_WHOLE, "ab", REGEX_NO},
	{"not the whole, for a line break", "a", REGEX_WHOLE, "a\n", REGEX_NO},
	{"lines", "^b$", REGEX_MULTILINE, "a\nb\nc", REGEX_YES},
	{"not lines", "^b$", 0, "a\nb\nc", REGEX_NO},
	{"a dot is no line break", "a.b", 0, "a\nb", REGEX_NO},
	{"a dot is a line break", "a.b", REGEX_DOTALL, "a\nb", REGEX_YES},
	{"flags within", "(?i)B", 0, "abc", REGEX_YES},
	{"looking behind", "(?<!x)y", 0, "xy", REGEX_NO},
	{"nothing in nothing", "", 0, "", REGEX_YES},
	{"something in nothing", ".", 0, "", REGEX_NO},
	{"an unpaired surrogate is a character", "^a.b$", 0, "a\xed\xa0\x80" "b", REGEX_YES},
	{"a byte that is no text is a character", "^a.b$", 0, "a\xff" "b", REGEX_YES},
	{"built to explode", "^(a+)+$", 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", REGEX_TOO_MUCH},
	{"built to explode, from everywhere", "(x+x+)+y", 0, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", REGEX_NO},

	{"Lucene: whole", "b", LUCENE, "abc", REGEX_NO},
	{"Lucene: any text", "@b.*", LUCENE, "abc", REGEX_YES},
	{"Lucene: a dot is any character", "a.c", LUCENE, "a\nc", REGEX_YES},
	{"Lucene: no anchors", "^a$", LUCENE, "^a$", REGEX_YES},
	{"Lucene: escaped", "a\\.\\\\\\\"b", LUCENE, "a.\\\"b", REGEX_YES},
	{"Lucene: letters escaped", "\\a\\b\\Z", LUCENE, "abZ", REGEX_YES},
	{"Lucene: digits", "\\d+[\\d-]", LUCENE, "12-", REGEX_YES},
	{"Lucene: classes", "[C-Z]:[^\\\\a]", LUCENE, "D:b", REGEX_YES},
	{"Lucene: not of a class", "[^a-c]+", LUCENE, "xay", REGEX_NO},
	{"Lucene: a bracket first", "[]a]+", LUCENE, "a]", REGEX_YES},
	{"Lucene: brackets in a class", "[[:a]+", LUCENE, "[:a", REGEX_YES},
	{"Lucene: a dash last", "[a-]+", LUCENE, "-a", REGEX_YES},
	{"Lucene: quoted", "\"a.b*\"c", LUCENE, "a.b*c", REGEX_YES},
	{"Lucene: quoted, not a pattern", "\"a.b\"", LUCENE, "axb", REGEX_NO},
	{"Lucene: counted", "a{2,3}b{1}c{1,}", LUCENE, "aaabcc", REGEX_YES},
	{"Lucene: repeated repetition", "a{2}?b", LUCENE, "b", REGEX_YES},
	{"Lucene: repeated repetition is not lazy", "(ab)+*c", LUCENE, "ababc", REGEX_YES},
	{"Lucene: not possessive", "a++a", LUCENE, "aaa", REGEX_YES},
	{"Lucene: groups are only groups", "(a|b)()c", LUCENE, "bc", REGEX_YES},
	{"Lucene: nothing", "a|#", LUCENE, "#", REGEX_NO},
	{"Lucene: no letter case", "ABC", LUCENE | REGEX_NOCASE, "abc", REGEX_YES},
	{"Lucene: other letters", ".*[\u02b0-\u02ff]+.*", LUCENE, "a\u02c0b", REGEX_YES},
	{"Lucene: empty", "", LUCENE, "", REGEX_YES},
};

static void texts_match(void **state)
{
	struct regexer *m = regexer_new();

	(void)state;
	assert_non_null(m);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct err e = {0};
		struct regex *r = regex_new(view_str(rows[i].pattern), rows[i].flags, &e);

		if (!r)
			fail_msg("row \"%s\": %s", rows[i].name, e.msg);
		TEST_ROW(rows[i].name, regex_match(r, m, view_str(rows[i].text)) == rows[i].said);
		regex_free(r);
	}
	regexer_free(m);
	regexer_free(NULL);
	regex_free(NULL);
}

static const struct {
	const char *name, *pattern;
	unsigned flags;
	enum err_code code;
	uint64_t offset;
} faults[] = {
	{"open", "ab(", 0, ERR_SYNTAX, 3},
	{"nothing to repeat", "ab(*c", 0, ERR_SYNTAX, 5},
	{"not UTF-8", "a\xff", 0, ERR_SYNTAX, 1},
	{"single bytes", "\\C", 0, ERR_SYNTAX, 2},
	{"too large", "((a{1000}){1000}){1000}", 0, ERR_LIMIT, 0},
	{"Lucene: open", "ab(c", LUCENE, ERR_SYNTAX, 4},
	{"Lucene: closed", "ab)c", LUCENE, ERR_SYNTAX, 2},
	{"Lucene: nothing to repeat", "a|*", LUCENE, ERR_SYNTAX, 2},
	{"Lucene: no class", "a[bc", LUCENE, ERR_SYNTAX, 4},
	{"Lucene: no quote", "a\"bc", LUCENE, ERR_SYNTAX, 4},
	{"Lucene: backslash", "a\\", LUCENE, ERR_SYNTAX, 2},
	{"Lucene: no number", "a{x}", LUCENE, ERR_SYNTAX, 2},
	{"Lucene: nothing", "a||b", LUCENE, ERR_SYNTAX, 2},
	{"Lucene: complement", "a~b", LUCENE, ERR_UNSUPPORTED, 1},
	{"Lucene: numbers", "a<1-20>", LUCENE, ERR_UNSUPPORTED, 1},
	{"Lucene: wrong order", "[z-a]", LUCENE, ERR_SYNTAX, 0},
};

static void faults_have_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(faults); i++) {
		struct err e = {0};

		TEST_ROW(faults[i].name, !regex_new(view_str(faults[i].pattern), faults[i].flags, &e));
		TEST_ROW(faults[i].name, e.code == faults[i].code);
		TEST_ROW(faults[i].name, !faults[i].offset || e.offset == faults[i].offset);
	}
}

static void groups_have_a_bound(void **state)
{
	static char deep[2 * 4000 + 2], large[LIMIT_REGEX + 2];
	struct err e = {0};

	(void)state;
	memset(deep, '(', 4000);
	memset(deep + 4000, 'a', 1);
	memset(deep + 4001, ')', 4000);
	assert_null(regex_new(view_str(deep), 0, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	e = (struct err){0};
	assert_null(regex_new(view_str(deep), LUCENE, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(e.offset, LIMIT_RULE_DEPTH + 1);
	memset(large, 'a', LIMIT_REGEX + 1);
	e = (struct err){0};
	assert_null(regex_new(view_str(large), 0, &e));
	assert_int_equal(e.code, ERR_LIMIT);
}

/* A chunk's worth of text, for a pattern that goes all over it from everywhere. */
static void the_whole_work_is_bounded(void **state)
{
	static char text[60001];
	struct regexer *m = regexer_new();
	struct regex *r = regex_new(view_str("[^y]*x[^y]*[zw]"), 0, NULL);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(regex_match(r, m, view_str(text)), REGEX_TOO_MUCH);
	regex_free(r);
	regexer_free(m);
}

static bool match_once(void *ctx)
{
	struct regexer *m = regexer_new();
	struct regex *r = regex_new(view_str(ctx), LUCENE, NULL);
	bool ok = m && r && regex_match(r, m, view_str("ab\xff")) == REGEX_YES;

	regex_free(r);
	regexer_free(m);
	return ok;
}

static void memory_may_end(void **state)
{
	char pattern[] = "(a|b)*?.";

	(void)state;
	test_starve(match_once, pattern);
	assert_true(strlen(pcre_version()) > 0);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(texts_match),
		cmocka_unit_test(faults_have_places),
		cmocka_unit_test(groups_have_a_bound),
		cmocka_unit_test(the_whole_work_is_bounded),
		cmocka_unit_test(memory_may_end),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
