/* SPDX-License-Identifier: Apache-2.0 */
#include "verdicts.h"

#define TABLE 65536u

void verdicts_init(struct verdicts *v)
{
	*v = (struct verdicts){0};
	arena_init(&v->arena, 2 * VERDICT_BYTES);
}

void verdicts_release(struct verdicts *v)
{
	arena_release(&v->arena);
	mem_free(v->table);
}

void verdicts_next(struct verdicts *v)
{
	if (v->arena.used < VERDICT_BYTES)
		return;
	arena_reset(&v->arena);
	memset(v->table, 0, TABLE * sizeof(*v->table));
}

/* Values that agree in it by intent only displace one another. */
static uint64_t key_of(const struct verdict *want)
{
	return hash_view(((uint64_t)want->index << 32 | want->slot) * 16 + want->kind, want->text);
}

static bool is_same(const struct verdict *a, const struct verdict *b)
{
	return a->index == b->index && a->slot == b->slot && a->kind == b->kind && view_eq(a->text, b->text);
}

static struct verdict *verdict_new(struct arena *a, const struct verdict *want, size_t n_words)
{
	struct verdict *d = arena_alloc(a, sizeof(*d));
	uint64_t *bits = arena_array(a, 4 * n_words, sizeof(*bits));
	struct view text = arena_keep(a, want->text);

	if (!d || !bits || !text.p)
		return NULL;
	*d = *want;
	d->text = text;
	d->found = bits;
	d->judged = bits + n_words;
	d->refuted = bits + 2 * n_words;
	d->proven = bits + 3 * n_words;
	return d;
}

struct verdict *verdicts_of(struct verdicts *v, const struct verdict *want, size_t n_words, bool *fresh)
{
	struct verdict wanted = *want, **place;

	if (want->text.n > VERDICT_TEXT)
		return NULL;
	if (!v->table)
		v->table = mem_alloc(TABLE * sizeof(*v->table));
	if (!v->table)
		return NULL;
	wanted.key = key_of(want);
	place = &v->table[wanted.key >> 48];
	*fresh = !*place || (*place)->key != wanted.key || !is_same(*place, &wanted);
	if (*fresh)
		*place = verdict_new(&v->arena, &wanted, n_words);
	return *place;
}
