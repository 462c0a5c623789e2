/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that lie in pieces within others. */
#include "testing.h"

#include "evtxhound/source.h"

#define NOWHERE EXTENT_ZERO
#define MAX 4

struct row {
	const char *name;
	struct extent v[MAX];
	size_t n;
	uint64_t size;
	bool sound;
	const char *text; /* what is read through them of "0123456789abcdef"; '.' is a zero */
};
static const struct row rows[] = {
	{ "none", { { 0 } }, 0, 0, true, "" },
	{ "all", { { 0, 0, 16 } }, 1, 16, true, "0123456789abcdef" },
	{ "two, turned round", { { 0, 8, 8 }, { 8, 0, 8 } }, 2, 16, true, "89abcdef01234567" },
	{ "a hole", { { 0, 1, 2 }, { 2, NOWHERE, 3 }, { 5, 4, 1 } }, 3, 6, true, "12...4" },
	{ "beyond the end", { { 0, 14, 4 }, { 4, 0, 2 } }, 2, 6, true, "ef" },
	{ "a gap", { { 0, 0, 2 }, { 3, 4, 2 } }, 2, 5, false, NULL },
	{ "an overlap", { { 0, 0, 4 }, { 2, 4, 2 } }, 2, 4, false, NULL },
	{ "an empty one", { { 0, 0, 0 } }, 1, 0, false, NULL },
	{ "another size", { { 0, 0, 4 } }, 1, 5, false, NULL },
	{ "too far", { { 0, INT64_MAX, 1 } }, 1, 1, false, NULL },
	{ "too long", { { 0, 0, (uint64_t)INT64_MAX + 1 } }, 1, (uint64_t)INT64_MAX + 1, false, NULL },
};

/* In steps of that many bytes. */
static void read_as(const struct row *r, size_t step)
{
	const struct view bytes = TEST_BYTES("0123456789abcdef");
	const struct reader base = reader_of_memory(&bytes);
	const struct mapped m = { &base, { r->v, r->n } };
	const struct reader through = reader_of_extents(&m);
	char text[64] = "";

	TEST_ROW(r->name, through.size == r->size);
	for (size_t at = 0; at < r->size; at += step) {
		int64_t n = reader_read(&through, at, text + at, step);
		TEST_ROW(r->name, n >= 0);
		for (int64_t i = 0; i < n; i++)
			text[at + (size_t)i] = text[at + (size_t)i] ? text[at + (size_t)i] : '.';
		if ((size_t)n < step)
			break;
	}
	TEST_ROW(r->name, strcmp(text, r->text) == 0);
}

static void test_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const struct extents x = { rows[i].v, rows[i].n };
		TEST_ROW(rows[i].name, extents_are_sound(&x, rows[i].size) == rows[i].sound);
		if (!rows[i].sound)
			continue;
		read_as(&rows[i], 1);
		read_as(&rows[i], 5);
		read_as(&rows[i], 32);
	}
}

static void test_places(void **state)
{
	const struct extent v[] = { { 0, 100, 10 }, { 10, NOWHERE, 5 }, { 15, 50, 5 } };
	const struct extents x = { v, 3 };

	(void)state;
	assert_int_equal(extents_at(&x, 0), 100);
	assert_int_equal(extents_at(&x, 9), 109);
	assert_true(extents_at(&x, 10) == NOWHERE);
	assert_int_equal(extents_at(&x, 15), 50);
	assert_true(extents_at(&x, 20) == NOWHERE);
}

static void compose_is(const char *name, struct extents inner, struct extents outer, struct extents want)
{
	struct extent *out;
	int64_t n = extents_compose(&inner, &outer, &out);

	TEST_ROW(name, n == (int64_t)want.n);
	for (size_t i = 0; i < want.n; i++)
		TEST_ROW(name, out[i].from == want.v[i].from && out[i].at == want.v[i].at &&
				       out[i].n == want.v[i].n);
	mem_free(out);
}

#define OF(...) ((struct extents){ (const struct extent[]){ __VA_ARGS__ }, sizeof((const struct extent[]){ __VA_ARGS__ }) / sizeof(struct extent) })

static void test_composing(void **state)
{
	(void)state;
	compose_is("within one", OF({ 0, 5, 10 }), OF({ 0, 1000, 100 }), OF({ 0, 1005, 10 }));
	compose_is("over an edge", OF({ 0, 95, 10 }), OF({ 0, 1000, 100 }, { 100, 0, 100 }),
		   OF({ 0, 1095, 5 }, { 5, 0, 5 }));
	compose_is("neighbours are one", OF({ 0, 0, 4 }, { 4, 4, 4 }), OF({ 0, 10, 20 }), OF({ 0, 10, 8 }));
	compose_is("a hole outside", OF({ 0, 2, 4 }), OF({ 0, 10, 4 }, { 4, NOWHERE, 4 }),
		   OF({ 0, 12, 2 }, { 2, NOWHERE, 2 }));
	compose_is("a hole inside", OF({ 0, NOWHERE, 4 }, { 4, 0, 1 }), OF({ 0, 10, 4 }),
		   OF({ 0, NOWHERE, 4 }, { 4, 10, 1 }));
	compose_is("beyond", OF({ 0, 2, 4 }), OF({ 0, 10, 4 }), OF({ 0, 12, 2 }, { 2, NOWHERE, 2 }));
}

static void test_telling(void **state)
{
	const struct extent v[] = { { 0, 7, 3 }, { 3, NOWHERE, 2 } };
	const struct extents x = { v, 2 };
	struct extents back;
	struct arena a;
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	arena_init(&a, 1 << 20);
	extents_write(&b, &x);
	struct cursor c = cursor_of(buf_data(&b));
	assert_int_equal(extents_read(&c, &a, &back), 0);
	assert_false(c.bad);
	assert_int_equal(back.n, 2);
	assert_memory_equal(back.v, v, sizeof(v));
	c = cursor_of(view_sub(buf_data(&b), 0, b.n - 1));
	assert_int_equal(extents_read(&c, &a, &back), 0);
	assert_true(c.bad);
	assert_int_equal(back.n, 0);
	arena_release(&a);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_composing),
		cmocka_unit_test(test_telling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
