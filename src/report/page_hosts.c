/* SPDX-License-Identifier: Apache-2.0 */
/* Of each computer what its logs hold and what they do not, and what its findings tell of it. */
#include "page_around.h"

#define KINDS 200u /* rows of one computer */

const struct page_wanted *page_wanted(size_t i)
{
	static const struct page_wanted wanted[] = {
		{"Microsoft-Windows-Sysmon/Operational", 1, "process creation (Sysmon 1)"},
		{"Microsoft-Windows-Sysmon/Operational", 3, "network connection (Sysmon 3)"},
		{"Microsoft-Windows-Sysmon/Operational", 5, "process end (Sysmon 5)"},
		{"Security", 4688, "process creation (Security 4688)"},
		{"Security", 4689, "process end (Security 4689)"},
		{"Security", 4624, "sign-on (Security 4624)"},
	};

	return i < ARRAY_LEN(wanted) ? &wanted[i] : NULL;
}

/* Its index among those that were judged; n: it is not there. */
static size_t judged(const struct run *run, struct view computer, size_t *n)
{
	const struct host_coverage *h = run->coverage ? coverage_hosts(run->coverage, n) : NULL;
	size_t i = 0;

	*n = h ? *n : 0;
	while (i < *n && !view_eq_nocase(h[i].computer, computer))
		i++;
	return i;
}

/* ---- what was logged ---- */

static void log_row(struct buf *b, const struct host_count *h)
{
	buf_str(b, "<tr><td>");
	page_text(b, h->channel);
	buf_str(b, "</td><td class=n>");
	page_number(b, h->n);
	buf_str(b, "</td><td class=w>");
	page_time(b, h->first_time);
	buf_str(b, "</td><td class=w>");
	page_time(b, h->last_time);
	buf_str(b, "</td></tr>\n");
}

static void logs_table(struct buf *b, const struct host_count *h, size_t n)
{
	static const char *const columns[] = {"Log", "#Records", "First record", "Last record",
					      NULL};

	page_table(b, "wide", columns);
	for (size_t i = 0; i < n; i++)
		log_row(b, &h[i]);
	buf_str(b, "</tbody></table>\n");
}

static void kind_row(struct buf *b, const struct seen_records *r)
{
	const struct event head = {.channel = r->channel, .provider = r->provider,
				   .event_id = r->event_id, .has_system = true};
	enum event_kind kind = event_kind(&head);

	buf_str(b, "<tr><td>");
	page_text(b, r->channel);
	if (!view_eq(r->channel, r->provider)) {
		buf_str(b, "<br><span class=h>");
		page_text(b, r->provider);
		buf_str(b, "</span>");
	}
	buf_fmt(b, "</td><td class=n>%u</td><td>%s</td><td class=n>", r->event_id,
		kind == KIND_NONE ? "" : kind_title(kind));
	page_number(b, r->n);
	buf_str(b, "</td><td class=w>");
	page_time(b, r->first_time);
	buf_str(b, "<br>");
	page_time(b, r->last_time);
	buf_str(b, "</td></tr>\n");
}

static void kinds_table(struct buf *b, const struct run *run, size_t host)
{
	static const char *const columns[] = {"Log and provider", "#Event id", "What", "#Records",
					      "First and last record", NULL};
	struct seen_records r;
	size_t n = 0;

	while (coverage_seen(run->coverage, host, n, &r))
		n++;
	if (!n)
		return;
	buf_str(b, "<details><summary>");
	page_count(b, n, "kind of record", "kinds of records");
	buf_str(b, ", by event id</summary>\n");
	page_table(b, "wide", columns);
	for (size_t i = 0; i < n && i < KINDS; i++)
		if (coverage_seen(run->coverage, host, i, &r))
			kind_row(b, &r);
	buf_str(b, "</tbody></table>\n");
	page_more(b, n < KINDS ? n : KINDS, n, "manifest.json");
	buf_str(b, "</details>\n");
}

/* ---- what was not ---- */

static bool has_seen(const struct run *run, size_t host, const struct page_wanted *w)
{
	struct seen_records r;

	for (size_t i = 0; coverage_seen(run->coverage, host, i, &r); i++)
		if (r.event_id == w->id && view_eq_str_nocase(r.channel, w->channel))
			return true;
	return false;
}

static void not_logged(struct buf *b, const struct run *run, size_t host)
{
	const char *before = "<p><b>Not recorded here:</b> ";
	const struct page_wanted *w;

	for (size_t i = 0; (w = page_wanted(i)); i++)
		if (!has_seen(run, host, w)) {
			buf_fmt(b, "%s%s", before, w->what);
			before = ", ";
		}
	buf_str(b, *before == ',' ? ".</p>\n" : "");
}

static void verdicts(struct buf *b, const struct run *run, const struct host_coverage *h)
{
	buf_str(b, "<p>Of ");
	page_count(b, coverage_rules(run->coverage), "rule", "rules");
	buf_str(b, " ");
	page_number(b, h->verdicts[VERDICT_FOUND]);
	buf_str(b, " found what they look for, ");
	page_number(b, h->verdicts[VERDICT_NOT_FOUND]);
	buf_str(b, " did not, and ");
	page_number(b, h->verdicts[VERDICT_NOT_OBSERVABLE]);
	buf_str(b, " could not be judged");
	if (h->in_part) {
		buf_str(b, "; ");
		page_number(b, h->in_part);
		buf_str(b, " only in part");
	}
	buf_str(b, ": <a href=\"#coverage\">why</a>.</p>\n");
}

/* ---- all of them ---- */

static uint64_t findings_of(const struct run *run, struct view computer)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->about.n_hosts; i++)
		if (view_eq_nocase(run->about.hosts[i].text, computer))
			n += run->about.hosts[i].n;
	return n;
}

static void one_host(struct buf *b, const struct run *run, const struct around *w,
		     const struct host_count *h, size_t n_logs)
{
	size_t n, host = judged(run, h->computer, &n);

	buf_str(b, "<h3>");
	page_text(b, h->computer.n ? h->computer : view_str("(no name)"));
	buf_str(b, "</h3>\n<p>");
	page_count(b, findings_of(run, h->computer), "finding", "findings");
	buf_str(b, ".</p>\n");
	if (host < n)
		verdicts(b, run, &coverage_hosts(run->coverage, &n)[host]);
	logs_table(b, h, n_logs);
	if (host < n) {
		kinds_table(b, run, host);
		not_logged(b, run, host);
	}
	page_signons(b, run, w, h->computer);
	page_processes(b, w, h->computer);
}

/* run->hosts is in order of computers. */
static size_t logs_of(const struct run *run, size_t from)
{
	size_t n = 0;

	while (from + n < run->n_hosts &&
	       view_eq_nocase(run->hosts[from + n].computer, run->hosts[from].computer))
		n++;
	return n;
}

static int hosts(struct sheet *s, const struct around *w, struct err *e)
{
	const struct run *run = s->run;
	size_t i = 0, all = 0, shown = 0;
	int rc = 0;

	for (; i < run->n_hosts && i < LIMIT_PAGE_SOURCES && rc == 0; shown++) {
		one_host(&s->b, run, w, &run->hosts[i], logs_of(run, i));
		rc = sheet_flush(s, e);
		i += logs_of(run, i);
	}
	for (all = shown; i < run->n_hosts; i += logs_of(run, i))
		all++;
	page_more(&s->b, shown, all, "manifest.json");
	return rc;
}

int page_hosts(struct sheet *s, struct err *e)
{
	struct around w;
	int rc;

	buf_str(&s->b, "<section id=hosts>\n<h2>5 Computers</h2>\n"
		       "<p>What the logs of each hold and what they do not, and what was put "
		       "together from its findings.</p>\n");
	rc = around_make(&w, s->run, e);
	rc = rc < 0 ? rc : hosts(s, &w, e);
	around_release(&w);
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
