/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "correlate-private.h"

#define FIRST_CAP 64u

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int place_cmp(const struct place *a, const struct place *b)
{
	int order = (int)a->recovered - (int)b->recovered;

	if (!order)
		order = (int)a->rank - (int)b->rank;
	if (!order)
		order = cmp(a->source, b->source);
	return order ? order : cmp(a->offset, b->offset);
}

/* ---- questions ---- */

int nearby_ask(struct nearby *nb, uint64_t time)
{
	if (nb->n_asked == nb->cap_asked) {
		size_t cap = nb->cap_asked ? nb->cap_asked * 2 : 4;
		uint64_t *p = mem_grow(nb->asked, cap * sizeof(*p));

		if (!p)
			return -1;
		nb->asked = p;
		nb->cap_asked = cap;
	}
	nb->asked[nb->n_asked++] = time;
	return 0;
}

bool nearby_questions(struct nearby *nb)
{
	size_t n = 0, before = nb->n_settled;

	if (nb->n_asked)
		qsort(nb->asked, nb->n_asked, sizeof(*nb->asked), by_number);
	for (size_t i = 0; i < nb->n_asked; i++)
		if (!n || nb->asked[n - 1] != nb->asked[i])
			nb->asked[n++] = nb->asked[i];
	nb->n_asked = nb->n_settled = n;
	return n > before;
}

/* ---- facts ---- */

static struct view copy_text(uint8_t **at, struct view v)
{
	struct view out = {*at, v.n};

	if (v.n)
		memcpy(*at, v.p, v.n);
	*at += v.n;
	return out;
}

static struct held *held_new(const struct fact *f)
{
	size_t n = f->host.n + f->channel.n + f->image.n + f->parent_image.n + f->text.n;
	struct held *h = mem_alloc(sizeof(*h) + n);
	uint8_t *at;

	if (!h)
		return NULL;
	at = h->bytes;
	h->fact = *f;
	h->fact.host = copy_text(&at, f->host);
	h->fact.channel = copy_text(&at, f->channel);
	h->fact.image = copy_text(&at, f->image);
	h->fact.parent_image = copy_text(&at, f->parent_image);
	h->fact.text = copy_text(&at, f->text);
	return h;
}

static void held_free(struct held *h)
{
	while (h) {
		struct held *next = h->copies;

		mem_free(h);
		h = next;
	}
}

/* Records apart; copies of one record stand together, the best place first. */
static int record_cmp(const struct fact *a, const struct fact *b)
{
	int order = cmp(a->time, b->time);

	if (!order)
		order = cmp(a->record_id, b->record_id);
	return order ? order : cmp(a->identity, b->identity);
}

static int held_cmp(const void *x, const void *y)
{
	const struct fact *a = &(*(struct held *const *)x)->fact;
	const struct fact *b = &(*(struct held *const *)y)->fact;
	int order = record_cmp(a, b);

	if (order)
		return order;
	const struct place at = place_of_fact(a), other = place_of_fact(b);
	return place_cmp(&at, &other);
}

static void add_copy(struct held *head, struct held *h)
{
	struct held *tail = head;

	while (tail->copies && held_cmp(&tail->copies, &h) <= 0)
		tail = tail->copies;
	if (held_cmp(&tail, &h) == 0) { /* that very place, told twice */
		mem_free(h);
		return;
	}
	h->copies = tail->copies;
	tail->copies = h;
}

static void add_copies(struct held *head, struct held *h)
{
	while (h) {
		struct held *next = h->copies;

		h->copies = NULL;
		add_copy(head, h);
		h = next;
	}
}

static void merge_copies(struct nearby *nb)
{
	size_t n = 0;

	for (size_t i = 0; i < nb->n; i++) {
		if (n && !record_cmp(&nb->held[n - 1]->fact, &nb->held[i]->fact))
			add_copies(nb->held[n - 1], nb->held[i]);
		else
			nb->held[n++] = nb->held[i];
	}
	nb->n = n;
}

size_t nearby_upto(const struct nearby *nb, uint64_t time)
{
	size_t low = 0, high = nb->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (nb->held[mid]->fact.time <= time)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void drop_range(struct nearby *nb, size_t from, size_t to)
{
	nb->cut |= from < to;
	for (size_t i = from; i < to; i++) {
		held_free(nb->held[i]);
		nb->held[i] = NULL;
	}
}

static void drop_far(struct nearby *nb)
{
	size_t at = 0, kept_to = 0, n = 0;

	for (size_t i = 0; i < nb->n_settled && kept_to < nb->n; i++) {
		while (at < nb->n && nb->held[at]->fact.time <= nb->asked[i])
			at++;
		size_t from = at > nb->each_side ? at - nb->each_side : 0;
		size_t to = nb->n - at > nb->each_side ? at + nb->each_side : nb->n;

		if (from > kept_to)
			drop_range(nb, kept_to, from);
		if (to > kept_to)
			kept_to = to;
	}
	drop_range(nb, kept_to, nb->n);
	for (size_t i = 0; i < nb->n; i++)
		if (nb->held[i])
			nb->held[n++] = nb->held[i];
	nb->n = n;
}

void nearby_settle(struct nearby *nb)
{
	if (!nb->n)
		return;
	qsort(nb->held, nb->n, sizeof(struct held *), held_cmp);
	merge_copies(nb);
	drop_far(nb);
}

static int make_room(struct nearby *nb)
{
	size_t cap = nb->cap ? nb->cap * 2 : FIRST_CAP;
	struct held **p;

	if (nb->n < nb->cap)
		return 0;
	if (nb->cap)
		nearby_settle(nb);
	if (nb->n < nb->cap / 2)
		return 0;
	p = mem_grow(nb->held, cap * sizeof(struct held *));
	if (!p)
		return -1;
	nb->held = p;
	nb->cap = cap;
	return 0;
}

int nearby_take(struct nearby *nb, const struct fact *f)
{
	struct held *h;

	if (make_room(nb) < 0)
		return -1;
	h = held_new(f);
	if (!h)
		return -1;
	nb->held[nb->n++] = h;
	return 0;
}

void nearby_empty(struct nearby *nb)
{
	for (size_t i = 0; i < nb->n; i++)
		held_free(nb->held[i]);
	nb->n = 0;
}

void nearby_release(struct nearby *nb)
{
	nearby_empty(nb);
	mem_free(nb->held);
	mem_free(nb->asked);
	*nb = (struct nearby){0};
}
