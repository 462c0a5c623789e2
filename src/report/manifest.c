/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json: what was run on what, and what came out. The last file of a report. */
#include "report-private.h"

/* Their names come from the process that linked them. */
static void libraries(struct json *j, const struct run *run)
{
	struct library_walk w;
	const struct source_fact *f;

	library_begin(&w);
	while ((f = library_next(run, &w))) {
		json_text(j, NULL, view_str(source_fact_library(f)));
		buf_str(j->b, ": ");
		json_string(j->b, view_str(f->value));
	}
	j->b->bad |= w.bad;
	library_end(&w);
}

static void public_key(struct json *j, const struct signing_key *key)
{
	uint8_t bytes[PUBLIC_KEY_BYTES];

	json_hash(j, "public_key", bytes, signing_key_public(key, bytes));
}

static void pairs_object(struct json *j, const struct run *run)
{
	json_open(j, "tool", '{');
	json_text(j, "name", view_str("evtxhound"));
	json_text(j, "version", view_str(program_version()));
	json_text(j, "build", view_str(run->build));
	json_open(j, "parts", '{');
	for (size_t i = 0; i < run->n_versions; i++)
		json_text(j, run->versions[i].name, view_str(run->versions[i].version));
	libraries(j, run);
	json_close(j, '}');
	json_close(j, '}');
	/* What differs between two runs on the same input stands here alone. */
	json_open(j, "run", '{');
	json_time(j, "start", run->start);
	json_time(j, "end", run->end);
	json_file(j, "command_line", view_str(run->command_line));
	json_file(j, "directory", view_str(run->directory ? run->directory : ""));
	json_open(j, "arguments", '[');
	for (size_t i = 0; i < run->n_arguments; i++)
		json_file(j, NULL, view_str(run->arguments[i]));
	json_close(j, ']');
	if (run->key)
		public_key(j, run->key);
	json_close(j, '}');
	json_open(j, "options", '{');
	for (size_t i = 0; i < run->n_options; i++)
		json_file(j, run->options[i].name, view_str(run->options[i].value));
	json_close(j, '}');
	json_text(j, "decoder", view_str(run->decoder));
	json_text(j, "witness", view_str(run->witness_mode));
	json_text(j, "timeline", view_str(run->timeline));
	json_bool(j, "hashed", run->hashed);
	json_number(j, "exit_code", (uint64_t)run->exit_code);
}

static void case_object(struct json *j, const struct run *run)
{
	json_open(j, "case", '{');
	for (int f = 0; f < CASE_FACTS; f++) {
		struct case_list l = case_list(run, (enum case_fact)f);

		if (!l.n)
			continue;
		json_open(j, case_name((enum case_fact)f), '[');
		for (size_t i = 0; i < l.n; i++) {
			json_open(j, NULL, '{');
			json_file(j, "value", view_str(l.v[i].value));
			if (l.v[i].image)
				json_file(j, "image", view_str(l.v[i].image->path));
			json_close(j, '}');
		}
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void notes_object(struct json *j)
{
	json_open(j, "csv", '{');
	json_text(j, "format", view_str("RFC 4180, UTF-8 without byte order mark, CRLF"));
	json_bool(j, "formula_guard", true);
	json_text(j, "formula_guard_rule",
		  view_str("a text that starts with = + - @ TAB CR or ' has one ' put before it"));
	json_text(j, "invalid_text",
		  view_str("\\uD800 an unpaired surrogate, \\xFF a byte that is no UTF-8, "
			   "\\0 NUL"));
	json_text(j, "exact_text_in", view_str("findings.jsonl"));
	json_close(j, '}');
}

static void rule_entry(struct json *j, const struct run *run, size_t i)
{
	const struct rule *r = &run->rules->rules[i];

	json_open(j, NULL, '{');
	json_text(j, "id", r->id);
	json_text(j, "title", r->title);
	json_text(j, "language", view_str(rule_language_name(r->language)));
	json_text(j, "level", view_str(rule_level_name(r->level)));
	json_file(j, "path", r->path);
	json_hash(j, "sha256", r->sha256, true);
	json_number(j, "findings", rule_findings(run, i));
	if (r->idle.n)
		json_text(j, "not_run", r->idle);
	json_close(j, '}');
}

/* Where rules were faulty and left out. */
static int faults_list(struct sheet *s, struct json *j, struct err *e)
{
	const struct faults *f = &s->run->rules->faults;
	int rc = 0;

	if (!f->n && !f->more)
		return 0;
	json_open(j, "rule_faults", '[');
	for (size_t i = 0; rc == 0 && i < f->n; i++) {
		json_open(j, NULL, '{');
		json_file(j, "path", view_str(f->v[i].file));
		json_number(j, "line", f->v[i].line);
		json_number(j, "column", f->v[i].column);
		json_text(j, "message", view_str(f->v[i].message));
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	json_number(j, "rule_faults_not_listed", f->more);
	return rc;
}

static int rules_list(struct sheet *s, struct json *j, struct err *e)
{
	const struct ruleset *rs = s->run->rules;
	int rc = 0;

	json_open(j, "rules", '[');
	for (size_t i = 0; rc == 0 && i < rs->n; i++) {
		rule_entry(j, s->run, i);
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	json_open(j, "rules_replaced", '[');
	for (size_t i = 0; rc == 0 && i < rs->n_replaced; i++) {
		json_open(j, NULL, '{');
		json_text(j, "id", rs->replaced[i].id);
		json_file(j, "path", rs->replaced[i].path);
		json_file(j, "by_path", rs->replaced[i].by_path);
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	return rc;
}

/* ---- sources ---- */

const char *source_state(const struct source_result *r)
{
	switch (r->source->kind) {
	case SOURCE_EVTX:
		return r->read ? "read" : "not read";
	case SOURCE_EMPTY:
		return "empty";
	case SOURCE_RECOGNISED:
		return "recognised, not read";
	case SOURCE_CONTAINER:
		return "opened";
	case SOURCE_PART:
		return "part of another";
	case SOURCE_OTHER:
		return "no log";
	case SOURCE_UNREADABLE:
		break;
	}
	return "unreadable";
}

static void source_head(struct json *j, const struct run *run, const struct source_result *r)
{
	const struct source *s = r->source;

	json_number(j, "index", s->index);
	json_file(j, "path", view_str(s->path));
	json_text(j, "state", view_str(source_state(r)));
	json_text(j, "format", view_str(s->format));
	json_number(j, "size", s->size);
	json_hash(j, "sha256", s->sha256, s->hashed);
	json_bool(j, "named", s->named);
	json_bool(j, "changed", s->changed);
	if (s->error.code != ERR_NONE)
		json_file(j, "error", view_str(s->error.msg));
	manifest_source_image(j, run, s);
}

static void source_header(struct json *j, const struct source_result *r)
{
	char version[16];

	if (!r->has_header) {
		json_null(j, "header");
		return;
	}
	snprintf(version, sizeof(version), "%u.%u", r->header_major, r->header_minor);
	json_open(j, "header", '{');
	json_text(j, "version", view_str(version));
	json_bool(j, "checksum_ok", r->header_crc_ok);
	json_bool(j, "dirty", r->header_flags & 1u);
	json_bool(j, "full", r->header_flags & 2u);
	json_number(j, "chunks", r->header_chunks);
	json_number(j, "next_record_id", r->header_next_id);
	json_close(j, '}');
}

static void verify_list(struct json *j, const struct verification *v)
{
	json_open(j, "list", '[');
	for (size_t i = 0; i < v->n_v; i++) {
		const struct difference *d = &v->v[i];
		json_open(j, NULL, '{');
		json_text(j, "kind", view_str(difference_name(d->kind)));
		json_number(j, "offset", d->offset);
		json_number(j, "record_id", d->record_id);
		json_number(j, "event_id", d->event_id);
		json_bool(j, "recovered", d->recovered);
		json_text(j, "what", d->what);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_number(j, "more", v->more);
}

static void verify_counts(struct json *j, const char *name, const struct verification *v,
			  bool recovered)
{
	json_open(j, name, '{');
	for (size_t i = 0; i < DIFFERENCE_KINDS; i++)
		json_number(j, difference_name((enum difference_kind)i),
			    recovered ? v->recovered[i] : v->n[i] - v->recovered[i]);
	json_close(j, '}');
}

static void source_verify(struct json *j, const struct verification *v)
{
	json_open(j, "verify", '{');
	json_number(j, "agree", v->agree);
	verify_counts(j, "live", v, false);
	verify_counts(j, "recovered", v, true);
	json_number(j, "libevtx_died", v->chunks_lost);
	verify_list(j, v);
	json_close(j, '}');
}

static void source_log(struct json *j, const struct source_result *r)
{
	source_header(j, r);
	json_open(j, "chunks", '{');
	json_number(j, "found", r->chunks);
	json_number(j, "used", r->chunks_used);
	json_number(j, "bad", r->chunks_bad);
	json_number(j, "bad_checksum", r->checksums_bad);
	json_bool(j, "checksums_off", r->checksums_off);
	json_close(j, '}');
	json_open(j, "records", '{');
	json_number(j, "found", r->records);
	json_number(j, "decoded", r->whole);
	json_number(j, "partly", r->partly);
	json_number(j, "undecoded", r->undecoded);
	json_number(j, "not_asked", r->not_asked);
	json_number(j, "recovered", r->recovered);
	json_number(j, "hidden", r->hidden);
	json_number(j, "reconstructed", r->reconstructed);
	json_number(j, "first_id", r->first_id);
	json_number(j, "last_id", r->last_id);
	json_number(j, "id_gaps", r->id_gaps);
	json_time(j, "first_time", r->first_time);
	json_time(j, "last_time", r->last_time);
	json_close(j, '}');
	json_open(j, "bytes", '{');
	json_number(j, "header", r->bytes_header);
	json_number(j, "record", r->bytes_record);
	json_number(j, "slack", r->bytes_slack);
	json_number(j, "free", r->bytes_free);
	json_number(j, "zero", r->bytes_zero);
	json_number(j, "unknown", r->bytes_unknown);
	json_close(j, '}');
}

static int source_counts(struct sheet *s, struct json *j, const struct source_result *r,
			 struct err *e)
{
	int rc = 0;

	json_open(j, "events", '[');
	for (size_t i = 0; rc == 0 && i < r->n_counts; i++) {
		json_open(j, NULL, '{');
		json_text(j, "channel", r->counts[i].channel);
		json_text(j, "provider", r->counts[i].provider);
		json_number(j, "event_id", r->counts[i].event_id);
		json_number(j, "records", r->counts[i].n);
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	return rc;
}

static int source_damage(struct sheet *s, struct json *j, const struct source_result *r,
			 struct err *e)
{
	int rc = 0;

	json_open(j, "damage", '[');
	for (size_t i = 0; rc == 0 && i < r->n_damage; i++) {
		const struct damage *d = &r->damage[i];

		json_open(j, NULL, '{');
		json_text(j, "severity",
			  view_str(d->severity == DAMAGE_LOSS ? "loss" : "note"));
		json_text(j, "kind", view_str(d->kind));
		json_number(j, "offset", d->offset);
		json_number(j, "length", d->length);
		json_text(j, "what", view_str(d->what));
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	json_number(j, "damage_not_listed", r->more_damage);
	json_number(j, "worker_deaths", r->worker_deaths);
	return rc;
}

static int source_entry(struct sheet *s, struct json *j, const struct source_result *r,
			struct err *e)
{
	int rc = 0;

	json_open(j, NULL, '{');
	source_head(j, s->run, r);
	if (r->read) {
		source_log(j, r);
		if (s->run->sightings.counted)
			json_number(j, "only_here", r->only_here);
		if (s->run->verified)
			source_verify(j, &r->verify);
		rc = source_counts(s, j, r, e);
	}
	if (rc == 0)
		rc = source_damage(s, j, r, e);
	if (rc == 0)
		rc = manifest_source_signs(s, j, r, e);
	json_close(j, '}');
	return rc;
}

static int sources_list(struct sheet *s, struct json *j, struct err *e)
{
	int rc = 0;

	json_open(j, "sources", '[');
	for (size_t i = 0; rc == 0 && i < s->run->n_sources; i++)
		if (s->run->sources[i].source)
			rc = source_entry(s, j, &s->run->sources[i], e);
	json_close(j, ']');
	json_number(j, "others", s->run->others);
	json_number(j, "links_not_followed", s->run->links);
	return rc;
}

static int hosts_list(struct sheet *s, struct json *j, struct err *e)
{
	int rc = 0;

	json_open(j, "hosts", '[');
	for (size_t i = 0; rc == 0 && i < s->run->n_hosts; i++) {
		const struct host_count *h = &s->run->hosts[i];

		json_open(j, NULL, '{');
		json_text(j, "computer", h->computer);
		json_text(j, "channel", h->channel);
		json_number(j, "records", h->n);
		json_time(j, "first_time", h->first_time);
		json_time(j, "last_time", h->last_time);
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	return rc;
}

/* ---- totals ---- */

struct totals run_totals(const struct run *run)
{
	struct totals t = {0};

	for (size_t i = 0; i < run->n_sources; i++) {
		const struct source_result *r = &run->sources[i];

		if (!r->source)
			continue;
		t.sources++;
		t.opened += r->source->kind == SOURCE_CONTAINER;
		t.parts += r->source->kind == SOURCE_PART;
		t.not_hashed += source_is_unhashed(r->source);
		t.read += r->read;
		t.bytes += r->source->size;
		t.records += r->records;
		t.whole += r->whole;
		t.partly += r->partly;
		t.undecoded += r->undecoded;
		t.recovered += r->recovered;
		t.not_asked += r->not_asked;
		t.damage += r->losses;
		if (r->first_time && (!t.first_time || r->first_time < t.first_time))
			t.first_time = r->first_time;
		if (r->last_time > t.last_time)
			t.last_time = r->last_time;
	}
	return t;
}

uint64_t overruns_all(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; run->overruns && i < run->rules->n; i++)
		n += run->overruns[i];
	return n;
}

static void totals_object(struct json *j, const struct run *run)
{
	struct totals t = run_totals(run);

	json_open(j, "totals", '{');
	json_number(j, "sources", t.sources);
	json_number(j, "read", t.read);
	if (t.opened) {
		json_number(j, "containers", t.opened);
		json_number(j, "containers_not_hashed", t.not_hashed);
	}
	json_number(j, "bytes", t.bytes);
	json_number(j, "records", t.records);
	json_number(j, "decoded", t.whole);
	json_number(j, "partly", t.partly);
	json_number(j, "undecoded", t.undecoded);
	json_number(j, "not_asked", t.not_asked);
	json_number(j, "recovered", t.recovered);
	json_number(j, "damage", t.damage);
	json_number(j, "findings", run->about.n);
	if (run->about.brief)
		json_number(j, "findings_brief", run->about.brief);
	if (run->not_witnessed)
		json_number(j, "records_not_witnessed", run->not_witnessed);
	json_number(j, "findings_hidden", run->findings_hidden);
	json_number(j, "dropped_pendings", run->dropped_pendings);
	if (run->overruns)
		json_number(j, "regex_overruns", overruns_all(run));
	json_number(j, "worker_deaths", run->worker_deaths);
	json_close(j, '}');
}

static void outputs_list(struct json *j, const struct output *o, size_t n)
{
	json_open(j, "outputs", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "name", view_str(o[i].name));
		json_number(j, "size", o[i].size);
		json_hash(j, "sha256", o[i].sha256, true);
		json_close(j, '}');
	}
	json_close(j, ']');
}

int manifest_write(const struct run *run, const struct output *outputs, size_t n, struct output *own,
		   struct err *e)
{
	struct json j = {.pretty = true};
	struct sheet s;
	int rc;

	own->name = "manifest.json";
	if (sheet_open(&s, run, own->name, e) < 0)
		return -1;
	j.b = &s.b;
	json_open(&j, NULL, '{');
	json_text(&j, "schema", view_str(MANIFEST_SCHEMA));
	pairs_object(&j, run);
	case_object(&j, run);
	notes_object(&j);
	totals_object(&j, run);
	manifest_sightings(&j, run);
	manifest_apart(&j, run);
	manifest_signs(&j, run);
	manifest_near(&j, run);
	outputs_list(&j, outputs, n);
	rc = rules_list(&s, &j, e);
	if (rc == 0)
		rc = faults_list(&s, &j, e);
	rc = rc ? rc : hosts_list(&s, &j, e);
	rc = rc ? rc : manifest_coverage(&s, &j, e);
	rc = rc ? rc : manifest_suppressed(&s, &j, e);
	rc = rc ? rc : sources_list(&s, &j, e);
	json_close(&j, '}');
	buf_byte(&s.b, '\n');
	return sheet_close(&s, rc, own, e);
}
