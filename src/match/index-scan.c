/* SPDX-License-Identifier: Apache-2.0 */
#include "index.h"

/* Eight ASCII letters to lower case at once: a bit is set where a byte is at least 'A' and below '['. */
static uint64_t lower_eight(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t upper = (v + (0x80 - 'A') * ones) & ~(v + (0x80 - 'Z' - 1) * ones) & 0x80 * ones;

	return v | upper >> 2;
}

/* The ASCII at the start, eight bytes at a time. */
static size_t fold_ascii(struct view v, uint8_t *out)
{
	size_t i = 0;

	for (; i + 8 <= v.n; i += 8) {
		uint64_t eight = load_u64(v.p + i);

		if (eight & 0x8080808080808080u)
			break;
		store_u64(out + i, lower_eight(eight));
	}
	for (; i < v.n && v.p[i] < 0x80; i++)
		out[i] = ascii_lower(v.p[i]);
	return i;
}

struct view index_fold(struct arena *a, struct view v)
{
	uint8_t *out = arena_alloc(a, v.n + 1);
	struct view rest, end;
	size_t n;

	if (!out)
		return (struct view){NULL, 0};
	n = fold_ascii(v, out);
	if (n == v.n)
		return (struct view){out, n};
	rest = text_folded(a, view_sub(v, n, v.n));
	out = arena_alloc(a, n + rest.n);
	if (!out || !rest.p)
		return (struct view){NULL, 0};
	end = (struct view){out, n + rest.n};
	fold_ascii(view_sub(v, 0, n), out);
	memcpy(out + n, rest.p, rest.n);
	return end;
}

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

	for (size_t i = 0; four->any && i + 4 <= text.n; i++) {
		uint32_t gram = load_u32(text.p + i), hash = gram_hash(gram);

		if (four->bits[hash / 8] >> hash % 8 & 1)
			look_closer(x, four, slot, text, i, gram, found);
	}
	for (size_t i = 0; two->any && i + 2 <= text.n; i++) {
		uint32_t gram = load_u16(text.p + i), hash = gram_hash(gram);

		if (two->bits[hash / 8] >> hash % 8 & 1)
			look_closer(x, two, slot, text, i, gram, found);
	}
}

static int scan_slot(const struct index *x, struct asking *k, uint32_t slot, uint64_t *found)
{
	const struct slot *s = &x->slots[slot];
	const struct answer *ans = ask(k, s->field, s->raw);

	if (!ans)
		return -1;
	if (ans->state == ANSWER_LATE || ans->is_class)
		for (size_t w = 0; w < x->n_words; w++)
			found[w] |= s->users[w];
	if (ans->state != ANSWER_VALUE)
		return 0;
	for (size_t i = 0; i < ans->n; i++) {
		struct view text = index_fold(k->subject->arena, ans->values[i]);

		if (!text.p)
			return -1;
		scan_text(x, slot, text, found);
	}
	return 0;
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
