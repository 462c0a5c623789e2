/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_CORRELATE_TREE_H
#define EVTXHOUND_CORRELATE_TREE_H
/* Shared by tree.c, which asks, and draw.c, which draws. */
#include "correlate-private.h"

/* Somebody's parent: a process with a start record (`life`), or only a GUID, PID and image. */
struct head {
	uint32_t host;
	struct guid guid;
	uint64_t pid;
	struct view image;
	struct life *life;
};
/* A process being drawn. */
struct drawn {
	struct tree_node node;
	uint32_t host;
	uint64_t times[2], records[2], identities[2]; /* of its start records; 0: there is none */
};
struct drawing {
	struct drawn *v;
	size_t n;
};

/* The finding's processes, one event of each: the first LIMIT_TREE_ROOTS; *cut: there are more. */
size_t tree_roots(const struct found *f, const struct kept *out[LIMIT_TREE_ROOTS], bool *cut);
struct head head_of_kept(const struct kept *k);
struct head parent_head(const struct wanted *w, const struct life *l);
bool head_known(const struct head *h); /* there is something to tell of it */
/* false: the parent of the 4688's process is another one. */
bool is_child(const struct life *parent, const struct fact *f);
int draw_tree(struct correlate *c, const struct found *f, struct finding *out, struct drawing *d);

#endif
