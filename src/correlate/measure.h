/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MEASURE_H
#define EVTXHOUND_MEASURE_H
/* What a window amounts to, while events come in at its end and go at its beginning. */
#include "correlate-private.h"

struct measuring {
	enum measure measure;
	double percentile;
	size_t n, n_events; /* of all; in the window */
	size_t n_values;    /* in the window that have one */
	bool *has;          /* per event */
	double *number;     /* per event */
	uint32_t *rank;     /* per event: of its value among all, from 0 */
	double *sorted;     /* the values by rank */
	uint64_t *in;       /* per value: how many are in the window; of PERCENTILE as a Fenwick tree */
	size_t distinct;
	double sum;
};
/* Of one key's events, in order. -1: no memory. To be released either way. */
int measure_init(struct measuring *m, struct correlate *c, const struct rule *r,
		 const struct keyed *v, size_t n);
void measure_release(struct measuring *m);
void measure_add(struct measuring *m, size_t i);
void measure_remove(struct measuring *m, size_t i);
/* false: there is none: an average of nothing. */
bool measure_value(const struct measuring *m, double *out);

#endif
