/* SPDX-License-Identifier: Apache-2.0 */
/* A chunk of a log: everything in it is decoded and put into text, twice, and must be the same. */
#include <stdlib.h>

#include "evtxhound/evtx.h"
#include "fuzz.h"

static uint64_t hash_event(struct arena *a, const struct event *ev, uint64_t hash)
{
	arena_reset(a);
	for (size_t i = 0; i < ev->n_fields; i++)
		hash = hash_view(hash_view(hash, ev->fields[i].name),
				 value_view(a, ev->fields[i].value));
	return hash_view(hash_view(hash, ev->provider), ev->computer) + ev->event_id;
}

static uint64_t decode(struct decoder *d, struct arena *a, struct view v, struct chunk_summary *s)
{
	struct record r;
	struct event ev;
	uint64_t hash = 0;

	d->ops->chunk(d, v, EVTX_HEADER_SIZE, NULL);
	while (!d->ops->next(d, &r, NULL))
		if (!d->ops->head(d, &r, &ev, NULL) && !d->ops->data(d, &r, &ev, NULL))
			hash = hash_event(a, &ev, hash + r.state);
	d->ops->summary(d, s);
	return hash;
}

static void damaged(void *ctx, const struct damage *d)
{
	if (d->severity == DAMAGE_LOSS)
		*(bool *)ctx = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct view v = {p, n < EVTX_CHUNK_SIZE ? n : EVTX_CHUNK_SIZE};
	bool loss = false;
	struct decoder *d = evtx_decoder_new(NULL, damaged, &loss);
	struct chunk_summary s, t;
	struct arena a;
	struct evtx_header h;

	arena_init(&a, LIMIT_CHUNK_ARENA);
	evtx_header_read(v, n, &h, NULL, NULL);
	if (d && decode(d, &a, v, &s) != decode(d, &a, v, &t) && !loss)
		abort(); /* a template known from before is another one than a template read now */
	if (d && s.bytes_header + s.bytes_record + s.bytes_slack + s.bytes_free + s.bytes_zero +
				 s.bytes_unknown !=
			 v.n)
		abort(); /* a byte without a name */
	if (d)
		d->ops->destroy(d);
	arena_release(&a);
	return 0;
}
