/* SPDX-License-Identifier: Apache-2.0 */
#include "index.h"

static bool stands_at(const struct entry *e, struct view text, size_t i)
{
	return i >= e->at && e->text.n - e->at <= text.n - i &&
	       memcmp(text.p + i - e->at, e->text.p, e->text.n) == 0;
}

static void look_closer(const struct index *x, const struct grams *g, uint32_t slot, struct view text,
			size_t i, uint32_t gram, uint64_t *found)
{
	uint32_t next = g->buckets[gram_hash(gram) & g->mask];

	while (next) {
		const struct entry *e = &x->entries[next - 1];

		next = e->next;
		if (e->gram != gram || e->slot != slot || !stands_at(e, text, i))
			continue;
		for (size_t u = 0; u < e->n_users; u++)
			found[e->users[u] / 64] |= 1ull << e->users[u] % 64;
	}
}

static void scan_text(const struct index *x, uint32_t slot, struct view text, uint64_t *found)
{
	const struct grams *four = &x->grams[0], *two = &x->grams[1];

	for (size_t i = 0; x->slots[slot].grams[0] && i + 4 <= text.n; i++) {
		uint32_t gram = load_u32(text.p + i), hash = gram_hash(gram);

		if (four->bits[hash / 8] >> hash % 8 & 1)
			look_closer(x, four, slot, text, i, gram, found);
	}
	for (size_t i = 0; x->slots[slot].grams[1] && i + 2 <= text.n; i++) {
		uint32_t gram = load_u16(text.p + i), hash = gram_hash(gram);

		if (two->bits[hash / 8] >> hash % 8 & 1)
			look_closer(x, two, slot, text, i, gram, found);
	}
}

/* Of a census. */
static void count_grams(const struct index *x, struct view text)
{
	for (size_t i = 0; i + 4 <= text.n; i++)
		x->seen[gram_hash(load_u32(text.p + i))]++;
}

static int scan_slot(const struct index *x, struct asking *k, uint32_t slot, uint64_t *found)
{
	const struct slot *s = &x->slots[slot];
	const struct answer *ans = ask(k, s->field, s->raw);
	const struct folded *folded;

	if (!ans)
		return -1;
	if (ans->state == ANSWER_LATE || ans->is_class)
		for (size_t w = 0; w < x->n_words; w++)
			found[w] |= s->users[w];
	if (ans->state != ANSWER_VALUE)
		return 0;
	folded = ask_folded(k, s->field, s->raw);
	for (size_t i = 0; folded && i < ans->n; i++) {
		scan_text(x, slot, folded[i].text, found);
		if (x->seen)
			count_grams(x, folded[i].text);
	}
	return folded ? 0 : -1;
}

const uint64_t *index_scan(const struct index *x, struct asking *k)
{
	uint64_t *found = arena_array(k->subject->arena, x->n_words + 1, sizeof(*found));

	if (!found)
		return NULL;
	memcpy(found, x->always, x->n_words * sizeof(*found));
	for (uint32_t i = 0; i < x->n_slots; i++)
		if (scan_slot(x, k, i, found) < 0)
			return NULL;
	return found;
}

int census_take(struct census *c, struct asking *k)
{
	const uint64_t *found = index_scan(c->index, k);

	for (size_t i = 0; found && i < c->index->n_texts; i++)
		c->texts[i] += (uint32_t)(found[i / 64] >> i % 64 & 1);
	return found ? 0 : -1;
}
