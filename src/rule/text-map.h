/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_TEXT_MAP_H
#define EVTXHOUND_TEXT_MAP_H
/*
 * From a place inside a scalar's text back to line and column of the file. Folding, indentation and
 * escapes only ever add or drop blanks and escape signs, so the n-th character that is not blank is
 * the same on both sides. Ask in rising order: going back starts over.
 */
#include "rule-load.h"

enum text_quoting {
	QUOTING_NONE,	/* the file's text itself, plain and block scalars, TOML's '...' */
	QUOTING_SINGLE, /* YAML: '' is one ' */
	QUOTING_DOUBLE, /* backslash escapes */
};
struct text_map {
	struct view file, text;
	enum text_quoting quoting;
	size_t start;	  /* offset in the file of the text's first character */
	struct spot from; /* the same as line and column */
	size_t file_at, text_at;
	struct spot at;
};

/* A text that is the file's from `start` on, character by character. */
void text_map_plain(struct text_map *m, struct view file, size_t start);
/* A scalar of the file being read. */
void text_map_node(struct text_map *m, struct loader *l, const struct yaml_node *n, bool toml);
struct spot text_map_spot(struct text_map *m, size_t offset);

#endif
