/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a value that are looked for: option dashes, placeholders, UTF-16, Base64. */
#include "sigma-item.h"

static bool told(struct item *it, struct buf *b, struct spot at, form_fn *each)
{
	bool good = !b->bad && each(it, buf_data(b), at);

	it->l->no_memory |= b->bad;
	buf_release(b);
	return good;
}

/* ---- option dashes ---- */

#define WINDASH_MAX 5 /* dashes in one value: 5 to that power variants */
static const char *const dashes[] = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};

static bool is_word(struct view v, size_t i)
{
	uint8_t c;

	if (i >= v.n)
		return false;
	c = ascii_lower(v.p[i]);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

/* A dash that starts an option: nothing of a word before it, a word after it. */
static bool is_option_dash(struct view v, size_t i)
{
	return (v.p[i] == '-' || v.p[i] == '/') && !(i && is_word(v, i - 1)) && is_word(v, i + 1);
}

static bool dash_form(struct item *it, struct view text, unsigned choice, struct spot at, form_fn *each)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < text.n; i++) {
		if (is_option_dash(text, i)) {
			buf_str(&b, dashes[choice % 5]);
			choice /= 5;
		} else {
			buf_byte(&b, text.p[i]);
		}
	}
	return told(it, &b, at, each);
}

bool item_dashes(struct item *it, struct view text, struct spot at, form_fn *each)
{
	unsigned variants = 1, n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += is_option_dash(text, i);
	if (n > WINDASH_MAX) {
		load_fault(it->l, at, ERR_LIMIT,
			   "`windash` takes at most %d option dashes in one value", WINDASH_MAX);
		return false;
	}
	while (n--)
		variants *= 5;
	for (unsigned i = 0; i < variants; i++)
		if (!dash_form(it, text, i, at, each))
			return false;
	return true;
}

/* ---- UTF-16 and Base64 ---- */

/* The characters that the text stands for; false: some are wildcards. */
static bool plain_text(struct view text, struct buf *out)
{
	while (text.n) {
		uint32_t cp = text_next(&text);

		if (cp == '*' || cp == '?')
			return false;
		if (cp == '\\' && text.n && (text.p[0] == '*' || text.p[0] == '?' || text.p[0] == '\\'))
			cp = text_next(&text);
		text_put(out, cp);
	}
	return true;
}

static void put_utf16(struct buf *out, struct view utf8, unsigned mods)
{
	size_t from;

	if (mods & MOD_UTF16)
		buf_str(out, "\xff\xfe");
	from = out->n;
	text_to_utf16(out, utf8);
	for (size_t i = from; mods & MOD_UTF16BE && !out->bad && i + 1 < out->n; i += 2) {
		uint8_t low = out->p[i];

		out->p[i] = out->p[i + 1];
		out->p[i + 1] = low;
	}
}

/* Of a text that begins `shift` bytes behind a group of three: the characters that it alone decides. */
static bool shifted(struct item *it, struct view v, size_t shift, struct spot at, form_fn *each)
{
	static const uint8_t front[] = {0, 2, 3}, back[] = {0, 3, 2};
	struct buf bytes, whole;
	struct view form;
	bool good;

	buf_init(&bytes, 0);
	buf_init(&whole, 0);
	for (size_t i = 0; i < shift; i++)
		buf_byte(&bytes, ' ');
	buf_view(&bytes, v);
	base64_add(&whole, buf_data(&bytes));
	form = buf_data(&whole);
	form = view_sub(form, front[shift], form.n - front[shift] - back[(v.n + shift) % 3]);
	good = !bytes.bad && !whole.bad;
	it->l->no_memory |= !good;
	/* Nothing is sure of a text of one byte in the middle. */
	if (good && form.n)
		good = each(it, form, at);
	buf_release(&bytes);
	buf_release(&whole);
	return good;
}

static bool each_byte(struct item *it, struct view bytes, struct spot at, form_fn *each)
{
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < bytes.n; i++)
		text_put(&b, bytes.p[i]);
	return told(it, &b, at, each);
}

static bool based(struct item *it, struct view bytes, struct spot at, form_fn *each)
{
	struct buf b;

	if (it->mods & MOD_BASE64OFFSET) {
		for (size_t shift = 0; shift < 3; shift++)
			if (!shifted(it, bytes, shift, at, each))
				return false;
		return true;
	}
	if (!(it->mods & MOD_BASE64))
		return each_byte(it, bytes, at, each);
	buf_init(&b, 0);
	base64_add(&b, bytes);
	return told(it, &b, at, each);
}

static bool encode(struct item *it, struct view text, struct spot at, form_fn *each)
{
	struct buf b;
	bool good;

	if (!(it->mods & MOD_WIDES))
		return based(it, text, at, each);
	buf_init(&b, 0);
	put_utf16(&b, text, it->mods);
	it->l->no_memory |= b.bad;
	good = !b.bad && based(it, buf_data(&b), at, each);
	buf_release(&b);
	return good;
}

bool item_encoded(struct item *it, struct view text, struct spot at, form_fn *each)
{
	struct buf b;
	bool good;

	buf_init(&b, 0);
	good = plain_text(text, &b);
	if (!good)
		load_fault(it->l, at, ERR_SYNTAX,
			   "a value that is encoded takes no wildcards; write \\* and \\? for the "
			   "characters themselves");
	else if (!b.n)
		load_fault(it->l, at, ERR_SYNTAX, "there is nothing to encode");
	else
		good = !b.bad && encode(it, buf_data(&b), at, each);
	good &= b.n > 0;
	it->l->no_memory |= b.bad;
	buf_release(&b);
	return good;
}

/* ---- placeholders ---- */

static bool is_name(uint8_t c)
{
	uint8_t low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* By an odd number of backslashes. */
static bool is_escaped(struct view text, size_t at)
{
	size_t n = 0;

	while (n < at && text.p[at - 1 - n] == '\\')
		n++;
	return n % 2;
}

/* The first %name% of a text from `*at` on: where it stands and how long it is, both signs counted. */
static bool find_placeholder(struct view text, size_t *at, size_t *n)
{
	for (size_t i = *at; i < text.n; i++) {
		size_t end = i + 1;

		if (text.p[i] != '%' || is_escaped(text, i))
			continue;
		while (end < text.n && is_name(text.p[end]))
			end++;
		if (end == i + 1 || end == text.n || text.p[end] != '%')
			continue;
		*at = i;
		*n = end + 1 - i;
		return true;
	}
	return false;
}

/* Placeholders are put in from left to right; what was put in is not looked at again. */
struct filling {
	struct item *it;
	struct spot at;
	form_fn *each;
	size_t forms;
	unsigned depth;
};

static bool fill(struct filling *f, struct view text, size_t from);

static bool fill_value(struct filling *f, struct view text, size_t from, size_t n, struct view value)
{
	struct buf b;
	bool good;

	buf_init(&b, 0);
	buf_view(&b, view_sub(text, 0, from));
	buf_view(&b, value);
	buf_view(&b, view_sub(text, from + n, SIZE_MAX));
	f->it->l->no_memory |= b.bad;
	f->depth++;
	good = !b.bad && fill(f, buf_data(&b), from + value.n);
	f->depth--;
	buf_release(&b);
	return good;
}

static bool fill(struct filling *f, struct view text, size_t from)
{
	struct text_list values;
	struct view name;
	size_t n;

	if (++f->forms > LIMIT_VALUE_FORMS || f->depth > LIMIT_RULE_DEPTH) {
		load_fault(f->it->l, f->at, ERR_LIMIT, "placeholders make too many values of this one");
		return false;
	}
	if (!find_placeholder(text, &from, &n))
		return f->each(f->it, text, f->at);
	name = view_sub(text, from + 1, n - 2);
	values = placeholder_values(f->it->l->set, name);
	if (!values.n)
		load_idle(f->it->l,
			  "the placeholder %%%.*s%% has no values; --placeholders FILE gives them",
			  SHOWN(name));
	for (size_t i = 0; i < values.n; i++)
		if (!fill_value(f, text, from, n, values.v[i]))
			return false;
	return true;
}

bool item_expanded(struct item *it, struct view text, struct spot at, form_fn *each)
{
	struct filling f = {.it = it, .at = at, .each = each};
	size_t from = 0, n;

	if (!find_placeholder(text, &from, &n))
		load_note(it->l, at, "there is no %%placeholder%% to expand in this value");
	return fill(&f, text, 0);
}
