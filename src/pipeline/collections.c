/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several machines of one name. Archives, images and folders among the evidence are collections; of two
 * that hold logs of one channel and computer name a few records with the same ids are compared, before
 * anything is scanned. Where these differ, they are not of one machine. docs/detections.md, "Which host".
 */
#include "hunt-private.h"

#include <stdlib.h>
#include <string.h>

/* A record that a worker told. */
struct peeked {
	uint32_t source, computer, channel; /* the last two in tables */
	bool whole;
	uint64_t id, time, identity;
};
/* What a source has of a computer's channel. */
struct extent_of_ids {
	uint32_t computer, channel, collection, source;
	uint64_t low, high;
};
struct ask {
	uint32_t source;
	uint64_t id;
};
/* Two collections, a < b, that differ in a record. */
struct differing {
	uint32_t computer, a, b, channel;
	uint64_t id, time_a, time_b;
	size_t order; /* in which they were found: of several the first is told */
};
struct peeking {
	struct hunt *h;
	struct collections *out;
	struct strtab computers, channels;
	struct peeked *v;
	size_t n, cap;
	struct extent_of_ids *ids;
	size_t n_ids, cap_ids;
	struct ask *asks; /* none: the ends of every log */
	size_t n_asks, cap_asks;
	struct differing *differ;
	size_t n_differ, cap_differ;
	size_t next;            /* source, or ask */
	struct wanted *wanted;  /* of the unit at hand */
	size_t cap_wanted;
	struct source_bytes bytes;
	uint32_t source;
};

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory to tell hosts apart");
}

/* ---- which collections there are ---- */

static struct view folder(struct view path)
{
	size_t n = path.n - view_after_last(path, "/").n;

	return n > 1 ? view_sub(path, 0, n - 1) : n ? view_sub(path, 0, 1) : view_str(".");
}

/* The container in the file system; else the folder below the one given, that one itself, or of a file
   that was given its folder. */
static struct view collection_of(const struct source_list *l, const struct source *s)
{
	while (s->container)
		s = &l->v[s->container - 1];
	struct view path = view_str(s->path);
	if (s->kind == SOURCE_CONTAINER)
		return path;
	size_t at = s->given < path.n ? s->given : path.n;
	while (at < path.n && path.p[at] == '/')
		at++;
	for (size_t i = at; i < path.n; i++)
		if (path.p[i] == '/')
			return view_sub(path, 0, i);
	return folder(path);
}

static int collections_name(struct collections *c, const struct source_list *l, struct err *e)
{
	c->of = mem_alloc((l->n + 1) * sizeof(*c->of));
	if (!c->of)
		return no_memory(e);
	for (size_t i = 0; i < l->n; i++) {
		c->of[i] = STRTAB_NONE;
		if (l->v[i].kind != SOURCE_EVTX)
			continue;
		c->of[i] = strtab_add(&c->names, collection_of(l, &l->v[i]));
		if (c->of[i] == STRTAB_NONE)
			return no_memory(e);
		c->n = c->of[i] + 1 > c->n ? c->of[i] + 1 : c->n;
	}
	return 0;
}

/* ---- asking workers ---- */

static int hand(struct peeking *p, struct unit *u, uint32_t source, int *fd)
{
	struct source_list *l = p->h->sources;
	struct err ignored = {0};

	bytes_close(&p->bytes);
	p->bytes = (struct source_bytes){.fd = -1};
	source_bytes(l, &l->v[source], &p->bytes, &ignored);
	*u = (struct unit){.kind = UNIT_PEEK, .source = source, .size = l->v[source].size};
	u->map = (struct extents){p->bytes.map, p->bytes.n_map};
	*fd = p->bytes.fd;
	return 0;
}

static int next_ends(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct peeking *p = ctx;

	(void)e;
	while (p->next < p->h->sources->n && p->out->of[p->next] == STRTAB_NONE)
		p->next++;
	return p->next < p->h->sources->n ? hand(p, u, (uint32_t)p->next++, fd) : 1;
}

static int next_asks(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct peeking *p = ctx;
	size_t from = p->next, n = 0;

	if (from == p->n_asks)
		return 1;
	for (; p->next < p->n_asks && p->asks[p->next].source == p->asks[from].source; p->next++) {
		if (room((void **)&p->wanted, &p->cap_wanted, n + 1, sizeof(*p->wanted), e) < 0)
			return -1;
		p->wanted[n++] = (struct wanted){.offset = p->asks[p->next].id};
	}
	hand(p, u, p->asks[from].source, fd);
	u->wanted = p->wanted;
	u->n_wanted = n;
	return 0;
}

static int on_record(void *ctx, const struct event_frame *f, struct err *e)
{
	struct peeking *p = ctx;
	struct peeked one = {.source = p->source, .whole = f->place.state == RECORD_WHOLE,
			     .id = f->event.record_id, .time = f->event.time_created};

	arena_reset(&p->h->row);
	one.identity = event_identity(&f->event, &p->h->row);
	one.computer = strtab_add(&p->computers, f->event.computer);
	one.channel = strtab_add(&p->channels, f->event.channel);
	if (one.computer == STRTAB_NONE || one.channel == STRTAB_NONE ||
	    room((void **)&p->v, &p->cap, p->n + 1, sizeof(one), e) < 0)
		return no_memory(e);
	p->v[p->n++] = one;
	return 0;
}

static int on_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct peeking *p = ctx;
	const struct reply_sink sink = {.ctx = p, .event = on_record};
	const struct ruleset *rules = p->h->setup.rules;

	p->source = u->source;
	return reply_read(reply, &rules->fields, rules, &sink, e);
}

/* What cannot be read tells nothing apart; the scan tells of it. */
static int on_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	(void)ctx, (void)u, (void)why, (void)e;
	return 0;
}

static int ask(struct peeking *p, int (*next)(void *, struct unit *, int *, struct err *),
	       const volatile sig_atomic_t *stop, struct err *e)
{
	const struct pool_client client = {.ctx = p, .next = next, .answer = on_answer,
					   .lost = on_lost};

	p->next = 0;
	return pool_run(p->h->pool, &client, stop, e);
}

/* ---- which ids to compare ---- */

/* By name, so that the order in which workers answered does not show. */
static int by_extent(const void *x, const void *y, void *ctx)
{
	const struct extent_of_ids *a = x, *b = y;
	const struct peeking *p = ctx;
	int k = a->computer == b->computer ? 0 : view_cmp(strtab_text(&p->computers, a->computer),
							  strtab_text(&p->computers, b->computer));

	if (!k && a->channel != b->channel)
		k = view_cmp(strtab_text(&p->channels, a->channel), strtab_text(&p->channels, b->channel));
	return k ? k : a->source < b->source ? -1 : a->source > b->source;
}

static int by_source(const void *x, const void *y)
{
	const struct peeked *a = x, *b = y;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static bool same_log(const struct extent_of_ids *a, const struct extent_of_ids *b)
{
	return a->computer == b->computer && a->channel == b->channel;
}

/* The first and the last record of a source: of one computer, or of the old and the new name. */
static int extents_make(struct peeking *p, struct err *e)
{
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_source);
	for (size_t i = 0, k; i < p->n; i = k) {
		for (k = i + 1; k < p->n && p->v[k].source == p->v[i].source; k++)
			;
		for (size_t m = i; m < k; m++) {
			struct extent_of_ids one = {p->v[m].computer, p->v[m].channel,
						    p->out->of[p->v[i].source], p->v[i].source,
						    p->v[i].id, p->v[k - 1].id};
			if (m > i && p->v[m].computer == p->v[m - 1].computer)
				continue;
			if (room((void **)&p->ids, &p->cap_ids, p->n_ids + 1, sizeof(one), e) < 0)
				return -1;
			p->ids[p->n_ids++] = one;
		}
	}
	if (p->n_ids)
		qsort_r(p->ids, p->n_ids, sizeof(*p->ids), by_extent, p);
	return 0;
}

/* Calls `fn` for pairs of sources of one log in two collections whose ids overlap. */
static int each_pair(struct peeking *p, int (*fn)(struct peeking *, const struct extent_of_ids *,
						   const struct extent_of_ids *, const uint64_t ids[3],
						   struct err *),
		     struct err *e)
{
	size_t pairs = 0;

	for (size_t i = 0; i < p->n_ids; i++)
		for (size_t k = i + 1; k < p->n_ids && same_log(&p->ids[i], &p->ids[k]); k++) {
			const struct extent_of_ids *a = &p->ids[i], *b = &p->ids[k];
			uint64_t low = a->low > b->low ? a->low : b->low;
			uint64_t high = a->high < b->high ? a->high : b->high;
			const uint64_t ids[3] = {high, low, low + (high - low) / 2};
			if (a->collection == b->collection || low > high)
				continue;
			if (pairs++ == LIMIT_COLLECTION_PAIRS) {
				p->out->cut = true;
				return 0;
			}
			if (fn(p, a, b, ids, e) < 0)
				return -1;
		}
	return 0;
}

static int ask_pair(struct peeking *p, const struct extent_of_ids *a, const struct extent_of_ids *b,
		    const uint64_t ids[3], struct err *e)
{
	if (room((void **)&p->asks, &p->cap_asks, p->n_asks + 6, sizeof(*p->asks), e) < 0)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		p->asks[p->n_asks++] = (struct ask){a->source, ids[i]};
		p->asks[p->n_asks++] = (struct ask){b->source, ids[i]};
	}
	return 0;
}

static int by_ask(const void *x, const void *y)
{
	const struct ask *a = x, *b = y;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static void asks_order(struct peeking *p)
{
	size_t n = 0;

	if (p->n_asks)
		qsort(p->asks, p->n_asks, sizeof(*p->asks), by_ask);
	for (size_t i = 0; i < p->n_asks; i++)
		if (!n || by_ask(&p->asks[n - 1], &p->asks[i]))
			p->asks[n++] = p->asks[i];
	p->n_asks = n;
}

/* ---- comparing them ---- */

static const struct peeked *peeked_find(const struct peeking *p, uint32_t source, uint64_t id)
{
	const struct peeked key = {.source = source, .id = id};

	return p->n ? bsearch(&key, p->v, p->n, sizeof(*p->v), by_source) : NULL;
}

static int compare_pair(struct peeking *p, const struct extent_of_ids *a, const struct extent_of_ids *b,
			const uint64_t ids[3], struct err *e)
{
	for (size_t i = 0; i < 3; i++) {
		const struct peeked *x = peeked_find(p, a->source, ids[i]);
		const struct peeked *y = peeked_find(p, b->source, ids[i]);
		if (!x || !y || (x->time == y->time &&
				 (!x->whole || !y->whole || x->identity == y->identity)))
			continue;
		if (room((void **)&p->differ, &p->cap_differ, p->n_differ + 1, sizeof(*p->differ), e) < 0)
			return -1;
		struct differing d = {.computer = a->computer, .a = a->collection, .b = b->collection,
				      .channel = a->channel, .id = ids[i], .time_a = x->time,
				      .time_b = y->time, .order = p->n_differ};
		if (d.a > d.b) {
			d.a = b->collection, d.b = a->collection;
			d.time_a = y->time, d.time_b = x->time;
		}
		p->differ[p->n_differ++] = d;
		break;
	}
	return 0;
}

static int by_collections(const void *x, const void *y)
{
	const struct differing *a = x, *b = y;

	if (a->computer != b->computer)
		return a->computer < b->computer ? -1 : 1;
	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return a->b < b->b ? -1 : a->b > b->b;
}

static int by_collections_and_order(const void *x, const void *y)
{
	const struct differing *a = x, *b = y;
	int k = by_collections(a, b);

	return k ? k : a->order < b->order ? -1 : a->order > b->order;
}

/* One for every two collections and name. */
static void differing_order(struct peeking *p)
{
	size_t n = 0;

	if (p->n_differ)
		qsort(p->differ, p->n_differ, sizeof(*p->differ), by_collections_and_order);
	for (size_t i = 0; i < p->n_differ; i++)
		if (!n || by_collections(&p->differ[n - 1], &p->differ[i]))
			p->differ[n++] = p->differ[i];
	p->n_differ = n;
}

/* a < b */
static const struct differing *differ(const struct peeking *p, uint32_t computer, uint32_t a, uint32_t b)
{
	const struct differing key = {.computer = computer, .a = a, .b = b};

	if (!p->n_differ)
		return NULL;
	return bsearch(&key, p->differ, p->n_differ, sizeof(*p->differ), by_collections);
}

/* ---- machines ---- */

/* The first machine all of whose collections agree with this one; else a new one. */
static uint32_t machine_for(const struct peeking *p, uint32_t computer, const uint32_t *machine,
			    const bool *has, uint32_t c)
{
	for (uint32_t m = 0; m < c; m++) {
		bool agrees = has[m] && machine[m] == m;
		for (uint32_t k = m; agrees && k < c; k++)
			agrees = !has[k] || machine[k] != m || !differ(p, computer, k, c);
		if (agrees)
			return m;
	}
	return c;
}

static bool named_alike(const struct peeking *p, const uint32_t *machine, const bool *has, uint32_t c)
{
	const struct strtab *names = &p->out->names;
	struct view name = view_after_last(strtab_text(names, machine[c]), "/");

	for (uint32_t k = 0; k < p->out->n; k++)
		if (has[k] && machine[k] != machine[c] &&
		    view_eq(name, view_after_last(strtab_text(names, machine[k]), "/")))
			return true;
	return false;
}

static int mark_add(struct peeking *p, uint32_t computer, const uint32_t *machine, const bool *has,
		    uint32_t c, struct err *e)
{
	struct collections *o = p->out;
	struct view name = strtab_text(&o->names, machine[c]);
	struct buf b;

	if (!named_alike(p, machine, has, c))
		name = view_after_last(name, "/");
	buf_init(&b, 0);
	buf_str(&b, " (");
	buf_view(&b, name);
	buf_str(&b, ")");
	struct collection_mark m = {.collection = c};
	m.mark.computer = arena_keep(&o->arena, strtab_text(&p->computers, computer));
	m.mark.label = b.bad ? (struct view){0} : arena_keep(&o->arena, buf_data(&b));
	buf_release(&b);
	if (!m.mark.computer.p || !m.mark.label.p ||
	    room((void **)&o->marks, &o->cap_marks, o->n_marks + 1, sizeof(m), e) < 0)
		return no_memory(e);
	o->marks[o->n_marks++] = m;
	return 0;
}

/* Why it is kept apart from the first one that it differs from. */
static int why_add(struct peeking *p, uint32_t computer, const bool *has, uint32_t c, struct err *e)
{
	struct collections *o = p->out;
	const struct differing *d = NULL;
	char a[TIME_TEXT], b[TIME_TEXT];
	struct buf t;

	for (uint32_t k = 0; k < c && !d; k++)
		d = has[k] ? differ(p, computer, k, c) : NULL;
	if (!d)
		return 0;
	buf_init(&t, 0);
	buf_view(&t, strtab_text(&p->computers, computer));
	buf_str(&t, " in ");
	buf_view(&t, strtab_text(&o->names, d->a));
	buf_str(&t, " and in ");
	buf_view(&t, strtab_text(&o->names, d->b));
	buf_fmt(&t, " are not one machine: record %llu of ", (unsigned long long)d->id);
	buf_view(&t, strtab_text(&p->channels, d->channel));
	time_format(d->time_a, a);
	time_format(d->time_b, b);
	if (d->time_a == d->time_b)
		buf_str(&t, " has other values there");
	else
		buf_fmt(&t, " is of %s in the one and of %s in the other", a, b);
	struct view kept = t.bad ? (struct view){0} : arena_keep(&o->arena, buf_data(&t));
	buf_release(&t);
	if (!kept.p || room((void **)&o->why, &o->cap_why, o->n_why + 1, sizeof(kept), e) < 0)
		return no_memory(e);
	o->why[o->n_why++] = kept;
	return 0;
}

static int part(struct peeking *p, const struct extent_of_ids *of, size_t n, uint32_t *machine, bool *has,
		struct err *e)
{
	uint32_t computer = of->computer, machines = 0;
	int rc = 0;

	memset(has, 0, p->out->n * sizeof(*has));
	for (size_t i = 0; i < n; i++)
		has[of[i].collection] = true;
	for (uint32_t c = 0; c < p->out->n; c++) {
		if (!has[c])
			continue;
		machine[c] = machine_for(p, computer, machine, has, c);
		machines += machine[c] == c;
	}
	if (machines < 2)
		return 0;
	for (uint32_t c = 0; rc == 0 && c < p->out->n; c++) {
		if (has[c])
			rc = mark_add(p, computer, machine, has, c, e);
		if (rc == 0 && has[c] && machine[c] == c)
			rc = why_add(p, computer, has, c, e);
	}
	return rc;
}

static int by_collection(const void *x, const void *y)
{
	const struct collection_mark *a = x, *b = y;

	if (a->collection != b->collection)
		return a->collection < b->collection ? -1 : 1;
	return view_cmp(a->mark.computer, b->mark.computer);
}

static int part_all(struct peeking *p, struct err *e)
{
	struct collections *o = p->out;
	uint32_t *machine = mem_alloc(o->n * sizeof(*machine));
	bool *has = mem_alloc(o->n * sizeof(*has));
	int rc = machine && has ? 0 : no_memory(e);

	for (size_t i = 0, k; rc == 0 && i < p->n_ids; i = k) {
		for (k = i + 1; k < p->n_ids && p->ids[k].computer == p->ids[i].computer; k++)
			;
		rc = part(p, &p->ids[i], k - i, machine, has, e);
	}
	mem_free(machine);
	mem_free(has);
	if (rc == 0 && o->n_marks) {
		qsort(o->marks, o->n_marks, sizeof(*o->marks), by_collection);
		o->plain = mem_alloc(o->n_marks * sizeof(*o->plain));
		rc = o->plain ? 0 : no_memory(e);
	}
	for (size_t i = 0; rc == 0 && i < o->n_marks; i++)
		o->plain[i] = o->marks[i].mark;
	return rc;
}

/* ---- the whole ---- */

static int find(struct peeking *p, const volatile sig_atomic_t *stop, struct err *e)
{
	if (ask(p, next_ends, stop, e) < 0 || extents_make(p, e) < 0 || each_pair(p, ask_pair, e) < 0)
		return -1;
	asks_order(p);
	if (!p->n_asks)
		return 0;
	p->n = 0;
	if (ask(p, next_asks, stop, e) < 0)
		return -1;
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_source);
	if (each_pair(p, compare_pair, e) < 0)
		return -1;
	differing_order(p);
	return p->n_differ ? part_all(p, e) : 0;
}

int collections_find(struct collections *c, struct hunt *h, const volatile sig_atomic_t *stop,
		     struct err *e)
{
	struct peeking p = {.h = h, .out = c, .bytes = {.fd = -1}};
	int rc;

	arena_init(&c->arena, SIZE_MAX);
	strtab_init(&c->names, false, SIZE_MAX);
	c->begun = true;
	rc = collections_name(c, h->sources, e);
	if (rc < 0 || c->n < 2)
		return rc;
	strtab_init(&p.computers, true, SIZE_MAX);
	strtab_init(&p.channels, true, SIZE_MAX);
	rc = find(&p, stop, e);
	bytes_close(&p.bytes);
	strtab_release(&p.computers);
	strtab_release(&p.channels);
	mem_free(p.v);
	mem_free(p.ids);
	mem_free(p.asks);
	mem_free(p.differ);
	mem_free(p.wanted);
	return rc;
}

void collections_hand(const struct collections *c, struct unit *u)
{
	size_t from = 0, to;

	if (!c->n_marks || c->of[u->source] == STRTAB_NONE)
		return;
	while (from < c->n_marks && c->marks[from].collection < c->of[u->source])
		from++;
	for (to = from; to < c->n_marks && c->marks[to].collection == c->of[u->source]; to++)
		;
	u->marks = c->plain + from;
	u->n_marks = to - from;
}

void collections_release(struct collections *c)
{
	if (!c->begun)
		return;
	arena_release(&c->arena);
	strtab_release(&c->names);
	mem_free(c->of);
	mem_free(c->marks);
	mem_free(c->plain);
	mem_free(c->why);
}
