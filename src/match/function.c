/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EQL's functions on one value of each argument, none of which is null. Lengths and places count UTF-16
 * code units, as Elasticsearch's do.
 */
#include "match-private.h"

#include <math.h>
#include <stdio.h>

struct call {
	struct arena *arena;
	const struct expr *expr;
	const struct view *args;
	struct view *out;
};

static int give(struct call *c, struct view v)
{
	*c->out = v;
	return v.p ? 1 : -1;
}

/* ---- numbers ---- */

struct quantity {
	bool whole;
	int64_t i;
	double d;
};

static bool quantity_of(struct view v, struct quantity *q)
{
	struct number n;
	long double real;

	if (number_of_text(v, &n) && n.magnitude <= INT64_MAX) {
		q->whole = true;
		q->i = n.negative ? -(int64_t)n.magnitude : (int64_t)n.magnitude;
		q->d = (double)q->i;
		return true;
	}
	if (!real_of_text(v, &real))
		return false;
	*q = (struct quantity){.d = (double)real};
	return true;
}

static int give_whole(struct call *c, int64_t i)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)i);
	return give(c, arena_keep(c->arena, view_str(text)));
}

static int give_real(struct call *c, double d)
{
	return isfinite(d) ? give(c, text_of_real(c->arena, d)) : 0;
}

/* false: it does not fit, or there is none. */
static bool whole_result(enum function f, int64_t a, int64_t b, int64_t *out)
{
	bool divides = b != 0 && !(a == INT64_MIN && b == -1);

	switch ((int)f) {
	case FUNCTION_ADD:
		return !__builtin_add_overflow(a, b, out);
	case FUNCTION_SUBTRACT:
		return !__builtin_sub_overflow(a, b, out);
	case FUNCTION_MULTIPLY:
		return !__builtin_mul_overflow(a, b, out);
	case FUNCTION_DIVIDE:
		*out = divides ? a / b : 0;
		return divides;
	default:
		*out = divides ? a % b : 0;
		return divides;
	}
}

static double real_result(enum function f, double a, double b)
{
	switch ((int)f) {
	case FUNCTION_ADD:
		return a + b;
	case FUNCTION_SUBTRACT:
		return a - b;
	case FUNCTION_MULTIPLY:
		return a * b;
	case FUNCTION_DIVIDE:
		return a / b;
	default:
		return fmod(a, b);
	}
}

/* What is no number has no sum; nothing is divided by zero. */
static int call_arithmetic(struct call *c)
{
	enum function f = c->expr->function;
	struct quantity a, b;
	int64_t whole;

	if (c->expr->n != 2 || !quantity_of(c->args[0], &a) || !quantity_of(c->args[1], &b))
		return 0;
	if ((f == FUNCTION_DIVIDE || f == FUNCTION_MODULO) && b.d == 0)
		return 0;
	if (a.whole && b.whole && whole_result(f, a.i, b.i, &whole))
		return give_whole(c, whole);
	return give_real(c, real_result(f, a.d, b.d));
}

/* ---- numbers of texts ---- */

static int digit_of(uint8_t ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch = ascii_lower(ch);
	return ch >= 'a' && ch <= 'z' ? ch - 'a' + 10 : 99;
}

static bool whole_of_base(struct view v, int64_t base, int64_t *out)
{
	bool negative = v.n && v.p[0] == '-';
	int64_t sum = 0;

	v = view_sub(v, negative, v.n);
	if (base == 16 && v.n > 2 && v.p[0] == '0' && ascii_lower(v.p[1]) == 'x')
		v = view_sub(v, 2, v.n);
	if (!v.n || base < 2 || base > 36)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		int digit = digit_of(v.p[i]);

		if (digit >= base || __builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	*out = negative ? -sum : sum;
	return true;
}

static int call_number(struct call *c)
{
	struct quantity base = {.i = 10}, q;
	int64_t whole;

	if (c->expr->n > 1 && (!quantity_of(c->args[1], &base) || !base.whole))
		return 0;
	if (c->expr->n > 1)
		return whole_of_base(c->args[0], base.i, &whole) ? give_whole(c, whole) : 0;
	if (!quantity_of(c->args[0], &q))
		return 0;
	return q.whole ? give_whole(c, q.i) : give_real(c, q.d);
}

/* ---- texts ---- */

static size_t units_of(struct view v)
{
	size_t n = 0;

	while (v.n) {
		uint32_t cp = text_next(&v);

		n += cp > 0xffff && cp <= 0x10ffff ? 2 : 1;
	}
	return n;
}

/* From the n-th code point on. */
static struct view skip_points(struct view v, size_t n)
{
	for (; n && v.n; n--)
		text_next(&v);
	return v;
}

static size_t points_of(struct view v)
{
	size_t n = 0;

	for (; v.n; n++)
		text_next(&v);
	return n;
}

/* SIZE_MAX: nowhere. */
static size_t find(struct view v, struct view what, size_t from, bool last)
{
	size_t found = SIZE_MAX;

	while (from <= v.n) {
		const uint8_t *p = what.n ? memmem(v.p + from, v.n - from, what.p, what.n)
					  : v.p + from;

		if (!p)
			break;
		found = (size_t)(p - v.p);
		if (!last)
			break;
		from = found + 1;
	}
	return found;
}

static struct view compared(const struct call *c, struct view v)
{
	return c->expr->nocase ? text_folded(c->arena, v) : v;
}

static bool is_true(struct view v)
{
	return view_eq_str_nocase(v, "true");
}

static int call_between(struct call *c)
{
	const struct view *args = c->args;
	bool greedy = c->expr->n > 3 && is_true(args[3]);
	struct view text = compared(c, args[0]), left = compared(c, args[1]),
		    right = compared(c, args[2]), out;
	size_t from, to;

	if (!text.p || !left.p || !right.p)
		return -1;
	from = find(text, left, 0, false);
	to = from == SIZE_MAX ? SIZE_MAX : find(text, right, from + left.n, greedy);
	if (to == SIZE_MAX)
		return give(c, view_str(""));
	/* Folded or not, the code points are as many. */
	from += left.n;
	out = skip_points(args[0], points_of(view_sub(text, 0, from)));
	out.n -= skip_points(out, points_of(view_sub(text, from, to - from))).n;
	return give(c, out);
}

static int call_index_of(struct call *c)
{
	struct view text = compared(c, c->args[0]), what = compared(c, c->args[1]);
	struct quantity start = {.whole = true};
	size_t from = 0, found;

	if (!text.p || !what.p)
		return -1;
	if (c->expr->n > 2 && (!quantity_of(c->args[2], &start) || !start.whole))
		return 0;
	for (struct view rest = text; rest.n && start.i > 0; from = text.n - rest.n)
		start.i -= text_next(&rest) > 0xffff ? 2 : 1;
	found = start.i > 0 ? SIZE_MAX : find(text, what, from, false);
	return found == SIZE_MAX ? 0 : give_whole(c, (int64_t)units_of(view_sub(text, 0, found)));
}

/* An end that is negative counts from behind; what is beyond is cut. */
static size_t clip(int64_t at, size_t n)
{
	if (at < 0)
		at = at < -(int64_t)n ? 0 : (int64_t)n + at;
	return (uint64_t)at > n ? n : (size_t)at;
}

static int call_substring(struct call *c)
{
	struct quantity from, to = {.whole = true, .i = INT64_MAX};
	struct buf units, text;
	size_t n, start, end;
	struct view out;

	if (!quantity_of(c->args[1], &from) || !from.whole ||
	    (c->expr->n > 2 && (!quantity_of(c->args[2], &to) || !to.whole)))
		return 0;
	buf_init(&units, 0);
	buf_init(&text, 0);
	text_to_utf16(&units, c->args[0]);
	n = units.n / 2;
	start = clip(from.i, n);
	end = clip(to.i, n);
	text_from_utf16(&text, view_sub(buf_data(&units), 2 * start,
					end > start ? 2 * (end - start) : 0));
	out = units.bad || text.bad ? (struct view){NULL, 0}
				    : arena_keep(c->arena, text.n ? buf_data(&text) : view_str(""));
	buf_release(&units);
	buf_release(&text);
	return give(c, out);
}

static int call_concat(struct call *c)
{
	struct view out;
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < c->expr->n; i++)
		buf_view(&b, c->args[i]);
	out = b.bad ? (struct view){NULL, 0}
		    : arena_keep(c->arena, b.n ? buf_data(&b) : view_str(""));
	buf_release(&b);
	return give(c, out);
}

/* The rule readers have looked at the number of arguments; a tree made otherwise is null. */
static bool has_arguments(const struct expr *e)
{
	static const struct {
		size_t least, most;
	} bounds[] = {
		[FUNCTION_ADD] = {2, 2}, [FUNCTION_SUBTRACT] = {2, 2}, [FUNCTION_MULTIPLY] = {2, 2},
		[FUNCTION_DIVIDE] = {2, 2}, [FUNCTION_MODULO] = {2, 2}, [FUNCTION_BETWEEN] = {3, 4},
		[FUNCTION_CONCAT] = {0, SIZE_MAX}, [FUNCTION_INDEX_OF] = {2, 3},
		[FUNCTION_LENGTH] = {1, 1}, [FUNCTION_NUMBER] = {1, 2}, [FUNCTION_STRING] = {1, 1},
		[FUNCTION_SUBSTRING] = {2, 3},
	};

	return e->n >= bounds[e->function].least && e->n <= bounds[e->function].most;
}

int function_call(struct arena *a, const struct expr *call, const struct view *args,
		  struct view *out)
{
	struct call c = {a, call, args, out};

	if (!has_arguments(call))
		return 0;
	switch (call->function) {
	case FUNCTION_ADD:
	case FUNCTION_SUBTRACT:
	case FUNCTION_MULTIPLY:
	case FUNCTION_DIVIDE:
	case FUNCTION_MODULO:
		return call_arithmetic(&c);
	case FUNCTION_BETWEEN:
		return call_between(&c);
	case FUNCTION_CONCAT:
		return call_concat(&c);
	case FUNCTION_INDEX_OF:
		return call_index_of(&c);
	case FUNCTION_LENGTH:
		return give_whole(&c, (int64_t)units_of(args[0]));
	case FUNCTION_NUMBER:
		return call_number(&c);
	case FUNCTION_STRING:
		return give(&c, args[0]);
	case FUNCTION_SUBSTRING:
		return call_substring(&c);
	}
	return 0;
}
