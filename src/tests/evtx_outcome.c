/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "evtx_outcome.h"
#include "valid.h"

#define MOST_LENT 16u

static void count(void *ctx, const struct damage *d)
{
	struct outcome *o = ctx;

	if (d->severity == DAMAGE_LOSS)
		o->losses++;
}

/* Wherever the bytes of the id stand: most of it is no definition. */
static bool lend(void *ctx, const uint8_t id[4], size_t n, struct view *chunk, uint32_t *offset)
{
	struct outcome *o = ctx;
	const uint8_t *hit = NULL;

	if (!n)
		o->lent_to = 4; /* nearer, it has no room for what stands before it */
	if (o->lent_to < o->lent.n)
		hit = memmem(o->lent.p + o->lent_to, o->lent.n - o->lent_to, id, 4);
	if (!hit || n > MOST_LENT)
		return false;
	o->lent_to = (size_t)(hit + 1 - o->lent.p);
	*chunk = o->lent;
	*offset = (uint32_t)(o->lent_to - 5);
	return true;
}

void outcome_init(struct outcome *o)
{
	*o = (struct outcome){0};
	buf_init(&o->text, 0);
	o->decoder = evtx_decoder_new(NULL, count, o);
	if (!o->decoder)
		abort();
	o->lender = (struct evtx_lender){lend, o};
	evtx_decoder_lend(o->decoder, &o->lender);
}

void outcome_code_page(struct outcome *o, struct view input)
{
	static const char *const pages[] = {OUTCOME_PAGES};
	size_t n = input.n > OUTCOME_PAGE ? input.p[OUTCOME_PAGE] : 0;

	if (n && n <= sizeof(pages) / sizeof(*pages) &&
	    !evtx_decoder_code_page(o->decoder, pages[n - 1]))
		abort();
}

void outcome_release(struct outcome *o)
{
	o->decoder->ops->destroy(o->decoder);
	buf_release(&o->text);
	free(o->seen);
}

/* ---- the canonical text ---- */

static void line(struct buf *b, const char *name, struct view v)
{
	buf_fmt(b, "%s=", name);
	buf_view(b, v);
	buf_byte(b, '\n');
}

static void put_system(struct buf *b, const struct event *ev)
{
	char guid[GUID_TEXT];

	guid_format(&ev->provider_guid, guid);
	line(b, "provider", ev->provider);
	line(b, "guid", view_str(guid));
	line(b, "channel", ev->channel);
	line(b, "computer", ev->computer);
	line(b, "user", ev->user_sid);
	buf_fmt(b, "event %u %u version %u level %u opcode %u task %u keywords %llx\n",
		ev->event_id, ev->qualifiers, ev->version, ev->level, ev->opcode, ev->task,
		(unsigned long long)ev->keywords);
	buf_fmt(b, "record %llu time %llu execution %u %u system %d section %d\n",
		(unsigned long long)ev->record_id, (unsigned long long)ev->time_created,
		ev->execution_pid, ev->execution_tid, ev->has_system, ev->section);
}

static void put_fields(struct buf *b, const struct event *ev)
{
	for (size_t i = 0; i < ev->n_fields; i++) {
		buf_view(b, ev->fields[i].name);
		buf_fmt(b, " %02x ", ev->fields[i].value.type);
		value_text(b, ev->fields[i].value);
		buf_byte(b, '\n');
	}
}

struct view outcome_text(const struct outcome *o, const struct seen *s)
{
	return view_sub(buf_data(&o->text), s->text, s->n);
}

const char *outcome_parse(const struct outcome *o, const struct seen *s)
{
	static const char *const faults[] = {"XML that does not parse", "JSON that does not parse",
					     "a payload that does not parse"};

	for (size_t i = 0; i < 3; i++) {
		struct view v = view_sub(buf_data(&o->text), s->documents[i],
					 s->documents[i + 1] - s->documents[i]);
		size_t at;

		if (!(i ? valid_json(v, &at) : valid_xml(v, &at)))
			return faults[i];
	}
	return NULL;
}

const struct seen *outcome_find(const struct outcome *o, uint32_t at, size_t *from)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct seen *s = &o->seen[(*from + i) % o->n];

		if (s->record.bytes.p != o->chunk.p + at)
			continue;
		*from = (size_t)(s - o->seen);
		return s;
	}
	return NULL;
}

/* ---- reading ---- */

static struct seen *add(struct outcome *o)
{
	if (o->n == o->cap) {
		o->cap = o->cap ? 2 * o->cap : 256;
		o->seen = realloc(o->seen, o->cap * sizeof(*o->seen));
		if (!o->seen)
			abort();
	}
	return &o->seen[o->n++];
}

static void put_documents(struct outcome *o, struct record *r, size_t at[4])
{
	static const enum evtx_format formats[] = {EVTX_XML, EVTX_JSON, EVTX_PAYLOAD};
	bool odd;

	for (size_t i = 0; i < 3; i++) {
		at[i] = o->text.n;
		if (evtx_render(o->decoder, r, formats[i], &o->text, &odd, NULL) == 0)
			continue;
		o->text.n = at[i]; /* does not parse, which whoever looks will see */
		o->text.bad = false;
	}
	at[3] = o->text.n;
}

static void read_record(struct outcome *o, struct record *r)
{
	const struct decoder_ops *ops = o->decoder->ops;
	size_t text = o->text.n, at[4];
	struct event ev;

	if (ops->head(o->decoder, r, &ev, NULL) < 0 || ops->data(o->decoder, r, &ev, NULL) < 0)
		abort();
	buf_fmt(&o->text, "header %llu %llu\n", (unsigned long long)r->id,
		(unsigned long long)r->written);
	put_system(&o->text, &ev);
	put_fields(&o->text, &ev);
	put_documents(o, r, at);
	*add(o) = (struct seen){*r, text, o->text.n - text, {at[0], at[1], at[2], at[3]}};
	if (r->state != RECORD_WHOLE || r->recovered || r->hidden || r->reconstructed ||
	    r->bad_checksum)
		o->flagged++;
}

/* Every byte has one name, every record is counted once. */
static const char *fault_of(const struct outcome *o, size_t size)
{
	const struct chunk_summary *s = &o->summary;
	size_t recovered = 0;

	for (size_t i = 0; i < o->n; i++)
		recovered += o->seen[i].record.recovered;
	if (s->bytes_header + s->bytes_record + s->bytes_slack + s->bytes_free + s->bytes_zero +
		    s->bytes_unknown !=
	    size)
		return "the bytes do not add up";
	if (s->records != s->whole + s->partly + s->undecoded)
		return "whole, partly and undecoded do not add up";
	if (s->records != o->n - recovered || s->recovered != recovered)
		return "records given and counted differ";
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void outcome_read(struct outcome *o, struct view chunk, uint64_t offset)
{
	const struct decoder_ops *ops = o->decoder->ops;
	double start = now();
	struct record r;
	int more;

	buf_clear(&o->text);
	o->chunk = chunk;
	o->n = o->losses = o->flagged = 0;
	if (ops->chunk(o->decoder, chunk, offset, NULL) < 0)
		abort();
	while (!(more = ops->next(o->decoder, &r, NULL)))
		read_record(o, &r);
	ops->summary(o->decoder, &o->summary);
	if (more < 0 || o->text.bad)
		abort();
	o->seconds = now() - start;
	o->fault = fault_of(o, chunk.n);
}

void outcome_read_run(struct outcome *o, struct view log, const struct evtx_run *chunk)
{
	size_t n = (size_t)(chunk->to - chunk->base);
	uint8_t *p = calloc(1, n);

	if (!p)
		abort();
	memcpy(p + (chunk->from - chunk->base), log.p + chunk->from,
	       (size_t)(chunk->to - chunk->from));
	outcome_read(o, (struct view){p, n}, chunk->base);
	free(p);
}
