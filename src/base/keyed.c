/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-1-3 (Aumasson and Bernstein), as the tables of several languages use it. */
#include "keyed.h"

#include <sys/random.h>
#include <time.h>

struct sip {
	uint64_t v[4];
};

uint64_t keyed_secret(void)
{
	uint64_t secret;
	struct timespec now = { 0 };

	if (getrandom(&secret, sizeof(secret), GRND_NONBLOCK) == (ssize_t)sizeof(secret))
		return secret;
	/* early at boot: better than a secret that is known */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uintptr_t)&now;
}

static uint64_t turn(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void sip_round(struct sip *s)
{
	uint64_t *v = s->v;

	v[0] += v[1];
	v[1] = turn(v[1], 13) ^ v[0];
	v[0] = turn(v[0], 32);
	v[2] += v[3];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = turn(v[1], 17) ^ v[2];
	v[2] = turn(v[2], 32);
}

static struct sip sip_start(uint64_t secret)
{
	uint64_t second = secret * 0x9e3779b97f4a7c15u;

	return (struct sip){ { secret ^ 0x736f6d6570736575u, second ^ 0x646f72616e646f6du,
			       secret ^ 0x6c7967656e657261u, second ^ 0x7465646279746573u } };
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v[3] ^= word;
	sip_round(s);
	s->v[0] ^= word;
}

static uint64_t sip_end(struct sip *s)
{
	s->v[2] ^= 0xff;
	sip_round(s);
	sip_round(s);
	sip_round(s);
	return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

uint64_t keyed_view(uint64_t secret, struct view v)
{
	struct sip s = sip_start(secret);
	struct cursor c = cursor_of(v);
	uint64_t last = (uint64_t)v.n << 56;

	while (cursor_left(&c) >= 8)
		sip_word(&s, cursor_u64(&c));
	for (unsigned shift = 0; cursor_left(&c); shift += 8)
		last |= (uint64_t)cursor_u8(&c) << shift;
	sip_word(&s, last);
	return sip_end(&s);
}

/* Bytes on their way into words. */
struct feed {
	struct sip s;
	uint64_t word;
	uint64_t n;
};

static void feed_byte(struct feed *f, uint8_t byte)
{
	f->word |= (uint64_t)byte << 8 * (f->n++ % 8);
	if (f->n % 8 == 0) {
		sip_word(&f->s, f->word);
		f->word = 0;
	}
}

/* ASCII is a byte; anything else four, the last of which no ASCII looks like. */
static void feed_letter(struct feed *f, uint32_t cp)
{
	if (cp < 0x80) {
		feed_byte(f, (uint8_t)cp);
		return;
	}
	if (!(cp & TEXT_BAD))
		cp |= 0xc0000000u;
	for (unsigned shift = 0; shift < 32; shift += 8)
		feed_byte(f, (uint8_t)(cp >> shift));
}

uint64_t keyed_nocase(uint64_t secret, struct view v)
{
	struct feed f = { .s = sip_start(secret) };

	while (v.n) {
		size_t ascii = 0;
		while (ascii < v.n && v.p[ascii] < 0x80)
			feed_byte(&f, ascii_lower(v.p[ascii++]));
		v = view_sub(v, ascii, v.n);
		if (v.n)
			feed_letter(&f, text_fold(text_next(&v)));
	}
	sip_word(&f.s, f.word | f.n << 56);
	return sip_end(&f.s);
}

uint64_t keyed_number(uint64_t secret, uint64_t n)
{
	struct sip s = sip_start(secret);

	sip_word(&s, n);
	return sip_end(&s);
}
