/* SPDX-License-Identifier: Apache-2.0 */
/* The end of the page: what could not be checked, and how the report was made. */
#include "page.h"

/* ---- what could not be checked ---- */

static void item(struct buf *b, uint64_t n, const char *one, const char *many, const char *rest)
{
	if (!n)
		return;
	buf_str(b, "<li>");
	page_count(b, n, one, many);
	buf_fmt(b, " %s</li>\n", rest);
}

static uint64_t not_read(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		n += run->sources[i].source && !run->sources[i].read &&
		     run->sources[i].source->kind != SOURCE_CONTAINER &&
		     run->sources[i].source->kind != SOURCE_PART;
	return n;
}

static uint64_t ids_missing(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		n += run->sources[i].id_gaps;
	return n;
}

static uint64_t volumes_not_read(const struct run *run)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_sources; i++) {
		const struct source *s = run->sources[i].source;

		for (size_t k = 0; s && s->contents && k < s->contents->n_volumes; k++)
			n += !s->contents->volumes[k].read && !s->contents->volumes[k].quiet;
	}
	return n;
}

static uint64_t events_of(const struct run *run, const char *channel, uint16_t id)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		for (size_t k = 0; k < run->sources[i].n_counts; k++) {
			const struct count *c = &run->sources[i].counts[k];

			if (c->event_id == id && view_eq_str_nocase(c->channel, channel))
				n += c->n;
		}
	return n;
}

/* What a rule cannot see when no log recorded it. */
static void coverage(struct buf *b, const struct run *run)
{
	const struct page_wanted *w;

	for (size_t i = 0; (w = page_wanted(i)); i++)
		if (!events_of(run, w->channel, w->id))
			buf_fmt(b,
				"<li>No record of a %s was read: what such records would have "
				"shown is not in this report.</li>\n",
				w->what);
}

static void gaps(struct buf *b, const struct run *run)
{
	struct totals t = run_totals(run);

	item(b, not_read(run), "source was", "sources were",
	     "not read as a log: the table of sources says why.");
	item(b, volumes_not_read(run), "volume of an image was", "volumes of images were",
	     "not read: the table of volumes says why.");
	item(b, t.not_hashed, "image or archive was", "images and archives were",
	     "not hashed as a whole (--hash-image does that): only the SHA-256 of the logs in it shows "
	     "that these are what was read.");
	item(b, t.damage, "place of damage was", "places of damage were",
	     "met; what lay there is missing or may be wrong.");
	item(b, t.partly, "record was", "records were", "decoded only in part.");
	item(b, t.undecoded, "record could", "records could", "not be decoded.");
	item(b, t.not_asked, "record is", "records are",
	     "of kinds that no rule asks about: they were counted, and their fields not read.");
	item(b, ids_missing(run), "record id is", "record ids are",
	     "missing between the first and the last of their logs: such records were cleared, "
	     "overwritten, lost or never written.");
	item(b, run->about.brief, "finding is", "findings are",
	     "brief: their rules found so much that only some were looked into. These are told out "
	     "of their record alone, without the other log's record, sign-ons and process trees.");
	item(b, run->not_witnessed, "record of findings was", "records of findings were",
	     "not read by the second decoder (--verify all does that).");
	item(b, run->dropped_pendings, "begun sequence was", "begun sequences were",
	     "given up for want of room before they could be completed.");
	item(b, overruns_all(run), "record could", "records could",
	     "not be checked by a rule whose regular expression took too many steps: it was taken as not "
	     "matching (below).");
	item(b, run->worker_deaths, "reading process ended", "reading processes ended",
	     "before its work was done; manifest.json names the sources.");
	if (!run->hashed)
		buf_str(b, "<li>The SHA-256 of the sources was not taken, as the options asked."
			   "</li>\n");
	coverage(b, run);
}

static void conditions(struct buf *b, const struct findings_about *about)
{
	static const char *const columns[] = {"Condition that could not be checked", "#Findings",
					      NULL};

	if (!about->n_conditions)
		return;
	page_table(b, "", columns);
	for (size_t i = 0; i < about->n_conditions; i++) {
		buf_str(b, "<tr><td>");
		page_code(b, about->conditions[i].text);
		buf_str(b, "</td><td class=n>");
		page_number(b, about->conditions[i].n);
		buf_str(b, "</td></tr>\n");
	}
	buf_str(b, "</tbody></table>\n");
}

/* The rules that gave up on a value. */
static void overruns(struct buf *b, const struct run *run)
{
	static const char *const columns[] = {"Rule whose regular expression took too many steps", "#Records",
					      NULL};

	if (!run->overruns)
		return;
	page_table(b, "", columns);
	for (size_t i = 0; i < run->rules->n; i++) {
		if (!run->overruns[i])
			continue;
		buf_str(b, "<tr><td>");
		page_text(b, run->rules->rules[i].title);
		buf_str(b, " ");
		page_code(b, run->rules->rules[i].id);
		buf_str(b, "</td><td class=n>");
		page_number(b, run->overruns[i]);
		buf_str(b, "</td></tr>\n");
	}
	buf_str(b, "</tbody></table>\n");
}

int page_unchecked(struct sheet *s, struct err *e)
{
	struct buf *b = &s->b;

	buf_str(b, "<section id=unchecked>\n<h2>7 What could not be checked</h2>\n"
		   "<p>A rule can only see what was recorded, kept and read. This is what it "
		   "could not see here.</p>\n<ul>\n");
	gaps(b, s->run);
	buf_str(b, "</ul>\n");
	overruns(b, s->run);
	conditions(b, &s->run->about);
	buf_str(b, "</section>\n");
	return sheet_flush(s, e);
}

/* ---- method ---- */

static void setting(struct buf *b, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	buf_str(b, "<tr><th scope=row>");
	page_text(b, view_str(name));
	buf_str(b, "</th><td>");
	page_code(b, view_str(value));
	page_row_close(b);
}

static void settings(struct buf *b, const struct run *run)
{
	const struct source_fact *f;
	struct library_walk w;

	buf_str(b, "<h3>Tool and options</h3>\n");
	page_table(b, "facts", NULL);
	setting(b, "evtxhound", program_version());
	setting(b, "Build", run->build);
	setting(b, "Decoder of the findings", run->decoder);
	setting(b, "Second decoder", run->witness_mode);
	setting(b, "Timeline", run->timeline);
	for (size_t i = 0; i < run->n_options; i++)
		setting(b, run->options[i].name, run->options[i].value);
	for (size_t i = 0; i < run->n_versions; i++)
		if (strcmp(run->versions[i].name, "evtxhound") != 0)
			setting(b, run->versions[i].name, run->versions[i].version);
	library_begin(&w);
	while ((f = library_next(run, &w)))
		setting(b, source_fact_library(f), f->value);
	b->bad |= w.bad;
	library_end(&w);
	buf_str(b, "</tbody></table>\n");
}

static int rules_table(struct sheet *s, struct err *e)
{
	static const char *const columns[] = {"Rule and id", "File and SHA-256", NULL};
	const struct ruleset *rs = s->run->rules;
	size_t shown = rs->n < LIMIT_PAGE_SOURCES ? rs->n : LIMIT_PAGE_SOURCES;
	struct buf *b = &s->b;
	int rc = 0;

	buf_str(b, "<h3>Rules that were run</h3>\n");
	page_more(b, shown, rs->n, "manifest.json");
	page_table(b, "", columns);
	for (size_t i = 0; rc == 0 && i < shown; i++) {
		buf_str(b, "<tr><td>");
		page_text(b, rs->rules[i].title);
		buf_str(b, "<br><span class=h>");
		page_text(b, rs->rules[i].id);
		buf_str(b, "</span></td><td>");
		page_code(b, rs->rules[i].path);
		buf_str(b, "<br>");
		page_hash(b, rs->rules[i].sha256);
		buf_str(b, "</td></tr>\n");
		rc = sheet_flush(s, e);
	}
	buf_str(b, "</tbody></table>\n");
	for (size_t i = 0; rc == 0 && i < rs->n_replaced && i < LIMIT_PAGE_SOURCES; i++) {
		buf_str(b, "<p>Rule ");
		page_code(b, rs->replaced[i].id);
		buf_str(b, " of ");
		page_code(b, rs->replaced[i].path);
		buf_str(b, " was replaced by ");
		page_code(b, rs->replaced[i].by_path);
		buf_str(b, ".</p>\n");
		rc = sheet_flush(s, e);
	}
	return rc;
}

int page_method(struct sheet *s, struct err *e)
{
	buf_str(&s->b, "<section id=method>\n<h2>9 Method</h2>\n"
		       "<p>The sources were opened read-only. Each was read from its first byte to "
		       "its last; its SHA-256 was taken in the same pass, unless said otherwise. "
		       "The records of findings were then read a second time, for this report. A "
		       "finding says that records match a rule. It is not a verdict on what was "
		       "intended. <a href=\"#words\">Its words are explained</a> for readers who are "
		       "no examiners.</p>\n");
	settings(&s->b, s->run);
	if (rules_table(s, e) < 0 || page_words(s, e) < 0)
		return -1;
	buf_str(&s->b, "</section>\n");
	return sheet_flush(s, e);
}
