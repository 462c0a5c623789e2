/* SPDX-License-Identifier: Apache-2.0 */
/* Who held a PID from when to when: docs/detections.md, "Which process". */
#include <stdlib.h>

#include "correlate-private.h"

#define PAIR_SPAN (LIMIT_PAIR_SECONDS * (uint64_t)SECOND)
/* One boot is told by up to three records, of which the later ones come while it is under way. */
#define BOOT_SPAN (120 * SECOND)

static struct view image_name(struct view path)
{
	return view_after_last(path, "\\/");
}

bool same_image_name(struct view a, struct view b)
{
	return !a.n || !b.n || view_eq_nocase(image_name(a), image_name(b));
}

/* ---- one start, told by both logs ---- */

struct pair {
	uint64_t distance;
	size_t sysmon, security;
};

static int pair_cmp(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	if (a->sysmon != b->sysmon)
		return a->sysmon < b->sysmon ? -1 : 1;
	return (a->security > b->security) - (a->security < b->security);
}

static bool may_pair(const struct fact *a, const struct fact *b)
{
	return a->sysmon != b->sysmon && a->pid == b->pid && a->image.n && b->image.n &&
	       b->time - a->time <= PAIR_SPAN && same_image_name(a->image, b->image);
}

/* All that could be pairs; `out` NULL: only counted. */
static size_t find_pairs(struct held *const *v, size_t n, struct pair *out)
{
	size_t pairs = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n && k - i <= LIMIT_PAIR_NEIGHBOURS; k++) {
			const struct fact *a = &v[i]->fact, *b = &v[k]->fact;

			if (b->time - a->time > PAIR_SPAN)
				break;
			if (!may_pair(a, b))
				continue;
			if (out)
				out[pairs] = (struct pair){b->time - a->time, a->sysmon ? i : k,
							   a->sysmon ? k : i};
			pairs++;
		}
	}
	return pairs;
}

int pair_starts(struct held *const *v, size_t n, size_t *partner)
{
	size_t n_pairs = find_pairs(v, n, NULL);
	struct pair *pairs = n_pairs ? mem_alloc(n_pairs * sizeof(*pairs)) : NULL;

	for (size_t i = 0; i < n; i++)
		partner[i] = SIZE_MAX;
	if (!n_pairs)
		return 0;
	if (!pairs)
		return -1;
	find_pairs(v, n, pairs);
	qsort(pairs, n_pairs, sizeof(*pairs), pair_cmp);
	for (size_t i = 0; i < n_pairs; i++) {
		const struct pair *p = &pairs[i];

		if (partner[p->sysmon] != SIZE_MAX || partner[p->security] != SIZE_MAX)
			continue;
		partner[p->sysmon] = p->security;
		partner[p->security] = p->sysmon;
	}
	mem_free(pairs);
	return 0;
}

/* ---- boots ---- */

/* A record that another kind of boot record precedes closely tells of the same boot. */
static bool tells_new_boot(const struct nearby *boots, size_t i)
{
	const struct fact *f = &boots->held[i]->fact;

	for (size_t k = i; k-- > 0 && i - k <= LIMIT_PAIR_NEIGHBOURS;) {
		const struct fact *before = &boots->held[k]->fact;

		if (f->time - before->time > BOOT_SPAN)
			break;
		if (before->event_id != f->event_id)
			return false;
	}
	return true;
}

int boots_build(struct entry *en, struct arena *a)
{
	const struct nearby *boots = &en->of[OF_START];

	en->n_boots = 0;
	en->boots = arena_array(a, boots->n + 1, sizeof(*en->boots));
	if (!en->boots)
		return -1;
	for (size_t i = 0; i < boots->n; i++)
		if (tells_new_boot(boots, i))
			en->boots[en->n_boots++] = boots->held[i]->fact.time;
	return 0;
}

/* How many boots are at or before `time`. */
static size_t boots_upto(const struct entry *en, uint64_t time)
{
	size_t low = 0, high = en ? en->n_boots : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (en->boots[mid] <= time)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t boot_before(const struct wanted *w, uint32_t host, uint64_t time)
{
	const struct entry *en = wanted_find_number(w, KEY_BOOT, host, 0);
	size_t n = boots_upto(en, time);

	return n ? en->boots[n - 1] : 0;
}

static uint64_t boot_after(const struct wanted *w, uint32_t host, uint64_t time)
{
	const struct entry *en = wanted_find_number(w, KEY_BOOT, host, 0);
	size_t n = boots_upto(en, time);

	return en && n < en->n_boots ? en->boots[n] : UINT64_MAX;
}

/* ---- lifetimes ---- */

const struct held *life_record(const struct life *l)
{
	return l->sysmon ? l->sysmon : l->security;
}

static struct life life_of_pair(const struct entry *en, const struct held *a, const struct held *b)
{
	struct life l = {.host = en->host, .pid = en->number, .end = UINT64_MAX};
	const struct held *first = b && b->fact.time < a->fact.time ? b : a;

	l.sysmon = a->fact.sysmon ? a : b;
	l.security = a->fact.sysmon ? b : a;
	l.start = l.occurred = first->fact.time;
	if (l.sysmon) {
		l.guid = l.sysmon->fact.guid;
		if (l.sysmon->fact.utc < l.occurred)
			l.occurred = l.sysmon->fact.utc;
	}
	return l;
}

/* Does the end record tell of this process? A GUID that has a start record names that one only. */
static bool may_end(const struct wanted *w, const struct life *l, const struct fact *f)
{
	const struct entry *named;

	if (!same_image_name(life_record(l)->fact.image, f->image))
		return false;
	if (guid_is_null(&f->guid))
		return true;
	if (!guid_is_null(&l->guid))
		return guid_eq(&l->guid, &f->guid);
	named = wanted_find_guid(w, KEY_GUID, l->host, &f->guid);
	return !named || !named->of[OF_START].n;
}

static void set_end(const struct wanted *w, const struct entry *en, struct life *l, uint64_t next)
{
	const struct nearby *ends = &en->of[OF_END];
	uint64_t boot = boot_after(w, l->host, l->start);

	l->end = next < boot ? next : boot;
	for (size_t i = l->start ? nearby_upto(ends, l->start - 1) : 0;
	     i < ends->n && ends->held[i]->fact.time < l->end; i++) {
		const struct held *h = ends->held[i];

		if (!may_end(w, l, &h->fact))
			continue;
		l->ended = h;
		l->end = h->fact.time + 1; /* it is still its own in the moment it ends */
		return;
	}
}


static size_t collect_lives(const struct entry *en, const size_t *partner, struct life *out)
{
	const struct nearby *starts = &en->of[OF_START];
	size_t n = 0;

	for (size_t i = 0; i < starts->n; i++) {
		if (partner[i] != SIZE_MAX && partner[i] < i)
			continue; /* it came with its partner */
		out[n++] = life_of_pair(en, starts->held[i],
					partner[i] == SIZE_MAX ? NULL : starts->held[partner[i]]);
	}
	return n;
}

int lives_build(const struct wanted *w, struct entry *pid, struct arena *a)
{
	size_t n = pid->of[OF_START].n;
	size_t *partner = arena_array(a, n + 1, sizeof(*partner));
	struct life *v = arena_array(a, n + 1, sizeof(*v));

	pid->lives = v;
	pid->n_lives = 0;
	if (!partner || !v || pair_starts(pid->of[OF_START].held, n, partner) < 0)
		return -1;
	n = collect_lives(pid, partner, v);
	/* Already in order: the earlier record of a pair comes first. */
	for (size_t i = 0; i < n; i++)
		set_end(w, pid, &v[i], i + 1 < n ? v[i + 1].start : UINT64_MAX);
	pid->n_lives = n;
	return 0;
}

/* ---- who it was ---- */

size_t lives_upto(const struct entry *pid, uint64_t time)
{
	size_t low = 0, high = pid->n_lives;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (pid->lives[mid].start <= time)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct life *if_image(struct life *l, struct view image)
{
	return same_image_name(life_record(l)->fact.image, image) ? l : NULL;
}

/* Lifetimes do not overlap: only the last that began may still last. */
static struct life *holder(const struct entry *en, uint64_t time, struct view image)
{
	size_t n = lives_upto(en, time);

	return n && time < en->lives[n - 1].end ? if_image(&en->lives[n - 1], image) : NULL;
}

/* One whose start was logged later, but happened before. */
static struct life *logged_late(const struct entry *en, uint64_t time, struct view image)
{
	size_t from = lives_upto(en, time), to = from + LIMIT_PAIR_NEIGHBOURS;

	for (size_t i = to < en->n_lives ? to : en->n_lives; i-- > from;)
		if (en->lives[i].occurred <= time)
			return if_image(&en->lives[i], image);
	return NULL;
}

struct life *life_at(const struct wanted *w, uint32_t host, uint64_t pid, uint64_t time,
		     uint64_t utc, struct view image)
{
	const struct entry *en = wanted_find_number(w, KEY_PID, host, pid);
	struct life *l;

	if (!en)
		return NULL;
	l = holder(en, time, image);
	if (!l && utc != time)
		l = holder(en, utc, image);
	return l ? l : logged_late(en, time, image);
}

static bool is_record(const struct held *h, const struct fact *f)
{
	return h && h->fact.time == f->time && h->fact.record_id == f->record_id &&
	       h->fact.identity == f->identity;
}

struct life *life_of_start(const struct wanted *w, uint32_t host, const struct fact *f)
{
	const struct entry *en = wanted_find_number(w, KEY_PID, host, f->pid);

	/* Its start is the record's time, or that of the other record of the pair. */
	for (size_t i = en ? lives_upto(en, f->time) : 0; i-- > 0;) {
		struct life *l = &en->lives[i];

		if (f->time - l->start > PAIR_SPAN)
			break;
		if (is_record(l->sysmon, f) || is_record(l->security, f))
			return l;
	}
	return NULL;
}

struct life *life_of_guid(const struct wanted *w, uint32_t host, const struct guid *g)
{
	const struct entry *en = wanted_find_guid(w, KEY_GUID, host, g);

	if (!en || !en->of[OF_START].n)
		return en ? en->bound : NULL;
	return life_of_start(w, host, &en->of[OF_START].held[0]->fact);
}
