/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a source in an image or archive beside its path. */
#include "report-private.h"

struct provenance provenance_of(const struct run *run, const struct source *src, uint64_t off)
{
	struct provenance p = {.offset = EXTENT_ZERO};
	struct source_origin o;

	if (!run->list || !src || !src->container)
		return p;
	o = source_origin(run->list, src);
	p.image = o.image;
	p.state = o.state;
	p.path = o.path;
	p.volume = view_str(src->volume);
	p.inode = view_str(src->inode);
	p.offset = source_image_offset(run->list, src, off);
	source_hash_text(o.image, p.hash);
	return p;
}

static void file_or_null(struct json *j, const char *name, struct view v)
{
	if (v.n)
		json_file(j, name, v);
	else
		json_null(j, name);
}

void json_provenance(struct json *j, const struct provenance *p)
{
	if (!p->image)
		return;
	json_file(j, "source_image", view_str(p->image->path));
	file_or_null(j, "source_image_sha256", view_str(p->hash));
	json_text(j, "source_state", view_str(source_state_name(p->state)));
	file_or_null(j, "volume", p->volume);
	file_or_null(j, "inode", p->inode);
	file_or_null(j, "path_in_image", p->path);
	if (p->offset == EXTENT_ZERO)
		json_null(j, "offset_in_image");
	else
		json_number(j, "offset_in_image", p->offset);
}

/* ---- what opened containers ---- */

void library_begin(struct library_walk *w)
{
	memset(w, 0, sizeof(*w));
	strtab_init(&w->seen, false, LIMIT_CHUNK_ARENA);
}

/* Not met before. */
static bool is_new(struct library_walk *w, const char *name)
{
	size_t known = w->seen.n;

	w->bad |= strtab_add(&w->seen, view_str(name)) == STRTAB_NONE;
	return w->seen.n > known;
}

const struct source_fact *library_next(const struct run *run, struct library_walk *w)
{
	for (; w->source < run->n_sources && !w->bad; w->source++, w->fact = 0) {
		const struct source *s = run->sources[w->source].source;
		const struct source_contents *c = s ? s->contents : NULL;

		while (c && w->fact < c->n_facts) {
			const struct source_fact *f = &c->facts[w->fact++];
			const char *name = source_fact_library(f);

			if (name && is_new(w, name))
				return f;
		}
	}
	return NULL;
}

void library_end(struct library_walk *w)
{
	strtab_release(&w->seen);
}
