/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user of a process, where its own record does not tell the SID: rules 3 and 4 of
 * docs/detections.md, "Who". Rules 1 and 2 are the activity's.
 */
#include "correlate-private.h"

static const struct {
	const char *authority, *name; /* name NULL: any */
	const char *sid;              /* "": an account of the system that no class holds */
} accounts[] = {
	{"NT AUTHORITY", "SYSTEM", "S-1-5-18"},
	{"NT AUTHORITY", "LOCAL SERVICE", "S-1-5-19"},
	{"NT AUTHORITY", "NETWORK SERVICE", "S-1-5-20"},
	{"NT AUTHORITY", "ANONYMOUS LOGON", "S-1-5-7"},
	{"NT AUTHORITY", "IUSR", "S-1-5-17"},
	{"NT SERVICE", NULL, "S-1-5-80-"},
	{"IIS APPPOOL", NULL, "S-1-5-82-"},
	{"NT VIRTUAL MACHINE", NULL, "S-1-5-83-"},
	{"Window Manager", NULL, "S-1-5-90-"},
	{"Font Driver Host", NULL, "S-1-5-96-"},
	{"AzureAD", NULL, "S-1-12-1-"},
	{"NT-AUTORIT\xc3\x84T", NULL, ""},
	{"NT-MYNDIGHET", NULL, ""},
	{"BUILTIN", NULL, ""},
	{"VORDEFINIERT", NULL, ""},
};

static const struct {
	uint64_t logon;
	const char *sid;
} system_logons[] = {{0x3e7, "S-1-5-18"}, {0x3e5, "S-1-5-19"}, {0x3e4, "S-1-5-20"}};

/* No name of a domain or computer has a blank; the system's own authorities do, in any language. */
static bool has_blank(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == ' ')
			return true;
	return false;
}

static const char *account_sid(struct view user)
{
	struct view name = view_after_last(user, "\\"), authority;

	if (name.n == user.n || !name.n)
		return "";
	authority = view_sub(user, 0, user.n - name.n - 1);
	for (size_t i = 0; i < sizeof(accounts) / sizeof(*accounts); i++)
		if (view_eq_str_nocase(authority, accounts[i].authority) &&
		    (!accounts[i].name || view_eq_str_nocase(name, accounts[i].name)))
			return accounts[i].sid;
	return !authority.n || has_blank(authority) ? "" : "S-1-5-21-";
}

/*
 * The logon of the process itself. A connection's record has none: its process's start record
 * tells, if it is Sysmon's (what Security's tells may be the creator's).
 */
static bool logon_of(const struct kept *k, uint64_t *logon)
{
	*logon = k->act.has_logon_id ? k->act.logon_id : 0;
	if (!k->act.has_logon_id && k->life && k->life->sysmon)
		*logon = k->life->sysmon->fact.logon_id;
	return *logon != 0;
}

int who_ask(struct correlate *c, struct kept *k)
{
	uint64_t logon, time = k->event.time_created;
	struct entry *en, *boots;

	if (k->act.sid.n || !logon_of(k, &logon))
		return 0;
	en = wanted_number(&c->wanted, KEY_LOGON, k->host, logon);
	boots = wanted_number(&c->wanted, KEY_BOOT, k->host, 0);
	if (!en || !boots || nearby_ask(&en->of[OF_START], time) < 0)
		return -1;
	return nearby_ask(&boots->of[OF_START], time);
}

static const struct held *sign_on(const struct correlate *c, const struct kept *k, uint64_t logon)
{
	const struct entry *en = wanted_find_number(&c->wanted, KEY_LOGON, k->host, logon);
	uint64_t time = k->event.time_created;
	size_t n = en ? nearby_upto(&en->of[OF_START], time) : 0;
	const struct held *h = n ? en->of[OF_START].held[n - 1] : NULL;

	if (!h || h->fact.time < boot_before(&c->wanted, k->host, time))
		return NULL;
	return h->fact.text.n && !view_eq_str(h->fact.text, "S-1-0-0") ? h : NULL;
}

static bool by_logon(struct correlate *c, struct kept *k)
{
	uint64_t logon;

	if (!logon_of(k, &logon))
		return false;
	for (size_t i = 0; i < sizeof(system_logons) / sizeof(*system_logons); i++) {
		if (system_logons[i].logon == logon) {
			k->derived.user_sid = view_str(system_logons[i].sid);
			k->derived.user_sid_from = "logon-id";
			return true;
		}
	}
	k->logon = sign_on(c, k, logon);
	if (!k->logon)
		return false;
	k->derived.user_sid = k->logon->fact.text;
	k->derived.user_sid_from = "4624";
	return true;
}

void who_derive(struct correlate *c, struct kept *k)
{
	struct derived *d = &k->derived;
	struct view sid;

	d->user_sid = k->act.sid;
	d->user_sid_from = k->act.sid_from;
	if (d->user_sid.n || by_logon(c, k))
		return;
	sid = view_str(account_sid(k->act.user));
	d->user_sid = sid;
	d->user_sid_is_class = sid.n && sid.p[sid.n - 1] == '-';
	d->user_sid_from = sid.n ? "class" : "";
}
