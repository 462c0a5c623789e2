/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-16 to UTF-8 with escaping in one pass. ASCII, nearly all of a log, goes by blocks: a block is
 * narrowed and stored whole, then the place of its first character that needs a look is counted
 * on. Which instructions do that is chosen once; all of them write the same.
 */
#include <assert.h>
#include <string.h>

#include "escape.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_X86 1
#include <immintrin.h>
#else
#define HAVE_X86 0
#endif

static_assert(TEXT16_ROOM(0) >= 32, "a step writes 32 bytes, whatever it counts on");
static_assert(TEXT16_ROOM(1) - TEXT16_ROOM(0) == ESCAPE_MOST, "room for any code unit");

static inline uint32_t unit_at(const uint8_t *p)
{
	return load_u16(p);
}

/* What is left of `v` from `p` on. */
static inline struct view view_from(const uint8_t *p, struct view v)
{
	return (struct view){p, (size_t)(v.p + v.n - p)};
}

/* One special character at `p`; NULL: it is for others(). */
static inline uint8_t *special(const struct text16 *t, const uint8_t *p, uint8_t *out)
{
	uint32_t u = unit_at(p);

	if (u >= 0x80 || !t->table[u].n)
		return NULL;
	memcpy(out, &t->table[u], sizeof(t->table[u]));
	return out + t->table[u].n;
}

/* The rest of Unicode, and what no form writes as itself. Returns where that ends. */
static const uint8_t *others(const struct text16 *t, const uint8_t *p, const uint8_t *last,
			     uint8_t **to, size_t *odd)
{
	uint8_t *out = *to;

	while (p < last) {
		uint32_t cp = unit_at(p), next;

		if (cp < 0x80 && (cp >= 0x20 || t->table[cp].n))
			break;
		p += 2;
		next = cp >= 0xd800 && cp <= 0xdbff && p < last ? unit_at(p) : 0;
		if (next >= 0xdc00 && next <= 0xdfff) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (next - 0xdc00);
			p += 2;
		}
		out = escape_write(out, cp, t->form, odd);
	}
	*to = out;
	return p;
}

static uint8_t *some_c(const struct text16 *t, uint8_t *out, struct view utf16, const uint8_t *end,
		       size_t *odd)
{
	const uint8_t *p = utf16.p, *last = p + (utf16.n & ~(size_t)1);
	uint8_t *next;

	(void)end;
	*odd += utf16.n & 1;
	while (p < last) {
		uint32_t u = unit_at(p);

		if (u >= 0x20 && u < 0x80 && !t->table[u].n) {
			*out++ = (uint8_t)u;
			p += 2;
			continue;
		}
		next = special(t, p, out);
		if (!next) {
			p = others(t, p, last, &out, odd);
			continue;
		}
		out = next;
		p += 2;
	}
	return out;
}

#if HAVE_X86

static inline __m128i is_sse2(const struct text16 *t, int i, __m128i c)
{
	return _mm_cmpeq_epi8(c, _mm_loadu_si128((const __m128i *)(const void *)t->special[i]));
}

__attribute__((target("avx2"))) static inline __m256i is_avx2(const struct text16 *t, int i,
							      __m256i c)
{
	return _mm256_cmpeq_epi8(c,
				 _mm256_loadu_si256((const __m256i *)(const void *)t->special[i]));
}

/*
 * Narrowing with saturation makes every unit beyond ASCII a byte below 0x20, as signed bytes go
 * (0x80-0x7fff become 0x80-0xff, larger ones, negative there, 0): one comparison finds those and
 * the control characters. What is too near the end to be loaded goes one by one.
 */
static uint8_t *some_sse2(const struct text16 *t, uint8_t *out, struct view utf16,
			  const uint8_t *end, size_t *odd)
{
	const uint8_t *p = utf16.p, *last = p + (utf16.n & ~(size_t)1);

	while (p < last) {
		size_t left = (size_t)(last - p) / 2, n;
		const __m128i *from = (const __m128i *)(const void *)p;
		__m128i c, m;
		uint8_t *next;

		if (end - p < 32)
			return some_c(t, out, view_from(p, utf16), end, odd);
		c = _mm_packus_epi16(_mm_loadu_si128(from), _mm_loadu_si128(from + 1));
		m = _mm_or_si128(_mm_cmplt_epi8(c, _mm_set1_epi8(0x20)), is_sse2(t, 0, c));
		m = _mm_or_si128(m, _mm_or_si128(is_sse2(t, 1, c), is_sse2(t, 2, c)));
		m = _mm_or_si128(m, is_sse2(t, 3, c));
		n = (size_t)__builtin_ctz((uint32_t)_mm_movemask_epi8(m) | 1u << 16);
		_mm_storeu_si128((__m128i *)(void *)out, c);
		if (n >= left) {
			out += left;
			break;
		}
		out += n;
		p += 2 * n;
		if (n == 16)
			continue;
		next = special(t, p, out);
		out = next ? next : out;
		p = next ? p + 2 : others(t, p, last, &out, odd);
	}
	*odd += utf16.n & 1;
	return out;
}

/* 32 units, narrowed with saturation. */
__attribute__((target("avx2"))) static inline __m256i narrow_avx2(const uint8_t *p)
{
	const __m256i *from = (const __m256i *)(const void *)p;
	__m256i c = _mm256_packus_epi16(_mm256_loadu_si256(from), _mm256_loadu_si256(from + 1));

	return _mm256_permute4x64_epi64(c, 0xd8); /* the halves of both come out interleaved */
}

/* A bit for each that needs a look. */
__attribute__((target("avx2"))) static inline uint32_t look_avx2(const struct text16 *t, __m256i c)
{
	__m256i m = _mm256_or_si256(is_avx2(t, 0, c), is_avx2(t, 1, c));

	m = _mm256_or_si256(m, _mm256_or_si256(is_avx2(t, 2, c), is_avx2(t, 3, c)));
	m = _mm256_or_si256(m, _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), c));
	return (uint32_t)_mm256_movemask_epi8(m);
}

__attribute__((target("avx2"))) static inline void store_avx2(uint8_t *out, __m256i c)
{
	_mm256_storeu_si256((__m256i *)(void *)out, c);
}

/* What is left of a text in which there is more than ASCII. */
__attribute__((target("avx2"), noinline)) static uint8_t *
rest_avx2(const struct text16 *t, uint8_t *out, struct view utf16, const uint8_t *end, size_t *odd)
{
	const uint8_t *p = utf16.p, *last = p + (utf16.n & ~(size_t)1);

	while (p < last) {
		size_t left = (size_t)(last - p) / 2, n;
		__m256i c;
		uint8_t *next;

		if (end - p < 64)
			return some_sse2(t, out, view_from(p, utf16), end, odd);
		c = narrow_avx2(p);
		n = (size_t)__builtin_ctzll(look_avx2(t, c) | 1ull << 32);
		store_avx2(out, c);
		if (n >= left) {
			out += left;
			break;
		}
		out += n;
		p += 2 * n;
		if (n == 32)
			continue;
		next = special(t, p, out);
		out = next ? next : out;
		p = next ? p + 2 : others(t, p, last, &out, odd);
	}
	*odd += utf16.n & 1;
	return out;
}

/*
 * All special characters of a block come out of one look at it. Behind each the rest of the block is
 * written again, so that nothing waits but for how far the output has been pushed on.
 */
__attribute__((target("avx2"))) static uint8_t *some_avx2(const struct text16 *t, uint8_t *out,
							  struct view utf16, const uint8_t *end,
							  size_t *odd)
{
	const uint8_t *p = utf16.p;
	size_t left = utf16.n / 2;

	while (left) {
		size_t n = left < 32 ? left : 32;
		__m256i c;
		uint32_t m;

		if (end - p < 128)
			return rest_avx2(t, out, view_from(p, utf16), end, odd);
		c = narrow_avx2(p);
		m = (uint32_t)(look_avx2(t, c) & ((1ull << n) - 1));
		store_avx2(out, c);
		for (; m; m &= m - 1) {
			unsigned at = (unsigned)__builtin_ctz(m);
			uint8_t *next = special(t, p + 2 * at, out + at);

			if (!next)
				return rest_avx2(t, out + at, view_from(p + 2 * at, utf16), end,
						 odd);
			store_avx2(next, narrow_avx2(p + 2 * at + 2));
			out = next - at - 1; /* where the block would have started */
		}
		out += n;
		p += 2 * n;
		left -= n;
	}
	*odd += utf16.n & 1;
	return out;
}

#endif

/* ---- choosing ---- */

typedef uint8_t *some_fn(const struct text16 *t, uint8_t *out, struct view utf16,
			 const uint8_t *end, size_t *odd);

static some_fn *choose(enum text16_kind kind)
{
#if HAVE_X86
	if (kind == TEXT16_SSE2)
		return some_sse2;
	if (kind == TEXT16_AVX2)
		return __builtin_cpu_supports("avx2") ? some_avx2 : NULL;
#endif
	return kind == TEXT16_C ? some_c : NULL;
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

void text16_init(struct text16 *t, enum text16_kind kind, enum text_form f)
{
	/* four in each, so that nobody asks which form it is */
	static const uint8_t special_of[][4] = {
		[TEXT_JSON] = {'"', '\\', 0x7f, 0x7f},
		[TEXT_XML] = {'&', '<', '>', '>'},
		[TEXT_XML_ATTRIBUTE] = {'&', '<', '>', '"'},
	};

	t->some = choose(kind);
	t->table = escape_table(f);
	t->form = f;
	for (size_t i = 0; i < 4; i++)
		memset(t->special[i], special_of[f][i], sizeof(t->special[i]));
}

/* ---- texts of any length ---- */

/* Bytes of the next block: a pair does not lie across its end. */
static size_t block(struct view v)
{
	size_t n = 2 * TEXT16_BLOCK;

	if (v.n <= n)
		return v.n;
	return unit_at(v.p + n - 2) >> 10 == 0xd800 >> 10 ? n - 2 : n;
}

size_t text16_write(const struct text16 *t, struct buf *b, struct view utf16, const uint8_t *end)
{
	size_t odd = 0;

	while (utf16.n) {
		struct view some = view_sub(utf16, 0, block(utf16));
		uint8_t *out = buf_room(b, TEXT16_ROOM(TEXT16_BLOCK));

		if (!out)
			break;
		b->n = (size_t)(text16_some(t, out, some, end, &odd) - b->p);
		utf16 = view_sub(utf16, some.n, utf16.n);
	}
	return odd;
}
