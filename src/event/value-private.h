/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_VALUE_PRIVATE_H
#define EVTXHOUND_VALUE_PRIVATE_H
/*
 * What the files of this module share about values and texts; not a contract. Views returned live
 * in the arena given, or are those passed in.
 */
#include "evtxhound/event.h"

/* Upper-case hexadecimal, as the event viewer shows bytes it cannot type. */
void value_bytes(struct buf *out, struct view raw);
/* An array's items with commas between them. */
void array_text(struct buf *out, struct value v);
/* Bytes of the SID at the start of v, 0 when there is none. */
size_t sid_size(struct view v);
uint64_t value_bits(struct view raw);  /* at most 8 bytes, little-endian */
int64_t value_signed(struct view raw); /* 1 to 8 bytes */
/* Substitution strings often carry their terminator; only such trailing NULs are no text. */
struct view value_trimmed(struct view ansi);
bool value_is_ascii16(struct view raw);
/* Decimal, or 0x and hexadecimal; the whole text, at most 64 bits. */
bool value_parse_number(struct view v, uint64_t *out);

/* .p NULL: no room. */
struct view value_decimal(struct arena *a, uint64_t v);
struct view value_hexadecimal(struct arena *a, uint64_t v); /* 0x..., lower case */

bool value_says_nothing(struct view v); /* "" or "-", which Windows and Sysmon write for nothing */

/* A well-known name's id, for events decoded without a table; FIELD_NONE when unknown. */
field_id field_known_find(struct view name);

#define TIME_SECOND 10000000ull /* in FILETIME's 100 ns */
#define TIME_DAY (86400 * TIME_SECOND)

/* Parts of messages, read with distrust: anything but 0 and 1 makes the cursor bad. */
bool message_bool(struct cursor *c);
void message_guid(struct cursor *c, struct guid *out);

/*
 * A value in the one spelling in which both decoders' texts are compared: GUIDs in lower case,
 * hexadecimal numbers in lower case without leading zeros, times as time_format() writes them. .p
 * NULL: no room. An empty text is "", never NULL.
 */
struct view value_canonical(struct arena *a, struct value v);

/* activity.c: all of an activity that was begun. -1: no memory. */
int activity_fill(const struct event *ev, struct arena *a, struct activity *act);
/* The name of an integrity level's SID, "Medium"; other texts as they are. */
struct view integrity_name(struct view label);

#endif
