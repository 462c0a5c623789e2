/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole report of a run made in code against fixtures/golden/report. After a change that is
 * meant, or of the version: `UPDATE_GOLDEN=1 make check`, and read the difference.
 */
#include "report_case.h"

#include "../report/report-private.h"

/* findings.csv says nothing of places. */
static const char *const image_names[] = {"evidence.csv", "timeline.csv", "findings.jsonl", "report.html",
					  "manifest.json", "report.md", "summary.json"};
static const char *const names[] = {"findings.csv",   "evidence.csv", "timeline.csv",
				    "findings.jsonl", "report.html",  "manifest.json",
				    "report.md", "summary.json"};

static int write_report(struct report_case *c, const struct folder *f, bool backwards,
			size_t memory, struct err *e)
{
	struct timeline *t = timeline_new_bounded(f->fd, memory, 2, e);
	int rc = t ? 0 : -1;

	c->run.dirfd = f->fd;
	rc = rc ? rc : case_timeline(c, t, backwards, e);
	rc = rc ? rc : report_write(&c->run, t, e);
	timeline_free(t);
	return rc;
}

static size_t find(const struct buf *b, const char *what, size_t n)
{
	const uint8_t *p = memmem(b->p, b->n, what, n);

	return p ? (size_t)(p - b->p) : b->n;
}

static void cut(struct buf *b, size_t from, size_t to)
{
	assert_true(from < to && to < b->n);
	memmove(b->p + from, b->p + to, b->n - to);
	b->n -= to - from;
}

/* The page but for its script: that is another file of the sources, and what zlib streams are made of its
   data is the library's affair. */
static void cut_script(struct buf *b)
{
	static const char policy[] = "; script-src 'sha256-", data[] = "<script ";
	size_t at = find(b, policy, sizeof(policy) - 1) + sizeof(policy) - 1;

	assert_true(at + 44 < b->n);
	cut(b, at, at + 44);
	b->n = find(b, data, sizeof(data) - 1);
}

/* What of the manifest says size and hash of the page, likewise. */
static void cut_sums(struct buf *b)
{
	static const char name[] = "\"report.html\",";
	size_t at = find(b, name, sizeof(name) - 1) + sizeof(name) - 1;
	const uint8_t *end = at < b->n ? memchr(b->p + at, '}', b->n - at) : NULL;

	assert_non_null(end);
	cut(b, at, (size_t)(end - b->p));
}

static void compare_golden(const struct folder *f, const char *golden, const char *name)
{
	const char *root = getenv("srcdir");
	struct buf got = folder_read(f, name), want;
	struct folder here = {.fd = AT_FDCWD};
	char path[1024];

	if (strcmp(name, "report.html") == 0)
		cut_script(&got);
	if (strcmp(name, "manifest.json") == 0)
		cut_sums(&got);
	snprintf(path, sizeof(path), "%s/fixtures/golden/%s/%s", root ? root : ".", golden, name);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *out = fopen(path, "wb");

		assert_non_null(out);
		assert_int_equal(fwrite(got.p, 1, got.n, out), got.n);
		assert_int_equal(fclose(out), 0);
	}
	want = folder_read(&here, path);
	if (!view_eq(buf_data(&got), buf_data(&want)))
		fail_msg("%s is not as %s", name, path);
	buf_release(&got);
	buf_release(&want);
}

static void test_golden(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};

	(void)state;
	case_make(&c, NULL, 0);
	folder_make(&f);
	if (write_report(&c, &f, false, LIMIT_SORT_MEMORY, &e) < 0)
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < TEST_COUNT(names); i++)
		compare_golden(&f, "report", names[i]);
	assert_int_equal(folder_count(&f), TEST_COUNT(names));
	folder_free(&f);
	case_free(&c);
}

/* Another order of records, a sort on disk, a folder with an earlier report: the same bytes. */
static void test_same_bytes(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};

	(void)state;
	if (getenv("UPDATE_GOLDEN"))
		return;
	case_make(&c, NULL, 0);
	folder_make(&f);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(write_report(&c, &f, true, 256, &e), 0);
		for (size_t k = 0; k < TEST_COUNT(names); k++)
			compare_golden(&f, "report", names[k]);
	}
	folder_free(&f);
	case_free(&c);
}

static void test_images(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};

	(void)state;
	case_make(&c, NULL, 0);
	case_contain(&c);
	folder_make(&f);
	if (write_report(&c, &f, false, LIMIT_SORT_MEMORY, &e) < 0)
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < TEST_COUNT(image_names); i++)
		compare_golden(&f, "images", image_names[i]);
	folder_free(&f);
	case_free(&c);
}

static void test_no_findings(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};
	struct buf b;

	(void)state;
	case_make(&c, NULL, 0);
	c.array.n = 0;
	assert_int_equal(findings_count(&c.run.findings, &c.rules, &c.arena, &c.run.about, NULL), 0);
	c.run.timeline = "none";
	c.run.dirfd = -1;
	folder_make(&f);
	c.run.dirfd = f.fd;
	assert_int_equal(report_write(&c.run, NULL, &e), 0);
	assert_int_equal(folder_count(&f), 7);
	b = folder_read(&f, "findings.jsonl");
	assert_int_equal(b.n, 0);
	buf_release(&b);
	b = folder_read(&f, "report.html");
	assert_non_null(memmem(b.p, b.n, "No findings.", 12));
	buf_release(&b);
	folder_free(&f);
	case_free(&c);
}

/* ---- one record in several places: the row names the best one ---- */

struct copy {
	uint32_t source;
	uint8_t rank;
	bool recovered;
};
static const struct {
	const char *name;
	struct copy copies[4]; /* up to a rank of 9 */
	uint32_t best;
} copies[] = {
	{"the first source", {{2, 0, false}, {1, 0, false}, {.rank = 9}}, 1},
	{"the least rank", {{0, 3, false}, {1, 2, false}, {2, 1, false}, {.rank = 9}}, 2},
	{"of equal ranks the first", {{1, 4, false}, {2, 1, false}, {0, 1, false}, {.rank = 9}}, 0},
	{"what was not recovered", {{0, 0, true}, {2, 4, false}, {.rank = 9}}, 2},
	{"of what was recovered, too", {{0, 3, true}, {1, 1, true}, {.rank = 9}}, 1},
};

static void each_copy(struct report_case *c, size_t i, bool backwards)
{
	char want[64];
	struct activity act;
	struct folder f;
	struct err e = {0};
	struct output out = {0};
	size_t n = 0;

	folder_make(&f);
	struct timeline *t = timeline_new(f.fd, &e);
	assert_int_equal(activity_of(c->events[1], &c->arena, &act), 0);
	while (copies[i].copies[n].rank != 9)
		n++;
	for (size_t k = 0; k < n; k++) {
		const struct copy *from = &copies[i].copies[backwards ? n - 1 - k : k];
		struct place p = {.source = from->source, .rank = from->rank, .offset = 5000 + from->source,
				  .size = 900, .recovered = from->recovered};

		assert_int_equal(timeline_add(t, c->events[1], &act, &p, &e), 0);
	}
	c->run.dirfd = f.fd;
	assert_int_equal(timeline_write(t, &c->run, NULL, &out, &e), 0);
	assert_int_equal(outfile_keep(out.file, &e), 0);
	struct buf b = folder_read(&f, "timeline.csv");
	buf_byte(&b, 0);
	snprintf(want, sizeof(want), ",0,%u,", 5000 + copies[i].best); /* chunk and offset */
	TEST_ROW(copies[i].name, strstr((const char *)b.p, want) != NULL);
	size_t lines = 0;
	for (size_t k = 0; k < b.n; k++)
		lines += b.p[k] == '\n';
	TEST_ROW(copies[i].name, lines == 2); /* the header and the row */
	buf_release(&b);
	timeline_free(t);
	folder_free(&f);
}

static void test_timeline_names_the_best_place(void **state)
{
	struct report_case c;

	(void)state;
	case_make(&c, NULL, 0);
	for (size_t i = 0; i < TEST_COUNT(copies); i++) {
		each_copy(&c, i, false);
		each_copy(&c, i, true);
	}
	case_free(&c);
}

static void test_timeline_of_findings(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};
	struct buf b;
	size_t lines = 0;

	(void)state;
	case_make(&c, NULL, 0);
	c.run.timeline = "findings";
	folder_make(&f);
	assert_int_equal(write_report(&c, &f, false, 1024, &e), 0);
	b = folder_read(&f, "timeline.csv");
	for (size_t i = 0; i < b.n; i++)
		lines += b.p[i] == '\n';
	assert_int_equal(lines, 1 + 7); /* all but the process end, which no finding rests on */
	buf_release(&b);
	folder_free(&f);
	case_free(&c);
}

struct starved {
	struct report_case c;
	struct folder f;
};

static bool starve_once(void *ctx)
{
	struct starved *s = ctx;
	struct err e = {0};
	int rc = write_report(&s->c, &s->f, false, 2048, &e);

	if (rc < 0)
		assert_int_equal(e.code, ERR_NOMEM);
	return rc == 0;
}

/* No half file, no leak, and ERR_NOMEM whichever allocation fails. */
static void test_starved(void **state)
{
	struct starved s;

	(void)state;
	case_make(&s.c, NULL, 0);
	case_contain(&s.c);
	s.c.run.profiles = PROFILE_BIT(PROFILES) - 1;
	folder_make(&s.f);
	assert_true(test_starve(starve_once, &s) > 50);
	assert_int_equal(folder_count(&s.f), TEST_COUNT(names) + 4);
	folder_free(&s.f);
	case_free(&s.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_no_findings),
		cmocka_unit_test(test_timeline_names_the_best_place),
		cmocka_unit_test(test_timeline_of_findings),
		cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
