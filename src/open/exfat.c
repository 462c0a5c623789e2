/* SPDX-License-Identifier: Apache-2.0 */
/* What libtsk leaves out of a file's directory entries on exFAT (its specification, 7.4 and 7.6). */
#include "exfat.h"

#define ENTRY 32u
#define FIRST_INUM 3u /* libtsk's number of the first entry in the heap of clusters */
#define TYPE 0x7fu    /* what stands above tells only whether the entry is in use */
#define FILE_ENTRY 5u
#define STREAM_ENTRY 0x40u
#define TICKS_PER_MINUTE 600000000

/* The entry's place in the volume; false: the second may be elsewhere. */
static bool find(const struct reader *volume, uint64_t inum, uint64_t *at)
{
	uint8_t boot[512];
	int64_t n = reader_read(volume, 0, boot, sizeof(boot));
	struct cursor c = cursor_of((struct view){ boot, n > 0 ? (size_t)n : 0 });

	cursor_seek(&c, 88);
	uint64_t heap = cursor_u32(&c);
	cursor_seek(&c, 108);
	unsigned sector = cursor_u8(&c), cluster = cursor_u8(&c);
	if (c.bad || sector < 9 || sector > 12 || sector + cluster > 25 || inum < FIRST_INUM)
		return false;
	uint64_t within = (inum - FIRST_INUM) * ENTRY;
	*at = (heap << sector) + within;
	return (within + ENTRY) % (1u << (sector + cluster)) != 0;
}

/* Quarters of an hour east of UTC, in 7 bits with a sign; unless it is said, UTC is assumed. */
static int64_t zone(uint8_t b)
{
	int quarters = b & 0x40 ? (b & 0x7f) - 0x80 : b & 0x7f;

	return b & 0x80 ? (int64_t)quarters * 15 * TICKS_PER_MINUTE : 0;
}

bool exfat_read(const struct reader *volume, uint64_t inum, struct exfat_entry *out)
{
	uint8_t bytes[2 * ENTRY];
	uint64_t at;

	if (!find(volume, inum, &at) || reader_read(volume, at, bytes, sizeof(bytes)) != (int64_t)sizeof(bytes) ||
	    (bytes[0] & TYPE) != FILE_ENTRY || (bytes[ENTRY] & TYPE) != STREAM_ENTRY)
		return false;
	*out = (struct exfat_entry){ .valid = load_u64(bytes + ENTRY + 8) };
	out->zone[TIME_BORN] = zone(bytes[22]);
	out->zone[TIME_MODIFIED] = zone(bytes[23]);
	out->zone[TIME_ACCESSED] = zone(bytes[24]);
	return true;
}
