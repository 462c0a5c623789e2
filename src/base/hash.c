/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes that are the same everywhere. Whoever writes a log can make them collide: nothing may rest
 * on them but speed. The tables have their own, keyed.h.
 */
#include "evtxhound/base.h"

#define MIX 0xc6a4a7935bd1e995u
#define PRIME 0x100000001b3u

static uint64_t finish(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdu;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h;
}

/* Little-endian on every machine; the fixed count lets compilers see one load. */
static uint64_t load_part(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static uint64_t absorb(uint64_t h, uint64_t k)
{
	k *= MIX;
	k ^= k >> 47;
	k *= MIX;
	return (h ^ k) * MIX;
}

uint64_t hash_bytes(uint64_t seed, const void *data, size_t n)
{
	const uint8_t *p = data;
	uint64_t h = finish(seed + 0x9e3779b97f4a7c15u) ^ ((uint64_t)n * MIX);
	size_t whole = n & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8)
		h = absorb(h, load_u64(p + i));
	if (n != whole)
		h = absorb(h, load_part(p + whole, n - whole));
	return finish(h);
}

uint64_t hash_view(uint64_t seed, struct view v)
{
	return hash_bytes(seed, v.p, v.n);
}

/* By code point, since one letter may be one byte here and three there (k and U+212A). */
uint64_t hash_nocase(uint64_t seed, struct view v)
{
	uint64_t h = finish(seed + 0x9e3779b97f4a7c15u);

	while (v.n) {
		uint32_t cp;
		if (v.p[0] < 0x80) {
			cp = ascii_lower(v.p[0]);
			v = view_sub(v, 1, v.n);
		} else {
			cp = text_fold(text_next(&v));
		}
		h = (h ^ cp) * PRIME;
		h ^= h >> 29;
	}
	return finish(h);
}
