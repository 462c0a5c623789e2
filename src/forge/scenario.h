/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORGE_SCENARIO_H
#define FORGE_SCENARIO_H
/*
 * A scenario as it was read (docs/forge.md), and the records made of it. Everything lives in one arena
 * until the files are written. Text is WTF-8: unpaired surrogates are kept. Functions return 0, or -1
 * with the scenario's `e` saying file, line and column.
 */
#include "evtxhound/forge.h"
#include "evtxhound/yaml.h"

#include "evtx-write.h"

struct sc_sid {
	uint8_t b[68];
	size_t n;
};
struct sc_user {
	struct view key, name, domain;
	struct sc_sid sid;
	uint64_t logon;
};

enum { LOG_SYSMON = 1, LOG_SECURITY = 2 };

struct sc_process;
struct sc_host {
	struct view key, computer, domain, ip;
	unsigned log;      /* LOG_SYSMON, LOG_SECURITY, or both, or 0 */
	unsigned sysmon;   /* index of its generation: enum sc_generation */
	unsigned security; /* version of its 4688 */
	bool audits_command_lines;
	uint32_t machine;  /* what its process GUIDs begin with */
	uint64_t next_pid;
	struct sc_process *services; /* the parent of whatever names none */
};
struct sc_process {
	struct view name;
	const struct yaml_node *node; /* where it stands; NULL: made up */
	struct sc_host *host;
	struct view image, command, original, directory, description, integrity, hashes;
	bool has_command;
	const struct sc_process *parent;
	const struct sc_user *user, *creator, *target;
	bool no_target;
	struct guid guid;
	uint64_t pid;
	unsigned log, version;
	bool audits_command_line;
	uint64_t at, end; /* when it happened */
	bool has_end;
	int64_t lag, security_lag; /* from that to when it was logged */
};

/* One log file to be written. */
struct sc_record;
struct sc_log {
	struct sc_host *host;
	struct view channel, folder, file;
	struct sc_record *first, *last;
	uint64_t n;
	const struct yaml_node *options; /* of `logs`, or NULL */
	struct sc_log *next;
};
struct sc_record {
	struct bx_record r;
	int64_t rank;      /* among records of equal time */
	uint64_t sequence; /* in the order of the scenario */
	bool twice;
	struct sc_record *next;
};

struct sc_made {
	struct bx_event event;
	struct sc_made *next;
};

struct scenario {
	struct arena *arena;
	struct buf scratch;
	const char *name;
	struct err *e;
	const struct yaml_node *root;
	uint64_t start; /* FILETIME */
	uint64_t seed;
	struct sc_host *hosts;
	struct sc_user *users;
	struct sc_process *processes;
	size_t n_hosts, n_users, n_processes;
	struct sc_log *logs, *last_log;
	uint64_t n_records;
	const struct sc_host *only; /* NULL: all hosts */
	struct sc_made *made; /* event types of raw events, for reuse */
};

/* ---- reading nodes (read.c) ---- */

int sc_fail(struct scenario *s, const struct yaml_node *at, const char *fmt, ...) EH_PRINTF(3, 4);
int sc_no_memory(struct scenario *s);
/* `keys` is a list separated by blanks; anything else in the mapping is an error. */
int sc_keys(struct scenario *s, const struct yaml_node *n, const char *what, const char *keys);
int sc_list(struct scenario *s, const char *key, const struct yaml_node **list); /* NULL when absent */
/* Each leaves *out alone where the key is absent. */
int sc_text(struct scenario *s, const struct yaml_node *n, const char *key, struct view *out);
int sc_node_text(struct scenario *s, const struct yaml_node *n, struct view *out);
int sc_uint(struct scenario *s, const struct yaml_node *n, const char *key, uint64_t max,
	    uint64_t *out);
int sc_bool(struct scenario *s, const struct yaml_node *n, const char *key, bool *out);
int sc_duration(struct scenario *s, const struct yaml_node *n, const char *key, int64_t *out);
int sc_time(struct scenario *s, const struct yaml_node *n, const char *key, uint64_t *out);
/* Required ones. */
int sc_need(struct scenario *s, const struct yaml_node *n, const char *what, const char *keys);
bool sc_sid(struct view text, struct sc_sid *out);
uint64_t sc_shift(uint64_t filetime, int64_t by); /* stays within what a FILETIME can be */

/* ---- who and where (people.c) ---- */

int sc_read_hosts(struct scenario *s);
int sc_read_users(struct scenario *s);
/* The host a mapping names by `host:`, else the only or first one. */
int sc_host_of(struct scenario *s, const struct yaml_node *n, struct sc_host **out);
int sc_user_of(struct scenario *s, const struct yaml_node *n, const char *key,
	       const struct sc_user **out);
/* `log:` none, sysmon, security, both. */
int sc_log_word(struct scenario *s, const struct yaml_node *n, unsigned *out);
const struct sc_user *sc_user_named(const struct scenario *s, const char *key);
bool sc_is_system(const struct sc_user *u);

/* ---- event types (events.c) ---- */

enum sc_generation { SYSMON_8, SYSMON_10, SYSMON_14, SYSMON_GENERATIONS };
enum sc_kind { EV_PROCESS, EV_CONNECTION, EV_PROCESS_END, EV_IMAGE };
const struct bx_event *sysmon_event(enum sc_kind kind, enum sc_generation g);
const struct bx_event *security_process(unsigned version); /* 0, 1, 2 */
const struct bx_event *security_logon(unsigned version);
extern const struct bx_event event_filtered, event_security_end, event_security_start, event_cleared;
extern const struct bx_event event_kernel_boot, event_log_start;

/* ---- records (record.c) ---- */

/* The values of one record, in the order of its type's fields; `set` replaces some by name. */
struct sc_build {
	struct scenario *s;
	const struct bx_event *event;
	const struct yaml_node *set; /* mapping or NULL */
	size_t n_set;                /* of its keys used so far */
	struct bx_values values;
	bool failed;
};
int build_start(struct sc_build *b, struct scenario *s, const struct bx_event *ev,
		const struct yaml_node *set);
void build_text(struct sc_build *b, struct view v);
void build_str(struct sc_build *b, const char *text);
void build_number(struct sc_build *b, uint64_t v); /* in the size of the field's type */
void build_guid(struct sc_build *b, const struct guid *g);
void build_sid(struct sc_build *b, const struct sc_sid *sid);
void build_utc(struct sc_build *b, uint64_t filetime); /* Sysmon's UtcTime */
struct sc_when {
	uint64_t logged;
	int64_t rank;
	bool twice;
};
/* Ends the build either way; adds the record to the log of its host and channel. */
int build_end(struct sc_build *b, struct sc_host *h, const struct sc_when *w);
/* `rank` and `twice` of a mapping. */
int sc_read_when(struct scenario *s, const struct yaml_node *n, struct sc_when *w);
struct sc_log *sc_log_of(struct scenario *s, struct sc_host *h, struct view channel);

/* ---- typed values (value.c) ---- */

/* A YAML value as a BinXML value of that type (BX_ARRAY or-ed for lists). */
int sc_value(struct scenario *s, const struct yaml_node *n, uint8_t type, struct bx_values *out);
bool sc_type(struct view name, uint8_t *type); /* "string", "uint32", "hex64[]" ... */

/* ---- what happens ---- */

int sc_read_processes(struct scenario *s);
int sc_process_of(struct scenario *s, const struct yaml_node *n, const char *key,
		  const struct sc_process **out);
int sc_add_process(struct scenario *s, const struct sc_process *p);
void sc_guid_of(struct sc_process *p);
/* RuleName to Image; FileVersion to Company or OriginalFileName; Hashes; DOMAIN\name. */
void sc_build_head(struct sc_build *b, const struct sc_process *p, uint64_t at);
void sc_build_file_words(struct sc_build *b, const struct sc_process *p);
void sc_build_hashes(struct sc_build *b, const struct sc_process *p);
void sc_build_user(struct sc_build *b, const struct sc_user *u);
/* SubjectUserSid to SubjectLogonId. */
void sc_build_subject(struct sc_build *b, const struct sc_host *h, const struct sc_user *u);
struct sc_connection {
	const struct sc_process *process;
	struct view protocol, from_ip, to_ip, to_host;
	uint64_t from_port, to_port, at;
	unsigned log;
	int64_t lag, security_lag;
	bool initiated;
	const struct yaml_node *node;
};
int sc_add_connection(struct scenario *s, const struct sc_connection *c);
int sc_read_connections(struct scenario *s);
int sc_read_images(struct scenario *s);
int sc_read_logons(struct scenario *s);
int sc_read_boots(struct scenario *s);
int sc_read_cleared(struct scenario *s);
int sc_read_raw(struct scenario *s);
int sc_read_noise(struct scenario *s);
int sc_read_expect(struct scenario *s); /* only looked at: the tests compare it */
int sc_read_signs(struct scenario *s);  /* the same */
int sc_read_logs(struct scenario *s);
struct sc_sink;
/* The logs of the host `only`, or of all. */
int sc_write(struct scenario *s, struct sc_sink *sink, struct buf *made);

#endif
