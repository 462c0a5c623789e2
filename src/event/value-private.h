/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_VALUE_PRIVATE_H
#define EVTXHOUND_VALUE_PRIVATE_H
/*
 * What the files of this module share about values and texts; not a contract. Views returned live in
 * the arena given, or are those passed in.
 */
#include "evtxhound/event.h"

/* Upper-case hexadecimal, as the event viewer shows bytes it cannot type. */
void hex_upper(struct buf *out, struct view raw);
/* Bytes of the SID at the start of v, 0 when there is none. */
size_t sid_size(struct view v);
/* Decimal, or 0x and hexadecimal; the whole text, at most 64 bits. */
bool text_number(struct view v, uint64_t *out);

/*
 * A value in the one spelling in which both decoders' texts are compared: GUIDs in lower case,
 * hexadecimal numbers in lower case without leading zeros, times as time_format() writes them, line
 * ends as LF. .p NULL: no room. An empty text is "", never NULL.
 */
struct view value_canonical(struct arena *a, struct value v);

#endif
