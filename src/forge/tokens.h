/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_TOKENS_H
#define FORGE_TOKENS_H
/* BinXML token by token, at the present end of a chunk, and the two kinds of template definitions. */
#include "evtx-write.h"

#define NO_DEPENDENCY 0xffffu

/* Tokens. */
enum {
	T_EOF = 0x00, T_OPEN = 0x01, T_CLOSE_START = 0x02, T_CLOSE_EMPTY = 0x03, T_END = 0x04,
	T_VALUE = 0x05, T_ATTRIBUTE = 0x06, T_INSTANCE = 0x0c, T_NORMAL = 0x0d, T_OPTIONAL = 0x0e,
	T_HEADER = 0x0f, T_MORE = 0x40,
};
/* Slots of the System templates. */
enum {
	S_LEVEL, S_OPCODE, S_TASK, S_ID, S_QUALIFIERS, S_KEYWORDS, S_TIME, S_ACTIVITY, S_PID, S_TID,
	S_RECORD_ID, S_VERSION, S_USER, S_RELATED, S_PROVIDER, S_GUID, S_CHANNEL, S_PAYLOAD,
	S_LITERAL_RELATED = 18, S_LITERAL_PAYLOAD = 19,
};

void bx_put_header(struct buf *b); /* of a fragment */
void bx_patch16(struct bx_chunk *c, size_t at, uint16_t v);
uint32_t bx_here(const struct bx_chunk *c);
/* Fills in the size that stands at `at`: of all that was written behind it. */
void bx_patch_size(struct bx_chunk *c, size_t at);

/* Returns where the size stands, for bx_close_element(). */
size_t bx_open_element(struct bx_chunk *c, const char *name, unsigned dependency, bool attributes);
void bx_close_element(struct bx_chunk *c, size_t at, int token);
void bx_close_start(struct bx_chunk *c);
size_t bx_open_attributes(struct bx_chunk *c); /* for bx_patch_size() */
void bx_put_attribute(struct bx_chunk *c, const char *name, bool more);
void bx_put_text(struct bx_chunk *c, const char *text);
void bx_put_slot(struct bx_chunk *c, int token, size_t slot, uint8_t type);
/* <name>%slot</name>, there only when the value is. */
void bx_put_optional(struct bx_chunk *c, const char *name, size_t slot, uint8_t type);
/* <name a="%x" b="%y"/>; b may be NULL. */
void bx_put_attributes(struct bx_chunk *c, const char *name, const char *a, size_t x, uint8_t xt,
		       const char *b, size_t y, uint8_t yt);
void bx_put_literal(struct bx_chunk *c, const char *name, const char *text);

/* What stands in a template's definition: all around an event, and the event's own part. */
void bx_system_definition(struct bx_chunk *c, const struct bx_event *ev);
void bx_payload_definition(struct bx_chunk *c, const struct bx_event *ev);

#endif
