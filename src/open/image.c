/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

static int read_image(struct opening *o, struct media *m)
{
	struct image im = { .o = o, .media = &m->bytes, .direct = m->direct, .most = media_most(m) };
	int rc = image_volumes(&im);

	if (rc == 0 && o->r->options->carve != CARVE_NONE)
		rc = carve_media(&im);
	if (rc == 0)
		rc = media_verify(m);
	if (rc == 0 && m->finish)
		rc = m->finish(m);
	if (rc == 0)
		rc = media_hash(m);
	mem_free(im.known);
	return rc;
}

int open_image(struct opening *o)
{
	struct media m;
	int rc = media_open(&m, o);

	if (rc == 0)
		rc = read_image(o, &m);
	media_release(&m);
	return rc;
}
