/* SPDX-License-Identifier: Apache-2.0 */
#include "image-private.h"

#define PROGRESS_STEP (16u << 20) /* bytes; */
#define PROGRESS_FILE (PROGRESS_STEP / 1000) /* a file counts as so many */

int image_progress(struct image *im, const struct volume *v, uint64_t files, uint64_t bytes)
{
	const struct open_sink *sink = im->o->sink;

	im->files += files;
	im->bytes += bytes;
	uint64_t work = im->files * PROGRESS_FILE + im->bytes;
	if (work - im->told < PROGRESS_STEP)
		return 0;
	im->told = work;
	return sink->progress(sink->ctx, v->name, im->files, im->bytes) < 0 ? -1 : 0;
}

struct view volume_path(struct buf *b, const struct volume *v, struct view what)
{
	buf_clear(b);
	buf_view(b, v->name);
	if (v->name.n && what.n)
		buf_byte(b, '/');
	buf_view(b, what);
	return buf_data(b);
}
