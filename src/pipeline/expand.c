/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before anything is scanned: containers among the evidence are opened by other processes, and what
 * is found in them becomes sources as well, containers among these again. What is lost with a
 * process is told; what it had told before it died is taken.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "expand-private.h"

/* ---- what is to be opened ---- */

/* What is asked for by its path is carved without the option. */
static enum open_carve carving_of(const struct evidence_options *o, const struct source *s)
{
	enum open_carve most = CARVE_NONE;

	for (size_t i = 0; i < s->n_want; i++) {
		enum open_carve asked = open_carve_asked(view_str(s->want[i].path));
		if (asked > most)
			most = asked;
	}
	return most == CARVE_NONE ? o->open.carve : most;
}

static bool is_container(const struct evidence_options *o, const struct source *s)
{
	const char *why;

	if (s->kind == SOURCE_RECOGNISED)
		return open_knows(s->format, &why);
	/* a file without a format is searched as an image is, where that is asked for */
	return s->kind == SOURCE_EVTX && s->searched && s->named && carving_of(o, s) != CARVE_NONE;
}

/* Why a known format is not opened. */
static void explain(struct source *s)
{
	const char *why = NULL;

	if (s->kind == SOURCE_RECOGNISED && !s->error.code && !open_knows(s->format, &why) && why)
		err_set(&s->error, ERR_UNSUPPORTED, 0, "%s", why);
}

static unsigned nesting_of(const struct source_list *l, const struct source *s)
{
	unsigned n = 0;

	for (; s->container; s = &l->v[s->container - 1])
		n++;
	return n;
}

static struct asking *free_slot(struct expand *x)
{
	for (unsigned i = 0; i < x->n_slots; i++)
		if (!x->slots[i].used)
			return &x->slots[i];
	return NULL;
}

static struct asking *slot_of(struct expand *x, const struct unit *u)
{
	for (unsigned i = 0; i < x->n_slots; i++)
		if (x->slots[i].used && x->slots[i].source == u->source)
			return &x->slots[i];
	return NULL;
}

/* The folder of a file; -1 when it cannot be opened: then its other parts are not found. */
static int folder_of(const char *path)
{
	size_t n = strlen(path) - view_after_last(view_str(path), "/").n;
	char *folder = mem_str(n ? (struct view){(const uint8_t *)path, n} : view_str("."));
	int fd = folder ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	mem_free(folder);
	return fd;
}

/* A spool that nobody writes to, at its end. */
static int take_spool(struct expand *x, struct asking *a, struct err *e)
{
	struct source_list *l = x->h->sources;
	off_t end;

	for (a->spool = 0; a->spool < l->n_spools; a->spool++) {
		bool taken = false;
		for (unsigned i = 0; i < x->n_slots; i++)
			taken = taken || (&x->slots[i] != a && x->slots[i].used &&
					  x->slots[i].spool == a->spool);
		if (!taken)
			break;
	}
	if (a->spool == l->n_spools) {
		int fd = report_spool(x->opt->dirfd, e);
		if (fd < 0 || source_list_spool(l, fd, e) < 0)
			return -1;
	}
	end = lseek(l->spools[a->spool], 0, SEEK_END);
	a->spool_at = end > 0 ? (uint64_t)end : 0;
	return 0;
}

/* Makes the slot ready; >0: the container cannot be opened any more, which it is told. */
static int prepare(struct expand *x, struct asking *a, uint32_t index, struct err *e)
{
	struct source *s = &x->h->sources->v[index];
	struct err why = {0};

	*a = (struct asking){.used = true, .source = index, .dirfd = -1, .bytes = {.fd = -1}};
	if (take_spool(x, a, e) < 0)
		return -1;
	if (source_bytes(x->h->sources, s, &a->bytes, &why) < 0) {
		s->kind = SOURCE_UNREADABLE;
		s->error = why;
		a->used = false;
		return 1;
	}
	if (!s->container && !s->spooled)
		a->dirfd = folder_of(s->path);
	return 0;
}

static void slot_release(struct asking *a)
{
	bytes_close(&a->bytes);
	if (a->dirfd >= 0)
		close(a->dirfd);
	a->used = false;
}

/* The next one to open; SIZE_MAX: none is known. */
static size_t next_index(struct expand *x)
{
	if (x->n_retries)
		return x->retries[--x->n_retries];
	while (x->next < x->h->sources->n) {
		struct source *s = &x->h->sources->v[x->next++];
		explain(s);
		if (is_container(x->opt, s))
			return s->index;
	}
	return SIZE_MAX;
}

static int expand_next(void *ctx, struct unit *u, int fds[CHANNEL_FDS], struct err *e)
{
	struct expand *x = ctx;
	struct asking *a = free_slot(x);

	for (int rc = 1; rc > 0;) {
		size_t index = next_index(x);
		if (index == SIZE_MAX)
			return 1;
		rc = prepare(x, a, (uint32_t)index, e);
		if (rc < 0)
			return -1;
	}
	*u = (struct unit){.kind = UNIT_OPEN, .source = a->source};
	fds[0] = a->bytes.fd;
	fds[1] = x->h->sources->spools[a->spool];
	fds[2] = a->dirfd;
	return 0;
}

/* The folder that both are in, or what they are. */
static struct view common(struct view a, struct view b)
{
	size_t n = 0, most = a.n < b.n ? a.n : b.n;

	while (n < most && a.p[n] == b.p[n])
		n++;
	if (n == a.n && (n == b.n || b.p[n] == '/'))
		return a;
	if (n == b.n && a.p[n] == '/')
		return b;
	while (n && a.p[n - 1] != '/')
		n--;
	return view_sub(a, 0, n ? n - 1 : 0);
}

/* Where all that is asked for is, if its words can be nothing else than paths in this container. */
static struct view only_of(const struct source *s)
{
	struct view only = {0};

	for (size_t i = 0; i < s->n_want; i++) {
		struct view want = view_str(s->want[i].path);
		if (memmem(want.p, want.n, ":/", 2) || memchr(want.p, '#', want.n))
			return (struct view){0};
		only = i ? common(only, want) : want;
	}
	return only;
}

static void expand_request(void *ctx, const struct unit *u, struct buf *b)
{
	struct expand *x = ctx;
	const struct asking *a = slot_of(x, u);
	const struct source *s = &x->h->sources->v[u->source];
	const struct reader bytes = {.size = s->size, .fd = a->bytes.fd};
	const struct extents map = {a->bytes.map, a->bytes.n_map};
	struct open_options options = source_format_is_archive(s->format) ? x->archive : x->opt->open;
	const struct open_request r = {
		.bytes = &bytes,
		.format = s->kind == SOURCE_RECOGNISED ? s->format : "raw image",
		.name = view_after_last(view_str(s->container ? s->inner : s->path), "/"),
		.dirfd = a->dirfd,
		.only = only_of(s),
		.spool_at = a->spool_at,
		.spool_max = x->opt->spool_max,
		.nesting = nesting_of(x->h->sources, s),
		.options = &options,
	};

	options.carve = carving_of(x->opt, s);
	open_request_write(b, &r, &map);
}

/* ---- what comes of it ---- */

static int expand_check(void *ctx, struct view reply, struct err *e)
{
	const struct open_sink nobody = {0};
	struct err failed;

	(void)ctx;
	return open_reply_read(reply, &nobody, &failed, e);
}

static int expand_hears(void *ctx, const struct unit *u, struct view frame, struct err *e)
{
	struct expand *x = ctx;
	const struct open_sink sink = {.ctx = x, .progress = expand_progress};
	struct err failed;

	(void)e;
	x->source = u->source;
	open_reply_read(frame, &sink, &failed, &(struct err){0});
	return 0;
}

static int expand_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct expand *x = ctx;
	int rc = expand_take(x, u->source, reply, e);

	slot_release(slot_of(x, u));
	return rc;
}

static int expand_remains(void *ctx, const struct unit *u, struct view frames, struct err *e)
{
	struct expand *x = ctx;

	if (!x->h->sources->v[u->source].contents || !x->h->sources->v[u->source].contents->deaths)
		return 0;
	return expand_take(x, u->source, frames, e);
}

static int expand_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct expand *x = ctx;
	struct source *s = &x->h->sources->v[u->source];
	struct source_contents *c = expand_contents(s);
	struct damage d = {.severity = DAMAGE_LOSS, .length = s->size, .kind = "worker"};

	slot_release(slot_of(x, u));
	if (!c)
		return err_set(e, ERR_NOMEM, 0, "no memory for what a container holds");
	if (c->deaths++ == 0) {
		x->retries[x->n_retries++] = u->source;
		return 0;
	}
	s->kind = SOURCE_CONTAINER;
	snprintf(d.what, sizeof(d.what), "%s opening it, twice: what else it holds is missing", why);
	return expand_tell(x, c, &d, e);
}

/* ---- the whole ---- */

static bool any_container(struct expand *x)
{
	bool any = false;

	for (size_t i = 0; i < x->h->sources->n; i++) {
		explain(&x->h->sources->v[i]);
		any = any || is_container(x->opt, &x->h->sources->v[i]);
	}
	return any;
}

static int expand_pool(struct expand *x, unsigned jobs, const volatile sig_atomic_t *stop, struct err *e)
{
	const struct worker_setup setup = {.program = x->opt->program};
	const struct pool_client client = {.ctx = x, .next = expand_next, .answer = expand_answer,
					   .lost = expand_lost, .request = expand_request,
					   .check = expand_check, .hears = expand_hears,
					   .remains = expand_remains};
	struct pool *pool = pool_new(jobs, &setup, &x->h->deaths, e);
	int rc = pool ? pool_run(pool, &client, stop, e) : -1;

	pool_free(pool);
	return rc;
}

int expand_run(struct expand *x, struct hunt *h, const struct start_options *o, unsigned jobs,
	       struct err *e)
{
	memset(x, 0, sizeof(*x));
	x->h = h;
	x->opt = o->evidence;
	map_init(&x->paths);
	strtab_init(&x->kinds, false, LIMIT_MESSAGE);
	if (!x->opt || !x->opt->program || !any_container(x))
		return 0;
	x->archive = x->opt->open;
	x->archive.hash |= o->hash;
	x->n_slots = jobs;
	x->slots = mem_alloc(jobs * sizeof(*x->slots));
	x->retries = mem_alloc(jobs * sizeof(*x->retries));
	if (!x->slots || !x->retries)
		return err_set(e, ERR_NOMEM, 0, "no memory to open containers");
	if (expand_pool(x, jobs, o->stop, e) < 0)
		return -1;
	return source_list_order(h->sources, e);
}

/* From the back, so that each one's run in the order told. *first: by contents, index + 1. */
static int link_told(struct expand *x, struct map *first, struct err *e)
{
	for (size_t k = x->n_told; k--;) {
		uint64_t key = (uintptr_t)x->told[k].whose;
		map_get(first, key, &x->told[k].next);
		if (!map_put(first, key, k + 1))
			return err_set(e, ERR_NOMEM, 0, "no memory for what containers hold");
	}
	return 0;
}

/* What was told of containers, once the ledger knows its sources. */
int expand_close(struct expand *x, struct err *e)
{
	struct map first;
	uint64_t k;

	map_init(&first);
	int rc = link_told(x, &first, e);
	for (size_t i = 0; rc == 0 && i < x->h->sources->n; i++) {
		const struct source_contents *c = x->h->sources->v[i].contents;
		if (!c)
			continue;
		struct source_result *r = &x->h->ledger.results[i];
		r->worker_deaths += c->deaths;
		r->more_damage += c->more;
		r->losses += c->more_losses;
		if (!map_get(&first, (uintptr_t)c, &k))
			continue;
		for (; rc == 0 && k; k = x->told[k - 1].next)
			rc = ledger_damage(&x->h->ledger, (uint32_t)i, &x->told[k - 1].damage, e);
	}
	map_release(&first);
	return rc;
}

void expand_release(struct expand *x)
{
	for (unsigned i = 0; x->slots && i < x->n_slots; i++)
		if (x->slots[i].used)
			slot_release(&x->slots[i]);
	mem_free(x->slots);
	mem_free(x->retries);
	mem_free(x->told);
	map_release(&x->paths);
	strtab_release(&x->kinds);
}
