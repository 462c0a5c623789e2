/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "media.h"

static int open_raw(struct media *m)
{
	m->bytes = *m->o->r->bytes;
	m->direct = true;
	return 0;
}

int media_open(struct media *m, struct opening *o)
{
	const char *format = o->r->format;

	*m = (struct media){ .o = o };
	if (strstr(format, "raw") || strstr(format, "volume image"))
		return open_raw(m);
	return err_set(o->e, ERR_UNSUPPORTED, 0, "%s: not read yet", format);
}

void media_release(struct media *m)
{
	if (m->release)
		m->release(m);
}
