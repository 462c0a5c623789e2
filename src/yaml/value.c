/* SPDX-License-Identifier: Apache-2.0 */
/* What a plain scalar means, by YAML 1.2's core schema. */
#include "evtxhound/yaml.h"

static bool is_plain(const struct yaml_node *n)
{
	return n && n->kind == YAML_SCALAR && n->style == YAML_PLAIN &&
	       (!n->tag.n || !view_eq_str(n->tag, "tag:yaml.org,2002:str"));
}

static bool is_one_of(const struct yaml_node *n, const char *const words[3])
{
	for (size_t i = 0; i < 3; i++)
		if (view_eq_str(n->text, words[i]))
			return true;
	return false;
}

const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key)
{
	if (!n || n->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < n->n; i++)
		if (view_eq_str(n->pairs[i].key->text, key))
			return n->pairs[i].value;
	return NULL;
}

bool yaml_is_null(const struct yaml_node *n)
{
	static const char *const words[3] = {"null", "Null", "NULL"};

	return is_plain(n) && (!n->text.n || view_eq_str(n->text, "~") || is_one_of(n, words));
}

bool yaml_bool(const struct yaml_node *n, bool *out)
{
	static const char *const yes[3] = {"true", "True", "TRUE"};
	static const char *const no[3] = {"false", "False", "FALSE"};

	if (!is_plain(n))
		return false;
	*out = is_one_of(n, yes);
	return *out || is_one_of(n, no);
}

static unsigned digit_of(uint8_t c)
{
	uint8_t l = ascii_lower(c);

	if (c >= '0' && c <= '9')
		return c - '0';
	return l >= 'a' && l <= 'f' ? l - 'a' + 10u : 99u;
}

static bool parse_digits(struct view v, unsigned base, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < v.n; i++) {
		unsigned d = digit_of(v.p[i]);

		if (d >= base || *out > (UINT64_MAX - d) / base)
			return false;
		*out = *out * base + d;
	}
	return v.n > 0;
}

bool yaml_int(const struct yaml_node *n, int64_t *out)
{
	struct view v;
	bool minus;
	unsigned base = 10;
	uint64_t u;

	if (!is_plain(n) || !n->text.n)
		return false;
	v = n->text;
	minus = v.p[0] == '-';
	if (minus || v.p[0] == '+')
		v = view_sub(v, 1, v.n);
	if (v.n == n->text.n && v.n > 2 && v.p[0] == '0' && (v.p[1] == 'x' || v.p[1] == 'o')) {
		base = v.p[1] == 'x' ? 16 : 8;
		v = view_sub(v, 2, v.n);
	}
	if (!parse_digits(v, base, &u) || u > (uint64_t)INT64_MAX + minus)
		return false;
	*out = minus ? (int64_t)(0 - u) : (int64_t)u;
	return true;
}
