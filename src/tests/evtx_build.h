/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_BUILD_H
#define EVTXHOUND_EVTX_BUILD_H
/*
 * Chunks made by hand, token by token, so that a test can make wrong ones too. Knows nothing of the
 * decoder. Texts are ASCII.
 */
#include "evtxhound/evtx.h"

/* The forge and the reader of YAML build things too; a test may link all three. */
#define build_start evtx_build_start
#define build_finish evtx_build_finish
#define build_open evtx_build_open
#define build_end evtx_build_end
#define build_text evtx_build_text

#define BUILD_MARKS 256

struct build {
	uint8_t *p; /* EVTX_CHUNK_SIZE bytes */
	size_t n;   /* where the next byte goes */
	struct {
		const char *text;
		uint32_t offset;
	} names[BUILD_MARKS]; /* that stand in the chunk already */
	size_t n_names;
	size_t open[64], n_open; /* sizes to fill in when elements end */
	size_t record;		 /* the record being built */
	uint64_t first_id, last_id;
	size_t last_record;
	bool embedded; /* elements without a dependency id */
};

/* A value of an instance. */
struct build_value {
	uint8_t type;
	const void *p;
	size_t n;
};

void build_start(struct build *b); /* aborts without memory */
void build_free(struct build *b);
/* Chunk header and checksums over what was built. */
void build_finish(struct build *b);
void build_checksums(uint8_t *chunk);
void build_checksums_of(uint8_t *chunk, size_t n); /* of a chunk of which n bytes are there */

/* Where EVTXHOUND_CORPUS names a folder, the chunk becomes an input for fuzz_chunk there, named after the
   row of the test; without the zeros at its end, but those of its last record. */
void build_keep(const uint8_t *chunk, const char *row);

void build_record(struct build *b, uint64_t id, uint64_t time); /* with a fragment header */
void build_record_end(struct build *b);				/* with the end-of-stream token */

void build_u8(struct build *b, unsigned v);
void build_u16(struct build *b, unsigned v);
void build_u32(struct build *b, uint32_t v);
void build_u64(struct build *b, uint64_t v);
void build_bytes(struct build *b, const void *p, size_t n);
void build_put32(struct build *b, size_t at, uint32_t v);
size_t build_utf16(uint8_t *out, const char *text); /* bytes written */

void build_fragment(struct build *b);
void build_name(struct build *b, const char *text); /* offset, and the name itself the first time */
void build_open(struct build *b, const char *name, bool attributes);
void build_close_start(struct build *b);
void build_close_empty(struct build *b);
void build_end(struct build *b);
void build_attribute(struct build *b, const char *name, bool more);
void build_text(struct build *b, const char *text);
void build_slot(struct build *b, unsigned slot, uint8_t type);
void build_optional(struct build *b, unsigned slot, uint8_t type);

/* An instance with its definition: what is written up to _end is the body. Returns its offset. */
uint32_t build_template(struct build *b, uint32_t id);
void build_template_end(struct build *b, uint32_t definition);
/* An instance whose definition stands elsewhere. */
void build_instance(struct build *b, uint32_t id, uint32_t definition);
void build_values(struct build *b, const struct build_value *v, size_t n);

/* ---- a record as Windows writes them: System around embedded event data ---- */

struct build_event {
	uint32_t system, data; /* the definitions' offsets; 0: not yet in the chunk */
};
/* One record with EventData fields A (text), B (a number) and C (a GUID). */
void build_event(struct build *b, struct build_event *e, uint64_t id, const char *text);

/* A record with one template that holds EventData alone, up to its first <Data>; its end. */
void build_data_start(struct build *b, uint32_t *definition);
void build_data_end(struct build *b, uint32_t definition, const struct build_value *v, size_t n);
void build_data_open(struct build *b, const char *name); /* NULL: without a name */
/* A record of elements of an event's own making, in the record itself and without a template. */
void build_user_data(struct build *b);

#define BUILD_TIME 131800000000000000u /* 2018-08-28 */

#endif
