/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"
#include "token.h"

/* ---- instances ---- */

static int grow_slots(struct evtx_decoder *d, size_t n)
{
	size_t cap = d->cap_slots;
	struct value *p;

	if (n <= cap)
		return 0;
	while (cap < n)
		cap *= 2;
	p = mem_grow(d->slots, cap * sizeof(*p));
	if (!p)
		return -1;
	d->slots = p;
	d->cap_slots = cap;
	return 0;
}

static bool can_have(struct reading *r, const struct cursor *k, const struct instance_head *h)
{
	if (h->count <= LIMIT_SUBSTITUTIONS && h->count <= cursor_left(k) / 4)
		return reading_spend(r, h->count);
	reading_damaged(r, "value-count", h->descriptors - 4, "%u values are more than can be here",
			h->count);
	return false;
}

/* The value of each descriptor: its size (2), type (1), a zero. Those beyond the end are empty. */
static void lay_out(struct value *slots, struct view descriptors, struct cursor *k)
{
	struct view rest = cursor_take(k, cursor_left(k));

	for (size_t i = 0; i + 4 <= descriptors.n; i += 4, slots++) {
		size_t size = descriptors.p[i] | (size_t)descriptors.p[i + 1] << 8;
		uint8_t type = descriptors.p[i + 2];

		if (type == VALUE_UTF8) /* ours: no record can mean this */
			type = VALUE_BINARY;
		if (size > rest.n) {
			k->bad = true;
			rest.n = size = 0;
		}
		*slots = (struct value){type, {rest.p, size}};
		rest = (struct view){rest.p + size, rest.n - size};
	}
	if (!k->bad)
		cursor_seek(k, k->pos - rest.n);
}

/* Sizes and types stand before the values. What lies beyond the end is left out, and told. */
static int read_slots(struct reading *r, struct cursor *k, const struct instance_head *h,
		      struct instance *in)
{
	struct evtx_decoder *d = r->d;
	size_t n = can_have(r, k, h) ? h->count : 0;

	in->lost = n < h->count;
	if (in->lost)
		cursor_seek(k, k->len);
	if (grow_slots(d, d->n_slots + n) < 0)
		return -1;
	in->base = d->n_slots;
	in->n = n;
	in->at = h->descriptors - 4;
	d->n_slots += n;
	lay_out(d->slots + in->base, cursor_take(k, 4 * n), k);
	in->sound = !in->lost && !k->bad;
	if (k->bad)
		reading_damaged(r, "value-size", h->descriptors,
				"the values reach beyond what holds them");
	return d->code_page ? ansi_convert(r, d->slots + in->base, n) : 0;
}

/* The outermost instance of the record again, as it was read. */
static int outer_again(struct reading *r, struct cursor *k)
{
	struct instance in = r->d->outer;

	cursor_seek(k, r->d->outer_end);
	r->d->n_slots = in.n;
	return instance_apply(r, &in);
}

/* Its values are left where they are: what else the record holds goes above them. */
static void keep_outer(struct evtx_decoder *d, const struct instance *in, size_t pos, size_t end)
{
	d->outer = *in;
	d->outer_pos = pos;
	d->outer_end = end;
}

/* A template from elsewhere, where the instance's own is not there or damaged. */
static int borrow(struct reading *r, const struct instance_head *h, uint16_t context,
		  struct instance *in)
{
	struct evtx_decoder *d = r->d;
	const struct value *slots = d->slots + in->base;
	struct template *t;
	int e;

	if (in->lost || (in->t && !in->t->flaw.what))
		return 0;
	t = templates_borrow(&d->templates, h, context, slots, in->n, &e);
	if (!t)
		return e;
	in->t = t;
	d->reconstructed = true;
	return 0;
}

/* Values that end where something else can go on are what they seem. */
static bool is_framed(const struct cursor *k)
{
	struct cursor next = *k;
	uint8_t t = cursor_u8(&next);

	return !k->bad && (!cursor_left(k) || t == TOKEN_EOF || t == TOKEN_FRAGMENT);
}

static int apply(struct reading *r, const struct cursor *k, const struct instance *in,
		 uint16_t context)
{
	if (in->t)
		return instance_apply(r, in);
	reading_lower(r); /* told where it was sought */
	return !in->lost && is_framed(k) ? instance_lost(r, in, context) : 0;
}

int instance_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	struct evtx_decoder *d = r->d;
	struct instance in = {.depth = depth};
	struct instance_head h;
	size_t mark = d->n_slots, pos = k->pos;
	uint32_t faults = r->faults;
	bool keep, first = !r->begun;
	int e;

	r->begun = true;
	if (!depth && d->outer.t && d->outer_pos == pos)
		return outer_again(r, k);
	instance_head(k, &h);
	if (k->bad) {
		reading_damaged(r, "template-instance", k->len, "the template instance is cut");
		return 0;
	}
	in.t = templates_get(&d->templates, h.definition, h.id, context, &e);
	if (!e)
		e = read_slots(r, k, &h, &in);
	if (!e)
		e = borrow(r, &h, context, &in);
	if (in.t && in.t->rest && in.t->n_nodes == 1)
		in.t = NULL; /* of which nothing can be read */
	/* Only the first one: what comes before would be laid where its values are. */
	keep = !e && !depth && first && in.t && in.n && faults == r->faults;
	if (keep)
		keep_outer(d, &in, pos, k->pos);
	if (!e)
		e = apply(r, k, &in, context);
	d->n_slots = keep ? in.n : mark;
	return e;
}

/* ---- BinXML outside of templates ---- */

/*
 * An element or processing instruction that stands in the record itself: compiled for this once. An
 * instruction goes around an event, it is none.
 */
static int markup_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	struct evtx_decoder *d = r->d;
	struct template t = {.context = context};
	struct instance in = {.t = &t, .depth = depth};
	struct source_text src = {
		.chunk = d->chunk.bytes,
		.pos = k->pos,
		.end = k->len,
		.element = d->templates.contexts[context],
		.dependency = depth == 0,
		.single = true,
		.steps = &d->templates.steps,
	};
	uint32_t applied = r->applied;
	size_t end;
	int e;

	if (compile(d->templates.compiler, &src, &d->templates.arena, &t, &end) < 0)
		return -1;
	if (t.flaw.what)
		reading_damaged(r, "binxml", t.flaw.at, "the record's BinXML %s", t.flaw.what);
	cursor_seek(k, end);
	e = instance_apply(r, &in);
	if (t.n_nodes && t.nodes[0].kind == NODE_PI)
		r->applied = applied;
	return e;
}

int content_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	int e = 0;

	while (cursor_left(k) && !e && reading_spend(r, 1)) {
		uint8_t t = cursor_u8(k);

		switch (t) {
		case TOKEN_EOF:
			return 0;
		case TOKEN_FRAGMENT:
			cursor_skip(k, 3);
			break;
		case TOKEN_INSTANCE:
			e = instance_read(r, k, context, depth);
			break;
		case TOKEN_OPEN:
		case TOKEN_OPEN | TOKEN_MORE:
		case TOKEN_PI_TARGET:
		case TOKEN_PI_DATA:
			cursor_seek(k, k->pos - 1);
			e = markup_read(r, k, context, depth);
			break;
		default:
			reading_damaged(r, "binxml", k->pos - 1, "token 0x%02x is not known here",
					t);
			return 0;
		}
	}
	return e;
}

int reading_pass(struct reading *r)
{
	struct evtx_decoder *d = r->d;
	struct cursor k = cursor_of(view_sub(d->chunk.bytes, 0, d->end));
	uint32_t budget;
	int e;

	r->steps = d->steps < LIMIT_BINXML_STEPS ? LIMIT_LATE_STEPS : LIMIT_BINXML_STEPS;
	if (d->templates.steps < LIMIT_LATE_STEPS)
		d->templates.steps = LIMIT_LATE_STEPS;
	budget = r->steps;
	d->n_slots = d->n_fields = 0;
	cursor_seek(&k, d->pos);
	e = content_read(r, &k, 0, 0);
	d->steps -= d->steps < budget - r->steps ? d->steps : budget - r->steps;
	if (e < 0)
		return -1;
	if (!r->applied && d->state == RECORD_WHOLE)
		reading_damaged(r, "record-empty", d->pos, "the record holds no event");
	if (!r->applied)
		d->state = RECORD_UNDECODED;
	return 0;
}

int record_read(struct evtx_decoder *d, struct event *ev, enum reading_what what)
{
	struct reading r = {.d = d, .ev = ev, .what = what};

	return reading_pass(&r);
}
