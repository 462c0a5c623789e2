/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_MUTATE_H
#define EVTXHOUND_EVTX_MUTATE_H
/* Kinds of damage to one chunk. The same subject, kind and number give the same bytes. */
#include "evtx_subject.h"

struct mutant {
	const struct subject *of;
	const struct mutation *kind;
	unsigned number;
	bool repaired; /* both checksums hold again */
	uint8_t *p;    /* EVTX_CHUNK_SIZE bytes */
	size_t n;      /* that are there */
	uint64_t random;
};

struct mutation {
	const char *name;
	bool (*apply)(struct mutant *m); /* false: not possible in this chunk */
	enum site_kind site;
	uint32_t width; /* bytes: of the number at the site, or of what is zeroed */
	unsigned total; /* mutants of all chunks together; 0: `each` */
	unsigned each;	/* of every chunk */
	enum { AS_IT_IS = 1, REPAIRED = 2, BOTH_WAYS = 3 } ways;
	bool sizes_free; /* records rest on no frame's sizes: they come out although these are wrong
			  */
	bool open;	 /* known to fail as yet */
};

extern const struct mutation mutations[];
extern const size_t n_mutations;

/* Fills m->p and m->n from the other members. false: not possible, or nothing changed. */
bool mutate(struct mutant *m);

#endif
