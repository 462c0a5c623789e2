/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <string.h>

#define ENTRY 128u
#define ENTRIES_SECTORS (GPT_PARTS * ENTRY / SECTOR)

static void put_zeros(struct buf *b, size_t to)
{
	while (!b->bad && b->n < to)
		buf_byte(b, 0);
}

/* The same name gives the same GUID, of version 4 by its looks. */
static void put_guid(struct buf *b, struct view name)
{
	uint8_t sum[32] = {0};

	b->bad |= !sha256_of(name, sum);
	sum[7] = (uint8_t)((sum[7] & 0x0f) | 0x40);
	sum[8] = (uint8_t)((sum[8] & 0x3f) | 0x80);
	buf_add(b, sum, 16);
}

/* For what knows no GPT: one partition over all of the disk. */
static void put_mbr(struct buf *b, uint64_t sectors)
{
	static const uint8_t head[] = {0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff};

	put_zeros(b, 446);
	buf_add(b, head, sizeof(head));
	buf_u32(b, 1);
	buf_u32(b, sectors - 1 > UINT32_MAX ? UINT32_MAX : (uint32_t)(sectors - 1));
	put_zeros(b, 510);
	buf_u16(b, 0xaa55);
}

static void put_entries(struct buf *b, const struct gpt_part *parts, size_t n)
{
	static const uint8_t basic_data[16] = {0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
					       0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7};

	for (size_t i = 0; i < n; i++) {
		buf_add(b, basic_data, sizeof(basic_data));
		put_guid(b, parts[i].name);
		buf_u64(b, parts[i].first);
		buf_u64(b, parts[i].first + parts[i].sectors - 1);
		buf_u64(b, 0);
		text_to_utf16(b, view_str("Basic data partition"));
		put_zeros(b, (i + 1) * ENTRY);
	}
	put_zeros(b, GPT_PARTS * ENTRY);
}

/* A table lies in sector `own`, the other one in `other`, this one's entries from `entries` on. */
static void put_header(struct buf *b, uint64_t own, uint64_t other, uint64_t entries,
		       uint64_t sectors, struct view table)
{
	size_t at = b->n;

	buf_str(b, "EFI PART");
	buf_u32(b, 0x00010000);
	buf_u32(b, 92);
	buf_u64(b, 0); /* its checksum, and nothing */
	buf_u64(b, own);
	buf_u64(b, other);
	buf_u64(b, 2 + ENTRIES_SECTORS);
	buf_u64(b, sectors - GPT_TAIL - 1);
	put_guid(b, table);
	buf_u64(b, entries);
	buf_u32(b, GPT_PARTS);
	buf_u32(b, ENTRY);
	buf_u32(b, crc32_add(0, table));
	if (!b->bad) {
		uint32_t crc = crc32_add(0, view_sub(buf_data(b), at, 92));

		for (size_t i = 0; i < 4; i++)
			b->p[at + 16 + i] = (uint8_t)(crc >> (8 * i));
	}
	put_zeros(b, at + SECTOR);
}

int gpt_write(int fd, uint64_t sectors, const struct gpt_part *parts, size_t n, struct err *e)
{
	struct buf table, front, back;
	int rc = 0;

	buf_init(&table, 0);
	buf_init(&front, 0);
	buf_init(&back, 0);
	put_entries(&table, parts, n);
	put_mbr(&front, sectors);
	put_header(&front, 1, sectors - 1, 2, sectors, buf_data(&table));
	buf_view(&front, buf_data(&table));
	buf_view(&back, buf_data(&table));
	put_header(&back, sectors - 1, 1, sectors - GPT_TAIL, sectors, buf_data(&table));
	if (table.bad || front.bad || back.bad)
		rc = err_set(e, ERR_NOMEM, 0, "no memory for a partition table");
	else if (sc_write_at(fd, front.p, front.n, 0) ||
		 sc_write_at(fd, back.p, back.n, (sectors - GPT_TAIL) * SECTOR))
		rc = err_errno(e, ERR_IO, "the partition table cannot be written");
	buf_release(&table);
	buf_release(&front);
	buf_release(&back);
	return rc;
}
