/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, views, the cursor, UTF-8 and UTF-16, case. */
#include <errno.h>

#include "testing.h"

/* ---- errors ---- */

static void errors_keep_the_first(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_set(&e, ERR_DAMAGE, 4096, "chunk %d is torn", 1), -1);
	assert_int_equal(err_set(&e, ERR_IO, 7, "later"), -1);
	assert_int_equal(e.code, ERR_DAMAGE);
	assert_int_equal(e.offset, 4096);
	assert_string_equal(e.msg, "chunk 1 is torn");
	assert_int_equal(err_set(NULL, ERR_IO, 0, "nobody hears"), -1);
}

static void errors_are_one_whole_line(void **state)
{
	struct err e = { 0 };
	char name[2000];

	(void)state;
	err_set(&e, ERR_IO, 0, "a\nb\x1b[1m\x7f %s", "\xc3\xa4");
	assert_string_equal(e.msg, "a?b?[1m? \xc3\xa4");
	for (size_t i = 0; i + 2 < sizeof(name); i += 2)
		memcpy(name + i, "\xc3\xa4", 3);
	for (size_t pad = 0; pad < 4; pad++) {
		e = (struct err){ 0 };
		err_set(&e, ERR_IO, 0, "%.*s%s", (int)pad, "....", name);
		assert_true(text_valid(view_str(e.msg), NULL));
		e = (struct err){ 0 };
		errno = ENOENT;
		err_errno(&e, ERR_IO, "%.*s%s", (int)pad, "....", name);
		assert_true(text_valid(view_str(e.msg), NULL));
		assert_non_null(strstr(e.msg, ": No such file or directory"));
		assert_int_equal(errno, ENOENT);
	}
}

/* ---- views ---- */

static void views_compare(void **state)
{
	struct view none = { NULL, 0 };

	(void)state;
	assert_true(view_eq(none, test_view("")));
	assert_true(view_eq_str(none, NULL));
	assert_true(view_cmp(none, test_view("a")) < 0);
	assert_true(view_cmp(test_view("a"), test_view("ab")) < 0);
	assert_true(view_cmp(test_view("b"), test_view("ab")) > 0);
	assert_true(view_cmp(test_view("\xff"), test_view("a")) > 0);
	assert_true(view_cmp(test_view("x"), test_view("x")) == 0);
}

static void views_compare_without_case(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "", "", true },
		{ "MsiExec.EXE", "msiexec.exe", true },
		{ "msiexec", "msiexe", false },
		{ "a", "", false },
		{ "abK", "ab\xe2\x84\xaa", true },
		{ "ab\xe2\x84\xaa" "Cd", "ABkcD", true },
		{ "ab\xe2\x84\xaa", "ab", false },
		{ "a\xc3\xa4", "a\xc3\xa5", false },
		{ "\xe2\x84\xaa", "K", true },          /* the Kelvin sign */
		{ "\xc5\xbf" "ervice", "SERVICE", true }, /* the long s */
		{ "\xc3\x84", "\xc3\xa4", true },
		{ "\xc3\x9f", "ss", false }, /* not a simple folding */
		{ "\xff", "\xff", true },
		{ "\xff", "\xfe", false },
		{ "\xed\xa0\x80", "\xed\xa0\x80", true },
		{ "[", "{", false },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		bool same = view_eq_str_nocase(test_view(rows[i].a), rows[i].b);
		TEST_ROW(rows[i].a, same == rows[i].same);
		TEST_ROW(rows[i].a, view_eq_str_nocase(test_view(rows[i].b), rows[i].a) == same);
		if (same)
			TEST_ROW(rows[i].a, hash_nocase(7, test_view(rows[i].a)) ==
						    hash_nocase(7, test_view(rows[i].b)));
	}
}

static void views_are_cut(void **state)
{
	struct view v = test_view("C:\\Windows/x\\y.exe");

	(void)state;
	test_view_is("last", view_after_last(v, "\\/"), test_view("y.exe"));
	test_view_is("none", view_after_last(v, "?"), v);
	test_view_is("end", view_after_last(test_view("a\\"), "\\"), test_view(""));
	v = TEST_BYTES("a\0b");
	test_view_is("NUL is in no set", view_after_last(v, "x"), v);
	v = test_view("C:\\Windows/x\\y.exe");
	test_view_is("sub", view_sub(v, 3, 7), test_view("Windows"));
	test_view_is("clipped", view_sub(v, 15, SIZE_MAX), test_view("exe"));
	test_view_is("beyond", view_sub(v, SIZE_MAX, SIZE_MAX), test_view(""));
	test_view_is("of nothing", view_sub((struct view){ NULL, 0 }, 0, 5), test_view(""));
}

/* ---- cursor ---- */

static void cursor_is_sticky(void **state)
{
	struct cursor c = cursor_of(TEST_BYTES("\1\2\3\4\5\6\7\x88\xff"));

	(void)state;
	assert_true(cursor_u64(&c) == 0x8807060504030201);
	cursor_seek(&c, 0);
	assert_int_equal(cursor_u16(&c), 0x0201);
	assert_int_equal(cursor_u32(&c), 0x06050403);
	cursor_skip(&c, 2);
	assert_int_equal(cursor_u8(&c), 0xff);
	assert_int_equal(cursor_left(&c), 0);
	assert_false(c.bad);
	assert_int_equal(cursor_take(&c, 0).n, 0);
	assert_false(c.bad);
	assert_int_equal(cursor_u8(&c), 0);
	assert_true(c.bad);
	cursor_seek(&c, 0);
	assert_int_equal(cursor_u8(&c), 0);
	assert_null(cursor_take(&c, 1).p);
	assert_int_equal(cursor_left(&c), 0);
}

static void cursor_meets_the_end(void **state)
{
	static const struct {
		const char *name;
		size_t skip, take;
		bool bad;
	} rows[] = {
		{ "all", 0, 4, false },          { "one too many", 0, 5, true },
		{ "to the end", 4, 0, false },   { "beyond the end", 5, 0, true },
		{ "wraps", 2, SIZE_MAX, true },  { "wraps by one", 1, SIZE_MAX - 1, true },
		{ "skip wraps", SIZE_MAX, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct cursor c = cursor_of(test_view("abcd"));
		cursor_skip(&c, rows[i].skip);
		struct view v = cursor_take(&c, rows[i].take);
		TEST_ROW(rows[i].name, c.bad == rows[i].bad);
		TEST_ROW(rows[i].name, v.n == (c.bad ? 0 : rows[i].take));
	}
	struct cursor c = cursor_of((struct view){ NULL, 0 });
	assert_int_equal(cursor_take(&c, 0).n, 0);
	assert_false(c.bad);
	assert_int_equal(cursor_u32(&c), 0);
	assert_true(c.bad);
	c = cursor_of(TEST_BYTES("\xff\xff\xff\xff..."));
	assert_int_equal(cursor_blob(&c).n, 0);
	assert_true(c.bad);
}

/* ---- UTF-8 ---- */

static void utf8_is_read_strictly(void **state)
{
	static const struct {
		const char *name, *text;
		uint32_t first;
		size_t length;
		bool valid;
	} rows[] = {
		{ "ASCII", "a", 'a', 1, true },
		{ "two", "\xc3\xa4", 0xe4, 2, true },
		{ "three", "\xe2\x82\xac", 0x20ac, 3, true },
		{ "four", "\xf0\x9f\x90\xb6", 0x1f436, 4, true },
		{ "last", "\xf4\x8f\xbf\xbf", 0x10ffff, 4, true },
		{ "beyond the last", "\xf4\x90\x80\x80", TEXT_BAD | 0xf4, 1, false },
		{ "high surrogate", "\xed\xa0\x80", 0xd800, 3, false },
		{ "low surrogate", "\xed\xbf\xbf", 0xdfff, 3, false },
		{ "overlong two", "\xc0\xaf", TEXT_BAD | 0xc0, 1, false },
		{ "overlong three", "\xe0\x80\xaf", TEXT_BAD | 0xe0, 1, false },
		{ "overlong four", "\xf0\x80\x80\xaf", TEXT_BAD | 0xf0, 1, false },
		{ "five", "\xf8\x88\x80\x80\x80", TEXT_BAD | 0xf8, 1, false },
		{ "lone continuation", "\x80", TEXT_BAD | 0x80, 1, false },
		{ "cut", "\xe2\x82", TEXT_BAD | 0xe2, 1, false },
		{ "broken", "\xe2\x82z", TEXT_BAD | 0xe2, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct view v = test_view(rows[i].text);
		size_t all = v.n, at = 99;
		TEST_ROW(rows[i].name, text_next(&v) == rows[i].first);
		TEST_ROW(rows[i].name, all - v.n == rows[i].length);
		TEST_ROW(rows[i].name, text_valid(test_view(rows[i].text), &at) == rows[i].valid);
		TEST_ROW(rows[i].name, at == (rows[i].valid ? 99 : 0));
	}
	size_t at;
	assert_false(text_valid(test_view("ab\xff"), &at));
	assert_int_equal(at, 2);
	assert_true(text_valid(TEST_BYTES("a\0b"), NULL));
}

/* ---- UTF-16 ---- */

static void utf16_becomes_utf8(void **state)
{
	static const struct {
		const char *name;
		struct view in, out;
		size_t faults;
	} rows[] = {
		{ "empty", { NULL, 0 }, { NULL, 0 }, 0 },
#define VIEW(s) { (const uint8_t *)(s), sizeof(s) - 1 }
#define ROW(name, in, out, faults) { name, VIEW(in), VIEW(out), faults }
		ROW("ASCII", "a\0b\0c\0d\0e\0", "abcde", 0),
		ROW("NUL within", "a\0\0\0b\0", "a\0b", 0),
		ROW("latin", "a\0b\0c\0\xe4\0d\0", "abc\xc3\xa4""d", 0),
		ROW("a NUL low byte", "\0\x20x\0y\0z\0", "\xe2\x80\x80xyz", 0),
		ROW("euro", "\xac\x20", "\xe2\x82\xac", 0),
		ROW("a dog", "\x3d\xd8\x36\xdc", "\xf0\x9f\x90\xb6", 0),
		ROW("high alone", "\x3d\xd8" "a\0", "\xed\xa0\xbd" "a", 1),
		ROW("low alone", "\x36\xdc" "a\0", "\xed\xb0\xb6" "a", 1),
		ROW("high at the end", "a\0\x3d\xd8", "a\xed\xa0\xbd", 1),
		ROW("wrong way round", "\x36\xdc\x3d\xd8", "\xed\xb0\xb6\xed\xa0\xbd", 2),
		ROW("high, pair", "\x3d\xd8\x3d\xd8\x36\xdc", "\xed\xa0\xbd\xf0\x9f\x90\xb6", 1),
		ROW("odd byte", "a\0b", "a", 1),
		ROW("odd byte alone", "b", "", 1),
#undef ROW
#undef VIEW
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct buf b, back;
		buf_init(&b, 0);
		buf_init(&back, 0);
		TEST_ROW(rows[i].name, text_from_utf16(&b, rows[i].in) == rows[i].faults);
		test_view_is(rows[i].name, buf_data(&b), rows[i].out);
		text_to_utf16(&back, buf_data(&b));
		test_view_is(rows[i].name, buf_data(&back),
			     view_sub(rows[i].in, 0, rows[i].in.n & ~(size_t)1));
		buf_release(&b);
		buf_release(&back);
	}
}

/* Against text_put(), every code unit and every place where the inner room may end. */
static void utf16_is_the_same_in_any_position(void **state)
{
	(void)state;
	for (size_t lead = 1015; lead < 1030; lead++) {
		struct buf in, out, want;
		buf_init(&in, 0);
		buf_init(&out, 0);
		buf_init(&want, 0);
		for (size_t i = 0; i < lead; i++) {
			buf_u16(&in, 'x');
			buf_byte(&want, 'x');
		}
		for (uint32_t cp = 1; cp < 0x110000; cp += cp < 0x3000 ? 1 : 0xfff) {
			if (cp >= 0xd800 && cp <= 0xdfff)
				continue;
			struct buf one;
			buf_init(&one, 8);
			text_put(&one, cp);
			buf_view(&want, buf_data(&one));
			text_to_utf16(&in, buf_data(&one));
			buf_release(&one);
		}
		assert_int_equal(text_from_utf16(&out, buf_data(&in)), 0);
		test_view_is("long", buf_data(&out), buf_data(&want));
		buf_release(&in);
		buf_release(&out);
		buf_release(&want);
	}
}

static void utf16_heeds_the_cap(void **state)
{
	uint8_t in[4096];
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(in); i += 2) {
		in[i] = 'a';
		in[i + 1] = 0;
	}
	buf_init(&b, 2048);
	text_from_utf16(&b, (struct view){ in, sizeof(in) });
	assert_false(b.bad);
	assert_int_equal(b.n, 2048);
	buf_clear(&b);
	buf_byte(&b, 'x');
	text_from_utf16(&b, (struct view){ in, sizeof(in) });
	assert_true(b.bad);
	buf_release(&b);
}

static void what_is_no_character_is_replaced(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	text_put(&b, TEXT_BAD | 0xff);
	text_put(&b, 0x110000);
	test_view_is("put", buf_data(&b), test_view("\xef\xbf\xbd\xef\xbf\xbd"));
	buf_clear(&b);
	text_to_utf16(&b, test_view("\xff"));
	test_view_is("to UTF-16", buf_data(&b), test_view("\xfd\xff"));
	buf_release(&b);
}

/* ---- case ---- */

static void letters_fold(void **state)
{
	static const uint32_t rows[][2] = {
		{ 'A', 'a' },         { 'z', 'z' },         { '@', '@' },         { '[', '[' },
		{ 0x212a, 'k' },      { 0x17f, 's' },       { 0x212b, 0xe5 },     { 0xb5, 0x3bc },
		{ 0xdf, 0xdf },       { 0x1e9e, 0xdf },     { 0x130, 0x130 },     { 0x131, 0x131 },
		{ 0x178, 0xff },      { 0x100, 0x101 },     { 0x101, 0x101 },     { 0x12f, 0x12f },
		{ 0x3c2, 0x3c3 },     { 0x3a3, 0x3c3 },     { 0x410, 0x430 },
		{ 0x1f88, 0x1f80 },
		{ 0x13a0, 0x13a0 },   { 0xab70, 0x13a0 },   { 0x13f8, 0x13f0 },
		{ 0x1c90, 0x10d0 },
		{ 0xff21, 0xff41 },   { 0x10400, 0x10428 }, { 0x1e921, 0x1e943 },
		{ 0x1e922, 0x1e922 },
		{ 0x1fd3, 0x390 },    { 0xfb05, 0xfb06 },   { 0xd800, 0xd800 },
		{ 0x10ffff, 0x10ffff },
		{ 0xd7, 0xd7 },       { 0xd8, 0xf8 },       { TEXT_BAD | 'A', TEXT_BAD | 'A' },
		{ UINT32_MAX, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		assert_int_equal(text_fold(rows[i][0]), rows[i][1]);
	/* folding twice is folding once, and as many fold as the table of Unicode has */
	unsigned folded = 0;
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		assert_int_equal(text_fold(text_fold(cp)), text_fold(cp));
		folded += text_fold(cp) != cp;
	}
	assert_int_equal(folded, 1457);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_keep_the_first),
		cmocka_unit_test(errors_are_one_whole_line),
		cmocka_unit_test(views_compare),
		cmocka_unit_test(views_compare_without_case),
		cmocka_unit_test(views_are_cut),
		cmocka_unit_test(cursor_is_sticky),
		cmocka_unit_test(cursor_meets_the_end),
		cmocka_unit_test(utf8_is_read_strictly),
		cmocka_unit_test(utf16_becomes_utf8),
		cmocka_unit_test(utf16_is_the_same_in_any_position),
		cmocka_unit_test(utf16_heeds_the_cap),
		cmocka_unit_test(what_is_no_character_is_replaced),
		cmocka_unit_test(letters_fold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
