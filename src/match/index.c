/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making an index: which texts each condition cannot do without, and of its several such sets the one
 * that the fewest events have, as far as is known: else the fewer conditions ask for a text, and the
 * longer it is, the rarer.
 */
#include "index.h"

#include <math.h>
#include <stdlib.h>

struct making {
	struct arena *arena, scratch;
	struct asking *head;
	struct index *index;
	struct strtab keys;    /* slot and text, to a number */
	struct map by_test;    /* where in `literals` its own begin */
	uint32_t *literals;    /* the key of each */
	size_t n_literals, cap_literals;
	uint32_t *popularity;  /* of each, in all conditions */
	const struct census *known;
	struct user *users;
	size_t n_users, cap_users, cap_slots, cap_popularity;
	struct strtab grams;   /* to choose the rarest of a text */
	uint32_t *gram_count;
	size_t cap_grams;
	bool no_memory;
};
struct user {
	uint32_t key, condition;
};

#define NO_SET HUGE_VAL
#define SHORTEST 2u /* bytes of a text that is worth looking for */

static void *grown(struct making *m, struct arena *a, void *p, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap ? 2 * *cap : 64;
	void *v;

	if (n < *cap)
		return p;
	v = arena_array(a, want, size);
	if (!v) {
		m->no_memory = true;
		return NULL;
	}
	if (*cap)
		memcpy(v, p, *cap * size);
	*cap = want;
	return v;
}

/* ---- texts of a test ---- */

/* The longest part of a pattern without wildcards, folded; empty where there is none. */
static void longest_part(const struct pattern *p, struct buf *out)
{
	size_t best = 0, best_n = 0, from = 0;

	for (size_t i = 0; i <= p->n; i++) {
		if (i < p->n && p->units[i] != PATTERN_ANY && p->units[i] != PATTERN_ONE)
			continue;
		if (i - from > best_n) {
			best = from;
			best_n = i - from;
		}
		from = i + 1;
	}
	for (size_t i = 0; i < best_n; i++)
		text_put(out, text_fold(p->units[best + i]));
}

static uint32_t slot_of(struct making *m, field_id field, bool raw)
{
	struct index *x = m->index;
	const struct answer *ans;
	uint32_t i = 0;

	while (i < x->n_slots && (x->slots[i].sole.field != field || x->slots[i].sole.raw != raw))
		i++;
	if (i < x->n_slots)
		return i;
	x->slots = grown(m, m->arena, x->slots, &m->cap_slots, x->n_slots, sizeof(*x->slots));
	ans = m->no_memory ? NULL : ask(m->head, field, raw);
	if (!ans) {
		m->no_memory = true;
		return 0;
	}
	x->slots[i] = (struct slot){.sole = {field, raw}, .late = ans->state == ANSWER_LATE};
	x->n_slots++;
	return i;
}

/* Slot and text as one key. STRTAB_NONE: nothing to look for. */
static uint32_t key_make(struct making *m, const struct test *t, uint32_t slot, const struct literal *l)
{
	uint32_t key = STRTAB_NONE;
	struct buf b, text;

	/* A number may be written in several ways. */
	if (m->no_memory || l->is_number || m->index->slots[slot].late)
		return STRTAB_NONE;
	buf_init(&b, 0);
	buf_init(&text, 0);
	if (t->op == TEST_REGEX)
		regex_needle(l->regex, t->flags, &text);
	else
		longest_part(&l->pattern, &text);
	buf_u32(&b, slot);
	buf_view(&b, buf_data(&text));
	if (!b.bad && b.n >= sizeof(slot) + SHORTEST)
		key = strtab_add(&m->keys, buf_data(&b));
	m->no_memory |= b.bad || text.bad || (b.n >= sizeof(slot) + SHORTEST && key == STRTAB_NONE);
	buf_release(&text);
	buf_release(&b);
	return key;
}

/* Conditions are gone through several times. */
static size_t keys_make(struct making *m, const struct test *t)
{
	uint32_t slot = slot_of(m, t->field, t->raw);
	size_t from = m->n_literals;

	for (size_t i = 0; i < t->n && !m->no_memory; i++) {
		m->literals = grown(m, &m->scratch, m->literals, &m->cap_literals, m->n_literals,
				    sizeof(*m->literals));
		if (m->literals)
			m->literals[m->n_literals++] = key_make(m, t, slot, &t->literals[i]);
	}
	m->no_memory |= !map_put(&m->by_test, (uint64_t)(uintptr_t)t, from);
	return from;
}

static uint32_t key_of(struct making *m, const struct test *t, const struct literal *l)
{
	uint64_t from;

	if (!map_get(&m->by_test, (uint64_t)(uintptr_t)t, &from))
		from = keys_make(m, t);
	return m->no_memory ? STRTAB_NONE : m->literals[from + (size_t)(l - t->literals)];
}

static bool has_texts(const struct test *t)
{
	return (t->op == TEST_MATCH || t->op == TEST_REGEX) && t->part == PART_NONE && !t->expr &&
	       !t->other && t->n;
}

/* ---- how often a text is asked for ---- */

static void count_test(struct making *m, const struct test *t)
{
	for (size_t i = 0; has_texts(t) && i < t->n && !m->no_memory; i++) {
		uint32_t key = key_of(m, t, &t->literals[i]);

		if (key == STRTAB_NONE)
			continue;
		m->popularity = grown(m, &m->scratch, m->popularity, &m->cap_popularity, key,
				      sizeof(*m->popularity));
		if (m->popularity)
			m->popularity[key]++;
	}
}

static void count(struct making *m, const struct node *n)
{
	if (n->op == NODE_TEST)
		count_test(m, n->test);
	for (size_t i = 0; i < n->n && n->op != NODE_NOT; i++)
		count(m, n->kids[i]);
}

/* ---- the sets ---- */

static double key_cost(struct making *m, uint32_t key)
{
	double guess;

	if (key == STRTAB_NONE || m->no_memory)
		return NO_SET;
	guess = (double)m->popularity[key] / (double)(strtab_text(&m->keys, key).n - sizeof(uint32_t));
	return m->known ? m->known->texts[key] + guess / 64 : guess;
}

static double test_cost(struct making *m, const struct test *t)
{
	double cost = t->every ? NO_SET : 0;

	if (!has_texts(t))
		return NO_SET;
	for (size_t i = 0; i < t->n; i++) {
		double one = key_cost(m, key_of(m, t, &t->literals[i]));

		cost = t->every ? fmin(cost, one) : cost + one;
	}
	return cost;
}

/* Of all that must hold any one is enough; of what need hold once, all. As deep as the tree. */
static double cost_of(struct making *m, const struct node *n)
{
	double cost = n->op == NODE_AND ? NO_SET : 0;

	switch (n->op) {
	case NODE_TEST:
		return test_cost(m, n->test);
	case NODE_AND:
	case NODE_OR:
		for (size_t i = 0; i < n->n; i++) {
			double kid = cost_of(m, n->kids[i]);

			cost = n->op == NODE_AND ? fmin(cost, kid) : cost + kid;
		}
		return cost;
	case NODE_FALSE:
		return 0;
	case NODE_NOT:
	case NODE_TRUE:
		break;
	}
	return NO_SET;
}

static void use(struct making *m, const struct test *t, const struct literal *l, uint32_t condition)
{
	uint32_t key = key_of(m, t, l);

	m->users = grown(m, &m->scratch, m->users, &m->cap_users, m->n_users, sizeof(*m->users));
	if (!m->no_memory && key != STRTAB_NONE)
		m->users[m->n_users++] = (struct user){key, condition};
}

static void use_test(struct making *m, const struct test *t, uint32_t condition)
{
	size_t best = 0;

	if (!t->every) {
		for (size_t i = 0; i < t->n; i++)
			use(m, t, &t->literals[i], condition);
		return;
	}
	for (size_t i = 1; i < t->n; i++)
		if (key_cost(m, key_of(m, t, &t->literals[i])) <
		    key_cost(m, key_of(m, t, &t->literals[best])))
			best = i;
	use(m, t, &t->literals[best], condition);
}

/* The cheapest set of a condition that has one. */
static void use_node(struct making *m, const struct node *n, uint32_t condition)
{
	const struct node *best = NULL;
	double least = NO_SET;

	if (n->op == NODE_TEST)
		use_test(m, n->test, condition);
	for (size_t i = 0; i < n->n; i++) {
		double cost = n->op == NODE_AND ? cost_of(m, n->kids[i]) : 0;

		if (n->op == NODE_OR)
			use_node(m, n->kids[i], condition);
		else if (n->op == NODE_AND && cost < least) {
			best = n->kids[i];
			least = cost;
		}
	}
	if (best)
		use_node(m, best, condition);
}

/* ---- entries ---- */

static uint32_t gram_at(struct view text, size_t i, size_t width)
{
	return width == 4 ? load_u32(text.p + i) : load_u16(text.p + i);
}

static size_t width_of(struct view text)
{
	return text.n >= 4 ? 4 : 2;
}

static struct view key_text(const struct making *m, uint32_t key)
{
	return view_sub(strtab_text(&m->keys, key), sizeof(uint32_t), SIZE_MAX);
}

static void count_grams(struct making *m, struct view text)
{
	size_t width = width_of(text);

	for (size_t i = 0; i + width <= text.n && !m->no_memory; i++) {
		uint32_t id = strtab_add(&m->grams, view_sub(text, i, width));

		m->no_memory |= id == STRTAB_NONE;
		if (m->no_memory)
			return;
		m->gram_count = grown(m, &m->scratch, m->gram_count, &m->cap_grams, id, sizeof(*m->gram_count));
		if (m->gram_count)
			m->gram_count[id]++;
	}
}

/* Among records, where that is known, then among the texts. */
static uint64_t gram_frequency(const struct making *m, struct view text, size_t i)
{
	size_t width = width_of(text);
	uint32_t id = strtab_find(&m->grams, view_sub(text, i, width));
	uint64_t seen = m->known && width == 4 ? m->known->grams[gram_hash(gram_at(text, i, 4))] : 0;

	return seen << 32 | (id != STRTAB_NONE ? m->gram_count[id] : 0);
}

static size_t rarest(const struct making *m, struct view text)
{
	uint64_t least = UINT64_MAX;
	size_t best = 0;

	for (size_t i = 0; i + width_of(text) <= text.n; i++) {
		uint64_t frequency = gram_frequency(m, text, i);

		if (frequency < least) {
			least = frequency;
			best = i;
		}
	}
	return best;
}

static int by_key(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->condition > y->condition) - (x->condition < y->condition);
}

static int grams_make(struct making *m, struct grams *g, size_t width)
{
	uint32_t size = 256;

	while (size < GRAM_HASHES && size < 2 * m->n_users)
		size *= 2;
	g->width = width;
	g->mask = size - 1;
	g->bits = arena_alloc(m->arena, GRAM_HASHES / 8);
	g->buckets = arena_array(m->arena, size, sizeof(*g->buckets));
	return g->bits && g->buckets ? 0 : -1;
}

static void enter(struct making *m, uint32_t key, const uint32_t *users, size_t n)
{
	struct index *x = m->index;
	struct entry *e = &x->entries[x->n_entries++];
	struct view text = key_text(m, key);
	struct grams *g = &x->grams[width_of(text) == 2];
	uint32_t hash, *bucket;

	*e = (struct entry){.users = users, .n_users = n, .text = arena_keep(m->arena, text)};
	memcpy(&e->slot, strtab_text(&m->keys, key).p, sizeof(e->slot));
	if (!e->text.p) {
		m->no_memory = true;
		return;
	}
	e->at = (uint32_t)rarest(m, text);
	e->gram = gram_at(text, e->at, g->width);
	hash = gram_hash(e->gram);
	bucket = &g->buckets[hash & g->mask];
	e->next = *bucket;
	*bucket = (uint32_t)x->n_entries;
	g->bits[hash / 8] |= (uint8_t)(1u << hash % 8);
	x->slots[e->slot].grams[g->width == 2] = true;
	for (size_t i = 0; i < n; i++)
		x->slots[e->slot].users[users[i] / 64] |= 1ull << users[i] % 64;
}

static int entries_make(struct making *m)
{
	struct index *x = m->index;
	uint32_t *users = arena_array(m->arena, m->n_users + 1, sizeof(*users));

	x->entries = arena_array(m->arena, m->n_users + 1, sizeof(*x->entries));
	if (!users || !x->entries || grams_make(m, &x->grams[0], 4) < 0 ||
	    grams_make(m, &x->grams[1], 2) < 0)
		return -1;
	for (size_t i = 0; i < x->n_slots; i++)
		if (!(x->slots[i].users = arena_array(m->arena, x->n_words + 1, sizeof(uint64_t))))
			return -1;
	if (m->n_users)
		qsort(m->users, m->n_users, sizeof(*m->users), by_key);
	for (size_t i = 0; i < m->n_users; i++)
		if (i == 0 || m->users[i].key != m->users[i - 1].key)
			count_grams(m, key_text(m, m->users[i].key));
	for (size_t i = 0, n; i < m->n_users && !m->no_memory; i += n) {
		for (n = 0; i + n < m->n_users && m->users[i + n].key == m->users[i].key; n++)
			users[i + n] = m->users[i + n].condition;
		enter(m, m->users[i].key, users + i, n);
	}
	return m->no_memory ? -1 : 0;
}

/* Fields without any entry need not be asked. */
static void drop_unused_slots(struct index *x)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < x->n_slots; i++) {
		bool used = false;

		for (size_t w = 0; w < x->n_words; w++)
			used |= x->slots[i].users[w] != 0;
		if (!used)
			continue;
		for (size_t e = 0; e < x->n_entries; e++)
			if (x->entries[e].slot == i)
				x->entries[e].slot = kept;
		x->slots[kept++] = x->slots[i];
	}
	x->n_slots = kept;
}

static int make(struct making *m, const struct node *const *conditions, size_t n)
{
	struct index *x = m->index;

	x->n_words = n / 64 + 1;
	x->always = arena_array(m->arena, x->n_words, sizeof(*x->always));
	for (size_t i = 0; i < n; i++)
		count(m, conditions[i]);
	if (m->no_memory || !x->always)
		return -1;
	for (size_t i = 0; i < n && !m->no_memory; i++) {
		if (cost_of(m, conditions[i]) >= NO_SET)
			x->always[i / 64] |= 1ull << i % 64;
		else
			use_node(m, conditions[i], (uint32_t)i);
	}
	return 0;
}

static int make_census(struct making *m, const struct node *const *conditions, size_t n)
{
	struct index *x = m->index;

	for (size_t i = 0; i < n; i++)
		count(m, conditions[i]);
	x->n_words = m->keys.n / 64 + 1;
	x->always = arena_array(m->arena, x->n_words, sizeof(*x->always));
	for (uint32_t key = 0; key < m->keys.n && !m->no_memory; key++) {
		m->users = grown(m, &m->scratch, m->users, &m->cap_users, m->n_users, sizeof(*m->users));
		if (m->users)
			m->users[m->n_users++] = (struct user){key, key};
	}
	return x->always ? 0 : -1;
}

typedef int making_fn(struct making *m, const struct node *const *conditions, size_t n);

static struct index *make_index(struct arena *a, const struct node *const *conditions, size_t n,
				struct asking *head, const struct census *known, making_fn *fn)
{
	struct making m = {.arena = a, .head = head, .known = known};
	int rc;

	arena_init(&m.scratch, LIMIT_RULES_ARENA);
	strtab_init(&m.keys, false, LIMIT_RULES_ARENA);
	strtab_init(&m.grams, false, LIMIT_RULES_ARENA);
	map_init(&m.by_test);
	m.index = arena_alloc(a, sizeof(*m.index));
	rc = m.index ? fn(&m, conditions, n) : -1;
	if (rc == 0)
		rc = m.no_memory ? -1 : entries_make(&m);
	if (rc == 0) {
		drop_unused_slots(m.index);
		m.index->n_texts = m.keys.n;
	}
	strtab_release(&m.keys);
	strtab_release(&m.grams);
	map_release(&m.by_test);
	arena_release(&m.scratch);
	return rc < 0 ? NULL : m.index;
}

struct index *index_new(struct arena *a, const struct node *const *conditions, size_t n,
			struct asking *head, const struct census *known)
{
	struct index *x = make_index(a, conditions, n, head, known, make);

	return x && index_asks(x, a, conditions, n) == 0 ? x : NULL;
}

struct census *census_new(struct arena *a, const struct node *const *conditions, size_t n,
			  struct asking *head)
{
	struct census *c = arena_alloc(a, sizeof(*c));
	struct index *x = make_index(a, conditions, n, head, NULL, make_census);

	if (!c || !x)
		return NULL;
	c->index = x;
	c->texts = arena_array(a, x->n_texts + 1, sizeof(*c->texts));
	c->grams = x->seen = arena_array(a, GRAM_HASHES, sizeof(*c->grams));
	return c->texts && c->grams ? c : NULL;
}
