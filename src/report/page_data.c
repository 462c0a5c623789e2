/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of the page's data: packed, kept in a temporary file, dealt out to pages. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "page.h"
#include "page_data.h"

struct page_data *page_data_new(const struct run *run, struct err *e)
{
	struct page_data *d = mem_alloc(sizeof(*d));

	if (!d) {
		no_memory(e, "the page");
		return NULL;
	}
	d->run = run;
	d->fd = -1;
	d->most = LIMIT_PAGE_DATA;
	buf_init(&d->packed, 0);
	strtab_init(&d->hosts, true, SIZE_MAX);
	d->source_hosts = mem_alloc((run->n_sources + 1) * sizeof(*d->source_hosts));
	d->fd = d->source_hosts ? report_spool(run->dirfd, e) : no_memory(e, "the page");
	if (d->fd >= 0)
		return d;
	page_data_free(d);
	return NULL;
}

void page_data_free(struct page_data *d)
{
	if (!d)
		return;
	if (d->fd >= 0)
		close(d->fd);
	chart_free(d->chart);
	buf_release(&d->packed);
	strtab_release(&d->hosts);
	mem_free(d->source_hosts);
	mem_free(d->blocks);
	mem_free(d->bundles);
	mem_free(d->pages);
	mem_free(d->names);
	mem_free(d);
}

int page_host(struct page_data *d, struct view computer, uint32_t *id, struct err *e)
{
	*id = strtab_add(&d->hosts, computer);
	return *id == STRTAB_NONE ? no_memory(e, "the page") : 0;
}

void page_source_host(struct page_data *d, uint32_t source, uint32_t host)
{
	const struct source_result *r = run_source(d->run, source);
	uint32_t *known = r ? &d->source_hosts[r - d->run->sources] : NULL;

	if (known)
		*known = !*known || *known == host + 1 ? host + 1 : SEVERAL_HOSTS;
}

/* One more of an array that doubles; NULL: no memory. */
static void *grown(void **v, size_t n, size_t *cap, size_t size)
{
	if (n == *cap) {
		size_t more = *cap ? *cap * 2 : 64;
		void *p = mem_grow(*v, more * size);

		if (!p)
			return NULL;
		*v = p;
		*cap = more;
	}
	return *v;
}

int bundle_begin(struct page_data *d, bool entries, uint64_t first, struct err *e)
{
	void *v = d->bundles;

	if (!grown(&v, d->n_bundles, &d->cap_bundles, sizeof(*d->bundles)))
		return no_memory(e, "the page");
	d->bundles = v;
	d->bundles[d->n_bundles++] = (struct bundle){
		.entries = entries, .first = first, .block = d->n_blocks};
	return 0;
}

struct bundle *bundle_last(struct page_data *d)
{
	return &d->bundles[d->n_bundles - 1];
}

int bundle_block(struct page_data *d, enum block_kind kind, struct buf *json, uint64_t n, struct err *e)
{
	struct bundle *last = bundle_last(d);
	void *v = d->blocks;

	buf_clear(&d->packed);
	if (json->bad || !grown(&v, d->n_blocks, &d->cap_blocks, sizeof(*d->blocks)))
		return no_memory(e, "the page");
	d->blocks = v;
	if (!zlib_pack(&d->packed, buf_data(json)))
		return no_memory(e, "the page");
	if (write_all(d->fd, buf_data(&d->packed)) < 0)
		return err_errno(e, ERR_IO, "cannot write the page's temporary file");
	d->blocks[d->n_blocks++] = (struct page_block){d->end, (uint32_t)d->packed.n, (uint8_t)kind, n};
	d->end += d->packed.n;
	last->bytes += d->packed.n;
	last->n_blocks++;
	buf_clear(json);
	return 0;
}

/* ---- pages ---- */

const char *page_name(size_t part, char out[OUTPUT_NAME])
{
	if (part)
		snprintf(out, OUTPUT_NAME, "report-%zu.html", part + 1);
	else
		snprintf(out, OUTPUT_NAME, "report.html");
	return out;
}

struct by_time {
	uint64_t time;
	size_t bundle;
};

static int by_time_cmp(const void *x, const void *y)
{
	const struct by_time *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return a->bundle < b->bundle ? -1 : a->bundle > b->bundle;
}

static int pages_make(struct page_data *d, size_t n, struct err *e)
{
	d->pages = mem_alloc(n * sizeof(*d->pages));
	d->names = mem_alloc(n * sizeof(*d->names));
	if (!d->pages || !d->names)
		return no_memory(e, "the page");
	for (size_t i = 0; i < n; i++)
		d->pages[i].name = page_name(i, d->names[i]);
	d->n_parts = n;
	return 0;
}

int page_parts(struct page_data *d, struct err *e)
{
	struct by_time *order = mem_alloc((d->n_bundles + 1) * sizeof(*order));
	uint64_t bytes = 0;
	size_t part = 0;

	if (!order)
		return no_memory(e, "the page");
	for (size_t i = 0; i < d->n_bundles; i++)
		order[i] = (struct by_time){d->bundles[i].first_time, i};
	qsort(order, d->n_bundles, sizeof(*order), by_time_cmp);
	for (size_t i = 0; i < d->n_bundles; i++) {
		struct bundle *b = &d->bundles[order[i].bundle];

		if (bytes && bytes + b->bytes > d->most) {
			bytes = 0;
			part++;
		}
		bytes += b->bytes;
		b->part = part;
	}
	mem_free(order);
	return pages_make(d, part + 1, e);
}

static int block_read(struct page_data *d, const struct page_block *k, struct err *e)
{
	uint8_t *room;

	buf_clear(&d->packed);
	room = buf_room(&d->packed, k->size);
	if (!room)
		return no_memory(e, "the page");
	while (d->packed.n < k->size) {
		ssize_t got = pread(d->fd, room + d->packed.n, k->size - d->packed.n,
				    (off_t)(k->at + d->packed.n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_errno(e, ERR_IO, "cannot read the page's temporary file");
		d->packed.n += (size_t)got;
	}
	return 0;
}

static const char *const block_names[BLOCK_KINDS] = {"list", "chart", "findings", "entries"};

static int block_write(struct sheet *s, struct page_data *d, const struct page_block *k, size_t number,
		       struct err *e)
{
	if (block_read(d, k, e) < 0)
		return -1;
	buf_fmt(&s->b, "<script type=\"text/plain\" id=\"%s-%zu\">", block_names[k->kind], number);
	base64_add(&s->b, buf_data(&d->packed));
	buf_str(&s->b, "</script>\n");
	return sheet_flush(s, e);
}

static int blocks_write(struct sheet *s, struct page_data *d, size_t part, enum block_kind kind,
			struct err *e)
{
	size_t number = 0;

	for (size_t i = 0; i < d->n_bundles; i++) {
		const struct bundle *b = &d->bundles[i];

		for (size_t k = b->block; b->part == part && k < b->block + b->n_blocks; k++)
			if (d->blocks[k].kind == kind && block_write(s, d, &d->blocks[k], number++, e) < 0)
				return -1;
	}
	return 0;
}

int page_script(struct sheet *s, struct page_data *d, size_t part, struct err *e)
{
	struct buf meta;
	bool good;

	buf_init(&meta, 0);
	page_meta(&meta, d, part);
	buf_clear(&d->packed);
	good = !meta.bad && zlib_pack(&d->packed, buf_data(&meta));
	buf_release(&meta);
	if (!good)
		return no_memory(e, "the page");
	buf_str(&s->b, "<script type=\"text/plain\" id=\"meta\">");
	base64_add(&s->b, buf_data(&d->packed));
	buf_str(&s->b, "</script>\n");
	if (blocks_write(s, d, part, BLOCK_LIST, e) < 0 || blocks_write(s, d, part, BLOCK_CHART, e) < 0)
		return -1;
	buf_str(&s->b, "<script>");
	buf_view(&s->b, page_js());
	buf_str(&s->b, "</script>\n");
	if (sheet_flush(s, e) < 0 || blocks_write(s, d, part, BLOCK_FINDINGS, e) < 0)
		return -1;
	return blocks_write(s, d, part, BLOCK_ENTRIES, e);
}
