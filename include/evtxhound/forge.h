/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_FORGE_H
#define EVTXHOUND_FORGE_H
/*
 * Scenario text (YAML, docs/forge.md) to valid .evtx files as Windows would write them, for tests and
 * trainers. Shares no code with src/evtx, so that one's mistakes are not the other's.
 */
#include "evtxhound/base.h"

/* Writes the scenario's logs into the folder `dirfd` (never overwriting: an existing name is an
   error). `name` is for messages. The same text gives the same bytes. `made` gets one line per file:
   name, records, chunks. */
int forge_scenario(struct view text, const char *name, int dirfd, struct buf *made, struct err *e);

#endif
