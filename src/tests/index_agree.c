/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index_agree RULES... -- LOG...: asks the records of the logs every condition by itself, and holds what
 * the index finds against it. Of records of one channel, provider and id the first PER_CLASS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evtxhound/evtx.h"
#include "evtxhound/match.h"

#define COPIES 32u    /* of each rule where there are few, so that there is an index */
#define PER_CLASS 40u

struct agree {
	struct ruleset rules, asked;
	struct matcher *matcher;
	struct arena arena;
	struct map seen; /* records by class */
	unsigned long records, hits, wrong;
};

static void fail(const char *what)
{
	fprintf(stderr, "index_agree: %s\n", what);
	exit(2);
}

static void rules_copied(struct agree *g)
{
	size_t copies = g->rules.n < COPIES ? COPIES : 1;

	g->asked = g->rules;
	g->asked.n = copies * g->rules.n;
	g->asked.rules = calloc(g->asked.n + 1, sizeof(*g->asked.rules));
	for (size_t i = 0; g->asked.rules && i < g->asked.n; i++)
		g->asked.rules[i] = g->rules.rules[i % g->rules.n];
	g->matcher = g->asked.rules ? matcher_new(&g->asked) : NULL;
	if (!g->matcher)
		fail("no memory");
}

static bool is_one_of_many(struct agree *g, const struct event *ev)
{
	uint64_t key = hash_view(hash_view(ev->event_id, ev->channel), ev->provider), n = 0;

	map_get(&g->seen, key, &n);
	if (!map_put(&g->seen, key, n + 1))
		fail("no memory");
	return n >= PER_CLASS;
}

static void disagree(struct agree *g, const struct event *ev, struct hit h, bool found)
{
	const struct rule *r = &g->asked.rules[h.rule];

	g->wrong++;
	printf("%.*s, stage %u, of record %llu (%u): the index finds it %s\n", (int)r->id.n,
	       (const char *)r->id.p, h.stage, (unsigned long long)ev->record_id, ev->event_id,
	       found ? "wrongly" : "not");
}

static void check_once(struct agree *g, const struct event *ev)
{
	struct activity act;
	struct subject s = {.event = ev, .activity = &act, .fields = &g->asked.fields,
			    .arena = &g->arena};
	struct hit *hits;
	size_t n, at = 0;

	activity_begin(ev, &act);
	if (matcher_event(g->matcher, &s, &hits, &n) < 0)
		fail("no memory");
	for (uint32_t r = 0; r < g->asked.n; r++) {
		for (uint32_t k = 0; k < g->asked.rules[r].n_stages + (g->asked.rules[r].until != NULL); k++) {
			struct hit h = {r, k};
			bool found = at < n && hits[at].rule == r && hits[at].stage == k;

			if (found != (matcher_stage(g->matcher, h, &s, EVAL_KEEP) != TRI_FALSE))
				disagree(g, ev, h, found);
			at += found;
		}
	}
	g->hits += n;
	arena_reset(&g->arena);
}

/* Asked again, its values are known. */
static void check_record(struct agree *g, const struct event *ev)
{
	check_once(g, ev);
	check_once(g, ev);
	g->records++;
}

static void check_chunk(struct agree *g, struct decoder *d, struct view chunk, uint64_t offset)
{
	struct record r;
	struct event ev;

	if (d->ops->chunk(d, chunk, offset, NULL) < 0)
		fail("no memory");
	for (;;) {
		int rc;

		memset(&r, 0, sizeof(r));
		memset(&ev, 0, sizeof(ev));
		rc = d->ops->next(d, &r, NULL);
		if (rc > 0)
			return;
		if (rc < 0 || d->ops->head(d, &r, &ev, NULL) < 0)
			fail("no memory");
		if (r.state == RECORD_UNDECODED || is_one_of_many(g, &ev))
			continue;
		if (d->ops->data(d, &r, &ev, NULL) < 0)
			fail("no memory");
		check_record(g, &ev);
	}
}

static void check_log(struct agree *g, struct decoder *d, const char *path)
{
	static uint8_t chunk[EVTX_CHUNK_SIZE];
	FILE *f = fopen(path, "rb");
	uint64_t offset = EVTX_HEADER_SIZE;
	size_t n;

	if (!f || fseek(f, (long)offset, SEEK_SET) != 0)
		fail(path);
	for (; (n = fread(chunk, 1, sizeof(chunk), f)) > 0; offset += n)
		check_chunk(g, d, (struct view){chunk, n}, offset);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct agree g = {0};
	struct err e = {0};
	struct decoder *d;
	int i = 1;

	arena_init(&g.arena, LIMIT_CHUNK_ARENA);
	map_init(&g.seen);
	if (ruleset_init(&g.rules, &e) < 0)
		fail(e.msg);
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (ruleset_add(&g.rules, argv[i], &e) < 0)
			fail(e.msg);
	if (ruleset_finish(&g.rules, &e) < 0)
		fail(e.msg);
	rules_copied(&g);
	d = evtx_decoder_new(&g.rules.fields, NULL, NULL);
	if (!d)
		fail("no memory");
	for (i++; i < argc; i++)
		check_log(&g, d, argv[i]);
	printf("%zu rules, %lu records, %lu hits, %lu wrong\n", g.rules.n, g.records, g.hits, g.wrong);
	d->ops->destroy(d);
	matcher_free(g.matcher);
	free(g.asked.rules);
	ruleset_release(&g.rules);
	arena_release(&g.arena);
	map_release(&g.seen);
	return g.wrong || !g.hits;
}
