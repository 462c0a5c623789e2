/* SPDX-License-Identifier: Apache-2.0 */
/* Archives, entry by entry; and how to go on where libarchive gives up. */
#include "archive-private.h"

#include <locale.h>
#include <string.h>

#define SEARCH_BLOCK 65536u

static bool is_zip(const struct unpack *u)
{
	return u->way == WAY_ZIP || u->way == WAY_STREAM;
}

/* ---- going on behind damage ---- */

/* The next local header of a zip, at or behind `from`; UINT64_MAX: there is none. */
static uint64_t find_local(const struct unpack *u, uint64_t from)
{
	const struct reader *r = u->o->r->bytes;
	uint8_t bytes[SEARCH_BLOCK];
	int64_t n;

	while ((n = reader_read(r, from, bytes, sizeof(bytes))) >= 4) {
		const uint8_t *hit = memmem(bytes, (size_t)n, "PK\x03\x04", 4);
		if (hit)
			return from + (uint64_t)(hit - bytes);
		from += (uint64_t)n - 3;
	}
	return UINT64_MAX;
}

static void tell_resumed(struct unpack *u, uint64_t at, const char *why)
{
	uint64_t size = u->o->r->bytes->size;

	if (u->way == WAY_ZIP && u->feed.files == 0)
		open_damage(u->o, DAMAGE_LOSS, "archive-cut", size, 0,
			    "the directory at the end of the archive cannot be read (%s): its entries are looked for "
			    "from its start on",
			    why);
	else
		open_damage(u->o, DAMAGE_LOSS, "archive-damaged", at, 0,
			    "the archive is damaged (%s): its entries are looked for from here on", why);
}

static int tell_end(struct unpack *u, uint64_t at, const char *why)
{
	uint64_t size = u->o->r->bytes->size;

	if (u->feed.files == 0)
		return unpack_failed(u);
	open_damage(u->o, DAMAGE_LOSS, "archive-cut", at < size ? at : size, 0,
		    "the archive cannot be read from here on: %s", why);
	u->over = true;
	return 0;
}

/* After a fatal error at a header. 0: go on with the next (or u->over); -1. */
static int resume(struct unpack *u, uint64_t before)
{
	char why[ARCHIVE_WHY];
	uint64_t at = unpack_at(u);
	bool first = u->way == WAY_ZIP && u->feed.files == 0;

	if (u->feed.ended)
		return -1;
	unpack_why(u, why);
	if (!is_zip(u))
		return tell_end(u, at, why);
	if (at < before + 4)
		at = before + 4; /* never the same again */
	uint64_t next = first ? 0 : find_local(u, at);
	if (next == UINT64_MAX || u->resumes++ >= LIMIT_ARCHIVE_RESUMES)
		return tell_end(u, at, why);
	tell_resumed(u, next, why);
	return unpack_open(u, WAY_STREAM, next);
}

/* ---- entries ---- */

static int tell_limit(struct unpack *u)
{
	open_damage(u->o, DAMAGE_LOSS, "archive-limit", unpack_at(u), 0,
		    "the archive has more than %u entries: the rest is not read", LIMIT_ARCHIVE_ENTRIES);
	u->over = true;
	return 0;
}

/* Once for all that is damaged in a row. */
static int tell_damaged(struct unpack *u, uint64_t at)
{
	char why[ARCHIVE_WHY];

	unpack_why(u, why);
	if (!u->damaged)
		open_damage(u->o, DAMAGE_LOSS, "archive-damaged", at, 0, "an entry cannot be read: %s", why);
	u->damaged = true;
	return 0;
}

/* 1: an entry; 0: none now, or u->over; -1. */
static int next(struct unpack *u)
{
	/* what is compressed has been read on to see what it is */
	uint64_t before = u->feed.files ? unpack_at(u) : u->feed.base;

	if (u->feed.files >= LIMIT_ARCHIVE_ENTRIES)
		return tell_limit(u);
	u->feed.sought = UINT64_MAX;
	int r = archive_read_next_header(u->a, &u->entry);
	if (r == ARCHIVE_EOF) {
		u->over = true;
		return 0;
	}
	if (r == ARCHIVE_FATAL)
		return resume(u, before);
	if (r == ARCHIVE_RETRY)
		return tell_damaged(u, before);
	u->feed.files++;
	if (r == ARCHIVE_FAILED)
		return tell_damaged(u, before);
	u->damaged = false;
	if (u->feed.files % 1000 == 0 && feed_progress(&u->feed) < 0)
		return -1;
	return entry_name(u, before) < 0 ? -1 : 1;
}

static int walk(struct unpack *u)
{
	int rc = 0;

	while (rc >= 0 && !u->over) {
		rc = next(u);
		if (rc > 0)
			rc = entry_unpack(u);
		if (rc >= 0 && !u->over && unpack_is_bomb(u)) {
			open_damage(u->o, DAMAGE_LOSS, "archive-limit", unpack_at(u), 0,
				    "the archive unpacks to more than %u times its size: the rest is not read",
				    LIMIT_ARCHIVE_RATIO);
			u->over = true;
		}
	}
	if (rc >= 0 && u->unread > LIMIT_ARCHIVE_UNREAD)
		open_damage(u->o, DAMAGE_LOSS, "archive-unread", 0, 0,
			    "%llu more entries cannot be unpacked, as those before",
			    (unsigned long long)(u->unread - LIMIT_ARCHIVE_UNREAD));
	return rc < 0 ? -1 : 0;
}

/* ---- the archive ---- */

static enum archive_way way_of(const char *format)
{
	if (!strcmp(format, "zip archive"))
		return WAY_ZIP;
	return !strcmp(format, "7z archive") ? WAY_7Z : WAY_TAR;
}

/* No entry, and nothing but the end of a directory and a comment. */
static bool is_empty_zip(const struct unpack *u)
{
	const struct reader *r = u->o->r->bytes;
	uint8_t magic[4];

	return r->size <= 22 + UINT16_MAX && reader_read(r, 0, magic, 4) == 4 &&
	       !memcmp(magic, "PK\x05\x06", 4);
}

static int unpack(struct unpack *u)
{
	enum archive_way way = way_of(u->o->r->format);
	struct err *e = u->o->e;

	if (u->o->r->options->hash && feed_hash(&u->feed) < 0)
		return -1;
	if (way == WAY_ZIP && is_empty_zip(u))
		return 0;
	if (unpack_open(u, way, 0) < 0) {
		/* without its directory libarchive does not know a zip */
		if (way != WAY_ZIP || e->code != ERR_DAMAGE)
			return -1;
		*e = (struct err){ 0 };
		if (resume(u, 0) < 0)
			return -1;
	}
	return walk(u);
}

/*
 * libarchive turns names into the locale's characters. Those of 7z are UTF-16: they become UTF-8. In
 * tar they are bytes, and stay what they are if the locale has no characters for them.
 */
static locale_t locale_for(const char *format)
{
	return newlocale(LC_CTYPE_MASK, way_of(format) == WAY_TAR ? "C" : "C.UTF-8", (locale_t)0);
}

int open_archive(struct opening *o)
{
	struct unpack u = { .o = o, .feed = { .o = o } };
	locale_t locale = locale_for(o->r->format), old = (locale_t)0;
	int rc;

	if (locale)
		old = uselocale(locale);
	buf_init(&u.name, 0);
	u.head = mem_alloc(ARCHIVE_HEAD);
	u.feed.block = mem_alloc(ARCHIVE_BLOCK);
	rc = u.head && u.feed.block ? unpack(&u) : err_set(o->e, ERR_NOMEM, 0, "no memory to unpack with");
	unpack_close(&u);
	buf_release(&u.name);
	mem_free(u.head);
	mem_free(u.feed.block);
	if (locale) {
		uselocale(old);
		freelocale(locale);
	}
	return rc;
}
