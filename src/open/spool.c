/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that cannot be read where they are are written down for whoever decodes them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "open-private.h"

#define COPY_STEP (64u << 10)

int open_spool(struct opening *o, struct view v)
{
	const struct open_request *r = o->r;
	uint64_t used = o->spool_at - r->spool_at;

	if (v.n > r->spool_max - used)
		return err_set(o->e, ERR_LIMIT, 0, "the spool may hold %llu bytes, and no more",
			       (unsigned long long)r->spool_max);
	while (v.n) {
		ssize_t n = pwrite(r->spool, v.p, v.n, (off_t)o->spool_at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(o->e, ERR_IO, "the spool cannot be written");
		o->spool_at += (uint64_t)n;
		v = view_sub(v, (size_t)n, v.n);
	}
	return 0;
}

void open_spool_back(struct opening *o, uint64_t to)
{
	o->spool_at = to;
}

static void tell_unread(struct opening *o, const struct open_found *f, uint64_t at, size_t n)
{
	const struct extents x = { f->extents, f->n_extents };
	uint64_t there = x.n ? extents_at(&x, at) : EXTENT_ZERO;

	open_damage(o, DAMAGE_LOSS, "read", there != EXTENT_ZERO ? there : 0, n, "%llu bytes from offset %llu of %.*s cannot be read",
		    (unsigned long long)n, (unsigned long long)at,
		    (int)(f->path.n < 100 ? f->path.n : 100), (const char *)f->path.p);
}

int open_spool_file(struct opening *o, struct open_found *f, const struct reader *from)
{
	uint8_t bytes[COPY_STEP];

	f->spooled = true;
	f->spool_at = o->spool_at;
	for (uint64_t at = 0; at < f->size;) {
		size_t n = f->size - at < COPY_STEP ? (size_t)(f->size - at) : COPY_STEP;
		int64_t got = reader_read(from, at, bytes, n);
		size_t have = got > 0 ? (size_t)got : 0;
		if (have < n) {
			tell_unread(o, f, at + have, n - have);
			memset(bytes + have, 0, n - have);
		}
		if (open_spool(o, (struct view){ bytes, n }) < 0)
			return -1;
		at += n;
	}
	return 0;
}
