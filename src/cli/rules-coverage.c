/* SPDX-License-Identifier: Apache-2.0 */
/* `rules coverage`: which logs each rule can be evaluated on (docs/coverage.md). */
#include "cli-private.h"

static bool is_shown(const struct rule *r)
{
	return !r->quiet;
}

static void print_fields(FILE *f, const struct ruleset *rules, const struct field_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			fputs(", ", f);
		print_text(f, fields_name(&rules->fields, l->v[i]));
	}
}

static const char *shown_name(const struct logs_coverage *l)
{
	return l->no_records ? "-" : judged_name(l->judged);
}

/* What even the fullest set of logs lacks. */
static void table_row(FILE *f, const struct ruleset *rules, const struct rule *r,
		      const struct rule_coverage *c)
{
	for (size_t i = 0; i < LOG_SETS; i++)
		fprintf(f, "%-8s  ", shown_name(&c->in[i]));
	print_text(f, r->id);
	fputs("  ", f);
	print_text(f, r->title);
	if (c->in[LOGS_ALL].missing.n) {
		fputs("  missing: ", f);
		print_fields(f, rules, &c->in[LOGS_ALL].missing);
	}
	fputc('\n', f);
}

struct sums {
	size_t rules, n[LOG_SETS][JUDGED_WHOLE + 1];
};

static struct sums sums_of(const struct ruleset *rules, const struct rule_coverage *c)
{
	struct sums s = {0};

	for (size_t i = 0; i < rules->n; i++) {
		if (!is_shown(&rules->rules[i]))
			continue;
		s.rules++;
		for (size_t k = 0; k < LOG_SETS; k++)
			s.n[k][c[i].in[k].judged]++;
	}
	return s;
}

static void table(FILE *f, const struct ruleset *rules, const struct rule_coverage *c)
{
	const struct sums s = sums_of(rules, c);

	fputs("sysmon    security  both      all       rule\n", f);
	for (size_t i = 0; i < rules->n; i++)
		if (is_shown(&rules->rules[i]))
			table_row(f, rules, &rules->rules[i], &c[i]);
	for (size_t k = 0; k < LOG_SETS; k++)
		fprintf(f, "%s: of %zu rules %zu can be evaluated whole, %zu in part, %zu not at all\n",
			log_set_name((enum log_set)k), s.rules, s.n[k][JUDGED_WHOLE], s.n[k][JUDGED_PART],
			s.n[k][JUDGED_NONE]);
}

/* ---- JSON ---- */

static void json_logs(struct buf *b, const struct ruleset *rules, const char *name,
		      const struct logs_coverage *l)
{
	buf_fmt(b, ", \"%s\": {\"evaluable\": \"%s\", \"records\": %s, \"missing\": [", name,
		judged_name(l->judged), l->no_records ? "false" : "true");
	for (size_t i = 0; i < l->missing.n; i++) {
		buf_str(b, i ? ", " : "");
		json_string(b, fields_name(&rules->fields, l->missing.v[i]));
	}
	buf_str(b, "]}");
}

static void json_rule(struct buf *b, const struct ruleset *rules, const struct rule *r,
		      const struct rule_coverage *c)
{
	buf_str(b, "{\"id\": ");
	json_string(b, r->id);
	buf_str(b, ", \"title\": ");
	json_string(b, r->title);
	buf_fmt(b, ", \"language\": \"%s\", \"level\": \"%s\"", rule_language_name(r->language),
		rule_level_name(r->level));
	for (size_t k = 0; k < LOG_SETS; k++)
		json_logs(b, rules, log_set_name((enum log_set)k), &c->in[k]);
	buf_str(b, "}");
}

static void json_sums(struct buf *b, const struct sums *s)
{
	buf_fmt(b, "],\n\"summary\": {\"rules\": %zu", s->rules);
	for (size_t k = 0; k < LOG_SETS; k++)
		buf_fmt(b, ", \"%s\": {\"whole\": %zu, \"part\": %zu, \"none\": %zu}",
			log_set_name((enum log_set)k), s->n[k][JUDGED_WHOLE], s->n[k][JUDGED_PART],
			s->n[k][JUDGED_NONE]);
	buf_str(b, "}}\n");
}

static int json(FILE *f, const struct ruleset *rules, const struct rule_coverage *c, struct err *e)
{
	const struct sums s = sums_of(rules, c);
	const char *sep = "{\"rules\": [\n";
	struct buf b;
	bool bad;

	buf_init(&b, 0);
	buf_str(&b, s.rules ? "" : sep);
	for (size_t i = 0; i < rules->n; i++) {
		if (!is_shown(&rules->rules[i]))
			continue;
		buf_str(&b, sep);
		sep = ",\n";
		json_rule(&b, rules, &rules->rules[i], &c[i]);
	}
	buf_str(&b, "\n");
	json_sums(&b, &s);
	bad = b.bad;
	if (!bad)
		fwrite(b.p, 1, b.n, f);
	buf_release(&b);
	return bad ? err_set(e, ERR_NOMEM, 0, "no memory for the coverage") : 0;
}

int print_coverage(FILE *f, const struct ruleset *rules, bool as_json, struct err *e)
{
	struct rule_coverage *c;
	struct arena a;
	int rc = 0;

	arena_init(&a, LIMIT_RULES_ARENA);
	if (coverage_of_rules(rules, &a, &c) < 0)
		rc = err_set(e, ERR_NOMEM, 0, "no memory for the coverage");
	else if (as_json)
		rc = json(f, rules, c, e);
	else
		table(f, rules, c);
	arena_release(&a);
	return rc;
}
