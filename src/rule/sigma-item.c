/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pattern-build.h"
#include "sigma.h"
#include "tree-build.h"

enum modifier {
	MOD_CONTAINS = 1 << 0,
	MOD_STARTSWITH = 1 << 1,
	MOD_ENDSWITH = 1 << 2,
	MOD_ALL = 1 << 3,
	MOD_CASED = 1 << 4,
	MOD_EXISTS = 1 << 5,
	MOD_WINDASH = 1 << 6,
};
#define MOD_PLACES (MOD_CONTAINS | MOD_STARTSWITH | MOD_ENDSWITH)
#define N_SUPPORTED 7

/* The first N_SUPPORTED in the order of their bits; the rest Sigma has, we do not yet. */
static const char *const modifiers[] = {
	"contains", "startswith", "endswith", "all",	 "cased",    "exists", "windash",
	"re",	    "i",	  "m",	      "s",	 "cidr",     "base64", "base64offset",
	"wide",	    "utf16",	  "utf16le",  "utf16be", "fieldref", "expand", "lt",
	"lte",	    "gt",	  "gte",      "neq",	 "minute",   "hour",   "day",
	"week",	    "month",	  "year",
};
#define N_MODIFIERS (sizeof modifiers / sizeof *modifiers)

/* One `Field|modifiers: values` while it is read. */
struct item {
	struct loader *l;
	struct spot at;
	struct view field, key;
	unsigned mods;
	struct view source;
	struct literal *literals;
	size_t n, cap;
	bool null, empty; /* among the values */
};

static void unknown_modifier(struct loader *l, struct view name, struct spot at)
{
	const char *near = suggest(name, modifiers, N_MODIFIERS);

	load_fault(l, at, ERR_SYNTAX,
		   "unknown modifier `%.*s`%s%s%s; known are contains, startswith, endswith, all, "
		   "cased, "
		   "exists, windash",
		   SHOWN(name), near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static bool add_modifier(struct item *it, struct view name, struct spot at)
{
	for (size_t i = 0; i < N_MODIFIERS; i++) {
		if (!view_eq_str(name, modifiers[i]))
			continue;
		if (i >= N_SUPPORTED) {
			load_fault(it->l, at, ERR_UNSUPPORTED, "modifier `%s` is not supported yet",
				   modifiers[i]);
			return false;
		}
		if (it->mods & (1u << i)) {
			load_fault(it->l, at, ERR_SYNTAX, "modifier `%s` is given twice",
				   modifiers[i]);
			return false;
		}
		it->mods |= 1u << i;
		return true;
	}
	unknown_modifier(it->l, name, at);
	return false;
}

static uint32_t characters(struct view v)
{
	uint32_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n += (v.p[i] & 0xc0) != 0x80;
	return n;
}

/* Keys are plain scalars nearly always: then columns can be counted on. */
static struct spot inside(const struct yaml_node *key, size_t offset)
{
	struct spot at = spot_of(key);

	at.column += characters(view_sub(key->text, 0, offset));
	if (key->style == YAML_SINGLE || key->style == YAML_DOUBLE)
		at.column++;
	return at;
}

static bool mods_agree(struct item *it)
{
	unsigned places = it->mods & MOD_PLACES;

	if (places & (places - 1)) {
		load_fault(it->l, it->at, ERR_SYNTAX,
			   "of contains, startswith and endswith only one can be given");
		return false;
	}
	if ((it->mods & MOD_EXISTS) && it->mods != MOD_EXISTS) {
		load_fault(it->l, it->at, ERR_SYNTAX, "`exists` goes with no other modifier");
		return false;
	}
	return true;
}

static bool read_key(struct item *it, const struct yaml_node *key)
{
	size_t from = 0, end;
	bool good = true;

	it->key = key->text;
	for (bool first = true; from <= key->text.n; from = end + 1, first = false) {
		for (end = from; end < key->text.n && key->text.p[end] != '|'; end++)
			;
		if (first)
			it->field = view_sub(key->text, 0, end);
		else
			good &= add_modifier(it, view_sub(key->text, from, end - from),
					     inside(key, from));
	}
	if (!it->field.n) {
		load_fault(it->l, it->at, ERR_UNSUPPORTED,
			   "keyword search (values without a field) is not supported yet");
		return false;
	}
	return good && mods_agree(it);
}

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

static bool add_text(struct item *it, struct view text, struct spot at)
{
	struct pattern_how how = {
		.syntax = PATTERN_SIGMA,
		.cased = it->mods & MOD_CASED,
		.open_start = it->mods & (MOD_CONTAINS | MOD_ENDSWITH),
		.open_end = it->mods & (MOD_CONTAINS | MOD_STARTSWITH),
	};
	struct literal *lit = literal_room(it);

	if (!lit || !pattern_build(it->l, text, how, at, &lit->pattern))
		return false;
	it->n++;
	return true;
}

static bool is_word(struct view v, size_t i)
{
	uint8_t c;

	if (i >= v.n)
		return false;
	c = ascii_lower(v.p[i]);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

/* A dash that starts an option: nothing of a word before it, a word after it. */
static bool is_option_dash(struct view v, size_t i)
{
	return (v.p[i] == '-' || v.p[i] == '/') && !(i && is_word(v, i - 1)) && is_word(v, i + 1);
}

#define WINDASH_MAX 5 /* dashes in one value: 5 to that power variants */
static const char *const dashes[] = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"};

static bool add_variant(struct item *it, struct view text, unsigned choice, struct spot at)
{
	struct buf b;
	bool good;

	buf_init(&b, 0);
	for (size_t i = 0; i < text.n; i++) {
		if (is_option_dash(text, i)) {
			buf_str(&b, dashes[choice % 5]);
			choice /= 5;
		} else {
			buf_byte(&b, text.p[i]);
		}
	}
	if (b.bad)
		it->l->no_memory = true;
	good = !b.bad && add_text(it, buf_data(&b), at);
	buf_release(&b);
	return good;
}

static bool add_windash(struct item *it, struct view text, struct spot at)
{
	unsigned variants = 1, n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += is_option_dash(text, i);
	if (n > WINDASH_MAX) {
		load_fault(it->l, at, ERR_LIMIT,
			   "`windash` takes at most %d option dashes in one value", WINDASH_MAX);
		return false;
	}
	while (n--)
		variants *= 5;
	for (unsigned i = 0; i < variants; i++)
		if (!add_variant(it, text, i, at))
			return false;
	return true;
}

/* true and false match whatever case the log writes them in. */
static bool add_value(struct item *it, const struct yaml_node *v)
{
	int64_t number;
	struct spot at = spot_of(v);

	if (v->kind != YAML_SCALAR) {
		load_fault(it->l, at, ERR_SYNTAX, "a value must be a text, a number or null");
		return false;
	}
	if (yaml_is_null(v)) {
		if (it->mods & ~(unsigned)(MOD_ALL | MOD_CASED)) {
			load_fault(it->l, at, ERR_SYNTAX,
				   "null cannot go with a modifier of texts");
			return false;
		}
		it->null = true;
		return true;
	}
	if (!v->text.n && !(it->mods & MOD_PLACES)) {
		it->empty = true;
		return true;
	}
	if (it->mods & MOD_WINDASH)
		return add_windash(it, v->text, at);
	if (!add_text(it, v->text, at))
		return false;
	if (!(it->mods & MOD_PLACES) && yaml_int(v, &number)) {
		it->literals[it->n - 1].is_number = true;
		it->literals[it->n - 1].number = number;
	}
	return true;
}

/* The test for what has been gathered since the last one. */
static const struct node *flush_literals(struct item *it, bool every)
{
	struct test t = {
		.field = fields_add(&it->l->set->fields, it->field),
		.op = TEST_MATCH,
		.cased = it->mods & MOD_CASED,
		.every = every,
		.n = it->n,
		.source = it->source,
		.line = it->at.line,
		.column = it->at.column,
	};
	struct literal *kept = load_keep(it->l, it->n, sizeof *kept);

	if (t.field == FIELD_NONE)
		it->l->no_memory = true;
	if (!kept || t.field == FIELD_NONE)
		return NULL;
	memcpy(kept, it->literals, it->n * sizeof *kept);
	t.literals = kept;
	it->n = 0;
	return tree_test(it->l, &t);
}

static const struct node *plain_test(struct item *it, enum test_op op)
{
	struct test t = {
		.field = fields_add(&it->l->set->fields, it->field),
		.op = op,
		.source = it->source,
		.line = it->at.line,
		.column = it->at.column,
	};

	if (t.field == FIELD_NONE) {
		it->l->no_memory = true;
		return NULL;
	}
	return tree_test(it->l, &t);
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

/* A value may become several literals under windash: then `all` needs a test per value. */
static const struct node *read_values(struct item *it, const struct yaml_node *const *v, size_t n)
{
	struct nodes list = {0};
	bool all = it->mods & MOD_ALL, good = true;

	for (size_t i = 0; i < n; i++) {
		good &= add_value(it, v[i]);
		if (all && (it->mods & MOD_WINDASH))
			flush_all(it, &list, false);
	}
	if (!good)
		return NULL;
	flush_all(it, &list, all);
	return tree_join(it->l, all ? NODE_AND : NODE_OR, &list, it->at);
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
static struct view item_source(struct item *it, const struct yaml_node *value)
{
	struct view kept;
	struct buf b;

	buf_init(&b, 0);
	buf_view(&b, view_sub(it->key, 0, 400));
	buf_str(&b, ": ");
	if (value->kind == YAML_SCALAR)
		show_value(&b, value);
	for (size_t i = 0; value->kind == YAML_SEQUENCE && i < value->n && b.n < 400; i++) {
		if (i)
			buf_str(&b, ", ");
		if (value->items[i]->kind == YAML_SCALAR)
			show_value(&b, value->items[i]);
	}
	if (b.bad)
		it->l->no_memory = true;
	kept = tree_source(it->l, buf_data(&b));
	buf_release(&b);
	return kept;
}

const struct node *sigma_item(struct loader *l, const struct yaml_node *key,
			      const struct yaml_node *value)
{
	struct item it = {.l = l, .at = spot_of(key)};

	if (!read_key(&it, key))
		return NULL;
	it.source = item_source(&it, value);
	if (it.mods & MOD_EXISTS)
		return exists_test(&it, value);
	if (value->kind == YAML_SCALAR)
		return read_values(&it, &value, 1);
	if (value->kind == YAML_SEQUENCE && value->n)
		return read_values(&it, value->items, value->n);
	load_fault(l, spot_of(value), ERR_SYNTAX, "`%.*s` needs a value or a list of values",
		   SHOWN(it.key));
	return NULL;
}
