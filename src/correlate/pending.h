/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_PENDING_H
#define EVTXHOUND_PENDING_H
/*
 * What a sequence has begun and not ended: of each key and stage the newest one. Positions are those
 * of the stages that must be there, from 0; a missing stage lies in a gap, before the position of
 * its number (0: before the first; n: behind the last).
 */
#include "correlate-private.h"

struct pending {
	struct pending *older, *newer; /* in order of their making */
	uint64_t slot;                 /* key and position; see slot_of() */
	uint32_t reached;              /* the last position fulfilled */
	bool shadowed;                 /* what must not come before the first came, */
	uint64_t shadow;               /* at the latest then */
	struct kept *chain[];          /* positions 0 .. reached */
};
/* A sequence that has ended, unless what must not follow follows. */
struct open_end {
	struct open_end *next;
	size_t at; /* in the list of what was found */
};

struct engine {
	struct correlate *c;
	const struct rule *rule;
	uint32_t number;
	enum clock clock;
	struct founds *out;
	uint32_t position[LIMIT_RULE_STAGES]; /* by stage: its position or gap */
	uint32_t stage[LIMIT_RULE_STAGES];    /* by position */
	uint32_t n;                           /* positions */
	bool leading, trailing;               /* there are missing stages there */
	struct map slots;                     /* slot to address of the pending; 0: none */
	struct map shadows;                   /* key to the newest time of what must not come first */
	struct map ends;                      /* key to the newest open end; 0: none */
	struct pending *oldest, *newest, *unused;
	size_t n_pending;
	struct arena arena;
};

void engine_init(struct engine *g, struct correlate *c, uint32_t rule, enum clock clock,
		 struct founds *out);
void engine_release(struct engine *g);
/* NULL: none. */
struct pending *pending_find(const struct engine *g, uint32_t key, uint32_t position);
struct pending *pending_new(struct engine *g); /* NULL: no memory */
void pending_take(struct engine *g, struct pending *p);
void pending_give_back(struct engine *g, struct pending *p);
/* The newest pending of its place replaces the one before. */
int pending_put(struct engine *g, struct pending *p, uint32_t key, uint32_t position);
bool pending_in_span(const struct engine *g, const struct pending *p, const struct kept *k);
/* What was found, kept open where something must not follow. */
int pending_complete(struct engine *g, struct pending *p, uint32_t key);
/* Whether the event ends an open one of its key; `kill` false: only whether. */
bool open_ends(struct engine *g, const struct kept *k, uint32_t key, bool kill);
void founds_without_killed(struct founds *f);

#endif
