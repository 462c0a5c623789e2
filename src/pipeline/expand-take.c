/* SPDX-License-Identifier: Apache-2.0 */
/* What an opened container holds becomes sources, volumes, facts, damage. */
#include "expand-private.h"

#include <stdio.h>
#include <string.h>

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory for what a container holds");
}

struct source_contents *expand_contents(struct source *s)
{
	if (!s->contents)
		s->contents = mem_alloc(sizeof(*s->contents));
	return s->contents;
}

int expand_tell(struct expand *x, const struct source_contents *whose, const struct damage *d,
		struct err *e)
{
	struct told t = {whose, *d};

	t.damage.kind = arena_str(&x->kinds, view_str(d->kind));
	if (!t.damage.kind || room((void **)&x->told, &x->cap_told, x->n_told + 1, sizeof(t), e) < 0)
		return no_memory(e);
	x->told[x->n_told++] = t;
	return 0;
}

static struct source *container(struct expand *x)
{
	return &x->h->sources->v[x->source];
}

/* ---- sources ---- */

/* "container:/inner", and "#inode" where that alone could mean another one. */
static char *path_of(struct expand *x, const struct open_found *f, bool *tagged)
{
	struct view parts[2] = {view_str(container(x)->path), f->path};
	uint64_t key = hash_bytes(hash_bytes(x->source, parts[0].p, parts[0].n), f->path.p, f->path.n);
	uint64_t known;
	struct buf b;

	*tagged = f->inode.n && (f->state == SOURCE_DELETED || map_get(&x->paths, key, &known));
	buf_init(&b, 0);
	buf_view(&b, parts[0]);
	buf_str(&b, ":/");
	buf_view(&b, f->path);
	if (*tagged) {
		buf_byte(&b, '#');
		buf_view(&b, f->inode);
	}
	bool ok = !b.bad && map_put(&x->paths, key, 1);
	char *path = ok ? mem_str(buf_data(&b)) : NULL;
	buf_release(&b);
	return path;
}

static bool goes_on(struct view v, struct view with, const char *by)
{
	size_t n = strlen(by);

	return view_eq(view_sub(v, 0, with.n), with) && view_eq_str(view_sub(v, with.n, n), by);
}

/* True when it is asked for; *rest: what of it, when only a part of it is. */
static bool is_wanted(const struct source *c, const struct open_found *f, struct view tagged,
		      struct view *rest)
{
	struct view want = view_str(c->want);

	*rest = (struct view){0};
	while (want.n && want.p[want.n - 1] == '/')
		want.n--;
	if (!want.n || view_eq(want, f->path) || view_eq(want, tagged) || goes_on(f->path, want, "/"))
		return true;
	struct view of = goes_on(want, tagged, ":/") ? tagged : f->path;
	if (!goes_on(want, of, ":/"))
		return false;
	*rest = view_sub(want, of.n + 2, want.n);
	return true;
}

static bool fill(struct source *s, const struct open_found *f)
{
	s->inner = mem_str(f->path);
	s->volume = mem_str(f->volume);
	s->inode = mem_str(f->inode);
	s->n_image = f->n_extents;
	if (f->n_extents)
		s->image = mem_alloc(f->n_extents * sizeof(*s->image));
	if (s->image)
		memcpy(s->image, f->extents, f->n_extents * sizeof(*s->image));
	memcpy(s->times, f->times, sizeof(s->times));
	return s->inner && s->volume && s->inode && (s->image || !f->n_extents);
}

static bool is_readable(const struct open_found *f)
{
	return f->spooled || f->n_extents || !f->size;
}

static int on_found(void *ctx, const struct open_found *f)
{
	struct expand *x = ctx;
	struct source_list *l = x->h->sources;
	struct view rest;
	bool tagged;
	struct source s = {.kind = f->kind, .format = f->format, .searched = f->searched,
			   .size = f->size, .container = x->source + 1, .state = f->state,
			   .spooled = f->spooled, .spool_at = f->spool_at, .error = f->why};

	s.spool = x->spool;
	s.path = path_of(x, f, &tagged);
	if (!s.path)
		return no_memory(x->e);
	struct view whole = view_str(s.path);
	size_t front = strlen(container(x)->path) + 2;
	if (!is_wanted(container(x), f, view_sub(whole, front, whole.n), &rest)) {
		mem_free(s.path);
		return 0;
	}
	if (rest.n)
		s.want = mem_str(rest);
	if (!is_readable(f) && f->kind != SOURCE_UNREADABLE) {
		s.kind = SOURCE_UNREADABLE;
		err_set(&s.error, ERR_DAMAGE, 0, "nobody says where its bytes are");
	}
	if (!fill(&s, f))
		mem_free(s.path), s.path = NULL;
	container(x)->contents->logs += s.kind == SOURCE_EVTX;
	return source_list_found(l, &s, x->e);
}

/* ---- all else ---- */

static int on_volume(void *ctx, const struct open_volume *v)
{
	struct expand *x = ctx;
	struct source_contents *c = container(x)->contents;
	struct source_volume n = {.offset = v->offset, .size = v->size, .created = v->created,
				  .files = v->files, .bytes = v->bytes, .read = v->read,
				  .quiet = v->quiet};
	struct damage d = {.severity = DAMAGE_LOSS, .offset = v->offset, .length = v->size,
			   .kind = "volume"};

	if (room((void **)&c->volumes, &c->cap_volumes, c->n_volumes + 1, sizeof(n), x->e) < 0)
		return -1;
	n.name = mem_str(v->name);
	n.what = mem_str(v->what);
	n.why = mem_str(v->why);
	c->volumes[c->n_volumes++] = n;
	if (!n.name || !n.what || !n.why)
		return no_memory(x->e);
	if (v->read || v->quiet)
		return 0;
	snprintf(d.what, sizeof(d.what), "%s (%s) is not read: %s", *n.name ? n.name : "the volume",
		 n.what, n.why);
	return expand_tell(x, c, &d, x->e);
}

static int on_fact(void *ctx, const char *name, struct view value)
{
	struct expand *x = ctx;
	struct source_contents *c = container(x)->contents;

	if (room((void **)&c->facts, &c->cap_facts, c->n_facts + 1, sizeof(*c->facts), x->e) < 0)
		return -1;
	c->facts[c->n_facts] = (struct source_fact){mem_str(view_str(name)), mem_str(value)};
	struct source_fact *f = &c->facts[c->n_facts++];
	return f->name && f->value ? 0 : no_memory(x->e);
}

/* It becomes a source of its own, so that it is looked at again at the end, or is one already. */
static int on_part(void *ctx, struct view name, uint64_t size)
{
	struct expand *x = ctx;
	struct source_list *l = x->h->sources;
	struct source_contents *c = container(x)->contents;
	struct view path = view_str(container(x)->path);
	struct buf b;

	if (room((void **)&c->parts, &c->cap_parts, c->n_parts + 1, sizeof(*c->parts), x->e) < 0)
		return -1;
	c->parts[c->n_parts] = (struct source_part){mem_str(name), size};
	if (!c->parts[c->n_parts++].name)
		return no_memory(x->e);
	if (container(x)->container || (name.n && memchr(name.p, '/', name.n)))
		return 0;
	buf_init(&b, 0);
	buf_view(&b, view_sub(path, 0, path.n - view_after_last(path, "/").n));
	buf_view(&b, name);
	char *whole = b.bad ? NULL : mem_str(buf_data(&b));
	buf_release(&b);
	if (!whole)
		return no_memory(x->e);
	int rc = source_list_add(l, whole, x->e);
	for (size_t i = 0; rc == 0 && i < l->n; i++) {
		if (!l->v[i].container && !strcmp(l->v[i].path, whole) && i != x->source) {
			l->v[i].kind = SOURCE_PART;
			l->v[i].error = (struct err){0};
		}
	}
	mem_free(whole);
	return rc;
}

static int on_hash(void *ctx, const uint8_t sha256[32])
{
	struct expand *x = ctx;

	memcpy(container(x)->sha256, sha256, 32);
	container(x)->hashed = true;
	return 0;
}

static void on_damage(void *ctx, const struct damage *d)
{
	struct expand *x = ctx;

	if (expand_tell(x, container(x)->contents, d, x->e) < 0)
		x->bad = true;
}

int expand_progress(void *ctx, struct view volume, uint64_t files, uint64_t bytes)
{
	struct expand *x = ctx;
	const struct progress p = {.opening = container(x)->path, .volume = volume, .files = files,
				   .bytes = bytes};

	if (x->h->progress)
		x->h->progress(x->h->progress_ctx, &p);
	return 0;
}

/* ---- an answer ---- */

/* It was opened, or in part; or not at all. */
static int settle(struct expand *x, const struct err *failed, struct err *e)
{
	struct source *s = container(x);
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "open"};
	bool some = s->contents->logs || s->contents->n_volumes;

	if (!failed->code) {
		s->kind = SOURCE_CONTAINER;
		if (s->want && *s->want && !x->found) {
			s->kind = SOURCE_UNREADABLE;
			err_set(&s->error, ERR_USAGE, 0, "holds nothing that is called %s", s->want);
		}
		return 0;
	}
	if (!some) {
		s->error = *failed;
		return 0;
	}
	s->kind = SOURCE_CONTAINER;
	snprintf(d.what, sizeof(d.what), "it is not read to its end: %.150s", failed->msg);
	return expand_tell(x, s->contents, &d, e);
}

int expand_take(struct expand *x, uint32_t source, struct view reply, struct err *e)
{
	const struct open_sink sink = {.ctx = x, .found = on_found, .volume = on_volume,
				       .fact = on_fact, .part = on_part, .hash = on_hash,
				       .damage = on_damage};
	size_t before = x->h->sources->n;
	struct err failed;

	x->source = source;
	x->e = e;
	x->bad = false;
	for (unsigned i = 0; i < x->n_slots; i++)
		if (x->slots[i].used && x->slots[i].source == source)
			x->spool = x->slots[i].spool;
	if (!expand_contents(container(x)))
		return no_memory(e);
	if (open_reply_read(reply, &sink, &failed, e) < 0 || x->bad)
		return -1;
	x->found = x->h->sources->n > before;
	return settle(x, &failed, e);
}
