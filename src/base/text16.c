/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-16 to UTF-8 with escaping in one pass. ASCII, nearly all of a log, goes by blocks: a block is
 * narrowed and stored whole, then the place of its first character that needs a look is counted
 * on. Which instructions do that is chosen once; all of them write the same.
 */
#include <string.h>

#include "escape.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_X86 1
#include <immintrin.h>
#else
#define HAVE_X86 0
#endif

#define BLOCK 256u  /* code units between two looks at the room */
#define WIDEST 32u  /* code units that a step takes at once */
#define ROOM (BLOCK * ESCAPE_MOST + WIDEST)

/* A text on its way; `end` bounds what may be loaded, `units` what is text. */
struct run {
	const uint8_t *p, *end;
	size_t at, units;
	uint8_t *out;
	const struct escape *table;
	bool attribute, xml; /* which characters are special */
};

/*
 * Writes ASCII characters and their escapes up to the first code unit that is another, or the end.
 * The room behind r->out is that of r->units code units, and WIDEST bytes.
 */
typedef void ascii_fn(struct run *r);

static uint32_t unit_at(const uint8_t *p)
{
	return (uint32_t)(p[0] | p[1] << 8);
}

/* One special character; false: it is for the caller. */
static inline bool special(struct run *r)
{
	uint32_t u = unit_at(r->p + 2 * r->at);
	const struct escape *e;

	if (u >= 0x80)
		return false;
	e = &r->table[u];
	if (!e->n)
		return false;
	memcpy(r->out, e, sizeof(*e));
	r->out += e->n;
	r->at++;
	return true;
}

static void ascii_c(struct run *r)
{
	while (r->at < r->units) {
		uint32_t u = unit_at(r->p + 2 * r->at);

		if (u >= 0x20 && u < 0x80 && !r->table[u].n) {
			*r->out++ = (uint8_t)u;
			r->at++;
		} else if (!special(r)) {
			return;
		}
	}
}

#if HAVE_X86

/* Where fewer bytes than a load takes are there, their copy is loaded, with zeroes behind it. */
static inline const uint8_t *loadable(const struct run *r, uint8_t *copy, size_t bytes)
{
	const uint8_t *p = r->p + 2 * r->at;
	size_t left = 2 * (r->units - r->at);

	if ((size_t)(r->end - p) >= bytes)
		return p;
	memset(copy, 0, bytes);
	memcpy(copy, p, left < bytes ? left : bytes);
	return copy;
}

/*
 * Narrowing with saturation makes every unit beyond ASCII a byte below 0x20, as signed bytes go
 * (0x80-0x7fff become 0x80-0xff, larger ones, negative there, 0): one comparison finds those and
 * the control characters.
 */
static inline uint32_t look_sse2(const struct run *r, __m128i c)
{
	__m128i m = _mm_cmplt_epi8(c, _mm_set1_epi8(0x20));

	if (r->xml) {
		m = _mm_or_si128(m, _mm_cmpeq_epi8(c, _mm_set1_epi8('&')));
		m = _mm_or_si128(m, _mm_cmpeq_epi8(c, _mm_set1_epi8('<')));
		m = _mm_or_si128(m, _mm_cmpeq_epi8(c, _mm_set1_epi8('>')));
	} else {
		m = _mm_or_si128(m, _mm_cmpeq_epi8(c, _mm_set1_epi8('\\')));
	}
	if (r->attribute)
		m = _mm_or_si128(m, _mm_cmpeq_epi8(c, _mm_set1_epi8('"')));
	return (uint32_t)_mm_movemask_epi8(m);
}

static void ascii_sse2(struct run *r)
{
	uint8_t copy[32];

	while (r->at < r->units) {
		const uint8_t *p = loadable(r, copy, sizeof(copy));
		size_t left = r->units - r->at;
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
		__m128i c = _mm_packus_epi16(a, b);
		uint32_t m = look_sse2(r, c) | 1u << 16;
		size_t n = (size_t)__builtin_ctz(m);

		_mm_storeu_si128((__m128i *)(void *)r->out, c);
		n = n < left ? n : left;
		r->out += n;
		r->at += n;
		if (n < 16 && n < left && !special(r))
			return;
	}
}

__attribute__((target("avx2"))) static inline uint32_t look_avx2(const struct run *r, __m256i c)
{
	__m256i m = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), c);

	if (r->xml) {
		m = _mm256_or_si256(m, _mm256_cmpeq_epi8(c, _mm256_set1_epi8('&')));
		m = _mm256_or_si256(m, _mm256_cmpeq_epi8(c, _mm256_set1_epi8('<')));
		m = _mm256_or_si256(m, _mm256_cmpeq_epi8(c, _mm256_set1_epi8('>')));
	} else {
		m = _mm256_or_si256(m, _mm256_cmpeq_epi8(c, _mm256_set1_epi8('\\')));
	}
	if (r->attribute)
		m = _mm256_or_si256(m, _mm256_cmpeq_epi8(c, _mm256_set1_epi8('"')));
	return (uint32_t)_mm256_movemask_epi8(m);
}

__attribute__((target("avx2"))) static void ascii_avx2(struct run *r)
{
	uint8_t copy[64];

	while (r->at < r->units) {
		const uint8_t *p = loadable(r, copy, sizeof(copy));
		size_t left = r->units - r->at;
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
		/* the halves of both come out interleaved */
		__m256i c = _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8);
		uint64_t m = look_avx2(r, c) | 1ull << 32;
		size_t n = (size_t)__builtin_ctzll(m);

		_mm256_storeu_si256((__m256i *)(void *)r->out, c);
		n = n < left ? n : left;
		r->out += n;
		r->at += n;
		if (n < 32 && n < left && !special(r))
			return;
	}
}

#endif

/* ---- the rest of Unicode, and what no form writes as itself ---- */

static void others(struct run *r, size_t units, enum text_form f, size_t *odd)
{
	while (r->at < units) {
		uint32_t cp = unit_at(r->p + 2 * r->at), next;

		if (cp < 0x80 && (cp >= 0x20 || r->table[cp].n))
			return;
		r->at++;
		next = cp >= 0xd800 && cp <= 0xdbff && r->at < units ? unit_at(r->p + 2 * r->at) : 0;
		if (next >= 0xdc00 && next <= 0xdfff) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (next - 0xdc00);
			r->at++;
		}
		r->out = escape_write(r->out, cp, f, odd);
	}
}

/* ---- choosing ---- */

static ascii_fn *choose(enum text16_kind kind)
{
#if HAVE_X86
	if (kind == TEXT16_SSE2)
		return ascii_sse2;
	if (kind == TEXT16_AVX2)
		return __builtin_cpu_supports("avx2") ? ascii_avx2 : NULL;
#endif
	return kind == TEXT16_C ? ascii_c : NULL;
}

bool text16_can(enum text16_kind kind)
{
	return choose(kind) != NULL;
}

enum text16_kind text16_best(void)
{
	if (text16_can(TEXT16_AVX2))
		return TEXT16_AVX2;
	return text16_can(TEXT16_SSE2) ? TEXT16_SSE2 : TEXT16_C;
}

static inline void ascii(struct run *r, enum text16_kind kind)
{
#if HAVE_X86
	if (kind == TEXT16_AVX2) {
		ascii_avx2(r);
		return;
	}
	if (kind == TEXT16_SSE2) {
		ascii_sse2(r);
		return;
	}
#endif
	(void)kind;
	ascii_c(r);
}

size_t text16_write(enum text16_kind kind, struct buf *b, struct view utf16, const uint8_t *end,
		    enum text_form f)
{
	size_t odd = utf16.n & 1, units = utf16.n / 2;
	struct run r = {
		.p = utf16.p,
		.end = end,
		.table = escape_table(f),
		.attribute = f != TEXT_XML,
		.xml = f != TEXT_JSON,
	};

	while (r.at < units) {
		uint8_t *start = buf_room(b, ROOM);

		if (!start)
			break;
		r.out = start;
		r.units = units - r.at < BLOCK ? units : r.at + BLOCK;
		ascii(&r, kind);
		/* a pair may lie across the block's end */
		if (r.at < r.units)
			others(&r, r.units + (r.units < units), f, &odd);
		b->n += (size_t)(r.out - start);
	}
	return odd;
}
