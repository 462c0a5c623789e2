/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What workers answered, on disk, so that a run that was killed need not read whole sources again. An
 * entry is written as its answer comes, and one more when its source has been read; entries of a source
 * that never was are left aside. A torn end is cut off. Entries count only for the same evidence.
 */
#include "hunt-private.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* u32 bytes of what the entry says, u32 of the answer behind that, u64 the hash of both; then they. */
#define HEAD_SIZE 16u
#define WORDS 9u /* type, run, source */
#define BODY_MAX (LIMIT_UNIT_REPLY + 65536u)
enum { ENTRY_EVIDENCE, ENTRY_ANSWER, ENTRY_READ };

/* ---- writing ---- */

static int put(struct journal *j, struct view v, struct err *e)
{
	while (v.n) {
		ssize_t n = pwrite(j->fd, v.p, v.n, (off_t)j->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(e, ERR_IO, "cannot write the journal in the output folder");
		j->end += (uint64_t)n;
		v = view_sub(v, (size_t)n, v.n);
	}
	return 0;
}

static int entry(struct journal *j, const struct buf *body, struct view tail, struct err *e)
{
	struct buf head;
	buf_init(&head, 0);
	buf_u32(&head, (uint32_t)body->n);
	buf_u32(&head, (uint32_t)tail.n);
	buf_u64(&head, hash_view(hash_view(0, buf_data(body)), tail));
	buf_view(&head, buf_data(body));
	int rc = head.bad || body->bad ? err_set(e, ERR_NOMEM, 0, "no memory for the journal")
				       : put(j, buf_data(&head), e);
	buf_release(&head);
	return rc < 0 ? rc : put(j, tail, e);
}

static void begin(struct journal *j, uint8_t type, uint32_t source)
{
	buf_clear(&j->body);
	buf_byte(&j->body, type);
	buf_u32(&j->body, j->run);
	buf_u32(&j->body, source);
}

int journal_answer(struct journal *j, const struct unit *u, struct view reply, struct err *e)
{
	struct unit plain = *u;
	if (!j->on)
		return 0;
	plain.wanted = NULL;
	plain.marks = NULL;
	plain.map = (struct extents){0};
	plain.n_wanted = plain.n_marks = 0;
	begin(j, ENTRY_ANSWER, u->source);
	unit_write(&j->body, &plain);
	return entry(j, &j->body, reply, e);
}

void journal_lossy(struct journal *j, uint32_t source)
{
	if (j->on)
		j->lossy[source] = true;
}

int journal_read(struct journal *j, const struct source *s, struct err *e)
{
	if (!j->on || j->lossy[s->index] || s->changed)
		return 0;
	begin(j, ENTRY_READ, s->index);
	return entry(j, &j->body, (struct view){NULL, 0}, e);
}

/* ---- the evidence, as it was listed ---- */

static void put_source(struct buf *b, const struct source *s)
{
	buf_blob(b, view_str(s->path));
	buf_byte(b, (uint8_t)s->kind);
	buf_u64(b, s->size);
	buf_u64(b, (uint64_t)s->mtime.tv_sec);
	buf_u64(b, (uint64_t)s->mtime.tv_nsec);
	buf_u64(b, (uint64_t)s->ctime.tv_sec);
	buf_u64(b, (uint64_t)s->ctime.tv_nsec);
	buf_u64(b, s->dev);
	buf_u64(b, s->ino);
}

static int evidence_digest(const struct hunt *h, uint8_t out[32], struct err *e)
{
	struct sha256 sha;
	struct buf b;
	bool ok = sha256_start(&sha);
	buf_init(&b, 0);
	for (size_t i = 0; ok && i < h->sources->n; i++) {
		buf_clear(&b);
		put_source(&b, &h->sources->v[i]);
		ok = !b.bad;
		sha256_add(&sha, buf_data(&b));
	}
	buf_release(&b);
	sha256_end(&sha, out);
	return ok ? 0 : err_set(e, ERR_NOMEM, 0, "no memory for the journal");
}

/* ---- reading ---- */

static bool get(const struct journal *j, uint64_t at, uint8_t *out, size_t n)
{
	while (n) {
		ssize_t got = pread(j->fd, out, n, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		out += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

/* The entry at *at, which then is behind it: >0 at the end or where nothing sound stands. */
static int next(struct journal *j, uint64_t *at, struct cursor *c, struct err *e)
{
	uint8_t head[HEAD_SIZE];
	if (!get(j, *at, head, sizeof(head)))
		return 1;
	struct cursor h = cursor_of((struct view){head, sizeof(head)});
	size_t first = cursor_u32(&h), n = first + cursor_u32(&h);
	uint64_t hash = cursor_u64(&h);
	if (first < WORDS || n > BODY_MAX)
		return 1;
	uint8_t *p = mem_grow(j->in, n);
	if (!p)
		return err_set(e, ERR_NOMEM, 0, "no memory for the journal");
	j->in = p;
	if (!get(j, *at + HEAD_SIZE, p, n))
		return 1;
	const struct view all = {p, n};
	if (hash_view(hash_view(0, view_sub(all, 0, first)), view_sub(all, first, n)) != hash)
		return 1;
	*c = cursor_of(all);
	*at += HEAD_SIZE + n;
	return 0;
}

/* Which sources were read, by the run that read them, and where what is sound ends. */
static int survey(struct journal *j, size_t n_sources, const uint8_t evidence[32], uint32_t *read_by,
		  struct err *e)
{
	uint64_t at = j->end;
	struct cursor c;
	int rc = next(j, &at, &c, e);
	if (rc == 0 && (cursor_u8(&c) != ENTRY_EVIDENCE || (cursor_skip(&c, WORDS - 1), c.bad) ||
			!view_eq(cursor_take(&c, 32), (struct view){evidence, 32})))
		rc = 1;
	while (rc == 0) {
		j->end = at;
		rc = next(j, &at, &c, e);
		if (rc)
			break;
		uint8_t type = cursor_u8(&c);
		uint32_t run = cursor_u32(&c), source = cursor_u32(&c);
		if (type > ENTRY_READ || source >= n_sources)
			break;
		if (run >= j->run)
			j->run = run + 1;
		if (type == ENTRY_READ)
			read_by[source] = run + 1;
	}
	return rc < 0 ? -1 : 0;
}

static int replay_one(struct hunt *h, struct cursor *c, const uint32_t *read_by, struct err *e)
{
	struct unit u;
	uint8_t type = cursor_u8(c);
	uint32_t run = cursor_u32(c), source = cursor_u32(c);
	const struct ruleset *rules = h->setup.rules;
	if (type != ENTRY_ANSWER || read_by[source] != run + 1)
		return 0;
	arena_reset(&h->journal.arena);
	if (unit_read(c, &h->journal.arena, &u) < 0 || u.source != source)
		return err_set(e, ERR_IO, 0, "the journal in the output folder is damaged");
	struct view reply = cursor_take(c, cursor_left(c));
	if (reply_check(reply, &rules->fields, rules, e) < 0)
		return -1;
	return scan_again(h, &u, reply, e);
}

static int replay(struct hunt *h, uint64_t from, const uint32_t *read_by, struct err *e)
{
	struct journal *j = &h->journal;
	struct cursor c;
	uint64_t at = from;
	int rc = 0;
	while (rc == 0 && at < j->end) {
		rc = next(j, &at, &c, e);
		if (rc == 0)
			rc = replay_one(h, &c, read_by, e);
	}
	for (uint32_t i = 0; rc >= 0 && i < h->sources->n; i++)
		if (read_by[i])
			schedule_known(&h->schedule, &h->ledger, i);
	return rc < 0 ? -1 : 0;
}

static int take_up(struct hunt *h, const uint8_t evidence[32], struct err *e)
{
	struct journal *j = &h->journal;
	uint64_t from = j->end;
	uint32_t *read_by = mem_alloc((h->sources->n + 1) * sizeof(*read_by));
	int rc = read_by ? survey(j, h->sources->n, evidence, read_by, e)
			 : err_set(e, ERR_NOMEM, 0, "no memory for the journal");
	if (rc == 0 && ftruncate(j->fd, (off_t)j->end) < 0)
		rc = err_errno(e, ERR_IO, "cannot write the journal in the output folder");
	if (rc == 0)
		rc = replay(h, from, read_by, e);
	mem_free(read_by);
	return rc;
}

int journal_begin(struct journal *j, struct hunt *h, struct err *e)
{
	const struct hunt_options *o = h->opt;
	uint8_t evidence[32];
	j->on = o->journal > 0;
	if (!j->on)
		return 0;
	j->fd = o->journal;
	j->end = o->journal_at;
	buf_init(&j->body, 0);
	arena_init(&j->arena, LIMIT_CHUNK_ARENA);
	j->lossy = mem_alloc((h->sources->n + 1) * sizeof(*j->lossy));
	if (!j->lossy)
		return err_set(e, ERR_NOMEM, 0, "no memory for the journal");
	if (evidence_digest(h, evidence, e) < 0 || take_up(h, evidence, e) < 0)
		return -1;
	if (j->end > o->journal_at)
		return 0;
	begin(j, ENTRY_EVIDENCE, 0);
	buf_add(&j->body, evidence, sizeof(evidence));
	return entry(j, &j->body, (struct view){NULL, 0}, e);
}

void journal_release(struct journal *j)
{
	if (!j->on)
		return;
	buf_release(&j->body);
	arena_release(&j->arena);
	mem_free(j->lossy);
	mem_free(j->in);
}
