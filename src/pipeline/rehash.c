/* SPDX-License-Identifier: Apache-2.0 */
/*
 * At the end of a run every source that was hashed is hashed again, so that the report can say that the
 * evidence is what it was, by its bytes and not by its times alone.
 */
#include <stdio.h>
#include <string.h>

#include "hunt-private.h"

#define CHANGED "its SHA-256 at the end of the run is another: its bytes have changed"

struct rehash {
	struct hunt *h;
	const volatile sig_atomic_t *stop;
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

/* Of an image in parts the hash is of them all, one behind another: no unit for a worker. */
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

/* ---- images in several files, which the parent hashes ---- */

#define STEP (1u << 20)

static const struct source *find_part(const struct rehash *r, const struct source *s, const char *name)
{
	const struct source_list *l = r->h->sources;
	struct view path = view_str(s->path);
	struct view folder = view_sub(path, 0, path.n - view_after_last(path, "/").n);

	for (size_t i = 0; i < l->n; i++) {
		struct view other = view_str(l->v[i].path);
		if (!l->v[i].container && other.n == folder.n + strlen(name) &&
		    view_eq(view_sub(other, 0, folder.n), folder) &&
		    view_eq_str(view_sub(other, folder.n, other.n), name))
			return &l->v[i];
	}
	return NULL;
}

static bool add_file(const struct rehash *r, const struct source *s, uint8_t *room, struct sha256 *h)
{
	struct source_bytes b = {.fd = -1};
	struct err why = {0};
	int64_t n = 0;

	if (!s || source_bytes(r->h->sources, s, &b, &why) < 0)
		return false;
	const struct reader bytes = reader_of_fd(b.fd, s->size);
	for (uint64_t at = 0; at < s->size && !*r->stop; at += (uint64_t)n) {
		n = reader_read(&bytes, at, room, STEP);
		if (n <= 0)
			break;
		sha256_add(h, (struct view){room, (size_t)n});
	}
	bytes_close(&b);
	return n > 0 || !s->size;
}

static int rehash_parts(struct rehash *r, struct source *s, struct err *e)
{
	uint8_t *room = mem_alloc(STEP), sum[32];
	struct sha256 h;

	if (!room || !sha256_start(&h)) {
		mem_free(room);
		return err_set(e, ERR_NOMEM, 0, "no memory for a digest");
	}
	bool ok = add_file(r, s, room, &h);
	for (size_t i = 0; ok && i < s->contents->n_parts; i++)
		ok = add_file(r, find_part(r, s, s->contents->parts[i].name), room, &h);
	sha256_end(&h, sum);
	mem_free(room);
	if (*r->stop)
		return 0;
	if (!ok)
		return tell(r, s->index, "it can no longer be read, and is not hashed again", e);
	if (memcmp(s->sha256, sum, 32) != 0)
		return tell(r, s->index, CHANGED, e);
	r->h->rehashed++;
	return 0;
}

static int rehash_images(struct rehash *r, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->h->sources->n && !*r->stop; i++) {
		struct source *s = &r->h->sources->v[i];
		if (s->hashed && !is_whole(s))
			rc = rehash_parts(r, s, e);
	}
	return rc;
}

/* ---- the rest ---- */

static int on_hash(void *ctx, const uint8_t sha256[32], struct err *e)
{
	struct rehash *r = ctx;

	if (!memcmp(r->h->sources->v[r->unit->source].sha256, sha256, 32)) {
		r->h->rehashed++;
		return 0;
	}
	return tell(r, r->unit->source, CHANGED, e);
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
	static const volatile sig_atomic_t never = 0;
	struct rehash r = {.h = h, .stop = stop ? stop : &never};
	const struct pool_client client = {.ctx = &r, .next = rehash_next, .answer = rehash_answer,
					   .lost = rehash_lost};

	for (unsigned i = 0; i < LIMIT_WORKERS; i++)
		r.bytes[i].fd = -1;
	int rc = pool_run(h->pool, &client, stop, e);
	for (unsigned i = 0; i < LIMIT_WORKERS; i++)
		bytes_close(&r.bytes[i]);
	return rc < 0 ? -1 : rehash_images(&r, e);
}
