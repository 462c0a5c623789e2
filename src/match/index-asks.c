/* SPDX-License-Identifier: Apache-2.0 */
/* Which slots each condition asks: of those a value may decide it. Recursion follows the tree. */
#include "index.h"

/* INDEX_SLOTS: it is no field, or there are too many. */
static size_t slot_of(struct index *x, const struct test *t)
{
	size_t i = 0;

	if (t->expr || t->other || t->field == FIELD_ANY)
		return INDEX_SLOTS;
	while (i < x->n_slots && (x->slots[i].sole.field != t->field || x->slots[i].sole.raw != t->raw))
		i++;
	if (i == x->n_slots && i < INDEX_SLOTS)
		x->slots[x->n_slots++] = (struct slot){.sole = {t->field, t->raw}};
	return i < INDEX_SLOTS ? i : INDEX_SLOTS;
}

static void asks_of(struct index *x, const struct node *n, size_t condition)
{
	size_t slot = n->op == NODE_TEST ? slot_of(x, n->test) : 0;

	if (n->op == NODE_TEST && slot < INDEX_SLOTS)
		x->asks[condition] |= 1ull << slot;
	else if (n->op == NODE_TEST)
		x->mixed[condition / 64] |= 1ull << condition % 64;
	for (size_t i = 0; i < n->n; i++)
		asks_of(x, n->kids[i], condition);
}

static bool has_one(uint64_t bits)
{
	return bits && !(bits & (bits - 1));
}

int index_asks(struct index *x, struct arena *a, const struct node *const *conditions, size_t n)
{
	struct slot *slots = arena_array(a, x->n_slots + INDEX_SLOTS, sizeof(*slots));

	x->conditions = conditions;
	x->asks = arena_array(a, n + 1, sizeof(*x->asks));
	x->mixed = arena_array(a, x->n_words, sizeof(*x->mixed));
	if (!slots || !x->asks || !x->mixed)
		return -1;
	if (x->n_slots)
		memcpy(slots, x->slots, x->n_slots * sizeof(*slots));
	x->slots = slots;
	for (size_t i = 0; i < n; i++)
		asks_of(x, conditions[i], i);
	for (size_t i = 0; i < n; i++)
		if (!has_one(x->asks[i]))
			x->mixed[i / 64] |= 1ull << i % 64;
	return 0;
}
