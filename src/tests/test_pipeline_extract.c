/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of logs: their names, and bytes that cannot be read. */
#include <errno.h>

#include "testing_files.h"

#include "../pipeline/extract-private.h"

/* ---- names ---- */

#define LONG "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhiiiiiiiiiijjjjjj"

static void names(void **state)
{
	static const struct {
		const char *name, *path, *inner, *want;
	} rows[] = {
		{"a file", "triage/WS01/Security.evtx", NULL, "00001-Security.evtx"},
		{"percent", "A%4Operational.evtx", NULL, "00001-A%4Operational.evtx"},
		{"ending in capitals", "SYSTEM.EVTX", NULL, "00001-SYSTEM.evtx"},
		{"another ending", "Security.evtx.1", NULL, "00001-Security.evtx.1"},
		{"up", "x.zip:/../x", "../x", "00001-x"},
		{"only up", "x.zip:/a/..", "a/..", "00001-log"},
		{"nothing but an ending", ".evtx", NULL, "00001-log.evtx"},
		{"dots", "...evtx", NULL, "00001-log.evtx"},
		{"absolute", "x.zip://etc/passwd", "/etc/passwd", "00001-passwd"},
		{"of Windows", "x.zip:/C", "C:\\Windows\\..\\Security.evtx", "00001-Security.evtx"},
		{"device", "x.zip:/CON", "CON", "00001-CON"},
		{"a stream", "x.raw:/p1/notes", "p1/notes.txt:notes.evtx", "00001-notes.txt_notes.evtx"},
		{"controls", "x.zip:/a", "a\n\t\x1b[31mb.evtx", "00001-a_31mb.evtx"},
		{"quotes and blanks", "x.zip:/a", "-rf 'x' $(y) `z`.evtx", "00001--rf_x_y_z_.evtx"},
		{"not UTF-8", "x.zip:/a", "\xff\xfe.evtx", "00001-log.evtx"},
		{"Cyrillic", "x.zip:/a", "\xd0\x96 1.evtx", "00001-_1.evtx"},
		{"a dot at the end", "x.", NULL, "00001-x"},
		{"empty", "x.zip:/", "", "00001-log"},
		{"standard input", "-", NULL, "00001-log"},
		{"as long as may be", LONG ".evtx", NULL, "00001-" LONG ".evtx"},
		{"too long", LONG "xyz.evtx", NULL, "00001-" LONG ".evtx"},
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		char path[256], inner[256], out[EXTRACT_NAME];
		struct source s = {.path = path, .inner = inner, .container = rows[i].inner != NULL};

		snprintf(path, sizeof(path), "%s", rows[i].path);
		snprintf(inner, sizeof(inner), "%s", rows[i].inner ? rows[i].inner : "");
		extract_name(out, 1, &s);
		test_view_is(rows[i].name, view_str(out), view_str(rows[i].want));
	}
}

static void the_longest(void **state)
{
	static char inner[65537];
	struct source s = {.path = inner, .inner = inner, .container = 1};
	char out[EXTRACT_NAME];

	(void)state;
	memset(inner, 'x', sizeof(inner) - 1);
	extract_name(out, UINT64_MAX, &s);
	assert_int_equal(strlen(out), 20 + 1 + 96);
}

/* ---- bytes ---- */

/* A medium of which a range cannot be read, and that ends early. */
struct medium {
	uint64_t bad, bad_n, end;
};

static uint8_t byte_at(uint64_t off)
{
	return (uint8_t)(off % 251 + 1);
}

static int64_t medium_read(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct medium *m = r->ctx;

	if (off < m->bad + m->bad_n && off + n > m->bad) {
		errno = EIO;
		return -1;
	}
	if (off >= m->end)
		return 0;
	if (n > m->end - off)
		n = (size_t)(m->end - off);
	for (size_t i = 0; i < n; i++)
		((uint8_t *)out)[i] = byte_at(off + i);
	return (int64_t)n;
}

struct heard {
	uint64_t offset, length, n, copied;
};

static int hear(void *ctx, uint64_t offset, uint64_t length, struct err *e)
{
	struct heard *h = ctx;

	(void)e;
	h->offset = offset;
	h->length = length;
	h->n++;
	return 0;
}

static int count(void *ctx, uint64_t n, struct err *e)
{
	(void)e;
	((struct heard *)ctx)->copied += n;
	return 0;
}

#define SIZE (2u * COPY_BLOCK + 1000)

static void check_copy(const char *name, const struct test_folder *f, uint64_t zero, uint64_t zero_n)
{
	char path[PATH_MAX];
	static uint8_t bytes[SIZE + 1];
	int fd = open(test_path(f, name, path), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	TEST_ROW(name, read(fd, bytes, sizeof(bytes)) == SIZE);
	for (uint64_t i = 0; i < SIZE; i++)
		TEST_ROW(name, bytes[i] == (i - zero < zero_n ? 0 : byte_at(i)));
	close(fd);
}

static void unreadable_bytes(void **state)
{
	static const struct {
		const char *name;
		struct medium m;
		uint64_t offset, length; /* told */
	} rows[] = {
		{"whole", {.end = SIZE}, 0, 0},
		{"a sector", {.bad = 5120, .bad_n = 512, .end = SIZE}, 5120, 512},
		{"a byte", {.bad = 5121, .bad_n = 1, .end = SIZE}, 5120, 512},
		{"over two blocks", {.bad = COPY_BLOCK - 1024, .bad_n = 2048, .end = SIZE},
		 COPY_BLOCK - 1024, 2048},
		{"ends early", {.end = SIZE - 700}, SIZE - 700, 700},
		{"holds nothing", {.end = 0}, 0, SIZE},
		{"all is bad", {.bad_n = SIZE, .end = SIZE}, 0, SIZE},
	};
	struct test_folder f;

	(void)state;
	test_folder_make(&f);
	int dirfd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint8_t *block = mem_alloc(COPY_BLOCK);
	assert_true(dirfd >= 0 && block);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const struct reader r = {.read_at = medium_read, .ctx = &rows[i].m, .size = SIZE};
		struct heard h = {0};
		struct copying c = {.from = &r, .block = block, .ctx = &h, .unread = hear, .copied = count};
		uint8_t sha256[32];
		uint64_t size;
		struct err e = {0};

		assert_int_equal(outfile_open_new(&c.to, dirfd, rows[i].name, &e), 0);
		assert_int_equal(copy_run(&c, SIZE, &e), 0);
		assert_int_equal(outfile_commit(c.to, sha256, &size, &e), 0);
		TEST_ROW(rows[i].name, size == SIZE && h.copied == SIZE);
		TEST_ROW(rows[i].name, h.n == (rows[i].length != 0));
		TEST_ROW(rows[i].name, h.offset == rows[i].offset && h.length == rows[i].length);
		check_copy(rows[i].name, &f, rows[i].offset, rows[i].length);
	}
	mem_free(block);
	close(dirfd);
	test_folder_remove(&f);
}

static void interrupted(void **state)
{
	static const volatile sig_atomic_t stop = 1;
	struct copying c = {.stop = &stop};
	struct err e = {0};

	(void)state;
	assert_int_equal(copy_run(&c, 1, &e), -1);
	assert_int_equal(e.code, ERR_INTERRUPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(the_longest),
		cmocka_unit_test(unreadable_bytes),
		cmocka_unit_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
