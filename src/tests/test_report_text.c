/* SPDX-License-Identifier: Apache-2.0 */
/* Text made safe for CSV, JSON, HTML and terminals. */
#include "testing.h"

#include "../report/report-private.h"

struct text_row {
	const char *name;
	struct view in;
	const char *csv, *json, *html, *terminal; /* csv with the guard */
};
#define IN(s) {(const uint8_t *)(s), sizeof(s) - 1}
#define C(s) "<span class=c>" s "</span>"

static const struct text_row rows[] = {
	{"empty", IN(""), "", "\"\"", "", ""},
	{"plain", IN("C:\\x y"), "C:\\x y", "\"C:\\\\x y\"", "C:\\x y", "C:\\x y"},
	{"comma", IN("a,b"), "\"a,b\"", "\"a,b\"", "a,b", "a,b"},
	{"quote", IN("a\"b"), "\"a\"\"b\"", "\"a\\\"b\"", "a&quot;b", "a\"b"},
	{"line end", IN("a\r\nb"), "\"a\r\nb\"", "\"a\\u000d\\u000ab\"",
	 "a" C("U+000D") C("U+000A") "b", "a\\x0D\\x0Ab"},
	{"equals", IN("=1+1"), "'=1+1", "\"=1+1\"", "=1+1", "=1+1"},
	{"plus", IN("+1"), "'+1", "\"+1\"", "+1", "+1"},
	{"minus", IN("-"), "'-", "\"-\"", "-", "-"},
	{"at", IN("@SUM(A1)"), "'@SUM(A1)", "\"@SUM(A1)\"", "@SUM(A1)", "@SUM(A1)"},
	{"apostrophe", IN("'a"), "''a", "\"'a\"", "&#39;a", "'a"},
	{"tab", IN("\ta"), "'\ta", "\"\\u0009a\"", C("U+0009") "a", "\\x09a"},
	{"carriage return", IN("\r=a"), "\"'\r=a\"", "\"\\u000d=a\"", C("U+000D") "=a", "\\x0D=a"},
	{"quoted formula", IN("=\"a\",b"), "\"'=\"\"a\"\",b\"", "\"=\\\"a\\\",b\"",
	 "=&quot;a&quot;,b",
	 "=\"a\",b"},
	{"formula later", IN("a=b"), "a=b", "\"a=b\"", "a=b", "a=b"},
	{"tags", IN("<b>&</b>"), "<b>&</b>", "\"<b>&</b>\"",
	 "&lt;b&gt;&amp;&lt;/b&gt;", "<b>&</b>"},
	{"NUL", IN("a\0b"), "a\\0b", "\"a\\u0000b\"", "a" C("U+0000") "b", "a\\x00b"},
	{"escape", IN("\x1b[2J"), "\x1b[2J", "\"\\u001b[2J\"", C("U+001B") "[2J", "\\x1B[2J"},
	{"C1 control", IN("\xc2\x9b"), "\xc2\x9b", "\"\\u009b\"", C("U+009B"), "\\u{009B}"},
	{"bidi", IN("a\xe2\x80\xae"), "a\xe2\x80\xae", "\"a\\u202e\"", "a" C("U+202E"),
	 "a\\u{202E}"},
	{"zero width", IN("\xe2\x80\x8b"), "\xe2\x80\x8b", "\"\\u200b\"", C("U+200B"),
	 "\\u{200B}"},
	{"tag character", IN("\xf3\xa0\x81\x81"), "\xf3\xa0\x81\x81", "\"\\udb40\\udc41\"",
	 C("U+E0041"), "\\u{E0041}"},
	{"letters", IN("\xc3\xa9\xf0\x9f\x98\x80"), "\xc3\xa9\xf0\x9f\x98\x80",
	 "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80"},
	{"lone surrogate", IN("\xed\xa0\x80"), "\\uD800", "\"\\ud800\"", C("U+D800"),
	 "\\u{D800}"},
	{"stray byte", IN("a\xff"), "a\\xFF", "\"a\\udcff\"", "a" C("\\xFF"), "a\\xFF"},
	{"cut character", IN("\xe2\x80"), "\\xE2\\x80", "\"\\udce2\\udc80\"", C("\\xE2") C("\\x80"),
	 "\\xE2\\x80"},
	{"overlong", IN("\xc0\xaf"), "\\xC0\\xAF", "\"\\udcc0\\udcaf\"", C("\\xC0") C("\\xAF"),
	 "\\xC0\\xAF"},
};

static void guarded(struct buf *b, struct view v)
{
	csv_field(b, v, true);
}

static void check(const char *name, void (*fn)(struct buf *, struct view), struct view in,
		  const char *want)
{
	struct buf b;

	buf_init(&b, 0);
	fn(&b, in);
	test_view_is(name, buf_data(&b), view_str(want));
	buf_release(&b);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		check(rows[i].name, guarded, rows[i].in, rows[i].csv);
		check(rows[i].name, json_string, rows[i].in, rows[i].json);
		check(rows[i].name, html_text, rows[i].in, rows[i].html);
		check(rows[i].name, terminal_text, rows[i].in, rows[i].terminal);
	}
}

static void unguarded(struct buf *b, struct view v)
{
	csv_field(b, v, false);
}

static void test_unguarded(void **state)
{
	(void)state;
	check("number", unguarded, view_str("-12"), "-12");
	check("formula", unguarded, view_str("=1"), "=1");
	check("quotes stay", unguarded, view_str("a,b"), "\"a,b\"");
}

static void test_path(void **state)
{
	(void)state;
	check("plain", json_path, view_str("a/b\"c"), "\"a/b\\\"c\"");
	check("byte", json_path, view_str("a\xe9/b"), "\"a\\udce9/b\"");
	/* What looks like a surrogate is three bytes here: so every path can be had back. */
	check("surrogate", json_path, view_str("\xed\xb3\xbf"), "\"\\udced\\udcb3\\udcbf\"");
	check("no bytes are lost", json_path, view_str("\xf0\x9f"), "\"\\udcf0\\udc9f\"");
}

/* No character that hides or acts comes through, whichever it is. */
static void test_every_character(void **state)
{
	struct buf in, out;

	(void)state;
	buf_init(&in, 0);
	buf_init(&out, 0);
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		struct view left;
		size_t at;

		buf_clear(&in);
		buf_clear(&out);
		text_put(&in, cp);
		html_text(&out, buf_data(&in));
		terminal_text(&out, buf_data(&in));
		json_string(&out, buf_data(&in));
		if (!text_valid(buf_data(&out), &at))
			fail_msg("U+%04X is not valid text", cp);
		left = buf_data(&out);
		while (left.n)
			if (text_hidden(text_next(&left)))
				fail_msg("U+%04X comes through", cp);
	}
	buf_release(&in);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unguarded),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_every_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
