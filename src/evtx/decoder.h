/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_DECODER_H
#define EVTXHOUND_EVTX_DECODER_H
/*
 * The decoder's state: a chunk, the walk through it, its templates, and the record at hand.
 * decoder.c offers the interface, instance.c reads values by slot and makes events of them.
 */
#include "evtxhound/evtx.h"
#include "frame.h"
#include "template.h"

enum reading_what {
	READ_CORE, /* of System what tells records apart: see struct decoder_ops, peek() */
	READ_SYSTEM,
	READ_FIELDS,
	READ_DOCUMENT, /* render.h */
};

/* An instance whose values are on the decoder's stack of slots. */
struct instance {
	struct template *t; /* NULL: it cannot be had */
	size_t base, n;
	size_t at; /* where its count stands, bytes into the chunk */
	bool lost; /* its values cannot be had, and that was told */
	bool sound; /* all values are where, and as large as, their descriptors say */
	unsigned depth;
};

/* The last value of a System member in this chunk and what was made of it. */
struct memo {
	struct view raw; /* .p NULL: none yet */
	struct view text;
	struct guid guid;
	uint8_t type;
};

struct evtx_decoder {
	struct decoder base; /* first: the interface hands out its address */
	struct sink sink;
	struct chunk chunk;
	struct walk walk;
	struct templates templates;
	struct arena arena; /* values and texts of this chunk's records */
	struct buf text;
	struct chunk_summary summary;
	void *code_page; /* iconv_t of ANSI texts; NULL: Windows-1252 */
	struct memo memos[MEMBER_COUNT];
	uint32_t steps; /* left for the records of this chunk */
	uint32_t output; /* bytes, the same for their documents */
	bool ended;	/* and what can only then be known has been told */
	uint32_t slack_records, slack_whole;

	/* Slots of all instances that are open, one within another: a stack. */
	struct value *slots;
	size_t n_slots, cap_slots;
	/* The record's outermost instance, once it has been read without a fault: its values stay at the
	   bottom of the stack, since the record is read up to three times. */
	struct instance outer; /* .t NULL: none */
	size_t outer_pos, outer_end;
	struct field *fields; /* of the record at hand */
	size_t n_fields;
	struct renderer *renderer; /* NULL until a document is asked for */

	/* The record at hand. */
	bool open, recovered, slack, reconstructed;
	size_t pos, end; /* of its BinXML, bytes into the chunk */
	enum record_state state;
	uint64_t told[LIMIT_DAMAGE_PER_RECORD]; /* so that head() and data() do not tell twice */
	size_t n_told;
};

/*
 * Reads the record's BinXML: System members, or the fields, into d->fields. Lowers d->state on damage.
 * 0, or -1 for lack of memory.
 */
int record_read(struct evtx_decoder *d, struct event *ev, enum reading_what what);
void ansi_release(struct evtx_decoder *d);

#endif
