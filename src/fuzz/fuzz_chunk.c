/* SPDX-License-Identifier: Apache-2.0 */
/* A chunk of a log: all in it is decoded and written in all forms, twice, and must be the same. */
#include <stdlib.h>

#include "../tests/evtx_outcome.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct view v = {p, n < EVTX_CHUNK_SIZE ? n : EVTX_CHUNK_SIZE};
	struct evtx_header h;
	struct outcome o;
	uint64_t first;

	evtx_header_read(v, n, &h, NULL, NULL);
	outcome_init(&o);
	outcome_code_page(&o, v);
	o.lent = v;
	outcome_read(&o, v, EVTX_HEADER_SIZE);
	first = hash_view(o.n, buf_data(&o.text));
	for (size_t i = 0; i < o.n && !o.fault; i++)
		o.fault = outcome_parse(&o, &o.seen[i]);
	if (!o.fault)
		outcome_read(&o, v, EVTX_HEADER_SIZE);
	if (o.fault || (!o.losses && first != hash_view(o.n, buf_data(&o.text))))
		abort(); /* o.fault; or a template known from before is another one than one new */
	outcome_release(&o);
	return 0;
}
