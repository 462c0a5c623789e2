/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "damage.h"
#include "evtxhound/evtx.h"

#define CRC_BYTES 120u /* the header's checksum covers these, and stands at 124 */

uint64_t evtx_chunk_count(uint64_t file_size)
{
	if (file_size <= EVTX_HEADER_SIZE)
		return 0;
	return (file_size - EVTX_HEADER_SIZE - 1) / EVTX_CHUNK_SIZE + 1;
}

uint64_t evtx_chunk_offset(uint64_t chunk)
{
	return EVTX_HEADER_SIZE + chunk * EVTX_CHUNK_SIZE;
}

uint64_t evtx_chunk_of(uint64_t offset)
{
	return offset < EVTX_HEADER_SIZE ? 0 : (offset - EVTX_HEADER_SIZE) / EVTX_CHUNK_SIZE;
}

static void parse(struct view first, struct evtx_header *h)
{
	struct cursor c = cursor_of(first);

	h->signature_ok = view_eq(cursor_take(&c, 8), (struct view){(const uint8_t *)"ElfFile", 8});
	h->first_chunk = cursor_u64(&c);
	h->last_chunk = cursor_u64(&c);
	h->next_record_id = cursor_u64(&c);
	h->header_size = cursor_u32(&c);
	h->minor = cursor_u16(&c);
	h->major = cursor_u16(&c);
	h->block_size = cursor_u16(&c);
	h->chunk_count = cursor_u16(&c);
	cursor_seek(&c, CRC_BYTES);
	h->flags = cursor_u32(&c);
	h->stored_crc = cursor_u32(&c);
	h->crc_ok = !c.bad && crc32_add(0, view_sub(first, 0, CRC_BYTES)) == h->stored_crc;
}

/* What logs taken from a running machine show: worth a word, and mostly no loss. */
static void tell_notes(const struct evtx_header *h, uint64_t file_size, const struct sink *s)
{
	uint64_t chunks = evtx_chunk_count(file_size);

	if (h->flags & EVTX_DIRTY)
		sink_tell(s, DAMAGE_NOTE, "dirty", CRC_BYTES, 4,
			  "the log was not closed; its header may be older than its chunks");
	/*
	 * The count is 16 bits wide: of a log with more chunks only the rest can be compared. It may be
	 * old and too small, but a log never shrinks: with fewer chunks than that it was cut.
	 */
	if (h->chunk_count != (uint16_t)chunks)
		sink_tell(s, h->crc_ok && h->chunk_count > chunks ? DAMAGE_LOSS : DAMAGE_NOTE,
			  "chunk-count", 42, 2,
			  "the header counts %u chunks, the file has room for %llu", h->chunk_count,
			  (unsigned long long)chunks);
}

static void tell_faults(const struct evtx_header *h, const struct sink *s)
{
	if (!h->crc_ok)
		sink_tell(s, h->stored_crc ? DAMAGE_LOSS : DAMAGE_NOTE, "header-checksum", 0,
			  CRC_BYTES,
			  h->stored_crc ? "the file header's checksum does not hold"
					: "the file header has no checksum");
	if (h->major != 3 || h->minor > 2)
		sink_tell(s, DAMAGE_LOSS, "header-version", 36, 4,
			  "format version %u.%u is not known; it is read as 3.1", h->major,
			  h->minor);
	if (h->block_size != EVTX_HEADER_SIZE)
		sink_tell(s, DAMAGE_LOSS, "header-size", 40, 2,
			  "the header says that chunks start at %u; they are looked for at %u",
			  h->block_size, EVTX_HEADER_SIZE);
}

void evtx_header_read(struct view first, uint64_t file_size, struct evtx_header *h, damage_fn *fn,
		      void *ctx)
{
	struct sink s = {.fn = fn, .ctx = ctx};

	memset(h, 0, sizeof(*h));
	parse(first, h);
	if (first.n < EVTX_HEADER_SIZE)
		sink_tell(&s, DAMAGE_LOSS, "header-short", 0, first.n,
			  "the file header is cut after %zu of %u bytes", first.n,
			  EVTX_HEADER_SIZE);
	if (!h->signature_ok) {
		sink_tell(&s, DAMAGE_LOSS, "header-signature", 0, 8,
			  "the file header does not start with ElfFile; the chunks are read "
			  "without it");
		return;
	}
	tell_faults(h, &s);
	tell_notes(h, file_size, &s);
}
