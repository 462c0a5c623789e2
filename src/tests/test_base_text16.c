/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-16 to escaped UTF-8: what each form writes, and that all instructions write the same. */
#include "testing.h"

#define RAW(s) {(const uint8_t *)(s), sizeof(s) - 1}
#define MARK "\xef\xbf\xbd" /* U+FFFD */

static const char *const kinds[] = {"C", "SSE2", "AVX2"};

static const struct row {
	const char *name;
	struct view utf16;
	const char *json, *xml, *attribute;
	size_t odd_json, odd_xml;
} rows[] = {
	{"empty", {0}, "", "", "", 0, 0},
	{"ASCII", RAW("a\0z\0~\0"), "az~", "az~", "az~", 0, 0},
	{"quotes", RAW("\"\0'\0"), "\\\"'", "\"'", "&quot;'", 0, 0},
	{"backslash", RAW("\\\0n\0"), "\\\\n", "\\n", "\\n", 0, 0},
	{"markup", RAW("<\0&\0>\0]\0]\0>\0"), "<&>]]>", "&lt;&amp;&gt;]]&gt;",
	 "&lt;&amp;&gt;]]&gt;", 0, 0},
	{"white space", RAW("\t\0\n\0\r\0 \0"), "\\t\\n\\r ", "\t&#10;&#13; ",
	 "&#9;&#10;&#13; ", 0, 0},
	{"controls", RAW("\0\0\1\0\x1f\0\x7f\0\b\0\f\0"), "\\u0000\\u0001\\u001f\\u007f\\b\\f",
	 MARK "{0000}" MARK "{0001}" MARK "{001F}\x7f" MARK "{0008}" MARK "{000C}",
	 MARK "{0000}" MARK "{0001}" MARK "{001F}\x7f" MARK "{0008}" MARK "{000C}", 0, 5},
	{"two and three bytes", RAW("\xa0\0\xff\x07\0\x08\xfc\xff"),
	 "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbc", "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbc",
	 "\xc2\xa0\xdf\xbf\xe0\xa0\x80\xef\xbf\xbc", 0, 0},
	{"what a terminal obeys", RAW("\x80\0\x9b\0\x9f\0\x28\x20\x2e\x20\x69\x20\x1c\x06"),
	 "\\u0080\\u009B\\u009F\\u2028\\u202E\\u2069\\u061C",
	 "&#x0080;&#x009B;&#x009F;&#x2028;&#x202E;&#x2069;&#x061C;",
	 "&#x0080;&#x009B;&#x009F;&#x2028;&#x202E;&#x2069;&#x061C;", 0, 0},
	{"a pair", RAW("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80",
	 "\xf0\x9f\x98\x80", 0, 0},
	{"lone surrogates", RAW("\x3d\xd8\x61\0\x00\xde\x3d\xd8"), "\\uD83Da\\uDE00\\uD83D",
	 MARK "{D83D}a" MARK "{DE00}" MARK "{D83D}", MARK "{D83D}a" MARK "{DE00}" MARK "{D83D}", 3,
	 3},
	{"the mark itself", RAW("\xfd\xff{\0"), MARK "{", MARK "{FFFD}{", MARK "{FFFD}{", 0, 1},
	{"no characters", RAW("\xfe\xff\xff\xff"), "\xef\xbf\xbe\xef\xbf\xbf",
	 MARK "{FFFE}" MARK "{FFFF}", MARK "{FFFE}" MARK "{FFFF}", 0, 2},
	{"half a unit", RAW("a\0b"), "a", "a", "a", 1, 1},
};

static void writes(const char *name, enum text16_kind kind, struct view v, enum text_form f,
		   const char *want, size_t odd)
{
	struct text16 t;
	struct buf b;

	buf_init(&b, 0);
	text16_init(&t, kind, f);
	TEST_ROW(name, text16_write(&t, &b, v, v.p + v.n) == odd);
	test_view_is(name, buf_data(&b), view_str(want));
	buf_release(&b);
}

static void forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		for (int kind = TEXT16_C; kind <= TEXT16_AVX2; kind++) {
			const struct row *r = &rows[i];

			if (!text16_can((enum text16_kind)kind))
				continue;
			writes(r->name, (enum text16_kind)kind, r->utf16, TEXT_JSON, r->json,
			       r->odd_json);
			writes(r->name, (enum text16_kind)kind, r->utf16, TEXT_XML, r->xml,
			       r->odd_xml);
			writes(r->name, (enum text16_kind)kind, r->utf16, TEXT_XML_ATTRIBUTE,
			       r->attribute, r->odd_xml);
		}
}

/* The same bytes, the same count; and what UTF-8 in between gives. */
static void agree(struct view v, const uint8_t *end)
{
	struct buf c, other, utf8;
	struct text16 t;

	buf_init(&c, 0);
	buf_init(&other, 0);
	buf_init(&utf8, 0);
	text_from_utf16(&utf8, v);
	for (int f = TEXT_JSON; f <= TEXT_XML_ATTRIBUTE; f++) {
		size_t odd;

		buf_clear(&c);
		text16_init(&t, TEXT16_C, (enum text_form)f);
		odd = text16_write(&t, &c, v, v.p + v.n);
		for (int kind = TEXT16_SSE2; kind <= TEXT16_AVX2; kind++) {
			if (!text16_can((enum text16_kind)kind))
				continue;
			buf_clear(&other);
			text16_init(&t, (enum text16_kind)kind, (enum text_form)f);
			assert_int_equal(odd, text16_write(&t, &other, v, end));
			test_view_is(kinds[kind], buf_data(&other), buf_data(&c));
		}
		buf_clear(&other);
		assert_int_equal(odd, text8_write(&other, buf_data(&utf8), (enum text_form)f) +
					      (v.n & 1));
		test_view_is("by way of UTF-8", buf_data(&other), buf_data(&c));
	}
	buf_release(&c);
	buf_release(&other);
	buf_release(&utf8);
}

static uint32_t random32(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 32);
}

/* Every length up to a few blocks, with what is special anywhere in it. */
static void same(void **state)
{
	static const uint16_t special[] = {0,      9,      10,     13,     0x1f,   '"',   '&',
					   '<',    '>',    '\\',   0x7f,   0x80,   0xff,  0x100,
					   0x7fff, 0x8000, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfffd,
					   0xfffe, 0xffff};
	uint8_t bytes[2 * 700 + 128];
	uint64_t seed = 1;

	(void)state;
	for (size_t units = 0; units < 700; units++)
		for (unsigned round = 0; round < 6; round++) {
			memset(bytes, 0xa5, sizeof(bytes));
			for (size_t i = 0; i < units; i++) {
				uint32_t r = random32(&seed);
				uint16_t u = (uint16_t)(' ' + r % 95);

				if (round && r >> 8 & 1 && !(r >> 16 & ((4u << 2 * round) - 1)))
					u = special[r % TEST_COUNT(special)];
				if (round == 5)
					u = (uint16_t)r;
				memcpy(bytes + 2 * i, &u, 2);
			}
			/* with and without bytes behind that may be loaded */
			agree((struct view){bytes, 2 * units}, bytes + 2 * units);
			agree((struct view){bytes, 2 * units}, bytes + sizeof(bytes));
			agree((struct view){bytes, 2 * units + 1}, bytes + 2 * units + 1);
		}
}

/* Nothing beyond `end` is touched: the text ends where its memory does. */
static void within_bounds(void **state)
{
	(void)state;
	for (size_t units = 1; units < 80; units++) {
		uint8_t *p = malloc(2 * units);

		assert_non_null(p);
		for (size_t i = 0; i < units; i++) {
			p[2 * i] = 'a';
			p[2 * i + 1] = 0;
		}
		agree((struct view){p, 2 * units}, p + 2 * units);
		free(p);
	}
}

static bool starved(void *ctx)
{
	const struct view *v = ctx;
	struct text16 t;
	struct buf b;
	bool ok;

	buf_init(&b, 0);
	text16_init(&t, text16_best(), TEXT_JSON);
	text16_write(&t, &b, *v, v->p + v->n);
	ok = !b.bad;
	buf_release(&b);
	return ok;
}

static void without_memory(void **state)
{
	static uint8_t bytes[20000];
	struct view v = {bytes, sizeof(bytes)};

	(void)state;
	memset(bytes, ' ', sizeof(bytes));
	assert_true(test_starve(starved, &v) > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(same),
		cmocka_unit_test(within_bounds),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("text16", tests, NULL, NULL);
}
