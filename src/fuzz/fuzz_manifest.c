/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a report, which may be anybody's. */
#include "evtxhound/report.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct manifest m;
	struct err e = {0};

	manifest_read((struct view){p, n}, &m, &e);
	manifest_release(&m);
	return 0;
}
