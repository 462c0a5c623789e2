/* SPDX-License-Identifier: Apache-2.0 */
/* A set that is too large for one page: every finding and entry is on one of several, and each tells of all. */
#include "report_case.h"

#include <libdeflate.h>

#include "../report/page_data.h"

static bool holds(const struct buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static uint8_t digit(uint8_t c)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = strchr(set, c);

	assert_non_null(at);
	return (uint8_t)(at - set);
}

static void decode(struct buf *b, struct view base64)
{
	for (size_t i = 0; i + 3 < base64.n; i += 4) {
		const uint8_t *p = base64.p + i;
		uint32_t bits = (uint32_t)digit(p[0]) << 18 | (uint32_t)digit(p[1]) << 12;

		bits |= p[2] == '=' ? 0 : (uint32_t)digit(p[2]) << 6;
		bits |= p[3] == '=' ? 0 : digit(p[3]);
		buf_byte(b, (uint8_t)(bits >> 16));
		if (p[2] != '=')
			buf_byte(b, (uint8_t)(bits >> 8));
		if (p[3] != '=')
			buf_byte(b, (uint8_t)bits);
	}
}

/* The JSON of a block of the page; empty when there is none. */
static struct buf block(const struct buf *page, const char *id)
{
	struct buf packed, out;
	char tag[64];
	size_t n = 0;

	snprintf(tag, sizeof(tag), "<script type=\"text/plain\" id=\"%s\">", id);
	buf_init(&packed, 0);
	buf_init(&out, 0);
	const uint8_t *from = memmem(page->p, page->n, tag, strlen(tag));
	if (!from)
		return out;
	from += strlen(tag);
	const uint8_t *end = memchr(from, '<', page->n - (size_t)(from - page->p));
	assert_non_null(end);
	decode(&packed, (struct view){from, (size_t)(end - from)});
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	assert_non_null(buf_room(&out, 1u << 20));
	assert_int_equal(libdeflate_zlib_decompress(d, packed.p, packed.n, out.p, 1u << 20, &n), LIBDEFLATE_SUCCESS);
	out.n = n;
	libdeflate_free_decompressor(d);
	buf_release(&packed);
	return out;
}

static void gather(struct page_data *d, struct report_case *c, const struct folder *f)
{
	struct err e = {0};
	struct timeline *t = timeline_new(f->fd, &e);
	struct output o = {0};

	assert_non_null(t);
	timeline_tell(t, chart_entry, d);
	assert_int_equal(case_timeline(c, t, false, &e), 0);
	assert_int_equal(timeline_write(t, &c->run, false, &o, &e), 0);
	assert_int_equal(outfile_keep(o.file, &e), 0);
	timeline_free(t);
	assert_int_equal(chart_end(d, &e), 0);
	assert_int_equal(page_list(d, &e), 0);
}

static void test_parts(void **state)
{
	static const char *const kinds[] = {"list-0", "chart-0", "findings-0", "entries-0"};
	struct report_case c;
	struct folder f;
	struct err e = {0};
	size_t seen[4] = {0};

	(void)state;
	case_make(&c, NULL, 0);
	folder_make(&f);
	c.run.dirfd = f.fd;
	struct page_data *d = page_data_new(&c.run, &e);
	assert_non_null(d);
	d->most = 1;
	gather(d, &c, &f);
	assert_int_equal(page_parts(d, &e), 0);
	assert_int_equal(d->n_parts, 2); /* a bundle of findings, one of entries */
	for (size_t i = 0; i < d->n_parts; i++) {
		assert_int_equal(page_write(d, i, &d->pages[i], &e), 0);
		assert_int_equal(outfile_keep(d->pages[i].file, &e), 0);
		assert_string_equal(d->pages[i].name, i ? "report-2.html" : "report.html");
		struct buf page = folder_read(&f, d->pages[i].name), meta = block(&page, "meta");
		assert_true(holds(&meta, "{\"name\":\"report.html\""));
		assert_true(holds(&meta, "{\"name\":\"report-2.html\""));
		assert_true(holds(&page, "default-src 'none'"));
		for (size_t k = 0; k < TEST_COUNT(kinds); k++) {
			struct buf b = block(&page, kinds[k]);

			seen[k] += b.n > 0;
			buf_release(&b);
		}
		buf_release(&meta);
		buf_release(&page);
	}
	for (size_t k = 0; k < TEST_COUNT(kinds); k++)
		assert_int_equal(seen[k], 1);
	page_data_free(d);
	folder_free(&f);
	case_free(&c);
}

/* What an earlier report had more pages than this one: they go. */
static void test_earlier_pages(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};

	(void)state;
	case_make(&c, NULL, 0);
	folder_make(&f);
	c.run.dirfd = f.fd;
	for (int i = 2; i < 5; i++) {
		char name[32];

		snprintf(name, sizeof(name), "report-%d.html", i);
		int fd = openat(f.fd, name, O_CREAT | O_WRONLY, 0666);
		assert_true(fd >= 0);
		close(fd);
	}
	assert_int_equal(report_write(&c.run, NULL, &e), 0);
	assert_int_not_equal(faccessat(f.fd, "report-2.html", F_OK, 0), 0);
	assert_int_not_equal(faccessat(f.fd, "report-4.html", F_OK, 0), 0);
	folder_free(&f);
	case_free(&c);
}

/* The data of the one page, as docs/report.md tells of them. */
static void test_blocks(void **state)
{
	struct report_case c;
	struct folder f;
	struct err e = {0};

	(void)state;
	case_make(&c, NULL, 0);
	folder_make(&f);
	c.run.dirfd = f.fd;
	struct timeline *t = timeline_new(f.fd, &e);
	assert_non_null(t);
	assert_int_equal(case_timeline(&c, t, false, &e), 0);
	assert_int_equal(report_write(&c.run, t, &e), 0);
	timeline_free(t);
	struct buf page = folder_read(&f, "report.html"), lines = folder_read(&f, "findings.jsonl");
	struct buf list = block(&page, "list-0"), whole = block(&page, "findings-0"), chart = block(&page, "chart-0"),
		   entries = block(&page, "entries-0");
	assert_true(holds(&list, "{\"n\":3,\"id\":\""));
	assert_true(holds(&chart, "{\"n\":8,\"time\":["));
	assert_true(holds(&entries, "{\"n\":8,\"ticks\":["));
	/* each finding is there as its line has it */
	for (struct view v = buf_data(&lines); v.n;) {
		const uint8_t *nl = memchr(v.p, '\n', v.n);

		assert_non_null(nl);
		assert_non_null(memmem(whole.p, whole.n, v.p, (size_t)(nl - v.p)));
		v = view_sub(v, (size_t)(nl - v.p) + 1, v.n);
	}
	buf_release(&list);
	buf_release(&whole);
	buf_release(&chart);
	buf_release(&entries);
	buf_release(&lines);
	buf_release(&page);
	folder_free(&f);
	case_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_earlier_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
