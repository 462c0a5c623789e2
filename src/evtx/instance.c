/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "decoder.h"
#include "token.h"

/* One pass over a record. */
struct reading {
	struct evtx_decoder *d;
	struct event *ev;
	bool data;
	uint32_t applied; /* instances and elements that were read */
	uint32_t faults;  /* told of this record, or of a template it needs */
	uint32_t steps;
};

/* An instance whose values are on the stack of slots. */
struct instance {
	struct template *t;
	size_t base, n;
	size_t at; /* where its count stands, bytes into the chunk */
	bool lost; /* its values cannot be had, and that was told */
	unsigned depth;
};

/* ---- damage ---- */

static void lower(struct reading *r)
{
	r->faults++;
	if (r->d->state == RECORD_WHOLE)
		r->d->state = RECORD_PARTLY;
}

static void EH_PRINTF(4, 5) damaged(struct reading *r, const char *kind, size_t at, const char *fmt, ...)
{
	struct evtx_decoder *d = r->d;
	uint64_t key = hash_bytes(at, kind, strlen(kind));
	char what[160];
	va_list ap;

	lower(r);
	for (size_t i = 0; i < d->n_told; i++)
		if (d->told[i] == key)
			return;
	if (d->n_told == LIMIT_TOLD)
		return;
	d->told[d->n_told++] = key;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	sink_tell(&d->sink, DAMAGE_LOSS, kind, d->chunk.offset + at, 0, "%s", what);
}

static bool spend(struct reading *r, uint32_t steps)
{
	if (r->steps >= steps) {
		r->steps -= steps;
		return true;
	}
	r->steps = 0;
	damaged(r, "limit", r->d->pos, "the record needs more steps than are allowed");
	return false;
}

/* What a refused allocation means: a bound of ours, told, or the end of everything. */
static int no_room(struct reading *r)
{
	if (!arena_is_full(&r->d->arena))
		return -1;
	damaged(r, "limit", r->d->pos, "the record's texts need more memory than a chunk may");
	return 0;
}

static int content_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth);
static int instance_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth);

/* ---- values ---- */

static struct value slot_value(struct reading *r, const struct instance *in, const struct op *op)
{
	if (op->kind != OP_SLOT)
		return (struct value){ 0 };
	if (op->slot < in->n)
		return r->d->slots[in->base + op->slot];
	if (!in->lost)
		damaged(r, "value-missing", in->at, "the template asks for more than the %zu values there are",
			in->n);
	return (struct value){ 0 };
}

/* What is embedded is read in the context of the element that it fills. */
static bool embed(struct reading *r, const struct instance *in, struct binding *b, size_t at)
{
	if (!b->context)
		b->context = templates_context(&r->d->templates, b->element);
	if (!b->context)
		damaged(r, "limit", at, "too many different places hold embedded BinXML");
	else if (in->depth + 1 == LIMIT_BINXML_DEPTH)
		damaged(r, "limit", at, "BinXML is nested deeper than is allowed");
	else
		return true;
	return false;
}

/* A value that should hold BinXML and holds its end at once is damaged: nobody writes that. */
static int embedded_value(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	uint32_t applied = r->applied, faults = r->faults;
	size_t at = k->pos;

	if (content_read(r, k, context, depth) < 0)
		return -1;
	if (applied == r->applied && faults == r->faults)
		damaged(r, "binxml-empty", at, "the embedded BinXML holds nothing that can be read");
	return 0;
}

/* BinXML in a value, or an instance in the definition. */
static int embedded_op(struct reading *r, const struct instance *in, struct binding *b,
		       const struct op *op)
{
	struct value v = slot_value(r, in, op);
	struct cursor k = cursor_of(r->d->chunk.bytes);

	if (op->kind == OP_INSTANCE) {
		cursor_seek(&k, op->at + 1u);
		return embed(r, in, b, op->at) ? instance_read(r, &k, b->context, in->depth + 1) : 0;
	}
	if (op->kind != OP_SLOT || v.type != VALUE_BINXML || !v.raw.n)
		return 0;
	cursor_seek(&k, (size_t)(v.raw.p - r->d->chunk.bytes.p));
	k.len = k.pos + v.raw.n;
	return embed(r, in, b, k.pos) ? embedded_value(r, &k, b->context, in->depth + 1) : 0;
}

static int embedded_of(struct reading *r, const struct instance *in, struct binding *b)
{
	for (uint32_t i = b->first; i != NO_OP && spend(r, 1); i = in->t->ops[i].next)
		if (embedded_op(r, in, b, &in->t->ops[i]) < 0)
			return -1;
	return 0;
}

/* Several literals and values make one text. */
static int mixed_text(struct reading *r, const struct instance *in, uint32_t first, struct value *out)
{
	struct evtx_decoder *d = r->d;
	const struct op *ops = in->t->ops;
	struct view kept;

	buf_clear(&d->text);
	for (uint32_t i = first; i != NO_OP; i = ops[i].next) {
		struct value v = slot_value(r, in, &ops[i]);

		if (!spend(r, 1 + (uint32_t)(v.raw.n / 64)))
			break;
		if (ops[i].kind == OP_TEXT)
			buf_view(&d->text, ops[i].text);
		else if (ops[i].kind == OP_SLOT && v.type != VALUE_BINXML)
			value_text(&d->text, v);
	}
	kept = d->text.bad ? (struct view){ 0 } : arena_keep(&d->arena, buf_data(&d->text));
	*out = (struct value){ VALUE_UTF8, kept };
	if (kept.p)
		return 0;
	*out = (struct value){ 0 };
	if (d->text.bad && d->text.n > LIMIT_RECORD_TEXT / 2) {
		damaged(r, "limit", d->pos, "a text of the record is longer than is allowed");
		return 0;
	}
	return no_room(r);
}

static int chain_value(struct reading *r, const struct instance *in, uint32_t first, struct value *out)
{
	const struct op *op = first == NO_OP ? NULL : &in->t->ops[first];

	*out = (struct value){ 0 };
	if (!op)
		return 0;
	if (op->next != NO_OP)
		return mixed_text(r, in, first, out);
	if (op->kind == OP_TEXT)
		*out = (struct value){ VALUE_UTF8, op->text };
	else if (op->kind == OP_SLOT)
		*out = slot_value(r, in, op);
	return 0;
}

/* ---- System ---- */

static int read_system(struct reading *r, const struct instance *in)
{
	for (size_t i = 0; i < in->t->n_system; i++) {
		const struct binding *b = &in->t->system[i];
		struct value v;

		if (!spend(r, 1))
			return 0;
		if (chain_value(r, in, b->first, &v) < 0)
			return -1;
		if (!v.raw.n)
			continue;
		event_set(r->ev, b->member, v, &r->d->arena);
		if (b->member == MEMBER_EVENT_ID)
			r->ev->has_system = true;
	}
	return 0;
}

/* ---- fields ---- */

static bool add_field(struct reading *r, struct view name, field_id id, struct value v)
{
	struct evtx_decoder *d = r->d;

	if (d->n_fields == LIMIT_FIELDS) {
		damaged(r, "limit", d->pos, "the record has more than %u fields", LIMIT_FIELDS);
		return false;
	}
	d->fields[d->n_fields++] = (struct field){ name, id, v };
	return true;
}

/* Bytes of the array's next item with its separator, and of the item alone. */
static size_t array_item(struct value v, struct view rest, size_t *item)
{
	uint8_t type = v.type & (uint8_t)~VALUE_ARRAY;
	size_t unit = type == VALUE_UTF16 ? 2 : 1, n = 0;

	if (type != VALUE_UTF16 && type != VALUE_ANSI) {
		*item = rest.n;
		return rest.n;
	}
	while (n + unit <= rest.n && (rest.p[n] || rest.p[n + unit - 1]))
		n += unit;
	*item = n + unit <= rest.n ? n : rest.n;
	return n + unit <= rest.n ? n + unit : rest.n;
}

/* An element with a text array in it stands once for every text (MS-EVEN6 3.1.4.7.5). */
static void add_array(struct reading *r, struct view name, field_id id, struct value v)
{
	struct view rest = v.raw;

	while (rest.n) {
		size_t item, step = array_item(v, rest, &item);
		struct value one = { v.type & (uint8_t)~VALUE_ARRAY, view_sub(rest, 0, item) };

		if (!spend(r, 1) || !add_field(r, name, id, one))
			return;
		rest = view_sub(rest, step, rest.n);
	}
}

static int field_name(struct reading *r, const struct instance *in, const struct binding *b,
		      struct view *name, field_id *id)
{
	struct value v;

	*name = b->name;
	*id = b->id;
	if (b->name_op == NO_OP)
		return 0;
	if (chain_value(r, in, b->name_op, &v) < 0)
		return -1;
	*name = value_view(&r->d->arena, v);
	if (!name->p)
		return no_room(r);
	*id = r->d->base.fields ? fields_find(r->d->base.fields, *name) : FIELD_NONE;
	return 0;
}

static bool is_string_array(uint8_t type)
{
	return type == (VALUE_UTF16 | VALUE_ARRAY) || type == (VALUE_ANSI | VALUE_ARRAY);
}

static bool is_mixed(const struct template *t, const struct binding *b)
{
	return b->first != NO_OP && t->ops[b->first].next != NO_OP;
}

static bool is_instance(const struct template *t, const struct binding *b)
{
	return b->first != NO_OP && t->ops[b->first].kind == OP_INSTANCE;
}

/*
 * What holds nothing but an optional substitution is not there when that has no value, be it an
 * element or an attribute (MS-EVEN6 2.2.12); an empty text is a value. A section holds BinXML or
 * nothing.
 */
static bool is_absent(const struct template *t, const struct binding *b, struct value v)
{
	if (b->section || is_instance(t, b))
		return !v.raw.n;
	return v.type == VALUE_NULL && b->first != NO_OP && !is_mixed(t, b) &&
	       t->ops[b->first].kind == OP_SLOT && t->ops[b->first].optional;
}

static int read_field(struct reading *r, const struct instance *in, struct binding *b)
{
	struct view name;
	struct value v;
	field_id id;

	if (b->member == MEMBER_NONE)
		return embedded_of(r, in, b);
	if (chain_value(r, in, b->first, &v) < 0)
		return -1;
	if (b->element && (v.type == VALUE_BINXML || is_mixed(in->t, b) || is_instance(in->t, b)))
		if (embedded_of(r, in, b) < 0)
			return -1;
	if (v.type == VALUE_BINXML || is_absent(in->t, b, v))
		return 0;
	if (field_name(r, in, b, &name, &id) < 0)
		return -1;
	if (b->element && is_string_array(v.type) && v.raw.n)
		add_array(r, name, id, v);
	else
		add_field(r, name, id, v);
	return 0;
}

static int read_fields(struct reading *r, const struct instance *in)
{
	if (r->data && (r->ev->section == SECTION_NONE || r->ev->section == SECTION_OTHER) &&
	    in->t->section != SECTION_NONE)
		r->ev->section = in->t->section;
	for (size_t i = 0; i < in->t->n_fields; i++) {
		struct binding *b = &in->t->fields[i];

		if (!spend(r, 1))
			return 0;
		if ((r->data ? read_field(r, in, b) : embedded_of(r, in, b)) < 0)
			return -1;
	}
	return 0;
}

/* System stands in the outermost template; only where it does not is it sought in embedded ones. */
static int instance_apply(struct reading *r, const struct instance *in)
{
	r->applied++;
	if (in->t->flaw.what)
		lower(r); /* told when it was compiled */
	if (r->data)
		return read_fields(r, in);
	return in->t->n_system ? read_system(r, in) : read_fields(r, in);
}

/* ---- instances ---- */

static int grow_slots(struct evtx_decoder *d, size_t n)
{
	size_t cap = d->cap_slots;
	struct value *p;

	if (n <= cap)
		return 0;
	while (cap < n)
		cap = cap ? cap * 2 : 256;
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
		return spend(r, h->count);
	damaged(r, "value-count", h->descriptors - 4, "%u values are more than can be here", h->count);
	return false;
}

/* Sizes and types stand before the values. What lies beyond the end is left out, and told. */
static int read_slots(struct reading *r, struct cursor *k, const struct instance_head *h,
		      struct instance *in)
{
	struct evtx_decoder *d = r->d;
	struct cursor descriptors = *k;
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
	cursor_skip(k, 4 * n);
	for (size_t i = 0; i < n; i++) {
		size_t size = cursor_u16(&descriptors);
		uint8_t type = cursor_u8(&descriptors);

		cursor_skip(&descriptors, 1);
		d->slots[in->base + i] = (struct value){ type, cursor_take(k, size) };
	}
	if (k->bad)
		damaged(r, "value-size", h->descriptors, "the values reach beyond what holds them");
	return 0;
}

static int instance_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	struct instance in = { .depth = depth };
	struct instance_head h = instance_head(k);
	size_t mark = r->d->n_slots;
	int e;

	if (k->bad) {
		damaged(r, "template-instance", k->len, "the template instance is cut");
		return 0;
	}
	in.t = templates_get(&r->d->templates, h.definition, h.id, context, &e);
	if (!in.t) {
		lower(r); /* told there */
		cursor_seek(k, k->len);
		return e;
	}
	e = read_slots(r, k, &h, &in);
	if (!e)
		e = instance_apply(r, &in);
	r->d->n_slots = mark;
	return e;
}

/* ---- BinXML outside of templates ---- */

/* Elements that stand in the record itself: compiled for this once. */
static int elements_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	struct evtx_decoder *d = r->d;
	struct template t = { 0 };
	struct instance in = { .t = &t, .depth = depth };
	struct source_text src = {
		.chunk = d->chunk.bytes,
		.pos = k->pos,
		.end = k->len,
		.element = d->templates.contexts[context],
		.dependency = depth == 0,
		.single = true,
		.steps = &d->templates.steps,
	};
	size_t end;

	if (compile(d->templates.compiler, &src, &d->templates.arena, &t, &end) < 0)
		return -1;
	if (t.flaw.what)
		damaged(r, "binxml", t.flaw.at, "the record's BinXML %s", t.flaw.what);
	cursor_seek(k, end);
	return instance_apply(r, &in);
}

static int content_read(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	int e = 0;

	while (cursor_left(k) && !e && spend(r, 1)) {
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
			cursor_seek(k, k->pos - 1);
			e = elements_read(r, k, context, depth);
			break;
		case TOKEN_PI_TARGET:
			cursor_skip(k, 4);
			break;
		case TOKEN_PI_DATA:
			cursor_skip(k, 2u * cursor_u16(k));
			break;
		default:
			damaged(r, "binxml", k->pos - 1, "token 0x%02x is not known here", t);
			return 0;
		}
	}
	return e;
}

int record_read(struct evtx_decoder *d, struct event *ev, bool data)
{
	struct reading r = { .d = d, .ev = ev, .data = data, .steps = LIMIT_BINXML_STEPS };
	struct cursor k = cursor_of(view_sub(d->chunk.bytes, 0, d->end));
	uint32_t budget;
	int e;

	if (d->steps < LIMIT_BINXML_STEPS)
		r.steps = LIMIT_LATE_STEPS;
	if (d->templates.steps < LIMIT_LATE_STEPS)
		d->templates.steps = LIMIT_LATE_STEPS;
	budget = r.steps;
	d->n_slots = d->n_fields = 0;
	cursor_seek(&k, d->pos);
	e = content_read(&r, &k, 0, 0);
	d->steps -= d->steps < budget - r.steps ? d->steps : budget - r.steps;
	if (e < 0)
		return -1;
	if (!r.applied && d->state == RECORD_WHOLE)
		damaged(&r, "record-empty", d->pos, "the record holds no event");
	if (!r.applied)
		d->state = RECORD_UNDECODED;
	return 0;
}
