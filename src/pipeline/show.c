/* SPDX-License-Identifier: Apache-2.0 */
/* What one correlation found, on its way to the report: chosen, read again, put on disk. */
#include "hunt-private.h"

#define SLICE_RECORDS 4096u /* whose events are in memory at once */

static bool shown(const struct hunt *h, const struct finding *f)
{
	const struct hunt_options *o = h->opt;
	const struct rule *r = &o->rules->rules[f->rule];
	return r->level >= o->level && f->first_time >= o->from && f->first_time <= o->to;
}

/* Those that are shown come to the front: how many. */
static int choose(struct hunt *h, struct finding *v, size_t n, bool brief, size_t *shown_n,
		  struct err *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		v[i].brief = brief;
		if (coverage_found(h->coverage, v[i].computer, v[i].rule, e) < 0)
			return -1;
		sightings_mark(h, &v[i]);
		if (shown(h, &v[i]))
			v[kept++] = v[i];
		else
			h->n_hidden++;
	}
	*shown_n = kept;
	return 0;
}

/* The rows of findings alone: their records have been read again, whole. */
static int add_rows(struct hunt *h, const struct finding *f, struct err *e)
{
	for (size_t k = 0; k < f->n_evidence; k++) {
		const struct event *ev = f->evidence[k].event;
		if (ev && (ROW_KINDS & KIND_BIT(event_kind(ev))) &&
		    hunt_row(h, ev, &f->evidence[k].place, e) < 0)
			return -1;
	}
	return 0;
}

static int slice(struct hunt *h, struct finding *v, size_t n, uint64_t *witness, struct err *e)
{
	struct refetched what = {.v = v, .n = n, .witness = witness};
	arena_init(&what.arena, SIZE_MAX);
	int rc = hunt_refetch(h, &what, e);
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = hunt_suppress(h, &v[i], e);
		if (rc == 0 && !v[i].exception && h->opt->timeline == TIMELINE_FINDINGS)
			rc = add_rows(h, &v[i], e);
	}
	arena_release(&what.arena);
	return rc;
}

/* How many records of each rule's findings the other decoder reads. NULL: no memory. */
static uint64_t *shares_of(const struct hunt *h, const struct finding *v, size_t n)
{
	size_t n_rules = h->opt->rules->n;
	uint64_t share, *records = mem_alloc((n_rules + 1) * sizeof(*records));
	if (!records)
		return NULL;
	for (size_t i = 0; i < n; i++)
		records[v[i].rule] += v[i].n_evidence;
	if (even_share(records, n_rules, LIMIT_WITNESSED, &share) < 0) {
		mem_free(records);
		return NULL;
	}
	for (size_t i = 0; i < n_rules; i++)
		records[i] = share;
	return records;
}

static int take_overruns(struct hunt *h, const uint64_t *n, struct err *e)
{
	if (n && !h->overruns)
		h->overruns = mem_alloc(h->opt->rules->n * sizeof(*h->overruns));
	if (n && !h->overruns)
		return err_set(e, ERR_NOMEM, 0, "no memory for %zu rules", h->opt->rules->n);
	for (size_t i = 0; n && i < h->opt->rules->n; i++)
		h->overruns[i] += n[i];
	return 0;
}

int hunt_show(struct hunt *h, struct correlate *c, enum depth depth, struct err *e)
{
	size_t all;
	struct finding *v = correlate_findings(c, &all);
	size_t n, to;
	uint64_t *witness = NULL;
	int rc = choose(h, v, all, depth == DEPTH_BRIEF, &n, e);
	if (rc < 0)
		return -1;
	if (depth == DEPTH_WHOLE && !(witness = shares_of(h, v, n)))
		return err_set(e, ERR_NOMEM, 0, "no memory for %zu findings", n);
	for (size_t i = 0; i < n && rc == 0; i = to) {
		size_t records = 0;
		for (to = i; to < n && (to == i || records < SLICE_RECORDS); to++)
			records += v[to].n_evidence + v[to].n_tree;
		rc = slice(h, v + i, to - i, witness, e);
	}
	h->dropped += correlate_dropped(c);
	if (rc == 0)
		rc = take_overruns(h, correlate_overruns(c), e);
	mem_free(witness);
	return rc;
}
