/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays, inline tables and words of TOML; their depth is bounded by LIMIT_YAML_DEPTH. */
#include <string.h>

#include "toml-scan.h"

bool toml_items_add(struct toml *t, struct toml_items *list, const struct yaml_node *n)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		const struct yaml_node **v = load_scratch(t->l, cap, sizeof *v);

		if (!v) {
			t->bad = true;
			return false;
		}
		for (size_t i = 0; i < list->n; i++)
			v[i] = list->v[i];
		list->v = v;
		list->cap = cap;
	}
	list->v[list->n++] = n;
	return true;
}

static const struct yaml_node *array(struct toml *t)
{
	struct yaml_node *n = toml_node(t, YAML_SEQUENCE);
	struct toml_items list = {0};

	if (++t->depth > LIMIT_YAML_DEPTH)
		toml_fault(t, ERR_LIMIT, "arrays are nested too deeply");
	toml_step(t, 1);
	for (toml_void(t); !t->bad && toml_peek(t, 0) != ']'; toml_void(t)) {
		const struct yaml_node *item = toml_value(t);

		if (!item || !toml_items_add(t, &list, item))
			return NULL;
		toml_void(t);
		if (toml_peek(t, 0) == ',')
			toml_step(t, 1);
		else if (toml_peek(t, 0) != ']')
			toml_fault(t, ERR_SYNTAX, "expected `,` or `]`");
	}
	toml_step(t, 1);
	t->depth--;
	if (t->bad || !n)
		return NULL;
	n->items = list.v;
	n->n = list.n;
	return n;
}

static const struct yaml_node *member(struct toml *t, const struct yaml_node **key)
{
	toml_blanks(t);
	*key = toml_key(t);
	toml_blanks(t);
	if (!t->bad && toml_peek(t, 0) == '.')
		toml_fault(t, ERR_UNSUPPORTED, "dotted keys are not supported");
	else if (!t->bad && toml_peek(t, 0) != '=')
		toml_fault(t, ERR_SYNTAX, "expected `=`");
	toml_step(t, 1);
	toml_blanks(t);
	return t->bad ? NULL : toml_value(t);
}

/* Keys and values in turn. */
static void members(struct toml *t, struct toml_items *list)
{
	toml_blanks(t);
	while (!t->bad && toml_peek(t, 0) != '}') {
		const struct yaml_node *key, *item = member(t, &key);

		if (!item || !toml_items_add(t, list, key) || !toml_items_add(t, list, item))
			return;
		toml_blanks(t);
		if (toml_peek(t, 0) == ',')
			toml_step(t, 1);
		else if (toml_peek(t, 0) != '}')
			toml_fault(t, ERR_SYNTAX, "expected `,` or `}`");
		toml_blanks(t);
	}
	toml_step(t, 1);
}

/* Rules use them only in parts that are not read: keys given twice there are let pass. */
static const struct yaml_node *inline_table(struct toml *t)
{
	struct yaml_node *n = toml_node(t, YAML_MAPPING);
	struct yaml_pair *pairs;
	struct toml_items list = {0};

	if (++t->depth > LIMIT_YAML_DEPTH)
		toml_fault(t, ERR_LIMIT, "tables are nested too deeply");
	toml_step(t, 1);
	members(t, &list);
	t->depth--;
	if (t->bad || !n)
		return NULL;
	pairs = load_scratch(t->l, list.n / 2, sizeof *pairs);
	for (size_t i = 0; pairs && i + 1 < list.n; i += 2)
		pairs[i / 2] = (struct yaml_pair){list.v[i], list.v[i + 1]};
	n->pairs = pairs;
	n->n = pairs ? list.n / 2 : 0;
	t->bad |= !pairs;
	return n;
}

static bool is_integer(struct view v)
{
	size_t i = v.n && (v.p[0] == '-' || v.p[0] == '+');
	size_t from = i;

	for (; i < v.n; i++)
		if ((v.p[i] < '0' || v.p[i] > '9') && !(v.p[i] == '_' && i > from && i + 1 < v.n))
			return false;
	return i > from;
}

static const struct yaml_node *word(struct toml *t)
{
	struct yaml_node *n = toml_node(t, YAML_SCALAR);
	struct toml start = *t;

	while (toml_peek(t, 0) && !strchr(" \t\r\n,]#}", toml_peek(t, 0)))
		toml_step(t, 1);
	if (!n)
		return NULL;
	n->text = view_sub(t->text, start.pos, t->pos - start.pos);
	if (view_eq_str(n->text, "true") || view_eq_str(n->text, "false") || is_integer(n->text))
		return n;
	t->at = start.at;
	if (n->text.n && ((n->text.p[0] >= '0' && n->text.p[0] <= '9') || n->text.p[0] == '-'))
		toml_fault(t, ERR_UNSUPPORTED,
			   "only decimal integers are supported here: no floats, dates or other "
			   "bases");
	else
		toml_fault(t, ERR_SYNTAX, "expected a value");
	return NULL;
}

const struct yaml_node *toml_value(struct toml *t)
{
	switch (toml_peek(t, 0)) {
	case '"':
	case '\'':
		return toml_string(t);
	case '[':
		return array(t);
	case '{':
		return inline_table(t);
	default:
		return word(t);
	}
}
