/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_RENDER_H
#define EVTXHOUND_EVTX_RENDER_H
/*
 * A record as a document: render.c begins and ends it, run.c runs the programs of its templates,
 * put.c writes values, members.c sees to it that no JSON object has a key twice.
 */
#include <string.h>

#include "program.h"
#include "reading.h"

/* A member of an object that is watched. */
struct json_member {
	uint32_t at; /* bytes behind the start of the record's text */
	bool list;   /* its value is a list to which others of its key are added */
};

#define OBJECTS_MOST (4 * LIMIT_BINXML_DEPTH)

/* Kept from record to record. */
struct renderer {
	struct assembler assembler;
	struct buf scratch, merged;
	struct json_member *members; /* LIMIT_RECORD_MEMBERS */
	uint16_t *table;	/* of members.c */
	size_t objects[OBJECTS_MOST]; /* the first members of those that are open */
	struct text16 text[4]; /* by enum mode */
};

struct render {
	struct renderer *kept;
	struct reading *r;
	const struct record *record;
	struct buf *out;
	const uint8_t *end; /* of the chunk's bytes */
	size_t start, most; /* of the record's text in `out`: its first byte, its last possible */
	enum evtx_format format;
	bool odd;
	bool over;	/* more than is allowed: what was written is of no use */
	uint32_t roots; /* elements of XML at the outermost level */
	size_t n_members, n_objects;
};

struct renderer *renderer_new(void);
void renderer_free(struct renderer *x);

/* An instance's values through its template's program. 0, or -1 for lack of memory. */
int render_instance(struct render *x, const struct instance *in);
/* The values of one without a template, by their slots; without a part of it, if there are some. */
void render_lost(struct render *x, const struct instance *in, const struct slot_set *told);
void render_rest(struct render *x, const struct instance *in, const struct slot_set *told);
/* BinXML in a value that stands in element `node`: its elements, or its members. */
int render_embedded(struct render *x, const struct instance *in, struct node *node,
		    struct view raw);

/* ---- values ---- */

void put_init(struct renderer *x, enum text16_kind kind);

/* In JSON with its quotes, a null as null. */
void put_value(struct render *x, const struct value *v, enum mode m);
void put_view(struct render *x, struct view utf8, enum mode m);
static inline void put_literal(struct render *x, const char *s)
{
	buf_add(x->out, s, strlen(s));
}

/*
 * Straight to `out`, which has VALUE_ROOM; returns what is behind. NULL: the value is no number,
 * GUID, time or SID of the right size.
 */
uint8_t *put_scalar(uint8_t *out, const struct value *v, enum mode m);
/* The same of UTF-16 of at most TEXT16_BLOCK units, for which there is room, and two bytes. */
uint8_t *put_text(struct render *x, uint8_t *out, struct view raw, enum mode m);

/* ---- members of JSON objects ---- */

void members_open(struct render *x);
void members_note(struct render *x, bool list);
void members_shut(struct render *x); /* writes what closes the object, too */
/* Takes back the comma behind the last member, if there is one. */
void members_comma(struct render *x);
/* What closes an object that is not watched; null when it has no members. */
void members_close(struct render *x);

#endif
