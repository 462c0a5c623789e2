/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of an archive: looked at by its first bytes, written to the spool if it is wanted. */
#include "archive-private.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct content {
	struct unpack *u;
	struct open_found f;
	enum open_choice choice;
	uint64_t size;     /* bytes so far */
	uint64_t read;     /* what the feed had given before it */
	uint64_t spool_at; /* where the spool stood before it */
	size_t head;       /* bytes of it in u->head */
	bool looked;       /* at the head: then f.kind holds */
	bool wanted;       /* goes to the spool */
	bool bomb, full;   /* not read to its end: see refuse() */
	bool broken;       /* or because libarchive failed */
	bool told;         /* libarchive said that something is wrong: */
	char why[ARCHIVE_WHY];
};

#define PATH_IN_MESSAGE 100u
static int shown(struct view path)
{
	return (int)(path.n < PATH_IN_MESSAGE ? path.n : PATH_IN_MESSAGE);
}

/* ---- what it is ---- */

/* Of as much as there is at the front. */
static int64_t read_head(const struct reader *r, uint64_t off, void *out, size_t n)
{
	struct view v = view_sub(*(const struct view *)r->ctx, (size_t)off, n);

	if (v.n)
		memcpy(out, v.p, v.n);
	return (int64_t)v.n;
}

/* How long it will be at least; *known: as the archive says. */
static uint64_t expected(const struct content *c, bool *known)
{
	struct archive_entry *e = c->u->entry;
	la_int64_t n = archive_entry_size_is_set(e) ? archive_entry_size(e) : -1;

	*known = n >= 0 && (uint64_t)n >= c->size;
	return *known ? (uint64_t)n : c->size;
}

static void refuse(struct content *c, enum err_code code, const char *fmt, ...) EH_PRINTF(3, 4);
static void refuse(struct content *c, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	c->f.kind = SOURCE_UNREADABLE;
	c->f.why = (struct err){ .code = code };
	va_start(ap, fmt);
	vsnprintf(c->f.why.msg, sizeof(c->f.why.msg), fmt, ap);
	va_end(ap);
	c->wanted = false;
	open_spool_back(c->u->o, c->spool_at);
}

/* What is known but read by nobody does not take the room of logs; old logs may be wanted by others. */
static bool is_worth_spooling(const struct open_found *f)
{
	const char *why;

	return f->kind == SOURCE_EVTX ||
	       (f->kind == SOURCE_RECOGNISED &&
		(open_knows(f->format, &why) || !strcmp(f->format, "legacy event log (.evt)")));
}

/* What is too large for the spool is not begun. */
static void refuse_large(struct content *c)
{
	const struct opening *o = c->u->o;
	uint64_t left = o->r->spool_max - (o->spool_at - o->r->spool_at);
	bool known;

	if (expected(c, &known) > left)
		refuse(c, ERR_LIMIT, "has %llu bytes, and the spool has room for %llu; unpack it first",
		       (unsigned long long)expected(c, &known), (unsigned long long)left);
}

static void look(struct content *c, bool ended)
{
	bool known;
	uint64_t size = expected(c, &known);
	const struct view head = { c->u->head, c->head };
	/* else any size that a disk may have */
	const struct reader r = { .read_at = read_head, .ctx = &head, .fd = -1,
				  .size = ended || known ? size : (uint64_t)1 << 62 };
	const struct open_request *q = c->u->o->r;
	const char *why;

	c->looked = true;
	c->f.kind = source_look(&r, c->choice == CHOICE_LOG, &c->f.format, &c->f.searched, &c->f.why);
	c->wanted = is_worth_spooling(&c->f);
	if (c->f.kind == SOURCE_RECOGNISED && open_knows(c->f.format, &why) &&
	    q->nesting + 1 >= LIMIT_NESTING)
		refuse(c, ERR_LIMIT, "is in %u containers already: what is in it is not read; unpack it first",
		       q->nesting + 1);
	if (c->wanted)
		refuse_large(c);
}

/* Now that all of it is there: some formats show at the end, some only by the size. */
static void look_again(struct content *c)
{
	const struct reader spool = reader_of_fd(c->u->o->r->spool, INT64_MAX);
	const struct extent all = { 0, c->spool_at, c->size };
	const struct mapped m = { &spool, { &all, 1 } };
	const struct reader r = reader_of_extents(&m);

	if (c->f.kind == SOURCE_RECOGNISED && c->size)
		c->f.kind = source_look(&r, c->choice == CHOICE_LOG, &c->f.format, &c->f.searched, &c->f.why);
}

/* ---- its bytes ---- */

bool unpack_is_bomb(const struct unpack *u)
{
	uint64_t size = u->o->r->bytes->size;

	return u->out > LIMIT_ARCHIVE_FREE && u->out / LIMIT_ARCHIVE_RATIO > size;
}

static bool is_bomb(const struct content *c)
{
	uint64_t read = c->u->feed.read - c->read;

	/* a block may have been read before */
	return unpack_is_bomb(c->u) || (c->size > LIMIT_ARCHIVE_FREE &&
					c->size / LIMIT_ARCHIVE_RATIO > read + ARCHIVE_BLOCK);
}

/* To the spool. 1: no more is taken; -1: o->e. */
static int keep(struct content *c, struct view v)
{
	struct opening *o = c->u->o;

	if (open_spool(o, v) == 0)
		return 0;
	if (o->e->code != ERR_LIMIT)
		return -1;
	*o->e = (struct err){ 0 };
	c->full = true;
	return 1;
}

/* The head is whole, or nothing comes after it. 0; 1: no more is wanted; -1. */
static int decide(struct content *c, bool ended)
{
	look(c, ended);
	if (!c->wanted)
		return 1;
	return keep(c, (struct view){ c->u->head, c->head });
}

static int take(struct content *c, struct view v)
{
	struct unpack *u = c->u;

	c->size += v.n;
	u->out += v.n;
	u->feed.out += v.n;
	if (is_bomb(c)) {
		c->bomb = true;
		return 1;
	}
	if (u->feed.read + u->feed.out - u->feed.told >= ARCHIVE_TELL && feed_progress(&u->feed) < 0)
		return -1;
	if (c->looked)
		return keep(c, v);
	struct view first = view_sub(v, 0, ARCHIVE_HEAD - c->head);
	if (first.n)
		memcpy(u->head + c->head, first.p, first.n);
	c->head += first.n;
	int rc = c->head == ARCHIVE_HEAD ? decide(c, false) : 0;
	return rc || first.n == v.n ? rc : keep(c, view_sub(v, first.n, v.n));
}

/* Sparse files have holes. */
static int take_zeros(struct content *c, uint64_t n)
{
	static const uint8_t zeros[4096];
	int rc = 0;

	while (n && rc == 0) {
		size_t step = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);
		rc = take(c, (struct view){ zeros, step });
		n -= step;
	}
	return rc;
}

static void note_why(struct content *c)
{
	if (!c->told)
		unpack_why(c->u, c->why);
	c->told = true;
}

/* A block of it. 0: more may follow; 1: that was all; -1. */
static int take_block(struct content *c)
{
	const void *p = NULL;
	size_t n = 0;
	la_int64_t at = 0;
	int r = archive_read_data_block(c->u->a, &p, &n, &at);

	if (c->u->feed.ended)
		return -1;
	if (r == ARCHIVE_RETRY)
		return 0;
	if (r == ARCHIVE_WARN || (r < ARCHIVE_WARN && r != ARCHIVE_EOF))
		note_why(c);
	if (r < ARCHIVE_WARN || at < 0 || (n && (uint64_t)at < c->size)) {
		c->broken = true;
		return 1;
	}
	int rc = (uint64_t)at > c->size ? take_zeros(c, (uint64_t)at - c->size) : 0;
	if (rc == 0 && n)
		rc = take(c, (struct view){ p, n });
	return rc || r != ARCHIVE_EOF ? rc : 1;
}

static int read_content(struct content *c)
{
	int rc;

	do
		rc = take_block(c);
	while (rc == 0);
	if (rc > 0 && !c->looked && !c->bomb && !(c->broken && c->size == 0))
		rc = decide(c, !c->broken);
	return rc < 0 ? -1 : 0;
}

/* ---- what is said of it ---- */

static int give(struct content *c)
{
	struct unpack *u = c->u;
	char inode[24];
	int n = snprintf(inode, sizeof(inode), "%llu", (unsigned long long)u->feed.files);

	c->f.inode = (struct view){ (const uint8_t *)inode, (size_t)n };
	c->f.state = SOURCE_LIVE;
	entry_times(u, c->f.times);
	if (!c->f.format)
		c->f.format = "";
	return u->o->sink->found(u->o->sink->ctx, &c->f) < 0 ? -1 : 0;
}

/* Nothing of it could be read. Whatever has no log's name is told only if it does not become too much. */
static int give_unread(struct content *c)
{
	struct unpack *u = c->u;
	bool zip = u->way == WAY_ZIP || u->way == WAY_STREAM;

	if (c->choice != CHOICE_LOG && u->unread++ >= LIMIT_ARCHIVE_UNREAD)
		return 0;
	if (!archive_entry_is_encrypted(u->entry))
		refuse(c, ERR_DAMAGE, "cannot be unpacked: %s", c->why);
	else if (!zip)
		refuse(c, ERR_UNSUPPORTED, "is encrypted, which is read of zip archives only; unpack it first");
	else if (!u->passwords)
		refuse(c, ERR_UNSUPPORTED, "is encrypted; give --password-file");
	else
		refuse(c, ERR_UNSUPPORTED, "is encrypted, and no password given is the right one: %s", c->why);
	return give(c);
}

static int give_refused(struct content *c)
{
	struct unpack *u = c->u;

	if (c->bomb) {
		refuse(c, ERR_LIMIT, "unpacks to more than %u times what it was packed in, from %u MiB on; "
				     "unpack it by hand if it is to be trusted",
		       LIMIT_ARCHIVE_RATIO, LIMIT_ARCHIVE_FREE >> 20);
	} else {
		refuse(c, ERR_LIMIT, "does not fit into the spool, which may hold %llu bytes",
		       (unsigned long long)u->o->r->spool_max);
	}
	/* to pass over it is to unpack it, except in a zip */
	u->over = u->way != WAY_ZIP || c->full || unpack_is_bomb(u);
	if (u->over)
		open_damage(u->o, DAMAGE_LOSS, "archive-limit", u->header, 0,
			    "the rest of the archive from %.*s on is not read: it unpacks to too much",
			    shown(c->f.path), (const char *)c->f.path.p);
	return give(c);
}

static void tell_broken(struct content *c)
{
	if (c->told)
		open_damage(c->u->o, DAMAGE_LOSS, c->broken ? "archive-cut" : "archive-entry", c->u->header, c->size,
			    "%.*s: %s; %llu bytes of it were read", shown(c->f.path),
			    (const char *)c->f.path.p, c->why, (unsigned long long)c->size);
}

static int give_content(struct content *c)
{
	bool known, log = c->choice == CHOICE_LOG;

	if (c->bomb || c->full)
		return give_refused(c);
	if (c->broken && !c->looked)
		return give_unread(c);
	if (c->wanted) {
		look_again(c);
		c->f.spooled = true;
		c->f.spool_at = c->spool_at;
	}
	c->f.size = c->wanted ? c->size : expected(c, &known);
	tell_broken(c);
	if (c->f.kind == SOURCE_OTHER || (c->f.kind == SOURCE_EMPTY && !log)) {
		open_spool_back(c->u->o, c->spool_at);
		return 0;
	}
	return give(c);
}

/* ---- what is no file ---- */

static void tell_link(struct unpack *u, struct view path, const char *what, const char *to)
{
	open_damage(u->o, DAMAGE_NOTE, "archive-link", u->header, 0, "%.*s is %s%s%.100s and is not followed",
		    shown(path), (const char *)path.p, what, to ? " to " : "", to ? to : "");
}

/* True when there are bytes to be read. */
static bool is_file(struct unpack *u, struct view path, enum open_choice choice)
{
	struct archive_entry *e = u->entry;
	const char *hard = archive_entry_hardlink(e);
	mode_t type = archive_entry_filetype(e);
	bool log = choice == CHOICE_LOG;

	if (hard && archive_entry_size(e) <= 0) {
		if (log)
			tell_link(u, path, "a hard link", hard);
		return false;
	}
	if (type == AE_IFREG || type == 0)
		return true;
	if (log && type == AE_IFLNK)
		tell_link(u, path, "a symbolic link", archive_entry_symlink(e));
	else if (log && type != AE_IFDIR)
		tell_link(u, path, "a device, pipe or socket", NULL);
	return false;
}

/* libarchive passes over the rest by unpacking it, unless it can go elsewhere. */
static void pass_over(const struct content *c)
{
	struct unpack *u = c->u;
	bool known, packed = u->way == WAY_7Z || (u->way == WAY_TAR && strcmp(u->o->r->format, "tar archive") != 0);
	uint64_t size = expected(c, &known);

	if (packed && known)
		u->out = size - c->size < INT64_MAX - u->out ? u->out + (size - c->size) : INT64_MAX;
}

/* ---- passwords ---- */

/*
 * Of ZipCrypto one byte tells whether a password is right: of many a wrong one will do, and libarchive
 * looks no farther. What was read with it is damaged at its end at the latest.
 */
static bool is_guessed(const struct content *c)
{
	const struct unpack *u = c->u;

	return u->way == WAY_ZIP && u->passwords > 1 && archive_entry_is_encrypted(u->entry) &&
	       (c->broken || c->told) && !c->bomb && !c->full && !strstr(c->why, "Incorrect passphrase");
}

/* The same entry in an archive that is opened anew; false: there is none. */
static bool go_to(struct unpack *v, uint64_t number)
{
	int r = ARCHIVE_OK;

	while (v->feed.files < number && (r = archive_read_next_header(v->a, &v->entry)) != ARCHIVE_EOF &&
	       r != ARCHIVE_FATAL)
		v->feed.files += r != ARCHIVE_RETRY;
	return v->feed.files == number && r >= ARCHIVE_WARN;
}

/* The entry read again, with one password or (none) with all. 1: *c is that, being whole or `anyhow`; 0; -1. */
static int read_again(struct content *c, struct view password, bool anyhow)
{
	struct unpack *u = c->u;
	struct unpack v = { .o = u->o, .feed = { .o = u->o }, .head = u->head, .password = password };
	struct content again = { .u = &v, .f = { .path = c->f.path }, .choice = c->choice,
				 .spool_at = c->spool_at };
	int rc = 0;

	u->tried += u->feed.files;
	v.feed.block = mem_alloc(ARCHIVE_BLOCK);
	if (!v.feed.block)
		return err_set(u->o->e, ERR_NOMEM, 0, "no memory to unpack with");
	open_spool_back(u->o, c->spool_at);
	if (unpack_open(&v, WAY_ZIP, 0) < 0)
		rc = -1;
	else if (go_to(&v, u->feed.files))
		rc = read_content(&again) < 0 ? -1 : anyhow || (!again.broken && !again.told);
	unpack_close(&v);
	mem_free(v.feed.block);
	again.u = u;
	if (rc > 0)
		*c = again;
	return rc;
}

/* Each by itself, the one that was right before first of all. */
static int try_each(struct content *c)
{
	struct unpack *u = c->u;
	struct view left = u->o->r->options->passwords, one;
	int rc = u->right.n ? read_again(c, u->right, false) : 0;

	while (rc == 0 && u->tried < LIMIT_ARCHIVE_TRIED && next_password(&left, &one))
		if (one.n && (rc = read_again(c, one, false)) > 0)
			u->right = one;
	return rc;
}

/* As it was read first, when no password is better. */
static int read_guessed(struct content *c)
{
	int rc = try_each(c);

	return rc == 0 ? read_again(c, (struct view){ 0 }, true) : rc;
}

int entry_unpack(struct unpack *u)
{
	struct view path = entry_path(u);
	struct content c = { .u = u, .f = { .path = path }, .read = u->feed.read,
			     .spool_at = u->o->spool_at };

	c.choice = open_choose(u->o->r, path, true);
	if (c.choice == CHOICE_NO || !is_file(u, path, c.choice))
		return 0;
	if (read_content(&c) < 0 || (is_guessed(&c) && read_guessed(&c) < 0) || give_content(&c) < 0)
		return -1;
	pass_over(&c);
	return 0;
}
