/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle-private.h"

#include <stdio.h>
#include <string.h>

struct oracle {
	struct decoder decoder;
	struct library library;
	struct spots spots;
	struct arena arena; /* events of the chunk */
	struct xml xml;
	struct buf text;
	uint64_t offset;    /* of the chunk in the source */
	struct view chunk;  /* what there was of it, in `bytes` */
	int live, recovered; /* the next record to ask for */
	uint64_t remains;   /* recovered candidates that say nothing */
	struct chunk_summary summary;
	uint8_t bytes[EVTX_CHUNK_SIZE];
	uint8_t used[EVTX_CHUNK_SIZE]; /* 1: byte of a live record */
	/* The record that next() gave last. */
	bool held;   /* libevtx has it; else only its framing is known */
	bool parsed;
	enum fit fit;
	enum record_state state;
	struct event event;
};

static struct oracle *oracle_of(struct decoder *d)
{
	return (struct oracle *)(void *)d; /* its first member */
}

static int nomem(struct err *e, uint64_t offset)
{
	return err_set(e, ERR_NOMEM, offset, "no memory to read a chunk with libevtx");
}

static void tell(struct oracle *o, struct damage *d)
{
	if (o->decoder.damage)
		o->decoder.damage(o->decoder.damage_ctx, d);
}

static void tell_chunk(struct oracle *o, enum damage_severity severity, const char *kind,
		       const char *what)
{
	struct damage d = {severity, o->offset, o->chunk.n, kind, ""};

	snprintf(d.what, sizeof(d.what), "%s", what);
	tell(o, &d);
}

static void tell_record(struct oracle *o, const struct record *r, const char *kind,
			const char *what, struct view why)
{
	struct damage d = {.severity = r->recovered ? DAMAGE_NOTE : DAMAGE_LOSS, .kind = kind};

	d.offset = r->size ? r->offset : o->offset;
	d.length = r->size;
	snprintf(d.what, sizeof(d.what), "%s: %.*s", what, (int)(why.n < 120 ? why.n : 120),
		 (const char *)why.p);
	tell(o, &d);
}

/* ---- a chunk ---- */

static void chunk_forget(struct oracle *o)
{
	library_close(&o->library);
	arena_reset(&o->arena);
	xml_chunk(&o->xml);
	o->spots.n = 0;
	o->live = o->recovered = 0;
	o->remains = 0;
	o->held = o->parsed = false;
	memset(&o->summary, 0, sizeof(o->summary));
	memset(o->used, 0, sizeof(o->used));
}

/* What libevtx would pass over in silence. */
static void chunk_tell(struct oracle *o)
{
	const struct chunk_summary *s = &o->summary;

	if (s->unused)
		return;
	if (!s->present)
		tell_chunk(o, DAMAGE_LOSS, "chunk-signature", "this is no chunk");
	else if (s->checksums_off)
		tell_chunk(o, DAMAGE_NOTE, "checksums-off", "the chunk has no checksums");
	else if (!s->header_crc_ok)
		tell_chunk(o, DAMAGE_LOSS, "chunk-checksum",
			   "the checksum over the chunk's header does not hold");
	else if (!s->records_crc_ok)
		tell_chunk(o, DAMAGE_LOSS, "records-checksum",
			   "the checksum over the chunk's records does not hold");
}

/* The chunk without the records that would lead libevtx astray. */
static bool library_show(struct oracle *o)
{
	library_load(&o->library, o->chunk);
	for (size_t i = 0; i < o->spots.n; i++)
		if (o->spots.v[i].fit == FIT_BROKEN)
			library_hide(&o->library, o->spots.v[i].pos);
	return library_open(&o->library);
}

static int oracle_chunk(struct decoder *d, struct view bytes, uint64_t offset, struct err *e)
{
	struct oracle *o = oracle_of(d);

	chunk_forget(o);
	o->offset = offset;
	o->chunk = (struct view){o->bytes, view_sub(bytes, 0, EVTX_CHUNK_SIZE).n};
	if (bytes.n)
		memcpy(o->bytes, bytes.p, o->chunk.n);
	o->summary.offset = offset;
	if (offset >= EVTX_HEADER_SIZE)
		o->summary.chunk = (offset - EVTX_HEADER_SIZE) / EVTX_CHUNK_SIZE;
	look_at_chunk(o->chunk, &o->summary);
	chunk_tell(o);
	if (!spots_scan(&o->spots, o->chunk))
		return nomem(e, offset);
	if (!library_show(o) && !o->summary.unused)
		tell_record(o, &(struct record){0}, "libevtx-open", "libevtx cannot open the chunk",
			    library_reason(&o->library));
	return 0;
}

/* ---- records ---- */

static void record_place(struct oracle *o, struct record *r, const struct spot *spot)
{
	if (!spot || !spot->size)
		return;
	r->offset = o->offset + spot->pos;
	r->size = spot->size;
	r->bytes = view_sub(o->chunk, spot->pos, spot->size);
	o->fit = spot->fit;
	if (!r->recovered)
		memset(o->used + spot->pos, 1, spot->size);
}

static void record_begin(struct oracle *o, struct record *r, bool recovered)
{
	const struct chunk_summary *s = &o->summary;

	memset(r, 0, sizeof(*r));
	r->chunk = s->chunk;
	r->recovered = recovered;
	r->state = RECORD_WHOLE;
	r->bad_checksum = s->present && !s->checksums_off && !s->records_crc_ok;
	o->held = o->parsed = false;
	o->fit = FIT_ALL;
	o->state = RECORD_WHOLE;
	memset(&o->event, 0, sizeof(o->event));
}

static void record_count(struct oracle *o, const struct record *r)
{
	struct chunk_summary *s = &o->summary;

	if (r->recovered) {
		s->recovered++;
		return;
	}
	if (!s->records++) {
		s->first_id = s->last_id = r->id;
		s->first_time = s->last_time = r->written;
	}
	s->first_id = r->id < s->first_id ? r->id : s->first_id;
	s->last_id = r->id > s->last_id ? r->id : s->last_id;
	s->first_time = r->written < s->first_time ? r->written : s->first_time;
	s->last_time = r->written > s->last_time ? r->written : s->last_time;
}

static void state_count(struct oracle *o, const struct record *r)
{
	struct chunk_summary *s = &o->summary;

	if (r->recovered)
		return;
	s->whole += o->state == RECORD_WHOLE;
	s->partly += o->state == RECORD_PARTLY;
	s->undecoded += o->state == RECORD_UNDECODED;
}

static void event_base(struct oracle *o, const struct record *r)
{
	memset(&o->event, 0, sizeof(o->event));
	o->event.record_id = r->id;
	o->event.time_created = r->written;
}

/* libevtx fails on the record as a whole, but its error says where that lies: then at least its
   framing is known. */
static void record_undecoded(struct oracle *o, struct record *r)
{
	size_t pos;

	o->state = r->state = RECORD_UNDECODED;
	o->parsed = true;
	const struct spot *spot = NULL;
	if (library_trace_place(&o->library, &pos))
		spot = spots_take_at(&o->spots, pos);
	if (spot) {
		r->id = spot->id;
		r->written = spot->written;
	}
	record_place(o, r, spot);
	event_base(o, r);
	char what[64];
	snprintf(what, sizeof(what), "libevtx cannot read its record %d of this chunk", o->live);
	if (spot && spot->fit == FIT_BROKEN)
		tell_record(o, r, "record-values", what, view_str("its values run out of it"));
	else
		tell_record(o, r, "libevtx-record", what, library_reason(&o->library));
	state_count(o, r);
}

/* libevtx names the fields by whatever template it finds where the record's own once was. */
static void fields_distrust(struct oracle *o, const struct record *r)
{
	o->event.section = SECTION_NONE;
	o->event.fields = NULL;
	o->event.n_fields = 0;
	o->state = RECORD_PARTLY;
	tell_record(o, r, "libevtx-template", "libevtx names the fields falsely",
		    view_str("the record's own template has been overwritten"));
}

/*
 * A template that is whole may still have lost the names of its elements, which stand elsewhere in
 * the chunk. Whatever was written over them hardly ever reads as ASCII.
 */
static bool names_are_lost(const struct event *ev)
{
	for (size_t i = 0; i < ev->n_fields; i++)
		for (size_t k = 0; k < ev->fields[i].name.n; k++)
			if (ev->fields[i].name.p[k] >= 0x80)
				return true;
	return false;
}

/* What expat made of libevtx's XML. */
static void state_settle(struct oracle *o, const struct record *r, bool whole)
{
	bool some = o->event.has_system || o->event.n_fields;

	o->state = whole && o->event.has_system ? RECORD_WHOLE
		   : some			? RECORD_PARTLY
						: RECORD_UNDECODED;
	if (o->state != RECORD_WHOLE)
		tell_record(o, r, "libevtx-xml", "libevtx's XML of the record breaks off",
			    view_str(o->xml.fault ? o->xml.fault : "it has no System"));
	if (o->fit == FIT_HEAD || (r->recovered && names_are_lost(&o->event)))
		fields_distrust(o, r);
}

/* One rendering gives both head and data. <0 only for lack of memory. */
static int record_parse(struct oracle *o, const struct record *r, struct err *e)
{
	event_base(o, r);
	o->parsed = true;
	o->state = RECORD_UNDECODED;
	if (o->fit == FIT_NONE) {
		tell_record(o, r, "libevtx-template", "libevtx reads it by another template",
			    view_str("the record's own has been overwritten"));
	} else if (library_xml(&o->library, &o->text)) {
		int got = xml_read(&o->xml, buf_data(&o->text), &o->event);
		if (got < 0)
			return nomem(e, r->offset);
		state_settle(o, r, !got);
	} else if (o->text.bad) {
		return nomem(e, r->offset);
	} else {
		tell_record(o, r, "libevtx-xml", "libevtx gives no XML of the record",
			    library_reason(&o->library));
	}
	state_count(o, r);
	return 0;
}

static int next_live(struct oracle *o, struct record *r)
{
	record_begin(o, r, false);
	o->held = library_get(&o->library, o->live, false, &r->id, &r->written);
	if (o->held)
		record_place(o, r, spots_take(&o->spots, r->id, r->written));
	else
		record_undecoded(o, r);
	o->live++;
	record_count(o, r);
	return 0;
}

/* One candidate; what gives no event is no record. Its faults are no damage: it is a remain. */
static int remain_read(struct oracle *o, struct record *r, struct err *e)
{
	damage_fn *damage = o->decoder.damage;
	record_begin(o, r, true);
	o->held = library_get(&o->library, o->recovered++, true, &r->id, &r->written);
	if (!o->held)
		return 0;
	record_place(o, r, spots_take(&o->spots, r->id, r->written));
	o->decoder.damage = NULL;
	int got = record_parse(o, r, e);
	o->decoder.damage = damage;
	return got;
}

/* libevtx offers whatever follows a signature in the slack. */
static int next_recovered(struct oracle *o, struct record *r, struct err *e)
{
	while (o->recovered < o->library.recovered) {
		if (remain_read(o, r, e) < 0)
			return -1;
		if (o->held && o->state != RECORD_UNDECODED) {
			r->state = o->state;
			record_count(o, r);
			return 0;
		}
		o->remains++;
	}
	return 1;
}

static int oracle_next(struct decoder *d, struct record *r, struct err *e)
{
	struct oracle *o = oracle_of(d);

	if (o->live < o->library.live)
		return next_live(o, r);
	int got = next_recovered(o, r, e);
	if (got > 0 && o->remains) {
		char what[96];
		snprintf(what, sizeof(what), "remains of %llu records that libevtx cannot read",
			 (unsigned long long)o->remains);
		tell_chunk(o, DAMAGE_NOTE, "libevtx-remains", what);
		o->remains = 0;
	}
	return got;
}

static int oracle_head(struct decoder *d, struct record *r, struct event *ev, struct err *e)
{
	struct oracle *o = oracle_of(d);

	if (!o->parsed && record_parse(o, r, e) < 0)
		return -1;
	r->state = o->state;
	*ev = o->event;
	ev->section = SECTION_NONE;
	ev->fields = NULL;
	ev->n_fields = 0;
	return 0;
}

static int oracle_data(struct decoder *d, struct record *r, struct event *ev, struct err *e)
{
	struct oracle *o = oracle_of(d);

	if (!o->parsed && record_parse(o, r, e) < 0)
		return -1;
	r->state = o->state;
	*ev = o->event;
	return 0;
}

static void oracle_summary(struct decoder *d, struct chunk_summary *s)
{
	struct oracle *o = oracle_of(d);

	*s = o->summary;
	uint32_t n = (uint32_t)o->chunk.n;
	if (s->unused) {
		s->bytes_zero = n;
		return;
	}
	if (s->present)
		s->bytes_header = n < EVTX_CHUNK_HEADER_SIZE ? n : EVTX_CHUNK_HEADER_SIZE;
	for (size_t i = s->bytes_header; i < n; i++)
		s->bytes_record += o->used[i];
	s->bytes_unknown = n - s->bytes_header - s->bytes_record;
}

static void oracle_destroy(struct decoder *d)
{
	struct oracle *o = oracle_of(d);

	if (!o)
		return;
	library_release(&o->library);
	spots_release(&o->spots);
	xml_release(&o->xml);
	buf_release(&o->text);
	arena_release(&o->arena);
	mem_free(o);
}

static const struct decoder_ops oracle_ops = {
	.name = "libevtx",
	.chunk = oracle_chunk,
	.next = oracle_next,
	.head = oracle_head,
	.data = oracle_data,
	.summary = oracle_summary,
	.destroy = oracle_destroy,
};

struct decoder *oracle_decoder_new(const struct fields *fields, damage_fn *fn, void *ctx)
{
	struct oracle *o = mem_alloc(sizeof(*o));

	if (!o)
		return NULL;
	o->decoder = (struct decoder){&oracle_ops, fields, fn, ctx};
	arena_init(&o->arena, LIMIT_CHUNK_ARENA);
	buf_init(&o->text, 0);
	if (!library_init(&o->library) || !xml_init(&o->xml, fields, &o->arena)) {
		oracle_destroy(&o->decoder);
		return NULL;
	}
	return &o->decoder;
}
