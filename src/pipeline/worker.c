/* SPDX-License-Identifier: Apache-2.0 */
#include "worker-private.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "evtxhound/evtx.h"
#include "evtxhound/oracle.h"

#define OUT_RELIEF (256u << 10)
#define OUT_MAX LIMIT_UNIT_REPLY
#define UNIT_MESSAGE_MAX LIMIT_MESSAGE

int worker_flush(struct worker *w)
{
	struct view v = buf_data(&w->out);
	if (w->out.bad)
		return -1;
	if (channel_send(w->sock, v, NULL) < 0)
		return -1;
	buf_clear(&w->out);
	return 0;
}

int worker_relieve(struct worker *w)
{
	return w->out.n < OUT_RELIEF && !w->out.bad ? 0 : worker_flush(w);
}

void worker_damage(void *ctx, const struct damage *d)
{
	struct worker *w = ctx;
	struct damage there = *d;
	if (w->quiet || !places_damage(w, &there))
		return;
	frame_damage(&w->out, &there);
	signs_damage(&w->signs, &there);
}

static void read_failed(struct worker *w, uint64_t off, size_t want)
{
	struct damage d = {.severity = DAMAGE_LOSS, .offset = off, .length = want, .kind = "read"};
	snprintf(d.what, sizeof(d.what), "the source cannot be read here: %s", strerror(errno));
	worker_damage(w, &d);
}

struct view worker_read(struct worker *w, uint64_t off, size_t n)
{
	size_t have = 0;
	while (have < n) {
		int64_t got = reader_read(&w->reader, off + have, w->bytes + have, n - have);
		if (got < 0)
			read_failed(w, off + have, n - have);
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	struct view v = {w->bytes, have};
	if (w->hashing)
		sha256_add(&w->hash, v);
	return v;
}

static int mark(struct worker *w, const struct host_mark *m, struct event *ev)
{
	size_t n = ev->computer.n;
	uint8_t *p = arena_alloc(&w->arena, n + m->label.n);

	if (!p)
		return -1;
	memcpy(p, ev->computer.p, n);
	memcpy(p + n, m->label.p, m->label.n);
	ev->computer = (struct view){p, n + m->label.n};
	ev->marked = (uint32_t)m->label.n;
	return 0;
}

int worker_system(struct worker *w, struct decoder *d,
		  int (*read)(struct decoder *, struct record *, struct event *, struct err *),
		  struct record *r, struct event *ev)
{
	ev->marked = 0;
	if (read(d, r, ev, &w->err) < 0)
		return -1;
	for (size_t i = 0; i < w->unit.n_marks; i++)
		if (view_eq_nocase(ev->computer, w->unit.marks[i].computer))
			return ev->computer.n ? mark(w, &w->unit.marks[i], ev) : 0;
	return 0;
}

int worker_hear(struct worker *w, void *out, size_t n)
{
	int none[CHANNEL_FDS] = {-1, -1, -1};
	return channel_recv(w->sock, out, n, none);
}

static int receive_unit(struct worker *w, struct buf *in, int *fd)
{
	uint8_t prefix[4];
	int fds[CHANNEL_FDS] = {-1, -1, -1};
	int rc = channel_recv(w->sock, prefix, sizeof(prefix), fds);
	*fd = fds[0];
	if (rc < 0)
		return -1;
	struct cursor c = cursor_of((struct view){prefix, sizeof(prefix)});
	uint32_t n = cursor_u32(&c);
	if (n > UNIT_MESSAGE_MAX)
		return -1;
	buf_clear(in);
	static const uint8_t zeros[4096];
	while (in->n < n && !in->bad)
		buf_add(in, zeros, n - in->n < sizeof(zeros) ? n - in->n : sizeof(zeros));
	if (in->bad || channel_recv(w->sock, in->p, n, fds) < 0)
		return -1;
	c = cursor_of(buf_data(in));
	return unit_read(&c, &w->unit_arena, &w->unit);
}

static int serve(struct worker *w, struct buf *in)
{
	int fd = -1;
	arena_reset(&w->unit_arena);
	if (receive_unit(w, in, &fd) < 0)
		return -1;
	w->base = reader_of_fd(fd, w->unit.map.n ? INT64_MAX : w->unit.size);
	w->mapped = (struct mapped){&w->base, w->unit.map};
	w->reader = w->unit.map.n ? reader_of_extents(&w->mapped) : w->base;
	w->quiet = false;
	w->chunk = (struct evtx_run){0};
	int rc = -1;
	if (w->unit.kind == UNIT_SCAN)
		rc = scan_unit(w);
	else if (w->unit.kind == UNIT_HASH)
		rc = hash_unit(w);
	else if (w->unit.kind == UNIT_FETCH || w->unit.kind == UNIT_FACTS)
		rc = fetch_unit(w);
	else if (w->unit.kind == UNIT_DUMP)
		rc = dump_unit(w);
	else if (w->unit.kind == UNIT_LAYOUT)
		rc = layout_unit(w);
	else if (w->unit.kind == UNIT_PEEK)
		rc = peek_unit(w);
	else if (w->unit.kind == UNIT_VERIFY)
		rc = verify_unit(w);
	if (fd >= 0)
		close(fd);
	if (rc == 0)
		frame_done(&w->out);
	return rc == 0 ? worker_flush(w) : -1;
}

static struct decoder *make_decoder(struct worker *w)
{
	const struct worker_setup *s = w->setup;
	const struct fields *f = s->rules ? &s->rules->fields : NULL;
	if (s->decoder_new)
		return s->decoder_new(f, worker_damage, w);
	if (s->libevtx)
		return oracle_decoder_new(f, worker_damage, w);
	struct decoder *d = evtx_decoder_new(f, worker_damage, w);
	if (d)
		worker_lend(w, d);
	if (d && s->code_page && !evtx_decoder_code_page(d, s->code_page)) {
		d->ops->destroy(d);
		return NULL;
	}
	return d;
}

_Noreturn void worker_main(int sock, const struct worker_setup *setup)
{
	struct worker w = {.setup = setup, .sock = sock};
	struct buf in;
	/* The terminal's ^C goes to the parent alone; it ends us, or its death does. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	buf_init(&in, UNIT_MESSAGE_MAX);
	buf_init(&w.out, OUT_MAX);
	buf_init(&w.clues, OUT_MAX);
	buf_init(&w.sightings, OUT_MAX);
	buf_init(&w.sight, 0);
	arena_init(&w.arena, LIMIT_CHUNK_ARENA);
	arena_init(&w.unit_arena, LIMIT_CHUNK_ARENA);
	map_init(&w.tally_of);
	w.bytes = mem_alloc(EVTX_CHUNK_SIZE);
	w.decoder = make_decoder(&w);
	if (!w.bytes || !w.decoder)
		_exit(3);
	while (serve(&w, &in) == 0)
		;
	_exit(0);
}
