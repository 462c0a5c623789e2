/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "render.h"

#define SLOTS_FIRST 256u
#define RECORD_HEAD 24u /* signature, size, id, time */

static struct evtx_decoder *self(struct decoder *d)
{
	return (struct evtx_decoder *)d;
}

/* ---- chunk ---- */

static int open_chunk(struct decoder *base, struct view bytes, uint64_t offset, struct err *e)
{
	struct evtx_decoder *d = self(base);
	struct chunk *c = &d->chunk;

	(void)e;
	d->sink = (struct sink){.fn = base->damage, .ctx = base->damage_ctx};
	arena_reset(&d->arena);
	chunk_open(c, bytes, offset, &d->sink);
	walk_start(&d->walk, c, &d->sink);
	templates_chunk(&d->templates, c, &d->sink);
	d->steps = LIMIT_CHUNK_STEPS;
	d->output = LIMIT_CHUNK_OUTPUT;
	d->open = d->ended = false;
	memset(d->memos, 0, sizeof(d->memos)); /* their texts went with the arena */
	d->slack_records = d->slack_whole = 0;
	d->summary = (struct chunk_summary){
		.chunk = c->index,
		.offset = offset,
		.present = c->present,
		.unused = c->unused,
		.checksums_off = c->checksums_off,
		.header_crc_ok = c->header_crc_ok,
		.records_crc_ok = c->records_crc_ok,
	};
	return 0;
}

/* ---- records ---- */

/* The state of a record is known when the caller has done with it. */
static void close_record(struct evtx_decoder *d)
{
	struct chunk_summary *s = &d->summary;

	if (!d->open)
		return;
	d->open = false;
	if (d->recovered) {
		s->recovered++;
		d->slack_records += d->slack;
		d->slack_whole += d->slack && d->state == RECORD_WHOLE;
		return;
	}
	s->records++;
	if (d->state == RECORD_WHOLE)
		s->whole++;
	else if (d->state == RECORD_PARTLY)
		s->partly++;
	else
		s->undecoded++;
}

static void note_range(struct chunk_summary *s, const struct frame *f)
{
	if (!s->records || f->id < s->first_id)
		s->first_id = f->id;
	if (!s->records || f->id > s->last_id)
		s->last_id = f->id;
	if (!s->records || f->written < s->first_time)
		s->first_time = f->written;
	if (!s->records || f->written > s->last_time)
		s->last_time = f->written;
}

static void open_record(struct evtx_decoder *d, const struct frame *f)
{
	if (!f->recovered)
		note_range(&d->summary, f);
	d->open = true;
	d->recovered = f->recovered;
	d->reconstructed = false;
	d->slack = d->sink.quiet = f->slack;
	d->state = f->broken ? RECORD_PARTLY : RECORD_WHOLE;
	d->n_told = 0;
	d->outer.t = NULL;
	d->pos = f->pos + RECORD_HEAD;
	d->end = f->pos + f->size - 4;
}

/* Checksums that hold over fewer records than the header counts: somebody made them hold. */
static void tell_missing(const struct evtx_decoder *d)
{
	const struct chunk *c = &d->chunk;
	uint64_t said = c->last_id - c->first_id + 1;
	uint64_t found = d->summary.records + d->summary.recovered - d->slack_records;

	if (!c->records_crc_ok || !c->last_id || c->last_id < c->first_id)
		return;
	if (said > found && said <= EVTX_CHUNK_SIZE)
		sink_tell(&d->sink, DAMAGE_LOSS, "records-missing", c->offset, 0,
			  "the chunk's header counts %llu records, %u were found",
			  (unsigned long long)said, d->summary.records);
}

static void tell_last_record(const struct evtx_decoder *d)
{
	const struct chunk *c = &d->chunk;

	if (d->walk.trusted && !d->walk.n_behind && d->walk.n_live &&
	    c->last_record != d->walk.last)
		sink_tell(&d->sink, DAMAGE_NOTE, "chunk-last-record", c->offset + 44, 4,
			  "the chunk's header has its last record at %u, it is at %zu; nothing "
			  "rests on that",
			  c->last_record, d->walk.last);
}

/* What can only be known when all records have been seen. */
static void tell_end(struct evtx_decoder *d)
{
	if (d->ended)
		return;
	d->ended = true;
	d->sink.quiet = false;
	if (d->chunk.trusted && !d->walk.bytes_unknown && !d->walk.bytes_zero) { /* no gaps told */
		tell_missing(d);
		tell_last_record(d);
	}
	if (d->slack_records)
		sink_tell(&d->sink, DAMAGE_NOTE, "slack-records", d->chunk.offset + d->walk.end, 0,
			  "%u records of an earlier life of the chunk stand in its slack, %u of "
			  "them whole",
			  d->slack_records, d->slack_whole);
}

static int next_record(struct decoder *base, struct record *r, struct err *e)
{
	struct evtx_decoder *d = self(base);
	const struct chunk *c = &d->chunk;
	struct frame f;

	(void)e;
	close_record(d);
	if (!walk_next(&d->walk, &f)) {
		tell_end(d);
		return 1;
	}
	open_record(d, &f);
	*r = (struct record){
		.offset = c->offset + f.pos,
		.size = (uint32_t)f.size,
		.id = f.id,
		.written = f.written,
		.chunk = c->index,
		.bytes = view_sub(c->bytes, f.pos, f.size),
		.state = d->state,
		.recovered = f.recovered,
		.hidden = f.hidden,
		.bad_checksum = !c->checksums_off && !c->records_crc_ok,
	};
	return 0;
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, 0, "no memory to decode a record");
}

static int read_system(struct decoder *base, struct record *r, struct event *ev,
		       enum reading_what what, struct err *e)
{
	struct evtx_decoder *d = self(base);

	*ev = (struct event){.record_id = r->id, .time_created = r->written};
	if (record_read(d, ev, what) < 0)
		return no_memory(e);
	r->state = d->state;
	r->reconstructed = d->reconstructed;
	return 0;
}

static int peek(struct decoder *base, struct record *r, struct event *ev, struct err *e)
{
	return read_system(base, r, ev, READ_CORE, e);
}

static int head(struct decoder *base, struct record *r, struct event *ev, struct err *e)
{
	return read_system(base, r, ev, READ_SYSTEM, e);
}

/* The fields outlive the record: the list they were gathered in is used again for the next. */
static int keep_fields(struct evtx_decoder *d, struct event *ev)
{
	ev->fields = arena_array(&d->arena, d->n_fields, sizeof(*ev->fields));
	if (ev->fields) {
		if (d->n_fields)
			memcpy(ev->fields, d->fields, d->n_fields * sizeof(*ev->fields));
		ev->n_fields = d->n_fields;
		return 0;
	}
	if (!arena_is_full(&d->arena))
		return -1;
	d->state = d->state == RECORD_WHOLE ? RECORD_PARTLY : d->state;
	sink_tell(&d->sink, DAMAGE_LOSS, "limit", d->chunk.offset + d->pos, 0,
		  "the fields of a chunk's records need more memory than is allowed");
	return 0;
}

static int data(struct decoder *base, struct record *r, struct event *ev, struct err *e)
{
	struct evtx_decoder *d = self(base);

	ev->fields = NULL;
	ev->n_fields = 0;
	ev->section = SECTION_NONE;
	if (record_read(d, ev, READ_FIELDS) < 0 || keep_fields(d, ev) < 0)
		return no_memory(e);
	r->state = d->state;
	r->reconstructed = d->reconstructed;
	return 0;
}

/* ---- accounting ---- */

/*
 * Every byte has one name: what the walk did not claim lies behind it, or is the header. Records of
 * the slack stand in its bytes, hidden ones in those of the record that hides them.
 */
static void account(struct evtx_decoder *d, struct chunk_summary *s)
{
	const struct chunk *c = &d->chunk;
	const struct walk *w = &d->walk;
	size_t from = w->n_behind ? c->live_end : w->end;
	struct view head = view_sub(c->bytes, 0, w->start), rest = view_sub(c->bytes, from, c->bytes.n);
	uint32_t used = (uint32_t)(rest.n ? walk_used(&d->walk) - from : 0);

	if (c->unused) {
		s->bytes_zero = (uint32_t)c->bytes.n;
		return;
	}
	s->bytes_record = w->bytes_record;
	s->bytes_unknown = w->bytes_unknown;
	s->bytes_zero = w->bytes_zero;
	if (c->present)
		s->bytes_header = (uint32_t)head.n;
	else if (view_is_zero(head))
		s->bytes_zero += (uint32_t)head.n;
	else
		s->bytes_unknown += (uint32_t)head.n;
	if (c->present || w->n_live)
		s->bytes_slack = used;
	else
		s->bytes_unknown += used; /* nothing shows that this ever was a log */
	s->bytes_free = (uint32_t)rest.n - used;
}

static void summary(struct decoder *base, struct chunk_summary *s)
{
	struct evtx_decoder *d = self(base);

	close_record(d);
	*s = d->summary;
	account(d, s);
}

/* ---- life ---- */

static void destroy(struct decoder *base)
{
	struct evtx_decoder *d = self(base);

	if (!d)
		return;
	templates_release(&d->templates);
	renderer_free(d->renderer);
	ansi_release(d);
	arena_release(&d->arena);
	buf_release(&d->text);
	mem_free(d->slots);
	mem_free(d->fields);
	mem_free(d);
}

static const struct decoder_ops ops = {
	.name = "evtxhound",
	.chunk = open_chunk,
	.next = next_record,
	.peek = peek,
	.head = head,
	.data = data,
	.summary = summary,
	.destroy = destroy,
};

void evtx_decoder_lend(struct decoder *d, const struct evtx_lender *l)
{
	self(d)->templates.lender = l;
}

struct decoder *evtx_decoder_new(const struct fields *fields, damage_fn *fn, void *ctx)
{
	struct evtx_decoder *d = mem_alloc(sizeof(*d));

	if (!d)
		return NULL;
	d->base = (struct decoder){.ops = &ops, .fields = fields, .damage = fn, .damage_ctx = ctx};
	arena_init(&d->arena, LIMIT_CHUNK_ARENA);
	buf_init(&d->text, LIMIT_RECORD_TEXT);
	d->fields = mem_alloc(LIMIT_FIELDS * sizeof(*d->fields));
	d->cap_slots = SLOTS_FIRST; /* from the start: an instance without values points there too */
	d->slots = mem_alloc(SLOTS_FIRST * sizeof(*d->slots));
	if (templates_init(&d->templates, fields) && d->fields && d->slots)
		return &d->base;
	destroy(&d->base);
	return NULL;
}
