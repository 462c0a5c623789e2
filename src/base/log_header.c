/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"
#include "evtxhound/limits.h"

static void put_le(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

void log_header_make(uint8_t *p)
{
	memset(p, 0, EVTX_HEADER_SIZE);
	memcpy(p, "ElfFile", 8);
	put_le(p + 24, 1, 8);                /* next record id: the chunk's records tell better */
	put_le(p + 32, 128, 4);              /* header size */
	put_le(p + 36, 1, 2);                /* minor version */
	put_le(p + 38, 3, 2);                /* major version */
	put_le(p + 40, EVTX_HEADER_SIZE, 2); /* block size */
	put_le(p + 42, 1, 2);                /* chunks */
	put_le(p + 124, crc32_add(0, (struct view){p, 120}), 4);
}
