/* SPDX-License-Identifier: Apache-2.0 */
/* A log copied byte by byte. */
#include <string.h>

#include "extract-private.h"

static int tell(struct copying *c, struct err *e)
{
	uint64_t n = c->bad;

	c->bad = 0;
	return n ? c->unread(c->ctx, c->bad_at, n, e) : 0;
}

static int lose(struct copying *c, uint64_t off, uint64_t n, struct err *e)
{
	if (c->bad && c->bad_at + c->bad != off && tell(c, e) < 0)
		return -1;
	if (!c->bad)
		c->bad_at = off;
	c->bad += n;
	return 0;
}

static size_t have(int64_t got)
{
	return got > 0 ? (size_t)got : 0;
}

/* Sector by sector where it cannot be had at once. */
static int fill(struct copying *c, uint64_t off, size_t n, struct err *e)
{
	size_t at = have(reader_read(c->from, off, c->block, n));

	while (at < n) {
		size_t step = COPY_SECTOR - (off + at) % COPY_SECTOR;
		if (step > n - at)
			step = n - at;
		size_t got = have(reader_read(c->from, off + at, c->block + at, step));
		memset(c->block + at + got, 0, step - got);
		if (got < step && lose(c, off + at + got, step - got, e) < 0)
			return -1;
		at += step;
	}
	return 0;
}

int copy_run(struct copying *c, uint64_t size, struct err *e)
{
	for (uint64_t off = 0; off < size;) {
		size_t n = size - off < COPY_BLOCK ? (size_t)(size - off) : COPY_BLOCK;
		if (c->stop && *c->stop)
			return err_set(e, ERR_INTERRUPTED, 0, "interrupted");
		if (fill(c, off, n, e) < 0 ||
		    outfile_write(c->to, (struct view){c->block, n}, e) < 0 ||
		    c->copied(c->ctx, n, e) < 0)
			return -1;
		off += n;
	}
	return tell(c, e);
}
