/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of the page: an index, and each in full. */
#include "page.h"

static int index_row(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct sheet *s = ctx;
	struct buf *b = &s->b;
	const struct rule *r = finding_rule(s->run, f);

	if (i == LIMIT_PAGE_FINDINGS)
		return 1;
	buf_fmt(b, "<tr><td class=n><a href=\"#%s\">%zu</a></td><td class=w>", f->id, i + 1);
	page_level(b, r->level);
	buf_str(b, "</td><td>");
	page_text(b, r->title);
	buf_str(b, "</td><td>");
	page_text(b, f->computer);
	buf_str(b, "</td><td class=w>");
	page_time(b, f->first_time);
	buf_fmt(b, "</td><td class=w>%s</td></tr>\n", finding_status(f));
	return sheet_flush(s, e);
}

static int index_table(struct sheet *s, struct err *e)
{
	static const char *const columns[] = {"#No.",       "Level",  "Rule", "Computer",
					      "First time", "Status", NULL};
	int rc;

	page_table(&s->b, "wide", columns);
	rc = each_finding(s->run, index_row, s, e);
	buf_str(&s->b, "</tbody></table>\n");
	return rc;
}

/* ---- one finding ---- */

static void when(struct buf *b, const struct finding *f)
{
	char logged[SPAN_TEXT], occurred[SPAN_TEXT];

	page_row_open(b, "When");
	page_time(b, f->first_time);
	if (f->last_time != f->first_time) {
		buf_str(b, " to ");
		page_time(b, f->last_time);
		span_format(f->span_logged, logged);
		span_format(f->span_occurred, occurred);
		buf_fmt(b,
			"<br><span class=note>%s s between the records as logged, %s s as the "
			"events occurred; the rule holds on %s.</span>",
			logged, occurred,
			f->clock == CLOCK_BOTH     ? "both clocks"
			: f->clock == CLOCK_LOGGED ? "the time of logging"
						   : "the time of occurrence");
	}
	if (f->measured.n) {
		page_row_open(b, "Measured");
		page_text(b, f->measured);
		page_row_close(b);
	}
	if (f->other_clock.n) {
		buf_str(b, "<br><span class=note>On the other clock the same last record has "
			   "other records before it: ");
		page_text(b, f->other_clock);
		buf_str(b, "</span>");
	}
	page_row_close(b);
}

static const char *sid_origin(const char *from)
{
	static const char *const words[][2] = {
		{"record", "as the record says"},
		{"creator", "of the creator: the process may run as another"},
		{"logon-id", "by the fixed logon id"},
		{"4624", "by the sign-on record, event 4624"},
		{"class", "class of accounts, by the authority of the name"},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i][0], from) == 0)
			return words[i][1];
	return from;
}

static void who(struct buf *b, const struct evidence *ev, const struct activity *act,
		struct arena *a)
{
	struct cell sid = evidence_sid(ev, a);

	b->bad |= sid.bad;
	if (!act->user.n && !sid.v.n)
		return;
	page_row_open(b, "Who");
	page_code(b, act->user);
	if (sid.v.n) {
		buf_str(b, act->user.n ? ", " : "");
		page_code(b, sid.v);
		buf_fmt(b, " <span class=note>(%s)</span>", sid_origin(evidence_sid_from(ev)));
	}
	page_row_close(b);
}

static void list_row(struct buf *b, const char *label, struct text_list l)
{
	if (!l.n)
		return;
	page_row_open(b, label);
	for (size_t i = 0; i < l.n; i++) {
		buf_str(b, i ? ", " : "");
		page_text(b, l.v[i]);
	}
	page_row_close(b);
}

static int process_rows(struct sheet *s, const struct finding *f, struct err *e)
{
	const struct evidence *ev = finding_subject(f);
	struct buf dest, *b = &s->b;
	struct activity act;
	int rc;

	buf_init(&dest, 0);
	rc = finding_destinations(f, &s->a, &dest, e);
	if (rc == 0 && ev && evidence_activity(ev, &s->a, &act, e) == 0) {
		who(b, ev, &act, &s->a);
		page_row(b, "Process", act.image);
		page_row(b, "Command line", act.command_line);
		page_row(b, "Parent process", act.parent_image);
		page_row(b, "Connected to", buf_data(&dest));
	} else if (ev) {
		rc = -1;
	}
	b->bad |= dest.bad;
	buf_release(&dest);
	return rc;
}

static void unchecked(struct buf *b, const struct finding *f)
{
	if (!f->unverified && !f->n_unchecked)
		return;
	buf_str(b, "<h4>What could not be checked</h4>\n"
		   "<p>The rule holds as it was published. These conditions of it are not false "
		   "but unknown: the records do not tell.</p>\n<ul>");
	for (size_t i = 0; i < f->n_unchecked; i++) {
		buf_str(b, "<li>");
		page_code(b, f->unchecked[i]);
		buf_str(b, "</li>");
	}
	buf_str(b, "</ul>\n");
}

static int facts_table(struct sheet *s, const struct finding *f, struct err *e)
{
	const struct rule *r = finding_rule(s->run, f);
	struct buf *b = &s->b;
	int rc;

	page_table(b, "facts", NULL);
	page_row(b, "Computer", f->computer);
	when(b, f);
	rc = process_rows(s, f, e);
	list_row(b, "ATT&amp;CK tactics", r->tactics);
	list_row(b, "ATT&amp;CK techniques", r->techniques);
	page_row_open(b, "Status");
	buf_fmt(b, "<span class=%s>%s</span>", f->unverified ? "warn" : "ok", finding_status(f));
	page_row_close(b);
	if (f->only_in)
		page_row(b, "Only in", view_str(finding_only_in(f)));
	page_row_open(b, "Triage and response");
	buf_fmt(b, "<a href=\"#R-%" PRIu32 "\">", f->rule + 1);
	page_text(b, r->title);
	buf_str(b, "</a>");
	page_row_close(b);
	page_row_open(b, "Finding");
	buf_fmt(b, "<a class=quote href=\"#%s\"><code>%s</code></a>", f->id, f->id);
	page_row_close(b);
	buf_str(b, "</tbody></table>\n");
	return rc;
}

static int records(struct sheet *s, const struct finding *f, size_t number, struct err *e)
{
	size_t shown = f->n_evidence < LIMIT_PAGE_RECORDS ? f->n_evidence : LIMIT_PAGE_RECORDS;
	int rc = 0;

	buf_str(&s->b, "<h4>Records, in order</h4>\n");
	page_more(&s->b, shown, f->n_evidence, "evidence.csv and findings.jsonl");
	for (size_t i = 0; rc == 0 && i < shown; i++)
		rc = page_record(s, f, number, i, e);
	return rc;
}

static int finding_article(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct sheet *s = ctx;
	const struct rule *r = finding_rule(s->run, f);
	struct buf *b = &s->b;

	if (i == LIMIT_PAGE_FINDINGS)
		return 1;
	buf_fmt(b, "<article class=f id=\"%s\">\n<h3>", f->id);
	page_level(b, r->level);
	buf_fmt(b, "%zu. ", i + 1);
	page_text(b, r->title);
	buf_str(b, "</h3>\n");
	if (facts_table(s, f, e) < 0)
		return -1;
	unchecked(b, f);
	page_tree(b, f, &s->a);
	if (sheet_flush(s, e) < 0 || records(s, f, i + 1, e) < 0)
		return -1;
	buf_str(b, "</article>\n");
	return sheet_flush(s, e);
}

int page_findings(struct sheet *s, struct err *e)
{
	uint64_t all = s->run->about.n;
	size_t shown = all < LIMIT_PAGE_FINDINGS ? (size_t)all : LIMIT_PAGE_FINDINGS;
	struct buf *b = &s->b;
	int rc = 0;

	buf_str(b, "<section id=findings>\n<h2>2 Findings</h2>\n");
	if (!all)
		buf_str(b, "<p>There are none.</p>\n");
	page_more(b, shown, all, "findings.csv, evidence.csv and findings.jsonl");
	if (shown > 1)
		rc = index_table(s, e);
	if (rc == 0)
		rc = each_finding(s->run, finding_article, s, e);
	buf_str(b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
