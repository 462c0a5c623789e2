/* SPDX-License-Identifier: Apache-2.0 */
#include "hunt-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int room(void **v, size_t *cap, size_t n, size_t size, struct err *e)
{
	if (n <= *cap)
		return 0;
	size_t want = *cap * 2 > n ? *cap * 2 : n; /* of most sources there is one: many hold few each */
	void *p = mem_grow(*v, want * size);
	if (!p)
		return err_set(e, ERR_NOMEM, 0, "no memory to keep what was read");
	*v = p;
	*cap = want;
	return 0;
}

int ledger_init(struct ledger *l, const struct source_list *sources, bool keep_chunks, struct err *e)
{
	memset(l, 0, sizeof(*l));
	arena_init(&l->arena, SIZE_MAX);
	strtab_init(&l->texts, false, SIZE_MAX);
	strtab_init(&l->kinds, false, SIZE_MAX);
	map_init(&l->row_of);
	l->keep_chunks = keep_chunks;
	l->n = sources->n;
	l->results = mem_alloc((sources->n + 1) * sizeof(*l->results));
	l->entries = mem_alloc((sources->n + 1) * sizeof(*l->entries));
	if (!l->results || !l->entries)
		return err_set(e, ERR_NOMEM, 0, "no memory for %zu sources", sources->n);
	for (size_t i = 0; i < sources->n; i++)
		l->results[i].source = &sources->v[i];
	return 0;
}

void ledger_release(struct ledger *l)
{
	for (size_t i = 0; l->results && l->entries && i < l->n; i++) {
		mem_free(l->entries[i].runs);
		mem_free(l->entries[i].loose);
		mem_free(l->entries[i].damage);
		mem_free(l->entries[i].chunks);
		mem_free(l->results[i].verify.v);
	}
	mem_free(l->results);
	mem_free(l->entries);
	mem_free(l->rows);
	map_release(&l->row_of);
	strtab_release(&l->texts);
	strtab_release(&l->kinds);
	arena_release(&l->arena);
}

int ledger_header(struct ledger *l, uint32_t source, const struct header_frame *h)
{
	struct source_result *r = &l->results[source];
	r->has_header = h->present;
	r->header_crc_ok = h->crc_ok;
	r->header_flags = h->flags;
	r->header_major = h->major;
	r->header_minor = h->minor;
	r->header_chunks = h->chunks;
	r->header_next_id = h->next_id;
	r->bytes_header += h->bytes_header;
	r->bytes_zero += h->bytes_zero;
	r->bytes_unknown += h->bytes_unknown;
	return 0;
}

static int keep_chunk(struct entry *en, const struct chunk_summary *s, struct err *e)
{
	if (room((void **)&en->chunks, &en->cap_chunks, en->n_chunks + 1, sizeof(*en->chunks), e) < 0)
		return -1;
	en->chunks[en->n_chunks++] = *s;
	return 0;
}

static int keep_loose(struct entry *en, const struct chunk_summary *s, const struct chunk_counts *n,
		      struct err *e)
{
	if (s->present || n->records || n->recovered) {
		if (s->offset + EVTX_CHUNK_SIZE > en->used_end)
			en->used_end = s->offset + EVTX_CHUNK_SIZE;
		return 0;
	}
	if (room((void **)&en->loose, &en->cap_loose, en->n_loose + 1, sizeof(*en->loose), e) < 0)
		return -1;
	en->loose[en->n_loose++] = (struct loose_chunk){s->offset, s->unused};
	return 0;
}

static void add_bytes(struct source_result *r, const struct chunk_summary *s)
{
	r->bytes_header += s->bytes_header;
	r->bytes_record += s->bytes_record;
	r->bytes_slack += s->bytes_slack;
	r->bytes_free += s->bytes_free;
	r->bytes_zero += s->bytes_zero;
	r->bytes_unknown += s->bytes_unknown;
}

int ledger_chunk(struct ledger *l, uint32_t source, const struct chunk_summary *s,
		 const struct chunk_counts *n, struct err *e)
{
	struct source_result *r = &l->results[source];
	r->chunks++;
	r->chunks_used += s->present && !s->unused;
	r->chunks_bad += !s->present && !s->unused;
	if (s->present && !s->checksums_off)
		r->checksums_bad += !s->header_crc_ok || !s->records_crc_ok;
	r->checksums_off = r->checksums_off || (s->present && s->checksums_off);
	r->records += n->records;
	r->whole += n->whole;
	r->partly += n->partly;
	r->undecoded += n->undecoded;
	r->not_asked += n->not_asked;
	r->recovered += n->recovered;
	r->hidden += n->hidden;
	r->reconstructed += n->reconstructed;
	add_bytes(r, s);
	if (l->keep_chunks && keep_chunk(&l->entries[source], s, e) < 0)
		return -1;
	return keep_loose(&l->entries[source], s, n, e);
}

void ledger_unread(struct ledger *l, uint32_t source, uint64_t bytes)
{
	l->results[source].bytes_unknown += bytes;
}

void ledger_no_log(struct ledger *l, struct source *s)
{
	struct source_result *r = &l->results[s->index];
	s->kind = SOURCE_OTHER;
	s->format = "";
	l->entries[s->index].n_damage = 0;
	*r = (struct source_result){.source = s, .worker_deaths = r->worker_deaths};
}

static uint64_t row_key(const struct tally_row *t)
{
	return hash_bytes(t->event_id, (const uint32_t[]){t->source, t->computer, t->channel, t->provider},
			  4 * sizeof(uint32_t));
}

static bool row_is(const struct tally_row *a, const struct tally_row *b)
{
	return a->source == b->source && a->computer == b->computer && a->channel == b->channel &&
	       a->provider == b->provider && a->event_id == b->event_id;
}

void span_add(struct span *s, const struct span *other)
{
	if (!other->last || (other->doubtful && s->last && !s->doubtful))
		return;
	if (!s->last || (s->doubtful && !other->doubtful)) {
		*s = *other;
		return;
	}
	s->first = other->first < s->first ? other->first : s->first;
	s->last = other->last > s->last ? other->last : s->last;
}

/* By TimeCreated: logs that were exported have record headers without a time. */
static void add_times(struct ledger *l, uint32_t source, const struct tally *t)
{
	struct span *s = &l->entries[source].times;

	span_add(s, &t->times);
	l->results[source].first_time = s->first;
	l->results[source].last_time = s->last;
}

int ledger_tally(struct ledger *l, uint32_t source, const struct tally *t, struct err *e)
{
	struct tally_row row = {.source = source, .event_id = t->event_id, .n = t->n,
				.times = t->times};
	uint64_t at;
	add_times(l, source, t);
	row.computer = strtab_add(&l->texts, t->computer);
	row.channel = strtab_add(&l->texts, t->channel);
	row.provider = strtab_add(&l->texts, t->provider);
	uint64_t key = row_key(&row);
	if (map_get(&l->row_of, key, &at) && row_is(&l->rows[at], &row)) {
		struct tally_row *have = &l->rows[at];
		have->n += row.n;
		span_add(&have->times, &row.times);
		return 0;
	}
	if (room((void **)&l->rows, &l->cap_rows, l->n_rows + 1, sizeof(row), e) < 0)
		return -1;
	if (!map_put(&l->row_of, key, l->n_rows) || row.computer == STRTAB_NONE ||
	    row.channel == STRTAB_NONE || row.provider == STRTAB_NONE)
		return err_set(e, ERR_NOMEM, 0, "no memory to count records");
	l->rows[l->n_rows++] = row;
	return 0;
}

/* Many damaged sources share what may be listed; the share does not depend on what comes first. */
static size_t damage_share(const struct ledger *l)
{
	size_t share = l->n ? LIMIT_DAMAGE / l->n : LIMIT_DAMAGE;
	if (share > LIMIT_DAMAGE_PER_SOURCE)
		return LIMIT_DAMAGE_PER_SOURCE;
	return share < 20 ? 20 : share;
}

static int by_offset(const void *a, const void *b)
{
	const struct damage *x = a, *y = b;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	int k = strcmp(x->kind, y->kind);
	return k ? k : strcmp(x->what, y->what);
}

/* When the list is full the farthest one goes: the order in which workers answer must not show. */
static struct damage *farthest(struct entry *en)
{
	struct damage *far = en->damage;
	for (size_t i = 1; i < en->n_damage; i++)
		if (by_offset(&en->damage[i], far) > 0)
			far = &en->damage[i];
	return far;
}

/* What is carved is pieces: that there is no more of a chunk or a log is no damage to it. */
static bool is_of_pieces(const char *kind)
{
	static const char *const kinds[] = {"header-signature", "chunk-signature", "chunk-short", "record-gap",
					    "template-offset", "template-id", "chunk-place"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i], kind))
			return true;
	return false;
}

int ledger_damage(struct ledger *l, uint32_t source, const struct damage *d, struct err *e)
{
	struct entry *en = &l->entries[source];
	struct damage keep = *d, *at;
	if (l->results[source].source->state == SOURCE_CARVED && is_of_pieces(d->kind))
		keep.severity = DAMAGE_NOTE;
	/* With its NUL, so that what the table keeps is a C string. */
	struct view name = {(const uint8_t *)d->kind, strlen(d->kind) + 1};
	uint32_t kind = strtab_add(&l->kinds, name);
	if (kind == STRTAB_NONE ||
	    room((void **)&en->damage, &en->cap_damage, en->n_damage + 1, sizeof(*d), e) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory to keep a damage");
	keep.kind = (const char *)strtab_text(&l->kinds, kind).p;
	if (keep.severity == DAMAGE_LOSS)
		l->results[source].losses++;
	if (en->n_damage < damage_share(l)) {
		at = &en->damage[en->n_damage++];
	} else {
		l->results[source].more_damage++;
		at = farthest(en);
		if (by_offset(&keep, at) >= 0)
			return 0;
	}
	*at = keep;
	return 0;
}

void ledger_recheck(struct ledger *l, struct source *s)
{
	struct damage d = {.severity = DAMAGE_LOSS, .kind = "changed"};
	struct err ignored = {0};
	bool known = s->changed;
	if (!source_recheck(s) || known)
		return;
	snprintf(d.what, sizeof(d.what),
		 "the file's size or times changed while it was read; it may not be evidence at rest");
	ledger_damage(l, s->index, &d, &ignored);
}

/* ---- closing ---- */

/* What follows the last chunk in use was allotted and never used, whatever lies in it. */
static void excuse(struct entry *en, struct source_result *r, uint64_t offset)
{
	r->chunks_bad--;
	r->losses--;
	for (size_t i = 0; i < en->n_damage; i++) {
		struct damage *d = &en->damage[i];
		if (d->offset != offset || d->severity != DAMAGE_LOSS)
			continue;
		d->severity = DAMAGE_NOTE;
		snprintf(d->what, sizeof(d->what), "no chunk: what follows the last one is no record");
	}
}

/* Chunks of zeros before one in use are bad too, as the layout has told. */
static void close_loose(struct ledger *l, uint32_t source)
{
	struct entry *en = &l->entries[source];
	for (size_t i = 0; i < en->n_loose; i++) {
		const struct loose_chunk *c = &en->loose[i];
		bool last = c->offset >= en->used_end;
		if (last && !c->zero && l->results[source].source->state != SOURCE_CARVED)
			excuse(en, &l->results[source], c->offset);
		if (!last && c->zero)
			l->results[source].chunks_bad++;
	}
}

static int by_chunk(const void *a, const void *b)
{
	const struct chunk_summary *x = a, *y = b;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int by_row(const void *a, const void *b, void *ctx)
{
	const struct tally_row *x = a, *y = b;
	const struct strtab *t = ctx;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	int k = view_cmp(strtab_text(t, x->channel), strtab_text(t, y->channel));
	if (!k)
		k = view_cmp(strtab_text(t, x->provider), strtab_text(t, y->provider));
	if (k)
		return k;
	if (x->event_id != y->event_id)
		return x->event_id < y->event_id ? -1 : 1;
	return view_cmp(strtab_text(t, x->computer), strtab_text(t, y->computer));
}

/* Rows of one source, channel, provider and id, whichever computer wrote them, are one count. */
static int close_counts(struct ledger *l, struct err *e)
{
	struct count *out = arena_array(&l->arena, l->n_rows + 1, sizeof(*out));
	if (!out)
		return err_set(e, ERR_NOMEM, 0, "no memory for the counts");
	if (l->n_rows)
		qsort_r(l->rows, l->n_rows, sizeof(*l->rows), by_row, &l->texts);
	for (size_t i = 0; i < l->n_rows; i++) {
		const struct tally_row *t = &l->rows[i], *prev = i ? &l->rows[i - 1] : NULL;
		struct source_result *r = &l->results[t->source];
		if (prev && prev->source == t->source && prev->channel == t->channel &&
		    prev->provider == t->provider && prev->event_id == t->event_id) {
			out[-1].n += t->n;
			continue;
		}
		if (!r->n_counts)
			r->counts = out;
		*out = (struct count){strtab_text(&l->texts, t->channel),
				      strtab_text(&l->texts, t->provider), t->event_id, t->n};
		out++;
		r->n_counts++;
	}
	return 0;
}

static int by_host(const void *a, const void *b)
{
	const struct host_count *x = a, *y = b;
	int k = view_cmp(x->computer, y->computer);
	return k ? k : view_cmp(x->channel, y->channel);
}

static bool host_is(const struct host_count *h, struct view computer, struct view channel)
{
	return view_eq(h->computer, computer) && view_eq(h->channel, channel);
}

static void add_host(struct host_count *h, const struct host_count *other)
{
	struct span s = {h->first_time, h->last_time, h->doubtful};
	const struct span more = {other->first_time, other->last_time, other->doubtful};

	span_add(&s, &more);
	h->n += other->n;
	h->first_time = s.first;
	h->last_time = s.last;
	h->doubtful = s.doubtful;
}

static int close_hosts(struct ledger *l, struct err *e)
{
	struct host_count *v = arena_array(&l->arena, l->n_rows + 1, sizeof(*v));
	size_t n = 0;
	if (!v)
		return err_set(e, ERR_NOMEM, 0, "no memory for the hosts");
	for (size_t i = 0; i < l->n_rows; i++) {
		const struct tally_row *t = &l->rows[i];
		v[i] = (struct host_count){strtab_text(&l->texts, t->computer),
					   strtab_text(&l->texts, t->channel), t->n,
					   t->times.first, t->times.last, t->times.doubtful};
	}
	if (l->n_rows)
		qsort(v, l->n_rows, sizeof(*v), by_host);
	for (size_t i = 0; i < l->n_rows; i++) {
		if (!n || !host_is(&v[n - 1], v[i].computer, v[i].channel)) {
			v[n++] = v[i];
			continue;
		}
		add_host(&v[n - 1], &v[i]);
	}
	l->hosts = v;
	l->n_hosts = n;
	return 0;
}

int ledger_close(struct ledger *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct entry *en = &l->entries[i];
		struct source_result *r = &l->results[i];
		if (ledger_close_signs(l, (uint32_t)i, e) < 0)
			return -1;
		close_loose(l, (uint32_t)i);
		if (en->n_damage)
			qsort(en->damage, en->n_damage, sizeof(*en->damage), by_offset);
		if (en->n_chunks)
			qsort(en->chunks, en->n_chunks, sizeof(*en->chunks), by_chunk);
		r->damage = en->damage;
		r->n_damage = en->n_damage;
	}
	return close_counts(l, e) < 0 ? -1 : close_hosts(l, e);
}
