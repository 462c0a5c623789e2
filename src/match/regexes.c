/* SPDX-License-Identifier: Apache-2.0 */
#include "match-private.h"

void regexes_init(struct regexes *r)
{
	*r = (struct regexes){0};
	map_init(&r->by_literal);
	buf_init(&r->text, 0);
}

void regexes_release(struct regexes *r)
{
	for (size_t i = 0; i < r->n; i++) {
		regex_free(r->v[i].regex);
		buf_release(&r->v[i].needle);
	}
	mem_free(r->v);
	for (size_t i = 0; r->slow && i < SLOW_VALUES; i++)
		buf_release(&r->slow[i].text);
	mem_free(r->slow);
	regexer_free(r->room);
	buf_release(&r->text);
	map_release(&r->by_literal);
}

static struct known_regex *place_new(struct regexes *r)
{
	size_t cap = r->cap ? 2 * r->cap : 64;
	struct known_regex *v;

	if (r->n < r->cap)
		return &r->v[r->n];
	v = mem_grow(r->v, cap * sizeof(*v));
	if (!v)
		return NULL;
	r->v = v;
	r->cap = cap;
	return &v[r->n];
}

/* The rule readers have looked that it compiles: what does not now has no memory. */
static const struct known_regex *regex_of(struct regexes *r, const struct literal *l, unsigned flags)
{
	uint64_t key = (uint64_t)(uintptr_t)l, at;
	struct known_regex *known;

	if (map_get(&r->by_literal, key, &at))
		return &r->v[at];
	known = place_new(r);
	if (!known)
		return NULL;
	known->regex = regex_new(l->regex, flags, NULL);
	if (!known->regex)
		return NULL;
	buf_init(&known->needle, 0);
	regex_needle(l->regex, flags, &known->needle);
	r->n++;
	return known->needle.bad || !map_put(&r->by_literal, key, r->n - 1) ? NULL : known;
}

/* What cannot match is not asked; false of a text that could not be folded, too. */
static bool needle_lacks(struct regexes *r, const struct known_regex *known, struct view text)
{
	buf_clear(&r->text);
	if (!known->needle.n)
		return false;
	while (text.n) {
		uint32_t cp = text_next(&text);

		if (cp < 0x80)
			buf_byte(&r->text, ascii_lower((uint8_t)cp));
		else
			text_put(&r->text, cp & TEXT_BAD ? cp : text_fold(cp));
	}
	return !r->text.bad && (!r->text.n || !memmem(r->text.p, r->text.n, known->needle.p, known->needle.n));
}

static bool is_slow(const struct regexes *r, const struct literal *l, struct view text)
{
	uint64_t hash = r->slow ? hash_view(0, text) : 0;

	for (size_t i = 0; r->slow && i < SLOW_VALUES; i++)
		if (r->slow[i].hash == hash && r->slow[i].literal == l &&
		    view_eq(buf_data(&r->slow[i].text), text))
			return true;
	return false;
}

/* Without memory it is found out again. */
static void note_slow(struct regexes *r, const struct literal *l, struct view text)
{
	struct slow *s;

	if (!r->slow)
		r->slow = mem_alloc(SLOW_VALUES * sizeof(*r->slow));
	if (!r->slow || text.n > SLOW_TEXT)
		return;
	s = &r->slow[r->n_slow++ % SLOW_VALUES];
	buf_release(&s->text);
	buf_init(&s->text, 0);
	buf_view(&s->text, text);
	s->hash = hash_view(0, text);
	s->literal = s->text.bad ? NULL : l;
}

enum tri regexes_match(struct regexes *r, const struct literal *l, unsigned flags, struct view text)
{
	const struct known_regex *known = regex_of(r, l, flags);
	enum regex_said said;

	if (!r->room)
		r->room = regexer_new();
	if (!known || !r->room)
		return TRI_FAILED;
	if (needle_lacks(r, known, text))
		return TRI_FALSE;
	if (is_slow(r, l, text)) {
		r->overruns++;
		return TRI_UNKNOWN;
	}
	said = regex_match(known->regex, r->room, text);
	if (said == REGEX_NO_MEMORY)
		return TRI_FAILED;
	if (said == REGEX_TOO_MUCH) {
		r->overruns++;
		note_slow(r, l, text);
	}
	return said == REGEX_TOO_MUCH ? TRI_UNKNOWN : tri_of(said == REGEX_YES);
}
