/* SPDX-License-Identifier: Apache-2.0 */
/* The processes around a finding, as nested lists. */
#include "page.h"

static struct view base_name(struct view path)
{
	return view_after_last(path, "\\/");
}

/* A record that names its process by no number and no GUID: nothing else can be put to it. */
static bool nameless(const struct tree_node *n)
{
	return !n->pid && !n->start.size && guid_is_null(&n->guid);
}

static void life(struct buf *b, const struct tree_node *n)
{
	buf_str(b, "<span class=m>");
	if (n->start_time) {
		buf_str(b, " started ");
		page_time(b, n->start_time);
	} else {
		buf_str(b, nameless(n) ? " cannot be told from other processes"
				       : " start not recorded");
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
	if (nameless(n))
		buf_str(b, "</b> <span class=m>PID not recorded</span>");
	else
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

/* A tree being drawn: which of its nodes are. */
struct drawing {
	const struct finding *f;
	size_t n;
	bool drawn[LIMIT_TREE_NODES];
};

static int32_t parent_of(const struct drawing *d, size_t i)
{
	int32_t p = d->f->tree[i].parent;

	return p >= 0 && (size_t)p < d->n ? p : -1;
}

/* Up from a node as many steps as there are nodes, which ends in a ring too: is it, or does it come
   of, one that the finding names? */
static bool is_below(const struct drawing *d, int32_t i)
{
	for (size_t k = 0; k < d->n && i >= 0; k++, i = parent_of(d, (size_t)i))
		if (d->f->tree[i].in_finding)
			return true;
	return false;
}

static void draw_up(struct drawing *d, int32_t i)
{
	for (size_t k = 0; k < d->n && i >= 0; k++, i = parent_of(d, (size_t)i))
		d->drawn[i] = true;
}

/* Draws what the finding names, all that led to it, and all that came of it. Of what else the same
   parents started, a busy computer has hundreds: they are counted. */
static void choose(struct drawing *d)
{
	bool named = false;

	for (size_t i = 0; i < d->n; i++)
		named |= d->f->tree[i].in_finding;
	for (size_t i = 0; i < d->n; i++)
		if (!named || is_below(d, (int32_t)i))
			draw_up(d, (int32_t)i);
}

/* The next drawn child of `parent` behind `after` (-1: the first); -1 when there is none. */
static int32_t next_child(const struct drawing *d, int32_t parent, int32_t after)
{
	for (size_t i = (size_t)(after + 1); i < d->n; i++)
		if (d->drawn[i] && d->f->tree[i].parent == parent)
			return (int32_t)i;
	return -1;
}

static void others(struct buf *b, const struct drawing *d, int32_t parent)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += !d->drawn[i] && d->f->tree[i].parent == parent;
	if (!n)
		return;
	buf_str(b, "<div class=\"nd m\">");
	page_count(b, n, "other process", "other processes");
	buf_fmt(b, "%s</div>", parent < 0 ? "" : " started by it");
}

/*
 * Every node has one parent, so going down to children and up to parents visits none twice; nodes
 * whose parents form a ring are reached from no root.
 */
static void nodes(struct buf *b, const struct drawing *d, struct arena *a)
{
	int32_t up = -1, last = -1;

	for (;;) {
		int32_t n = next_child(d, up, last);

		if (n >= 0) {
			buf_str(b, last < 0 ? "<ul><li>" : "<li>");
			node_text(b, &d->f->tree[n], a);
			others(b, d, n);
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
		up = d->f->tree[up].parent;
	}
}

void page_tree(struct buf *b, const struct finding *f, struct arena *a)
{
	struct drawing d = {.f = f, .n = f->n_tree};

	if (f->brief)
		buf_str(b, "<p class=note>Brief: its rule found so much that only some findings were "
			   "looked into. This one is told out of its record alone.</p>\n");
	else if (!f->n_tree && f->tree_cut)
		buf_str(b, "<p class=note>The processes around it were not gathered: there are many "
			   "findings.</p>\n");
	if (!f->n_tree)
		return;
	d.n = f->n_tree < LIMIT_TREE_NODES ? f->n_tree : LIMIT_TREE_NODES;
	choose(&d);
	buf_str(b, "<h4>Processes around it</h4>\n<div class=tree>");
	nodes(b, &d, a);
	others(b, &d, -1);
	buf_str(b, "</div>\n");
	if (f->tree_cut || f->n_tree > LIMIT_TREE_NODES)
		buf_str(b, "<p class=note>More processes belong to this tree than were gathered: "
			   "timeline.csv has them all.</p>\n");
}
