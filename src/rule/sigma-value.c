/* SPDX-License-Identifier: Apache-2.0 */
/* Values of selections to literals. */
#include <string.h>

#include "net-build.h"
#include "pattern-build.h"
#include "sigma-item.h"
#include "text-map.h"

static struct literal *literal_room(struct item *it)
{
	if (it->n == it->cap) {
		size_t cap = it->cap ? it->cap * 2 : 4;
		struct literal *v = load_scratch(it->l, cap, sizeof *v);

		if (!v)
			return NULL;
		if (it->n)
			memcpy(v, it->literals, it->n * sizeof *v);
		it->literals = v;
		it->cap = cap;
	}
	memset(&it->literals[it->n], 0, sizeof *it->literals);
	return &it->literals[it->n];
}

/* ---- texts ---- */

static bool add_pattern(struct item *it, struct view text, enum pattern_syntax syntax, struct spot at)
{
	bool anywhere = !it->field.n;
	struct pattern_how how = {
		.syntax = syntax,
		.cased = it->mods & MOD_CASED,
		.open_start = anywhere || it->mods & (MOD_CONTAINS | MOD_ENDSWITH),
		.open_end = anywhere || it->mods & (MOD_CONTAINS | MOD_STARTSWITH),
	};
	struct literal *lit = literal_room(it);

	if (!lit || !pattern_build(it->l, text, how, at, &lit->pattern))
		return false;
	it->n++;
	return true;
}

static bool add_exact(struct item *it, struct view text, struct spot at)
{
	return add_pattern(it, text, PATTERN_EXACT, at);
}

static bool add_plain(struct item *it, struct view text, struct spot at)
{
	if (it->mods & (MOD_WIDES | MOD_BASES))
		return item_encoded(it, text, at, add_exact);
	return add_pattern(it, text, PATTERN_SIGMA, at);
}

static bool add_dashed(struct item *it, struct view text, struct spot at)
{
	return it->mods & MOD_WINDASH ? item_dashes(it, text, at, add_plain) : add_plain(it, text, at);
}

/* ---- networks and regular expressions ---- */

static bool add_net(struct item *it, struct view text, struct spot at)
{
	struct literal *lit = literal_room(it);

	if (!lit)
		return false;
	if (!net_build(text, &lit->net)) {
		load_fault(it->l, at, ERR_SYNTAX,
			   "`%.*s` is no network; networks are written 10.0.0.0/8 or fe80::/10",
			   SHOWN(text));
		return false;
	}
	it->n++;
	return true;
}

static void bad_regex(struct item *it, const struct yaml_node *v, const struct err *e)
{
	struct spot at = spot_of(v);
	struct text_map m;

	it->l->no_memory |= e->code == ERR_NOMEM;
	if (e->offset && it->l->faults < LIMIT_RULE_FAULTS) {
		text_map_node(&m, it->l, v, false);
		at = text_map_spot(&m, e->offset);
	}
	load_fault(it->l, at, e->code, "%s", e->msg);
}

static bool add_regex(struct item *it, const struct yaml_node *v)
{
	struct literal *lit = literal_room(it);
	struct err e = {0};
	struct regex *r;

	if (!lit)
		return false;
	r = regex_new(v->text, item_regex_flags(it), &e);
	if (!r) {
		bad_regex(it, v, &e);
		return false;
	}
	regex_free(r);
	lit->regex = load_keep_view(it->l, v->text);
	it->n++;
	return lit->regex.p;
}

/* ---- numbers ---- */

/* Digits, a point, digits: without the help of the locale. */
static bool decimal(const struct yaml_node *v, double *out)
{
	struct view t = v->text;
	bool negative = t.n && t.p[0] == '-';
	double sum = 0, scale = 1;
	size_t i = negative, digits = 0, point = SIZE_MAX;

	for (; v->style == YAML_PLAIN && i < t.n && digits < 300; i++) {
		if (t.p[i] == '.' && point == SIZE_MAX && digits) {
			point = i;
			continue;
		}
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		sum = sum * 10 + (t.p[i] - '0');
		scale *= point == SIZE_MAX ? 1 : 10;
		digits++;
	}
	*out = (negative ? -sum : sum) / scale;
	return point != SIZE_MAX && i == t.n && t.n > point + 1;
}

bool sigma_number(const struct yaml_node *n, double *out)
{
	int64_t whole;

	if (!yaml_int(n, &whole))
		return decimal(n, out);
	*out = (double)whole;
	return true;
}

static bool number_of(const struct yaml_node *v, struct literal *lit)
{
	lit->is_number = yaml_int(v, &lit->number);
	lit->is_real = !lit->is_number && decimal(v, &lit->real);
	return lit->is_number || lit->is_real;
}

static bool add_number(struct item *it, const struct yaml_node *v)
{
	struct literal *lit = literal_room(it);

	if (!lit)
		return false;
	if (!number_of(v, lit)) {
		load_fault(it->l, spot_of(v), ERR_SYNTAX,
			   "`%.*s` is no number: lt, lte, gt and gte compare numbers", SHOWN(v->text));
		return false;
	}
	lit->is_number = true;
	it->n++;
	return true;
}

static const struct {
	enum modifier bit;
	const char *name;
	int64_t least, most;
} parts[] = {
	{MOD_MINUTE, "minute", 0, 59}, {MOD_HOUR, "hour", 0, 23},   {MOD_DAY, "day", 1, 31},
	{MOD_WEEK, "week", 1, 53},     {MOD_MONTH, "month", 1, 12}, {MOD_YEAR, "year", 1601, 9999},
};

static bool add_part(struct item *it, const struct yaml_node *v)
{
	struct literal *lit = literal_room(it);
	size_t i = 0;

	if (!lit)
		return false;
	while (!(it->mods & parts[i].bit))
		i++;
	if (!yaml_int(v, &lit->number) || lit->number < parts[i].least || lit->number > parts[i].most) {
		load_fault(it->l, spot_of(v), ERR_SYNTAX, "`%s` takes whole numbers from %lld to %lld",
			   parts[i].name, (long long)parts[i].least, (long long)parts[i].most);
		return false;
	}
	lit->is_number = true;
	it->n++;
	return true;
}

/* ---- any of them ---- */

static bool add_null(struct item *it, struct spot at)
{
	if (!it->field.n || it->mods & ~(unsigned)(MOD_ALL | MOD_CASED | MOD_NEQ)) {
		load_fault(it->l, at, ERR_SYNTAX,
			   it->field.n ? "null cannot go with a modifier of texts"
				       : "null is no keyword");
		return false;
	}
	it->null = true;
	return true;
}

static bool add_nothing(struct item *it, struct spot at)
{
	if (it->field.n) {
		it->empty = true;
		return true;
	}
	load_fault(it->l, at, ERR_SYNTAX, "an empty keyword is in every record");
	return false;
}

/* What a number looks like as text is matched, too, by its pattern; the number decides. */
static bool add_scalar(struct item *it, const struct yaml_node *v)
{
	struct spot at = spot_of(v);
	struct literal number = {0};

	if (it->mods & MOD_EXPAND)
		return item_expanded(it, v->text, at, it->mods & MOD_CIDR ? add_net : add_dashed);
	if (it->mods & MOD_CIDR)
		return add_net(it, v->text, at);
	if (!add_dashed(it, v->text, at))
		return false;
	if (it->field.n && !(it->mods & (MOD_PLACES | MOD_WIDES | MOD_BASES)) && yaml_int(v, &number.number)) {
		it->literals[it->n - 1].is_number = true;
		it->literals[it->n - 1].number = number.number;
	}
	return true;
}

bool item_value(struct item *it, const struct yaml_node *v)
{
	struct spot at = spot_of(v);

	if (v->kind != YAML_SCALAR) {
		load_fault(it->l, at, ERR_SYNTAX, "a value must be a text, a number or null");
		return false;
	}
	if (yaml_is_null(v))
		return add_null(it, at);
	if (it->mods & MOD_RE)
		return add_regex(it, v);
	if (it->mods & MOD_PARTS)
		return add_part(it, v);
	if (it->mods & MOD_ORDERS)
		return add_number(it, v);
	if (!v->text.n && !(it->mods & (MOD_PLACES | MOD_CIDR | MOD_BASES | MOD_WIDES)))
		return add_nothing(it, at);
	return add_scalar(it, v);
}
