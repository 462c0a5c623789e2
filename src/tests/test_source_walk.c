/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of evidence: walks, and what may go wrong on the way. */
#include "testing_files.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "evtxhound/source.h"

#define LOG TEST_BYTES("ElfFile\0....")

struct fixture {
	struct test_folder f;
	struct source_list l;
	struct err e;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	test_folder_make(&x->f);
	source_list_init(&x->l);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;

	source_list_release(&x->l);
	test_folder_remove(&x->f);
	free(x);
	return 0;
}

static void add(struct fixture *x, const char *name)
{
	char path[PATH_MAX];

	if (source_list_add(&x->l, test_path(&x->f, name, path), &x->e) < 0)
		fail_msg("%s: %s", path, x->e.msg);
}

/* The list has these paths below the folder, in this order. */
static void check_paths(const struct fixture *x, const char *const *want, size_t n)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < n && i < x->l.n; i++) {
		assert_string_equal(x->l.v[i].path, test_path(&x->f, want[i], path));
		assert_int_equal(x->l.v[i].index, i);
	}
	assert_int_equal(x->l.n, n);
}
#define CHECK_PATHS(x, ...)                                                                        \
	do {                                                                                       \
		const char *const want[] = { __VA_ARGS__ };                                        \
		check_paths(x, want, TEST_COUNT(want));                                            \
	} while (0)

static void folders_are_walked_in_byte_order(void **state)
{
	struct fixture *x = *state;

	test_mkdir(&x->f, "b");
	test_mkdir(&x->f, "b/empty");
	test_write(&x->f, "b/z.evtx", LOG);
	test_write(&x->f, "b/Z.evtx", LOG);
	test_write(&x->f, "a.txt", LOG);
	test_write(&x->f, "b.text", test_view("no log"));
	test_write(&x->f, "c.zip", test_view("PK\3\4...."));
	test_write(&x->f, "none", test_view(""));
	test_write(&x->f, "\xff\xfe", LOG);
	test_write(&x->f, "new\nline \x1b[1m", LOG);
	add(x, "");
	CHECK_PATHS(x, "a.txt", "b/Z.evtx", "b/z.evtx", "c.zip", "new\nline \x1b[1m", "none",
		    "\xff\xfe");
	assert_int_equal(x->l.folders, 3);
	assert_int_equal(x->l.others, 1);
	assert_int_equal(x->l.links, 0);
	assert_int_equal(x->l.v[3].kind, SOURCE_RECOGNISED);
	assert_string_equal(x->l.v[3].format, "zip archive");
	assert_int_equal(x->l.v[5].kind, SOURCE_EMPTY);
	assert_int_equal(x->l.v[0].size, 12);
	assert_false(x->l.v[0].named);
}

static void named_files_are_always_listed(void **state)
{
	struct fixture *x = *state;

	test_write(&x->f, "a.evtx", LOG);
	test_write(&x->f, "b.txt", test_view("text"));
	add(x, "b.txt");
	add(x, "");
	add(x, "a.evtx");
	add(x, "a.evtx");
	CHECK_PATHS(x, "b.txt", "a.evtx");
	assert_true(x->l.v[0].kind == SOURCE_EVTX && x->l.v[0].searched);
	assert_true(x->l.v[0].named);
	assert_false(x->l.v[1].searched);
	assert_true(x->l.v[1].named);
	add(x, "absent");
	add(x, "a.evtx/x");
	CHECK_PATHS(x, "b.txt", "a.evtx", "absent", "a.evtx/x");
	assert_int_equal(x->l.v[2].kind, SOURCE_UNREADABLE);
	assert_true(x->l.v[2].named);
	assert_non_null(strstr(x->l.v[2].error.msg, "missing"));
	assert_int_equal(x->l.v[3].kind, SOURCE_UNREADABLE);
}

/* A log whose front is gone, and one that is nothing any more but has the name of one. */
static void what_may_hold_chunks_is_listed(void **state)
{
	struct fixture *x = *state;
	uint8_t front[8192] = { 1 };

	memcpy(front + 1536, "ElfChnk", 8);
	test_write(&x->f, "front", (struct view){ front, sizeof(front) });
	front[1536] = 0;
	memcpy(front + 1537, "ElfChnk", 8);
	test_write(&x->f, "aside", (struct view){ front, sizeof(front) });
	test_write(&x->f, "wiped.EVTX", test_view("wiped"));
	add(x, "");
	CHECK_PATHS(x, "front", "wiped.EVTX");
	assert_true(x->l.v[0].kind == SOURCE_EVTX && !x->l.v[0].searched);
	assert_true(x->l.v[1].kind == SOURCE_EVTX && x->l.v[1].searched);
	assert_int_equal(x->l.others, 1);
	x->l.v[1].kind = SOURCE_OTHER;
	assert_true(source_is_missed(&x->l.v[1]));
	x->l.v[0].kind = SOURCE_OTHER;
	assert_false(source_is_missed(&x->l.v[0]));
}

static void a_slash_at_the_end_is_not_doubled(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX];

	test_mkdir(&x->f, "d");
	test_write(&x->f, "d/a.evtx", LOG);
	assert_int_equal(source_list_add(&x->l, test_path(&x->f, "d/", path), &x->e), 0);
	CHECK_PATHS(x, "d/a.evtx");
}

static void links_are_not_followed(void **state)
{
	struct fixture *x = *state;

	test_mkdir(&x->f, "d");
	test_write(&x->f, "d/a.evtx", LOG);
	test_symlink(&x->f, "..", "d/up");
	test_symlink(&x->f, "d", "again");
	test_symlink(&x->f, "loop", "loop");
	test_symlink(&x->f, "d/a.evtx", "b.evtx");
	test_symlink(&x->f, "nowhere", "dangling");
	add(x, "");
	CHECK_PATHS(x, "d/a.evtx");
	assert_int_equal(x->l.links, 5);
	add(x, "b.evtx");
	add(x, "again");
	add(x, "dangling");
	CHECK_PATHS(x, "d/a.evtx", "b.evtx", "again", "dangling");
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(x->l.v[i].kind, SOURCE_UNREADABLE);
		assert_non_null(strstr(x->l.v[i].error.msg, "symbolic link"));
		assert_true(x->l.v[i].named);
	}
}

static void hard_links_are_one_file(void **state)
{
	struct fixture *x = *state;
	char from[PATH_MAX], to[PATH_MAX];

	test_write(&x->f, "b.evtx", LOG);
	test_write(&x->f, "c.evtx", LOG);
	assert_int_equal(link(test_path(&x->f, "b.evtx", from), test_path(&x->f, "a.evtx", to)), 0);
	add(x, "");
	CHECK_PATHS(x, "a.evtx", "c.evtx");
}

/* If one of these were opened, the test would hang or the system do something. */
static void only_files_are_opened(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX];
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(mkfifo(test_path(&x->f, "pipe.evtx", path), 0644), 0);
	test_path(&x->f, "socket", path);
	assert_true(strlen(path) < sizeof(name.sun_path));
	memcpy(name.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(s, (struct sockaddr *)&name, sizeof(name)), 0);
	add(x, "");
	assert_int_equal(x->l.n, 0);
	assert_int_equal(x->l.others, 2);
	add(x, "pipe.evtx");
	add(x, "socket");
	assert_int_equal(source_list_add(&x->l, "/dev/null", &x->e), 0);
	assert_int_equal(x->l.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(x->l.v[i].kind, SOURCE_UNREADABLE);
	assert_string_equal(x->l.v[0].error.msg, "is a named pipe, not a file");
	struct err e = { 0 };
	assert_int_equal(source_open(&x->l.v[0], &e), -1);
	assert_int_equal(e.code, ERR_IO);
	close(s);
}

/* ---- deep, long, many ---- */

static void deep_folders_are_bounded(void **state)
{
	struct fixture *x = *state;
	struct err e = { 0 };
	char name[200];
	int at = open(x->f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* names so long that the whole path is beyond what the system takes */
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (unsigned i = 0; i < LIMIT_WALK_DEPTH + 2; i++) {
		assert_int_equal(mkdirat(at, name, 0755), 0);
		int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(at);
		at = next;
		int fd = openat(at, "a.evtx", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_int_equal(write(fd, "ElfFile", 8), 8);
		close(fd);
	}
	close(at);
	add(x, "");
	assert_int_equal(x->l.n, LIMIT_WALK_DEPTH);
	assert_int_equal(x->l.v[LIMIT_WALK_DEPTH - 1].kind, SOURCE_UNREADABLE);
	assert_int_equal(x->l.v[LIMIT_WALK_DEPTH - 1].error.code, ERR_LIMIT);
	for (size_t i = 0; i + 1 < x->l.n; i++) {
		int fd = source_open(&x->l.v[i], &e);
		assert_true(fd >= 0);
		close(fd);
		assert_false(source_recheck(&x->l.v[i]));
	}
	assert_true(strlen(x->l.v[x->l.n - 2].path) > 2 * PATH_MAX);
	/* nftw() needs shorter paths: take the folders away from above */
	assert_int_equal(chdir(x->f.path), 0);
	for (unsigned i = 0; i < LIMIT_WALK_DEPTH + 2; i++)
		assert_int_equal(chdir(name), 0);
	for (unsigned i = 0; i < LIMIT_WALK_DEPTH + 2; i++) {
		assert_int_equal(unlink("a.evtx"), 0);
		assert_int_equal(chdir(".."), 0);
		assert_int_equal(rmdir(name), 0);
	}
	assert_int_equal(chdir("/"), 0);
}

/* More names than are held at once: none is lost, none comes twice, the order stays. */
static void large_folders_are_walked_in_parts(void **state)
{
	struct fixture *x = *state;
	enum { EACH = 240, MANY = 2 * LIMIT_WALK_NAMES / EACH };
	char name[EACH + 1];
	int at = open(x->f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	memset(name, 'x', sizeof(name));
	name[EACH] = '\0';
	for (unsigned i = 0; i < MANY; i++) {
		/* in no order */
		snprintf(name, 9, "%08u", i * 7919 % MANY);
		name[8] = 'x';
		assert_int_equal(symlinkat("nowhere", at, name), 0);
	}
	close(at);
	test_write(&x->f, "00000000.evtx", LOG);
	test_write(&x->f, "00017000.evtx", LOG);
	test_write(&x->f, "00034000.evtx", LOG);
	test_write(&x->f, "zzz.evtx", LOG);
	add(x, "");
	CHECK_PATHS(x, "00000000.evtx", "00017000.evtx", "00034000.evtx", "zzz.evtx");
	assert_int_equal(x->l.links, MANY);
	assert_int_equal(x->l.folders, 1);
}

/* ---- not allowed, not the same, not there any more ---- */

/* Runs as nobody, in a child, since root may read everything. */
static int walk_as_nobody(struct fixture *x)
{
	if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
		return 77;
	if (source_list_add(&x->l, x->f.path, &x->e) < 0 || x->l.n != 3)
		return 1;
	if (x->l.v[0].kind != SOURCE_EVTX)
		return 2;
	int fd = source_open(&x->l.v[0], &x->e); /* another's file: with no right to O_NOATIME */
	if (fd < 0)
		return 3;
	close(fd);
	for (size_t i = 1; i < 3; i++) {
		if (x->l.v[i].kind != SOURCE_UNREADABLE || x->l.v[i].named ||
		    strcmp(x->l.v[i].error.msg, "cannot be opened: Permission denied") != 0)
			return 4;
	}
	return 0;
}

static void what_is_forbidden_is_listed_as_unreadable(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX];
	int status;

	test_write(&x->f, "a.evtx", LOG);
	test_write(&x->f, "b.evtx", LOG);
	test_mkdir(&x->f, "c");
	assert_int_equal(chmod(x->f.path, 0755), 0);
	assert_int_equal(chmod(test_path(&x->f, "b.evtx", path), 0), 0);
	assert_int_equal(chmod(test_path(&x->f, "c", path), 0), 0);
	pid_t child = fork();
	if (child == 0)
		_exit(walk_as_nobody(x));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(path, 0755), 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void changes_are_seen(void **state)
{
	struct fixture *x = *state;
	char path[PATH_MAX], other[PATH_MAX];
	struct err e = { 0 };
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };

	for (size_t i = 0; i < TEST_COUNT(names); i++)
		test_write(&x->f, names[i], LOG);
	add(x, "");
	assert_int_equal(x->l.n, 6);
	/* a: shrinks */
	assert_int_equal(truncate(test_path(&x->f, "a", path), 5), 0);
	/* b: other bytes, the old time put back: ctime tells */
	test_write(&x->f, "b", TEST_BYTES("ElfFile\0,,,,"));
	struct timespec old[2] = { x->l.v[1].mtime, x->l.v[1].mtime };
	assert_int_equal(utimensat(AT_FDCWD, test_path(&x->f, "b", path), old, 0), 0);
	/* c: removed; d: another file in its place; e: becomes a link */
	assert_int_equal(unlink(test_path(&x->f, "c", path)), 0);
	test_write(&x->f, "new", LOG);
	assert_int_equal(rename(test_path(&x->f, "new", other), test_path(&x->f, "d", path)), 0);
	assert_int_equal(rename(test_path(&x->f, "e", path), test_path(&x->f, "g", other)), 0);
	test_symlink(&x->f, "g", "e");
	for (size_t i = 0; i < 6; i++) {
		bool changed = source_recheck(&x->l.v[i]);
		assert_int_equal(changed, i != 5);
		assert_int_equal(x->l.v[i].changed, changed);
		e = (struct err){ 0 };
		int fd = source_open(&x->l.v[i], &e);
		assert_int_equal(fd >= 0, i == 0 || i == 1 || i == 5);
		assert_int_equal(e.code, fd >= 0 ? ERR_NONE : ERR_IO);
		if (fd >= 0)
			close(fd);
	}
}

static void access_times_stay(void **state)
{
	struct fixture *x = *state;
	struct timespec old[2] = { { 1000000000, 1 }, { 1000000000, 1 } };
	struct stat st;
	char path[PATH_MAX], bytes[8];
	struct err e = { 0 };

	test_mkdir(&x->f, "d");
	test_write(&x->f, "d/a", LOG);
	assert_int_equal(utimensat(AT_FDCWD, test_path(&x->f, "d/a", path), old, 0), 0);
	add(x, "");
	int fd = source_open(&x->l.v[0], &e);
	assert_int_equal(read(fd, bytes, 8), 8);
	assert_int_equal(write(fd, bytes, 8), -1);
	close(fd);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1000000000);
	assert_false(source_recheck(&x->l.v[0]));
}

/* ---- formats known by other places than the head ---- */

static void feet_are_looked_at(void **state)
{
	struct fixture *x = *state;
	static uint8_t disk[65536];

	memcpy(disk + sizeof(disk) - 512, "conectix", 8);
	test_write(&x->f, "fixed.vhd", (struct view){ disk, sizeof(disk) });
	memset(disk, 0, sizeof(disk));
	memcpy(disk + 32769, "CD001", 5);
	test_write(&x->f, "image.iso", (struct view){ disk, sizeof(disk) });
	add(x, "");
	CHECK_PATHS(x, "fixed.vhd", "image.iso");
	assert_string_equal(x->l.v[0].format, "VHD disk image");
	assert_string_equal(x->l.v[1].format, "ISO 9660 image");
}

/* ---- output within evidence ---- */

static void output_within_evidence_is_seen(void **state)
{
	struct fixture *x = *state;
	static const struct {
		const char *dir;
		bool inside;
	} rows[] = {
		{ "e", true },           { "e/", true },         { "e/sub", true },
		{ "e/new", true },       { "e/new/er/still", true }, { "out", false },
		{ "out/new", false },    { "e2", false },        { "e2/new", false },
		{ "link", true },        { "link/new", true },   { "out/../e/x", true },
		{ "e/../out", false },   { "new", false },       { "", false },
		{ "new/../e/x", true },  { "e/sub/../..", false }, { "e/a.evtx", true },
		{ "e/a.evtx/x", true },  { "out/./new", false }, { "in", false },
	};
	char evidence[2][PATH_MAX], path[PATH_MAX];
	const char *list[2] = { test_path(&x->f, "e", evidence[0]),
				test_path(&x->f, "file", evidence[1]) };

	test_mkdir(&x->f, "e");
	test_mkdir(&x->f, "e/sub");
	test_mkdir(&x->f, "e2");
	test_mkdir(&x->f, "out");
	test_write(&x->f, "e/a.evtx", LOG);
	test_write(&x->f, "file", LOG);
	test_symlink(&x->f, "e/sub", "link");
	test_symlink(&x->f, "../out", "e/away");
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		TEST_ROW(rows[i].dir, source_inside(test_path(&x->f, rows[i].dir, path), list, 2) ==
					      rows[i].inside);
	assert_true(source_inside(list[1], list, 2));
	/* reached through the evidence, but not lying in it */
	assert_false(source_inside(test_path(&x->f, "e/away/new", path), list, 2));
	assert_int_equal(chdir(x->f.path), 0);
	const char *const here[] = { "." };
	assert_true(source_inside("new", here, 1));
	assert_true(source_inside("./new/er", here, 1));
	assert_true(source_inside("out", here, 1));
	assert_false(source_inside("..", here, 1));
	assert_false(source_inside("../new", here, 1));
	assert_true(source_inside("", here, 1));
	const char *const root[] = { "/" };
	assert_true(source_inside("new", root, 1));
	assert_false(source_inside("new", root, 0));
	assert_int_equal(chdir("/"), 0);
}

/* ---- starved ---- */

static bool list_the_folder(void *ctx)
{
	struct fixture *x = ctx;
	struct err e = { 0 };

	source_list_init(&x->l);
	int result = source_list_add(&x->l, x->f.path, &e);
	assert_int_equal(result < 0, e.code == ERR_NOMEM);
	for (size_t i = 0; i < x->l.n; i++)
		assert_non_null(x->l.v[i].path);
	source_list_release(&x->l);
	return result == 0;
}

static void nothing_breaks_without_memory(void **state)
{
	struct fixture *x = *state;
	char name[16];

	test_mkdir(&x->f, "d");
	test_symlink(&x->f, "d", "link");
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "%s%u", i % 2 ? "d/" : "", i);
		test_write(&x->f, name, i % 3 ? LOG : test_view("text"));
	}
	assert_true(test_starve(list_the_folder, x) > 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ---- what a place is worth ---- */

static const struct {
	const char *name;
	struct {
		const char *format;
		enum source_state state;
	} chain[4]; /* from the outside to the log */
	enum source_rank rank;
} worth[] = {
	{"a file in a folder", {{"EVTX", SOURCE_LIVE}}, RANK_LIVE},
	{"a file of an image", {{"E01 image", 0}, {"EVTX", SOURCE_LIVE}}, RANK_LIVE},
	{"a file of an archive", {{"zip archive", 0}, {"EVTX", SOURCE_LIVE}}, RANK_ARCHIVE},
	{"of an archive in an archive", {{"zip archive", 0}, {"gzip archive", 0}, {"EVTX", 0}},
	 RANK_ARCHIVE},
	{"of an image in an archive", {{"xz archive", 0}, {"raw disk image (MBR)", 0}, {"EVTX", 0}},
	 RANK_LIVE},
	{"of an archive in an image", {{"E01 image", 0}, {"7z archive", 0}, {"EVTX", 0}}, RANK_ARCHIVE},
	{"of a shadow copy", {{"E01 image", 0}, {"EVTX", SOURCE_SHADOW}}, RANK_SHADOW},
	{"deleted", {{"E01 image", 0}, {"EVTX", SOURCE_DELETED}}, RANK_DELETED},
	{"carved", {{"E01 image", 0}, {"EVTX", SOURCE_CARVED}}, RANK_CARVED},
	{"of an archive in a shadow copy",
	 {{"E01 image", 0}, {"zip archive", SOURCE_SHADOW}, {"EVTX", SOURCE_LIVE}}, RANK_SHADOW},
	{"of a shadow copy of a deleted image",
	 {{"E01 image", 0}, {"VHD disk image", SOURCE_DELETED}, {"EVTX", SOURCE_SHADOW}}, RANK_DELETED},
};

static void places_are_ranked(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(worth); i++) {
		struct source v[4] = { 0 };
		size_t n = 0;

		for (; n < 4 && worth[i].chain[n].format; n++)
			v[n] = (struct source){ .index = (uint32_t)n, .container = (uint32_t)n,
						.format = worth[i].chain[n].format,
						.state = worth[i].chain[n].state };
		const struct source_list l = { .v = v, .n = n };
		TEST_ROW(worth[i].name, source_rank(&l, &v[n - 1]) == worth[i].rank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(folders_are_walked_in_byte_order),
		TEST(named_files_are_always_listed),
		TEST(what_may_hold_chunks_is_listed),
		TEST(a_slash_at_the_end_is_not_doubled),
		TEST(links_are_not_followed),
		TEST(hard_links_are_one_file),
		TEST(only_files_are_opened),
		TEST(deep_folders_are_bounded),
		TEST(large_folders_are_walked_in_parts),
		TEST(what_is_forbidden_is_listed_as_unreadable),
		TEST(changes_are_seen),
		TEST(access_times_stay),
		TEST(feet_are_looked_at),
		TEST(places_are_ranked),
		TEST(output_within_evidence_is_seen),
		TEST(nothing_breaks_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
