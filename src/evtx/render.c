/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "render.h"

#define STANDARD "http://schemas.microsoft.com/win/2004/08/events/event"
#define OURS "urn:evtxhound:record" /* the namespace of what Windows does not write */

struct renderer *renderer_new(void)
{
	struct renderer *x = mem_alloc(sizeof(*x));

	if (!x)
		return NULL;
	assembler_init(&x->assembler);
	buf_init(&x->scratch, 0);
	buf_init(&x->merged, 0);
	put_init(x, text16_best());
	x->members = mem_alloc(LIMIT_RECORD_MEMBERS * sizeof(*x->members));
	x->table = mem_alloc(2 * LIMIT_RECORD_MEMBERS * sizeof(*x->table));
	if (x->members && x->table)
		return x;
	renderer_free(x);
	return NULL;
}

void renderer_free(struct renderer *x)
{
	if (!x)
		return;
	assembler_release(&x->assembler);
	buf_release(&x->scratch);
	buf_release(&x->merged);
	mem_free(x->members);
	mem_free(x->table);
	mem_free(x);
}

/* ---- records of which no document can be made, or a part of one ---- */

static void put_system(struct render *x, const struct record *r)
{
	bool xml = x->format == EVTX_XML;
	char time[TIME_TEXT];

	time_format(r->written, time);
	buf_fmt(x->out,
		xml ? "<System><TimeCreated SystemTime=\"%s\"/><EventRecordID>%llu</EventRecordID>"
		      "</System>"
		    : "\"System\":{\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"%s\"}},"
		      "\"EventRecordID\":\"%llu\"},",
		time, (unsigned long long)r->id);
}

static void put_key(struct render *x, size_t slot)
{
	bool xml = x->format == EVTX_XML;

	put_literal(x, xml ? "<Data Name=\"" : "\"");
	slot_name(x->out, x->r->slots, slot);
	put_literal(x, xml ? "\">" : "\":");
}

static bool has_items(const struct value *v)
{
	struct value item;
	size_t at = 0;

	return value_item(*v, &at, &item) && value_item(*v, &at, &item);
}

/* An array is a list, and in XML an element for each item, as it is where there is a template. */
static void put_slot(struct render *x, size_t slot, const struct value *v)
{
	bool xml = x->format == EVTX_XML, list = has_items(v);
	struct value item;
	size_t at = 0;

	for (size_t n = 0; value_item(*v, &at, &item) && !x->over && reading_spend(x->r, 1); n++) {
		if (xml || !n)
			put_key(x, slot);
		if (!xml && list)
			put_literal(x, n ? "," : "[");
		put_value(x, &item, xml ? MODE_XML : MODE_JSON);
		put_literal(x, xml ? "</Data>" : "");
		x->over |= x->out->n > x->most;
	}
	if (!xml)
		put_literal(x, list ? "]," : ",");
}

static void put_slots(struct render *x, const struct instance *in, const struct slot_set *told)
{
	bool xml = x->format == EVTX_XML;

	if (!xml)
		members_note(x, false);
	put_literal(x, xml ? "<Undecoded xmlns=\"" OURS "\">" : "\"Undecoded\":{");
	for (size_t i = 0; i < in->n && !x->over && reading_spend(x->r, 1); i++) {
		const struct value *v = lost_value(x->r, in, told, i);

		if (v && v->type != VALUE_BINXML)
			put_slot(x, i, v);
	}
	if (!xml)
		members_close(x);
	put_literal(x, xml ? "</Undecoded>" : ",");
}

void render_lost(struct render *x, const struct instance *in, const struct slot_set *told)
{
	if (!in->depth)
		x->roots += 2; /* not one, so that Event is made around it */
	if (!in->depth && x->format != EVTX_PAYLOAD) {
		if (x->format == EVTX_JSON)
			members_note(x, false);
		put_system(x, x->record);
	}
	put_slots(x, in, told);
}

void render_rest(struct render *x, const struct instance *in, const struct slot_set *told)
{
	for (size_t i = 0; i < in->n && reading_spend(x->r, 1); i++) {
		const struct value *v = lost_value(x->r, in, told, i);

		if (v && v->type != VALUE_BINXML) {
			put_slots(x, in, told);
			return;
		}
	}
}

static void put_bytes(struct render *x)
{
	bool xml = x->format == EVTX_XML;
	struct value bytes = {VALUE_BINARY, x->record->bytes};

	put_literal(x, xml ? "<Undecoded xmlns=\"" OURS "\">" : "\"Undecoded\":");
	put_value(x, &bytes, xml ? MODE_XML : MODE_JSON);
	put_literal(x, xml ? "</Undecoded>" : ",");
}

/* Its id and time from its header, and its bytes. */
static void put_undecoded(struct render *x)
{
	bool xml = x->format == EVTX_XML;

	x->out->n = x->start;
	put_literal(x, xml ? "<Event xmlns=\"" STANDARD "\">" : "{");
	if (x->format != EVTX_PAYLOAD)
		put_system(x, x->record);
	put_bytes(x);
	if (xml)
		put_literal(x, "</Event>");
	else
		members_close(x);
}

/* ---- a record ---- */

/* A document has one outermost element. */
static void wrap(struct render *x)
{
	static const char open[] = "<Event xmlns=\"" STANDARD "\">";
	size_t n = sizeof(open) - 1, had = x->out->n - x->start;

	if (x->roots == 1 || !buf_room(x->out, n))
		return;
	memmove(x->out->p + x->start + n, x->out->p + x->start, had);
	memcpy(x->out->p + x->start, open, n);
	x->out->n += n;
	put_literal(x, "</Event>");
}

static bool is_end_tag(const struct render *x, size_t at)
{
	return at + 1 < x->out->n && x->out->p[at] == '<' && x->out->p[at + 1] == '/';
}

/* Within the outermost element. */
static void insert_bytes(struct render *x, size_t at)
{
	struct buf *out = x->out, *rest = &x->kept->scratch;

	buf_clear(rest);
	buf_add(rest, out->p + at, out->n - at);
	out->n = at;
	put_bytes(x);
	buf_view(out, buf_data(rest));
	out->bad |= rest->bad;
}

/* What was read of a record that is torn does not tell what was not: its bytes do. */
static void put_torn(struct render *x)
{
	size_t end = x->out->n;

	if (!x->r->torn || x->over || !x->r->applied || x->out->bad)
		return;
	if (x->format != EVTX_XML) {
		members_note(x, false);
		put_bytes(x);
		return;
	}
	while (x->roots == 1 && end > x->start && !is_end_tag(x, end - 1))
		end--;
	if (x->roots == 1 && end > x->start) {
		insert_bytes(x, end - 1);
	} else if (x->roots) {
		x->roots = 2;
		put_bytes(x);
	}
}

static int document(struct render *x)
{
	bool xml = x->format == EVTX_XML;

	if (!xml) {
		members_open(x);
		put_literal(x, "{");
	}
	if (reading_pass(x->r) < 0)
		return -1;
	put_torn(x);
	if (xml)
		wrap(x);
	else
		members_shut(x);
	return 0;
}

/* Nothing stands in it, although something should. */
static bool is_empty(const struct render *x)
{
	size_t n = x->out->n - x->start;

	return x->r->d->state != RECORD_WHOLE && (x->format == EVTX_XML ? !x->roots : n <= 2);
}

/* Nothing hides behind records that used up what the chunk has: the room of ordinary ones is left. */
static size_t room_of(const struct evtx_decoder *d, const struct record *r)
{
	if (d->output >= LIMIT_RECORD_OUTPUT)
		return LIMIT_RECORD_OUTPUT;
	return LIMIT_LATE_OUTPUT + (size_t)LIMIT_LATE_RATIO * r->size;
}

static void charge(struct evtx_decoder *d, const struct render *x)
{
	size_t n = x->out->n - x->start;

	d->output -= n < d->output ? (uint32_t)n : d->output;
}

static int render(struct evtx_decoder *d, struct render *x)
{
	if (document(x) < 0)
		return -1;
	charge(d, x);
	if (x->over)
		reading_damaged(x->r, "limit", d->pos,
				"the record as a document is larger than is allowed");
	if (x->over || !x->r->applied || is_empty(x))
		put_undecoded(x);
	return x->out->bad ? -1 : 0;
}

int evtx_render(struct decoder *base, struct record *r, enum evtx_format f, struct buf *out,
		bool *odd, struct err *e)
{
	struct evtx_decoder *d = (struct evtx_decoder *)base;
	struct reading reading = {.d = d, .what = READ_DOCUMENT};
	struct render x = {
		.r = &reading,
		.record = r,
		.out = out,
		.start = out->n,
		.most = out->n + room_of(d, r),
		.format = f,
	};

	if (!d->renderer)
		d->renderer = renderer_new();
	x.kept = d->renderer;
	x.end = d->chunk.bytes.p + d->chunk.bytes.n;
	reading.render = &x;
	if (!x.kept || render(d, &x) < 0)
		return err_set(e, ERR_NOMEM, 0, "no memory to write a record");
	r->state = d->state;
	r->reconstructed = d->reconstructed;
	*odd = x.odd;
	return 0;
}
