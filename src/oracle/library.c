/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle-private.h"

#include <libbfio.h>
#include <libevtx.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_SIZE (EVTX_HEADER_SIZE + EVTX_CHUNK_SIZE)

#if defined(__SANITIZE_ADDRESS__)
/* libevtx forgets some of its memory whenever it cannot read a record (2 KiB for a small one); what
   we forget is still told. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfwevt_\nleak:libfvalue_\nleak:libcdata_\nleak:libevtx_\nleak:libfdata_\n";
}
#endif

/* libevtx and libbfio give the same kind of error object under two names. */
static void trace_take(struct library *l, libevtx_error_t **error)
{
	l->trace[0] = 0;
	if (!*error)
		return;
	if (libevtx_error_backtrace_sprint(*error, l->trace, sizeof(l->trace)) < 0) {
		/* Too long a trace (deep nesting) is not given at all: take its outermost line. */
		l->trace[0] = 0;
		if (libevtx_error_sprint(*error, l->trace, sizeof(l->trace)) < 0)
			l->trace[0] = 0;
	}
	l->trace[sizeof(l->trace) - 1] = 0;
	libevtx_error_free(error);
}

static void forget(libevtx_error_t **error)
{
	if (*error)
		libevtx_error_free(error);
}

bool library_init(struct library *l)
{
	memset(l, 0, sizeof(*l));
	libevtx_notify_set_verbose(0);
	l->image = mem_alloc(IMAGE_SIZE);
	if (!l->image)
		return false;
	log_header_make(l->image);
	return true;
}

void library_release(struct library *l)
{
	library_close(l);
	mem_free(l->image);
	l->image = NULL;
}

static void record_drop(struct library *l)
{
	libevtx_record_t *record = l->record;
	libevtx_error_t *error = NULL;

	if (record)
		libevtx_record_free(&record, &error);
	forget(&error);
	l->record = NULL;
}

void library_close(struct library *l)
{
	libevtx_file_t *file = l->file;
	libbfio_handle_t *io = l->io;
	libevtx_error_t *error = NULL;

	record_drop(l);
	if (file) {
		libevtx_file_close(file, &error);
		forget(&error);
		libevtx_file_free(&file, &error);
		forget(&error);
	}
	if (io)
		libbfio_handle_free(&io, &error);
	forget(&error);
	l->file = l->io = NULL;
	l->live = l->recovered = 0;
}

/* A memory range: the only ready-made libbfio handle that reads rightly after a fork. */
static bool io_make(struct library *l, libevtx_error_t **error)
{
	libbfio_handle_t *io = NULL;

	if (libbfio_memory_range_initialize(&io, error) != 1)
		return false;
	l->io = io;
	return libbfio_memory_range_set(io, l->image, IMAGE_SIZE, error) == 1;
}

static bool file_make(struct library *l, libevtx_error_t **error)
{
	libevtx_file_t *file = NULL;

	if (libevtx_file_initialize(&file, error) != 1)
		return false;
	l->file = file;
	if (libevtx_file_open_file_io_handle(file, l->io, LIBEVTX_OPEN_READ, error) != 1)
		return false;
	return libevtx_file_get_number_of_records(file, &l->live, error) == 1 &&
	       libevtx_file_get_number_of_recovered_records(file, &l->recovered, error) == 1;
}

void library_load(struct library *l, struct view chunk)
{
	size_t n = chunk.n < EVTX_CHUNK_SIZE ? chunk.n : EVTX_CHUNK_SIZE;
	uint8_t *to = l->image + EVTX_HEADER_SIZE;

	library_close(l);
	if (n)
		memcpy(to, chunk.p, n);
	memset(to + n, 0, EVTX_CHUNK_SIZE - n);
}

void library_hide(struct library *l, size_t pos)
{
	/* No token begins like this, so the record ends before anything else of it is read. */
	if (pos < EVTX_CHUNK_SIZE - EVTX_RECORD_MIN)
		l->image[EVTX_HEADER_SIZE + pos + EVTX_RECORD_MIN - 4] = 0xff;
}

bool library_open(struct library *l)
{
	libevtx_error_t *error = NULL;
	bool good = io_make(l, &error) && file_make(l, &error);

	trace_take(l, &error);
	if (!good)
		library_close(l);
	return good;
}

bool library_get(struct library *l, int index, bool recovered, uint64_t *id, uint64_t *written)
{
	libevtx_record_t *record = NULL;
	libevtx_error_t *error = NULL;

	record_drop(l);
	*id = *written = 0;
	int got = (recovered ? libevtx_file_get_recovered_record_by_index
			     : libevtx_file_get_record_by_index)(l->file, index, &record, &error);
	l->record = record;
	bool good = got == 1 && libevtx_record_get_identifier(record, id, &error) == 1 &&
		    libevtx_record_get_written_time(record, written, &error) == 1;
	trace_take(l, &error);
	return good;
}

bool library_xml(struct library *l, struct buf *xml)
{
	libevtx_error_t *error = NULL;
	size_t n = 0;
	bool good = libevtx_record_get_utf8_xml_string_size(l->record, &n, &error) == 1;

	trace_take(l, &error);
	buf_clear(xml);
	if (!good)
		return false;
	if (n > LIMIT_RECORD_TEXT) {
		static const char why[] = "its text is beyond the limit";
		memcpy(l->trace, why, sizeof(why));
		return false;
	}
	uint8_t *text = mem_alloc(n + 1);
	if (!text) {
		xml->bad = true;
		return false;
	}
	good = libevtx_record_get_utf8_xml_string(l->record, text, n, &error) == 1;
	trace_take(l, &error);
	if (good)
		buf_add(xml, text, n ? n - 1 : 0);
	mem_free(text);
	return good && !xml->bad;
}

bool library_trace_place(const struct library *l, size_t *pos)
{
	static const char said[] = "unable to read element data at offset: 0x";
	const char *at = strstr(l->trace, said);

	if (!at)
		return false;
	unsigned long long offset = strtoull(at + sizeof(said) - 1, NULL, 16);
	if (offset < EVTX_HEADER_SIZE || offset >= IMAGE_SIZE)
		return false;
	*pos = (size_t)(offset - EVTX_HEADER_SIZE);
	return true;
}

struct view library_reason(const struct library *l)
{
	struct view v = view_str(l->trace);
	const char *end = strchr(l->trace, '\n');

	if (end)
		v.n = (size_t)(end - l->trace);
	/* "libfwevt_function: cause." */
	const char *colon = strstr(l->trace, ": ");
	if (colon && (!end || colon < end))
		v = view_sub(v, (size_t)(colon + 2 - l->trace), v.n);
	while (v.n && (v.p[v.n - 1] == '.' || v.p[v.n - 1] == '\n'))
		v.n--;
	return v;
}

const char *libevtx_version(void)
{
	return libevtx_get_version();
}
