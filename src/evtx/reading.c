/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "reading.h"

void reading_lower(struct reading *r)
{
	r->faults++;
	if (r->d->state == RECORD_WHOLE)
		r->d->state = RECORD_PARTLY;
}

void reading_damaged(struct reading *r, const char *kind, size_t at, const char *fmt, ...)
{
	struct evtx_decoder *d = r->d;
	uint64_t key = hash_bytes(at, kind, strlen(kind));
	char what[160];
	va_list ap;

	reading_lower(r);
	r->torn |= strcmp(kind, "value-missing") != 0; /* of which there are no bytes */
	for (size_t i = 0; i < d->n_told; i++)
		if (d->told[i] == key)
			return;
	if (d->n_told == LIMIT_DAMAGE_PER_RECORD)
		return;
	d->told[d->n_told++] = key;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	sink_tell(&d->sink, DAMAGE_LOSS, kind, d->chunk.offset + at, 0, "%s", what);
}

bool reading_spend(struct reading *r, uint32_t steps)
{
	if (r->steps >= steps) {
		r->steps -= steps;
		return true;
	}
	r->steps = 0;
	reading_damaged(r, "limit", r->d->pos, "the record needs more steps than are allowed");
	return false;
}

int reading_no_room(struct reading *r)
{
	if (!arena_is_full(&r->d->arena))
		return -1;
	reading_damaged(r, "limit", r->d->pos,
			"the record's texts need more memory than a chunk may");
	return 0;
}
