/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is carved of a volume's free space, or of the media, becomes a log of its own, so that chunks
 * can borrow definitions from one another as they do within a file.
 */
#include <inttypes.h>
#include <stdio.h>

#include "carve-private.h"
#include "image-private.h"

struct carve {
	struct image *im;
	const struct volume *v; /* NULL: the media */
	const char *name;       /* what the log is called in it */
	const char *what;       /* what is searched */
	unsigned logs;          /* so far */
	uint64_t searched, unread;
	unsigned n_unread;
	struct carved out;
	struct carving in;
	struct buf path;
};

static const struct volume nowhere = { .name = { (const uint8_t *)"", 0 } };

static struct view path_of(struct carve *c, unsigned log)
{
	char name[64];
	int n = log > 1 ? snprintf(name, sizeof(name), "[%s-%u]", c->name, log)
			: snprintf(name, sizeof(name), "[%s]", c->name);

	return volume_path(&c->path, c->v ? c->v : &nowhere, (struct view){ (uint8_t *)name, (size_t)n });
}

/* Globs are for files; what was asked for by its path is another matter. */
static bool is_wanted(const struct carve *c, struct view path)
{
	struct open_request r = *c->im->o->r;
	struct open_options o = *r.options;

	o.n_globs = 0;
	r.options = &o;
	return open_choose(&r, path, true) != CHOICE_NO;
}

/* Some of its logs may be: "[carved" leads to all of them. */
static bool is_wanted_at_all(struct carve *c)
{
	struct view only = c->im->o->r->only, path = path_of(c, 1);

	return is_wanted(c, path) || view_eq(view_sub(only, 0, path.n - 1), view_sub(path, 0, path.n - 1));
}

/* A log that finds no room is told of, and the next one may find some. */
static int spool(struct carve *c, struct open_found *f)
{
	struct opening *o = c->im->o;
	const struct mapped m = { c->im->media, { f->extents, f->n_extents } };
	const struct reader bytes = reader_of_extents(&m);
	uint64_t before = o->spool_at;

	if (open_spool_file(o, f, &bytes) == 0)
		return 0;
	if (o->e->code != ERR_LIMIT)
		return -1;
	open_spool_back(o, before);
	f->kind = SOURCE_UNREADABLE;
	f->spooled = false;
	f->why = *o->e;
	*o->e = (struct err){ 0 };
	return 0;
}

static int give_log(void *ctx, const struct carved *log)
{
	struct carve *c = ctx;
	const struct open_sink *sink = c->im->o->sink;
	struct open_found f = { .kind = SOURCE_EVTX, .format = source_format_name(view_str("EVTX")),
				.state = SOURCE_CARVED, .searched = true, .size = log->size,
				.extents = log->v, .n_extents = log->n };

	f.path = path_of(c, ++c->logs);
	f.volume = c->v ? c->v->name : view_str("");
	if (!f.path.n)
		return err_set(c->im->o->e, ERR_NOMEM, 0, "no memory for the name of what is carved");
	if (!is_wanted(c, f.path))
		return 0;
	if (!c->im->direct && spool(c, &f) < 0)
		return -1;
	return sink->found(sink->ctx, &f) < 0 ? -1 : 0;
}

static int on_progress(void *ctx, uint64_t bytes)
{
	struct carve *c = ctx;

	c->searched += bytes;
	return image_progress(c->im, c->v ? c->v : &nowhere, 0, bytes);
}

static void on_unread(void *ctx, uint64_t at, uint64_t n)
{
	struct carve *c = ctx;

	c->unread += n;
	if (c->n_unread++ < LIMIT_CARVE_UNREAD)
		open_damage(c->im->o, DAMAGE_LOSS, "read", at, n,
			    "%" PRIu64 " bytes cannot be read and are not searched", n);
}

/* How much of the range may be searched. */
static uint64_t allow(struct image *im, uint64_t at, uint64_t n)
{
	uint64_t left = im->most - im->searched;

	if (n > left && !im->stopped) {
		im->stopped = true;
		open_damage(im->o, DAMAGE_LOSS, "limit", at + left, 0,
			    "no more is searched from here on: of a disk in so small a file no more than %" PRIu64
			    " bytes are", im->most);
	}
	n = n < left ? n : left;
	im->searched += n;
	return n;
}

/* >0: no more will be searched. */
static int on_range(void *ctx, uint64_t at, uint64_t n)
{
	struct carve *c = ctx;
	uint64_t size = c->im->media->size, offset = c->v ? c->v->offset : 0;

	if (offset > size || at >= size - offset)
		return 0;
	n = allow(c->im, offset + at, n < size - offset - at ? n : size - offset - at);
	if (n && carving_range(&c->in, offset + at, n) < 0)
		return -1;
	return c->im->stopped;
}

static int tell_searched(struct carve *c)
{
	const struct open_sink *sink = c->im->o->sink;
	struct open_volume v = { .name = path_of(c, 1), .what = view_str(c->what),
				 .offset = c->v ? c->v->offset : 0,
				 .size = c->v ? c->v->bytes->size : c->im->media->size,
				 .read = true, .bytes = c->searched };
	char why[96];

	if (c->unread) {
		snprintf(why, sizeof(why), "%" PRIu64 " bytes in %u places cannot be read", c->unread,
			 c->n_unread);
		v.read = false;
		v.why = view_str(why);
	}
	return sink->volume(sink->ctx, &v) < 0 ? -1 : 0;
}

/* Runs `ranges`, which gives to on_range() what is to be searched. */
static int carve(struct carve *c, int (*ranges)(struct carve *c))
{
	struct image *im = c->im;
	int rc = 0;

	buf_init(&c->path, 0);
	c->out = (struct carved){ .whole = give_log, .ctx = c, .e = im->o->e };
	c->in = (struct carving){ .bytes = im->media, .out = &c->out, .progress = on_progress,
				  .unread = on_unread, .ctx = c, .e = im->o->e };
	if (is_wanted_at_all(c)) {
		rc = carving_start(&c->in) < 0 || ranges(c) < 0 || carving_end(&c->in) < 0 ? -1 : 0;
		rc = rc < 0 || tell_searched(c) < 0 ? -1 : 0;
	}
	carving_release(&c->in);
	carved_release(&c->out);
	buf_release(&c->path);
	return rc;
}

/* ---- what is searched ---- */

bool carve_asks_outside(const struct open_request *r)
{
	static const char name[] = "[" CARVED_OUTSIDE;

	return view_eq_str(view_sub(r->only, 0, sizeof(name) - 1), name);
}

static int free_space(struct carve *c)
{
	return volume_free(c->im, c->v, on_range, c);
}

int carve_volume(struct image *im, const struct volume *v)
{
	struct carve c = { .im = im, .v = v, .name = CARVED, .what = "free space" };

	return carve(&c, free_space);
}

static int everything(struct carve *c)
{
	return on_range(c, 0, c->im->media->size);
}

static int outside(struct carve *c)
{
	const struct image *im = c->im;
	uint64_t at = 0;

	for (size_t i = 0; i < im->n_known; i++) {
		const struct image_range *r = &im->known[i];
		if (r->at > at && on_range(c, at, r->at - at) < 0)
			return -1;
		at = r->at + r->n;
	}
	return at < im->media->size ? on_range(c, at, im->media->size - at) : 0;
}

int carve_media(struct image *im)
{
	bool all = im->o->r->options->carve == CARVE_ALL;
	struct carve c = { .im = im, .name = all ? CARVED_ALL : CARVED_OUTSIDE,
			   .what = all ? "all of the image" : "what lies outside volumes" };

	return carve(&c, all ? everything : outside);
}
