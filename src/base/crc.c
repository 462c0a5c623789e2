/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 of EVTX headers and chunks: one of few places that know zlib. */
#include <zlib.h>
#undef zlib_version /* zlib.h has a macro of this name */

#include "evtxhound/base.h"

uint32_t crc32_add(uint32_t crc, struct view v)
{
	/* given no buffer, crc32_z() would start anew */
	return v.n ? (uint32_t)crc32_z(crc, v.p, v.n) : crc;
}

const char *zlib_version(void)
{
	return zlibVersion();
}
