/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EXPAND_PRIVATE_H
#define EVTXHOUND_EXPAND_PRIVATE_H
/* Containers among the evidence being opened: expand.c asks, expand-take.c takes what is told. */
#include "hunt-private.h"

/* A container that a process has in hand. */
struct asking {
	bool used;
	uint32_t source;
	struct source_bytes bytes;
	int dirfd; /* its folder; -1 */
	uint32_t spool;
	uint64_t spool_at;
};
/* Takes an answer, or what came of one. */
int expand_take(struct expand *x, uint32_t source, struct view reply, struct err *e);
/* For later: there is no ledger yet. */
int expand_tell(struct expand *x, struct source_contents *whose, const struct damage *d, struct err *e);
/* The source's, made when first asked for; NULL: no memory. */
struct source_contents *expand_contents(struct source *s);
/* open_sink.progress; ctx is the struct expand. */
int expand_progress(void *ctx, struct view volume, uint64_t files, uint64_t bytes);

#endif
