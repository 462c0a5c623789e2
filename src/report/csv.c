/* SPDX-License-Identifier: Apache-2.0 */
/* findings.csv and evidence.csv. */
#include "columns.h"
#include "report-private.h"

enum { FINDINGS_COLUMNS(COLUMN_ENUM) FC_COUNT };
enum { EVIDENCE_COLUMNS(COLUMN_ENUM) EC_COUNT };
static const char *const findings_names[] = {FINDINGS_COLUMNS(COLUMN_NAME)};
static const char *const evidence_names[] = {EVIDENCE_COLUMNS(COLUMN_NAME)};

const char *const *findings_columns(size_t *n)
{
	*n = FC_COUNT;
	return findings_names;
}

const char *const *evidence_columns(size_t *n)
{
	*n = EC_COUNT;
	return evidence_names;
}

/* ---- findings.csv ---- */

static struct cell cell_joined(struct arena *a, const struct view *v, size_t n)
{
	struct cell c = {0};
	struct buf b;

	buf_init(&b, 0);
	join_texts(&b, v, n);
	if (b.n)
		c.v = arena_keep(a, buf_data(&b));
	c.bad = b.bad || (b.n && !c.v.p);
	buf_release(&b);
	return c;
}

static struct cell cell_span(struct arena *a, uint64_t span)
{
	char text[SPAN_TEXT];

	span_format(span, text);
	return cell_plain(a, "%s", text);
}

static void findings_rule_cells(struct sheet *s, const struct rule *r, struct cell *c)
{
	c[FC_RULE_ID] = cell_text(r->id);
	c[FC_RULE_TITLE] = cell_text(r->title);
	c[FC_RULE_LANGUAGE] = cell_str(rule_language_name(r->language));
	c[FC_LEVEL] = cell_str(rule_level_name(r->level));
	c[FC_TACTICS] = cell_joined(&s->a, r->tactics.v, r->tactics.n);
	c[FC_TECHNIQUES] = cell_joined(&s->a, r->techniques.v, r->techniques.n);
}

static void findings_time_cells(struct sheet *s, const struct finding *f, struct cell *c)
{
	c[FC_FIRST_TIME] = cell_time(&s->a, f->first_time);
	c[FC_LAST_TIME] = cell_time(&s->a, f->last_time);
	c[FC_SPAN_LOGGED] = cell_span(&s->a, f->span_logged);
	c[FC_SPAN_OCCURRED] = cell_span(&s->a, f->span_occurred);
	c[FC_CLOCK] = cell_str(clock_name(f->clock));
}

static int findings_process_cells(struct sheet *s, const struct finding *f, struct cell *c,
				  struct err *e)
{
	const struct evidence *ev = finding_subject(f);
	struct activity act;

	if (!ev)
		return 0;
	if (evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	c[FC_USER] = cell_text(act.user);
	c[FC_USER_SID] = evidence_sid(ev, &s->a);
	c[FC_USER_SID_FROM] = cell_str(evidence_sid_from(ev));
	c[FC_PROCESS] = cell_text(act.image);
	c[FC_COMMAND_LINE] = cell_text(act.command_line);
	c[FC_PARENT_PROCESS] = cell_text(act.parent_image);
	return 0;
}

struct findings_table {
	struct sheet sheet;
	struct buf destinations;
};

static int findings_row(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct findings_table *t = ctx;
	struct sheet *s = &t->sheet;
	struct buf *dest = &t->destinations;
	struct cell c[FC_COUNT] = {0};

	(void)i;
	buf_clear(dest);
	if (finding_destinations(f, &s->a, dest, e) < 0 || findings_process_cells(s, f, c, e) < 0)
		return -1;
	s->b.bad |= dest->bad;
	c[FC_ID] = cell_str(f->id);
	findings_rule_cells(s, finding_rule(s->run, f), c);
	findings_time_cells(s, f, c);
	c[FC_STATUS] = cell_str(finding_status(f));
	c[FC_COMPUTER] = cell_text(f->computer);
	c[FC_DESTINATION] = cell_text(buf_data(dest));
	c[FC_EVIDENCE_COUNT] = cell_plain(&s->a, "%zu", f->n_evidence);
	c[FC_UNCHECKED] = cell_joined(&s->a, f->unchecked, f->n_unchecked);
	c[FC_ONLY_IN] = cell_str(finding_only_in(f));
	csv_cells(&s->b, c, FC_COUNT);
	csv_end(&s->b);
	return sheet_flush(s, e);
}

int findings_csv_write(const struct run *run, struct output *o, struct err *e)
{
	struct findings_table t;
	int rc;

	o->name = "findings.csv";
	if (sheet_open(&t.sheet, run, o->name, e) < 0)
		return -1;
	buf_init(&t.destinations, 0);
	csv_header(&t.sheet.b, findings_names, FC_COUNT);
	rc = each_finding(run, findings_row, &t, e);
	buf_release(&t.destinations);
	return sheet_close(&t.sheet, rc, o, e);
}

/* ---- evidence.csv ---- */

static void evidence_record_cells(struct arena *a, const struct evidence *ev,
				  const struct activity *act, struct cell *c)
{
	if (ev->stage)
		c[EC_STAGE] = cell_plain(a, "%" PRIu32, ev->stage);
	c[EC_ROLE] = cell_str(role_name(ev->role));
	c[EC_TIME_CREATED] = cell_time(a, ev->time);
	c[EC_UTC_TIME] = cell_time(a, evidence_utc(ev, act));
	c[EC_RECORD_ID] = cell_plain(a, "%" PRIu64, ev->record_id);
	if (!ev->event)
		return;
	c[EC_COMPUTER] = cell_text(ev->event->computer);
	c[EC_CHANNEL] = cell_text(ev->event->channel);
	c[EC_EVENT_ID] = cell_plain(a, "%u", ev->event->event_id);
}

static void evidence_place_cells(const struct run *run, struct arena *a, const struct evidence *ev,
				 struct cell *c)
{
	const struct source_result *src = run_source(run, ev->place.source);

	if (src) {
		c[EC_SOURCE] = cell_text(view_str(src->source->path));
		if (src->source->hashed)
			c[EC_SOURCE_SHA256] = cell_hash(a, src->source->sha256);
	}
	c[EC_CHUNK] = cell_plain(a, "%" PRIu64, ev->place.chunk);
	c[EC_OFFSET] = cell_plain(a, "%" PRIu64, ev->place.offset);
	c[EC_SIZE] = cell_plain(a, "%" PRIu32, ev->place.size);
	c[EC_WITNESS] = cell_text(evidence_witness(ev));
	if (ev->proof && ev->proof->known) {
		c[EC_RECORD_SHA256] = cell_hash(a, ev->proof->record_sha256);
		c[EC_CHUNK_SHA256] = cell_hash(a, ev->proof->chunk_sha256);
	}
}

static void evidence_image_cells(const struct run *run, struct arena *a, const struct evidence *ev,
				 struct cell *c)
{
	const struct source_result *src = run_source(run, ev->place.source);
	struct provenance p = provenance_of(run, src ? src->source : NULL, ev->place.offset);

	if (!p.image)
		return;
	c[EC_SOURCE_IMAGE] = cell_text(view_str(p.image->path));
	c[EC_SOURCE_IMAGE_SHA256] = cell_plain(a, "%s", p.hash);
	c[EC_SOURCE_STATE] = cell_str(source_state_name(p.state));
	c[EC_VOLUME] = cell_text(p.volume);
	c[EC_INODE] = cell_text(p.inode);
	c[EC_PATH_IN_IMAGE] = cell_text(p.path);
	if (p.offset != EXTENT_ZERO)
		c[EC_OFFSET_IN_IMAGE] = cell_plain(a, "%" PRIu64, p.offset);
}

static void evidence_process_cells(struct arena *a, const struct evidence *ev,
				   const struct activity *act, struct cell *c)
{
	c[EC_PROCESS_GUID] = cell_guid(a, &act->guid);
	if (act->has_pid)
		c[EC_PROCESS_ID] = cell_plain(a, "%" PRIu64, act->pid);
	c[EC_IMAGE] = cell_text(act->image);
	c[EC_ORIGINAL_FILE_NAME] = cell_text(act->original_file_name);
	c[EC_COMMAND_LINE] = cell_text(act->command_line);
	c[EC_USER] = cell_text(act->user);
	c[EC_USER_SID] = evidence_sid(ev, a);
	c[EC_USER_SID_FROM] = cell_str(evidence_sid_from(ev));
	if (act->has_logon_id)
		c[EC_LOGON_ID] = cell_plain(a, "0x%" PRIx64, act->logon_id);
	c[EC_INTEGRITY_LEVEL] = cell_text(act->integrity);
	c[EC_HASHES] = cell_text(act->hashes);
	c[EC_PARENT_PROCESS_GUID] = cell_guid(a, &act->parent_guid);
	if (act->has_parent_pid)
		c[EC_PARENT_PROCESS_ID] = cell_plain(a, "%" PRIu64, act->parent_pid);
	c[EC_PARENT_IMAGE] = cell_text(act->parent_image);
	c[EC_PARENT_COMMAND_LINE] = cell_text(act->parent_command_line);
}

static void evidence_network_cells(const struct activity *act, struct cell *c)
{
	c[EC_PROTOCOL] = cell_text(act->protocol);
	c[EC_SOURCE_IP] = cell_text(act->source_ip);
	c[EC_SOURCE_PORT] = cell_text(act->source_port);
	c[EC_DESTINATION_IP] = cell_text(act->destination_ip);
	c[EC_DESTINATION_HOSTNAME] = cell_text(act->destination_host);
	c[EC_DESTINATION_PORT] = cell_text(act->destination_port);
	if (act->has_initiated)
		c[EC_INITIATED] = cell_str(act->initiated ? "true" : "false");
}

static int evidence_row(struct sheet *s, const struct finding *f, const struct evidence *ev,
			struct err *e)
{
	struct cell c[EC_COUNT] = {0};
	struct activity act;

	if (evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	c[EC_FINDING_ID] = cell_str(f->id);
	evidence_record_cells(&s->a, ev, &act, c);
	evidence_place_cells(s->run, &s->a, ev, c);
	evidence_process_cells(&s->a, ev, &act, c);
	evidence_network_cells(&act, c);
	evidence_image_cells(s->run, &s->a, ev, c);
	csv_cells(&s->b, c, EC_COUNT);
	csv_end(&s->b);
	return sheet_flush(s, e);
}

static int evidence_rows(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	(void)i;
	for (size_t k = 0; k < f->n_evidence; k++)
		if (evidence_row(ctx, f, &f->evidence[k], e) < 0)
			return -1;
	return 0;
}

int evidence_csv_write(const struct run *run, struct output *o, struct err *e)
{
	struct sheet s;

	o->name = "evidence.csv";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	csv_header(&s.b, evidence_names, EC_COUNT);
	return sheet_close(&s, each_finding(run, evidence_rows, &s, e), o, e);
}
