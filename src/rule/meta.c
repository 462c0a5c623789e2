/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "meta.h"

const char *const meta_statuses = "stable, test, experimental, deprecated, unsupported";
static const char *const levels[] = {"", "informational", "low", "medium", "high", "critical"};
static const char *const languages[] = {"sigma", "sigma-correlation", "eql"};

const char *rule_language_name(enum rule_language l)
{
	return languages[l];
}

const char *rule_level_name(enum rule_level l)
{
	return levels[l];
}

bool rule_level_parse(struct view v, enum rule_level *l)
{
	for (size_t i = 1; i < sizeof levels / sizeof *levels; i++) {
		if (view_eq_str(v, levels[i])) {
			*l = (enum rule_level)i;
			return true;
		}
	}
	return false;
}

bool meta_level(struct loader *l, struct view v, struct spot at, enum rule_level *out)
{
	if (rule_level_parse(v, out))
		return true;
	load_fault(l, at, ERR_SYNTAX,
		   "`%.*s` is no level; levels are informational, low, medium, high, "
		   "critical",
		   (int)(v.n < 60 ? v.n : 60), (const char *)v.p);
	return false;
}

bool meta_is_status(struct view v)
{
	static const char *const known[] = {"stable", "test", "experimental", "deprecated",
					    "unsupported"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (view_eq_str(v, known[i]))
			return true;
	return false;
}

bool meta_is_id(struct view v)
{
	struct guid g;

	if (v.n == 36 && guid_parse(v, &g))
		return true;
	if (!v.n || v.n > 200)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = ascii_lower(v.p[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr("_.-", c))
			return false;
	}
	return true;
}

void meta_check_id(struct loader *l, struct view v, struct spot at)
{
	if (!meta_is_id(v))
		load_fault(l, at, ERR_SYNTAX,
			   "an id is a UUID, or a name of letters, digits, `_`, `.` and `-`");
}

static int digits(struct view v, size_t from, size_t n)
{
	int sum = 0;

	for (size_t i = from; i < from + n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return -1;
		sum = sum * 10 + (v.p[i] - '0');
	}
	return sum;
}

bool meta_is_date(struct view v)
{
	int month, day;

	if (v.n != 10 || (v.p[4] != '-' && v.p[4] != '/') || v.p[7] != v.p[4])
		return false;
	month = digits(v, 5, 2);
	day = digits(v, 8, 2);
	return digits(v, 0, 4) > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

void meta_check_date(struct loader *l, struct view v, struct spot at, const char *what)
{
	if (v.n && !meta_is_date(v))
		load_fault(l, at, ERR_SYNTAX, "`%s` is a day, written YYYY-MM-DD", what);
}

struct view meta_text(struct loader *l, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);
	struct view none = {NULL, 0};

	if (!n || (n->kind == YAML_SCALAR && yaml_is_null(n)))
		return none;
	if (n->kind != YAML_SCALAR) {
		load_fault(l, spot_of(n), ERR_SYNTAX, "`%s` must be a text", key);
		return none;
	}
	return load_keep_view(l, n->text);
}

void texts_add(struct loader *l, struct texts *t, struct view v)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 8;
		struct view *w = load_scratch(l, cap, sizeof *w);

		if (!w)
			return;
		if (t->n)
			memcpy(w, t->v, t->n * sizeof *w);
		t->v = w;
		t->cap = cap;
	}
	t->v[t->n++] = v;
}

struct text_list texts_keep(struct loader *l, const struct texts *t)
{
	struct view *v;

	if (!t->n)
		return (struct text_list){NULL, 0};
	v = load_keep(l, t->n, sizeof *v);
	for (size_t i = 0; v && i < t->n; i++)
		v[i] = load_keep_view(l, t->v[i]);
	return (struct text_list){v, v ? t->n : 0};
}

struct text_list meta_list(struct loader *l, const struct yaml_node *map, const char *key,
			   bool strict)
{
	const struct yaml_node *n = yaml_get(map, key);
	struct texts t = {0};
	bool odd = n && n->kind == YAML_MAPPING;

	if (n && n->kind == YAML_SCALAR && !yaml_is_null(n))
		texts_add(l, &t, n->text);
	for (size_t i = 0; n && n->kind == YAML_SEQUENCE && i < n->n; i++) {
		if (n->items[i]->kind == YAML_SCALAR)
			texts_add(l, &t, n->items[i]->text);
		else
			odd = true;
	}
	if (odd && strict)
		load_fault(l, spot_of(n), ERR_SYNTAX, "`%s` must be a list of texts", key);
	return texts_keep(l, &t);
}

struct view meta_joined(struct loader *l, const struct yaml_node *map, const char *key)
{
	struct text_list list = meta_list(l, map, key, true);
	struct buf b;

	buf_init(&b, 0);
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_str(&b, ", ");
		buf_view(&b, list.v[i]);
	}
	return load_keep_buf(l, &b);
}
