/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <stdlib.h>

/* ---- values ---- */

#define NUMBER_TEXT 300u /* digits of a number; what is longer is none */

/* Digits, perhaps with a sign, a fraction, or as 0x...; not as the locale has them. */
static bool number_of(struct view v, double *out)
{
	struct value text = {VALUE_UTF8, v};
	double sign = 1, scale = 1;
	uint64_t whole;
	size_t i = 0;
	bool digits = false;

	if (v.n > NUMBER_TEXT)
		return false;
	if (value_number(text, &whole)) {
		*out = (double)whole;
		return true;
	}
	if (v.n && (v.p[0] == '-' || v.p[0] == '+'))
		sign = v.p[i++] == '-' ? -1 : 1;
	*out = 0;
	for (bool fraction = false; i < v.n; i++) {
		if (v.p[i] == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
		digits = true;
		scale = fraction ? scale * 10 : scale;
		*out = *out * 10 + (v.p[i] - '0');
	}
	*out = sign * *out / scale;
	return digits;
}

static struct view folded(struct arena *a, struct view v)
{
	struct view out;
	struct buf b;

	buf_init(&b, 0);
	while (v.n)
		text_put(&b, text_fold(text_next(&v)));
	out = b.bad ? (struct view){NULL, 0} : arena_keep(a, buf_data(&b));
	buf_release(&b);
	return out;
}

/* A text is told from others without letter case. */
static int read_value(struct measuring *m, struct correlate *c, const struct stage *st,
		      const struct kept *k, struct strtab *texts, size_t i)
{
	struct activity act = k->act;
	struct answer ans;
	struct view text;

	arena_reset(&c->scratch);
	if (event_ask(&k->event, &act, &k->derived, st->value, &c->rules->fields, &c->scratch,
		      &ans) < 0)
		return -1;
	if (ans.state != ANSWER_VALUE || !ans.n || ans.is_class)
		return 0;
	if (m->measure != MEASURE_VALUES) {
		m->has[i] = number_of(ans.values[0], &m->number[i]);
		return 0;
	}
	text = folded(&c->scratch, ans.values[0]);
	m->rank[i] = text.p ? strtab_add(texts, text) : STRTAB_NONE;
	m->has[i] = m->rank[i] != STRTAB_NONE;
	return m->has[i] ? 0 : -1;
}

/* ---- ranks of numbers ---- */

static int number_cmp(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return (a > b) - (a < b);
}

static void make_ranks(struct measuring *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		if (m->has[i])
			m->sorted[n++] = m->number[i];
	if (n)
		qsort(m->sorted, n, sizeof(*m->sorted), number_cmp);
	for (size_t i = 0; i < m->n; i++) {
		size_t lo = 0, hi = n;

		while (m->has[i] && lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (m->sorted[mid] < m->number[i])
				lo = mid + 1;
			else
				hi = mid;
		}
		m->rank[i] = (uint32_t)lo;
	}
}

/* `in` counts from 1: a node holds the sum of those below it. */
static void ranks_add(struct measuring *m, uint32_t rank, bool add)
{
	for (size_t i = (size_t)rank + 1; i <= m->n; i += i & -i)
		m->in[i] += add ? 1 : UINT64_MAX;
}

/* The value of the k-th smallest, from 1. */
static double ranks_find(const struct measuring *m, uint64_t k)
{
	size_t at = 0, step = 1;

	while (step * 2 <= m->n)
		step *= 2;
	for (; step; step /= 2) {
		if (at + step > m->n || m->in[at + step] >= k)
			continue;
		at += step;
		k -= m->in[at];
	}
	return m->sorted[at];
}

/* ---- the window ---- */

int measure_init(struct measuring *m, struct correlate *c, const struct rule *r,
		 const struct keyed *v, size_t n)
{
	struct strtab texts;
	int result = 0;

	*m = (struct measuring){.measure = r->measure, .percentile = r->percentile, .n = n};
	if (r->measure == MEASURE_EVENTS)
		return 0;
	m->has = mem_alloc((n + 1) * sizeof(*m->has));
	m->number = mem_alloc((n + 1) * sizeof(*m->number));
	m->rank = mem_alloc((n + 1) * sizeof(*m->rank));
	m->sorted = mem_alloc((n + 1) * sizeof(*m->sorted));
	m->in = mem_alloc((n + 1) * sizeof(*m->in));
	if (!m->has || !m->number || !m->rank || !m->sorted || !m->in)
		return -1;
	strtab_init(&texts, false, SIZE_MAX);
	for (size_t i = 0; i < n && result == 0; i++)
		result = read_value(m, c, &r->stages[v[i].stage], v[i].kept, &texts, i);
	strtab_release(&texts);
	if (r->measure == MEASURE_PERCENTILE)
		make_ranks(m);
	return result;
}

void measure_release(struct measuring *m)
{
	mem_free(m->has);
	mem_free(m->number);
	mem_free(m->rank);
	mem_free(m->sorted);
	mem_free(m->in);
}

void measure_add(struct measuring *m, size_t i)
{
	m->n_events++;
	if (m->measure == MEASURE_EVENTS || !m->has[i])
		return;
	m->n_values++;
	if (m->measure == MEASURE_VALUES)
		m->distinct += !m->in[m->rank[i]]++;
	else if (m->measure == MEASURE_PERCENTILE)
		ranks_add(m, m->rank[i], true);
	else
		m->sum += m->number[i];
}

void measure_remove(struct measuring *m, size_t i)
{
	m->n_events--;
	if (m->measure == MEASURE_EVENTS || !m->has[i])
		return;
	m->n_values--;
	if (m->measure == MEASURE_VALUES)
		m->distinct -= !--m->in[m->rank[i]];
	else if (m->measure == MEASURE_PERCENTILE)
		ranks_add(m, m->rank[i], false);
	else
		m->sum = m->n_values ? m->sum - m->number[i] : 0;
}

bool measure_value(const struct measuring *m, double *out)
{
	uint64_t nearest;
	double exact;

	switch (m->measure) {
	case MEASURE_EVENTS:
		*out = (double)m->n_events;
		return true;
	case MEASURE_VALUES:
		*out = (double)m->distinct;
		return true;
	case MEASURE_SUM:
		*out = m->sum;
		return m->n_values != 0;
	case MEASURE_AVG:
		*out = m->n_values ? m->sum / (double)m->n_values : 0;
		return m->n_values != 0;
	case MEASURE_PERCENTILE:
		break;
	}
	if (!m->n_values)
		return false;
	exact = m->percentile / 100 * (double)m->n_values;
	nearest = (uint64_t)exact;
	nearest += (double)nearest < exact;
	*out = ranks_find(m, nearest < 1 ? 1 : nearest > m->n_values ? m->n_values : nearest);
	return true;
}
