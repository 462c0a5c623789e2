/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "open-private.h"

int open_container(const struct open_request *r, const struct open_sink *sink, struct err *e)
{
	struct opening o = { .r = r, .sink = sink, .e = e, .spool_at = r->spool_at };
	const char *why;

	if (!open_knows(r->format, &why))
		return err_set(e, ERR_USAGE, 0, "%s is not opened: %s", r->format,
			       why ? why : "it is no container");
	return open_class_of(r->format) == CLASS_ARCHIVE ? open_archive(&o) : open_image(&o);
}

void open_damage(const struct opening *o, enum damage_severity s, const char *kind, uint64_t offset,
		 uint64_t length, const char *fmt, ...)
{
	struct damage d = { .severity = s, .offset = offset, .length = length, .kind = kind };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d.what, sizeof(d.what), fmt, ap);
	va_end(ap);
	o->sink->damage(o->sink->ctx, &d);
}
