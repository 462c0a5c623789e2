/* SPDX-License-Identifier: Apache-2.0 */
/* From a source in a container back to the file on disk. */
#include <stdio.h>
#include <string.h>

#include "evtxhound/source.h"

static const struct source *container_of(const struct source_list *l, const struct source *s)
{
	return s->container ? &l->v[s->container - 1] : NULL;
}

struct source_origin source_origin(const struct source_list *l, const struct source *s)
{
	struct source_origin o = { .state = source_state_of(l, s) };
	const struct source *in = container_of(l, s);
	struct view path = view_str(s->path);

	if (!in)
		return o;
	size_t tag = path.n - (strlen(in->path) + 2 + view_str(s->inner).n);
	for (; in; in = container_of(l, in))
		o.image = in;
	path = view_sub(path, strlen(o.image->path) + 2, path.n);
	o.path = view_sub(path, 0, path.n - (tag < path.n ? tag : 0));
	return o;
}

uint64_t source_image_offset(const struct source_list *l, const struct source *s, uint64_t off)
{
	const struct source *in = container_of(l, s);

	if (!in)
		return EXTENT_ZERO;
	while (off != EXTENT_ZERO) {
		const struct extents map = { s->image, s->n_image };
		off = extents_at(&map, off);
		if (!in->container)
			return off;
		/* what is in the spool was perhaps unpacked: its place is one in the format's own count */
		if (s->spooled)
			break;
		s = in;
		in = container_of(l, s);
	}
	return EXTENT_ZERO;
}

const char *source_fact_library(const struct source_fact *f)
{
	static const char before[] = "library_";

	return strncmp(f->name, before, sizeof(before) - 1) ? NULL : f->name + sizeof(before) - 1;
}

static const char *fact_of(const struct source *s, const char *name)
{
	const struct source_contents *c = s->contents;

	for (size_t i = 0; c && i < c->n_facts; i++)
		if (!strcmp(c->facts[i].name, name))
			return c->facts[i].value;
	return NULL;
}

/* As the image stores it; what is no such hash stands among its facts only. */
static bool stored_hash(const struct source *s, const char *fact, const char *kind, size_t digits,
			char out[SOURCE_HASH_TEXT])
{
	const char *v = fact_of(s, fact);
	size_t at = strlen(kind);

	if (!v || strlen(v) != digits || strspn(v, "0123456789abcdefABCDEF") != digits)
		return false;
	memcpy(out, kind, at);
	for (; *v; v++)
		out[at++] = (char)(*v >= 'A' && *v <= 'F' ? *v + ('a' - 'A') : *v);
	out[at] = '\0';
	return true;
}

void source_hash_text(const struct source *s, char out[SOURCE_HASH_TEXT])
{
	if (s->hashed)
		hex_format(s->sha256, 32, out);
	else if (!stored_hash(s, "stored_sha1", "sha1:", 40, out) &&
		 !stored_hash(s, "stored_md5", "md5:", 32, out))
		*out = '\0';
}
