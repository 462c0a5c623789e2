/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "correlate-private.h"

int nomem(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory to correlate the kept records");
}

const char *role_name(enum role r)
{
	static const char *const names[] = {"stage", "corroborating", "supporting"};

	return names[r];
}

const char *clock_name(enum clock c)
{
	static const char *const names[] = {"logged", "occurred", "both"};

	return names[c];
}

struct correlate *correlate_new(const struct ruleset *rules, struct matcher *m)
{
	struct correlate *c = mem_alloc(sizeof(*c));

	if (!c)
		return NULL;
	c->rules = rules;
	arena_init(&c->arena, SIZE_MAX);
	arena_init(&c->round, SIZE_MAX);
	arena_init(&c->scratch, SIZE_MAX);
	strtab_init(&c->channels, true, SIZE_MAX);
	strtab_init(&c->known, false, SIZE_MAX);
	wanted_init(&c->wanted);
	c->matcher = m;
	return c;
}

void correlate_free(struct correlate *c)
{
	if (!c)
		return;
	wanted_release(&c->wanted);
	strtab_release(&c->channels);
	strtab_release(&c->known);
	arena_release(&c->arena);
	arena_release(&c->round);
	arena_release(&c->scratch);
	mem_free(c->kept);
	mem_free(c->by_number);
	mem_free(c->findings);
	mem_free(c->overruns);
	mem_free(c);
}

/* ---- the same record twice ---- */

#define KNOWN_BYTES 32u

static struct view known_key(uint8_t out[KNOWN_BYTES], uint32_t host, uint32_t channel,
			     uint64_t record_id, uint64_t time, uint64_t identity)
{
	memcpy(out, &host, 4);
	memcpy(out + 4, &channel, 4);
	memcpy(out + 8, &record_id, 8);
	memcpy(out + 16, &time, 8);
	memcpy(out + 24, &identity, 8);
	return (struct view){out, KNOWN_BYTES};
}

struct kept *kept_find(const struct correlate *c, uint32_t host, struct view channel,
		       uint64_t record_id, uint64_t time, uint64_t identity)
{
	uint32_t number = strtab_find(&c->channels, channel), at;
	uint8_t key[KNOWN_BYTES];

	if (number == STRTAB_NONE)
		return NULL;
	at = strtab_find(&c->known, known_key(key, host, number, record_id, time, identity));
	return at < c->n_kept ? c->by_number[at] : NULL;
}

static int insert_place(struct correlate *c, struct kept *k, const struct place *p)
{
	struct place *v;
	size_t at = 0;

	while (at < k->n_places && place_cmp(&k->places[at], p) < 0)
		at++;
	if (at < k->n_places && place_cmp(&k->places[at], p) == 0)
		return 0;
	v = k->places;
	if (!(k->n_places & (k->n_places - 1))) { /* full: room is a power of two */
		v = arena_array(&c->arena, k->n_places ? k->n_places * 2 : 1, sizeof(*v));
		if (!v)
			return -1;
		for (size_t i = 0; i < at; i++)
			v[i] = k->places[i];
	}
	for (size_t i = k->n_places; i > at; i--)
		v[i] = k->places[i - 1];
	v[at] = *p;
	k->places = v;
	k->n_places++;
	return 0;
}

static bool has_hit(const struct kept *k, struct hit h)
{
	for (size_t i = 0; i < k->n_hits; i++)
		if (k->hits[i].rule == h.rule && k->hits[i].stage == h.stage)
			return true;
	return false;
}

static int insert_hits(struct correlate *c, struct kept *k, const struct hit *hits, size_t n)
{
	size_t more = 0;
	struct hit *v;

	for (size_t i = 0; i < n; i++)
		more += !has_hit(k, hits[i]);
	if (!more)
		return 0;
	v = arena_array(&c->arena, k->n_hits + more, sizeof(*v));
	if (!v)
		return -1;
	for (size_t i = 0; i < k->n_hits; i++)
		v[i] = k->hits[i];
	more = k->n_hits;
	for (size_t i = 0; i < n; i++)
		if (!has_hit(k, hits[i]))
			v[more++] = hits[i];
	k->hits = v;
	k->n_hits = more;
	k->matched = arena_array(&c->arena, more, sizeof(*k->matched));
	return k->matched ? 0 : -1;
}

/* ---- keeping ---- */

/* What the record tells of identities; its place is the best one known. */
static void set_self(struct correlate *c, struct kept *k)
{
	const struct place *p = &k->places[0];
	struct record r = {.offset = p->offset, .size = p->size, .recovered = p->recovered};

	k->has_self = fact_of(&k->event, &k->act, &r, p->source, &c->arena, &k->self);
	k->self.identity = k->identity;
	k->self.rank = p->rank;
}

static int make_room(struct correlate *c)
{
	size_t cap = c->cap_kept ? c->cap_kept * 2 : 64;
	struct kept **p;

	if (c->n_kept < c->cap_kept)
		return 0;
	p = mem_grow(c->kept, cap * sizeof(struct kept *));
	if (!p)
		return -1;
	c->kept = p;
	p = mem_grow(c->by_number, cap * sizeof(struct kept *));
	if (!p)
		return -1;
	c->by_number = p;
	c->cap_kept = cap;
	return 0;
}

static struct kept *keep(struct correlate *c, const struct event *ev, uint32_t host,
			 uint32_t channel, uint64_t identity)
{
	struct kept *k = arena_alloc(&c->arena, sizeof(*k));

	if (!k || make_room(c) < 0 || event_keep(&c->arena, ev, &k->event) < 0 ||
	    activity_of(&k->event, &c->arena, &k->act) < 0)
		return NULL;
	k->host = host;
	k->channel = channel;
	k->identity = identity;
	return k;
}

/* The kept event of the record, made when it is new. */
static struct kept *known_event(struct correlate *c, const struct event *ev)
{
	uint32_t host = strtab_add(&c->wanted.hosts, ev->computer);
	uint32_t channel = strtab_add(&c->channels, ev->channel);
	uint8_t bytes[KNOWN_BYTES];
	uint64_t identity;
	struct view key;
	struct kept *k;

	if (host == STRTAB_NONE || channel == STRTAB_NONE)
		return NULL;
	arena_reset(&c->scratch);
	identity = event_identity(ev, &c->scratch);
	key = known_key(bytes, host, channel, ev->record_id, ev->time_created, identity);
	if (strtab_find(&c->known, key) != STRTAB_NONE)
		return c->by_number[strtab_find(&c->known, key)];
	k = keep(c, ev, host, channel, identity);
	if (!k || strtab_add(&c->known, key) != c->n_kept)
		return NULL;
	c->by_number[c->n_kept] = k;
	c->kept[c->n_kept++] = k;
	return k;
}

/* Copies may write the host's name in other letters: the best place's is the one shown. */
static int show_as(struct correlate *c, struct kept *k, const struct event *ev)
{
	if (!view_eq(k->event.computer, ev->computer))
		k->event.computer = arena_keep(&c->arena, ev->computer);
	if (!view_eq(k->event.channel, ev->channel))
		k->event.channel = arena_keep(&c->arena, ev->channel);
	return k->event.computer.p && k->event.channel.p ? 0 : -1;
}

int correlate_add(struct correlate *c, const struct event *ev, const struct place *p,
		  const struct hit *hits, size_t n_hits, struct err *e)
{
	struct kept *k = known_event(c, ev);

	if (!k || insert_place(c, k, p) < 0 || insert_hits(c, k, hits, n_hits) < 0)
		return nomem(e);
	if (place_cmp(&k->places[0], p) == 0 && show_as(c, k, ev) < 0)
		return nomem(e);
	return 0;
}

/* ---- the run ---- */

static int number_cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int view_cmp_nocase(struct view a, struct view b)
{
	while (a.n && b.n) {
		uint32_t x = text_fold(text_next(&a)), y = text_fold(text_next(&b));

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.n != 0) - (b.n != 0);
}

int kept_cmp(const struct kept *a, const struct kept *b)
{
	int order = number_cmp(a->event.time_created, b->event.time_created);

	if (!order && a->host != b->host)
		order = view_cmp_nocase(a->event.computer, b->event.computer);
	if (!order)
		order = view_cmp_nocase(a->event.channel, b->event.channel);
	if (!order)
		order = number_cmp(a->event.record_id, b->event.record_id);
	return order ? order : number_cmp(a->identity, b->identity);
}

static int by_order(const void *a, const void *b)
{
	return kept_cmp(*(struct kept *const *)a, *(struct kept *const *)b);
}

static void order_kept(struct correlate *c)
{
	if (c->n_kept)
		qsort(c->kept, c->n_kept, sizeof(struct kept *), by_order);
	for (size_t i = 0; i < c->n_kept; i++) {
		c->kept[i]->index = (uint32_t)i;
		set_self(c, c->kept[i]);
	}
}

static int finding_cmp(const struct ruleset *rules, const struct finding *a,
		       const struct finding *b)
{
	int order = number_cmp(a->first_time, b->first_time);

	if (!order)
		order = view_cmp(rules->rules[a->rule].id, rules->rules[b->rule].id);
	if (!order)
		order = strcmp(a->id, b->id);
	return order ? order : view_cmp_nocase(a->computer, b->computer);
}

struct ranked {
	struct finding finding;
	struct found found;
	const struct ruleset *rules;
};

static int by_rank(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	return finding_cmp(a->rules, &a->finding, &b->finding);
}

/* Findings and what they were made of, in the order of the report. */
static int make_findings(struct correlate *c, struct founds *founds)
{
	struct ranked *v = mem_alloc((founds->n + 1) * sizeof(*v));
	int r = v ? 0 : -1;

	c->findings = mem_alloc((founds->n + 1) * sizeof(*c->findings));
	if (!c->findings)
		r = -1;
	for (size_t i = 0; i < founds->n && r == 0; i++) {
		v[i] = (struct ranked){.found = founds->v[i], .rules = c->rules};
		r = finding_make(c, &v[i].found, &v[i].finding);
	}
	if (r == 0 && founds->n)
		qsort(v, founds->n, sizeof(*v), by_rank);
	for (size_t i = founds->n; i > 1 && r == 0; i--)
		if (!strcmp(v[i - 1].finding.id, v[i - 2].finding.id))
			r = finding_id_again(&v[i - 1].finding);
	for (size_t i = 0; i < founds->n && r == 0; i++) {
		c->findings[i] = v[i].finding;
		founds->v[i] = v[i].found;
		c->n_findings++;
	}
	mem_free(v);
	return r;
}

int correlate_run(struct correlate *c, const struct fact_reader *facts, struct err *e)
{
	struct founds founds = {0};
	int r;

	order_kept(c);
	r = identity_run(c, facts, e);
	if (r == 0)
		r = rules_run(c, &founds, e);
	if (r == 0 && make_findings(c, &founds) < 0)
		r = nomem(e);
	if (r == 0 && facts)
		r = trees_make(c, &founds, facts, e);
	founds_release(&founds);
	return r;
}

struct finding *correlate_findings(struct correlate *c, size_t *n)
{
	*n = c->n_findings;
	return c->findings;
}

const uint64_t *correlate_overruns(const struct correlate *c)
{
	return c->overruns;
}

uint64_t correlate_dropped(const struct correlate *c)
{
	return c->dropped;
}
