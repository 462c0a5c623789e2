/* SPDX-License-Identifier: Apache-2.0 */
/* report.html: the frame of the page and the pieces that its parts are made of. */
#include "page.h"
#include "page_data.h"

void page_text(struct buf *b, struct view v)
{
	size_t n = view_cut(v, LIMIT_PAGE_TEXT).n;

	html_text(b, view_sub(v, 0, n));
	if (n == v.n)
		return;
	buf_str(b, " <span class=note>(");
	page_number(b, v.n - n);
	buf_str(b, " more bytes: findings.jsonl has the whole text)</span>");
}

void page_prose(struct buf *b, struct view v)
{
	bool open = false;

	while (v.n) {
		const uint8_t *nl = memchr(v.p, '\n', v.n);
		struct view line = view_sub(v, 0, nl ? (size_t)(nl - v.p) : v.n);

		v = view_sub(v, line.n + (nl ? 1 : 0), v.n);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n) {
			buf_str(b, open ? "</p>\n" : "");
			open = false;
			continue;
		}
		buf_str(b, open ? " " : "<p>");
		page_text(b, line);
		open = true;
	}
	buf_str(b, open ? "</p>\n" : "");
}

void page_code(struct buf *b, struct view v)
{
	buf_str(b, "<code>");
	page_text(b, v);
	buf_str(b, "</code>");
}

void page_time(struct buf *b, uint64_t filetime)
{
	char text[TIME_TEXT];

	if (!filetime) {
		buf_str(b, "unknown");
		return;
	}
	time_format(filetime, text);
	buf_fmt(b, "<span class=t>%s</span>", text);
}

void page_hash(struct buf *b, const uint8_t sha256[32])
{
	char text[65];

	hex_format(sha256, 32, text);
	buf_fmt(b, "<span class=h>%s</span>", text);
}

void page_number(struct buf *b, uint64_t n)
{
	char text[24];
	size_t len = (size_t)snprintf(text, sizeof(text), "%" PRIu64, n);

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_byte(b, ',');
		buf_byte(b, (uint8_t)text[i]);
	}
}

void page_count(struct buf *b, uint64_t n, const char *one, const char *many)
{
	page_number(b, n);
	buf_byte(b, ' ');
	buf_str(b, n == 1 ? one : many);
}

void page_level(struct buf *b, enum rule_level l)
{
	buf_fmt(b, "<span class=\"lv l%u\">%s</span>", (unsigned)l, rule_level_name(l));
}

/* The colours of the rules' levels. */
void page_severity(struct buf *b, enum sign_severity s)
{
	buf_fmt(b, "<span class=\"lv l%u\">%s</span>", (unsigned)s + 2, sign_severity_name(s));
}

void page_row_open(struct buf *b, const char *label)
{
	buf_fmt(b, "<tr><th scope=row>%s</th><td>", label);
}

void page_row_close(struct buf *b)
{
	buf_str(b, "</td></tr>\n");
}

void page_row(struct buf *b, const char *label, struct view v)
{
	if (!v.n)
		return;
	page_row_open(b, label);
	page_code(b, v);
	page_row_close(b);
}

void page_table(struct buf *b, const char *class_name, const char *const *columns)
{
	buf_fmt(b, "<table class=\"%s\">\n", class_name);
	if (columns) {
		buf_str(b, "<thead><tr>");
		/* A name that starts with # heads a column of numbers. */
		for (; *columns; columns++)
			buf_fmt(b, "<th scope=col%s>%s</th>", **columns == '#' ? " class=n" : "",
				*columns + (**columns == '#'));
		buf_str(b, "</tr></thead>\n");
	}
	buf_str(b, "<tbody>\n");
}

void page_more(struct buf *b, uint64_t shown, uint64_t all, const char *where)
{
	if (shown >= all)
		return;
	buf_str(b, "<p class=note>The first ");
	page_number(b, shown);
	buf_str(b, " of ");
	page_number(b, all);
	buf_fmt(b, " are shown here; all are in %s.</p>\n", where);
}

static int frame_head(struct sheet *s, struct err *e)
{
	struct buf *b = &s->b;

	buf_str(b, "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n");
	if (page_style(b, e) < 0)
		return -1;
	buf_str(b, "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
		   "<meta name=referrer content=no-referrer>\n"
		   "<title>Windows event log examination - evtxhound</title>\n</head>\n<body>\n"
		   "<header>\n<h1>Windows event log examination</h1>\n"
		   "<p class=sub>Report of evtxhound ");
	html_text(b, view_str(program_version()));
	buf_str(b, ". All times are UTC, as the records hold them.</p>\n");
	return 0;
}

static int page_head(struct sheet *s, struct err *e)
{
	if (frame_head(s, e) < 0)
		return -1;
	buf_str(&s->b, "<nav aria-label=Contents><a href=\"#summary\">1 Summary</a>"
		       "<a href=\"#findings\">2 Findings</a>"
		       "<a href=\"#rules\">3 Triage and response</a>"
		       "<a href=\"#examined\">4 What was examined</a>"
		       "<a href=\"#hosts\">5 Computers</a>"
		       "<a href=\"#signs\">6 Signs of tampering and loss</a>"
		       "<a href=\"#unchecked\">7 What could not be checked</a>"
		       "<a href=\"#coverage\">8 What could not be seen</a>"
		       "<a href=\"#method\">9 Method</a></nav>\n</header>\n<main>\n");
	return sheet_flush(s, e);
}

static int page_foot(struct sheet *s, struct err *e)
{
	buf_str(&s->b,
		"</main>\n<footer>Text of the evidence is shown as it was recorded. Characters "
		"that have no shape of their own or change the direction of text are shown as "
		"<span class=c>U+202E</span>. This page needs no network; its one script is its own, "
		"and its policy allows no other. The "
		"same findings stand in findings.csv, evidence.csv and findings.jsonl; the SHA-256 "
		"of every file of this report is in manifest.json.</footer>\n");
	return sheet_flush(s, e);
}

/* A further page of a large set: what it is for needs the script, and the rest stands on the first. */
static int more_head(struct sheet *s, struct err *e)
{
	if (frame_head(s, e) < 0)
		return -1;
	buf_str(&s->b, "</header>\n<main>\n<section id=findings>\n<h2>Findings, continued</h2>\n"
		       "<p>The report begins in report.html. This page shows further findings and "
		       "records of the timeline by a script; without one, they stand in findings.csv, "
		       "evidence.csv, findings.jsonl and timeline.csv.</p>\n</section>\n");
	return sheet_flush(s, e);
}

typedef int page_part(struct sheet *s, struct err *e);

int page_write(struct page_data *d, size_t part, struct output *o, struct err *e)
{
	static page_part *const parts[] = {
		page_head,  page_summary, page_findings, page_installers, page_near,	  page_suppressed,
		page_rules, page_examined, page_hosts,	 page_signs,	  page_unchecked, page_coverage,
		page_method, page_foot,
	};
	static page_part *const more[] = {more_head, page_rules, page_foot};
	page_part *const *all = part ? more : parts;
	size_t n = part ? ARRAY_LEN(more) : ARRAY_LEN(parts);
	struct sheet s;
	int rc = 0;

	if (sheet_open(&s, d->run, o->name, e) < 0)
		return -1;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = all[i](&s, e);
	rc = rc ? rc : page_script(&s, d, part, e);
	buf_str(&s.b, "</body>\n</html>\n");
	return sheet_close(&s, rc, o, e);
}
