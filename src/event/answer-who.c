/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that tell of accounts and of the identity of processes. */
#include <string.h>

#include "vocabulary-private.h"

/* ---- the process's own, by its activity ---- */

int make_pid(const struct question *q, const struct row *r, struct answer *out)
{
	int got = need_activity(q);

	(void)r;
	return got ? got : answer_number(q, q->activity->has_pid, q->activity->pid, out);
}

int make_parent_pid(const struct question *q, const struct row *r, struct answer *out)
{
	int got = need_activity(q);

	(void)r;
	return got ? got : answer_number(q, q->activity->has_parent_pid, q->activity->parent_pid, out);
}

int make_logon_id(const struct question *q, const struct row *r, struct answer *out)
{
	int got = need_activity(q);

	(void)r;
	if (got || !q->activity->has_logon_id)
		return got;
	return answer_made(q, value_hexadecimal(q->arena, q->activity->logon_id), out);
}

int make_user(const struct question *q, const struct row *r, struct answer *out)
{
	int got = need_activity(q);

	(void)r;
	return got ? got : answer_one(q, q->activity->user, out);
}

/* ---- DOMAIN\name ---- */

static int name_of(const struct question *q, struct view account, struct answer *out)
{
	return account.p ? answer_one(q, view_after_last(account, "\\"), out) : -1;
}

static int domain_of(const struct question *q, struct view account, struct answer *out)
{
	struct view name;

	if (!account.p)
		return -1;
	name = view_after_last(account, "\\");
	if (name.n == account.n)
		return 0;
	return answer_one(q, view_sub(account, 0, account.n - name.n - 1), out);
}

int make_user_name(const struct question *q, const struct row *r, struct answer *out)
{
	int got = need_activity(q);

	(void)r;
	return got ? got : name_of(q, q->activity->user, out);
}

int make_user_domain(const struct question *q, const struct row *r, struct answer *out)
{
	int got = need_activity(q);

	(void)r;
	return got ? got : domain_of(q, q->activity->user, out);
}

int make_account_name(const struct question *q, const struct row *r, struct answer *out)
{
	return name_of(q, question_text(q, r->from), out);
}

int make_account_domain(const struct question *q, const struct row *r, struct answer *out)
{
	return domain_of(q, question_text(q, r->from), out);
}

int make_account(const struct question *q, const struct row *r, struct answer *out)
{
	struct view domain = question_text(q, FIELD_SUBJECT_DOMAIN_NAME);
	struct view name = question_text(q, r->from);

	if (!domain.p || !name.p)
		return -1;
	if (!domain.n || !name.n)
		return answer_one(q, name, out);
	return answer_made(q, view_join(q->arena, domain, "\\", name), out);
}

int make_before_at(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_verbatim(q, r->from);
	const uint8_t *at = v.n ? memchr(v.p, '@', v.n) : NULL;

	if (!v.p)
		return -1;
	return answer_one(q, at ? view_sub(v, 0, (size_t)(at - v.p)) : v, out);
}

/* CN=Some One,OU=...: a comma of the name itself stands behind a backslash. */
int make_member(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);
	size_t n = 0, from;

	if (!v.p)
		return -1;
	while (n < v.n && (v.p[n] != ',' || (n && v.p[n - 1] == '\\')))
		n++;
	from = view_eq_str_nocase(view_sub(v, 0, 3), "CN=") ? 3 : 0;
	return answer_one(q, view_sub(v, from, n - from), out);
}

/* ---- what several records tell ---- */

int make_sid(const struct question *q, const struct row *r, struct answer *out)
{
	const struct derived *d = q->derived;

	(void)r;
	if (d && d->user_sid.n) {
		out->is_class = d->user_sid_is_class;
		return answer_one(q, d->user_sid, out);
	}
	if (need_activity(q) < 0)
		return -1;
	if (q->activity && q->activity->sid.n)
		return answer_one(q, q->activity->sid, out);
	if (d)
		answer_unknown(out, "the user's SID could not be derived");
	else
		answer_late(out, "the user's SID is told by other records");
	return 0;
}

static int answer_identity(const struct question *q, struct view entity, struct answer *out)
{
	if (entity.n)
		return answer_one(q, entity, out);
	if (q->derived)
		answer_unknown(out, "the process could not be identified");
	else
		answer_late(out, "a process is identified by several records");
	return 0;
}

int make_entity(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_identity(q, q->derived ? q->derived->entity : view_str(""), out);
}

int make_parent_entity(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_identity(q, q->derived ? q->derived->parent_entity : view_str(""), out);
}

/* ---- names of numbers ---- */

int make_integrity(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	return v.p ? answer_one(q, integrity_name(v), out) : -1;
}

int make_integrity_lower(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	return v.p ? answer_made(q, view_lower(q->arena, integrity_name(v)), out) : -1;
}

int make_logon_type(const struct question *q, const struct row *r, struct answer *out)
{
	static const char *const names[] = {
		[2] = "Interactive", [3] = "Network", [4] = "Batch", [5] = "Service", [7] = "Unlock",
		[8] = "NetworkCleartext", [9] = "NewCredentials", [10] = "RemoteInteractive",
		[11] = "CachedInteractive",
	};
	uint64_t n;

	if (!question_number(q, r->from, &n) || n >= sizeof(names) / sizeof(*names) || !names[n])
		return 0;
	return answer_str(q, names[n], out);
}

struct bit_name {
	uint32_t bit;
	const char *name;
};

static int bit_names(const struct question *q, field_id id, const struct bit_name *names, size_t n,
		     struct answer *out)
{
	uint64_t bits;

	if (!question_number(q, id, &bits))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (bits & names[i].bit && answer_str(q, names[i].name, out) < 0)
			return -1;
	return 0;
}

/* MS-SAMR 2.2.1.12. */
int make_uac(const struct question *q, const struct row *r, struct answer *out)
{
	static const struct bit_name names[] = {
		{0x1, "USER_ACCOUNT_DISABLED"},
		{0x2, "USER_HOME_DIRECTORY_REQUIRED"},
		{0x4, "USER_PASSWORD_NOT_REQUIRED"},
		{0x8, "USER_TEMP_DUPLICATE_ACCOUNT"},
		{0x10, "USER_NORMAL_ACCOUNT"},
		{0x20, "USER_MNS_LOGON_ACCOUNT"},
		{0x40, "USER_INTERDOMAIN_TRUST_ACCOUNT"},
		{0x80, "USER_WORKSTATION_TRUST_ACCOUNT"},
		{0x100, "USER_SERVER_TRUST_ACCOUNT"},
		{0x200, "USER_DONT_EXPIRE_PASSWORD"},
		{0x400, "USER_ACCOUNT_AUTO_LOCKED"},
		{0x800, "USER_ENCRYPTED_TEXT_PASSWORD_ALLOWED"},
		{0x1000, "USER_SMARTCARD_REQUIRED"},
		{0x2000, "USER_TRUSTED_FOR_DELEGATION"},
		{0x4000, "USER_NOT_DELEGATED"},
		{0x8000, "USER_USE_DES_KEY_ONLY"},
		{0x10000, "USER_DONT_REQUIRE_PREAUTH"},
		{0x20000, "USER_PASSWORD_EXPIRED"},
		{0x40000, "USER_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION"},
		{0x80000, "USER_NO_AUTH_DATA_REQUIRED"},
		{0x100000, "USER_PARTIAL_SECRETS_ACCOUNT"},
		{0x200000, "USER_USE_AES_KEYS"},
	};

	return bit_names(q, r->from, names, sizeof(names) / sizeof(*names), out);
}

/* MS-ADTS 5.1.3.2. */
int make_access(const struct question *q, const struct row *r, struct answer *out)
{
	static const struct bit_name names[] = {
		{0x1, "Create Child"},
		{0x2, "Delete Child"},
		{0x4, "List Contents"},
		{0x8, "SELF"},
		{0x10, "Read Property"},
		{0x20, "Write Property"},
		{0x40, "Delete Tree"},
		{0x80, "List Object"},
		{0x100, "Control Access"},
		{0x10000, "DELETE"},
		{0x20000, "READ_CONTROL"},
		{0x40000, "WRITE_DAC"},
		{0x80000, "WRITE_OWNER"},
		{0x100000, "SYNCHRONIZE"},
		{0x1000000, "ADS_RIGHT_ACCESS_SYSTEM_SECURITY"},
		{0x10000000, "ADS_RIGHT_GENERIC_ALL"},
		{0x20000000, "ADS_RIGHT_GENERIC_EXECUTE"},
		{0x40000000, "ADS_RIGHT_GENERIC_WRITE"},
		{0x80000000, "ADS_RIGHT_GENERIC_READ"},
	};

	return bit_names(q, r->from, names, sizeof(names) / sizeof(*names), out);
}
