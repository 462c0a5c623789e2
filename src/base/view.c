/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"

struct view view_str(const char *s)
{
	return (struct view){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

bool view_eq(struct view a, struct view b)
{
	/* memcmp() must not see a null pointer, even for no bytes */
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool view_eq_str(struct view a, const char *s)
{
	return view_eq(a, view_str(s));
}

int view_cmp(struct view a, struct view b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	if (d)
		return d;
	return (a.n > b.n) - (a.n < b.n);
}

bool view_eq_nocase(struct view a, struct view b)
{
	while (a.n && b.n) {
		if (a.p[0] < 0x80 && b.p[0] < 0x80) {
			if (ascii_lower(a.p[0]) != ascii_lower(b.p[0]))
				return false;
			a = view_sub(a, 1, a.n);
			b = view_sub(b, 1, b.n);
		} else if (text_fold(text_next(&a)) != text_fold(text_next(&b))) {
			return false;
		}
	}
	return a.n == b.n;
}

bool view_eq_str_nocase(struct view a, const char *s)
{
	return view_eq_nocase(a, view_str(s));
}

struct view view_sub(struct view v, size_t from, size_t n)
{
	if (from >= v.n)
		return (struct view){ v.p ? v.p + v.n : NULL, 0 };
	if (n > v.n - from)
		n = v.n - from;
	return (struct view){ v.p + from, n };
}

struct view view_after_last(struct view v, const char *set)
{
	for (size_t i = v.n; i > 0; i--) {
		if (v.p[i - 1] && strchr(set, v.p[i - 1]))
			return view_sub(v, i, v.n);
	}
	return v;
}
