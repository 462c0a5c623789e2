/* SPDX-License-Identifier: Apache-2.0 */
/* What a correlation's count, sum, average or percentile must be. */
#include "sigma.h"

static const struct {
	const char *name;
	enum test_op op;
	bool negated;
} orders[] = {
	{"gt", TEST_GT, false}, {"gte", TEST_GE, false},  {"lt", TEST_LT, false},
	{"lte", TEST_LE, false}, {"eq", TEST_MATCH, false}, {"neq", TEST_MATCH, true},
};
#define N_ORDERS (sizeof orders / sizeof *orders)

static bool number(struct loader *l, const struct yaml_node *n, const char *name, double *out)
{
	if (n->kind == YAML_SCALAR && sigma_number(n, out))
		return true;
	load_fault(l, spot_of(n), ERR_SYNTAX, "`%s` takes a number", name);
	return false;
}

static void read_field(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	if (n->kind == YAML_SEQUENCE && n->n == 1)
		n = n->items[0];
	if (n->kind == YAML_SEQUENCE && n->n) {
		load_fault(l, spot_of(n), ERR_UNSUPPORTED,
			   "values of several fields together are not supported: name one");
	} else if (n->kind != YAML_SCALAR || !n->text.n) {
		load_fault(l, spot_of(n), ERR_SYNTAX, "`field` takes the name of a field");
	} else {
		d->value = fields_add(&l->set->fields, n->text);
		l->no_memory |= d->value == FIELD_NONE;
	}
}

static void read_percentile(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	double value;

	if (!number(l, n, "percentile", &value))
		return;
	if (d->rule.measure != MEASURE_PERCENTILE || d->rule.percentile >= 0)
		load_fault(l, spot_of(n), ERR_SYNTAX, "`percentile` goes with the type value_percentile");
	else if (value < 0 || value > 100)
		load_fault(l, spot_of(n), ERR_SYNTAX, "a percentile is from 0 to 100");
	else
		d->rule.percentile = value;
}

static void read_bound(struct loader *l, const struct yaml_pair *p, struct draft *d, struct bound *room)
{
	static const char *const names[] = {"gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"};
	struct bound *b = &room[d->rule.n_bounds];
	const char *near;

	for (size_t i = 0; i < N_ORDERS; i++) {
		if (!view_eq_str(p->key->text, orders[i].name))
			continue;
		*b = (struct bound){.op = orders[i].op, .negated = orders[i].negated};
		d->rule.n_bounds += number(l, p->value, orders[i].name, &b->value);
		return;
	}
	near = suggest(p->key->text, names, sizeof names / sizeof *names);
	load_fault(l, spot_of(p->key), ERR_SYNTAX, "unknown member `%.*s` of a condition%s%s%s",
		   SHOWN(p->key->text), near ? ": did you mean `" : "", near ? near : "",
		   near ? "`?" : "");
}

void sigma_measure(struct loader *l, const struct yaml_node *n, struct draft *d)
{
	struct bound *room;

	if (n->kind != YAML_MAPPING) {
		load_fault(l, spot_of(n), ERR_SYNTAX,
			   "a correlation's `condition` is a mapping: gte: 10, for instance");
		return;
	}
	room = load_keep(l, n->n, sizeof *room);
	d->rule.bounds = room;
	for (size_t i = 0; room && i < n->n; i++) {
		const struct yaml_pair *p = &n->pairs[i];

		if (view_eq_str(p->key->text, "field"))
			read_field(l, p->value, d);
		else if (view_eq_str(p->key->text, "percentile"))
			read_percentile(l, p->value, d);
		else
			read_bound(l, p, d, room);
	}
}
