/* SPDX-License-Identifier: Apache-2.0 */
/* Findings that exceptions set apart, by exception; nothing where there are no exceptions. */
#include "page.h"

static void exception_head(struct buf *b, const struct exception *x, uint64_t n)
{
	buf_str(b, "<h4>");
	page_text(b, x->reason);
	buf_str(b, "</h4>\n<p>");
	page_count(b, n, "finding", "findings");
	buf_str(b, ", by an exception of ");
	page_text(b, x->who);
	buf_str(b, ", ");
	page_text(b, x->date);
	buf_str(b, " (");
	page_code(b, x->path);
	buf_fmt(b, ", line %" PRIu32 ").</p>\n", x->line);
}

struct part {
	struct sheet *s;
	size_t exception, *room;
	uint64_t shown;
};

static int finding_row(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct part *p = ctx;
	struct sheet *s = p->s;
	const struct evidence *ev = finding_subject(f);
	const struct rule *r = finding_rule(s->run, f);
	struct activity act = {0};
	struct buf *b = &s->b;

	(void)i;
	if (!*p->room)
		return 1;
	if (f->exception != p->exception + 1)
		return 0;
	p->shown++;
	--*p->room;
	if (ev && evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	buf_str(b, "<tr><td>");
	page_time(b, f->first_time);
	buf_str(b, "</td><td>");
	page_code(b, f->computer);
	buf_str(b, "</td><td>");
	page_level(b, r->level);
	buf_byte(b, ' ');
	page_text(b, r->title);
	buf_str(b, "</td><td>");
	page_code(b, act.command_line.n ? act.command_line : act.image);
	buf_str(b, "</td></tr>\n");
	return sheet_flush(s, e);
}

static int exception_part(struct sheet *s, size_t exception, size_t *room, struct err *e)
{
	static const char *const columns[] = {"Time", "Computer", "Rule", "Process", NULL};
	const struct run *run = s->run;
	struct part p = {s, exception, room, 0};
	uint64_t n = exception_findings(run, exception);
	int rc;

	if (!n)
		return 0;
	exception_head(&s->b, &run->rules->exceptions[exception], n);
	page_table(&s->b, "", columns);
	rc = each_of(&run->suppressed, run->apart_about.n, finding_row, &p, e);
	buf_str(&s->b, "</tbody></table>\n");
	page_more(&s->b, p.shown, n, "suppressed.csv");
	return rc;
}

int page_suppressed(struct sheet *s, struct err *e)
{
	const struct run *run = s->run;
	size_t room = LIMIT_PAGE_FINDINGS;
	int rc = 0;

	if (!run->rules->n_exceptions)
		return 0;
	buf_str(&s->b, "<section id=suppressed>\n<h3>Suppressed findings</h3>\n<p>");
	page_count(&s->b, run->apart_about.n, "finding is", "findings are");
	buf_str(&s->b, " set apart by the examiner's exceptions. They do not count as findings; "
		       "suppressed.csv and suppressed.jsonl have them whole.</p>\n");
	for (size_t i = 0; rc == 0 && i < run->rules->n_exceptions; i++)
		rc = exception_part(s, i, &room, e);
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
