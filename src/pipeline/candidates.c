/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of rules with several stages, until the scan has ended. Most have no partner: every connection
 * to the web is one that msiexec might have made. On disk lie the events, in memory only which keys each
 * stage of a rule has seen, and when; what has no other stage near is let go.
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

static size_t positives(const struct rule *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_stages; i++)
		n += !r->stages[i].missing;
	return n;
}

static bool names_process(const struct stage *st)
{
	for (size_t k = 0; k < st->n_keys; k++)
		if (is_process(st->keys[k]))
			return !(st->optional_keys >> k & 1);
	return false;
}

static bool joins_processes(const struct rule *r)
{
	for (size_t i = 0; i < r->n_stages; i++)
		if (!names_process(&r->stages[i]))
			return false;
	return true;
}

static bool has_span(const struct rule *r)
{
	return r->span != SPAN_NONE && r->span != SPAN_LIFETIME && r->span;
}

/* Rules none of whose findings rests on events of one stage alone, and which join by something that can
   be told of an event by itself: the process, or a time that is not far. */
static bool can_wait(const struct rule *r)
{
	bool all = r->shape == RULE_SEQUENCE || r->shape == RULE_SAMPLE ||
		   (r->shape == RULE_TEMPORAL && !r->n_bounds);
	for (size_t i = 0; i < r->n_stages; i++)
		all = all && !r->stages[i].of;
	return all && positives(r) > 1 && (joins_processes(r) || has_span(r));
}

bool candidates_want(const struct candidates *c, const struct event_frame *f)
{
	for (size_t i = 0; i < f->n_hits; i++)
		if (!can_wait(&c->h->opt->rules->rules[f->hits[i].rule]))
			return false;
	return f->n_hits;
}

/* ---- which stages saw a key ---- */

/* A sequence begins with its first stage: the last ones of many may share a bit. What must be missing,
   or ends a sequence, is no partner of anything. */
static uint64_t stage_bit(const struct ruleset *rules, const struct hit *h)
{
	const struct rule *r = &rules->rules[h->rule];
	if (h->stage == r->n_stages || r->stages[h->stage].missing)
		return 0;
	return UINT64_C(1) << (h->stage < 63 ? h->stage : 63);
}

/* What joins events of a rule: keys of the process, or the host alone; and where the rule has a span,
   the span that they lie in, on either clock. */
struct joints {
	uint32_t keys[CLUE_KEYS], host[1];
	size_t n;
	uint64_t times[2];
	size_t n_times;
};

static int joints_of(struct candidates *c, const struct event *ev, struct joints *j)
{
	struct activity act;
	if (activity_of(ev, &c->h->row, &act) < 0)
		return -1;
	j->n = clue_keys(ev, event_kind(ev), &c->h->row, j->keys);
	j->host[0] = clue_key(CLUE_BOOT, ev->computer, NULL, 0);
	j->times[0] = ev->time_created;
	j->times[1] = act.has_utc ? act.utc_time : ev->time_created;
	j->n_times = j->times[1] == j->times[0] ? 1 : 2;
	return 0;
}

static uint64_t key_of(const struct hit *h, uint32_t key, uint64_t span)
{
	uint8_t bytes[12];
	for (size_t i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(key >> (8 * i));
	for (size_t i = 0; i < 8; i++)
		bytes[4 + i] = (uint8_t)(span >> (8 * i));
	return hash_view(h->rule, (struct view){bytes, sizeof(bytes)});
}

static int note(struct candidates *c, const struct hit *h, uint32_t key, uint64_t span)
{
	uint64_t seen = 0, at = key_of(h, key, span);
	map_get(&c->stages, at, &seen);
	seen |= stage_bit(c->h->opt->rules, h);
	return map_put(&c->stages, at, seen) ? 0 : -1;
}

static int note_all(struct candidates *c, const struct hit *h, const struct joints *j)
{
	const struct rule *r = &c->h->opt->rules->rules[h->rule];
	bool process = joins_processes(r);
	const uint32_t *keys = process ? j->keys : j->host;
	if (!stage_bit(c->h->opt->rules, h))
		return 0;
	for (size_t k = 0; k < (process ? j->n : 1); k++)
		for (size_t t = 0; t < (has_span(r) ? j->n_times : 1); t++)
			if (note(c, h, keys[k], has_span(r) ? j->times[t] / r->span : 0) < 0)
				return -1;
	return 0;
}

int candidates_note(struct candidates *c, const struct event_frame *f, struct err *e)
{
	struct joints j;
	arena_reset(&c->h->row);
	if (joints_of(c, &f->event, &j) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	for (size_t i = 0; i < f->n_hits; i++)
		if (can_wait(&c->h->opt->rules->rules[f->hits[i].rule]) && note_all(c, &f->hits[i], &j) < 0)
			return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	return 0;
}

int candidates_add(struct candidates *c, const struct event_frame *f, struct err *e)
{
	buf_clear(&c->frame);
	frame_event(&c->frame, f);
	if (c->frame.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	return spool_add(&c->spool, buf_data(&c->frame), e);
}

/* ---- those with a partner ---- */

static uint64_t seen_at(const struct candidates *c, const struct hit *h, uint32_t key, uint64_t span)
{
	uint64_t seen = 0;
	map_get(&c->stages, key_of(h, key, span), &seen);
	return seen;
}

/* Two events that are no more than a span apart lie in one span or in neighbours. */
static uint64_t seen_near(const struct candidates *c, const struct hit *h, uint32_t key,
			  const struct joints *j, size_t t)
{
	const struct rule *r = &c->h->opt->rules->rules[h->rule];
	uint64_t at = has_span(r) ? j->times[t] / r->span : 0;
	uint64_t seen = seen_at(c, h, key, at);
	if (!has_span(r))
		return seen;
	return seen | seen_at(c, h, key, at + 1) | (at ? seen_at(c, h, key, at - 1) : 0);
}

static bool has_partner(const struct candidates *c, const struct hit *h, const struct joints *j)
{
	const struct rule *r = &c->h->opt->rules->rules[h->rule];
	bool process = joins_processes(r);
	const uint32_t *keys = process ? j->keys : j->host;
	for (size_t k = 0; k < (process ? j->n : 1); k++)
		for (size_t t = 0; t < (has_span(r) ? j->n_times : 1); t++)
			if (seen_near(c, h, keys[k], j, t) & ~stage_bit(c->h->opt->rules, h))
				return true;
	return false;
}

/* The hits with one. The same event may fulfil both stages that it needs: the child that is a parent
   itself. It has noted both. */
static size_t choose_hits(const struct candidates *c, const struct event_frame *f,
			  const struct joints *j)
{
	size_t n = 0;
	for (size_t i = 0; i < f->n_hits; i++)
		if (has_partner(c, &f->hits[i], j))
			f->hits[n++] = f->hits[i];
	return n;
}

static int on_candidate(void *ctx, const struct event_frame *f, struct err *e)
{
	struct candidates *c = ctx;
	struct place p = f->place;
	struct joints j;
	size_t n;
	arena_reset(&c->h->row);
	if (joints_of(c, &f->event, &j) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	n = choose_hits(c, f, &j);
	if (!n)
		return 0;
	p.rank = hunt_rank(c->h, p.source);
	return correlate_add(c->h->correlate, &f->event, &p, f->hits, n, e);
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
