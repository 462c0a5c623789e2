/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "look.h"
#include "inner.h"
#include "walk.h"

void source_list_init(struct source_list *l)
{
	*l = (struct source_list){ 0 };
	map_init(&l->ids);
}

void source_list_release(struct source_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		inner_release(&l->v[i]);
	for (size_t i = 0; i < l->n_spools; i++)
		close(l->spools[i]);
	mem_free(l->spools);
	mem_free(l->v);
	map_release(&l->ids);
	source_list_init(l);
}

/* Sizes and times too: some file systems give numbers to inodes that are not their own. */
static bool same_source(const struct source *a, const struct source *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       look_same_time(a->mtime, b->mtime) && look_same_time(a->ctime, b->ctime);
}

static uint64_t key_of(const struct source *s)
{
	uint64_t id[2] = { s->dev, s->ino };

	return hash_bytes(0, id, sizeof(id));
}

/* The source that is the same file, or NULL and in *key a free one. */
static struct source *find_same(const struct source_list *l, const struct source *s, uint64_t *key)
{
	uint64_t i;

	for (*key = key_of(s); map_get(&l->ids, *key, &i); ++*key) {
		if (same_source(&l->v[i], s))
			return &l->v[i];
	}
	return NULL;
}

bool list_room(struct source_list *l)
{
	if (l->n < l->cap)
		return true;
	size_t cap = l->cap ? l->cap * 2 : 16;
	if (cap > UINT32_MAX || cap > SIZE_MAX / sizeof(*l->v))
		return false;
	struct source *v = mem_grow(l->v, cap * sizeof(*v));
	if (!v)
		return false;
	l->v = v;
	l->cap = cap;
	return true;
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory for the list of evidence");
}

/* All of it, when one of the two is. */
static int ask_as_well(struct source *same, const struct source *s, struct err *e)
{
	if (!same->n_want || !s->n_want)
		return source_ask(same, view_str(""), e);
	for (size_t i = 0; i < s->n_want; i++)
		if (source_ask(same, view_str(s->want[i].path), e) < 0)
			return -1;
	return 0;
}

int list_push(struct source_list *l, struct source *s, struct err *e)
{
	uint64_t key = 0;
	bool known = s->ino != 0; /* what could not even be looked at has no identity */
	struct source *same = known ? find_same(l, s, &key) : NULL;

	if (same) {
		same->named = same->named || s->named;
		int rc = ask_as_well(same, s, e);
		inner_release(s);
		return rc;
	}
	if (!s->path || !list_room(l) || (known && !map_put(&l->ids, key, l->n))) {
		inner_release(s);
		return no_memory(e);
	}
	s->index = (uint32_t)l->n;
	l->v[l->n++] = *s;
	return 0;
}

int list_unreadable(struct source_list *l, const char *path, const struct stat *st, bool named,
		    const struct err *why, struct err *e)
{
	struct source s = { .path = mem_str(view_str(path)),
			    .kind = SOURCE_UNREADABLE,
			    .format = "",
			    .named = named,
			    .error = *why };

	if (st)
		look_stat(&s, st);
	return list_push(l, &s, e);
}

static const char *name_of_type(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return "a symbolic link, which is not followed; name the file it leads to";
	case S_IFIFO:
		return "a named pipe, not a file";
	case S_IFSOCK:
		return "a socket, not a file";
	case S_IFBLK:
		return "a block device; devices are not read yet, make an image of it";
	case S_IFCHR:
		return "a character device, not a file";
	default:
		return "no regular file";
	}
}

/* `want`: what is asked for of a container; "" all. */
static int add_at(struct source_list *l, const char *path, int at, const char *last,
		  const struct stat *st, const char *want, struct err *e)
{
	struct err why = { 0 };

	if (S_ISDIR(st->st_mode))
		return walk(l, path, at, last, st, e);
	if (!S_ISREG(st->st_mode)) {
		err_set(&why, ERR_IO, 0, "is %s", name_of_type(st->st_mode));
		return list_unreadable(l, path, st, true, &why, e);
	}
	struct source s = { .path = mem_str(view_str(path)), .named = true };
	if (!s.path)
		return no_memory(e);
	look_file(&s, at, last, st);
	if (source_ask(&s, view_str(want), e) < 0) {
		inner_release(&s);
		return -1;
	}
	return list_push(l, &s, e);
}

/* A path into a container: "disk.E01:/p2/Windows"; adds that. >0: it is none. */
static int add_into(struct source_list *l, const char *path, struct err *e)
{
	struct stat st;
	const char *last;
	int result = 1;

	for (const char *cut = strstr(path, ":/"); cut && result > 0; cut = strstr(cut + 1, ":/")) {
		char *file = mem_str((struct view){ (const uint8_t *)path, (size_t)(cut - path) });
		if (!file)
			return no_memory(e);
		int at = look_parent(file, &last);
		if (at != -1 && fstatat(at, last, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			result = add_at(l, file, at, last, &st, cut + 2, e);
		look_close(at);
		mem_free(file);
	}
	return result;
}

static bool missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

static int add_missing(struct source_list *l, const char *path, int error, struct err *e)
{
	struct err why = { 0 };

	errno = error;
	err_errno(&why, ERR_IO, "%s", missing(error) ? "missing" : "cannot be looked at");
	return list_unreadable(l, path, NULL, true, &why, e);
}

int source_list_add(struct source_list *l, const char *path, struct err *e)
{
	struct stat st;
	const char *last;
	size_t before = l->n;
	int at = look_parent(path, &last), result;
	bool there = at != -1 && fstatat(at, last, &st, AT_SYMLINK_NOFOLLOW) == 0;
	int error = errno;

	if (there)
		result = add_at(l, path, at, last, &st, "", e);
	else
		result = missing(error) ? add_into(l, path, e) : 1;
	if (result > 0)
		result = add_missing(l, path, error, e);
	look_close(at);
	for (size_t i = before; i < l->n; i++)
		l->v[i].given = (uint32_t)strlen(path);
	return result;
}

bool look_is_log_name(const char *name)
{
	struct view v = view_str(name);

	return v.n >= 5 && view_eq_str_nocase(view_sub(v, v.n - 5, 5), ".evtx");
}

bool source_is_missed(const struct source *s)
{
	switch (s->kind) {
	case SOURCE_EVTX:
	case SOURCE_CONTAINER:
	case SOURCE_PART:
		return false;
	case SOURCE_EMPTY:
	case SOURCE_OTHER:
		return s->named || look_is_log_name(s->path);
	case SOURCE_RECOGNISED:
	case SOURCE_UNREADABLE:
		break;
	}
	return true;
}
