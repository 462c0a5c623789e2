/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The programs that get these descriptors have their own use for the first three. */
static int above_standard(int fd)
{
	int high = fd < 0 || fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (high != fd)
		close(fd);
	return high;
}

int sc_spool(const char *beside)
{
	struct buf path;
	int fd = -1;

	buf_init(&path, 0);
	buf_fmt(&path, "%s.XXXXXX", beside);
	buf_byte(&path, 0);
	if (path.bad)
		errno = ENOMEM;
	else
		fd = mkostemp((char *)path.p, O_CLOEXEC);
	if (fd >= 0)
		unlink((char *)path.p);
	buf_release(&path);
	return above_standard(fd);
}

int sc_write_at(int fd, const uint8_t *p, size_t n, uint64_t at)
{
	while (n) {
		ssize_t w = pwrite(fd, p, n, (off_t)at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return -1;
		p += w;
		n -= (size_t)w;
		at += (uint64_t)w;
	}
	return 0;
}

int sc_read_at(int fd, uint8_t *p, size_t n, uint64_t at)
{
	while (n) {
		ssize_t r = pread(fd, p, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			errno = ENODATA;
		if (r <= 0)
			return -1;
		p += r;
		n -= (size_t)r;
		at += (uint64_t)r;
	}
	return 0;
}

int sc_new_file(struct scenario *s, const char *path)
{
	int fd = above_standard(
		open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));

	if (fd < 0)
		return err_errno(s->e, errno == EEXIST ? ERR_USAGE : ERR_IO, "%s: cannot be made", path);
	return fd;
}
