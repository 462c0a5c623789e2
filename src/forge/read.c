/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SECOND 10000000ll

int sc_fail(struct scenario *s, const struct yaml_node *at, const char *fmt, ...)
{
	char msg[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (!at)
		return err_set(s->e, ERR_SYNTAX, 0, "%s: %s", s->name, msg);
	return err_set(s->e, ERR_SYNTAX, 0, "%s:%u:%u: %s", s->name, at->line, at->column, msg);
}

int sc_no_memory(struct scenario *s)
{
	return err_set(s->e, ERR_NOMEM, 0, "%s: no memory", s->name);
}

/* A name for messages: short, and without control characters. */
static const char *shown(struct view v, char out[41])
{
	size_t n = v.n < 40 ? v.n : 40;

	for (size_t i = 0; i < n; i++)
		out[i] = v.p[i] >= 0x20 && v.p[i] < 0x7f ? (char)v.p[i] : '?';
	out[n] = 0;
	return out;
}

static bool in_list(const char *list, struct view word)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (word.n == n && !memcmp(list, word.p, n))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

int sc_keys(struct scenario *s, const struct yaml_node *n, const char *what, const char *keys)
{
	char name[41];

	if (n->kind != YAML_MAPPING)
		return sc_fail(s, n, "%s must be a mapping with some of: %s", what, keys);
	for (size_t i = 0; i < n->n; i++)
		if (!in_list(keys, n->pairs[i].key->text))
			return sc_fail(s, n->pairs[i].key, "%s has no \"%s\"; known are: %s", what,
				       shown(n->pairs[i].key->text, name), keys);
	return 0;
}

int sc_need(struct scenario *s, const struct yaml_node *n, const char *what, const char *keys)
{
	char word[32];

	while (*keys) {
		size_t k = strcspn(keys, " ");

		snprintf(word, sizeof(word), "%.*s", (int)k, keys);
		if (!yaml_get(n, word))
			return sc_fail(s, n, "%s needs \"%s\"", what, word);
		keys += k + (keys[k] == ' ');
	}
	return 0;
}

int sc_list(struct scenario *s, const char *key, const struct yaml_node **list)
{
	*list = yaml_get(s->root, key);
	if (*list && yaml_is_null(*list))
		*list = NULL;
	if (*list && (*list)->kind != YAML_SEQUENCE)
		return sc_fail(s, *list, "\"%s\" must be a list", key);
	return 0;
}

/* "D800 0041": code units in hexadecimal, as WTF-8. */
static int add_units(struct scenario *s, const struct yaml_node *n, struct buf *b)
{
	const struct yaml_node *units = yaml_get(n, "units");
	struct view v = units ? units->text : view_str("");
	uint32_t unit = 0;
	size_t digits = 0;

	if (sc_keys(s, n, "a text", "units"))
		return -1;
	for (size_t i = 0; i <= v.n; i++) {
		char c = i < v.n ? (char)ascii_lower(v.p[i]) : ' ';
		const char *at = c ? strchr("0123456789abcdef", c) : NULL;

		if (c == ' ' && digits)
			text_put(b, unit);
		if (c == ' ') {
			unit = 0;
			digits = 0;
			continue;
		}
		if (!at || digits == 4)
			return sc_fail(s, units, "units are hexadecimal, as in \"D800 0041\"");
		unit = unit * 16 + (uint32_t)(at - "0123456789abcdef");
		digits++;
	}
	return 0;
}

/* A scalar, {units: ...}, or a list of those put together. */
static int add_text(struct scenario *s, const struct yaml_node *n, struct buf *b, bool in_part)
{
	switch (n->kind) {
	case YAML_SCALAR:
		buf_view(b, n->text);
		return 0;
	case YAML_MAPPING:
		return add_units(s, n, b);
	case YAML_SEQUENCE:
		break;
	}
	if (in_part)
		return sc_fail(s, n, "a text is a scalar, {units: ...} or one list of those");
	for (size_t i = 0; i < n->n; i++)
		if (add_text(s, n->items[i], b, true))
			return -1;
	return 0;
}

int sc_node_text(struct scenario *s, const struct yaml_node *n, struct view *out)
{
	if (n->kind == YAML_SCALAR) {
		*out = n->text;
		return 0;
	}
	buf_clear(&s->scratch);
	if (add_text(s, n, &s->scratch, false))
		return -1;
	*out = arena_keep(s->arena, buf_data(&s->scratch));
	return s->scratch.bad || !out->p ? sc_no_memory(s) : 0;
}

int sc_text(struct scenario *s, const struct yaml_node *n, const char *key, struct view *out)
{
	const struct yaml_node *v = yaml_get(n, key);

	return v ? sc_node_text(s, v, out) : 0;
}

int sc_uint(struct scenario *s, const struct yaml_node *n, const char *key, uint64_t max,
	    uint64_t *out)
{
	const struct yaml_node *v = yaml_get(n, key);
	int64_t i;

	if (!v)
		return 0;
	if (!yaml_int(v, &i) || i < 0 || (uint64_t)i > max)
		return sc_fail(s, v, "\"%s\" must be a number from 0 to %llu", key,
			       (unsigned long long)max);
	*out = (uint64_t)i;
	return 0;
}

int sc_bool(struct scenario *s, const struct yaml_node *n, const char *key, bool *out)
{
	const struct yaml_node *v = yaml_get(n, key);

	if (v && !yaml_bool(v, out))
		return sc_fail(s, v, "\"%s\" must be true or false", key);
	return 0;
}

/* "12.5" or "500ms" at the front: a number and its unit, in 100 ns. */
static bool parse_part(struct view *v, int64_t *out)
{
	static const struct {
		const char *name;
		int64_t unit;
	} units[] = {{"ms", SECOND / 1000}, {"d", 86400 * SECOND}, {"h", 3600 * SECOND},
		     {"m", 60 * SECOND}, {"s", SECOND}};
	int64_t whole = 0, fraction = 0, scale = 1, unit = SECOND;
	size_t i = 0, at, u;

	for (; i < v->n && v->p[i] >= '0' && v->p[i] <= '9' && whole < 1000000000000ll; i++)
		whole = whole * 10 + (v->p[i] - '0');
	at = i;
	if (i < v->n && v->p[i] == '.')
		for (i++; i < v->n && v->p[i] >= '0' && v->p[i] <= '9' && scale < SECOND; i++) {
			fraction = fraction * 10 + (v->p[i] - '0');
			scale *= 10;
		}
	if (!at)
		return false;
	*v = view_sub(*v, i, v->n);
	for (u = 0; v->n && u < sizeof(units) / sizeof(*units); u++)
		if (strlen(units[u].name) <= v->n &&
		    !memcmp(v->p, units[u].name, strlen(units[u].name)))
			break;
	if (v->n) {
		if (u == sizeof(units) / sizeof(*units))
			return false;
		unit = units[u].unit;
		*v = view_sub(*v, strlen(units[u].name), v->n);
	}
	if (whole > INT64_MAX / 4 / unit)
		return false;
	*out += whole * unit + fraction * unit / scale;
	return true;
}

/* Seconds, or parts with units: "90", "1h2m3.5s", "-250ms". */
static bool parse_duration(struct view v, int64_t *out)
{
	bool minus = v.n && v.p[0] == '-';

	*out = 0;
	if (minus || (v.n && v.p[0] == '+'))
		v = view_sub(v, 1, v.n);
	do {
		if (*out > INT64_MAX / 4 || !parse_part(&v, out))
			return false;
	} while (v.n);
	if (minus)
		*out = -*out;
	return true;
}

int sc_duration(struct scenario *s, const struct yaml_node *n, const char *key, int64_t *out)
{
	const struct yaml_node *v = yaml_get(n, key);

	if (v && (v->kind != YAML_SCALAR || !parse_duration(v->text, out)))
		return sc_fail(s, v, "\"%s\" must be a duration, like 90, 1.5, 2m30s or -250ms", key);
	return 0;
}

uint64_t sc_shift(uint64_t filetime, int64_t by)
{
	if (by < 0)
		return filetime < 0 - (uint64_t)by ? 0 : filetime - (0 - (uint64_t)by);
	return filetime + (uint64_t)by;
}

int sc_time(struct scenario *s, const struct yaml_node *n, const char *key, uint64_t *out)
{
	const struct yaml_node *v = yaml_get(n, key);
	int64_t by;

	if (!v)
		return 0;
	if (v->kind == YAML_SCALAR && parse_duration(v->text, &by)) {
		*out = sc_shift(s->start, by);
		return 0;
	}
	if (v->kind == YAML_SCALAR && time_parse(v->text, out))
		return 0;
	return sc_fail(s, v, "\"%s\" must be a time: so long after the start (90, 2m30s), or a date "
			     "like 2026-03-02T08:00:00Z", key);
}

/* Decimal digits at the front of *v up to '-' or the end. */
static bool sid_part(struct view *v, uint64_t max, uint64_t *out)
{
	size_t i = 0;

	for (*out = 0; i < v->n && v->p[i] != '-'; i++) {
		if (v->p[i] < '0' || v->p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(v->p[i] - '0');
		if (*out > max)
			return false;
	}
	if (!i)
		return false;
	*v = view_sub(*v, i, v->n);
	if (v->n)
		*v = view_sub(*v, 1, v->n);
	return true;
}

bool sc_sid(struct view text, struct sc_sid *out)
{
	uint64_t x;

	if (text.n < 4 || memcmp(text.p, "S-1-", 4))
		return false;
	text = view_sub(text, 4, text.n);
	if (!sid_part(&text, 0xffffffffffffull, &x))
		return false;
	*out = (struct sc_sid){.b = {1, 0}, .n = 8};
	for (size_t i = 0; i < 6; i++)
		out->b[2 + i] = (uint8_t)(x >> (8 * (5 - i)));
	while (text.n) {
		if (out->b[1] == 15 || !sid_part(&text, UINT32_MAX, &x))
			return false;
		for (size_t i = 0; i < 4; i++)
			out->b[out->n++] = (uint8_t)(x >> (8 * i));
		out->b[1]++;
	}
	return true;
}
