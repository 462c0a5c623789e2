/* SPDX-License-Identifier: Apache-2.0 */
/* Disks of virtual machines: VMDK, VHD and VHDX, QCOW, each by its library. These have the same shape. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bfio.h"
#include "media.h"

/* they were built with it, and not all of their headers say so */
#define LIBQCOW_HAVE_BFIO 1
#define LIBVHDI_HAVE_BFIO 1
#include <libqcow.h>
#include <libvhdi.h>
#include <libvmdk.h>

#define READING 1 /* the libraries' flag */
#define PARENT_NAME 1024u

struct library {
	const char *format; /* how its name begins */
	int (*create)(intptr_t **h, libbfio_error_t **e);
	int (*destroy)(intptr_t **h, libbfio_error_t **e);
	int (*open)(intptr_t *h, libbfio_handle_t *from, int flags, libbfio_error_t **e);
	int (*close)(intptr_t *h, libbfio_error_t **e);
	ssize_t (*read)(intptr_t *h, void *out, size_t n, off64_t at, libbfio_error_t **e);
	int (*size)(intptr_t *h, size64_t *size, libbfio_error_t **e);
	int (*parent_size)(intptr_t *h, size_t *n, libbfio_error_t **e);
	int (*parent)(intptr_t *h, uint8_t *out, size_t n, libbfio_error_t **e);
	/* Another reason why it cannot be read, and what else it takes to; may be NULL. */
	int (*prepare)(struct media *m);
	/* It holds of a block no more than there is of it before the file's end, and gives it as if whole:
	   so it must not see that end. */
	bool cuts;
};

/* The file as such a library gets it, endless: a block that begins in it is whole, zeros where nothing is. */
struct padded {
	const struct reader *file;
	uint64_t missed; /* bytes beyond the file's end that were given at once, most of them */
};

struct disk {
	const struct library *library;
	struct padded padded;
	struct reader bytes; /* of that */
	intptr_t *handle;
	libbfio_handle_t *from;
	libbfio_pool_t *extents;
	bool open;
};

static int refuse(struct media *m, enum err_code code, const char *what, libbfio_error_t **error)
{
	char why[BFIO_WHY];

	err_set(m->o->e, code, 0, "%s: %s (%s)", m->o->r->format, what, bfio_why(*error, why));
	bfio_forget(error);
	return -1;
}

/* ---- VMDK: where its extents are ---- */

static struct view last_name(const char *path)
{
	return view_after_last(view_str(path), "/\\");
}

/* The part that has it, opened when it is not yet. */
static int find_extent(struct media *m, const char *path, const struct reader **out)
{
	char name[PART_NAME];
	struct view last = last_name(path);
	struct err why = { 0 };

	snprintf(name, sizeof(name), "%.*s", (int)(last.n < 255 ? last.n : 255), (const char *)last.p);
	for (size_t i = 1; i < m->parts.n; i++)
		if (!strcmp(m->parts.v[i]->name, name)) {
			*out = &m->parts.v[i]->bytes;
			return 0;
		}
	int rc = m->parts.n < LIMIT_IMAGE_PARTS ? parts_add(&m->parts, name, &why) : 0;
	if (rc == 0)
		return err_set(m->o->e, ERR_IO, 0, "the part %s of this VMDK disk image cannot be read: %s",
			       name, why.msg);
	*out = &m->parts.v[m->parts.n - 1]->bytes;
	return rc < 0 ? -1 : 0;
}

static int add_extent(struct media *m, const struct reader *bytes)
{
	struct disk *d = m->state;
	libbfio_error_t *error = NULL;
	libbfio_handle_t *h = bfio_open(bytes);
	int entry;

	if (!h)
		return err_set(m->o->e, ERR_NOMEM, 0, "no memory for an image");
	if (libbfio_pool_append_handle(d->extents, &entry, h, READING, &error) == 1)
		return 0;
	bfio_close(&h);
	return refuse(m, ERR_DAMAGE, "a part of it cannot be read", &error);
}

static int read_extent(struct media *m, libvmdk_extent_descriptor_t *x, char path[PARENT_NAME],
		       libbfio_error_t **error)
{
	int type = 0;
	size_t n = 0;

	if (libvmdk_extent_descriptor_get_type(x, &type, error) != 1)
		return refuse(m, ERR_DAMAGE, "its descriptor is damaged", error);
	if (type != LIBVMDK_EXTENT_TYPE_FLAT && type != LIBVMDK_EXTENT_TYPE_SPARSE &&
	    type != LIBVMDK_EXTENT_TYPE_VMFS_FLAT && type != LIBVMDK_EXTENT_TYPE_VMFS_SPARSE)
		return err_set(m->o->e, ERR_UNSUPPORTED, 0, "this VMDK disk image has a part that is no "
			       "file (a device, or zeros), which is not read; convert it with qemu-img");
	if (libvmdk_extent_descriptor_get_utf8_filename_size(x, &n, error) != 1 || n == 0 ||
	    n > PARENT_NAME ||
	    libvmdk_extent_descriptor_get_utf8_filename(x, (uint8_t *)path, n, error) != 1)
		return refuse(m, ERR_DAMAGE, "its descriptor is damaged", error);
	path[n - 1] = '\0';
	return 0;
}

static int open_extent(struct media *m, int i)
{
	struct disk *d = m->state;
	libbfio_error_t *error = NULL;
	libvmdk_extent_descriptor_t *x = NULL;
	char path[PARENT_NAME];
	const struct reader *bytes = m->o->r->bytes;

	/* a sparse file has itself as its only extent, whatever it was called then */
	if (strcmp(m->o->r->format, "VMDK disk image") != 0) {
		if (libvmdk_handle_get_extent_descriptor(d->handle, i, &x, &error) != 1)
			return refuse(m, ERR_DAMAGE, "its descriptor is damaged", &error);
		int rc = read_extent(m, x, path, &error);
		libvmdk_extent_descriptor_free(&x, &error);
		bfio_forget(&error);
		if (rc < 0 || find_extent(m, path, &bytes) < 0)
			return -1;
	}
	return add_extent(m, bytes);
}

static int prepare_vmdk(struct media *m)
{
	struct disk *d = m->state;
	libbfio_error_t *error = NULL;
	int n = 0;

	if (libvmdk_handle_get_number_of_extents(d->handle, &n, &error) != 1 || n < 1 ||
	    n > (int)LIMIT_IMAGE_PARTS)
		return refuse(m, ERR_DAMAGE, "it has no parts", &error);
	if (libbfio_pool_initialize(&d->extents, 0, LIBBFIO_POOL_UNLIMITED_NUMBER_OF_OPEN_HANDLES,
				    &error) != 1)
		return refuse(m, ERR_NOMEM, "no memory", &error);
	for (int i = 0; i < n; i++)
		if (open_extent(m, i) < 0)
			return -1;
	if (libvmdk_handle_open_extent_data_files_file_io_pool(d->handle, d->extents, &error) != 1)
		return refuse(m, ERR_DAMAGE, "its parts cannot be read", &error);
	return 0;
}

/* ---- QCOW ---- */

static int prepare_qcow(struct media *m)
{
	const struct disk *d = m->state;
	libbfio_error_t *error = NULL;
	uint32_t method = 0;

	if (libqcow_file_get_encryption_method(d->handle, &method, &error) != 1)
		return refuse(m, ERR_DAMAGE, "its header is damaged", &error);
	if (method)
		return err_set(m->o->e, ERR_UNSUPPORTED, 0, "%s is encrypted; decrypt it first with qemu-img",
			       m->o->r->format);
	return 0;
}

/* ---- all ---- */

static const struct library libraries[] = {
	{ "VMDK", libvmdk_handle_initialize, libvmdk_handle_free, libvmdk_handle_open_file_io_handle,
	  libvmdk_handle_close, libvmdk_handle_read_buffer_at_offset, libvmdk_handle_get_media_size,
	  libvmdk_handle_get_utf8_parent_filename_size, libvmdk_handle_get_utf8_parent_filename,
	  prepare_vmdk, false },
	{ "VHD", libvhdi_file_initialize, libvhdi_file_free, libvhdi_file_open_file_io_handle,
	  libvhdi_file_close, libvhdi_file_read_buffer_at_offset, libvhdi_file_get_media_size,
	  libvhdi_file_get_utf8_parent_filename_size, libvhdi_file_get_utf8_parent_filename, NULL,
	  false },
	{ "QCOW", libqcow_file_initialize, libqcow_file_free, libqcow_file_open_file_io_handle,
	  libqcow_file_close, libqcow_file_read_buffer_at_offset, libqcow_file_get_media_size,
	  libqcow_file_get_utf8_backing_filename_size, libqcow_file_get_utf8_backing_filename,
	  prepare_qcow, true },
};

static const struct library *find_library(const char *format)
{
	size_t i = 0;

	while (strncmp(format, libraries[i].format, strlen(libraries[i].format)) != 0 &&
	       i + 1 < sizeof(libraries) / sizeof(libraries[0]))
		i++;
	return &libraries[i];
}

static int64_t read_padded(const struct reader *r, uint64_t off, void *out, size_t n)
{
	struct padded *p = (struct padded *)(uintptr_t)r->ctx;
	int64_t got = off < p->file->size ? reader_read(p->file, off, out, n) : -1;

	if (got < 0) {
		errno = EIO;
		return -1;
	}
	memset((uint8_t *)out + got, 0, n - (size_t)got);
	if (n - (size_t)got > p->missed)
		p->missed = n - (size_t)got;
	return (int64_t)n;
}

static const struct reader *pad(struct disk *d, const struct reader *file)
{
	if (!d->library->cuts)
		return file;
	d->padded = (struct padded){ .file = file };
	d->bytes = (struct reader){ .read_at = read_padded, .ctx = &d->padded, .fd = -1, .size = INT64_MAX };
	return &d->bytes;
}

/* What is packed is asked for in sectors, of which the last need not be whole. */
#define SECTOR 512u

static int64_t read_disk(const struct reader *r, uint64_t off, void *out, size_t n)
{
	struct media *m = (struct media *)(uintptr_t)r->ctx;
	struct disk *d = m->state;
	libbfio_error_t *error = NULL;
	char why[BFIO_WHY];

	d->padded.missed = 0;
	ssize_t got = d->library->read(d->handle, out, n, (off64_t)off, &error);
	if (got > 0 && d->padded.missed >= SECTOR)
		media_failed(m, off, (uint64_t)got, "its file ends within a block of it, zeros are read there");
	if (got < 0) {
		media_failed(m, off, n, bfio_why(error, why));
		errno = EIO;
	}
	bfio_forget(&error);
	return got < 0 ? -1 : got;
}

static void release_disk(struct media *m)
{
	struct disk *d = m->state;
	libbfio_error_t *error = NULL;

	if (d->open)
		d->library->close(d->handle, &error);
	if (d->handle)
		d->library->destroy(&d->handle, &error);
	if (d->extents)
		libbfio_pool_free(&d->extents, &error);
	bfio_close(&d->from);
	bfio_forget(&error);
	mem_free(d);
}

/* A child says only how it differs. */
static int refuse_child(struct media *m)
{
	const struct disk *d = m->state;
	libbfio_error_t *error = NULL;
	char name[PARENT_NAME] = "";
	size_t n = 0;

	if (d->library->parent_size(d->handle, &n, &error) == 1 && n > 1) {
		if (n > sizeof(name) || d->library->parent(d->handle, (uint8_t *)name, n, &error) != 1)
			strcpy(name, "of a name that cannot be read");
		bfio_forget(&error);
		return err_set(m->o->e, ERR_UNSUPPORTED, 0,
			       "this %s says only how it differs from another one, %.120s; join them with "
			       "qemu-img and give the whole", m->o->r->format, name);
	}
	bfio_forget(&error);
	return 0;
}

int media_open_disk(struct media *m)
{
	struct disk *d = mem_alloc(sizeof(*d));
	libbfio_error_t *error = NULL;
	size64_t size = 0;

	if (!d)
		return err_set(m->o->e, ERR_NOMEM, 0, "no memory for an image");
	m->state = d;
	m->release = release_disk;
	d->library = find_library(m->o->r->format);
	d->from = bfio_open(pad(d, m->o->r->bytes));
	if (!d->from || d->library->create(&d->handle, &error) != 1)
		return refuse(m, ERR_NOMEM, "no memory", &error);
	if (d->library->open(d->handle, d->from, READING, &error) != 1)
		return refuse(m, ERR_DAMAGE, "it cannot be opened", &error);
	d->open = true;
	if (refuse_child(m) < 0 || (d->library->prepare && d->library->prepare(m) < 0))
		return -1;
	if (d->library->size(d->handle, &size, &error) != 1)
		return refuse(m, ERR_DAMAGE, "its size is not known", &error);
	m->bytes = (struct reader){ .read_at = read_disk, .ctx = m, .fd = -1, .size = size };
	return 0;
}
