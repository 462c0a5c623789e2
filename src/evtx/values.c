/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

/* ---- values ---- */

static struct value slot_value(struct reading *r, const struct instance *in, const struct op *op)
{
	if (op->kind != OP_SLOT)
		return (struct value){0};
	if (op->slot < in->n)
		return r->d->slots[in->base + op->slot];
	if (!in->lost)
		reading_damaged(r, "value-missing", in->at,
				"the template asks for more than the %zu values there are", in->n);
	return (struct value){0};
}

/* What is embedded is read in the context of the element that it fills. */
bool reading_embed(struct reading *r, const struct instance *in, const struct element *element,
		   uint16_t *context, size_t at)
{
	if (!templates_context(&r->d->templates, element, context))
		reading_damaged(r, "limit", at, "too many different places hold embedded BinXML");
	else if (in->depth + 1 == LIMIT_BINXML_DEPTH)
		reading_damaged(r, "limit", at, "BinXML is nested deeper than is allowed");
	else
		return true;
	return false;
}

static bool embed(struct reading *r, const struct instance *in, struct binding *b, size_t at)
{
	return reading_embed(r, in, b->element, &b->context, at);
}

/* A value that should hold BinXML and holds its end at once is damaged: nobody writes that. */
int embedded_value(struct reading *r, struct cursor *k, uint16_t context, unsigned depth)
{
	uint32_t applied = r->applied, faults = r->faults;
	size_t at = k->pos;

	if (content_read(r, k, context, depth) < 0)
		return -1;
	if (applied == r->applied && faults == r->faults)
		reading_damaged(r, "binxml-empty", at,
				"the embedded BinXML holds nothing that can be read");
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
		return embed(r, in, b, op->at) ? instance_read(r, &k, b->context, in->depth + 1)
					       : 0;
	}
	if (op->kind != OP_SLOT || v.type != VALUE_BINXML || !v.raw.n)
		return 0;
	cursor_seek(&k, (size_t)(v.raw.p - r->d->chunk.bytes.p));
	k.len = k.pos + v.raw.n;
	return embed(r, in, b, k.pos) ? embedded_value(r, &k, b->context, in->depth + 1) : 0;
}

static int embedded_of(struct reading *r, const struct instance *in, struct binding *b)
{
	for (uint32_t i = b->first; i != NO_OP && reading_spend(r, 1); i = in->t->ops[i].next)
		if (embedded_op(r, in, b, &in->t->ops[i]) < 0)
			return -1;
	return 0;
}

/* Several literals and values make one text. */
static int mixed_text(struct reading *r, const struct instance *in, uint32_t first,
		      struct value *out)
{
	struct evtx_decoder *d = r->d;
	const struct op *ops = in->t->ops;
	struct view kept;

	buf_clear(&d->text);
	for (uint32_t i = first; i != NO_OP; i = ops[i].next) {
		struct value v = slot_value(r, in, &ops[i]);

		if (!reading_spend(r, 1 + (uint32_t)(v.raw.n / 64)))
			break;
		if (ops[i].kind == OP_TEXT)
			buf_view(&d->text, ops[i].text);
		else if (ops[i].kind == OP_SLOT && v.type != VALUE_BINXML)
			value_text(&d->text, v);
	}
	kept = d->text.bad ? (struct view){0} : arena_keep(&d->arena, buf_data(&d->text));
	*out = (struct value){VALUE_UTF8, kept};
	if (kept.p)
		return 0;
	*out = (struct value){0};
	if (d->text.bad && d->text.n > LIMIT_RECORD_TEXT / 2) {
		reading_damaged(r, "limit", d->pos,
				"a text of the record is longer than is allowed");
		return 0;
	}
	return reading_no_room(r);
}

/* The value where it lies, when the chain is one slot that has one, as nearly all are; else NULL. */
static const struct value *plain_slot(const struct reading *r, const struct instance *in,
				      uint32_t first)
{
	const struct op *op = first == NO_OP ? NULL : &in->t->ops[first];

	if (!op || op->kind != OP_SLOT || op->next != NO_OP || op->slot >= in->n)
		return NULL;
	return &r->d->slots[in->base + op->slot];
}

static int chain_value(struct reading *r, const struct instance *in, uint32_t first,
		       struct value *out)
{
	const struct op *op = first == NO_OP ? NULL : &in->t->ops[first];

	*out = (struct value){0};
	if (!op)
		return 0;
	if (op->next != NO_OP)
		return mixed_text(r, in, first, out);
	if (op->kind == OP_TEXT)
		*out = (struct value){VALUE_UTF8, op->text};
	else if (op->kind == OP_SLOT)
		*out = slot_value(r, in, op);
	return 0;
}

/* ---- System ---- */

/* Where the text goes that `m` is; NULL: it is none. */
static struct view *text_member(struct event *ev, enum member m)
{
	if (m == MEMBER_PROVIDER)
		return &ev->provider;
	if (m == MEMBER_CHANNEL)
		return &ev->channel;
	if (m == MEMBER_COMPUTER)
		return &ev->computer;
	return m == MEMBER_USER_SID ? &ev->user_sid : NULL;
}

/* Most records of a chunk repeat the texts of the one before: those are made once. */
static void set_again(struct evtx_decoder *d, struct event *ev, enum member m,
		      const struct value *v, struct view *text)
{
	struct memo *memo = &d->memos[m];

	if (memo->raw.p && memo->type == v->type && view_eq(memo->raw, v->raw)) {
		if (text)
			*text = memo->text;
		else
			ev->provider_guid = memo->guid;
		return;
	}
	event_set(ev, m, *v, &d->arena);
	*memo = (struct memo){v->raw, text ? *text : (struct view){0}, ev->provider_guid, v->type};
}

static void set_member(struct evtx_decoder *d, struct event *ev, enum member m,
		       const struct value *v)
{
	struct view *text = text_member(ev, m);

	if (text || m == MEMBER_PROVIDER_GUID)
		set_again(d, ev, m, v, text);
	else
		event_set(ev, m, *v, &d->arena);
}

static int read_system(struct reading *r, const struct instance *in)
{
	size_t n = r->what == READ_CORE ? in->t->n_core : in->t->n_system;

	for (size_t i = 0; i < n; i++) {
		const struct binding *b = &in->t->system[i];
		const struct value *v = plain_slot(r, in, b->first);
		struct value made;

		if (!reading_spend(r, 1))
			return 0;
		if (!v && chain_value(r, in, b->first, &made) < 0)
			return -1;
		v = v ? v : &made;
		if (!v->raw.n)
			continue;
		set_member(r->d, r->ev, b->member, v);
		if (b->member == MEMBER_EVENT_ID)
			r->ev->has_system = true;
	}
	return 0;
}

/* ---- fields ---- */

/* Many may name one text: whoever looks at them all has the work. */
bool field_add(struct reading *r, struct view name, field_id id, struct value v)
{
	struct evtx_decoder *d = r->d;

	if (d->n_fields == LIMIT_FIELDS) {
		reading_damaged(r, "limit", d->pos, "the record has more than %u fields",
				LIMIT_FIELDS);
		return false;
	}
	if (!reading_spend(r, (uint32_t)(v.raw.n / 64)))
		return false;
	d->fields[d->n_fields++] = (struct field){name, id, v};
	return true;
}

bool field_add_items(struct reading *r, struct view name, field_id id, struct value v)
{
	struct value item;
	size_t at = 0;

	while (value_item(v, &at, &item))
		if (!reading_spend(r, 1) || !field_add(r, name, id, item))
			return false;
	return true;
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
		return reading_no_room(r);
	*id = r->d->base.fields ? fields_find(r->d->base.fields, *name) : FIELD_NONE;
	return 0;
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
	if (b->element && (v.type & VALUE_ARRAY))
		field_add_items(r, name, id, v);
	else
		field_add(r, name, id, v);
	return 0;
}

static int read_fields(struct reading *r, const struct instance *in)
{
	if (r->what == READ_FIELDS && (r->ev->section == SECTION_NONE || r->ev->section == SECTION_OTHER) &&
	    in->t->section != SECTION_NONE)
		r->ev->section = in->t->section;
	for (size_t i = 0; i < in->t->n_fields; i++) {
		struct binding *b = &in->t->fields[i];

		if (!reading_spend(r, 1))
			return 0;
		if ((r->what == READ_FIELDS ? read_field(r, in, b) : embedded_of(r, in, b)) < 0)
			return -1;
	}
	return in->t->rest ? instance_rest(r, in) : 0;
}

/* System stands in the outermost template; only where it does not is it sought in embedded ones. */
int instance_apply(struct reading *r, const struct instance *in)
{
	r->applied++;
	if (in->t->flaw.what)
		reading_lower(r); /* told when it was compiled */
	if (r->what == READ_DOCUMENT)
		return render_instance(r->render, in);
	if (r->what == READ_FIELDS)
		return read_fields(r, in);
	return in->t->n_system ? read_system(r, in) : read_fields(r, in);
}
