/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_CORRELATE_EXPLAIN_H
#define EVTXHOUND_CORRELATE_EXPLAIN_H
/* What the explanation of a record and near misses share: their words. */
#include "correlate-private.h"

struct explaining {
	struct correlate *c;
	uint32_t rule;
	const struct kept *kept; /* the record asked about */
	struct buf *out;
	bool unknown;            /* something told could not be checked */
};
/* The values of the field that a test asks, or why they are not known. */
void explain_answer(struct explaining *x, const struct told_part *t);

#endif
