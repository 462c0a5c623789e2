/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 signatures (RFC 8032) by libcrypto. Keys come as PEM and are asked no password for. */
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "evtxhound/base.h"

/* Without this libcrypto would ask at the terminal. */
static int no_password(char *text, int size, int writing, void *ctx)
{
	(void)text;
	(void)size;
	(void)writing;
	(void)ctx;
	return 0;
}

int signing_key_read(struct signing_key *k, struct view pem, bool secret, struct err *e)
{
	EVP_PKEY *key = NULL;
	BIO *in = pem.n <= INT32_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;

	k->key = NULL;
	if (in && secret)
		key = PEM_read_bio_PrivateKey(in, NULL, no_password, NULL);
	else if (in)
		key = PEM_read_bio_PUBKEY(in, NULL, no_password, NULL);
	BIO_free(in);
	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
		k->key = key;
		return 0;
	}
	EVP_PKEY_free(key);
	return err_set(e, ERR_SYNTAX, 0, "it is no Ed25519 %s key as PEM%s", secret ? "private" : "public",
		       secret ? ", or one with a password" : "");
}

void signing_key_release(struct signing_key *k)
{
	EVP_PKEY_free(k->key);
	k->key = NULL;
}

bool signing_key_public(const struct signing_key *k, uint8_t out[PUBLIC_KEY_BYTES])
{
	size_t n = PUBLIC_KEY_BYTES;

	return EVP_PKEY_get_raw_public_key(k->key, out, &n) == 1 && n == PUBLIC_KEY_BYTES;
}

int signature_make(const struct signing_key *k, struct view v, uint8_t out[SIGNATURE_BYTES], struct err *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = SIGNATURE_BYTES;
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, k->key) == 1 &&
		  EVP_DigestSign(ctx, out, &n, v.p, v.n) == 1 && n == SIGNATURE_BYTES;

	EVP_MD_CTX_free(ctx);
	return ok ? 0 : err_set(e, ERR_NOMEM, 0, "libcrypto cannot sign");
}

bool signature_holds(const struct signing_key *k, struct view v, struct view signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && signature.n == SIGNATURE_BYTES &&
		  EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, k->key) == 1 &&
		  EVP_DigestVerify(ctx, signature.p, signature.n, v.p, v.n) == 1;

	EVP_MD_CTX_free(ctx);
	return ok;
}
