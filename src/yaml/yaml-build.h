/* SPDX-License-Identifier: Apache-2.0 */
#ifndef YAML_BUILD_H
#define YAML_BUILD_H
/*
 * The tree being built, one event of the parser at a time; knows nothing of libfyaml. All of it lives
 * in the arena. Steps return 0, or -1 when reading must stop (a fault that says why, or no memory).
 */
#include "evtxhound/yaml.h"

/* A child in the list of its container while that is open. */
struct build_item {
	const struct yaml_node *node;
	uint64_t weight; /* nodes it stands for, aliases expanded */
	uint32_t height; /* containers within one another, itself included */
	struct build_item *next;
};
struct build_anchor {
	struct view name;
	const struct build_item *item; /* NULL while its node is open */
	struct build_anchor *next;     /* older */
};
struct build_open {
	struct yaml_node *node;
	struct build_item *first, *last;
	struct build_anchor *anchor;
	uint64_t weight;
	uint32_t height;
	size_t n;
};
struct build_fault {
	struct yaml_fault fault;
	struct build_fault *next;
};
struct yaml_build {
	struct arena *arena;
	uint32_t line, column; /* of the event at hand */
	struct build_open open[LIMIT_YAML_DEPTH];
	size_t depth;
	struct build_anchor *anchors;
	size_t n_anchors;
	uint64_t weight; /* of all documents so far */
	struct build_item *docs, *last_doc;
	size_t n_docs;
	struct build_fault *faults;
	size_t n_faults;
	uint64_t more_faults;
	bool ended, stopped, nomem;
};

void build_fault(struct yaml_build *b, uint32_t line, uint32_t column, enum err_code code,
		 const char *fmt, ...) EH_PRINTF(5, 6);
int build_document(struct yaml_build *b); /* a new one begins: anchors are forgotten */
int build_open(struct yaml_build *b, enum yaml_kind kind, struct view anchor, struct view tag);
int build_close(struct yaml_build *b);
int build_scalar(struct yaml_build *b, struct view text, enum yaml_style style, struct view anchor,
		 struct view tag);
int build_alias(struct yaml_build *b, struct view name);
int build_finish(struct yaml_build *b, struct yaml *y); /* -1: no memory */

#endif
