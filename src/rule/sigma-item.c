/* SPDX-License-Identifier: Apache-2.0 */
/* `Field|modifiers: values` to tests. */
#include <string.h>

#include "sigma-item.h"
#include "tree-build.h"

static const struct {
	enum modifier bit;
	enum test_op op;
} ops[] = {
	{MOD_RE, TEST_REGEX}, {MOD_CIDR, TEST_CIDR}, {MOD_LT, TEST_LT},
	{MOD_LTE, TEST_LE},   {MOD_GT, TEST_GT},     {MOD_GTE, TEST_GE},
};

static const struct {
	enum modifier bit;
	enum time_part part;
} parts[] = {
	{MOD_MINUTE, PART_MINUTE}, {MOD_HOUR, PART_HOUR},   {MOD_DAY, PART_DAY},
	{MOD_WEEK, PART_WEEK},     {MOD_MONTH, PART_MONTH}, {MOD_YEAR, PART_YEAR},
};

static field_id field_of(struct item *it)
{
	field_id id;

	if (!it->field.n)
		return FIELD_ANY;
	id = fields_add(&it->l->set->fields, it->field);
	it->l->no_memory |= id == FIELD_NONE;
	return id;
}

static struct test plain(struct item *it, enum test_op op)
{
	return (struct test){
		.field = field_of(it),
		.raw = it->l->raw,
		.op = op,
		.cased = it->mods & MOD_CASED,
		.source = it->source,
		.line = it->at.line,
		.column = it->at.column,
	};
}

static const struct node *make(struct item *it, const struct test *t)
{
	return t->field == FIELD_NONE ? NULL : tree_test(it->l, t);
}

static const struct node *plain_test(struct item *it, enum test_op op)
{
	struct test t = plain(it, op);

	return make(it, &t);
}

/* The test for what has been gathered since the last one. */
static const struct node *flush_literals(struct item *it, bool every)
{
	struct test t = plain(it, TEST_MATCH);
	struct literal *kept = load_keep(it->l, it->n, sizeof *kept);

	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (it->mods & ops[i].bit)
			t.op = ops[i].op;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (it->mods & parts[i].bit)
			t.part = parts[i].part;
	t.flags = item_regex_flags(it);
	if (!kept)
		return NULL;
	memcpy(kept, it->literals, it->n * sizeof *kept);
	t.every = every;
	t.literals = kept;
	t.n = it->n;
	it->n = 0;
	return make(it, &t);
}

static void flush_all(struct item *it, struct nodes *list, bool every)
{
	if (it->n)
		nodes_add(it->l, list, flush_literals(it, every));
	if (it->null)
		nodes_add(it->l, list, plain_test(it, TEST_NULL));
	if (it->empty)
		nodes_add(it->l, list, plain_test(it, TEST_EMPTY));
	it->null = it->empty = false;
}

/* A value may become several literals: then `all` needs a test per value. */
static const struct node *read_values(struct item *it, const struct yaml_node *const *v, size_t n)
{
	struct nodes list = {0};
	bool all = it->mods & MOD_ALL, good = true;

	for (size_t i = 0; i < n; i++) {
		good &= item_value(it, v[i]);
		if (all && it->mods & (MOD_WINDASH | MOD_BASE64OFFSET | MOD_EXPAND))
			flush_all(it, &list, false);
	}
	if (!good)
		return NULL;
	flush_all(it, &list, all);
	/* Placeholders without values: the rule is not run. */
	if (!list.n && !list.bad)
		return tree_constant(it->l, false);
	return tree_join(it->l, all ? NODE_AND : NODE_OR, &list, it->at);
}

/* ---- another field's value ---- */

static const struct node *reference(struct item *it, const struct yaml_node *v)
{
	struct test t = plain(it, TEST_MATCH);
	struct expr *e = load_keep(it->l, 1, sizeof *e);

	if (v->kind != YAML_SCALAR || yaml_is_null(v) || !v->text.n) {
		load_fault(it->l, spot_of(v), ERR_SYNTAX, "`fieldref` takes the name of a field");
		return NULL;
	}
	if (!e)
		return NULL;
	*e = (struct expr){.op = EXPR_FIELD, .raw = it->l->raw};
	e->field = fields_add(&it->l->set->fields, v->text);
	it->l->no_memory |= e->field == FIELD_NONE;
	t.other = e;
	t.place = it->mods & MOD_CONTAINS     ? PLACE_WITHIN
		  : it->mods & MOD_STARTSWITH ? PLACE_START
		  : it->mods & MOD_ENDSWITH   ? PLACE_END
					      : PLACE_WHOLE;
	return e->field == FIELD_NONE ? NULL : make(it, &t);
}

static const struct node *references(struct item *it, const struct yaml_node *const *v, size_t n)
{
	struct nodes list = {0};

	for (size_t i = 0; i < n; i++)
		nodes_add(it->l, &list, reference(it, v[i]));
	return tree_join(it->l, it->mods & MOD_ALL ? NODE_AND : NODE_OR, &list, it->at);
}

static const struct node *exists_test(struct item *it, const struct yaml_node *value)
{
	const struct node *n;
	bool wanted;

	if (value->kind != YAML_SCALAR || !yaml_bool(value, &wanted)) {
		load_fault(it->l, spot_of(value), ERR_SYNTAX, "`exists` takes true or false");
		return NULL;
	}
	n = plain_test(it, TEST_EXISTS);
	return wanted ? n : tree_not(it->l, n, it->at);
}

/* ---- the item as it is written ---- */

static void show_value(struct buf *b, const struct yaml_node *v)
{
	bool quoted = v->style != YAML_PLAIN;

	if (quoted)
		buf_byte(b, '\'');
	buf_view(b, view_sub(v->text, 0, 400));
	if (quoted)
		buf_byte(b, '\'');
}

/* "CommandLine|contains|all: ' msiexec', '://'" */
static struct view item_source(struct item *it, const struct yaml_node *const *v, size_t n)
{
	struct view kept;
	struct buf b;

	buf_init(&b, 0);
	buf_view(&b, view_sub(it->key, 0, 400));
	buf_str(&b, it->key.n ? ": " : "");
	for (size_t i = 0; i < n && b.n < 400; i++) {
		if (i)
			buf_str(&b, ", ");
		if (v[i]->kind == YAML_SCALAR)
			show_value(&b, v[i]);
	}
	if (b.bad)
		it->l->no_memory = true;
	kept = tree_source(it->l, buf_data(&b));
	buf_release(&b);
	return kept;
}

static const struct node *item_node(struct item *it, const struct yaml_node *const *v, size_t n)
{
	const struct node *node;

	it->source = item_source(it, v, n);
	node = it->mods & MOD_FIELDREF ? references(it, v, n) : read_values(it, v, n);
	return it->mods & MOD_NEQ ? tree_not(it->l, node, it->at) : node;
}

const struct node *sigma_keywords(struct loader *l, const struct yaml_node *const *v, size_t n,
				  struct spot at)
{
	struct item it = {.l = l, .at = at};

	return item_node(&it, v, n);
}

const struct node *sigma_item(struct loader *l, const struct yaml_node *key,
			      const struct yaml_node *value)
{
	struct item it = {.l = l, .at = spot_of(key)};

	if (!item_key(&it, key))
		return NULL;
	if (it.mods & MOD_EXISTS) {
		it.source = item_source(&it, &value, 1);
		return exists_test(&it, value);
	}
	if (value->kind == YAML_SCALAR)
		return item_node(&it, &value, 1);
	if (value->kind == YAML_SEQUENCE && value->n)
		return item_node(&it, value->items, value->n);
	load_fault(l, spot_of(value), ERR_SYNTAX, "`%.*s` needs a value or a list of values",
		   SHOWN(it.key));
	return NULL;
}
