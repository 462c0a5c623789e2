/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle-private.h"

#include <expat.h>
#include <string.h>

#define NAMES_MOST (1u << 20) /* bytes of element and field names of one chunk */

static XML_Parser parser_of(const struct xml *x)
{
	return x->parser;
}

static void stop(struct xml *x, enum xml_stop why, const char *fault)
{
	if (x->stop != XML_GOES)
		return;
	x->stop = why;
	x->fault = fault;
	XML_StopParser(parser_of(x), XML_FALSE);
}

static void stop_nomem(struct xml *x)
{
	stop(x, XML_NOMEM, "no memory");
}

/* An arena that gave nothing has either reached its cap (the record's fault) or the heap's end. */
static void stop_arena(struct xml *x, const struct arena *a, size_t need)
{
	if (a->max - a->used < need + 64)
		stop(x, XML_LIMIT, "more text in one chunk than the limit");
	else
		stop_nomem(x);
}

static struct view name_keep(struct xml *x, struct view v)
{
	uint32_t id = strtab_add(&x->names, v);

	if (id == STRTAB_NONE) {
		stop_arena(x, &x->names.arena, v.n);
		return (struct view){0};
	}
	return strtab_text(&x->names, id);
}

/* A value as libevtx wrote it, in the chunk's arena. */
static bool value_keep(struct xml *x, struct view text, struct value *out)
{
	struct buf plain;
	struct view from = text;

	buf_init(&plain, 0);
	if (shielded(text)) {
		unshield(&plain, text);
		from = buf_data(&plain);
	}
	out->type = VALUE_UTF8;
	out->raw = plain.bad ? (struct view){0} : arena_keep(x->arena, from);
	if (plain.bad)
		stop_nomem(x);
	else if (!out->raw.p)
		stop_arena(x, x->arena, from.n);
	buf_release(&plain);
	return out->raw.p;
}

static bool list_grow(struct xml *x)
{
	if (x->n < x->cap)
		return true;
	size_t cap = x->cap ? x->cap * 2 : 64;
	struct field *list = mem_grow(x->list, cap * sizeof(*list));
	if (!list)
		return false;
	x->list = list;
	x->cap = cap;
	return true;
}

static void field_add(struct xml *x, struct value v)
{
	if (x->n == LIMIT_FIELDS) {
		stop(x, XML_LIMIT, "more fields than the limit");
		return;
	}
	if (x->name.bad || !list_grow(x)) {
		stop_nomem(x);
		return;
	}
	struct field f = {.id = FIELD_NONE, .value = v};
	f.name = name_keep(x, buf_data(&x->name));
	if (x->stop != XML_GOES)
		return;
	if (x->fields)
		f.id = fields_find(x->fields, f.name);
	x->list[x->n++] = f;
}

/* A text or an attribute of the innermost element goes where the event wants it. */
static void give(struct xml *x, struct view attribute, struct view text)
{
	struct value v;
	struct view data_name = x->open[x->path.depth - 1].data_name;

	buf_clear(&x->name);
	enum member m = event_member(&x->path, attribute, data_name, &x->name);
	if (m == MEMBER_NONE || !value_keep(x, text, &v))
		return;
	if (m == MEMBER_FIELD)
		field_add(x, v);
	else
		event_set(x->ev, m, v, x->arena);
}

/* ---- expat's handlers ---- */

/*
 * libevtx does not escape text of type AnsiString, so whoever logged it could close the element
 * that it stands in and go on with System or data of his own: no second one is believed.
 */
static void section_note(struct xml *x, struct view name)
{
	enum event_section *section = &x->ev->section;
	bool taken = *section == SECTION_EVENTDATA || *section == SECTION_USERDATA;

	if (x->path.depth != 2)
		return;
	if (view_eq_str(name, "System")) {
		if (x->has_system)
			stop(x, XML_TWICE, "a second System");
		x->has_system = true;
	} else if (view_eq_str(name, "EventData") || view_eq_str(name, "UserData")) {
		if (taken)
			stop(x, XML_TWICE, "a second EventData or UserData");
		else
			*section = name.p[0] == 'E' ? SECTION_EVENTDATA : SECTION_USERDATA;
	} else if (!taken) {
		*section = SECTION_OTHER;
	}
}

/* The Name attribute of Data is needed before any of its attributes is given. */
static struct view data_name_of(struct xml *x, const XML_Char *const *attributes)
{
	struct value v = {0};
	size_t i = 0;

	while (attributes[i] && strcmp(attributes[i], "Name"))
		i += 2;
	if (attributes[i])
		value_keep(x, view_str(attributes[i + 1]), &v);
	return v.raw;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *x = ctx;

	if (x->stop != XML_GOES)
		return;
	if (x->path.depth == LIMIT_BINXML_DEPTH) {
		stop(x, XML_LIMIT, "elements nested deeper than the limit");
		return;
	}
	if (x->path.depth)
		x->open[x->path.depth - 1].has_children = true;
	struct view kept = name_keep(x, view_str(name));
	struct xml_element *e = &x->open[x->path.depth];
	*e = (struct xml_element){.text = x->text.n};
	x->path.names[x->path.depth++] = kept;
	section_note(x, kept);
	if (view_eq_str(kept, "Data"))
		e->data_name = data_name_of(x, attributes);
	for (size_t i = 0; attributes[i] && x->stop == XML_GOES; i += 2)
		give(x, view_str(attributes[i]), view_str(attributes[i + 1]));
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int n)
{
	struct xml *x = ctx;

	if (x->stop != XML_GOES || n <= 0 || !x->path.depth)
		return;
	buf_add(&x->text, text, (size_t)n);
	if (x->text.bad)
		stop_nomem(x);
}

static bool is_blank(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] != ' ' && v.p[i] != '\n' && v.p[i] != '\t')
			return false;
	return true;
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct xml *x = ctx;

	(void)name;
	if (x->stop != XML_GOES || !x->path.depth)
		return;
	const struct xml_element *e = &x->open[x->path.depth - 1];
	struct view text = view_sub(buf_data(&x->text), e->text, x->text.n);
	/* libevtx indents: blanks between child elements are its own. */
	bool indent = (e->has_children || x->path.depth <= 2) && is_blank(text);
	if (!indent)
		give(x, (struct view){0}, text);
	if (x->path.depth == 2 && view_eq_str(x->path.names[0], "Event") &&
	    view_eq_str(x->path.names[1], "System"))
		x->ev->has_system = true;
	x->text.n = e->text;
	x->path.depth--;
}

/* libevtx writes no DOCTYPE: one here is of the evidence, and with it come entities to expand. */
static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *sysid,
			       const XML_Char *pubid, int internal)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	stop(ctx, XML_DOCTYPE, "a document type declaration");
}

/* ---- the reader ---- */

static void handlers_set(struct xml *x)
{
	XML_Parser p = parser_of(x);
	XML_SetUserData(p, x);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetStartDoctypeDeclHandler(p, on_doctype);
}

bool xml_init(struct xml *x, const struct fields *fields, struct arena *arena)
{
	/* What expat takes is in proportion to its input, which LIMIT_RECORD_TEXT bounds. */
	static const XML_Memory_Handling_Suite memory = {mem_alloc, mem_grow, mem_free};
	memset(x, 0, sizeof(*x));
	x->fields = fields;
	x->arena = arena;
	strtab_init(&x->names, false, NAMES_MOST);
	buf_init(&x->shielded, 0);
	buf_init(&x->text, 0);
	buf_init(&x->name, 0);
	x->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
	return x->parser;
}

void xml_release(struct xml *x)
{
	if (x->parser)
		XML_ParserFree(parser_of(x));
	strtab_release(&x->names);
	buf_release(&x->shielded);
	buf_release(&x->text);
	buf_release(&x->name);
	mem_free(x->list);
	memset(x, 0, sizeof(*x));
}

void xml_chunk(struct xml *x)
{
	strtab_release(&x->names);
}

static void fields_give(struct xml *x)
{
	struct event *ev = x->ev;

	if (!x->n)
		return;
	ev->fields = arena_array(x->arena, x->n, sizeof(*ev->fields));
	if (!ev->fields) {
		stop_arena(x, x->arena, x->n * sizeof(*ev->fields));
		return;
	}
	memcpy(ev->fields, x->list, x->n * sizeof(*ev->fields));
	ev->n_fields = x->n;
}

/* expat's own reason, when none of ours stopped it. */
static void fault_note(struct xml *x)
{
	enum XML_Error code = XML_GetErrorCode(parser_of(x));
	long long at = XML_GetCurrentByteIndex(parser_of(x));

	x->fault_at = at > 0 ? (uint64_t)at : 0;
	if (x->fault)
		return;
	x->fault = XML_ErrorString(code);
	if (!x->fault)
		x->fault = "not well formed";
	if (code == XML_ERROR_NO_MEMORY)
		x->stop = XML_NOMEM;
}

int xml_read(struct xml *x, struct view text, struct event *ev)
{
	buf_clear(&x->shielded);
	buf_clear(&x->text);
	shield(&x->shielded, text);
	if (x->shielded.bad || x->shielded.n > INT32_MAX)
		return -1;
	x->path.depth = x->n = 0;
	x->has_system = false;
	x->stop = XML_GOES;
	x->fault = NULL;
	x->fault_at = 0;
	x->ev = ev;
	if (!XML_ParserReset(parser_of(x), "UTF-8"))
		return -1;
	handlers_set(x);
	enum XML_Status status = XML_Parse(parser_of(x), (const char *)x->shielded.p,
					   (int)x->shielded.n, XML_TRUE);
	if (status != XML_STATUS_OK)
		fault_note(x);
	fields_give(x);
	if (x->stop == XML_NOMEM)
		return -1;
	return x->fault ? 1 : 0;
}

const char *expat_version(void)
{
	return XML_ExpatVersion();
}
