/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parts.h"

static int no_memory(struct parts *p)
{
	return err_set(p->o->e, ERR_NOMEM, 0, "no memory for the parts of an image");
}

static struct part *push(struct parts *p, struct view name)
{
	struct part **v = mem_grow(p->v, (p->n + 1) * sizeof(struct part *));

	if (!v)
		return NULL;
	p->v = v;
	struct part *part = mem_alloc(sizeof(*part));
	if (!part)
		return NULL;
	name = view_sub(name, 0, PART_NAME - 1);
	if (name.n)
		memcpy(part->name, name.p, name.n);
	part->fd = -1;
	p->v[p->n++] = part;
	return part;
}

int parts_init(struct parts *p, struct opening *o)
{
	*p = (struct parts){ .o = o };
	struct part *first = push(p, o->r->name);
	if (!first)
		return no_memory(p);
	first->bytes = *o->r->bytes;
	return 0;
}

void parts_release(struct parts *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i]->fd >= 0)
			close(p->v[i]->fd);
		mem_free(p->v[i]);
	}
	mem_free(p->v);
	p->v = NULL;
	p->n = 0;
}

/* ---- files ---- */

/* An image may have more parts than a process has descriptors at first. */
static void allow_more_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* Only who owns a file may read it without touching its access time. */
static int open_beside(int folder, const char *name)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(folder, name, flags | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = openat(folder, name, flags);
	if (fd < 0 && errno == EMFILE) {
		allow_more_files();
		fd = openat(folder, name, flags);
	}
	return fd;
}

static bool is_last_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int open_part(const struct parts *p, const char *name, struct stat *st, struct err *why)
{
	if (p->o->r->dirfd < 0)
		return err_set(why, ERR_IO, 0, "an image in another container has no files beside it");
	if (!is_last_name(name))
		return err_set(why, ERR_DAMAGE, 0, "it is no name of a file in the image's folder");
	int fd = open_beside(p->o->r->dirfd, name);
	if (fd < 0)
		return errno == ELOOP ? err_set(why, ERR_IO, 0, "it is a link, which is not followed")
				      : err_errno(why, ERR_IO, "it cannot be opened");
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		return err_set(why, ERR_IO, 0, "it is no regular file");
	}
	return fd;
}

int parts_add(struct parts *p, const char *name, struct err *why)
{
	struct stat st;
	int fd = open_part(p, name, &st, why);

	if (fd < 0)
		return 0;
	struct part *part = push(p, view_str(name));
	if (!part) {
		close(fd);
		return no_memory(p);
	}
	part->fd = fd;
	part->bytes = reader_of_fd(fd, (uint64_t)st.st_size);
	return p->o->sink->part(p->o->sink->ctx, view_str(name), part->bytes.size) < 0 ? -1 : 1;
}

static int64_t read_zeros(const struct reader *r, uint64_t off, void *out, size_t n)
{
	(void)r;
	(void)off;
	memset(out, 0, n);
	return (int64_t)n;
}

int parts_add_missing(struct parts *p, const char *name, uint64_t size)
{
	struct part *part = push(p, view_str(name));

	if (!part)
		return no_memory(p);
	part->missing = true;
	part->bytes = (struct reader){ .read_at = read_zeros, .fd = -1, .size = size };
	return 0;
}

/* ---- rows ---- */

/* The number of digits behind the last dot; 0: something else is there. */
static size_t digits_of(struct view name)
{
	size_t n = 0;

	while (n < name.n && name.p[name.n - 1 - n] >= '0' && name.p[name.n - 1 - n] <= '9')
		n++;
	return n && n < name.n && name.p[name.n - 1 - n] == '.' ? n : 0;
}

bool parts_number(struct view named, unsigned i, char out[PART_NAME])
{
	size_t n = digits_of(named);
	unsigned first = 0;

	if (n < 3 || n > 6 || named.n >= PART_NAME)
		return false;
	for (size_t k = named.n - n; k < named.n; k++)
		first = first * 10 + (unsigned)(named.p[k] - '0');
	if (first > 1)
		return false;
	int wrote = snprintf(out, PART_NAME, "%.*s%0*u", (int)(named.n - n), (const char *)named.p, (int)n,
			     first + i);
	return wrote > 0 && (size_t)wrote == named.n;
}

/* E01 to E99, then letters, the first of which goes on to Z. */
static bool ewf_ending(char kind, unsigned i, char out[4])
{
	char a = kind >= 'a' ? 'a' : 'A';
	unsigned k = i - 99;

	if (i < 99) {
		snprintf(out, 4, "%c%02u", kind, (i + 1) % 100);
		return true;
	}
	if (k / 676 > (unsigned)(a + 25 - kind))
		return false;
	out[0] = (char)(kind + (int)(k / 676));
	out[1] = (char)(a + (int)(k / 26 % 26));
	out[2] = (char)(a + (int)(k % 26));
	out[3] = '\0';
	return true;
}

bool parts_ewf(struct view named, unsigned i, char out[PART_NAME])
{
	char ending[4];

	if (named.n < 4 || named.n >= PART_NAME || named.p[named.n - 4] != '.' ||
	    !memchr("EeSsLl", named.p[named.n - 3], 6) || named.p[named.n - 2] != '0' ||
	    named.p[named.n - 1] != '1' || !ewf_ending((char)named.p[named.n - 3], i, ending))
		return false;
	snprintf(out, PART_NAME, "%.*s%s", (int)(named.n - 3), (const char *)named.p, ending);
	return true;
}

/* How many names ahead a part is looked for when one is missing. */
#define GAP_MAX 4096u

/* Whatever is there by that name: what is no file, or a link, is told when it is to be opened. */
static bool is_there(const struct parts *p, const char *name)
{
	struct stat st;

	return p->o->r->dirfd >= 0 && fstatat(p->o->r->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The number of names from i on that nothing has, before one that is there; 0: none is. */
static unsigned gap_at(const struct parts *p, part_naming *name, unsigned i)
{
	char at[PART_NAME];

	for (unsigned n = 0; n <= GAP_MAX && name(p->o->r->name, i + n, at); n++)
		if (is_there(p, at))
			return n;
	return 0;
}

static int add_hole(struct parts *p, const char *name, uint64_t size, const char *why)
{
	open_damage(p->o, DAMAGE_LOSS, "part-missing", size ? parts_reader(p).size : 0, size,
		    "%s, a part of the image, cannot be read: %s", name, why);
	return size ? parts_add_missing(p, name, size) : 0;
}

static int add_gap(struct parts *p, part_naming *name, unsigned i, unsigned n, uint64_t size)
{
	char at[PART_NAME];

	for (unsigned k = 0; k < n && name(p->o->r->name, i + k, at); k++)
		if (add_hole(p, at, size, "it is missing, and others after it are there") < 0)
			return -1;
	return 0;
}

/* *i goes to the next name. 1: there may be more; 0: this was all. */
static int add_next(struct parts *p, part_naming *name, unsigned *i, const char *at, uint64_t size)
{
	struct err why = { 0 };

	if (is_there(p, at)) {
		int rc = parts_add(p, at, &why);
		++*i;
		if (rc == 0)
			return add_hole(p, at, size, why.msg) < 0 ? -1 : size != 0;
		return rc;
	}
	unsigned gap = gap_at(p, name, *i);
	if (!gap || add_gap(p, name, *i, gap, size) < 0)
		return gap ? -1 : 0;
	*i += gap;
	return size != 0;
}

int parts_add_row(struct parts *p, part_naming *name, uint64_t size)
{
	char at[PART_NAME];
	unsigned i = 1;
	int rc = 1;

	while (rc == 1 && i < LIMIT_IMAGE_PARTS && name(p->o->r->name, i, at))
		rc = add_next(p, name, &i, at, size);
	return rc < 0 ? -1 : 0;
}

/* ---- all in a row ---- */

static int64_t read_parts(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct parts *p = r->ctx;
	size_t done = 0;

	for (size_t i = 0; i < p->n && done < n; i++) {
		const struct reader *part = &p->v[i]->bytes;
		if (off >= part->size) {
			off -= part->size;
			continue;
		}
		size_t want = part->size - off < n - done ? (size_t)(part->size - off) : n - done;
		int64_t got = reader_read(part, off, (uint8_t *)out + done, want);
		if (got < 0 && !done)
			return -1;
		if (got > 0)
			done += (size_t)got;
		if (got < (int64_t)want)
			break;
		off = 0;
	}
	return (int64_t)done;
}

struct reader parts_reader(const struct parts *p)
{
	struct reader r = { .read_at = read_parts, .ctx = p, .fd = -1 };

	for (size_t i = 0; i < p->n; i++)
		r.size += p->v[i]->bytes.size <= INT64_MAX - r.size ? p->v[i]->bytes.size : 0;
	return r;
}
