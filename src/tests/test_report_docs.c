/* SPDX-License-Identifier: Apache-2.0 */
/* docs/report.md names the columns that are written, in order, and the members of the JSON. */
#include "report_case.h"

#include "../report/report-private.h"

/* The next name in a table of the manual: a line that starts with "| `Name` |". */
static struct view next_name(struct view *v)
{
	while (v->n) {
		const uint8_t *nl = memchr(v->p, '\n', v->n);
		struct view line = view_sub(*v, 0, nl ? (size_t)(nl - v->p) : v->n);
		struct view name = view_sub(line, 3, line.n);
		const uint8_t *end = name.n ? memchr(name.p, '`', name.n) : NULL;

		*v = view_sub(*v, line.n + 1, v->n);
		if (line.n > 2 && line.p[0] == '#')
			break;
		if (view_eq_str(view_sub(line, 0, 3), "| `") && end)
			return view_sub(name, 0, (size_t)(end - name.p));
	}
	return (struct view){0};
}

/* What follows the heading "## NAME". */
static struct view section(struct view doc, const char *name)
{
	char heading[64];
	const uint8_t *at;

	snprintf(heading, sizeof(heading), "\n## %s\n", name);
	at = memmem(doc.p, doc.n, heading, strlen(heading));
	if (!at)
		fail_msg("no section %s in the manual", name);
	return view_sub(doc, (size_t)(at - doc.p) + strlen(heading), doc.n);
}

static struct buf read_manual(void)
{
	const char *root = getenv("srcdir");
	struct folder here = {.fd = AT_FDCWD};
	char path[1024];

	snprintf(path, sizeof(path), "%s/docs/report.md", root ? root : ".");
	return folder_read(&here, path);
}

static void test_columns(void **state)
{
	static const struct {
		const char *file;
		const char *const *(*columns)(size_t *n);
	} files[] = {
		{"findings.csv", findings_columns},
		{"evidence.csv", evidence_columns},
		{"timeline.csv", timeline_columns},
		{"coverage.csv", coverage_columns},
		{"suppressed.csv", suppressed_columns},
		{"near-misses.csv", near_columns},
		{"records/index.csv", records_columns},
	};
	struct buf b = read_manual();

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(files); i++) {
		struct view v = section(buf_data(&b), files[i].file);
		size_t n;
		const char *const *names = files[i].columns(&n);

		for (size_t k = 0; k < n; k++)
			test_view_is(files[i].file, next_name(&v), view_str(names[k]));
		test_view_is("no more", next_name(&v), view_str(""));
	}
	buf_release(&b);
}

/* Every member that the golden files have stands in the manual. */
static void check_members(struct view doc, const char *golden, const char *file)
{
	const char *root = getenv("srcdir");
	struct folder here = {.fd = AT_FDCWD};
	struct view part = section(doc, file);
	char path[1024], quoted[80];
	struct buf b;

	snprintf(path, sizeof(path), "%s/fixtures/golden/%s/%s", root ? root : ".", golden, file);
	b = folder_read(&here, path);
	for (size_t i = 0; i + 2 < b.n; i++) {
		size_t n = 1;

		if (b.p[i] != '"' || (b.p[i + 1] < 'a' || b.p[i + 1] > 'z'))
			continue;
		while (i + n < b.n && (strchr("abcdefghijklmnopqrstuvwxyz_0123456789", b.p[i + n])))
			n++;
		if (i + n + 1 >= b.n || b.p[i + n] != '"' || b.p[i + n + 1] != ':' || n > 60)
			continue;
		snprintf(quoted, sizeof(quoted), "`%.*s`", (int)n - 1, (const char *)b.p + i + 1);
		if (!memmem(part.p, part.n, quoted, strlen(quoted)))
			fail_msg("the manual does not tell of %s in %s", quoted, file);
	}
	buf_release(&b);
}

static void test_members(void **state)
{
	struct buf b = read_manual();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *golden = i ? "images" : "report";

		check_members(buf_data(&b), golden, "findings.jsonl");
		check_members(buf_data(&b), golden, "manifest.json");
		check_members(buf_data(&b), golden, "summary.json");
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
