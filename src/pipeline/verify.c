/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of reading everything by both decoders: counts, and a bounded list. */
#include "hunt-private.h"

#include <stdlib.h>
#include <string.h>

struct verify {
	struct hunt *h;
	struct schedule schedule;
	const struct unit *unit; /* whose answer is being read */
};

/* ---- the list ---- */

/* Many sources share what may be listed; the share does not depend on what comes first. */
static size_t share(const struct ledger *l)
{
	size_t n = l->n ? LIMIT_DIFFERENCES / l->n : LIMIT_DIFFERENCES;
	if (n > LIMIT_DIFFERENCES_PER_SOURCE)
		return LIMIT_DIFFERENCES_PER_SOURCE;
	return n < 5 ? 5 : n;
}

static int by_place(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;
	if (x->recovered != y->recovered)
		return x->recovered ? 1 : -1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->record_id != y->record_id)
		return x->record_id < y->record_id ? -1 : 1;
	return view_cmp(x->what, y->what);
}

/* When the list is full the farthest one goes: the order in which workers answer must not show. */
static struct difference *place_for(struct verification *v, const struct difference *d)
{
	struct difference *far = v->v;
	for (size_t i = 1; i < v->n_v; i++)
		if (by_place(&v->v[i], far) > 0)
			far = &v->v[i];
	return by_place(d, far) < 0 ? far : NULL;
}

static int on_difference(void *ctx, const struct difference *d, struct err *e)
{
	struct verify *y = ctx;
	struct ledger *l = &y->h->ledger;
	struct entry *en = &l->entries[y->unit->source];
	struct verification *v = &l->results[y->unit->source].verify;
	struct difference *at;
	if (room((void **)&v->v, &en->cap_differences, v->n_v + 1, sizeof(*v->v), e) < 0)
		return -1;
	if (v->n_v < share(l))
		at = &v->v[v->n_v++];
	else
		at = place_for(v, d);
	if (!at)
		return 0;
	struct view what = arena_keep(&l->arena, d->what);
	if (!what.p && d->what.n)
		return err_set(e, ERR_NOMEM, 0, "no memory to keep a difference");
	*at = *d;
	at->what = what;
	return 0;
}

static int on_verified(void *ctx, const struct verification *sum, struct err *e)
{
	struct verify *y = ctx;
	struct verification *v = &y->h->ledger.results[y->unit->source].verify;
	(void)e;
	v->agree += sum->agree;
	for (size_t i = 0; i < DIFFERENCE_KINDS; i++)
		v->n[i] += sum->n[i], v->recovered[i] += sum->recovered[i];
	return 0;
}

static int on_layout(void *ctx, const struct evtx_layout *l, struct err *e)
{
	struct verify *y = ctx;
	return schedule_layout(&y->schedule, y->unit, l, e);
}

/* ---- the pool's client ---- */

static int verify_next(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct verify *y = ctx;
	return schedule_next(&y->schedule, &y->h->ledger, u, fd, e);
}

static int verify_done(struct verify *y, const struct unit *u)
{
	schedule_done(&y->schedule, &y->h->ledger, u);
	tell_progress(y->h, &y->schedule, NULL);
	return 0;
}

static int verify_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct verify *y = ctx;
	const struct ruleset *rules = y->h->setup.rules;
	const struct reply_sink sink = {.ctx = y, .layout = on_layout, .verified = on_verified,
					.difference = on_difference};
	y->unit = u;
	if (reply_read(reply, rules ? &rules->fields : NULL, rules, &sink, e) < 0)
		return -1;
	return verify_done(y, u);
}

static int verify_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct verify *y = ctx;
	const struct evtx_layout nothing = {0};
	const struct difference d = {.kind = DIFFERENCE_UNREAD, .offset = u->run.from,
				     .what = view_str(why)};
	y->h->ledger.results[u->source].worker_deaths++;
	if (!u->single)
		return schedule_retry(&y->schedule, u, e);
	y->unit = u;
	if (u->kind == UNIT_LAYOUT && schedule_layout(&y->schedule, u, &nothing, e) < 0)
		return -1;
	y->h->ledger.results[u->source].verify.chunks_lost++;
	return on_difference(y, &d, e) < 0 ? -1 : verify_done(y, u);
}

/* ---- the run ---- */

static void close_lists(struct ledger *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct verification *v = &l->results[i].verify;
		v->more = v->chunks_lost;
		for (size_t k = 0; k < DIFFERENCE_KINDS; k++)
			v->more += v->n[k];
		v->more -= v->n_v;
		if (v->n_v)
			qsort(v->v, v->n_v, sizeof(*v->v), by_place);
	}
}

int hunt_verify(struct hunt *h, const volatile sig_atomic_t *stop, struct err *e)
{
	struct verify y = {.h = h};
	const struct pool_client client = {.ctx = &y, .next = verify_next, .answer = verify_answer,
					   .lost = verify_lost};
	int rc = schedule_init(&y.schedule, h->sources, false, e);
	y.schedule.kind = UNIT_VERIFY;
	y.schedule.unit_chunks = LIMIT_DUMP_CHUNKS; /* slow: many, so that all workers end at once */
	if (rc == 0)
		rc = pool_run(h->pool, &client, stop, e);
	schedule_release(&y.schedule);
	close_lists(&h->ledger);
	return rc;
}
