/* SPDX-License-Identifier: Apache-2.0 */
#include "archive_make.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>

static void must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "archive_make: %s\n", what);
		abort();
	}
}

static void add_entry(struct archive *a, const struct made_entry *m)
{
	struct archive_entry *e = archive_entry_new();
	bool file = !m->link && !m->hard && !m->folder;

	archive_entry_copy_pathname(e, m->name);
	archive_entry_set_filetype(e, m->folder ? AE_IFDIR : m->link ? AE_IFLNK : AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 1700000000, 0);
	if (m->link)
		archive_entry_copy_symlink(e, m->link);
	if (m->hard)
		archive_entry_copy_hardlink(e, m->hard);
	archive_entry_set_size(e, file ? (la_int64_t)m->data.n : 0);
	must(archive_write_header(a, e) >= ARCHIVE_WARN, archive_error_string(a));
	if (file && m->data.n)
		must(archive_write_data(a, m->data.p, m->data.n) == (la_ssize_t)m->data.n, "data");
	archive_entry_free(e);
}

void make_archive(const char *path, const struct made_archive *m)
{
	struct archive *a = archive_write_new();

	must(archive_write_set_format_by_name(a, m->format) == ARCHIVE_OK, m->format);
	if (m->filter)
		must(archive_write_add_filter_by_name(a, m->filter) == ARCHIVE_OK, m->filter);
	if (m->options)
		must(archive_write_set_options(a, m->options) == ARCHIVE_OK, m->options);
	if (m->password)
		must(archive_write_set_passphrase(a, m->password) == ARCHIVE_OK, m->password);
	must(archive_write_open_filename(a, path) == ARCHIVE_OK, path);
	for (size_t i = 0; i < m->n; i++)
		add_entry(a, &m->entries[i]);
	must(archive_write_close(a) == ARCHIVE_OK, "close");
	archive_write_free(a);
}

void make_log(struct buf *b, size_t size, bool zeros)
{
	uint32_t x = 1;

	buf_add(b, "ElfFile\0", 8);
	for (size_t i = 8; i < size; i++) {
		x = x * 1664525u + 1013904223u;
		buf_byte(b, zeros ? 0 : (uint8_t)(x >> 24));
	}
}

/* ---- zip, APPNOTE.TXT 4.3 ---- */

void zip_init(struct made_zip *z)
{
	*z = (struct made_zip){ 0 };
	buf_init(&z->bytes, 0);
	buf_init(&z->directory, 0);
}

void zip_release(struct made_zip *z)
{
	buf_release(&z->bytes);
	buf_release(&z->directory);
}

/* What a local header and the directory have in common, from the version needed on. */
static void put_common(struct buf *b, const struct made_local *l)
{
	buf_u16(b, 20);
	buf_u16(b, l->flags);
	buf_u16(b, l->method);
	buf_u32(b, 0x5a6f6000); /* time and date */
	buf_u32(b, crc32_add(0, l->data) + l->crc);
	buf_u32(b, (uint32_t)l->data.n);
	buf_u32(b, (uint32_t)l->data.n);
	buf_u16(b, (uint16_t)l->name.n);
	buf_u16(b, (uint16_t)l->extra.n);
}

void zip_list(struct made_zip *z, const struct made_local *l, size_t at)
{
	struct buf *b = &z->directory;

	buf_str(b, "PK\x01\x02");
	buf_u16(b, 20); /* made on FAT */
	put_common(b, l);
	buf_u16(b, 0);
	buf_u16(b, 0);
	buf_u16(b, 0);
	buf_u32(b, 0x20);
	buf_u32(b, (uint32_t)at);
	buf_view(b, l->name);
	buf_view(b, l->extra);
	z->n++;
}

void zip_add(struct made_zip *z, const struct made_local *l)
{
	zip_list(z, l, z->bytes.n);
	buf_str(&z->bytes, "PK\x03\x04");
	put_common(&z->bytes, l);
	buf_view(&z->bytes, l->name);
	buf_view(&z->bytes, l->extra);
	buf_view(&z->bytes, l->data);
}

void zip_end(struct made_zip *z, struct view comment)
{
	size_t at = z->bytes.n;

	buf_view(&z->bytes, buf_data(&z->directory));
	buf_str(&z->bytes, "PK\x05\x06");
	buf_u32(&z->bytes, 0);
	buf_u16(&z->bytes, (uint16_t)z->n);
	buf_u16(&z->bytes, (uint16_t)z->n);
	buf_u32(&z->bytes, (uint32_t)z->directory.n);
	buf_u32(&z->bytes, (uint32_t)at);
	buf_u16(&z->bytes, (uint16_t)comment.n);
	buf_view(&z->bytes, comment);
}

void make_file(const char *path, struct view v)
{
	FILE *f = fopen(path, "wb");

	must(f && fwrite(v.p, 1, v.n, f) == v.n && fclose(f) == 0, path);
}

void read_made(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	uint8_t bytes[4096];
	size_t n;

	must(f, "an archive cannot be opened");
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(b, bytes, n);
	must(!ferror(f) && fclose(f) == 0, "an archive cannot be read");
}
