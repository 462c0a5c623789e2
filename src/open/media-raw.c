/* SPDX-License-Identifier: Apache-2.0 */
/* A disk's bytes as they were, in one file or in several. */
#include "media.h"

int media_open_raw(struct media *m)
{
	/* all parts but the last are of one size, so that of a missing one is known */
	if (parts_add_row(&m->parts, parts_number, m->o->r->bytes->size) < 0)
		return -1;
	m->direct = m->parts.n == 1;
	m->bytes = m->direct ? *m->o->r->bytes : parts_reader(&m->parts);
	return 0;
}
