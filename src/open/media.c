/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "media.h"

/* Ranges that are told; more are only counted, in the last one. */
#define FAILURES_TOLD 100u

void media_failed(struct media *m, uint64_t at, uint64_t n, const char *why)
{
	bool goes_on = m->failed_n && at <= m->failed_at + m->failed_n && at + n > m->failed_at;

	if (goes_on && at >= m->failed_at && at + n <= m->failed_at + m->failed_n)
		return;
	m->failed_at = at;
	m->failed_n = n;
	if (m->failures++ < FAILURES_TOLD)
		open_damage(m->o, DAMAGE_LOSS, "image", at, n, "the image cannot be read there: %s%s", why,
			    m->failures == FAILURES_TOLD ? "; more such places are not told" : "");
}

int media_fact(const struct media *m, const char *name, struct view value)
{
	const struct open_sink *sink = m->o->sink;

	return value.n && sink->fact(sink->ctx, name, value) < 0 ? -1 : 0;
}

static bool is_raw(const char *format)
{
	return !strncmp(format, "raw ", 4) || strstr(format, "volume image");
}

static int open_format(struct media *m)
{
	const char *format = m->o->r->format;

	if (is_raw(format))
		return media_open_raw(m);
	if (!strcmp(format, "E01 image"))
		return media_open_ewf(m);
	return media_open_disk(m);
}

static int tell_size(const struct media *m)
{
	char size[24];

	snprintf(size, sizeof(size), "%llu", (unsigned long long)m->bytes.size);
	return media_fact(m, "media_size", view_str(size));
}

int media_open(struct media *m, struct opening *o)
{
	*m = (struct media){ .o = o };
	if (parts_init(&m->parts, o) < 0 || open_format(m) < 0)
		return -1;
	if (m->bytes.size > LIMIT_IMAGE_BYTES)
		return err_set(o->e, ERR_LIMIT, 0, "the image says that its disk has %llu bytes, more than is read",
			       (unsigned long long)m->bytes.size);
	return m->direct ? 0 : tell_size(m);
}

uint64_t media_most(const struct media *m)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->parts.n; i++)
		n += m->parts.v[i]->missing ? 0 : m->parts.v[i]->bytes.size;
	if (n > LIMIT_IMAGE_BYTES / LIMIT_IMAGE_RATIO)
		return LIMIT_IMAGE_BYTES;
	return n * LIMIT_IMAGE_RATIO > LIMIT_IMAGE_FREE ? n * LIMIT_IMAGE_RATIO : LIMIT_IMAGE_FREE;
}

void media_release(struct media *m)
{
	if (m->release)
		m->release(m);
	parts_release(&m->parts);
}
