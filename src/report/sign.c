/* SPDX-License-Identifier: Apache-2.0 */
/* What each sign of tampering or loss is called, what it may mean, and what else explains it. */
#include "report-private.h"

static const struct sign_about about[SIGN_KINDS] = {
	[SIGN_CLEARED] = {"log-cleared", SIGN_HIGH, AMOUNT_NONE, "Log cleared",
			  "A log was cleared: what it held before is not in it any more.",
			  "Administrators clear logs after they archived them, and images are "
			  "cleared before they are rolled out."},
	[SIGN_HIDDEN] = {"record-hidden", SIGN_HIGH, AMOUNT_NONE, "Records hidden within others",
			 "A record was unlinked: the size of the one before it was raised until it "
			 "covers it, so that Windows no longer shows it.",
			 "No normal writer is known to do this; bytes that a record quotes or a "
			 "damaged size can look like it."},
	[SIGN_ROOM] = {"record-room", SIGN_MEDIUM, AMOUNT_BYTES, "Room within records",
		       "A record was unlinked by raising the size of the one before it, and then "
		       "overwritten.",
		       "No normal writer leaves such room; a damaged size, of a record or of a "
		       "value, looks like it."},
	[SIGN_EMPTY] = {"log-empty", SIGN_MEDIUM, AMOUNT_NONE, "Emptied log",
			"The file has no bytes: its content was removed by other means than "
			"Windows', which leaves a header.",
			"A copy that failed, or a file system that lost what it had not written, "
			"leaves such a file too."},
	[SIGN_ID_GAP] = {"id-gap", SIGN_MEDIUM, AMOUNT_RECORDS, "Record ids missing",
			 "Records between two others were removed, or lost.",
			 "Damaged or unread parts of the file, a log put together or filtered by "
			 "another program, and a machine that lost its power leave gaps too."},
	[SIGN_ID_REPEAT] = {"id-repeat", SIGN_MEDIUM, AMOUNT_RECORDS, "Record ids that come twice",
			    "Records were put in, or pieces of several logs were put together.",
			    "A log that was restored, or written anew after a crash, repeats ids "
			    "too."},
	[SIGN_ID_ORDER] = {"id-order", SIGN_MEDIUM, AMOUNT_NONE, "Record ids out of order",
			   "Records were moved or put in.",
			   "A chunk that was half overwritten holds records of two of its lives."},
	[SIGN_ID_DIFFERS] = {"id-differs", SIGN_MEDIUM, AMOUNT_NONE, "Record ids that disagree",
			     "The record's header was renumbered, or the record came from another "
			     "log.",
			     "A damaged record, and a log of forwarded or imported events, have "
			     "this too."},
	[SIGN_HEADER_TIME] = {"header-time", SIGN_MEDIUM, AMOUNT_SPAN,
			      "Times that disagree within a record",
			      "A record holds its time twice, and only one of the two was changed.",
			      "Forwarded events are written later than they were made, and a "
			      "damaged record has wrong times too."},
	[SIGN_NEXT_ID] = {"next-id", SIGN_MEDIUM, AMOUNT_RECORDS, "File header against records",
			  "The file header counts other records than there are: the last ones were "
			  "removed, or some were put in.",
			  "A log cut short by a copy, with damaged chunks, or not closed properly "
			  "has such a header too."},
	[SIGN_CHECKSUM] = {"checksum", SIGN_MEDIUM, AMOUNT_NONE, "Checksums that do not hold",
			   "Bytes of the chunk were changed after Windows had written them.",
			   "Bad media, a copy made while the log was written, and a machine that "
			   "lost its power do the same."},
	[SIGN_TIME_BACKWARDS] =
		{"time-backwards", SIGN_LOW, AMOUNT_SPAN, "Time runs backwards",
		 "The clock was set back, or records were changed or put in.",
		 "Clocks are corrected at boot and by time servers, virtual machines "
		 "are reset, and some sources hand over records late."},
	[SIGN_TIME_CHANGED] = {"time-changed", SIGN_LOW, AMOUNT_SPAN, "Clock changed",
			       "The clock was set, so that times before and after do not compare.",
			       "The time service and the tools of virtual machines set it by "
			       "themselves, most of all at boot and after sleep."},
	[SIGN_STOPPED] = {"logging-stopped", SIGN_LOW, AMOUNT_NONE, "Event log service stopped",
			  "Logging was stopped; what happened until it started again is not "
			  "recorded.",
			  "Every shutdown and restart of the machine stops it."},
	[SIGN_LATE_START] =
		{"late-start", SIGN_LOW, AMOUNT_RECORDS, "Log starts late",
		 "Records before the first one are gone though the log shows no sign of "
		 "having gone round: it may have been cleared.",
		 "A log that was archived, or that has just gone round once, starts like "
		 "this too."},
	[SIGN_RECOVERED] = {"record-recovered", SIGN_LOW, AMOUNT_RECORDS, "Records that are not live",
			    "Records were cut off by a changed chunk header, or are left from "
			    "before the log was cleared.",
			    "A log that goes round, is exported or is written anew leaves older "
			    "records in the unused room of its chunks."},
	[SIGN_EXPORTED] = {"exported", SIGN_LOW, AMOUNT_NONE, "Log saved out of another",
			   "This is not the original log: what a filter left out is not in it, and "
			   "header times and gaps in it tell nothing.",
			   "The event viewer and wevtutil save logs like this; it is the usual way "
			   "to hand one on."},
};

const struct sign_about *sign_about(enum sign_kind k)
{
	return &about[k];
}

const char *sign_severity_name(enum sign_severity s)
{
	static const char *const names[] = {"low", "medium", "high"};

	return names[s];
}

const char *sign_unit_name(enum sign_unit u)
{
	static const char *const names[] = {"", "records", "bytes", "100 ns"};

	return names[u];
}

/* ---- adding ---- */

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_offset(const struct sign_place *a, const struct sign_place *b)
{
	int k = compare(a->offset, b->offset);

	k = k ? k : compare(a->record_id, b->record_id);
	k = k ? k : compare(a->other_offset, b->other_offset);
	return k ? k : view_cmp(a->note, b->note);
}

/* Kept in order; a full list loses its last. */
static void add_place(struct sign *s, const struct sign_place *p, size_t max)
{
	size_t at = s->n_places;

	while (at && by_offset(p, &s->places[at - 1]) < 0)
		at--;
	if (at >= max)
		return;
	if (s->n_places < max)
		s->n_places++;
	memmove(&s->places[at + 1], &s->places[at], (s->n_places - at - 1) * sizeof(*p));
	s->places[at] = *p;
}

static uint64_t saturated(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

void sign_add(struct sign *s, const struct sign *from, size_t max)
{
	const struct sign_place *p = &from->largest;
	bool first = !s->n;

	s->n = saturated(s->n, from->n);
	if (about[s->kind].unit == AMOUNT_SPAN)
		s->amount = from->amount > s->amount ? from->amount : s->amount;
	else
		s->amount = saturated(s->amount, from->amount);
	if (first || p->amount > s->largest.amount ||
	    (p->amount == s->largest.amount && by_offset(p, &s->largest) < 0))
		s->largest = *p;
	for (size_t i = 0; i < from->n_places; i++)
		add_place(s, &from->places[i], max);
}

struct sign_total sign_total(const struct run *run, enum sign_kind k)
{
	struct sign_total t = {0};

	for (size_t i = 0; i < run->n_sources; i++)
		for (size_t s = 0; s < run->sources[i].n_signs; s++) {
			const struct sign *sign = &run->sources[i].signs[s];

			if (sign->kind != k)
				continue;
			t.n = saturated(t.n, sign->n);
			t.sources++;
		}
	return t;
}

/* ---- telling ---- */

static void put_time(struct buf *b, uint64_t t)
{
	char text[TIME_TEXT];

	if (!t) {
		buf_str(b, "an unknown time");
		return;
	}
	time_format(t, text);
	buf_str(b, text);
}

static void put_span(struct buf *b, uint64_t span)
{
	char text[SPAN_TEXT];

	span_format(span, text);
	buf_fmt(b, "%s s", text);
}

static void put_by(struct buf *b, const struct sign_place *p)
{
	if (p->account.n) {
		buf_str(b, " by ");
		buf_view(b, p->account);
	}
	if (p->computer.n) {
		buf_str(b, " on ");
		buf_view(b, p->computer);
	}
}

static void put_other(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "record %" PRIu64 " at offset %" PRIu64, p->other_id, p->other_offset);
}

static void tell_cleared(struct buf *b, const struct sign_place *p)
{
	if (p->note.n) {
		buf_str(b, "the log ");
		buf_view(b, p->note);
		buf_str(b, " was cleared");
	} else {
		buf_str(b, "the log was cleared");
	}
	put_by(b, p);
}

static void tell_stopped(struct buf *b, const struct sign_place *p)
{
	buf_str(b, "the service stopped");
	put_by(b, p);
}

static void tell_time_changed(struct buf *b, const struct sign_place *p)
{
	if (p->other_time) {
		buf_fmt(b, "the clock was set %s by ", p->back ? "back" : "forward");
		put_span(b, p->amount);
		buf_str(b, ", from ");
		put_time(b, p->other_time);
		buf_str(b, ",");
	} else {
		buf_str(b, "the clock was set; how far cannot be read from the record,");
	}
	put_by(b, p);
	if (!p->note.n)
		return;
	buf_str(b, ", process ");
	buf_view(b, p->note);
}

static void tell_gap(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "%" PRIu64 " id%s missing behind ", p->amount, p->amount == 1 ? "" : "s");
	put_other(b, p);
}

static void tell_repeat(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "%" PRIu64 " id%s from here on stand%s also at or behind ", p->amount,
		p->amount == 1 ? "" : "s", p->amount == 1 ? "s" : "");
	put_other(b, p);
}

static void tell_order(struct buf *b, const struct sign_place *p)
{
	buf_str(b, "comes behind ");
	put_other(b, p);
}

static void tell_id_differs(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "its EventRecordID is %" PRIu64, p->other_id);
}

static void tell_header_time(struct buf *b, const struct sign_place *p)
{
	buf_str(b, "its header says ");
	put_time(b, p->other_time);
	buf_str(b, ", ");
	put_span(b, p->amount);
	buf_str(b, p->other_time > p->time ? " later" : " earlier");
}

static void tell_next_id(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "the next record should be %" PRIu64 "; ", p->other_id);
	if (p->record_id)
		buf_fmt(b, "the last one found is %" PRIu64, p->record_id);
	else
		buf_str(b, "none was found");
}

static void tell_backwards(struct buf *b, const struct sign_place *p)
{
	put_span(b, p->amount);
	buf_str(b, " before ");
	put_other(b, p);
	buf_str(b, " (");
	put_time(b, p->other_time);
	buf_str(b, ")");
}

static void tell_late(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "%" PRIu64 " record%s came before the first one", p->amount,
		p->amount == 1 ? "" : "s");
}

static void tell_exported(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "its records have the EventRecordIDs %" PRIu64 " to %" PRIu64, p->record_id,
		p->other_id);
	if (p->amount)
		buf_fmt(b, "; %" PRIu64 " of that range %s not here", p->amount,
			p->amount == 1 ? "is" : "are");
}

static void tell_empty(struct buf *b, const struct sign_place *p)
{
	(void)p;
	buf_str(b, "the file has no bytes");
}

static void tell_checksum(struct buf *b, const struct sign_place *p)
{
	buf_str(b, "the checksum over the chunk's ");
	buf_view(b, p->note);
	buf_str(b, " does not hold");
}

static void tell_hidden(struct buf *b, const struct sign_place *p)
{
	buf_str(b, "lies within the size of ");
	put_other(b, p);
}

static void tell_room(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "%" PRIu64 " bytes from offset %" PRIu64 " on are within its size, behind its content",
		p->amount, p->other_offset);
}

static void tell_recovered(struct buf *b, const struct sign_place *p)
{
	buf_fmt(b, "%" PRIu64 " record%s from here on %s not among the live ones of the chunk", p->amount,
		p->amount == 1 ? "" : "s", p->amount == 1 ? "is" : "are");
}

void sign_text(struct buf *b, enum sign_kind k, const struct sign_place *p)
{
	static void (*const texts[SIGN_KINDS])(struct buf *, const struct sign_place *) = {
		[SIGN_CLEARED] = tell_cleared,
		[SIGN_HIDDEN] = tell_hidden,
		[SIGN_ROOM] = tell_room,
		[SIGN_EMPTY] = tell_empty,
		[SIGN_ID_GAP] = tell_gap,
		[SIGN_ID_REPEAT] = tell_repeat,
		[SIGN_ID_ORDER] = tell_order,
		[SIGN_ID_DIFFERS] = tell_id_differs,
		[SIGN_HEADER_TIME] = tell_header_time,
		[SIGN_NEXT_ID] = tell_next_id,
		[SIGN_CHECKSUM] = tell_checksum,
		[SIGN_TIME_BACKWARDS] = tell_backwards,
		[SIGN_TIME_CHANGED] = tell_time_changed,
		[SIGN_STOPPED] = tell_stopped,
		[SIGN_LATE_START] = tell_late,
		[SIGN_RECOVERED] = tell_recovered,
		[SIGN_EXPORTED] = tell_exported,
	};

	texts[k](b, p);
	if (p->recovered && k != SIGN_HIDDEN && k != SIGN_RECOVERED)
		buf_str(b, " (the record is not a live one)");
	if (p->bad_checksum && k != SIGN_CHECKSUM)
		buf_str(b, " (the chunk's checksum does not hold)");
}
