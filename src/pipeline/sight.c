/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker tells of every record where the same one may lie in a shadow copy as well. */
#include "worker-private.h"

static uint64_t who_of(const struct event *ev)
{
	uint64_t numbers[3] = {ev->event_id, ev->record_id, ev->time_created};
	uint64_t h = hash_nocase(hash_nocase(0, ev->computer), ev->channel);

	return hash_bytes(hash_view(h, ev->provider), numbers, sizeof(numbers));
}

/*
 * The values as their bytes, which are the same in every copy: offsets within the chunk are not among
 * them. A digest, so that whoever writes a log cannot make another record pass for one that was seen.
 */
static int what_of(struct worker *w, const struct event *ev, uint64_t who, uint64_t *what)
{
	struct buf *b = &w->sight;
	uint8_t digest[32];

	buf_clear(b);
	buf_u64(b, who);
	for (size_t i = 0; i < ev->n_fields; i++) {
		buf_blob(b, ev->fields[i].name);
		buf_byte(b, ev->fields[i].value.type);
		buf_blob(b, ev->fields[i].value.raw);
	}
	if (b->bad || !sha256_of(buf_data(b), digest))
		return -1;
	struct cursor c = cursor_of((struct view){digest, sizeof(digest)});
	*what = cursor_u64(&c);
	*what += !*what; /* 0: not known */
	return 0;
}

int sight_record(struct worker *w, const struct event *ev, const struct record *r)
{
	struct sighting s = {.who = who_of(ev)};

	if (!ev->has_system)
		return 0;
	if (r->state == RECORD_WHOLE && what_of(w, ev, s.who, &s.what) < 0)
		return -1;
	sighting_write(&w->sightings, &s);
	return w->sightings.bad ? -1 : 0;
}
