/* SPDX-License-Identifier: Apache-2.0 */
/* Processes: their creation in Sysmon 1 and Security 4688, their end in Sysmon 5 and 4689. */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_LAG 31000 /* 3.1 ms, what Sysmon needs to log a process at the median */

static const struct {
	const char *name;
	uint32_t rid;
} levels[] = {{"Untrusted", 0},	      {"Low", 4096},	{"Medium", 8192},
	      {"Medium Plus", 8448},  {"High", 12288},	{"System", 16384},
	      {"ProtectedProcess", 20480}};

/* As Sysmon makes them: the machine, the second of the start, something of the process. */
void sc_guid_of(struct sc_process *p)
{
	uint32_t second = (uint32_t)(p->at / 10000000 - 11644473600ull);
	uint64_t token = hash_view(p->pid, p->name);

	for (size_t i = 0; i < 4; i++) {
		p->guid.b[i] = (uint8_t)(p->host->machine >> (8 * i));
		p->guid.b[4 + i] = (uint8_t)(second >> (8 * i));
		p->guid.b[8 + i] = (uint8_t)(token >> (8 * i));
	}
	p->guid.b[14] = 1;
}

static int read_guid(struct scenario *s, const struct yaml_node *n, struct sc_process *p)
{
	const struct yaml_node *v = yaml_get(n, "guid");

	if (!v) {
		sc_guid_of(p);
		return 0;
	}
	if (v->kind == YAML_SCALAR && view_eq_str(v->text, "none"))
		return 0;
	if (v->kind != YAML_SCALAR || !guid_parse(v->text, &p->guid))
		return sc_fail(s, v, "\"guid\" must be a GUID, or none");
	return 0;
}

static int read_target(struct scenario *s, const struct yaml_node *n, struct sc_process *p)
{
	const struct yaml_node *v = yaml_get(n, "target");

	p->no_target = v && v->kind == YAML_SCALAR && view_eq_str(v->text, "none");
	return p->no_target ? 0 : sc_user_of(s, n, "target", &p->target);
}

static int check_integrity(struct scenario *s, const struct yaml_node *n, const struct sc_process *p)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		if (view_eq_str(p->integrity, levels[i].name))
			return 0;
	return sc_fail(s, yaml_get(n, "integrity"), "\"integrity\" is one of Untrusted, Low, Medium, "
						    "Medium Plus, High, System, ProtectedProcess");
}

/* What a process is, whether it has records or is only somebody's parent. */
static int read_nature(struct scenario *s, const struct yaml_node *n, struct sc_process *p)
{
	const struct yaml_node *command = yaml_get(n, "command");

	p->user = sc_user_named(s, "system");
	p->hashes = view_str("");
	if (sc_text(s, n, "image", &p->image) || sc_user_of(s, n, "user", &p->user))
		return -1;
	p->original = view_after_last(p->image, "\\/");
	p->directory = view_str("C:\\Windows\\system32\\");
	p->description = view_str("-");
	p->integrity = view_str(p->user->logon && p->user->logon < 0x3e8 ? "System" : "Medium");
	p->command = view_str("");
	p->has_command = command && !yaml_is_null(command);
	if (p->has_command && sc_text(s, n, "command", &p->command))
		return -1;
	if (!command) {
		p->command = p->image;
		p->has_command = true;
	}
	if (sc_uint(s, n, "pid", UINT32_MAX, &p->pid))
		return -1;
	if (!yaml_get(n, "pid")) {
		p->pid = p->host->next_pid;
		p->host->next_pid += 4;
	}
	return read_guid(s, n, p);
}

static int read_details(struct scenario *s, const struct yaml_node *n, struct sc_process *p)
{
	uint64_t version = p->host->security;

	p->log = p->host->log;
	p->audits_command_line = p->host->audits_command_lines;
	p->lag = DEFAULT_LAG;
	p->has_end = yaml_get(n, "end") != NULL;
	if (sc_text(s, n, "original", &p->original) || sc_text(s, n, "directory", &p->directory) ||
	    sc_text(s, n, "description", &p->description) || sc_text(s, n, "hashes", &p->hashes) ||
	    sc_text(s, n, "integrity", &p->integrity) || check_integrity(s, n, p) ||
	    sc_user_of(s, n, "creator", &p->creator) || read_target(s, n, p) ||
	    sc_log_word(s, n, &p->log) || sc_uint(s, n, "version", 2, &version) ||
	    sc_bool(s, n, "command_lines", &p->audits_command_line) ||
	    sc_time(s, n, "end", &p->end) || sc_duration(s, n, "lag", &p->lag) ||
	    sc_duration(s, n, "security_lag", &p->security_lag))
		return -1;
	p->version = (unsigned)version;
	return 0;
}

static int read_process(struct scenario *s, const struct yaml_node *n, struct sc_process *p)
{
	*p = (struct sc_process){.node = n};
	if (sc_keys(s, n, "a process",
		    "name host image command original directory description integrity hashes parent "
		    "user creator target guid pid log version command_lines at end lag security_lag "
		    "set set_security rank twice") ||
	    sc_need(s, n, "a process", "name image at") || sc_text(s, n, "name", &p->name) ||
	    sc_host_of(s, n, &p->host) || sc_time(s, n, "at", &p->at))
		return -1;
	for (const struct sc_process *q = s->processes; q < p; q++)
		if (view_eq(q->name, p->name))
			return sc_fail(s, yaml_get(n, "name"), "this name is taken (line %u)",
				       q->node->line);
	return read_nature(s, n, p) || read_details(s, n, p) ? -1 : 0;
}

int sc_process_of(struct scenario *s, const struct yaml_node *n, const char *key,
		  const struct sc_process **out)
{
	const struct yaml_node *v = yaml_get(n, key);

	for (size_t i = 0; v && v->kind == YAML_SCALAR && i < s->n_processes; i++) {
		if (view_eq(s->processes[i].name, v->text)) {
			*out = &s->processes[i];
			return 0;
		}
	}
	return v ? sc_fail(s, v, "there is no such process in \"processes\"") : 0;
}

/* A parent that is only ever seen as a parent. */
static int read_unseen(struct scenario *s, const struct yaml_node *n, struct sc_process *child)
{
	struct sc_process *p = arena_alloc(s->arena, sizeof(*p));

	if (!p)
		return sc_no_memory(s);
	*p = (struct sc_process){.host = child->host, .name = view_str("parent"), .at = child->at};
	if (sc_keys(s, n, "a parent", "image command pid guid user") ||
	    sc_need(s, n, "a parent", "image") || read_nature(s, n, p))
		return -1;
	child->parent = p;
	return 0;
}

static int find_parent(struct scenario *s, struct sc_process *p)
{
	const struct yaml_node *v = yaml_get(p->node, "parent");

	p->parent = p->host->services;
	if (v && v->kind == YAML_MAPPING) {
		if (read_unseen(s, v, p))
			return -1;
	} else if (sc_process_of(s, p->node, "parent", &p->parent)) {
		return -1;
	}
	if (!p->creator)
		p->creator = p->parent->user;
	if (!p->target && p->creator != p->user)
		p->target = p->user;
	return 0;
}

/* ---- Sysmon ---- */

void sc_build_hashes(struct sc_build *b, const struct sc_process *p)
{
	uint64_t h[8];
	char text[300], hex[8 * 16 + 1];
	size_t n = 0;

	if (p->hashes.n) {
		build_text(b, p->hashes);
		return;
	}
	for (size_t i = 0; i < 8; i++)
		h[i] = hash_nocase(i + 1, p->image);
	hex_format((const uint8_t *)h, sizeof(h), hex);
	for (; hex[n]; n++)
		hex[n] = hex[n] >= 'a' ? (char)(hex[n] - 32) : hex[n];
	snprintf(text, sizeof(text), "MD5=%.32s,SHA256=%.64s,IMPHASH=%.32s", hex, hex + 32, hex + 96);
	build_str(b, text);
}

void sc_build_user(struct sc_build *b, const struct sc_user *u)
{
	char text[512];

	snprintf(text, sizeof(text), "%.*s\\%.*s", (int)u->domain.n, (const char *)u->domain.p,
		 (int)u->name.n, (const char *)u->name.p);
	build_str(b, text);
}

void sc_build_head(struct sc_build *b, const struct sc_process *p, uint64_t at)
{
	build_str(b, p->host->sysmon == SYSMON_8 ? "" : "-");
	build_utc(b, at);
	build_guid(b, &p->guid);
	build_number(b, p->pid);
	build_text(b, p->image);
}

void sc_build_file_words(struct sc_build *b, const struct sc_process *p)
{
	bool windows = view_eq_str_nocase(view_sub(p->image, 0, 11), "C:\\Windows\\");

	build_str(b, windows ? "10.0.19041.1 (WinBuild.160101.0800)" : "-");
	build_text(b, p->description);
	build_str(b, windows ? "Microsoft\xc2\xae Windows\xc2\xae Operating System" : "-");
	build_str(b, windows ? "Microsoft Corporation" : "-");
	if (p->host->sysmon != SYSMON_8)
		build_text(b, p->original);
}

static void build_logon_guid(struct sc_build *b, const struct sc_process *p)
{
	struct guid g = {{0}};
	uint64_t h = hash_view(p->user->logon, p->user->key);

	memcpy(g.b, p->guid.b, 4);
	memcpy(g.b + 4, &h, 4);
	for (size_t i = 0; i < 4; i++)
		g.b[8 + i] = (uint8_t)(p->user->logon >> (8 * i));
	build_guid(b, &g);
}

static int sysmon_start(struct scenario *s, const struct sc_process *p)
{
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(p->at, p->lag)};
	const struct bx_event *ev = sysmon_event(EV_PROCESS, p->host->sysmon);

	if (sc_read_when(s, p->node, &w) || build_start(&b, s, ev, yaml_get(p->node, "set")))
		return -1;
	sc_build_head(&b, p, p->at);
	sc_build_file_words(&b, p);
	build_text(&b, p->command);
	build_text(&b, p->directory);
	sc_build_user(&b, p->user);
	build_logon_guid(&b, p);
	build_number(&b, p->user->logon);
	build_number(&b, p->user->logon < 0x3e8 ? 0 : 1);
	build_text(&b, p->integrity);
	sc_build_hashes(&b, p);
	build_guid(&b, &p->parent->guid);
	build_number(&b, p->parent->pid);
	build_text(&b, p->parent->image);
	build_text(&b, p->parent->command);
	sc_build_user(&b, p->parent->user); /* the last field from 14 on; nothing before */
	return build_end(&b, p->host, &w);
}

static int sysmon_end(struct scenario *s, const struct sc_process *p)
{
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(p->end, p->lag)};

	if (build_start(&b, s, sysmon_event(EV_PROCESS_END, p->host->sysmon), NULL))
		return -1;
	sc_build_head(&b, p, p->end);
	sc_build_user(&b, p->user);
	return build_end(&b, p->host, &w);
}

/* ---- Security ---- */

/* The local system acts under the machine's name. */
void sc_build_subject(struct sc_build *b, const struct sc_host *h, const struct sc_user *u)
{
	char machine[256];
	const char *computer = (const char *)h->computer.p;
	size_t n = h->computer.n;

	for (size_t i = 0; i < n; i++)
		if (computer[i] == '.')
			n = i;
	snprintf(machine, sizeof(machine), "%.*s$", (int)n, computer);
	build_sid(b, &u->sid);
	if (sc_is_system(u)) {
		build_str(b, machine);
		build_text(b, h->domain);
	} else {
		build_text(b, u->name);
		build_text(b, u->domain);
	}
	build_number(b, u->logon);
}

static void build_target(struct sc_build *b, const struct sc_process *p)
{
	struct sc_sid none = {.b = {1, 1, 0, 0, 0, 0, 0, 0}, .n = 12};

	if (p->target && !p->no_target) {
		build_sid(b, &p->target->sid);
		build_text(b, p->target->name);
		build_text(b, p->target->domain);
		build_number(b, p->target->logon);
		return;
	}
	build_sid(b, &none);
	build_str(b, "-");
	build_str(b, "-");
	build_number(b, 0);
}

static void build_label(struct sc_build *b, const struct sc_process *p)
{
	struct sc_sid label = {.b = {1, 1, 0, 0, 0, 0, 0, 16}, .n = 12};

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		if (view_eq_str(p->integrity, levels[i].name)) {
			label.b[8] = (uint8_t)levels[i].rid;
			label.b[9] = (uint8_t)(levels[i].rid >> 8);
		}
	}
	build_sid(b, &label);
}

static const char *elevation(const struct sc_process *p)
{
	if (view_eq_str(p->integrity, "High"))
		return "%%1937";
	return view_eq_str(p->integrity, "System") ? "%%1936" : "%%1938";
}

static int security_start(struct scenario *s, const struct sc_process *p)
{
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(p->at, p->security_lag)};

	if (sc_read_when(s, p->node, &w) ||
	    build_start(&b, s, security_process(p->version), yaml_get(p->node, "set_security")))
		return -1;
	sc_build_subject(&b, p->host, p->creator);
	build_number(&b, p->pid);
	build_text(&b, p->image);
	build_str(&b, elevation(p));
	build_number(&b, p->parent->pid);
	if (p->version >= 1)
		build_text(&b, p->audits_command_line ? p->command : view_str(""));
	if (p->version >= 2) {
		build_target(&b, p);
		build_text(&b, p->parent->image);
		build_label(&b, p);
	}
	return build_end(&b, p->host, &w);
}

static int security_end(struct scenario *s, const struct sc_process *p)
{
	struct sc_build b;
	struct sc_when w = {.logged = sc_shift(p->end, p->security_lag)};

	if (build_start(&b, s, &event_security_end, NULL))
		return -1;
	sc_build_subject(&b, p->host, p->user);
	build_number(&b, 0);
	build_number(&b, p->pid);
	build_text(&b, p->image);
	return build_end(&b, p->host, &w);
}

int sc_add_process(struct scenario *s, const struct sc_process *p)
{
	if (p->log & LOG_SECURITY &&
	    (security_start(s, p) || (p->has_end && security_end(s, p))))
		return -1;
	if (p->log & LOG_SYSMON && (sysmon_start(s, p) || (p->has_end && sysmon_end(s, p))))
		return -1;
	return 0;
}

int sc_read_processes(struct scenario *s)
{
	const struct yaml_node *list;

	if (sc_list(s, "processes", &list))
		return -1;
	if (!list)
		return 0;
	s->processes = arena_array(s->arena, list->n + 1, sizeof(*s->processes));
	if (!s->processes)
		return sc_no_memory(s);
	for (; s->n_processes < list->n; s->n_processes++)
		if (read_process(s, list->items[s->n_processes], &s->processes[s->n_processes]))
			return -1;
	for (size_t i = 0; i < s->n_processes; i++)
		if (find_parent(s, &s->processes[i]))
			return -1;
	for (size_t i = 0; i < s->n_processes; i++)
		if (sc_add_process(s, &s->processes[i]))
			return -1;
	return 0;
}
