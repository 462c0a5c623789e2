/* SPDX-License-Identifier: Apache-2.0 */
#include "rule-load.h"

#define WORD_MAX 40

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Letters to insert, drop or change to make one of the other, letter case ignored. */
static unsigned distance(struct view a, struct view b)
{
	unsigned row[WORD_MAX + 1];

	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned change = ascii_lower(a.p[i - 1]) != ascii_lower(b.p[j - 1]);
			unsigned above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, corner + change);
			corner = above;
		}
	}
	return row[b.n];
}

/* Far fewer letters apart than it has: else the help misleads. */
static unsigned closeness(struct view word, struct view known, unsigned best)
{
	unsigned d;

	if (!word.n || word.n > WORD_MAX || !known.n || known.n > WORD_MAX)
		return best;
	d = distance(word, known);
	return d <= word.n / 3 + 1 && d < known.n && d < best ? d : best;
}

const char *suggest(struct view word, const char *const *known, size_t n)
{
	const char *found = NULL;
	unsigned best = 4;

	for (size_t i = 0; i < n; i++) {
		unsigned d = closeness(word, view_str(known[i]), best);

		if (d < best)
			found = known[i];
		best = d;
	}
	return found;
}

struct view suggest_view(struct view word, const struct view *known, size_t n)
{
	struct view found = {NULL, 0};
	unsigned best = 4;

	for (size_t i = 0; i < n; i++) {
		unsigned d = closeness(word, known[i], best);

		if (d < best)
			found = known[i];
		best = d;
	}
	return found;
}
