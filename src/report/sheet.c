/* SPDX-License-Identifier: Apache-2.0 */
/* Files filled piece by piece, and the syntax of JSON and CSV. */
#include "profile.h"

int no_memory(struct err *e, const char *what)
{
	return err_set(e, ERR_NOMEM, 0, "no memory for %s", what);
}

void sheet_memory(struct sheet *s, const struct run *run)
{
	memset(s, 0, sizeof(*s));
	s->run = run;
	buf_init(&s->b, 0);
	arena_init(&s->a, LIMIT_CHUNK_ARENA);
}

int sheet_open(struct sheet *s, const struct run *run, const char *name, struct err *e)
{
	return sheet_open_in(s, run, run->dirfd, name, e);
}

int sheet_open_in(struct sheet *s, const struct run *run, int dirfd, const char *name, struct err *e)
{
	sheet_memory(s, run);
	return outfile_open(&s->out, dirfd, name, e);
}

int sheet_flush(struct sheet *s, struct err *e)
{
	int rc;

	arena_reset(&s->a);
	if (s->b.bad)
		return no_memory(e, "the report");
	if (!s->out)
		return 0;
	rc = outfile_write(s->out, buf_data(&s->b), e);
	buf_clear(&s->b);
	return rc;
}

int sheet_close(struct sheet *s, int rc, struct output *o, struct err *e)
{
	if (rc == 0)
		rc = sheet_flush(s, e);
	if (rc == 0)
		rc = outfile_finish(s->out, o->sha256, &o->size, e);
	if (rc == 0)
		o->file = s->out;
	else
		outfile_abandon(s->out);
	buf_release(&s->b);
	arena_release(&s->a);
	return rc;
}

/* ---- JSON ---- */

static void json_next(struct json *j)
{
	if (j->more)
		buf_byte(j->b, ',');
	j->more = true;
	if (!j->pretty || !j->depth)
		return;
	buf_byte(j->b, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		buf_str(j->b, "  ");
}

void json_name(struct json *j, const char *name)
{
	json_next(j);
	if (!name)
		return;
	buf_fmt(j->b, "\"%s\":", name);
	if (j->pretty)
		buf_byte(j->b, ' ');
}

void json_open(struct json *j, const char *name, char bracket)
{
	json_name(j, name);
	buf_byte(j->b, (uint8_t)bracket);
	j->depth++;
	j->more = false;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->pretty && j->more) {
		buf_byte(j->b, '\n');
		for (unsigned i = 0; i < j->depth; i++)
			buf_str(j->b, "  ");
	}
	buf_byte(j->b, (uint8_t)bracket);
	j->more = true;
}

void json_text(struct json *j, const char *name, struct view v)
{
	json_name(j, name);
	json_string(j->b, v);
}

void json_some(struct json *j, const char *name, struct view v)
{
	if (!v.n)
		return;
	json_name(j, name);
	json_readable(j->b, v);
}

void json_number(struct json *j, const char *name, uint64_t n)
{
	json_name(j, name);
	buf_fmt(j->b, "%" PRIu64, n);
}

void json_bool(struct json *j, const char *name, bool v)
{
	json_name(j, name);
	buf_str(j->b, v ? "true" : "false");
}

void json_null(struct json *j, const char *name)
{
	json_name(j, name);
	buf_str(j->b, "null");
}

void json_time(struct json *j, const char *name, uint64_t filetime)
{
	char text[TIME_TEXT];

	if (!filetime) {
		json_null(j, name);
		return;
	}
	time_format(filetime, text);
	json_text(j, name, view_str(text));
}

void json_hash(struct json *j, const char *name, const uint8_t sha256[32], bool known)
{
	char text[65];

	if (!known) {
		json_null(j, name);
		return;
	}
	hex_format(sha256, 32, text);
	json_text(j, name, view_str(text));
}

void json_file(struct json *j, const char *name, struct view path)
{
	json_name(j, name);
	json_path(j->b, path);
}

/* ---- CSV ---- */

void csv_header(struct buf *b, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(b, ',');
		buf_str(b, names[i]);
	}
	csv_end(b);
}

void csv_cells(struct buf *b, const struct cell *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(b, ',');
		csv_field(b, c[i].v, !c[i].plain);
		b->bad |= c[i].bad;
	}
}

void csv_end(struct buf *b)
{
	buf_str(b, "\r\n");
}

struct cell cell_text(struct view v)
{
	return (struct cell){v, false, false};
}

struct cell cell_str(const char *s)
{
	return (struct cell){view_str(s), true, false};
}

struct cell cell_plain(struct arena *a, const char *fmt, ...)
{
	char text[128];
	struct view v;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	v = arena_keep(a, view_str(text));
	return (struct cell){v, true, !v.p};
}

struct cell cell_time(struct arena *a, uint64_t filetime)
{
	char text[TIME_TEXT];

	if (!filetime)
		return cell_str("");
	time_format(filetime, text);
	return cell_plain(a, "%s", text);
}

struct cell cell_guid(struct arena *a, const struct guid *g)
{
	char text[GUID_TEXT];

	if (guid_is_null(g))
		return cell_str("");
	guid_format(g, text);
	return cell_plain(a, "%s", text);
}

struct cell cell_hash(struct arena *a, const uint8_t sha256[32])
{
	char text[65];

	hex_format(sha256, 32, text);
	return cell_plain(a, "%s", text);
}

void span_format(uint64_t span, char out[SPAN_TEXT])
{
	snprintf(out, SPAN_TEXT, "%" PRIu64 ".%07" PRIu64, span / 10000000, span % 10000000);
}
