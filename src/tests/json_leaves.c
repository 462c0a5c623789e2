/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "json_leaves.h"

struct walk {
	struct cursor k;
	struct arena *a;
	leaf_fn *fn;
	void *ctx;
	struct leaf leaf;
	bool bad;
};

static bool is_next(struct walk *w, char c)
{
	if (!cursor_left(&w->k) || w->k.p[w->k.pos] != (uint8_t)c)
		return false;
	w->k.pos++;
	return true;
}

static uint32_t four_digits(struct walk *w)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		uint8_t c = ascii_lower(cursor_u8(&w->k));

		v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return v;
}

/* A pair of surrogates is written as UTF-8, so that one alone is one. */
static void escape(struct walk *w, struct buf *b)
{
	static const char plain[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	uint8_t c = cursor_u8(&w->k);
	const char *at = strchr(plain, c);

	if (c == 'u')
		text_put(b, four_digits(w));
	else if (c && at)
		buf_byte(b, (uint8_t)means[at - plain]);
	else
		w->bad = true;
}

static struct view string(struct walk *w)
{
	struct view v;
	struct buf b;

	buf_init(&b, 0);
	w->bad |= !is_next(w, '"');
	while (!w->bad && cursor_left(&w->k) && !is_next(w, '"'))
		if (is_next(w, '\\'))
			escape(w, &b);
		else
			buf_byte(&b, cursor_u8(&w->k));
	v = b.n ? arena_keep(w->a, buf_data(&b)) : view_str("");
	w->bad |= !v.p;
	buf_release(&b);
	return v;
}

static struct view bare(struct walk *w)
{
	size_t from = w->k.pos;

	while (cursor_left(&w->k) && !strchr(",]}", w->k.p[w->k.pos]))
		w->k.pos++;
	return (struct view){w->k.p + from, w->k.pos - from};
}

static void value(struct walk *w);

static void object(struct walk *w)
{
	if (is_next(w, '}'))
		return;
	do {
		struct view key = string(w);

		w->bad |= !is_next(w, ':') || w->leaf.depth == LEAF_DEEP;
		if (w->bad)
			return;
		w->leaf.keys[w->leaf.depth++] = key;
		value(w);
		w->leaf.depth--;
	} while (!w->bad && is_next(w, ','));
	w->bad |= !is_next(w, '}');
}

static void list(struct walk *w)
{
	if (is_next(w, ']'))
		return;
	do
		value(w);
	while (!w->bad && is_next(w, ','));
	w->bad |= !is_next(w, ']');
}

static void leaf(struct walk *w)
{
	bool text = cursor_left(&w->k) && w->k.p[w->k.pos] == '"';

	w->leaf.text = text ? string(w) : bare(w);
	w->leaf.null = !text && view_eq_str(w->leaf.text, "null");
	if (w->leaf.null)
		w->leaf.text = view_str("");
	if (!w->bad)
		w->fn(w->ctx, &w->leaf);
}

static void value(struct walk *w)
{
	if (is_next(w, '{'))
		object(w);
	else if (is_next(w, '['))
		list(w);
	else
		leaf(w);
}

bool json_leaves(struct view json, struct arena *a, leaf_fn *fn, void *ctx)
{
	struct walk w = {.k = cursor_of(json), .a = a, .fn = fn, .ctx = ctx};

	value(&w);
	return !w.bad && !w.k.bad && !cursor_left(&w.k);
}
