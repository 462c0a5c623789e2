/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TESTING_FINDINGS_H
#define EVTXHOUND_TESTING_FINDINGS_H
/* The findings of a run by number. */
#include "testing.h"

#include "evtxhound/report.h"

/* Borrowed until the next call. */
static inline const struct finding *nth_finding(const struct run *run, size_t n)
{
	const struct finding_reader *r = &run->findings;
	const struct finding *f = NULL;

	assert_int_equal(r->rewind(r->ctx, NULL), 0);
	for (size_t i = 0; i <= n; i++)
		assert_int_equal(r->next(r->ctx, &f, NULL), 0);
	return f;
}

#endif
