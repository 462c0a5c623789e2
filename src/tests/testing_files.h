/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTING_FILES_H
#define EVTXHOUND_TESTING_FILES_H
/* Temporary folders and files for tests. Everything fails the test rather than return an error. */
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing.h"

struct test_folder {
	char path[PATH_MAX];
};

static inline void test_folder_make(struct test_folder *f)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(f->path, sizeof(f->path), "%s/evtxhound-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->path));
}

static inline int test_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void test_folder_remove(struct test_folder *f)
{
	assert_int_equal(nftw(f->path, test_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* "folder/name"; the text lives in `out`. */
static inline const char *test_path(const struct test_folder *f, const char *name,
				    char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s%s%s", f->path, *name ? "/" : "", name);

	assert_true(n > 0 && n < PATH_MAX);
	return out;
}

static inline void test_write(const struct test_folder *f, const char *name, struct view v)
{
	char path[PATH_MAX];
	int fd = open(test_path(f, name, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(v.n ? write(fd, v.p, v.n) : 0, v.n);
	assert_int_equal(close(fd), 0);
}

static inline void test_mkdir(const struct test_folder *f, const char *name)
{
	char path[PATH_MAX];

	assert_int_equal(mkdir(test_path(f, name, path), 0755), 0);
}

static inline void test_symlink(const struct test_folder *f, const char *to, const char *name)
{
	char path[PATH_MAX];

	assert_int_equal(symlink(to, test_path(f, name, path)), 0);
}

#endif
