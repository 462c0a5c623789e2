/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry is called, and its times. */
#include "archive-private.h"

#include <string.h>

/*
 * libarchive loses names: of a zip what is not UTF-8 though it is said to be, what follows a NUL; and
 * composes what is decomposed. So the name of a zip's entry is taken from its local header
 * (APPNOTE.TXT 4.3.7), which libarchive has just read.
 */
#define LOCAL_SIZE 30u

/* True, and the name in u->name, when there is a local header at `at` that ends where libarchive stands. */
static bool take_local(struct unpack *u, uint64_t at, uint64_t end)
{
	const struct reader *r = u->o->r->bytes;
	uint8_t fixed[LOCAL_SIZE];
	int64_t n = reader_read(r, at, fixed, sizeof(fixed));
	struct cursor c = cursor_of((struct view){ fixed, n > 0 ? (size_t)n : 0 });
	struct view magic = cursor_take(&c, 4);

	cursor_seek(&c, 26);
	size_t name = cursor_u16(&c), extra = cursor_u16(&c);
	if (c.bad || !view_eq_str(magic, "PK\x03\x04") || at + LOCAL_SIZE + name + extra != end)
		return false;
	uint8_t *room = name ? buf_room(&u->name, name) : NULL;
	n = room ? reader_read(r, at + LOCAL_SIZE, room, name) : 0;
	u->name.n += n > 0 ? (size_t)n : 0;
	u->header = at;
	return n == (int64_t)name;
}

/* Between two entries there may be a few bytes: what sums up the first. */
static bool search_local(struct unpack *u, uint64_t from, uint64_t end)
{
	uint8_t bytes[4096];
	int64_t n = reader_read(u->o->r->bytes, from, bytes, sizeof(bytes));

	for (int64_t i = 0; i + 4 <= n; i++) {
		if (memcmp(bytes + i, "PK\x03\x04", 4) != 0)
			continue;
		buf_clear(&u->name);
		if (take_local(u, from + (uint64_t)i, end))
			return true;
	}
	return false;
}

static void take_zip_name(struct unpack *u, uint64_t before)
{
	uint64_t end = unpack_at(u), sought = u->feed.sought;

	if (sought != UINT64_MAX && take_local(u, sought, end))
		return;
	buf_clear(&u->name);
	if (take_local(u, before, end))
		return;
	if (u->way != WAY_STREAM || !search_local(u, before, end))
		buf_clear(&u->name);
}

/* A compressed file's is what is left of the container's without the ending. */
static struct view file_name(struct view name)
{
	struct view ending = view_after_last(name, ".");

	return ending.n + 1 < name.n ? view_sub(name, 0, name.n - ending.n - 1) : name;
}

static void take_name(struct unpack *u)
{
	const char *name = archive_entry_pathname(u->entry);

	buf_clear(&u->name);
	if (archive_format(u->a) == ARCHIVE_FORMAT_RAW)
		buf_view(&u->name, file_name(u->o->r->name));
	else if (name)
		buf_view(&u->name, view_sub(view_str(name), 0, LIMIT_ARCHIVE_NAME));
}

/* As some programs for Windows write them; a name there has no backslash. */
static void turn_backslashes(struct buf *name)
{
	if (!name->n || memchr(name->p, '/', name->n))
		return;
	for (size_t i = 0; i < name->n; i++)
		if (name->p[i] == '\\')
			name->p[i] = '/';
}

/* Where a path is a text it would end there: a picture of it instead. */
static void show_nuls(struct buf *name)
{
	static const char picture[] = "\xe2\x90\x80";
	size_t n = name->n;

	for (size_t i = 0; i < n; i++) {
		if (name->p[i])
			buf_byte(name, name->p[i]);
		else
			buf_str(name, picture);
	}
	if (!name->bad)
		memmove(name->p, name->p + n, name->n - n);
	name->n -= n;
}

int entry_name(struct unpack *u, uint64_t before)
{
	bool zip = u->way == WAY_ZIP || u->way == WAY_STREAM;

	u->header = before;
	buf_clear(&u->name);
	if (zip)
		take_zip_name(u, before);
	if (!u->name.n)
		take_name(u);
	if (zip || u->way == WAY_7Z)
		turn_backslashes(&u->name);
	if (u->name.n && memchr(u->name.p, 0, u->name.n))
		show_nuls(&u->name);
	if (!entry_path(u).n) {
		buf_clear(&u->name);
		buf_fmt(&u->name, "(entry %llu)", (unsigned long long)u->feed.files);
	}
	return u->name.bad ? err_set(u->o->e, ERR_NOMEM, 0, "no memory for a name") : 0;
}

struct view entry_path(const struct unpack *u)
{
	struct view v = buf_data(&u->name);

	while (v.n) {
		if (v.p[0] == '/')
			v = view_sub(v, 1, v.n);
		else if (v.n > 1 && v.p[0] == '.' && v.p[1] == '/')
			v = view_sub(v, 2, v.n);
		else
			break;
	}
	return v;
}

static uint64_t filetime(int set, time_t sec, long nsec)
{
	return set && sec ? time_from_unix(sec, nsec > 0 ? (uint32_t)nsec : 0) : 0;
}

/* libarchive calls "ctime" what zip and 7z say of a file's birth. */
void entry_times(const struct unpack *u, uint64_t times[4])
{
	struct archive_entry *e = u->entry;
	uint64_t changed = filetime(archive_entry_ctime_is_set(e), archive_entry_ctime(e),
				    archive_entry_ctime_nsec(e));
	bool born = u->way != WAY_TAR;

	times[TIME_MODIFIED] = filetime(archive_entry_mtime_is_set(e), archive_entry_mtime(e),
					archive_entry_mtime_nsec(e));
	times[TIME_ACCESSED] = filetime(archive_entry_atime_is_set(e), archive_entry_atime(e),
					archive_entry_atime_nsec(e));
	times[TIME_CHANGED] = born ? 0 : changed;
	times[TIME_BORN] = born ? changed
				: filetime(archive_entry_birthtime_is_set(e),
					   archive_entry_birthtime(e),
					   archive_entry_birthtime_nsec(e));
}
