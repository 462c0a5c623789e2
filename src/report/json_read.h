/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_JSON_READ_H
#define EVTXHOUND_JSON_READ_H
/*
 * JSON read member by member, without a tree: a manifest may be large, and holds paths that are no text,
 * as unpaired surrogates, which libraries refuse. After the first fault everything fails; `bad` says so.
 */
#include "evtxhound/base.h"

struct json_reader {
	struct view text;
	size_t at;      /* bytes read */
	unsigned depth; /* of what was entered */
	bool bad;
};

/* '{' or '['. false: something else stands there, and has been skipped. */
bool json_enter(struct json_reader *r, char open);
/* The next member's name; false at the object's end, which is then behind us. */
bool json_member(struct json_reader *r, struct buf *name);
/* Whether there is another element; false as above. */
bool json_element(struct json_reader *r);
/* A value of that type; one of another is skipped, and gives false. */
bool json_read_text(struct json_reader *r, struct buf *out); /* \udc80 to \udcff as the byte; UTF-8 else */
bool json_read_uint(struct json_reader *r, uint64_t *out);
void json_skip(struct json_reader *r);

#endif
