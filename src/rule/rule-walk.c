/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rule-load.h"

bool rule_is_file_name(struct view name)
{
	static const char *const endings[] = {".yml", ".yaml", ".toml", ".eql"};

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t n = strlen(endings[i]);

		if (name.n > n && view_eq_str_nocase(view_sub(name, name.n - n, n), endings[i]))
			return true;
	}
	return false;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool push(struct walk *w, char *path)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		char **v = arena_array(w->arena, cap, sizeof *v);

		if (!v)
			return false;
		if (w->n)
			memcpy(v, w->v, w->n * sizeof *v);
		w->v = v;
		w->cap = cap;
	}
	w->v[w->n++] = path;
	return true;
}

static char *joined(struct arena *a, const char *folder, const char *name)
{
	size_t n = strlen(folder), m = strlen(name);
	bool slash = n && folder[n - 1] != '/';
	char *s = arena_alloc(a, n + slash + m + 1);

	if (!s)
		return NULL;
	memcpy(s, folder, n);
	if (slash)
		s[n] = '/';
	memcpy(s + n + slash, name, m + 1);
	return s;
}

/* The names of a folder in byte order; NULL-terminated entries in the arena. */
static int names_of(struct walk *w, const char *path, struct walk *names)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	int result = 0;

	if (!dir) {
		w->fault(w->ctx, path, strerror(errno));
		return 0;
	}
	while (!result && (errno = 0, d = readdir(dir))) {
		char *name;

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		name = arena_str(w->arena, view_str(d->d_name));
		if (!name || !push(names, name))
			result = -1;
	}
	if (!result && errno)
		w->fault(w->ctx, path, strerror(errno));
	closedir(dir);
	if (names->n)
		qsort(names->v, names->n, sizeof *names->v, by_bytes);
	return result;
}

static int walk_folder(struct walk *w, const char *path, unsigned depth)
{
	struct walk names = {.arena = w->arena};

	if (depth > LIMIT_WALK_DEPTH) {
		w->fault(w->ctx, path, "folders are nested too deeply");
		return 0;
	}
	if (names_of(w, path, &names) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		char *below = joined(w->arena, path, names.v[i]);
		struct stat st;

		if (!below)
			return -1;
		if (lstat(below, &st) < 0)
			w->fault(w->ctx, below, strerror(errno));
		else if (S_ISDIR(st.st_mode) && walk_folder(w, below, depth + 1) < 0)
			return -1;
		else if (S_ISREG(st.st_mode) && rule_is_file_name(view_str(names.v[i])) &&
			 !push(w, below))
			return -1;
	}
	return 0;
}

int rule_walk(struct walk *w, const char *path)
{
	return walk_folder(w, path, 0);
}
