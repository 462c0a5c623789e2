/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_JSON_LEAVES_H
#define EVTXHOUND_JSON_LEAVES_H
/* The values in a JSON text, each with the keys that lead to it. */
#include "evtxhound/base.h"

#define LEAF_DEEP 200u

struct leaf {
	struct view keys[LEAF_DEEP]; /* WTF-8 */
	size_t depth;
	struct view text; /* WTF-8; of null "" */
	bool null;
};
typedef void leaf_fn(void *ctx, const struct leaf *leaf);

/* Texts go to the arena. The JSON must be valid; false: it is not, or there is no room. */
bool json_leaves(struct view json, struct arena *a, leaf_fn *fn, void *ctx);

#endif
