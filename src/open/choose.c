/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a container's files are looked at. */
#include "open-private.h"

#include <string.h>

static uint8_t low(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

struct globbing {
	struct view glob, path;
	size_t g, p;
	/* Where to go on after a mismatch: behind the last star, and one byte farther in the path. */
	size_t star, star_p;
	bool deep; /* the last star goes over folders */
};

/* Takes a star at g; true when there was one. */
static bool take_star(struct globbing *m)
{
	if (m->g == m->glob.n || m->glob.p[m->g] != '*')
		return false;
	m->deep = false;
	while (m->g < m->glob.n && m->glob.p[m->g] == '*') {
		m->deep = m->deep || (m->g + 1 < m->glob.n && m->glob.p[m->g + 1] == '*');
		m->g++;
	}
	m->star = m->g;
	m->star_p = m->p;
	return true;
}

static bool take_byte(struct globbing *m)
{
	if (m->g == m->glob.n || m->p == m->path.n)
		return false;
	uint8_t g = m->glob.p[m->g], p = m->path.p[m->p];
	if (g == '?' ? p == '/' : low(g) != low(p))
		return false;
	m->g++;
	m->p++;
	return true;
}

/* The last star takes a byte more. */
static bool widen(struct globbing *m)
{
	if (m->star == SIZE_MAX || m->star_p == m->path.n ||
	    (!m->deep && m->path.p[m->star_p] == '/'))
		return false;
	m->p = ++m->star_p;
	m->g = m->star;
	return true;
}

static bool globs(struct view glob, struct view path)
{
	struct globbing m = { .glob = glob, .path = path, .star = SIZE_MAX };

	while (m.g < glob.n || m.p < path.n) {
		if (take_star(&m) || take_byte(&m))
			continue;
		if (!widen(&m))
			return false;
	}
	return true;
}

bool open_glob(struct view glob, struct view path)
{
	bool whole = glob.n && memchr(glob.p, '/', glob.n);

	while (glob.n && glob.p[0] == '/')
		glob = view_sub(glob, 1, glob.n);
	return globs(glob, whole ? path : view_after_last(path, "/"));
}

/* It, or something below it. */
static bool starts(struct view v, struct view with)
{
	return view_eq(view_sub(v, 0, with.n), with) && (v.n == with.n || v.p[with.n] == '/');
}

static bool is_within(const struct open_request *r, struct view path)
{
	bool chosen = !r->options->n_globs;

	for (size_t i = 0; i < r->options->n_globs; i++)
		chosen = chosen || open_glob(r->options->globs[i], path);
	return chosen && (!r->only.n || starts(path, r->only));
}

bool open_enters(const struct open_request *r, struct view folder)
{
	return !r->only.n || starts(folder, r->only) || starts(r->only, folder);
}

static bool has_ending(struct view path, const char *ending)
{
	size_t n = strlen(ending);

	return path.n > n && view_eq_str_nocase(view_sub(path, path.n - n, n), ending);
}

/* "winevt/Logs/" stands in it, as whole names. */
static bool is_kept_with_logs(struct view path)
{
	static const char folder[] = "winevt/logs/";

	for (size_t i = 0; i + sizeof(folder) - 1 < path.n; i++)
		if ((i == 0 || path.p[i - 1] == '/') &&
		    view_eq_str_nocase(view_sub(path, i, sizeof(folder) - 1), folder))
			return true;
	return false;
}

enum open_choice open_choose(const struct open_request *r, struct view path, bool archive)
{
	if (!is_within(r, path))
		return CHOICE_NO;
	if (has_ending(path, ".evtx") || has_ending(path, ".evt") || r->options->every)
		return CHOICE_LOG;
	if (archive || r->options->all_files || is_kept_with_logs(path))
		return CHOICE_LOOK;
	return CHOICE_NO;
}

static bool begins(struct view v, const char *with)
{
	return view_eq_str(view_sub(v, 0, strlen(with)), with);
}

enum open_carve open_carve_asked(struct view path)
{
	struct view name = view_after_last(path, "/");

	if (begins(name, "[" CARVED_ALL))
		return CARVE_ALL;
	return begins(name, "[" CARVED) ? CARVE_FREE : CARVE_NONE;
}
