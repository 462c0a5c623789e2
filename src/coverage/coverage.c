/* SPDX-License-Identifier: Apache-2.0 */
/* Closing: which stages look at which kinds of records, the hosts in order, the sum of each. */
#include "seen.h"

#include <stdlib.h>

const char *verdict_name(enum verdict v)
{
	static const char *const names[VERDICTS] = {"found", "not found", "not observable"};

	return names[v];
}

const char *reason_name(enum reason r)
{
	static const char *const names[REASONS] = {
		[REASON_IDLE] = "in-no-log",          [REASON_CHANNEL_ABSENT] = "channel-absent",
		[REASON_EVENT_ABSENT] = "event-absent", [REASON_FIELD_EMPTY] = "field-empty",
		[REASON_OUTSIDE_TIME] = "outside-time", [REASON_NO_OVERLAP] = "no-overlap",
		[REASON_STARTS_LATE] = "starts-late", [REASON_ENDS_EARLY] = "ends-early",
		[REASON_CLEARED] = "log-cleared",     [REASON_GAP] = "record-gap",
		[REASON_DAMAGE] = "damage",          [REASON_RECOVERED] = "not-live"};

	return names[r];
}

/* ---- what stages look at ---- */

#define MAX_IDS 256u
static struct wanted_log *log_of(struct asked_stage *s, struct view channel, struct view provider)
{
	struct wanted_log *w;

	for (size_t i = 0; i < s->n_wanted; i++)
		if (view_eq_nocase(s->wanted[i].channel, channel) &&
		    (channel.n || view_eq_nocase(s->wanted[i].provider, provider)))
			return &s->wanted[i];
	w = &s->wanted[s->n_wanted++];
	*w = (struct wanted_log){.channel = channel, .provider = provider};
	return w;
}

static int add_ids(struct arena *a, struct wanted_log *w, const uint16_t *ids, size_t n)
{
	uint16_t *v = arena_array(a, w->n_ids + n + 1, sizeof(*v));

	if (!v)
		return -1;
	for (size_t i = 0; i < w->n_ids; i++)
		v[i] = w->ids[i];
	w->ids = v;
	for (size_t i = 0; i < n; i++) {
		bool known = false;

		for (size_t k = 0; k < w->n_ids; k++)
			known |= v[k] == ids[i];
		if (!known)
			v[w->n_ids++] = ids[i];
	}
	return 0;
}

/* A provider whose records may stand in any log is told only where no log is named. */
static int wanted_by_selectors(struct coverage *c, const struct stage *st, struct asked_stage *s)
{
	uint16_t named[MAX_IDS];
	size_t n_named = stage_ids(st, named, MAX_IDS);
	bool channels = false;

	for (size_t i = 0; i < st->n_selectors; i++)
		channels |= st->selectors[i].channel.n != 0;
	for (size_t i = 0; i < st->n_selectors; i++) {
		const struct selector *sel = &st->selectors[i];
		struct wanted_log *w;

		if (channels && !sel->channel.n)
			continue;
		w = log_of(s, sel->channel, sel->provider);
		if (add_ids(&c->arena, w, sel->n_ids ? sel->ids : named,
			    sel->n_ids ? sel->n_ids : n_named) < 0)
			return -1;
	}
	return 0;
}

static int meant_by_schema(struct coverage *c, const struct stage *st, const struct schema *k,
			   bool *meant)
{
	struct specimen specimen;
	struct asker asker = {.rules = c->rules, .specimen = &specimen, .arena = &c->page};
	struct stage_look look;

	if (schema_specimen(k, &c->rules->fields, &c->page, &specimen) < 0 ||
	    stage_look(st, &asker, NULL, NULL, &look) < 0)
		return -1;
	*meant = look.meant;
	return 0;
}

static int wanted_by_schemas(struct coverage *c, const struct stage *st, struct asked_stage *s)
{
	size_t n;
	const struct schema *k = schemas(&n);

	for (size_t i = 0; i < n; i++) {
		bool meant;

		if (meant_by_schema(c, st, &k[i], &meant) < 0)
			return -1;
		if (meant && add_ids(&c->arena, log_of(s, view_str(k[i].channel), view_str(k[i].provider)),
				     &k[i].event_id, 1) < 0)
			return -1;
	}
	return 0;
}

const struct wanted_log *wanted_logs(struct coverage *c, const struct stage *st, size_t at, size_t *n)
{
	struct asked_stage *s = &c->stages[at];
	size_t schema_count;

	if (!s->wanted) {
		schemas(&schema_count);
		s->wanted = arena_array(&c->arena, st->n_selectors + schema_count, sizeof(*s->wanted));
		if (!s->wanted || (st->n_selectors ? wanted_by_selectors(c, st, s)
						   : wanted_by_schemas(c, st, s)) < 0)
			return NULL;
	}
	*n = s->n_wanted;
	return s->wanted;
}

/* ---- closing ---- */

static int stages_make(struct coverage *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->rules->n; i++)
		n += c->rules->rules[i].n_stages;
	c->stages = arena_array(&c->arena, n + 1, sizeof(*c->stages));
	c->first = arena_array(&c->arena, c->rules->n + 1, sizeof(*c->first));
	c->judgements = arena_array(&c->arena, c->rules->n + 1, sizeof(*c->judgements));
	if (!c->stages || !c->first || !c->judgements)
		return -1;
	for (size_t i = 0; i < c->rules->n; i++) {
		c->first[i] = c->n_stages;
		c->n_rules += !c->rules->rules[i].quiet;
		for (size_t k = 0; k < c->rules->rules[i].n_stages; k++)
			c->stages[c->n_stages++] = (struct asked_stage){.rule = (uint32_t)i,
									.stage = (uint32_t)k};
	}
	return 0;
}

static int kind_stages(struct coverage *c, struct seen_kind *k, uint32_t *room)
{
	struct specimen specimen = {.event = {.channel = strtab_text(&c->texts, k->channel),
					      .provider = strtab_text(&c->texts, k->provider),
					      .event_id = k->event_id, .has_system = true}};
	struct asker asker = {.rules = c->rules, .specimen = &specimen, .arena = &c->page};

	specimen_derive(&specimen, true);
	for (size_t i = 0; i < c->n_stages; i++) {
		const struct asked_stage *at = &c->stages[i];
		const struct stage *st = &c->rules->rules[at->rule].stages[at->stage];
		struct stage_look look;

		arena_reset(&c->page);
		if (st->of)
			continue;
		if (stage_look(st, &asker, NULL, NULL, &look) < 0)
			return -1;
		if (look.meant)
			room[k->n_stages++] = (uint32_t)i;
	}
	k->stages = arena_array(&c->arena, k->n_stages + 1, sizeof(*k->stages));
	if (k->stages && k->n_stages)
		memcpy(k->stages, room, k->n_stages * sizeof(*room));
	return k->stages ? 0 : -1;
}

static int kinds_make(struct coverage *c)
{
	uint32_t *room = mem_alloc((c->n_stages + 1) * sizeof(*room));
	int rc = room ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < c->n_kinds; i++)
		rc = kind_stages(c, &c->kinds[i], room);
	mem_free(room);
	return rc;
}

static int by_kind(const void *a, const void *b, void *ctx)
{
	const struct coverage *c = ctx;
	const struct seen_row *const *x = a, *const *y = b;
	const struct seen_kind *k = &c->kinds[(*x)->kind], *l = &c->kinds[(*y)->kind];
	int order = view_cmp(strtab_text(&c->texts, k->channel), strtab_text(&c->texts, l->channel));

	if (!order)
		order = view_cmp(strtab_text(&c->texts, k->provider), strtab_text(&c->texts, l->provider));
	return order ? order : (int)k->event_id - (int)l->event_id;
}

static int rows_make(struct coverage *c)
{
	for (size_t i = 0; i < c->n_rows; i++)
		c->hosts[c->rows[i]->host].n_rows++;
	for (size_t i = 0; i < c->n_hosts; i++) {
		struct seen_host *h = &c->hosts[i];

		h->rows = arena_array(&c->arena, h->n_rows + 1, sizeof(struct seen_row *));
		if (!h->rows)
			return -1;
		h->n_rows = 0;
	}
	for (size_t i = 0; i < c->n_rows; i++) {
		struct seen_host *h = &c->hosts[c->rows[i]->host];

		h->rows[h->n_rows++] = c->rows[i];
	}
	for (size_t i = 0; i < c->n_hosts; i++)
		if (c->hosts[i].n_rows)
			qsort_r(c->hosts[i].rows, c->hosts[i].n_rows, sizeof(struct seen_row *), by_kind, c);
	return 0;
}

static int by_name(const void *a, const void *b, void *ctx)
{
	const struct coverage *c = ctx;

	return view_cmp(c->hosts[*(const uint32_t *)a].name, c->hosts[*(const uint32_t *)b].name);
}

static void sum(const struct coverage *c, uint32_t host, struct host_coverage *out)
{
	const struct seen_host *h = &c->hosts[host];

	out->computer = h->name;
	for (size_t i = 0; i < h->n_logs; i++) {
		const struct host_log *l = &h->logs[i];

		if (l->last && (!out->last_time || l->first < out->first_time))
			out->first_time = l->first;
		out->last_time = l->last > out->last_time ? l->last : out->last_time;
	}
	for (size_t i = 0; i < c->rules->n; i++) {
		const struct judgement *j = &c->judgements[i];

		if (c->rules->rules[i].quiet)
			continue;
		out->verdicts[j->verdict]++;
		out->in_part += j->verdict != VERDICT_NOT_OBSERVABLE && j->judged == JUDGED_PART;
		for (size_t k = 0; k < REASONS; k++)
			out->reasons[k] += j->reasons >> k & 1;
	}
}

static int hosts_make(struct coverage *c)
{
	c->order = arena_array(&c->arena, c->n_hosts + 1, sizeof(*c->order));
	c->shown = arena_array(&c->arena, c->n_hosts + 1, sizeof(*c->shown));
	if (!c->order || !c->shown)
		return -1;
	for (size_t i = 0; i < c->n_hosts; i++)
		c->order[i] = (uint32_t)i;
	if (c->n_hosts)
		qsort_r(c->order, c->n_hosts, sizeof(*c->order), by_name, c);
	for (size_t i = 0; i < c->n_hosts; i++) {
		if (judge_host(c, c->order[i]) < 0)
			return -1;
		sum(c, c->order[i], &c->shown[i]);
	}
	return 0;
}

int coverage_close(struct coverage *c, uint64_t from, uint64_t to, struct err *e)
{
	c->from = from;
	c->to = to;
	if (stages_make(c) < 0 || kinds_make(c) < 0 || rows_make(c) < 0 || hosts_make(c) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory to judge what could be seen");
	return 0;
}

const struct host_coverage *coverage_hosts(const struct coverage *c, size_t *n)
{
	*n = c->n_hosts;
	return c->shown;
}

bool coverage_seen(const struct coverage *c, size_t host, size_t i, struct seen_records *out)
{
	const struct seen_host *h = &c->hosts[c->order[host]];
	const struct seen_kind *k;

	if (i >= h->n_rows)
		return false;
	k = &c->kinds[h->rows[i]->kind];
	*out = (struct seen_records){.computer = h->name, .channel = strtab_text(&c->texts, k->channel),
				     .provider = strtab_text(&c->texts, k->provider),
				     .event_id = k->event_id, .version = h->rows[i]->version,
				     .n = h->rows[i]->n, .asked = h->rows[i]->asked,
				     .first_time = h->rows[i]->first, .last_time = h->rows[i]->last};
	return true;
}

size_t coverage_rules(const struct coverage *c)
{
	return c->n_rules;
}

const struct judgement *coverage_judge(struct coverage *c, size_t host, size_t *n)
{
	size_t kept = 0;

	if (judge_host(c, c->order[host]) < 0)
		return NULL;
	for (size_t i = 0; i < c->rules->n; i++)
		if (!c->rules->rules[i].quiet)
			c->judgements[kept++] = c->judgements[i];
	*n = kept;
	return c->judgements;
}
