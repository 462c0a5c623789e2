/* SPDX-License-Identifier: Apache-2.0 */
/* The external sort, with memory for a few pairs only. */
#include "report_case.h"

#include "evtxhound/report.h"

struct pairs {
	struct view key[600], payload[600];
	char text[600][2][40];
	size_t n;
};

/* The same on every machine. */
static uint32_t dice(uint32_t *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 8;
}

static void pairs_make(struct pairs *p, size_t n, uint32_t seed, unsigned distinct)
{
	p->n = n;
	for (size_t i = 0; i < n; i++) {
		snprintf(p->text[i][0], 40, "key %08u", dice(&seed) % distinct);
		snprintf(p->text[i][1], 40, "%.*s", (int)(dice(&seed) % 30),
			 "payload payload payload payload");
		p->key[i] = view_str(p->text[i][0]);
		p->payload[i] = view_str(p->text[i][1]);
	}
}

static int sort_all(struct folder *f, const struct pairs *p, size_t memory, unsigned fanin,
		    struct buf *out, struct err *e)
{
	struct sorter *s = sorter_new(f->fd, memory, fanin, e);
	struct view key, payload;
	int rc = s ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < p->n; i++)
		rc = sorter_add(s, p->key[i], p->payload[i], e);
	rc = rc ? rc : sorter_finish(s, e);
	while (rc == 0) {
		rc = sorter_next(s, &key, &payload, e);
		if (rc)
			break;
		buf_view(out, key);
		buf_byte(out, '=');
		buf_view(out, payload);
		buf_byte(out, '\n');
	}
	sorter_free(s);
	return rc < 0 ? rc : 0;
}

static void check_order(const char *name, struct view v, size_t want)
{
	struct view last = {0};
	size_t n = 0;

	while (v.n) {
		const uint8_t *nl = memchr(v.p, '\n', v.n);
		struct view line = view_sub(v, 0, (size_t)(nl - v.p));

		if (n++ && view_cmp(last, line) > 0)
			fail_msg("row \"%s\": line %zu is out of order", name, n);
		last = line;
		v = view_sub(v, line.n + 1, v.n);
	}
	if (n != want)
		fail_msg("row \"%s\": %zu lines of %zu", name, n, want);
}

static void test_bounds(void **state)
{
	static const struct {
		const char *name;
		size_t n, memory;
		unsigned fanin, distinct;
	} rows[] = {
		{"nothing", 0, 100, 2, 10},        {"one", 1, 1, 2, 10},
		{"all in memory", 600, 1u << 20, 2, 1000000},
		{"one pair a run", 100, 1, 2, 1000000},
		{"many passes", 600, 300, 2, 1000000},
		{"three at once", 600, 300, 3, 1000000},
		{"one pass", 600, 4000, 64, 1000000},
		{"equal keys", 600, 300, 4, 3},    {"a fan-in of nothing", 50, 100, 0, 100},
	};
	static struct pairs p;
	struct folder f;

	(void)state;
	folder_make(&f);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct buf got, want;
		struct err e = {0};

		pairs_make(&p, rows[i].n, (uint32_t)i + 1, rows[i].distinct);
		buf_init(&got, 0);
		buf_init(&want, 0);
		TEST_ROW(rows[i].name,
			 sort_all(&f, &p, rows[i].memory, rows[i].fanin, &got, &e) == 0);
		TEST_ROW(rows[i].name, sort_all(&f, &p, 1u << 20, 64, &want, &e) == 0);
		check_order(rows[i].name, buf_data(&got), rows[i].n);
		test_view_is(rows[i].name, buf_data(&got), buf_data(&want));
		buf_release(&got);
		buf_release(&want);
	}
	assert_int_equal(folder_count(&f), 0);
	folder_free(&f);
}

/* A pair that is larger than the memory and than any buffer. */
static void test_large_pair(void **state)
{
	static struct pairs p;
	static char large[300000];
	struct folder f;
	struct buf got;
	struct err e = {0};

	(void)state;
	memset(large, 'L', sizeof(large));
	pairs_make(&p, 20, 7, 1000);
	p.payload[3] = p.key[11] = (struct view){(const uint8_t *)large, sizeof(large)};
	folder_make(&f);
	buf_init(&got, 0);
	assert_int_equal(sort_all(&f, &p, 200, 2, &got, &e), 0);
	check_order("large", buf_data(&got), 20);
	assert_true(got.n > 2 * sizeof(large));
	buf_release(&got);
	folder_free(&f);
}

struct starved {
	struct folder f;
	struct pairs p;
};

static bool starve_once(void *ctx)
{
	struct starved *s = ctx;
	struct err e = {0};
	struct buf out;
	int rc;

	buf_init(&out, 0);
	rc = sort_all(&s->f, &s->p, 300, 2, &out, &e);
	if (rc < 0)
		assert_int_equal(e.code, ERR_NOMEM);
	rc = rc == 0 && !out.bad ? 0 : -1;
	buf_release(&out);
	return rc == 0;
}

static void test_starved(void **state)
{
	static struct starved s;

	(void)state;
	folder_make(&s.f);
	pairs_make(&s.p, 40, 5, 1000);
	assert_true(test_starve(starve_once, &s) > 10);
	folder_free(&s.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_large_pair),
		cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
