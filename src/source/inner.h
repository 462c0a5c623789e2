/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_INNER_H
#define EVTXHOUND_INNER_H
/* Sources that are in containers, and what is kept of these. */
#include "evtxhound/source.h"

/* Frees what a source owns. */
void inner_release(struct source *s);

/* list.c: room for one more; false: no memory. */
bool list_room(struct source_list *l);

#endif
