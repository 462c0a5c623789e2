/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates from elsewhere: of another place in the chunk, or of another chunk. Over 407 logs of many
 * machines a GUID names one content only (468 GUIDs, no two of them alike in their first four bytes);
 * still a chance match must do no harm, so the values have to fit.
 */
#include "evtxhound/evtx.h"
#include "template.h"

/* ---- do the values fit? ---- */

/* Types that writers put in one another's place. */
static uint8_t kind_of(uint8_t type)
{
	uint8_t array = type & VALUE_ARRAY;

	switch (type & ~VALUE_ARRAY) {
	case VALUE_INT8:
	case VALUE_UINT8:
	case VALUE_INT16:
	case VALUE_UINT16:
	case VALUE_INT32:
	case VALUE_UINT32:
	case VALUE_INT64:
	case VALUE_UINT64:
	case VALUE_SIZE:
	case VALUE_HEX32:
	case VALUE_HEX64:
		return array | VALUE_UINT64;
	case VALUE_ANSI:
		return array | VALUE_UTF16;
	default:
		return type;
	}
}

static bool type_fits(uint8_t slot, uint8_t value)
{
	return slot == VALUE_NULL || value == VALUE_NULL || kind_of(slot) == kind_of(value);
}

/* There are as many values as slots in all intact logs. */
static bool fits(const struct template *t, const struct value *values, size_t n)
{
	size_t slots = 0;

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct node *node = &t->nodes[i];

		if (node->kind != NODE_SLOT)
			continue;
		if (node->slot >= n || !type_fits(node->type, values[node->slot].type))
			return false;
		if (node->slot >= slots)
			slots = node->slot + 1u;
	}
	return slots == n;
}

/* Of those that fit there must be one. */
static struct template *choose(struct template *list, const struct value *values, size_t n)
{
	struct template *found = NULL;

	for (struct template *t = list; t; t = t->next) {
		if (!fits(t, values, n))
			continue;
		if (found)
			return NULL;
		found = t;
	}
	return found;
}

/* ---- do two say the same? ---- */

static bool same_node(const struct node *a, const struct node *b)
{
	return a->kind == b->kind && a->optional == b->optional && a->empty == b->empty &&
	       a->type == b->type && a->slot == b->slot && a->parent == b->parent &&
	       a->end == b->end && view_eq(a->text, b->text);
}

static bool agree(const struct template *a, const struct template *b)
{
	bool same = a->content == b->content && a->n_nodes == b->n_nodes;

	for (size_t i = 0; same && i < a->n_nodes; i++)
		same = same_node(&a->nodes[i], &b->nodes[i]);
	return same;
}

/* ---- where they come from ---- */

/* A definition that is damaged itself, or rests on its place in its chunk, is not lent. */
static int add(struct templates *ts, struct view chunk, const struct definition *d,
	       uint16_t context, struct template **list)
{
	struct template *t;

	if (ts->n_borrowed++ >= LIMIT_BORROWED)
		return 0;
	t = template_make(ts, chunk, d, context);
	if (!t)
		return arena_is_full(&ts->arena) ? 0 : -1;
	if (t->flaw.what || t->nested)
		return 0;
	while (*list) {
		if (agree(*list, t))
			return 0;
		list = &(*list)->next;
	}
	*list = t;
	return 0;
}

/* All definitions of the chunk; there are at most 2,000 of them. */
static int list_here(struct templates *ts)
{
	struct view chunk = ts->chunk->bytes;
	struct definition d;
	size_t at = 0, n = 0;

	while (definition_find(chunk, &at, &d))
		n++;
	ts->n_here = 0;
	ts->here = arena_array(&ts->arena, n + 1, sizeof(d));
	if (!ts->here)
		return arena_is_full(&ts->arena) ? 0 : -1;
	for (at = 0; ts->n_here < n && definition_find(chunk, &at, &d);)
		ts->here[ts->n_here++] = d;
	return 0;
}

static int seek_here(struct templates *ts, const struct instance_head *h, struct loan *l)
{
	struct view chunk = ts->chunk->bytes;
	struct definition d;

	l->own_sought = true;
	if (!ts->here && list_here(ts) < 0)
		return -1;
	if (h->here && definition_read(chunk, (uint32_t)h->here, &d) && definition_id(&d) == l->id &&
	    add(ts, chunk, &d, l->context, &l->own) < 0)
		return -1;
	for (size_t i = 0; ts->here && i < ts->n_here; i++)
		if (definition_id(&ts->here[i]) == l->id &&
		    add(ts, chunk, &ts->here[i], l->context, &l->own) < 0)
			return -1;
	return 0;
}

static int ask_lender(struct templates *ts, const struct instance_head *h, struct loan *l)
{
	const struct evtx_lender *from = ts->lender;
	struct definition d;
	struct view chunk;
	uint32_t offset;

	l->lender_asked = true;
	for (size_t n = 0; from && ts->n_borrowed < LIMIT_BORROWED; n++) {
		if (!from->definition(from->ctx, h->id.p, n, &chunk, &offset))
			break;
		if (definition_read(chunk, offset, &d) && definition_id(&d) == l->id &&
		    add(ts, chunk, &d, l->context, &l->lent) < 0)
			return -1;
	}
	return 0;
}

/* ---- loans ---- */

static struct loan *loan_of(struct templates *ts, const struct instance_head *h, uint16_t context)
{
	struct cursor k = cursor_of(h->id);
	uint32_t id = cursor_u32(&k);
	struct loan *l = ts->loans;

	while (l && (l->id != id || l->context != context))
		l = l->next;
	if (l)
		return l;
	l = arena_alloc(&ts->arena, sizeof(*l));
	if (!l)
		return NULL;
	*l = (struct loan){.id = id, .context = context, .next = ts->loans};
	ts->loans = l;
	return l;
}

static void tell(struct templates *ts, const struct instance_head *h, struct loan *l, bool own)
{
	if (!l->told)
		sink_tell(ts->sink, DAMAGE_NOTE, "template-borrowed",
			  ts->chunk->offset + h->definition, 0,
			  "the template definition that should stand here is taken from %s; its "
			  "values fit",
			  own ? "another place of the chunk" : "another chunk");
	l->told = true;
}

struct template *templates_borrow(struct templates *ts, const struct instance_head *h,
				  uint16_t context, const struct value *values, size_t n, int *e)
{
	struct loan *l = loan_of(ts, h, context);
	struct template *t;

	*e = l || arena_is_full(&ts->arena) ? 0 : -1;
	if (l && !l->own_sought)
		*e = seek_here(ts, h, l);
	if (!l || *e)
		return NULL;
	t = choose(l->own, values, n);
	if (!t && !l->lender_asked)
		*e = ask_lender(ts, h, l);
	if (*e)
		return NULL;
	if (!t)
		t = choose(l->lent, values, n);
	if (t)
		tell(ts, h, l, t == choose(l->own, values, n));
	return t;
}
