/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes packed as a zlib stream, and written as base64. */
#include <libdeflate.h>

#include "evtxhound/base.h"

bool zlib_pack(struct buf *b, struct view v)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(ZLIB_LEVEL);
	size_t bound = c ? libdeflate_zlib_compress_bound(c, v.n) : 0;
	uint8_t *room = c ? buf_room(b, bound) : NULL;
	size_t n = room ? libdeflate_zlib_compress(c, v.p, v.n, room, bound) : 0;

	libdeflate_free_compressor(c);
	b->n += n;
	return n > 0;
}

void base64_add(struct buf *b, struct view v)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t *out = buf_room(b, (v.n + 2) / 3 * 4);

	if (!out)
		return;
	for (size_t i = 0; i < v.n; i += 3) {
		size_t left = v.n - i;
		uint32_t bits = (uint32_t)v.p[i] << 16;

		bits |= left > 1 ? (uint32_t)v.p[i + 1] << 8 : 0;
		bits |= left > 2 ? v.p[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			*out++ = k > left ? '=' : (uint8_t)digits[bits >> (18 - 6 * k) & 63];
	}
	b->n += (v.n + 2) / 3 * 4;
}
