/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MATCH_VERDICTS_H
#define EVTXHOUND_MATCH_VERDICTS_H
/*
 * What a value of a field says of the conditions of an index, kept for the records to come: most values
 * are those of some record before. It is only what follows from the value alone, so that results do not
 * depend on what is kept; what there is no room for is found out again.
 */
#include "match-private.h"

/* Bits of conditions. */
struct verdict {
	uint64_t key;
	uint32_t index, slot;
	uint32_t kind;      /* 0: a text; else why there is none */
	struct view text;
	uint64_t *found;    /* may not be false, by their necessary texts */
	uint64_t *judged;   /* looked at with this field alone; and then: */
	uint64_t *refuted;  /* false, whatever other fields say */
	uint64_t *proven;   /* true, whatever they say */
};
#define VERDICT_TEXT 65536u        /* bytes of a value that is kept */
#define VERDICT_BYTES (24u << 20)  /* of all; then all are forgotten */

struct verdicts {
	struct arena arena;
	struct verdict **table; /* by key; what comes later replaces */
};
void verdicts_init(struct verdicts *v);
void verdicts_release(struct verdicts *v);
/* Between records: what was given does not live longer, where room must be made. */
void verdicts_next(struct verdicts *v);
/* `want` has index, slot, kind and text. *fresh: nothing is known of it yet. NULL: there is no room. */
struct verdict *verdicts_of(struct verdicts *v, const struct verdict *want, size_t n_words, bool *fresh);

#endif
