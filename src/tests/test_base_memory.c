/* SPDX-License-Identifier: Apache-2.0 */
/* Arena, buffers, tables, hashes; all of them starved of memory too. */
#include "testing.h"

static void arena_is_zeroed_aligned_and_capped(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 64 * 1024);
	for (size_t n = 0; n < 100; n++) {
		uint8_t *p = arena_alloc(&a, n);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_null(arena_alloc(&a, 64 * 1024));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 7));
	assert_null(arena_alloc(&a, PTRDIFF_MAX));
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	assert_true(a.used <= a.max);
	arena_reset(&a);
	uint8_t *p = arena_alloc(&a, 32);
	assert_non_null(p);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(p[i], 0);
	arena_release(&a);
	arena_release(&a);
}

static void arena_gives_all_of_its_cap(void **state)
{
	struct arena a;
	size_t n = 0;

	(void)state;
	arena_init(&a, 100000);
	while (arena_alloc(&a, 16))
		n++;
	assert_int_equal(n, 100000 / 16);
	arena_release(&a);
	arena_init(&a, 0);
	assert_null(arena_alloc(&a, 1));
	arena_release(&a);
}

static void arena_reset_keeps_one_block(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 16 << 20);
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 10000; i++)
			assert_non_null(arena_alloc(&a, 64));
		assert_non_null(arena_alloc(&a, 2 << 20));
		assert_int_equal(a.used, 640000 + (2 << 20));
		arena_reset(&a);
		assert_int_equal(a.used, 0);
	}
	/* with the block that was kept no allocation is needed */
	mem_fail_at(1);
	assert_non_null(arena_alloc(&a, 2 << 20));
	mem_fail_at(0);
	arena_release(&a);
	assert_int_equal(a.used, 0);
}

/* What is granted after a reset is what was granted before it. */
static void arena_forgets_its_past(void **state)
{
	static const size_t pasts[] = { 0, 16, 5000, 60000, 90000 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(pasts); i++) {
		struct arena a;
		arena_init(&a, 100000);
		assert_non_null(arena_alloc(&a, pasts[i]));
		arena_reset(&a);
		assert_non_null(arena_alloc(&a, 99984));
		assert_non_null(arena_alloc(&a, 16));
		assert_null(arena_alloc(&a, 1));
		arena_release(&a);
	}
}

static void arena_keeps_text(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 4096);
	struct view v = arena_keep(&a, TEST_BYTES("a\0b"));
	test_view_is("kept", v, TEST_BYTES("a\0b"));
	v = arena_keep(&a, (struct view){ NULL, 0 });
	assert_non_null(v.p);
	assert_int_equal(v.n, 0);
	assert_string_equal(arena_str(&a, test_view("abc")), "abc");
	assert_null(arena_keep(&a, (struct view){ (const uint8_t *)"", 8192 }).p);
	arena_release(&a);
}

static void buf_grows_and_is_capped(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (int i = 0; i < 1000; i++)
		buf_byte(&b, 'x');
	assert_false(b.bad);
	assert_int_equal(buf_data(&b).n, 1000);
	buf_byte(&b, 'y');
	assert_true(b.bad);
	assert_int_equal(b.n, 1000);
	buf_clear(&b);
	assert_false(b.bad);
	buf_fmt(&b, "%d-%s", 7, "abc");
	buf_str(&b, NULL);
	buf_add(&b, NULL, 0);
	test_view_is("formatted", buf_data(&b), test_view("7-abc"));
	buf_fmt(&b, "%0500d", 1);
	assert_int_equal(b.n, 505);
	buf_fmt(&b, "%0496d", 1);
	assert_true(b.bad);
	assert_int_equal(b.n, 505);
	buf_release(&b);
	buf_init(&b, 0);
	buf_fmt(&b, "%0400d", 1);
	b.max = 401;
	buf_byte(&b, 'x');
	assert_false(b.bad);
	buf_byte(&b, 'y');
	assert_true(b.bad && b.n == 401 && b.cap > 401);
	b.max = 0;
	b.bad = false;
	buf_add(&b, "x", SIZE_MAX);
	assert_true(b.bad);
	assert_int_equal(b.n, 401);
	buf_release(&b);
}

static void buf_writes_digits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_decimal(&b, 0);
	buf_byte(&b, ' ');
	buf_decimal(&b, 1090);
	buf_byte(&b, ' ');
	buf_decimal(&b, UINT64_MAX);
	test_view_is("digits", buf_data(&b), test_view("0 1090 18446744073709551615"));
	buf_release(&b);
}

static void buf_writes_what_cursors_read(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	buf_u16(&b, 0x1234);
	buf_u32(&b, 0x89abcdef);
	buf_u64(&b, 0xfedcba9876543210);
	buf_blob(&b, test_view("blob"));
	buf_blob(&b, (struct view){ NULL, 0 });
	struct cursor c = cursor_of(buf_data(&b));
	assert_int_equal(cursor_u16(&c), 0x1234);
	assert_int_equal(cursor_u32(&c), 0x89abcdef);
	assert_true(cursor_u64(&c) == 0xfedcba9876543210);
	test_view_is("blob", cursor_blob(&c), test_view("blob"));
	assert_int_equal(cursor_blob(&c).n, 0);
	assert_false(c.bad);
	assert_int_equal(cursor_left(&c), 0);
	buf_blob(&b, (struct view){ b.p, (size_t)UINT32_MAX + 1 });
	assert_true(b.bad);
	buf_release(&b);
}

static void strtab_numbers_texts(void **state)
{
	struct strtab t;
	char name[16];

	(void)state;
	strtab_init(&t, false, 1 << 20);
	assert_int_equal(strtab_find(&t, test_view("x")), STRTAB_NONE);
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		assert_int_equal(strtab_add(&t, test_view(name)), i);
		assert_int_equal(strtab_add(&t, test_view(name)), i);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "name%u", i);
		assert_int_equal(strtab_find(&t, test_view(name)), i);
		test_view_is(name, strtab_text(&t, i), test_view(name));
	}
	assert_int_equal(strtab_find(&t, test_view("Name1")), STRTAB_NONE);
	assert_int_equal(strtab_add(&t, test_view("")), 5000);
	assert_int_equal(strtab_find(&t, (struct view){ NULL, 0 }), 5000);
	assert_int_equal(strtab_text(&t, 77777).n, 0);
	strtab_release(&t);
}

static void strtab_ignores_case_and_is_capped(void **state)
{
	struct strtab t;
	uint32_t n = 0;
	char name[16];

	(void)state;
	strtab_init(&t, true, 8192);
	assert_int_equal(strtab_add(&t, test_view("Kelvin")), 0);
	assert_int_equal(strtab_add(&t, test_view("\xe2\x84\xaa""ELVIN")), 0);
	assert_int_equal(strtab_find(&t, test_view("kelvin")), 0);
	test_view_is("first spelling", strtab_text(&t, 0), test_view("Kelvin"));
	do {
		snprintf(name, sizeof(name), "%u", ++n);
	} while (strtab_add(&t, test_view(name)) != STRTAB_NONE);
	assert_int_equal(n, 8192 / 16);
	assert_int_equal(strtab_find(&t, test_view("100")), 100);
	assert_int_equal(strtab_find(&t, test_view(name)), STRTAB_NONE);
	strtab_release(&t);
}

static void map_keeps_pairs(void **state)
{
	struct map m;
	uint64_t v = 5;

	(void)state;
	map_init(&m);
	assert_false(map_get(&m, 0, &v));
	assert_true(map_put(&m, 0, 1));
	assert_true(map_get(&m, 0, NULL));
	for (uint64_t i = 0; i < 10000; i++)
		assert_true(map_put(&m, i << 40, i * 3));
	assert_int_equal(m.n, 10000);
	assert_true(map_put(&m, UINT64_MAX, 9));
	assert_true(map_put(&m, UINT64_MAX, 10));
	for (uint64_t i = 0; i < 10000; i++) {
		assert_true(map_get(&m, i << 40, &v));
		assert_int_equal(v, i * 3);
	}
	assert_true(map_get(&m, UINT64_MAX, &v));
	assert_int_equal(v, 10);
	assert_false(map_get(&m, 12345, &v));
	map_release(&m);
}

/* The values are fixed: what is written by one machine may be looked up by another. */
static void hashes_are_the_same_everywhere(void **state)
{
	(void)state;
	assert_true(hash_bytes(0, "evtxhound", 9) == hash_view(0, test_view("evtxhound")));
	assert_true(hash_bytes(0, "evtxhound", 9) != hash_bytes(1, "evtxhound", 9));
	assert_true(hash_bytes(0, "a", 1) != hash_bytes(0, "a\0", 2));
	assert_true(hash_bytes(0, NULL, 0) == hash_bytes(0, "", 0));
	assert_true(hash_nocase(3, test_view("\xe2\x84\xaa\xc3\x84")) ==
		    hash_nocase(3, test_view("k\xc3\xa4")));
	assert_true(hash_nocase(3, test_view("kA")) != hash_nocase(3, test_view("ak")));
	assert_true(hash_nocase(0, test_view("\xff")) != hash_nocase(0, test_view("\xfe")));
}

/* ---- starved ---- */

static bool use_everything(void *ctx)
{
	struct arena a;
	struct buf b;
	struct strtab t;
	struct map m;
	bool ok = true;

	(void)ctx;
	arena_init(&a, 1 << 20);
	buf_init(&b, 0);
	strtab_init(&t, true, 1 << 20);
	map_init(&m);
	for (unsigned i = 0; i < 300; i++) {
		char name[16];
		snprintf(name, sizeof(name), "n%u", i);
		ok = arena_str(&a, test_view(name)) && ok;
		ok = strtab_add(&t, test_view(name)) != STRTAB_NONE && ok;
		ok = map_put(&m, i, i) && ok;
		buf_fmt(&b, "%200u", i);
		assert_true(t.n <= i + 1 && m.n <= i + 1);
	}
	char *s = mem_str(test_view("x"));
	ok = ok && s && !b.bad;
	mem_free(s);
	/* what got in is still found */
	for (uint32_t i = 0; i < t.n; i++)
		assert_int_equal(strtab_find(&t, strtab_text(&t, i)), i);
	map_release(&m);
	strtab_release(&t);
	buf_release(&b);
	arena_release(&a);
	return ok;
}

static void nothing_breaks_without_memory(void **state)
{
	(void)state;
	assert_true(test_starve(use_everything, NULL) > 20);
}

static void absurd_sizes_are_refused(void **state)
{
	(void)state;
	assert_null(mem_alloc(SIZE_MAX));
	assert_null(mem_grow(NULL, SIZE_MAX));
	assert_null(mem_str((struct view){ (const uint8_t *)"", SIZE_MAX }));
	void *p = mem_alloc(0);
	assert_non_null(p);
	p = mem_grow(p, 0);
	assert_non_null(p);
	mem_free(p);
	mem_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_is_zeroed_aligned_and_capped),
		cmocka_unit_test(arena_gives_all_of_its_cap),
		cmocka_unit_test(arena_reset_keeps_one_block),
		cmocka_unit_test(arena_forgets_its_past),
		cmocka_unit_test(arena_keeps_text),
		cmocka_unit_test(buf_grows_and_is_capped),
		cmocka_unit_test(buf_writes_digits),
		cmocka_unit_test(buf_writes_what_cursors_read),
		cmocka_unit_test(strtab_numbers_texts),
		cmocka_unit_test(strtab_ignores_case_and_is_capped),
		cmocka_unit_test(map_keeps_pairs),
		cmocka_unit_test(hashes_are_the_same_everywhere),
		cmocka_unit_test(nothing_breaks_without_memory),
		cmocka_unit_test(absurd_sizes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
