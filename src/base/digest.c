/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, by libcrypto. */
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "evtxhound/base.h"

static void drop(struct sha256 *s)
{
	EVP_MD_CTX_free(s->ctx);
	s->ctx = NULL;
}

bool sha256_start(struct sha256 *s)
{
	s->ctx = EVP_MD_CTX_new();
	if (s->ctx && EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL) != 1)
		drop(s);
	return s->ctx != NULL;
}

void sha256_add(struct sha256 *s, struct view v)
{
	if (s->ctx && v.n && EVP_DigestUpdate(s->ctx, v.p, v.n) != 1)
		drop(s);
}

/* A failure on the way shows as zeros: no digest rather than a wrong one. */
void sha256_end(struct sha256 *s, uint8_t out[32])
{
	if (!s->ctx || EVP_DigestFinal_ex(s->ctx, out, NULL) != 1)
		memset(out, 0, 32);
	drop(s);
}

bool digest_start(struct digest *d, enum digest_kind kind)
{
	const EVP_MD *md = kind == DIGEST_MD5 ? EVP_md5() : EVP_sha1();

	d->n = kind == DIGEST_MD5 ? 16 : 20;
	d->ctx = EVP_MD_CTX_new();
	if (d->ctx && EVP_DigestInit_ex(d->ctx, md, NULL) == 1)
		return true;
	EVP_MD_CTX_free(d->ctx);
	d->ctx = NULL;
	return false;
}

void digest_add(struct digest *d, struct view v)
{
	if (d->ctx && v.n && EVP_DigestUpdate(d->ctx, v.p, v.n) != 1) {
		EVP_MD_CTX_free(d->ctx);
		d->ctx = NULL;
	}
}

size_t digest_end(struct digest *d, uint8_t out[20])
{
	bool ok = d->ctx && EVP_DigestFinal_ex(d->ctx, out, NULL) == 1;

	EVP_MD_CTX_free(d->ctx);
	d->ctx = NULL;
	return ok ? d->n : 0;
}

bool sha256_of(struct view v, uint8_t out[32])
{
	return EVP_Digest(v.n ? v.p : (const uint8_t *)"", v.n, out, NULL, EVP_sha256(), NULL) == 1;
}

const char *crypto_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
