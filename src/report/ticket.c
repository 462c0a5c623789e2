/* SPDX-License-Identifier: Apache-2.0 */
/* report.md: a short text for a ticket. Whatever evidence or rules say stands in code spans. */
#include "report-private.h"

#define TICKET_ROWS 20u  /* findings, rules, sources of one list */
#define TICKET_TEXT 300u /* bytes of a text */

/* A code span on one line: nothing in it is markup but the grave accent, which is made visible as what
   cannot be seen is. */
static void code(struct buf *b, struct view v)
{
	struct view left = view_sub(v, 0, TICKET_TEXT);

	while (v.n > TICKET_TEXT && left.n && (v.p[left.n] & 0xc0) == 0x80)
		left.n--;
	buf_byte(b, '`');
	while (left.n) {
		const uint8_t *accent = memchr(left.p, '`', left.n);
		size_t n = accent ? (size_t)(accent - left.p) : left.n;

		terminal_text(b, view_sub(left, 0, n));
		buf_str(b, accent ? "\\x60" : "");
		left = view_sub(left, n + (accent != NULL), left.n);
	}
	buf_str(b, v.n > TICKET_TEXT ? " ...`" : v.n ? "`" : " `");
}

static void code_time(struct buf *b, uint64_t filetime)
{
	char text[TIME_TEXT];

	time_format(filetime, text);
	buf_str(b, text);
}

static void part(struct buf *b, const char *before, struct view v)
{
	if (!v.n)
		return;
	buf_str(b, before);
	code(b, v);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- findings ---- */

static void head(struct buf *b, const struct run *run)
{
	const struct findings_about *about = &run->about;
	const char *before = ": ";

	buf_fmt(b, "# evtxhound: %" PRIu64 " finding%s\n\n", about->n, plural(about->n));
	if (!about->n) {
		buf_str(b, "No rule found what it looks for in these records. That does not show that "
			   "nothing happened.\n");
		return;
	}
	buf_fmt(b, "On %zu computer%s", about->n_hosts, plural(about->n_hosts));
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--) {
		uint64_t n = level_findings(run, (enum rule_level)l);

		if (!n)
			continue;
		buf_fmt(b, "%s%" PRIu64 " %s", before, n, rule_level_name((enum rule_level)l));
		before = ", ";
	}
	buf_str(b, ". Their records were written between ");
	code_time(b, about->first_time);
	buf_str(b, " and ");
	code_time(b, about->last_time);
	buf_str(b, " (UTC).");
	if (about->unverified)
		buf_fmt(b, " %" PRIu64 " of them unverified: some conditions could not be checked.",
			about->unverified);
	buf_byte(b, '\n');
}

static void rules_list(struct buf *b, const struct run *run)
{
	size_t n = 0;

	if (!run->about.n)
		return;
	buf_str(b, "\n## By rule\n\n");
	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--)
		for (size_t i = 0; i < run->rules->n; i++) {
			const struct rule *r = &run->rules->rules[i];

			if (r->level != (enum rule_level)l || !rule_findings(run, i) ||
			    n++ >= TICKET_ROWS)
				continue;
			buf_fmt(b, "- %" PRIu64 " %s: ", rule_findings(run, i),
				rule_level_name(r->level));
			code(b, r->title);
			buf_byte(b, '\n');
		}
	if (n > TICKET_ROWS)
		buf_fmt(b, "- and %zu more rules\n", n - TICKET_ROWS);
}

static int finding_item(struct sheet *s, const struct finding *f, struct err *e)
{
	const struct rule *r = finding_rule(s->run, f);
	const struct evidence *ev = finding_subject(f);
	struct activity act = {0};
	struct buf *b = &s->b;

	if (ev && evidence_activity(ev, &s->a, &act, e) < 0)
		return -1;
	buf_fmt(b, "- %s, %s, ", f->id, rule_level_name(r->level));
	code_time(b, f->first_time);
	part(b, ", on ", f->computer);
	part(b, ": ", r->title);
	part(b, "; user ", act.user);
	part(b, "; process ", act.image);
	part(b, "; command line ", act.command_line);
	buf_str(b, f->unverified ? "; unverified\n" : "\n");
	return sheet_flush(s, e);
}

/* The gravest first, those of one level in order of time. */
struct choice {
	struct sheet *sheet;
	enum rule_level level;
	size_t n; /* told */
};

static int finding_chosen(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct choice *c = ctx;

	(void)i;
	if (finding_rule(c->sheet->run, f)->level != c->level)
		return 0;
	if (c->n == TICKET_ROWS)
		return 1;
	c->n++;
	return finding_item(c->sheet, f, e);
}

static int findings_list(struct sheet *s, struct err *e)
{
	struct choice c = {.sheet = s};
	int rc = 0;

	if (s->run->about.n)
		buf_str(&s->b, "\n## Findings\n\n");
	for (int l = LEVEL_CRITICAL; rc == 0 && l >= LEVEL_NONE && c.n < TICKET_ROWS; l--) {
		c.level = (enum rule_level)l;
		if (level_findings(s->run, c.level))
			rc = each_finding(s->run, finding_chosen, &c, e);
	}
	if (s->run->about.n > c.n)
		buf_fmt(&s->b, "- and %" PRIu64 " more: findings.csv has them all\n",
			s->run->about.n - c.n);
	return rc;
}

static void left_out(struct buf *b, const struct run *run)
{
	if (run->findings_hidden)
		buf_fmt(b, "\n%" PRIu64 " more left out by --level, --from or --to.\n",
			run->findings_hidden);
	if (run->apart_about.n)
		buf_fmt(b, "\n%" PRIu64 " more suppressed by exceptions: suppressed.csv.\n",
			run->apart_about.n);
}

/* ---- what they rest on ---- */

static void missed(struct buf *b, const struct run *run)
{
	struct buf why;
	size_t n = 0;

	buf_init(&why, 0);
	for (size_t i = 0; i < run->n_sources; i++) {
		const struct source_result *r = &run->sources[i];

		if (!r->source || !source_is_missed(r->source) || n++ >= TICKET_ROWS)
			continue;
		buf_clear(&why);
		source_why(&why, r);
		buf_str(b, "- not read: ");
		code(b, view_str(r->source->path));
		part(b, ": ", buf_data(&why));
		buf_byte(b, '\n');
	}
	if (n > TICKET_ROWS)
		buf_fmt(b, "- and %zu more that were not read\n", n - TICKET_ROWS);
	b->bad |= why.bad;
	buf_release(&why);
}

static void signs(struct buf *b, const struct run *run)
{
	const char *before = "- signs of tampering or loss, none of them proof: ";

	for (size_t i = 0; i < SIGN_KINDS; i++) {
		struct sign_total t = sign_total(run, (enum sign_kind)i);

		if (!t.n)
			continue;
		buf_fmt(b, "%s%" PRIu64 " %s", before, t.n, sign_about((enum sign_kind)i)->name);
		before = ", ";
	}
	buf_str(b, *before == ',' ? "\n" : "");
}

static void coverage(struct buf *b, const struct run *run)
{
	size_t n = 0;
	const struct host_coverage *h = run->coverage ? coverage_hosts(run->coverage, &n) : NULL;

	for (size_t i = 0; i < n && i < TICKET_ROWS; i++) {
		buf_str(b, "- on ");
		code(b, h[i].computer);
		buf_fmt(b, " %" PRIu64 " of %zu rules could be judged, %" PRIu64 " of them in part\n",
			h[i].verdicts[VERDICT_FOUND] + h[i].verdicts[VERDICT_NOT_FOUND],
			coverage_rules(run->coverage), h[i].in_part);
	}
	if (n > TICKET_ROWS)
		buf_fmt(b, "- and %zu more computers: coverage.csv has them all\n", n - TICKET_ROWS);
}

static void examined(struct buf *b, const struct run *run)
{
	struct totals t = run_totals(run);

	buf_str(b, "\n## What was examined\n\n");
	buf_fmt(b, "- %" PRIu64 " log%s with %" PRIu64 " record%s, %zu rule%s\n", t.read,
		plural(t.read), t.records, plural(t.records), run->rules->n, plural(run->rules->n));
	if (t.damage || t.partly || t.undecoded)
		buf_fmt(b, "- %" PRIu64 " place%s of damage; %" PRIu64 " record%s read in part, %" PRIu64
			   " not at all\n",
			t.damage, plural(t.damage), t.partly, plural(t.partly), t.undecoded);
	missed(b, run);
	signs(b, run);
	coverage(b, run);
	buf_fmt(b, "\nevtxhound %s, exit code %d. Whole report: report.html; its files and their hashes: "
		   "manifest.json.\n",
		program_version(), run->exit_code);
}

int ticket_write(const struct run *run, struct output *o, struct err *e)
{
	struct sheet s;
	int rc;

	o->name = "report.md";
	if (sheet_open(&s, run, o->name, e) < 0)
		return -1;
	head(&s.b, run);
	rules_list(&s.b, run);
	rc = findings_list(&s, e);
	left_out(&s.b, run);
	examined(&s.b, run);
	return sheet_close(&s, rc, o, e);
}
