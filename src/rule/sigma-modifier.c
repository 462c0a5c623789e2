/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of selections: a field and its modifiers, and which modifiers go together. */
#include "sigma-item.h"

#define TEXTUAL (MOD_WINDASH | MOD_WIDES | MOD_BASES | MOD_EXPAND)
#define ENCODES (MOD_PLACES | MOD_CASED | MOD_WINDASH | MOD_EXPAND)
#define ALWAYS (unsigned)(MOD_ALL | MOD_NEQ)

/* In the order of their bits; which others each may stand beside, apart from ALWAYS. */
static const struct {
	const char *name;
	unsigned with;
} modifiers[N_MODIFIERS] = {
	{"contains", MOD_CASED | MOD_FIELDREF | TEXTUAL},
	{"startswith", MOD_CASED | MOD_FIELDREF | TEXTUAL},
	{"endswith", MOD_CASED | MOD_FIELDREF | TEXTUAL},
	{"all", ~0u},
	{"cased", MOD_PLACES | MOD_FIELDREF | TEXTUAL},
	{"exists", 0},
	{"windash", MOD_PLACES | MOD_CASED | TEXTUAL},
	{"re", MOD_I | MOD_M | MOD_S},
	{"i", MOD_RE | MOD_M | MOD_S},
	{"m", MOD_RE | MOD_I | MOD_S},
	{"s", MOD_RE | MOD_I | MOD_M},
	{"cidr", MOD_EXPAND},
	{"base64", ENCODES | MOD_WIDES},
	{"base64offset", ENCODES | MOD_WIDES},
	{"wide", ENCODES | MOD_BASES},
	{"utf16le", ENCODES | MOD_BASES},
	{"utf16", ENCODES | MOD_BASES},
	{"utf16be", ENCODES | MOD_BASES},
	{"fieldref", MOD_PLACES | MOD_CASED},
	{"expand", MOD_PLACES | MOD_CASED | MOD_CIDR | TEXTUAL},
	{"lt", MOD_PARTS},
	{"lte", MOD_PARTS},
	{"gt", MOD_PARTS},
	{"gte", MOD_PARTS},
	{"neq", ~0u & ~(unsigned)(MOD_EXISTS | MOD_ORDERS)},
	{"minute", MOD_ORDERS},
	{"hour", MOD_ORDERS},
	{"day", MOD_ORDERS},
	{"week", MOD_ORDERS},
	{"month", MOD_ORDERS},
	{"year", MOD_ORDERS},
};

static void unknown_modifier(struct loader *l, struct view name, struct spot at)
{
	const char *names[N_MODIFIERS], *near;
	struct buf known;

	buf_init(&known, 0);
	for (size_t i = 0; i < N_MODIFIERS; i++) {
		names[i] = modifiers[i].name;
		buf_fmt(&known, "%s%s", i ? ", " : "", names[i]);
	}
	near = suggest(name, names, N_MODIFIERS);
	load_fault(l, at, ERR_SYNTAX, "unknown modifier `%.*s`%s%s%s; known are %.*s", SHOWN(name),
		   near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "",
		   (int)known.n, (const char *)known.p);
	buf_release(&known);
}

static int modifier_named(struct view name)
{
	for (int i = 0; i < N_MODIFIERS; i++)
		if (view_eq_str(name, modifiers[i].name))
			return i;
	return -1;
}

/* How far along the way from the value to what is searched for; 0: it does not matter. */
static int step_of(unsigned bit)
{
	if (bit & MOD_WINDASH)
		return 1;
	if (bit & MOD_WIDES)
		return 2;
	if (bit & MOD_BASES)
		return 3;
	return bit & MOD_PLACES ? 4 : 0;
}

/* What encodes must stand in the order in which it is done. */
static bool in_order(struct item *it, int added, struct spot at)
{
	unsigned bit = 1u << added;

	for (unsigned i = 0; i < N_MODIFIERS; i++) {
		unsigned before = it->mods & 1u << i;

		if (!before || !((before | bit) & (MOD_WIDES | MOD_BASES)) || !step_of(bit) ||
		    step_of(before) <= step_of(bit))
			continue;
		load_fault(it->l, at, ERR_SYNTAX, "`%s` must stand before `%s`",
			   modifiers[added].name, modifiers[i].name);
		return false;
	}
	return true;
}

static bool add_modifier(struct item *it, struct view name, struct spot at)
{
	int i = modifier_named(name);

	if (i < 0) {
		unknown_modifier(it->l, name, at);
		return false;
	}
	if (it->mods & 1u << i) {
		load_fault(it->l, at, ERR_SYNTAX, "modifier `%s` is given twice", modifiers[i].name);
		return false;
	}
	if (!in_order(it, i, at))
		return false;
	it->mods |= 1u << i;
	if ((1u << i) & (MOD_I | MOD_M | MOD_S) && !(it->mods & MOD_RE)) {
		load_fault(it->l, at, ERR_SYNTAX, "modifier `%s` belongs behind `re`",
			   modifiers[i].name);
		return false;
	}
	return true;
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

static bool goes_with(unsigned i, unsigned j)
{
	return (modifiers[i].with | ALWAYS) & 1u << j && (modifiers[j].with | ALWAYS) & 1u << i;
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
	for (unsigned i = 0; i < N_MODIFIERS; i++) {
		for (unsigned j = i + 1; j < N_MODIFIERS; j++) {
			if (!(it->mods & 1u << i) || !(it->mods & 1u << j) || goes_with(i, j))
				continue;
			load_fault(it->l, it->at, ERR_SYNTAX, "`%s` and `%s` do not go together",
				   modifiers[i].name, modifiers[j].name);
			return false;
		}
	}
	return true;
}

static bool field_agrees(struct item *it)
{
	unsigned needs = MOD_EXISTS | MOD_FIELDREF | MOD_ORDERS | MOD_PARTS | MOD_STARTSWITH | MOD_ENDSWITH;

	if (it->field.n || !(it->mods & needs))
		return true;
	load_fault(it->l, it->at, ERR_SYNTAX,
		   "keywords (values without a field) are looked for anywhere in the record: of "
		   "modifiers they take all, cased, re, cidr, windash, expand and encodings");
	return false;
}

bool item_key(struct item *it, const struct yaml_node *key)
{
	size_t from = 0, end;
	bool good = true;

	for (bool first = true; from <= key->text.n; from = end + 1, first = false) {
		for (end = from; end < key->text.n && key->text.p[end] != '|'; end++)
			;
		if (first)
			it->field = view_sub(key->text, 0, end);
		else
			good &= add_modifier(it, view_sub(key->text, from, end - from),
					     inside(key, from));
	}
	it->key = key->text;
	return good && mods_agree(it) && field_agrees(it);
}
