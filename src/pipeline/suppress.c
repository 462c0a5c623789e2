/* SPDX-License-Identifier: Apache-2.0 */
/* Sets findings apart for which an examiner has made an exception: they stay, and are listed apart. */
#include "hunt-private.h"

static bool names_rule(const struct exception *x, const struct rule *r)
{
	for (size_t i = 0; i < x->rules.n; i++)
		if (view_eq_nocase(x->rules.v[i], r->id))
			return true;
	return !x->rules.n;
}

/* Only what certainly holds sets a finding apart. */
static enum tri record_holds(struct hunt *h, const struct exception *x, const struct evidence *ev)
{
	struct activity act;
	const struct derived derived = {.user_sid = ev->user_sid, .user_sid_is_class = ev->user_sid_is_class,
					.user_sid_from = ev->user_sid_from};
	const struct subject s = {.event = ev->event, .activity = &act, .derived = &derived,
				  .fields = &h->opt->rules->fields, .arena = &h->row};
	if (ev->role != ROLE_STAGE || !ev->event)
		return TRI_FALSE;
	arena_reset(&h->row);
	activity_begin(ev->event, &act);
	return match_eval(x->condition, &s, EVAL_STRICT);
}

static int excepts(struct hunt *h, const struct exception *x, const struct finding *f, bool *holds)
{
	*holds = names_rule(x, &h->opt->rules->rules[f->rule]);
	if (!*holds || !x->condition)
		return 0;
	*holds = false;
	for (size_t i = 0; i < f->n_evidence && !*holds; i++) {
		enum tri t = record_holds(h, x, &f->evidence[i]);
		if (t == TRI_FAILED)
			return -1;
		*holds = t == TRI_TRUE;
	}
	return 0;
}

/* The first exception that holds is the one that is told. */
static int find_exception(struct hunt *h, struct finding *f)
{
	const struct ruleset *rules = h->opt->rules;
	for (size_t i = 0; i < rules->n_exceptions; i++) {
		bool holds;
		if (excepts(h, &rules->exceptions[i], f, &holds) < 0)
			return -1;
		if (holds) {
			f->exception = (uint32_t)i + 1;
			break;
		}
	}
	return 0;
}

int hunt_suppress(struct hunt *h, struct finding *f, struct err *e)
{
	if (find_exception(h, f) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory to look for exceptions");
	return findings_add(f->exception ? &h->suppressed : &h->findings, f, e);
}
