/* SPDX-License-Identifier: Apache-2.0 */
/* The signs of a source, put together from those of its chunks and from what lies between these. */
#include "hunt-private.h"

#include <stdlib.h>

/* Many sources share what may be listed; the share does not depend on what comes first. */
static size_t sign_share(const struct ledger *l)
{
	size_t share = LIMIT_SIGNS / SIGN_KINDS / (l->n ? l->n : 1);
	if (share > LIMIT_SIGN_PLACES)
		return LIMIT_SIGN_PLACES;
	return share < 2 ? 2 : share;
}

static int keep_text(struct ledger *l, struct view *v, struct err *e)
{
	uint32_t id = v->n ? strtab_add(&l->texts, view_sub(*v, 0, 2 * LIMIT_SIGN_TEXT + 1)) : 0;
	if (id == STRTAB_NONE)
		return err_set(e, ERR_NOMEM, 0, "no memory to keep a sign");
	*v = v->n ? strtab_text(&l->texts, id) : view_str("");
	return 0;
}

static int keep_texts(struct ledger *l, struct sign_place *p, struct err *e)
{
	return keep_text(l, &p->computer, e) < 0 || keep_text(l, &p->account, e) < 0 ||
			       keep_text(l, &p->note, e) < 0
		       ? -1
		       : 0;
}

static struct sign *sign_of(struct ledger *l, uint32_t source, enum sign_kind kind, size_t max)
{
	struct sign **at = &l->entries[source].signs[kind];
	if (*at)
		return *at;
	struct sign *s = arena_alloc(&l->arena, sizeof(*s));
	struct sign_place *places = arena_array(&l->arena, max, sizeof(*places));
	if (!s || !places)
		return NULL;
	*s = (struct sign){.kind = kind, .places = places};
	return *at = s;
}

/* Only the texts of what is listed are kept, lest memory grow with the evidence. */
/* What is carved is pieces of many logs: of the order of its records nothing follows. */
static bool is_of_order(enum sign_kind k)
{
	return k == SIGN_ID_GAP || k == SIGN_ID_REPEAT || k == SIGN_ID_ORDER || k == SIGN_TIME_BACKWARDS ||
	       k == SIGN_RECOVERED;
}

int ledger_sign(struct ledger *l, uint32_t source, const struct sign *s, struct err *e)
{
	size_t max = sign_share(l);
	if (l->results[source].source->state == SOURCE_CARVED && is_of_order(s->kind))
		return 0;
	struct sign *to = sign_of(l, source, s->kind, max);
	if (!to)
		return err_set(e, ERR_NOMEM, 0, "no memory to keep a sign");
	sign_add(to, s, max);
	for (size_t i = 0; i < to->n_places; i++)
		if (keep_texts(l, &to->places[i], e) < 0)
			return -1;
	return keep_texts(l, &to->largest, e);
}

static int add(struct ledger *l, uint32_t source, enum sign_kind kind, struct sign_place p,
	       struct err *e)
{
	struct sign one = {.kind = kind,
			   .n = 1,
			   .amount = p.amount,
			   .places = &p,
			   .n_places = 1,
			   .largest = p};
	return ledger_sign(l, source, &one, e);
}

static struct sign_place between(const struct sign_point *a, const struct sign_point *b,
				 uint64_t chunk)
{
	return (struct sign_place){.offset = b->offset,
				   .chunk = chunk,
				   .record_id = b->id,
				   .time = b->time,
				   .other_offset = a->offset,
				   .other_id = a->id,
				   .other_time = a->time};
}

static int keep_runs(struct ledger *l, uint32_t source, const struct chunk_summary *c,
		     const struct chunk_edge *edge, struct err *e)
{
	struct entry *en = &l->entries[source];
	bool bad = c->present && !c->checksums_off && !c->records_crc_ok;
	for (size_t i = 0; i < edge->n_runs; i++) {
		const struct sign_run *run = &edge->runs[i], *before = i ? run - 1 : run;
		struct sign_place at = between(&before->last, &run->first, c->chunk);
		if (room((void **)&en->runs, &en->cap_runs, en->n_runs + 1, sizeof(*en->runs), e) <
		    0)
			return -1;
		en->runs[en->n_runs++] = (struct id_run){*run, c->chunk, bad};
		at.bad_checksum = bad;
		if (run->first.id < before->last.id && i &&
		    add(l, source, SIGN_ID_ORDER, at, e) < 0)
			return -1;
	}
	return 0;
}

int ledger_edge(struct ledger *l, uint32_t source, const struct chunk_summary *c,
		const struct chunk_edge *edge, struct err *e)
{
	struct entry *en = &l->entries[source];
	struct sign_place at = {.offset = c->offset, .chunk = c->chunk};
	en->asked += edge->asked;
	en->differs += edge->differs;
	en->unwritten += edge->unwritten;
	if (edge->asked && (!en->greatest || edge->least < en->least))
		en->least = edge->least;
	if (edge->greatest > en->greatest)
		en->greatest = edge->greatest;
	if (c->present && !c->checksums_off && !(c->header_crc_ok && c->records_crc_ok)) {
		at.note = view_str(c->header_crc_ok ? "records" : "header");
		if (add(l, source, SIGN_CHECKSUM, at, e) < 0)
			return -1;
	}
	return keep_runs(l, source, c, edge, e);
}

/* ---- from chunk to chunk, in the order of ids: a full log goes round ---- */

static int by_first(const void *a, const void *b)
{
	const struct id_run *x = a, *y = b;
	if (x->run.first.id != y->run.first.id)
		return x->run.first.id < y->run.first.id ? -1 : 1;
	return x->run.first.offset < y->run.first.offset
		       ? -1
		       : x->run.first.offset > y->run.first.offset;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int join(struct ledger *l, uint32_t source, const struct id_run *last,
		const struct id_run *next, struct err *e)
{
	const struct sign_point *a = &last->run.last, *b = &next->run.first;
	struct sign_place at = between(a, b, next->chunk);
	at.bad_checksum = last->bad_checksum || next->bad_checksum;
	if (b->id <= a->id) {
		at.amount = least(a->id, next->run.last.id) - b->id + 1;
		at.other_id = last->run.first.id;
		at.other_offset = last->run.first.offset;
		return add(l, source, SIGN_ID_REPEAT, at, e);
	}
	at.amount = b->id - a->id - 1;
	if (at.amount && add(l, source, SIGN_ID_GAP, at, e) < 0)
		return -1;
	at.amount = a->time - b->time;
	if (!b->time || b->time + SIGN_TIME_TOLERANCE >= a->time)
		return 0;
	return add(l, source, SIGN_TIME_BACKWARDS, at, e);
}

static int join_all(struct ledger *l, uint32_t source, struct err *e)
{
	struct entry *en = &l->entries[source];
	const struct id_run *last = en->runs;
	if (en->n_runs)
		qsort(en->runs, en->n_runs, sizeof(*en->runs), by_first);
	for (size_t i = 1; i < en->n_runs; i++) {
		if (join(l, source, last, &en->runs[i], e) < 0)
			return -1;
		if (en->runs[i].run.last.id > last->run.last.id)
			last = &en->runs[i];
	}
	l->results[source].first_id = en->n_runs ? en->runs[0].run.first.id : 0;
	l->results[source].last_id = en->n_runs ? last->run.last.id : 0;
	return 0;
}

/* ---- the whole log ---- */

/*
 * Windows numbers what it saves anew, and the times in the headers are not TimeCreated any more:
 * many saved logs have a record without one, no log that was written event by event has
 * (docs/signs.md).
 */
static bool is_export(const struct entry *en)
{
	return en->unwritten || en->differs > en->asked / 2;
}

static int close_export(struct ledger *l, uint32_t source, struct err *e)
{
	struct entry *en = &l->entries[source];
	struct sign_place at = {.record_id = en->least, .other_id = en->greatest};
	uint64_t range = en->greatest - en->least + 1;
	en->signs[SIGN_ID_DIFFERS] = en->signs[SIGN_HEADER_TIME] = NULL;
	at.amount = range > l->results[source].records ? range - l->results[source].records : 0;
	return add(l, source, SIGN_EXPORTED, at, e);
}

static int close_header(struct ledger *l, uint32_t source, struct err *e)
{
	const struct source_result *r = &l->results[source];
	struct sign_place at = {.record_id = r->last_id, .other_id = r->header_next_id};
	uint64_t should = r->last_id + 1;
	bool dirty = r->header_flags & 1u;
	if (!r->has_header || !r->header_crc_ok || r->header_next_id == should)
		return 0;
	/* Of a log in use the header is old. */
	if (r->header_next_id < should && dirty)
		return 0;
	at.amount = r->header_next_id > should ? r->header_next_id - should
					       : should - r->header_next_id;
	return add(l, source, SIGN_NEXT_ID, at, e);
}

static int close_start(struct ledger *l, uint32_t source, struct err *e)
{
	const struct entry *en = &l->entries[source];
	for (size_t i = 1; i < en->n_runs; i++)
		if (en->runs[i].chunk < en->runs[0].chunk)
			return 0; /* it went round */
	if (!en->n_runs || en->runs[0].run.first.id <= 1)
		return 0;
	struct sign_place at =
		between(&(struct sign_point){0}, &en->runs[0].run.first, en->runs[0].chunk);
	at.amount = at.record_id - 1;
	return add(l, source, SIGN_LATE_START, at, e);
}

static int list(struct ledger *l, uint32_t source, struct err *e)
{
	struct entry *en = &l->entries[source];
	struct source_result *r = &l->results[source];
	size_t n = 0;
	for (size_t i = 0; i < SIGN_KINDS; i++)
		n += en->signs[i] != NULL;
	r->signs = arena_array(&l->arena, n + 1, sizeof(*r->signs));
	if (!r->signs)
		return err_set(e, ERR_NOMEM, 0, "no memory for the signs");
	for (size_t i = 0; i < SIGN_KINDS; i++)
		if (en->signs[i])
			r->signs[r->n_signs++] = *en->signs[i];
	r->id_gaps = en->signs[SIGN_ID_GAP] ? en->signs[SIGN_ID_GAP]->amount : 0;
	return 0;
}

int ledger_close_signs(struct ledger *l, uint32_t source, struct err *e)
{
	const struct source *s = l->results[source].source;
	const struct sign_place nowhere = {0};
	int rc = 0;
	if (s->kind == SOURCE_EMPTY && source_is_missed(s))
		rc = add(l, source, SIGN_EMPTY, nowhere, e);
	if (l->results[source].read && s->state != SOURCE_CARVED) {
		rc = join_all(l, source, e);
		rc = rc ? rc : close_header(l, source, e);
		rc = rc ? rc : close_start(l, source, e);
		if (rc == 0 && is_export(&l->entries[source]))
			rc = close_export(l, source, e);
	}
	return rc ? rc : list(l, source, e);
}
