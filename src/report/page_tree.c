/* SPDX-License-Identifier: Apache-2.0 */
/* The processes around a finding, as nested lists. */
#include "page.h"

static struct view base_name(struct view path)
{
	return view_after_last(path, "\\/");
}

static void life(struct buf *b, const struct tree_node *n)
{
	buf_str(b, "<span class=m>");
	if (n->start_time) {
		buf_str(b, " started ");
		page_time(b, n->start_time);
	} else {
		buf_str(b, " start not recorded");
	}
	if (n->end_time) {
		buf_str(b, ", ended ");
		page_time(b, n->end_time);
	}
	buf_str(b, "</span>");
}

static void node_text(struct buf *b, const struct tree_node *n, struct arena *a)
{
	struct activity act = {0};

	if (n->event && activity_of(n->event, a, &act) < 0)
		b->bad = true;
	buf_str(b, "<div class=nd><b>");
	page_text(b, n->image.n ? base_name(n->image) : view_str("(image not recorded)"));
	buf_fmt(b, "</b> <span class=m>PID %" PRIu64 "</span>", n->pid);
	buf_str(b, n->in_finding ? "<span class=in>in this finding</span>" : "");
	life(b, n);
	if (act.command_line.n || n->image.n) {
		buf_str(b, "<code class=cmd>");
		page_text(b, act.command_line.n ? act.command_line : n->image);
		buf_str(b, "</code>");
	}
	buf_str(b, "</div>");
}

/* The next child of `parent` behind `after` (-1: the first); -1 when there is none. */
static int32_t next_child(const struct finding *f, int32_t parent, int32_t after)
{
	for (size_t i = (size_t)(after + 1); i < f->n_tree && i < LIMIT_TREE_NODES; i++)
		if (f->tree[i].parent == parent)
			return (int32_t)i;
	return -1;
}

/*
 * Every node has one parent, so going down to children and up to parents visits none twice; nodes
 * whose parents form a ring are reached from no root.
 */
static void nodes(struct buf *b, const struct finding *f, struct arena *a)
{
	int32_t up = -1, last = -1;

	for (;;) {
		int32_t n = next_child(f, up, last);

		if (n >= 0) {
			buf_str(b, last < 0 ? "<ul><li>" : "<li>");
			node_text(b, &f->tree[n], a);
			up = n;
			last = -1;
			continue;
		}
		if (last >= 0)
			buf_str(b, "</ul>");
		if (up < 0)
			return;
		buf_str(b, "</li>\n");
		last = up;
		up = f->tree[up].parent;
	}
}

void page_tree(struct buf *b, const struct finding *f, struct arena *a)
{
	if (!f->n_tree)
		return;
	buf_str(b, "<h4>Processes around it</h4>\n<div class=tree>");
	nodes(b, f, a);
	buf_str(b, "</div>\n");
	if (f->tree_cut || f->n_tree > LIMIT_TREE_NODES)
		buf_str(b, "<p class=note>There are more processes than are drawn here.</p>\n");
}
