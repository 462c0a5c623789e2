/* SPDX-License-Identifier: Apache-2.0 */
/* The sorted rows to timeline.csv: copies of one record merged, findings named. */
#include <stdlib.h>

#include "profile.h"

/* ---- which findings a record belongs to ---- */

struct mark {
	uint64_t offset;
	uint32_t source, finding;
};
struct marks {
	struct mark *v;
	size_t n, cap;
	char (*ids)[FINDING_ID]; /* of the findings */
	size_t n_ids, cap_ids;
};

static int mark_cmp(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->finding < b->finding ? -1 : a->finding > b->finding;
}

static int mark_add(struct marks *m, const struct mark *one, struct err *e)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 256;
		struct mark *v = mem_grow(m->v, cap * sizeof(*v));

		if (!v)
			return no_memory(e, "the timeline");
		m->v = v;
		m->cap = cap;
	}
	m->v[m->n++] = *one;
	return 0;
}

static int id_add(struct marks *m, const char *id, struct err *e)
{
	if (m->n_ids == m->cap_ids) {
		size_t cap = m->cap_ids ? m->cap_ids * 2 : 64;
		char(*v)[FINDING_ID] = mem_grow(m->ids, cap * sizeof(*v));

		if (!v)
			return no_memory(e, "the timeline");
		m->ids = v;
		m->cap_ids = cap;
	}
	memcpy(m->ids[m->n_ids++], id, FINDING_ID);
	return 0;
}

static int marks_of(void *ctx, const struct finding *f, size_t i, struct err *e)
{
	struct marks *m = ctx;

	for (size_t k = 0; k < f->n_evidence; k++) {
		const struct place *p = &f->evidence[k].place;

		if (mark_add(m, &(struct mark){p->offset, p->source, (uint32_t)i}, e) < 0)
			return -1;
	}
	return id_add(m, f->id, e);
}

static int marks_make(struct marks *m, const struct run *run, struct err *e)
{
	memset(m, 0, sizeof(*m));
	if (each_finding(run, marks_of, m, e) < 0)
		return -1;
	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), mark_cmp);
	return 0;
}

/* The first mark at or behind the place. */
static size_t marks_find(const struct marks *m, const struct mark *at)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (mark_cmp(&m->v[mid], at) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* ---- writing: one record that may lie in several places ---- */

struct record_group {
	struct sheet sheet;
	const struct timeline *timeline;
	struct timesketch *also; /* gets the rows, too; or NULL */
	struct marks marks;
	bool findings_only, any;
	struct buf key, row; /* of the record: its key without the place */
	uint32_t source;     /* the best place so far */
	uint64_t offset, chunk;
	uint32_t rank;       /* its; recovered places behind all others */
	uint32_t *findings;
	size_t n, cap;
	struct buf ids;      /* their ids, as the row tells them */
};

static int group_finding(struct record_group *g, uint32_t finding, struct err *e)
{
	if (g->n == g->cap) {
		size_t more = g->cap ? g->cap * 2 : 16;
		uint32_t *p = mem_grow(g->findings, more * sizeof(*p));

		if (!p)
			return no_memory(e, "the timeline");
		g->findings = p;
		g->cap = more;
	}
	g->findings[g->n++] = finding;
	return 0;
}

static int number_cmp(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static void group_findings(struct record_group *g)
{
	struct buf *b = &g->ids;
	size_t n = 0;

	if (g->n > 1)
		qsort(g->findings, g->n, sizeof(*g->findings), number_cmp);
	for (size_t i = 0; i < g->n; i++)
		if (!i || g->findings[i] != g->findings[n - 1])
			g->findings[n++] = g->findings[i];
	g->n = n;
	buf_clear(b);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_byte(b, ';');
		buf_str(b, g->marks.ids[g->findings[i]]);
	}
	g->sheet.b.bad |= b->bad;
}

static struct view cursor_cell(struct cursor *c)
{
	size_t n = cursor_u8(c);

	return cursor_take(c, n == TIMELINE_LONG ? cursor_u32(c) : n);
}

/* As the key begins. */
static uint64_t key_time(struct view key)
{
	uint64_t time = 0;

	for (size_t i = 0; i < 8 && i < key.n; i++)
		time = time << 8 | key.p[i];
	return time;
}

static int group_tell(struct record_group *g, const struct cell *cells, struct err *e)
{
	struct timeline_entry t = {.source = g->source, .offset = g->offset, .findings = g->findings,
				   .n_findings = g->n, .time = key_time(buf_data(&g->key))};
	struct view values[TC_COUNT];

	if (g->also && timesketch_row(g->also, cells, t.time, e) < 0)
		return -1;
	if (!g->timeline->tell)
		return 0;
	for (size_t i = 0; i < TC_COUNT; i++)
		values[i] = cells[i].v;
	t.cells = values;
	return g->timeline->tell(g->timeline->tell_ctx, &t, e);
}

static int group_write(struct record_group *g, struct err *e)
{
	const struct source_result *src = run_source(g->sheet.run, g->source);
	struct provenance from = provenance_of(g->sheet.run, src ? src->source : NULL, g->offset);
	struct cursor c = cursor_of(buf_data(&g->row));
	struct cell cells[TC_COUNT] = {0};

	if (!g->any || (g->findings_only && !g->n))
		return 0;
	group_findings(g);
	for (size_t i = 0; i < TC_COUNT; i++)
		if (timeline_in_row(i))
			cells[i] = cell_text(cursor_cell(&c));
	cells[TC_SOURCE] = cell_text(view_str(src ? src->source->path : ""));
	cells[TC_CHUNK] = cell_plain(&g->sheet.a, "%" PRIu64, g->chunk);
	cells[TC_OFFSET] = cell_plain(&g->sheet.a, "%" PRIu64, g->offset);
	cells[TC_FINDINGS] = cell_text(buf_data(&g->ids));
	cells[TC_SOURCE_STATE] = cell_str(from.image ? source_state_name(from.state) : "");
	csv_cells(&g->sheet.b, cells, TC_COUNT);
	csv_end(&g->sheet.b);
	if (group_tell(g, cells, e) < 0)
		return -1;
	return sheet_flush(&g->sheet, e);
}

static void group_place(struct record_group *g, const struct mark *at, uint64_t chunk,
			uint32_t rank)
{
	/* They come in order of source and offset. */
	if (g->any && rank >= g->rank)
		return;
	g->source = at->source;
	g->offset = at->offset;
	g->chunk = chunk;
	g->rank = rank;
}

static int group_next(struct record_group *g, struct view key, struct view row, struct err *e)
{
	int rc;

	key = view_sub(key, 0, key.n - PLACE_BYTES);
	if (g->any && view_eq(key, buf_data(&g->key)) && view_eq(row, buf_data(&g->row)))
		return 0;
	rc = group_write(g, e);
	buf_clear(&g->key);
	buf_clear(&g->row);
	buf_view(&g->key, key);
	buf_view(&g->row, row);
	g->any = false;
	g->n = 0;
	if (g->key.bad || g->row.bad)
		return no_memory(e, "the timeline");
	return rc;
}

static int group_add(struct record_group *g, struct view key, struct view payload, struct err *e)
{
	struct cursor c = cursor_of(payload);
	struct view row = cursor_blob(&c);
	struct mark at = {0};
	uint64_t chunk;
	uint32_t rank;
	int rc = group_next(g, key, row, e);

	at.source = cursor_u32(&c);
	at.offset = cursor_u64(&c);
	chunk = cursor_u64(&c);
	rank = cursor_u8(&c) ? 256 : 0;
	group_place(g, &at, chunk, rank + cursor_u8(&c));
	g->any = true;
	for (size_t i = marks_find(&g->marks, &at); rc == 0 && i < g->marks.n; i++) {
		const struct mark *m = &g->marks.v[i];

		if (m->source != at.source || m->offset != at.offset)
			break;
		rc = group_finding(g, m->finding, e);
	}
	return rc;
}

static int rows_write(struct timeline *t, struct record_group *g, struct err *e)
{
	const char *const *names;
	struct view key, payload;
	size_t n;
	int rc;

	names = timeline_columns(&n);
	csv_header(&g->sheet.b, names, n);
	rc = sorter_finish(t->sorter, e);
	while (rc == 0) {
		rc = sorter_next(t->sorter, &key, &payload, e);
		if (rc == 0)
			rc = group_add(g, key, payload, e);
	}
	return rc < 0 ? rc : group_write(g, e);
}

int timeline_write(struct timeline *t, const struct run *run, struct timesketch *also,
		   struct output *o, struct err *e)
{
	struct record_group g = {.also = also, .timeline = t};
	int rc;

	g.findings_only = run->timeline && strcmp(run->timeline, "findings") == 0;
	o->name = "timeline.csv";
	if (sheet_open(&g.sheet, run, o->name, e) < 0)
		return -1;
	buf_init(&g.key, 0);
	buf_init(&g.row, 0);
	buf_init(&g.ids, 0);
	rc = marks_make(&g.marks, run, e);
	rc = rc ? rc : rows_write(t, &g, e);
	rc = sheet_close(&g.sheet, rc, o, e);
	mem_free(g.marks.v);
	mem_free(g.marks.ids);
	mem_free(g.findings);
	buf_release(&g.key);
	buf_release(&g.row);
	buf_release(&g.ids);
	return rc;
}
