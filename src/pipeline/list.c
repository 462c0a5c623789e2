/* SPDX-License-Identifier: Apache-2.0 */
/* What would be read, without reading it. */
#include "extract-private.h"

int list_begin(const struct list_options *o, struct hunt **out, struct err *e)
{
	const struct start_options start = {.evidence = o->evidence, .jobs = o->jobs, .stop = o->stop};
	struct hunt *h = *out = hunt_new(o->sources, e);

	if (!h)
		return -1;
	h->progress = o->progress;
	h->progress_ctx = o->ctx;
	return hunt_open(h, &start, e);
}

int list_end(struct hunt *h, struct run *run, struct err *e)
{
	for (size_t i = 0; i < h->sources->n; i++)
		if (h->sources->v[i].kind != SOURCE_UNREADABLE)
			ledger_recheck(&h->ledger, &h->sources->v[i]);
	if (ledger_close(&h->ledger, e) < 0)
		return -1;
	hunt_fill(h, run);
	return 0;
}

int list_run(const struct list_options *o, struct hunt **out, struct run *run, struct err *e)
{
	if (list_begin(o, out, e) < 0)
		return -1;
	return list_end(*out, run, e);
}
