/* SPDX-License-Identifier: Apache-2.0 */
/* Our readers, as libyal's libraries want their input. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bfio.h"

struct input {
	const struct reader *from;
	uint64_t at;
	bool open;
};

/* Their handles are pointers to whatever the callbacks know. */
static struct input *input_of(intptr_t *io)
{
	return (struct input *)(void *)io;
}

static int input_free(intptr_t **io, libbfio_error_t **error)
{
	(void)error;
	mem_free(*io);
	*io = NULL;
	return 1;
}

static int input_clone(intptr_t **to, intptr_t *from, libbfio_error_t **error)
{
	struct input *in = mem_alloc(sizeof(*in));

	(void)error;
	if (!in)
		return -1;
	in->from = input_of(from)->from;
	*to = (intptr_t *)(void *)in;
	return 1;
}

static int input_open(intptr_t *io, int flags, libbfio_error_t **error)
{
	(void)error;
	if (flags & LIBBFIO_ACCESS_FLAG_WRITE)
		return -1;
	input_of(io)->open = true;
	input_of(io)->at = 0;
	return 1;
}

static int input_close(intptr_t *io, libbfio_error_t **error)
{
	(void)error;
	input_of(io)->open = false;
	return 0;
}

static ssize_t input_read(intptr_t *io, uint8_t *out, size_t n, libbfio_error_t **error)
{
	struct input *in = input_of(io);
	int64_t got = reader_read(in->from, in->at, out, n);

	(void)error;
	if (got > 0)
		in->at += (uint64_t)got;
	return (ssize_t)got;
}

static ssize_t input_write(intptr_t *io, const uint8_t *v, size_t n, libbfio_error_t **error)
{
	(void)io;
	(void)v;
	(void)n;
	(void)error;
	return -1;
}

static off64_t input_seek(intptr_t *io, off64_t offset, int whence, libbfio_error_t **error)
{
	struct input *in = input_of(io);
	int64_t base = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? in->at : in->from->size);

	(void)error;
	if (offset < -base || offset > INT64_MAX - base)
		return -1;
	in->at = (uint64_t)(base + offset);
	return (off64_t)in->at;
}

static int input_exists(intptr_t *io, libbfio_error_t **error)
{
	(void)io;
	(void)error;
	return 1;
}

static int input_is_open(intptr_t *io, libbfio_error_t **error)
{
	(void)error;
	return input_of(io)->open;
}

static int input_size(intptr_t *io, size64_t *size, libbfio_error_t **error)
{
	(void)error;
	*size = input_of(io)->from->size;
	return 1;
}

libbfio_handle_t *bfio_open(const struct reader *from)
{
	libbfio_handle_t *h = NULL;
	libbfio_error_t *error = NULL;
	struct input *in = from->size <= INT64_MAX ? mem_alloc(sizeof(*in)) : NULL;

	if (!in)
		return NULL;
	in->from = from;
	if (libbfio_handle_initialize(&h, (intptr_t *)(void *)in, input_free, input_clone, input_open,
				      input_close, input_read, input_write, input_seek, input_exists,
				      input_is_open, input_size,
				      LIBBFIO_FLAG_IO_HANDLE_MANAGED |
					      LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION,
				      &error) == 1)
		return h;
	bfio_forget(&error);
	mem_free(in);
	return NULL;
}

void bfio_close(libbfio_handle_t **h)
{
	libbfio_error_t *error = NULL;

	if (*h && libbfio_handle_free(h, &error) != 1)
		bfio_forget(&error);
	*h = NULL;
}

void bfio_forget(libbfio_error_t **error)
{
	libbfio_error_free(error);
}

const char *bfio_why(libbfio_error_t *error, char out[BFIO_WHY])
{
	char text[2048] = "";

	if (!error || libbfio_error_sprint(error, text, sizeof(text)) <= 0)
		strcpy(text, "no reason given");
	/* "function: what is wrong." */
	const char *colon = strstr(text, ": ");
	struct view what = view_str(colon ? colon + 2 : text);
	what = view_sub(what, 0, strcspn((const char *)what.p, "\n"));
	if (what.n && what.p[what.n - 1] == '.')
		what.n--;
	snprintf(out, BFIO_WHY, "%.*s", BFIO_WHY - 1 < (int)what.n ? BFIO_WHY - 1 : (int)what.n,
		 (const char *)what.p);
	return out;
}
