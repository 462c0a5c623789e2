/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest that was written once, as far as it tells what the report rests on. */
#include "json_read.h"
#include "report-private.h"

struct reading {
	struct json_reader r;
	struct manifest *m;
	struct buf name, text;
};

typedef void member_fn(struct reading *d, struct view name, void *ctx);

static void members(struct reading *d, member_fn *fn, void *ctx)
{
	if (!json_enter(&d->r, '{'))
		return;
	while (json_member(&d->r, &d->name))
		fn(d, buf_data(&d->name), ctx);
}

static struct view kept_text(struct reading *d)
{
	struct view v;

	if (!json_read_text(&d->r, &d->text))
		return (struct view){NULL, 0};
	v = arena_keep(&d->m->arena, buf_data(&d->text));
	d->r.bad |= !v.p;
	return v;
}

/* The list with room for one more; room is a power of two. NULL: no memory, or too many. */
static void *room(struct reading *d, void *list, size_t n, size_t size)
{
	void *v = list;

	if (!(n & (n - 1))) {
		v = n < LIMIT_MANIFEST_ENTRIES ? arena_array(&d->m->arena, n ? n * 2 : 1, size) : NULL;
		if (v && n)
			memcpy(v, list, n * size);
	}
	d->r.bad |= !v;
	return v;
}

/* ---- files: outputs, rules, sources ---- */

static uint8_t nibble(uint8_t c)
{
	c = ascii_lower(c);
	return (uint8_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

static bool digest_of(struct view v, uint8_t out[32])
{
	if (v.n != 64)
		return false;
	for (size_t i = 0; i < 32; i++)
		out[i] = (uint8_t)(nibble(v.p[2 * i]) << 4 | nibble(v.p[2 * i + 1]));
	return true;
}

static void file_member(struct reading *d, struct view name, void *ctx)
{
	struct manifest_file *f = ctx;

	if (view_eq_str(name, "name") || view_eq_str(name, "path"))
		f->path = kept_text(d);
	else if (view_eq_str(name, "size"))
		json_read_uint(&d->r, &f->size);
	else if (view_eq_str(name, "sha256"))
		f->hashed = digest_of(kept_text(d), f->sha256);
	else if (view_eq_str(name, "state"))
		f->state = kept_text(d);
	else if (view_eq_str(name, "source_image"))
		f->inside = kept_text(d).n != 0;
	else
		json_skip(&d->r);
}

static void files(struct reading *d, struct manifest_files *list)
{
	if (!json_enter(&d->r, '['))
		return;
	while (json_element(&d->r)) {
		struct manifest_file f = {0};
		struct manifest_file *v;

		members(d, file_member, &f);
		v = room(d, list->v, list->n, sizeof(f));
		if (d->r.bad)
			return;
		list->v = v;
		list->v[list->n++] = f;
	}
}

/* ---- the run ---- */

static void arguments(struct reading *d)
{
	struct manifest *m = d->m;

	if (!json_enter(&d->r, '['))
		return;
	while (json_element(&d->r)) {
		struct view v = kept_text(d);
		struct view *list = room(d, m->arguments, m->n_arguments, sizeof(v));

		if (d->r.bad)
			return;
		m->arguments = list;
		m->arguments[m->n_arguments++] = v;
	}
}

static void run_member(struct reading *d, struct view name, void *ctx)
{
	(void)ctx;
	if (view_eq_str(name, "directory"))
		d->m->directory = kept_text(d);
	else if (view_eq_str(name, "arguments"))
		arguments(d);
	else
		json_skip(&d->r);
}

static void tool_member(struct reading *d, struct view name, void *ctx)
{
	(void)ctx;
	if (view_eq_str(name, "version"))
		d->m->version = kept_text(d);
	else
		json_skip(&d->r);
}

static void top_member(struct reading *d, struct view name, void *ctx)
{
	struct manifest *m = d->m;
	uint64_t code = 0;

	(void)ctx;
	if (view_eq_str(name, "schema"))
		m->schema = kept_text(d);
	else if (view_eq_str(name, "tool"))
		members(d, tool_member, NULL);
	else if (view_eq_str(name, "run"))
		members(d, run_member, NULL);
	else if (view_eq_str(name, "exit_code") && json_read_uint(&d->r, &code))
		m->exit_code = (int)(code & 255);
	else if (view_eq_str(name, "outputs"))
		files(d, &m->outputs);
	else if (view_eq_str(name, "rules"))
		files(d, &m->rules);
	else if (view_eq_str(name, "sources"))
		files(d, &m->sources);
	else if (!view_eq_str(name, "exit_code"))
		json_skip(&d->r);
}

int manifest_read(struct view text, struct manifest *m, struct err *e)
{
	struct reading d = {.r = {.text = text}, .m = m};

	*m = (struct manifest){0};
	arena_init(&m->arena, LIMIT_MANIFEST);
	buf_init(&d.name, LIMIT_MESSAGE);
	buf_init(&d.text, LIMIT_MESSAGE);
	members(&d, top_member, NULL);
	buf_release(&d.name);
	buf_release(&d.text);
	if (d.r.bad)
		return err_set(e, ERR_SYNTAX, 0, "no valid JSON at byte %zu", d.r.at);
	if (!view_eq_str(m->schema, MANIFEST_SCHEMA))
		return err_set(e, ERR_SYNTAX, 0, "no manifest of this version (%s)", MANIFEST_SCHEMA);
	return 0;
}

void manifest_release(struct manifest *m)
{
	arena_release(&m->arena);
}
