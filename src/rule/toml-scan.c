/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "toml-scan.h"

uint8_t toml_peek(const struct toml *t, size_t ahead)
{
	return t->pos + ahead < t->text.n ? t->text.p[t->pos + ahead] : 0;
}

void toml_step(struct toml *t, size_t n)
{
	for (; n && t->pos < t->text.n; n--) {
		uint8_t c = t->text.p[t->pos++];

		if (c == '\n') {
			t->at.line++;
			t->at.column = 1;
		} else if ((c & 0xc0) != 0x80) {
			t->at.column++;
		}
	}
}

void toml_blanks(struct toml *t)
{
	while (toml_peek(t, 0) == ' ' || toml_peek(t, 0) == '\t')
		toml_step(t, 1);
}

static void comment(struct toml *t)
{
	if (toml_peek(t, 0) == '#')
		while (t->pos < t->text.n && toml_peek(t, 0) != '\n')
			toml_step(t, 1);
}

static bool at_line_end(const struct toml *t)
{
	return toml_peek(t, 0) == '\n' || (toml_peek(t, 0) == '\r' && toml_peek(t, 1) == '\n');
}

void toml_void(struct toml *t)
{
	for (;;) {
		toml_blanks(t);
		comment(t);
		if (!at_line_end(t))
			return;
		toml_step(t, toml_peek(t, 0) == '\r' ? 2 : 1);
	}
}

void toml_line_end(struct toml *t)
{
	toml_blanks(t);
	comment(t);
	if (t->pos < t->text.n && !at_line_end(t))
		toml_fault(t, ERR_SYNTAX, "expected the end of the line");
}

void toml_fault(struct toml *t, enum err_code code, const char *what)
{
	if (!t->bad)
		load_fault(t->l, t->at, code, "%s", what);
	t->bad = true;
}

struct yaml_node *toml_node(struct toml *t, enum yaml_kind kind)
{
	struct yaml_node *n;

	if (++t->nodes > LIMIT_YAML_NODES) {
		toml_fault(t, ERR_LIMIT, "the file holds too many values");
		return NULL;
	}
	n = load_scratch(t->l, 1, sizeof *n);
	if (!n) {
		t->bad = true;
		return NULL;
	}
	*n = (struct yaml_node){.kind = kind,
				.text = view_str(""),
				.tag = view_str(""),
				.line = t->at.line,
				.column = t->at.column};
	return n;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void unicode_escape(struct toml *t, struct buf *b, size_t digits)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < digits; i++) {
		int d = hex_digit(toml_peek(t, 2 + i));

		if (d < 0) {
			toml_fault(t, ERR_SYNTAX, "\\u takes four hexadecimal digits, \\U eight");
			return;
		}
		cp = cp * 16 + (uint32_t)d;
	}
	if (!cp || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
		toml_fault(t, ERR_SYNTAX, "the escape names no character");
		return;
	}
	text_put(b, cp);
	toml_step(t, 2 + digits);
}

/* A backslash at the end of a line takes all blanks up to the next text with it. */
static bool skip_line_fold(struct toml *t)
{
	size_t n = 1;

	while (toml_peek(t, n) == ' ' || toml_peek(t, n) == '\t' || toml_peek(t, n) == '\r')
		n++;
	if (toml_peek(t, n) != '\n')
		return false;
	toml_step(t, n);
	while (toml_peek(t, 0) && strchr(" \t\r\n", toml_peek(t, 0)))
		toml_step(t, 1);
	return true;
}

static void escape(struct toml *t, struct buf *b, bool multi)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	uint8_t c = toml_peek(t, 1);
	const char *found = c ? strchr(from, c) : NULL;

	if (found) {
		buf_byte(b, (uint8_t)to[found - from]);
		toml_step(t, 2);
	} else if (c == 'u' || c == 'U') {
		unicode_escape(t, b, c == 'u' ? 4 : 8);
	} else if (!multi || !skip_line_fold(t)) {
		toml_fault(t, ERR_SYNTAX, "unknown escape; in '...' a backslash is itself");
	}
}

static bool at_quotes(const struct toml *t, uint8_t q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (toml_peek(t, i) != q)
			return false;
	return true;
}

/* Up to two quotes may stand right before the closing three. */
static bool closes(const struct toml *t, uint8_t q, bool multi)
{
	return multi ? at_quotes(t, q, 3) && toml_peek(t, 3) != q : toml_peek(t, 0) == q;
}

static void string_body(struct toml *t, struct buf *b, uint8_t q, bool multi)
{
	size_t quotes = 0;

	while (!t->bad && !closes(t, q, multi)) {
		uint8_t c = toml_peek(t, 0);

		quotes = c == q ? quotes + 1 : 0;
		if (!c) {
			toml_fault(t, ERR_SYNTAX, "the string has no end");
		} else if (!multi && c == '\n') {
			toml_fault(t, ERR_SYNTAX, "the string has no end in its line");
		} else if (quotes > 2) {
			toml_fault(t, ERR_SYNTAX, "too many quotes");
		} else if (q == '"' && c == '\\') {
			escape(t, b, multi);
		} else {
			buf_byte(b, c);
			toml_step(t, 1);
		}
	}
}

struct yaml_node *toml_string(struct toml *t)
{
	struct yaml_node *n = toml_node(t, YAML_SCALAR);
	uint8_t q = toml_peek(t, 0);
	bool multi = at_quotes(t, q, 3);
	struct buf b;

	if (!n)
		return NULL;
	n->style = q == '"' ? YAML_DOUBLE : YAML_SINGLE;
	buf_init(&b, 0);
	toml_step(t, multi ? 3 : 1);
	if (multi && at_line_end(t))
		toml_step(t, toml_peek(t, 0) == '\r' ? 2 : 1);
	string_body(t, &b, q, multi);
	toml_step(t, multi ? 3 : 1);
	if (b.bad)
		t->l->no_memory = true;
	n->text.p = load_scratch(t->l, b.n, 1);
	n->text.n = n->text.p ? b.n : 0;
	if (n->text.n)
		memcpy((uint8_t *)(uintptr_t)n->text.p, b.p, b.n);
	t->bad |= b.bad || !n->text.p;
	buf_release(&b);
	return t->bad ? NULL : n;
}

static bool is_bare(uint8_t c)
{
	uint8_t low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

struct yaml_node *toml_key(struct toml *t)
{
	struct yaml_node *n;
	size_t from = t->pos;

	if (toml_peek(t, 0) == '"' || toml_peek(t, 0) == '\'') {
		if (at_quotes(t, toml_peek(t, 0), 3) && toml_peek(t, 3)) {
			toml_fault(t, ERR_SYNTAX, "a key cannot be a string of several lines");
			return NULL;
		}
		return toml_string(t);
	}
	n = toml_node(t, YAML_SCALAR);
	if (!n)
		return NULL;
	while (is_bare(toml_peek(t, 0)))
		toml_step(t, 1);
	n->text = view_sub(t->text, from, t->pos - from);
	if (!n->text.n)
		toml_fault(t, ERR_SYNTAX, "expected a key");
	return t->bad ? NULL : n;
}
