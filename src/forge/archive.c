/* SPDX-License-Identifier: Apache-2.0 */
/* An archive as collectors of triage make them, of the logs that are live. */
#include "media.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

/* Longer endings before those that they end with. */
static const struct format {
	const char *ending;
	const char *format, *filter; /* libarchive's names; filter NULL: none */
} formats[] = {
	{".zip", "zip", NULL},      {".7z", "7zip", NULL},     {".tar.gz", "paxr", "gzip"},
	{".tgz", "paxr", "gzip"},   {".tar.xz", "paxr", "xz"}, {".tar.zst", "paxr", "zstd"},
	{".tar", "paxr", NULL},
};

static const struct format *format_of(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		size_t k = strlen(formats[i].ending);

		if (n > k && !strcmp(path + n - k, formats[i].ending))
			return &formats[i];
	}
	return NULL;
}

struct maker {
	struct scenario *s;
	const struct forge_wish *wish;
	struct archive *archive;
	bool host_folders;
};

static int archive_fail(struct maker *m)
{
	const char *why = archive_error_string(m->archive);

	return err_set(m->s->e, ERR_IO, 0, "%s: cannot be written: %s", m->wish->archive,
		       why ? why : "libarchive does not say why");
}

/* A name as Velociraptor's container has it: what some file system could not have is %XX. */
static void put_escaped(struct buf *b, const char *name)
{
	static const char kept[] = "-_.~ $";

	for (const char *p = name; *p; p++) {
		uint8_t c = (uint8_t)*p, low = ascii_lower(c);

		if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
		    strchr(kept, c))
			buf_byte(b, c);
		else
			buf_fmt(b, "%%%02X", c);
	}
}

static void put_entry_name(const struct maker *m, struct buf *b, const struct sc_place *p)
{
	bool escaped = m->wish->layout == FORGE_VELOCIRAPTOR;

	if (m->host_folders) {
		buf_view(b, p->host->key);
		buf_byte(b, '/');
	}
	buf_str(b, escaped ? "uploads/auto/C%3A/" : "C/");
	if (escaped)
		put_escaped(b, p->path);
	else
		buf_str(b, p->path);
	if (p->stream) {
		buf_str(b, escaped ? "%3A" : "_");
		buf_str(b, p->stream);
	}
}

static int put_header(struct maker *m, const char *name, const struct sc_file *f)
{
	struct archive_entry *entry = archive_entry_new();
	const uint64_t epoch = time_from_unix(0, 0);

	if (!entry)
		return sc_no_memory(m->s);
	archive_entry_copy_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)f->size);
	archive_entry_set_mtime(entry, (time_t)((f->modified - epoch) / 10000000),
				(long)((f->modified - epoch) % 10000000 * 100));
	int rc = archive_write_header(m->archive, entry) == ARCHIVE_OK ? 0 : archive_fail(m);
	archive_entry_free(entry);
	return rc;
}

static int put_data(struct maker *m, const struct sc_file *f)
{
	uint8_t room[BX_CHUNK];

	for (uint64_t at = 0; at < f->size; at += sizeof(room)) {
		size_t n = f->size - at < sizeof(room) ? (size_t)(f->size - at) : sizeof(room);

		if (sc_read_at(f->fd, room, n, at))
			return err_errno(m->s->e, ERR_IO, "%s: cannot be read again", f->place.path);
		if (archive_write_data(m->archive, room, n) != (la_ssize_t)n)
			return archive_fail(m);
	}
	return archive_write_finish_entry(m->archive) == ARCHIVE_OK ? 0 : archive_fail(m);
}

static int put_file(struct maker *m, const struct sc_file *f, struct buf *made)
{
	struct buf name;

	buf_init(&name, 0);
	put_entry_name(m, &name, &f->place);
	buf_byte(&name, 0);
	int rc = name.bad ? sc_no_memory(m->s) : 0;
	if (!rc)
		rc = put_header(m, (const char *)name.p, f) || put_data(m, f) ? -1 : 0;
	if (!rc)
		buf_fmt(made, "%s:/%s: %llu records, %llu chunks\n", m->wish->archive,
			(const char *)name.p, (unsigned long long)f->records,
			(unsigned long long)f->chunks);
	buf_release(&name);
	return rc;
}

static int set_format(struct maker *m, const struct format *f)
{
	struct archive *a = m->archive;

	if (archive_write_set_format_by_name(a, f->format) != ARCHIVE_OK)
		return archive_fail(m);
	if (f->filter && archive_write_add_filter_by_name(a, f->filter) != ARCHIVE_OK)
		return archive_fail(m);
	/* gzip would write when it ran. */
	if (f->filter && !strcmp(f->filter, "gzip") &&
	    archive_write_set_options(a, "gzip:!timestamp") != ARCHIVE_OK)
		return archive_fail(m);
	return 0;
}

static int put_files(struct maker *m, const struct format *format, const struct sc_file *files,
		     int fd, struct buf *made)
{
	int rc = set_format(m, format);

	if (!rc && archive_write_open_fd(m->archive, fd) != ARCHIVE_OK)
		rc = archive_fail(m);
	for (const struct sc_file *f = files; f; f = f->next)
		m->host_folders |= f->place.host != files->place.host;
	for (const struct sc_file *f = files; !rc && f; f = f->next)
		if (f->place.left == LEFT_LIVE)
			rc = put_file(m, f, made);
	if (!rc && archive_write_close(m->archive) != ARCHIVE_OK)
		rc = archive_fail(m);
	return rc;
}

static int write_archive(struct scenario *s, const struct forge_wish *w, const struct format *format,
			 const struct sc_file *files, struct buf *made)
{
	struct maker m = {.s = s, .wish = w, .archive = archive_write_new()};

	if (!m.archive)
		return sc_no_memory(s);
	int fd = sc_new_file(s, w->archive), rc = -1;
	if (fd >= 0)
		rc = put_files(&m, format, files, fd, made);
	archive_write_free(m.archive);
	if (fd >= 0 && close(fd) && !rc)
		rc = err_errno(s->e, ERR_IO, "%s: cannot be written", w->archive);
	if (fd >= 0 && rc)
		unlink(w->archive);
	return rc;
}

int sc_write_archive(struct scenario *s, const struct forge_wish *w, struct sc_file *files,
		     struct buf *made)
{
	const struct format *format = format_of(w->archive);

	if (!format)
		return err_set(s->e, ERR_USAGE, 0,
			       "%s: an archive is named .zip, .7z, .tar, .tar.gz, .tgz, .tar.xz or "
			       ".tar.zst",
			       w->archive);
	return write_archive(s, w, format, files, made);
}
