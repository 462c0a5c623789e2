/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of single values that are no strings, written straight to where it goes: a record has
 * twenty of them, so nothing here but real numbers is formatted by libc.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value-private.h"

size_t value_type_size(uint8_t type)
{
	static const uint8_t sizes[] = {
		[VALUE_INT8] = 1,    [VALUE_UINT8] = 1,    [VALUE_INT16] = 2,
		[VALUE_UINT16] = 2,  [VALUE_INT32] = 4,    [VALUE_UINT32] = 4,
		[VALUE_INT64] = 8,   [VALUE_UINT64] = 8,   [VALUE_REAL32] = 4,
		[VALUE_REAL64] = 8,  [VALUE_GUID] = 16,    [VALUE_FILETIME] = 8,
		[VALUE_HEX32] = 4,   [VALUE_HEX64] = 8,    [VALUE_SYSTEMTIME] = 16,
	};

	return type < sizeof(sizes) ? sizes[type] : 0;
}

uint64_t value_bits(struct view raw)
{
	uint64_t v = 0;

	if (raw.n == 2)
		return load_u16(raw.p);
	if (raw.n == 4)
		return load_u32(raw.p);
	if (raw.n == 8)
		return load_u64(raw.p);
	for (size_t i = raw.n; i > 0; i--)
		v = v << 8 | raw.p[i - 1];
	return v;
}

int64_t value_signed(struct view raw)
{
	unsigned shift = (unsigned)(64 - 8 * raw.n);

	return (int64_t)(value_bits(raw) << shift) >> shift;
}

/* ---- numbers ---- */

static size_t signed_decimal(int64_t v, char *out)
{
	if (v >= 0)
		return decimal_format((uint64_t)v, out);
	*out = '-';
	return 1 + decimal_format(0 - (uint64_t)v, out + 1);
}

static size_t hexadecimal(uint64_t v, char *out)
{
	unsigned n = (unsigned)(67 - __builtin_clzll(v | 1)) / 4;
	uint64_t low = hex_eight(__builtin_bswap32((uint32_t)v), 'a');

	memcpy(out, "0x", 2);
	if (n <= 8) {
		store_u64(out + 2, low >> 8 * (8 - n));
		return 2 + n;
	}
	store_u64(out + 2, hex_eight(__builtin_bswap32((uint32_t)(v >> 32)), 'a') >> 8 * (16 - n));
	store_u64(out + n - 6, low);
	return 2 + n;
}

/* The fewest digits that read back to the same number, as people write it. */
static size_t real(struct view raw, char *out)
{
	uint64_t bits = value_bits(raw);
	uint32_t bits32 = (uint32_t)bits;
	float f;
	double d;

	memcpy(&f, &bits32, sizeof(f));
	memcpy(&d, &bits, sizeof(d));
	for (int digits = 6; digits <= 17; digits++) {
		snprintf(out, VALUE_SCALAR, "%.*g", digits, raw.n == 4 ? (double)f : d);
		if (raw.n == 4 ? strtof(out, NULL) == f : strtod(out, NULL) == d)
			break;
	}
	return strlen(out);
}

static size_t boolean(uint64_t v, char *out)
{
	memcpy(out, v ? "true" : "false", v ? 4 : 5);
	return v ? 4 : 5;
}

/* ---- the rest ---- */

/* What Windows takes for a time: SYSTEMTIME begins in 1601; the day of the week is not looked at. */
static bool is_systemtime(const unsigned v[8])
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = v[0] % 4 == 0 && (v[0] % 100 || v[0] % 400 == 0);

	if (v[0] < 1601 || v[0] > 30827 || v[1] < 1 || v[1] > 12)
		return false;
	return v[3] >= 1 && v[3] <= days[v[1] - 1] + (v[1] == 2 && leap ? 1u : 0u) && v[4] <= 23 &&
	       v[5] <= 59 && v[6] <= 59 && v[7] <= 999;
}

/* One that was never set reads as the FILETIME 0 does, as Windows shows it. */
static size_t systemtime(struct view raw, char *out)
{
	struct cursor c = cursor_of(raw);
	unsigned v[8], any = 0;

	for (int i = 0; i < 8; i++)
		any |= v[i] = cursor_u16(&c);
	if (!any)
		return time_format(0, out);
	if (!is_systemtime(v))
		return 0;
	return (size_t)snprintf(out, VALUE_SCALAR, "%04u-%02u-%02uT%02u:%02u:%02u.%03u0000Z", v[0],
				v[1], v[3], v[4], v[5], v[6], v[7]);
}

/* With a small authority, as nearly all have; sid_text() writes the others. */
static size_t sid(struct view raw, char *out)
{
	struct cursor c = cursor_of(raw);
	size_t n = 4;

	if (!raw.n || sid_size(raw) != raw.n || raw.p[2] || raw.p[3])
		return 0;
	cursor_skip(&c, 4);
	memcpy(out, "S-1-", 4);
	n += decimal_format(__builtin_bswap32(cursor_u32(&c)), out + n); /* big-endian */
	while (cursor_left(&c)) {
		out[n++] = '-';
		n += decimal_format(cursor_u32(&c), out + n);
	}
	return n;
}

static size_t guid(struct view raw, char *out)
{
	struct guid g;

	memcpy(g.b, raw.p, sizeof(g.b));
	guid_format(&g, out);
	return GUID_TEXT - 1;
}

static bool is_word(size_t n)
{
	return n == 4 || n == 8;
}

static size_t integer(const struct value *v, char *out)
{
	if (v->raw.n != value_type_size(v->type))
		return 0;
	return v->type % 2 ? signed_decimal(value_signed(v->raw), out)
			   : decimal_format(value_bits(v->raw), out);
}

size_t value_scalar(const struct value *v, char out[VALUE_SCALAR])
{
	size_t n = v->raw.n;

	switch (v->type) {
	case VALUE_INT8:
	case VALUE_INT16:
	case VALUE_INT32:
	case VALUE_INT64: /* the odd numbers are the signed ones */
	case VALUE_UINT8:
	case VALUE_UINT16:
	case VALUE_UINT64:
		return integer(v, out);
	case VALUE_UINT32:
		return n == 4 ? decimal_format(load_u32(v->raw.p), out) : 0;
	case VALUE_REAL32:
	case VALUE_REAL64:
		return n == value_type_size(v->type) ? real(v->raw, out) : 0;
	case VALUE_BOOL:
		return n == 1 || n == 2 || is_word(n) ? boolean(value_bits(v->raw), out) : 0;
	case VALUE_GUID:
		return n == 16 ? guid(v->raw, out) : 0;
	case VALUE_SIZE:
	case VALUE_HANDLE:
		return is_word(n) ? hexadecimal(value_bits(v->raw), out) : 0;
	case VALUE_HEX32:
	case VALUE_HEX64:
		return n == value_type_size(v->type) ? hexadecimal(value_bits(v->raw), out) : 0;
	case VALUE_FILETIME:
		return n == 8 ? time_format(load_u64(v->raw.p), out) : 0;
	case VALUE_SYSTEMTIME:
		return n == 16 ? systemtime(v->raw, out) : 0;
	case VALUE_SID:
		return sid(v->raw, out);
	default:
		return 0;
	}
}
