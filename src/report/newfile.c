/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report-private.h"

static int exists(const struct newfile *f, struct err *e)
{
	return err_set(e, ERR_USAGE, 0, "%s is there already; name a file that is not", f->name);
}

int newfile_open(struct newfile *f, int dirfd, const char *name, struct err *e)
{
	struct stat st;

	*f = (struct newfile){.dirfd = dirfd, .fd = -1, .name = name};
	if (!*name || strchr(name, '/'))
		return err_set(e, ERR_USAGE, 0, "not the name of a file: '%s'", name);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return exists(f, e);
	/* The process id keeps two runs in one folder from each other's half files. */
	snprintf(f->temp, sizeof(f->temp), ".evtxhound.%ld.part", (long)getpid());
	f->fd = openat(dirfd, f->temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (f->fd < 0)
		return err_errno(e, ERR_IO, "cannot create %s", name);
	return 0;
}

int give_name(int dirfd, const char *temp, const char *name)
{
	if (renameat2(dirfd, temp, dirfd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(dirfd, temp, dirfd, name, 0) < 0)
		return -1;
	unlinkat(dirfd, temp, 0);
	return 0;
}

int newfile_commit(struct newfile *f, struct err *e)
{
	int rc = close(f->fd);

	f->fd = -1;
	if (rc < 0 && errno != EINTR)
		err_errno(e, ERR_IO, "cannot write %s", f->name);
	else if (give_name(f->dirfd, f->temp, f->name) == 0)
		return 0;
	else if (errno == EEXIST)
		exists(f, e);
	else
		err_errno(e, ERR_IO, "cannot rename %s to its final name", f->name);
	newfile_abandon(f);
	return -1;
}

void newfile_abandon(struct newfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	if (f->temp[0])
		unlinkat(f->dirfd, f->temp, 0);
}
