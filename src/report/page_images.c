/* SPDX-License-Identifier: Apache-2.0 */
/* Disk images and archives: what they say of themselves, their volumes, and what was not read. */
#include "page.h"

const char *page_state(enum source_state s)
{
	switch (s) {
	case SOURCE_LIVE:
		return "live";
	case SOURCE_SHADOW:
		return "in a shadow copy";
	case SOURCE_DELETED:
		return "in what was deleted";
	case SOURCE_CARVED:
		break;
	}
	return "carved";
}

/* What is told of it, even when it could not be opened. */
static const struct source_contents *contents_of(const struct run *run, size_t i)
{
	const struct source *s = run->sources[i].source;

	return s ? s->contents : NULL;
}

static void fact_line(struct buf *b, const struct source_fact *f)
{
	static const struct {
		const char *name, *words;
	} known[] = {
		{"case_number", "Case number"},
		{"evidence_number", "Evidence number"},
		{"examiner", "Examiner"},
		{"description", "Description"},
		{"notes", "Notes"},
		{"acquired", "Acquired"},
		{"system_date", "System date"},
		{"stored_md5", "Stored MD5"},
		{"stored_sha1", "Stored SHA-1"},
		{"media_size", "Bytes of the disk"},
		{"image_md5", "MD5 as read"},
		{"image_sha1", "SHA-1 as read"},
	};
	const char *words = f->name;

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(f->name, known[i].name))
			words = known[i].words;
	page_text(b, view_str(words));
	buf_str(b, ": ");
	page_code(b, view_str(f->value));
	buf_str(b, "<br>");
}

static void parts_line(struct buf *b, const struct source_contents *c)
{
	uint64_t bytes = 0;

	if (!c->n_parts)
		return;
	for (size_t i = 0; i < c->n_parts; i++)
		bytes += c->parts[i].size;
	buf_str(b, "With ");
	page_count(b, c->n_parts, "more file", "more files");
	buf_str(b, " of ");
	page_number(b, bytes);
	buf_str(b, " bytes, to ");
	page_code(b, view_str(c->parts[c->n_parts - 1].name));
	buf_str(b, "<br>");
}

static void image_row(struct buf *b, const struct source *s, const struct source_contents *c)
{
	buf_str(b, "<tr><td>");
	page_code(b, view_str(s->path));
	buf_str(b, "<br>");
	page_text(b, view_str(s->format));
	buf_str(b, "<br>");
	if (s->hashed)
		page_hash(b, s->sha256);
	else
		buf_str(b, "<b>not hashed</b>");
	buf_str(b, "</td><td class=n>");
	page_number(b, s->size);
	buf_str(b, "</td><td class=n>");
	page_number(b, c->logs);
	buf_str(b, "</td><td>");
	for (size_t i = 0; i < c->n_facts; i++)
		if (!source_fact_library(&c->facts[i]))
			fact_line(b, &c->facts[i]);
	parts_line(b, c);
	if (s->kind != SOURCE_CONTAINER)
		buf_str(b, "<span class=warn>It could not be opened.</span>");
	if (c->deaths) {
		buf_str(b, "<span class=warn>");
		page_count(b, c->deaths, "process", "processes");
		buf_str(b, " died of opening it: what it holds may be missing.</span>");
	}
	buf_str(b, "</td></tr>\n");
}

static int images_table(struct sheet *s, uint64_t n, struct err *e)
{
	static const char *const columns[] = {"Image or archive, and SHA-256", "#Bytes", "#Logs",
					      "What it says of itself", NULL};
	uint64_t shown = 0;

	buf_str(&s->b, "<h3>Disk images and archives</h3>\n");
	page_more(&s->b, n < LIMIT_PAGE_SOURCES ? n : LIMIT_PAGE_SOURCES, n, "manifest.json");
	page_table(&s->b, "wide", columns);
	for (size_t i = 0; i < s->run->n_sources && shown < LIMIT_PAGE_SOURCES; i++) {
		const struct source_contents *c = contents_of(s->run, i);

		if (!c)
			continue;
		shown++;
		image_row(&s->b, s->run->sources[i].source, c);
		if (sheet_flush(s, e) < 0)
			return -1;
	}
	buf_str(&s->b, "</tbody></table>\n");
	return 0;
}

/* ---- volumes ---- */

static void read_cell(struct buf *b, const struct source_volume *v)
{
	buf_str(b, "<td>");
	if (v->read) {
		if (v->files || !v->bytes)
			page_count(b, v->files, "file", "files");
		buf_str(b, v->files && v->bytes ? ", " : "");
		if (v->bytes) /* free space has no files, and of files not all is counted */
			page_count(b, v->bytes, "byte", "bytes");
		buf_str(b, " looked at");
	} else {
		buf_str(b, v->quiet ? "not read; nothing is missed by that"
				    : "<span class=warn>not read</span>");
	}
	if (*v->why) {
		buf_str(b, ": ");
		page_text(b, view_str(v->why));
	}
	buf_str(b, "</td>");
}

static void volume_row(struct buf *b, const struct source *s, const struct source_volume *v)
{
	buf_str(b, "<tr><td>");
	page_code(b, view_str(s->path));
	if (*v->name) {
		buf_str(b, "<br>");
		page_code(b, view_str(v->name));
	}
	buf_str(b, "</td><td>");
	page_text(b, view_str(v->what));
	if (v->created) {
		buf_str(b, "<br>made ");
		page_time(b, v->created);
	}
	buf_str(b, "</td><td class=n>");
	if (!v->created) /* a shadow copy lies in pieces */
		page_number(b, v->offset);
	buf_str(b, "</td><td class=n>");
	page_number(b, v->size);
	buf_str(b, "</td>");
	read_cell(b, v);
	buf_str(b, "</tr>\n");
}

static int volume_rows(struct sheet *s, struct err *e)
{
	uint64_t shown = 0;

	for (size_t i = 0; i < s->run->n_sources; i++) {
		const struct source_contents *c = contents_of(s->run, i);

		for (size_t k = 0; c && k < c->n_volumes; k++) {
			if (shown++ == LIMIT_PAGE_SOURCES)
				return 0;
			volume_row(&s->b, s->run->sources[i].source, &c->volumes[k]);
			if (sheet_flush(s, e) < 0)
				return -1;
		}
	}
	return 0;
}

static int volumes_table(struct sheet *s, uint64_t n, struct err *e)
{
	static const char *const columns[] = {"Image and volume", "What",  "#Offset",
					      "#Bytes",           "Read", NULL};

	if (!n)
		return 0;
	buf_str(&s->b, "<h3>Volumes and shadow copies</h3>\n");
	page_more(&s->b, n < LIMIT_PAGE_SOURCES ? n : LIMIT_PAGE_SOURCES, n, "manifest.json");
	page_table(&s->b, "wide", columns);
	if (volume_rows(s, e) < 0)
		return -1;
	buf_str(&s->b, "</tbody></table>\n");
	return 0;
}

int page_images(struct sheet *s, struct err *e)
{
	uint64_t images = 0, volumes = 0;

	for (size_t i = 0; i < s->run->n_sources; i++) {
		const struct source_contents *c = contents_of(s->run, i);

		images += c != NULL;
		volumes += c ? c->n_volumes : 0;
	}
	if (!images)
		return 0;
	return images_table(s, images, e) < 0 ? -1 : volumes_table(s, volumes, e);
}
