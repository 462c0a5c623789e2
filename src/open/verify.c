/* SPDX-License-Identifier: Apache-2.0 */
/* The whole image: its hashes, and those that it stores of itself. */
#include <stdio.h>
#include <string.h>

#include "media.h"

#define STEP (1u << 20)
#define PROGRESS (16u << 20)

static int tell_progress(const struct media *m, uint64_t at)
{
	const struct open_sink *sink = m->o->sink;

	if (at % PROGRESS)
		return 0;
	return sink->progress(sink->ctx, (struct view){ 0 }, 0, at) < 0 ? -1 : 0;
}

/* All of it, a step at a time; what cannot be read is zeros. *lost: how much that was. */
static int read_all(struct media *m, const struct reader *from, void (*take)(void *ctx, struct view v),
		    void *ctx, uint64_t *lost)
{
	uint8_t *bytes = mem_alloc(STEP);

	*lost = 0;
	if (!bytes)
		return err_set(m->o->e, ERR_NOMEM, 0, "no memory to hash an image");
	for (uint64_t at = 0; at < from->size; at += STEP) {
		size_t n = from->size - at < STEP ? (size_t)(from->size - at) : STEP;
		int64_t got = reader_read(from, at, bytes, n);
		size_t have = got > 0 ? (size_t)got : 0;
		memset(bytes + have, 0, n - have);
		*lost += n - have;
		take(ctx, (struct view){ bytes, n });
		if (tell_progress(m, at) < 0) {
			mem_free(bytes);
			return -1;
		}
	}
	mem_free(bytes);
	return 0;
}

/* ---- verify ---- */

struct pair {
	struct digest md5, sha1;
};

static void take_pair(void *ctx, struct view v)
{
	struct pair *p = ctx;

	digest_add(&p->md5, v);
	digest_add(&p->sha1, v);
}

static int tell_digest(struct media *m, const char *fact, const char *name, struct digest *d,
		       const char *stored)
{
	uint8_t sum[20];
	char hex[STORED_HASH];
	size_t n = digest_end(d, sum);

	if (!n)
		return err_set(m->o->e, ERR_NOMEM, 0, "no memory to hash an image");
	hex_format(sum, n, hex);
	if (*stored && strcmp(stored, hex) != 0)
		open_damage(m->o, DAMAGE_LOSS, "image-hash", 0, m->bytes.size,
			    "the image has the %s %s, and stores %s", name, hex, stored);
	return media_fact(m, fact, view_str(hex));
}

int media_verify(struct media *m)
{
	struct pair p = { 0 };
	uint64_t lost = 0, most = media_most(m);

	if (!m->o->r->options->verify)
		return 0;
	if (m->bytes.size > most) {
		open_damage(m->o, DAMAGE_LOSS, "limit", 0, m->bytes.size,
			    "it is not verified: of a disk in so small a file no more than %llu bytes are read",
			    (unsigned long long)most);
		return 0;
	}
	if (!digest_start(&p.md5, DIGEST_MD5) || !digest_start(&p.sha1, DIGEST_SHA1) ||
	    read_all(m, &m->bytes, take_pair, &p, &lost) < 0) {
		uint8_t sum[20];
		digest_end(&p.md5, sum);
		digest_end(&p.sha1, sum);
		return m->o->e->code ? -1 : err_set(m->o->e, ERR_NOMEM, 0, "no memory to hash an image");
	}
	int rc = tell_digest(m, "image_md5", "MD5", &p.md5, m->md5);
	int rc2 = tell_digest(m, "image_sha1", "SHA-1", &p.sha1, m->sha1);
	if (lost)
		open_damage(m->o, DAMAGE_LOSS, "image-hash", 0, lost,
			    "%llu bytes of the image cannot be read; its hashes count them as zeros",
			    (unsigned long long)lost);
	return rc < 0 || rc2 < 0 ? -1 : 0;
}

/* ---- hash ---- */

static void take_sha256(void *ctx, struct view v)
{
	sha256_add(ctx, v);
}

int media_hash(struct media *m)
{
	struct sha256 h;
	uint8_t sum[32];
	uint64_t lost;
	int rc = 0;

	if (!m->o->r->options->hash)
		return 0;
	if (!sha256_start(&h))
		return err_set(m->o->e, ERR_NOMEM, 0, "no memory to hash an image");
	for (size_t i = 0; rc == 0 && i < m->parts.n; i++) {
		lost = 0;
		if (!m->parts.v[i]->missing)
			rc = read_all(m, &m->parts.v[i]->bytes, take_sha256, &h, &lost);
		if (lost)
			open_damage(m->o, DAMAGE_LOSS, "image-hash", 0, lost,
				    "%llu bytes of %s cannot be read; the hash counts them as zeros",
				    (unsigned long long)lost, m->parts.v[i]->name);
	}
	sha256_end(&h, sum);
	if (rc == 0 && m->o->sink->hash(m->o->sink->ctx, sum) < 0)
		rc = -1;
	return rc;
}
