/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's side of a dump. Workers write the output themselves; here is only decided where: a
 * unit's place is known when all before it have told their size. In a pipe each waits for its turn
 * instead.
 */
#include "dump-private.h"
#include "hunt-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A unit whose place in the output is not settled, in the order of the evidence. */
struct piece {
	struct piece *next;
	struct unit unit;
	enum {
		PIECE_WAITS, /* for a worker */
		PIECE_GIVEN,
		PIECE_ASKS,
		PIECE_WRITES,
	} state;
	struct turn_frame turn; /* the last one asked for */
	uint32_t written;       /* chunks of it that are out */
	bool within;            /* and part of the next one is */
};
struct dump {
	struct hunt *h;
	const struct dump_options *opt;
	struct piece *first;
	uint64_t offset; /* where the output goes on */
	uint64_t seq;
};

int dump_write(const struct dump_options *o, struct view v, uint64_t offset)
{
	while (v.n) {
		ssize_t n = o->random ? pwrite(o->fd, v.p, v.n, (off_t)offset)
				      : write(o->fd, v.p, v.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		offset += (uint64_t)n;
		v = view_sub(v, (size_t)n, v.n);
	}
	return 0;
}

/* What stands before the first record and behind the last one. */
static int write_frame(struct dump *d, void (*make)(struct buf *b, enum dump_format f), struct err *e)
{
	struct buf b;
	int rc = 0;
	buf_init(&b, 0);
	make(&b, d->opt->format);
	if (b.bad)
		rc = err_set(e, ERR_NOMEM, 0, "no memory to begin");
	else if (dump_write(d->opt, buf_data(&b), d->offset) < 0)
		rc = err_errno(e, ERR_IO, "the output cannot be written");
	d->offset += b.n;
	buf_release(&b);
	return rc;
}

/* ---- pieces ---- */

/* The link that leads to it; one that is NULL when there is none. */
static struct piece **find_piece(struct dump *d, const struct unit *u)
{
	struct piece **at = &d->first;
	while (*at && (*at)->unit.seq != u->seq)
		at = &(*at)->next;
	return at;
}

static int insert_piece(struct dump *d, struct piece **at, const struct unit *u, struct err *e)
{
	struct piece *p = mem_alloc(sizeof(*p));
	if (!p)
		return err_set(e, ERR_NOMEM, 0, "no memory for a unit of work");
	p->unit = *u;
	p->unit.seq = ++d->seq;
	p->next = *at;
	*at = p;
	return 0;
}

static void drop_piece(struct piece **at)
{
	struct piece *p = *at;
	*at = p->next;
	mem_free(p);
}

/* Gives places and turns as far as they can be known. */
static void settle(struct dump *d)
{
	while (d->first && d->first->state == PIECE_ASKS) {
		struct piece *p = d->first;
		bool done = d->opt->random && !p->turn.more;
		pool_grant(d->h->pool, p->unit.seq, d->offset);
		d->offset += p->turn.bytes;
		p->state = PIECE_WRITES;
		if (done)
			drop_piece(&d->first);
	}
}

/*
 * In the place of one that was lost what the schedule gives for it: its chunks, one by one, of which
 * those that are out already are only read again; or for a whole source the look where these are.
 */
static int replace(struct dump *d, struct piece **at, const char *why, struct err *e)
{
	struct schedule *s = &d->h->schedule;
	const struct piece lost = **at;
	drop_piece(at);
	for (size_t i = 0; i < s->n_retries; i++) {
		struct unit one = s->retries[i];
		one.mute = i < lost.written && one.kind == UNIT_DUMP;
		if (lost.within && i == lost.written && one.kind == UNIT_DUMP) {
			if (scan_loss(d->h, &one, why, e) < 0)
				return -1;
			continue;
		}
		if (insert_piece(d, at, &one, e) < 0)
			return -1;
		if (one.kind == UNIT_LAYOUT) {
			(*at)->written = lost.written;
			(*at)->within = lost.within;
		}
		at = &(*at)->next;
	}
	s->n_retries = 0;
	return 0;
}

/* ---- the pool's client ---- */

static int dump_next(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct dump *d = ctx;
	struct piece **at = &d->first;
	while (*at && (*at)->state != PIECE_WAITS)
		at = &(*at)->next;
	if (!*at) {
		int rc = schedule_next(&d->h->schedule, &d->h->ledger, u, fd, e);
		if (rc != 0 || insert_piece(d, at, u, e) < 0)
			return rc > 0 ? 1 : -1;
	}
	(*at)->state = PIECE_GIVEN;
	*u = (*at)->unit;
	*fd = schedule_hand(&d->h->schedule, u);
	return 0;
}

static int dump_turn(void *ctx, const struct unit *u, const struct turn_frame *f, struct err *e)
{
	struct dump *d = ctx;
	struct piece *p = *find_piece(d, u);
	if (!p || p->state != PIECE_GIVEN)
		return err_set(e, ERR_DAMAGE, 0, "a worker asks for a turn that it has had");
	p->turn = *f;
	p->state = PIECE_ASKS;
	settle(d);
	return 0;
}

static int dump_wrote(void *ctx, const struct unit *u, int error, struct err *e)
{
	struct dump *d = ctx;
	struct piece **at = find_piece(d, u), *p = *at;
	errno = error;
	if (error)
		return err_errno(e, ERR_IO, "the output cannot be written");
	if (!p)
		return 0; /* its place was settled, and others write behind it already */
	p->state = PIECE_GIVEN;
	p->written = p->turn.chunks;
	p->within = p->turn.within;
	if (!p->turn.more)
		drop_piece(at);
	settle(d);
	return 0;
}

static int dump_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct dump *d = ctx;
	struct piece **at = find_piece(d, u);
	if (scan_answer(d->h, u, reply, e) < 0)
		return -1;
	if (*at && replace(d, at, "a worker died", e) < 0) /* it had nothing to write */
		return -1;
	settle(d);
	return 0;
}

static int dump_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct dump *d = ctx;
	struct piece **at = find_piece(d, u);
	int rc;
	d->h->ledger.results[u->source].worker_deaths++;
	if (!*at || (*at)->state == PIECE_WRITES)
		return err_set(e, ERR_IO, 0, "%s while it wrote: the output is not whole", why);
	if (u->single) {
		drop_piece(at);
		rc = scan_loss(d->h, u, why, e);
	} else {
		rc = schedule_retry(&d->h->schedule, u, e);
		if (rc == 0)
			rc = replace(d, at, why, e);
	}
	settle(d);
	return rc;
}

/* ---- the run ---- */

static int dump_all(struct dump *d, struct err *e)
{
	const struct pool_client client = {.ctx = d, .next = dump_next, .answer = dump_answer,
					   .lost = dump_lost, .turn = dump_turn, .wrote = dump_wrote};
	struct hunt *h = d->h;
	const struct dump_options *o = d->opt;
	const struct start_options start = {.evidence = o->evidence, .jobs = o->jobs, .stop = o->stop};
	if (hunt_start(h, &start, e) < 0)
		return -1;
	h->schedule.kind = UNIT_DUMP;
	h->schedule.unit_chunks = LIMIT_DUMP_CHUNKS;
	if (write_frame(d, dump_begin, e) < 0 || pool_run(h->pool, &client, o->stop, e) < 0 ||
	    write_frame(d, dump_end, e) < 0 ||
	    (o->verify == VERIFY_ALL && hunt_verify(h, o->stop, e) < 0))
		return -1;
	return ledger_close(&h->ledger, e);
}

int dump_run(const struct dump_options *o, struct hunt **out, struct run *run, struct err *e)
{
	struct hunt *h = *out = hunt_new(o->sources, e);
	struct dump d = {.h = h, .opt = o};
	if (!h)
		return -1;
	h->progress = o->progress;
	h->progress_ctx = o->ctx;
	h->setup = (struct worker_setup){.kinds = ~0u, .dump = o, .code_page = o->code_page, .decoder_new = o->decoder_new};
	int rc = dump_all(&d, e);
	while (d.first)
		drop_piece(&d.first);
	if (rc == 0)
		hunt_fill(h, run);
	run->verified = o->verify == VERIFY_ALL;
	return rc;
}
