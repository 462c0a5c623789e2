/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forked workers, fed one unit at a time. An answer is kept aside until its last frame has come; a
 * worker that dies, sends nonsense or too much is replaced, and its unit given back as lost.
 */
#include "pipeline-private.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READ_STEP (256u << 10)
#define POLL_MS 200

struct member_process {
	pid_t pid; /* 0: not running */
	int sock;
	bool busy;
	struct unit unit;
	struct arena arena;  /* the unit's lists */
	struct buf reply;
	size_t framed;       /* bytes of whole frames */
	bool done;           /* the last frame is there */
	bool overrun;        /* the answer is larger than a unit may give */
	bool held;           /* waits for its turn, or writes: as slow as whoever reads the output */
	time_t given;        /* monotonic second of the last sign of life */
};
struct pool {
	const struct worker_setup *setup;
	struct member_process *v;
	unsigned n;
	uint64_t *deaths;
};

static time_t now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void close_others(const struct pool *p, unsigned self)
{
	for (unsigned i = 0; i < p->n; i++)
		if (i != self && p->v[i].pid)
			close(p->v[i].sock);
}

#define EXIT_NO_PROGRAM 127

_Noreturn static void become(const char *program, int sock)
{
	char *const argv[] = {(char *)(uintptr_t)program, NULL};
	if (dup2(sock, STDIN_FILENO) == STDIN_FILENO && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		execv(program, argv);
	_exit(EXIT_NO_PROGRAM);
}

static int spawn(struct pool *p, unsigned i, struct err *e)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, ERR_IO, "a worker's socket cannot be made");
	fflush(NULL); /* or the child would carry the parent's unwritten output */
	pid_t pid = fork();
	if (pid < 0) {
		close(pair[0]);
		close(pair[1]);
		return err_errno(e, ERR_IO, "a worker cannot be started");
	}
	if (pid == 0) {
		close(pair[0]);
		close_others(p, i);
		if (p->setup->program)
			become(p->setup->program, pair[1]);
		worker_main(pair[1], p->setup);
	}
	close(pair[1]);
	p->v[i].pid = pid;
	p->v[i].sock = pair[0];
	return 0;
}

struct pool *pool_new(unsigned jobs, const struct worker_setup *setup, uint64_t *deaths,
		      struct err *e)
{
	struct pool *p = mem_alloc(sizeof(*p));
	if (p)
		p->v = mem_alloc(jobs * sizeof(*p->v));
	if (!p || !p->v) {
		mem_free(p);
		err_set(e, ERR_NOMEM, 0, "no memory for %u workers", jobs);
		return NULL;
	}
	p->setup = setup;
	p->deaths = deaths;
	p->n = jobs;
	for (unsigned i = 0; i < jobs; i++) {
		buf_init(&p->v[i].reply, LIMIT_UNIT_REPLY);
		arena_init(&p->v[i].arena, LIMIT_MESSAGE * 4u);
	}
	for (unsigned i = 0; i < jobs; i++) {
		if (spawn(p, i, e) < 0) {
			pool_free(p);
			return NULL;
		}
	}
	return p;
}

/* Ends one worker; returns its wait status. */
static int reap(struct member_process *m, bool force)
{
	int status = 0;
	if (!m->pid)
		return 0;
	if (force)
		kill(m->pid, SIGKILL);
	shutdown(m->sock, SHUT_RDWR); /* workers of another pool may have it, too */
	close(m->sock);
	while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR)
		;
	m->pid = 0;
	return status;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->n; i++) {
		reap(&p->v[i], p->v[i].busy);
		buf_release(&p->v[i].reply);
		arena_release(&p->v[i].arena);
	}
	mem_free(p->v);
	mem_free(p);
}

/* ---- giving ---- */

/* The unit's list is the client's; ours must last until the answer has come. */
static int keep_unit(struct member_process *m, const struct unit *u)
{
	arena_reset(&m->arena);
	m->unit = *u;
	m->unit.map = (struct extents){0}; /* it is wanted no more */
	if (!u->n_wanted)
		return 0;
	struct wanted *w = arena_array(&m->arena, u->n_wanted, sizeof(*w));
	if (!w)
		return -1;
	memcpy(w, u->wanted, u->n_wanted * sizeof(*w));
	m->unit.wanted = w;
	return 0;
}

static int give(struct member_process *m, const struct pool_client *c, const struct unit *u,
		const int fds[CHANNEL_FDS], struct err *e)
{
	struct buf body, prefix;
	buf_init(&body, LIMIT_MESSAGE);
	buf_init(&prefix, 0);
	if (c->request)
		c->request(c->ctx, u, &body);
	else
		unit_write(&body, u);
	buf_u32(&prefix, (uint32_t)body.n);
	buf_view(&prefix, buf_data(&body));
	m->busy = true;
	m->given = now_seconds();
	m->done = m->overrun = m->held = false;
	m->framed = 0;
	buf_clear(&m->reply);
	int rc = 0;
	if (prefix.bad || body.bad || keep_unit(m, u) < 0)
		rc = err_set(e, ERR_NOMEM, 0, "no memory for a unit of work");
	else
		/* A worker that is gone is met when its answer is awaited. */
		channel_send(m->sock, buf_data(&prefix), fds);
	buf_release(&prefix);
	buf_release(&body);
	return rc;
}

void pool_grant(struct pool *p, uint64_t seq, uint64_t offset)
{
	struct buf b;
	buf_init(&b, 0);
	buf_u64(&b, offset);
	for (unsigned i = 0; i < p->n; i++)
		if (p->v[i].busy && p->v[i].unit.seq == seq)
			channel_send(p->v[i].sock, buf_data(&b), NULL);
	buf_release(&b);
}

/* ---- taking ---- */

/* What cannot wait for the end of the answer. A damaged one is told when the answer is checked. */
static int hear(struct member_process *m, const struct pool_client *c, uint8_t type,
		struct view body, struct err *e)
{
	struct turn_frame turn;
	int error;
	if (type == FRAME_DONE)
		m->done = true;
	if (type == FRAME_TURN && c->turn && turn_read(body, &turn) == 0) {
		m->held = true;
		return c->turn(c->ctx, &m->unit, &turn, e);
	}
	if (type == FRAME_WROTE && c->wrote && wrote_read(body, &error) == 0) {
		m->held = false;
		return c->wrote(c->ctx, &m->unit, error, e);
	}
	return 0;
}

/* Steps over the frames that are whole. */
static int frame_on(struct member_process *m, const struct pool_client *client, struct err *e)
{
	for (;;) {
		struct cursor c = cursor_of(buf_data(&m->reply));
		cursor_seek(&c, m->framed);
		uint32_t n = cursor_u32(&c);
		uint8_t type = cursor_u8(&c);
		struct view body = cursor_take(&c, n);
		if (c.bad) {
			/* one that announces more than it may give is not waited for */
			m->overrun = n > LIMIT_UNIT_REPLY;
			return 0;
		}
		struct view frame = view_sub(buf_data(&m->reply), m->framed, c.pos - m->framed);
		m->framed = c.pos;
		if (hear(m, client, type, body, e) < 0 ||
		    (client->hears && client->hears(client->ctx, &m->unit, frame, e) < 0))
			return -1;
	}
}

/* Reads what has come; false when the worker is gone. */
static bool take(struct member_process *m, uint8_t *room)
{
	ssize_t n = recv(m->sock, room, READ_STEP, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	m->given = now_seconds();
	buf_add(&m->reply, room, (size_t)n);
	m->overrun = m->reply.bad;
	return !m->overrun;
}

static void death_text(int status, const struct member_process *m, const char *program, char out[96])
{
	if (program && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		snprintf(out, 96, "evtxhound-open cannot be run");
	else if (m->overrun)
		snprintf(out, 96, "a worker's answer grew beyond its limit");
	else if (WIFSIGNALED(status))
		snprintf(out, 96, "a worker died of signal %d", WTERMSIG(status));
	else
		snprintf(out, 96, "a worker ended with status %d", WEXITSTATUS(status));
}

static int bury(struct pool *p, unsigned i, const struct pool_client *c, const char *why,
		struct err *e)
{
	struct member_process *m = &p->v[i];
	char text[96];
	int status = reap(m, m->overrun || why != NULL);
	death_text(status, m, p->setup->program, text);
	++*p->deaths;
	m->busy = false;
	if (c->remains &&
	    c->remains(c->ctx, &m->unit, view_sub(buf_data(&m->reply), 0, m->framed), e) < 0)
		return -1;
	if (spawn(p, i, e) < 0)
		return -1;
	return c->lost(c->ctx, &m->unit, why ? why : text, e);
}

static int settle(struct pool *p, unsigned i, const struct pool_client *c, struct err *e)
{
	struct member_process *m = &p->v[i];
	const struct ruleset *rules = p->setup->rules;
	struct err bad = {0};
	struct view reply = buf_data(&m->reply);
	int rc = c->check ? c->check(c->ctx, reply, &bad)
			  : reply_check(reply, rules ? &rules->fields : NULL, rules, &bad);
	if (rc < 0)
		return bury(p, i, c, bad.msg, e);
	m->busy = false;
	return c->answer(c->ctx, &m->unit, reply, e);
}

static int serve_member(struct pool *p, unsigned i, const struct pool_client *c, uint8_t *room,
			struct err *e)
{
	struct member_process *m = &p->v[i];
	if (!take(m, room))
		return bury(p, i, c, NULL, e);
	if (frame_on(m, c, e) < 0)
		return -1;
	if (m->overrun)
		return bury(p, i, c, NULL, e);
	return m->done ? settle(p, i, c, e) : 0;
}

/* Gives units to whoever is idle; *busy tells how many are at work. */
static int feed(struct pool *p, const struct pool_client *c, unsigned *busy, struct err *e)
{
	bool dry = false;
	*busy = 0;
	for (unsigned i = 0; i < p->n; i++) {
		struct unit u;
		int fds[CHANNEL_FDS] = {-1, -1, -1};
		if (!p->v[i].busy && !dry) {
			int rc = c->next(c->ctx, &u, fds, e);
			if (rc < 0 || (rc == 0 && give(&p->v[i], c, &u, fds, e) < 0))
				return -1;
			dry = rc > 0;
		}
		*busy += p->v[i].busy;
	}
	return 0;
}

static int wait_once(struct pool *p, const struct pool_client *c, uint8_t *room, struct err *e)
{
	struct pollfd fds[LIMIT_WORKERS];
	unsigned who[LIMIT_WORKERS];
	nfds_t n = 0;
	for (unsigned i = 0; i < p->n; i++) {
		if (!p->v[i].busy)
			continue;
		who[n] = i;
		fds[n++] = (struct pollfd){.fd = p->v[i].sock, .events = POLLIN};
	}
	if (poll(fds, n, POLL_MS) < 0 && errno != EINTR)
		return err_errno(e, ERR_IO, "waiting for the workers failed");
	for (nfds_t k = 0; k < n; k++) {
		int rc = 0;
		if (fds[k].revents)
			rc = serve_member(p, who[k], c, room, e);
		else if (!p->v[who[k]].held &&
			 now_seconds() - p->v[who[k]].given > LIMIT_UNIT_SECONDS)
			rc = bury(p, who[k], c, "a worker gave no answer and was ended", e);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int pool_run(struct pool *p, const struct pool_client *c, const volatile sig_atomic_t *stop,
	     struct err *e)
{
	uint8_t *room = mem_alloc(READ_STEP);
	unsigned busy = 0;
	int rc = room ? 0 : err_set(e, ERR_NOMEM, 0, "no memory to hear the workers");
	while (rc == 0) {
		if (stop && *stop)
			rc = err_set(e, ERR_INTERRUPTED, 0, "interrupted");
		if (rc == 0)
			rc = feed(p, c, &busy, e);
		if (rc < 0 || !busy)
			break;
		rc = wait_once(p, c, room, e);
	}
	mem_free(room);
	return rc;
}
