/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle-private.h"

static bool is_zero(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i])
			return false;
	return true;
}

/* MS-EVEN6 does not tell; libyal's description of the chunk header does. */
void look_at_chunk(struct view chunk, struct chunk_summary *s)
{
	struct cursor c = cursor_of(chunk);

	s->present = view_eq(cursor_take(&c, 8), (struct view){(const uint8_t *)"ElfChnk", 8});
	s->unused = is_zero(chunk);
	cursor_seek(&c, 48);
	uint32_t free_at = cursor_u32(&c);
	uint32_t records_crc = cursor_u32(&c);
	cursor_seek(&c, 124);
	uint32_t header_crc = cursor_u32(&c);
	if (c.bad || !s->present)
		return;
	s->checksums_off = !records_crc && !header_crc;
	uint32_t crc = crc32_add(0, view_sub(chunk, 0, 120));
	crc = crc32_add(crc, view_sub(chunk, 128, EVTX_CHUNK_HEADER_SIZE - 128));
	s->header_crc_ok = chunk.n >= EVTX_CHUNK_HEADER_SIZE && crc == header_crc;
	if (free_at < EVTX_CHUNK_HEADER_SIZE || free_at > chunk.n)
		return;
	struct view records =
		view_sub(chunk, EVTX_CHUNK_HEADER_SIZE, free_at - EVTX_CHUNK_HEADER_SIZE);
	s->records_crc_ok = crc32_add(0, records) == records_crc;
}
