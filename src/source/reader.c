/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "evtxhound/source.h"

static int64_t read_fd(const struct reader *r, uint64_t off, void *out, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(r->fd, (uint8_t *)out + done, n - done, (off_t)(off + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (int64_t)done;
}

static int64_t read_memory(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct view *v = r->ctx;
	struct view part = view_sub(*v, (size_t)off, n);

	if (part.n)
		memcpy(out, part.p, part.n);
	return (int64_t)part.n;
}

struct reader reader_of_fd(int fd, uint64_t size)
{
	return (struct reader){ .read_at = read_fd, .fd = fd, .size = size };
}

struct reader reader_of_memory(const struct view *v)
{
	return (struct reader){ .read_at = read_memory, .ctx = v, .fd = -1, .size = v->n };
}

/* Within `size`, so that a file which grows meanwhile is read as it was when it was opened. */
int64_t reader_read(const struct reader *r, uint64_t off, void *out, size_t n)
{
	uint64_t end = r->size < INT64_MAX ? r->size : INT64_MAX;

	if (off >= end || n == 0)
		return 0;
	if (n > end - off)
		n = (size_t)(end - off);
	return r->read_at(r, off, out, n);
}
