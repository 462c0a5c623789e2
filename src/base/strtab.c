/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "keyed.h"

#define FIRST_SLOTS 64u

/* slots: id + 1 by hash, open addressing, at most half full; 0 is free. */

void strtab_init(struct strtab *t, bool nocase, size_t max_bytes)
{
	*t = (struct strtab){ .nocase = nocase };
	arena_init(&t->arena, max_bytes);
}

void strtab_release(struct strtab *t)
{
	size_t max = t->arena.max;

	arena_release(&t->arena);
	mem_free(t->texts);
	mem_free(t->slots);
	strtab_init(t, t->nocase, max);
}

static uint64_t hash_of(const struct strtab *t, struct view v)
{
	return t->nocase ? keyed_nocase(t->secret, v) : keyed_view(t->secret, v);
}

static bool same(const struct strtab *t, struct view a, struct view b)
{
	return t->nocase ? view_eq_nocase(a, b) : view_eq(a, b);
}

/* The slot that holds v, or the free one where it belongs. There is always a free one. */
static uint32_t *slot_of(const struct strtab *t, struct view v)
{
	size_t mask = t->nslots - 1;
	size_t i = (size_t)hash_of(t, v) & mask;

	while (t->slots[i] && !same(t, t->texts[t->slots[i] - 1], v))
		i = (i + 1) & mask;
	return &t->slots[i];
}

static bool grow_slots(struct strtab *t)
{
	size_t nslots = t->nslots ? t->nslots * 2 : FIRST_SLOTS;

	if (!t->nslots)
		t->secret = keyed_secret();
	if (nslots > SIZE_MAX / 2 / sizeof(*t->slots))
		return false;
	uint32_t *slots = mem_alloc(nslots * sizeof(*slots));
	if (!slots)
		return false;
	for (size_t id = 0; id < t->n; id++) {
		size_t i = (size_t)hash_of(t, t->texts[id]) & (nslots - 1);
		while (slots[i])
			i = (i + 1) & (nslots - 1);
		slots[i] = (uint32_t)id + 1;
	}
	mem_free(t->slots);
	t->slots = slots;
	t->nslots = nslots;
	return true;
}

static bool grow_texts(struct strtab *t)
{
	size_t cap = t->cap ? t->cap * 2 : FIRST_SLOTS / 2;

	if (cap > SIZE_MAX / 2 / sizeof(*t->texts))
		return false;
	struct view *texts = mem_grow(t->texts, cap * sizeof(*texts));
	if (!texts)
		return false;
	t->texts = texts;
	t->cap = cap;
	return true;
}

uint32_t strtab_add(struct strtab *t, struct view v)
{
	uint32_t id = strtab_find(t, v);

	if (id != STRTAB_NONE)
		return id;
	if (t->n >= STRTAB_NONE - 1)
		return STRTAB_NONE;
	if (t->n >= t->nslots / 2 && !grow_slots(t))
		return STRTAB_NONE;
	if (t->n == t->cap && !grow_texts(t))
		return STRTAB_NONE;
	struct view kept = arena_keep(&t->arena, v);
	if (!kept.p)
		return STRTAB_NONE;
	id = (uint32_t)t->n;
	*slot_of(t, kept) = id + 1;
	t->texts[t->n++] = kept;
	return id;
}

uint32_t strtab_find(const struct strtab *t, struct view v)
{
	/* slots hold id + 1, so a free slot's 0 becomes STRTAB_NONE */
	return t->n ? *slot_of(t, v) - 1 : STRTAB_NONE;
}

struct view strtab_text(const struct strtab *t, uint32_t id)
{
	return id < t->n ? t->texts[id] : (struct view){ NULL, 0 };
}
