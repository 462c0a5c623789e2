/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose the kept events are. Each round asks for the facts that the last one showed to matter,
 * reads the facts once, and works out lifetimes and bindings anew.
 */
#include "correlate-private.h"

/* ---- what is wanted ---- */

/* `whole`: all about the process; else only whether it has a start record, and what names it. */
static int ask_guid(struct correlate *c, uint32_t host, const struct guid *g, bool whole)
{
	struct entry *en;

	if (guid_is_null(g))
		return 0;
	en = wanted_guid(&c->wanted, KEY_GUID, host, g);
	if (!en)
		return -1;
	en->whole |= whole;
	for (size_t i = 0; i < OF_COUNT; i++) {
		bool ask = en->whole || i == OF_START || i == OF_CARRIER;

		if (ask && !en->of[i].n_asked && nearby_ask(&en->of[i], 0) < 0)
			return -1;
	}
	return 0;
}

static int ask_pid(struct correlate *c, uint32_t host, uint64_t pid, uint64_t time, uint64_t utc)
{
	struct entry *en = wanted_number(&c->wanted, KEY_PID, host, pid);
	struct entry *boots = wanted_number(&c->wanted, KEY_BOOT, host, 0);

	if (!en || !boots)
		return -1;
	for (size_t i = OF_START; i <= OF_LOAD; i++)
		if (nearby_ask(&en->of[i], time) < 0 ||
		    (utc != time && nearby_ask(&en->of[i], utc) < 0))
			return -1;
	return nearby_ask(&boots->of[OF_START], time) < 0 ||
			       (utc != time && nearby_ask(&boots->of[OF_START], utc) < 0)
		       ? -1
		       : 0;
}

int want_process(struct correlate *c, uint32_t host, const struct guid *g, bool has_pid,
		 uint64_t pid, uint64_t time, uint64_t utc)
{
	if (ask_guid(c, host, g, true) < 0)
		return -1;
	return has_pid ? ask_pid(c, host, pid, time, utc) : 0;
}

static int ask_kept(struct correlate *c, struct kept *k)
{
	const struct activity *act = &k->act;
	uint64_t time = k->event.time_created, utc = act->utc_time;

	if (want_process(c, k->host, &act->guid, act->has_pid, act->pid, time, utc) < 0 ||
	    want_process(c, k->host, &act->parent_guid, act->has_parent_pid, act->parent_pid, time,
			 utc) < 0)
		return -1;
	if (k->life && ask_guid(c, k->host, &k->life->guid, true) < 0)
		return -1;
	return who_ask(c, k) < 0 ? -1 : filtered_ask(c, k);
}

/*
 * What bears a GUID and that PID may name a process of Security's, and tells of its end only when
 * the GUID has no start record of its own.
 */
static int ask_named(struct correlate *c, const struct entry *en)
{
	for (size_t of = OF_END; of <= OF_LOAD; of++)
		for (size_t i = 0; i < en->of[of].n; i++)
			if (ask_guid(c, en->host, &en->of[of].held[i]->fact.guid, false) < 0)
				return -1;
	return 0;
}

/* Where the GUID's process lived; without a start record, where what names it may tell. */
static int ask_bearer(struct correlate *c, const struct entry *en)
{
	const struct nearby *starts = &en->of[OF_START], *carriers = &en->of[OF_CARRIER];

	if (starts->n) {
		const struct fact *f = &starts->held[0]->fact;

		return ask_pid(c, en->host, f->pid, f->time, f->utc);
	}
	for (size_t i = 0; i < carriers->n; i++) {
		const struct fact *f = &carriers->held[i]->fact;
		uint64_t pid = guid_eq(&f->guid, &en->guid) ? f->pid : f->parent_pid;

		if (ask_pid(c, en->host, pid, f->time, f->utc) < 0)
			return -1;
	}
	return 0;
}

static int ask_all(struct correlate *c, void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < c->n_kept; i++)
		if (ask_kept(c, c->kept[i]) < 0)
			return -1;
	return 0;
}

/* What follows from the facts read so far; the list grows meanwhile, new entries have none yet. */
static int ask_further(struct correlate *c)
{
	for (size_t i = 0, n = c->wanted.n; i < n; i++) {
		const struct entry *en = c->wanted.entries[i];

		if (en->kind == KEY_PID && ask_named(c, en) < 0)
			return -1;
		if (en->kind == KEY_GUID && en->whole && ask_bearer(c, en) < 0)
			return -1;
	}
	return 0;
}

/* ---- working it out ---- */

static struct life *life_of_kept(const struct correlate *c, const struct kept *k)
{
	const struct activity *act = &k->act;

	if (k->act.kind == KIND_PROCESS_START)
		return k->has_self ? life_of_start(&c->wanted, k->host, &k->self) : NULL;
	if (!guid_is_null(&act->guid))
		return life_of_guid(&c->wanted, k->host, &act->guid);
	if (!act->has_pid)
		return NULL;
	return life_at(&c->wanted, k->host, act->pid, k->event.time_created, act->utc_time,
		       act->image);
}

static int resolve(struct correlate *c)
{
	arena_reset(&c->round);
	for (size_t i = 0; i < c->wanted.n; i++)
		if (c->wanted.entries[i]->kind == KEY_BOOT &&
		    boots_build(c->wanted.entries[i], &c->round) < 0)
			return -1;
	for (size_t i = 0; i < c->wanted.n; i++) {
		struct entry *en = c->wanted.entries[i];

		if (en->kind == KEY_PID && lives_build(&c->wanted, en, &c->round) < 0)
			return -1;
	}
	if (bind_orphans(c) < 0)
		return -1;
	for (size_t i = 0; i < c->n_kept; i++)
		c->kept[i]->life = life_of_kept(c, c->kept[i]);
	return 0;
}

static int prepare(const struct correlate *c, const struct fact_reader *facts, struct err *e)
{
	struct map keys;
	int r;

	if (!facts->prepare)
		return 0;
	map_init(&keys);
	r = wanted_clues(&c->wanted, &keys) < 0 ? nomem(e) : facts->prepare(facts->ctx, &keys, e);
	map_release(&keys);
	return r;
}

static int scan(struct correlate *c, const struct fact_reader *facts, struct err *e)
{
	struct fact f;
	int r;

	for (size_t i = 0; i < c->n_kept; i++)
		if (c->kept[i]->has_self && wanted_fact(&c->wanted, &c->kept[i]->self) < 0)
			return nomem(e);
	if (!facts)
		return 0;
	r = prepare(c, facts, e);
	r = r ? r : facts->rewind(facts->ctx, e);
	while (r == 0 && (r = facts->next(facts->ctx, &f, e)) == 0)
		if (wanted_fact(&c->wanted, &f) < 0)
			return nomem(e);
	return r < 0 ? -1 : 0;
}

int identity_scan(struct correlate *c, const struct fact_reader *facts, unsigned rounds,
		  int (*ask)(struct correlate *c, void *ctx), void *ctx, struct err *e)
{
	for (unsigned i = 0; i < rounds; i++) {
		if (ask(c, ctx) < 0 || ask_further(c) < 0)
			return nomem(e);
		if (!wanted_open(&c->wanted))
			return 0;
		if (scan(c, facts, e) < 0)
			return -1;
		wanted_close(&c->wanted);
		if (resolve(c) < 0)
			return nomem(e);
	}
	return 0;
}

/* ---- telling the events ---- */

static bool put_host(const struct correlate *c, uint32_t host, struct buf *b)
{
	struct view v = strtab_text(&c->wanted.hosts, host);

	while (v.n)
		text_put(b, text_fold(text_next(&v)));
	buf_byte(b, '|');
	return !b->bad;
}

static struct view keep_buf(struct correlate *c, struct buf *b)
{
	struct view v = b->bad ? (struct view){NULL, 0} : arena_keep(&c->arena, buf_data(b));

	buf_release(b);
	return v;
}

static struct view guid_entity(struct correlate *c, uint32_t host, const struct guid *g)
{
	char text[GUID_TEXT];
	struct buf b;

	buf_init(&b, 0);
	guid_format(g, text);
	put_host(c, host, &b);
	buf_str(&b, text);
	return keep_buf(c, &b);
}

struct view life_entity(struct correlate *c, const struct life *l)
{
	char time[TIME_TEXT];
	struct buf b;

	if (!guid_is_null(&l->guid))
		return guid_entity(c, l->host, &l->guid);
	buf_init(&b, 0);
	time_format(l->start, time);
	put_host(c, l->host, &b);
	buf_fmt(&b, "%llu@%s", (unsigned long long)l->pid, time);
	return keep_buf(c, &b);
}

struct life *parent_life(const struct wanted *w, const struct life *l)
{
	const struct fact *f = &life_record(l)->fact;
	struct life *parent;

	if (!guid_is_null(&f->parent_guid))
		return life_of_guid(w, l->host, &f->parent_guid);
	if (!f->parent_pid)
		return NULL;
	parent = life_at(w, l->host, f->parent_pid, f->time, f->utc, f->parent_image);
	return parent == l ? NULL : parent;
}

static struct view entity_of(struct correlate *c, const struct kept *k)
{
	if (!guid_is_null(&k->act.guid))
		return guid_entity(c, k->host, &k->act.guid);
	return k->life ? life_entity(c, k->life) : view_str("");
}

static struct view parent_entity_of(struct correlate *c, const struct kept *k)
{
	const struct life *parent = k->life ? parent_life(&c->wanted, k->life) : NULL;
	const struct guid *g = &k->act.parent_guid;

	/* The Sysmon record of the same start may name the parent's GUID. */
	if (guid_is_null(g) && k->life && k->life->sysmon)
		g = &k->life->sysmon->fact.parent_guid;
	if (!guid_is_null(g))
		return guid_entity(c, k->host, g);
	return parent ? life_entity(c, parent) : view_str("");
}

static const struct held *load_of(const struct correlate *c, const struct kept *k)
{
	const struct guid *g = &k->act.guid;
	const struct entry *en;

	if (guid_is_null(g) && k->life)
		g = &k->life->guid;
	if (!guid_is_null(g)) {
		en = wanted_find_guid(&c->wanted, KEY_GUID, k->host, g);
		return en && en->of[OF_LOAD].n ? en->of[OF_LOAD].held[0] : NULL;
	}
	en = k->life ? wanted_find_number(&c->wanted, KEY_PID, k->host, k->life->pid) : NULL;
	for (size_t i = 0; en && i < en->of[OF_LOAD].n; i++) {
		const struct held *h = en->of[OF_LOAD].held[i];

		if (guid_is_null(&h->fact.guid) && h->fact.time >= k->life->start &&
		    h->fact.time < k->life->end)
			return h;
	}
	return NULL;
}

static void find_twin(const struct correlate *c, struct kept *k)
{
	const struct fact *f;

	if (k->act.kind != KIND_PROCESS_START || !k->life)
		return;
	k->twin = k->self.sysmon ? k->life->security : k->life->sysmon;
	if (!k->twin)
		return;
	f = &k->twin->fact;
	k->twin_kept = kept_find(c, k->host, f->channel, f->record_id, f->time, f->identity);
}

static int tell(struct correlate *c, struct kept *k)
{
	struct derived *d = &k->derived;

	d->entity = entity_of(c, k);
	d->parent_entity = parent_entity_of(c, k);
	if (!d->entity.p || !d->parent_entity.p)
		return -1;
	k->load = load_of(c, k);
	d->has_signature = k->load != NULL;
	/* A copy: held facts may go when more of them are read. */
	d->signer = k->load && k->load->fact.text.n ? arena_keep(&c->arena, k->load->fact.text)
						    : view_str("");
	d->signature_trusted = k->load && k->load->fact.trusted;
	find_twin(c, k);
	who_derive(c, k);
	if (k->logon)
		d->user_sid = arena_keep(&c->arena, d->user_sid);
	return d->signer.p && d->user_sid.p ? 0 : -1;
}

int identity_run(struct correlate *c, const struct fact_reader *facts, struct err *e)
{
	if (!c->n_kept)
		return 0;
	if (identity_scan(c, facts, LIMIT_IDENTITY_ROUNDS, ask_all, NULL, e) < 0)
		return -1;
	for (size_t i = 0; i < c->n_kept; i++)
		if (tell(c, c->kept[i]) < 0)
			return nomem(e);
	return filtered_pair(c) < 0 ? nomem(e) : 0;
}
