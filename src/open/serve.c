/* SPDX-License-Identifier: Apache-2.0 */
/* The process that opens containers: one request after another, until nobody asks any more. */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "open-private.h"

#define OUT_RELIEF (64u << 10)

struct serving {
	int sock;
	struct buf in, out;
	struct arena arena;
	struct open_sink frames; /* into `out` */
};

static int relieve(struct serving *s, bool now)
{
	if (s->out.bad)
		return -1;
	if (!s->out.n || (!now && s->out.n < OUT_RELIEF))
		return 0;
	int rc = channel_send(s->sock, buf_data(&s->out), NULL);
	buf_clear(&s->out);
	return rc;
}

static int on_found(void *ctx, const struct open_found *f)
{
	struct serving *s = ctx;
	return s->frames.found(s->frames.ctx, f) < 0 ? -1 : relieve(s, false);
}

static int on_volume(void *ctx, const struct open_volume *v)
{
	struct serving *s = ctx;
	return s->frames.volume(s->frames.ctx, v) < 0 ? -1 : relieve(s, true);
}

static int on_fact(void *ctx, const char *name, struct view value)
{
	struct serving *s = ctx;
	return s->frames.fact(s->frames.ctx, name, value);
}

static int on_part(void *ctx, struct view name, uint64_t size)
{
	struct serving *s = ctx;
	return s->frames.part(s->frames.ctx, name, size);
}

static int on_hash(void *ctx, const uint8_t sha256[32])
{
	struct serving *s = ctx;
	return s->frames.hash(s->frames.ctx, sha256);
}

static void on_damage(void *ctx, const struct damage *d)
{
	struct serving *s = ctx;
	s->frames.damage(s->frames.ctx, d);
}

/* Sent at once: it is also what tells the parent that we live. */
static int on_progress(void *ctx, struct view volume, uint64_t files, uint64_t bytes)
{
	struct serving *s = ctx;
	return s->frames.progress(s->frames.ctx, volume, files, bytes) < 0 ? -1 : relieve(s, true);
}

static int receive(struct serving *s, int fds[CHANNEL_FDS])
{
	uint8_t prefix[4];

	if (channel_recv(s->sock, prefix, sizeof(prefix), fds) < 0)
		return -1;
	struct cursor c = cursor_of((struct view){ prefix, sizeof(prefix) });
	uint32_t n = cursor_u32(&c);
	static const uint8_t zeros[4096];
	buf_clear(&s->in);
	while (s->in.n < n && !s->in.bad)
		buf_add(&s->in, zeros, n - s->in.n < sizeof(zeros) ? n - s->in.n : sizeof(zeros));
	return s->in.bad || channel_recv(s->sock, s->in.p, n, fds) < 0 ? -1 : 0;
}

static int answer(struct serving *s, struct asked *a, const int fds[CHANNEL_FDS])
{
	const struct open_sink sink = { .ctx = s, .found = on_found, .volume = on_volume,
					.fact = on_fact, .part = on_part, .hash = on_hash,
					.damage = on_damage, .progress = on_progress };
	struct reader base = reader_of_fd(fds[0], a->map.n ? INT64_MAX : a->size);
	const struct mapped mapped = { &base, a->map };
	struct reader through = reader_of_extents(&mapped);
	struct err e = { 0 };

	a->request.bytes = a->map.n ? &through : &base;
	a->request.spool = fds[1];
	a->request.dirfd = a->folder ? fds[2] : -1;
	if (open_versions(&sink, a->request.format) < 0)
		return -1;
	if (open_container(&a->request, &sink, &e) < 0) {
		if (!e.code || e.code == ERR_NOMEM)
			return -1; /* the parent is gone, or takes another of us */
		open_failed_write(&s->out, &e);
	}
	buf_frame_end(&s->out, buf_frame(&s->out, FRAME_DONE));
	return relieve(s, true);
}

static int serve(struct serving *s)
{
	struct asked asked;
	int fds[CHANNEL_FDS] = { -1, -1, -1 };
	int rc = receive(s, fds);

	arena_reset(&s->arena);
	if (rc == 0 && open_request_read(buf_data(&s->in), &s->arena, &asked) == 0)
		rc = answer(s, &asked, fds);
	else
		rc = -1;
	for (size_t i = 0; i < CHANNEL_FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return rc;
}

static void bound_memory(void)
{
#ifndef __SANITIZE_ADDRESS__ /* whose own memory is far more */
	const struct rlimit memory = { LIMIT_OPEN_MEMORY, LIMIT_OPEN_MEMORY };

	setrlimit(RLIMIT_DATA, &memory);
#endif
}

int open_serve(int sock)
{
	struct serving s = { .sock = sock };

	/* The terminal's ^C goes to the parent alone; it ends us, or its death does. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	bound_memory();
	buf_init(&s.in, LIMIT_MESSAGE);
	buf_init(&s.out, LIMIT_MESSAGE);
	arena_init(&s.arena, LIMIT_MESSAGE * 4u);
	s.frames = open_sink_to(&s.out);
	while (serve(&s) == 0)
		;
	buf_release(&s.in);
	buf_release(&s.out);
	arena_release(&s.arena);
	return 0;
}
