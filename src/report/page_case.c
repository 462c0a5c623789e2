/* SPDX-License-Identifier: Apache-2.0 */
/* Whose case it is: the first thing on the page. */
#include "page.h"

/* What the examiner wrote may have several lines; what an image says is shown as it stands. */
static void said(struct buf *b, const struct case_said *s, bool first)
{
	if (!first)
		buf_str(b, "<br><span class=note>otherwise: </span>");
	if (s->image) {
		page_code(b, view_str(s->value));
		buf_str(b, " <span class=note>says the image ");
		page_text(b, view_str(s->image->path));
		buf_str(b, "</span>");
	} else {
		page_prose(b, view_str(s->value));
	}
}

static void fact(struct buf *b, const struct run *run, enum case_fact f)
{
	struct case_list l = case_list(run, f);

	if (!l.n)
		return;
	page_row_open(b, case_title(f));
	for (size_t i = 0; i < l.n; i++)
		said(b, &l.v[i], !i);
	if (l.more)
		buf_str(b, "<br><span class=note>and otherwise: see the table of images.</span>");
	page_row_close(b);
}

static bool any(const struct run *run)
{
	for (int f = 0; f < CASE_FACTS; f++)
		if (case_list(run, (enum case_fact)f).n)
			return true;
	return false;
}

void page_case(struct buf *b, const struct run *run)
{
	if (!any(run))
		return;
	page_table(b, "case", NULL);
	for (int f = 0; f < CASE_FACTS; f++)
		fact(b, run, (enum case_fact)f);
	buf_str(b, "</tbody></table>\n");
}
