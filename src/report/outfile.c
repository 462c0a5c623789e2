/* SPDX-License-Identifier: Apache-2.0 */
/* A file that has its final name only when it is whole and on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "report-private.h"

#define OUT_BUFFER 65536u
#define OUT_NAME 128u

struct outfile {
	int dirfd, fd;
	char name[OUT_NAME], temp[OUT_NAME + 32];
	struct sha256 sha;
	uint64_t size;
	bool fresh; /* takes nobody's place */
	size_t n;
	uint8_t bytes[OUT_BUFFER];
};

static int open_temp(struct outfile *o, struct err *e)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;

	/* The process id keeps two runs in one folder from each other's half files. */
	snprintf(o->temp, sizeof(o->temp), ".%s.%ld.part", o->name, (long)getpid());
	o->fd = openat(o->dirfd, o->temp, flags, 0666);
	if (o->fd < 0 && errno == EEXIST && unlinkat(o->dirfd, o->temp, 0) == 0)
		o->fd = openat(o->dirfd, o->temp, flags, 0666);
	if (o->fd < 0)
		return err_errno(e, ERR_IO, "cannot create %s", o->name);
	return 0;
}

int outfile_open(struct outfile **out, int dirfd, const char *name, struct err *e)
{
	struct outfile *o;

	*out = NULL;
	if (!*name || strlen(name) >= OUT_NAME || strchr(name, '/'))
		return err_set(e, ERR_USAGE, 0, "not the name of an output file: %s", name);
	o = mem_alloc(sizeof(*o));
	if (!o)
		return err_set(e, ERR_NOMEM, 0, "no memory to write %s", name);
	o->dirfd = dirfd;
	memcpy(o->name, name, strlen(name));
	if (open_temp(o, e) < 0) {
		mem_free(o);
		return -1;
	}
	if (!sha256_start(&o->sha)) {
		outfile_abandon(o);
		return err_set(e, ERR_NOMEM, 0, "no memory to hash %s", name);
	}
	*out = o;
	return 0;
}

int outfile_open_new(struct outfile **o, int dirfd, const char *name, struct err *e)
{
	if (outfile_open(o, dirfd, name, e) < 0)
		return -1;
	(*o)->fresh = true;
	return 0;
}

int write_all(int fd, struct view v)
{
	while (v.n) {
		ssize_t done = write(fd, v.p, v.n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		v = view_sub(v, (size_t)done, v.n);
	}
	return 0;
}

/* Many zeros are left out: a file that claims to be nothing else must not fill the disk. */
static bool is_hole(struct view v)
{
	return v.n >= OUT_BUFFER && !v.p[0] && memcmp(v.p, v.p + 1, v.n - 1) == 0;
}

static int put(struct outfile *o, struct view v, struct err *e)
{
	bool hole = is_hole(v);

	if (hole ? lseek(o->fd, (off_t)v.n, SEEK_CUR) < 0 : write_all(o->fd, v) < 0)
		return err_errno(e, ERR_IO, "cannot write %s", o->name);
	sha256_add(&o->sha, v);
	o->size += v.n;
	return 0;
}

static int flush(struct outfile *o, struct err *e)
{
	struct view v = {o->bytes, o->n};

	o->n = 0;
	return put(o, v, e);
}

int outfile_write(struct outfile *o, struct view v, struct err *e)
{
	if (v.n > OUT_BUFFER - o->n && flush(o, e) < 0)
		return -1;
	if (v.n > OUT_BUFFER)
		return put(o, v, e);
	if (v.n)
		memcpy(o->bytes + o->n, v.p, v.n);
	o->n += v.n;
	return 0;
}

static void release(struct outfile *o)
{
	uint8_t unused[32];

	if (o->sha.ctx)
		sha256_end(&o->sha, unused);
	close(o->fd);
	mem_free(o);
}

int outfile_finish(struct outfile *o, uint8_t sha256[32], uint64_t *size, struct err *e)
{
	if (flush(o, e) < 0)
		return -1;
	if (ftruncate(o->fd, (off_t)o->size) < 0) /* there may be a hole at its end */
		return err_errno(e, ERR_IO, "cannot write %s", o->name);
	/* Only a beginning: what fails here fails again where it is waited for. */
	(void)sync_file_range(o->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	sha256_end(&o->sha, sha256);
	o->sha.ctx = NULL;
	*size = o->size;
	return 0;
}

static int settle(struct outfile *o, struct err *e)
{
	/* EINVAL: a file system that cannot sync; there is nothing more to be done on it. */
	if (fsync(o->fd) < 0 && errno != EINVAL)
		return err_errno(e, ERR_IO, "cannot sync %s", o->name);
	int rc = o->fresh ? give_name(o->dirfd, o->temp, o->name)
			  : renameat(o->dirfd, o->temp, o->dirfd, o->name);
	if (rc < 0)
		return err_errno(e, ERR_IO, "cannot rename %s to its final name", o->name);
	return 0;
}

int outfile_keep(struct outfile *o, struct err *e)
{
	if (settle(o, e) < 0) {
		outfile_abandon(o);
		return -1;
	}
	release(o);
	return 0;
}

int folder_sync(int dirfd, struct err *e)
{
	if (fsync(dirfd) < 0 && errno != EINVAL && errno != EBADF)
		return err_errno(e, ERR_IO, "cannot sync the output folder");
	return 0;
}

int outfile_commit(struct outfile *o, uint8_t sha256[32], uint64_t *size, struct err *e)
{
	int dirfd = o->dirfd;

	if (outfile_finish(o, sha256, size, e) < 0) {
		outfile_abandon(o);
		return -1;
	}
	return outfile_keep(o, e) < 0 ? -1 : folder_sync(dirfd, e);
}

void outfile_abandon(struct outfile *o)
{
	if (!o)
		return;
	unlinkat(o->dirfd, o->temp, 0);
	release(o);
}

int report_spool(int dirfd, struct err *e)
{
	char name[64];
	int fd = openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Not every file system has O_TMPFILE. */
	for (unsigned i = 0; fd < 0 && i < 100; i++) {
		snprintf(name, sizeof(name), ".spool.%ld.%u", (long)getpid(), i);
		fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0)
			unlinkat(dirfd, name, 0);
		else if (errno != EEXIST)
			break;
	}
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot create a temporary file in the output folder");
	return fd;
}

/* As clear_orphans() knows it. */
static void journal_temp(char out[OUT_NAME])
{
	snprintf(out, OUT_NAME, JOURNAL_NAME ".%ld.part", (long)getpid());
}

int report_journal(int dirfd, bool fresh, struct err *e)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | (fresh ? O_CREAT | O_TRUNC : 0);
	char temp[OUT_NAME];

	journal_temp(temp);
	int fd = openat(dirfd, fresh ? temp : JOURNAL_NAME, flags, 0600);
	if (fd < 0 && !fresh && errno == ENOENT)
		return err_set(e, ERR_USAGE, 0, "no run that could go on was stopped in this folder");
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open the journal in the output folder");
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return fd;
	close(fd);
	return err_set(e, ERR_USAGE, 0, "another run is at work in this folder");
}

int report_journal_begun(int dirfd, int rc, struct err *e)
{
	char temp[OUT_NAME];

	journal_temp(temp);
	if (rc == 0 && renameat(dirfd, temp, dirfd, JOURNAL_NAME) == 0)
		return 0;
	if (rc < 0) {
		unlinkat(dirfd, temp, 0);
		return rc;
	}
	return err_errno(e, ERR_IO, "cannot name the journal in the output folder");
}
