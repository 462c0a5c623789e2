/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Most facts are never asked for. So a scan leaves clues (32 bytes a record, on disk), and a fact is
 * made of its record, read once more, when identity asks for one of the keys of its clue.
 */
#include "hunt-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evtxhound/evtx.h"

#define BATCH 65536u          /* records read again at once */
#define FILTER_BITS 65536u    /* says "no" to most keys without asking the map */

int clues_init(struct clues *c, struct hunt *h, struct spool *facts, struct err *e)
{
	*c = (struct clues){.h = h, .facts = facts, .reader = spool_reader(facts)};
	return spool_init(&c->spool, h->opt->dirfd, e);
}

void clues_release(struct clues *c)
{
	spool_release(&c->spool);
	mem_free(c->asked);
}

int clues_add(struct clues *c, const struct clue *clue, struct err *e)
{
	clue_write(&c->spool.out, clue);
	c->n++;
	return c->spool.out.n < SPOOL_STEP && !c->spool.out.bad ? 0 : spool_flush(&c->spool, e);
}

/* ---- reading records again ---- */

struct asked_clue {
	struct fetch_at at;
	uint64_t offset;
};
struct gathering {
	struct clues *c;
	const struct map *keys;
	uint8_t filter[FILTER_BITS / 8];
	struct asked_clue *v; /* BATCH */
	size_t n;
	struct fetch_list list;
};

static int gather_next(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct gathering *g = ctx;
	(void)e;
	return fetch_list_next(&g->list, u, fd);
}

static int on_fact(void *ctx, struct view bytes, struct err *e)
{
	struct gathering *g = ctx;
	return spool_add(g->c->facts, bytes, e);
}

/* The record that the clue was of does not stand there any more. */
static int on_missing(void *ctx, const struct proof_frame *p, struct err *e)
{
	struct gathering *g = ctx;
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "reread"};
	if (p->known || p->slot >= g->list.n)
		return 0;
	d.offset = g->list.wanted[p->slot].offset;
	snprintf(d.what, sizeof(d.what), "the record could not be read again: what it says of processes is "
		 "not known");
	return ledger_damage(&g->c->h->ledger, g->list.at[p->slot].source, &d, e);
}

static int gather_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct gathering *g = ctx;
	const struct reply_sink sink = {.ctx = g, .fact = on_fact, .proof = on_missing};
	const struct ruleset *rules = g->c->h->opt->rules;
	(void)u;
	return reply_read(reply, &rules->fields, rules, &sink, e);
}

/* Record by record, then not at all: what it says of identity is lost, and that is told. */
static int gather_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct gathering *g = ctx;
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "worker"};
	g->c->h->ledger.results[u->source].worker_deaths++;
	for (size_t i = 0; u->n_wanted > 1 && i < u->n_wanted; i++)
		if (fetch_list_again(&g->list, u, u->wanted[i].slot, e) < 0)
			return -1;
	if (u->n_wanted != 1)
		return 0;
	d.offset = u->wanted[0].offset;
	snprintf(d.what, sizeof(d.what),
		 "%s reading this record again: what it says of processes is not known", why);
	return ledger_damage(&g->c->h->ledger, u->source, &d, e);
}

static int asked_cmp(const void *x, const void *y)
{
	const struct asked_clue *a = x, *b = y;
	if (a->at.source != b->at.source)
		return a->at.source < b->at.source ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static int gather(struct gathering *g, struct err *e)
{
	const struct pool_client client = {.ctx = g, .next = gather_next, .answer = gather_answer,
					   .lost = gather_lost};
	struct hunt *h = g->c->h;
	int rc = 0;
	if (!g->n)
		return 0;
	qsort(g->v, g->n, sizeof(*g->v), asked_cmp);
	fetch_list_init(&g->list, h, UNIT_FACTS);
	for (size_t i = 0; i < g->n && rc == 0; i++)
		rc = fetch_list_add(&g->list, &g->v[i].at, g->v[i].offset, false, e);
	if (rc == 0)
		rc = pool_run(h->pool, &client, h->opt->stop, e);
	fetch_list_release(&g->list);
	g->n = 0;
	return rc;
}

/* ---- choosing ---- */

static void filter_make(struct gathering *g)
{
	for (size_t i = 0; i < g->keys->cap; i++)
		if (g->keys->used[i])
			g->filter[g->keys->keys[i] % FILTER_BITS / 8] |=
				(uint8_t)(1u << (g->keys->keys[i] % 8));
}

static bool is_asked(const struct gathering *g, const struct clue *clue)
{
	for (size_t i = 0; i < CLUE_KEYS && clue->keys[i]; i++) {
		uint32_t key = clue->keys[i];
		if (g->filter[key % FILTER_BITS / 8] & (1u << (key % 8)) &&
		    map_get(g->keys, key, NULL))
			return true;
	}
	return false;
}

static int choose(struct gathering *g, uint64_t number, const struct clue *clue, struct err *e)
{
	struct clues *c = g->c;
	uint8_t bit = (uint8_t)(1u << (number % 8));
	if (c->asked[number / 8] & bit || !is_asked(g, clue))
		return 0;
	if (clue->source >= c->h->sources->n)
		return err_set(e, ERR_IO, 0, "the temporary file of clues is damaged");
	c->asked[number / 8] |= bit;
	g->v[g->n++] = (struct asked_clue){{clue->source, evtx_chunk_of(clue->offset)},
					   clue->offset};
	return g->n == BATCH ? gather(g, e) : 0;
}

static int choose_all(struct gathering *g, struct err *e)
{
	struct clues *c = g->c;
	uint8_t bytes[CLUE_BYTES];
	int rc = spool_rewind(&c->spool, e);
	for (uint64_t i = 0; i < c->n && rc == 0; i++) {
		struct clue clue;
		rc = spool_take(&c->spool, bytes, sizeof(bytes), e);
		if (rc > 0)
			rc = err_set(e, ERR_IO, 0, "the temporary file of clues is cut short");
		if (rc == 0) {
			struct cursor k = cursor_of((struct view){bytes, sizeof(bytes)});
			clue_read(&k, &clue);
			rc = choose(g, i, &clue, e);
		}
	}
	return rc ? rc : gather(g, e);
}

static int clues_prepare(void *ctx, const struct map *keys, struct err *e)
{
	struct clues *c = ctx;
	struct gathering *g = mem_alloc(sizeof(*g));
	size_t had = c->cap_asked;
	int rc = -1;
	if (g)
		g->v = mem_alloc(BATCH * sizeof(*g->v));
	if (!g || !g->v ||
	    room((void **)&c->asked, &c->cap_asked, (size_t)(c->n / 8 + 1), 1, e) < 0) {
		err_set(e, ERR_NOMEM, 0, "no memory to read records again");
	} else {
		if (c->cap_asked > had)
			memset(c->asked + had, 0, c->cap_asked - had);
		g->c = c;
		g->keys = keys;
		filter_make(g);
		rc = choose_all(g, e);
	}
	if (g)
		mem_free(g->v);
	mem_free(g);
	return rc;
}

/* ---- the facts ---- */

static int clues_rewind(void *ctx, struct err *e)
{
	struct clues *c = ctx;
	return c->reader.rewind(c->reader.ctx, e);
}

static int clues_next(void *ctx, struct fact *f, struct err *e)
{
	struct clues *c = ctx;
	int rc = c->reader.next(c->reader.ctx, f, e);
	if (rc)
		return rc;
	if (f->source >= c->h->sources->n)
		return err_set(e, ERR_IO, 0, "the temporary file of facts is damaged");
	f->rank = hunt_rank(c->h, f->source);
	return 0;
}

struct fact_reader clues_reader(struct clues *c)
{
	return (struct fact_reader){clues_prepare, clues_rewind, clues_next, c};
}
