/* SPDX-License-Identifier: Apache-2.0 */
/* A dump's unit: its records are written into a page, the page into the output when its turn comes. */
#include "dump-private.h"
#include "worker-private.h"

#include <errno.h>
#include <string.h>

struct dumping {
	struct envelope envelope;
	struct buf page;
	uint32_t source; /* that the envelope is for */
	uint32_t chunks; /* of the unit that are done */
	bool within;     /* the page ends within another one */
	bool split;      /* a page ended within the chunk at hand */
	bool any;        /* source is set */
};

/* Asks for a place and writes the page there. */
static int write_page(struct worker *w, bool more)
{
	struct dumping *d = w->dumping;
	struct turn_frame f = {.bytes = d->page.n, .chunks = d->chunks, .within = d->within,
			       .more = more};
	uint8_t place[8];
	frame_turn(&w->out, &f);
	if (worker_flush(w) < 0 || worker_hear(w, place, sizeof(place)) < 0)
		return -1;
	struct cursor c = cursor_of((struct view){place, sizeof(place)});
	int rc = dump_write(w->setup->dump, buf_data(&d->page), cursor_u64(&c));
	frame_wrote(&w->out, rc < 0 ? errno : 0);
	buf_clear(&d->page);
	d->split = d->within;
	return worker_flush(w) < 0 ? -1 : rc;
}

/* ---- records ---- */

static bool has_channel(const struct dump_filter *f, struct view channel)
{
	for (size_t i = 0; i < f->n_channels; i++)
		if (view_eq_nocase(f->channels[i], channel))
			return true;
	return !f->n_channels;
}

static bool is_wanted(const struct dump_filter *f, const struct event *ev)
{
	if (f->event_ids &&
	    !(ev->has_system && f->event_ids[ev->event_id / 8] >> (ev->event_id % 8) & 1))
		return false;
	return ev->time_created >= f->from && ev->time_created <= f->to &&
	       has_channel(f, ev->channel);
}

/* Only who filters, and CSV, looks at System apart from the record's text. */
static bool needs_head(const struct dump_options *o)
{
	const struct dump_filter *f = &o->filter;
	return o->format == DUMP_CSV || f->event_ids || f->n_channels || f->from || f->to != UINT64_MAX;
}

static int dump_record(struct worker *w, struct record *r, struct chunk_counts *n)
{
	const struct dump_options *o = w->setup->dump;
	struct dumping *d = w->dumping;
	struct event ev;
	if (needs_head(o)) {
		memset(&ev, 0, sizeof(ev));
		if (w->decoder->ops->head(w->decoder, r, &ev, &w->err) < 0)
			return -1;
		if (!is_wanted(&o->filter, &ev)) {
			count_state(n, r, false);
			return 0;
		}
	}
	/* Here and not behind the last one, so that a page ends where a chunk ends if it can. */
	if (d->page.n >= o->page && write_page(w, true) < 0)
		return -1;
	if (envelope_record(&d->envelope, w->decoder, r, &ev, &d->page, &w->err) < 0)
		return -1;
	count_state(n, r, true);
	d->within = true;
	if (w->unit.mute)
		buf_clear(&d->page);
	return 0;
}

static int chunk_done(struct worker *w)
{
	struct dumping *d = w->dumping;
	bool rest = d->split && d->page.n;
	d->chunks++;
	d->within = d->split = false;
	/* So that no other chunk's fate is that of the rest of this one. */
	return rest ? write_page(w, true) : 0;
}

/* ---- units ---- */

static struct dumping *start(struct worker *w)
{
	struct dumping *d = w->dumping;
	if (!d) {
		d = w->dumping = mem_alloc(sizeof(*d));
		if (!d)
			return NULL;
		envelope_init(&d->envelope, w->setup->dump->format);
		buf_init(&d->page, 0);
	}
	if (!d->any || d->source != w->unit.source) {
		const struct source_list *l = w->setup->dump->sources;
		envelope_source(&d->envelope, l, &l->v[w->unit.source]);
		d->source = w->unit.source;
		d->any = true;
	}
	d->chunks = 0;
	d->within = d->split = false;
	return d;
}

int dump_unit(struct worker *w)
{
	if (!w->setup->dump || w->unit.source >= w->setup->dump->sources->n || !start(w))
		return -1;
	if (scan_chunks(w, dump_record, chunk_done) < 0)
		return -1;
	return w->dumping->page.n ? write_page(w, false) : 0;
}
