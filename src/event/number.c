/* SPDX-License-Identifier: Apache-2.0 */
/* Values and texts as numbers, numbers as texts, and whether there is anything at all. */
#include <stdio.h>

#include "value-private.h"

bool value_parse_number(struct view v, uint64_t *out)
{
	bool hex = v.n > 2 && v.p[0] == '0' && ascii_lower(v.p[1]) == 'x';
	uint64_t base = hex ? 16 : 10, n = 0;

	if (!v.n)
		return false;
	for (size_t i = hex ? 2 : 0; i < v.n; i++) {
		uint8_t c = ascii_lower(v.p[i]);
		uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0')
				 : hex && c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10)
							       : base;

		if (digit == base || n > (UINT64_MAX - digit) / base)
			return false;
		n = n * base + digit;
	}
	*out = n;
	return true;
}

/* UTF-16 that may be a number, narrowed on the stack; anything longer than a number is none. */
static bool utf16_number(struct view raw, uint64_t *out)
{
	uint8_t text[32];

	raw = text16_trimmed(raw);
	if (!value_is_ascii16(raw) || raw.n / 2 > sizeof(text))
		return false;
	for (size_t i = 0; i < raw.n / 2; i++)
		text[i] = raw.p[2 * i];
	return value_parse_number((struct view){text, raw.n / 2}, out);
}

bool value_number(struct value v, uint64_t *out)
{
	size_t size = value_type_size(v.type);

	switch (v.type) {
	case VALUE_UTF8:
		return value_parse_number(v.raw, out);
	case VALUE_ANSI:
		return value_parse_number(value_trimmed(v.raw), out);
	case VALUE_UTF16:
		return utf16_number(v.raw, out);
	case VALUE_INT8:
	case VALUE_INT16:
	case VALUE_INT32:
	case VALUE_INT64:
		if (v.raw.n != size || value_signed(v.raw) < 0)
			return false;
		*out = value_bits(v.raw);
		return true;
	case VALUE_UINT8:
	case VALUE_UINT16:
	case VALUE_UINT32:
	case VALUE_UINT64:
	case VALUE_HEX32:
	case VALUE_HEX64:
		if (v.raw.n != size)
			return false;
		*out = value_bits(v.raw);
		return true;
	case VALUE_SIZE:
	case VALUE_HANDLE:
		if (v.raw.n != 4 && v.raw.n != 8)
			return false;
		*out = value_bits(v.raw);
		return true;
	default:
		return false;
	}
}

bool value_says_nothing(struct view v)
{
	return !v.n || view_eq_str(v, "-");
}

bool value_is_empty(struct value v)
{
	switch (v.type) {
	case VALUE_NULL:
		return true;
	case VALUE_UTF16:
	case VALUE_XML:
		return text16_trimmed(v.raw).n == 0;
	case VALUE_ANSI:
		return value_trimmed(v.raw).n == 0;
	default:
		return v.raw.n == 0;
	}
}

struct view value_decimal(struct arena *a, uint64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)v);

	return arena_keep(a, (struct view){(const uint8_t *)text, (size_t)n});
}

struct view value_hexadecimal(struct arena *a, uint64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "0x%llx", (unsigned long long)v);

	return arena_keep(a, (struct view){(const uint8_t *)text, (size_t)n});
}
