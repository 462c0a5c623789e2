/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtxhound/base.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define REPLACEMENT 0xfffdu
#define CODE_POINT_MAX 0x10ffffu

static bool is_surrogate(uint32_t cp)
{
	return cp >= 0xd800 && cp <= 0xdfff;
}

static bool is_high(uint32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(uint32_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Bytes that follow a leading byte, the bits that it gives, and the least value of that length. */
static size_t lead(uint8_t c, uint32_t *bits, uint32_t *least)
{
	if (c >= 0xc2 && c <= 0xdf) {
		*bits = c & 0x1f;
		*least = 0x80;
		return 1;
	}
	if (c >= 0xe0 && c <= 0xef) {
		*bits = c & 0x0f;
		*least = 0x800;
		return 2;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*bits = c & 0x07;
		*least = 0x10000;
		return 3;
	}
	return 0;
}

uint32_t text_next(struct view *v)
{
	uint8_t first = v->p[0];
	uint32_t cp = 0, least = 0;

	*v = view_sub(*v, 1, v->n);
	if (first < 0x80)
		return first;
	size_t more = lead(first, &cp, &least);
	if (more == 0 || more > v->n)
		return TEXT_BAD | first;
	for (size_t i = 0; i < more; i++) {
		if ((v->p[i] & 0xc0) != 0x80)
			return TEXT_BAD | first;
		cp = cp << 6 | (v->p[i] & 0x3f);
	}
	if (cp < least || cp > CODE_POINT_MAX)
		return TEXT_BAD | first;
	*v = view_sub(*v, more, v->n);
	return cp;
}

static size_t encode(uint8_t *out, uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (uint8_t)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (uint8_t)(0xc0 | cp >> 6);
		out[1] = (uint8_t)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (uint8_t)(0xe0 | cp >> 12);
		out[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | cp >> 18);
	out[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (cp & 0x3f));
	return 4;
}

void text_put(struct buf *b, uint32_t cp)
{
	uint8_t out[4];

	buf_add(b, out, encode(out, cp > CODE_POINT_MAX ? REPLACEMENT : cp));
}

bool text_valid(struct view v, size_t *at)
{
	size_t all = v.n;

	while (v.n) {
		size_t here = all - v.n;
		uint32_t cp = text_next(&v);
		if ((cp & TEXT_BAD) || is_surrogate(cp)) {
			if (at)
				*at = here;
			return false;
		}
	}
	return true;
}

static uint32_t unit_at(const uint8_t *p)
{
	return (uint32_t)(p[0] | p[1] << 8);
}

/* Sixteen units at a time, as far as they are ASCII; returns how many were copied. */
#if defined(__SSE2__)
static size_t narrow_blocks(uint8_t *out, const uint8_t *p, size_t units)
{
	const __m128i high = _mm_set1_epi16((short)0xff80), zero = _mm_setzero_si128();
	size_t i = 0;

	for (; units - i >= 16; i += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * i));
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + 2 * i + 16));
		__m128i other = _mm_and_si128(_mm_or_si128(a, b), high);

		if (_mm_movemask_epi8(_mm_cmpeq_epi16(other, zero)) != 0xffff)
			break;
		_mm_storeu_si128((__m128i *)(void *)(out + i), _mm_packus_epi16(a, b));
	}
	return i;
}
#else
static size_t narrow_blocks(uint8_t *out, const uint8_t *p, size_t units)
{
	(void)out;
	(void)p;
	(void)units;
	return 0;
}
#endif

size_t text_narrow(uint8_t *out, const uint8_t *utf16, size_t units)
{
	size_t i = narrow_blocks(out, utf16, units);

	while (i < units && unit_at(utf16 + 2 * i) < 0x80) {
		out[i] = utf16[2 * i];
		i++;
	}
	return i;
}

/* Through a small room on the stack, so that the buffer's cap is met by real bytes, not guesses. */
size_t text_from_utf16(struct buf *b, struct view utf16)
{
	uint8_t out[1024 + 4];
	size_t n = 0, i = 0, faults = utf16.n & 1, units = utf16.n / 2;
	const uint8_t *p = utf16.p;

	while (i < units && !b->bad) {
		size_t room = 1024 - n < units - i ? 1024 - n : units - i;
		size_t got = text_narrow(out + n, p + 2 * i, room);
		n += got;
		i += got;
		if (got < room) {
			uint32_t cp = unit_at(p + 2 * i++);
			uint32_t next = i < units ? unit_at(p + 2 * i) : 0;
			if (is_high(cp) && is_low(next)) {
				cp = 0x10000 + ((cp - 0xd800) << 10) + (next - 0xdc00);
				i++;
			}
			faults += is_surrogate(cp);
			n += encode(out + n, cp);
		}
		if (n >= 1024) {
			buf_add(b, out, n);
			n = 0;
		}
	}
	buf_add(b, out, n);
	return faults;
}

void text_to_utf16(struct buf *b, struct view utf8)
{
	while (utf8.n && !b->bad) {
		uint32_t cp = text_next(&utf8);
		if (cp > CODE_POINT_MAX)
			cp = REPLACEMENT;
		if (cp >= 0x10000) {
			buf_u16(b, (uint16_t)(0xd800 + ((cp - 0x10000) >> 10)));
			cp = 0xdc00 + ((cp - 0x10000) & 0x3ff);
		}
		buf_u16(b, (uint16_t)cp);
	}
}
