/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

struct range {
	uint16_t first, last;
};

/*
 * Letters beyond ASCII that are name characters in every edition of XML 1.0: a reader may go by the
 * fourth, as expat does, or the fifth.
 */
static const struct range letters[] = {
	{0x00c0, 0x00d6}, {0x00d8, 0x00f6}, {0x00f8, 0x0131}, {0x0134, 0x013e}, {0x0141, 0x0148},
	{0x014a, 0x017e}, {0x0388, 0x038a}, {0x038e, 0x03a1}, {0x03a3, 0x03ce}, {0x0401, 0x040c},
	{0x040e, 0x044f}, {0x0451, 0x045c}, {0x05d0, 0x05ea}, {0x0621, 0x063a}, {0x0641, 0x064a},
	{0x3041, 0x3094}, {0x30a1, 0x30fa}, {0x4e00, 0x9fa5}, {0xac00, 0xd7a3},
};

static bool is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (cp >= letters[i].first && cp <= letters[i].last)
			return true;
	return false;
}

static bool is_name_char(uint32_t cp, bool first)
{
	if (is_letter(cp) || cp == '_')
		return true;
	return !first && ((cp >= '0' && cp <= '9') || cp == '-' || cp == '.');
}

/* _xHHHH_ in the name itself: its underscore is escaped, so that an escape is known for one. */
static bool looks_escaped(struct view v)
{
	if (v.n < 6 || v.p[0] != 'x' || v.p[5] != '_')
		return false;
	for (size_t i = 1; i < 5; i++) {
		uint8_t c = ascii_lower(v.p[i]);

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

static size_t escape_unit(struct buf *out, uint32_t unit)
{
	buf_fmt(out, "_x%04X_", unit);
	return 1;
}

static size_t escape_point(struct buf *out, uint32_t cp)
{
	if (cp & TEXT_BAD)
		cp = 0xfffd;
	if (cp < 0x10000)
		return escape_unit(out, cp);
	escape_unit(out, 0xd800 + ((cp - 0x10000) >> 10));
	return escape_unit(out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
}

/* One part of a name, without colons but those to escape. */
static size_t part(struct buf *out, struct view v)
{
	size_t escaped = 0;
	bool first = true;

	for (; v.n && !out->bad; first = false) {
		uint32_t cp = text_next(&v);

		if (is_name_char(cp, first) && !(cp == '_' && looks_escaped(v)))
			text_put(out, cp);
		else
			escaped += escape_point(out, cp);
	}
	return escaped;
}

/* ---- prefixes (Namespaces in XML 1.0) ---- */

static size_t colon(struct view name)
{
	size_t i = 0;

	while (i < name.n && name.p[i] != ':')
		i++;
	return i;
}

static bool is_plain(struct view v)
{
	for (bool first = true; v.n; first = false) {
		uint32_t cp = text_next(&v);

		if (!is_name_char(cp, first) || (cp == '_' && looks_escaped(v)))
			return false;
	}
	return true;
}

/* What XML cannot hold, and what it can only by a reference; blanks but for ' '. */
static bool is_odd(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0xd800 && cp <= 0xdfff) || (cp >= 0xfffd && cp <= 0xffff) ||
	       (cp & TEXT_BAD);
}

/*
 * Readers on expat (Python's, for one) put '}' between a namespace and a name, and refuse a document
 * that has one in a namespace, if only in an escape.
 */
static bool is_refused(struct view uri)
{
	while (uri.n) {
		uint32_t cp = text_next(&uri);

		if (cp == '}' || is_odd(cp))
			return true;
	}
	return false;
}

static bool is_reserved(struct view uri)
{
	return view_eq_str(uri, "http://www.w3.org/2000/xmlns/") ||
	       view_eq_str(uri, "http://www.w3.org/XML/1998/namespace");
}

/* A declaration whose value is known to be one that a reader takes. */
static bool declares(const struct node *nodes, uint32_t attribute)
{
	struct view uri = node_literal(nodes, attribute);
	struct content c = node_content(nodes, attribute);

	return (c.n == 0 || (c.n == 1 && !c.substituted)) && !is_reserved(uri) && !is_refused(uri);
}

/* How often the name came before on its element; two prefixes may stand for one namespace. */
static size_t repeats(const struct node *nodes, uint32_t i, bool local)
{
	struct view name = nodes[i].text;
	size_t from = local ? colon(name) : 0, n = 0;

	for (uint32_t k = nodes[i].parent + 1; k < i; k = node_next(nodes, k)) {
		struct view other = nodes[k].text;

		if (nodes[k].kind != NODE_ATTRIBUTE)
			continue;
		if (local)
			other = view_sub(other, colon(other), other.n);
		n += other.n && view_eq(other, view_sub(name, from, name.n));
	}
	return n;
}

/* xmlns:PREFIX, with a value that a reader takes and a name that is not escaped. */
struct view xml_declared(const struct node *nodes, uint32_t attribute)
{
	struct view name = nodes[attribute].text;
	struct view prefix = view_sub(name, 6, name.n);

	if (view_eq_str(view_sub(name, 0, 6), "xmlns:") && is_plain(prefix) && prefix.n &&
	    !view_eq_str(view_sub(prefix, 0, 3), "xml") && declares(nodes, attribute) &&
	    node_literal(nodes, attribute).n && !repeats(nodes, attribute, true))
		return prefix;
	return (struct view){0};
}

static bool is_declared_around(const struct element *e, struct view prefix, uint64_t *looked)
{
	for (; e; e = e->up)
		for (const struct prefix *p = e->prefixes; p; p = p->next, ++*looked)
			if (view_eq(p->name, prefix))
				return true;
	return false;
}

/* Of several attributes of that name all but the first are written as others. */
static bool is_declared_by(const struct node *nodes, uint32_t element, struct view prefix,
			   uint64_t *looked)
{
	for (uint32_t k = element + 1; k < nodes[element].end; k = node_next(nodes, k)) {
		struct view name = nodes[k].text;

		++*looked;
		if (nodes[k].kind == NODE_ATTRIBUTE && view_eq_str(view_sub(name, 0, 6), "xmlns:") &&
		    view_eq(view_sub(name, 6, name.n), prefix))
			return xml_declared(nodes, k).n;
	}
	return false;
}

/* By an element of the template, or one that the template is embedded in. */
static bool is_declared(const struct node *nodes, uint32_t element, struct view prefix,
			uint64_t *looked)
{
	uint32_t outermost = element;

	for (; element != NO_NODE; element = nodes[element].parent) {
		outermost = element;
		if (is_declared_by(nodes, element, prefix, looked))
			return true;
	}
	return outermost != NO_NODE &&
	       is_declared_around(nodes[outermost].element->up, prefix, looked);
}

/* The name may stand as it is, colon and all. */
static bool is_qualified(const struct node *nodes, uint32_t i, uint64_t *looked)
{
	struct view name = nodes[i].text;
	struct view prefix = view_sub(name, 0, colon(name));
	struct view local = view_sub(name, prefix.n + 1, name.n);
	bool attribute = nodes[i].kind == NODE_ATTRIBUTE;

	if (attribute && view_eq_str(name, "xmlns"))
		return declares(nodes, i);
	if (prefix.n == name.n)
		return true;
	if (!prefix.n || !local.n || !is_plain(prefix) || !is_plain(local))
		return false;
	if (view_eq_str(prefix, "xmlns"))
		return attribute && xml_declared(nodes, i).n;
	if (view_eq_str(prefix, "xml"))
		return attribute;
	return is_declared(nodes, attribute ? nodes[i].parent : i, prefix, looked);
}

size_t xml_name(struct buf *out, const struct node *nodes, uint32_t i, uint64_t *looked)
{
	struct view name = nodes[i].text;
	bool attribute = nodes[i].kind == NODE_ATTRIBUTE;
	bool qualified = is_qualified(nodes, i, looked);
	size_t at = colon(name), escaped = 0;

	if (attribute && qualified && at < name.n && repeats(nodes, i, true))
		qualified = false;
	if (!name.n)
		return escape_unit(out, 0);
	if (!qualified && at == name.n) { /* xmlns */
		escaped += escape_unit(out, name.p[0]);
		name = view_sub(name, 1, name.n);
	}
	if (qualified && at < name.n) {
		part(out, view_sub(name, 0, at));
		buf_byte(out, ':');
		name = view_sub(name, at + 1, name.n);
	}
	escaped += part(out, name);
	for (size_t n = attribute ? repeats(nodes, i, false) : 0; n; n--)
		escaped += escape_unit(out, 0);
	return escaped;
}

/* ---- processing instructions ---- */

/* Blanks at the start would be those behind the target, "?>" the end. */
static bool is_odd_in_instruction(uint32_t cp, uint32_t before)
{
	if (cp == '\t' || cp == '\n' || cp == ' ')
		return !before;
	return is_odd(cp) || (cp == '>' && before == '?');
}

size_t xml_instruction(struct buf *out, struct view target, struct view data)
{
	size_t escaped = 0;
	bool reserved = view_eq_str_nocase(view_sub(target, 0, 3), "xml");

	buf_str(out, "<?");
	if (reserved)
		escaped += escape_unit(out, target.p[0]);
	escaped += part(out, view_sub(target, reserved, target.n));
	buf_byte(out, ' ');
	for (uint32_t cp, before = 0; data.n && !out->bad; before = cp) {
		cp = text_next(&data);
		if (!is_odd_in_instruction(cp, before)) {
			text_put(out, cp);
			continue;
		}
		buf_fmt(out, "\xef\xbf\xbd{%04X}", cp & 0xffff);
		escaped++;
	}
	buf_str(out, "?>");
	return escaped;
}
