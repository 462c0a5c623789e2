/* SPDX-License-Identifier: Apache-2.0 */
/* summary.json: what a run amounts to, in counts, for scripts. docs/report.md names every member. */
#include "report-private.h"

uint64_t level_findings(const struct run *run, enum rule_level l)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->rules->n; i++)
		if (run->rules->rules[i].level == l)
			n += rule_findings(run, i);
	return n;
}

static uint64_t not_live_findings(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; run->about.n && i < run->rules->n; i++)
		n += run->about.rules[i].not_live;
	return n;
}

static void findings_members(struct json *j, const struct run *run)
{
	const struct findings_about *about = &run->about;

	json_number(j, "shown", about->n);
	json_number(j, "hidden", run->findings_hidden);
	json_number(j, "suppressed", run->apart_about.n);
	json_number(j, "brief", about->brief);
	json_number(j, "not_live", not_live_findings(run));
	json_number(j, "records_not_witnessed", run->not_witnessed);
	json_number(j, "dropped_pendings", run->dropped_pendings);
	if (run->overruns)
		json_number(j, "regex_overruns", overruns_all(run));
	json_time(j, "first_time", about->first_time);
	json_time(j, "last_time", about->last_time);
	json_open(j, "by_level", '{');
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--)
		json_number(j, l == LEVEL_NONE ? "none" : rule_level_name((enum rule_level)l),
			    level_findings(run, (enum rule_level)l));
	json_close(j, '}');
	json_open(j, "by_status", '{');
	json_number(j, "fully_checked", about->n - about->unverified);
	json_number(j, "unverified", about->unverified);
	json_close(j, '}');
}

static int by_host(struct sheet *s, struct json *j, struct err *e)
{
	const struct findings_about *about = &s->run->about;
	int rc = 0;

	json_open(j, "by_host", '[');
	for (size_t i = 0; rc == 0 && i < about->n_hosts; i++) {
		json_open(j, NULL, '{');
		json_text(j, "computer", about->hosts[i].text);
		json_number(j, "findings", about->hosts[i].n);
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	return rc;
}

/* Those that found something. */
static int by_rule(struct sheet *s, struct json *j, struct err *e)
{
	const struct run *run = s->run;
	int rc = 0;

	json_open(j, "by_rule", '[');
	for (size_t i = 0; rc == 0 && i < run->rules->n; i++) {
		const struct rule *r = &run->rules->rules[i];

		if (!rule_findings(run, i))
			continue;
		json_open(j, NULL, '{');
		json_text(j, "id", r->id);
		json_text(j, "title", r->title);
		json_text(j, "level", view_str(rule_level_name(r->level)));
		json_number(j, "findings", rule_findings(run, i));
		json_number(j, "unverified", run->about.rules[i].unverified);
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	return rc;
}

static int findings_object(struct sheet *s, struct json *j, struct err *e)
{
	int rc;

	json_open(j, "findings", '{');
	findings_members(j, s->run);
	rc = by_host(s, j, e);
	rc = rc ? rc : by_rule(s, j, e);
	json_close(j, '}');
	return rc;
}

uint64_t run_missed(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		n += run->sources[i].source && source_is_missed(run->sources[i].source);
	return n;
}

static void evidence_object(struct json *j, const struct run *run)
{
	struct totals t = run_totals(run);
	uint64_t hidden = 0, changed = 0;

	for (size_t i = 0; i < run->n_sources; i++) {
		hidden += run->sources[i].hidden;
		changed += run->sources[i].source && run->sources[i].source->changed;
	}
	json_open(j, "evidence", '{');
	json_number(j, "sources", t.sources);
	json_number(j, "read", t.read);
	json_number(j, "not_read", run_missed(run));
	json_number(j, "changed", changed);
	json_number(j, "containers", t.opened);
	json_number(j, "containers_not_hashed", t.not_hashed);
	json_bool(j, "hashed", run->hashed);
	json_number(j, "bytes", t.bytes);
	json_number(j, "damage", t.damage);
	json_number(j, "worker_deaths", run->worker_deaths);
	json_time(j, "first_time", t.first_time);
	json_time(j, "last_time", t.last_time);
	json_open(j, "records", '{');
	json_number(j, "found", t.records);
	json_number(j, "decoded", t.whole);
	json_number(j, "partly", t.partly);
	json_number(j, "undecoded", t.undecoded);
	json_number(j, "not_asked", t.not_asked);
	json_number(j, "recovered", t.recovered);
	json_number(j, "hidden", hidden);
	json_close(j, '}');
	json_close(j, '}');
}

static void signs_list(struct json *j, const struct run *run)
{
	json_open(j, "signs", '[');
	for (size_t i = 0; i < SIGN_KINDS; i++) {
		const struct sign_about *a = sign_about((enum sign_kind)i);
		struct sign_total t = sign_total(run, (enum sign_kind)i);

		if (!t.n)
			continue;
		json_open(j, NULL, '{');
		json_text(j, "kind", view_str(a->name));
		json_text(j, "severity", view_str(sign_severity_name(a->severity)));
		json_number(j, "count", t.n);
		json_number(j, "sources", t.sources);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* null where it was not judged. */
static int coverage_object(struct sheet *s, struct json *j, struct err *e)
{
	const struct coverage *c = s->run->coverage;
	size_t n = 0;
	const struct host_coverage *h = c ? coverage_hosts(c, &n) : NULL;
	int rc = 0;

	if (!c) {
		json_null(j, "coverage");
		return 0;
	}
	json_open(j, "coverage", '{');
	json_number(j, "rules", coverage_rules(c));
	json_open(j, "hosts", '[');
	for (size_t i = 0; rc == 0 && i < n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "computer", h[i].computer);
		json_number(j, "found", h[i].verdicts[VERDICT_FOUND]);
		json_number(j, "not_found", h[i].verdicts[VERDICT_NOT_FOUND]);
		json_number(j, "not_observable", h[i].verdicts[VERDICT_NOT_OBSERVABLE]);
		json_number(j, "in_part", h[i].in_part);
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	json_close(j, '}');
	return rc;
}

static void rules_object(struct json *j, const struct run *run)
{
	uint64_t idle = 0;

	for (size_t i = 0; i < run->rules->n; i++)
		idle += run->rules->rules[i].idle.n != 0;
	json_open(j, "rules", '{');
	json_number(j, "loaded", run->rules->n);
	json_number(j, "not_run", idle);
	json_number(j, "faults", run->rules->faults.n + run->rules->faults.more);
	json_close(j, '}');
}

int counts_write(const struct run *run, struct output *o, struct err *e)
{
	struct json j = {.pretty = true};
	struct sheet s;
	int rc;

	o->name = "summary.json";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	j.b = &s.b;
	json_open(&j, NULL, '{');
	json_text(&j, "schema", view_str(SUMMARY_SCHEMA));
	json_text(&j, "version", view_str(program_version()));
	json_number(&j, "exit_code", (uint64_t)run->exit_code);
	rc = findings_object(&s, &j, e);
	evidence_object(&j, run);
	signs_list(&j, run);
	rc = rc ? rc : coverage_object(&s, &j, e);
	rules_object(&j, run);
	json_close(&j, '}');
	buf_byte(&s.b, '\n');
	return sheet_close(&s, rc, o, e);
}
