/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_KEYED_H
#define EVTXHOUND_KEYED_H
/*
 * Hashes under a secret of the table's own, so that no log can be written whose texts all fall into
 * one slot. Nothing that is written out may hang on them, nor the order of anything.
 */
#include "evtxhound/base.h"

uint64_t keyed_secret(void);
uint64_t keyed_view(uint64_t secret, struct view v);
uint64_t keyed_nocase(uint64_t secret, struct view v); /* equal for texts equal under text_fold() */
uint64_t keyed_number(uint64_t secret, uint64_t n);

#endif
