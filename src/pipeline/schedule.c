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
		s->open[i].fd = -1;
		if (sources->v[i].kind != SOURCE_EVTX)
			continue;
		s->bytes_total += sources->v[i].size;
		s->files_total++;
	}
	return 0;
}

void schedule_release(struct schedule *s)
{
	for (size_t i = 0; s->open && i < s->sources->n; i++)
		if (s->open[i].fd >= 0)
			close(s->open[i].fd);
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
		if (src->kind != SOURCE_EVTX)
			continue;
		s->open[s->source].fd = source_open(src, &why);
		if (s->open[s->source].fd >= 0) {
			s->started = true;
			s->chunk = 0;
			l->results[s->source].read = true;
			return 0;
		}
		if (tell_unopened(l, src, &why, e) < 0)
			return -1;
	}
	return 1;
}

static void finish_source(struct schedule *s)
{
	s->open[s->source].all_given = true;
	s->source++;
	s->started = false;
}

/* The source's next unit. A large log's hash is its first. */
static void cut_unit(struct schedule *s, struct unit *u)
{
	const struct source *src = &s->sources->v[s->source];
	struct open_source *o = &s->open[s->source];
	uint64_t chunks = evtx_chunk_count(src->size);
	bool small = chunks <= LIMIT_UNIT_CHUNKS;
	*u = (struct unit){.kind = s->kind, .source = src->index, .size = src->size};
	o->pending++;
	if (s->hash && !small && !s->chunk && !o->hash_given) {
		u->kind = UNIT_HASH;
		o->hash_given = true;
		return;
	}
	u->first = s->chunk;
	u->n = chunks - s->chunk < s->unit_chunks ? chunks - s->chunk : s->unit_chunks;
	u->header = s->chunk == 0;
	u->hash = s->hash && small;
	s->chunk += u->n;
	if (s->chunk >= chunks)
		finish_source(s);
}

int schedule_next(struct schedule *s, struct ledger *l, struct unit *u, int *fd, struct err *e)
{
	if (s->n_retries) {
		*u = s->retries[--s->n_retries];
		*fd = s->open[u->source].fd;
		return 0;
	}
	if (!s->started) {
		int rc = start_source(s, l, e);
		if (rc != 0)
			return rc;
	}
	size_t at = s->source;
	cut_unit(s, u);
	*fd = s->open[at].fd;
	return 0;
}

uint64_t unit_bytes(const struct unit *u)
{
	uint64_t from = evtx_chunk_offset(u->first), to = evtx_chunk_offset(u->first + u->n);
	if (u->kind == UNIT_HASH)
		return 0;
	if (u->header)
		from = 0;
	to = to < u->size ? to : u->size;
	return to > from ? to - from : 0;
}

static void close_source(struct schedule *s, struct ledger *l, uint32_t at)
{
	struct source *src = &s->sources->v[at];
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "changed"};
	struct err ignored = {0};
	close(s->open[at].fd);
	s->open[at].fd = -1;
	s->files_done++;
	if (!source_recheck(src))
		return;
	snprintf(d.what, sizeof(d.what),
		 "the file's size or times changed while it was read; it may not be evidence at rest");
	ledger_damage(l, at, &d, &ignored);
}

void schedule_done(struct schedule *s, struct ledger *l, const struct unit *u)
{
	struct open_source *o = &s->open[u->source];
	s->bytes_done += unit_bytes(u);
	o->pending--;
	if (!o->pending && o->all_given)
		close_source(s, l, u->source);
}

int schedule_retry(struct schedule *s, const struct unit *u, struct err *e)
{
	size_t n = (size_t)u->n + (u->hash || u->kind == UNIT_HASH) + (u->header && !u->n);
	if (room((void **)&s->retries, &s->cap_retries, s->n_retries + n, sizeof(*s->retries), e) < 0)
		return -1;
	struct unit one = {.kind = UNIT_SCAN, .source = u->source, .size = u->size, .single = true};
	if (u->hash || u->kind == UNIT_HASH) {
		struct unit again = one;
		again.kind = UNIT_HASH;
		s->retries[s->n_retries++] = again;
	}
	for (uint64_t i = 0; i < u->n || (i == 0 && u->header); i++) {
		one.first = u->first + i;
		one.n = u->n ? 1 : 0;
		one.header = u->header && i == 0;
		s->retries[s->n_retries++] = one;
	}
	s->open[u->source].pending += n - 1; /* the lost one is still counted */
	return 0;
}
