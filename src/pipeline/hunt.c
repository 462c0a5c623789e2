/* SPDX-License-Identifier: Apache-2.0 */
#include "hunt-private.h"

#include <stdio.h>
#include <string.h>

#include "evtxhound/evtx.h"

/* ---- taking a worker's answer ---- */

static int on_header(void *ctx, const struct header_frame *f, struct err *e)
{
	struct hunt *h = ctx;
	(void)e;
	return ledger_header(&h->ledger, h->unit->source, f);
}

static int on_layout(void *ctx, const struct evtx_layout *l, struct err *e)
{
	struct hunt *h = ctx;
	struct source_result *r = &h->ledger.results[h->unit->source];
	struct source *s = &h->sources->v[h->unit->source];
	if (!l->n && s->searched)
		ledger_no_log(&h->ledger, s);
	r->bytes_zero += l->zero;
	r->bytes_unknown += l->unknown;
	return schedule_layout(&h->schedule, h->unit, l, e);
}

static int on_chunk(void *ctx, const struct chunk_summary *s, const struct chunk_counts *n,
		    const struct chunk_edge *edge, struct err *e)
{
	struct hunt *h = ctx;
	if (ledger_edge(&h->ledger, h->unit->source, s, edge, e) < 0)
		return -1;
	return ledger_chunk(&h->ledger, h->unit->source, s, n, e);
}

static int on_sign(void *ctx, const struct sign *s, struct err *e)
{
	struct hunt *h = ctx;
	return ledger_sign(&h->ledger, h->unit->source, s, e);
}

static int on_tally(void *ctx, const struct tally *t, struct err *e)
{
	struct hunt *h = ctx;
	if (observe_tally(h, h->unit->source, t, e) < 0)
		return -1;
	return ledger_tally(&h->ledger, h->unit->source, t, e);
}

static int on_damage(void *ctx, const struct damage *d, struct err *e)
{
	struct hunt *h = ctx;
	return ledger_damage(&h->ledger, h->unit->source, d, e);
}

int hunt_row(struct hunt *h, const struct event *ev, const struct place *place, struct err *e)
{
	struct activity act = {0};
	arena_reset(&h->row);
	if (activity_of(ev, &h->row, &act) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for a row of the timeline");
	return timeline_add(h->timeline, ev, &act, place, e);
}

static bool is_single(const struct hunt *h, const struct hit *hit)
{
	return h->opt->rules->rules[hit->rule].shape == RULE_SINGLE;
}

/* The hits of rules on single events come last: those two kinds go separate ways. */
static size_t part_hits(const struct hunt *h, const struct event_frame *f, struct hit *out)
{
	size_t n = 0, joined;
	for (size_t i = 0; i < f->n_hits; i++)
		if (!is_single(h, &f->hits[i]))
			out[n++] = f->hits[i];
	joined = n;
	for (size_t i = 0; i < f->n_hits; i++)
		if (is_single(h, &f->hits[i]))
			out[n++] = f->hits[i];
	return joined;
}

static int add_joined(struct hunt *h, const struct event_frame *f, struct err *e)
{
	if (candidates_note(&h->waiting, f, e) < 0)
		return -1;
	if (candidates_want(&h->waiting, f))
		return candidates_add(&h->waiting, f, e);
	return correlate_add(h->correlate, &f->event, &f->place, f->hits, f->n_hits, e);
}

static int add_candidate(struct hunt *h, const struct event_frame *told, struct err *e)
{
	struct event_frame f = *told;
	struct hit *hits = mem_alloc(told->n_hits * sizeof(*hits));
	int rc = 0;
	h->candidates++;
	if (!hits)
		return err_set(e, ERR_NOMEM, 0, "no memory for what rules may want");
	f.hits = hits;
	f.n_hits = part_hits(h, told, hits);
	if (f.n_hits)
		rc = add_joined(h, &f, e);
	f.hits += f.n_hits;
	f.n_hits = told->n_hits - f.n_hits;
	if (f.n_hits && rc == 0)
		rc = singles_add(&h->singles, &f, e);
	mem_free(hits);
	return rc;
}

uint8_t hunt_rank(const struct hunt *h, uint32_t source)
{
	return (uint8_t)source_rank(h->sources, &h->sources->v[source]);
}

static int on_event(void *ctx, const struct event_frame *told, struct err *e)
{
	struct hunt *h = ctx;
	struct event_frame f = *told;
	f.place.source = h->unit->source;
	f.place.rank = hunt_rank(h, f.place.source);
	if (f.near)
		return near_add(h, &f, e);
	if (installers_add(h, &f.event, e) < 0)
		return -1;
	/* Where something is explained, what a record lacks is told: nothing is left out. */
	if (f.n_hits && h->opt->explain &&
	    correlate_add(h->correlate, &f.event, &f.place, f.hits, f.n_hits, e) < 0)
		return -1;
	if (f.n_hits && !h->opt->explain && add_candidate(h, &f, e) < 0)
		return -1;
	return f.row && h->timeline ? hunt_row(h, &f.event, &f.place, e) : 0;
}

static int on_near(void *ctx, uint32_t rule, uint32_t n, struct err *e)
{
	(void)e;
	near_count(ctx, rule, n);
	return 0;
}

static int on_fact(void *ctx, struct view bytes, struct err *e)
{
	struct hunt *h = ctx;
	return spool_add(&h->spool, bytes, e);
}

static int on_clue(void *ctx, const struct clue *clue, struct err *e)
{
	struct hunt *h = ctx;
	struct clue known = *clue;
	known.source = h->unit->source;
	return clues_add(&h->clues, &known, e);
}

static int on_sighting(void *ctx, const struct sighting *told, struct err *e)
{
	struct hunt *h = ctx;
	struct sighting s = *told;
	s.source = h->unit->source;
	return h->sightings.on ? sightings_add(&h->sightings, &s, e) : 0;
}

static int on_hash(void *ctx, const uint8_t sha256[32], struct err *e)
{
	struct hunt *h = ctx;
	struct source *s = &h->sources->v[h->unit->source];
	(void)e;
	memcpy(s->sha256, sha256, sizeof(s->sha256));
	s->hashed = true;
	return 0;
}

/* ---- the scan ---- */

void tell_progress(const struct hunt *h, const struct schedule *s, const char *path)
{
	if (!h->progress)
		return;
	const struct progress p = {.bytes = s->bytes_done, .bytes_total = s->bytes_total,
				   .files = s->files_done, .files_total = s->files_total,
				   .findings = h->candidates, .path = path};
	h->progress(h->progress_ctx, &p);
}

static int scan_next(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct hunt *h = ctx;
	int rc = schedule_next(&h->schedule, &h->ledger, u, fd, e);
	if (rc == 0)
		collections_hand(&h->collections, u);
	return rc;
}

static int scan_settled(struct hunt *h, const struct unit *u, struct err *e)
{
	uint64_t before = h->schedule.files_done;
	schedule_done(&h->schedule, &h->ledger, u);
	bool whole = h->schedule.files_done > before;
	tell_progress(h, &h->schedule, whole ? h->sources->v[u->source].path : NULL);
	return whole ? journal_read(&h->journal, &h->sources->v[u->source], e) : 0;
}

int scan_again(struct hunt *h, const struct unit *u, struct view reply, struct err *e)
{
	const struct reply_sink sink = {.ctx = h, .header = on_header, .layout = on_layout,
					.chunk = on_chunk, .sign = on_sign, .tally = on_tally,
					.damage = on_damage, .event = on_event, .fact = on_fact,
					.clue = on_clue, .sighting = on_sighting, .near = on_near,
					.hash = on_hash};
	const struct ruleset *rules = h->setup.rules;
	h->unit = u;
	return reply_read(reply, rules ? &rules->fields : NULL, rules, &sink, e);
}

int scan_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct hunt *h = ctx;
	if (scan_again(h, u, reply, e) < 0 || journal_answer(&h->journal, u, reply, e) < 0)
		return -1;
	return scan_settled(h, u, e);
}

int scan_loss(struct hunt *h, const struct unit *u, const char *why, struct err *e)
{
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "worker"};
	bool all = u->kind == UNIT_HASH || u->kind == UNIT_LAYOUT;
	const struct evtx_layout nothing = {0};
	ledger_unread(&h->ledger, u->source, u->kind == UNIT_LAYOUT ? u->size : unit_bytes(u));
	d.offset = all ? 0 : u->run.from;
	d.length = all ? u->size : u->run.to - u->run.from;
	snprintf(d.what, sizeof(d.what), "%s reading this range, twice: its records are missing",
		 why);
	if (u->kind == UNIT_HASH)
		snprintf(d.what, sizeof(d.what), "%s hashing the source, twice", why);
	if (ledger_damage(&h->ledger, u->source, &d, e) < 0 ||
	    (u->kind == UNIT_LAYOUT && schedule_layout(&h->schedule, u, &nothing, e) < 0))
		return -1;
	return scan_settled(h, u, e);
}

static int scan_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct hunt *h = ctx;
	journal_lossy(&h->journal, u->source);
	h->ledger.results[u->source].worker_deaths++;
	return u->single ? scan_loss(h, u, why, e) : schedule_retry(&h->schedule, u, e);
}

int hunt_scan(struct hunt *h, const volatile sig_atomic_t *stop, struct err *e)
{
	const struct pool_client client = {.ctx = h, .next = scan_next, .answer = scan_answer,
					   .lost = scan_lost};
	return pool_run(h->pool, &client, stop, e);
}

/* ---- runs ---- */

struct hunt *hunt_new(struct source_list *sources, struct err *e)
{
	struct hunt *h = mem_alloc(sizeof(*h));
	if (!h) {
		err_set(e, ERR_NOMEM, 0, "no memory to begin");
		return NULL;
	}
	h->sources = sources;
	h->spool.fd = h->clues.spool.fd = h->waiting.spool.fd = h->near.spool.fd = -1;
	map_init(&h->lost_records);
	return h;
}

static unsigned jobs_of(const struct start_options *o)
{
	return o->jobs < 1 ? 1 : o->jobs > LIMIT_WORKERS ? LIMIT_WORKERS : o->jobs;
}

int hunt_open(struct hunt *h, const struct start_options *o, struct err *e)
{
	struct expand x;
	int rc = expand_run(&x, h, o, jobs_of(o), e);
	if (rc == 0)
		rc = ledger_init(&h->ledger, h->sources, o->keep_chunks, e);
	if (rc == 0)
		rc = expand_close(&x, e);
	expand_release(&x);
	return rc;
}

int hunt_start(struct hunt *h, const struct start_options *o, struct err *e)
{
	if (hunt_open(h, o, e) < 0 || schedule_init(&h->schedule, h->sources, o->hash, e) < 0)
		return -1;
	if (o->sightings && o->evidence && sightings_asked(h->sources) &&
	    sightings_init(&h->sightings, h, o->evidence->dirfd, e) < 0)
		return -1;
	h->setup.sightings = h->sightings.on;
	h->pool = pool_new(jobs_of(o), &h->setup, &h->deaths, e);
	return h->pool ? 0 : -1;
}

void hunt_fill(struct hunt *h, struct run *run)
{
	run->sources = h->ledger.results;
	run->n_sources = h->ledger.n;
	run->list = h->sources;
	run->others = h->sources->others;
	run->links = h->sources->links;
	run->hosts = h->ledger.hosts;
	run->n_hosts = h->ledger.n_hosts;
	run->worker_deaths = h->deaths;
	run->findings = findings_reader(&h->findings);
	run->about = h->about;
	run->not_witnessed = h->not_witnessed;
	run->dropped_pendings = h->dropped;
	run->overruns = h->overruns;
	run->findings_hidden = h->n_hidden;
	run->suppressed = findings_reader(&h->suppressed);
	run->apart_about = h->apart_about;
	run->apart = h->collections.why;
	run->n_apart = h->collections.n_why;
	run->apart_cut = h->collections.cut;
	run->sightings = h->sightings.counts;
	run->coverage = h->coverage;
	installers_close(&h->installers);
	run->installers = &h->installers;
	run->near = &h->near.told;
	run->exit_code = run_exit_code(run);
}

#define FACT_KINDS                                                                                 \
	(KIND_BIT(KIND_PROCESS_START) | KIND_BIT(KIND_PROCESS_END) | KIND_BIT(KIND_IMAGE_LOAD) |   \
	 KIND_BIT(KIND_LOGON) | KIND_BIT(KIND_BOOT) | KIND_BIT(KIND_NETWORK))

static int asks_for_connections(struct matcher *m)
{
	const struct event head = {.provider = view_str("Microsoft-Windows-Sysmon"),
				   .channel = view_str("Microsoft-Windows-Sysmon/Operational"),
				   .event_id = 3};
	return matcher_wants(m, &head);
}

static int hunt_prepare(struct hunt *h, const struct hunt_options *o, struct err *e)
{
	h->opt = o;
	h->progress = o->progress;
	h->progress_ctx = o->ctx;
	h->matcher = matcher_new(o->rules);
	h->correlate = h->matcher ? correlate_new(o->rules, h->matcher) : NULL;
	h->coverage = coverage_new(o->rules);
	h->installers.on = installers_asked(o->rules);
	if (!h->correlate || !h->coverage)
		return err_set(e, ERR_NOMEM, 0, "no memory to compile the rules");
	bool rows = o->timeline == TIMELINE_ALL;
	arena_init(&h->row, LIMIT_CHUNK_ARENA);
	h->setup = (struct worker_setup){.rules = o->rules, .matcher = h->matcher, .rows = rows,
					 .facts = true, .clues = !o->libevtx, .libevtx = o->libevtx,
					 .code_page = o->code_page, .decoder_new = o->decoder_new,
					 .explain = o->explain, .near = o->near};
	h->setup.kinds = FACT_KINDS;
	/* The most frequent event of many Security logs: read only where it can corroborate. */
	int connections = asks_for_connections(h->matcher);
	if (connections < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory to compile the rules");
	if (connections)
		h->setup.kinds |= KIND_BIT(KIND_FILTERED);
	const struct start_options start = {.evidence = o->evidence, .jobs = o->jobs, .hash = o->hash,
					    .sightings = true, .stop = o->stop};
	if (hunt_start(h, &start, e) < 0 || collections_find(&h->collections, h, o->stop, e) < 0 ||
	    spool_init(&h->spool, o->dirfd, e) < 0 ||
	    clues_init(&h->clues, h, &h->spool, e) < 0 ||
	    candidates_init(&h->waiting, h, e) < 0 || singles_init(&h->singles, h, e) < 0 ||
	    near_init(&h->near, h, e) < 0 ||
	    findings_init(&h->findings, h, e) < 0 || findings_init(&h->suppressed, h, e) < 0)
		return -1;
	if (o->timeline == TIMELINE_NONE)
		return 0;
	h->timeline = timeline_new(o->dirfd, e);
	return h->timeline ? 0 : -1;
}

/* Events are let go as soon as what they amount to is on disk. */
static int hunt_correlate(struct hunt *h, struct err *e)
{
	struct fact_reader facts = clues_reader(&h->clues);
	struct finding_reader all = findings_reader(&h->findings);
	struct finding_reader apart = findings_reader(&h->suppressed);
	if (singles_run(&h->singles, e) < 0 || correlate_run(h->correlate, &facts, e) < 0 ||
	    hunt_show(h, h->correlate, DEPTH_WHOLE, e) < 0 || near_run(h, e) < 0)
		return -1;
	correlate_free(h->correlate);
	h->correlate = NULL;
	if (findings_settle(&h->findings, e) < 0 || findings_settle(&h->suppressed, e) < 0 ||
	    findings_count(&all, h->opt->rules, &h->ledger.arena, &h->about, e) < 0)
		return -1;
	return findings_count(&apart, h->opt->rules, &h->ledger.arena, &h->apart_about, e);
}

int hunt_run(const struct hunt_options *o, struct hunt **out, struct run *run, struct timeline **t,
	     struct err *e)
{
	struct hunt *h = *out = hunt_new(o->sources, e);
	if (!h)
		return -1;
	if (hunt_prepare(h, o, e) < 0 || journal_begin(&h->journal, h, e) < 0 ||
	    hunt_scan(h, o->stop, e) < 0 || candidates_load(&h->waiting, e) < 0 || sightings_count(&h->sightings, e) < 0)
		return -1;
	if (hunt_correlate(h, e) < 0 ||
	    (o->verify == VERIFY_ALL && hunt_verify(h, o->stop, e) < 0) ||
	    (o->rehash && hunt_rehash(h, o->stop, e) < 0) || ledger_close(&h->ledger, e) < 0 ||
	    observe_close(h, e) < 0)
		return -1;
	run->verified = o->verify == VERIFY_ALL;
	hunt_fill(h, run);
	*t = h->timeline;
	return 0;
}

int explain_run(const struct hunt_options *o, const struct explain_what *what, struct hunt **out,
		struct run *run, struct buf *text, size_t *n, struct err *e)
{
	struct hunt_options own = *o;
	struct hunt *h = *out = hunt_new(o->sources, e);
	if (!h)
		return -1;
	own.timeline = TIMELINE_NONE;
	own.explain = what;
	struct fact_reader facts;
	int rc = hunt_prepare(h, &own, e);
	if (rc == 0)
		rc = hunt_scan(h, o->stop, e);
	facts = clues_reader(&h->clues);
	if (rc == 0)
		rc = correlate_run(h->correlate, &facts, e);
	if (rc == 0)
		rc = correlate_explain(h->correlate, 0, what, text, n, e);
	if (rc == 0)
		rc = ledger_close(&h->ledger, e);
	if (rc == 0)
		hunt_fill(h, run);
	run->coverage = NULL;
	h->opt = o;
	return rc;
}

int info_run(const struct info_options *o, struct hunt **out, struct run *run, struct err *e)
{
	struct hunt *h = *out = hunt_new(o->sources, e);
	if (!h)
		return -1;
	h->setup = (struct worker_setup){.kinds = ~0u};
	const struct start_options start = {.evidence = o->evidence, .jobs = o->jobs, .hash = o->hash,
					    .keep_chunks = true, .sightings = true, .stop = o->stop};
	if (hunt_start(h, &start, e) < 0 || hunt_scan(h, o->stop, e) < 0 ||
	    sightings_count(&h->sightings, e) < 0 || ledger_close(&h->ledger, e) < 0)
		return -1;
	hunt_fill(h, run);
	return 0;
}

void hunt_free(struct hunt *h)
{
	if (!h)
		return;
	pool_free(h->pool);
	timeline_free(h->timeline);
	installers_release(&h->installers);
	coverage_free(h->coverage);
	correlate_free(h->correlate);
	matcher_free(h->matcher);
	candidates_release(&h->waiting);
	singles_release(&h->singles);
	near_release(&h->near);
	findings_release(&h->findings);
	findings_release(&h->suppressed);
	map_release(&h->lost_records);
	mem_free(h->overruns);
	journal_release(&h->journal);
	sightings_release(&h->sightings);
	collections_release(&h->collections);
	clues_release(&h->clues);
	spool_release(&h->spool);
	schedule_release(&h->schedule);
	ledger_release(&h->ledger);
	arena_release(&h->row);
	mem_free(h);
}

const struct chunk_summary *hunt_chunks(const struct hunt *h, uint32_t source, size_t *n)
{
	*n = h->ledger.entries[source].n_chunks;
	return h->ledger.entries[source].chunks;
}

/* ---- how it ended ---- */

static bool incomplete(const struct source_result *r)
{
	return source_is_missed(r->source) || r->losses || r->undecoded || r->partly ||
	       r->source->changed;
}

int run_exit_code(const struct run *run)
{
	for (size_t i = 0; i < run->n_sources; i++)
		if (incomplete(&run->sources[i]))
			return 3;
	return run->about.n ? 1 : 0;
}
