/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_SIGMA_ITEM_H
#define EVTXHOUND_SIGMA_ITEM_H
/* One `Field|modifiers: values` while it is read: its parts among themselves. */
#include "sigma.h"

enum modifier {
	MOD_CONTAINS = 1 << 0,
	MOD_STARTSWITH = 1 << 1,
	MOD_ENDSWITH = 1 << 2,
	MOD_ALL = 1 << 3,
	MOD_CASED = 1 << 4,
	MOD_EXISTS = 1 << 5,
	MOD_WINDASH = 1 << 6,
	MOD_RE = 1 << 7,
	MOD_I = 1 << 8,
	MOD_M = 1 << 9,
	MOD_S = 1 << 10,
	MOD_CIDR = 1 << 11,
	MOD_BASE64 = 1 << 12,
	MOD_BASE64OFFSET = 1 << 13,
	MOD_WIDE = 1 << 14,
	MOD_UTF16LE = 1 << 15,
	MOD_UTF16 = 1 << 16,
	MOD_UTF16BE = 1 << 17,
	MOD_FIELDREF = 1 << 18,
	MOD_EXPAND = 1 << 19,
	MOD_LT = 1 << 20,
	MOD_LTE = 1 << 21,
	MOD_GT = 1 << 22,
	MOD_GTE = 1 << 23,
	MOD_NEQ = 1 << 24,
	MOD_MINUTE = 1 << 25,
	MOD_HOUR = 1 << 26,
	MOD_DAY = 1 << 27,
	MOD_WEEK = 1 << 28,
	MOD_MONTH = 1 << 29,
	MOD_YEAR = 1 << 30,
};
#define N_MODIFIERS 31
#define MOD_PLACES (MOD_CONTAINS | MOD_STARTSWITH | MOD_ENDSWITH)
#define MOD_WIDES (MOD_WIDE | MOD_UTF16LE | MOD_UTF16 | MOD_UTF16BE)
#define MOD_BASES (MOD_BASE64 | MOD_BASE64OFFSET)
#define MOD_ORDERS (MOD_LT | MOD_LTE | MOD_GT | MOD_GTE)
#define MOD_PARTS (MOD_MINUTE | MOD_HOUR | MOD_DAY | MOD_WEEK | MOD_MONTH | MOD_YEAR)

struct item {
	struct loader *l;
	struct spot at;
	struct view field, key; /* field .n 0: any value of the record */
	unsigned mods;
	struct view source;
	struct literal *literals;
	size_t n, cap;
	bool null, empty; /* among the values */
};
static inline unsigned item_regex_flags(const struct item *it)
{
	return (it->mods & MOD_I ? REGEX_NOCASE : 0) | (it->mods & MOD_M ? REGEX_MULTILINE : 0) |
	       (it->mods & MOD_S ? REGEX_DOTALL : 0);
}

/* sigma-modifier.c: field and modifiers of a key; false: told. */
bool item_key(struct item *it, const struct yaml_node *key);
/* sigma-value.c: one value to literals, or to `null` and `empty`; false: told. */
bool item_value(struct item *it, const struct yaml_node *v);
/* A text as Sigma writes them, with what modifiers make of it. */
bool item_text(struct item *it, struct view text, struct spot at);

/*
 * sigma-encode.c: what a text looks like encoded, each form told to `each`; as long as that says
 * true. The text's wildcards are none here: a value with one has been refused.
 */
typedef bool form_fn(struct item *it, struct view form, struct spot at);
bool item_dashes(struct item *it, struct view text, struct spot at, form_fn *each);
bool item_encoded(struct item *it, struct view text, struct spot at, form_fn *each);
/* The values of %placeholders% put in. */
bool item_expanded(struct item *it, struct view text, struct spot at, form_fn *each);

#endif
