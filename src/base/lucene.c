/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lucene's regular expressions in Perl's syntax. There ^ and $ are letters, "..." quotes, @ is any text
 * and # none; no group remembers and no quantifier is lazy: a+? is (a+)?.
 */
#include "regex.h"

struct lucene {
	struct view all, rest;
	struct buf *out;
	struct err *e;
	unsigned depth;
};

static int fault(struct lucene *l, enum err_code code, const char *what)
{
	return err_set(l->e, code, l->all.n - l->rest.n, "regular expression: %s", what);
}

static bool next_is(const struct lucene *l, char c)
{
	return l->rest.n && l->rest.p[0] == (uint8_t)c;
}

static bool take(struct lucene *l, char c)
{
	if (!next_is(l, c))
		return false;
	l->rest = view_sub(l->rest, 1, l->rest.n);
	return true;
}

/* One character as itself, in a class or out of one. */
static void put_char(struct lucene *l)
{
	struct view from = l->rest;
	uint8_t c = from.p[0];
	bool plain = c >= 0x80 || c <= ' ' || (c >= '0' && c <= '9') ||
		     (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z');

	text_next(&l->rest);
	if (!plain)
		buf_byte(l->out, '\\');
	buf_view(l->out, view_sub(from, 0, from.n - l->rest.n));
}

/* After a backslash: a class of characters, or the character. */
static int put_escaped(struct lucene *l)
{
	static const char classes[] = "dDwWsS";

	if (!l->rest.n)
		return fault(l, ERR_SYNTAX, "a backslash at its end");
	if (strchr(classes, l->rest.p[0]) && l->rest.p[0]) {
		buf_byte(l->out, '\\');
		buf_byte(l->out, l->rest.p[0]);
		l->rest = view_sub(l->rest, 1, l->rest.n);
	} else {
		put_char(l);
	}
	return 0;
}

static int put_member(struct lucene *l)
{
	if (take(l, '\\'))
		return put_escaped(l);
	put_char(l);
	return 0;
}

static int put_class(struct lucene *l)
{
	buf_byte(l->out, '[');
	if (take(l, '^'))
		buf_byte(l->out, '^');
	do {
		if (!l->rest.n)
			return fault(l, ERR_SYNTAX, "`[` without `]`");
		if (put_member(l) < 0)
			return -1;
		if (l->rest.n > 1 && next_is(l, '-') && l->rest.p[1] != ']') {
			take(l, '-');
			buf_byte(l->out, '-');
			if (put_member(l) < 0)
				return -1;
		}
	} while (!take(l, ']'));
	buf_byte(l->out, ']');
	return 0;
}

static int put_quoted(struct lucene *l)
{
	buf_str(l->out, "(?:");
	while (!take(l, '"')) {
		if (!l->rest.n)
			return fault(l, ERR_SYNTAX, "`\"` without its end");
		put_char(l);
	}
	buf_byte(l->out, ')');
	return 0;
}

static int put_union(struct lucene *l);

static int put_group(struct lucene *l)
{
	buf_str(l->out, "(?:");
	if (take(l, ')')) {
		buf_byte(l->out, ')');
		return 0;
	}
	if (++l->depth > LIMIT_RULE_DEPTH)
		return fault(l, ERR_LIMIT, "too many groups within one another");
	if (put_union(l) < 0)
		return -1;
	l->depth--;
	if (!take(l, ')'))
		return fault(l, ERR_SYNTAX, "`(` without `)`");
	buf_byte(l->out, ')');
	return 0;
}

static int put_atom(struct lucene *l)
{
	static const struct {
		char c;
		const char *perl;
	} simple[] = {{'.', "."}, {'@', "(?:.*)"}, {'#', "(?!)"}};

	for (size_t i = 0; i < sizeof(simple) / sizeof(*simple); i++) {
		if (take(l, simple[i].c)) {
			buf_str(l->out, simple[i].perl);
			return 0;
		}
	}
	if (next_is(l, '~') || next_is(l, '&') || next_is(l, '<'))
		return fault(l, ERR_UNSUPPORTED,
			     "the operators `~`, `&` and `<1-2>` are not supported; a backslash before "
			     "them makes them characters");
	if (next_is(l, '*') || next_is(l, '+') || next_is(l, '?') || next_is(l, '{'))
		return fault(l, ERR_SYNTAX, "nothing to repeat");
	if (take(l, '['))
		return put_class(l);
	if (take(l, '"'))
		return put_quoted(l);
	if (take(l, '('))
		return put_group(l);
	if (take(l, '\\'))
		return put_escaped(l);
	put_char(l);
	return 0;
}

/* {2}, {2,} or {2,5}; libpcre2 looks at the numbers. */
static int put_count(struct lucene *l)
{
	size_t from = l->out->n;

	buf_byte(l->out, '{');
	while (l->rest.n && l->rest.p[0] >= '0' && l->rest.p[0] <= '9') {
		buf_byte(l->out, l->rest.p[0]);
		l->rest = view_sub(l->rest, 1, l->rest.n);
	}
	if (l->out->n == from + 1)
		return fault(l, ERR_SYNTAX, "`{` wants a number");
	if (take(l, ',')) {
		buf_byte(l->out, ',');
		while (l->rest.n && l->rest.p[0] >= '0' && l->rest.p[0] <= '9') {
			buf_byte(l->out, l->rest.p[0]);
			l->rest = view_sub(l->rest, 1, l->rest.n);
		}
	}
	buf_byte(l->out, '}');
	return take(l, '}') ? 0 : fault(l, ERR_SYNTAX, "`{` without `}`");
}

/* Everything since `from` as one. */
static void group_since(struct lucene *l, size_t from)
{
	static const char open[] = "(?:";
	size_t n = sizeof(open) - 1;

	buf_str(l->out, open);
	if (l->out->bad)
		return;
	memmove(l->out->p + from + n, l->out->p + from, l->out->n - from - n);
	memcpy(l->out->p + from, open, n);
	buf_byte(l->out, ')');
}

static int put_repeated(struct lucene *l)
{
	size_t from = l->out->n, repeats = 0;

	if (put_atom(l) < 0)
		return -1;
	for (; next_is(l, '?') || next_is(l, '*') || next_is(l, '+') || next_is(l, '{'); repeats++) {
		if (repeats >= LIMIT_RULE_DEPTH)
			return fault(l, ERR_LIMIT, "too many repetitions of one another");
		if (repeats)
			group_since(l, from);
		if (take(l, '{')) {
			if (put_count(l) < 0)
				return -1;
			continue;
		}
		buf_byte(l->out, l->rest.p[0]);
		l->rest = view_sub(l->rest, 1, l->rest.n);
	}
	return 0;
}

/* As deep as groups are within one another. */
static int put_union(struct lucene *l)
{
	for (;;) {
		do {
			if (!l->rest.n || next_is(l, '|') || next_is(l, ')'))
				return fault(l, ERR_SYNTAX, "nothing stands here");
			if (put_repeated(l) < 0)
				return -1;
		} while (l->rest.n && !next_is(l, '|') && !next_is(l, ')'));
		if (!take(l, '|'))
			return 0;
		buf_byte(l->out, '|');
	}
}

int regex_from_lucene(struct view pattern, struct buf *perl, struct err *e)
{
	struct lucene l = {.all = pattern, .rest = pattern, .out = perl, .e = e};

	if (pattern.n && put_union(&l) < 0)
		return -1;
	if (l.rest.n)
		return fault(&l, ERR_SYNTAX, "`)` without `(`");
	return perl->bad ? err_set(e, ERR_NOMEM, 0, "no memory for a regular expression") : 0;
}
