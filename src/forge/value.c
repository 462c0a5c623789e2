/* SPDX-License-Identifier: Apache-2.0 */
/* Values a scenario writes out itself, of any BinXML type. */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	uint8_t type, size; /* size 0: it varies */
} types[] = {
	{"null", BX_NULL, 0},	     {"string", BX_STRING, 0},	 {"ansi", BX_ANSI, 0},
	{"int8", BX_INT8, 1},	     {"uint8", BX_UINT8, 1},	 {"int16", BX_INT16, 2},
	{"uint16", BX_UINT16, 2},    {"int32", BX_INT32, 4},	 {"uint32", BX_UINT32, 4},
	{"int64", BX_INT64, 8},	     {"uint64", BX_UINT64, 8},	 {"float", BX_FLOAT, 4},
	{"double", BX_DOUBLE, 8},    {"bool", BX_BOOL, 4},	 {"binary", BX_BINARY, 0},
	{"guid", BX_GUID, 16},	     {"size", BX_SIZE, 8},	 {"filetime", BX_FILETIME, 8},
	{"systemtime", BX_SYSTEMTIME, 16}, {"sid", BX_SID, 0},	 {"hex32", BX_HEX32, 4},
	{"hex64", BX_HEX64, 8},
};
#define N_TYPES (sizeof(types) / sizeof(*types))

bool sc_type(struct view name, uint8_t *type)
{
	bool array = name.n > 2 && !memcmp(name.p + name.n - 2, "[]", 2);

	if (array)
		name.n -= 2;
	for (size_t i = 0; i < N_TYPES; i++) {
		if (view_eq_str(name, types[i].name)) {
			*type = (uint8_t)(types[i].type | (array ? BX_ARRAY : 0));
			return true;
		}
	}
	return false;
}

static size_t size_of(uint8_t type)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (types[i].type == (type & ~BX_ARRAY))
			return types[i].size;
	return 0;
}

static void put_number(struct buf *b, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_byte(b, (uint8_t)(v >> (8 * i)));
}

static int put_int(struct scenario *s, const struct yaml_node *n, size_t size, struct buf *b)
{
	struct yaml_node plain = *n; /* a quoted number will do, for hexadecimal text */
	int64_t v;

	plain.style = YAML_PLAIN;
	if (!yaml_int(&plain, &v))
		return sc_fail(s, n, "this must be a number");
	if (size < 8 && (v >= (1ll << (8 * size)) || v < -(1ll << (8 * size - 1))))
		return sc_fail(s, n, "this number does not fit into %zu bytes", size);
	put_number(b, (uint64_t)v, size);
	return 0;
}

static int put_real(struct scenario *s, const struct yaml_node *n, size_t size, struct buf *b)
{
	char text[64], *end;
	double d;
	float f;
	uint64_t raw = 0;

	if (n->text.n == 0 || n->text.n >= sizeof(text))
		return sc_fail(s, n, "this must be a number");
	memcpy(text, n->text.p, n->text.n);
	text[n->text.n] = 0;
	d = strtod(text, &end);
	if (*end)
		return sc_fail(s, n, "this must be a number");
	f = (float)d;
	if (size == 4)
		memcpy(&raw, &f, 4);
	else
		memcpy(&raw, &d, 8);
	put_number(b, raw, size);
	return 0;
}

static int put_bool(struct scenario *s, const struct yaml_node *n, struct buf *b)
{
	bool v;

	/* Windows was seen to write other numbers than 0 and 1 too. */
	if (!yaml_bool(n, &v))
		return put_int(s, n, 4, b);
	put_number(b, v, 4);
	return 0;
}

static int put_binary(struct scenario *s, const struct yaml_node *n, struct buf *b)
{
	uint8_t byte = 0;

	for (size_t i = 0; i < n->text.n; i++) {
		const char *at = strchr("0123456789abcdef", ascii_lower(n->text.p[i]));

		if (!at || !n->text.p[i] || n->text.n % 2)
			return sc_fail(s, n, "this must be an even number of hexadecimal digits");
		byte = (uint8_t)(byte << 4 | (at - "0123456789abcdef"));
		if (i % 2)
			buf_byte(b, byte);
	}
	return 0;
}

static int put_time(struct scenario *s, const struct yaml_node *n, uint8_t type, struct buf *b)
{
	uint64_t t;
	char text[TIME_TEXT];
	unsigned long x[7];

	if (!time_parse(n->text, &t))
		return sc_fail(s, n, "this must be a time like 2026-03-02T08:00:00Z");
	if (type == BX_FILETIME) {
		put_number(b, t, 8);
		return 0;
	}
	/* year, month, weekday, day, hour, minute, second, thousandths */
	time_format(t, text);
	for (size_t i = 0; i < 6; i++)
		x[i] = strtoul(text + (size_t[]){0, 5, 8, 11, 14, 17}[i], NULL, 10);
	x[6] = t / 10000 % 1000;
	for (size_t i = 0; i < 7; i++) {
		if (i == 2)
			put_number(b, (t / 864000000000u + 1) % 7, 2);
		put_number(b, x[i], 2);
	}
	return 0;
}

static int put_guid(struct scenario *s, const struct yaml_node *n, struct buf *b)
{
	struct guid g;

	if (!guid_parse(n->text, &g))
		return sc_fail(s, n, "this must be a GUID");
	buf_add(b, g.b, 16);
	return 0;
}

static int put_sid(struct scenario *s, const struct yaml_node *n, struct buf *b)
{
	struct sc_sid sid;

	if (!sc_sid(n->text, &sid))
		return sc_fail(s, n, "this must be a SID, like S-1-5-18");
	buf_add(b, sid.b, sid.n);
	return 0;
}

static int put_string(struct scenario *s, const struct yaml_node *n, bool ansi, struct buf *b)
{
	struct view v;

	if (sc_node_text(s, n, &v))
		return -1;
	if (!ansi) {
		text_to_utf16(b, v);
		return 0;
	}
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= 0x80)
			return sc_fail(s, n, "an ansi value is made of ASCII here");
	buf_view(b, v);
	return 0;
}

static int put_one(struct scenario *s, const struct yaml_node *n, uint8_t type, struct buf *b)
{
	if (type == BX_STRING || type == BX_ANSI)
		return put_string(s, n, type == BX_ANSI, b);
	if (n->kind != YAML_SCALAR)
		return sc_fail(s, n, "this must be a single value");
	switch (type) {
	case BX_FLOAT:
	case BX_DOUBLE:
		return put_real(s, n, size_of(type), b);
	case BX_BOOL:
		return put_bool(s, n, b);
	case BX_BINARY:
		return put_binary(s, n, b);
	case BX_GUID:
		return put_guid(s, n, b);
	case BX_FILETIME:
	case BX_SYSTEMTIME:
		return put_time(s, n, type, b);
	case BX_SID:
		return put_sid(s, n, b);
	default:
		return put_int(s, n, size_of(type), b);
	}
}

static int put_list(struct scenario *s, const struct yaml_node *n, uint8_t type, struct buf *b)
{
	uint8_t one = (uint8_t)(type & ~BX_ARRAY);

	if (n->kind != YAML_SEQUENCE)
		return sc_fail(s, n, "an array is written as a list");
	for (size_t i = 0; i < n->n; i++) {
		if (put_one(s, n->items[i], one, b))
			return -1;
		/* Texts end with a NUL each; all else lies side by side. */
		if (one == BX_STRING)
			buf_u16(b, 0);
		if (one == BX_ANSI)
			buf_byte(b, 0);
	}
	return 0;
}

/* {type: uint32, value: 5} says another type than the field has. */
static int typed(struct scenario *s, const struct yaml_node **n, uint8_t *type)
{
	const struct yaml_node *t = yaml_get(*n, "type");

	if (!t)
		return 0;
	if (sc_keys(s, *n, "a typed value", "type value"))
		return -1;
	if (t->kind != YAML_SCALAR || !sc_type(t->text, type))
		return sc_fail(s, t, "there is no such type");
	*n = yaml_get(*n, "value");
	if (!*n && *type != BX_NULL)
		return sc_fail(s, t, "a typed value needs \"value\"");
	return 0;
}

int sc_value(struct scenario *s, const struct yaml_node *n, uint8_t type, struct bx_values *out)
{
	size_t before = out->data.n;
	int rc;

	if (typed(s, &n, &type))
		return -1;
	if (type == BX_NULL || yaml_is_null(n)) {
		bx_values_claim(out, BX_NULL, before);
		return 0;
	}
	rc = type & BX_ARRAY ? put_list(s, n, type, &out->data) : put_one(s, n, type, &out->data);
	bx_values_claim(out, type == BX_SIZE ? BX_HEX64 : type, before);
	return rc;
}
