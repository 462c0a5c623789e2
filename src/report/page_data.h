/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_REPORT_PAGE_DATA_H
#define EVTXHOUND_REPORT_PAGE_DATA_H
/*
 * What the page's script reads (docs/report.md, "The page's data"): blocks of JSON, each packed on its
 * own, waiting in a temporary file until the pages are written. Memory does not grow with their bytes.
 */
#include "report-private.h"
#include "evtxhound/report.h"

/* In the order in which a page has them: the first two are all that it needs to open. */
enum block_kind {
	BLOCK_LIST,     /* what of findings is sorted and filtered by */
	BLOCK_CHART,    /* what of timeline entries is drawn */
	BLOCK_FINDINGS, /* findings whole */
	BLOCK_ENTRIES,  /* timeline entries whole */
	BLOCK_KINDS
};
struct page_block {
	uint64_t at;     /* in the temporary file */
	uint32_t size;   /* packed */
	uint8_t kind;
	uint64_t n;      /* findings or entries in it */
};
/* Blocks that only go together: some findings, or some entries, next to one another. */
struct bundle {
	bool entries;
	uint64_t first, n;           /* findings or entries, counted from 0 */
	uint64_t first_time, last_time;
	uint64_t bytes;              /* packed */
	size_t block, n_blocks;
	size_t part;                 /* the page that has them */
};
struct page_data {
	const struct run *run;
	int fd;
	uint64_t end;
	struct page_block *blocks;
	size_t n_blocks, cap_blocks;
	struct bundle *bundles;
	size_t n_bundles, cap_bundles;
	uint64_t most;               /* packed bytes of a page; LIMIT_PAGE_DATA, and less in a test */
	size_t n_parts;              /* once they are dealt out */
	struct output *pages;
	char (*names)[OUTPUT_NAME];  /* of these */
	struct strtab hosts;         /* of findings and entries, numbered */
	uint32_t *source_hosts;      /* by index in run->sources: 1 + host; 0: not known; SEVERAL_HOSTS */
	struct chart *chart;         /* the entries that are being gathered */
	struct buf packed;
};

#define SEVERAL_HOSTS UINT32_MAX

struct page_data *page_data_new(const struct run *run, struct err *e);
void page_data_free(struct page_data *d);

/* The host's number, whatever its letter case. -1: no memory. */
int page_host(struct page_data *d, struct view computer, uint32_t *id, struct err *e);
/* That records of the source are of the host. */
void page_source_host(struct page_data *d, uint32_t source, uint32_t host);

/* A bundle that blocks are added to until the next one. */
int bundle_begin(struct page_data *d, bool entries, uint64_t first, struct err *e);
struct bundle *bundle_last(struct page_data *d);
/* Packs the text; clears it. */
int bundle_block(struct page_data *d, enum block_kind kind, struct buf *json, uint64_t n, struct err *e);

/* The timeline's rows, in order; `ctx` is a struct page_data. */
int chart_entry(void *ctx, const struct timeline_entry *t, struct err *e);
int chart_end(struct page_data *d, struct err *e);
void chart_free(struct chart *c);
/* Every finding. */
int page_list(struct page_data *d, struct err *e);

/* Deals the bundles out to pages, in order of time. */
int page_parts(struct page_data *d, struct err *e);
const char *page_name(size_t part, char out[OUTPUT_NAME]);
/* The script, and behind it the blocks of one page, as elements of it. */
int page_script(struct sheet *s, struct page_data *d, size_t part, struct err *e);
/* What the script must know first. */
void page_meta(struct buf *b, struct page_data *d, size_t part);

#endif
