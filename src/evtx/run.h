/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_RUN_H
#define EVTXHOUND_EVTX_RUN_H
/*
 * One instance's values on their way through its template's program: step by step (run.c), or,
 * where it has values of the same kinds as instances before, by a plan (plan.c).
 */
#include "render.h"

struct run {
	struct render *x;
	const struct instance *in;
	struct program *p;
	const struct value *slots; /* until another instance is read */
	size_t n;
	int e; /* -1: no memory */
};

/* What a step does, without its literals and jumps: a value that is there, and any other one. */
void run_value(struct run *r, const struct step *s);
void run_other(struct run *r, const struct step *s);
/* There is text among the content of a node, other than what is embedded. */
bool run_has_texts(struct run *r, uint32_t node);

/*
 * A program with all that kinds and sizes of values decide already decided: literals, and what
 * stands between them. Lives as long as the program.
 */
struct plan;
/* The one for values as these are; NULL: there is none, and the program is to be run. */
const struct plan *plan_of(struct run *r);
void plan_run(struct run *r, const struct plan *p);

/* Most literals are short: blocks are copied, with what lies behind. */
static inline uint8_t *copy_to(uint8_t *to, const uint8_t *from, size_t n)
{
	memcpy(to, from, PROGRAM_SLACK);
	for (size_t at = PROGRAM_SLACK; at < n; at += PROGRAM_SLACK)
		memcpy(to + at, from + at, PROGRAM_SLACK);
	return to + n;
}

#endif
