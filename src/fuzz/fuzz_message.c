/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker sends, and what the parent sends it. */
#include "../pipeline/pipeline-private.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct cursor c = cursor_of((struct view){ p, n });
	struct arena a;
	struct unit u;
	struct err e = { 0 };
	arena_init(&a, LIMIT_MESSAGE);
	unit_read(&c, &a, &u);
	reply_check((struct view){ p, n }, NULL, NULL, &e);
	arena_release(&a);
	return 0;
}
