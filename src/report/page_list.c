/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as the page's script reads them: columns to sort and filter by, and each whole. */
#include "page_data.h"

enum column { COL_ID, COL_RULE, COL_STATUS, COL_STATE, COL_HOST, COL_TIME, COL_SPAN, COL_USER, COL_PROCESS,
	      COL_PARENT, COL_COMMAND, COL_DESTINATION, COLUMNS };
/* Numbers, but for the ids; those from the user on are of texts of the block. */
static const char *const column_names[COLUMNS] = {"id",   "rule", "unverified", "state",  "host",    "time",
						  "span", "user", "process",    "parent", "command", "destination"};

struct list {
	struct page_data *d;
	struct sheet s;             /* the block of whole findings; nothing is written through it */
	uint64_t n_whole;           /* in it */
	struct buf columns[COLUMNS];
	struct strtab texts;        /* of the block of columns */
	size_t text_bytes;
	uint64_t n, before;         /* findings in that; time of the last one */
};

static void number(struct list *l, enum column c, int64_t n)
{
	buf_fmt(&l->columns[c], "%s%" PRId64, l->n ? "," : "", n);
}

static void text(struct list *l, enum column c, struct view v)
{
	size_t known = l->texts.n;
	uint32_t id;

	v = view_cut(v, LIMIT_PAGE_LIST_TEXT);
	id = strtab_add(&l->texts, v);
	l->text_bytes += l->texts.n > known ? v.n : 0;
	l->columns[c].bad |= id == STRTAB_NONE;
	number(l, c, id);
}

static int process_columns(struct list *l, const struct finding *f, struct err *e)
{
	const struct evidence *ev = finding_subject(f);
	struct activity act = {0};
	struct buf to;
	int rc = 0;

	buf_init(&to, 0);
	rc = finding_destinations(f, &l->s.a, &to, e);
	if (rc == 0 && ev)
		rc = evidence_activity(ev, &l->s.a, &act, e);
	text(l, COL_USER, act.user);
	text(l, COL_PROCESS, act.image);
	text(l, COL_PARENT, act.parent_image);
	text(l, COL_COMMAND, act.command_line);
	text(l, COL_DESTINATION, buf_data(&to));
	l->columns[0].bad |= to.bad;
	buf_release(&to);
	return rc;
}

static int add_columns(struct list *l, const struct finding *f, struct err *e)
{
	uint64_t ms = f->first_time / PAGE_TICKS;
	uint32_t host;

	if (page_host(l->d, f->computer, &host, e) < 0)
		return -1;
	buf_str(&l->columns[COL_ID], f->id + 2);
	number(l, COL_RULE, f->rule);
	number(l, COL_STATUS, f->unverified);
	number(l, COL_STATE, f->only_in);
	number(l, COL_HOST, host);
	number(l, COL_TIME, (int64_t)(ms - l->before));
	number(l, COL_SPAN, (int64_t)(f->last_time / PAGE_TICKS - ms));
	l->before = ms;
	return process_columns(l, f, e);
}

static int list_flush(struct list *l, struct err *e)
{
	struct buf b;
	int rc;

	buf_init(&b, 0);
	buf_fmt(&b, "{\"n\":%" PRIu64 ",\"id\":\"", l->n);
	buf_view(&b, buf_data(&l->columns[COL_ID]));
	buf_byte(&b, '"');
	for (size_t c = 1; c < COLUMNS; c++) {
		buf_fmt(&b, ",\"%s\":[", column_names[c]);
		buf_view(&b, buf_data(&l->columns[c]));
		buf_byte(&b, ']');
	}
	buf_str(&b, ",\"texts\":[");
	for (uint32_t i = 0; i < l->texts.n; i++) {
		buf_str(&b, i ? "," : "");
		json_string(&b, strtab_text(&l->texts, i));
	}
	buf_str(&b, "]}");
	for (size_t c = 0; c < COLUMNS; c++) {
		b.bad |= l->columns[c].bad;
		buf_clear(&l->columns[c]);
	}
	rc = bundle_block(l->d, BLOCK_LIST, &b, l->n, e);
	buf_release(&b);
	strtab_release(&l->texts);
	strtab_init(&l->texts, false, SIZE_MAX);
	l->n = l->text_bytes = l->before = 0;
	return rc;
}

static int whole_flush(struct list *l, struct err *e)
{
	uint64_t n = l->n_whole;

	if (!n)
		return 0;
	buf_byte(&l->s.b, ']');
	l->n_whole = 0;
	return bundle_block(l->d, BLOCK_FINDINGS, &l->s.b, n, e);
}

/* ---- one whole ---- */

static void kinds(struct json *j, const struct finding *f, size_t told)
{
	json_open(j, "kinds", '[');
	for (size_t i = 0; i < told; i++) {
		const struct event *ev = f->evidence[i].event;

		json_text(j, NULL, view_str(kind_title(ev ? event_kind(ev) : KIND_NONE)));
	}
	json_close(j, ']');
}

static int tree_node(struct sheet *s, struct json *j, const struct tree_node *n, struct err *e)
{
	struct activity act = {0};

	if (n->event && activity_of(n->event, &s->a, &act) < 0)
		return no_memory(e, "a record of the report");
	json_open(j, NULL, '{');
	json_name(j, "parent");
	buf_fmt(j->b, "%" PRId32, n->parent);
	json_number(j, "pid", n->pid);
	json_text(j, "image", n->image);
	json_text(j, "command", act.command_line);
	json_text(j, "user", act.user);
	json_text(j, "integrity", act.integrity);
	json_time(j, "start", n->start_time);
	json_time(j, "end", n->end_time);
	json_bool(j, "in", n->in_finding);
	json_bool(j, "nameless", !n->pid && !n->start.size && guid_is_null(&n->guid));
	json_close(j, '}');
	arena_reset(&s->a);
	return 0;
}

/* [what findings.jsonl says of it, what the page says besides] */
static int add_whole(struct list *l, const struct finding *f, struct err *e)
{
	struct json j = {.b = &l->s.b};
	size_t told;
	int rc;

	buf_str(&l->s.b, l->n_whole++ ? ",[" : "[[");
	rc = finding_json(&l->s, f, LIMIT_PAGE_RECORDS, LIMIT_PAGE_FINDING, &told, e);
	buf_byte(&l->s.b, ',');
	json_open(&j, NULL, '{');
	json_number(&j, "left_out", f->n_evidence - told);
	kinds(&j, f, told);
	json_open(&j, "tree", '[');
	for (size_t i = 0; rc == 0 && i < f->n_tree && i < LIMIT_TREE_NODES; i++)
		rc = tree_node(&l->s, &j, &f->tree[i], e);
	json_close(&j, ']');
	json_bool(&j, "tree_cut", f->tree_cut || f->n_tree > LIMIT_TREE_NODES);
	json_close(&j, '}');
	buf_byte(&l->s.b, ']');
	return rc;
}

static void add_hosts(struct page_data *d, const struct finding *f, uint32_t host)
{
	for (size_t i = 0; i < f->n_evidence; i++)
		page_source_host(d, f->evidence[i].place.source, host);
}

static int bundle_end(struct list *l, struct err *e)
{
	if (!l->n)
		return 0;
	return whole_flush(l, e) < 0 ? -1 : list_flush(l, e);
}

static int list_one(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct list *l = ctx;
	struct bundle *b;
	uint32_t host;

	if (!l->n && bundle_begin(l->d, false, i, e) < 0)
		return -1;
	if (page_host(l->d, f->computer, &host, e) < 0 || add_columns(l, f, e) < 0 || add_whole(l, f, e) < 0)
		return -1;
	add_hosts(l->d, f, host);
	b = bundle_last(l->d);
	b->first_time = l->n++ ? b->first_time : f->first_time;
	b->last_time = f->first_time;
	b->n++;
	if (l->s.b.n >= LIMIT_PAGE_BLOCK && whole_flush(l, e) < 0)
		return -1;
	if (l->n < LIMIT_PAGE_LIST && l->text_bytes < LIMIT_PAGE_BLOCK && b->bytes < LIMIT_PAGE_BUNDLE)
		return 0;
	return bundle_end(l, e);
}

int page_list(struct page_data *d, struct err *e)
{
	struct list l = {.d = d};
	int rc;

	sheet_memory(&l.s, d->run);
	strtab_init(&l.texts, false, SIZE_MAX);
	for (size_t c = 0; c < COLUMNS; c++)
		buf_init(&l.columns[c], 0);
	rc = each_finding(d->run, list_one, &l, e);
	rc = rc < 0 ? rc : bundle_end(&l, e);
	for (size_t c = 0; c < COLUMNS; c++)
		buf_release(&l.columns[c]);
	strtab_release(&l.texts);
	buf_release(&l.s.b);
	arena_release(&l.s.a);
	return rc;
}
