/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in texts: whole ones compared by sign and magnitude, the others as reals. */
#include "match-private.h"

#include <stdio.h>
#include <stdlib.h>

static int digit_of(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

bool number_of_text(struct view v, struct number *out)
{
	uint64_t base = 10, sum = 0;
	bool negative = v.n && v.p[0] == '-';

	if (negative)
		v = view_sub(v, 1, v.n);
	if (v.n > 2 && v.p[0] == '0' && ascii_lower(v.p[1]) == 'x') {
		base = 16;
		v = view_sub(v, 2, v.n);
	}
	if (!v.n)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint64_t digit = (uint64_t)digit_of(v.p[i]);

		if (digit >= base || sum > (UINT64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*out = (struct number){.negative = negative && sum, .magnitude = sum};
	return true;
}

struct number number_of_int(int64_t i)
{
	uint64_t u = (uint64_t)i;

	return (struct number){.negative = i < 0, .magnitude = i < 0 ? 0 - u : u};
}

int number_cmp(struct number a, struct number b)
{
	int order = (a.magnitude > b.magnitude) - (a.magnitude < b.magnitude);

	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? -order : order;
}

static size_t digits(struct view v, size_t at)
{
	while (at < v.n && v.p[at] >= '0' && v.p[at] <= '9')
		at++;
	return at;
}

/* Digits, a point and digits, an exponent: no more than strtold() is shown. */
static bool is_decimal(struct view v)
{
	size_t at = v.n && v.p[0] == '-', from = at;

	at = digits(v, at);
	if (at == from)
		return false;
	if (at < v.n && v.p[at] == '.') {
		from = at + 1;
		at = digits(v, from);
		if (at == from)
			return false;
	}
	if (at + 1 < v.n && ascii_lower(v.p[at]) == 'e' && (v.p[at + 1] == '-' || v.p[at + 1] == '+')) {
		from = at + 2;
		at = digits(v, from);
		if (at == from)
			return false;
	}
	return at == v.n;
}

#define DECIMAL 64 /* characters; what is longer is no number of a log */

bool real_of_text(struct view v, long double *out)
{
	char text[DECIMAL + 1];
	struct number n;

	if (number_of_text(v, &n)) {
		*out = n.negative ? -(long double)n.magnitude : (long double)n.magnitude;
		return true;
	}
	if (v.n > DECIMAL || !is_decimal(v))
		return false;
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	*out = strtod(text, NULL);
	return true;
}

struct view text_of_real(struct arena *a, double d)
{
	char text[40];
	size_t n = 0;

	for (int precision = 15; precision <= 17; precision++) {
		n = (size_t)snprintf(text, sizeof(text) - 2, "%.*g", precision, d);
		if (strtod(text, NULL) == d)
			break;
	}
	if (digits(view_str(text), text[0] == '-') == n)
		memcpy(text + n, ".0", sizeof(".0"));
	return arena_keep(a, view_str(text));
}

bool number_order(struct view value, const struct literal *l, int *order)
{
	long double left, right;
	struct number n;

	if (!l->is_real && number_of_text(value, &n)) {
		*order = number_cmp(n, number_of_int(l->number));
		return true;
	}
	if (!real_of_text(value, &left))
		return false;
	right = l->is_real ? l->real : (long double)l->number;
	*order = (left > right) - (left < right);
	return true;
}
