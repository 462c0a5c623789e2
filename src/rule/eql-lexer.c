/* SPDX-License-Identifier: Apache-2.0 */
#include "eql-ast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void eql_fault(struct eql_lexer *x, size_t at, enum err_code code, const char *fmt, ...)
{
	char message[300];
	struct spot spot = {0, 0};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	/* Finding the place costs: not for faults that are only counted. */
	if (x->l->faults < LIMIT_RULE_FAULTS)
		spot = text_map_spot(x->map, at);
	load_fault(x->l, spot, code, "%s", message);
	x->bad = true;
}

static uint8_t peek(const struct eql_lexer *x, size_t ahead)
{
	return x->pos + ahead < x->text.n ? x->text.p[x->pos + ahead] : 0;
}

static bool skip_bracketed(struct eql_lexer *x)
{
	size_t start = x->pos;
	unsigned depth = 0;

	do {
		if (x->pos >= x->text.n) {
			eql_fault(x, start, ERR_SYNTAX, "the comment has no end");
			return false;
		}
		if (peek(x, 0) == '/' && peek(x, 1) == '*') {
			depth++;
			x->pos += 2;
		} else if (peek(x, 0) == '*' && peek(x, 1) == '/') {
			depth--;
			x->pos += 2;
		} else {
			x->pos++;
		}
	} while (depth);
	return true;
}

static bool skip_void(struct eql_lexer *x)
{
	for (;;) {
		uint8_t c = peek(x, 0);

		if (c && strchr(" \t\r\n", c)) {
			x->pos++;
		} else if (c == '/' && peek(x, 1) == '/') {
			while (x->pos < x->text.n && peek(x, 0) != '\n')
				x->pos++;
		} else if (c == '/' && peek(x, 1) == '*') {
			if (!skip_bracketed(x))
				return false;
		} else {
			return true;
		}
	}
}

static bool is_letter(uint8_t c)
{
	uint8_t low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || c == '_' || c == '@';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static void name(struct eql_lexer *x, struct eql_token *t)
{
	t->kind = TOKEN_NAME;
	while ((is_letter(peek(x, 0)) && peek(x, 0) != '@') || is_digit(peek(x, 0)) ||
	       x->pos == t->start)
		x->pos++;
	t->text = view_sub(x->text, t->start, x->pos - t->start);
	if (peek(x, 0) == '~') {
		t->kind = TOKEN_TILDE_NAME;
		x->pos++;
	}
}

static bool whole(struct view digits, int64_t *out)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < digits.n; i++) {
		uint64_t digit = (uint64_t)(digits.p[i] - '0');

		if (sum > ((uint64_t)INT64_MAX - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*out = (int64_t)sum;
	return true;
}

/* No number that means anything needs so many digits. */
static bool decimal(struct view text, double *out)
{
	char room[400];

	if (text.n >= sizeof room)
		return false;
	memcpy(room, text.p, text.n);
	room[text.n] = 0;
	*out = strtod(room, NULL);
	return isfinite(*out);
}

/* 12, 1.5, .5, 1e9; digits then letters are a number and a unit. */
static void number(struct eql_lexer *x, struct eql_token *t)
{
	struct view text;

	t->kind = TOKEN_INTEGER;
	while (is_digit(peek(x, 0)))
		x->pos++;
	if (peek(x, 0) == '.' && is_digit(peek(x, 1))) {
		t->kind = TOKEN_DECIMAL;
		for (x->pos++; is_digit(peek(x, 0)); x->pos++)
			;
	}
	if (ascii_lower(peek(x, 0)) == 'e' &&
	    is_digit(peek(x, peek(x, 1) == '-' || peek(x, 1) == '+' ? 2 : 1))) {
		t->kind = TOKEN_DECIMAL;
		for (x->pos += 2; is_digit(peek(x, 0)); x->pos++)
			;
	}
	text = view_sub(x->text, t->start, x->pos - t->start);
	if (t->kind == TOKEN_INTEGER ? !whole(text, &t->number) : !decimal(text, &t->real)) {
		eql_fault(x, t->start, ERR_LIMIT, "the number is too large");
		t->kind = TOKEN_BAD;
	}
}

static int hex_digit(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \u{1F600} */
static bool unicode_escape(struct eql_lexer *x, struct buf *b)
{
	uint32_t cp = 0;
	size_t i = 3;

	for (; hex_digit(peek(x, i)) >= 0 && i < 11; i++)
		cp = cp * 16 + (uint32_t)hex_digit(peek(x, i));
	if (peek(x, 2) != '{' || peek(x, i) != '}' || i < 5) {
		eql_fault(x, x->pos, ERR_SYNTAX,
			  "\\u takes two to eight hexadecimal digits in braces");
		return false;
	}
	if (!cp || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
		eql_fault(x, x->pos, ERR_SYNTAX, "the escape names no character");
		return false;
	}
	text_put(b, cp);
	x->pos += i + 1;
	return true;
}

static bool escape(struct eql_lexer *x, struct buf *b)
{
	static const char from[] = "btnfr\"'\\", to[] = "\b\t\n\f\r\"'\\";
	uint8_t c = peek(x, 1);
	const char *found = c ? strchr(from, c) : NULL;

	if (c == 'u')
		return unicode_escape(x, b);
	if (!found) {
		eql_fault(
			x, x->pos, ERR_SYNTAX,
			"unknown escape; write \\\\ for a backslash, or use \"\"\"raw text\"\"\"");
		return false;
	}
	buf_byte(b, (uint8_t)to[found - from]);
	x->pos += 2;
	return true;
}

/* The text of a literal, for the tree: the token keeps a copy in the scratch arena. */
static void finish_text(struct eql_lexer *x, struct eql_token *t, struct buf *b, bool good)
{
	uint8_t *p = NULL;

	if (b->bad)
		x->l->no_memory = true;
	if (good && !b->bad)
		p = load_scratch(x->l, b->n, 1);
	if (p && b->n)
		memcpy(p, b->p, b->n);
	t->text = (struct view){p, p ? b->n : 0};
	if (!p) {
		t->kind = TOKEN_BAD;
		x->bad = true;
	}
	buf_release(b);
}

static void text(struct eql_lexer *x, struct eql_token *t)
{
	bool good = true;
	struct buf b;

	buf_init(&b, 0);
	t->kind = TOKEN_TEXT;
	x->pos++;
	while (good && peek(x, 0) != '"') {
		if (!peek(x, 0) || peek(x, 0) == '\n') {
			eql_fault(x, t->start, ERR_SYNTAX,
				  "the text has no closing quote in its line");
			good = false;
		} else if (peek(x, 0) == '\\') {
			good = escape(x, &b);
		} else {
			buf_byte(&b, peek(x, 0));
			x->pos++;
		}
	}
	x->pos++;
	finish_text(x, t, &b, good);
}

static bool at_three(const struct eql_lexer *x)
{
	return peek(x, 0) == '"' && peek(x, 1) == '"' && peek(x, 2) == '"';
}

/* """...""": backslashes are themselves; up to two quotes may stand before the closing three. */
static void raw_text(struct eql_lexer *x, struct eql_token *t)
{
	bool good = true;
	struct buf b;

	buf_init(&b, 0);
	t->kind = TOKEN_TEXT;
	x->pos += 3;
	while (good && !(at_three(x) && peek(x, 3) != '"')) {
		if (!peek(x, 0) || peek(x, 0) == '\n') {
			eql_fault(x, t->start, ERR_SYNTAX,
				  "the raw text has no closing \"\"\" in its line");
			good = false;
			break;
		}
		buf_byte(&b, peek(x, 0));
		x->pos++;
	}
	x->pos += 3;
	finish_text(x, t, &b, good);
}

static void quoted_name(struct eql_lexer *x, struct eql_token *t)
{
	bool good = true;
	struct buf b;

	buf_init(&b, 0);
	t->kind = TOKEN_QUOTED_NAME;
	for (x->pos++; good && (peek(x, 0) != '`' || peek(x, 1) == '`'); x->pos++) {
		if (!peek(x, 0) || peek(x, 0) == '\n') {
			eql_fault(x, t->start, ERR_SYNTAX, "the name has no closing backquote");
			good = false;
			break;
		}
		x->pos += peek(x, 0) == '`';
		buf_byte(&b, peek(x, 0));
	}
	x->pos++;
	finish_text(x, t, &b, good);
}

static const struct {
	const char *text;
	enum eql_token_kind kind;
} signs[] = {
	{"==", TOKEN_EQ},      {"!=", TOKEN_NE},     {"<=", TOKEN_LE},	 {">=", TOKEN_GE},
	{"![", TOKEN_MISSING}, {"<", TOKEN_LT},	     {">", TOKEN_GT},	 {"=", TOKEN_ASSIGN},
	{":", TOKEN_COLON},    {",", TOKEN_COMMA},   {".", TOKEN_DOT},	 {"|", TOKEN_PIPE},
	{"?", TOKEN_QUESTION}, {"(", TOKEN_OPEN},    {")", TOKEN_CLOSE}, {"[", TOKEN_LEFT},
	{"]", TOKEN_RIGHT},    {"+", TOKEN_PLUS},    {"-", TOKEN_MINUS}, {"*", TOKEN_STAR},
	{"/", TOKEN_SLASH},    {"%", TOKEN_PERCENT},
};

static void sign(struct eql_lexer *x, struct eql_token *t)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t n = strlen(signs[i].text);

		if (!view_eq_str(view_sub(x->text, x->pos, n), signs[i].text))
			continue;
		t->kind = signs[i].kind;
		t->text = view_sub(x->text, x->pos, n);
		x->pos += n;
		return;
	}
	t->kind = TOKEN_BAD;
	if (peek(x, 0) == '\'')
		eql_fault(x, x->pos, ERR_UNSUPPORTED,
			  "'single quotes' are EQL's old syntax and not supported; use \"...\"");
	else
		eql_fault(x, x->pos, ERR_SYNTAX, "this character does not belong to EQL");
}

struct eql_token eql_next(struct eql_lexer *x)
{
	struct eql_token t = {.kind = TOKEN_BAD};
	uint8_t c;

	if (x->bad || !skip_void(x)) {
		t.start = t.end = x->pos;
		return t;
	}
	t.start = x->pos;
	c = peek(x, 0);
	if (x->pos >= x->text.n)
		t.kind = TOKEN_END;
	else if (is_letter(c))
		name(x, &t);
	else if (is_digit(c) || (c == '.' && is_digit(peek(x, 1))))
		number(x, &t);
	else if (at_three(x))
		raw_text(x, &t);
	else if (c == '"')
		text(x, &t);
	else if (c == '`')
		quoted_name(x, &t);
	else
		sign(x, &t);
	t.end = x->pos < x->text.n ? x->pos : x->text.n;
	return t;
}
