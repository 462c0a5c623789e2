/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and users. */
#include "scenario.h"

#include <string.h>

#define FIRST_PID 10000u /* of processes that are given none; smaller ones are for scenarios */

static const struct {
	const char *key, *name, *domain, *sid;
	uint64_t logon;
} well_known[] = {
	{"system", "SYSTEM", "NT AUTHORITY", "S-1-5-18", 0x3e7},
	{"local-service", "LOCAL SERVICE", "NT AUTHORITY", "S-1-5-19", 0x3e5},
	{"network-service", "NETWORK SERVICE", "NT AUTHORITY", "S-1-5-20", 0x3e4},
};
#define N_WELL_KNOWN (sizeof(well_known) / sizeof(*well_known))

bool sc_is_system(const struct sc_user *u)
{
	return u->logon == 0x3e7;
}

static bool is_file_name(struct view v)
{
	if (!v.n || v.n > 100 || v.p[0] == '.')
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = ascii_lower(v.p[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.'))
			return false;
	}
	return true;
}

static const char *const log_words[] = {"none", "sysmon", "security", "both"};

int sc_log_word(struct scenario *s, const struct yaml_node *n, unsigned *out)
{
	const struct yaml_node *v = yaml_get(n, "log");

	for (unsigned i = 0; v && i < 4; i++) {
		if (v->kind == YAML_SCALAR && view_eq_str(v->text, log_words[i])) {
			*out = i;
			return 0;
		}
	}
	return v ? sc_fail(s, v, "\"log\" is one of sysmon, security, both, none") : 0;
}

static int read_generation(struct scenario *s, const struct yaml_node *n, unsigned *out)
{
	uint64_t major = 14;

	if (sc_uint(s, n, "sysmon", 100, &major))
		return -1;
	if (major < 8)
		return sc_fail(s, yaml_get(n, "sysmon"), "Sysmon before 8 is not known here");
	*out = major < 10 ? SYSMON_8 : major < 14 ? SYSMON_10 : SYSMON_14;
	return 0;
}

static struct sc_process *new_services(struct scenario *s, struct sc_host *h)
{
	struct sc_process *p = arena_alloc(s->arena, sizeof(*p));

	if (!p)
		return NULL;
	*p = (struct sc_process){.name = view_str("services"), .host = h, .pid = 712,
				 .image = view_str("C:\\Windows\\System32\\services.exe"),
				 .command = view_str("C:\\Windows\\system32\\services.exe"),
				 .has_command = true, .user = sc_user_named(s, "system"),
				 .at = sc_shift(s->start, -36000000000ll)};
	p->creator = p->user;
	sc_guid_of(p);
	return p;
}

static int read_host(struct scenario *s, const struct yaml_pair *pair, struct sc_host *h)
{
	const struct yaml_node *n = pair->value;
	uint64_t version = 2;

	*h = (struct sc_host){.key = pair->key->text, .computer = pair->key->text,
			      .domain = view_str("WORKGROUP"), .ip = view_str("10.0.0.5"),
			      .log = LOG_SYSMON, .sysmon = SYSMON_14, .audits_command_lines = true,
			      .next_pid = FIRST_PID};
	if (!is_file_name(h->key))
		return sc_fail(s, pair->key, "a host is named with letters, digits, '-', '_' and '.'");
	h->machine = (uint32_t)hash_view(11, h->key);
	if (!yaml_is_null(n) &&
	    (sc_keys(s, n, "a host", "name domain ip log sysmon security command_lines") ||
	     sc_text(s, n, "name", &h->computer) || sc_text(s, n, "domain", &h->domain) ||
	     sc_text(s, n, "ip", &h->ip) || sc_log_word(s, n, &h->log) ||
	     read_generation(s, n, &h->sysmon) || sc_uint(s, n, "security", 2, &version) ||
	     sc_bool(s, n, "command_lines", &h->audits_command_lines)))
		return -1;
	h->security = (unsigned)version;
	h->services = new_services(s, h);
	return h->services ? 0 : sc_no_memory(s);
}

int sc_read_hosts(struct scenario *s)
{
	const struct yaml_node *n = yaml_get(s->root, "hosts");

	if (!n || n->kind != YAML_MAPPING || !n->n)
		return sc_fail(s, n ? n : s->root, "\"hosts\" must name at least one host");
	s->hosts = arena_array(s->arena, n->n, sizeof(*s->hosts));
	if (!s->hosts)
		return sc_no_memory(s);
	for (; s->n_hosts < n->n; s->n_hosts++)
		if (read_host(s, &n->pairs[s->n_hosts], &s->hosts[s->n_hosts]))
			return -1;
	return 0;
}

static int read_user(struct scenario *s, const struct yaml_pair *pair, struct sc_user *u)
{
	const struct yaml_node *n = pair->value, *sid;
	char key[64];

	*u = (struct sc_user){.key = pair->key->text, .name = pair->key->text,
			      .domain = view_str(""), .logon = 0};
	if (sc_keys(s, n, "a user", "name domain sid logon") || sc_need(s, n, "a user", "sid logon") ||
	    sc_text(s, n, "name", &u->name) || sc_text(s, n, "domain", &u->domain) ||
	    sc_uint(s, n, "logon", INT64_MAX, &u->logon))
		return -1;
	sid = yaml_get(n, "sid");
	if (sid->kind != YAML_SCALAR || !sc_sid(sid->text, &u->sid))
		return sc_fail(s, sid, "\"sid\" must be a SID, like S-1-5-21-1-2-3-1104");
	if (u->key.n >= sizeof(key))
		return sc_fail(s, pair->key, "this name is too long");
	memcpy(key, u->key.p, u->key.n);
	key[u->key.n] = 0;
	if (sc_user_named(s, key))
		return sc_fail(s, pair->key, "this user is known already");
	return 0;
}

int sc_read_users(struct scenario *s)
{
	const struct yaml_node *n = yaml_get(s->root, "users");
	size_t more = n && n->kind == YAML_MAPPING ? n->n : 0;

	if (n && n->kind != YAML_MAPPING)
		return sc_fail(s, n, "\"users\" must be a mapping");
	s->users = arena_array(s->arena, N_WELL_KNOWN + more, sizeof(*s->users));
	if (!s->users)
		return sc_no_memory(s);
	for (size_t i = 0; i < N_WELL_KNOWN; i++, s->n_users++) {
		struct sc_user *u = &s->users[i];

		*u = (struct sc_user){.key = view_str(well_known[i].key),
				      .name = view_str(well_known[i].name),
				      .domain = view_str(well_known[i].domain),
				      .logon = well_known[i].logon};
		sc_sid(view_str(well_known[i].sid), &u->sid);
	}
	for (size_t i = 0; i < more; i++, s->n_users++)
		if (read_user(s, &n->pairs[i], &s->users[s->n_users]))
			return -1;
	return 0;
}

const struct sc_user *sc_user_named(const struct scenario *s, const char *key)
{
	for (size_t i = 0; i < s->n_users; i++)
		if (view_eq_str(s->users[i].key, key))
			return &s->users[i];
	return NULL;
}

int sc_user_of(struct scenario *s, const struct yaml_node *n, const char *key,
	       const struct sc_user **out)
{
	const struct yaml_node *v = yaml_get(n, key);

	for (size_t i = 0; v && v->kind == YAML_SCALAR && i < s->n_users; i++) {
		if (view_eq(s->users[i].key, v->text)) {
			*out = &s->users[i];
			return 0;
		}
	}
	return v ? sc_fail(s, v, "there is no such user in \"users\"") : 0;
}

int sc_host_of(struct scenario *s, const struct yaml_node *n, struct sc_host **out)
{
	const struct yaml_node *v = yaml_get(n, "host");

	*out = &s->hosts[0];
	for (size_t i = 0; v && v->kind == YAML_SCALAR && i < s->n_hosts; i++) {
		if (view_eq(s->hosts[i].key, v->text)) {
			*out = &s->hosts[i];
			return 0;
		}
	}
	return v ? sc_fail(s, v, "there is no such host in \"hosts\"") : 0;
}
