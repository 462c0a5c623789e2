/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One string condition against one text, by code points. The walk keeps only the newest star: a
 * later star can take over whatever an earlier one would have to give back, so that n * m steps are
 * enough.
 */
#include "match-private.h"

static uint32_t next_unit(struct view *v, bool cased)
{
	uint32_t cp;

	if (v->p[0] < 0x80) {
		cp = cased ? v->p[0] : ascii_lower(v->p[0]);
		*v = (struct view){v->p + 1, v->n - 1};
		return cp;
	}
	cp = text_next(v);
	/* A byte that is no text (TEXT_BAD) has no letter case. */
	return cased || cp > 0x10ffff ? cp : text_fold(cp);
}

/* On to where `unit` may stand: past ASCII that it is not. */
static void skip_to(struct view *v, uint32_t unit, bool cased)
{
	size_t i = 0;

	if (unit == PATTERN_ONE || unit == PATTERN_ANY)
		return;
	while (i < v->n && v->p[i] < 0x80 && (cased ? v->p[i] : ascii_lower(v->p[i])) != unit)
		i++;
	*v = view_sub(*v, i, v->n);
}

static bool only_stars(const struct pattern *p, size_t from)
{
	while (from < p->n && p->units[from] == PATTERN_ANY)
		from++;
	return from == p->n;
}

bool pattern_match(const struct pattern *p, struct view text, bool cased)
{
	struct view at = text, star_at = {NULL, 0};
	size_t i = 0, star = SIZE_MAX;

	while (at.n) {
		if (i < p->n && p->units[i] == PATTERN_ANY) {
			star = ++i;
			star_at = at;
			if (star == p->n)
				return true;
			skip_to(&star_at, p->units[star], cased);
			at = star_at;
			continue;
		}
		struct view rest = at;
		uint32_t cp = next_unit(&rest, cased);

		if (i < p->n && (p->units[i] == cp || p->units[i] == PATTERN_ONE)) {
			i++;
			at = rest;
			continue;
		}
		if (star == SIZE_MAX)
			return false;
		next_unit(&star_at, cased); /* the star swallows one more */
		skip_to(&star_at, p->units[star], cased);
		at = star_at;
		i = star;
	}
	return only_stars(p, i);
}

/* ---- plain texts ---- */

/* Units up to the next star. */
static size_t part_end(const struct pattern *p, size_t i)
{
	while (i < p->n && p->units[i] != PATTERN_ANY)
		i++;
	return i;
}

static bool stands_at(const uint32_t *units, size_t n, const uint8_t *text)
{
	for (size_t i = 0; i < n; i++)
		if (units[i] != text[i] && units[i] != PATTERN_ONE)
			return false;
	return true;
}

#define NEEDLE 64u /* bytes of a part that are looked for at once */

/* Its first characters that are no wildcards, at most NEEDLE. */
static size_t needle_of(const uint32_t *units, size_t n, uint8_t out[NEEDLE])
{
	size_t i = 0;

	for (; i < n && i < NEEDLE && units[i] < 0x80; i++)
		out[i] = (uint8_t)units[i];
	return i;
}

/* Where the part first stands; NULL: nowhere. */
static const uint8_t *find_part(const uint32_t *units, size_t n, struct view text)
{
	uint8_t needle[NEEDLE];
	size_t known = needle_of(units, n, needle);

	for (; n <= text.n; text = view_sub(text, 1, text.n)) {
		const uint8_t *p = known ? memmem(text.p, text.n, needle, known) : text.p;

		if (!p)
			return NULL;
		text = view_sub(text, (size_t)(p - text.p), text.n);
		if (n <= text.n && (known == n || stands_at(units, n, text.p)))
			return text.p;
	}
	return NULL;
}

/* The first place where a part between stars stands leaves the most for what follows. */
bool pattern_match_plain(const struct pattern *p, struct view text)
{
	size_t i = part_end(p, 0);

	if (i > text.n || !stands_at(p->units, i, text.p))
		return false;
	if (i == p->n)
		return i == text.n;
	text = view_sub(text, i, text.n);
	for (;;) {
		size_t from = i + 1, n;
		const uint8_t *found;

		i = part_end(p, from);
		n = i - from;
		if (i == p->n)
			return n <= text.n && stands_at(p->units + from, n, text.p + text.n - n);
		found = n ? find_part(p->units + from, n, text) : text.p;
		if (!found)
			return false;
		text = view_sub(text, (size_t)(found - text.p) + n, text.n);
	}
}

/* ---- classes ---- */

/* States of the pattern, as an automaton, that are reached by skipping stars. */
static void close_over_stars(const struct pattern *p, uint8_t *set)
{
	for (size_t i = 0; i < p->n; i++)
		if (set[i] && p->units[i] == PATTERN_ANY)
			set[i + 1] = 1;
}

static void step(const struct pattern *p, const uint8_t *from, uint8_t *to, uint32_t cp)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!from[i])
			continue;
		if (p->units[i] == PATTERN_ANY)
			to[i] = 1;
		else if (p->units[i] == cp || p->units[i] == PATTERN_ONE)
			to[i + 1] = 1;
	}
	close_over_stars(p, to);
}

/* What is left of the pattern takes any text of at least one character. */
static bool takes_all(const struct pattern *p, size_t from)
{
	size_t stars = 0, ones = 0;

	for (size_t i = from; i < p->n; i++) {
		stars += p->units[i] == PATTERN_ANY;
		ones += p->units[i] == PATTERN_ONE;
	}
	return stars && ones <= 1 && stars + ones == p->n - from;
}

enum tri pattern_match_class(const struct pattern *p, struct view prefix, bool cased,
			     struct arena *a)
{
	uint8_t *now = arena_alloc(a, p->n + 1), *next = arena_alloc(a, p->n + 1);
	bool possible = false;

	if (!now || !next)
		return TRI_FAILED;
	now[0] = 1;
	close_over_stars(p, now);
	while (prefix.n) {
		uint32_t cp = next_unit(&prefix, cased);
		uint8_t *done = now;

		for (size_t i = 0; i <= p->n; i++)
			next[i] = 0;
		step(p, now, next, cp);
		now = next;
		next = done;
	}
	/* The end of the pattern does not count: the whole text is longer than its prefix. */
	for (size_t i = 0; i < p->n; i++) {
		if (now[i] && takes_all(p, i))
			return TRI_TRUE;
		possible |= now[i];
	}
	return possible ? TRI_UNKNOWN : TRI_FALSE;
}
