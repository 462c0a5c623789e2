/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EQL_LOWER_H
#define EVTXHOUND_EQL_LOWER_H
/* EQL's parse to the one tree: conditions in eql-lower.c, terms and shapes in eql-terms.c. */
#include "eql-ast.h"
#include "sigma.h"
#include "tree-build.h"

struct lowering {
	struct loader *l;
	struct view text;
	struct text_map *map;
};

/* Tells a fault where `e` (anything with a `start`) stands; the place is only looked for when it
   will be shown. */
#define FAULT(w, e, code, ...)                                                                     \
	do {                                                                                       \
		struct spot spot_ = {0, 0};                                                        \
		if ((w)->l->faults < LIMIT_RULE_FAULTS)                                            \
			spot_ = text_map_spot((w)->map, (e)->start);                               \
		load_fault((w)->l, spot_, code, __VA_ARGS__);                                      \
	} while (0)

/* The condition; NULL: told. The parser has bounded its depth. */
const struct node *eql_condition(struct lowering *w, const struct eql_expr *e);
/* The field that `e` is; FIELD_NONE when it is none that can be asked for, and told. */
field_id eql_field(struct lowering *w, const struct eql_expr *e);

#endif
