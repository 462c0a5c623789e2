/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which units of work a scan consists of, source by source. A small log is one unit, hashed on the
 * way; a large one is a unit that hashes and many that decode, so that one file keeps all processors
 * busy. A source is open from its first unit to its last answer, then looked at again.
 */
#include "hunt-private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evtxhound/evtx.h"

int schedule_init(struct schedule *s, struct source_list *sources, bool hash, struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->sources = sources;
	s->hash = hash;
	s->kind = UNIT_SCAN;
	s->unit_chunks = LIMIT_UNIT_CHUNKS;
	s->open = mem_alloc((sources->n + 1) * sizeof(*s->open));
	if (!s->open)
		return err_set(e, ERR_NOMEM, 0, "no memory for %zu sources", sources->n);
	for (size_t i = 0; i < sources->n; i++) {
		s->open[i].bytes.fd = -1;
		if (sources->v[i].kind != SOURCE_EVTX)
			continue;
		s->bytes_total += sources->v[i].size;
		s->files_total++;
	}
	return 0;
}

void bytes_close(struct source_bytes *b)
{
	if (b->fd >= 0)
		close(b->fd);
	mem_free(b->map);
	*b = (struct source_bytes){.fd = -1};
}

int schedule_hand(const struct schedule *s, struct unit *u)
{
	const struct source_bytes *b = &s->open[u->source].bytes;
	u->map = (struct extents){b->map, b->n_map};
	return b->fd;
}

void schedule_release(struct schedule *s)
{
	for (size_t i = 0; s->open && i < s->sources->n; i++) {
		bytes_close(&s->open[i].bytes);
		mem_free(s->open[i].runs);
	}
	mem_free(s->open);
	mem_free(s->retries);
}

/* A source that is listed but cannot be opened now. */
static int tell_unopened(struct ledger *l, struct source *src, const struct err *why, struct err *e)
{
	struct damage d = {.severity = DAMAGE_LOSS, .length = src->size, .kind = "open"};
	snprintf(d.what, sizeof(d.what), "%.*s", (int)sizeof(d.what) - 1, why->msg);
	src->kind = SOURCE_UNREADABLE;
	src->error = *why;
	return ledger_damage(l, src->index, &d, e);
}

/* Opens the next source that is a log: 0, or >0 when there is none left. */
static int start_source(struct schedule *s, struct ledger *l, struct err *e)
{
	for (; s->source < s->sources->n; s->source++) {
		struct source *src = &s->sources->v[s->source];
		struct err why = {0};
		if (src->kind != SOURCE_EVTX || s->open[s->source].known)
			continue;
		if (source_bytes(s->sources, src, &s->open[s->source].bytes, &why) == 0) {
			s->started = true;
			s->run = 0;
			s->chunk = 0;
			l->results[s->source].read = true;
			return 0;
		}
		if (tell_unopened(l, src, &why, e) < 0)
			return -1;
	}
	return 1;
}

static void close_source(struct schedule *s, struct ledger *l, uint32_t at)
{
	bytes_close(&s->open[at].bytes);
	s->files_done++;
	ledger_recheck(l, &s->sources->v[at]);
}

void schedule_known(struct schedule *s, struct ledger *l, uint32_t source)
{
	s->open[source].known = true;
	s->bytes_done += s->sources->v[source].size;
	l->results[source].read = true;
	close_source(s, l, source);
}

static void finish_source(struct schedule *s)
{
	s->open[s->source].all_given = true;
	s->source++;
	s->started = false;
}

/* What a large log needs besides its chunks, first of all where these are. */
static bool cut_first(struct schedule *s, struct unit *u)
{
	struct open_source *o = &s->open[s->source];
	if (!o->layout_given) {
		u->kind = UNIT_LAYOUT;
		o->layout_given = true;
		return true;
	}
	if (s->hash && !o->hash_given) {
		u->kind = UNIT_HASH;
		o->hash_given = true;
		return true;
	}
	return false;
}

/* The source's next unit: 0, >0 when none is known yet, <0 when there is none left. */
static int cut_unit(struct schedule *s, struct unit *u)
{
	const struct source *src = &s->sources->v[s->source];
	struct open_source *o = &s->open[s->source];
	*u = (struct unit){.kind = s->kind, .source = src->index, .size = src->size};
	if (evtx_chunk_count(src->size) <= s->unit_chunks) {
		u->whole = true;
		u->hash = s->hash;
		finish_source(s);
	} else if (!cut_first(s, u)) {
		if (!o->laid_out)
			return 1;
		if (s->run == o->n_runs)
			return -1;
		const struct evtx_run *run = &o->runs[s->run];
		u->run = evtx_run_part(run, s->chunk, s->unit_chunks);
		s->chunk += s->unit_chunks;
		if (u->run.to == run->to) {
			s->run++;
			s->chunk = 0;
		}
		if (s->run == o->n_runs) /* its last answer closes it, however many come at once */
			finish_source(s);
	}
	o->pending++;
	return 0;
}

int schedule_next(struct schedule *s, struct ledger *l, struct unit *u, int *fd, struct err *e)
{
	int rc = 0;
	if (s->n_retries) {
		*u = s->retries[--s->n_retries];
		*fd = schedule_hand(s, u);
		return 0;
	}
	do {
		size_t at = s->source;
		if (!s->started) {
			rc = start_source(s, l, e);
			if (rc != 0)
				return rc;
			at = s->source;
		}
		rc = cut_unit(s, u);
		*fd = schedule_hand(s, u);
		if (rc < 0) {
			finish_source(s);
			if (!s->open[at].pending)
				close_source(s, l, (uint32_t)at);
		}
	} while (rc < 0);
	return rc;
}

int schedule_layout(struct schedule *s, const struct unit *u, const struct evtx_layout *l,
		    struct err *e)
{
	struct open_source *o = &s->open[u->source];
	o->irregular = !l->regular;
	if (u->kind != UNIT_LAYOUT)
		return 0;
	if (o->all_given) { /* a whole one that was lost */
		struct unit lost = {.kind = s->kind, .source = u->source, .size = u->size};
		for (size_t i = 0; i < l->n; i++) {
			lost.run = l->runs[i];
			if (schedule_retry(s, &lost, e) < 0)
				return -1;
			o->pending++;
		}
		return 0;
	}
	if (l->n) {
		o->runs = mem_alloc(l->n * sizeof(*o->runs));
		if (!o->runs)
			return err_set(e, ERR_NOMEM, 0, "no memory for the chunks of a log");
		memcpy(o->runs, l->runs, l->n * sizeof(*o->runs));
	}
	o->n_runs = l->n;
	o->laid_out = true;
	return 0;
}

uint64_t unit_bytes(const struct unit *u)
{
	if (u->kind == UNIT_HASH || u->kind == UNIT_LAYOUT)
		return 0;
	return u->whole ? u->size : u->run.to - u->run.from;
}

void schedule_done(struct schedule *s, struct ledger *l, const struct unit *u)
{
	struct open_source *o = &s->open[u->source];
	s->bytes_done += unit_bytes(u);
	o->pending--;
	if (!o->pending && o->all_given)
		close_source(s, l, u->source);
}

static int push_retry(struct schedule *s, const struct unit *u, struct err *e)
{
	if (room((void **)&s->retries, &s->cap_retries, s->n_retries + 1, sizeof(*s->retries), e) < 0)
		return -1;
	s->retries[s->n_retries++] = *u;
	s->open[u->source].pending++;
	return 0;
}

int schedule_retry(struct schedule *s, const struct unit *u, struct err *e)
{
	struct unit one = {.kind = u->kind, .source = u->source, .size = u->size, .single = true};
	uint64_t n = u->run.to > u->run.from ? evtx_run_chunks(&u->run) : 0;
	s->open[u->source].pending--;
	if (u->whole)
		one.kind = UNIT_LAYOUT;
	if (!n && push_retry(s, &one, e) < 0)
		return -1;
	one.kind = UNIT_HASH;
	if (u->hash && push_retry(s, &one, e) < 0)
		return -1;
	one.kind = u->kind;
	for (uint64_t i = 0; i < n; i++) {
		one.run = evtx_run_part(&u->run, i, 1);
		if (push_retry(s, &one, e) < 0)
			return -1;
	}
	return 0;
}
