/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compile.h"
#include "program.h"

/* ---- growing lists ---- */

static uint32_t add_op(struct compiler *c, struct op op)
{
	if (c->n_ops == LIMIT_TEMPLATE_OPS) {
		compile_flaw(c, "has more operations than are allowed", c->k.pos);
		return NO_OP;
	}
	op.next = NO_OP;
	c->ops[c->n_ops] = op;
	return (uint32_t)c->n_ops++;
}

static void add_patch(struct compiler *c, struct patch p)
{
	if (c->n_patches < LIMIT_TEMPLATE_NAMES)
		c->patches[c->n_patches++] = p;
	else
		c->nested = true; /* too long to know again */
}

static void append(struct compiler *c, struct chain *chain, struct op op)
{
	uint32_t i = add_op(c, op);

	if (i == NO_OP)
		return;
	if (chain->first == NO_OP)
		chain->first = i;
	else
		c->ops[chain->last].next = i;
	chain->last = i;
}

/* What is wrong costs no more than itself. */
static void flaw_alone(struct compiler *c, const char *what, size_t at)
{
	bool failed = c->failed;

	compile_flaw(c, what, at);
	c->failed = failed || c->k.bad;
}

/* ---- texts and names ---- */

static struct view keep_utf8(struct compiler *c, struct view units)
{
	struct view v;

	buf_clear(&c->text);
	text_from_utf16(&c->text, units);
	v = arena_keep(c->arena, buf_data(&c->text));
	if (!v.p || c->text.bad)
		compile_no_room(c);
	return v.p ? v : (struct view){0};
}

/* The offset, or the name that it leads to, is damaged. */
static struct view damaged_name(struct compiler *c, size_t at, size_t offset)
{
	struct view units = {0};

	flaw_alone(c, "refers to a name that is none", at);
	if (!c->k.bad && (offset == at + 4 || name_units(c->chunk, at + 4).p))
		units = name_damaged(&c->k);
	compile_spend(c, 1 + units.n / 16);
	return units.n ? keep_utf8(c, units) : view_str(NAME_LOST);
}

/*
 * The name that a token refers to; it stands right here the first time it is used in a chunk. A
 * damaged name costs no more than what it names.
 */
static struct view read_name(struct compiler *c)
{
	size_t at = c->k.pos, offset = cursor_u32(&c->k);
	uint32_t pos = (uint32_t)(at - c->start);
	struct view units = name_units(c->chunk, offset);

	if (c->k.bad || !units.p || offset < EVTX_CHUNK_HEADER_SIZE)
		return damaged_name(c, at, offset);
	if (offset == at + 4) {
		add_patch(c, (struct patch){.pos = pos, .kind = PATCH_INLINE});
		add_patch(c, (struct patch){.pos = pos + 4, .kind = PATCH_ANY});
		cursor_skip(&c->k, 10 + units.n);
	} else {
		struct view all = view_sub(c->chunk, offset + 4, 4 + units.n + 2);
		struct view kept = arena_keep(c->arena, all);

		if (!kept.p)
			compile_no_room(c);
		add_patch(c, (struct patch){.pos = pos, .kind = PATCH_NAME, .name = kept});
	}
	compile_spend(c, 1 + units.n / 16);
	c->content = hash_view(c->content, units);
	return keep_utf8(c, units);
}

/* ---- where texts go ---- */

static struct chain *target(struct compiler *c)
{
	if (c->attribute.p)
		return &c->value;
	return c->depth ? &c->stack[c->depth - 1].content : NULL;
}

static void add_text(struct compiler *c, struct view utf8)
{
	struct chain *chain = target(c);

	if (!chain || !utf8.n)
		return;
	c->content = hash_view(c->content, utf8);
	append(c, chain, (struct op){.kind = OP_TEXT, .text = utf8});
	markup_add(c, (struct node){.kind = NODE_TEXT, .text = utf8});
}

static struct binding *add_binding(struct compiler *c, struct view attribute, struct chain *chain)
{
	struct open_element *top = &c->stack[c->depth - 1];
	struct binding *b = &c->bindings[c->n_bindings];

	if (c->n_bindings == LIMIT_FIELDS) {
		compile_flaw(c, "has more fields than are allowed", c->k.pos);
		return NULL;
	}
	buf_clear(&c->text);
	*b = (struct binding){.id = FIELD_NONE, .name_op = NO_OP, .first = chain->first};
	b->member = event_member(&c->path, attribute, top->data_name, &c->text);
	if (b->member == MEMBER_FIELD) {
		b->name_op = attribute.n ? NO_OP : top->name_op;
		b->name = arena_keep(c->arena, buf_data(&c->text));
		if (!b->name.p || c->text.bad)
			compile_no_room(c);
		if (c->fields && b->name.p)
			b->id = fields_find(c->fields, b->name);
	}
	c->n_bindings++;
	return b;
}

/* ---- attributes ---- */

static bool is_substituted(const struct compiler *c, const struct chain *chain)
{
	for (uint32_t i = chain->first; i != NO_OP; i = c->ops[i].next)
		if (c->ops[i].kind != OP_TEXT)
			return true;
	return false;
}

/* Data's Name is the name of the field, not a field. */
static void set_data_name(struct compiler *c, struct open_element *top)
{
	if (is_substituted(c, &c->value)) {
		top->name_op = c->value.first;
		return;
	}
	buf_clear(&c->text);
	for (uint32_t i = c->value.first; i != NO_OP; i = c->ops[i].next)
		buf_view(&c->text, c->ops[i].text);
	top->data_name = arena_keep(c->arena, buf_data(&c->text));
	if (!top->data_name.p || c->text.bad)
		compile_no_room(c);
}

/* What is embedded in the element may go by its prefixes. */
static void note_prefix(struct compiler *c, uint32_t attribute)
{
	struct element *e = c->stack[c->depth - 1].element;
	struct view name;
	struct prefix *p;

	if (attribute == NO_NODE || c->nodes[attribute].kind != NODE_ATTRIBUTE)
		return;
	/* it is compared with the attributes before it */
	compile_spend(c, (attribute - c->nodes[attribute].parent) / 64);
	name = xml_declared(c->nodes, attribute);
	if (!name.n)
		return;
	p = arena_alloc(c->arena, sizeof(*p));
	if (!p) {
		compile_no_room(c);
		return;
	}
	*p = (struct prefix){e->prefixes, name};
	e->prefixes = p;
}

static void end_attribute(struct compiler *c)
{
	struct view name = c->attribute;
	uint32_t node = c->node;
	struct binding *b;

	c->attribute = (struct view){0};
	if (!name.n || !c->depth)
		return;
	markup_end(c);
	note_prefix(c, node);
	if (view_eq_str(name, "Name") && view_eq_str(c->path.names[c->path.depth - 1], "Data"))
		set_data_name(c, &c->stack[c->depth - 1]);
	b = add_binding(c, name, &c->value);
	if (b && b->member == MEMBER_NONE)
		c->n_bindings--;
}

static void begin_attribute(struct compiler *c)
{
	end_attribute(c);
	c->value = (struct chain){NO_OP, NO_OP};
	c->attribute = read_name(c);
	if (!c->depth)
		compile_flaw(c, "has an attribute outside of any element", c->k.pos);
	else if (c->attribute.n)
		markup_open(c, (struct node){.kind = NODE_ATTRIBUTE, .text = c->attribute});
}

/* ---- elements ---- */

static enum event_section section_of(struct view name)
{
	if (view_eq_str(name, "EventData"))
		return SECTION_EVENTDATA;
	if (view_eq_str(name, "UserData"))
		return SECTION_USERDATA;
	return view_eq_str(name, "System") ? SECTION_NONE : SECTION_OTHER;
}

/* Where several sections stand, the event's own data goes before what was added (RenderingInfo). */
static void note_section(struct compiler *c)
{
	enum event_section s;

	if (c->path.depth != 2)
		return;
	s = section_of(c->path.names[1]);
	if (s != SECTION_NONE && (c->section == SECTION_NONE || c->section == SECTION_OTHER))
		c->section = s;
}

static bool plausible(const struct compiler *c, size_t size_at)
{
	struct cursor k = c->k;
	uint32_t size, name;

	cursor_seek(&k, size_at);
	size = cursor_u32(&k);
	name = cursor_u32(&k);
	return !k.bad && size <= c->k.len - (size_at + 4) && name >= EVTX_CHUNK_HEADER_SIZE &&
	       name < c->chunk.n;
}

/*
 * The dependency id stands in definitions and is absent from BinXML outside of them. Which it is
 * where writers differ shows by what can be a size and a name.
 */
static bool has_dependency(const struct compiler *c)
{
	bool with = plausible(c, c->k.pos + 2), without = plausible(c, c->k.pos);

	return with == without ? c->dependency : with;
}

static void push_element(struct compiler *c, struct view name)
{
	struct element *e = arena_alloc(c->arena, sizeof(*e));

	if (!e) {
		compile_no_room(c);
		return;
	}
	if (c->path.depth == LIMIT_BINXML_DEPTH) {
		compile_flaw(c, "has elements nested deeper than is allowed", c->k.pos);
		return;
	}
	if (c->depth)
		c->stack[c->depth - 1].has_child = true;
	e->up = c->depth ? c->stack[c->depth - 1].element : c->context;
	e->name = name;
	e->prefixes = NULL;
	c->stack[c->depth++] = (struct open_element){
		.element = e,
		.content = {NO_OP, NO_OP},
		.name_op = NO_OP,
	};
	c->path.names[c->path.depth++] = name;
	markup_open(c, (struct node){.kind = NODE_ELEMENT, .text = name, .element = e});
	note_section(c);
}

static void open_element(struct compiler *c, bool attributes)
{
	struct view name;

	end_attribute(c);
	if (has_dependency(c))
		cursor_skip(&c->k, 2);
	cursor_skip(&c->k, 4); /* bytes of the element: its end shows by its tokens */
	name = read_name(c);
	if (attributes)
		cursor_skip(&c->k, 4); /* bytes of the attributes */
	if (!c->k.bad && !c->failed)
		push_element(c, name);
}

static void close_element(struct compiler *c, bool empty)
{
	struct open_element *top;
	struct binding *b;
	bool text, keep;

	end_attribute(c);
	if (!c->depth) {
		compile_flaw(c, "closes an element that is not open", c->k.pos);
		return;
	}
	top = &c->stack[c->depth - 1];
	text = top->content.first != NO_OP;
	/* An empty section is no field; an empty element in one is a field without a value. */
	keep = text || (!top->has_child && c->path.depth > 2 && !c->unwinding);
	b = keep ? add_binding(c, (struct view){0}, &top->content) : NULL;
	if (b) {
		b->element = top->element;
		b->section = c->path.depth <= 2;
		if (b->member == MEMBER_NONE && !is_substituted(c, &top->content))
			c->n_bindings--;
	}
	if (c->node != NO_NODE)
		c->nodes[c->node].empty = empty;
	markup_end(c);
	c->depth--;
	c->path.depth--;
}

/* ---- content ---- */

static void read_value(struct compiler *c)
{
	uint8_t type = cursor_u8(&c->k);

	if (type != VALUE_UTF16) {
		compile_flaw(c, "has a literal that is no text", c->k.pos);
		return;
	}
	add_text(c, keep_utf8(c, cursor_take(&c->k, 2u * cursor_u16(&c->k))));
}

/* A reference holds one UTF-16 unit: two of them make a character beyond those. */
static void read_char(struct compiler *c)
{
	uint32_t unit = cursor_u16(&c->k);
	struct cursor next = c->k;

	if (unit >> 10 == 0xd800 >> 10 && (cursor_u8(&next) & ~TOKEN_MORE) == TOKEN_CHAR) {
		uint32_t low = cursor_u16(&next);

		if (!next.bad && low >> 10 == 0xdc00 >> 10) {
			unit = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
			c->k = next;
		}
	}
	buf_clear(&c->text);
	text_put(&c->text, unit);
	add_text(c, arena_keep(c->arena, buf_data(&c->text)));
}

/* Nothing declares other entities than XML's own: those stay as they are written. */
static void read_entity(struct compiler *c)
{
	static const char *const entities[][2] = {
		{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"},
	};
	struct view name = read_name(c);

	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
		if (view_eq_str(name, entities[i][0])) {
			add_text(c, view_str(entities[i][1]));
			return;
		}
	if (!name.n)
		return; /* told as damage */
	buf_clear(&c->text);
	buf_byte(&c->text, '&');
	buf_view(&c->text, name);
	buf_byte(&c->text, ';');
	add_text(c, arena_keep(c->arena, buf_data(&c->text)));
}

static void read_slot(struct compiler *c, bool optional)
{
	struct op op = {.kind = OP_SLOT, .optional = optional, .slot = cursor_u16(&c->k)};
	struct node n = {.kind = NODE_SLOT, .optional = optional, .slot = op.slot};
	struct chain *chain = target(c);

	n.type = cursor_u8(&c->k); /* that it should have; the value's own is what counts */
	c->content = hash_bytes(c->content, (uint16_t[]){n.slot, n.type}, 4);
	if (chain) {
		append(c, chain, op);
		markup_add(c, n);
	} else {
		compile_flaw(c, "has a substitution outside of any element", c->k.pos);
	}
}

/* An instance inside a definition is read when the record is: here it is only stepped over. */
static void read_instance(struct compiler *c)
{
	struct op op = {.kind = OP_INSTANCE, .at = (uint32_t)(c->k.pos - 1)};
	struct chain *chain = target(c);

	c->nested = true;
	if (chain) {
		append(c, chain, op);
		markup_add(c, (struct node){.kind = NODE_INSTANCE, .at = op.at});
	}
	instance_skip(&c->k);
	if (!chain || c->k.bad)
		compile_flaw(c, "has a template instance that is damaged", op.at);
}

/* A processing instruction is part of the document and of no field. */
static void read_instruction(struct compiler *c)
{
	size_t at = c->k.pos - 1;
	struct view data = keep_utf8(c, cursor_take(&c->k, 2u * cursor_u16(&c->k)));

	if (!c->instruction.p && !c->failed)
		flaw_alone(c, "has data of a processing instruction without its target", at);
	if (!c->instruction.n || c->failed)
		return;
	markup_open(c, (struct node){.kind = NODE_PI, .text = c->instruction});
	markup_add(c, (struct node){.kind = NODE_TEXT, .text = data});
	markup_end(c);
	c->instruction = (struct view){0};
}

/* Tokens of MS-EVEN6 2.2.12; 0x40 on a token says that more of its kind follows. false: the end. */
static bool token(struct compiler *c)
{
	uint8_t t = cursor_u8(&c->k);

	c->content = hash_bytes(c->content, &t, 1);
	if (c->instruction.p && t != TOKEN_PI_DATA) {
		flaw_alone(c, "has a processing instruction without its data", c->k.pos - 1);
		c->instruction = (struct view){0};
	}
	switch (t & ~TOKEN_MORE) {
	case TOKEN_EOF:
		end_attribute(c);
		if (c->depth)
			compile_flaw(c, "ends within an element", c->k.pos);
		return false;
	case TOKEN_OPEN:
		open_element(c, t & TOKEN_MORE);
		break;
	case TOKEN_CLOSE_START:
		end_attribute(c);
		break;
	case TOKEN_CLOSE_EMPTY:
	case TOKEN_END:
		close_element(c, (t & ~TOKEN_MORE) == TOKEN_CLOSE_EMPTY);
		return c->depth || !c->single;
	case TOKEN_VALUE:
		read_value(c);
		break;
	case TOKEN_ATTRIBUTE:
		begin_attribute(c);
		break;
	case TOKEN_CDATA:
		add_text(c, keep_utf8(c, cursor_take(&c->k, 2u * cursor_u16(&c->k))));
		break;
	case TOKEN_CHAR:
		read_char(c);
		break;
	case TOKEN_ENTITY:
		read_entity(c);
		break;
	case TOKEN_PI_TARGET:
		end_attribute(c);
		c->instruction = read_name(c);
		break;
	case TOKEN_PI_DATA:
		read_instruction(c);
		return c->depth || !c->single;
	case TOKEN_INSTANCE:
		read_instance(c);
		break;
	case TOKEN_SLOT:
	case TOKEN_OPTIONAL_SLOT:
		read_slot(c, (t & ~TOKEN_MORE) == TOKEN_OPTIONAL_SLOT);
		break;
	case TOKEN_FRAGMENT:
		cursor_skip(&c->k, 3);
		break;
	default:
		compile_flaw(c, "has a token that is not known", c->k.pos - 1);
	}
	return true;
}

static void tokens(struct compiler *c)
{
	while (!c->failed) {
		compile_spend(c, 1);
		if (!token(c))
			break;
		if (c->k.bad)
			compile_flaw(c, "is cut", c->k.len);
	}
	/* What stood before the damage stays: open elements keep the text that they have. */
	c->unwinding = true;
	c->attribute = (struct view){0};
	markup_drop_attribute(c);
	while (c->depth > 1)
		close_element(c, false);
	/* What values the definition would have shown further on is not known any more. */
	c->rest = c->failed && !c->single;
	if (c->rest)
		markup_add(c, (struct node){.kind = NODE_REST});
	if (c->depth)
		close_element(c, false);
}

int compile(struct compiler *c, const struct source_text *src, struct arena *a, struct template *t,
	    size_t *end)
{
	compile_start(c, src, a);
	tokens(c);
	*end = c->k.pos;
	return compile_finish(c, t);
}
