/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "escape.h"

#define U(c, x) [c] = {"\\u00" x, 6}

/* RFC 8259, section 7. */
const struct escape escape_json[128] = {
	U(0x00, "00"),     U(0x01, "01"),     U(0x02, "02"),     U(0x03, "03"),
	U(0x04, "04"),     U(0x05, "05"),     U(0x06, "06"),     U(0x07, "07"),
	['\b'] = {"\\b", 2}, ['\t'] = {"\\t", 2}, ['\n'] = {"\\n", 2}, U(0x0b, "0b"),
	['\f'] = {"\\f", 2}, ['\r'] = {"\\r", 2}, U(0x0e, "0e"),     U(0x0f, "0f"),
	U(0x10, "10"),     U(0x11, "11"),     U(0x12, "12"),     U(0x13, "13"),
	U(0x14, "14"),     U(0x15, "15"),     U(0x16, "16"),     U(0x17, "17"),
	U(0x18, "18"),     U(0x19, "19"),     U(0x1a, "1a"),     U(0x1b, "1b"),
	U(0x1c, "1c"),     U(0x1d, "1d"),     U(0x1e, "1e"),     U(0x1f, "1f"),
	['"'] = {"\\\"", 2}, ['\\'] = {"\\\\", 2},  U(0x7f, "7f"),
};

/* A carriage return would be read as a line feed (XML 1.0, 2.11); a record keeps to one line. */
const struct escape escape_xml[128] = {
	['\t'] = {"\t", 1},   ['\n'] = {"&#10;", 5}, ['\r'] = {"&#13;", 5},
	['&'] = {"&amp;", 5}, ['<'] = {"&lt;", 4}, ['>'] = {"&gt;", 4},
};

/* White space in attributes would be read as a blank (XML 1.0, 3.3.3). */
const struct escape escape_attribute[128] = {
	['\t'] = {"&#9;", 4}, ['\n'] = {"&#10;", 5}, ['\r'] = {"&#13;", 5},
	['&'] = {"&amp;", 5}, ['<'] = {"&lt;", 4},  ['>'] = {"&gt;", 4},
	['"'] = {"&quot;", 6},
};

const struct escape *escape_table(enum text_form f)
{
	static const struct escape *const tables[] = {
		[TEXT_PLAIN] = NULL,
		[TEXT_JSON] = escape_json,
		[TEXT_XML] = escape_xml,
		[TEXT_XML_ATTRIBUTE] = escape_attribute,
	};

	return tables[f];
}

static uint8_t *four_digits(uint8_t *out, uint32_t v)
{
	static const char digits[] = "0123456789ABCDEF";

	for (int shift = 12; shift >= 0; shift -= 4)
		*out++ = (uint8_t)digits[v >> shift & 15];
	return out;
}

static uint8_t *encode(uint8_t *out, uint32_t cp)
{
	if (cp < 0x80) {
		*out++ = (uint8_t)cp;
		return out;
	}
	if (cp < 0x800) {
		*out++ = (uint8_t)(0xc0 | cp >> 6);
	} else {
		if (cp < 0x10000) {
			*out++ = (uint8_t)(0xe0 | cp >> 12);
		} else {
			*out++ = (uint8_t)(0xf0 | cp >> 18);
			*out++ = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
		}
		*out++ = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
	}
	*out++ = (uint8_t)(0x80 | (cp & 0x3f));
	return out;
}

/* Not a Char of XML 1.0 (2.2), or the one that marks those. */
static bool is_odd_in_xml(uint32_t cp)
{
	if (cp < 0x20)
		return cp != '\t' && cp != '\n' && cp != '\r';
	return (cp >= 0xd800 && cp <= 0xdfff) || cp == 0xfffd || cp == 0xfffe || cp == 0xffff;
}

/* Controls, ends of lines, marks of direction: a terminal obeys them, readers by lines are led astray. */
static bool is_obeyed(uint32_t cp)
{
	return (cp >= 0x80 && cp <= 0x9f) || cp == 0x061c || cp == 0x200e || cp == 0x200f ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* As what it is, for whoever reads the form. */
static uint8_t *reference(uint8_t *out, uint32_t cp, enum text_form f)
{
	const char *start = f == TEXT_JSON ? "\\u" : "&#x";

	while (*start)
		*out++ = (uint8_t)*start++;
	out = four_digits(out, cp);
	if (f != TEXT_JSON)
		*out++ = ';';
	return out;
}

uint8_t *escape_write(uint8_t *out, uint32_t cp, enum text_form f, size_t *odd)
{
	const struct escape *e = cp < 0x80 && f != TEXT_PLAIN ? &escape_table(f)[cp] : NULL;
	bool surrogate = cp >= 0xd800 && cp <= 0xdfff;

	if (e && e->n) {
		memcpy(out, e->text, e->n);
		return out + e->n;
	}
	if (f == TEXT_JSON && surrogate) {
		++*odd;
		return reference(out, cp, f);
	}
	if (f != TEXT_PLAIN && is_obeyed(cp))
		return reference(out, cp, f);
	if ((f == TEXT_XML || f == TEXT_XML_ATTRIBUTE) && is_odd_in_xml(cp)) {
		++*odd;
		out = encode(out, 0xfffd);
		*out++ = '{';
		out = four_digits(out, cp);
		*out++ = '}';
		return out;
	}
	*odd += surrogate;
	return encode(out, cp);
}

size_t text8_write(struct buf *b, struct view wtf8, enum text_form f)
{
	uint8_t out[ESCAPE_MOST];
	size_t odd = 0;

	while (wtf8.n && !b->bad) {
		uint32_t cp = text_next(&wtf8);

		if (cp & TEXT_BAD) {
			odd++;
			cp = 0xfffd;
		}
		buf_add(b, out, (size_t)(escape_write(out, cp, f, &odd) - out));
	}
	return odd;
}
