/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers as bytes. Whoever reads them distrusts them as evidence. */
#include <string.h>

#include "open-private.h"

enum { OPEN_FOUND = 1, OPEN_VOLUME, OPEN_FACT, OPEN_PART, OPEN_HASH, OPEN_DAMAGE, OPEN_PROGRESS, OPEN_FAILED };

/* ---- requests ---- */

enum {
	WITH_ALL_FILES = 1,
	WITH_STORES = 2,
	WITH_HASH = 4,
	WITH_VERIFY = 8,
	WITH_FOLDER = 16,
};

void open_request_write(struct buf *b, const struct open_request *r, const struct extents *map)
{
	const struct open_options *o = r->options;

	buf_byte(b, (uint8_t)((o->all_files ? WITH_ALL_FILES : 0) | (o->stores ? WITH_STORES : 0) |
			      (o->hash ? WITH_HASH : 0) | (o->verify ? WITH_VERIFY : 0) |
			      (r->dirfd >= 0 ? WITH_FOLDER : 0)));
	buf_byte(b, (uint8_t)o->carve);
	buf_byte(b, (uint8_t)r->nesting);
	buf_u64(b, r->bytes->size);
	buf_u64(b, r->spool_at);
	buf_u64(b, r->spool_max);
	buf_blob(b, view_str(r->format));
	buf_blob(b, r->name);
	buf_blob(b, r->only);
	buf_blob(b, o->passwords);
	buf_u32(b, (uint32_t)o->n_globs);
	for (size_t i = 0; i < o->n_globs; i++)
		buf_blob(b, o->globs[i]);
	buf_u32(b, (uint32_t)o->n_store);
	for (size_t i = 0; i < o->n_store; i++)
		buf_u32(b, o->store[i]);
	extents_write(b, map);
}

static void globs_read(struct cursor *c, struct arena *a, struct open_options *o)
{
	o->n_globs = cursor_u32(c);
	if (c->bad || o->n_globs > cursor_left(c) / 4) {
		c->bad = true;
		return;
	}
	struct view *globs = arena_array(a, o->n_globs + 1, sizeof(*globs));
	for (size_t i = 0; globs && i < o->n_globs; i++)
		globs[i] = cursor_blob(c);
	o->globs = globs;
	c->bad = c->bad || !globs;
}

static void stores_read(struct cursor *c, struct arena *a, struct open_options *o)
{
	o->n_store = cursor_u32(c);
	if (c->bad || o->n_store > cursor_left(c) / 4) {
		c->bad = true;
		return;
	}
	uint32_t *store = arena_array(a, o->n_store + 1, sizeof(*store));
	for (size_t i = 0; store && i < o->n_store; i++)
		store[i] = cursor_u32(c);
	o->store = store;
	c->bad = c->bad || !store;
}

int open_request_read(struct view v, struct arena *a, struct asked *out)
{
	struct cursor c = cursor_of(v);
	struct open_request *r = &out->request;
	struct open_options *o = &out->options;

	memset(out, 0, sizeof(*out));
	r->options = o;
	uint8_t flags = cursor_u8(&c);
	o->all_files = flags & WITH_ALL_FILES;
	o->stores = flags & WITH_STORES;
	o->hash = flags & WITH_HASH;
	o->verify = flags & WITH_VERIFY;
	out->folder = flags & WITH_FOLDER;
	o->carve = (enum open_carve)cursor_u8(&c);
	r->nesting = cursor_u8(&c);
	out->size = cursor_u64(&c);
	r->spool_at = cursor_u64(&c);
	r->spool_max = cursor_u64(&c);
	r->format = arena_str(a, cursor_blob(&c));
	r->name = cursor_blob(&c);
	r->only = cursor_blob(&c);
	o->passwords = cursor_blob(&c);
	globs_read(&c, a, o);
	stores_read(&c, a, o);
	if (extents_read(&c, a, &out->map) < 0)
		return -1;
	bool bad = c.bad || cursor_left(&c) || !r->format;
	return bad || (out->map.n && !extents_are_sound(&out->map, out->size)) ? -1 : 0;
}

/* ---- answers out ---- */

static void err_write(struct buf *b, const struct err *e)
{
	buf_byte(b, (uint8_t)e->code);
	buf_blob(b, view_str(e->msg));
}

static int out_found(void *ctx, const struct open_found *f)
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_FOUND);

	buf_byte(b, (uint8_t)f->kind);
	buf_byte(b, (uint8_t)f->state);
	buf_byte(b, f->searched);
	buf_byte(b, f->spooled);
	buf_blob(b, view_str(f->format));
	buf_blob(b, f->path);
	buf_blob(b, f->volume);
	buf_blob(b, f->inode);
	buf_u64(b, f->size);
	for (size_t i = 0; i < 4; i++)
		buf_u64(b, f->times[i]);
	buf_u64(b, f->spool_at);
	extents_write(b, &(struct extents){ f->extents, f->n_extents });
	err_write(b, &f->why);
	buf_frame_end(b, at);
	return b->bad ? -1 : 0;
}

static int out_volume(void *ctx, const struct open_volume *v)
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_VOLUME);

	buf_blob(b, v->name);
	buf_blob(b, v->what);
	buf_u64(b, v->offset);
	buf_u64(b, v->size);
	buf_u64(b, v->created);
	buf_byte(b, v->read);
	buf_byte(b, v->quiet);
	buf_u64(b, v->files);
	buf_u64(b, v->bytes);
	buf_blob(b, v->why);
	buf_frame_end(b, at);
	return b->bad ? -1 : 0;
}

static int out_fact(void *ctx, const char *name, struct view value)
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_FACT);

	buf_blob(b, view_str(name));
	buf_blob(b, value);
	buf_frame_end(b, at);
	return b->bad ? -1 : 0;
}

static int out_part(void *ctx, struct view name, uint64_t size)
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_PART);

	buf_blob(b, name);
	buf_u64(b, size);
	buf_frame_end(b, at);
	return b->bad ? -1 : 0;
}

static int out_hash(void *ctx, const uint8_t sha256[32])
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_HASH);

	buf_add(b, sha256, 32);
	buf_frame_end(b, at);
	return b->bad ? -1 : 0;
}

static void out_damage(void *ctx, const struct damage *d)
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_DAMAGE);

	damage_write(b, d);
	buf_frame_end(b, at);
}

static int out_progress(void *ctx, struct view volume, uint64_t files, uint64_t bytes)
{
	struct buf *b = ctx;
	size_t at = buf_frame(b, OPEN_PROGRESS);

	buf_blob(b, volume);
	buf_u64(b, files);
	buf_u64(b, bytes);
	buf_frame_end(b, at);
	return b->bad ? -1 : 0;
}

struct open_sink open_sink_to(struct buf *b)
{
	return (struct open_sink){ .ctx = b, .found = out_found, .volume = out_volume,
				   .fact = out_fact, .part = out_part, .hash = out_hash,
				   .damage = out_damage, .progress = out_progress };
}

void open_failed_write(struct buf *b, const struct err *failed)
{
	size_t at = buf_frame(b, OPEN_FAILED);

	err_write(b, failed);
	buf_frame_end(b, at);
}

/* ---- answers in ---- */

struct reading {
	const struct open_sink *sink;
	struct err *failed;
	struct arena arena; /* of one frame */
};

static void err_read(struct cursor *c, struct err *e)
{
	uint8_t code = cursor_u8(c);
	struct view msg = view_sub(cursor_blob(c), 0, sizeof(e->msg) - 1);

	memset(e, 0, sizeof(*e));
	e->code = code > ERR_INTERRUPTED ? ERR_DAMAGE : (enum err_code)code;
	if (msg.n)
		memcpy(e->msg, msg.p, msg.n);
}

static int in_found(struct reading *r, struct cursor *c)
{
	struct open_found f = { 0 };
	uint8_t kind = cursor_u8(c), state = cursor_u8(c);

	f.kind = (enum source_kind)kind;
	f.state = (enum source_state)state;
	f.searched = cursor_u8(c);
	f.spooled = cursor_u8(c);
	f.format = source_format_name(cursor_blob(c));
	f.path = cursor_blob(c);
	f.volume = cursor_blob(c);
	f.inode = cursor_blob(c);
	f.size = cursor_u64(c);
	for (size_t i = 0; i < 4; i++)
		f.times[i] = cursor_u64(c);
	f.spool_at = cursor_u64(c);
	struct extents x;
	if (extents_read(c, &r->arena, &x) < 0)
		return -1;
	f.extents = x.v;
	f.n_extents = x.n;
	err_read(c, &f.why);
	if (kind > SOURCE_UNREADABLE || state > SOURCE_CARVED || !f.format || f.size > INT64_MAX ||
	    (f.spooled && f.spool_at > INT64_MAX - f.size) ||
	    (x.n && !extents_are_sound(&x, f.size)))
		c->bad = true;
	return c->bad || !r->sink->found ? 0 : r->sink->found(r->sink->ctx, &f);
}

static int in_volume(struct reading *r, struct cursor *c)
{
	struct open_volume v = { 0 };

	v.name = cursor_blob(c);
	v.what = cursor_blob(c);
	v.offset = cursor_u64(c);
	v.size = cursor_u64(c);
	v.created = cursor_u64(c);
	v.read = cursor_u8(c);
	v.quiet = cursor_u8(c);
	v.files = cursor_u64(c);
	v.bytes = cursor_u64(c);
	v.why = cursor_blob(c);
	return c->bad || !r->sink->volume ? 0 : r->sink->volume(r->sink->ctx, &v);
}

static int in_fact(struct reading *r, struct cursor *c)
{
	const char *name = arena_str(&r->arena, view_sub(cursor_blob(c), 0, 64));
	struct view value = cursor_blob(c);

	return c->bad || !name || !r->sink->fact ? 0 : r->sink->fact(r->sink->ctx, name, value);
}

static int in_part(struct reading *r, struct cursor *c)
{
	struct view name = cursor_blob(c);
	uint64_t size = cursor_u64(c);

	return c->bad || !r->sink->part ? 0 : r->sink->part(r->sink->ctx, name, size);
}

static int in_hash(struct reading *r, struct cursor *c)
{
	struct view v = cursor_take(c, 32);

	return c->bad || !r->sink->hash ? 0 : r->sink->hash(r->sink->ctx, v.p);
}

static int in_damage(struct reading *r, struct cursor *c)
{
	struct damage d;

	if (damage_read(c, &r->arena, &d) < 0)
		return -1;
	if (!c->bad && r->sink->damage)
		r->sink->damage(r->sink->ctx, &d);
	return 0;
}

static int in_progress(struct reading *r, struct cursor *c)
{
	struct view volume = cursor_blob(c);
	uint64_t files = cursor_u64(c), bytes = cursor_u64(c);

	if (c->bad || !r->sink->progress)
		return 0;
	return r->sink->progress(r->sink->ctx, volume, files, bytes);
}

static int in_failed(struct reading *r, struct cursor *c)
{
	err_read(c, r->failed);
	c->bad = c->bad || r->failed->code == ERR_NONE;
	return 0;
}

static int (*const readers[])(struct reading *r, struct cursor *c) = {
	[OPEN_FOUND] = in_found,   [OPEN_VOLUME] = in_volume, [OPEN_FACT] = in_fact,
	[OPEN_PART] = in_part,	   [OPEN_HASH] = in_hash,     [OPEN_DAMAGE] = in_damage,
	[OPEN_PROGRESS] = in_progress, [OPEN_FAILED] = in_failed,
};

static int take_frame(void *ctx, uint8_t type, struct cursor *body, struct err *e)
{
	struct reading *r = ctx;

	if (type >= sizeof(readers) / sizeof(readers[0]) || !readers[type])
		return FRAME_STRANGE;
	arena_reset(&r->arena);
	if (readers[type](r, body) >= 0)
		return 0;
	return e->code ? -1 : err_set(e, ERR_NOMEM, 0, "no memory for what a container holds");
}

int open_reply_read(struct view reply, const struct open_sink *sink, struct err *failed, struct err *e)
{
	struct reading r = { .sink = sink, .failed = failed };
	int rc;

	*failed = (struct err){ 0 };
	arena_init(&r.arena, LIMIT_MESSAGE * 4u);
	rc = frames_read(reply, take_frame, &r, e);
	arena_release(&r.arena);
	return rc;
}
