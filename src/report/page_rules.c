/* SPDX-License-Identifier: Apache-2.0 */
/* What to do about the findings: each rule that has some, with its triage and response steps. */
#include "page.h"

static void list(struct buf *b, const char *title, const char *tag, struct text_list l)
{
	if (!l.n)
		return;
	buf_fmt(b, "<h4>%s</h4>\n<%s>", title, tag);
	for (size_t i = 0; i < l.n; i++) {
		buf_str(b, "<li>");
		page_prose(b, l.v[i]);
		buf_str(b, "</li>");
	}
	buf_fmt(b, "</%s>\n", tag);
}

static void text_row(struct buf *b, const char *label, struct view v)
{
	if (!v.n)
		return;
	page_row_open(b, label);
	page_text(b, v);
	page_row_close(b);
}

static void list_rows(struct buf *b, const char *label, struct text_list l)
{
	for (size_t i = 0; i < l.n; i++)
		text_row(b, i ? "" : label, l.v[i]);
}

static void origin(struct buf *b, const struct rule *r)
{
	page_table(b, "facts", NULL);
	text_row(b, "Author of the original", r->author);
	text_row(b, "Licence of the original", r->license);
	list_rows(b, "Reference", r->references);
	text_row(b, "Rule status", r->status);
	text_row(b, "Date", r->date);
	text_row(b, "Modified", r->modified);
	if (r->has_risk) {
		page_row_open(b, "Risk score");
		buf_fmt(b, "%" PRId64, r->risk_score);
		page_row_close(b);
	}
	page_row(b, "Rule id", r->id);
	buf_str(b, "</tbody></table>\n");
}

static int rule_section(struct sheet *s, size_t i, uint64_t findings, struct err *e)
{
	const struct rule *r = &s->run->rules->rules[i];
	struct buf *b = &s->b;

	buf_fmt(b, "<section class=rule id=\"R-%zu\">\n<h3>", i + 1);
	page_level(b, r->level);
	buf_byte(b, ' ');
	page_text(b, r->title);
	buf_str(b, "</h3>\n<p class=note>");
	page_count(b, findings, "finding", "findings");
	buf_str(b, ".</p>\n");
	page_prose(b, r->description);
	list(b, "Triage", "ol", r->triage);
	list(b, "Response", "ol", r->response);
	list(b, "Known false positives", "ul", r->false_positives);
	list(b, "Blind spots", "ul", r->blind_spots);
	list(b, "Data needed", "ul", r->data_needed);
	buf_str(b, "<h4>Where the rule comes from</h4>\n");
	origin(b, r);
	buf_str(b, "</section>\n");
	return sheet_flush(s, e);
}

static int left_out(struct sheet *s, struct err *e)
{
	const struct faults *f = &s->run->rules->faults;
	struct buf *b = &s->b;

	if (!f->n && !f->more)
		return 0;
	buf_str(b, "<p class=note>Some rules are faulty and were left out of this run:</p>\n<ul>");
	for (size_t i = 0; i < f->n && i < LIMIT_RULE_FAULTS; i++) {
		buf_str(b, "<li>");
		page_text(b, view_str(f->v[i].file));
		buf_fmt(b, ":%u:%u: ", f->v[i].line, f->v[i].column);
		page_text(b, view_str(f->v[i].message));
		buf_str(b, "</li>\n");
	}
	if (f->n > LIMIT_RULE_FAULTS || f->more)
		buf_str(b, "<li>and more, which the manifest counts</li>\n");
	buf_str(b, "</ul>\n");
	return sheet_flush(s, e);
}

/* Sound rules that were not run: by reason, for there are many of one. */
static int not_run(struct sheet *s, struct err *e)
{
	const struct ruleset *rules = s->run->rules;
	size_t n = 0;

	for (size_t i = 0; i < rules->n; i++)
		n += rules->rules[i].idle.n > 0;
	if (!n)
		return 0;
	buf_str(&s->b, "<p class=note>");
	page_count(&s->b, n, "rule was", "rules were");
	buf_str(&s->b, " not run, since no log has what it is about or values are wanting; the manifest "
		       "says why.</p>\n");
	return sheet_flush(s, e);
}

int page_rules(struct sheet *s, struct err *e)
{
	const struct run *run = s->run;
	int rc = 0;

	buf_str(&s->b, "<section id=rules>\n<h2>3 Triage and response</h2>\n");
	if (!run->about.n)
		buf_str(&s->b, "<p>There is no finding to follow up.</p>\n");
	rc = left_out(s, e);
	if (rc == 0)
		rc = not_run(s, e);
	for (size_t i = 0; rc == 0 && i < run->rules->n; i++) {
		uint64_t n = rule_findings(run, i);

		if (n)
			rc = rule_section(s, i, n, e);
	}
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
