/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk through folders: in byte order of the names, links not followed, no folder within
 * itself, and with memory that does not grow with the number of files: of each folder on the way a
 * bounded part of its names is held, and a folder with more is gone through again from there.
 */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "look.h"

struct names {
	char **v;
	size_t n, cap;
	size_t bytes; /* of memory */
};

struct place {
	dev_t dev;
	ino_t ino;
};

struct walk {
	struct source_list *l;
	struct buf path; /* NUL-terminated at p[n] */
	size_t root;     /* length of the path that was given */
	unsigned depth;
	struct place above[LIMIT_WALK_DEPTH]; /* the folders that we are in */
	struct err *e;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory for a walk through a folder");
}

/* ---- names of a folder ---- */

/* NULL when there is none. */
static char *names_take_last(struct names *names)
{
	return names->n ? names->v[--names->n] : NULL;
}

static void names_cut(struct names *names, size_t n)
{
	while (names->n > n) {
		char *last = names_take_last(names);
		names->bytes -= strlen(last) + sizeof(char *);
		mem_free(last);
	}
}

static void names_release(struct names *names)
{
	names_cut(names, 0);
	mem_free(names->v);
	*names = (struct names){ 0 };
}

static bool names_add(struct names *names, const char *name)
{
	if (names->n == names->cap) {
		size_t cap = names->cap ? names->cap * 2 : 64;
		char **v = mem_grow(names->v, cap * sizeof(*v));
		if (!v)
			return false;
		names->v = v;
		names->cap = cap;
	}
	char *copy = mem_str(view_str(name));
	if (!copy)
		return false;
	names->v[names->n++] = copy;
	names->bytes += strlen(copy) + sizeof(char *);
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_sort(struct names *names)
{
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), by_bytes);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/*
 * The first names after `after`, in order, as many as may be held; *more when there are others.
 * What was cut off once stays out (`last`), or the part would have holes. -1: no memory.
 */
static int names_read(struct names *names, DIR *d, const char *after, bool *more, struct err *why)
{
	const char *last = NULL;
	struct dirent *entry;

	*more = false;
	rewinddir(d);
	while (errno = 0, (entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;
		if (is_dots(name) || (after && strcmp(name, after) <= 0))
			continue;
		if (last && strcmp(name, last) > 0)
			continue;
		if (!names_add(names, name))
			return -1;
		if (names->bytes > LIMIT_WALK_NAMES && names->n > 1) {
			names_sort(names);
			names_cut(names, names->n / 2);
			last = names->v[names->n - 1];
			*more = true;
		}
	}
	if (errno)
		err_errno(why, ERR_IO, "cannot be listed whole");
	names_sort(names);
	return 0;
}

/* ---- one entry ---- */

/* Puts "/name" behind the path; false: no memory. */
static bool path_push(struct walk *w, const char *name)
{
	if (w->path.n && w->path.p[w->path.n - 1] != '/')
		buf_byte(&w->path, '/');
	buf_add(&w->path, name, strlen(name) + 1);
	if (w->path.bad)
		return false;
	w->path.n--; /* the NUL stays behind the end */
	return true;
}

static void path_pop(struct walk *w, size_t n)
{
	w->path.n = n;
	w->path.p[n] = '\0';
}

static const char *path_of(const struct walk *w)
{
	return (const char *)w->path.p;
}

static int unreadable(struct walk *w, const struct stat *st, const struct err *why)
{
	return list_unreadable(w->l, path_of(w), st, w->path.n == w->root, why, w->e);
}

static int walk_file(struct walk *w, int at, const char *name, const struct stat *st)
{
	struct source s = { .path = mem_str(buf_data(&w->path)) };

	if (!s.path)
		return no_memory(w->e);
	look_file(&s, at, name, st);
	if (s.kind == SOURCE_OTHER) {
		w->l->others++;
		mem_free(s.path);
		return 0;
	}
	return list_push(w->l, &s, w->e);
}

static int walk_folder(struct walk *w, int at, const char *name, const struct stat *st);

static int walk_entry(struct walk *w, int at, const char *name)
{
	struct stat st;
	struct err why = { 0 };

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		err_errno(&why, ERR_IO, "cannot be looked at");
		return unreadable(w, NULL, &why);
	}
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, at, name, &st);
	if (S_ISREG(st.st_mode))
		return walk_file(w, at, name, &st);
	if (S_ISLNK(st.st_mode))
		w->l->links++;
	else
		w->l->others++;
	return 0;
}

/* ---- a folder ---- */

static int walk_names(struct walk *w, int at, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		size_t n = w->path.n;
		if (!path_push(w, names->v[i]))
			return no_memory(w->e);
		int result = walk_entry(w, at, names->v[i]);
		path_pop(w, n);
		if (result < 0)
			return -1;
	}
	return 0;
}

static int walk_parts(struct walk *w, DIR *d, const struct stat *st)
{
	struct names names = { 0 };
	char *after = NULL;
	bool more = true;
	int result = 0;

	while (more && result == 0) {
		struct err why = { 0 };
		result = names_read(&names, d, after, &more, &why);
		if (result < 0)
			no_memory(w->e);
		if (result == 0 && why.code)
			result = unreadable(w, st, &why);
		if (result == 0)
			result = walk_names(w, dirfd(d), &names);
		mem_free(after);
		after = names_take_last(&names);
		names_release(&names);
	}
	mem_free(after);
	return result;
}

/* Why a folder is not to be gone into. */
static int refuse(const struct walk *w, const struct stat *st, struct err *why)
{
	for (unsigned i = 0; i < w->depth; i++) {
		if (w->above[i].dev == st->st_dev && w->above[i].ino == st->st_ino)
			return err_set(why, ERR_DAMAGE, 0, "is a folder that lies within itself");
	}
	if (w->depth == LIMIT_WALK_DEPTH)
		return err_set(why, ERR_LIMIT, 0, "lies more than %u folders deep and is not read",
			       LIMIT_WALK_DEPTH);
	return 0;
}

static int walk_folder(struct walk *w, int at, const char *name, const struct stat *st)
{
	struct err why = { 0 };
	int fd = refuse(w, st, &why) < 0 ? -1 : look_open(at, name, st, &why);

	if (fd < 0)
		return unreadable(w, st, &why);
	DIR *d = fdopendir(fd);
	if (!d) {
		err_errno(&why, ERR_IO, "cannot be listed");
		close(fd);
		return unreadable(w, st, &why);
	}
	w->l->folders++;
	w->above[w->depth++] = (struct place){ st->st_dev, st->st_ino };
	int result = walk_parts(w, d, st);
	w->depth--;
	closedir(d);
	return result;
}

int walk(struct source_list *l, const char *path, int at, const char *name, const struct stat *st,
	 struct err *e)
{
	struct walk w = { .l = l, .e = e };

	buf_init(&w.path, 0);
	bool ok = path_push(&w, path);
	w.root = w.path.n;
	int result = ok ? walk_folder(&w, at, name, st) : no_memory(e);
	buf_release(&w.path);
	return result;
}
