/* SPDX-License-Identifier: Apache-2.0 */
/* near-misses.csv, and their section of the page. */
#include "columns.h"
#include "page.h"

enum { NEAR_COLUMNS(COLUMN_ENUM) NC_COUNT };
static const char *const names[] = {NEAR_COLUMNS(COLUMN_NAME)};

const char *const *near_columns(size_t *n)
{
	*n = NC_COUNT;
	return names;
}

bool near_asked(const struct run *run)
{
	return run->near && run->near->asked;
}

uint64_t near_met(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->rules->n; i++)
		n += run->near->met[i];
	return n;
}

static const char *kind_name(enum near_kind k)
{
	static const char *const kinds[] = {"condition", "exclusion", "unknown"};

	return kinds[k];
}

static void record_cells(struct sheet *s, const struct near_miss *m, struct cell *c)
{
	const struct source_result *r = run_source(s->run, m->place.source);

	c[NC_TIME] = cell_time(&s->a, m->event->time_created);
	c[NC_COMPUTER] = cell_text(m->event->computer);
	c[NC_CHANNEL] = cell_text(m->event->channel);
	c[NC_EVENT_ID] = cell_plain(&s->a, "%u", m->event->event_id);
	c[NC_RECORD_ID] = cell_plain(&s->a, "%" PRIu64, m->event->record_id);
	c[NC_SOURCE] = cell_text(view_str(r ? r->source->path : ""));
	c[NC_OFFSET] = cell_plain(&s->a, "%" PRIu64, m->place.offset);
}

static int row(struct sheet *s, const struct near_miss *m, struct err *e)
{
	const struct rule *r = &s->run->rules->rules[m->rule];
	struct cell c[NC_COUNT] = {0};

	c[NC_RULE_ID] = cell_text(r->id);
	c[NC_RULE_TITLE] = cell_text(r->title);
	c[NC_LEVEL] = cell_str(rule_level_name(r->level));
	c[NC_KIND] = cell_str(kind_name(m->kind));
	c[NC_HELD] = cell_plain(&s->a, "%u", m->held);
	c[NC_WHAT] = cell_text(m->text);
	c[NC_MET] = cell_plain(&s->a, "%" PRIu64, s->run->near->met[m->rule]);
	record_cells(s, m, c);
	csv_cells(&s->b, c, NC_COUNT);
	csv_end(&s->b);
	return sheet_flush(s, e);
}

int near_csv_write(const struct run *run, struct output *o, struct err *e)
{
	struct sheet s;
	int rc = 0;

	o->name = "near-misses.csv";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	csv_header(&s.b, names, NC_COUNT);
	for (size_t i = 0; rc == 0 && i < run->near->n; i++)
		rc = row(&s, &run->near->v[i], e);
	return sheet_close(&s, rc, o, e);
}

/* ---- the page ---- */

static int page_miss(struct sheet *s, const struct near_miss *m, struct err *e)
{
	const struct rule *r = &s->run->rules->rules[m->rule];
	struct buf *b = &s->b;

	buf_str(b, "<tr><td>");
	page_level(b, r->level);
	buf_byte(b, ' ');
	page_text(b, r->title);
	buf_str(b, "</td><td>");
	page_time(b, m->event->time_created);
	buf_str(b, "</td><td>");
	page_code(b, m->event->computer);
	buf_str(b, "</td><td>");
	page_code(b, m->event->channel);
	buf_fmt(b, " %" PRIu64 "</td><td>", m->event->record_id);
	page_code(b, m->text);
	buf_str(b, "</td></tr>\n");
	return sheet_flush(s, e);
}

int page_near(struct sheet *s, struct err *e)
{
	static const char *const columns[] = {"Rule", "Time", "Computer", "Record", "What failed", NULL};
	const struct run *run = s->run;
	size_t n;
	int rc = 0;

	if (!near_asked(run))
		return 0;
	n = run->near->n < LIMIT_PAGE_FINDINGS ? run->near->n : LIMIT_PAGE_FINDINGS;
	buf_str(&s->b, "<section id=near>\n<h3>Near misses</h3>\n<p>No findings: records on which a rule "
		       "failed by one condition. The evidence has ");
	page_count(&s->b, near_met(run), "of them", "of them");
	buf_fmt(&s->b, "; of each rule the %u earliest are told.", LIMIT_NEAR_MISSES);
	if (run->near->not_looked) {
		buf_byte(&s->b, ' ');
		page_count(&s->b, run->near->not_looked, "record was", "records were");
		buf_str(&s->b, " not looked at for them, for their number.");
	}
	buf_str(&s->b, "</p>\n");
	page_table(&s->b, "", columns);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = page_miss(s, &run->near->v[i], e);
	buf_str(&s->b, "</tbody></table>\n");
	page_more(&s->b, n, run->near->n, "near-misses.csv");
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}

/* ---- manifest ---- */

void manifest_near(struct json *j, const struct run *run)
{
	if (!near_asked(run))
		return;
	json_open(j, "near_misses", '{');
	json_number(j, "met", near_met(run));
	json_number(j, "told", run->near->n);
	json_number(j, "records_not_looked_at", run->near->not_looked);
	json_close(j, '}');
}
