/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "damage.h"

void sink_tell(const struct sink *s, enum damage_severity severity, const char *kind,
	       uint64_t offset, uint64_t length, const char *fmt, ...)
{
	struct damage d = {.severity = severity, .offset = offset, .length = length, .kind = kind};
	va_list ap;

	if (!s->fn || s->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(d.what, sizeof(d.what), fmt, ap);
	va_end(ap);
	s->fn(s->ctx, &d);
}
