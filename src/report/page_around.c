/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of one computer that findings name, with what led to them, came of them and stood
   beside them: nested lists that open and close without a script. */
#include "page_around.h"

struct forest {
	const struct around_node *v; /* of the whole of `around` */
	size_t from, to;
	bool *chosen; /* drawn open: named by a finding, above such a one, or below */
	uint64_t drawn;
	struct buf *b;
};

static int32_t parent_of(const struct forest *t, size_t i)
{
	int32_t p = t->v[i].parent;

	return p >= (int32_t)t->from && p < (int32_t)t->to ? p : -1;
}

/* As many steps up as there are levels to draw: it ends in a ring too. */
static bool is_below(const struct forest *t, int32_t i)
{
	for (size_t k = 0; k < LIMIT_AROUND_DEPTH && i >= 0; k++, i = parent_of(t, (size_t)i))
		if (t->v[i].n_findings)
			return true;
	return false;
}

static void choose(struct forest *t)
{
	for (size_t i = t->from; i < t->to; i++) {
		int32_t up = (int32_t)i;

		if (!is_below(t, up))
			continue;
		for (size_t k = 0; k < LIMIT_AROUND_DEPTH && up >= 0; k++) {
			t->chosen[(size_t)up - t->from] = true;
			up = parent_of(t, (size_t)up);
		}
	}
}

/* ---- one process ---- */

static void times(struct buf *b, const struct around_node *n)
{
	if (n->start_time) {
		buf_str(b, ", started ");
		page_time(b, n->start_time);
	} else {
		buf_str(b, ", start not recorded");
	}
	if (n->end_time) {
		buf_str(b, ", ended ");
		page_time(b, n->end_time);
	}
}

static void name(struct buf *b, const struct around_node *n)
{
	buf_str(b, "<b>");
	page_text(b, n->image.n ? view_after_last(n->image, "\\/")
			       : view_str("(image not recorded)"));
	buf_fmt(b, "</b> <span class=m>PID %" PRIu64, n->pid);
	if (n->user.n) {
		buf_str(b, ", ");
		page_text(b, n->user);
	}
	if (n->integrity.n) {
		buf_str(b, ", integrity ");
		page_text(b, n->integrity);
	}
	times(b, n);
	buf_str(b, "</span>");
}

static void details(struct buf *b, const struct around_node *n)
{
	struct view said = n->command_line.n ? n->command_line : n->image;

	buf_str(b, "<div class=nd>");
	if (said.n)
		page_code(b, said);
	if (said.n == LIMIT_AROUND_TEXT)
		buf_str(b, " <span class=m>(cut)</span>");
	for (size_t i = 0; i < n->n_findings; i++)
		buf_fmt(b, "%s<a href=\"#%s\">finding %zu</a>", i ? ", " : "<div class=m>in ",
			n->findings[i].id, n->findings[i].number);
	buf_str(b, n->n_findings == AROUND_FINDINGS ? " and perhaps more</div>"
		   : n->n_findings                  ? "</div>"
						    : "");
	for (size_t i = 0; i < n->n_connections; i++) {
		buf_str(b, i ? ", " : "<div class=m>connected to ");
		page_code(b, n->connections[i]);
	}
	buf_str(b, n->more_connections ? " and more</div>" : n->n_connections ? "</div>" : "");
	buf_str(b, "</div>");
}

/* ---- all of them ---- */

static size_t count_kids(const struct forest *t, int32_t parent, bool chosen)
{
	size_t n = 0;

	for (size_t i = t->from; i < t->to; i++)
		n += parent_of(t, i) == parent && t->chosen[i - t->from] == chosen;
	return n;
}

static void kids(struct forest *t, int32_t parent, bool chosen, unsigned depth);

static void others(struct forest *t, int32_t parent, unsigned depth)
{
	size_t n = count_kids(t, parent, false);

	if (!n)
		return;
	buf_str(t->b, "<details class=others><summary>");
	page_count(t->b, n, "other process", "other processes");
	buf_fmt(t->b, "%s</summary>", parent < 0 ? "" : " started by it");
	kids(t, parent, false, depth);
	buf_str(t->b, "</details>");
}

static void node(struct forest *t, size_t i, unsigned depth)
{
	bool chosen = t->chosen[i - t->from];
	size_t open = count_kids(t, (int32_t)i, true), closed = count_kids(t, (int32_t)i, false);
	bool deep = depth == LIMIT_AROUND_DEPTH;

	t->drawn++;
	buf_str(t->b, "<li>");
	if (open + closed && !deep)
		buf_fmt(t->b, "<details%s><summary>", chosen ? " open" : "");
	name(t->b, &t->v[i]);
	buf_str(t->b, open + closed && !deep ? "</summary>" : "");
	details(t->b, &t->v[i]);
	if (open + closed && !deep) {
		kids(t, (int32_t)i, true, depth + 1);
		if (chosen)
			others(t, (int32_t)i, depth + 1);
		else
			kids(t, (int32_t)i, false, depth + 1);
		buf_str(t->b, "</details>");
	}
	buf_str(t->b, "</li>\n");
}

/* No deeper than LIMIT_AROUND_DEPTH. */
static void kids(struct forest *t, int32_t parent, bool chosen, unsigned depth)
{
	bool any = false;

	for (size_t i = t->from; i < t->to; i++) {
		if (parent_of(t, i) != parent || t->chosen[i - t->from] != chosen)
			continue;
		buf_str(t->b, any ? "" : "<ul>");
		any = true;
		node(t, i, depth);
	}
	buf_str(t->b, any ? "</ul>\n" : "");
}

void page_processes(struct buf *b, const struct around *w, struct view host)
{
	struct forest t = {.v = w->v, .b = b};
	size_t n = around_nodes(w, host, &t.from);

	if (!n)
		return;
	t.to = t.from + n;
	t.chosen = mem_alloc(n);
	b->bad |= !t.chosen;
	if (!t.chosen)
		return;
	choose(&t);
	buf_str(b, "<h4>Processes around its findings</h4>\n<div class=\"tree host\">");
	kids(&t, -1, true, 0);
	others(&t, -1, 0);
	buf_str(b, "</div>\n");
	if (t.drawn < n || w->cut)
		buf_str(b, "<p class=note>More processes stand around the findings than are drawn "
			   "here: timeline.csv has them all.</p>\n");
	mem_free(t.chosen);
}

/* ---- sign-ons ---- */

static const char *type_words(struct view type)
{
	static const struct {
		const char *type, *words;
	} known[] = {
		{"0", "system"}, {"2", "interactive"}, {"3", "network"}, {"4", "batch"},
		{"5", "service"},
		{"7", "unlock"}, {"8", "network, in clear text"}, {"9", "new credentials"},
		{"10", "remote interactive"}, {"11", "interactive, cached"},
		{"12", "remote interactive, cached"}, {"13", "unlock, cached"},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (view_eq_str(type, known[i].type))
			return known[i].words;
	return "";
}

static void signon_row(struct buf *b, const struct run *run, const struct around_signon *s)
{
	const struct source_result *src = run_source(run, s->place.source);
	const char *words = type_words(s->type);

	buf_str(b, "<tr><td class=w>");
	page_time(b, s->time);
	buf_str(b, "</td><td>");
	page_text(b, s->user);
	buf_str(b, "<br>");
	page_code(b, s->sid);
	buf_str(b, "</td><td>");
	page_text(b, s->type);
	buf_fmt(b, "%s%s<br>", *words ? " " : "", words);
	page_code(b, s->logon_id);
	buf_str(b, "</td><td class=w>");
	page_text(b, s->address);
	buf_str(b, s->workstation.n && s->address.n ? "<br>" : "");
	page_text(b, s->workstation);
	buf_fmt(b, "</td><td>record %" PRIu64 " at byte %" PRIu64 " of ", s->record_id,
		s->place.offset);
	page_code(b, view_str(src && src->source ? src->source->path : ""));
	buf_fmt(b, "<br><a href=\"#%s\">finding %zu</a></td></tr>\n", s->finding.id,
		s->finding.number);
}

void page_signons(struct buf *b, const struct run *run, const struct around *w, struct view host)
{
	static const char *const columns[] = {"Time", "User and SID", "Type, logon id", "From",
					      "Record, first finding", NULL};
	size_t from, n = around_signons(w, host, &from);

	if (!n)
		return;
	buf_str(b, "<h4>Sign-ons that its findings rest on</h4>\n");
	page_table(b, "wide", columns);
	for (size_t i = 0; i < n; i++)
		signon_row(b, run, &w->signons[from + i]);
	buf_str(b, "</tbody></table>\n");
	if (w->signons_cut)
		buf_str(b, "<p class=note>There are more: evidence.csv has them all.</p>\n");
}
