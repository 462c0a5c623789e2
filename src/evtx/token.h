/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_TOKEN_H
#define EVTXHOUND_EVTX_TOKEN_H
/* The tokens of BinXML (MS-EVEN6 2.2.12). */
#include "evtxhound/event.h"

#define TOKEN_MORE 0x40
enum token {
	TOKEN_EOF = 0x00,
	TOKEN_OPEN = 0x01,
	TOKEN_CLOSE_START = 0x02,
	TOKEN_CLOSE_EMPTY = 0x03,
	TOKEN_END = 0x04,
	TOKEN_VALUE = 0x05,
	TOKEN_ATTRIBUTE = 0x06,
	TOKEN_CDATA = 0x07,
	TOKEN_CHAR = 0x08,
	TOKEN_ENTITY = 0x09,
	TOKEN_PI_TARGET = 0x0a,
	TOKEN_PI_DATA = 0x0b,
	TOKEN_INSTANCE = 0x0c,
	TOKEN_SLOT = 0x0d,
	TOKEN_OPTIONAL_SLOT = 0x0e,
	TOKEN_FRAGMENT = 0x0f,
};

/* What stands before the values of an instance, its token already read. */
struct instance_head {
	struct view id;	     /* the first four bytes of the definition's GUID */
	uint32_t definition; /* bytes into the chunk, as it says */
	size_t here;	     /* the same, of a definition that stands in the instance; 0: none does */
	uint32_t count;	     /* values */
	size_t descriptors;  /* where their sizes and types start */
};
/*
 * The bytes of a definition's body; the cursor at their count, and left behind that. Where no element
 * ends there, but the outermost one says an end that is one, that is believed, and *mended set.
 */
uint32_t body_size(struct cursor *k, bool *mended);
/* Leaves the cursor at the descriptors. Fills *h where it stands: a copy would be waited for. */
void instance_head(struct cursor *k, struct instance_head *h);
void instance_skip(struct cursor *k); /* past all values */
/* Where the BinXML of a record ends that stands from `pos` to `end`, told by sizes alone; 0: they do
   not tell. Cheap: asked of every record. */
size_t content_end(struct view chunk, size_t pos, size_t end);

#define FRAGMENT_HEAD 0x0001010fu /* what records, bodies and embedded BinXML start with */
/* What stands before the tokens of a definition. */
#define DEFINITION_HEAD 24u /* next definition, GUID, bytes of the body */

#endif
