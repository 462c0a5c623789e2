/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of rules whose stages belong to one process, until the scan has ended. Most have no partner:
 * every connection to the web is one that msiexec might have made. On disk lie the events, in memory
 * only which keys each stage of a rule has seen; what shares no key with another stage is let go.
 */
#include "hunt-private.h"

int candidates_init(struct candidates *c, struct hunt *h, struct err *e)
{
	*c = (struct candidates){.h = h};
	map_init(&c->stages);
	buf_init(&c->frame, LIMIT_MESSAGE);
	return spool_init(&c->spool, h->opt->dirfd, e);
}

void candidates_release(struct candidates *c)
{
	map_release(&c->stages);
	buf_release(&c->frame);
	spool_release(&c->spool);
}

/* ---- which rules ---- */

static bool is_process(field_id id)
{
	return id == FIELD_ECS_PROCESS_ENTITY || id == FIELD_ECS_PARENT_ENTITY;
}

static bool joins_processes(const struct rule *r)
{
	for (size_t i = 0; i < r->n_stages; i++) {
		bool process = false;
		for (size_t k = 0; k < r->stages[i].n_keys; k++)
			process |= is_process(r->stages[i].keys[k]);
		if (!process)
			return false;
	}
	return r->shape != RULE_SINGLE && r->n_stages > 1;
}

bool candidates_want(const struct candidates *c, const struct event_frame *f)
{
	for (size_t i = 0; i < f->n_hits; i++)
		if (!joins_processes(&c->h->opt->rules->rules[f->hits[i].rule]))
			return false;
	return f->n_hits;
}

/* ---- which stages saw a key ---- */

/* A sequence begins with its first stage: the last ones of many may share a bit. */
static uint64_t stage_bit(const struct hit *h)
{
	return UINT64_C(1) << (h->stage < 63 ? h->stage : 63);
}

static uint64_t key_of(const struct hit *h, uint32_t key)
{
	return (uint64_t)h->rule << 32 | key;
}

static int note(struct candidates *c, const struct hit *h, uint32_t key)
{
	uint64_t seen = 0;
	map_get(&c->stages, key_of(h, key), &seen);
	return map_put(&c->stages, key_of(h, key), seen | stage_bit(h)) ? 0 : -1;
}

int candidates_add(struct candidates *c, const struct event_frame *f, struct err *e)
{
	uint32_t keys[CLUE_KEYS];
	arena_reset(&c->h->row);
	size_t n = clue_keys(&f->event, event_kind(&f->event), &c->h->row, keys);
	for (size_t i = 0; i < f->n_hits; i++)
		for (size_t k = 0; k < n; k++)
			if (note(c, &f->hits[i], keys[k]) < 0)
				return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	buf_clear(&c->frame);
	frame_event(&c->frame, f);
	if (c->frame.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	return spool_add(&c->spool, buf_data(&c->frame), e);
}

/* ---- those with a partner ---- */

static bool has_partner(const struct candidates *c, const struct event_frame *f)
{
	uint32_t keys[CLUE_KEYS];
	size_t n = clue_keys(&f->event, event_kind(&f->event), &c->h->row, keys);
	for (size_t i = 0; i < f->n_hits; i++)
		for (size_t k = 0; k < n; k++) {
			uint64_t seen = 0;
			map_get(&c->stages, key_of(&f->hits[i], keys[k]), &seen);
			if (seen & ~stage_bit(&f->hits[i]))
				return true;
		}
	return false;
}

/* The same event may fulfil both stages that it needs: the child that is a parent itself. */
static bool is_its_own_partner(const struct event_frame *f)
{
	for (size_t i = 1; i < f->n_hits; i++)
		if (f->hits[i].rule == f->hits[i - 1].rule)
			return true;
	return false;
}

static int on_candidate(void *ctx, const struct event_frame *f, struct err *e)
{
	struct candidates *c = ctx;
	struct place p = f->place;
	arena_reset(&c->h->row);
	if (!is_its_own_partner(f) && !has_partner(c, f))
		return 0;
	p.rank = hunt_rank(c->h, p.source);
	return correlate_add(c->h->correlate, &f->event, &p, f->hits, f->n_hits, e);
}

int candidates_load(struct candidates *c, struct err *e)
{
	const struct reply_sink sink = {.ctx = c, .event = on_candidate};
	const struct ruleset *rules = c->h->opt->rules;
	int rc = spool_rewind(&c->spool, e);
	while (rc == 0) {
		struct view frame;
		rc = spool_next(&c->spool, &frame, e);
		if (rc == 0)
			rc = reply_read(frame, &rules->fields, rules, &sink, e);
	}
	return rc < 0 ? -1 : 0;
}
