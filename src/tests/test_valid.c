/* SPDX-License-Identifier: Apache-2.0 */
/* What other tests rest on: a validator that says yes to everything would find nothing. */
#include "testing.h"

#include "valid.h"

struct row {
	const char *text;
	bool ok;
};

static const struct row json[] = {
	{"{}", true},
	{" [1, -0.5e+3, \"a\\u00e9\\\"\\ud800\", true, false, null, {\"a\": [ ] }] ", true},
	{"\"\xc3\xa9\"", true},
	{"", false},
	{"{", false},
	{"{\"a\":1,}", false},
	{"{\"a\" 1}", false},
	{"{a:1}", false},
	{"[1 2]", false},
	{"[01]", false},
	{"[1.]", false},
	{"[+1]", false},
	{"[.5]", false},
	{"[1e]", false},
	{"\"\t\"", false},
	{"\"\\x\"", false},
	{"\"\\u12g4\"", false},
	{"\"open", false},
	{"\"\xed\xa0\x80\"", false},
	{"\"\xff\"", false},
	{"nul", false},
	{"NaN", false},
	{"1 1", false},
	{"{}{}", false},
};

static const struct row xml[] = {
	{"<a/>", true},
	{"<a b='1'>x &amp; &#65;<c xmlns='urn:x'/></a>", true},
	{"", false},
	{"<a>", false},
	{"<a></b>", false},
	{"<a b='1' b='2'/>", false},
	{"<a>&</a>", false},
	{"<a>&nbsp;</a>", false},
	{"<a>\x01</a>", false},
	{"<a>\xed\xa0\x80</a>", false},
	{"<a b='<'/>", false},
	{"<a/><b/>", false},
	{"<1/>", false},
};

static void check(const struct row *rows, size_t n, bool (*valid)(struct view v, size_t *at))
{
	size_t at;

	for (size_t i = 0; i < n; i++)
		TEST_ROW(rows[i].text, valid(view_str(rows[i].text), &at) == rows[i].ok);
}

static void json_rows(void **state)
{
	(void)state;
	check(json, TEST_COUNT(json), valid_json);
}

static void xml_rows(void **state)
{
	(void)state;
	check(xml, TEST_COUNT(xml), valid_xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_rows),
		cmocka_unit_test(xml_rows),
	};

	return cmocka_run_group_tests_name("validators", tests, NULL, NULL);
}
