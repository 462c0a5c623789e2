/* SPDX-License-Identifier: Apache-2.0 */
/* Where the bytes of a stream are: as runs of clusters of the volume, or only through the library. */
#include <errno.h>
#include <string.h>

#include "files.h"

static int64_t read_attr(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct data *d = r->ctx;
	ssize_t got = tsk_fs_attr_read(d->attr, (TSK_OFF_T)off, out, n, TSK_FS_FILE_READ_FLAG_NONE);

	if (got >= 0)
		return got;
	tsk_error_reset();
	errno = EIO;
	return -1;
}

struct reader data_reader(const struct data *d)
{
	if (d->plain.n)
		return reader_of_extents(&d->map);
	return (struct reader){ .read_at = read_attr, .ctx = d, .fd = -1,
				.size = (uint64_t)d->attr->size };
}

/* The extents of a run list as they are made. */
struct laying {
	struct buf *out; /* of struct extent */
	struct data *d;
	uint64_t pos, size; /* of the stream: how far it is laid out, its end */
	uint64_t stored;    /* what lies behind is zero */
	uint64_t n;
	bool ntfs;
};

/* One more, or the last one longer. */
static void lay(struct laying *l, uint64_t at, uint64_t n)
{
	struct extent last;

	if (!n)
		return;
	if (l->n) {
		memcpy(&last, l->out->p + l->out->n - sizeof(last), sizeof(last));
		if (last.at == EXTENT_ZERO ? at == EXTENT_ZERO : at == last.at + last.n) {
			last.n += n;
			memcpy(l->out->p + l->out->n - sizeof(last), &last, sizeof(last));
			l->pos += n;
			return;
		}
	}
	const struct extent e = { l->pos, at, n };
	buf_add(l->out, &e, sizeof(e));
	l->pos += n;
	l->n++;
}

/* n bytes at a place of the volume: what is behind its end is lost, what was never written is zero. */
static void lay_stored(struct laying *l, uint64_t at, uint64_t n)
{
	uint64_t end = l->d->volume->size;
	uint64_t real = l->pos >= l->stored ? 0 : l->stored - l->pos < n ? l->stored - l->pos : n;
	uint64_t there = at >= end ? 0 : end - at < real ? end - at : real;

	if (there < real) {
		if (!l->d->lost)
			l->d->lost_at = l->pos + there;
		l->d->lost += real - there;
	}
	lay(l, at, there);
	lay(l, EXTENT_ZERO, n - there);
}

/* What the library has no place for: of ext a hole, of NTFS runs in an MFT entry that is lost. */
static void lay_filler(struct laying *l, uint64_t n)
{
	if (l->ntfs)
		lay_stored(l, l->d->volume->size, n);
	else
		lay(l, EXTENT_ZERO, n);
}

/* False: it cannot be laid out. */
static bool lay_run(struct laying *l, const TSK_FS_ATTR_RUN *run, uint64_t block)
{
	if (run->offset > (uint64_t)INT64_MAX / block || run->len > (uint64_t)INT64_MAX / block ||
	    run->addr > (uint64_t)INT64_MAX / block || run->offset * block != l->pos ||
	    (run->flags & TSK_FS_ATTR_RUN_FLAG_ENCRYPTED) ||
	    l->n >= LIMIT_FILE_EXTENTS)
		return false;
	uint64_t n = run->len * block, left = l->size - l->pos;
	if (n > left)
		n = left;
	if (run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER)
		lay_filler(l, n);
	else if (run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE)
		lay(l, EXTENT_ZERO, n);
	else
		lay_stored(l, run->addr * block, n);
	return true;
}

static bool is_plain(const TSK_FS_ATTR *a)
{
	return (a->flags & TSK_FS_ATTR_NONRES) && !(a->flags & (TSK_FS_ATTR_COMP | TSK_FS_ATTR_ENC)) &&
	       !a->nrd.skiplen && a->size > 0;
}

int data_init(struct data *d, const struct volume *v, TSK_FS_FILE *f, TSK_FS_ATTR *attr, uint64_t valid,
	      struct buf *pieces)
{
	struct laying l = { .out = pieces, .d = d, .size = (uint64_t)attr->size };
	uint64_t block = f->fs_info->block_size;

	*d = (struct data){ .volume = v->bytes, .attr = attr };
	buf_clear(pieces);
	if (!is_plain(attr) || !block || f->fs_info->block_pre_size)
		return 0;
	l.ntfs = TSK_FS_TYPE_ISNTFS(f->fs_info->ftype);
	l.stored = l.ntfs && attr->nrd.initsize >= 0 ? (uint64_t)attr->nrd.initsize : valid;
	for (const TSK_FS_ATTR_RUN *run = attr->nrd.run; run && l.pos < l.size; run = run->next)
		if (!lay_run(&l, run, block))
			return 0;
	if (pieces->bad)
		return -1;
	if (l.pos < l.size && l.pos < l.stored)
		return 0;
	lay(&l, EXTENT_ZERO, l.size - l.pos);
	if (pieces->bad)
		return -1;
	d->plain = (struct extents){ (const struct extent *)(const void *)pieces->p, (size_t)l.n };
	d->map = (struct mapped){ d->volume, d->plain };
	return 0;
}
