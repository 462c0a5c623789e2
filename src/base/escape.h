/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_ESCAPE_H
#define EVTXHOUND_ESCAPE_H
/*
 * What the forms of text (enum text_form) ask of single characters; shared by the writers of
 * UTF-16 and UTF-8. Not a contract.
 */
#include "evtxhound/base.h"

/* An ASCII character that is not written as itself; n 0: it is, or escape_write() knows better. */
struct escape {
	char text[7];
	uint8_t n;
};
extern const struct escape escape_json[128], escape_xml[128], escape_attribute[128];

#define ESCAPE_MOST 9u /* bytes that one UTF-16 code unit can become */

const struct escape *escape_table(enum text_form f); /* NULL for TEXT_PLAIN */
/* A code point, or an unpaired surrogate, at `out`; ESCAPE_MOST bytes of room. Returns what is
   behind it, and counts what the form cannot hold. */
uint8_t *escape_write(uint8_t *out, uint32_t cp, enum text_form f, size_t *odd);

#endif
