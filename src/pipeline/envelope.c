/* SPDX-License-Identifier: Apache-2.0 */
/* A record as a line of JSON or CSV, or as XML, with its provenance and state beside it. */
#include "dump-private.h"

#include <string.h>

static const char *const state_names[] = {
	[RECORD_WHOLE] = "whole", [RECORD_PARTLY] = "partly", [RECORD_UNDECODED] = "undecoded"};

/*
 * What stands beside a record is gathered here and added in one piece: of small records it is half of
 * what is written. Five numbers, all flags, and what is between them fit.
 */
struct beside {
	char p[512];
	size_t n;
};

static inline void put(struct beside *s, const char *text, size_t n)
{
	memcpy(s->p + s->n, text, n);
	s->n += n;
}
#define PUT(s, literal) put(s, literal, sizeof(literal) - 1)

static void put_text(struct beside *s, const char *text)
{
	put(s, text, strlen(text));
}

static void put_number(struct beside *s, uint64_t n)
{
	s->n += decimal_format(n, s->p + s->n);
}

/* What is to be known of a record beside its state; between two of them `sep`. */
static void put_flags(struct beside *s, const struct record *r, bool odd, const char *sep)
{
	if (!(r->recovered | r->hidden | r->reconstructed | r->bad_checksum | odd))
		return;
	const struct {
		bool on;
		const char *name;
	} flags[] = {{r->recovered, "recovered"},
		     {r->hidden, "hidden"},
		     {r->reconstructed, "reconstructed"},
		     {r->bad_checksum, "bad-checksum"},
		     {odd, "escaped-text"}};
	const char *between = "";
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!flags[i].on)
			continue;
		put_text(s, between);
		put_text(s, flags[i].name);
		between = sep;
	}
}

/* What is the same for all records of the source, and where this one lies in the image. */
static void image_place(const struct envelope *v, const struct record *r, struct buf *out)
{
	uint64_t at = v->in_image ? source_image_offset(v->list, v->source, r->offset) : EXTENT_ZERO;
	buf_view(out, buf_data(&v->tail));
	if (at != EXTENT_ZERO)
		buf_decimal(out, at);
	else if (v->format == DUMP_JSONL)
		buf_str(out, "null");
}

/* ---- JSON ---- */

static int json_record(struct envelope *v, struct decoder *d, struct record *r, struct buf *out,
		       struct err *e)
{
	bool odd = false;
	buf_add(out, "{\"Event\":", 9);
	if (evtx_render(d, r, EVTX_JSON, out, &odd, e) < 0)
		return -1;
	struct beside s;
	bool any = r->recovered | r->hidden | r->reconstructed | r->bad_checksum | odd;
	s.n = 0;
	PUT(&s, ",\"Chunk\":");
	put_number(&s, r->chunk);
	PUT(&s, ",\"Offset\":");
	put_number(&s, r->offset);
	PUT(&s, ",\"Size\":");
	put_number(&s, r->size);
	PUT(&s, ",\"RecordNumber\":\"");
	put_number(&s, r->id);
	PUT(&s, "\",\"State\":\"");
	put_text(&s, state_names[r->state]);
	put_text(&s, any ? "\",\"Flags\":[\"" : "\",\"Flags\":[");
	put_flags(&s, r, odd, "\",\"");
	put_text(&s, any ? "\"]" : "]");
	if (!v->tail.n)
		PUT(&s, "}}\n");
	buf_view(out, buf_data(&v->head));
	buf_add(out, s.p, s.n);
	if (v->tail.n) {
		image_place(v, r, out);
		buf_add(out, "}}\n", 3);
	}
	return 0;
}

/* ---- XML ---- */

/* Its state and flags are known when the record has been written, and stand before it. */
static void xml_place(struct envelope *v, const struct record *r, bool odd, struct buf *out)
{
	struct beside s;
	s.n = 0;
	PUT(&s, "\" chunk=\"");
	put_number(&s, r->chunk);
	PUT(&s, "\" offset=\"");
	put_number(&s, r->offset);
	PUT(&s, "\" size=\"");
	put_number(&s, r->size);
	PUT(&s, "\" record=\"");
	put_number(&s, r->id);
	PUT(&s, "\" state=\"");
	put_text(&s, state_names[r->state]);
	PUT(&s, "\" flags=\"");
	put_flags(&s, r, odd, " ");
	PUT(&s, "\"?>\n");
	buf_view(out, buf_data(&v->head));
	buf_add(out, s.p, s.n);
}

static int xml_record(struct envelope *v, struct decoder *d, struct record *r, struct buf *out,
		      struct err *e)
{
	size_t start = out->n;
	enum record_state expected = r->state;
	bool odd = false;
	xml_place(v, r, odd, out);
	size_t event = out->n;
	if (evtx_render(d, r, EVTX_XML, out, &odd, e) < 0)
		return -1;
	if (r->state != expected || odd) {
		buf_clear(&v->text);
		buf_view(&v->text, view_sub(buf_data(out), event, out->n));
		if (v->text.bad)
			return err_set(e, ERR_NOMEM, 0, "no memory for a record's text");
		out->n = start;
		xml_place(v, r, odd, out);
		buf_view(out, buf_data(&v->text));
	}
	buf_byte(out, '\n');
	return 0;
}

/* ---- CSV ---- */

static const char *const columns[] = {
	"RecordNumber", "EventRecordId", "TimeCreated", "EventId",    "Level",
	"Provider",     "Channel",       "ProcessId",   "ThreadId",   "Computer",
	"ChunkNumber",  "UserId",        "HiddenRecord", "SourceFile", "Keywords",
	"Offset",       "Size",          "State",       "Flags",      "Payload",
	"SourceImage",  "SourceImageSha256", "SourceState", "Volume", "Inode",
	"PathInImage",  "OffsetInImage"};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

const char *const *dump_columns(size_t *n)
{
	*n = N_COLUMNS;
	return columns;
}

static void csv_text(struct buf *b, struct view v)
{
	csv_field(b, v, true);
	buf_byte(b, ',');
}

static void csv_number(struct buf *b, uint64_t n)
{
	buf_decimal(b, n);
	buf_byte(b, ',');
}

/* As EvtxECmd writes it: a blank for the T, and no Z. */
static void csv_time(struct buf *b, uint64_t filetime)
{
	char text[TIME_TEXT];
	size_t n = filetime ? time_format(filetime, text) : 0;
	for (size_t i = 0; i < n; i++)
		if (text[i] != 'Z')
			buf_byte(b, text[i] == 'T' ? ' ' : (uint8_t)text[i]);
	buf_byte(b, ',');
}

static void csv_level(struct buf *b, const struct event *ev)
{
	static const char *const names[] = {"LogAlways", "Critical", "Error", "Warning", "Info",
					    "Verbose"};
	if (ev->has_system && ev->level < sizeof(names) / sizeof(names[0]))
		buf_str(b, names[ev->level]);
	else if (ev->has_system)
		buf_decimal(b, ev->level);
	buf_byte(b, ',');
}

static void csv_system(struct buf *b, const struct event *ev)
{
	csv_number(b, ev->record_id);
	csv_time(b, ev->time_created);
	if (ev->has_system)
		buf_decimal(b, ev->event_id);
	buf_byte(b, ',');
	csv_level(b, ev);
	csv_text(b, ev->provider);
	csv_text(b, ev->channel);
	if (ev->has_system)
		buf_decimal(b, ev->execution_pid);
	buf_byte(b, ',');
	if (ev->has_system)
		buf_decimal(b, ev->execution_tid);
	buf_byte(b, ',');
	csv_text(b, ev->computer);
}

/* What csv_text() escapes as no valid text. */
static bool has_odd_system(const struct event *ev)
{
	return !text_valid(ev->provider, NULL) || !text_valid(ev->channel, NULL) ||
	       !text_valid(ev->computer, NULL) || !text_valid(ev->user_sid, NULL);
}

static int csv_record(struct envelope *v, struct decoder *d, struct record *r,
		      const struct event *ev, struct buf *out, struct err *e)
{
	bool odd = false;
	buf_clear(&v->text);
	if (evtx_render(d, r, EVTX_PAYLOAD, &v->text, &odd, e) < 0)
		return -1;
	if (v->text.bad)
		return err_set(e, ERR_NOMEM, 0, "no memory for a record's text");
	odd |= has_odd_system(ev);
	csv_number(out, r->id);
	csv_system(out, ev);
	csv_number(out, r->chunk);
	csv_text(out, ev->user_sid);
	buf_str(out, r->recovered ? "True" : "False");
	buf_view(out, buf_data(&v->head));
	if (ev->has_system)
		buf_fmt(out, "0x%llx", (unsigned long long)ev->keywords);
	buf_byte(out, ',');
	struct beside s = {.n = 0};
	put_number(&s, r->offset);
	PUT(&s, ",");
	put_number(&s, r->size);
	PUT(&s, ",");
	put_text(&s, state_names[r->state]);
	PUT(&s, ",");
	put_flags(&s, r, odd, " ");
	PUT(&s, ",");
	buf_add(out, s.p, s.n);
	csv_field(out, buf_data(&v->text), true);
	image_place(v, r, out);
	buf_str(out, "\r\n");
	return 0;
}

/* ---- all of them ---- */

void envelope_init(struct envelope *v, enum dump_format f)
{
	memset(v, 0, sizeof(*v));
	v->format = f;
	buf_init(&v->head, 0);
	buf_init(&v->text, 0);
	buf_init(&v->tail, 0);
}

void envelope_release(struct envelope *v)
{
	buf_release(&v->head);
	buf_release(&v->text);
	buf_release(&v->tail);
}

/* The path's JSON text with what would end the instruction, or its value, as an entity. */
static void xml_head(struct buf *b, struct view path)
{
	struct buf text;
	buf_init(&text, 0);
	json_path(&text, path);
	buf_str(b, "<?evtxhound source=\"");
	for (size_t i = 1; i + 1 < text.n; i++) {
		const char *entity = text.p[i] == '"'   ? "&quot;"
				     : text.p[i] == '&' ? "&amp;"
				     : text.p[i] == '<' ? "&lt;"
				     : text.p[i] == '>' ? "&gt;"
							: NULL;
		if (entity)
			buf_str(b, entity);
		else
			buf_byte(b, text.p[i]);
	}
	b->bad |= text.bad;
	buf_release(&text);
}

/* Behind all else, and the last of them without its value; nothing in XML, whose `source` says it too. */
static void image_tail(struct envelope *v, const struct source_origin *o)
{
	char hash[SOURCE_HASH_TEXT];
	source_hash_text(o->image, hash);
	const struct {
		const char *json; /* up to the value */
		struct view v;
	} members[] = {
		{",\"SourceImage\":", view_str(o->image->path)},
		{",\"SourceImageSha256\":", view_str(hash)},
		{",\"SourceState\":", view_str(source_state_name(o->state))},
		{",\"Volume\":", view_str(v->source->volume)},
		{",\"Inode\":", view_str(v->source->inode)},
		{",\"PathInImage\":", o->path},
	};
	bool csv = v->format == DUMP_CSV;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		buf_str(&v->tail, csv ? "," : members[i].json);
		if (csv)
			csv_field(&v->tail, members[i].v, true);
		else if (members[i].v.n)
			json_path(&v->tail, members[i].v);
		else
			buf_str(&v->tail, "null");
	}
	buf_str(&v->tail, csv ? "," : ",\"OffsetInImage\":");
}

void envelope_source(struct envelope *v, const struct source_list *l, const struct source *s)
{
	struct view path = view_str(s->path);
	struct source_origin origin = source_origin(l, s);
	v->list = l;
	v->source = s;
	v->in_image = origin.image != NULL;
	buf_clear(&v->head);
	buf_clear(&v->tail);
	if (v->format != DUMP_XML && origin.image)
		image_tail(v, &origin);
	else if (v->format == DUMP_CSV)
		buf_str(&v->tail, ",,,,,,,");
	if (v->format == DUMP_XML) {
		xml_head(&v->head, path);
	} else if (v->format == DUMP_CSV) {
		buf_byte(&v->head, ',');
		csv_text(&v->head, path);
	} else {
		buf_str(&v->head, ",\"Evidence\":{\"SourceFile\":");
		json_path(&v->head, path);
	}
}

int envelope_record(struct envelope *v, struct decoder *d, struct record *r, const struct event *ev,
		    struct buf *out, struct err *e)
{
	int rc = v->format == DUMP_XML   ? xml_record(v, d, r, out, e)
		 : v->format == DUMP_CSV ? csv_record(v, d, r, ev, out, e)
					 : json_record(v, d, r, out, e);
	if (rc == 0 && (out->bad || v->head.bad || v->tail.bad))
		rc = err_set(e, ERR_NOMEM, 0, "no memory for a record's text");
	return rc;
}

void dump_begin(struct buf *b, enum dump_format f)
{
	if (f == DUMP_XML)
		buf_str(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Events>\n");
	if (f != DUMP_CSV)
		return;
	for (size_t i = 0; i < N_COLUMNS; i++) {
		buf_str(b, i ? "," : "");
		buf_str(b, columns[i]);
	}
	buf_str(b, "\r\n");
}

void dump_end(struct buf *b, enum dump_format f)
{
	if (f == DUMP_XML)
		buf_str(b, "</Events>\n");
}
