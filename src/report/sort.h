/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_SORT_H
#define EVTXHOUND_REPORT_SORT_H
/*
 * An external merge sort of (key, payload) pairs by the bytes of the key, then of the payload. What
 * does not fit in memory goes to an unlinked temporary file in the output folder: the disk that the
 * result needs anyway, and nothing is left behind when the program dies.
 */
#include "evtxhound/base.h"

struct sorter;
/* `memory` bounds a run (one pair larger than that is a run of its own) and the buffers of a merge;
   `fanin` (at least 2) the runs merged at once. */
struct sorter *sorter_new(int dirfd, size_t memory, unsigned fanin, struct err *e);
void sorter_free(struct sorter *s);
int sorter_add(struct sorter *s, struct view key, struct view payload, struct err *e);
/* No more comes; call once, then next() to the end. */
int sorter_finish(struct sorter *s, struct err *e);
/* 0 a pair, borrowed until the next call; >0 the end; <0 error. */
int sorter_next(struct sorter *s, struct view *key, struct view *payload, struct err *e);

#endif
