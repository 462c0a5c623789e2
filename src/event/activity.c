/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process creations, ends and connections of Sysmon and Security in one set of words. A text "-" is
 * what Windows and Sysmon write where they have nothing: here it is nothing, except as a command
 * line, which may truly be that.
 */
#include <string.h>

#include "value-private.h"

#define FIELDS_READ (FIELD_SOURCE_PROCESS_ID + 1)

struct reading {
	const struct event *event;
	struct arena *arena;
	const struct field *at[FIELDS_READ]; /* the record's first field of each of those names */
	bool creator; /* who is told is who started the process */
	bool bad;     /* no room */
};

/* ---- single fields ---- */

static bool has_ids(const struct event *ev)
{
	for (size_t i = 0; i < ev->n_fields; i++)
		if (ev->fields[i].id != FIELD_NONE)
			return true;
	return false;
}

/* A decoder without a table of names gives no ids: then the names themselves are looked up. */
static void find_fields(struct reading *s, const struct event *ev)
{
	bool ids = has_ids(ev);

	for (size_t i = 0; i < ev->n_fields; i++) {
		const struct field *f = &ev->fields[i];
		field_id id = ids ? f->id : field_known_find(f->name);

		if (id < FIELDS_READ && !s->at[id])
			s->at[id] = f;
	}
}

static struct view verbatim(struct reading *s, field_id id)
{
	const struct field *f = s->at[id];
	struct view v = f ? value_view(s->arena, f->value) : view_str("");

	s->bad |= !v.p;
	return v.p ? v : view_str("");
}

static struct view text(struct reading *s, field_id id)
{
	struct view v = verbatim(s, id);

	return value_says_nothing(v) ? view_str("") : v;
}

static bool number(const struct reading *s, field_id id, uint64_t *out)
{
	return s->at[id] && value_number(s->at[id]->value, out);
}

static void guid(struct reading *s, field_id id, struct guid *out)
{
	const struct field *f = s->at[id];
	struct guid g;

	if (f && f->value.type == VALUE_GUID && f->value.raw.n == sizeof(g.b))
		memcpy(out->b, f->value.raw.p, sizeof(g.b));
	else if (f && guid_parse(verbatim(s, id), &g))
		*out = g;
}

/* DOMAIN\name, the way Sysmon writes accounts. */
static struct view account(struct reading *s, field_id domain_id, field_id name_id)
{
	struct view domain = text(s, domain_id), name = text(s, name_id);
	uint8_t *p;

	if (!domain.n || !name.n)
		return name;
	p = arena_alloc(s->arena, domain.n + 1 + name.n);
	if (!p) {
		s->bad = true;
		return name;
	}
	memcpy(p, domain.p, domain.n);
	p[domain.n] = '\\';
	memcpy(p + domain.n + 1, name.p, name.n);
	return (struct view){p, domain.n + 1 + name.n};
}

/* ---- who ---- */

/* The same in every language of the system; only where the logon is the process's own. */
static void sid_by_logon(const struct reading *s, struct activity *act)
{
	static const struct {
		uint64_t logon;
		const char *sid;
	} rows[] = {{0x3e7, "S-1-5-18"}, {0x3e5, "S-1-5-19"}, {0x3e4, "S-1-5-20"}};

	if (act->sid.n || !act->has_logon_id || s->creator)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].logon == act->logon_id) {
			act->sid = view_str(rows[i].sid);
			act->sid_from = "logon-id";
		}
}

struct who {
	field_id sid, domain, name, logon;
};
static const struct who subject = {FIELD_SUBJECT_USER_SID, FIELD_SUBJECT_DOMAIN_NAME,
				   FIELD_SUBJECT_USER_NAME, FIELD_SUBJECT_LOGON_ID};
static const struct who target = {FIELD_TARGET_USER_SID, FIELD_TARGET_DOMAIN_NAME,
				  FIELD_TARGET_USER_NAME, FIELD_TARGET_LOGON_ID};

static struct view usable_sid(struct reading *s, const struct who *w)
{
	struct view sid = text(s, w->sid);

	return view_eq_str(sid, "S-1-0-0") ? view_str("") : sid;
}

static void take_who(struct reading *s, const struct who *w, const char *from, struct activity *act)
{
	act->sid = usable_sid(s, w);
	act->sid_from = act->sid.n ? from : "";
	act->user = account(s, w->domain, w->name);
	act->has_logon_id = number(s, w->logon, &act->logon_id);
}

/* ---- Security's words ---- */

struct view integrity_name(struct view label)
{
	static const struct {
		const char *sid, *name;
	} rows[] = {
		{"S-1-16-0", "Untrusted"},        {"S-1-16-4096", "Low"},
		{"S-1-16-8192", "Medium"},        {"S-1-16-8448", "Medium Plus"},
		{"S-1-16-12288", "High"},         {"S-1-16-16384", "System"},
		{"S-1-16-20480", "Protected"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (view_eq_str(label, rows[i].sid))
			return view_str(rows[i].name);
	return label;
}

static void security_start(struct reading *s, struct activity *act)
{
	act->image = text(s, FIELD_NEW_PROCESS_NAME);
	act->parent_image = text(s, FIELD_PARENT_PROCESS_NAME);
	act->has_pid = number(s, FIELD_NEW_PROCESS_ID, &act->pid);
	act->has_parent_pid = number(s, FIELD_PROCESS_ID, &act->parent_pid);
	act->command_line = verbatim(s, FIELD_COMMAND_LINE);
	act->integrity = integrity_name(text(s, FIELD_MANDATORY_LABEL));
	s->creator = !usable_sid(s, &target).n;
	if (s->creator)
		take_who(s, &subject, "creator", act);
	else
		take_who(s, &target, "record", act);
}

static void security_end(struct reading *s, struct activity *act)
{
	act->image = text(s, FIELD_PROCESS_NAME);
	act->has_pid = number(s, FIELD_PROCESS_ID, &act->pid);
	/* The one who ends is the process itself: its own account, not another's. */
	take_who(s, &subject, "record", act);
}

static struct view protocol_name(struct reading *s)
{
	uint64_t n;

	if (number(s, FIELD_PROTOCOL, &n) && (n == 6 || n == 17))
		return view_str(n == 6 ? "tcp" : "udp");
	return text(s, FIELD_PROTOCOL);
}

/* Security's source is this end of it, whoever began; Sysmon's is the one who began. */
static void security_filtered(struct reading *s, struct activity *act)
{
	struct view direction = text(s, FIELD_DIRECTION);
	bool accepted = view_eq_str(direction, "%%14592");

	act->image = text(s, FIELD_APPLICATION);
	act->has_pid = number(s, FIELD_FILTERED_PID, &act->pid);
	act->protocol = protocol_name(s);
	act->source_ip = text(s, accepted ? FIELD_DEST_ADDRESS : FIELD_SOURCE_ADDRESS);
	act->source_port = text(s, accepted ? FIELD_DEST_PORT : FIELD_SOURCE_PORT);
	act->destination_ip = text(s, accepted ? FIELD_SOURCE_ADDRESS : FIELD_DEST_ADDRESS);
	act->destination_port = text(s, accepted ? FIELD_SOURCE_PORT : FIELD_DEST_PORT);
	act->initiated = view_eq_str(direction, "%%14593");
	act->has_initiated = act->initiated || accepted;
}

/* ---- Sysmon's words ---- */

static void utc_time(struct reading *s, struct activity *act)
{
	uint64_t t;

	/* Sysmon writes 1601 where it does not know the time. */
	if (!time_parse(text(s, FIELD_UTC_TIME), &t) || t < TIME_DAY)
		return;
	act->utc_time = t;
	act->has_utc = true;
}

static void sysmon_process(struct reading *s, struct activity *act)
{
	utc_time(s, act);
	guid(s, FIELD_PROCESS_GUID, &act->guid);
	guid(s, FIELD_PARENT_PROCESS_GUID, &act->parent_guid);
	act->has_pid = number(s, FIELD_PROCESS_ID, &act->pid);
	act->has_parent_pid = number(s, FIELD_PARENT_PROCESS_ID, &act->parent_pid);
	act->has_logon_id = number(s, FIELD_LOGON_ID, &act->logon_id);
	act->image = text(s, FIELD_IMAGE);
	act->parent_image = text(s, FIELD_PARENT_IMAGE);
	act->command_line = verbatim(s, FIELD_COMMAND_LINE);
	act->parent_command_line = text(s, FIELD_PARENT_COMMAND_LINE);
	act->original_file_name = text(s, FIELD_ORIGINAL_FILE_NAME);
	act->user = text(s, FIELD_USER);
	act->integrity = text(s, FIELD_INTEGRITY_LEVEL);
	act->hashes = text(s, FIELD_HASHES);
}

/* Who acts on another process. */
static void sysmon_source(struct reading *s, struct activity *act)
{
	guid(s, FIELD_SOURCE_PROCESS_GUID, &act->guid);
	guid(s, FIELD_SOURCE_PROCESS_GUID_10, &act->guid);
	act->has_pid = number(s, FIELD_SOURCE_PROCESS_ID, &act->pid);
	act->image = text(s, FIELD_SOURCE_IMAGE);
}

static void sysmon_network(struct reading *s, struct activity *act)
{
	struct view initiated = text(s, FIELD_INITIATED);

	act->protocol = text(s, FIELD_PROTOCOL);
	act->source_ip = text(s, FIELD_SOURCE_IP);
	act->source_port = text(s, FIELD_SOURCE_PORT);
	act->destination_ip = text(s, FIELD_DESTINATION_IP);
	act->destination_host = text(s, FIELD_DESTINATION_HOSTNAME);
	act->destination_port = text(s, FIELD_DESTINATION_PORT);
	act->initiated = view_eq_str_nocase(initiated, "true");
	act->has_initiated = act->initiated || view_eq_str_nocase(initiated, "false");
}

/* ---- all of them ---- */

static void empty_texts(struct activity *act)
{
	struct view *const texts[] = {
		&act->image,       &act->parent_image,     &act->command_line,
		&act->user,        &act->parent_command_line, &act->original_file_name,
		&act->sid,         &act->integrity,        &act->hashes,
		&act->protocol,    &act->source_ip,        &act->source_port,
		&act->destination_ip, &act->destination_host, &act->destination_port,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*texts[i] = view_str("");
}

static void fill(struct reading *s, struct activity *act)
{
	bool sysmon = event_is_sysmon(s->event);

	if (act->kind == KIND_PROCESS_START && !sysmon)
		security_start(s, act);
	else if (act->kind == KIND_PROCESS_END && !sysmon)
		security_end(s, act);
	else if (act->kind == KIND_LOGON) /* who signed on */
		take_who(s, &target, "record", act);
	else if (act->kind == KIND_FILTERED)
		security_filtered(s, act);
	else if (sysmon)
		sysmon_process(s, act);
	if (sysmon && s->at[FIELD_SOURCE_PROCESS_ID])
		sysmon_source(s, act);
	if (act->kind == KIND_NETWORK)
		sysmon_network(s, act);
}

void activity_begin(const struct event *ev, struct activity *out)
{
	*out = (struct activity){
		.kind = event_kind(ev),
		.utc_time = ev->time_created,
		.sid_from = "",
	};
	empty_texts(out);
}

int activity_fill(const struct event *ev, struct arena *a, struct activity *act)
{
	struct reading s = {.event = ev, .arena = a};

	find_fields(&s, ev);
	fill(&s, act);
	act->has_command_line = act->command_line.n != 0;
	sid_by_logon(&s, act);
	act->filled = true;
	return s.bad ? -1 : 0;
}

int activity_of(const struct event *ev, struct arena *a, struct activity *out)
{
	activity_begin(ev, out);
	return activity_fill(ev, a, out);
}
