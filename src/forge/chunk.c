/* SPDX-License-Identifier: Apache-2.0 */
#include "evtx-write.h"

#include <string.h>

#define CHUNK_HEADER 512u
#define RECORD_MAGIC 0x00002a2au
/* Windows was never seen to fill a chunk to its last byte, and libevtx misses a record that does. */
#define CHUNK_ROOM (BX_CHUNK - 8)

static void put_at(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void put_zeros(struct buf *b, size_t n)
{
	static const uint8_t zeros[512];

	for (; n > sizeof(zeros); n -= sizeof(zeros))
		buf_add(b, zeros, sizeof(zeros));
	buf_add(b, zeros, n);
}

struct bx_chunk *bx_chunk_new(void)
{
	struct bx_chunk *c = mem_alloc(sizeof(*c));

	if (!c)
		return NULL;
	buf_init(&c->b, BX_CHUNK);
	/* All of its memory now: whatever fails to be added later is for want of room. */
	put_zeros(&c->b, BX_CHUNK);
	if (c->b.bad) {
		bx_chunk_free(c);
		return NULL;
	}
	return c;
}

void bx_chunk_free(struct bx_chunk *c)
{
	if (c)
		buf_release(&c->b);
	mem_free(c);
}

void bx_chunk_start(struct bx_chunk *c, uint64_t first_number, const char *computer)
{
	buf_clear(&c->b);
	c->b.max = CHUNK_ROOM;
	put_zeros(&c->b, CHUNK_HEADER);
	c->computer = computer;
	memset(c->strings, 0, sizeof(c->strings));
	memset(c->templates, 0, sizeof(c->templates));
	c->n_names = c->n_known = 0;
	c->first_number = first_number;
	c->first_id = c->last_id = c->n = 0;
	c->last_record = c->before_last = 0;
	c->before_last_id = 0;
}

static int put_record(struct bx_chunk *c, const struct bx_record *r)
{
	size_t at = c->b.n, size;
	int rc;

	buf_u32(&c->b, RECORD_MAGIC);
	buf_u32(&c->b, 0);
	buf_u64(&c->b, r->frame_id);
	buf_u64(&c->b, r->frame_written);
	rc = bx_record_body(c, r);
	put_zeros(&c->b, (8 - (c->b.n - at + 4) % 8) % 8);
	size = c->b.n - at + 4;
	buf_u32(&c->b, (uint32_t)size);
	if (!c->b.bad)
		put_at(c->b.p + at + 4, size, 4);
	return rc;
}

int bx_chunk_add(struct bx_chunk *c, const struct bx_record *r)
{
	size_t at = c->b.n, n_names = c->n_names, n_known = c->n_known;
	uint32_t strings[64], templates[32];

	memcpy(strings, c->strings, sizeof(strings));
	memcpy(templates, c->templates, sizeof(templates));
	if (put_record(c, r))
		return -1;
	if (c->b.bad) {
		c->b.bad = false;
		c->b.n = at;
		c->n_names = n_names;
		c->n_known = n_known;
		memcpy(c->strings, strings, sizeof(strings));
		memcpy(c->templates, templates, sizeof(templates));
		return 1;
	}
	c->before_last = c->last_record;
	c->before_last_id = c->last_id;
	if (!c->n++)
		c->first_id = r->frame_id;
	c->last_id = r->frame_id;
	c->last_record = (uint32_t)at;
	return 0;
}

bool bx_chunk_hide_last(struct bx_chunk *c)
{
	size_t size = c->b.n - c->before_last;

	if (!c->before_last)
		return false;
	put_at(c->b.p + c->before_last + 4, size, 4);
	put_at(c->b.p + c->b.n - 4, size, 4);
	c->last_record = c->before_last;
	c->last_id = c->before_last_id;
	c->before_last = 0;
	c->n--;
	return true;
}

struct view bx_chunk_end(struct bx_chunk *c, bool checksums)
{
	size_t used = c->b.n;
	uint8_t *p = c->b.p;
	uint32_t crc;

	c->b.max = BX_CHUNK;
	put_zeros(&c->b, BX_CHUNK - used);
	memcpy(p, "ElfChnk", 8);
	put_at(p + 8, c->first_number, 8);
	put_at(p + 16, c->first_number + c->n - 1, 8);
	put_at(p + 24, c->n ? c->first_id : UINT64_MAX, 8);
	put_at(p + 32, c->n ? c->last_id : UINT64_MAX, 8);
	put_at(p + 40, 128, 4);
	put_at(p + 44, c->last_record, 4);
	put_at(p + 48, used, 4);
	put_at(p + 120, 1, 4);
	for (size_t i = 0; i < 64; i++)
		put_at(p + 128 + 4 * i, c->strings[i], 4);
	for (size_t i = 0; i < 32; i++)
		put_at(p + 384 + 4 * i, c->templates[i], 4);
	if (checksums) {
		put_at(p + 52, crc32_add(0, (struct view){p + CHUNK_HEADER, used - CHUNK_HEADER}), 4);
		crc = crc32_add(0, (struct view){p, 120});
		put_at(p + 124, crc32_add(crc, (struct view){p + 128, CHUNK_HEADER - 128}), 4);
	}
	return (struct view){p, BX_CHUNK};
}

void bx_header_write(const struct bx_header *h, uint8_t out[4096])
{
	memset(out, 0, 4096);
	memcpy(out, "ElfFile", 8);
	put_at(out + 8, h->first_chunk, 8);
	put_at(out + 16, h->last_chunk, 8);
	put_at(out + 24, h->next_record_id, 8);
	put_at(out + 32, 128, 4);
	put_at(out + 36, 1, 2);
	put_at(out + 38, 3, 2);
	put_at(out + 40, 4096, 2);
	put_at(out + 42, h->chunk_count, 2);
	put_at(out + 120, h->flags, 4);
	if (h->checksum)
		put_at(out + 124, crc32_add(0, (struct view){out, 120}), 4);
}
