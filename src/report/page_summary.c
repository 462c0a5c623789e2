/* SPDX-License-Identifier: Apache-2.0 */
/* The top of the page: what was found and what it rests on, in sentences. */
#include "page.h"

static uint64_t hosts_of_findings(const struct run *run, bool *bad)
{
	struct strtab t;
	uint64_t n;

	strtab_init(&t, true, SIZE_MAX);
	for (size_t i = 0; i < run->about.n_hosts; i++)
		*bad |= strtab_add(&t, run->about.hosts[i].text) == STRTAB_NONE;
	n = t.n;
	strtab_release(&t);
	return n;
}

/* Hosts are in order of their names. */
static uint64_t hosts_of_run(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_hosts; i++)
		n += !i || !view_eq_nocase(run->hosts[i].computer, run->hosts[i - 1].computer);
	return n;
}

static void levels(struct buf *b, const struct run *run)
{
	const char *before = ": ";

	for (int l = LEVEL_CRITICAL; l >= LEVEL_NONE; l--) {
		uint64_t n = level_findings(run, (enum rule_level)l);

		if (!n)
			continue;
		buf_str(b, before);
		page_number(b, n);
		buf_fmt(b, " %s", rule_level_name((enum rule_level)l));
		before = ", ";
	}
}

/* The result in three sentences: what was found, on what it rests, what it does not tell. */
static void found(struct buf *b, const struct run *run)
{
	if (!run->about.n) {
		buf_str(b, "<p><b>No findings.</b> None of the ");
		page_count(b, run->rules->n, "rule", "rules");
		buf_str(b, " found what it looks for in these records. That does not show that "
			   "nothing happened: see <a href=\"#coverage\">what could not be "
			   "seen</a>.</p>\n");
		return;
	}
	buf_str(b, "<p><b>");
	page_count(b, run->about.n, "finding", "findings");
	buf_str(b, "</b> on ");
	page_count(b, hosts_of_findings(run, &b->bad), "computer", "computers");
	levels(b, run);
	buf_str(b, ".</p>\n<p>The records they rest on were written between ");
	page_time(b, run->about.first_time);
	buf_str(b, " and ");
	page_time(b, run->about.last_time);
	buf_str(b, ".</p>\n");
}

static void unverified(struct buf *b, const struct run *run)
{
	uint64_t n = run->about.unverified;

	if (!run->about.n)
		return;
	buf_str(b, "<p>");
	if (n) {
		page_count(b, n, "finding is", "findings are");
		buf_str(b, " <b>unverified</b>: the rule holds, but the records do not tell all "
			   "that it asks. What is missing is named with each.</p>\n");
	} else {
		buf_str(b, "All of them are fully checked: the records answer every condition of "
			   "the rules.</p>\n");
	}
}

static void opened_what(struct buf *b, const struct totals *t)
{
	if (!t->opened)
		return;
	buf_str(b, "<p>");
	page_count(b, t->opened, "disk image or archive was", "disk images and archives were");
	buf_str(b, " opened");
	if (t->not_hashed) {
		buf_str(b, "; ");
		page_count(b, t->not_hashed, "was", "were");
		buf_str(b, " <b>not hashed</b> as a whole");
	}
	buf_str(b, ": see <a href=\"#examined\">what was examined</a>.</p>\n");
}

static void read_what(struct buf *b, const struct run *run, const struct totals *t)
{
	uint64_t sources = t->sources - t->opened - t->parts;

	buf_str(b, "<p>");
	page_number(b, t->read);
	buf_str(b, " of ");
	page_count(b, sources, "source was", "sources were");
	buf_str(b, t->read == 1 && sources != 1 ? " read as a log" : " read");
	if (t->read)
		buf_str(b, ", with ");
	if (t->read)
		page_count(b, t->records, "record", "records");
	if (t->first_time) {
		buf_str(b, " of ");
		page_count(b, hosts_of_run(run), "computer", "computers");
		buf_str(b, ", written from ");
		page_time(b, t->first_time);
		buf_str(b, " to ");
		page_time(b, t->last_time);
	}
	buf_str(b, ".</p>\n");
}

static void damaged(struct buf *b, const struct totals *t)
{
	if (!t->damage && !t->partly && !t->undecoded) {
		buf_str(b, "<p>No damage was found in what was read.</p>\n");
		return;
	}
	buf_str(b, "<p>");
	page_count(b, t->damage, "place of damage was", "places of damage were");
	buf_str(b, " found; ");
	page_count(b, t->partly, "record", "records");
	buf_str(b, " could be decoded only in part and ");
	page_number(b, t->undecoded);
	buf_str(b, " not at all: see <a href=\"#examined\">what was examined</a>.</p>\n");
}

static void not_live(struct buf *b, const struct run *run)
{
	struct buf text;

	if (!run->sightings.not_live)
		return;
	buf_init(&text, 0);
	sightings_text(&text, &run->sightings);
	buf_str(b, "<p>");
	page_text(b, buf_data(&text));
	buf_str(b, ".</p>\n");
	b->bad |= text.bad;
	buf_release(&text);
}

static void apart(struct buf *b, const struct run *run)
{
	for (size_t i = 0; i < run->n_apart && i < LIMIT_PAGE_RECORDS; i++) {
		buf_str(b, "<p>");
		page_text(b, run->apart[i]);
		buf_str(b, ".</p>\n");
	}
	if (run->n_apart > LIMIT_PAGE_RECORDS || run->apart_cut)
		buf_str(b, "<p>More computers than these have one name: see manifest.json.</p>\n");
}

/* Those of medium and high weight by name; the weak ones are of every day. */
static void signs(struct buf *b, const struct run *run)
{
	const char *before = "<p>Signs of tampering or loss, none of them proof: ";

	for (size_t i = 0; i < SIGN_KINDS; i++) {
		const struct sign_about *a = sign_about((enum sign_kind)i);
		struct sign_total t = sign_total(run, (enum sign_kind)i);

		if (!t.n || a->severity == SIGN_LOW)
			continue;
		buf_fmt(b, "%s<a href=\"#sign-%s\">%s</a> (", before, a->name, a->title);
		page_number(b, t.n);
		buf_byte(b, ')');
		before = ", ";
	}
	if (*before == ',')
		buf_str(b, ".</p>\n");
	else
		buf_str(b, "<p>No sign of tampering of medium or high weight was seen; those of "
			   "low weight stand <a href=\"#signs\">with the signs</a>.</p>\n");
}

static void hidden(struct buf *b, const struct run *run)
{
	if (!run->findings_hidden)
		return;
	buf_str(b, "<p>");
	page_count(b, run->findings_hidden, "more finding is", "more findings are");
	buf_str(b, " not shown, by the options of the run (least level, first and last time)."
		   "</p>\n");
}

static void rules_what(struct buf *b, const struct run *run)
{
	buf_str(b, "<p>");
	page_count(b, run->rules->n, "rule was", "rules were");
	buf_str(b, " run on them: <a href=\"#method\">their files and hashes</a>.</p>\n");
}

int page_summary(struct sheet *s, struct err *e)
{
	struct totals t = run_totals(s->run);
	struct buf *b = &s->b;

	buf_str(b, "<section id=summary>\n<h2>1 Summary</h2>\n");
	page_case(b, s->run);
	buf_str(b, "<div class=sum>\n");
	found(b, s->run);
	unverified(b, s->run);
	hidden(b, s->run);
	buf_str(b, "</div>\n<h3>What was examined</h3>\n");
	read_what(b, s->run, &t);
	opened_what(b, &t);
	not_live(b, s->run);
	apart(b, s->run);
	rules_what(b, s->run);
	page_overview(b, s->run);
	buf_str(b, "<h3>Damage and signs of tampering</h3>\n");
	damaged(b, &t);
	signs(b, s->run);
	buf_str(b, "</section>\n");
	return sheet_flush(s, e);
}
