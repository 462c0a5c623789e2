/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are whole or not there: commit, abandon, full disks, folders without permission. */
#include "report_case.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static struct view filler(char *p, size_t n)
{
	memset(p, 'x', n);
	return (struct view){(const uint8_t *)p, n};
}

static void test_commit(void **state)
{
	static const size_t pieces[] = {1, 65535, 65536, 65537, 200000, 0, 3};
	static char bytes[200000];
	uint8_t got[32], want[32];
	struct outfile *o;
	struct folder f;
	struct err e = {0};
	struct buf b;
	uint64_t size;

	(void)state;
	folder_make(&f);
	assert_int_equal(outfile_open(&o, f.fd, "a.txt", &e), 0);
	for (size_t i = 0; i < TEST_COUNT(pieces); i++)
		assert_int_equal(outfile_write(o, filler(bytes, pieces[i]), &e), 0);
	assert_int_equal(faccessat(f.fd, "a.txt", F_OK, 0), -1); /* not before it is whole */
	assert_int_equal(folder_count(&f), 1);
	assert_int_equal(outfile_commit(o, got, &size, &e), 0);
	assert_int_equal(folder_count(&f), 1);
	b = folder_read(&f, "a.txt");
	assert_int_equal(size, b.n);
	assert_true(sha256_of(buf_data(&b), want));
	assert_memory_equal(got, want, 32);
	buf_release(&b);
	folder_free(&f);
}

static void test_abandon(void **state)
{
	struct outfile *o;
	struct folder f;
	struct err e = {0};

	(void)state;
	outfile_abandon(NULL);
	folder_make(&f);
	assert_int_equal(outfile_open(&o, f.fd, "a.txt", &e), 0);
	assert_int_equal(outfile_write(o, view_str("half"), &e), 0);
	outfile_abandon(o);
	assert_int_equal(folder_count(&f), 0);
	folder_free(&f);
}

static void test_names(void **state)
{
	static const char *const bad[] = {"", "a/b", "../a"};
	struct outfile *o;
	struct folder f;

	(void)state;
	folder_make(&f);
	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		struct err e = {0};

		TEST_ROW(bad[i], outfile_open(&o, f.fd, bad[i], &e) < 0);
		TEST_ROW(bad[i], e.code == ERR_USAGE);
	}
	folder_free(&f);
}

/* A file for others to fill takes no other's place, whenever that came. */
static void test_newfile(void **state)
{
	struct newfile n;
	struct folder f;
	struct err e = {0};
	struct buf b;

	(void)state;
	folder_make(&f);
	assert_int_equal(newfile_open(&n, f.fd, "a/b", &e), -1);
	e = (struct err){0};
	assert_int_equal(newfile_open(&n, f.fd, "a.txt", &e), 0);
	assert_int_equal(pwrite(n.fd, "x", 1, 2), 1);
	assert_int_equal(faccessat(f.fd, "a.txt", F_OK, 0), -1);
	assert_int_equal(newfile_commit(&n, &e), 0);
	b = folder_read(&f, "a.txt");
	assert_int_equal(b.n, 3);
	assert_int_equal(newfile_open(&n, f.fd, "a.txt", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	e = (struct err){0};
	assert_int_equal(newfile_open(&n, f.fd, "b.txt", &e), 0);
	assert_int_equal(linkat(f.fd, "a.txt", f.fd, "b.txt", 0), 0);
	assert_int_equal(newfile_commit(&n, &e), -1);
	assert_int_equal(folder_count(&f), 2);
	e = (struct err){0};
	assert_int_equal(newfile_open(&n, f.fd, "c.txt", &e), 0);
	newfile_abandon(&n);
	assert_int_equal(folder_count(&f), 2);
	buf_release(&b);
	folder_free(&f);
}

/* A link that lies in wait under the temporary name is not followed. */
static void test_link(void **state)
{
	struct outfile *o;
	struct folder f;
	struct err e = {0};
	struct buf b;
	char temp[64];
	uint8_t sha[32];
	uint64_t size;
	int fd;

	(void)state;
	folder_make(&f);
	fd = openat(f.fd, "victim", O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "keep", 4), 4);
	close(fd);
	snprintf(temp, sizeof(temp), ".a.txt.%ld.part", (long)getpid());
	assert_int_equal(symlinkat("victim", f.fd, temp), 0);
	assert_int_equal(outfile_open(&o, f.fd, "a.txt", &e), 0);
	assert_int_equal(outfile_write(o, view_str("new"), &e), 0);
	assert_int_equal(outfile_commit(o, sha, &size, &e), 0);
	b = folder_read(&f, "victim");
	test_view_is("victim", buf_data(&b), view_str("keep"));
	buf_release(&b);
	folder_free(&f);
}

static void test_spool(void **state)
{
	struct folder f;
	struct err e = {0};
	int fd;

	(void)state;
	folder_make(&f);
	fd = report_spool(f.fd, &e);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(folder_count(&f), 0);
	close(fd);
	folder_free(&f);
}

static void test_no_permission(void **state)
{
	struct outfile *o;
	struct err e = {0};
	int fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(outfile_open(&o, fd, "a.txt", &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.msg, "a.txt"));
	assert_int_equal(report_spool(fd, &e), -1);
	close(fd);
}

/* ---- no room ---- */

static int report_in(struct report_case *c, const struct folder *f, struct err *e)
{
	struct timeline *t;
	int rc = 0;

	c->run.dirfd = f->fd;
	t = timeline_new(f->fd, e);
	rc = t ? case_timeline(c, t, false, e) : -1;
	rc = rc ? rc : report_write(&c->run, t, e);
	timeline_free(t);
	return rc;
}

/* The report fails with a reason; what was complete stays whole, and nothing else is there. */
static void check_failed(const struct folder *f, const struct err *e, const char *reason)
{
	if (e->code != ERR_IO || !strstr(e->msg, reason))
		fail_msg("wanted \"%s\", got %d \"%s\"", reason, e->code, e->msg);
	if (faccessat(f->fd, "manifest.json", F_OK, 0) == 0)
		fail_msg("there is a manifest of a report that failed");
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"findings.csv", "evidence.csv",
						    "findings.jsonl"};
		struct stat st;
		struct buf b;

		if (fstatat(f->fd, names[i], &st, 0) < 0)
			continue;
		b = folder_read(f, names[i]);
		if (b.n < 2 || b.p[b.n - 1] != '\n')
			fail_msg("%s is not whole", names[i]);
		buf_release(&b);
	}
}

static void test_size_limit(void **state)
{
	struct rlimit old, small;
	struct report_case c;
	struct folder f;

	(void)state;
	case_make(&c, NULL, 0);
	folder_make(&f);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	for (rlim_t size = 1; size < 40000; size = size * 3 + 7) {
		struct err e = {0};
		int rc;

		small = old;
		small.rlim_cur = size;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
		rc = report_in(&c, &f, &e);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_int_equal(rc, -1);
		check_failed(&f, &e, "File too large");
		folder_free(&f);
		folder_make(&f);
	}
	folder_free(&f);
	case_free(&c);
}

/* In a child with mounts of its own; 77 when the system does not allow that. */
static int on_small_disk(void)
{
	struct report_case c;
	struct folder f;
	char options[32];

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	case_make(&c, NULL, 0);
	for (unsigned pages = 2; pages <= 20; pages += 3) {
		struct err e = {0};
		int rc;

		folder_make(&f);
		close(f.fd);
		snprintf(options, sizeof(options), "size=%uk", pages * 4);
		if (mount("report-test", f.path, "tmpfs", 0, options) < 0)
			return 77;
		f.fd = open(f.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = report_in(&c, &f, &e);
		if (rc == 0)
			return 1;
		check_failed(&f, &e, "No space left on device");
		close(f.fd);
		umount(f.path);
		rmdir(f.path);
	}
	case_free(&c);
	return 0;
}

static void test_full_disk(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(on_small_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),     cmocka_unit_test(test_abandon),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_newfile),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_spool),      cmocka_unit_test(test_no_permission),
		cmocka_unit_test(test_size_limit), cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
