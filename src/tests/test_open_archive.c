/* SPDX-License-Identifier: Apache-2.0 */
/* What is found in archives. */
#include "testing_files.h"

#include "archive_make.h"
#include "open_listing.h"

struct world {
	struct test_folder folder;
	struct buf log, other, large;
	struct listing l;
};

static void digest_is(const struct buf *b, const char *start)
{
	uint8_t sum[32];
	char hex[65];

	assert_true(sha256_of(buf_data(b), sum));
	hex_format(sum, 32, hex);
	assert_memory_equal(hex, start, 8);
}

static int world_make(void **state)
{
	static struct world w;

	test_folder_make(&w.folder);
	buf_init(&w.log, 0);
	buf_init(&w.other, 0);
	buf_init(&w.large, 0);
	make_log(&w.log, 70000, false);
	make_log(&w.large, 400000, false);
	buf_str(&w.other, "no log, but text");
	digest_is(&w.log, "d8f20bd4");
	digest_is(&w.large, "6fe03ae0");
	listing_init(&w.l);
	*state = &w;
	return 0;
}

static int world_end(void **state)
{
	struct world *w = *state;

	listing_release(&w->l);
	buf_release(&w->log);
	buf_release(&w->other);
	buf_release(&w->large);
	test_folder_remove(&w->folder);
	return 0;
}

/* Opens folder/name and compares what is said: every line of `want` must be there, and no more lines. */
static void listing_is(struct world *w, const char *row, const char *name, const char *want)
{
	char path[PATH_MAX];

	w->l.err = (struct err){ 0 };
	listing_of(&w->l, test_path(&w->folder, name, path), "");
	if (w->l.code < 0)
		buf_fmt(&w->l.text, "failed: %s\n", w->l.err.msg);
	test_view_is(row, buf_data(&w->l.text), view_str(want));
}

#define LOG "|spool|d8f20bd4\n"
#define LARGE "|spool|6fe03ae0\n"

/* ---- formats ---- */

struct format_row {
	const char *file, *format, *filter;
};
static const struct format_row formats[] = {
	{ "a.zip", "zip", NULL },	 { "a.7z", "7zip", NULL },     { "a.tar", "ustar", NULL },
	{ "a.pax.tar", "pax", NULL },	 { "a.gnu.tar", "gnutar", NULL }, { "a.tar.gz", "ustar", "gzip" },
	{ "a.tar.xz", "ustar", "xz" },	 { "a.tar.zst", "ustar", "zstd" }, { "a.tar.bz2", "ustar", "bzip2" },
};

static void test_formats(void **state)
{
	struct world *w = *state;
	char path[PATH_MAX];
	const struct made_entry entries[] = {
		{ .name = "C/Windows/System32/winevt/Logs/a.evtx", .data = buf_data(&w->log) },
		{ .name = "C/readme.txt", .data = buf_data(&w->other) },
		{ .name = "C/large", .data = buf_data(&w->large) },
		{ .name = "C/readme.evtx", .data = buf_data(&w->other) },
		{ .name = "C/empty.evtx" },
		{ .name = "C/empty.txt" },
	};

	for (size_t i = 0; i < TEST_COUNT(formats); i++) {
		const struct format_row *r = &formats[i];
		make_archive(test_path(&w->folder, r->file, path),
			     &(struct made_archive){ .format = r->format, .filter = r->filter,
						     .entries = entries, .n = TEST_COUNT(entries) });
		/* a 7z has empty files behind all others */
		listing_is(w, r->file, r->file,
			   "found live|EVTX|70000|C/Windows/System32/winevt/Logs/a.evtx||1" LOG
			   "found live|EVTX|400000|C/large||3" LARGE
			   "found live|EVTX, searched|16|C/readme.evtx||4|spool|3a96aa3a\n"
			   "found live|empty file|0|C/empty.evtx||5|none|-\n");
	}
}

/* Compressed files that are no archives. */
static void test_files(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *file, *filter, *inner;
	} rows[] = {
		{ "a.evtx.gz", "gzip", "a.evtx" },
		{ "b.evtx.xz", "xz", "b.evtx" },
		{ "c.zst", "zstd", "c" },
		{ "d.bz2", "bzip2", "d" },
		{ "e", "gzip", "e" },
		{ ".gz", "gzip", ".gz" },
	};
	char path[PATH_MAX], want[200];
	const struct made_entry entry = { .name = "x", .data = buf_data(&w->large) };

	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		make_archive(test_path(&w->folder, rows[i].file, path),
			     &(struct made_archive){ .format = "raw", .filter = rows[i].filter,
						     .entries = &entry, .n = 1 });
		snprintf(want, sizeof(want), "found live|EVTX|400000|%s||1" LARGE, rows[i].inner);
		listing_is(w, rows[i].file, rows[i].file, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, world_make, world_end);
}
