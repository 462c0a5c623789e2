/* SPDX-License-Identifier: Apache-2.0 */
/* One record of a finding on the page: what it is, where it lies, all that it says. */
#include "page.h"

static const char *role_words(const struct evidence *ev)
{
	switch (ev->role) {
	case ROLE_STAGE:
		break;
	case ROLE_CORROBORATING:
		return ev->stage ? "corroborating " : "corroborating";
	case ROLE_SUPPORTING:
		return ev->stage ? "supporting " : "supporting";
	}
	return "";
}

static void heading(struct buf *b, const struct finding *f, size_t number, size_t i)
{
	const struct evidence *ev = &f->evidence[i];
	char span[SPAN_TEXT];

	buf_fmt(b, "<h4><span class=k>%zu.%zu</span> ", number, i + 1);
	buf_str(b, kind_title(ev->event ? event_kind(ev->event) : KIND_NONE));
	buf_str(b, ", ");
	page_time(b, ev->time);
	if (ev->role == ROLE_STAGE && ev->time > f->first_time) {
		span_format(ev->time - f->first_time, span);
		buf_fmt(b, " <span class=role>+%s s</span>", span);
	}
	buf_fmt(b, "<span class=role>%s", role_words(ev));
	if (ev->stage)
		buf_fmt(b, "stage %" PRIu32, ev->stage);
	buf_str(b, "</span></h4>\n");
}

static void record_line(struct buf *b, const struct evidence *ev)
{
	buf_str(b, "<p class=prov>");
	if (ev->event) {
		page_text(b, ev->event->channel);
		buf_fmt(b, ", event %u, ", ev->event->event_id);
	}
	buf_fmt(b, "record %" PRIu64, ev->record_id);
	if (ev->event && ev->event->computer.n) {
		buf_str(b, ", computer ");
		page_text(b, ev->event->computer);
	}
	buf_str(b, "</p>\n");
}

static void place_line(struct buf *b, const struct run *run, const struct evidence *ev)
{
	const struct source_result *src = run_source(run, ev->place.source);
	struct provenance from =
		provenance_of(run, src ? src->source : NULL, ev->place.offset);

	buf_str(b, "<p class=prov>In ");
	page_code(b, view_str(src ? src->source->path : ""));
	buf_fmt(b, " at byte %" PRIu64 " (0x%" PRIx64 "), %" PRIu32 " bytes, chunk %" PRIu64,
		ev->place.offset, ev->place.offset, ev->place.size, ev->place.chunk);
	if (from.image && from.offset != EXTENT_ZERO)
		buf_fmt(b, "; byte %" PRIu64 " (0x%" PRIx64 ") of the image or archive", from.offset, from.offset);
	if (from.image && from.state != SOURCE_LIVE)
		buf_fmt(b, "; <span class=warn>the log is %s</span>", page_state(from.state));
	if (ev->place.recovered)
		buf_str(b, "; <span class=warn>recovered from outside the live records</span>");
	if (ev->place.bad_checksum)
		buf_str(b, "; <span class=warn>the checksum of its chunk does not hold</span>");
	if (ev->place.state != RECORD_WHOLE)
		buf_str(b, "; <span class=warn>not wholly decoded</span>");
	buf_str(b, "</p>\n");
}

static void proof_line(struct buf *b, const struct evidence *ev)
{
	struct view witness = evidence_witness(ev);
	bool agrees = view_eq_str(witness, "agree");

	buf_str(b, "<p class=prov>");
	if (ev->proof && ev->proof->known) {
		buf_str(b, "Record SHA-256 ");
		page_hash(b, ev->proof->record_sha256);
		buf_str(b, "<br>Chunk SHA-256 ");
		page_hash(b, ev->proof->chunk_sha256);
		buf_str(b, "<br>");
	}
	buf_fmt(b, "Second decoder (libevtx): <span class=%s>",
		agrees                              ? "ok"
		: view_eq_str(witness, "not asked") ? "note"
						    : "warn");
	page_text(b, agrees ? view_str("agrees on every field") : witness);
	buf_str(b, "</span></p>\n");
}

static void field_row(struct buf *b, const struct field *f, struct arena *a)
{
	struct view text = value_view(a, f->value);

	b->bad |= !text.p;
	buf_str(b, "<tr><th scope=row>");
	page_text(b, f->name.n ? f->name : view_str("Data"));
	buf_str(b, "</th><td class=e>");
	page_text(b, text);
	buf_str(b, "</td></tr>\n");
}

static int fields_table(struct sheet *s, const struct event *ev, struct err *e)
{
	int rc = 0;

	page_table(&s->b, "fields", NULL);
	for (size_t i = 0; rc == 0 && i < ev->n_fields; i++) {
		field_row(&s->b, &ev->fields[i], &s->a);
		rc = sheet_flush(s, e);
	}
	buf_str(&s->b, "</tbody></table>\n");
	return rc;
}

int page_record(struct sheet *s, const struct finding *f, size_t finding, size_t i, struct err *e)
{
	const struct evidence *ev = &f->evidence[i];
	struct buf *b = &s->b;
	int rc = 0;

	buf_fmt(b, "<div class=\"rec %s\">\n", role_name(ev->role));
	heading(b, f, finding, i);
	record_line(b, ev);
	place_line(b, s->run, ev);
	proof_line(b, ev);
	if (ev->event)
		rc = fields_table(s, ev->event, e);
	else
		buf_str(b, "<p class=warn>The record could not be read again.</p>\n");
	buf_str(b, "</div>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
