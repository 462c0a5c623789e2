/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_TRACE_H
#define EVTXHOUND_EVTX_TRACE_H
/*
 * Where a chunk starts whose header is gone, or into which bytes were put, or from which some were
 * taken: records refer to definitions, and those to names, by offsets into the chunk.
 */
#include "frame.h"

/* Bytes of a source, and the definitions that stand in them. */
struct trace {
	struct view bytes; /* borrowed */
	uint64_t at;	   /* where in the source they start */
	bool indexed;	   /* `definitions` are known */
	size_t n;
	struct {
		uint32_t id, pos; /* first bytes of the GUID; bytes into `bytes` */
	} definitions[LIMIT_LAYOUT_DEFINITIONS];
};

void trace_start(struct trace *t, struct view bytes, uint64_t at);
/*
 * The sound record at `pos` says that its chunk starts at *base of the source (modulo 2^64, as it
 * may be before it). *base as it is given is preferred; for another one, only definitions and names
 * count that stand at `from` or behind it (bytes into t->bytes). false: it says nothing.
 */
bool trace_base(struct trace *t, const struct frame *f, size_t from, uint64_t *base);

#endif
