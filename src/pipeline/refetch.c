/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the records that findings rest on once more: only the chunks that hold them, each record
 * once however many findings name it.
 */
#include "hunt-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One record of the findings. */
struct slot {
	struct place place;
	bool witness;
	uint64_t identity; /* of the record that was matched; 0: not known */
	bool changed;      /* another record stands there now */
	struct record_proof *proof;
	struct event *event;
};
struct refetch {
	struct hunt *h;
	struct refetched *what;
	struct slot *slots;
	size_t n, cap;
	struct fetch_list list; /* in the order of the slots */
};

static int add_slot(struct refetch *f, const struct place *p, bool witness, uint64_t identity,
		    struct err *e)
{
	if (room((void **)&f->slots, &f->cap, f->n + 1, sizeof(*f->slots), e) < 0)
		return -1;
	f->slots[f->n++] = (struct slot){.place = *p, .witness = witness, .identity = identity};
	return 0;
}

/* Whether the other decoder reads one more record of the rule. */
static bool witnessed(struct refetch *f, uint32_t rule)
{
	uint64_t *left = f->what->witness;
	if (f->h->opt->verify == VERIFY_NONE)
		return false;
	if (f->h->opt->verify == VERIFY_ALL)
		return true;
	if (left && left[rule]) {
		left[rule]--;
		return true;
	}
	f->h->not_witnessed++;
	return false;
}

static int collect(struct refetch *f, struct err *e)
{
	for (size_t i = 0; i < f->what->n; i++) {
		const struct finding *fi = &f->what->v[i];
		for (size_t k = 0; k < fi->n_evidence; k++)
			if (add_slot(f, &fi->evidence[k].place, witnessed(f, fi->rule),
				     fi->evidence[k].identity, e) < 0)
				return -1;
		for (size_t k = 0; k < fi->n_tree; k++)
			if (fi->tree[k].start.size &&
			    add_slot(f, &fi->tree[k].start, false, 0, e) < 0)
				return -1;
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	if (x->place.source != y->place.source)
		return x->place.source < y->place.source ? -1 : 1;
	if (x->place.chunk != y->place.chunk)
		return x->place.chunk < y->place.chunk ? -1 : 1;
	return x->place.offset < y->place.offset ? -1 : x->place.offset > y->place.offset;
}

static void unite(struct refetch *f)
{
	size_t n = 0;
	if (f->n)
		qsort(f->slots, f->n, sizeof(*f->slots), by_place);
	for (size_t i = 0; i < f->n; i++) {
		struct slot *last = n ? &f->slots[n - 1] : NULL;
		if (!last || by_place(last, &f->slots[i]) != 0) {
			f->slots[n++] = f->slots[i];
			continue;
		}
		last->witness = last->witness || f->slots[i].witness;
		last->identity = last->identity ? last->identity : f->slots[i].identity;
	}
	f->n = n;
}

static int list_wanted(struct refetch *f, struct err *e)
{
	struct arena *a = &f->what->arena;
	for (size_t i = 0; i < f->n; i++) {
		struct slot *s = &f->slots[i];
		const struct fetch_at at = {s->place.source, s->place.chunk};
		if (fetch_list_add(&f->list, &at, s->place.offset, s->witness, e) < 0)
			return -1;
		s->proof = arena_alloc(a, sizeof(*s->proof));
		if (!s->proof)
			return err_set(e, ERR_NOMEM, 0, "no memory for the evidence of findings");
		s->proof->witness = view_str("could not be read again");
	}
	return 0;
}

/* ---- units: one chunk each ---- */

static int fetch_next(void *ctx, struct unit *u, int *fd, struct err *e)
{
	struct refetch *f = ctx;
	(void)e;
	return fetch_list_next(&f->list, u, fd);
}

static int on_proof(void *ctx, const struct proof_frame *p, struct err *e)
{
	struct refetch *f = ctx;
	struct arena *a = &f->what->arena;
	if (p->slot >= f->n)
		return 0;
	struct slot *s = &f->slots[p->slot];
	if (!p->known)
		return 0;
	arena_reset(&f->h->row);
	s->changed = s->identity && p->has_event &&
		     event_identity(&p->event, &f->h->row) != s->identity;
	if (s->changed)
		return 0;
	s->proof->known = true;
	memcpy(s->proof->record_sha256, p->record_sha256, 32);
	memcpy(s->proof->chunk_sha256, p->chunk_sha256, 32);
	s->proof->chunk_at = p->chunk_at;
	s->proof->chunk_lead = p->chunk_lead;
	s->proof->chunk_size = p->chunk_size;
	if (f->list.wanted[p->slot].witness || !s->witness)
		s->proof->witness = arena_keep(a, p->witness);
	if (!p->has_event)
		return 0;
	s->event = arena_alloc(a, sizeof(*s->event));
	if (!s->event || event_keep(a, &p->event, s->event) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for the evidence of findings");
	return 0;
}

static int fetch_answer(void *ctx, const struct unit *u, struct view reply, struct err *e)
{
	struct refetch *f = ctx;
	const struct reply_sink sink = {.ctx = f, .proof = on_proof};
	(void)u;
	return reply_read(reply, &f->h->opt->rules->fields, f->h->opt->rules, &sink, e);
}

static int witness_died(struct refetch *f, struct slot *s, const char *why, struct err *e)
{
	struct buf b;
	buf_init(&b, 0);
	buf_fmt(&b, "%s cannot read it: %s", f->h->opt->libevtx ? "evtxhound" : "libevtx", why);
	s->proof->witness = arena_keep(&f->what->arena, buf_data(&b));
	buf_release(&b);
	return s->proof->witness.p ? 0 : err_set(e, ERR_NOMEM, 0, "no memory for a witness");
}

/* A chunk that kills the witness is asked again, record by record, then without the witness. */
static int fetch_lost(void *ctx, const struct unit *u, const char *why, struct err *e)
{
	struct refetch *f = ctx;
	bool alone = u->n_wanted == 1;
	f->h->ledger.results[u->source].worker_deaths++;
	if (alone && !u->wanted[0].witness)
		return 0;
	for (size_t i = 0; i < u->n_wanted; i++) {
		uint32_t slot = u->wanted[i].slot;
		if (slot >= f->n)
			continue;
		if (alone) {
			f->list.wanted[slot].witness = false;
			if (witness_died(f, &f->slots[slot], why, e) < 0)
				return -1;
		}
		if (fetch_list_again(&f->list, u, slot, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- handing out ---- */

/* The same record may be asked for again, for other findings. */
static bool first_loss(struct refetch *f, const struct place *p)
{
	uint64_t key = p->offset ^ (uint64_t)p->source << 40;
	if (map_get(&f->h->lost_records, key, NULL))
		return false;
	map_put(&f->h->lost_records, key, 1); /* without memory it is told again */
	return true;
}

/* A record that was matched and is not there any more: what is told of it is what was matched. */
static int tell_lost(struct refetch *f, struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct slot *s = &f->slots[i];
		struct damage d = {.severity = DAMAGE_LOSS, .offset = s->place.offset,
				   .length = s->place.size, .kind = "reread"};
		snprintf(d.what, sizeof(d.what), "%s",
			 s->changed ? "another record stands here than the one that was matched"
				    : "the record was matched and could not be read again");
		if (!s->proof->known && first_loss(f, &s->place) &&
		    ledger_damage(&f->h->ledger, s->place.source, &d, e) < 0)
			return -1;
	}
	return 0;
}

static struct slot *find_slot(struct refetch *f, const struct place *p)
{
	struct slot key = {.place = *p};
	return bsearch(&key, f->slots, f->n, sizeof(*f->slots), by_place);
}

static void hand_out(struct refetch *f)
{
	for (size_t i = 0; i < f->what->n; i++) {
		struct finding *fi = &f->what->v[i];
		for (size_t k = 0; k < fi->n_evidence; k++) {
			struct slot *s = find_slot(f, &fi->evidence[k].place);
			fi->evidence[k].proof = s->proof;
			if (s->event)
				fi->evidence[k].event = s->event;
		}
		for (size_t k = 0; k < fi->n_tree; k++) {
			struct slot *s = find_slot(f, &fi->tree[k].start);
			if (s && s->event)
				fi->tree[k].event = s->event;
		}
	}
}

int hunt_refetch(struct hunt *h, struct refetched *what, struct err *e)
{
	struct refetch f = {.h = h, .what = what};
	const struct pool_client client = {.ctx = &f, .next = fetch_next, .answer = fetch_answer,
					   .lost = fetch_lost};
	fetch_list_init(&f.list, h, UNIT_FETCH);
	int rc = collect(&f, e);
	if (rc == 0) {
		unite(&f);
		rc = list_wanted(&f, e);
	}
	if (rc == 0)
		rc = pool_run(h->pool, &client, h->opt->stop, e);
	if (rc == 0)
		rc = tell_lost(&f, e);
	if (rc == 0)
		hand_out(&f);
	fetch_list_release(&f.list);
	mem_free(f.slots);
	return rc;
}
