/* SPDX-License-Identifier: Apache-2.0 */
#include "json_read.h"

#include <string.h>

static void blanks(struct json_reader *r)
{
	while (r->at < r->text.n && r->text.p[r->at] && strchr(" \t\r\n", r->text.p[r->at]))
		r->at++;
}

/* What comes next; 0 at the end. */
static uint8_t peek(struct json_reader *r)
{
	blanks(r);
	return r->bad || r->at >= r->text.n ? 0 : r->text.p[r->at];
}

static bool take(struct json_reader *r, char c)
{
	if (peek(r) != (uint8_t)c)
		return false;
	r->at++;
	return true;
}

static bool fail(struct json_reader *r)
{
	r->bad = true;
	return false;
}

/* ---- texts ---- */

static bool hex4(struct json_reader *r, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < 4; i++, r->at++) {
		uint8_t c = r->at < r->text.n ? ascii_lower(r->text.p[r->at]) : 0;

		if (c >= '0' && c <= '9')
			*out = *out * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			*out = *out * 16 + (c - 'a' + 10u);
		else
			return fail(r);
	}
	return true;
}

/* Behind "\u". */
static bool code_point(struct json_reader *r, struct buf *out)
{
	uint32_t unit, low;
	size_t back;

	if (!hex4(r, &unit))
		return false;
	back = r->at;
	if (unit >= 0xd800 && unit <= 0xdbff && r->at + 1 < r->text.n && r->text.p[r->at] == '\\' &&
	    r->text.p[r->at + 1] == 'u') {
		r->at += 2;
		if (!hex4(r, &low))
			return false;
		if (low >= 0xdc00 && low <= 0xdfff)
			unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
		else
			r->at = back;
	}
	if (unit >= 0xdc80 && unit <= 0xdcff)
		buf_byte(out, (uint8_t)(unit - 0xdc00));
	else
		text_put(out, unit);
	return true;
}

static bool escape(struct json_reader *r, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint8_t c = r->at < r->text.n ? r->text.p[r->at++] : 0;
	const char *known = c ? strchr(from, c) : NULL;

	if (c == 'u')
		return code_point(r, out);
	if (!known)
		return fail(r);
	buf_byte(out, (uint8_t)to[known - from]);
	return true;
}

static bool text(struct json_reader *r, struct buf *out)
{
	buf_clear(out);
	if (!take(r, '"'))
		return fail(r);
	while (r->at < r->text.n) {
		uint8_t c = r->text.p[r->at++];

		if (c == '"')
			return !out->bad || fail(r);
		if (c != '\\')
			buf_byte(out, c);
		else if (!escape(r, out))
			return false;
	}
	return fail(r);
}

bool json_read_text(struct json_reader *r, struct buf *out)
{
	if (peek(r) == '"')
		return text(r, out);
	json_skip(r);
	return false;
}

/* ---- numbers ---- */

bool json_read_uint(struct json_reader *r, uint64_t *out)
{
	uint64_t sum = 0;
	size_t start;

	peek(r);
	for (start = r->at; r->at < r->text.n && r->text.p[r->at] >= '0' && r->text.p[r->at] <= '9'; r->at++) {
		uint64_t digit = r->text.p[r->at] - '0';

		if (sum > (UINT64_MAX - digit) / 10)
			return fail(r);
		sum = sum * 10 + digit;
	}
	if (r->at > start && !(r->at < r->text.n && strchr(".eE", r->text.p[r->at]))) {
		*out = sum;
		return true;
	}
	r->at = start;
	json_skip(r);
	return false;
}

/* ---- objects and arrays ---- */

bool json_enter(struct json_reader *r, char open)
{
	if (peek(r) != (uint8_t)open) {
		json_skip(r);
		return false;
	}
	if (r->depth >= LIMIT_JSON_DEPTH)
		return fail(r);
	r->depth++;
	r->at++;
	return true;
}

/* Past the comma before all but the first; false at the end. */
static bool another(struct json_reader *r, char close)
{
	bool first = r->at && strchr("{[", r->text.p[r->at - 1]);

	if (take(r, close)) {
		r->depth--;
		return false;
	}
	return first || take(r, ',') || fail(r);
}

bool json_member(struct json_reader *r, struct buf *name)
{
	return another(r, '}') && text(r, name) && (take(r, ':') || fail(r));
}

bool json_element(struct json_reader *r)
{
	return another(r, ']') && (peek(r) || fail(r));
}

static void skip_text(struct json_reader *r)
{
	for (r->at++; r->at < r->text.n && r->text.p[r->at] != '"'; r->at++)
		r->at += r->text.p[r->at] == '\\';
	if (r->at < r->text.n)
		r->at++;
	else
		r->bad = true;
}

/* Whatever stands there, as deep as it is: what is in it is only counted. */
void json_skip(struct json_reader *r)
{
	size_t depth = 0;

	do {
		uint8_t c = peek(r);
		size_t start = r->at;

		if (c == '"') {
			skip_text(r);
			continue;
		}
		if (!c || (!depth && strchr("}],:", c))) {
			r->bad = true;
			return;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		if (strchr("{}[],:", c)) {
			r->at++;
			continue;
		}
		while (r->at < r->text.n && r->text.p[r->at] && !strchr("{}[],:\" \t\r\n", r->text.p[r->at]))
			r->at++;
		if (r->at == start)
			r->bad = true;
	} while (depth && !r->bad);
}
