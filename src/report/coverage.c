/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.csv: of every host and rule what could be seen; and what the manifest tells of it. */
#include "columns.h"
#include "report-private.h"

enum { COVERAGE_COLUMNS(COLUMN_ENUM) CC_COUNT };
static const char *const names[] = {COVERAGE_COLUMNS(COLUMN_NAME)};

const char *const *coverage_columns(size_t *n)
{
	*n = CC_COUNT;
	return names;
}

static struct cell reasons_cell(struct arena *a, uint32_t reasons)
{
	struct cell c = {0};
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < REASONS; i++)
		if (reasons >> i & 1) {
			buf_str(&b, b.n ? "; " : "");
			buf_str(&b, reason_name((enum reason)i));
		}
	if (b.n)
		c.v = arena_keep(a, buf_data(&b));
	c.plain = true;
	c.bad = b.bad || (b.n && !c.v.p);
	buf_release(&b);
	return c;
}

static int row(struct sheet *s, struct view computer, const struct judgement *j, struct err *e)
{
	const struct rule *r = &s->run->rules->rules[j->rule];
	struct cell c[CC_COUNT] = {0};

	c[CC_COMPUTER] = cell_text(computer);
	c[CC_RULE_ID] = cell_text(r->id);
	c[CC_RULE_TITLE] = cell_text(r->title);
	c[CC_LEVEL] = cell_str(rule_level_name(r->level));
	c[CC_VERDICT] = cell_str(verdict_name(j->verdict));
	c[CC_JUDGED] = cell_str(judged_name(j->judged));
	c[CC_FINDINGS] = cell_plain(&s->a, "%" PRIu64, j->findings);
	c[CC_FROM] = cell_time(&s->a, j->from);
	c[CC_TO] = cell_time(&s->a, j->to);
	c[CC_REASONS] = reasons_cell(&s->a, j->reasons);
	c[CC_DETAIL] = cell_text(j->detail);
	csv_cells(&s->b, c, CC_COUNT);
	csv_end(&s->b);
	return sheet_flush(s, e);
}

int coverage_csv_write(const struct run *run, struct output *o, struct err *e)
{
	size_t n_hosts = 0, n;
	struct sheet s;
	int rc = 0;

	o->name = "coverage.csv";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	csv_header(&s.b, names, CC_COUNT);
	const struct host_coverage *hosts = coverage_hosts(run->coverage, &n_hosts);
	for (size_t i = 0; rc == 0 && i < n_hosts; i++) {
		const struct judgement *j = coverage_judge(run->coverage, i, &n);

		if (!j)
			rc = no_memory(e, "the coverage");
		for (size_t k = 0; rc == 0 && k < n; k++)
			rc = row(&s, hosts[i].computer, &j[k], e);
	}
	return sheet_close(&s, rc, o, e);
}

/* ---- manifest ---- */

static void host_entry(struct json *j, const struct host_coverage *h)
{
	json_open(j, NULL, '{');
	json_text(j, "computer", h->computer);
	json_time(j, "first_time", h->first_time);
	json_time(j, "last_time", h->last_time);
	json_number(j, "found", h->verdicts[VERDICT_FOUND]);
	json_number(j, "not_found", h->verdicts[VERDICT_NOT_FOUND]);
	json_number(j, "not_observable", h->verdicts[VERDICT_NOT_OBSERVABLE]);
	json_number(j, "in_part", h->in_part);
	json_open(j, "reasons", '{');
	for (size_t i = 0; i < REASONS; i++)
		if (h->reasons[i])
			json_number(j, reason_name((enum reason)i), h->reasons[i]);
	json_close(j, '}');
	json_close(j, '}');
}

int manifest_coverage(struct sheet *s, struct json *j, struct err *e)
{
	size_t n;
	int rc = 0;

	if (!s->run->coverage)
		return 0;
	const struct host_coverage *h = coverage_hosts(s->run->coverage, &n);
	json_open(j, "coverage", '{');
	json_number(j, "rules", coverage_rules(s->run->coverage));
	json_bool(j, "fields_counted", !coverage_overfull(s->run->coverage));
	json_open(j, "hosts", '[');
	for (size_t i = 0; rc == 0 && i < n; i++) {
		host_entry(j, &h[i]);
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	json_close(j, '}');
	return rc;
}
