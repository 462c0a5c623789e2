/* SPDX-License-Identifier: Apache-2.0 */
/* One host: of every stage the best that its records offer, then of every rule what that amounts to. */
#include "seen.h"

#include <inttypes.h>

/* A field that is wanting in records of a kind. */
struct wanting {
	field_id id;
	const struct seen_row *row;
	const char *why;
};
struct stage_state {
	bool seen;               /* there are records that it looks at */
	enum judged judged;
	struct wanting missing[LIMIT_COVERAGE_NAMES];
	size_t n_missing;        /* more than fit are counted */
	uint64_t from, to;       /* of the logs that serve it */
	uint32_t logs[LIMIT_COVERAGE_NAMES];
	size_t n_logs;
};
struct judging {
	struct coverage *c;
	struct seen_host *host;
	uint32_t host_id;
	struct stage_state *states;
	bool *done; /* rules */
	bool signatures;
	const struct seen_row *row;
	struct stage_state *taking;
	struct buf text;
};

/* ---- stages ---- */

static void take_missing(void *ctx, field_id id, const char *why)
{
	struct judging *j = ctx;
	struct stage_state *s = j->taking;

	for (size_t i = 0; i < s->n_missing && i < LIMIT_COVERAGE_NAMES; i++)
		if (s->missing[i].id == id && s->missing[i].row == j->row)
			return;
	if (s->n_missing < LIMIT_COVERAGE_NAMES)
		s->missing[s->n_missing] = (struct wanting){id, j->row, why};
	s->n_missing++;
}

static void serve(struct judging *j, struct stage_state *s, uint32_t log)
{
	const struct host_log *l = host_log(j->host, log);

	for (size_t i = 0; i < s->n_logs; i++)
		if (s->logs[i] == log)
			return;
	if (s->n_logs < LIMIT_COVERAGE_NAMES)
		s->logs[s->n_logs++] = log;
	if (!l || !l->last)
		return;
	s->from = !s->to || l->first < s->from ? l->first : s->from;
	s->to = l->last > s->to ? l->last : s->to;
}

/* Where several kinds of records serve, the best counts; what all lack is told of each. */
static void take_stage(struct judging *j, struct stage_state *s, const struct stage_state *one)
{
	bool first = !s->seen;

	s->seen = true;
	if (first || one->judged > s->judged) {
		s->judged = one->judged;
		memcpy(s->missing, one->missing, sizeof(s->missing));
		s->n_missing = one->n_missing;
	} else if (one->judged == JUDGED_NONE && s->judged == JUDGED_NONE) {
		j->taking = s;
		for (size_t i = 0; i < one->n_missing && i < LIMIT_COVERAGE_NAMES; i++)
			take_missing(j, one->missing[i].id, one->missing[i].why);
	}
	if (one->judged != JUDGED_NONE)
		serve(j, s, j->c->kinds[j->row->kind].log);
}

/* Signatures are told by Sysmon 7. */
static bool has_signatures(const struct judging *j)
{
	for (size_t i = 0; i < j->host->n_rows; i++) {
		const struct seen_kind *k = &j->c->kinds[j->host->rows[i]->kind];

		if (k->event_id == 7 &&
		    view_eq_str(strtab_text(&j->c->texts, k->provider), "Microsoft-Windows-Sysmon"))
			return true;
	}
	return false;
}

static int fill_specimen(const struct coverage *c, const struct seen_row *row, struct view computer,
			 struct arena *a, struct specimen *out)
{
	const struct seen_kind *k = &c->kinds[row->kind];

	*out = (struct specimen){.event = {.channel = strtab_text(&c->texts, k->channel),
					   .provider = strtab_text(&c->texts, k->provider),
					   .event_id = k->event_id, .version = row->version,
					   .computer = computer, .has_system = true,
					   .time_created = row->last,
					   .section = SECTION_EVENTDATA}};
	out->event.fields = arena_array(a, row->n_fields + 1, sizeof(*out->event.fields));
	if (!out->event.fields)
		return -1;
	for (size_t i = 0; i < row->n_fields; i++) {
		const struct kept_field *f = &row->fields[i];

		out->event.fields[i] = (struct field){fields_name(&c->rules->fields, f->id), f->id,
						      {f->type, strtab_text(&c->texts, f->text)}};
	}
	out->event.n_fields = row->n_fields;
	return 0;
}

static int judge_row(struct judging *j, const struct seen_row *row)
{
	struct coverage *c = j->c;
	const struct seen_kind *k = &c->kinds[row->kind];
	size_t names = c->rules->fields.names.n;
	struct specimen specimen;
	const char **known;
	struct asker asker = {.rules = c->rules, .specimen = &specimen, .arena = &c->page};

	if (!k->n_stages)
		return 0;
	known = arena_array(&c->page, 2 * names + 1, sizeof(*known));
	if (!known || fill_specimen(c, row, j->host->name, &c->page, &specimen) < 0)
		return -1;
	asker.known = known;
	specimen_derive(&specimen, j->signatures);
	j->row = row;
	for (size_t i = 0; i < k->n_stages; i++) {
		const struct asked_stage *at = &c->stages[k->stages[i]];
		struct stage_state one = {.judged = JUDGED_WHOLE};
		struct stage_look look = {true, JUDGED_WHOLE};

		j->taking = &one;
		if (!c->overfull &&
		    stage_look(&c->rules->rules[at->rule].stages[at->stage], &asker, take_missing, j,
			       &look) < 0)
			return -1;
		one.judged = look.judged;
		take_stage(j, &j->states[k->stages[i]], &one);
	}
	return 0;
}

/* ---- in words ---- */

static void next_sentence(struct judging *j, const struct rule *r, size_t stage)
{
	if (j->text.n)
		buf_str(&j->text, "; ");
	if (r->n_stages > 1)
		buf_fmt(&j->text, "stage %zu: ", stage + 1);
}

static void tell_kind(struct judging *j, const struct seen_row *row)
{
	const struct seen_kind *k = &j->c->kinds[row->kind];

	buf_str(&j->text, " (");
	buf_view(&j->text, strtab_text(&j->c->texts, k->channel));
	buf_fmt(&j->text, " %u, %" PRIu64 " record%s)", k->event_id, row->n, row->n == 1 ? "" : "s");
}

static void tell_missing(struct judging *j, struct judgement *out, const struct rule *r, size_t stage,
			 const struct stage_state *s)
{
	size_t n = s->n_missing < LIMIT_COVERAGE_NAMES ? s->n_missing : LIMIT_COVERAGE_NAMES;

	for (size_t i = 0; i < n; i++) {
		next_sentence(j, r, stage);
		buf_view(&j->text, fields_name(&j->c->rules->fields, s->missing[i].id));
		buf_fmt(&j->text, ": %s", s->missing[i].why);
		tell_kind(j, s->missing[i].row);
	}
	if (n < s->n_missing)
		buf_fmt(&j->text, "; and %zu more", s->n_missing - n);
	if (n)
		out->reasons |= 1u << REASON_FIELD_EMPTY;
}

/* Of one log: that it is not there, or which ids it lacks. */
static void tell_log(struct judging *j, struct judgement *out, const struct rule *r, size_t stage,
		     const struct wanted_log *w)
{
	uint32_t log = strtab_find(&j->c->logs, w->channel);
	bool there = log != STRTAB_NONE && host_log(j->host, log);

	next_sentence(j, r, stage);
	if (w->channel.n && !there) {
		out->reasons |= 1u << REASON_CHANNEL_ABSENT;
		buf_str(&j->text, "no log ");
		buf_view(&j->text, w->channel);
		return;
	}
	out->reasons |= 1u << REASON_EVENT_ABSENT;
	buf_str(&j->text, w->n_ids ? "no event " : "no record that is asked for");
	for (size_t i = 0; i < w->n_ids && i < LIMIT_COVERAGE_NAMES; i++)
		buf_fmt(&j->text, "%s%u", i ? ", " : "", w->ids[i]);
	if (w->n_ids > LIMIT_COVERAGE_NAMES)
		buf_fmt(&j->text, " and %zu more", w->n_ids - LIMIT_COVERAGE_NAMES);
	buf_str(&j->text, w->channel.n ? " in " : " of ");
	buf_view(&j->text, w->channel.n ? w->channel : w->provider);
}

static int tell_absent(struct judging *j, struct judgement *out, const struct rule *r, size_t stage)
{
	size_t n;
	const struct wanted_log *w = wanted_logs(j->c, &r->stages[stage], j->c->first[out->rule] + stage,
						 &n);

	if (!w)
		return -1;
	for (size_t i = 0; i < n && i < LIMIT_COVERAGE_NAMES; i++)
		tell_log(j, out, r, stage, &w[i]);
	if (n > LIMIT_COVERAGE_NAMES)
		buf_fmt(&j->text, "; and %zu more logs", n - LIMIT_COVERAGE_NAMES);
	if (!n) {
		out->reasons |= 1u << REASON_IDLE;
		next_sentence(j, r, stage);
		buf_str(&j->text, "no log on a disk is known to hold what it asks for");
	}
	return 0;
}

/* ---- what limits the answer ---- */

static const struct {
	enum reason reason;
	const char *one, *before, *behind;
} lacks[LACKS] = {
	[LACK_CLEARED] = {REASON_CLEARED, " was cleared", " was cleared ", " times"},
	[LACK_GAP] = {REASON_GAP, " lacks a record id", " lacks ", " record ids"},
	[LACK_DAMAGE] = {REASON_DAMAGE, " has damage", " has ", " damages"},
};

static void tell_lack(struct judging *j, struct judgement *out, const struct host_log *l, enum lack k)
{
	uint64_t n = l->lacks[k];

	if (!n)
		return;
	out->reasons |= 1u << lacks[k].reason;
	buf_str(&j->text, j->text.n ? "; " : "");
	buf_view(&j->text, strtab_text(&j->c->logs, l->log));
	if (n == 1)
		buf_str(&j->text, lacks[k].one);
	else
		buf_fmt(&j->text, "%s%" PRIu64 "%s", lacks[k].before, n, lacks[k].behind);
}

static void tell_lacks(struct judging *j, struct judgement *out, const struct stage_state *s,
		       uint32_t *told, size_t *n_told)
{
	for (size_t i = 0; i < s->n_logs; i++) {
		const struct host_log *l = host_log(j->host, s->logs[i]);
		bool again = false;

		for (size_t k = 0; k < *n_told; k++)
			again |= told[k] == s->logs[i];
		if (again || !l || *n_told == LIMIT_COVERAGE_NAMES)
			continue;
		told[(*n_told)++] = s->logs[i];
		for (size_t k = 0; k < LACKS; k++)
			tell_lack(j, out, l, (enum lack)k);
	}
}

static void tell_time(struct judging *j, struct judgement *out, enum reason why, const char *text,
		      uint64_t time)
{
	char at[TIME_TEXT];

	time_format(time, at);
	out->reasons |= 1u << why;
	buf_str(&j->text, j->text.n ? "; " : "");
	buf_fmt(&j->text, "%s%s", text, at);
}

static void judge_time(struct judging *j, struct judgement *out, const struct rule *r)
{
	const struct coverage *c = j->c;

	if (out->from > out->to && r->span != SPAN_NONE) {
		tell_time(j, out, REASON_NO_OVERLAP, "the logs of its stages do not meet: one begins at ",
			  out->from);
		out->judged = JUDGED_NONE;
		return;
	}
	if (out->from > out->to) {
		out->from = out->to = 0;
		return;
	}
	if (out->from > c->to || out->to < c->from) {
		tell_time(j, out, REASON_OUTSIDE_TIME, out->from > c->to ? "its logs begin at "
									  : "its logs end at ",
			  out->from > c->to ? out->from : out->to);
		out->judged = JUDGED_NONE;
		return;
	}
	if (c->from && out->from > c->from)
		tell_time(j, out, REASON_STARTS_LATE, "its logs begin at ", out->from);
	if (c->to != UINT64_MAX && out->to < c->to)
		tell_time(j, out, REASON_ENDS_EARLY, "its logs end at ", out->to);
}

/* ---- rules ---- */

static int judge_rule(struct judging *j, size_t rule, unsigned depth);

static void narrow(struct judgement *out, enum judged judged, uint64_t from, uint64_t to)
{
	out->judged = judged < out->judged ? judged : out->judged;
	if (judged == JUDGED_NONE || !to)
		return;
	out->from = from > out->from ? from : out->from;
	out->to = to < out->to ? to : out->to;
}

/* The events of such a stage are the findings of another rule. */
static int judge_findings(struct judging *j, struct judgement *out, const struct stage *st, unsigned depth)
{
	size_t of = st->of - 1;
	const struct judgement *inner;
	struct buf text = j->text;
	int rc;

	if (of >= j->c->rules->n || of == out->rule || depth >= LIMIT_NESTING)
		return 0;
	buf_init(&j->text, 0);
	rc = judge_rule(j, of, depth + 1);
	buf_release(&j->text);
	j->text = text;
	inner = &j->c->judgements[of];
	narrow(out, inner->judged, inner->from, inner->to);
	out->reasons |= inner->reasons;
	buf_str(&j->text, j->text.n && inner->detail.n ? "; " : "");
	buf_view(&j->text, inner->detail);
	return rc;
}

static int judge_stage(struct judging *j, struct judgement *out, size_t stage, unsigned depth)
{
	const struct rule *r = &j->c->rules->rules[out->rule];
	const struct stage *st = &r->stages[stage];
	const struct stage_state *s = &j->states[j->c->first[out->rule] + stage];
	int rc = 0;

	if (st->of)
		return judge_findings(j, out, st, depth);
	if (!s->seen)
		rc = tell_absent(j, out, r, stage);
	else
		tell_missing(j, out, r, stage, s);
	if (st->missing && s->judged == JUDGED_NONE)
		narrow(out, JUDGED_PART, 0, 0);
	else
		narrow(out, s->seen ? s->judged : JUDGED_NONE, s->from, s->to);
	return rc;
}

static int judge_rule(struct judging *j, size_t rule, unsigned depth)
{
	struct coverage *c = j->c;
	const struct rule *r = &c->rules->rules[rule];
	struct judgement *out = &c->judgements[rule];
	uint32_t told[LIMIT_COVERAGE_NAMES];
	size_t n_told = 0;
	int rc = 0;

	if (j->done[rule])
		return 0;
	j->done[rule] = true;
	*out = (struct judgement){.rule = rule, .judged = r->n_stages ? JUDGED_WHOLE : JUDGED_NONE,
				  .to = UINT64_MAX};
	buf_clear(&j->text);
	if (!r->n_stages || r->idle.n) {
		out->reasons |= 1u << REASON_IDLE;
		out->judged = JUDGED_NONE;
		buf_view(&j->text, r->idle);
	}
	for (size_t i = 0; rc == 0 && i < r->n_stages && !r->idle.n; i++)
		rc = judge_stage(j, out, i, depth);
	if (out->to == UINT64_MAX)
		out->to = 0;
	if (rc == 0 && out->judged != JUDGED_NONE)
		judge_time(j, out, r);
	for (size_t i = 0; out->judged != JUDGED_NONE && i < r->n_stages; i++)
		tell_lacks(j, out, &j->states[c->first[rule] + i], told, &n_told);
	map_get(&c->found, (uint64_t)j->host_id << 32 | rule, &out->findings);
	if (out->findings && out->judged == JUDGED_NONE) {
		out->reasons |= 1u << REASON_RECOVERED;
		buf_str(&j->text, j->text.n ? "; " : "");
		buf_str(&j->text, "found in records that are not live, which are not counted");
	}
	out->verdict = out->findings ? VERDICT_FOUND
		       : out->judged == JUDGED_NONE ? VERDICT_NOT_OBSERVABLE : VERDICT_NOT_FOUND;
	if (out->judged == JUDGED_NONE)
		out->from = out->to = 0;
	out->detail = j->text.n ? arena_keep(&c->page, buf_data(&j->text)) : view_str("");
	return rc < 0 || j->text.bad || !out->detail.p ? -1 : 0;
}

int judge_host(struct coverage *c, uint32_t host)
{
	struct judging j = {.c = c, .host = &c->hosts[host], .host_id = host};
	int rc = 0;

	arena_reset(&c->page);
	j.states = arena_array(&c->page, c->n_stages + 1, sizeof(*j.states));
	j.done = arena_array(&c->page, c->rules->n + 1, sizeof(*j.done));
	if (!j.states || !j.done)
		return -1;
	buf_init(&j.text, 0);
	j.signatures = has_signatures(&j);
	for (size_t i = 0; rc == 0 && i < j.host->n_rows; i++)
		rc = judge_row(&j, j.host->rows[i]);
	for (size_t i = 0; rc == 0 && i < c->rules->n; i++)
		rc = judge_rule(&j, i, 0);
	buf_release(&j.text);
	return rc;
}
