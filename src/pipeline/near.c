/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Near misses: of each rule the earliest records on which it failed by one condition. They wait on disk
 * until all have been seen, and are then looked into in batches, with everything derived.
 */
#include "hunt-private.h"

#include <stdlib.h>
#include <string.h>

int near_init(struct near *s, struct hunt *h, struct err *e)
{
	buf_init(&s->frame, LIMIT_MESSAGE);
	arena_init(&s->arena, SIZE_MAX);
	if (!h->opt->near)
		return 0;
	s->rules = mem_alloc((h->opt->rules->n + 1) * sizeof(*s->rules));
	if (!s->rules)
		return err_set(e, ERR_NOMEM, 0, "no memory for %zu rules", h->opt->rules->n);
	return spool_init(&s->spool, h->opt->dirfd, e);
}

void near_release(struct near *s)
{
	spool_release(&s->spool);
	buf_release(&s->frame);
	arena_release(&s->arena);
	mem_free(s->rules);
	mem_free(s->told.v);
}

/* ---- in ---- */

static int number_cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int item_cmp(const struct near_item *a, const struct near_item *b)
{
	int order = number_cmp(a->time, b->time);
	order = order ? order : number_cmp(a->record_id, b->record_id);
	return order ? order : number_cmp(a->who, b->who);
}

static int place_order(const struct place *a, const struct place *b)
{
	int order = number_cmp(a->rank, b->rank);
	order = order ? order : number_cmp(a->source, b->source);
	return order ? order : number_cmp(a->offset, b->offset);
}

/* True when it is among them now. Of copies of one record the best place stays. */
static bool offer(struct near_rule *r, const struct near_item *item)
{
	size_t i = 0, last;
	while (i < r->n && item_cmp(&r->v[i], item) < 0)
		i++;
	if (i < r->n && item_cmp(&r->v[i], item) == 0) {
		bool better = place_order(&item->place, &r->v[i].place) < 0;
		if (better)
			r->v[i] = *item;
		return better;
	}
	if (i == LIMIT_NEAR_MISSES)
		return false;
	last = r->n < LIMIT_NEAR_MISSES ? r->n++ : LIMIT_NEAR_MISSES - 1;
	memmove(&r->v[i + 1], &r->v[i], (last - i) * sizeof(*r->v));
	r->v[i] = *item;
	return true;
}

static bool is_asked(const struct hunt *h, uint32_t rule, uint64_t time)
{
	return h->opt->rules->rules[rule].level >= h->opt->level && time >= h->opt->from &&
	       time <= h->opt->to;
}

int near_add(struct hunt *h, const struct event_frame *f, struct err *e)
{
	struct near *s = &h->near;
	bool wanted = false;
	arena_reset(&h->row);
	struct near_item item = {.time = f->event.time_created, .record_id = f->event.record_id,
				 .who = hash_view(hash_view(event_identity(&f->event, &h->row),
							    f->event.computer),
						  f->event.channel),
				 .place = f->place, .at = s->n};
	for (size_t i = 0; s->rules && i < f->n_hits; i++)
		if (is_asked(h, f->hits[i].rule, item.time))
			wanted |= offer(&s->rules[f->hits[i].rule], &item);
	if (!wanted)
		return 0;
	buf_clear(&s->frame);
	frame_event(&s->frame, f);
	if (s->frame.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for near misses");
	s->n++;
	return spool_add(&s->spool, buf_data(&s->frame), e);
}

void near_count(struct hunt *h, uint32_t rule, uint32_t n)
{
	if (h->near.rules)
		h->near.rules[rule].all += n;
}

/* ---- out ---- */

struct looking {
	struct hunt *h;
	struct correlate *c;
	size_t n;     /* in it */
	uint64_t at;  /* number of the event */
};

static struct view keep_text(struct arena *a, struct view v)
{
	size_t n = v.n < LIMIT_NEAR_TEXT ? v.n : LIMIT_NEAR_TEXT;
	while (n && n < v.n && (v.p[n] & 0xc0) == 0x80)
		n--;
	uint8_t *p = arena_alloc(a, n + 3);
	if (!p)
		return (struct view){0};
	memcpy(p, v.p, n);
	memcpy(p + n, "...", 3);
	return (struct view){p, n == v.n ? n : n + 3};
}

static int take_miss(void *ctx, const struct near_miss *m)
{
	struct near *s = ctx;
	struct near_misses *told = &s->told;
	struct event *ev = arena_alloc(&s->arena, sizeof(*ev));
	struct err ignored;
	if (!ev || room((void **)&told->v, &told->cap, told->n + 1, sizeof(*told->v), &ignored) < 0)
		return -1;
	*ev = (struct event){.event_id = m->event->event_id, .record_id = m->event->record_id,
			     .time_created = m->event->time_created,
			     .computer = arena_keep(&s->arena, m->event->computer),
			     .channel = arena_keep(&s->arena, m->event->channel)};
	struct near_miss *own = &told->v[told->n++];
	*own = *m;
	own->event = ev;
	own->text = keep_text(&s->arena, m->text);
	return ev->computer.p && ev->channel.p && own->text.p ? 0 : -1;
}

static int look(struct looking *l, struct err *e)
{
	struct fact_reader facts = clues_reader(&l->h->clues);
	const struct near_sink sink = {&l->h->near, take_miss};
	int rc = 0;
	if (l->c)
		rc = correlate_run(l->c, &facts, e);
	if (l->c && rc == 0)
		rc = correlate_near(l->c, &sink, e);
	correlate_free(l->c);
	l->c = NULL;
	l->n = 0;
	return rc;
}

static bool is_told(const struct near_rule *r, uint64_t at)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].at == at)
			return true;
	return false;
}

static int on_waiting(void *ctx, const struct event_frame *f, struct err *e)
{
	struct looking *l = ctx;
	struct place p = f->place;
	size_t n = 0;
	for (size_t i = 0; i < f->n_hits; i++)
		if (is_told(&l->h->near.rules[f->hits[i].rule], l->at))
			f->hits[n++] = f->hits[i];
	l->at++;
	if (!n)
		return 0;
	if (!l->c && !(l->c = correlate_new(l->h->opt->rules, l->h->matcher)))
		return err_set(e, ERR_NOMEM, 0, "no memory for near misses");
	p.rank = hunt_rank(l->h, p.source);
	if (correlate_add(l->c, &f->event, &p, f->hits, n, e) < 0)
		return -1;
	return ++l->n < LIMIT_BATCH ? 0 : look(l, e);
}

static int miss_cmp(const void *x, const void *y)
{
	const struct near_miss *a = x, *b = y;
	int order = number_cmp(a->rule, b->rule);
	order = order ? order : number_cmp(a->event->time_created, b->event->time_created);
	order = order ? order : view_cmp(a->event->computer, b->event->computer);
	order = order ? order : view_cmp(a->event->channel, b->event->channel);
	order = order ? order : number_cmp(a->event->record_id, b->event->record_id);
	order = order ? order : place_order(&a->place, &b->place);
	return order ? order : view_cmp(a->text, b->text);
}

/* By rule, time; and how many of each rule there were. */
static int settle(struct hunt *h)
{
	struct near_misses *told = &h->near.told;
	size_t n = h->opt->rules->n;
	told->asked = true;
	told->not_looked = h->near.rules[n].all;
	if (told->n)
		qsort(told->v, told->n, sizeof(*told->v), miss_cmp);
	told->met = arena_array(&h->near.arena, n + 1, sizeof(*told->met));
	for (size_t i = 0; told->met && i < n; i++)
		told->met[i] = h->near.rules[i].all;
	return told->met ? 0 : -1;
}

int near_run(struct hunt *h, struct err *e)
{
	struct near *s = &h->near;
	struct looking l = {.h = h};
	const struct reply_sink sink = {.ctx = &l, .event = on_waiting};
	const struct ruleset *rules = h->opt->rules;
	struct view frame;
	if (!s->rules)
		return 0;
	int rc = spool_rewind(&s->spool, e);
	while (rc == 0 && (rc = spool_next(&s->spool, &frame, e)) == 0)
		rc = reply_read(frame, &rules->fields, rules, &sink, e);
	if (rc >= 0)
		rc = look(&l, e);
	correlate_free(l.c);
	if (rc == 0 && settle(h) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for near misses");
	return rc;
}
