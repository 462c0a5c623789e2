/* SPDX-License-Identifier: Apache-2.0 */
/* Every eighth byte of a disk is asked whether a record starts there: this decides how long that takes. */
#include "carve-private.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define STEP 8u
#define BLOCK 64u

/* Somewhere in these 64 bytes there may be one. */
static inline bool may_hold(const uint8_t *p)
{
#if defined(__SSE2__)
	/* Of four numbers the second and fourth do not count; they are rarely equal either. */
	const __m128i *v = (const __m128i *)(const void *)p, mark = _mm_set1_epi32(0x2a2a);
	__m128i a = _mm_cmpeq_epi32(_mm_loadu_si128(v), mark);
	__m128i b = _mm_cmpeq_epi32(_mm_loadu_si128(v + 1), mark);
	__m128i c = _mm_cmpeq_epi32(_mm_loadu_si128(v + 2), mark);
	__m128i d = _mm_cmpeq_epi32(_mm_loadu_si128(v + 3), mark);

	return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) != 0;
#else
	unsigned any = 0;

	for (unsigned i = 0; i < BLOCK; i += STEP)
		any |= load_u32(p + i) == 0x2a2a;
	return any != 0;
#endif
}

size_t carve_scan(const uint8_t *p, size_t n, size_t at)
{
	while (at + STEP <= n) {
		if (at % BLOCK == 0 && at + BLOCK <= n && !may_hold(p + at)) {
			at += BLOCK;
			continue;
		}
		if (load_u32(p + at) == 0x2a2a)
			return at;
		at += STEP;
	}
	return n;
}
