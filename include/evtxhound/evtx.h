/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_H
#define EVTXHOUND_EVTX_H
/*
 * The EVTX format, read by ourselves: file header, chunk, record framing, checksums, BinXML. A
 * template is compiled once, a record is read through it. Damage is reported and walked around, never
 * repaired. Format facts: docs/evtx.md (MS-EVEN6; libyal's EVTX description; our own measurements).
 */
#include "evtxhound/event.h"

struct evtx_header {
	bool signature_ok, crc_ok;
	uint64_t first_chunk, last_chunk, next_record_id;
	uint32_t header_size;
	uint16_t minor, major, block_size, chunk_count;
	uint32_t flags; /* bit 0 dirty, bit 1 full */
	uint32_t stored_crc;
};
/* `first` is up to the first 4096 bytes of the source. Notes and damages go to `fn`. `file_size` tells
   whether the counts are stale. Always fills `h` (zero where there was nothing). */
void evtx_header_read(struct view first, uint64_t file_size, struct evtx_header *h, damage_fn *fn,
		      void *ctx);
#define EVTX_DIRTY 1u
#define EVTX_FULL 2u

/* How many 64 KiB chunks a log of that size holds, the last perhaps short, and where each starts. */
uint64_t evtx_chunk_count(uint64_t file_size);
uint64_t evtx_chunk_offset(uint64_t chunk);
uint64_t evtx_chunk_of(uint64_t offset); /* the chunk that byte lies in; 0 before the first */

/* ---- where the chunks of a source are ---- */

struct evtx_bytes {
	/* Reads up to n bytes at `at`; fewer only at the end or where reading fails. */
	int64_t (*read)(void *ctx, uint64_t at, void *out, size_t n);
	void *ctx;
	uint64_t size;
};
/*
 * Chunks one behind the other, each 64 KiB from the start of the one before: the first at `base`.
 * Only what lies in [from, to) is theirs, so the first may lack its beginning and the last its end.
 * Offsets in the source, bytes; `base` may lie before it (modulo 2^64) when the front is cut off.
 */
struct evtx_run {
	uint64_t base, from, to;
};
struct evtx_layout {
	struct evtx_run *runs; /* in order of offset, none within another */
	size_t n, cap;
	uint32_t header;        /* bytes of the file header's block, at the start; 0: none */
	uint64_t zero, unknown; /* bytes in neither */
	bool regular;           /* a header's block, and one run from there to the end */
};
/*
 * Finds them: where they should be by eight bytes each, and where that is not so by their signature
 * anywhere, and by records without a chunk. Tells of chunks that are out of place, and of bytes that
 * are neither. 0, or -1 for lack of memory; the caller releases.
 */
int evtx_layout(struct evtx_layout *l, const struct evtx_bytes *source, damage_fn *fn, void *ctx,
		struct err *e);
void evtx_layout_release(struct evtx_layout *l);
uint64_t evtx_run_chunks(const struct evtx_run *r);
/* Its chunks from `first` on, at most n of them. */
struct evtx_run evtx_run_part(const struct evtx_run *r, uint64_t first, uint64_t n);

/* The decoder of the house. ->ops->destroy() frees. NULL: no memory. */
struct decoder *evtx_decoder_new(const struct fields *fields, damage_fn *fn, void *ctx);
/* ANSI texts are Windows-1252 unless this is called; any name that iconv knows. false: it does not. */
bool evtx_decoder_code_page(struct decoder *d, const char *name);
bool evtx_code_page_known(const char *name);

/* ---- a record as a document ---- */

enum evtx_format {
	EVTX_XML,     /* <Event xmlns="...">...</Event> */
	EVTX_JSON,    /* {"System":{...},"EventData":{...}}: the value of "Event" */
	EVTX_PAYLOAD, /* the same without System */
};
/*
 * Appends the record that next() gave, without a line break before, within or behind it; head() and
 * data() need not have been called. Always something that parses, whatever the record holds; what
 * cannot be decoded stands in it as raw values or hexadecimal. Lowers r->state and tells of damage as
 * data() does. *odd: some text is not valid UTF-16, or holds what the format cannot; it is escaped
 * (docs/evtx.md). 0, or -1 for lack of memory. `out` should have no cap: reaching it is the same.
 */
int evtx_render(struct decoder *d, struct record *r, enum evtx_format f, struct buf *out, bool *odd,
		struct err *e);

/* ---- templates of other chunks ---- */

/* Who lends definitions that a chunk lacks. The order must not depend on what was read before. */
struct evtx_lender {
	/* The n-th (0, 1 ...) definition of the source whose GUID starts with `id`: the bytes of its
	   chunk, valid until the next call, and where it stands in them. false: no more. */
	bool (*definition)(void *ctx, const uint8_t id[4], size_t n, struct view *chunk,
			   uint32_t *offset);
	void *ctx;
};
/* NULL: none. Borrowed; asked only while next(), head(), data() or evtx_render() run. */
void evtx_decoder_lend(struct decoder *d, const struct evtx_lender *l);

/*
 * An index of the definitions of a source, for a lender. Bounded (limits.h); with the chunks added in
 * the order of their offsets, the same source gives the same index.
 */
struct evtx_library;
struct evtx_library *evtx_library_new(void); /* NULL: no memory */
void evtx_library_free(struct evtx_library *l);
/* The definitions of a chunk that starts at `offset` of the source. Keeps none of its bytes. 0, or -1
   for lack of memory. */
int evtx_library_add(struct evtx_library *l, struct view chunk, uint64_t offset);
/* Where the n-th one stands whose GUID starts with `id`, lowest place first; no two say the same. */
bool evtx_library_find(const struct evtx_library *l, const uint8_t id[4], size_t n, uint64_t *chunk,
		       uint32_t *offset);

#endif
