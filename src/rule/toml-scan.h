/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TOML_SCAN_H
#define EVTXHOUND_TOML_SCAN_H
/* TOML's characters, keys, strings and values; the tables are made of them in toml.c. */
#include "rule-load.h"

struct toml {
	struct loader *l;
	struct view text;
	size_t pos;
	struct spot at; /* of pos */
	unsigned depth;
	size_t nodes;
	bool bad; /* a fault was told: stop */
};

/* 0 at the end. */
uint8_t toml_peek(const struct toml *t, size_t ahead);
void toml_step(struct toml *t, size_t n);
void toml_blanks(struct toml *t);   /* spaces and tabs */
void toml_void(struct toml *t);	    /* blanks, comments, line ends */
void toml_line_end(struct toml *t); /* blanks, a comment, and then nothing else in the line */
void toml_fault(struct toml *t, enum err_code code, const char *what);
struct yaml_node *toml_node(struct toml *t, enum yaml_kind kind);
struct yaml_node *toml_string(struct toml *t);
struct yaml_node *toml_key(struct toml *t);

/* Nodes being gathered, in the scratch arena. */
struct toml_items {
	const struct yaml_node **v;
	size_t n, cap;
};
bool toml_items_add(struct toml *t, struct toml_items *list, const struct yaml_node *n);
const struct yaml_node *toml_value(struct toml *t); /* toml-value.c */

#endif
