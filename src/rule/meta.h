/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_META_H
#define EVTXHOUND_META_H
/*
 * What rules say of themselves: texts and lists out of a mapping, checked for their shape, and the
 * words and dates that every language shares.
 */
#include "rule-load.h"

/* A kept text; empty when the key is absent or told to be no text. */
struct view meta_text(struct loader *l, const struct yaml_node *map, const char *key);
/* A text or a list of texts; `strict`: anything else is told, else ignored. */
struct text_list meta_list(struct loader *l, const struct yaml_node *map, const char *key,
			   bool strict);
/* The same, joined by ", ". */
struct view meta_joined(struct loader *l, const struct yaml_node *map, const char *key);
/* Adds a text to a list being gathered in the scratch arena. */
struct texts {
	struct view *v;
	size_t n, cap;
};
void texts_add(struct loader *l, struct texts *t, struct view v);
struct text_list texts_keep(struct loader *l, const struct texts *t);

bool meta_is_id(struct view v);	  /* a UUID, or letters, digits, _ . - */
bool meta_is_date(struct view v); /* YYYY-MM-DD or YYYY/MM/DD */
void meta_check_date(struct loader *l, struct view v, struct spot at, const char *what);
void meta_check_id(struct loader *l, struct view v, struct spot at);
/* Told when it is none of them. */
bool meta_level(struct loader *l, struct view v, struct spot at, enum rule_level *out);
bool meta_is_status(struct view v);
extern const char *const meta_statuses;

#endif
