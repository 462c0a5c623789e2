/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive over a reader: what it may read, and how it gets the bytes. */
#include "archive-private.h"

#include <errno.h>
#include <string.h>

int feed_progress(struct feed *f)
{
	const struct open_sink *s = f->o->sink;

	f->told = f->read + f->out;
	if (!f->ended && s->progress(s->ctx, (struct view){ 0 }, f->files, f->read) < 0)
		f->ended = true;
	return f->ended ? -1 : 0;
}

static la_ssize_t on_read(struct archive *a, void *ctx, const void **out)
{
	struct feed *f = ctx;
	int64_t n = reader_read(f->o->r->bytes, f->at, f->block, ARCHIVE_BLOCK);

	if (n < 0) {
		archive_set_error(a, errno, "the archive cannot be read: %s", strerror(errno));
		return ARCHIVE_FATAL;
	}
	f->at += (uint64_t)n;
	f->read += (uint64_t)n;
	*out = f->block;
	if (f->read + f->out - f->told >= ARCHIVE_TELL && feed_progress(f) < 0)
		return ARCHIVE_FATAL;
	return n;
}

static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t n)
{
	struct feed *f = ctx;
	uint64_t left = f->o->r->bytes->size > f->at ? f->o->r->bytes->size - f->at : 0;

	(void)a;
	if (n < 0)
		return 0;
	/* libarchive reads what is not skipped */
	uint64_t take = (uint64_t)n < left ? (uint64_t)n : left;
	f->at += take;
	return (la_int64_t)take;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t off, int whence)
{
	struct feed *f = ctx;
	uint64_t size = f->o->r->bytes->size, from = whence == SEEK_SET ? f->base : f->at;

	(void)a;
	if (whence == SEEK_END)
		from = size;
	if (off < 0 ? from - f->base < (uint64_t)-off : (uint64_t)off > INT64_MAX - from)
		return ARCHIVE_FATAL;
	uint64_t to = off < 0 ? from - (uint64_t)-off : from + (uint64_t)off;
	f->at = f->sought = to < size ? to : size;
	return (la_int64_t)(f->at - f->base);
}

/* ---- opening ---- */

/* Some filters run programs, and each format more is more that can be attacked: those that are meant. */
static bool support_filter(struct archive *a, const char *format)
{
	bool zstd = !strcmp(format, "zstd archive"), bzip2 = !strcmp(format, "bzip2 archive");

	if (!zstd && !bzip2 && !packed_knows(format))
		return true;
	return (!zstd || archive_read_support_filter_zstd(a) == ARCHIVE_OK) &&
	       (!bzip2 || archive_read_support_filter_bzip2(a) == ARCHIVE_OK) &&
	       archive_read_support_format_raw(a) == ARCHIVE_OK &&
	       archive_read_support_format_empty(a) == ARCHIVE_OK;
}

static bool support(struct archive *a, enum archive_way way, const char *format)
{
	switch (way) {
	case WAY_ZIP:
		return archive_read_support_format_zip_seekable(a) == ARCHIVE_OK;
	case WAY_STREAM:
		return archive_read_support_format_zip_streamable(a) == ARCHIVE_OK;
	case WAY_7Z:
		return archive_read_support_format_7zip(a) == ARCHIVE_OK;
	case WAY_TAR:
		return archive_read_support_format_tar(a) == ARCHIVE_OK && support_filter(a, format);
	}
	return false;
}

bool next_password(struct view *left, struct view *one)
{
	if (!left->n)
		return false;
	const uint8_t *newline = memchr(left->p, '\n', left->n);
	size_t n = newline ? (size_t)(newline - left->p) : left->n;

	*one = view_sub(*left, 0, n && left->p[n - 1] == '\r' ? n - 1 : n);
	*left = view_sub(*left, n + 1, left->n);
	return true;
}

static bool add_password(struct unpack *u, struct view v)
{
	char *one = mem_str(v);
	bool ok = one && archive_read_add_passphrase(u->a, one) == ARCHIVE_OK;

	mem_free(one);
	u->passwords++;
	return ok;
}

/* A line that is empty is none. */
static int add_passwords(struct unpack *u)
{
	struct view left = u->o->r->options->passwords, one;

	u->passwords = 0;
	if (u->password.n)
		return add_password(u, u->password) ? 0 : -1;
	while (u->passwords < LIMIT_PASSWORDS && next_password(&left, &one))
		if (one.n && !add_password(u, one))
			return -1;
	return 0;
}

int unpack_failed(struct unpack *u)
{
	char why[ARCHIVE_WHY];

	unpack_why(u, why);
	if (u->way == WAY_7Z && archive_read_has_encrypted_entries(u->a) > 0)
		return err_set(u->o->e, ERR_UNSUPPORTED, 0,
			       "its directory is encrypted, which is not read of 7z; unpack it first");
	return err_set(u->o->e, ERR_DAMAGE, 0, "cannot be unpacked: %s", why);
}

static bool start_packed(struct feed *f, const char *format)
{
	if (!packed_knows(format))
		return true;
	f->packed = packed_new(format);
	f->unpacked = f->packed ? mem_alloc(ARCHIVE_BLOCK) : NULL;
	return f->unpacked;
}

static void set_callbacks(struct unpack *u)
{
	bool packed = u->feed.packed;

	archive_read_set_read_callback(u->a, packed ? feed_unpacked : on_read);
	if (!packed)
		archive_read_set_skip_callback(u->a, on_skip);
	if (!packed && u->way != WAY_STREAM)
		archive_read_set_seek_callback(u->a, on_seek);
	archive_read_set_callback_data(u->a, &u->feed);
}

int unpack_open(struct unpack *u, enum archive_way way, uint64_t base)
{
	unpack_close(u);
	u->feed.base = u->feed.at = base;
	u->feed.sought = UINT64_MAX;
	u->way = way;
	u->a = archive_read_new();
	if (!u->a || !support(u->a, way, u->o->r->format) || !start_packed(&u->feed, u->o->r->format) ||
	    add_passwords(u) < 0)
		return err_set(u->o->e, ERR_NOMEM, 0, "no memory to unpack with");
	set_callbacks(u);
	if (archive_read_open1(u->a) < ARCHIVE_WARN)
		return u->feed.ended ? -1 : unpack_failed(u);
	return 0;
}

void unpack_close(struct unpack *u)
{
	if (u->a)
		archive_read_free(u->a);
	u->a = NULL;
	packed_free(u->feed.packed);
	u->feed.packed = NULL;
	mem_free(u->feed.unpacked);
	u->feed.unpacked = NULL;
}

uint64_t unpack_at(const struct unpack *u)
{
	if (u->feed.packed)
		return feed_packed_at(&u->feed);
	la_int64_t n = archive_filter_bytes(u->a, -1);

	return u->feed.base + (n > 0 ? (uint64_t)n : 0);
}

void unpack_why(const struct unpack *u, char out[ARCHIVE_WHY])
{
	const char *why = archive_error_string(u->a);
	size_t n = 0;

	if (!why || !*why)
		why = "it ends before it should";
	for (; why[n] && n < ARCHIVE_WHY - 1; n++)
		out[n] = (uint8_t)why[n] < ' ' ? ' ' : why[n];
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

/* ---- the digest ---- */

int feed_hash(struct feed *f)
{
	const struct opening *o = f->o;
	struct sha256 h;
	uint8_t sum[32];
	int64_t n = 0;

	if (!sha256_start(&h))
		return err_set(o->e, ERR_NOMEM, 0, "no memory for a digest");
	for (f->at = 0; f->at < o->r->bytes->size && !f->ended; f->at += (uint64_t)n) {
		n = reader_read(o->r->bytes, f->at, f->block, ARCHIVE_BLOCK);
		if (n <= 0)
			break;
		sha256_add(&h, (struct view){ f->block, (size_t)n });
		f->read += (uint64_t)n;
		if (f->read - f->told >= ARCHIVE_TELL)
			feed_progress(f);
	}
	sha256_end(&h, sum);
	if (f->ended)
		return -1;
	if (f->at < o->r->bytes->size) {
		open_damage(o, DAMAGE_LOSS, "read", f->at, o->r->bytes->size - f->at,
			    "the archive cannot be read from offset %llu on: there is no digest of it",
			    (unsigned long long)f->at);
		return 0;
	}
	f->read = f->told = 0;
	return o->sink->hash(o->sink->ctx, sum) < 0 ? -1 : 0;
}
