/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_BASE_H
#define EVTXHOUND_BASE_H
/*
 * What every module stands on: errors, views, the cursor, arena, buffers, tables, text, time, GUID,
 * digests. Knows nothing of logs, rules or reports; never prints; has no mutable global.
 *
 * Text is UTF-8 in a `struct view`, not NUL-terminated. Text that came from UTF-16 with unpaired
 * surrogates keeps them as three-byte sequences (WTF-8), so that nothing is lost; the writers make
 * valid output of it (text_next() tells them apart).
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "evtxhound/limits.h"

#if defined(__GNUC__)
#define EH_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define EH_PRINTF(f, a)
#endif

/* ---- errors: filled once, at the deepest frame, and passed up untouched ---- */

enum err_code {
	ERR_NONE = 0,
	ERR_NOMEM,       /* no memory: ends the run */
	ERR_IO,          /* a read or write failed */
	ERR_DAMAGE,      /* evidence is not what it must be */
	ERR_LIMIT,       /* a bound of limits.h */
	ERR_UNSUPPORTED, /* known, but not done yet */
	ERR_SYNTAX,      /* a rule, scenario or option does not parse */
	ERR_USAGE,       /* the user asked for something impossible */
	ERR_INTERRUPTED, /* SIGINT, SIGTERM */
};

struct err {
	enum err_code code;
	uint64_t offset; /* bytes into whatever `msg` names; 0 where there is none */
	char msg[320];   /* one sentence, no newline: what, where, what to do */
};

/* Fills `e` unless it holds an error already; `e` may be NULL. Always returns -1. */
int err_set(struct err *e, enum err_code code, uint64_t offset, const char *fmt, ...)
	EH_PRINTF(4, 5);
/* The same with ": strerror(errno)" behind it. */
int err_errno(struct err *e, enum err_code code, const char *fmt, ...) EH_PRINTF(3, 4);

/* ---- views: borrowed bytes ---- */

struct view {
	const uint8_t *p;
	size_t n;
};


/* Inline, as the cursor below: these run for every value of every record. */

/* s may be NULL: empty. */
static inline struct view view_str(const char *s)
{
	return (struct view){(const uint8_t *)s, s ? strlen(s) : 0};
}

static inline bool view_eq(struct view a, struct view b)
{
	/* memcmp() must not see a null pointer, even for no bytes */
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Clipped to what is there. */
static inline struct view view_sub(struct view v, size_t from, size_t n)
{
	if (from >= v.n)
		return (struct view){v.p ? v.p + v.n : NULL, 0};
	if (n > v.n - from)
		n = v.n - from;
	return (struct view){v.p + from, n};
}

static inline bool view_eq_str(struct view a, const char *s)
{
	return view_eq(a, view_str(s));
}
int view_cmp(struct view a, struct view b);         /* bytewise, shorter first: <0, 0, >0 */
bool view_eq_nocase(struct view a, struct view b);  /* letter case ignored, by text_fold() */
static inline bool view_eq_str_nocase(struct view a, const char *s)
{
	return view_eq_nocase(a, view_str(s));
}
/* What follows the last byte that is in `set`; all of v when none is. */
struct view view_after_last(struct view v, const char *set);

/* ---- cursor: the only way to read a byte of evidence ---- */

/*
 * Sticky: a read beyond the end yields zero (or an empty view), sets `bad`, and every later read
 * does the same. Check `bad` once per structure. Integers are little-endian.
 */
struct cursor {
	const uint8_t *p;
	size_t len;
	size_t pos;
	bool bad;
};

static inline struct cursor cursor_of(struct view v)
{
	return (struct cursor){.p = v.p, .len = v.n};
}

/* The next n bytes, or NULL and `bad`. n must not be 0: what the readers below are made of. */
static inline const uint8_t *cursor_advance(struct cursor *c, size_t n)
{
	if (c->bad || c->pos > c->len || n > c->len - c->pos) {
		c->bad = true;
		return NULL;
	}
	c->pos += n;
	return c->p + (c->pos - n);
}

/* Little-endian, of bytes that are known to be there. Written out so that compilers see one load. */
static inline uint16_t load_u16(const uint8_t *p)
{
	return (uint16_t)((uint32_t)p[0] | (uint32_t)p[1] << 8);
}

static inline uint32_t load_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t load_u64(const uint8_t *p)
{
	return (uint64_t)load_u32(p + 4) << 32 | load_u32(p);
}

static inline void store_u64(void *out, uint64_t v)
{
	uint8_t *p = out;

	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	p[4] = (uint8_t)(v >> 32);
	p[5] = (uint8_t)(v >> 40);
	p[6] = (uint8_t)(v >> 48);
	p[7] = (uint8_t)(v >> 56);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_advance(c, 1);

	return p ? p[0] : 0;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	const uint8_t *p = cursor_advance(c, 2);

	return p ? (uint16_t)((uint32_t)p[0] | (uint32_t)p[1] << 8) : 0;
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	const uint8_t *p = cursor_advance(c, 4);

	return p ? load_u32(p) : 0;
}

static inline uint64_t cursor_u64(struct cursor *c)
{
	const uint8_t *p = cursor_advance(c, 8);

	return p ? load_u64(p) : 0;
}

static inline struct view cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p;

	if (n == 0)
		return (struct view){c->bad || !c->p ? NULL : c->p + c->pos, 0};
	p = cursor_advance(c, n);
	return (struct view){p, p ? n : 0};
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	if (n)
		cursor_advance(c, n);
}

static inline void cursor_seek(struct cursor *c, size_t pos)
{
	if (pos > c->len)
		c->bad = true;
	if (!c->bad)
		c->pos = pos;
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->bad || c->pos > c->len ? 0 : c->len - c->pos;
}

/* ---- arena: many small things that die together ---- */

struct arena_block;
struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes handed out, each rounded up to 16 */
	size_t max;                 /* the cap on them; held is about twice that at most */
};

void arena_init(struct arena *a, size_t max);
/* Zeroed, aligned for any type; NULL when the cap or memory is reached. Lives until reset. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size); /* NULL on overflow too */
struct view arena_keep(struct arena *a, struct view v);    /* a copy; .p NULL: no room */
char *arena_str(struct arena *a, struct view v);           /* a NUL-terminated copy */
void arena_reset(struct arena *a);                         /* keeps one block for reuse */
void arena_release(struct arena *a);

/*
 * Memory for tests to starve: every allocation of the project goes through these (arena, buf,
 * tables, and plain mem_alloc). mem_fail_at(n) makes the n-th allocation from now fail, once;
 * 0 switches it off. It is the one mutable global, compiled in only with -DEVTXHOUND_TESTING.
 */
void *mem_alloc(size_t size); /* zeroed */
void *mem_grow(void *p, size_t size);
void mem_free(void *p);
char *mem_str(struct view v); /* NUL-terminated copy, or NULL */
#ifdef EVTXHOUND_TESTING
void mem_fail_at(uint64_t n);
bool mem_fail_pending(void); /* the failure that was asked for has not come yet */
#endif

/* ---- buf: bytes being written; failure is sticky ---- */

struct buf {
	uint8_t *p;
	size_t n, cap;
	size_t max; /* more than this fails; 0: no cap */
	bool bad;   /* a write failed (no memory, or max); nothing is added any more */
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* empties, keeps the memory, clears bad */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_view(struct buf *b, struct view v);
void buf_str(struct buf *b, const char *s);
void buf_byte(struct buf *b, uint8_t c);
void buf_fmt(struct buf *b, const char *fmt, ...) EH_PRINTF(2, 3);
void buf_decimal(struct buf *b, uint64_t n); /* its digits */
void buf_u16(struct buf *b, uint16_t v); /* little-endian */
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
/* A length (u32) and the bytes; read back by cursor_blob(). */
void buf_blob(struct buf *b, struct view v);
struct view cursor_blob(struct cursor *c);
struct view buf_data(const struct buf *b);
/*
 * A frame: the length of its body (u32), its type (u8), the body. What buf_frame() gives is for
 * buf_frame_end(), which writes the length in.
 */
#define FRAME_PREFIX 5u
#define FRAME_DONE 255u /* the type of an answer's last frame */
size_t buf_frame(struct buf *b, uint8_t type);
void buf_frame_end(struct buf *b, size_t at);
/*
 * Frames that somebody sent, one by one, each body read whole by `take`, which returns <0 and *e, or
 * FRAME_STRANGE for a type that it does not know. 0, or <0 and *e: take()'s, or ERR_DAMAGE.
 */
typedef int frame_fn(void *ctx, uint8_t type, struct cursor *body, struct err *e);
#define FRAME_STRANGE 1
int frames_read(struct view frames, frame_fn *take, void *ctx, struct err *e);
/* Room for n bytes at b->p + b->n, whose use the caller adds to b->n; NULL (and `bad`): there is
   none. Memory only: `max` is not looked at but by those who add. */
uint8_t *buf_room_slow(struct buf *b, size_t n);
static inline uint8_t *buf_room(struct buf *b, size_t n)
{
	return !b->bad && b->cap - b->n >= n ? b->p + b->n : buf_room_slow(b, n);
}

/* ---- tables ---- */

/* Not for security; the same on every machine. */
uint64_t hash_bytes(uint64_t seed, const void *p, size_t n);
uint64_t hash_view(uint64_t seed, struct view v);
uint64_t hash_nocase(uint64_t seed, struct view v); /* equal for texts equal under text_fold() */

/*
 * Texts to small numbers, 0, 1, 2 ...; the table owns copies. Where a text lies within is different
 * in every run, lest a log be written to crowd it: take texts by number, never by slot.
 */
struct strtab {
	struct arena arena;
	struct view *texts;
	uint32_t *slots;
	size_t n, cap, nslots;
	uint64_t secret;
	bool nocase;
};
#define STRTAB_NONE UINT32_MAX

void strtab_init(struct strtab *t, bool nocase, size_t max_bytes);
void strtab_release(struct strtab *t);
uint32_t strtab_add(struct strtab *t, struct view v);        /* STRTAB_NONE when there is no room */
uint32_t strtab_find(const struct strtab *t, struct view v); /* STRTAB_NONE when absent */
struct view strtab_text(const struct strtab *t, uint32_t id);

/* 64-bit keys to 64-bit values. Key 0 is a key like any other. No order to go through it. */
struct map {
	uint64_t *keys, *vals;
	uint8_t *used;
	size_t n, cap;
	uint64_t secret;
};

void map_init(struct map *m);
void map_release(struct map *m);
bool map_put(struct map *m, uint64_t key, uint64_t val); /* replaces; false: no memory */
bool map_get(const struct map *m, uint64_t key, uint64_t *val); /* val may be NULL */

/* ---- text ---- */

/*
 * The next code point of UTF-8/WTF-8 and the rest in *v. An unpaired surrogate comes as itself
 * (0xD800-0xDFFF). A byte that is no UTF-8 comes as TEXT_BAD | byte. *v must not be empty.
 */
#define TEXT_BAD 0x80000000u
uint32_t text_next(struct view *v);
/* Appends UTF-8, WTF-8 for a surrogate, U+FFFD for what is no code point (TEXT_BAD too). */
void text_put(struct buf *b, uint32_t cp);
bool text_valid(struct view v, size_t *at); /* strict UTF-8; *at: offset of the first fault */
uint32_t text_fold(uint32_t cp); /* Unicode's simple case folding: the Kelvin sign is a k too */

/* Called for every letter that is compared: here, so that it is no call. */
static inline uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* UTF-16LE bytes (an odd last byte counts as damage) to UTF-8; returns the number of code units
   that are not valid UTF-16 (kept as WTF-8). Stops at nothing: NULs are text here. */
size_t text_from_utf16(struct buf *b, struct view utf16);
/* UTF-16LE without the terminator that it may carry, or half of one: trailing NULs are no text. */
static inline struct view text16_trimmed(struct view v)
{
	v.n -= v.n % 2 && !v.p[v.n - 1];
	while (v.n >= 2 && !v.p[v.n - 1] && !v.p[v.n - 2])
		v.n -= 2;
	return v;
}
void text_to_utf16(struct buf *b, struct view utf8); /* little-endian */
/* Copies the ASCII units at the start of `units` UTF-16LE units to `out`, a byte each, which has room
   for all of them; returns how many there were. */
size_t text_narrow(uint8_t *out, const uint8_t *utf16, size_t units);

/*
 * Text made safe for a place in a document. JSON: between quotes, unpaired surrogates as \uD800. XML:
 * what XML 1.0 cannot hold (controls, unpaired surrogates, U+FFFE, U+FFFF) is U+FFFD and the code
 * unit in braces, so U+FFFD itself is U+FFFD{FFFD}; line breaks are references, in attributes tabs
 * too. So no form but TEXT_PLAIN has line breaks.
 */
enum text_form {
	TEXT_PLAIN, /* of text8_write() only */
	TEXT_JSON,
	TEXT_XML,
	TEXT_XML_ATTRIBUTE,
};
/* The instructions that write UTF-16; all write the same. */
enum text16_kind { TEXT16_C, TEXT16_SSE2, TEXT16_AVX2 };
bool text16_can(enum text16_kind kind); /* this machine has them */
enum text16_kind text16_best(void);     /* ask once, and keep the answer */

/* UTF-16LE to UTF-8 in one form, by one kind of instructions. Constant once made; needs no end. */
struct escape;
struct text16 {
	uint8_t *(*some)(const struct text16 *t, uint8_t *out, struct view utf16,
			 const uint8_t *end, size_t *odd);
	const struct escape *table;
	enum text_form form;
	uint8_t special[4][32]; /* characters that need a look */
};
void text16_init(struct text16 *t, enum text16_kind kind, enum text_form f); /* not TEXT_PLAIN */
/*
 * At most TEXT16_BLOCK code units straight to `out`, which has TEXT16_ROOM() for them; returns what is
 * behind. Bytes up to `end` (at least the text's own) may be loaded, whatever they are: that makes
 * the last of a text fast. *odd counts on the code units that are not valid UTF-16 or not in the
 * form's power.
 */
#define TEXT16_BLOCK 256u
#define TEXT16_ROOM(units) (9 * (size_t)(units) + 32)
static inline uint8_t *text16_some(const struct text16 *t, uint8_t *out, struct view utf16,
				   const uint8_t *end, size_t *odd)
{
	return t->some(t, out, utf16, end, odd);
}
/* Texts of any length; returns how many code units are odd. Ignores b->max. */
size_t text16_write(const struct text16 *t, struct buf *b, struct view utf16, const uint8_t *end);
/* The same of UTF-8 or WTF-8; no faster than need be. Obeys b->max. */
size_t text8_write(struct buf *b, struct view wtf8, enum text_form f);

/* ---- addresses ---- */

/* An IPv4 address, mapped into IPv6 since sockets for both write it so, or an IPv6 one, whose zone is
   left out. false: it is none. */
bool address_parse(struct view v, uint8_t out[16]);

/* ---- regular expressions (libpcre2), in Perl's syntax or in Lucene's ---- */

#define REGEX_NOCASE 1u
#define REGEX_MULTILINE 2u
#define REGEX_DOTALL 4u
#define REGEX_WHOLE 8u   /* the whole value, not any part of it */
#define REGEX_LUCENE 16u /* Lucene's syntax, as EQL has it; else Perl's */
/* Constant once compiled. NULL and *e: ERR_SYNTAX, ERR_UNSUPPORTED, ERR_LIMIT with the byte of the
   pattern, 0 where it is the whole; ERR_NOMEM. */
struct regex;
struct regex *regex_new(struct view pattern, unsigned flags, struct err *e);
void regex_free(struct regex *r);
/* What matching needs; one at a time. NULL: no memory. */
struct regexer;
struct regexer *regexer_new(void);
void regexer_free(struct regexer *m);
/* TOO_MUCH: more than LIMIT_REGEX_STEPS; the same on every machine. What of the text is no character
   (an unpaired surrogate) is U+FFFD. */
enum regex_said { REGEX_NO, REGEX_YES, REGEX_TOO_MUCH, REGEX_NO_MEMORY };
enum regex_said regex_match(const struct regex *r, struct regexer *m, struct view text);
const char *pcre_version(void);

/* ---- time: FILETIME, 100 ns since 1601-01-01 UTC ---- */

#define TIME_TEXT 40 /* bytes of the longest text with its NUL */
/* "2026-11-22T15:08:58.1234567Z". Every uint64_t has a text. Returns its length. */
size_t time_format(uint64_t filetime, char out[TIME_TEXT]);
/* ISO 8601 with T or blank, Z or offset or nothing (UTC), 0 to 9 decimals; a date alone is its
   midnight. Also Sysmon's "2020-10-20 12:34:56.789". false: not a time. */
bool time_parse(struct view v, uint64_t *filetime);
uint64_t time_from_unix(int64_t sec, uint32_t nsec);

/* ---- GUID: 16 bytes as Windows stores them ---- */

#define GUID_TEXT 39
struct guid {
	uint8_t b[16];
};
void guid_format(const struct guid *g, char out[GUID_TEXT]); /* "{0f2e...}", lower case */
bool guid_parse(struct view v, struct guid *g);              /* with or without braces, any case */
bool guid_is_null(const struct guid *g);
bool guid_eq(const struct guid *a, const struct guid *b);

/* ---- digests (libcrypto, libdeflate): one file each ---- */

struct sha256 {
	void *ctx;
};
bool sha256_start(struct sha256 *s);
void sha256_add(struct sha256 *s, struct view v);
void sha256_end(struct sha256 *s, uint8_t out[32]); /* frees; call also to abandon */
bool sha256_of(struct view v, uint8_t out[32]);

/* ---- signatures: Ed25519 ---- */

#define SIGNATURE_BYTES 64u
#define PUBLIC_KEY_BYTES 32u
struct signing_key {
	void *key; /* NULL: none */
};
/* From PEM, without a password. ERR_SYNTAX: no such key. Release whatever the result. */
int signing_key_read(struct signing_key *k, struct view pem, bool secret, struct err *e);
void signing_key_release(struct signing_key *k); /* overwrites it; a zeroed one is fine */
bool signing_key_public(const struct signing_key *k, uint8_t out[PUBLIC_KEY_BYTES]);
int signature_make(const struct signing_key *k, struct view v, uint8_t out[SIGNATURE_BYTES], struct err *e);
bool signature_holds(const struct signing_key *k, struct view v, struct view signature);
/* Those that images store of themselves. digest_end() frees, and gives how many bytes it wrote, 0 after
   a failure on the way. */
enum digest_kind { DIGEST_MD5, DIGEST_SHA1 };
struct digest {
	void *ctx;
	size_t n;
};
bool digest_start(struct digest *d, enum digest_kind kind);
void digest_add(struct digest *d, struct view v);
size_t digest_end(struct digest *d, uint8_t out[20]);
void hex_format(const uint8_t *p, size_t n, char *out); /* 2n characters and NUL, lower case */
void hex_upper(struct view v, char *out);               /* 2n characters, no NUL, upper case */
/*
 * The eight digits of a number below 10^8, the first in the lowest byte, as values 0-9: halves,
 * quarters and eighths of it, each divided by a multiplication that is exact for its size.
 */
static inline uint64_t decimal_eight(uint32_t v)
{
	uint64_t x = v / 10000 | (uint64_t)(v % 10000) << 32, q;

	q = x * 10486 >> 20 & 0x0000007f0000007fu; /* / 100 */
	x = q | (x - 100 * q) << 16;
	q = x * 103 >> 10 & 0x000f000f000f000fu; /* / 10 */
	return q | (x - 10 * q) << 8;
}
#define DECIMAL_ZEROS 0x3030303030303030u

/* Decimal, of a number below 10^8; eight bytes are written. Returns how many are digits. */
static inline size_t decimal_short(uint32_t v, char *out)
{
	uint64_t digits = decimal_eight(v);
	unsigned skip = (unsigned)__builtin_ctzll(digits | 1ull << 56) / 8;

	store_u64(out, (digits | DECIMAL_ZEROS) >> 8 * skip);
	return 8 - skip;
}

/* The same of any number; writes DECIMAL_ROOM bytes at most. */
#define DECIMAL_ROOM 24
size_t decimal_format(uint64_t v, char *out);

/* The eight digits of four bytes, the lowest first, as eight characters likewise; `letter` is 'a' or
   'A'. */
static inline uint64_t hex_eight(uint32_t four, char letter)
{
	uint64_t v = four;

	v = (v | v << 16) & 0x0000ffff0000ffffu;
	v = (v | v << 8) & 0x00ff00ff00ff00ffu;
	/* the high nibble first; one of ten or more carries into its byte's upper half */
	v = (v >> 4 & 0x000f000f000f000fu) | (v & 0x000f000f000f000fu) << 8;
	return v + 0x3030303030303030u +
	       ((v + 0x0606060606060606u) >> 4 & 0x0101010101010101u) *
		       (uint64_t)(letter - '0' - 10);
}
uint32_t crc32_add(uint32_t crc, struct view v);        /* start with 0 */
/* EVTX_HEADER_SIZE bytes: the file header that Windows would write for a log of one chunk. */
void log_header_make(uint8_t *p);
/* Appends a zlib stream of the bytes (libdeflate); the same for the same version of it. false: no memory. */
#define ZLIB_LEVEL 7
bool zlib_pack(struct buf *b, struct view v);
void base64_add(struct buf *b, struct view v); /* RFC 4648, padded; ignores b->max */
const char *crypto_version(void);
const char *deflate_version(void);

const char *program_version(void);

/* ---- channel: bytes and descriptors between our own processes ---- */

#define CHANNEL_FDS 3
/* All of v over a stream socket; the descriptors (-1: none) go with its first byte. fds NULL: none.
   0, or -1: the other side is gone. */
int channel_send(int sock, struct view v, const int fds[CHANNEL_FDS]);
/* Exactly n bytes. Descriptors that come along take the first free (-1) places of `fds`, close-on-exec;
   the caller owns them. 0, or -1: the other side is gone. */
int channel_recv(int sock, void *out, size_t n, int fds[CHANNEL_FDS]);

#endif
