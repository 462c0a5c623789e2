/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "evtxhound/yaml.h"

/* The tree as one line: text plain, 'quoted', [items], {key:value}; documents behind "---". */
static void render(struct buf *b, const struct yaml_node *n)
{
	const char *quote = n->style == YAML_PLAIN ? "" : "'";

	switch (n->kind) {
	case YAML_SCALAR:
		buf_str(b, quote);
		buf_view(b, n->text);
		buf_str(b, quote);
		break;
	case YAML_SEQUENCE:
		buf_str(b, "[");
		for (size_t i = 0; i < n->n; i++) {
			buf_str(b, i ? " " : "");
			render(b, n->items[i]);
		}
		buf_str(b, "]");
		break;
	case YAML_MAPPING:
		buf_str(b, "{");
		for (size_t i = 0; i < n->n; i++) {
			buf_str(b, i ? " " : "");
			render(b, n->pairs[i].key);
			buf_str(b, ":");
			render(b, n->pairs[i].value);
		}
		buf_str(b, "}");
		break;
	}
}

static const struct row {
	const char *name, *text, *tree, *fault; /* fault: "line:column part of the message" */
} rows[] = {
	{"nothing", "", "", ""},
	{"scalar", "a", "a", ""},
	{"mapping", "a: 1\nb: 'x'\nc: [1, \"two\"]\n", "{a:1 b:'x' c:[1 'two']}", ""},
	{"nested", "a:\n  - b: c\n    d:\n  - e\n", "{a:[{b:c d:} e]}", ""},
	{"blocks", "a: |\n  x\n  y\nb: >\n  x\n  y\n", "{a:'x\ny\n' b:'x y\n'}", ""},
	{"two documents", "a: 1\n---\nb: 2\n", "{a:1}---{b:2}", ""},
	{"escapes", "a: \"\\u00e9\\x41\"\n", "{a:'\xc3\xa9" "A'}", ""},
	{"many quotes", "a: 'x y'\n", "{a:'x y'}", ""},
	{"alias", "a: &x [1, 2]\nb: *x\n", "{a:[1 2] b:[1 2]}", ""},
	{"anchor anew", "a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "{a:1 b:1 c:2 d:2}", ""},
	{"byte order mark", "\xef\xbb\xbf" "a: 1\n", "{a:1}", ""},
	{"colons in text", "a: C:\\Windows\\x.exe /q http://h/x\n",
	 "{a:C:\\Windows\\x.exe /q http://h/x}", ""},
	{"alias unknown", "a: 1\nb: *x\n", "", "2:4 no anchor"},
	{"alias of the other document", "a: &x 1\n---\nb: *x\n", "{a:1}", "3:4 no anchor"},
	{"alias in itself", "a: &x\n  - *x\n", "", "2:5 within the node"},
	{"duplicate key", "a: 1\nb: 2\na: 3\n", "{a:1 b:2 a:3}", "3:1 \"a\" stands here"},
	{"duplicate key below", "a:\n  b: 1\n  b: 2\n", "{a:{b:1 b:2}}", "3:3 \"b\" stands here"},
	{"key no scalar", "? [a]\n: b\n", "", "1:3 key must be"},
	{"no UTF-8", "a: 1\nb: \xff\n", "", "2:4 UTF-8"},
	{"surrogate", "a: \xed\xa0\x80\n", "", "1:4 UTF-8"},
	{"syntax", "a: [1, 2\nb: 3\n", "", "3:1 flow sequence"},
	{"tab", "a:\n\tb: 1\n", "", "2:1"},
	{"stray quote", "a: 'x\n", "", "1:5"},
};

static void compare(const struct row *r, const struct yaml *y)
{
	struct buf b;
	char got[400] = "";
	size_t at = 0;

	buf_init(&b, 0);
	for (size_t i = 0; i < y->n_documents; i++) {
		buf_str(&b, i ? "---" : "");
		render(&b, y->documents[i]);
	}
	if (b.n != strlen(r->tree) || (b.n && memcmp(b.p, r->tree, b.n)))
		fail_msg("%s: %.*s", r->name, (int)b.n, (char *)b.p);
	buf_release(&b);
	if (y->n_faults)
		snprintf(got, sizeof(got), "%u:%u %.*s", y->faults[0].line, y->faults[0].column,
			 (int)y->faults[0].message.n, (const char *)y->faults[0].message.p);
	at = strcspn(r->fault, " ");
	if (!*r->fault != !*got || strncmp(got, r->fault, at) ||
	    (r->fault[at] && !strstr(got, r->fault + at + 1)))
		fail_msg("%s: fault '%s'", r->name, got);
}

static void reads_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a;
		struct yaml y;

		arena_init(&a, 1 << 20);
		assert_int_equal(yaml_read(&y, view_str(rows[i].text), &a, NULL), 0);
		compare(&rows[i], &y);
		arena_release(&a);
	}
}

static void refuses_nul(void **state)
{
	struct arena a;
	struct yaml y;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(yaml_read(&y, (struct view){(const uint8_t *)"a: \0b\n", 6}, &a, NULL), 0);
	assert_int_equal(y.n_documents, 0);
	assert_int_equal(y.n_faults, 1);
	assert_int_equal(y.faults[0].column, 4);
	arena_release(&a);
}

static void says_where(void **state)
{
	struct arena a;
	struct yaml y;
	const struct yaml_node *b;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(yaml_read(&y, view_str("\xc3\xa9: 1\na:\n  b: !!str 2\n"), &a, NULL), 0);
	b = yaml_get(yaml_get(y.documents[0], "a"), "b");
	assert_non_null(b);
	assert_int_equal(b->line, 3);
	assert_int_equal(b->column, 12);
	assert_true(view_eq_str(b->tag, "tag:yaml.org,2002:str"));
	assert_int_equal(y.documents[0]->pairs[0].value->column, 4);
	assert_null(yaml_get(b, "x"));
	arena_release(&a);
}

static const struct {
	const char *text;
	bool null, is_bool, boolean, is_int;
	int64_t number;
} scalars[] = {
	{"", true, false, false, false, 0},
	{"~", true, false, false, false, 0},
	{"null", true, false, false, false, 0},
	{"'null'", false, false, false, false, 0},
	{"true", false, true, true, false, 0},
	{"False", false, true, false, false, 0},
	{"yes", false, false, false, false, 0},
	{"\"true\"", false, false, false, false, 0},
	{"0", false, false, false, true, 0},
	{"-12", false, false, false, true, -12},
	{"+5", false, false, false, true, 5},
	{"0x1F", false, false, false, true, 31},
	{"0o17", false, false, false, true, 15},
	{"-", false, false, false, false, 0},
	{"1.5", false, false, false, false, 0},
	{"'1'", false, false, false, false, 0},
	{"!!str 1", false, false, false, false, 0},
	{"9223372036854775807", false, false, false, true, INT64_MAX},
	{"-9223372036854775808", false, false, false, true, INT64_MIN},
	{"9223372036854775808", false, false, false, false, 0},
};

static void knows_scalars(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scalars) / sizeof(*scalars); i++) {
		struct arena a;
		struct yaml y;
		char text[64];
		const struct yaml_node *n;
		bool boolean = false;
		int64_t number = 0;

		snprintf(text, sizeof(text), "- %s\n", scalars[i].text);
		arena_init(&a, 1 << 20);
		assert_int_equal(yaml_read(&y, view_str(text), &a, NULL), 0);
		n = y.documents[0]->items[0];
		assert_int_equal(yaml_is_null(n), scalars[i].null);
		assert_int_equal(yaml_bool(n, &boolean), scalars[i].is_bool);
		assert_int_equal(yaml_int(n, &number), scalars[i].is_int);
		if (scalars[i].is_int && number != scalars[i].number)
			fail_msg("%s: %lld", scalars[i].text, (long long)number);
		if (scalars[i].is_bool)
			assert_int_equal(boolean, scalars[i].boolean);
		arena_release(&a);
	}
}

/* Texts made to blow up: each must come back soon, with a fault. */
static void holds_its_bounds(void **state)
{
	struct buf b[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		buf_init(&b[i], 0);
	for (int i = 0; i < 1000; i++)
		buf_str(&b[0], "[");
	for (int i = 0; i < 2000; i++)
		buf_fmt(&b[1], "k%d: &a%d 1\n", i, i);
	buf_str(&b[2], "a0: &a0 [1,1,1,1,1,1,1,1,1]\n");
	for (int i = 1; i < 30; i++)
		buf_fmt(&b[2], "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1,
			i - 1, i - 1, i - 1, i - 1);
	buf_str(&b[3], "a0: &a0 [1]\n");
	for (int i = 1; i < 100; i++)
		buf_fmt(&b[3], "a%d: &a%d [*a%d]\n", i, i, i - 1);
	for (size_t i = 0; i < 4; i++) {
		struct arena a;
		struct yaml y;

		arena_init(&a, 64 << 20);
		assert_int_equal(yaml_read(&y, buf_data(&b[i]), &a, NULL), 0);
		assert_int_equal(y.n_faults, 1);
		arena_release(&a);
		buf_release(&b[i]);
	}
}

static void many_keys_are_quick(void **state)
{
	struct arena a;
	struct yaml y;
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	for (int i = 0; i < 100000; i++)
		buf_fmt(&b, "k%d: 1\n", i);
	buf_str(&b, "k77: 1\n");
	arena_init(&a, 256 << 20);
	assert_int_equal(yaml_read(&y, buf_data(&b), &a, NULL), 0);
	assert_int_equal(y.n_faults, 1);
	assert_int_equal(y.faults[0].line, 100001);
	arena_release(&a);
	buf_release(&b);
}

static void survives_lack_of_memory(void **state)
{
	static const char text[] = "a: &x [1, {b: c}]\nd: *x\nd: 2\ne: *none\n";
	bool failed = true;

	(void)state;
	for (uint64_t n = 1; failed && n < 1000; n++) {
		struct arena a;
		struct yaml y;
		struct err e = {0};

		arena_init(&a, 4096 + n * 64);
		mem_fail_at(n);
		failed = yaml_read(&y, view_str(text), &a, &e) != 0;
		mem_fail_at(0);
		if (failed)
			assert_int_equal(e.code, ERR_NOMEM);
		arena_release(&a);
	}
	assert_false(failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_texts),
		cmocka_unit_test(refuses_nul),
		cmocka_unit_test(says_where),
		cmocka_unit_test(knows_scalars),
		cmocka_unit_test(holds_its_bounds),
		cmocka_unit_test(many_keys_are_quick),
		cmocka_unit_test(survives_lack_of_memory),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
