/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pattern-build.h"

struct writer {
	uint32_t *units; /* LIMIT_PATTERN and 2 */
	size_t n;
	bool cased, wild, full;
};

static void put(struct writer *w, uint32_t unit)
{
	if (unit == PATTERN_ANY && w->n && w->units[w->n - 1] == PATTERN_ANY)
		return;
	if (w->n >= LIMIT_PATTERN) {
		w->full = true;
		return;
	}
	w->wild |= unit == PATTERN_ANY || unit == PATTERN_ONE;
	w->units[w->n++] = unit;
}

static void put_text(struct writer *w, uint32_t cp)
{
	put(w, w->cased ? cp : text_fold(cp));
}

static void put_wildcards(struct writer *w, uint32_t cp)
{
	if (cp == '*')
		put(w, PATTERN_ANY);
	else if (cp == '?')
		put(w, PATTERN_ONE);
	else
		put_text(w, cp);
}

static void put_sigma(struct writer *w, struct view *text)
{
	uint32_t cp = text_next(text);

	if (cp == '\\' && text->n && strchr("*?\\", text->p[0]) && text->p[0])
		put_text(w, text_next(text));
	else
		put_wildcards(w, cp);
}

static void put_all(struct writer *w, struct view text, struct pattern_how how)
{
	if (how.open_start)
		put(w, PATTERN_ANY);
	while (text.n && !w->full) {
		if (how.syntax == PATTERN_SIGMA)
			put_sigma(w, &text);
		else if (how.syntax == PATTERN_EQL)
			put_wildcards(w, text_next(&text));
		else
			put_text(w, text_next(&text));
	}
	if (how.open_end)
		put(w, PATTERN_ANY);
}

bool pattern_build(struct loader *l, struct view text, struct pattern_how how, struct spot at,
		   struct pattern *out)
{
	struct writer w = {.units = l->units, .cased = how.cased};
	uint32_t *units;

	put_all(&w, text, how);
	if (w.full) {
		load_fault(l, at, ERR_LIMIT, "a value is longer than %u characters", LIMIT_PATTERN);
		return false;
	}
	units = load_keep(l, w.n, sizeof *units);
	if (!units)
		return false;
	memcpy(units, w.units, w.n * sizeof *units);
	*out = (struct pattern){units, w.n, w.wild};
	return true;
}
