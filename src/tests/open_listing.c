/* SPDX-License-Identifier: Apache-2.0 */
#include "open_listing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ctx {
	struct listing *l;
	const struct reader *image;
	bool direct; /* extents are those of the file itself */
	int spool;
};

void listing_init(struct listing *l)
{
	*l = (struct listing){ .spool_max = 1u << 30 };
	buf_init(&l->text, 0);
}

void listing_release(struct listing *l)
{
	buf_release(&l->text);
}

static void hash_of(const struct reader *r, char hex[65])
{
	static uint8_t bytes[65536];
	struct sha256 h;
	uint8_t sum[32];
	uint64_t at = 0;

	sha256_start(&h);
	while (at < r->size) {
		int64_t n = reader_read(r, at, bytes, sizeof(bytes));
		if (n <= 0)
			break;
		sha256_add(&h, (struct view){ bytes, (size_t)n });
		at += (uint64_t)n;
	}
	sha256_end(&h, sum);
	hex_format(sum, 32, hex);
	if (at < r->size)
		strcpy(hex, "short");
}

/* Both ways, when there are both. */
static const char *place_of(const struct ctx *c, const struct open_found *f, char hex[65])
{
	char other[65] = "";
	const struct mapped m = { c->image, { f->extents, f->n_extents } };
	const struct reader through = reader_of_extents(&m);
	const struct reader base = reader_of_fd(c->spool, INT64_MAX);
	const struct extent all = { 0, f->spool_at, f->size };
	const struct mapped s = { &base, { &all, 1 } };
	const struct reader spooled = reader_of_extents(&s);

	strcpy(hex, "-");
	if (f->spooled && f->size)
		hash_of(&spooled, hex);
	if (f->n_extents && c->direct)
		hash_of(&through, other);
	if (!f->spooled && *other)
		memcpy(hex, other, 65);
	if (*other && strcmp(hex, other) != 0)
		return "spool and extents differ";
	return f->spooled ? f->n_extents ? "spool and extents" : "spool" : f->n_extents ? "extents" : "none";
}

static int found(void *ctx, const struct open_found *f)
{
	struct ctx *c = ctx;
	struct buf *b = &c->l->text;
	char hex[65];

	if (f->kind == SOURCE_UNREADABLE) {
		buf_str(b, "unreadable ");
		buf_view(b, f->path);
		buf_fmt(b, ": %s\n", f->why.msg);
		return 0;
	}
	const char *place = place_of(c, f, hex);
	if (!c->l->whole_hash)
		hex[8] = '\0';
	buf_fmt(b, "found %s|%s%s|%llu|", source_state_name(f->state), f->format,
		f->searched ? ", searched" : "", (unsigned long long)f->size);
	buf_view(b, f->path);
	buf_byte(b, '|');
	buf_view(b, f->volume);
	buf_byte(b, '|');
	buf_view(b, f->inode);
	buf_fmt(b, "|%s|%s\n", place, hex);
	return 0;
}

static int volume(void *ctx, const struct open_volume *v)
{
	struct ctx *c = ctx;
	struct buf *b = &c->l->text;

	buf_str(b, "volume ");
	buf_view(b, v->name);
	buf_byte(b, '|');
	buf_view(b, v->what);
	buf_fmt(b, "|%llu|%llu|%s", (unsigned long long)v->offset, (unsigned long long)v->size,
		v->read ? "read" : v->quiet ? "passed over: " : "not read: ");
	buf_view(b, v->why);
	buf_byte(b, '\n');
	return 0;
}

static int fact(void *ctx, const char *name, struct view value)
{
	struct ctx *c = ctx;

	buf_fmt(&c->l->text, "fact %s=", name);
	buf_view(&c->l->text, value);
	buf_byte(&c->l->text, '\n');
	return 0;
}

static int part(void *ctx, struct view name, uint64_t size)
{
	struct ctx *c = ctx;

	buf_str(&c->l->text, "part ");
	buf_view(&c->l->text, name);
	buf_fmt(&c->l->text, "|%llu\n", (unsigned long long)size);
	return 0;
}

static int hash(void *ctx, const uint8_t sha256[32])
{
	struct ctx *c = ctx;
	char hex[65];

	hex_format(sha256, 32, hex);
	buf_fmt(&c->l->text, "hash %s\n", hex);
	return 0;
}

static void damage(void *ctx, const struct damage *d)
{
	struct ctx *c = ctx;

	buf_fmt(&c->l->text, "%s %s|%llu|%llu|%s\n", d->severity == DAMAGE_NOTE ? "note" : "damage",
		d->kind, (unsigned long long)d->offset, (unsigned long long)d->length, d->what);
}

static int progress(void *ctx, struct view name, uint64_t files, uint64_t bytes)
{
	(void)ctx;
	(void)name;
	(void)files;
	(void)bytes;
	return 0;
}

static void open_it(struct listing *l, int fd, int dirfd, const char *path, const char *format)
{
	struct stat st;
	FILE *spool = tmpfile();
	bool searched;

	if (!spool || fstat(fd, &st) < 0)
		abort();
	const struct reader bytes = reader_of_fd(fd, (uint64_t)st.st_size);
	if (!*format)
		source_look(&bytes, true, &format, &searched, &l->err);
	struct ctx c = { .l = l, .image = &bytes, .spool = fileno(spool),
			 .direct = strstr(format, "raw") || strstr(format, "volume") };
	const struct open_request r = { .bytes = &bytes, .format = format,
					.name = view_after_last(view_str(path), "/"), .dirfd = dirfd,
					.only = l->only, .spool = c.spool, .spool_max = l->spool_max,
					.nesting = l->nesting, .options = &l->options };
	const struct open_sink sink = { &c, found, volume, fact, part, hash, damage, progress };
	l->code = open_container(&r, &sink, &l->err);
	fclose(spool);
}

void listing_of(struct listing *l, const char *path, const char *format)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	int fd = open(path, O_RDONLY | O_CLOEXEC), dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || dirfd < 0)
		abort();
	buf_clear(&l->text);
	open_it(l, fd, dirfd, path, format);
	close(fd);
	close(dirfd);
}

size_t listing_count(const struct listing *l, const char *start)
{
	struct view v = buf_data(&l->text), with = view_str(start);
	size_t n = 0;

	for (size_t at = 0; at < v.n; at++)
		n += (at == 0 || v.p[at - 1] == '\n') && view_eq(view_sub(v, at, with.n), with);
	return n;
}

struct view listing_line(const struct listing *l, const char *part)
{
	struct view v = buf_data(&l->text);
	const uint8_t *hit = v.n ? memmem(v.p, v.n, part, strlen(part)) : NULL;

	if (!hit)
		return (struct view){ 0 };
	size_t from = (size_t)(hit - v.p), to = from;
	while (from && v.p[from - 1] != '\n')
		from--;
	while (to < v.n && v.p[to] != '\n')
		to++;
	return view_sub(v, from, to - from);
}
