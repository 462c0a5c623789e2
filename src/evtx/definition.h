/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_DEFINITION_H
#define EVTXHOUND_EVTX_DEFINITION_H
/* Template definitions as they stand in a chunk, before they are compiled. */
#include "evtxhound/event.h"

struct definition {
	uint32_t offset; /* bytes into the chunk */
	struct guid guid;
	size_t body, size; /* bytes into the chunk */
	bool mended;	   /* the size is not the one that it has, but the one that its element tells */
};

/* false: none can stand there. */
bool definition_read(struct view chunk, uint32_t offset, struct definition *d);
/* The first four bytes of its GUID, by which instances name it. */
uint32_t definition_id(const struct definition *d);
/*
 * The next definition that stands where a record first uses it: behind an instance's head that
 * leads to it. *at: where to go on, from 0. false: no more.
 */
bool definition_find(struct view chunk, size_t *at, struct definition *d);

#endif
