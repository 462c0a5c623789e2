/* SPDX-License-Identifier: Apache-2.0 */
/* findings.jsonl: one object per finding, exact. */
#include "report-private.h"

static void span_number(struct json *j, const char *name, uint64_t span)
{
	char text[SPAN_TEXT];

	span_format(span, text);
	json_name(j, name);
	buf_str(j->b, text);
}

/* The size of an integer that every JSON reader holds exactly; 0 for all else, which stays text. */
static size_t small_integer(uint8_t type)
{
	switch (type) {
	case VALUE_INT8:
	case VALUE_UINT8:
		return 1;
	case VALUE_INT16:
	case VALUE_UINT16:
		return 2;
	case VALUE_INT32:
	case VALUE_UINT32:
		return 4;
	default:
		return 0;
	}
}

static int field_value(struct sheet *s, struct json *j, const char *name, struct value v)
{
	struct view text = value_view(&s->a, v);
	size_t n = small_integer(v.type);

	json_name(j, name);
	if (!text.p)
		return -1;
	if (n && v.raw.n == n)
		buf_view(j->b, text);
	else
		json_string(j->b, text);
	return 0;
}

static struct view field_name(const struct field *f)
{
	return f->name.n ? f->name : view_str("Data");
}

/*
 * The fields by name, in the order in which the names first come: first[k] is the k-th name's first
 * field, next[i] the following one of the same name as field i. A table, since a hostile record has
 * thousands of names.
 */
#define LAST UINT32_MAX
struct by_name {
	uint32_t *first, *last, *next;
	size_t n;
};

static bool by_name_add(struct by_name *by, struct strtab *t, const struct event *ev, uint32_t i)
{
	uint32_t id = strtab_add(t, field_name(&ev->fields[i]));

	if (id == STRTAB_NONE)
		return false;
	if (id == by->n)
		by->first[by->n++] = i;
	else
		by->next[by->last[id]] = i;
	by->last[id] = i;
	by->next[i] = LAST;
	return true;
}

static int by_name_make(struct by_name *by, struct arena *a, const struct event *ev)
{
	struct strtab t;
	bool ok = true;

	by->first = arena_array(a, ev->n_fields, sizeof(uint32_t));
	by->last = arena_array(a, ev->n_fields, sizeof(uint32_t));
	by->next = arena_array(a, ev->n_fields, sizeof(uint32_t));
	if (!by->first || !by->last || !by->next)
		return -1;
	strtab_init(&t, false, LIMIT_CHUNK_ARENA);
	for (uint32_t i = 0; ok && i < ev->n_fields; i++)
		ok = by_name_add(by, &t, ev, i);
	strtab_release(&t);
	return ok ? 0 : -1;
}

static int field_all(struct sheet *s, struct json *j, const struct event *ev, uint32_t first,
		     const uint32_t *next)
{
	const struct field *f = &ev->fields[first];
	bool list = next[first] != LAST || !f->name.n;

	json_name(j, NULL);
	json_string(j->b, field_name(f));
	buf_byte(j->b, ':');
	j->more = false;
	if (!list)
		return field_value(s, j, NULL, f->value);
	buf_byte(j->b, '[');
	for (uint32_t i = first; i != LAST; i = next[i])
		if (field_value(s, j, NULL, ev->fields[i].value) < 0)
			return -1;
	buf_byte(j->b, ']');
	return 0;
}

static int fields_object(struct sheet *s, struct json *j, const struct event *ev)
{
	struct by_name by = {0};
	int rc = 0;

	json_open(j, "fields", '{');
	if (ev && ev->n_fields)
		rc = by_name_make(&by, &s->a, ev);
	for (size_t i = 0; rc == 0 && i < by.n; i++) {
		rc = field_all(s, j, ev, by.first[i], by.next);
		j->more = true;
	}
	json_close(j, '}');
	return rc;
}

static const char *state_name(enum record_state st)
{
	switch (st) {
	case RECORD_WHOLE:
		return "whole";
	case RECORD_PARTLY:
		return "partly";
	case RECORD_UNDECODED:
		break;
	}
	return "undecoded";
}

static void record_members(struct json *j, const struct evidence *ev, const struct activity *act)
{
	const struct event *event = ev->event;

	json_text(j, "role", view_str(role_name(ev->role)));
	json_number(j, "stage", ev->stage);
	if (event) {
		json_text(j, "channel", event->channel);
		json_number(j, "event_id", event->event_id);
	} else {
		json_null(j, "channel");
		json_null(j, "event_id");
	}
	json_number(j, "record_id", ev->record_id);
	json_time(j, "time_created", ev->time);
	json_time(j, "utc_time", evidence_utc(ev, act));
	if (event)
		json_text(j, "computer", event->computer);
	else
		json_null(j, "computer");
}

static void place_members(struct sheet *s, struct json *j, const struct evidence *ev)
{
	const struct source_result *src = run_source(s->run, ev->place.source);
	struct provenance from =
		provenance_of(s->run, src ? src->source : NULL, ev->place.offset);
	bool known = ev->proof && ev->proof->known;

	if (src)
		json_file(j, "source", view_str(src->source->path));
	else
		json_null(j, "source");
	json_hash(j, "source_sha256", src ? src->source->sha256 : NULL,
		  src && src->source->hashed);
	json_number(j, "chunk", ev->place.chunk);
	json_number(j, "offset", ev->place.offset);
	json_number(j, "size", ev->place.size);
	json_hash(j, "record_sha256", known ? ev->proof->record_sha256 : NULL, known);
	json_hash(j, "chunk_sha256", known ? ev->proof->chunk_sha256 : NULL, known);
	json_text(j, "witness", evidence_witness(ev));
	json_text(j, "state", view_str(state_name(ev->place.state)));
	json_bool(j, "recovered", ev->place.recovered);
	json_bool(j, "checksum_bad", ev->place.bad_checksum);
	json_provenance(j, &from);
}

static int evidence_object(struct sheet *s, struct json *j, const struct evidence *ev,
			   struct err *e)
{
	struct activity act;
	struct cell sid;

	if (evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	sid = evidence_sid(ev, &s->a);
	j->b->bad |= sid.bad;
	json_open(j, NULL, '{');
	record_members(j, ev, &act);
	place_members(s, j, ev);
	json_text(j, "user_sid", sid.v);
	json_text(j, "user_sid_from", view_str(evidence_sid_from(ev)));
	if (fields_object(s, j, ev->event) < 0)
		return no_memory(e, "the fields of a record");
	json_close(j, '}');
	return sheet_flush(s, e);
}

static void rule_object(struct json *j, const struct rule *r)
{
	json_open(j, "rule", '{');
	json_text(j, "id", r->id);
	json_text(j, "title", r->title);
	json_text(j, "language", view_str(rule_language_name(r->language)));
	json_text(j, "level", view_str(rule_level_name(r->level)));
	json_file(j, "path", r->path);
	json_hash(j, "sha256", r->sha256, true);
	json_close(j, '}');
}

static void finding_head(struct json *j, const struct finding *f, const struct rule *r)
{
	json_text(j, "finding_id", view_str(f->id));
	rule_object(j, r);
	json_text(j, "status", view_str(finding_status(f)));
	if (f->brief)
		json_bool(j, "brief", true);
	json_text(j, "only_in", view_str(finding_only_in(f)));
	json_text(j, "computer", f->computer);
	json_time(j, "first_time", f->first_time);
	json_time(j, "last_time", f->last_time);
	json_open(j, "span_seconds", '{');
	span_number(j, "logged", f->span_logged);
	span_number(j, "occurred", f->span_occurred);
	json_close(j, '}');
	json_text(j, "clock", view_str(clock_name(f->clock)));
	json_text(j, "other_clock", f->other_clock);
	if (f->measured.n)
		json_text(j, "measured", f->measured);
	if (f->left_out)
		json_number(j, "records_left_out", f->left_out);
	json_open(j, "unchecked", '[');
	for (size_t i = 0; i < f->n_unchecked; i++)
		json_text(j, NULL, f->unchecked[i]);
	json_close(j, ']');
}

int finding_json(struct sheet *s, const struct finding *f, size_t most, size_t bytes, size_t *told,
		 struct err *e)
{
	struct json j = {.b = &s->b};
	size_t from = s->b.n, k = 0;
	int rc = 0;

	json_open(&j, NULL, '{');
	finding_head(&j, f, finding_rule(s->run, f));
	if (f->exception) {
		json_exception(&j, "suppressed", finding_exception(s->run, f));
		json_close(&j, '}');
	}
	json_open(&j, "evidence", '[');
	while (rc == 0 && k < f->n_evidence && k < most && (s->b.n < from || s->b.n - from <= bytes))
		rc = evidence_object(s, &j, &f->evidence[k++], e);
	*told = k;
	json_close(&j, ']');
	json_close(&j, '}');
	return rc;
}

static int finding_line(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct sheet *s = ctx;
	size_t told;

	(void)i;
	if (finding_json(s, f, SIZE_MAX, SIZE_MAX, &told, e) < 0)
		return -1;
	buf_byte(&s->b, '\n');
	return sheet_flush(s, e);
}

static int write_lines(const struct run *run, const struct finding_reader *f, uint64_t n,
		       struct output *o, struct err *e)
{
	struct sheet s;

	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	return sheet_close(&s, each_of(f, n, finding_line, &s, e), o, e);
}

int findings_jsonl_write(const struct run *run, struct output *o, struct err *e)
{
	o->name = "findings.jsonl";
	return write_lines(run, &run->findings, run->about.n, o, e);
}

int suppressed_jsonl_write(const struct run *run, struct output *o, struct err *e)
{
	o->name = "suppressed.jsonl";
	return write_lines(run, &run->suppressed, run->apart_about.n, o, e);
}
