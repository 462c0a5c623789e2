/* SPDX-License-Identifier: Apache-2.0 */
/* Signs of tampering and loss: by kind, each with what it may mean and what else explains it. */
#include "page.h"

static void where(struct buf *b, const struct sign_place *p)
{
	if (!p->offset) {
		buf_str(b, "the whole log");
		return;
	}
	buf_str(b, "byte ");
	page_number(b, p->offset);
	if (p->record_id) {
		buf_str(b, ", record ");
		page_number(b, p->record_id);
	}
	if (p->time) {
		buf_str(b, "<br>");
		page_time(b, p->time);
	}
}

static void place_row(struct buf *b, enum sign_kind kind, const struct sign_place *p,
		      const char *before)
{
	struct buf text;

	buf_init(&text, 0);
	sign_text(&text, kind, p);
	buf_str(b, "<tr><td>");
	where(b, p);
	buf_fmt(b, "</td><td>%s", before);
	page_text(b, buf_data(&text));
	buf_str(b, "</td></tr>\n");
	b->bad |= text.bad;
	buf_release(&text);
}

/* A row for the source, and one for each place. */
static uint64_t source_rows(struct buf *b, const struct source_result *r, const struct sign *s,
			    uint64_t room)
{
	uint64_t n = s->n_places < room ? s->n_places : room;

	buf_str(b, "<tr><td colspan=2>");
	page_code(b, view_str(r->source->path));
	if (s->n > n) {
		buf_str(b, " <span class=note>the first ");
		page_number(b, n);
		buf_str(b, " of ");
		page_number(b, s->n);
		buf_str(b, "</span>");
	}
	buf_str(b, "</td></tr>\n");
	for (uint64_t i = 0; i < n; i++)
		place_row(b, s->kind, &s->places[i], "");
	if (s->n > n && sign_about(s->kind)->unit != AMOUNT_NONE)
		place_row(b, s->kind, &s->largest, "<b>The largest:</b> ");
	return n;
}

static int rows(struct sheet *s, enum sign_kind kind, struct err *e)
{
	const struct run *run = s->run;
	uint64_t room = LIMIT_PAGE_SOURCES;

	for (size_t i = 0; room && i < run->n_sources; i++)
		for (size_t k = 0; k < run->sources[i].n_signs; k++) {
			const struct source_result *r = &run->sources[i];

			if (!r->source || r->signs[k].kind != kind)
				continue;
			room -= source_rows(&s->b, r, &r->signs[k], room);
			if (sheet_flush(s, e) < 0)
				return -1;
		}
	if (!room)
		buf_str(&s->b,
			"<tr><td colspan=2 class=note>More stand in manifest.json.</td></tr>\n");
	return 0;
}

static int kind_part(struct sheet *s, enum sign_kind kind, struct err *e)
{
	static const char *const columns[] = {"Where", "What", NULL};
	const struct sign_about *a = sign_about(kind);
	struct sign_total t = sign_total(s->run, kind);
	struct buf *b = &s->b;
	int rc;

	if (!t.n)
		return 0;
	buf_fmt(b, "<h3 id=\"sign-%s\">%s ", a->name, a->title);
	page_severity(b, a->severity);
	buf_str(b, "</h3>\n<p>");
	page_number(b, t.n);
	buf_str(b, t.n == 1 ? " time in " : " times in ");
	page_count(b, t.sources, "source", "sources");
	buf_fmt(b, ".</p>\n<p><b>It may mean:</b> %s</p>\n<p><b>Or else:</b> %s</p>\n", a->meaning,
		a->innocent);
	page_table(b, "signs", columns);
	rc = rows(s, kind, e);
	buf_str(b, "</tbody></table>\n");
	return rc;
}

static bool any(const struct run *run)
{
	for (size_t i = 0; i < run->n_sources; i++)
		if (run->sources[i].n_signs)
			return true;
	return false;
}

int page_signs(struct sheet *s, struct err *e)
{
	int rc = 0;

	buf_str(&s->b, "<section id=signs>\n<h2>6 Signs of tampering and loss</h2>\n");
	if (any(s->run))
		buf_str(&s->b, "<p>These are indicators. None of them is proof: each has innocent "
			       "causes, and the weight beside it says how rare these are.</p>\n");
	else
		buf_str(&s->b,
			"<p>None of the signs that are looked for was seen. That does not show "
			"that nothing was removed or changed.</p>\n");
	for (size_t i = 0; rc == 0 && i < SIGN_KINDS; i++)
		rc = kind_part(s, (enum sign_kind)i, e);
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
