/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, clues and candidates on disk: written once, read from start to end as often as is asked for. */
#include "hunt-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int spool_init(struct spool *s, int dirfd, struct err *e)
{
	memset(s, 0, sizeof(*s));
	buf_init(&s->out, 0);
	buf_init(&s->item, LIMIT_MESSAGE);
	s->fd = report_spool(dirfd, e);
	return s->fd < 0 ? -1 : 0;
}

void spool_release(struct spool *s)
{
	if (s->fd > 0)
		close(s->fd);
	buf_release(&s->out);
	buf_release(&s->item);
	mem_free(s->in);
	memset(s, 0, sizeof(*s));
}

int spool_flush(struct spool *s, struct err *e)
{
	struct view v = buf_data(&s->out);
	if (s->out.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for the facts' buffer");
	while (v.n) {
		ssize_t n = pwrite(s->fd, v.p, v.n, (off_t)s->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(e, ERR_IO, "temporary file in the output folder");
		s->size += (uint64_t)n;
		v = view_sub(v, (size_t)n, v.n);
	}
	buf_clear(&s->out);
	return 0;
}

int spool_add(struct spool *s, struct view v, struct err *e)
{
	buf_blob(&s->out, v);
	return s->out.n < SPOOL_STEP && !s->out.bad ? 0 : spool_flush(s, e);
}

int spool_take(struct spool *s, uint8_t *out, size_t n, struct err *e)
{
	while (n) {
		if (s->in_pos == s->in_len) {
			ssize_t got = pread(s->fd, s->in, SPOOL_STEP, (off_t)s->in_off);
			if (got < 0 && errno == EINTR)
				continue;
			if (got < 0)
				return err_errno(e, ERR_IO, "temporary file in the output folder");
			if (got == 0)
				return 1;
			s->in_off += (uint64_t)got;
			s->in_len = (size_t)got;
			s->in_pos = 0;
		}
		size_t step = s->in_len - s->in_pos < n ? s->in_len - s->in_pos : n;
		memcpy(out, s->in + s->in_pos, step);
		s->in_pos += step;
		out += step;
		n -= step;
	}
	return 0;
}

int spool_rewind(struct spool *s, struct err *e)
{
	if (!s->in)
		s->in = mem_alloc(SPOOL_STEP);
	if (!s->in)
		return err_set(e, ERR_NOMEM, 0, "no memory to read the facts");
	s->in_off = 0;
	s->in_len = s->in_pos = 0;
	return spool_flush(s, e);
}

static int item_room(struct spool *s, uint32_t n)
{
	static const uint8_t zeros[512];
	buf_clear(&s->item);
	while (s->item.n < n && !s->item.bad)
		buf_add(&s->item, zeros, n - s->item.n < sizeof(zeros) ? n - s->item.n : sizeof(zeros));
	return s->item.bad ? -1 : 0;
}

int spool_next(struct spool *s, struct view *out, struct err *e)
{
	uint8_t prefix[4];
	int rc = spool_take(s, prefix, sizeof(prefix), e);
	if (rc != 0)
		return rc;
	struct cursor c = cursor_of((struct view){prefix, sizeof(prefix)});
	uint32_t n = cursor_u32(&c);
	if (n > LIMIT_MESSAGE || item_room(s, n) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory to read a temporary file");
	if (spool_take(s, s->item.p, n, e) != 0)
		return err_set(e, ERR_IO, s->in_off, "a temporary file is cut short");
	*out = buf_data(&s->item);
	return 0;
}

/* ---- facts ---- */

static int facts_rewind(void *ctx, struct err *e)
{
	return spool_rewind(ctx, e);
}

static int facts_next(void *ctx, struct fact *f, struct err *e)
{
	struct spool *s = ctx;
	struct view item = {0};
	int rc = spool_next(s, &item, e);
	struct cursor c = cursor_of(item);
	if (rc == 0 && fact_read(&c, f) < 0)
		return err_set(e, ERR_IO, s->in_off, "the temporary file of facts is damaged");
	return rc;
}

struct fact_reader spool_reader(struct spool *s)
{
	return (struct fact_reader){.rewind = facts_rewind, .next = facts_next, .ctx = s};
}
