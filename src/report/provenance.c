/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a source in an image or archive beside its path. */
#include "report-private.h"

struct provenance provenance_of(const struct run *run, const struct source *src, uint64_t off)
{
	struct provenance p = {.state = "", .offset = EXTENT_ZERO};
	struct source_origin o;

	if (!run->list || !src || !src->container)
		return p;
	o = source_origin(run->list, src);
	p.image = o.image;
	p.state = source_state_name(o.state);
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
	json_text(j, "source_state", view_str(p->state));
	file_or_null(j, "volume", p->volume);
	file_or_null(j, "inode", p->inode);
	file_or_null(j, "path_in_image", p->path);
	if (p->offset == EXTENT_ZERO)
		json_null(j, "offset_in_image");
	else
		json_number(j, "offset_in_image", p->offset);
}
