/* SPDX-License-Identifier: Apache-2.0 */
/* Timeline entries as the page's script reads them: columns that it draws, and each whole. */
#include "page_data.h"
#include "timeline.h"

enum column { COL_TIME, COL_HOST, COL_KIND, COL_FINDING, CHART_COLUMNS };
static const char *const chart_names[] = {"time", "host", "kind", "findings"};

/* Of whole entries; channel and source by their number among the block's. */
enum whole { WHOLE_TICKS, WHOLE_RECORD, WHOLE_EVENT, WHOLE_OFFSET, WHOLE_MESSAGE, WHOLE_CHANNEL, WHOLE_SOURCE,
	     WHOLE_COLUMNS };
static const char *const whole_names[] = {"ticks", "record", "event", "offset", "message", "channel", "source"};

struct chart {
	struct buf columns[CHART_COLUMNS], whole[WHOLE_COLUMNS];
	struct strtab channels, sources;
	size_t text_bytes;   /* of these */
	uint64_t n, before;  /* of the bundle; time of the last one, in ms */
	uint64_t n_whole;
	uint64_t all;
};

static struct chart *chart_new(struct err *e)
{
	struct chart *c = mem_alloc(sizeof(*c));

	if (!c) {
		no_memory(e, "the page");
		return NULL;
	}
	strtab_init(&c->channels, false, SIZE_MAX);
	strtab_init(&c->sources, false, SIZE_MAX);
	for (size_t i = 0; i < CHART_COLUMNS; i++)
		buf_init(&c->columns[i], 0);
	for (size_t i = 0; i < WHOLE_COLUMNS; i++)
		buf_init(&c->whole[i], 0);
	return c;
}

void chart_free(struct chart *c)
{
	if (!c)
		return;
	strtab_release(&c->channels);
	strtab_release(&c->sources);
	for (size_t i = 0; i < CHART_COLUMNS; i++)
		buf_release(&c->columns[i]);
	for (size_t i = 0; i < WHOLE_COLUMNS; i++)
		buf_release(&c->whole[i]);
	mem_free(c);
}

static void number(struct buf *b, uint64_t n)
{
	buf_str(b, b->n ? "," : "");
	buf_decimal(b, n);
}

static unsigned kind_of(struct view title)
{
	static const enum event_kind kinds[] = {KIND_PROCESS_START, KIND_PROCESS_END, KIND_NETWORK};

	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		if (view_eq_str(title, kind_title(kinds[i])))
			return i;
	return ARRAY_LEN(kinds);
}

static void add_columns(struct chart *c, const struct timeline_entry *t, uint32_t host)
{
	uint64_t ms = t->time / PAGE_TICKS;

	number(&c->columns[COL_TIME], ms - c->before);
	c->before = ms;
	number(&c->columns[COL_HOST], host);
	number(&c->columns[COL_KIND], kind_of(t->cells[TC_TIMESTAMP_DESC]));
	for (size_t i = 0; i < t->n_findings; i++) {
		number(&c->columns[COL_FINDING], c->n);
		number(&c->columns[COL_FINDING], t->findings[i]);
	}
}

static void text(struct chart *c, enum whole w, struct strtab *t, struct view v)
{
	size_t known = t->n;
	uint32_t id = strtab_add(t, v);

	c->whole[w].bad |= id == STRTAB_NONE;
	c->text_bytes += t->n > known ? v.n : 0;
	number(&c->whole[w], id);
}

static void message(struct buf *b, struct view v)
{
	struct view shown = view_cut(v, LIMIT_PAGE_TEXT);

	json_string(b, shown);
	if (shown.n == v.n || b->bad)
		return;
	b->n--;
	buf_str(b, " ... (timeline.csv has the whole text)\"");
}

static void add_whole(struct chart *c, const struct timeline_entry *t)
{
	buf_view(&c->whole[WHOLE_EVENT], view_str(c->n_whole ? "," : ""));
	buf_view(&c->whole[WHOLE_EVENT], t->cells[TC_EVENT_ID]);
	buf_view(&c->whole[WHOLE_RECORD], view_str(c->n_whole ? ",\"" : "\""));
	buf_view(&c->whole[WHOLE_RECORD], t->cells[TC_RECORD_ID]);
	buf_byte(&c->whole[WHOLE_RECORD], '"');
	number(&c->whole[WHOLE_TICKS], t->time % PAGE_TICKS);
	number(&c->whole[WHOLE_OFFSET], t->offset);
	buf_view(&c->whole[WHOLE_MESSAGE], view_str(c->n_whole ? "," : ""));
	message(&c->whole[WHOLE_MESSAGE], t->cells[TC_MESSAGE]);
	text(c, WHOLE_CHANNEL, &c->channels, t->cells[TC_CHANNEL]);
	text(c, WHOLE_SOURCE, &c->sources, t->cells[TC_SOURCE]);
	c->n_whole++;
}

static void put_columns(struct buf *b, struct buf *columns, const char *const *names, size_t n, uint64_t rows)
{
	buf_fmt(b, "{\"n\":%" PRIu64, rows);
	for (size_t i = 0; i < n; i++) {
		buf_fmt(b, ",\"%s\":[", names[i]);
		buf_view(b, buf_data(&columns[i]));
		buf_byte(b, ']');
		b->bad |= columns[i].bad;
		buf_clear(&columns[i]);
	}
}

static void put_texts(struct buf *b, const char *name, struct strtab *t,
		      void (*string)(struct buf *b, struct view v))
{
	buf_fmt(b, ",\"%s\":[", name);
	for (uint32_t i = 0; i < t->n; i++) {
		buf_str(b, i ? "," : "");
		string(b, strtab_text(t, i));
	}
	buf_byte(b, ']');
	strtab_release(t);
	strtab_init(t, false, SIZE_MAX);
}

static int whole_flush(struct page_data *d, struct err *e)
{
	struct chart *c = d->chart;
	struct buf b;
	int rc;

	if (!c->n_whole)
		return 0;
	buf_init(&b, 0);
	put_columns(&b, c->whole, whole_names, WHOLE_COLUMNS, c->n_whole);
	put_texts(&b, "channels", &c->channels, json_string);
	put_texts(&b, "sources", &c->sources, json_path);
	buf_byte(&b, '}');
	rc = bundle_block(d, BLOCK_ENTRIES, &b, c->n_whole, e);
	buf_release(&b);
	c->n_whole = c->text_bytes = 0;
	return rc;
}

static int chart_flush(struct page_data *d, struct err *e)
{
	struct chart *c = d->chart;
	struct buf b;
	int rc = whole_flush(d, e);

	buf_init(&b, 0);
	put_columns(&b, c->columns, chart_names, CHART_COLUMNS, c->n);
	buf_byte(&b, '}');
	rc = rc < 0 ? rc : bundle_block(d, BLOCK_CHART, &b, c->n, e);
	buf_release(&b);
	c->n = c->before = 0;
	return rc;
}

static bool whole_full(const struct chart *c)
{
	return c->n_whole == LIMIT_PAGE_ENTRIES || c->text_bytes >= LIMIT_PAGE_BUNDLE ||
	       c->whole[WHOLE_MESSAGE].n >= LIMIT_PAGE_BUNDLE;
}

static bool chart_full(const struct chart *c, const struct bundle *b)
{
	return c->n == LIMIT_PAGE_CHART || b->bytes >= LIMIT_PAGE_BUNDLE ||
	       c->columns[COL_FINDING].n >= LIMIT_PAGE_BUNDLE;
}

int chart_entry(void *ctx, const struct timeline_entry *t, struct err *e)
{
	struct page_data *d = ctx;
	struct chart *c = d->chart ? d->chart : chart_new(e);
	struct bundle *b;
	uint32_t host;

	d->chart = c;
	if (!c || page_host(d, t->cells[TC_HOST], &host, e) < 0)
		return -1;
	if (!c->n && bundle_begin(d, true, c->all, e) < 0)
		return -1;
	page_source_host(d, t->source, host);
	add_columns(c, t, host);
	add_whole(c, t);
	b = bundle_last(d);
	b->first_time = c->n++ ? b->first_time : t->time;
	b->last_time = t->time;
	b->n++;
	c->all++;
	if (whole_full(c) && whole_flush(d, e) < 0)
		return -1;
	return chart_full(c, bundle_last(d)) ? chart_flush(d, e) : 0;
}

int chart_end(struct page_data *d, struct err *e)
{
	return d->chart && d->chart->n ? chart_flush(d, e) : 0;
}
