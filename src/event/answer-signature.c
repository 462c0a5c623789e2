/* SPDX-License-Identifier: Apache-2.0 */
/* Answers on signatures and on the age of files. */
#include "vocabulary-private.h"

/* ---- of the process, by another record ---- */

/* false: answered already, with what keeps it from being told. */
static bool signature_known(const struct question *q, struct answer *out)
{
	if (q->derived && q->derived->has_signature)
		return true;
	if (q->derived)
		answer_unknown(out, "no Sysmon 7 of this image");
	else
		answer_late(out, "the signature is told by Sysmon 7");
	return false;
}

static const char *truth(bool b)
{
	return b ? "true" : "false";
}

int make_signer(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return signature_known(q, out) ? answer_one(q, q->derived->signer, out) : 0;
}

int make_signature_trusted(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return signature_known(q, out) ? answer_str(q, truth(q->derived->signature_trusted), out) : 0;
}

/* Sysmon names no signer where there is no signature. */
static bool signature_exists(const struct question *q)
{
	return q->derived->signature_trusted || q->derived->signer.n;
}

int make_signature_exists(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return signature_known(q, out) ? answer_str(q, truth(signature_exists(q)), out) : 0;
}

int make_signature_status(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	if (!signature_known(q, out))
		return 0;
	if (q->derived->signature_trusted)
		return answer_str(q, "trusted", out);
	if (!signature_exists(q))
		return answer_str(q, "noSignature", out);
	answer_unknown(out, "what is wrong with the signature is not kept");
	return 0;
}

int make_file_age(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	if (q->derived && q->derived->has_file_age)
		return answer_number(q, true, q->derived->file_age, out);
	if (q->derived)
		answer_unknown(out, "no record tells when the file came to be");
	else
		answer_late(out, "a file's age is told by other records");
	return 0;
}

/* ---- of what the record loads ---- */

int make_trusted(const struct question *q, const struct row *r, struct answer *out)
{
	struct view is_signed = question_text(q, r->from);
	struct view status = question_text(q, FIELD_SIGNATURE_STATUS);

	if (!is_signed.p || !status.p)
		return -1;
	if (!is_signed.n)
		return 0;
	return answer_str(q, truth(view_eq_str_nocase(is_signed, "true") &&
				   view_eq_str_nocase(status, "Valid")), out);
}

static const char *endpoint_status(struct view is_signed, struct view status)
{
	static const struct {
		const char *sysmon, *endpoint;
	} rows[] = {
		{"Valid", "trusted"},
		{"Expired", "errorExpired"},
		{"Revoked", "errorRevoked"},
		{"Untrusted", "errorUntrustedRoot"},
		{"Untrusted Root", "errorUntrustedRoot"},
		{"Chaining", "errorChaining"},
		{"Bad Digest", "errorBadDigest"},
	};

	if (view_eq_str_nocase(is_signed, "false"))
		return "noSignature";
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (view_eq_str_nocase(status, rows[i].sysmon))
			return rows[i].endpoint;
	return "";
}

int make_status(const struct question *q, const struct row *r, struct answer *out)
{
	struct view status = question_text(q, r->from);
	struct view is_signed = question_text(q, FIELD_SIGNED);

	if (!is_signed.p || !status.p || answer_one(q, status, out) < 0)
		return -1;
	return answer_str(q, endpoint_status(is_signed, status), out);
}
