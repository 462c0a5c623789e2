/* SPDX-License-Identifier: Apache-2.0 */
#include "match-private.h"

void regexes_init(struct regexes *r)
{
	*r = (struct regexes){0};
	map_init(&r->by_literal);
}

void regexes_release(struct regexes *r)
{
	for (size_t i = 0; i < r->n; i++)
		regex_free(r->v[i]);
	mem_free(r->v);
	regexer_free(r->room);
	map_release(&r->by_literal);
}

static bool make_room(struct regexes *r)
{
	size_t cap = r->cap ? 2 * r->cap : 64;
	struct regex **v;

	if (r->n < r->cap)
		return true;
	v = mem_grow(r->v, cap * sizeof(struct regex *));
	if (!v)
		return false;
	r->v = v;
	r->cap = cap;
	return true;
}

/* The rule readers have looked that it compiles: what does not now has no memory. */
static const struct regex *regex_of(struct regexes *r, const struct literal *l, unsigned flags)
{
	uint64_t key = (uint64_t)(uintptr_t)l, at;
	struct regex *regex;

	if (map_get(&r->by_literal, key, &at))
		return r->v[at];
	regex = make_room(r) ? regex_new(l->regex, flags, NULL) : NULL;
	if (!regex)
		return NULL;
	if (!map_put(&r->by_literal, key, r->n)) {
		regex_free(regex);
		return NULL;
	}
	r->v[r->n++] = regex;
	return regex;
}

enum tri regexes_match(struct regexes *r, const struct literal *l, unsigned flags, struct view text)
{
	const struct regex *regex = regex_of(r, l, flags);
	enum regex_said said;

	if (!r->room)
		r->room = regexer_new();
	if (!regex || !r->room)
		return TRI_FAILED;
	said = regex_match(regex, r->room, text);
	if (said == REGEX_NO_MEMORY)
		return TRI_FAILED;
	r->overruns += said == REGEX_TOO_MUCH;
	return said == REGEX_TOO_MUCH ? TRI_UNKNOWN : tri_of(said == REGEX_YES);
}
