/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_TEMPLATE_H
#define EVTXHOUND_EVTX_TEMPLATE_H
/*
 * A template definition, compiled: a list of operations that make texts (literals and substitution
 * slots), and bindings that say which operations belong to which System member or named field. What
 * a binding means depends on the elements around the definition, so a template is compiled per
 * context.
 *
 * Everything here lives in the arena of `struct templates`, at least as long as the chunk.
 */
#include "chunk.h"
#include "definition.h"
#include "token.h"

#define EVTX_FORMATS 3 /* of enum evtx_format */
#define NO_OP UINT32_MAX

enum op_kind {
	OP_TEXT,     /* `text` */
	OP_SLOT,     /* the value of slot `slot` */
	OP_INSTANCE, /* a template instance that stands in the definition itself, `at` */
};
struct op {
	enum op_kind kind;
	bool optional;
	uint16_t slot;
	uint32_t next; /* of the same binding; NO_OP: the last */
	uint32_t at;   /* bytes into the chunk */
	struct view text;
};

/* A prefix that an element declares for all that is in it, as its document will. */
struct prefix {
	const struct prefix *next;
	struct view name; /* UTF-8 */
};

/* An element and those around it. */
struct element {
	const struct element *up; /* NULL: outermost */
	struct view name;	  /* UTF-8 */
	const struct prefix *prefixes;
};

struct binding {
	enum member member; /* MEMBER_NONE: only what may be embedded in it */
	field_id id;
	struct view name; /* of a field */
	uint32_t name_op; /* the field's name is itself substituted; else NO_OP */
	uint32_t first;	  /* op; NO_OP: no content */
	bool section;	  /* EventData, UserData itself: no field unless it holds text */
	const struct element *element; /* NULL: an attribute, in which nothing is embedded */
	uint16_t context;	       /* of BinXML embedded here, once it was needed; 0: not yet */
};

/*
 * The structure of a definition, in the order of the document; what lies within a node lies between
 * it and its `end`. From this the programs are made that write a record (program.h).
 */
enum node_kind {
	NODE_ELEMENT,	/* `text` is its name */
	NODE_ATTRIBUTE, /* the same; an attribute may stand behind content where a writer erred */
	NODE_TEXT,
	NODE_SLOT,
	NODE_INSTANCE, /* in the definition itself, `at` */
	NODE_PI,       /* `text` is its target; its data is text within */
	NODE_REST,     /* where a definition is cut: values of which it tells nothing */
};
#define NO_NODE UINT32_MAX
struct node {
	uint8_t kind;
	bool optional;	  /* a slot */
	bool empty;	  /* an element that ends with its start tag */
	uint8_t type;	  /* that a slot's value should have */
	uint16_t slot;
	uint16_t context; /* of BinXML embedded in an element, once it was needed; 0: not yet */
	uint32_t parent;  /* NO_NODE: none */
	uint32_t end;	  /* the first node behind */
	uint32_t at;	  /* bytes into the chunk */
	struct view text; /* UTF-8 */
	const struct element *element;
};

/* A place in a definition that differs from chunk to chunk although the template is the same. */
struct patch {
	uint32_t pos; /* into the body, 4 bytes wide */
	enum { PATCH_ANY, PATCH_INLINE, PATCH_NAME } kind;
	struct view name; /* PATCH_NAME: what it must lead to: hash, count, UTF-16, NUL */
};

/* The first thing wrong with a definition. */
struct flaw {
	const char *what; /* NULL: nothing */
	size_t at;	  /* bytes into the chunk */
};

/*
 * What making something took. That is spent again in each later chunk that meets it: what a chunk
 * gives must not rest on the chunks before.
 */
struct cost {
	uint64_t steps;
	size_t bytes;
};

struct template
{
	uint16_t context;
	struct guid guid;
	struct view body; /* a copy, to know it again in another chunk */
	struct op *ops;
	struct binding *system, *fields;
	struct patch *patches;
	size_t n_ops, n_system, n_fields, n_patches;
	size_t n_core; /* of `system`: those of READ_CORE come first */
	struct node *nodes;
	uint32_t n_nodes;
	struct program *programs[EVTX_FORMATS]; /* made when first needed */
	enum event_section section;
	uint64_t content; /* a hash of what it says, wherever it and its names stand */
	bool nested; /* has an OP_INSTANCE: bound to its place in its chunk */
	bool rest;   /* has a NODE_REST */
	struct flaw flaw;
	struct cost cost;
	struct template *next; /* of the same hash, or of the same loan */
};

/* ---- compiling ---- */

struct compiler;
struct compiler *compiler_new(const struct fields *fields);
void compiler_free(struct compiler *c);

struct source_text {
	struct view chunk;
	size_t pos, end;	       /* of the tokens */
	const struct element *element; /* the context */
	bool dependency; /* elements carry a dependency id: in definitions, not in embedded BinXML
			  */
	bool single;	 /* stop behind the first outermost element or processing instruction */
	uint64_t *steps; /* left; counts down */
};
/* Fills `t` from the tokens. *end: where it stopped. 0 (t->flaw tells of damage), -1 no memory. */
int compile(struct compiler *c, const struct source_text *src, struct arena *a, struct template *t,
	    size_t *end);
/* A name as it stands at `pos` of the chunk; .p NULL: there is none. */
struct view name_units(struct view chunk, size_t pos);
/* One that is damaged, and the cursor behind it. .n 0: it is lost, or there is no end to it. */
struct view name_damaged(struct cursor *k);

/* ---- the templates of a chunk, and those of chunks before ---- */

#define TEMPLATE_SLOTS 8192u /* twice LIMIT_TEMPLATES_PER_CHUNK */
#define TEMPLATE_BUCKETS 1024u

struct evtx_lender;

struct known_template {
	uint32_t offset; /* of the definition in this chunk */
	uint16_t context;
	bool told;		   /* that it is not the one that was referred to */
	struct template *template; /* NULL: there is none */
};
/* Definitions for those of a chunk that are not there, are others, or are damaged. */
struct loan {
	uint32_t id; /* first bytes of the GUID */
	uint16_t context;
	bool own_sought, lender_asked;
	bool told;
	struct template *own, *lent; /* of this chunk, of others; no two of a list agree */
	struct loan *next;
};

struct templates {
	struct arena arena;
	struct arena plans; /* of the programs in the other one, which cost a chunk nothing */
	struct compiler *compiler;
	const struct sink *sink;
	const struct chunk *chunk;
	struct known_template *known; /* LIMIT_TEMPLATES_PER_CHUNK */
	size_t n_known;
	uint16_t *slots;		 /* TEMPLATE_SLOTS: 1 + index into `known` */
	struct template **buckets;	 /* TEMPLATE_BUCKETS: templates of all chunks by content */
	const struct element **contexts; /* twice LIMIT_CONTEXTS; [0] is the root */
	size_t n_contexts;
	uint64_t *entered; /* of each: the last chunk that had something in it */
	size_t n_entered;  /* in this chunk */
	uint64_t serial;   /* of the chunk */
	uint64_t steps;
	const struct evtx_lender *lender; /* NULL: none */
	struct loan *loans;
	uint32_t n_borrowed;
	struct definition *here; /* those of this chunk, once one was sought; NULL: not yet */
	size_t n_here;
};

/* An allocation that fails in a full arena has reached a bound; in any other it is lack of memory.
 */
bool arena_is_full(const struct arena *a);

bool templates_init(struct templates *ts, const struct fields *fields);
void templates_release(struct templates *ts);
void templates_chunk(struct templates *ts, const struct chunk *c, const struct sink *s);
/*
 * The template whose definition stands at `offset` of the chunk and whose GUID starts with `id`;
 * NULL when there is none; *e is 0, or -1 for lack of memory. Damage is told once per definition.
 */
struct template *templates_get(struct templates *ts, uint32_t offset, struct view id,
			       uint16_t context, int *e);
/* false: the chunk cannot afford it, and nothing was spent. */
bool templates_charge(struct templates *ts, const struct cost *c);
/* All that was spent so far: for differences. */
struct cost templates_spent(const struct templates *ts);
/* The number of a context, kept in *number from when it was first asked for (0: not yet). 0 when the
   chunk has too many. */
uint16_t templates_context(struct templates *ts, const struct element *e, uint16_t *number);
/* The definition compiled, with its flaw if it has one. NULL: as templates_get(). */
struct template *template_make(struct templates *ts, struct view chunk, const struct definition *d,
			       uint16_t context);
/*
 * A template for an instance whose own is not there or damaged: one of the same id that its values
 * fit, in this chunk or else in those of the lender. NULL: there is none, or there are several that
 * do not agree; *e as above.
 */
struct template *templates_borrow(struct templates *ts, const struct instance_head *h,
				  uint16_t context, const struct value *values, size_t n, int *e);

#endif
