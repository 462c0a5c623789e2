/* SPDX-License-Identifier: Apache-2.0 */
/* What was examined: sources, damage. */
#include "page.h"

static void source_records(struct buf *b, const struct source_result *r)
{
	if (!r->read) {
		buf_str(b, "<td class=n></td><td></td>");
		return;
	}
	buf_str(b, "<td class=n>");
	page_number(b, r->records);
	buf_str(b, "</td><td>");
	if (r->first_time) {
		page_time(b, r->first_time);
		buf_str(b, "<br>");
		page_time(b, r->last_time);
	}
	buf_str(b, "</td>");
}

static void trouble(struct buf *b, uint64_t n, const char *one, const char *many)
{
	if (!n)
		return;
	buf_str(b, "<br>");
	page_count(b, n, one, many);
}

static void source_state_cell(struct buf *b, const struct run *run, const struct source_result *r)
{
	struct provenance p = provenance_of(run, r->source, 0);

	buf_fmt(b, "<td>%s", source_state(r));
	if (p.image)
		buf_fmt(b, "<br>%s", page_state(p.state));
	trouble(b, r->losses, "damage", "damages");
	trouble(b, r->partly, "record in part", "records in part");
	trouble(b, r->undecoded, "record undecoded", "records undecoded");
	trouble(b, r->recovered, "record recovered", "records recovered");
	trouble(b, r->checksums_bad, "bad checksum", "bad checksums");
	trouble(b, r->id_gaps, "record id missing", "record ids missing");
	if (r->checksums_off)
		buf_str(b, "<br>written without checksums");
	if (r->source->changed)
		buf_str(b, "<br><span class=warn>changed while it was read</span>");
	if (r->source->error.code != ERR_NONE) {
		buf_str(b, "<br><span class=warn>");
		page_text(b, view_str(r->source->error.msg));
		buf_str(b, "</span>");
	}
	buf_str(b, "</td>");
}

static void source_row(struct buf *b, const struct run *run, const struct source_result *r)
{
	const struct source *src = r->source;

	buf_str(b, "<tr><td>");
	page_code(b, view_str(src->path));
	if (src->format && r->source->kind != SOURCE_EVTX) {
		buf_str(b, "<br>");
		page_text(b, view_str(src->format));
	}
	buf_str(b, "<br>");
	if (src->hashed)
		page_hash(b, src->sha256);
	else
		buf_str(b, "<span class=h>SHA-256 not taken</span>");
	buf_str(b, "</td><td class=n>");
	page_number(b, src->size);
	buf_str(b, "</td>");
	source_records(b, r);
	source_state_cell(b, run, r);
	buf_str(b, "</tr>\n");
}

static int sources_table(struct sheet *s, struct err *e)
{
	static const char *const columns[] = {"Source and SHA-256",     "#Bytes", "#Records",
					      "First and last record", "State",  NULL};
	const struct run *run = s->run;
	size_t shown = run->n_sources < LIMIT_PAGE_SOURCES ? run->n_sources : LIMIT_PAGE_SOURCES;
	int rc = 0;

	buf_str(&s->b, "<h3>Sources</h3>\n");
	page_more(&s->b, shown, run->n_sources, "manifest.json");
	page_table(&s->b, "wide", columns);
	for (size_t i = 0; rc == 0 && i < shown; i++) {
		if (!run->sources[i].source)
			continue;
		source_row(&s->b, run, &run->sources[i]);
		rc = sheet_flush(s, e);
	}
	buf_str(&s->b, "</tbody></table>\n");
	return rc;
}

static void passed_over(struct buf *b, const struct run *run)
{
	if (run->others) {
		buf_str(b, "<p>");
		page_count(b, run->others, "file", "files");
		buf_str(b, " in the folders are no logs and were left alone.</p>\n");
	}
	if (run->links) {
		buf_str(b, "<p>");
		page_count(b, run->links, "symbolic link was", "symbolic links were");
		buf_str(b, " not followed.</p>\n");
	}
}

/* ---- damage ---- */

static void damage_row(struct buf *b, const struct source_result *r, const struct damage *d)
{
	buf_str(b, "<tr><td>");
	page_code(b, view_str(r->source->path));
	buf_fmt(b, "</td><td class=n>%" PRIu64 "<br>0x%" PRIx64 "</td><td class=n>", d->offset,
		d->offset);
	if (d->length)
		page_number(b, d->length);
	buf_str(b, "</td><td>");
	page_text(b, view_str(d->what));
	buf_str(b, "</td></tr>\n");
}

static uint64_t damage_count(const struct run *run, enum damage_severity sev)
{
	uint64_t n = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		for (size_t k = 0; k < run->sources[i].n_damage; k++)
			n += run->sources[i].damage[k].severity == sev;
	return n;
}

static int damage_rows(struct sheet *s, enum damage_severity sev, struct err *e)
{
	const struct run *run = s->run;
	uint64_t shown = 0;

	for (size_t i = 0; i < run->n_sources; i++)
		for (size_t k = 0; k < run->sources[i].n_damage; k++) {
			const struct source_result *r = &run->sources[i];

			if (!r->source || r->damage[k].severity != sev)
				continue;
			if (shown++ == LIMIT_PAGE_SOURCES)
				return 0;
			damage_row(&s->b, r, &r->damage[k]);
			if (sheet_flush(s, e) < 0)
				return -1;
		}
	return 0;
}

static int damage_table(struct sheet *s, enum damage_severity sev, const char *title,
			const char *about, struct err *e)
{
	static const char *const columns[] = {"Source", "#Byte", "#Length", "What", NULL};
	uint64_t n = damage_count(s->run, sev);
	struct buf *b = &s->b;
	int rc;

	if (!n)
		return 0;
	buf_fmt(b, "<h3>%s</h3>\n<p>%s</p>\n", title, about);
	page_more(b, n < LIMIT_PAGE_SOURCES ? n : LIMIT_PAGE_SOURCES, n, "manifest.json");
	page_table(b, "wide", columns);
	rc = damage_rows(s, sev, e);
	buf_str(b, "</tbody></table>\n");
	return rc;
}

int page_examined(struct sheet *s, struct err *e)
{
	int rc;

	buf_str(&s->b, "<section id=examined>\n<h2>4 What was examined</h2>\n");
	rc = sources_table(s, e);
	passed_over(&s->b, s->run);
	rc = rc ? rc : page_images(s, e);
	rc = rc ? rc
		: damage_table(s, DAMAGE_LOSS, "Damage",
			       "Here bytes or records that should be readable are not, or may be "
			       "wrong.",
			       e);
	rc = rc ? rc
		: damage_table(s, DAMAGE_NOTE, "Notes",
			       "This is the normal state of a log taken from a running or halted "
			       "system; nothing is lost by it.",
			       e);
	buf_str(&s->b, "</section>\n");
	return rc < 0 ? rc : sheet_flush(s, e);
}
