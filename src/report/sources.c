/* SPDX-License-Identifier: Apache-2.0 */
/* Sources as rows: what `list` tells, and the list of what was extracted. */
#include "columns.h"
#include "report-private.h"

enum { SOURCES_COLUMNS(COLUMN_ENUM) SC_COUNT };
static const char *const names[] = {SOURCES_COLUMNS(COLUMN_NAME)};

const char *const *sources_columns(size_t *n)
{
	*n = SC_COUNT;
	return names;
}

const char *source_kind_name(const struct source *s)
{
	switch (s->kind) {
	case SOURCE_EVTX:
		return s->searched ? "searched" : "log";
	case SOURCE_EMPTY:
		return "empty";
	case SOURCE_RECOGNISED:
		return "recognised";
	case SOURCE_CONTAINER:
		return "container";
	case SOURCE_PART:
		return "part";
	case SOURCE_OTHER:
		return "other";
	case SOURCE_UNREADABLE:
		break;
	}
	return "unreadable";
}

uint64_t source_time(const struct source *s, unsigned which)
{
	if (s->container)
		return s->times[which];
	if (!s->ino || (which != 0 && which != 2))
		return 0; /* a stream, or not asked of the file system */
	const struct timespec *t = which ? &s->ctime : &s->mtime;
	return time_from_unix(t->tv_sec, (uint32_t)t->tv_nsec);
}

/* ---- why it was not read, or not wholly ---- */

static void why_kind(struct buf *b, const struct source *s)
{
	if (s->kind == SOURCE_EMPTY)
		buf_str(b, "empty file");
	else if (s->kind == SOURCE_OTHER)
		buf_str(b, "no event log");
	else if (s->kind == SOURCE_RECOGNISED)
		buf_fmt(b, "%s, not read%s%s", s->format, s->error.code ? ": " : "", s->error.msg);
	else if (s->kind == SOURCE_UNREADABLE)
		buf_str(b, s->error.msg);
}

bool source_why_next(struct buf *b, const struct source_result *r, struct why *at)
{
	buf_clear(b);
	if (!at->begun)
		why_kind(b, r->source);
	at->begun = true;
	while (!b->n && at->i < r->n_damage && at->told < LIMIT_WHY) {
		const struct damage *d = &r->damage[at->i++];

		if (d->severity != DAMAGE_LOSS)
			continue;
		buf_fmt(b, "at offset %" PRIu64 ": %s", d->offset, d->what);
		at->told++;
	}
	if (!b->n && r->losses > at->told) {
		buf_fmt(b, "and %" PRIu64 " more", r->losses - at->told);
		at->told = r->losses;
	}
	return b->n != 0;
}

void source_why(struct buf *b, const struct source_result *r)
{
	struct why at = {0};
	struct buf one;

	buf_init(&one, 0);
	buf_clear(b);
	while (source_why_next(&one, r, &at)) {
		if (b->n)
			buf_str(b, "; ");
		buf_view(b, buf_data(&one));
	}
	b->bad |= one.bad;
	buf_release(&one);
}

/* ---- CSV ---- */

void sources_csv_header(struct buf *b, bool named)
{
	csv_header(b, names + !named, SC_COUNT - !named);
}

static void place_cells(const struct run *run, struct arena *a, const struct source *s,
			struct cell *c)
{
	struct provenance p = provenance_of(run, s, 0);

	c[SC_SOURCE] = cell_text(view_str(s->path));
	c[SC_STATE] = cell_str(source_state_name(s->state));
	if (!p.image)
		return;
	c[SC_SOURCE_IMAGE] = cell_text(view_str(p.image->path));
	c[SC_STATE] = cell_str(source_state_name(p.state));
	c[SC_VOLUME] = cell_text(p.volume);
	c[SC_INODE] = cell_text(p.inode);
	c[SC_PATH_IN_IMAGE] = cell_text(p.path);
	if (p.offset != EXTENT_ZERO)
		c[SC_OFFSET_IN_IMAGE] = cell_plain(a, "%" PRIu64, p.offset);
}

void source_csv(struct buf *b, struct arena *a, const struct run *run,
		const struct source_result *r, const char *name)
{
	const struct source *s = r->source;
	struct cell c[SC_COUNT] = {0};
	struct buf why;

	buf_init(&why, 0);
	source_why(&why, r);
	place_cells(run, a, s, c);
	c[SC_NAME] = cell_str(name);
	c[SC_KIND] = cell_str(source_kind_name(s));
	c[SC_FORMAT] = cell_str(s->searched ? "" : s->format);
	c[SC_SIZE] = cell_plain(a, "%" PRIu64, s->size);
	for (unsigned i = 0; i < 4; i++)
		c[SC_MODIFIED + i] = cell_time(a, source_time(s, i));
	if (s->hashed)
		c[SC_SHA256] = cell_hash(a, s->sha256);
	c[SC_WHY] = cell_text(buf_data(&why));
	b->bad |= why.bad;
	csv_cells(b, c + !name, SC_COUNT - !name);
	csv_end(b);
	buf_release(&why);
	arena_reset(a);
}

/* ---- JSONL ---- */

static void place_members(struct json *j, const struct run *run, const struct source *s)
{
	struct provenance p = provenance_of(run, s, 0);

	json_file(j, "source", view_str(s->path));
	json_text(j, "state", view_str(source_state_name(p.image ? p.state : s->state)));
	if (!p.image)
		return;
	json_file(j, "source_image", view_str(p.image->path));
	json_file(j, "volume", p.volume);
	json_file(j, "inode", p.inode);
	json_file(j, "path_in_image", p.path);
	json_name(j, "offset_in_image");
	if (p.offset != EXTENT_ZERO)
		buf_fmt(j->b, "%" PRIu64, p.offset);
	else
		buf_str(j->b, "null");
}

static void volume_members(struct json *j, const struct source_volume *v)
{
	json_open(j, NULL, '{');
	json_file(j, "name", view_str(v->name));
	json_text(j, "what", view_str(v->what));
	json_number(j, "offset", v->offset);
	json_number(j, "size", v->size);
	json_time(j, "created", v->created);
	json_bool(j, "read", v->read);
	json_bool(j, "quiet", v->quiet);
	json_number(j, "files", v->files);
	json_number(j, "bytes", v->bytes);
	json_text(j, "why", view_str(v->why));
	json_close(j, '}');
}

void json_contents(struct json *j, const struct source_contents *c)
{
	json_number(j, "logs", c->logs);
	json_open(j, "volumes", '[');
	for (size_t i = 0; i < c->n_volumes; i++)
		volume_members(j, &c->volumes[i]);
	json_close(j, ']');
	json_open(j, "facts", '[');
	for (size_t i = 0; i < c->n_facts; i++) {
		if (source_fact_library(&c->facts[i]))
			continue;
		json_open(j, NULL, '{');
		json_text(j, "name", view_str(c->facts[i].name));
		json_text(j, "value", view_str(c->facts[i].value));
		json_close(j, '}');
	}
	json_close(j, ']');
}

void source_jsonl(struct buf *b, const struct run *run, const struct source_result *r)
{
	static const char *const times[] = {"modified", "accessed", "changed", "born"};
	const struct source *s = r->source;
	struct json j = {.b = b};
	struct buf why;

	buf_init(&why, 0);
	source_why(&why, r);
	json_open(&j, NULL, '{');
	json_text(&j, "kind", view_str(source_kind_name(s)));
	json_text(&j, "format", view_str(s->searched ? "" : s->format));
	place_members(&j, run, s);
	json_number(&j, "size", s->size);
	for (unsigned i = 0; i < ARRAY_LEN(times); i++)
		json_time(&j, times[i], source_time(s, i));
	json_hash(&j, "sha256", s->sha256, s->hashed);
	json_text(&j, "why", buf_data(&why));
	if (s->contents && s->kind == SOURCE_CONTAINER)
		json_contents(&j, s->contents);
	json_close(&j, '}');
	buf_byte(b, '\n');
	b->bad |= why.bad;
	buf_release(&why);
}
