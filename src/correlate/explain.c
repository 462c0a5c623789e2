/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a rule finds a record or does not, in words: the conditions of each stage on that record, and of
 * the other stages the record that comes nearest to fitting it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "explain.h"

#define MAX_VALUE 300u

static void indent(struct buf *b, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		buf_str(b, "  ");
}

static void tell_record(struct buf *b, const struct kept *k)
{
	char at[TIME_TEXT];

	time_format(k->event.time_created, at);
	buf_fmt(b, "record %" PRIu64 " of ", k->event.record_id);
	buf_view(b, k->event.channel);
	buf_fmt(b, " (event %u, %s)", k->event.event_id, at);
}

/* ---- conditions of a stage ---- */

static void tell_values(struct buf *b, const struct answer *ans)
{
	size_t n = 0;

	for (size_t i = 0; i < ans->n && n < MAX_VALUE; i++) {
		struct view v = view_sub(ans->values[i], 0, MAX_VALUE - n);

		buf_str(b, i ? ", \"" : "\"");
		buf_view(b, v);
		buf_str(b, v.n < ans->values[i].n ? "...\"" : "\"");
		n += ans->values[i].n;
	}
	if (ans->is_class)
		buf_str(b, "* (the rest is not known)");
}

void explain_answer(struct explaining *x, const struct told_part *t)
{
	struct buf *b = x->out;

	if (t->value == TRI_UNKNOWN || !t->answer) {
		buf_str(b, t->value == TRI_UNKNOWN ? t->why : "");
		return;
	}
	buf_view(b, fields_name(&x->c->rules->fields, t->node->test->field));
	if (t->answer->state == ANSWER_VALUE) {
		buf_str(b, " is ");
		tell_values(b, t->answer);
	} else {
		buf_str(b, " is not there");
	}
}

static const char *group_text(enum node_op op)
{
	if (op == NODE_AND)
		return "all of these";
	if (op == NODE_OR)
		return "one of these";
	return op == NODE_NOT ? "not this" : op == NODE_TRUE ? "always" : "never";
}

/* ">" marks what keeps the whole from holding. */
static void tell_part(void *ctx, const struct told_part *t)
{
	static const char *const words[] = {"fails", "holds", "unknown"};
	struct explaining *x = ctx;
	struct buf *b = x->out;

	buf_str(b, t->stops ? "  > " : "    ");
	indent(b, t->depth);
	buf_fmt(b, "%-7s  ", words[t->value]);
	if (t->node->op != NODE_TEST) {
		buf_fmt(b, "%s\n", group_text(t->node->op));
		return;
	}
	buf_view(b, t->node->test->source);
	buf_str(b, "  -- ");
	explain_answer(x, t);
	buf_byte(b, '\n');
}

static int tell_stage(struct explaining *x, uint32_t stage)
{
	struct correlate *c = x->c;
	const struct rule *r = &c->rules->rules[x->rule];
	const struct stage *st = ruleset_stage(c->rules, (struct hit){x->rule, stage});
	struct kept *k = (struct kept *)(uintptr_t)x->kept;
	struct subject s = {&k->event, &k->act, &k->derived, &c->rules->fields, &c->scratch};
	enum tri value;

	arena_reset(&c->scratch);
	value = matcher_stage(c->matcher, (struct hit){x->rule, stage}, &s, EVAL_PUBLISHED);
	if (value == TRI_FAILED)
		return -1;
	if (stage == r->n_stages)
		buf_str(x->out, "The end (until)");
	else
		buf_fmt(x->out, "Stage %u of %zu%s", stage + 1, r->n_stages, st->missing ? " (must be absent)" : "");
	if (st->logsource.n) {
		buf_str(x->out, ", ");
		buf_view(x->out, st->logsource);
	}
	buf_str(x->out, value == TRI_TRUE ? ": this record fulfils it.\n"
					  : ": this record does not fulfil it.\n");
	if (!matcher_looks(c->matcher, (struct hit){x->rule, stage}, &k->event)) {
		buf_str(x->out, "    It looks at other kinds of records.\n");
		return 0;
	}
	return matcher_explain(c->matcher, (struct hit){x->rule, stage}, &s, tell_part, x);
}

/* ---- the other stages of a rule that joins ---- */

static bool fulfils(const struct kept *k, uint32_t rule, uint32_t stage)
{
	for (size_t i = 0; i < k->n_hits; i++)
		if (k->hits[i].rule == rule && k->hits[i].stage == stage)
			return k->matched[i];
	return false;
}

static int64_t distance(const struct kept *from, const struct kept *to, enum clock clock)
{
	return (int64_t)(kept_time(to, clock) - kept_time(from, clock));
}

enum fit { FITS, BREAKS_ORDER, BREAKS_SPAN, BREAKS_KEY, FITS_NOT };

/* How `other`, in `stage`, goes with the record in its own stage; on the better of the clocks. */
static int fit_of(struct explaining *x, const struct kept *other, uint32_t stage, uint32_t own,
		  enum fit *out)
{
	const struct rule *r = &x->c->rules->rules[x->rule];
	bool ordered = r->shape == RULE_SEQUENCE || (r->shape == RULE_TEMPORAL && r->ordered);
	int same = kept_same_key(x->c, x->kept, &r->stages[own], other, &r->stages[stage]);

	*out = FITS_NOT;
	if (same < 0)
		return -1;
	if (!same) {
		*out = BREAKS_KEY;
		return 0;
	}
	for (int clock = CLOCK_LOGGED; clock <= CLOCK_OCCURRED; clock++) {
		int64_t d = distance(x->kept, other, (enum clock)clock);
		uint64_t gap = d < 0 ? (uint64_t)-d : (uint64_t)d;
		enum fit f = FITS;

		if (ordered && (stage > own ? d < 0 : d > 0))
			f = BREAKS_ORDER;
		else if (r->span < SPAN_LIFETIME && gap > r->span)
			f = BREAKS_SPAN;
		*out = f < *out ? f : *out;
	}
	return 0;
}

struct nearest {
	const struct kept *kept;
	enum fit fit;
	uint64_t gap;
	size_t n; /* that fulfil the stage on this host */
};

static int find_nearest(struct explaining *x, uint32_t stage, uint32_t own, struct nearest *best)
{
	*best = (struct nearest){.fit = FITS_NOT};
	for (size_t i = 0; i < x->c->n_kept; i++) {
		const struct kept *k = x->c->kept[i];
		int64_t d = distance(x->kept, k, CLOCK_LOGGED);
		uint64_t gap = d < 0 ? (uint64_t)-d : (uint64_t)d;
		enum fit fit;

		if (k == x->kept || k->host != x->kept->host || !fulfils(k, x->rule, stage))
			continue;
		best->n++;
		if (fit_of(x, k, stage, own, &fit) < 0)
			return -1;
		if (best->kept && (fit > best->fit || (fit == best->fit && gap >= best->gap)))
			continue;
		best->kept = k;
		best->fit = fit;
		best->gap = gap;
	}
	return 0;
}

static void tell_gap(struct buf *b, const struct explaining *x, const struct kept *other)
{
	int64_t d = distance(x->kept, other, CLOCK_LOGGED);
	uint64_t gap = d < 0 ? (uint64_t)-d : (uint64_t)d;

	buf_fmt(b, "%" PRIu64 ".%03u s %s", gap / SECOND, (unsigned)(gap % SECOND / 10000),
		d < 0 ? "before it" : "after it");
}

static void tell_keys(struct explaining *x, const struct stage *st)
{
	for (size_t i = 0; i < st->n_keys; i++) {
		buf_str(x->out, i ? ", " : "");
		buf_view(x->out, fields_name(&x->c->rules->fields, st->keys[i]));
	}
}

static int tell_other(struct explaining *x, uint32_t stage, uint32_t own, bool *fits)
{
	const struct rule *r = &x->c->rules->rules[x->rule];
	struct nearest near;

	*fits = false;
	if (find_nearest(x, stage, own, &near) < 0)
		return -1;
	buf_fmt(x->out, "Stage %u of %zu: ", stage + 1, r->n_stages);
	if (!near.n) {
		buf_str(x->out, "no record of this host fulfils it.\n");
		return 0;
	}
	buf_fmt(x->out, "%zu record%s of this host fulfil%s it; ", near.n, near.n == 1 ? "" : "s",
		near.n == 1 ? "s" : "");
	tell_record(x->out, near.kept);
	buf_str(x->out, ", ");
	tell_gap(x->out, x, near.kept);
	*fits = near.fit == FITS;
	if (near.fit == FITS) {
		buf_str(x->out, ", fits.\n");
	} else if (near.fit == BREAKS_ORDER) {
		buf_str(x->out, ", breaks the order of the stages.\n");
	} else if (near.fit == BREAKS_SPAN) {
		buf_fmt(x->out, ", breaks the span of %" PRIu64 ".%03u s.\n", r->span / SECOND,
			(unsigned)(r->span % SECOND / 10000));
	} else {
		buf_str(x->out, ", is nearest, and none has the same key (");
		tell_keys(x, &r->stages[own]);
		buf_str(x->out, ").\n");
	}
	return 0;
}

static int tell_others(struct explaining *x)
{
	const struct rule *r = &x->c->rules->rules[x->rule];
	size_t fitting = 1, needed = 0;
	uint32_t own = 0;

	while (own < r->n_stages && (r->stages[own].missing || !fulfils(x->kept, x->rule, own)))
		own++;
	if (own == r->n_stages) {
		buf_str(x->out, "The record fulfils no stage: the others were not looked at.\n");
		return 0;
	}
	for (uint32_t i = 0; i < r->n_stages; i++) {
		bool fits = false;

		needed += !r->stages[i].missing;
		if (i == own || r->stages[i].missing)
			continue;
		if (fulfils(x->kept, x->rule, i)) {
			buf_fmt(x->out, "Stage %u of %zu: the record fulfils it as well.\n", i + 1, r->n_stages);
			fits = true;
		} else if (tell_other(x, i, own, &fits) < 0) {
			return -1;
		}
		fitting += fits;
	}
	buf_fmt(x->out, "As stage %u, the record has %zu of the %zu stages together.\n", own + 1, fitting,
		needed);
	return 0;
}

/* ---- the whole ---- */

static void tell_finding(struct explaining *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->c->n_findings; i++) {
		const struct finding *f = &x->c->findings[i];

		for (size_t k = 0; k < f->n_evidence; k++) {
			if (f->evidence[k].role != ROLE_STAGE ||
			    f->evidence[k].identity != x->kept->identity ||
			    f->evidence[k].record_id != x->kept->event.record_id)
				continue;
			buf_fmt(x->out, "The rule finds this record: finding %s, %s.\n", f->id,
				f->unverified ? "unverified" : "fully checked");
			n++;
			break;
		}
	}
	if (!n)
		buf_str(x->out, "The rule does not find this record.\n");
	if (x->kept->twin_kept && !x->kept->self.sysmon)
		buf_str(x->out, "Sysmon has a record of the same process start; what that one fulfils, this one "
				"only corroborates.\n");
}

static int explain_one(struct explaining *x)
{
	const struct rule *r = &x->c->rules->rules[x->rule];
	uint32_t n = (uint32_t)(r->n_stages + (r->until != NULL));

	buf_str(x->out, "Rule ");
	buf_view(x->out, r->title);
	buf_str(x->out, " (");
	buf_view(x->out, r->id);
	buf_str(x->out, ")\non ");
	tell_record(x->out, x->kept);
	buf_str(x->out, " of ");
	buf_view(x->out, x->kept->event.computer);
	buf_str(x->out, "\n");
	tell_finding(x);
	for (uint32_t i = 0; i < n; i++)
		if (tell_stage(x, i) < 0)
			return -1;
	return r->shape == RULE_SINGLE || r->shape == RULE_COUNT ? 0 : tell_others(x);
}

int correlate_explain(struct correlate *c, size_t rule, const struct explain_what *what, struct buf *out,
		      size_t *n, struct err *e)
{
	*n = 0;
	for (size_t i = 0; i < c->n_kept; i++) {
		struct explaining x = {.c = c, .rule = (uint32_t)rule, .kept = c->kept[i], .out = out};

		if (!explain_is(what, &c->kept[i]->event) || (*n)++ >= LIMIT_EXPLAINED)
			continue;
		if (out->n)
			buf_byte(out, '\n');
		if (explain_one(&x) < 0)
			return nomem(e);
	}
	return out->bad ? nomem(e) : 0;
}

bool explain_is(const struct explain_what *what, const struct event *ev)
{
	return ev->record_id == what->record_id &&
	       (!what->channel.n || view_eq_nocase(what->channel, ev->channel)) &&
	       (!what->computer.n || view_eq_nocase(what->computer, ev->computer));
}
