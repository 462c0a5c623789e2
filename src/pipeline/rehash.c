/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At the end of a run every source that was hashed is hashed again, so that the report can say that the
 * evidence is what it was, by its bytes and not by its times alone.
 */
#include <stdio.h>
#include <string.h>

#include "hunt-private.h"

struct rehash {
	struct hunt *h;
	struct source_bytes bytes[LIMIT_WORKERS]; /* of units given, by worker's turn */
	unsigned n_bytes;
	size_t next;
	const struct unit *unit; /* whose answer is being read */
};

static int tell(struct rehash *r, uint32_t source, const char *what, struct err *e)
{
	struct source *s = &r->h->sources->v[source];
	struct damage d = {.severity = DAMAGE_LOSS, .length = s->size, .kind = "changed"};

	snprintf(d.what, sizeof(d.what), "%s", what);
	s->changed = true;
	return ledger_damage(&r->h->ledger, source, &d, e);
}

/* A descriptor lives until as many others have been given: by then it has been sent. */
static struct source_bytes *room_for_bytes(struct rehash *r)
{
	struct source_bytes *b = &r->bytes[r->n_bytes++ % LIMIT_WORKERS];

	bytes_close(b);
	return b;
}

/* Of an image in parts only the first file is named here: its hash is of them all. */
static bool is_whole(const struct source *s)
{
	return s->kind != SOURCE_CONTAINER || !s->contents || !s->contents->n_parts;
}

static int rehash_next(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct rehash *r = ctx;

	for (; r->next < r->h->sources->n; r->next++) {
		struct source *s = &r->h->sources->v[r->next];
		struct source_bytes *b = room_for_bytes(r);
		struct err why = {0};
		if (!s->hashed || !is_whole(s))
			continue;
		if (source_bytes(r->h->sources, s, b, &why) < 0) {
			if (tell(r, s->index, "it can no longer be read, and is not hashed again", e) < 0)
				return -1;
			continue;
		}
		*u = (struct unit){.kind = UNIT_HASH, .source = s->index, .size = s->size,
				   .map = {b->map, b->n_map}};
		*fd = b->fd;
		r->next++;
		return 0;
	}
	return 1;
}

static int on_hash(void *ctx, const uint8_t sha256[32], struct err *e)
{
	struct rehash *r = ctx;

	if (!memcmp(r->h->sources->v[r->unit->source].sha256, sha256, 32)) {
		r->h->rehashed++;
		return 0;
	}
	return tell(r, r->unit->source, "its SHA-256 at the end of the run is another: its bytes have changed",
		    e);
}

static int rehash_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct rehash *r = ctx;
	const struct ruleset *rules = r->h->setup.rules;
	const struct reply_sink sink = {.ctx = r, .hash = on_hash};

	r->unit = u;
	return reply_read(reply, rules ? &rules->fields : NULL, rules, &sink, e);
}

static int rehash_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct rehash *r = ctx;

	(void)why;
	r->h->ledger.results[u->source].worker_deaths++;
	return tell(r, u->source, "a worker died hashing it again", e);
}

int hunt_rehash(struct hunt *h, const volatile sig_atomic_t *stop, struct err *e)
{
	struct rehash r = {.h = h};
	const struct pool_client client = {.ctx = &r, .next = rehash_next, .answer = rehash_answer,
					   .lost = rehash_lost};

	for (unsigned i = 0; i < LIMIT_WORKERS; i++)
		r.bytes[i].fd = -1;
	int rc = pool_run(h->pool, &client, stop, e);
	for (unsigned i = 0; i < LIMIT_WORKERS; i++)
		bytes_close(&r.bytes[i]);
	return rc;
}
