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

#define KIND_OF_MANY 15u
#define WORTH_KEEPING 64u /* bytes: less is looked through as fast as looked up */

/* A value of several. */
static void scan_one(const struct index *x, struct verdicts *v, uint32_t slot, struct view text,
		     uint64_t *found)
{
	const struct verdict want = {.index = x->number, .slot = slot, .kind = KIND_OF_MANY, .text = text};
	bool fresh = true;
	struct verdict *d = NULL;

	if (v && text.n >= WORTH_KEEPING)
		d = verdicts_of(v, &want, x->n_words, &fresh);
	if (!d || fresh)
		scan_text(x, slot, text, d ? d->found : found);
	for (size_t w = 0; d && w < x->n_words; w++)
		found[w] |= d->found[w];
}

static int scan_answer(const struct index *x, struct asking *k, struct verdicts *v, uint32_t slot,
		       const struct answer *ans, uint64_t *found)
{
	const struct slot *s = &x->slots[slot];
	const struct folded *folded;

	if (!s->users)
		return 0;
	if (ans->state == ANSWER_LATE || ans->is_class)
		for (size_t w = 0; w < x->n_words; w++)
			found[w] |= s->users[w];
	if (ans->state != ANSWER_VALUE)
		return 0;
	folded = ask_folded(k, s->sole.field, s->sole.raw);
	for (size_t i = 0; folded && i < ans->n; i++) {
		scan_one(x, ans->n > 1 ? v : NULL, slot, folded[i].text, found);
		if (x->seen)
			count_grams(x, folded[i].text);
	}
	return folded ? 0 : -1;
}

/* ---- what is known of a value ---- */

/* Where there is no value it is what test_eval() looks at. */
static uint32_t kind_of(const struct event *ev, const struct sole *s, const struct answer *ans)
{
	const struct field *f = event_field(ev, s->field);

	if (ans->state == ANSWER_VALUE)
		return 0;
	return 1 + 3 * (uint32_t)ans->state + (!f ? 0 : f->value.type == VALUE_NULL ? 1 : 2);
}

/* One text is known by itself; several together, and parts of one, are not. */
static bool is_known(const struct index *x, uint32_t slot, const struct answer *ans)
{
	return x->asks && slot < INDEX_SLOTS && x->slots[slot].sole.field != FIELD_ANY &&
	       (ans->state != ANSWER_VALUE || (ans->n == 1 && !ans->is_class));
}

static struct verdict *verdict_of(const struct index *x, struct asking *k, struct verdicts *v,
				  uint32_t slot, const struct answer *ans, bool *fresh)
{
	struct verdict want = {.index = x->number, .slot = slot};

	if (!v || !is_known(x, slot, ans))
		return NULL;
	want.kind = kind_of(k->subject->event, &x->slots[slot].sole, ans);
	if (!want.kind)
		want.text = ans->values[0];
	return verdicts_of(v, &want, x->n_words, fresh);
}

static void heed(const struct index *x, const struct verdict *d, struct scanned *s, uint64_t *refuted)
{
	for (size_t w = 0; w < x->n_words; w++) {
		s->found[w] |= d->found[w];
		s->proven[w] |= d->proven[w];
		refuted[w] |= d->refuted[w];
	}
}

static int scan_slot(const struct index *x, struct asking *k, struct verdicts *v, uint32_t slot,
		     struct scanned *s, uint64_t *refuted)
{
	const struct answer *ans = ask(k, x->slots[slot].sole.field, x->slots[slot].sole.raw);
	bool fresh = true;
	struct verdict *d;

	if (!ans)
		return -1;
	d = verdict_of(x, k, v, slot, ans, &fresh);
	if (!d)
		return scan_answer(x, k, v, slot, ans, s->found);
	s->at[slot] = d;
	if (fresh && scan_answer(x, k, NULL, slot, ans, d->found) < 0)
		return -1;
	heed(x, d, s, refuted);
	return 0;
}

int index_scan(const struct index *x, struct asking *k, struct verdicts *v, struct scanned *out)
{
	uint64_t *bits = arena_array(k->subject->arena, 3 * (x->n_words + 1), sizeof(*bits));
	uint64_t *refuted;

	out->at = arena_array(k->subject->arena, x->n_slots + 1, sizeof(struct verdict *));
	if (!bits || !out->at)
		return -1;
	out->found = bits;
	out->proven = bits + x->n_words;
	refuted = bits + 2 * x->n_words;
	memcpy(out->found, x->always, x->n_words * sizeof(*bits));
	if (v)
		verdicts_next(v);
	for (uint32_t i = 0; i < x->n_slots; i++)
		if (scan_slot(x, k, v, i, out, refuted) < 0)
			return -1;
	for (size_t w = 0; w < x->n_words; w++)
		out->found[w] &= ~refuted[w];
	return 0;
}

/* The condition with all else unknown. What took too many steps is not kept. */
static enum tri judge_sole(const struct index *x, struct asking *k, struct verdict *d, size_t condition)
{
	uint64_t bit = 1ull << condition % 64, overruns = k->regexes->overruns;
	struct asking alone = *k;
	enum tri value;

	alone.sole = &x->slots[d->slot].sole;
	value = asking_eval(&alone, x->conditions[condition]);
	if (value == TRI_FAILED)
		return value;
	if (k->regexes->overruns != overruns) {
		k->regexes->overruns = overruns;
		return TRI_UNKNOWN;
	}
	d->judged[condition / 64] |= bit;
	if (value == TRI_FALSE)
		d->refuted[condition / 64] |= bit;
	if (value == TRI_TRUE)
		d->proven[condition / 64] |= bit;
	return value;
}

enum tri index_judge(const struct index *x, struct asking *k, struct scanned *s, size_t condition)
{
	uint64_t bit = 1ull << condition % 64;
	size_t w = condition / 64;

	if (s->proven[w] & bit)
		return TRI_TRUE;
	for (uint64_t slots = x->asks[condition]; slots; slots &= slots - 1) {
		struct verdict *d = s->at[__builtin_ctzll(slots)];
		enum tri value = d && !(d->judged[w] & bit) ? judge_sole(x, k, d, condition) : TRI_UNKNOWN;

		if (value != TRI_UNKNOWN)
			return value;
		if (d && d->judged[w] & bit && !(x->mixed[w] & bit))
			return TRI_UNKNOWN;
	}
	return asking_eval(k, x->conditions[condition]);
}

int census_take(struct census *c, struct asking *k)
{
	struct scanned s;

	if (index_scan(c->index, k, NULL, &s) < 0)
		return -1;
	for (size_t i = 0; i < c->index->n_texts; i++)
		c->texts[i] += (uint32_t)(s.found[i / 64] >> i % 64 & 1);
	return 0;
}
