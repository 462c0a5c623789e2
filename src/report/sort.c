/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "report-private.h"
#include "evtxhound/report.h"

#define WRITE_BUFFER 65536u

struct pair {
	struct view key, payload;
};

/* A sorted stretch of the spool. */
struct run_range {
	uint64_t from, to;
};

/* One run of a merge. */
struct feed {
	uint64_t pos, end; /* what is not yet loaded */
	uint8_t *p;
	size_t at, n, cap;
	struct pair pair;
	size_t order; /* of the run: the earlier one goes first among equals */
};

struct sorter {
	int dirfd, fd; /* the spool, -1 while there is none */
	size_t memory;
	unsigned fanin;
	struct buf mem;   /* pairs of the run that is being gathered */
	size_t *at;       /* where they start */
	size_t n, cap, i; /* pairs; the next one to give when all fit in memory */
	uint64_t end;     /* of the spool */
	struct run_range *runs;
	size_t n_runs, cap_runs;
	struct feed *feeds; /* a heap of those that have a pair */
	size_t n_feeds;
	bool given; /* feeds[0].pair was given and must move on */
};

struct sorter *sorter_new(int dirfd, size_t memory, unsigned fanin, struct err *e)
{
	struct sorter *s = mem_alloc(sizeof(*s));

	if (!s) {
		no_memory(e, "sorting the timeline");
		return NULL;
	}
	s->dirfd = dirfd;
	s->fd = -1;
	s->memory = memory;
	s->fanin = fanin < 2 ? 2 : fanin;
	buf_init(&s->mem, 0);
	return s;
}

static void drop_feeds(struct sorter *s)
{
	for (size_t i = 0; i < s->n_feeds; i++)
		mem_free(s->feeds[i].p);
	mem_free(s->feeds);
	s->feeds = NULL;
	s->n_feeds = 0;
}

void sorter_free(struct sorter *s)
{
	if (!s)
		return;
	drop_feeds(s);
	if (s->fd >= 0)
		close(s->fd);
	buf_release(&s->mem);
	mem_free(s->at);
	mem_free(s->runs);
	mem_free(s);
}

static struct pair pair_at(const struct buf *mem, size_t at)
{
	struct cursor c = cursor_of(buf_data(mem));
	struct pair p;

	cursor_seek(&c, at);
	p.key = cursor_blob(&c);
	p.payload = cursor_blob(&c);
	return p;
}

static int pair_cmp(const struct pair *a, const struct pair *b)
{
	int order = view_cmp(a->key, b->key);

	return order ? order : view_cmp(a->payload, b->payload);
}

static int compare_at(const void *a, const void *b, void *mem)
{
	struct pair x = pair_at(mem, *(const size_t *)a);
	struct pair y = pair_at(mem, *(const size_t *)b);

	return pair_cmp(&x, &y);
}

static void sort_memory(struct sorter *s)
{
	if (s->n > 1)
		qsort_r(s->at, s->n, sizeof(*s->at), compare_at, &s->mem);
}

/* ---- writing runs ---- */

/* A spool being written: buffered, at the descriptor's own position. */
struct spool {
	int fd;
	uint64_t end;
	struct buf b;
};

static int spool_flush(struct spool *w, struct err *e)
{
	if (w->b.bad)
		return no_memory(e, "sorting the timeline");
	if (write_all(w->fd, buf_data(&w->b)) < 0)
		return err_errno(e, ERR_IO, "cannot write the timeline's temporary file");
	w->end += w->b.n;
	buf_clear(&w->b);
	return 0;
}

static int spool_pair(struct spool *w, const struct pair *p, struct err *e)
{
	buf_blob(&w->b, p->key);
	buf_blob(&w->b, p->payload);
	return w->b.bad || w->b.n >= WRITE_BUFFER ? spool_flush(w, e) : 0;
}

static int add_run(struct run_range **runs, size_t *n, size_t *cap, struct run_range r,
		   struct err *e)
{
	if (*n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		struct run_range *p = mem_grow(*runs, more * sizeof(*p));

		if (!p)
			return no_memory(e, "sorting the timeline");
		*runs = p;
		*cap = more;
	}
	(*runs)[(*n)++] = r;
	return 0;
}

/* Sorts what is in memory and puts it behind the runs there are. */
static int spill(struct sorter *s, struct err *e)
{
	struct spool w = {.end = s->end};
	uint64_t from = s->end;
	int rc = 0;

	if (s->fd < 0)
		s->fd = report_spool(s->dirfd, e);
	if (s->fd < 0)
		return -1;
	w.fd = s->fd;
	sort_memory(s);
	buf_init(&w.b, 0);
	for (size_t i = 0; rc == 0 && i < s->n; i++) {
		struct pair p = pair_at(&s->mem, s->at[i]);

		rc = spool_pair(&w, &p, e);
	}
	rc = rc ? rc : spool_flush(&w, e);
	buf_release(&w.b);
	buf_clear(&s->mem);
	s->n = 0;
	s->end = w.end;
	return rc ? rc
		  : add_run(&s->runs, &s->n_runs, &s->cap_runs, (struct run_range){from, w.end}, e);
}

static bool room_for(const struct sorter *s, size_t bytes)
{
	size_t used = s->mem.n + s->n * sizeof(*s->at);

	return !s->n || (bytes <= s->memory && used <= s->memory - bytes);
}

int sorter_add(struct sorter *s, struct view key, struct view payload, struct err *e)
{
	size_t at;

	if (!room_for(s, key.n + payload.n + 8 + sizeof(*s->at)) && spill(s, e) < 0)
		return -1;
	if (s->n == s->cap) {
		size_t more = s->cap ? s->cap * 2 : 1024;
		size_t *p = mem_grow(s->at, more * sizeof(*p));

		if (!p)
			return no_memory(e, "sorting the timeline");
		s->at = p;
		s->cap = more;
	}
	at = s->mem.n;
	buf_blob(&s->mem, key);
	buf_blob(&s->mem, payload);
	if (s->mem.bad)
		return no_memory(e, "sorting the timeline");
	s->at[s->n++] = at;
	return 0;
}

/* ---- merging ---- */

static int feed_read(struct feed *f, int fd, size_t want, struct err *e)
{
	while (f->n < want) {
		ssize_t got = pread(fd, f->p + f->n, want - f->n, (off_t)f->pos);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, ERR_IO, "cannot read the timeline's temporary file");
		if (got == 0)
			return err_set(e, ERR_IO, f->pos, "the timeline's temporary file is cut");
		f->n += (size_t)got;
		f->pos += (uint64_t)got;
	}
	return 0;
}

/* Sees to it that `need` bytes from `at` on are loaded, and as many more as the buffer takes. */
static int feed_fill(struct feed *f, int fd, size_t need, struct err *e)
{
	size_t left = f->n - f->at;
	uint64_t all = left + (f->end - f->pos);

	if (need <= left)
		return 0;
	if (need > all)
		return err_set(e, ERR_IO, f->pos, "the timeline's temporary file is cut");
	memmove(f->p, f->p + f->at, left);
	f->at = 0;
	f->n = left;
	if (need > f->cap) {
		uint8_t *p = mem_grow(f->p, need);

		if (!p)
			return no_memory(e, "sorting the timeline");
		f->p = p;
		f->cap = need;
	}
	return feed_read(f, fd, all < f->cap ? (size_t)all : f->cap, e);
}

static struct view feed_loaded(const struct feed *f)
{
	return (struct view){f->p + f->at, f->n - f->at};
}

/* The length of the blob that starts `skip` bytes on; it and its length are loaded after. */
static int feed_blob(struct feed *f, int fd, size_t skip, size_t *size, struct err *e)
{
	struct cursor c;

	if (feed_fill(f, fd, skip + 4, e) < 0)
		return -1;
	c = cursor_of(feed_loaded(f));
	cursor_skip(&c, skip);
	*size = cursor_u32(&c);
	return feed_fill(f, fd, skip + 4 + *size, e);
}

/* 0 with the next pair, >0 at the end of the run. */
static int feed_next(struct feed *f, int fd, struct err *e)
{
	struct cursor c;
	size_t key, payload;

	if (f->at == f->n && f->pos == f->end)
		return 1;
	if (feed_blob(f, fd, 0, &key, e) < 0 || feed_blob(f, fd, key + 4, &payload, e) < 0)
		return -1;
	c = cursor_of(feed_loaded(f));
	f->pair.key = cursor_blob(&c);
	f->pair.payload = cursor_blob(&c);
	f->at += key + payload + 8;
	return 0;
}

static bool feed_before(const struct feed *a, const struct feed *b)
{
	int order = pair_cmp(&a->pair, &b->pair);

	return order ? order < 0 : a->order < b->order;
}

static void heap_sink(struct sorter *s, size_t i)
{
	for (;;) {
		size_t least = i;
		struct feed swap;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < s->n_feeds; k++)
			if (feed_before(&s->feeds[k], &s->feeds[least]))
				least = k;
		if (least == i)
			return;
		swap = s->feeds[i];
		s->feeds[i] = s->feeds[least];
		s->feeds[least] = swap;
		i = least;
	}
}

static int merge_start(struct sorter *s, size_t first, size_t n, struct err *e)
{
	size_t each = s->memory / s->fanin < 4096 ? 4096 : s->memory / s->fanin;

	s->feeds = mem_alloc(n * sizeof(*s->feeds));
	if (!s->feeds)
		return no_memory(e, "sorting the timeline");
	for (size_t i = 0; i < n; i++) {
		struct feed *f = &s->feeds[s->n_feeds++];

		f->pos = s->runs[first + i].from;
		f->end = s->runs[first + i].to;
		f->order = i;
		f->p = mem_alloc(each);
		f->cap = each;
		if (!f->p)
			return no_memory(e, "sorting the timeline");
		if (feed_next(f, s->fd, e) != 0)
			return -1; /* a run is never empty */
	}
	for (size_t i = n; i-- > 0;)
		heap_sink(s, i);
	s->given = false;
	return 0;
}

/* 0: the least pair is feeds[0].pair; >0: all runs are at their end. */
static int merge_next(struct sorter *s, struct err *e)
{
	int rc = 0;

	if (s->given && s->n_feeds) {
		rc = feed_next(&s->feeds[0], s->fd, e);
		if (rc > 0) {
			mem_free(s->feeds[0].p);
			s->feeds[0] = s->feeds[--s->n_feeds];
		}
		heap_sink(s, 0);
	}
	s->given = true;
	if (rc < 0)
		return rc;
	return s->n_feeds ? 0 : 1;
}

static int merge_to(struct sorter *s, size_t first, size_t n, struct spool *w, struct err *e)
{
	int rc = merge_start(s, first, n, e);

	while (rc == 0) {
		rc = merge_next(s, e);
		if (rc == 0)
			rc = spool_pair(w, &s->feeds[0].pair, e);
	}
	drop_feeds(s);
	return rc < 0 ? rc : spool_flush(w, e);
}

/* Merges every `fanin` runs to one, into a new spool. */
static int merge_pass(struct sorter *s, struct err *e)
{
	struct spool w = {.fd = report_spool(s->dirfd, e)};
	size_t done = 0;
	int rc = w.fd < 0 ? -1 : 0;

	buf_init(&w.b, 0);
	for (size_t i = 0; rc == 0 && i < s->n_runs; i += s->fanin) {
		size_t n = s->n_runs - i < s->fanin ? s->n_runs - i : s->fanin;
		uint64_t from = w.end;

		rc = merge_to(s, i, n, &w, e);
		s->runs[done++] = (struct run_range){from, w.end};
	}
	buf_release(&w.b);
	if (rc < 0) {
		if (w.fd >= 0)
			close(w.fd);
		return rc;
	}
	close(s->fd);
	s->fd = w.fd;
	s->n_runs = done;
	return 0;
}

int sorter_finish(struct sorter *s, struct err *e)
{
	if (!s->n_runs) {
		sort_memory(s);
		return 0;
	}
	if (s->n && spill(s, e) < 0)
		return -1;
	buf_release(&s->mem);
	while (s->n_runs > s->fanin)
		if (merge_pass(s, e) < 0)
			return -1;
	return merge_start(s, 0, s->n_runs, e);
}

int sorter_next(struct sorter *s, struct view *key, struct view *payload, struct err *e)
{
	struct pair p;

	if (s->n_runs) {
		int rc = merge_next(s, e);

		if (rc)
			return rc;
		p = s->feeds[0].pair;
	} else {
		if (s->i == s->n)
			return 1;
		p = pair_at(&s->mem, s->at[s->i++]);
	}
	*key = p.key;
	*payload = p.payload;
	return 0;
}
