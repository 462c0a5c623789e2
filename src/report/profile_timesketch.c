/* SPDX-License-Identifier: Apache-2.0 */
/* The findings and the timeline as Timesketch imports them: CSV and JSONL of the same rows. */
#include "profile.h"

#define CSV_NAME "timesketch.csv"
#define NUMBER_DIGITS 18u /* are within 64 bits with a sign */
#define JSONL_NAME "timesketch.jsonl"

enum { TS_MESSAGE, TS_TIMESTAMP, TS_DATETIME, TS_DESC, TS_TYPE, TS_RULE, TS_LEVEL, TS_OWN };
#define TS_COLUMNS (TS_OWN + TC_COUNT)
static const char *const own_names[TS_OWN] = {"message", "timestamp", "datetime", "timestamp_desc",
					      "data_type", "rule", "level"};

/* What Timesketch's other parsers call it; NULL: it is one of our own columns. */
static const char *column_name(size_t i)
{
	static const char *const names[] = {TIMELINE_COLUMNS(COLUMN_NAME)};

	if (i < TS_OWN)
		return own_names[i];
	switch (i - TS_OWN) {
	case TC_MESSAGE:
	case TC_TIMESTAMP_DESC:
		return NULL;
	case TC_DATETIME:
		return "time_created";
	case TC_HOST:
		return "computer_name";
	case TC_EVENT_ID:
		return "event_identifier";
	case TC_RECORD_ID:
		return "record_number";
	default:
		return names[i - TS_OWN];
	}
}

static bool is_number(size_t i)
{
	return i == TS_TIMESTAMP || i == TS_OWN + TC_EVENT_ID || i == TS_OWN + TC_RECORD_ID;
}

/* ---- time: microseconds since 1970 ---- */

bool time_is_held(uint64_t filetime)
{
	const uint64_t year = UINT64_C(315569520000000); /* a mean one */

	return filetime > 77 * year && filetime < 661 * year;
}

static void time_cells(struct arena *a, uint64_t time, struct cell *c)
{
	bool held = time_is_held(time);
	uint64_t shown = held ? time : TIME_EPOCH;
	char text[TIME_TEXT];
	size_t n = time_format(shown, text);

	/* "...0.1234567Z": without the last digit, and with an offset. */
	c[TS_DATETIME] = cell_plain(a, "%.*s+00:00", (int)n - 2, text);
	c[TS_TIMESTAMP] = cell_plain(a, "%" PRId64, ((int64_t)shown - (int64_t)TIME_EPOCH) / 10);
	if (!held)
		c[TS_DESC] = cell_str("Time out of range");
}

/* ---- rows ---- */

static void header(struct timesketch *t)
{
	for (size_t i = 0; i < TS_COLUMNS; i++) {
		if (!column_name(i))
			continue;
		buf_str(&t->csv.b, i ? "," : "");
		buf_str(&t->csv.b, column_name(i));
	}
	csv_end(&t->csv.b);
}

static void row_csv(struct buf *b, const struct cell *c)
{
	for (size_t i = 0; i < TS_COLUMNS; i++) {
		if (!column_name(i))
			continue;
		buf_str(b, i ? "," : "");
		csv_cells(b, &c[i], 1);
	}
	csv_end(b);
}

static void row_jsonl(struct buf *b, const struct cell *c)
{
	struct json j = {.b = b};

	json_open(&j, NULL, '{');
	for (size_t i = 0; i < TS_COLUMNS; i++) {
		const char *name = column_name(i);

		if (!name || !c[i].v.n)
			continue;
		b->bad |= c[i].bad;
		if (is_number(i) && c[i].v.n > NUMBER_DIGITS)
			continue;
		if (is_number(i)) {
			json_name(&j, name);
			buf_view(b, c[i].v);
		} else {
			json_some(&j, name, c[i].v);
		}
	}
	json_close(&j, '}');
	buf_byte(b, '\n');
}

static int row_write(struct timesketch *t, const struct cell *c, struct err *e)
{
	row_csv(&t->csv.b, c);
	row_jsonl(&t->jsonl.b, c);
	return sheet_flush(&t->csv, e) < 0 ? -1 : sheet_flush(&t->jsonl, e);
}

int timesketch_row(struct timesketch *t, const struct cell *cells, uint64_t time, struct err *e)
{
	struct cell c[TS_COLUMNS] = {0};

	memcpy(c + TS_OWN, cells, TC_COUNT * sizeof(*cells));
	c[TS_MESSAGE] = cells[TC_MESSAGE];
	c[TS_DESC] = cells[TC_TIMESTAMP_DESC];
	c[TS_TYPE] = cell_str("windows:evtx:record");
	time_cells(&t->csv.a, time, c);
	return row_write(t, c, e);
}

static void finding_message(struct buf *b, const struct rule *r, const struct finding *f,
			    const struct activity *act)
{
	buf_fmt(b, "Finding (%s): ", rule_level_name(r->level));
	buf_view(b, r->title);
	buf_str(b, f->unverified ? ", unverified" : "");
	buf_str(b, act->image.n ? "; process " : "");
	buf_view(b, act->image);
	buf_str(b, act->user.n ? "; user " : "");
	buf_view(b, act->user);
	buf_str(b, act->command_line.n ? "; command line " : "");
	buf_view(b, act->command_line);
}

static void subject_cells(struct arena *a, const struct evidence *ev, const struct activity *act,
			  struct cell *c)
{
	c[TS_OWN + TC_IMAGE] = cell_text(act->image);
	c[TS_OWN + TC_COMMAND_LINE] = cell_text(act->command_line);
	c[TS_OWN + TC_USER] = cell_text(act->user);
	c[TS_OWN + TC_PARENT_IMAGE] = cell_text(act->parent_image);
	if (!ev || !ev->event)
		return;
	c[TS_OWN + TC_CHANNEL] = cell_text(ev->event->channel);
	c[TS_OWN + TC_EVENT_ID] = cell_plain(a, "%u", ev->event->event_id);
	c[TS_OWN + TC_RECORD_ID] = cell_plain(a, "%" PRIu64, ev->record_id);
}

static int finding_row(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct timesketch *t = ctx;
	struct arena *a = &t->csv.a;
	const struct rule *r = finding_rule(t->csv.run, f);
	const struct evidence *ev = finding_subject(f);
	struct cell c[TS_COLUMNS] = {0};
	struct activity act = {0};
	struct buf message;

	(void)i;
	if (ev && evidence_activity(ev, a, &act, e) < 0)
		return -1;
	buf_init(&message, 0);
	finding_message(&message, r, f, &act);
	c[TS_MESSAGE] = cell_text(buf_data(&message));
	c[TS_MESSAGE].bad = message.bad;
	c[TS_DESC] = cell_str("Finding");
	c[TS_TYPE] = cell_str("evtxhound:finding");
	c[TS_RULE] = cell_text(r->title);
	c[TS_LEVEL] = cell_str(rule_level_name(r->level));
	c[TS_OWN + TC_DATETIME] = cell_time(a, f->first_time);
	c[TS_OWN + TC_HOST] = cell_text(f->computer);
	c[TS_OWN + TC_FINDINGS] = cell_str(f->id);
	subject_cells(a, ev, &act, c);
	time_cells(a, f->first_time, c);
	int rc = row_write(t, c, e);
	buf_release(&message);
	return rc;
}

int timesketch_open(struct timesketch *t, const struct run *run, struct err *e)
{
	if (sheet_open(&t->csv, run, CSV_NAME, e) < 0)
		return -1;
	if (sheet_open(&t->jsonl, run, JSONL_NAME, e) < 0) {
		sheet_close(&t->csv, -1, NULL, e);
		return -1;
	}
	header(t);
	if (each_finding(run, finding_row, t, e) == 0)
		return 0;
	return timesketch_close(t, -1, NULL, NULL, e);
}

int timesketch_close(struct timesketch *t, int rc, struct output *csv, struct output *jsonl,
		     struct err *e)
{
	rc = sheet_close(&t->csv, rc, csv, e);
	rc = sheet_close(&t->jsonl, rc, jsonl, e);
	if (rc == 0) {
		csv->name = CSV_NAME;
		jsonl->name = JSONL_NAME;
	}
	return rc;
}
