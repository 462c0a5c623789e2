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

/* Once for each that there is; NULL: no memory. */
static const char *keep_kind(struct expand *x, const char *kind)
{
	uint32_t id = strtab_add(&x->kinds, (struct view){(const uint8_t *)kind, strlen(kind) + 1});

	return id == STRTAB_NONE ? NULL : (const char *)strtab_text(&x->kinds, id).p;
}

int expand_tell(struct expand *x, struct source_contents *whose, const struct damage *d, struct err *e)
{
	struct told t = {.whose = whose, .damage = *d};

	if (whose->told++ >= LIMIT_DAMAGE_PER_SOURCE) {
		whose->more++;
		whose->more_losses += d->severity == DAMAGE_LOSS;
		return 0;
	}
	t.damage.kind = keep_kind(x, d->kind);
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

static bool is_taken(const struct expand *x, const struct buf *path)
{
	return map_get(&x->paths, hash_bytes(x->source, path->p, path->n), NULL);
}

static bool take(struct expand *x, const struct buf *path)
{
	return !path->bad && map_put(&x->paths, hash_bytes(x->source, path->p, path->n), 1);
}

#define TAGS 4u /* who has given more such names to his entries has one path twice */

/* "container:/inner", and "#inode" where that alone could mean another one. */
static char *path_of(struct expand *x, const struct open_found *f)
{
	struct buf b;

	buf_init(&b, 0);
	buf_str(&b, container(x)->path);
	buf_str(&b, ":/");
	buf_view(&b, f->path);
	bool tag = f->inode.n && (f->state == SOURCE_DELETED || is_taken(x, &b)), ok = take(x, &b);
	for (unsigned i = 0; tag && i < TAGS; i++) {
		buf_byte(&b, '#');
		buf_view(&b, f->inode);
		tag = is_taken(x, &b);
	}
	ok = ok && take(x, &b);
	char *path = ok ? mem_str(buf_data(&b)) : NULL;
	buf_release(&b);
	return path;
}

static bool goes_on(struct view v, struct view with, const char *by)
{
	size_t n = strlen(by);

	return view_eq(view_sub(v, 0, with.n), with) && view_eq_str(view_sub(v, with.n, n), by);
}

enum meant { MEANT_NOT, MEANT_PART, MEANT };

/* Whether `want` asks for it; *rest: what of it, when only a part of it is. */
static enum meant is_meant(struct view want, struct view path, struct view tagged, struct view *rest)
{
	if (view_eq(want, path) || view_eq(want, tagged) || goes_on(path, want, "/"))
		return MEANT;
	struct view of = goes_on(want, tagged, ":/") ? tagged : path;
	if (!goes_on(want, of, ":/"))
		return MEANT_NOT;
	*rest = view_sub(want, of.n + 2, want.n);
	return MEANT_PART;
}

/* The same of all that is asked for; `s` is asked for what is asked of it. <0: no memory. */
static int choose(struct expand *x, const struct open_found *f, struct view tagged, struct source *s,
		  enum meant *out)
{
	struct source *c = container(x);
	struct view rest;

	*out = c->n_want ? MEANT_NOT : MEANT;
	for (size_t i = 0; i < c->n_want; i++) {
		enum meant one = is_meant(view_str(c->want[i].path), f->path, tagged, &rest);
		c->want[i].found |= one != MEANT_NOT;
		if (one == MEANT_PART && source_ask(s, rest, x->e) < 0)
			return -1;
		if (one > *out)
			*out = one;
	}
	return *out == MEANT ? source_ask(s, view_str(""), x->e) : 0;
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
	enum meant w;
	struct source s = {.kind = f->kind, .format = f->format, .searched = f->searched,
			   .size = f->size, .container = x->source + 1, .state = f->state,
			   .spooled = f->spooled, .spool_at = f->spool_at, .error = f->why};

	s.spool = x->spool;
	s.path = path_of(x, f);
	if (!s.path)
		return no_memory(x->e);
	struct view whole = view_str(s.path);
	size_t front = strlen(container(x)->path) + 2;
	int rc = choose(x, f, view_sub(whole, front, whole.n), &s, &w);
	if (rc == 0 && w == MEANT_NOT) {
		mem_free(s.path);
		return 0;
	}
	if (!is_readable(f) && f->kind != SOURCE_UNREADABLE) {
		s.kind = SOURCE_UNREADABLE;
		err_set(&s.error, ERR_DAMAGE, 0, "nobody says where its bytes are");
	}
	if (rc < 0 || !fill(&s, f))
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

/* What was asked for and is not in it. */
static int tell_absent(struct expand *x, struct source *s, struct err *e)
{
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "absent"};

	if (s->n_want && !x->found) {
		s->kind = SOURCE_UNREADABLE;
		err_set(&s->error, ERR_USAGE, 0, "holds nothing that is called %s%s", s->want[0].path,
			s->n_want > 1 ? ", nor anything else that was asked for" : "");
		return 0;
	}
	for (size_t i = 0; i < s->n_want; i++) {
		if (s->want[i].found)
			continue;
		snprintf(d.what, sizeof(d.what), "it holds nothing that is called %.150s", s->want[i].path);
		if (expand_tell(x, s->contents, &d, e) < 0)
			return -1;
	}
	return 0;
}

/* It was opened, or in part; or not at all. */
static int settle(struct expand *x, const struct err *failed, struct err *e)
{
	struct source *s = container(x);
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "open"};
	bool some = s->contents->logs || s->contents->n_volumes;

	if (!failed->code) {
		s->kind = SOURCE_CONTAINER;
		return tell_absent(x, s, e);
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
