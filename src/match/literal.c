/* SPDX-License-Identifier: Apache-2.0 */
/* One value of an event against one of a rule, or against another of the event. */
#include "match-private.h"

static bool order_is(enum test_op op, int order)
{
	switch (op) {
	case TEST_LT:
		return order < 0;
	case TEST_LE:
		return order <= 0;
	case TEST_GT:
		return order > 0;
	case TEST_GE:
		return order >= 0;
	case TEST_MATCH:
		return order == 0;
	case TEST_REGEX:
	case TEST_CIDR:
	case TEST_NULL:
	case TEST_EMPTY:
	case TEST_EXISTS:
		break;
	}
	return false;
}

static bool in_net(struct view value, const struct net *net)
{
	uint8_t address[16];
	size_t whole = net->bits / 8;
	uint8_t rest = (uint8_t)(0xff00u >> net->bits % 8);

	if (net->bits > 128 || !address_parse(value, address))
		return false;
	if (memcmp(address, net->address, whole) != 0)
		return false;
	return whole == 16 || ((address[whole] ^ net->address[whole]) & rest) == 0;
}

/* The pattern of an ordering is the text. */
static bool text_is_ordered(const struct test *t, const struct literal *l, struct view value)
{
	struct buf folded, text;
	bool holds = false;

	buf_init(&folded, 0);
	buf_init(&text, 0);
	for (size_t i = 0; i < l->pattern.n; i++)
		text_put(&text, l->pattern.units[i]);
	while (value.n) {
		uint32_t cp = text_next(&value);

		text_put(&folded, t->cased || cp & TEXT_BAD ? cp : text_fold(cp));
	}
	if (!folded.bad && !text.bad)
		holds = order_is(t->op, text_order(buf_data(&folded), buf_data(&text)));
	buf_release(&folded);
	buf_release(&text);
	return holds;
}

static bool part_holds(const struct test *t, const struct literal *l, struct view value)
{
	uint64_t part;

	if (!time_part_of(value, t->part, &part) || !l->is_number || l->is_real)
		return false;
	return order_is(t->op, number_cmp((struct number){false, part}, number_of_int(l->number)));
}

enum tri literal_holds(struct asking *k, const struct test *t, const struct literal *l,
		       struct view value)
{
	int order;

	if (t->part != PART_NONE)
		return tri_of(part_holds(t, l, value));
	if (t->op == TEST_REGEX)
		return regexes_match(k->regexes, l, t->flags, value);
	if (t->op == TEST_CIDR)
		return tri_of(in_net(value, &l->net));
	if (l->is_number && number_order(value, l, &order))
		return tri_of(order_is(t->op, order));
	if (t->op == TEST_MATCH)
		return tri_of(pattern_match(&l->pattern, value, t->cased));
	return tri_of(!l->is_number && text_is_ordered(t, l, value));
}

/* ---- two values of the event ---- */

static bool ends_with(struct view v, struct view end)
{
	return v.n >= end.n && view_eq(view_sub(v, v.n - end.n, end.n), end);
}

static bool stands_in(const struct test *t, struct view value, struct view other)
{
	switch (t->place) {
	case PLACE_START:
		return view_eq(view_sub(value, 0, other.n), other);
	case PLACE_END:
		return ends_with(value, other);
	case PLACE_WITHIN:
		return !other.n || (value.n && memmem(value.p, value.n, other.p, other.n));
	case PLACE_WHOLE:
		break;
	}
	return view_eq(value, other);
}

/* Both are numbers and may be written in different ways. */
static bool both_numbers(struct view a, struct view b, int *order)
{
	long double left, right;

	if (!real_of_text(a, &left) || !real_of_text(b, &right))
		return false;
	*order = (left > right) - (left < right);
	return true;
}

enum tri values_hold(struct arena *a, const struct test *t, struct view value, struct view other)
{
	int order;

	if ((t->op != TEST_MATCH || t->place == PLACE_WHOLE) && both_numbers(value, other, &order))
		return tri_of(order_is(t->op, order));
	if (!t->cased) {
		value = text_folded(a, value);
		other = text_folded(a, other);
		if (!value.p || !other.p)
			return TRI_FAILED;
	}
	if (t->op == TEST_MATCH)
		return tri_of(stands_in(t, value, other));
	return tri_of(order_is(t->op, text_order(value, other)));
}
