/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_SHOW_H
#define EVTXHOUND_EVTX_SHOW_H
/* What a decoder makes of a chunk, as text that a test row can name. */
#include "evtxhound/evtx.h"

/*
 * A line per record: "id state: name=text name=text"; state is "whole", "partly", "undecoded", with
 * "-" behind it where System could not be read, "!" where the checksum does not hold, "+" where it
 * was recovered, "^" where it was hidden, "~" where its template was borrowed. Damages follow, each " [kind]", where they are told. Lines end with "\n". false:
 * no memory.
 */
bool show_chunk(struct decoder *d, struct view bytes, struct buf *out, struct chunk_summary *sum);
/* The damage function to make the decoder with; its context is the buffer that is shown into. */
void show_damage(void *ctx, const struct damage *d);
/* Every one of the chunk's n bytes has a name, and every live record a state. */
bool show_adds_up(const struct chunk_summary *s, size_t n);

#endif
