/* SPDX-License-Identifier: Apache-2.0 */
/*
 * E01 by libewf itself and not through The Sleuth Kit, which hides damage: a missing end and flipped bits
 * read there as if nothing were. Here what is missing cannot be read, and is told; so are checksums that are
 * wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bfio.h"
#include "media.h"

#define LIBEWF_HAVE_BFIO 1 /* it was built with it, and its headers do not say so */
#include <libewf.h>

#define FACT_MAX 4096u

struct ewf {
	libewf_handle_t *handle;
	libbfio_pool_t *pool;
	uint32_t sector, chunk; /* bytes */
	bool open;
	uint64_t missing;       /* from there on the media is not in the files; its size: it all is */
};

static int refuse(struct media *m, const char *what, libbfio_error_t **error)
{
	char why[BFIO_WHY];

	err_set(m->o->e, ERR_DAMAGE, 0, "%s (%s)", what, bfio_why(*error, why));
	bfio_forget(error);
	return -1;
}

static void release_ewf(struct media *m)
{
	struct ewf *w = m->state;
	libbfio_error_t *error = NULL;

	if (w->open)
		libewf_handle_close(w->handle, &error);
	if (w->handle)
		libewf_handle_free(&w->handle, &error);
	if (w->pool)
		libbfio_pool_free(&w->pool, &error);
	bfio_forget(&error);
	mem_free(w);
}

static int64_t read_ewf(const struct reader *r, uint64_t off, void *out, size_t n)
{
	struct media *m = (struct media *)(uintptr_t)r->ctx;
	const struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	char why[BFIO_WHY];

	/* the library would give zeros, and leak a chunk each time */
	if (off >= w->missing) {
		errno = EIO;
		return -1;
	}
	if (n > w->missing - off)
		n = (size_t)(w->missing - off);
	ssize_t got = libewf_handle_read_random(w->handle, out, n, (off64_t)off, &error);

	if (got < 0) {
		media_failed(m, off, n, bfio_why(error, why));
		errno = EIO;
	}
	bfio_forget(&error);
	return got < 0 ? -1 : got;
}

/* ---- what it says of itself ---- */

static int tell_value(struct media *m, const char *id, const char *fact)
{
	const struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	uint8_t value[FACT_MAX] = { 0 };
	int rc = libewf_handle_get_utf8_header_value(w->handle, (const uint8_t *)id, strlen(id), value,
						     sizeof(value), &error);

	bfio_forget(&error);
	value[sizeof(value) - 1] = '\0';
	return rc == 1 ? media_fact(m, fact, view_str((const char *)value)) : 0;
}

static int tell_values(struct media *m)
{
	static const char *const values[][2] = {
		{ "case_number", "case_number" }, { "evidence_number", "evidence_number" },
		{ "examiner_name", "examiner" },  { "description", "description" },
		{ "notes", "notes" },             { "acquiry_date", "acquired" },
		{ "system_date", "system_date" },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(values) / sizeof(values[0]); i++)
		rc = tell_value(m, values[i][0], values[i][1]);
	return rc;
}

static int tell_hashes(struct media *m)
{
	const struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	uint8_t sum[20];

	if (libewf_handle_get_md5_hash(w->handle, sum, 16, &error) == 1)
		hex_format(sum, 16, m->md5);
	bfio_forget(&error);
	if (libewf_handle_get_sha1_hash(w->handle, sum, 20, &error) == 1)
		hex_format(sum, 20, m->sha1);
	bfio_forget(&error);
	if (media_fact(m, "stored_md5", view_str(m->md5)) < 0)
		return -1;
	return media_fact(m, "stored_sha1", view_str(m->sha1));
}

/* Sectors that could not be read when the image was made. */
static void tell_unread(struct media *m)
{
	const struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	uint32_t n = 0;

	if (libewf_handle_get_number_of_acquiry_errors(w->handle, &n, &error) != 1)
		n = 0;
	for (uint32_t i = 0; i < n && i < LIMIT_DAMAGE_PER_SOURCE; i++) {
		uint64_t at = 0, count = 0;
		if (libewf_handle_get_acquiry_error(w->handle, i, &at, &count, &error) == 1)
			open_damage(m->o, DAMAGE_LOSS, "acquisition", at * w->sector, count * w->sector,
				    "these sectors could not be read when the image was made");
		bfio_forget(&error);
	}
	bfio_forget(&error);
}

/* ---- damage ---- */

static uint32_t count_errors(const struct ewf *w)
{
	libbfio_error_t *error = NULL;
	uint32_t n = 0;

	if (libewf_handle_get_number_of_checksum_errors(w->handle, &n, &error) != 1)
		n = 0;
	bfio_forget(&error);
	return n;
}

static bool error_at(const struct ewf *w, uint32_t i, uint64_t *at, uint64_t *n)
{
	libbfio_error_t *error = NULL;
	uint64_t sector = 0, count = 0;
	int rc = libewf_handle_get_checksum_error(w->handle, i, &sector, &count, &error);

	bfio_forget(&error);
	*at = sector < INT64_MAX / w->sector ? sector * w->sector : INT64_MAX;
	*n = count < INT64_MAX / w->sector ? count * w->sector : INT64_MAX;
	return rc == 1;
}

/* The byte cannot be read, or is not what was written. */
static bool is_bad(const struct media *m, uint64_t off)
{
	const struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	uint8_t byte;
	uint64_t at, n;
	ssize_t got = libewf_handle_read_random(w->handle, &byte, 1, (off64_t)off, &error);

	bfio_forget(&error);
	for (uint32_t i = 0, all = count_errors(w); i < all && i < LIMIT_DAMAGE_PER_SOURCE; i++)
		if (error_at(w, i, &at, &n) && off >= at && off - at < n)
			return true;
	return got != 1;
}

/* Where the part that is there ends: what is missing is missing to the end. */
static void find_missing(struct media *m)
{
	struct ewf *w = m->state;
	uint64_t low = 0, high = m->bytes.size / w->chunk;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		if (is_bad(m, mid * w->chunk))
			high = mid;
		else
			low = mid + 1;
	}
	w->missing = low * w->chunk < m->bytes.size ? low * w->chunk : m->bytes.size;
	open_damage(m->o, DAMAGE_LOSS, "segments", w->missing, m->bytes.size - w->missing,
		    "the image's files end too early: of the disk, %llu bytes from offset %llu are missing",
		    (unsigned long long)(m->bytes.size - w->missing),
		    (unsigned long long)w->missing);
}

static int finish_ewf(struct media *m)
{
	const struct ewf *w = m->state;
	uint32_t n = count_errors(w);
	uint64_t at, size;

	for (uint32_t i = 0; i < n; i++) {
		if (i == LIMIT_DAMAGE_PER_SOURCE) {
			open_damage(m->o, DAMAGE_LOSS, "limit", 0, 0, "%u more places have wrong checksums",
				    n - i);
			break;
		}
		if (error_at(w, i, &at, &size) && at < w->missing)
			open_damage(m->o, DAMAGE_LOSS, "checksum", at, size,
				    "the checksum of these sectors is wrong; what was read may be too");
	}
	return 0;
}

/* ---- opening ---- */

static int add_segments(struct media *m)
{
	struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	int entry;

	if (libbfio_pool_initialize(&w->pool, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES,
				    &error) != 1)
		return refuse(m, "no memory for an image", &error);
	for (size_t i = 0; i < m->parts.n; i++) {
		libbfio_handle_t *h = bfio_open(&m->parts.v[i]->bytes);
		if (!h)
			return err_set(m->o->e, ERR_NOMEM, 0, "no memory for an image");
		if (libbfio_pool_append_handle(w->pool, &entry, h, LIBBFIO_OPEN_READ, &error) != 1) {
			bfio_close(&h);
			return refuse(m, "a part of the E01 image cannot be read", &error);
		}
	}
	return 0;
}

static int open_handle(struct media *m)
{
	struct ewf *w = m->state;
	libbfio_error_t *error = NULL;
	size64_t size = 0;

	if (libewf_handle_initialize(&w->handle, &error) != 1)
		return refuse(m, "no memory for an image", &error);
	if (libewf_handle_open_file_io_pool(w->handle, w->pool, LIBEWF_OPEN_READ, &error) != 1)
		return refuse(m, "the E01 image cannot be opened, its first file is damaged", &error);
	w->open = true;
	if (libewf_handle_get_media_size(w->handle, &size, &error) != 1 ||
	    libewf_handle_get_bytes_per_sector(w->handle, &w->sector, &error) != 1 ||
	    libewf_handle_get_chunk_size(w->handle, &w->chunk, &error) != 1 || !w->sector || !w->chunk ||
	    w->chunk > LIMIT_EWF_CHUNK || size > INT64_MAX)
		return refuse(m, "what the E01 image says of its disk's size cannot be", &error);
	/* one flipped bit must not cost a whole chunk of 32 KiB */
	libewf_handle_set_read_zero_chunk_on_error(w->handle, 0, &error);
	bfio_forget(&error);
	libewf_handle_set_header_values_date_format(w->handle, LIBEWF_DATE_FORMAT_ISO8601, &error);
	bfio_forget(&error);
	m->bytes = (struct reader){ .read_at = read_ewf, .ctx = m, .fd = -1, .size = size };
	w->missing = size;
	return 0;
}

int media_open_ewf(struct media *m)
{
	struct ewf *w = mem_alloc(sizeof(*w));
	libbfio_error_t *error = NULL;

	if (!w)
		return err_set(m->o->e, ERR_NOMEM, 0, "no memory for an image");
	m->state = w;
	m->release = release_ewf;
	m->finish = finish_ewf;
	if (parts_add_row(&m->parts, parts_ewf, 0) < 0 || add_segments(m) < 0 || open_handle(m) < 0)
		return -1;
	if (libewf_handle_segment_files_corrupted(w->handle, &error) == 1)
		find_missing(m);
	bfio_forget(&error);
	tell_unread(m);
	return tell_values(m) < 0 || tell_hashes(m) < 0 ? -1 : 0;
}
