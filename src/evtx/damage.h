/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_DAMAGE_H
#define EVTXHOUND_EVTX_DAMAGE_H
/*
 * Where this module's findings about damage go. Telling never fails and never changes what is read.
 */
#include "evtxhound/event.h"

struct sink {
	damage_fn *fn; /* may be NULL */
	void *ctx;
	bool quiet; /* while records of the slack are read: nothing of them need be whole */
};

/* `kind` is static; offset and length are bytes in the source (length 0: unknown). */
void sink_tell(const struct sink *s, enum damage_severity severity, const char *kind,
	       uint64_t offset, uint64_t length, const char *fmt, ...) EH_PRINTF(6, 7);

#endif
