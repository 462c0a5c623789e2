/* SPDX-License-Identifier: Apache-2.0 */
/* A container that is one packed stream, or some behind one another, as libarchive gets it. */
#include "archive-private.h"

#include <errno.h>
#include <string.h>

uint64_t feed_packed_at(const struct feed *f)
{
	return f->at - f->in.n;
}

/* What was unpacked before stays; where that is nothing libarchive is told. */
static int stop(struct feed *f, struct archive *a, const char *kind, const char *why)
{
	f->finished = true;
	if (!f->given) {
		archive_set_error(a, EILSEQ, "%s", why);
		return -1;
	}
	open_damage(f->o, DAMAGE_LOSS, kind, feed_packed_at(f), 0,
		    "the %s is damaged here or before (%s); %llu bytes were unpacked of it", f->o->r->format, why,
		    (unsigned long long)f->given);
	return 0;
}

/* -1: it cannot be read; in->n is 0 at its end. */
static int fill(struct feed *f, struct archive *a)
{
	int64_t n = reader_read(f->o->r->bytes, f->at, f->block, ARCHIVE_BLOCK);

	if (n < 0) {
		archive_set_error(a, errno, "the archive cannot be read: %s", strerror(errno));
		return -1;
	}
	f->in = (struct view){ f->block, (size_t)n };
	f->at += (uint64_t)n;
	f->read += (uint64_t)n;
	return 0;
}

/* Behind a stream there may be zeros, and another one. */
static int next_stream(struct feed *f, struct archive *a)
{
	uint8_t magic[PACKED_MAGIC];

	for (;;) {
		while (f->in.n && !*f->in.p)
			f->in = view_sub(f->in, 1, f->in.n);
		if (f->in.n)
			break;
		if (fill(f, a) < 0)
			return -1;
		if (!f->in.n) {
			f->finished = true;
			return 0;
		}
	}
	int64_t n = reader_read(f->o->r->bytes, feed_packed_at(f), magic, sizeof(magic));
	if (n > 0 && packed_begins(f->packed, (struct view){ magic, (size_t)n }))
		return packed_again(f->packed) ? 0 : stop(f, a, "archive-damaged", "no memory");
	f->finished = true;
	open_damage(f->o, DAMAGE_NOTE, "archive-trailing", feed_packed_at(f),
		    f->o->r->bytes->size - feed_packed_at(f), "what follows the %s here is none of it",
		    f->o->r->format);
	return 0;
}

/* A step; *n: the room, then what was unpacked. */
static int step(struct feed *f, struct archive *a, uint8_t *out, size_t *n)
{
	if (!f->in.n && fill(f, a) < 0)
		return -1;
	bool at_end = !f->in.n;
	enum packed_end r = packed_run(f->packed, &f->in, out, n);
	f->given += *n;
	if (r == PACKED_DAMAGED)
		return stop(f, a, "archive-damaged", packed_why(f->packed));
	if (r == PACKED_END)
		return next_stream(f, a);
	return at_end && !*n ? stop(f, a, "archive-cut", "it ends before it should") : 0;
}

la_ssize_t feed_unpacked(struct archive *a, void *ctx, const void **out)
{
	struct feed *f = ctx;
	size_t n = 0;

	while (n < ARCHIVE_BLOCK && !f->finished) {
		size_t room = ARCHIVE_BLOCK - n;
		if (step(f, a, f->unpacked + n, &room) < 0)
			return ARCHIVE_FATAL;
		n += room;
		if (f->read + f->out - f->told >= ARCHIVE_TELL && feed_progress(f) < 0)
			return ARCHIVE_FATAL;
	}
	*out = f->unpacked;
	return (la_ssize_t)n;
}
