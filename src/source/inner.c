/* SPDX-License-Identifier: Apache-2.0 */
#include "inner.h"
#include "sniff.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>

#define COPY_STEP (64u << 10)

static void contents_free(struct source_contents *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n_volumes; i++) {
		mem_free(c->volumes[i].name);
		mem_free(c->volumes[i].what);
		mem_free(c->volumes[i].why);
	}
	for (size_t i = 0; i < c->n_facts; i++) {
		mem_free(c->facts[i].name);
		mem_free(c->facts[i].value);
	}
	for (size_t i = 0; i < c->n_parts; i++)
		mem_free(c->parts[i].name);
	mem_free(c->parts);
	mem_free(c->volumes);
	mem_free(c->facts);
	mem_free(c);
}

static void forget_wants(struct source *s)
{
	for (size_t i = 0; i < s->n_want; i++)
		mem_free(s->want[i].path);
	mem_free(s->want);
	s->want = NULL;
	s->n_want = 0;
}

void inner_release(struct source *s)
{
	forget_wants(s);
	mem_free(s->path);
	mem_free(s->inner);
	mem_free(s->volume);
	mem_free(s->inode);
	mem_free(s->image);
	contents_free(s->contents);
	*s = (struct source){ 0 };
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory for the list of evidence");
}

int source_ask(struct source *s, struct view path, struct err *e)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	if (!path.n)
		forget_wants(s);
	for (size_t i = 0; i < s->n_want; i++)
		if (view_eq_str(path, s->want[i].path))
			return 0;
	if (!path.n)
		return 0;
	struct source_want *v = mem_grow(s->want, (s->n_want + 1) * sizeof(*v));
	if (!v)
		return no_memory(e);
	s->want = v;
	v[s->n_want] = (struct source_want){ .path = mem_str(path) };
	return v[s->n_want].path ? (s->n_want++, 0) : no_memory(e);
}

int source_list_found(struct source_list *l, struct source *s, struct err *e)
{
	if (!s->path || !list_room(l)) {
		inner_release(s);
		return no_memory(e);
	}
	s->index = (uint32_t)l->n;
	l->v[l->n++] = *s;
	return 0;
}

/* ---- the order: containers, each with what is in it behind it ---- */

struct ordering {
	const struct source_list *l;
	size_t *first, *next; /* by index: the first one in it, and the next one beside it; SIZE_MAX none */
	struct source *out;
	uint32_t *place; /* where it came to stand, + 1 */
	size_t n;
};

/* Lists are made from the back, so that they run forwards. */
static void link_all(struct ordering *o, size_t *top)
{
	*top = SIZE_MAX;
	for (size_t i = 0; i < o->l->n; i++)
		o->first[i] = SIZE_MAX;
	for (size_t i = o->l->n; i-- > 0;) {
		uint32_t in = o->l->v[i].container;
		size_t *head = in ? &o->first[in - 1] : top;
		o->next[i] = *head;
		*head = i;
	}
}

static void put(struct ordering *o, size_t i)
{
	struct source *s = &o->out[o->n];

	*s = o->l->v[i];
	s->index = (uint32_t)o->n++;
	o->place[i] = (uint32_t)o->n;
	if (s->container)
		s->container = o->place[s->container - 1];
}

/* Down to the first within, else to the next beside, else up: no deeper than containers nest. */
static void walk_from(struct ordering *o, size_t top)
{
	size_t above[LIMIT_NESTING + 2], depth = 0;

	for (size_t i = top; i != SIZE_MAX;) {
		put(o, i);
		if (o->first[i] != SIZE_MAX && depth < LIMIT_NESTING + 2) {
			above[depth++] = i;
			i = o->first[i];
			continue;
		}
		while (o->next[i] == SIZE_MAX && depth)
			i = above[--depth];
		i = o->next[i];
	}
}

int source_list_order(struct source_list *l, struct err *e)
{
	struct ordering o = { .l = l };
	size_t top;

	o.first = mem_alloc((l->n + 1) * sizeof(*o.first));
	o.next = mem_alloc((l->n + 1) * sizeof(*o.next));
	o.place = mem_alloc((l->n + 1) * sizeof(*o.place));
	o.out = mem_alloc((l->cap + 1) * sizeof(*o.out));
	bool ok = o.first && o.next && o.place && o.out;
	if (ok) {
		link_all(&o, &top);
		walk_from(&o, top);
		mem_free(l->v);
		l->v = o.out;
		/* who is where has changed; nothing is added by device and inode any more */
		map_release(&l->ids);
		map_init(&l->ids);
	} else {
		mem_free(o.out);
	}
	mem_free(o.first);
	mem_free(o.next);
	mem_free(o.place);
	return ok ? 0 : no_memory(e);
}

/* ---- what they are worth ---- */

static const struct source *within(const struct source_list *l, const struct source *s)
{
	return s->container ? &l->v[s->container - 1] : NULL;
}

enum source_state source_state_of(const struct source_list *l, const struct source *s)
{
	enum source_state least = SOURCE_LIVE;

	/* containers nest no deeper than LIMIT_NESTING */
	for (; s; s = within(l, s))
		if (s->state > least)
			least = s->state;
	return least;
}

enum source_rank source_rank(const struct source_list *l, const struct source *s)
{
	switch (source_state_of(l, s)) {
	case SOURCE_SHADOW:
		return RANK_SHADOW;
	case SOURCE_DELETED:
		return RANK_DELETED;
	case SOURCE_CARVED:
		return RANK_CARVED;
	case SOURCE_LIVE:
		break;
	}
	/* an image in an archive has its volumes as they were: what it lies in itself tells */
	const struct source *in = within(l, s);
	return in && source_format_is_archive(in->format) ? RANK_ARCHIVE : RANK_LIVE;
}

/* ---- their bytes ---- */

static int spool_bytes(const struct source_list *l, const struct source *s, struct source_bytes *out,
		       struct err *e)
{
	char path[64];

	/* opened anew, so that nobody who reads can write */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", l->spools[s->spool]);
	out->map = s->size ? mem_alloc(sizeof(*out->map)) : NULL;
	if (s->size && !out->map)
		return no_memory(e);
	if (s->size)
		*out->map = (struct extent){ 0, s->spool_at, s->size };
	out->n_map = s->size ? 1 : 0;
	out->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (out->fd >= 0)
		return 0;
	mem_free(out->map);
	out->map = NULL;
	return err_errno(e, ERR_IO, "the spool cannot be read");
}

static int through(const struct source *s, struct source_bytes *base, struct source_bytes *out,
		   struct err *e)
{
	const struct extents inner = { s->image, s->n_image };
	const struct extents outer = { base->map, base->n_map };
	const struct extent whole = { 0, 0, INT64_MAX };
	const struct extents all = { &whole, 1 };

	int64_t n = extents_compose(&inner, outer.n ? &outer : &all, &out->map);
	mem_free(base->map);
	if (n < 0) {
		close(base->fd);
		return no_memory(e);
	}
	out->fd = base->fd;
	out->n_map = (size_t)n;
	return 0;
}

int source_bytes(const struct source_list *l, const struct source *s, struct source_bytes *out,
		 struct err *e)
{
	struct source_bytes base;

	*out = (struct source_bytes){ .fd = -1 };
	if (s->spooled)
		return spool_bytes(l, s, out, e);
	if (!s->container) {
		out->fd = source_open(s, e);
		return out->fd < 0 ? -1 : 0;
	}
	/* containers nest no deeper than LIMIT_NESTING */
	if (source_bytes(l, &l->v[s->container - 1], &base, e) < 0)
		return -1;
	return through(s, &base, out, e);
}

/* ---- standard input ---- */

/* -1 with `e`: the spool. What cannot be read of `fd` is in *why. */
static int copy(int fd, int spool, uint64_t max, uint64_t *size, struct err *why, struct err *e)
{
	uint8_t bytes[COPY_STEP];
	ssize_t n = 1;

	for (*size = 0; n > 0 && *size < max; *size += (uint64_t)n) {
		size_t want = max - *size < sizeof(bytes) ? (size_t)(max - *size) : sizeof(bytes);
		do
			n = read(fd, bytes, want);
		while (n < 0 && errno == EINTR);
		if (n < 0) {
			err_errno(why, ERR_IO, "cannot be read");
			return 0;
		}
		if (n > 0 && pwrite(spool, bytes, (size_t)n, (off_t)*size) != n)
			return err_errno(e, ERR_IO, "the spool cannot be written");
	}
	if (n > 0 && read(fd, bytes, 1) > 0)
		err_set(why, ERR_LIMIT, 0, "is larger than the %llu bytes that the spool may hold",
			(unsigned long long)max);
	return 0;
}

int source_list_spool(struct source_list *l, int fd, struct err *e)
{
	int *spools = mem_grow(l->spools, (l->n_spools + 1) * sizeof(*spools));

	if (!spools) {
		close(fd);
		return no_memory(e);
	}
	l->spools = spools;
	l->spools[l->n_spools++] = fd;
	return 0;
}

int source_list_stream(struct source_list *l, int fd, int spool, uint64_t max, struct err *e)
{
	struct source s = { .named = true, .spooled = true, .format = "" };

	if (source_list_spool(l, spool, e) < 0)
		return -1;
	s.path = mem_str(view_str("-"));
	if (!s.path)
		return no_memory(e);
	s.spool = (uint32_t)(l->n_spools - 1);
	if (copy(fd, spool, max, &s.size, &s.error, e) < 0) {
		inner_release(&s);
		return -1;
	}
	const struct reader r = reader_of_fd(spool, s.size);
	s.kind = SOURCE_UNREADABLE;
	if (!s.error.code)
		s.kind = source_look(&r, true, &s.format, &s.searched, &s.error);
	return source_list_found(l, &s, e);
}
