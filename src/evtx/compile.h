/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_COMPILE_H
#define EVTXHOUND_EVTX_COMPILE_H
/*
 * The state of compiling one definition, shared by compile.c (tokens) and compiler.c (start,
 * finish, flaws). Used over and over; its lists are allocated once.
 */
#include "template.h"
#include "token.h"

#define NAME_LOST "#?" /* for a name that is damaged: no real one holds these */

/* Operations of one text, linked in order. */
struct chain {
	uint32_t first, last;
};
struct open_element {
	struct element *element;
	struct chain content;
	struct view data_name;
	uint32_t name_op;
	bool has_child;
};
struct compiler {
	const struct fields *fields;
	struct arena *arena;
	struct view chunk;
	struct cursor k;
	size_t start;
	const struct element *context;
	bool dependency, single;
	uint64_t *steps;
	struct op *ops;		  /* LIMIT_TEMPLATE_OPS */
	struct binding *bindings; /* LIMIT_FIELDS */
	struct patch *patches;	  /* LIMIT_TEMPLATE_NAMES */
	struct node *nodes;	  /* LIMIT_TEMPLATE_NODES */
	size_t n_ops, n_bindings, n_patches;
	uint32_t n_nodes, node; /* the innermost that is open; NO_NODE */
	uint64_t content;
	struct path path;
	struct open_element stack[LIMIT_BINXML_DEPTH];
	size_t depth;
	struct view attribute; /* the name of the one being read; .p NULL: none */
	struct chain value;    /* its value */
	struct view instruction; /* the target of the processing instruction being read */
	struct buf text;
	enum event_section section;
	bool nested, failed, unwinding, rest, no_memory;
	struct flaw flaw;
};

void compile_start(struct compiler *c, const struct source_text *src, struct arena *a);
int compile_finish(struct compiler *c, struct template *t);
/* Ends the compilation; the first flaw is the one told. */
void compile_flaw(struct compiler *c, const char *what, size_t at);
void compile_no_room(struct compiler *c);
void compile_spend(struct compiler *c, uint64_t steps);

/* The structure: a node that is open until its end, or one that holds nothing. */
void markup_open(struct compiler *c, struct node n);
void markup_end(struct compiler *c);
void markup_add(struct compiler *c, struct node n);
/* Forgets the attribute that is open, if one is. */
void markup_drop_attribute(struct compiler *c);

#endif
