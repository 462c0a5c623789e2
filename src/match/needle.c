/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A text that stands in whatever a regular expression matches, letter case aside: the longest row of
 * characters outside of groups that must be there as they are. Where the expression has more to it than
 * this reads there is none.
 */
#include "match-private.h"

struct reading {
	struct view rest;
	struct buf *best;
	uint8_t run[64];
	size_t n;
};

static void end_run(struct reading *r)
{
	if (r->n > r->best->n) {
		buf_clear(r->best);
		buf_add(r->best, r->run, r->n);
	}
	r->n = 0;
}

static uint8_t take(struct reading *r)
{
	uint8_t c = r->rest.n ? r->rest.p[0] : 0;

	r->rest = view_sub(r->rest, 1, r->rest.n);
	return c;
}

static void add(struct reading *r, uint8_t c)
{
	if (c >= 0x80 || r->n == sizeof(r->run))
		end_run(r);
	if (c < 0x80)
		r->run[r->n++] = ascii_lower(c);
}

/* Behind its bracket. false: it has no end. */
static bool skip_class(struct reading *r)
{
	if (r->rest.n && r->rest.p[0] == '^')
		take(r);
	if (r->rest.n && r->rest.p[0] == ']')
		take(r);
	while (r->rest.n) {
		uint8_t c = take(r);

		if (c == ']')
			return true;
		if (c == '\\')
			take(r);
		if (c == '[') /* [:alpha:] and its like */
			return false;
	}
	return false;
}

/* What takes more characters with it than one, or changes how others are read. */
static bool is_special(uint8_t escaped)
{
	return escaped == 0 || strchr("QExNpPkgoculLU", escaped) || (escaped >= '0' && escaped <= '9');
}

static bool is_letter(uint8_t c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* (?i) and its like may stand anywhere; other flags, comments and verbs are not read. */
static bool group_begins(const struct view v)
{
	if (v.n && v.p[0] == '*')
		return false;
	if (v.n < 2 || v.p[0] != '?')
		return true;
	return strchr(":=!<>i", v.p[1]) != NULL && (v.p[1] != 'i' || (v.n > 2 && v.p[2] == ')'));
}

/* Behind its parenthesis, to the one that closes it. */
static bool skip_group(struct reading *r)
{
	size_t depth = 1;

	if (!group_begins(r->rest))
		return false;
	while (r->rest.n) {
		uint8_t c = take(r);

		if (c == '\\' && is_special(take(r)))
			return false;
		if (c == '[' && !skip_class(r))
			return false;
		if (c == '(' && !group_begins(r->rest))
			return false;
		depth += c == '(';
		depth -= c == ')';
		if (!depth)
			return true;
	}
	return false;
}

/* What may be missing is no part of a run. */
static bool take_quantifier(struct reading *r, uint8_t c)
{
	if (c != '+' && r->n)
		r->n--;
	end_run(r);
	if (c != '{')
		return true;
	while (r->rest.n)
		if (take(r) == '}')
			return true;
	return false;
}

static bool take_escaped(struct reading *r)
{
	uint8_t c = take(r);

	if (is_special(c))
		return false;
	if (is_letter(c))
		end_run(r);
	else
		add(r, c);
	return true;
}

static bool take_one(struct reading *r)
{
	uint8_t c = take(r);

	switch (c) {
	case '\\':
		return take_escaped(r);
	case '|':
	case ')':
		return false;
	case '[':
		end_run(r);
		return skip_class(r);
	case '(':
		end_run(r);
		return skip_group(r);
	case '*':
	case '+':
	case '?':
	case '{':
		return take_quantifier(r, c);
	case '.':
	case '^':
	case '$':
		end_run(r);
		return true;
	default:
		add(r, c);
		return true;
	}
}

void regex_needle(struct view pattern, unsigned flags, struct buf *out)
{
	struct reading r = {.rest = pattern, .best = out};

	if (flags & REGEX_LUCENE)
		return;
	while (r.rest.n) {
		if (!take_one(&r)) {
			buf_clear(out);
			return;
		}
	}
	end_run(&r);
}
