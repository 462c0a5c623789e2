/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings on disk, whole: each with its records, their events and proofs. They come in any order,
 * batch by batch, and are put in the report's once.
 */
#include "hunt-private.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_BYTES (64u << 20) /* of one finding's events; records beyond have none */

/* ---- as bytes ---- */

static void put_event(struct buf *b, const struct event *ev, size_t from)
{
	bool has = ev && b->n - from < EVENTS_BYTES;
	buf_byte(b, has);
	if (has)
		event_write(b, ev);
}

static void put_proof(struct buf *b, const struct record_proof *p)
{
	buf_byte(b, p != NULL);
	if (!p)
		return;
	buf_add(b, p->record_sha256, 32);
	buf_add(b, p->chunk_sha256, 32);
	buf_byte(b, p->known);
	buf_u64(b, p->chunk_at);
	buf_u32(b, p->chunk_lead);
	buf_u32(b, p->chunk_size);
	buf_blob(b, p->witness);
}

static void put_evidence(struct buf *b, const struct evidence *ev, size_t from)
{
	buf_byte(b, (uint8_t)ev->role);
	buf_u32(b, ev->stage);
	place_write(b, &ev->place);
	buf_byte(b, ev->place.rank);
	buf_u64(b, ev->identity);
	buf_u64(b, ev->time);
	buf_u64(b, ev->utc);
	buf_u64(b, ev->record_id);
	buf_blob(b, ev->user_sid);
	buf_byte(b, ev->user_sid_is_class);
	buf_blob(b, view_str(ev->user_sid_from ? ev->user_sid_from : ""));
	put_proof(b, ev->proof);
	put_event(b, ev->event, from);
}

/* Of a start no tree tells more than its command line, its account and its integrity. */
static bool is_drawn(const struct field *f)
{
	return f->id < FIELD_KNOWN && f->id != FIELD_PARENT_COMMAND_LINE && f->id != FIELD_HASHES;
}

static void put_start(struct buf *b, const struct event *ev, size_t from)
{
	struct field kept[FIELD_KNOWN];
	struct event drawn = {0};
	size_t n = 0;
	if (ev)
		drawn = *ev;
	for (size_t i = 0; i < drawn.n_fields && n < FIELD_KNOWN; i++)
		if (is_drawn(&ev->fields[i]))
			kept[n++] = ev->fields[i];
	drawn.fields = kept;
	drawn.n_fields = n;
	put_event(b, ev ? &drawn : NULL, from);
}

static void put_node(struct buf *b, const struct tree_node *n, size_t from)
{
	buf_u32(b, (uint32_t)n->parent);
	place_write(b, &n->start);
	buf_byte(b, n->start.rank);
	buf_add(b, n->guid.b, sizeof(n->guid.b));
	buf_u64(b, n->pid);
	buf_blob(b, n->image);
	buf_u64(b, n->start_time);
	buf_u64(b, n->end_time);
	buf_byte(b, n->in_finding);
	put_start(b, n->event, from);
}

void finding_write(struct buf *b, const struct finding *f)
{
	size_t from = b->n;
	buf_add(b, f->id, FINDING_ID);
	buf_u32(b, f->rule);
	buf_byte(b, f->only_in);
	buf_u32(b, f->exception);
	buf_byte(b, (uint8_t)(f->brief | f->unverified << 1 | f->tree_cut << 2));
	buf_byte(b, (uint8_t)f->clock);
	buf_u64(b, f->first_time);
	buf_u64(b, f->last_time);
	buf_u64(b, f->span_logged);
	buf_u64(b, f->span_occurred);
	buf_blob(b, f->computer);
	buf_blob(b, f->other_clock);
	buf_blob(b, f->measured);
	buf_u64(b, f->left_out);
	buf_u32(b, (uint32_t)f->n_unchecked);
	for (size_t i = 0; i < f->n_unchecked; i++)
		buf_blob(b, f->unchecked[i]);
	buf_u32(b, (uint32_t)f->n_evidence);
	buf_u32(b, (uint32_t)f->n_tree);
	for (size_t i = 0; i < f->n_evidence; i++)
		put_evidence(b, &f->evidence[i], from);
	for (size_t i = 0; i < f->n_tree; i++)
		put_node(b, &f->tree[i], from);
}

/* ---- and back: our own file, but read like any other ---- */

struct taking {
	struct cursor *c;
	struct arena *a;
	const struct fields *fields;
	bool no_memory;
};

static void *take_room(struct taking *t, size_t n, size_t size)
{
	void *p = n <= cursor_left(t->c) ? arena_array(t->a, n + 1, size) : NULL;
	t->no_memory |= !p && n <= cursor_left(t->c);
	t->c->bad |= !p;
	return p;
}

static void take_bytes(struct taking *t, uint8_t *out, size_t n)
{
	struct view v = cursor_take(t->c, n);
	if (v.n == n)
		memcpy(out, v.p, n);
}

static const struct event *take_event(struct taking *t)
{
	struct event *ev;
	if (!cursor_u8(t->c))
		return NULL;
	ev = take_room(t, 1, sizeof(*ev));
	if (ev && event_read(t->c, t->a, t->fields, ev) < 0)
		t->c->bad = true;
	return ev;
}

static struct record_proof *take_proof(struct taking *t)
{
	struct record_proof *p;
	if (!cursor_u8(t->c) || !(p = take_room(t, 1, sizeof(*p))))
		return NULL;
	take_bytes(t, p->record_sha256, 32);
	take_bytes(t, p->chunk_sha256, 32);
	p->known = cursor_u8(t->c);
	p->chunk_at = cursor_u64(t->c);
	p->chunk_lead = cursor_u32(t->c);
	p->chunk_size = cursor_u32(t->c);
	p->witness = cursor_blob(t->c);
	return p;
}

static const char *take_text(struct taking *t)
{
	struct view v = cursor_blob(t->c);
	char *text = take_room(t, v.n, 1);
	if (!text)
		return "";
	if (v.n)
		memcpy(text, v.p, v.n);
	text[v.n] = 0;
	return text;
}

static void take_evidence(struct taking *t, struct evidence *ev)
{
	uint8_t role = cursor_u8(t->c);
	t->c->bad |= role > ROLE_SUPPORTING;
	ev->role = (enum role)role;
	ev->stage = cursor_u32(t->c);
	place_read(t->c, &ev->place);
	ev->place.rank = cursor_u8(t->c);
	ev->identity = cursor_u64(t->c);
	ev->time = cursor_u64(t->c);
	ev->utc = cursor_u64(t->c);
	ev->record_id = cursor_u64(t->c);
	ev->user_sid = cursor_blob(t->c);
	ev->user_sid_is_class = cursor_u8(t->c);
	ev->user_sid_from = take_text(t);
	ev->proof = take_proof(t);
	ev->event = take_event(t);
}

static void take_node(struct taking *t, struct tree_node *n)
{
	n->parent = (int32_t)cursor_u32(t->c);
	place_read(t->c, &n->start);
	n->start.rank = cursor_u8(t->c);
	take_bytes(t, n->guid.b, sizeof(n->guid.b));
	n->pid = cursor_u64(t->c);
	n->image = cursor_blob(t->c);
	n->start_time = cursor_u64(t->c);
	n->end_time = cursor_u64(t->c);
	n->in_finding = cursor_u8(t->c);
	n->event = take_event(t);
}

static void take_head(struct taking *t, struct finding *f, const struct ruleset *rules)
{
	struct cursor *c = t->c;
	uint8_t flags, clock;
	take_bytes(t, (uint8_t *)f->id, FINDING_ID);
	f->id[FINDING_ID - 1] = 0;
	f->rule = cursor_u32(c);
	f->only_in = cursor_u8(c);
	f->exception = cursor_u32(c);
	flags = cursor_u8(c);
	f->brief = flags & 1;
	f->unverified = flags & 2;
	f->tree_cut = flags & 4;
	clock = cursor_u8(c);
	c->bad |= f->rule >= rules->n || f->exception > rules->n_exceptions || f->only_in >= SOURCE_STATES || clock > CLOCK_BOTH;
	f->clock = (enum clock)clock;
	f->first_time = cursor_u64(c);
	f->last_time = cursor_u64(c);
	f->span_logged = cursor_u64(c);
	f->span_occurred = cursor_u64(c);
	f->computer = cursor_blob(c);
	f->other_clock = cursor_blob(c);
	f->measured = cursor_blob(c);
	f->left_out = cursor_u64(c);
}

static void take_lists(struct taking *t, struct finding *f)
{
	f->n_unchecked = cursor_u32(t->c);
	f->unchecked = take_room(t, f->n_unchecked, sizeof(*f->unchecked));
	for (size_t i = 0; i < f->n_unchecked && !t->c->bad; i++)
		f->unchecked[i] = cursor_blob(t->c);
	f->n_evidence = cursor_u32(t->c);
	f->n_tree = cursor_u32(t->c);
	f->evidence = take_room(t, f->n_evidence, sizeof(*f->evidence));
	f->tree = take_room(t, f->n_tree, sizeof(*f->tree));
	for (size_t i = 0; i < f->n_evidence && !t->c->bad; i++)
		take_evidence(t, &f->evidence[i]);
	for (size_t i = 0; i < f->n_tree && !t->c->bad; i++)
		take_node(t, &f->tree[i]);
}

int finding_read(struct view bytes, const struct ruleset *rules, struct arena *a,
		 struct finding *out, struct err *e)
{
	struct cursor c = cursor_of(bytes);
	struct taking t = {&c, a, &rules->fields, false};
	*out = (struct finding){0};
	take_head(&t, out, rules);
	if (!c.bad)
		take_lists(&t, out);
	if (t.no_memory)
		return err_set(e, ERR_NOMEM, 0, "no memory for a finding");
	return c.bad ? err_set(e, ERR_IO, 0, "the temporary file of findings is damaged") : 0;
}

/* What stands before its lists; it borrows. */
static int finding_peek(struct view bytes, const struct ruleset *rules, struct finding *out, struct err *e)
{
	struct cursor c = cursor_of(bytes);
	struct taking t = {.c = &c};
	*out = (struct finding){0};
	take_head(&t, out, rules);
	return c.bad ? err_set(e, ERR_IO, 0, "the temporary file of findings is damaged") : 0;
}

/* ---- all of them ---- */

int findings_init(struct findings *f, struct hunt *h, struct err *e)
{
	*f = (struct findings){.rules = h->opt->rules};
	f->n = mem_alloc((f->rules->n + 1) * sizeof(*f->n));
	buf_init(&f->key, 0);
	buf_init(&f->payload, 0);
	arena_init(&f->arena, SIZE_MAX);
	f->sorter = sorter_new(h->opt->dirfd, LIMIT_SORT_MEMORY, LIMIT_SORT_FANIN, e);
	if (!f->sorter || spool_init(&f->spool, h->opt->dirfd, e) < 0)
		return -1;
	buf_init(&f->spool.item, LIMIT_UNIT_REPLY);
	return f->n ? 0 : err_set(e, ERR_NOMEM, 0, "no memory for findings");
}

void findings_release(struct findings *f)
{
	if (!f->rules)
		return;
	sorter_free(f->sorter);
	spool_release(&f->spool);
	buf_release(&f->key);
	buf_release(&f->payload);
	arena_release(&f->arena);
	mem_free(f->n);
}

static void put_big(struct buf *b, uint64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (uint8_t)(v >> shift));
}

int findings_add(struct findings *f, const struct finding *one, struct err *e)
{
	buf_clear(&f->key);
	buf_clear(&f->payload);
	put_big(&f->key, one->first_time);
	put_big(&f->key, one->rule);
	buf_str(&f->key, one->id);
	buf_view(&f->key, one->computer);
	finding_write(&f->payload, one);
	if (f->key.bad || f->payload.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for a finding");
	f->n[one->rule]++;
	return sorter_add(f->sorter, buf_data(&f->key), buf_data(&f->payload), e);
}

/* Hosts that are kept apart may have records in common: see correlate.h. */
static int tell_apart(struct findings *f, const struct finding *head, struct view *payload,
		      struct err *e)
{
	struct finding one;
	bool again = f->any && !strcmp(f->last_id, head->id);
	memcpy(f->last_id, head->id, FINDING_ID);
	f->any = true;
	if (!again)
		return 0;
	arena_reset(&f->arena);
	if (finding_read(*payload, f->rules, &f->arena, &one, e) < 0)
		return -1;
	if (finding_id_again(&one) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory for a finding");
	buf_clear(&f->payload);
	finding_write(&f->payload, &one);
	*payload = buf_data(&f->payload);
	return f->payload.bad ? err_set(e, ERR_NOMEM, 0, "no memory for a finding") : 0;
}

static int settle_one(struct findings *f, uint64_t *met, struct view payload, struct err *e)
{
	const struct ruleset *rules = f->rules;
	struct finding one;
	uint64_t from, to, at;
	if (finding_peek(payload, rules, &one, e) < 0 || tell_apart(f, &one, &payload, e) < 0)
		return -1;
	pipes_range(&rules->rules[one.rule], f->n[one.rule], &from, &to);
	at = met[one.rule]++;
	return at >= from && at < to ? spool_add(&f->spool, payload, e) : 0;
}

int findings_settle(struct findings *f, struct err *e)
{
	uint64_t *met = mem_alloc((f->rules->n + 1) * sizeof(*met));
	struct view key, payload;
	int rc = met ? sorter_finish(f->sorter, e) : err_set(e, ERR_NOMEM, 0, "no memory for findings");
	while (rc == 0 && (rc = sorter_next(f->sorter, &key, &payload, e)) == 0)
		rc = settle_one(f, met, payload, e);
	mem_free(met);
	sorter_free(f->sorter);
	f->sorter = NULL;
	return rc < 0 ? -1 : 0;
}

static int reader_rewind(void *ctx, struct err *e)
{
	struct findings *f = ctx;
	return spool_rewind(&f->spool, e);
}

static int reader_next(void *ctx, const struct finding **out, struct err *e)
{
	struct findings *f = ctx;
	struct view bytes;
	int rc = spool_next(&f->spool, &bytes, e);
	if (rc)
		return rc;
	arena_reset(&f->arena);
	if (finding_read(bytes, f->rules, &f->arena, &f->given, e) < 0)
		return -1;
	*out = &f->given;
	return 0;
}

struct finding_reader findings_reader(struct findings *f)
{
	return (struct finding_reader){reader_rewind, reader_next, f};
}
