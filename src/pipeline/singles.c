/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of rules on single events. There may be very many: they wait on disk, in an order that puts
 * the copies of one record, and what two logs tell of one start, next to one another. A bounded number
 * is looked into; what is left is told out of its record alone, unless the rule needs more.
 */
#include "hunt-private.h"

#include <stdlib.h>
#include <string.h>

#define TWIN_SPAN (LIMIT_PAIR_SECONDS * UINT64_C(10000000)) /* 100 ns */

int singles_init(struct singles *s, struct hunt *h, struct err *e)
{
	*s = (struct singles){.h = h, .most = h->opt->most_whole ? h->opt->most_whole : LIMIT_WHOLE};
	buf_init(&s->key, 0);
	buf_init(&s->frame, LIMIT_MESSAGE);
	s->n_of = mem_alloc((h->opt->rules->n + 1) * sizeof(*s->n_of));
	s->sorter = sorter_new(h->opt->dirfd, LIMIT_SORT_MEMORY, LIMIT_SORT_FANIN, e);
	if (!s->n_of)
		return err_set(e, ERR_NOMEM, 0, "no memory for %zu rules", h->opt->rules->n);
	return s->sorter ? 0 : -1;
}

void singles_release(struct singles *s)
{
	if (!s->h)
		return;
	sorter_free(s->sorter);
	spool_release(&s->spool);
	buf_release(&s->key);
	buf_release(&s->frame);
	mem_free(s->n_of);
	for (size_t i = 0; s->earliest && i < s->h->opt->rules->n; i++)
		mem_free(s->earliest[i].times);
	mem_free(s->earliest);
}

/* ---- in ---- */

static void put_big(struct buf *b, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (uint8_t)(v >> shift));
}

static void put_folded(struct buf *b, struct view v)
{
	while (v.n)
		text_put(b, text_fold(text_next(&v)));
	buf_byte(b, 0);
}

/* Host, PID of a start, time, and the rest that tells one record from another. */
static int make_key(struct singles *s, const struct event *ev, struct arena *a)
{
	struct activity act = {0};
	bool start = event_kind(ev) == KIND_PROCESS_START;
	if (start && activity_of(ev, a, &act) < 0)
		return -1;
	buf_clear(&s->key);
	put_folded(&s->key, ev->computer);
	put_big(&s->key, act.has_pid ? act.pid + 1 : 0);
	put_big(&s->key, ev->time_created);
	put_folded(&s->key, ev->channel);
	put_big(&s->key, ev->record_id);
	put_big(&s->key, event_identity(ev, a));
	return s->key.bad ? -1 : 0;
}

int singles_add(struct singles *s, const struct event_frame *f, struct err *e)
{
	arena_reset(&s->h->row);
	buf_clear(&s->frame);
	frame_event(&s->frame, f);
	if (make_key(s, &f->event, &s->h->row) < 0 || s->frame.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	for (size_t i = 0; i < f->n_hits; i++)
		s->n_of[f->hits[i].rule]++;
	s->n++;
	return sorter_add(s->sorter, buf_data(&s->key), buf_data(&s->frame), e);
}

/* ---- how many of each rule ---- */

static int number_cmp(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return (a > b) - (a < b);
}

int even_share(const uint64_t *n, size_t n_rules, uint64_t most, uint64_t *share)
{
	uint64_t *v = mem_alloc((n_rules + 1) * sizeof(*v)), left = most;
	size_t i = 0;
	if (!v)
		return -1;
	memcpy(v, n, n_rules * sizeof(*v));
	qsort(v, n_rules, sizeof(*v), number_cmp);
	while (i < n_rules && v[i] <= left / (n_rules - i))
		left -= v[i++];
	*share = i == n_rules ? UINT64_MAX : left / (n_rules - i);
	if (!*share)
		*share = 1; /* something of every rule */
	mem_free(v);
	return 0;
}

/* ---- the earliest of each rule ---- */

/* A heap with the latest of the earliest on top. */
static void sink(struct earliest *r)
{
	for (size_t i = 0, k; (k = 2 * i + 1) < r->n; i = k) {
		uint64_t t = r->times[i];
		k += k + 1 < r->n && r->times[k + 1] > r->times[k];
		if (t >= r->times[k])
			break;
		r->times[i] = r->times[k];
		r->times[k] = t;
	}
}

static void lift(struct earliest *r, size_t i)
{
	for (; i && r->times[(i - 1) / 2] < r->times[i]; i = (i - 1) / 2) {
		uint64_t t = r->times[i];
		r->times[i] = r->times[(i - 1) / 2];
		r->times[(i - 1) / 2] = t;
	}
}

static int note_time(struct singles *s, uint32_t rule, uint64_t time, struct err *e)
{
	struct earliest *r = &s->earliest[rule];
	if (r->n < s->share) {
		if (room((void **)&r->times, &r->cap, r->n + 1, sizeof(*r->times), e) < 0)
			return -1;
		r->times[r->n] = time;
		lift(r, r->n++);
	} else if (r->n && time < r->times[0]) {
		r->times[0] = time;
		sink(r);
	}
	return 0;
}

/* Of those at the latest time of a heap, as many are taken as it holds. */
static void count_last(struct singles *s)
{
	for (size_t i = 0; i < s->h->opt->rules->n; i++) {
		struct earliest *r = &s->earliest[i];
		for (size_t k = 0; k < r->n; k++)
			r->at_last += r->times[k] == r->times[0];
	}
}

static bool is_early(struct singles *s, const struct event_frame *f)
{
	bool early = false;
	for (size_t i = 0; i < f->n_hits; i++) {
		struct earliest *r = &s->earliest[f->hits[i].rule];
		uint64_t time = f->event.time_created;
		if (!r->n || time > r->times[0] || (time == r->times[0] && !r->at_last))
			continue;
		r->at_last -= time == r->times[0];
		early = true;
	}
	return early;
}

/* ---- out, in order ---- */

struct passing {
	struct singles *s;
	int (*take)(struct passing *p, const struct event_frame *f, struct err *e);
	struct view frame;
	struct batch *batches; /* by tier, but for TIER_WHOLE */
	struct group *group;
};

static int on_event(void *ctx, const struct event_frame *told, struct err *e)
{
	struct passing *p = ctx;
	struct event_frame f = *told;
	f.place.rank = hunt_rank(p->s->h, f.place.source);
	return p->take(p, &f, e);
}

static int pass_frame(struct passing *p, struct view frame, struct err *e)
{
	const struct reply_sink sink_of = {.ctx = p, .event = on_event};
	const struct ruleset *rules = p->s->h->opt->rules;
	p->frame = frame;
	return reply_read(frame, &rules->fields, rules, &sink_of, e);
}

/* The sorter gives once: from then on they lie in the spool, in order. */
static int pass_sorted(struct passing *p, struct err *e)
{
	struct view key, frame;
	int rc = sorter_finish(p->s->sorter, e);
	while (rc == 0 && (rc = sorter_next(p->s->sorter, &key, &frame, e)) == 0)
		rc = pass_frame(p, frame, e);
	sorter_free(p->s->sorter);
	p->s->sorter = NULL;
	return rc < 0 ? -1 : 0;
}

static int pass_spool(struct passing *p, struct err *e)
{
	struct view frame;
	int rc = spool_rewind(&p->s->spool, e);
	while (rc == 0 && (rc = spool_next(&p->s->spool, &frame, e)) == 0)
		rc = pass_frame(p, frame, e);
	return rc < 0 ? -1 : 0;
}

static int take_whole(struct passing *p, const struct event_frame *f, struct err *e)
{
	return correlate_add(p->s->h->correlate, &f->event, &f->place, f->hits, f->n_hits, e);
}

/* ---- when there are too many ---- */

static int take_times(struct passing *p, const struct event_frame *f, struct err *e)
{
	for (size_t i = 0; i < f->n_hits; i++)
		if (note_time(p->s, f->hits[i].rule, f->event.time_created, e) < 0)
			return -1;
	return spool_add(&p->s->spool, p->frame, e);
}

enum tier { TIER_BRIEF, TIER_LATE, TIER_WHOLE };

/* What is known of a start must be judged together: the tier is the highest of its records. */
#define GROUP_MOST 1024u
struct group {
	struct buf frames;
	size_t at[GROUP_MOST + 1];
	size_t n;
	enum tier tier;
	struct buf host;
	uint64_t pid, time;
};
struct batch {
	struct correlate *c;
	size_t n;
	bool facts;
};

/* Something that is derived may still decide. */
static int is_late(struct singles *s, const struct event_frame *f)
{
	struct activity act;
	struct subject subject = {.event = &f->event, .activity = &act,
				  .fields = &s->h->opt->rules->fields, .arena = &s->h->row};
	arena_reset(&s->h->row);
	activity_begin(&f->event, &act);
	for (size_t i = 0; i < f->n_hits; i++) {
		enum tri value = matcher_stage(s->h->matcher, f->hits[i], &subject, EVAL_KEEP);
		if (value == TRI_FAILED)
			return -1;
		if (value == TRI_UNKNOWN)
			return 1;
	}
	return 0;
}

static int batch_run(struct passing *p, struct batch *b, struct err *e)
{
	struct hunt *h = p->s->h;
	struct fact_reader facts = clues_reader(&h->clues);
	int rc = 0;
	if (b->c)
		rc = correlate_run(b->c, b->facts ? &facts : NULL, e);
	if (b->c && rc == 0)
		rc = hunt_show(h, b->c, b->facts ? DEPTH_LATE : DEPTH_BRIEF, e);
	correlate_free(b->c);
	b->c = NULL;
	b->n = 0;
	return rc;
}

static int batch_add(struct passing *p, struct batch *b, const struct event_frame *f, struct err *e)
{
	struct hunt *h = p->s->h;
	if (!b->c)
		b->c = correlate_new(h->opt->rules, h->matcher);
	if (!b->c)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	b->n++;
	return correlate_add(b->c, &f->event, &f->place, f->hits, f->n_hits, e);
}

static int take_tier(struct passing *p, const struct event_frame *f, struct err *e)
{
	if (p->group->tier == TIER_WHOLE)
		return take_whole(p, f, e);
	return batch_add(p, &p->batches[p->group->tier], f, e);
}

static int group_close(struct passing *p, struct err *e)
{
	struct passing inner = *p;
	struct group *g = p->group;
	struct batch *b = g->tier == TIER_WHOLE ? NULL : &p->batches[g->tier];
	int rc = 0;
	inner.take = take_tier;
	for (size_t i = 0; i < g->n && rc == 0; i++)
		rc = pass_frame(&inner, view_sub(buf_data(&g->frames), g->at[i], g->at[i + 1] - g->at[i]), e);
	buf_clear(&g->frames);
	g->n = 0;
	g->tier = TIER_BRIEF;
	return rc == 0 && b && b->n >= LIMIT_BATCH ? batch_run(p, b, e) : rc;
}

static bool belongs(const struct group *g, const struct event_frame *f, uint64_t pid)
{
	return g->n && g->n < GROUP_MOST && pid && pid == g->pid &&
	       f->event.time_created - g->time <= TWIN_SPAN &&
	       view_eq_nocase(buf_data(&g->host), f->event.computer);
}

static int group_begin(struct passing *p, const struct event_frame *f, uint64_t pid, struct err *e)
{
	struct group *g = p->group;
	if (g->n && group_close(p, e) < 0)
		return -1;
	buf_clear(&g->host);
	buf_view(&g->host, f->event.computer);
	g->pid = pid;
	return g->host.bad ? err_set(e, ERR_NOMEM, 0, "no memory for what rules may want") : 0;
}

/* Copies of one record lie next to one another too, and have one time. */
static int take_group(struct passing *p, const struct event_frame *f, struct err *e)
{
	struct group *g = p->group;
	struct activity act = {0};
	int late = is_late(p->s, f);
	enum tier tier = is_early(p->s, f) ? TIER_WHOLE : late ? TIER_LATE : TIER_BRIEF;
	bool copy = g->n && g->n < GROUP_MOST && g->time == f->event.time_created &&
		    view_eq_nocase(buf_data(&g->host), f->event.computer);
	arena_reset(&p->s->h->row);
	if (late < 0 || (event_kind(&f->event) == KIND_PROCESS_START &&
			 activity_of(&f->event, &p->s->h->row, &act) < 0))
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	uint64_t pid = act.has_pid ? act.pid + 1 : 0;
	if (!(copy && pid == g->pid) && !belongs(g, f, pid) && group_begin(p, f, pid, e) < 0)
		return -1;
	g->tier = tier > g->tier ? tier : g->tier;
	g->time = f->event.time_created;
	g->at[g->n++] = g->frames.n;
	buf_view(&g->frames, p->frame);
	g->at[g->n] = g->frames.n;
	return g->frames.bad ? err_set(e, ERR_NOMEM, 0, "no memory for what rules may want") : 0;
}

static int in_tiers(struct passing *p, struct err *e)
{
	struct group g = {0};
	struct batch batches[2] = {{.facts = false}, {.facts = true}};
	int rc;
	buf_init(&g.frames, 0);
	buf_init(&g.host, 0);
	p->take = take_group;
	p->group = &g;
	p->batches = batches;
	rc = pass_spool(p, e);
	rc = rc ? rc : group_close(p, e);
	for (size_t i = 0; i < 2; i++) {
		rc = rc ? rc : batch_run(p, &batches[i], e);
		correlate_free(batches[i].c);
	}
	buf_release(&g.frames);
	buf_release(&g.host);
	return rc;
}

int singles_run(struct singles *s, struct err *e)
{
	struct passing p = {.s = s, .take = take_whole};
	if (s->n <= s->most)
		return pass_sorted(&p, e);
	s->earliest = mem_alloc((s->h->opt->rules->n + 1) * sizeof(*s->earliest));
	if (!s->earliest || even_share(s->n_of, s->h->opt->rules->n, s->most, &s->share) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	p.take = take_times;
	if (spool_init(&s->spool, s->h->opt->dirfd, e) < 0 || pass_sorted(&p, e) < 0)
		return -1;
	count_last(s);
	return in_tiers(&p, e);
}
