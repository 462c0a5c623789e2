/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecs.ndjson: a document per finding in Elastic's Common Schema, each behind the action that the bulk
 * interface of Elasticsearch and OpenSearch asks for. The id is the finding's: what is sent twice is
 * there once. A field is left out where its type would make the reader refuse the document.
 */
#include "profile.h"

#define ECS_VERSION "8.11.0"
#define ECS_RECORDS 100u /* told with a document */

static void date(struct json *j, const char *name, uint64_t filetime)
{
	if (time_is_held(filetime))
		json_time(j, name, filetime);
}

/* As the type "long" holds it. */
static void number(struct json *j, const char *name, uint64_t n)
{
	if (n <= INT64_MAX)
		json_number(j, name, n);
}

static void text_list(struct json *j, const char *name, const struct text_list *l)
{
	if (!l->n)
		return;
	json_open(j, name, '[');
	for (size_t i = 0; i < l->n; i++) {
		json_name(j, NULL);
		json_readable(j->b, l->v[i]);
	}
	json_close(j, ']');
}

static void one_of(struct json *j, const char *name, const char *value)
{
	json_open(j, name, '[');
	json_text(j, NULL, view_str(value));
	json_close(j, ']');
}

/* As Elastic's own detections number them. */
static uint64_t severity(enum rule_level l)
{
	static const uint64_t by_level[] = {[LEVEL_NONE] = 1, [LEVEL_INFORMATIONAL] = 1, [LEVEL_LOW] = 21,
					    [LEVEL_MEDIUM] = 47, [LEVEL_HIGH] = 73, [LEVEL_CRITICAL] = 99};

	return by_level[l];
}

static void event_category(struct json *j, const struct event *ev)
{
	enum event_kind k = ev ? event_kind(ev) : KIND_NONE;

	if (k == KIND_PROCESS_START || k == KIND_PROCESS_END)
		one_of(j, "category", "process");
	else if (k == KIND_NETWORK)
		one_of(j, "category", "network");
	else if (k == KIND_LOGON)
		one_of(j, "category", "authentication");
	one_of(j, "type", k == KIND_PROCESS_START ? "start" : k == KIND_PROCESS_END ? "end" : "info");
}

static void event_object(struct json *j, const struct finding *f, const struct rule *r,
			 const struct evidence *ev)
{
	const struct event *event = ev ? ev->event : NULL;
	char text[16];

	json_open(j, "event", '{');
	json_text(j, "kind", view_str("alert"));
	event_category(j, event);
	json_text(j, "module", view_str("evtxhound"));
	json_text(j, "dataset", view_str("evtxhound.finding"));
	json_text(j, "id", view_str(f->id));
	json_number(j, "severity", severity(r->level));
	if (event) {
		snprintf(text, sizeof(text), "%u", event->event_id);
		json_text(j, "code", view_str(text));
		json_some(j, "provider", event->provider);
	}
	date(j, "start", f->first_time);
	date(j, "end", f->last_time);
	json_close(j, '}');
}

/* "CORP\alice" is a name and a domain. */
static void user_object(struct json *j, const struct evidence *ev, const struct activity *act)
{
	const uint8_t *slash = act->user.n ? memchr(act->user.p, '\\', act->user.n) : NULL;
	size_t domain = slash ? (size_t)(slash - act->user.p) : 0;

	if (!act->user.n && !(ev && ev->user_sid.n))
		return;
	json_open(j, "user", '{');
	json_some(j, "domain", view_sub(act->user, 0, domain));
	json_some(j, "name", view_sub(act->user, slash ? domain + 1 : 0, act->user.n));
	if (ev && !ev->user_sid_is_class)
		json_some(j, "id", ev->user_sid);
	json_close(j, '}');
}

static struct view base_name(struct view path)
{
	size_t from = path.n;

	while (from && path.p[from - 1] != '\\' && path.p[from - 1] != '/')
		from--;
	return view_sub(path, from, path.n);
}

static void guid_member(struct json *j, const struct guid *g)
{
	char text[GUID_TEXT];

	if (guid_is_null(g))
		return;
	guid_format(g, text);
	json_text(j, "entity_id", view_str(text));
}

/* "SHA1=...,MD5=..." as members of the names that ECS has. */
static void hash_object(struct json *j, struct view hashes)
{
	static const struct {
		const char *sysmon, *ecs;
	} names[] = {{"MD5=", "md5"}, {"SHA1=", "sha1"}, {"SHA256=", "sha256"}};

	if (!hashes.n)
		return;
	json_open(j, "hash", '{');
	while (hashes.n) {
		const uint8_t *comma = memchr(hashes.p, ',', hashes.n);
		struct view one = view_sub(hashes, 0, comma ? (size_t)(comma - hashes.p) : hashes.n);

		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			size_t n = strlen(names[i].sysmon);

			if (view_eq_str(view_sub(one, 0, n), names[i].sysmon))
				json_some(j, names[i].ecs, view_sub(one, n, one.n));
		}
		hashes = view_sub(hashes, one.n + 1, hashes.n);
	}
	json_close(j, '}');
}

static void parent_object(struct json *j, const struct activity *act)
{
	if (!act->parent_image.n && !act->has_parent_pid && guid_is_null(&act->parent_guid))
		return;
	json_open(j, "parent", '{');
	json_some(j, "executable", act->parent_image);
	json_some(j, "name", base_name(act->parent_image));
	json_some(j, "command_line", act->parent_command_line);
	if (act->has_parent_pid)
		number(j, "pid", act->parent_pid);
	guid_member(j, &act->parent_guid);
	json_close(j, '}');
}

static void process_object(struct json *j, const struct activity *act)
{
	if (!act->image.n && !act->has_pid && guid_is_null(&act->guid))
		return;
	json_open(j, "process", '{');
	json_some(j, "executable", act->image);
	json_some(j, "name", base_name(act->image));
	json_some(j, "command_line", act->command_line);
	if (act->has_pid)
		number(j, "pid", act->pid);
	guid_member(j, &act->guid);
	hash_object(j, act->hashes);
	if (act->original_file_name.n) {
		json_open(j, "pe", '{');
		json_some(j, "original_file_name", act->original_file_name);
		json_close(j, '}');
	}
	parent_object(j, act);
	json_close(j, '}');
}

/* An address without a zone, as the type "ip" takes it. */
static bool is_address(struct view v)
{
	uint8_t bytes[16];

	return v.n && !memchr(v.p, '%', v.n) && address_parse(v, bytes);
}

static void end_object(struct json *j, const char *name, struct view ip, struct view port,
		       struct view domain)
{
	uint64_t n = 0;
	bool has_port = port.n > 0 && port.n <= 5;

	for (size_t i = 0; has_port && i < port.n; i++) {
		has_port = port.p[i] >= '0' && port.p[i] <= '9';
		n = n * 10 + port.p[i] - '0';
	}
	has_port = has_port && n <= 65535;
	if (!ip.n && !has_port && !domain.n)
		return;
	json_open(j, name, '{');
	json_some(j, "address", ip.n ? ip : domain);
	if (is_address(ip))
		json_some(j, "ip", ip);
	json_some(j, "domain", domain);
	if (has_port)
		json_number(j, "port", n);
	json_close(j, '}');
}

static void network_objects(struct json *j, const struct activity *act)
{
	struct view none = {0};

	end_object(j, "source", act->source_ip, act->source_port, none);
	end_object(j, "destination", act->destination_ip, act->destination_port, act->destination_host);
	if (!act->protocol.n)
		return;
	json_open(j, "network", '{');
	json_some(j, "transport", act->protocol);
	json_close(j, '}');
}

static void rule_object(struct json *j, const struct rule *r)
{
	json_open(j, "rule", '{');
	json_some(j, "id", r->id);
	json_some(j, "name", r->title);
	json_some(j, "description", r->description);
	json_some(j, "license", r->license);
	if (r->references.n)
		json_some(j, "reference", r->references.v[0]);
	json_text(j, "ruleset", view_str(rule_language_name(r->language)));
	json_close(j, '}');
	if (!r->tactics.n && !r->techniques.n)
		return;
	json_open(j, "threat", '{');
	json_text(j, "framework", view_str("MITRE ATT&CK"));
	if (r->tactics.n) {
		json_open(j, "tactic", '{');
		text_list(j, "name", &r->tactics);
		json_close(j, '}');
	}
	if (r->techniques.n) {
		json_open(j, "technique", '{');
		text_list(j, "id", &r->techniques);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void record_object(struct json *j, const struct run *run, const struct evidence *ev)
{
	const struct source_result *src = run_source(run, ev->place.source);

	json_open(j, NULL, '{');
	json_text(j, "role", view_str(role_name(ev->role)));
	date(j, "time_created", ev->time);
	if (ev->event) {
		json_some(j, "channel", ev->event->channel);
		json_number(j, "event_id", ev->event->event_id);
	}
	number(j, "record_id", ev->record_id);
	json_some(j, "source", view_str(src ? src->source->path : ""));
	number(j, "offset", ev->place.offset);
	if (ev->proof && ev->proof->known)
		json_hash(j, "record_sha256", ev->proof->record_sha256, true);
	json_close(j, '}');
}

static void own_object(struct json *j, const struct run *run, const struct finding *f,
		       const struct rule *r)
{
	json_open(j, "evtxhound", '{');
	json_text(j, "finding_id", view_str(f->id));
	json_text(j, "level", view_str(rule_level_name(r->level)));
	json_text(j, "status", view_str(finding_status(f)));
	json_number(j, "records", f->n_evidence + f->left_out);
	json_open(j, "evidence", '[');
	for (size_t i = 0; i < f->n_evidence && i < ECS_RECORDS; i++)
		record_object(j, run, &f->evidence[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void winlog_object(struct json *j, const struct evidence *ev)
{
	char text[24];

	if (!ev || !ev->event)
		return;
	json_open(j, "winlog", '{');
	json_some(j, "channel", ev->event->channel);
	json_some(j, "computer_name", ev->event->computer);
	json_some(j, "provider_name", ev->event->provider);
	snprintf(text, sizeof(text), "%u", ev->event->event_id);
	json_text(j, "event_id", view_str(text));
	snprintf(text, sizeof(text), "%" PRIu64, ev->record_id);
	json_text(j, "record_id", view_str(text));
	json_close(j, '}');
}

static void named(struct json *j, const char *object, const char *member, struct view v)
{
	if (!v.n)
		return;
	json_open(j, object, '{');
	json_some(j, member, v);
	json_close(j, '}');
}

static int document(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct sheet *s = ctx;
	const struct rule *r = finding_rule(s->run, f);
	const struct evidence *ev = finding_subject(f);
	struct activity act = {0};
	struct json j = {.b = &s->b};

	(void)i;
	if (ev && evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	buf_fmt(&s->b, "{\"create\":{\"_id\":\"%s\"}}\n", f->id);
	json_open(&j, NULL, '{');
	json_time(&j, "@timestamp", time_is_held(f->first_time) ? f->first_time : TIME_EPOCH);
	named(&j, "ecs", "version", view_str(ECS_VERSION));
	json_some(&j, "message", r->title);
	event_object(&j, f, r, ev);
	named(&j, "host", "name", f->computer);
	user_object(&j, ev, &act);
	process_object(&j, &act);
	network_objects(&j, &act);
	rule_object(&j, r);
	winlog_object(&j, ev);
	own_object(&j, s->run, f, r);
	json_close(&j, '}');
	buf_byte(&s->b, '\n');
	return sheet_flush(s, e);
}

int ecs_write(const struct run *run, struct output *o, struct err *e)
{
	struct sheet s;

	o->name = "ecs.ndjson";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	return sheet_close(&s, each_finding(run, document, &s, e), o, e);
}
