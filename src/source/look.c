/* SPDX-License-Identifier: Apache-2.0 */
#include "look.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>


/* Folder by folder, each step as long as the system takes it. */
int look_parent(const char *path, const char **last)
{
	char step[PATH_MAX];
	int at = AT_FDCWD;

	while (strlen(path) >= PATH_MAX) {
		memcpy(step, path, PATH_MAX - 1);
		step[PATH_MAX - 1] = '\0';
		char *slash = strrchr(step, '/');
		size_t n = slash ? (size_t)(slash - step) + 1 : 0;
		step[n] = '\0';
		if (n == 0)
			errno = ENAMETOOLONG;
		int next = n ? openat(at, step, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
		look_close(at);
		if (next < 0)
			return -1;
		at = next;
		path += n;
	}
	*last = path;
	return at;
}

void look_close(int at)
{
	int saved = errno;

	if (at >= 0)
		close(at);
	errno = saved;
}

/* Only who owns a file may read it without touching its access time. */
static int open_quietly(int at, const char *name, int flags)
{
	flags |= O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(at, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(at, name, flags);
	return fd;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       (a->st_mode & S_IFMT) == (b->st_mode & S_IFMT);
}

int look_open(int at, const char *name, const struct stat *st, struct err *e)
{
	struct stat now;
	int fd = open_quietly(at, name, S_ISDIR(st->st_mode) ? O_DIRECTORY : 0);

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot be opened");
	if (fstat(fd, &now) < 0) {
		err_errno(e, ERR_IO, "cannot be looked at");
	} else if (!same_file(&now, st)) {
		err_set(e, ERR_IO, 0, "is no longer the file that was listed");
	} else {
		return fd;
	}
	close(fd);
	return -1;
}

void look_stat(struct source *s, const struct stat *st)
{
	s->size = (uint64_t)st->st_size;
	s->mtime = st->st_mtim;
	s->ctime = st->st_ctim;
	s->dev = (uint64_t)st->st_dev;
	s->ino = (uint64_t)st->st_ino;
}

static void look_inside(struct source *s, int fd)
{
	const struct reader r = reader_of_fd(fd, s->size);
	bool deep = s->named || look_is_log_name(s->path);

	s->kind = source_look(&r, deep, &s->format, &s->searched, &s->error);
}

void look_file(struct source *s, int at, const char *name, const struct stat *st)
{
	struct stat now;

	look_stat(s, st);
	s->format = "";
	s->kind = SOURCE_UNREADABLE;
	int fd = look_open(at, name, st, &s->error);
	if (fd < 0)
		return;
	/* what the walk saw may be older than the bytes that are read now */
	if (fstat(fd, &now) == 0)
		look_stat(s, &now);
	look_inside(s, fd);
	close(fd);
}

static int stat_again(const struct source *s, struct stat *st, int *at, const char **last)
{
	*at = look_parent(s->path, last);
	if (*at == -1)
		return -1;
	return fstatat(*at, *last, st, AT_SYMLINK_NOFOLLOW);
}

static bool is_listed(const struct source *s, const struct stat *st)
{
	return S_ISREG(st->st_mode) && s->dev == (uint64_t)st->st_dev &&
	       s->ino == (uint64_t)st->st_ino;
}

int source_open(const struct source *s, struct err *e)
{
	struct stat st;
	const char *last;
	int at, fd = -1;

	if (stat_again(s, &st, &at, &last) < 0)
		err_errno(e, ERR_IO, "cannot be found again");
	else if (!is_listed(s, &st))
		err_set(e, ERR_IO, 0, "is no longer the file that was listed");
	else
		fd = look_open(at, last, &st, e);
	look_close(at);
	return fd;
}

bool look_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool source_recheck(struct source *s)
{
	struct stat st;
	const char *last;
	int at;

	if (s->container || s->spooled)
		return false;
	s->changed = stat_again(s, &st, &at, &last) < 0 || !is_listed(s, &st) ||
		     s->size != (uint64_t)st.st_size || !look_same_time(s->mtime, st.st_mtim) ||
		     !look_same_time(s->ctime, st.st_ctim);
	look_close(at);
	return s->changed;
}
