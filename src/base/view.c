/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"

int view_cmp(struct view a, struct view b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	if (d)
		return d;
	return (a.n > b.n) - (a.n < b.n);
}

/* How many bytes at the start are the same ASCII letters in both. */
static size_t same_ascii(struct view a, struct view b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;

	while (i < n && (a.p[i] | b.p[i]) < 0x80 && ascii_lower(a.p[i]) == ascii_lower(b.p[i]))
		i++;
	return i;
}

bool view_eq_nocase(struct view a, struct view b)
{
	if (view_eq(a, b))
		return true;
	while (a.n && b.n) {
		size_t same = same_ascii(a, b);
		a = view_sub(a, same, a.n);
		b = view_sub(b, same, b.n);
		if (a.n && b.n && text_fold(text_next(&a)) != text_fold(text_next(&b)))
			return false;
	}
	return a.n == b.n;
}

struct view view_after_last(struct view v, const char *set)
{
	for (size_t i = v.n; i > 0; i--) {
		if (v.p[i - 1] && strchr(set, v.p[i - 1]))
			return view_sub(v, i, v.n);
	}
	return v;
}
