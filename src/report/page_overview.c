/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the first page: findings by computer, level and rule, and what could not be seen. */
#include <stdlib.h>

#include "page.h"

#define ROWS 20u /* of computers, on the first page */

/* ---- by computer ---- */

/* Spelled in two ways it is one computer. Hosts are in byte order, which keeps these apart. */
struct host_lines {
	struct strtab names;
	struct text_count *v;
};

static bool gather(struct host_lines *h, const struct run *run)
{
	size_t n = run->about.n_hosts;

	strtab_init(&h->names, true, SIZE_MAX);
	h->v = mem_alloc((n + 1) * sizeof(*h->v));
	for (size_t i = 0; h->v && i < n; i++) {
		const struct text_count *from = &run->about.hosts[i];
		uint32_t id = strtab_find(&h->names, from->text);

		if (id != STRTAB_NONE) {
			h->v[id].n += from->n;
			for (int l = 0; l < LEVELS; l++)
				h->v[id].levels[l] += from->levels[l];
			continue;
		}
		id = strtab_add(&h->names, from->text);
		if (id == STRTAB_NONE)
			return false;
		h->v[id] = *from;
	}
	return h->v != NULL;
}

static void heads(struct buf *b, const struct run *run)
{
	buf_str(b, "<table class=\"wide\">\n<thead><tr><th scope=col>Computer</th>");
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--)
		if (level_findings(run, (enum rule_level)l)) {
			buf_str(b, "<th scope=col class=n>");
			page_level(b, (enum rule_level)l);
			buf_str(b, "</th>");
		}
	buf_str(b, "<th scope=col class=n>All</th></tr></thead>\n<tbody>\n");
}

static void number_cell(struct buf *b, uint64_t n)
{
	buf_str(b, "<td class=n>");
	page_number(b, n);
	buf_str(b, "</td>");
}

static void host_row(struct buf *b, const struct run *run, const struct text_count *h)
{
	buf_str(b, "<tr><td>");
	page_text(b, h->text);
	buf_str(b, "</td>");
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--)
		if (level_findings(run, (enum rule_level)l))
			number_cell(b, h->levels[l]);
	number_cell(b, h->n);
	buf_str(b, "</tr>\n");
}

/* Those with the gravest findings come first. */
static int by_weight(const void *x, const void *y)
{
	const struct text_count *a = x, *b = y;

	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--)
		if (a->levels[l] != b->levels[l])
			return a->levels[l] > b->levels[l] ? -1 : 1;
	return view_cmp(a->text, b->text);
}

static void by_host(struct buf *b, const struct run *run)
{
	struct host_lines h;
	size_t shown;

	if (!run->about.n)
		return;
	if (gather(&h, run)) {
		shown = h.names.n < ROWS ? h.names.n : ROWS;
		qsort(h.v, h.names.n, sizeof(*h.v), by_weight);
		buf_str(b, "<h3>Findings by computer and level</h3>\n");
		heads(b, run);
		for (size_t i = 0; i < shown; i++)
			host_row(b, run, &h.v[i]);
		buf_str(b, "</tbody></table>\n");
		page_more(b, shown, h.names.n, "findings.csv");
	} else {
		b->bad = true;
	}
	mem_free(h.v);
	strtab_release(&h.names);
}

/* ---- by rule ---- */

static void rule_row(struct buf *b, const struct run *run, size_t i)
{
	const struct rule *r = &run->rules->rules[i];
	uint64_t n = rule_findings(run, i);

	if (!n && run->rules->n > LIMIT_PAGE_RECORDS)
		return;
	buf_str(b, "<tr><td class=w>");
	page_level(b, r->level);
	buf_str(b, "</td><td>");
	if (n)
		buf_fmt(b, "<a href=\"#R-%zu\">", i + 1);
	page_text(b, r->title);
	buf_fmt(b, "%s</td><td>%s</td>", n ? "</a>" : "", rule_language_name(r->language));
	number_cell(b, n);
	buf_str(b, "</tr>\n");
}

/* The gravest first; with very many rules only those that found something. */
static void by_rule(struct buf *b, const struct run *run)
{
	static const char *const columns[] = {"Level", "Rule", "Language", "#Findings", NULL};

	buf_str(b, "<h3>Findings by rule</h3>\n");
	page_table(b, "", columns);
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--)
		for (size_t i = 0; i < run->rules->n; i++)
			if (run->rules->rules[i].level == (enum rule_level)l)
				rule_row(b, run, i);
	buf_str(b, "</tbody></table>\n");
}

/* ---- what could not be seen ---- */

static void unseen_item(struct buf *b, const struct host_coverage *h, uint64_t rules)
{
	uint64_t n = h->verdicts[VERDICT_NOT_OBSERVABLE];

	buf_str(b, "<li>");
	page_text(b, h->computer);
	buf_str(b, ": ");
	if (n == rules) {
		buf_str(b, "none of the rules could be judged");
	} else if (n) {
		page_number(b, n);
		buf_str(b, " of ");
		page_count(b, rules, "rule could", "rules could");
		buf_str(b, " not be judged");
	}
	if (h->in_part) {
		buf_str(b, n ? ", " : "");
		page_count(b, h->in_part, "rule", "rules");
		buf_str(b, " only in part");
	}
	buf_str(b, "</li>\n");
}

static bool is_unseen(const struct host_coverage *h)
{
	return h->verdicts[VERDICT_NOT_OBSERVABLE] || h->in_part;
}

static void unseen_list(struct buf *b, const struct run *run, const struct host_coverage *h,
			size_t n, size_t unseen)
{
	size_t left = ROWS;

	buf_str(b, "<p>On ");
	page_number(b, unseen);
	buf_str(b, " of ");
	page_count(b, n, "computer", "computers");
	buf_str(b, " the logs do not let every rule be judged: "
		   "<a href=\"#coverage\">why</a>.</p>\n<ul>\n");
	for (size_t i = 0; i < n && left; i++)
		if (is_unseen(&h[i])) {
			unseen_item(b, &h[i], coverage_rules(run->coverage));
			left--;
		}
	buf_str(b, "</ul>\n");
	page_more(b, ROWS - left, unseen, "coverage.csv");
}

static void unseen(struct buf *b, const struct run *run)
{
	const struct host_coverage *h;
	size_t n, count = 0;

	buf_str(b, "<h3>What could not be seen</h3>\n");
	if (!run->coverage) {
		buf_str(b, "<p>Whether the logs could show what the rules look for was not judged."
			   "</p>\n");
		return;
	}
	h = coverage_hosts(run->coverage, &n);
	for (size_t i = 0; i < n; i++)
		count += is_unseen(&h[i]);
	if (count)
		unseen_list(b, run, h, n, count);
	else
		buf_str(b, "<p>The logs let every rule be judged on every computer, as far as they "
			   "reach: see <a href=\"#coverage\">from when to when</a>.</p>\n");
}

void page_overview(struct buf *b, const struct run *run)
{
	by_host(b, run);
	by_rule(b, run);
	unseen(b, run);
}
