/* SPDX-License-Identifier: Apache-2.0 */
/* What could not be seen: of each host how many rules its logs let be judged, and why not the others. */
#include "page.h"

static const char *const meanings[REASONS] = {
	[REASON_IDLE] = "no log on a disk is known to hold what the rule asks for",
	[REASON_CHANNEL_ABSENT] = "the log is not among the evidence, or is empty",
	[REASON_EVENT_ABSENT] = "the log is there, and events of that kind were never recorded in it",
	[REASON_FIELD_EMPTY] = "a field that the rule asks for is never filled in such records",
	[REASON_OUTSIDE_TIME] = "the logs have no records of the time asked for",
	[REASON_NO_OVERLAP] = "the logs of the rule's stages do not meet in time",
	[REASON_STARTS_LATE] = "the logs begin within the time asked for",
	[REASON_ENDS_EARLY] = "the logs end within the time asked for",
	[REASON_CLEARED] = "a log was cleared",
	[REASON_GAP] = "record ids are missing",
	[REASON_DAMAGE] = "not all of a log could be read",
	[REASON_RECOVERED] = "found in recovered records; what the live ones let be seen says nothing of them",
};

static uint64_t judged_of(const struct host_coverage *h)
{
	return h->verdicts[VERDICT_FOUND] + h->verdicts[VERDICT_NOT_FOUND];
}

static void host_row(struct buf *b, const struct host_coverage *h)
{
	buf_str(b, "<tr><td>");
	page_code(b, h->computer);
	buf_str(b, "<br>");
	page_time(b, h->first_time);
	buf_str(b, "<br>");
	page_time(b, h->last_time);
	buf_str(b, "</td><td class=n>");
	page_number(b, h->verdicts[VERDICT_FOUND]);
	buf_str(b, "</td><td class=n>");
	page_number(b, h->verdicts[VERDICT_NOT_FOUND]);
	buf_str(b, "</td><td class=n>");
	page_number(b, h->verdicts[VERDICT_NOT_OBSERVABLE]);
	buf_str(b, "</td><td class=n>");
	page_number(b, h->in_part);
	buf_str(b, "</td></tr>\n");
}

static int host_table(struct sheet *s, const struct host_coverage *h, size_t n, struct err *e)
{
	static const char *const columns[] = {"Computer, records from, to", "#Found", "#Not found",
					      "#Not observable", "#In part", NULL};
	size_t shown = n < LIMIT_PAGE_SOURCES ? n : LIMIT_PAGE_SOURCES;

	page_table(&s->b, "wide", columns);
	for (size_t i = 0; i < shown; i++) {
		host_row(&s->b, &h[i]);
		if (sheet_flush(s, e) < 0)
			return -1;
	}
	buf_str(&s->b, "</tbody></table>\n");
	page_more(&s->b, shown, n, "coverage.csv");
	return 0;
}

/* Summed over hosts, so that it stays short whatever the number of these. */
static void reason_table(struct buf *b, const struct host_coverage *h, size_t n)
{
	static const char *const columns[] = {"Reason", "What it means", "#Hosts", "#Rules on them", NULL};

	page_table(b, "wide", columns);
	for (size_t k = 0; k < REASONS; k++) {
		uint64_t hosts = 0, rules = 0;

		for (size_t i = 0; i < n; i++) {
			hosts += h[i].reasons[k] != 0;
			rules += h[i].reasons[k];
		}
		if (!hosts)
			continue;
		buf_fmt(b, "<tr><td class=w>%s</td><td>%s%s</td><td class=n>",
			reason_name((enum reason)k), meanings[k],
			k >= REASON_STARTS_LATE ? " (it limits what \"not found\" says)" : "");
		page_number(b, hosts);
		buf_str(b, "</td><td class=n>");
		page_number(b, rules);
		buf_str(b, "</td></tr>\n");
	}
	buf_str(b, "</tbody></table>\n");
}

static void judgement_row(struct buf *b, const struct run *run, struct view computer,
			  const struct judgement *j)
{
	buf_str(b, "<tr><td>");
	page_text(b, run->rules->rules[j->rule].title);
	buf_str(b, "<br>");
	page_code(b, computer);
	buf_fmt(b, "</td><td>%s%s", verdict_name(j->verdict),
		j->verdict != VERDICT_NOT_OBSERVABLE && j->judged == JUDGED_PART ? ", in part" : "");
	if (j->to) {
		buf_str(b, "<br>");
		page_time(b, j->from);
		buf_str(b, "<br>");
		page_time(b, j->to);
	}
	buf_str(b, "</td><td>");
	page_text(b, j->detail);
	buf_str(b, "</td></tr>\n");
}

/* With few hosts and rules each judgement has its row. */
static int judgement_table(struct sheet *s, const struct host_coverage *h, size_t n, struct err *e)
{
	static const char *const columns[] = {"Rule, computer", "Verdict, its logs from, to",
					      "Why, or what limits it", NULL};
	size_t n_rules = coverage_rules(s->run->coverage);

	if (!n || !n_rules || n > LIMIT_PAGE_RECORDS / n_rules)
		return 0;
	page_table(&s->b, "wide", columns);
	for (size_t i = 0; i < n; i++) {
		size_t n_judgements;
		const struct judgement *j = coverage_judge(s->run->coverage, i, &n_judgements);

		if (!j)
			return no_memory(e, "the coverage");
		for (size_t k = 0; k < n_judgements; k++)
			judgement_row(&s->b, s->run, h[i].computer, &j[k]);
		if (sheet_flush(s, e) < 0)
			return -1;
	}
	buf_str(&s->b, "</tbody></table>\n");
	return 0;
}

static void one_sentence(struct buf *b, const struct run *run, const struct host_coverage *h)
{
	buf_str(b, "<p>Of ");
	page_count(b, coverage_rules(run->coverage), "rule", "rules");
	buf_str(b, " <b>");
	page_number(b, judged_of(h));
	buf_str(b, "</b> could be judged on ");
	page_code(b, h->computer);
	buf_str(b, " between ");
	page_time(b, h->first_time);
	buf_str(b, " and ");
	page_time(b, h->last_time);
	buf_str(b, ".</p>\n");
}

int page_coverage(struct sheet *s, struct err *e)
{
	const struct host_coverage *h;
	size_t n = 0;
	int rc = 0;

	buf_str(&s->b, "<section id=coverage>\n<h2>8 What could not be seen</h2>\n");
	h = s->run->coverage ? coverage_hosts(s->run->coverage, &n) : NULL;
	if (!n) {
		buf_str(&s->b, "<p>There is no host whose logs could be judged.</p>\n</section>\n");
		return sheet_flush(s, e);
	}
	buf_str(&s->b, "<p>A rule that found nothing says something only where it could have found "
		       "something. It is <b>not observable</b> where its log, its events or its fields "
		       "are missing, and judged <b>in part</b> where it could match and some condition, "
		       "as an exception, could not be checked. coverage.csv has every host and rule."
		       "</p>\n");
	if (coverage_overfull(s->run->coverage))
		buf_str(&s->b, "<p class=note>There were more fields than are counted: every field was "
			       "taken to be filled.</p>\n");
	if (n == 1)
		one_sentence(&s->b, s->run, h);
	rc = host_table(s, h, n, e);
	if (rc == 0) {
		reason_table(&s->b, h, n);
		rc = judgement_table(s, h, n, e);
	}
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
