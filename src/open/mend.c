/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTFS keeps copies of what it cannot be opened without: of its first sector in the volume's last one, of
 * the first entries of the MFT in $MFTMirr. Where the first is damaged the copy is put in its place,
 * for the reader alone.
 */
#include <string.h>

#include "mend.h"

#define SECTOR 512u
#define MIRRORED 4u /* entries */

static int64_t read_mended(const struct reader *r, uint64_t off, void *out, size_t n)
{
	const struct mend *m = r->ctx;
	int64_t got = reader_read(m->base, off, out, n);

	for (size_t i = 0; i < m->n; i++) {
		uint64_t from = m->patch[i].at, to = from + m->patch[i].n;
		uint64_t a = off > from ? off : from, end = off + (got > 0 ? (uint64_t)got : 0);
		uint64_t b = end < to ? end : to;
		if (a < b)
			memcpy((uint8_t *)out + (a - off), m->patch[i].bytes + (a - from), (size_t)(b - a));
	}
	return got;
}

static bool is_boot(const uint8_t sector[SECTOR])
{
	return !memcmp(sector + 3, "NTFS    ", 8) && sector[510] == 0x55 && sector[511] == 0xaa;
}

static bool fetch(const struct mend *m, uint64_t at, void *out, size_t n)
{
	return at <= m->base->size && n <= m->base->size - at &&
	       reader_read(m->base, at, out, n) == (int64_t)n;
}

/* Where a cluster's number stands in the boot sector, the cluster's place; 0: nowhere. */
static uint64_t place_of(const struct mend *m, const uint8_t *boot, size_t field)
{
	uint64_t cluster = load_u64(boot + field);
	uint64_t size = (uint64_t)load_u16(boot + 11) * boot[13];

	return !size || cluster > m->base->size / size ? 0 : cluster * size;
}

/* Bytes of an MFT entry: clusters, or a power of two. */
static size_t entry_size(const uint8_t *boot)
{
	int8_t v = (int8_t)boot[64];
	uint64_t size = v > 0 ? (uint64_t)v * load_u16(boot + 11) * boot[13] : v > -13 ? 1ull << -v : 0;

	return size >= SECTOR && size <= MEND_MAX / MIRRORED ? (size_t)size : 0;
}

static bool mend_mft(struct mend *m, const uint8_t *boot)
{
	struct mend_patch *p = &m->patch[m->n];
	uint64_t mirror = place_of(m, boot, 56);

	p->at = place_of(m, boot, 48);
	p->n = MIRRORED * entry_size(boot);
	if (!p->at || !mirror || !p->n || !fetch(m, mirror, p->bytes, p->n) ||
	    memcmp(p->bytes, "FILE", 4) != 0)
		return false;
	m->n++;
	return true;
}

bool mend_init(struct mend *m, const struct reader *base, bool mft)
{
	uint8_t boot[SECTOR];

	*m = (struct mend){ .base = base };
	if (base->size < 2 * SECTOR || !fetch(m, 0, boot, SECTOR))
		return false;
	if (!is_boot(boot)) {
		if (!fetch(m, base->size / SECTOR * SECTOR - SECTOR, boot, SECTOR) || !is_boot(boot))
			return false;
		m->boot = true;
		m->patch[m->n].n = SECTOR;
		memcpy(m->patch[m->n++].bytes, boot, SECTOR);
	}
	m->mft = mft && mend_mft(m, boot);
	m->reader = (struct reader){ .read_at = read_mended, .ctx = m, .fd = -1, .size = base->size };
	return mft ? m->mft : m->boot;
}
