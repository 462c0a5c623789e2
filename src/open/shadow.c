/* SPDX-License-Identifier: Apache-2.0 */
/* Shadow copies of an NTFS volume, through libvshadow: each is read as a volume of its own. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bfio.h"
#include "image-private.h"

#define LIBVSHADOW_HAVE_BFIO 1
#include <libvshadow.h>

/* Where a volume that has shadow copies says so, and how (libyal's description of VSS). */
#define HEADER_AT 0x1e00u
static const uint8_t header_id[16] = { 0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e,
				       0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52 };

struct shadows {
	struct image *im;
	const struct volume *v;
	libbfio_handle_t *from;
	libvshadow_volume_t *volume;
	int n;
	struct buf path;
};

static bool has_shadows(const struct reader *bytes)
{
	uint8_t id[sizeof(header_id)];

	return reader_read(bytes, HEADER_AT, id, sizeof(id)) == (int64_t)sizeof(id) &&
	       !memcmp(id, header_id, sizeof(id));
}

static bool is_chosen(const struct open_options *o, uint32_t number)
{
	for (size_t i = 0; i < o->n_store; i++)
		if (o->store[i] == number)
			return true;
	return !o->n_store;
}

static int64_t read_store(const struct reader *r, uint64_t off, void *out, size_t n)
{
	libvshadow_store_t *store = (libvshadow_store_t *)(uintptr_t)r->ctx;
	libbfio_error_t *error = NULL;
	ssize_t got = libvshadow_store_read_buffer_at_offset(store, out, n, (off64_t)off, &error);

	bfio_forget(&error);
	if (got < 0)
		errno = EIO;
	return got;
}

/* One that cannot be read is told, and the others go on. */
static int tell_unread(struct shadows *s, struct view name, const char *what, libbfio_error_t **error)
{
	const struct open_sink *sink = s->im->o->sink;
	char text[BFIO_WHY + 64], why[BFIO_WHY];

	snprintf(text, sizeof(text), "%s (%s)", what, bfio_why(*error, why));
	bfio_forget(error);
	const struct open_volume v = { .name = name, .what = view_str("shadow copy"),
				       .offset = s->v->offset, .why = view_str(text) };
	return sink->volume(sink->ctx, &v);
}

static int read_files(struct shadows *s, libvshadow_store_t *store, struct view name)
{
	libbfio_error_t *error = NULL;
	size64_t size = 0;
	uint64_t created = 0;

	if (libvshadow_store_get_volume_size(store, &size, &error) != 1 || size == 0 || size > INT64_MAX)
		return tell_unread(s, name, "its size cannot be read", &error);
	if (libvshadow_store_get_creation_time(store, &created, &error) != 1)
		bfio_forget(&error);
	const struct reader bytes = { .read_at = read_store, .ctx = store, .fd = -1, .size = size };
	const struct volume v = { .bytes = &bytes, .offset = s->v->offset, .name = name,
				  .label = s->v->label, .created = created, .state = SOURCE_SHADOW };
	return volume_files(s->im, &v, NULL);
}

static int read_store_at(struct shadows *s, int index)
{
	libbfio_error_t *error = NULL;
	libvshadow_store_t *store = NULL;
	char what[32];
	int rc;

	snprintf(what, sizeof(what), "vss%d", index + 1);
	struct view path = volume_path(&s->path, s->v, view_str(what));
	if (!path.n)
		return err_set(s->im->o->e, ERR_NOMEM, 0, "no memory for a shadow copy");
	if (!open_enters(s->im->o->r, path))
		return 0;
	if (libvshadow_volume_get_store(s->volume, index, &store, &error) != 1)
		return tell_unread(s, path, "it cannot be opened", &error);
	rc = read_files(s, store, path);
	if (libvshadow_store_free(&store, &error) != 1)
		bfio_forget(&error);
	return rc;
}

static int read_stores(struct shadows *s)
{
	const struct open_options *o = s->im->o->r->options;
	int rc = 0;

	for (int i = 0; rc == 0 && i < s->n && (unsigned)i < LIMIT_STORES; i++)
		if (is_chosen(o, (uint32_t)i + 1))
			rc = read_store_at(s, i);
	if (rc == 0 && (unsigned)s->n > LIMIT_STORES)
		open_damage(s->im->o, DAMAGE_LOSS, "shadow-copies", s->v->offset, 0,
			    "of %d shadow copies no more than %u are read", s->n, LIMIT_STORES);
	return rc;
}

/* The catalogue of them. */
static int open_catalogue(struct shadows *s)
{
	libbfio_error_t *error = NULL;
	char why[BFIO_WHY];

	s->from = bfio_open(s->v->bytes);
	if (!s->from || libvshadow_volume_initialize(&s->volume, &error) != 1) {
		bfio_forget(&error);
		return err_set(s->im->o->e, ERR_NOMEM, 0, "no memory for shadow copies");
	}
	if (libvshadow_volume_open_file_io_handle(s->volume, s->from, LIBVSHADOW_OPEN_READ, &error) == 1 &&
	    libvshadow_volume_get_number_of_stores(s->volume, &s->n, &error) == 1)
		return 0;
	open_damage(s->im->o, DAMAGE_LOSS, "shadow-copies", s->v->offset + HEADER_AT, 0,
		    "the list of shadow copies cannot be read: %s", bfio_why(error, why));
	bfio_forget(&error);
	s->n = 0;
	return 0;
}

int shadow_stores(struct image *im, const struct volume *v)
{
	struct shadows s = { .im = im, .v = v };
	libbfio_error_t *error = NULL;

	if (!has_shadows(v->bytes))
		return 0;
	buf_init(&s.path, 0);
	int rc = open_catalogue(&s);
	if (rc == 0)
		rc = read_stores(&s);
	if (s.volume) {
		if (libvshadow_volume_close(s.volume, &error) != 0)
			bfio_forget(&error);
		if (libvshadow_volume_free(&s.volume, &error) != 1)
			bfio_forget(&error);
	}
	bfio_close(&s.from);
	buf_release(&s.path);
	return rc;
}
