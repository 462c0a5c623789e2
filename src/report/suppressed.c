/* SPDX-License-Identifier: Apache-2.0 */
/* suppressed.csv: findings for which an examiner has made an exception; what the manifest tells of them. */
#include "columns.h"
#include "report-private.h"

enum { SUPPRESSED_COLUMNS(COLUMN_ENUM) XC_COUNT };
static const char *const names[] = {SUPPRESSED_COLUMNS(COLUMN_NAME)};

const char *const *suppressed_columns(size_t *n)
{
	*n = XC_COUNT;
	return names;
}

const struct exception *finding_exception(const struct run *run, const struct finding *f)
{
	return &run->rules->exceptions[f->exception - 1];
}

static void exception_cells(struct arena *a, const struct exception *x, struct cell *c)
{
	c[XC_REASON] = cell_text(x->reason);
	c[XC_WHO] = cell_text(x->who);
	c[XC_DATE] = cell_text(x->date);
	c[XC_FILE] = cell_text(x->path);
	c[XC_LINE] = cell_plain(a, "%" PRIu32, x->line);
}

static int row(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct sheet *s = ctx;
	const struct rule *r = finding_rule(s->run, f);
	const struct evidence *ev = finding_subject(f);
	struct cell c[XC_COUNT] = {0};
	struct activity act = {0};

	(void)i;
	if (ev && evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	c[XC_FINDING_ID] = cell_str(f->id);
	c[XC_RULE_ID] = cell_text(r->id);
	c[XC_RULE_TITLE] = cell_text(r->title);
	c[XC_LEVEL] = cell_str(rule_level_name(r->level));
	c[XC_COMPUTER] = cell_text(f->computer);
	c[XC_FIRST_TIME] = cell_time(&s->a, f->first_time);
	c[XC_LAST_TIME] = cell_time(&s->a, f->last_time);
	c[XC_USER] = cell_text(act.user);
	c[XC_PROCESS] = cell_text(act.image);
	c[XC_COMMAND_LINE] = cell_text(act.command_line);
	exception_cells(&s->a, finding_exception(s->run, f), c);
	csv_cells(&s->b, c, XC_COUNT);
	csv_end(&s->b);
	return sheet_flush(s, e);
}

int suppressed_csv_write(const struct run *run, struct output *o, struct err *e)
{
	struct sheet s;

	o->name = "suppressed.csv";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	csv_header(&s.b, names, XC_COUNT);
	return sheet_close(&s, each_of(&run->suppressed, run->apart_about.n, row, &s, e), o, e);
}

/* ---- manifest ---- */

void json_exception(struct json *j, const char *name, const struct exception *x)
{
	json_open(j, name, '{');
	json_file(j, "path", x->path);
	json_number(j, "line", x->line);
	json_open(j, "rules", '[');
	for (size_t i = 0; i < x->rules.n; i++)
		json_text(j, NULL, x->rules.v[i]);
	json_close(j, ']');
	json_text(j, "reason", x->reason);
	json_text(j, "who", x->who);
	json_text(j, "date", x->date);
}

uint64_t exception_findings(const struct run *run, size_t exception)
{
	return run->apart_about.n ? run->apart_about.exceptions[exception] : 0;
}

int manifest_suppressed(struct sheet *s, struct json *j, struct err *e)
{
	const struct ruleset *rules = s->run->rules;
	int rc = 0;

	if (!rules->n_exceptions)
		return 0;
	json_open(j, "suppressed", '{');
	json_number(j, "findings", s->run->apart_about.n);
	json_open(j, "exceptions", '[');
	for (size_t i = 0; rc == 0 && i < rules->n_exceptions; i++) {
		json_exception(j, NULL, &rules->exceptions[i]);
		json_number(j, "findings", exception_findings(s->run, i));
		json_close(j, '}');
		rc = sheet_flush(s, e);
	}
	json_close(j, ']');
	json_close(j, '}');
	return rc;
}
