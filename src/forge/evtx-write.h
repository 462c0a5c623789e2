/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_EVTX_WRITE_H
#define FORGE_EVTX_WRITE_H
/*
 * Writes EVTX bytes: BinXML, chunks, the file around them. Knows nothing of scenarios. Everything is
 * laid out as Windows does it: names and template definitions stand inline where a chunk first needs
 * them, are found through the chunk's two tables of buckets, and are written anew in every chunk.
 */
#include "evtxhound/base.h"

/* BinXML value types (MS-EVEN6 2.2.12); the writer's own copy, src/event has the reader's. */
enum bx_type {
	BX_NULL = 0x00, BX_STRING = 0x01, BX_ANSI = 0x02, BX_INT8 = 0x03, BX_UINT8 = 0x04,
	BX_INT16 = 0x05, BX_UINT16 = 0x06, BX_INT32 = 0x07, BX_UINT32 = 0x08, BX_INT64 = 0x09,
	BX_UINT64 = 0x0a, BX_FLOAT = 0x0b, BX_DOUBLE = 0x0c, BX_BOOL = 0x0d, BX_BINARY = 0x0e,
	BX_GUID = 0x0f, BX_SIZE = 0x10, BX_FILETIME = 0x11, BX_SYSTEMTIME = 0x12, BX_SID = 0x13,
	BX_HEX32 = 0x14, BX_HEX64 = 0x15, BX_XML = 0x21, BX_ARRAY = 0x80,
};

struct bx_field {
	const char *name; /* ASCII; NULL: <Data> without a Name */
	uint8_t type;     /* enum bx_type, as the template declares it */
};

/* How an event's own part looks. */
enum bx_payload {
	PAYLOAD_DATA,    /* EventData, one Data element per field */
	PAYLOAD_CLASSIC, /* EventData of the old API: strings as one array, and a Binary */
	PAYLOAD_CLEARED, /* UserData/LogFileCleared, an element per field */
};
/* Which of Windows' System templates the event is written with. */
enum bx_system {
	SYSTEM_MODERN,  /* provider and channel are values */
	SYSTEM_LITERAL, /* provider and channel stand in the template */
	SYSTEM_CLASSIC, /* the old API: no version, opcode, correlation, execution */
};

/* An event type: what all its records have in common. Lives as long as the log being written. */
struct bx_event {
	const char *provider, *guid, *channel; /* guid NULL: the provider has none */
	uint16_t id, task, qualifiers;
	uint8_t version, level, opcode;
	bool has_qualifiers;
	uint64_t keywords;
	enum bx_system system;
	enum bx_payload payload;
	const struct bx_field *fields;
	size_t n_fields;
};

/* One record to be written. */
struct bx_record {
	const struct bx_event *event;
	uint64_t id, written; /* EventRecordID; FILETIME of TimeCreated */
	uint64_t frame_id, frame_written; /* the same, as the record's header says */
	uint32_t pid, tid;    /* of the service that writes the log */
	struct view user_sid; /* binary; empty: none */
	struct view values;   /* as bx_values_end() gave them */
};

/* ---- the values of a template instance ---- */

#define BX_VALUES_MAX 256u
struct bx_values {
	struct buf data;
	uint16_t size[BX_VALUES_MAX];
	uint8_t type[BX_VALUES_MAX];
	size_t n;
	bool too_long; /* a value of more than 65535 bytes, or too many */
};
void bx_values_init(struct bx_values *v);
void bx_values_release(struct bx_values *v);
void bx_values_add(struct bx_values *v, uint8_t type, const void *p, size_t n);
/* What was written to `data` since it held `before` bytes is one value. */
void bx_values_claim(struct bx_values *v, uint8_t type, size_t before);
/* Count, descriptors and data behind one another. */
void bx_values_end(const struct bx_values *v, struct buf *out);

/* ---- a chunk being filled ---- */

struct bx_name {
	struct view text; /* ASCII, borrowed */
	uint32_t offset;
};
struct bx_template {
	const struct bx_event *event; /* the first that needed it */
	bool system;                  /* else the event's own part */
	uint32_t offset;
};
#define BX_NAMES_MAX 2048u
#define BX_TEMPLATES_MAX 512u
#define BX_CHUNK 65536u
struct bx_chunk {
	struct buf b;         /* the chunk so far; never grows beyond BX_CHUNK */
	const char *computer; /* of all its records */
	uint32_t strings[64], templates[32];
	struct bx_name names[BX_NAMES_MAX];
	size_t n_names;
	struct bx_template known[BX_TEMPLATES_MAX];
	size_t n_known;
	uint64_t first_number, first_id, last_id, n; /* n: records */
	uint32_t last_record;
	uint32_t before_last;    /* offset of the record before it, and its id; 0: there is none */
	uint64_t before_last_id;
};

struct bx_chunk *bx_chunk_new(void); /* NULL: no memory */
void bx_chunk_free(struct bx_chunk *c);
/* `first_number` counts records of the file, from 1; `computer` is borrowed. */
void bx_chunk_start(struct bx_chunk *c, uint64_t first_number, const char *computer);
/* 0 written, >0 the chunk has no room for it (and is as before), <0 no memory. */
int bx_chunk_add(struct bx_chunk *c, const struct bx_record *r);
/* Raises the size of the record before the last one until it covers that one, which so is no record of
   the chunk any more. false: there is none before it. */
bool bx_chunk_hide_last(struct bx_chunk *c);
/* Header and checksums; the 65536 bytes are valid until the next start. */
struct view bx_chunk_end(struct bx_chunk *c, bool checksums);

/* BinXML of a record at the chunk's present end; b.bad tells that there was no room. -1: no memory. */
int bx_record_body(struct bx_chunk *c, const struct bx_record *r);

struct bx_header {
	uint64_t first_chunk, last_chunk, next_record_id;
	uint16_t chunk_count;
	uint32_t flags;
	bool checksum;
};
/* 4096 bytes. */
void bx_header_write(const struct bx_header *h, uint8_t out[4096]);

#endif
