/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "chunk.h"

bool view_is_zero(struct view v)
{
	return view_used(v) == 0;
}

#define BLOCK 256u /* of zeros, which libc compares with its widest loads */

size_t view_used(struct view v)
{
	static const uint8_t zeros[BLOCK];
	size_t n = v.n;

	while (n >= BLOCK && !memcmp(v.p + n - BLOCK, zeros, BLOCK))
		n -= BLOCK;
	while (n && !v.p[n - 1])
		n--;
	return n;
}

struct checksums {
	uint32_t records, header;
};

static void parse(struct chunk *c, struct checksums *sums)
{
	struct cursor k = cursor_of(c->bytes);

	c->present = view_eq(cursor_take(&k, 8), (struct view){(const uint8_t *)"ElfChnk", 8});
	c->first_id = (cursor_skip(&k, 16), cursor_u64(&k));
	c->last_id = cursor_u64(&k);
	cursor_skip(&k, 4); /* header size */
	c->last_record = cursor_u32(&k);
	c->free_space = cursor_u32(&k);
	sums->records = cursor_u32(&k);
	cursor_seek(&k, 124);
	sums->header = cursor_u32(&k);
}

/* A whole record that ends at the free space shows that it is in the right place. */
static bool is_confirmed(const struct chunk *c)
{
	struct cursor k = cursor_of(c->bytes);
	uint32_t size;

	cursor_seek(&k, c->free_space - 4);
	size = cursor_u32(&k);
	if (k.bad || size < EVTX_RECORD_MIN || size > c->free_space - EVTX_CHUNK_HEADER_SIZE)
		return false;
	cursor_seek(&k, c->free_space - size);
	return cursor_u32(&k) == RECORD_SIGNATURE && cursor_u32(&k) == size;
}

static void check(struct chunk *c, const struct checksums *sums)
{
	struct view b = c->bytes;
	bool in_range = c->free_space >= EVTX_CHUNK_HEADER_SIZE && c->free_space <= EVTX_CHUNK_SIZE;
	uint32_t crc = crc32_add(crc32_add(0, view_sub(b, 0, 120)),
				 view_sub(b, 128, EVTX_CHUNK_HEADER_SIZE - 128));

	c->checksums_off = !sums->records && !sums->header;
	c->header_crc_ok = b.n >= EVTX_CHUNK_HEADER_SIZE && crc == sums->header;
	c->trusted = in_range && (c->header_crc_ok || c->checksums_off || is_confirmed(c));
	if (!in_range || c->free_space > b.n)
		return;
	crc = crc32_add(
		0, view_sub(b, EVTX_CHUNK_HEADER_SIZE, c->free_space - EVTX_CHUNK_HEADER_SIZE));
	c->records_crc_ok = crc == sums->records;
}

static void tell(const struct chunk *c, const struct sink *s)
{
	uint64_t at = c->offset;

	if (c->bytes.n < EVTX_CHUNK_SIZE)
		sink_tell(s, DAMAGE_LOSS, "chunk-short", at, c->bytes.n,
			  "the chunk is cut after %zu of %u bytes", c->bytes.n, EVTX_CHUNK_SIZE);
	if (!c->present) {
		sink_tell(s, DAMAGE_LOSS, "chunk-signature", at, 8,
			  "the chunk does not start with ElfChnk; records in it are sought one by "
			  "one");
		return;
	}
	if (c->checksums_off) {
		sink_tell(s, DAMAGE_NOTE, "checksums-off", at, 0,
			  "the chunk was written without checksums");
	} else if (!c->header_crc_ok) {
		sink_tell(s, DAMAGE_LOSS, "chunk-checksum", at, EVTX_CHUNK_HEADER_SIZE,
			  "the checksum over the chunk's header does not hold");
	} else if (!c->records_crc_ok && c->trusted && c->free_space <= c->bytes.n) {
		sink_tell(s, DAMAGE_LOSS, "records-checksum", at + EVTX_CHUNK_HEADER_SIZE,
			  c->free_space - EVTX_CHUNK_HEADER_SIZE,
			  "the checksum over the chunk's records does not hold");
	}
	if (!c->trusted && (c->header_crc_ok || c->checksums_off))
		sink_tell(s, DAMAGE_LOSS, "chunk-free-space", at + 48, 4,
			  "the chunk's free-space offset %u lies outside of it", c->free_space);
}

void chunk_open(struct chunk *c, struct view bytes, uint64_t offset, const struct sink *s)
{
	struct checksums sums;

	memset(c, 0, sizeof(*c));
	c->bytes = view_sub(bytes, 0, EVTX_CHUNK_SIZE);
	c->offset = offset;
	c->index = offset >= EVTX_HEADER_SIZE ? (offset - EVTX_HEADER_SIZE) / EVTX_CHUNK_SIZE : 0;
	c->live_end = c->bytes.n;
	parse(c, &sums);
	if (c->present)
		check(c, &sums);
	else
		c->unused = view_is_zero(c->bytes);
	if (c->trusted && c->free_space < c->live_end)
		c->live_end = c->free_space;
	if (!c->unused)
		tell(c, s);
}
