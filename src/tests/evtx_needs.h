/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_NEEDS_H
#define EVTXHOUND_EVTX_NEEDS_H
/*
 * Which bytes of an intact chunk each record rests on, and where in it stand the numbers that lead
 * on. Read by a small reader of its own that has nothing of the decoder's, so that the decoder's
 * mistakes are not the test's. It gives up on what is not as Windows writes it.
 */
#include "evtxhound/base.h"

struct span {
	uint32_t at, n; /* bytes into the chunk */
};

enum site_kind {
	SITE_INSTANCE_ID,
	SITE_INSTANCE_OFFSET,
	SITE_VALUE_COUNT,
	SITE_VALUE_SIZE,
	SITE_VALUE_TYPE,
	SITE_DEFINITION_NEXT,
	SITE_DEFINITION_GUID,
	SITE_DEFINITION_SIZE,
	SITE_NESTED, /* INSTANCE_OFFSET of an instance within another one's value */
	SITE_NAME_OFFSET,
	SITE_NAME_HASH,
	SITE_NAME_UNITS,
	SITE_ELEMENT_SIZE,
	SITE_SLOT,
	SITE_TEXT_UNITS,
	SITE_TOKEN,
	SITE_KINDS
};

/* Places of one kind. */
struct sites {
	uint32_t *at; /* bytes into the chunk */
	size_t n, cap;
};

struct survey {
	struct view chunk; /* borrowed */
	struct span *spans;
	size_t n_spans, cap_spans;
	struct sites sites[SITE_KINDS];
};

void survey_init(struct survey *s, struct view chunk);
void survey_release(struct survey *s);
/*
 * Adds the spans of the record at `at`: its own bytes; the definitions that it uses and the names
 * that those use, each without the link to the next one of its list. false: not understood.
 */
bool survey_record(struct survey *s, uint32_t at, uint32_t size);

#endif
