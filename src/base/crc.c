/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 of EVTX headers and chunks: libdeflate's sum takes carry-less products, a tenth of zlib's time,
   and every chunk is summed. */
#include <libdeflate.h>

#include "evtxhound/base.h"

uint32_t crc32_add(uint32_t crc, struct view v)
{
	/* given no buffer, it would start anew */
	return v.n ? libdeflate_crc32(crc, v.p, v.n) : crc;
}

/* It tells its version to compilers only. */
const char *deflate_version(void)
{
	return LIBDEFLATE_VERSION_STRING;
}
