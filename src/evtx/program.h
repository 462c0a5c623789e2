/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_PROGRAM_H
#define EVTXHOUND_EVTX_PROGRAM_H
/*
 * How a template's records are written in one format: steps, each of which writes a literal that
 * was escaped beforehand, does one thing with a value, and writes another literal. What stands
 * between two values of an ordinary template is one literal.
 *
 * In JSON every member of an object ends with a comma; what closes the object takes the last one
 * away. So no step needs to know what is there.
 */
#include "evtxhound/evtx.h"
#include "template.h"

enum step_kind {
	STEP_TEXT,     /* the literals alone */
	STEP_VALUE,    /* the value of `slot`; nothing at all where it is optional and null */
	STEP_IF,       /* to `target` when `slot` has no value */
	STEP_ANY,      /* to `target` when none of the slots in the literal (2 bytes each) has one */
	STEP_JUMP,     /* to `target` */
	STEP_INSTANCE, /* the instance in the definition, `node` */
	STEP_REST,     /* the values of which the definition tells nothing, by their slots */
	/* Of JSON only. */
	STEP_PAYLOAD,   /* to `target` when only the payload is wanted */
	STEP_MEMBER,    /* a member of an object that is watched for repeated keys starts */
	STEP_OPEN,      /* such an object starts, */
	STEP_SHUT,      /* and ends */
	STEP_CLOSE,     /* any other object ends; one without members is null */
	STEP_COMMA,     /* takes back a comma; with a `target` goes there behind its literal */
	STEP_LIST_END,  /* a list ends; with `target` bytes in front of it it goes if it is empty */
	STEP_NAME,      /* the key, from attribute `node` */
	STEP_EMBED,     /* BinXML in `slot` as members of the object */
	STEP_TEXTS,     /* what is text among the content of `node`, as a member */
	STEP_MIXED,     /* the content of `node`: literals and values */
};

enum mode {
	MODE_XML,
	MODE_ATTRIBUTE,
	MODE_JSON,
	MODE_PIECE, /* a part of a text within JSON's quotes */
};

struct step {
	uint8_t kind, mode;
	bool optional;
	bool alone;  /* the only content of its element `node`: an array repeats that */
	bool list;   /* of JSON: an item of a list that is open; STEP_MEMBER: its value is a list */
	bool beside; /* of JSON: an object with attributes is open, to which #text is added */
	uint16_t slot;
	uint32_t text, before, after; /* where the literals stand, and their bytes */
	uint32_t target, node;
};

#define PROGRAM_SLACK 32u /* bytes behind the literals that may be copied along */
#define VALUE_ROOM (VALUE_SCALAR + 16u)

struct program {
	const struct step *steps;
	const uint8_t *text;
	uint32_t n_steps;
	uint32_t roots; /* elements of XML */
	bool odd;	/* a literal or a name is escaped as what the format cannot hold */
	struct cost cost;
	uint64_t chunk; /* serial of the last one that was charged for it */
	struct plan *plans; /* plan.c: the newest first, */
	uint8_t n_plans;    /* and how many were tried */
	uint8_t runs;	    /* until one is worth it */
};

/* ---- making one ---- */

struct assembler {
	struct buf steps, text;
	const struct node *nodes;
	uint32_t n_nodes;
	uint64_t *budget; /* steps left; counts down */
	bool root;	  /* the template is the outermost of a record */
	bool sealed;	  /* a jump leads here: literals must not join those of the step before */
	bool spent;	  /* the budget is */
	uint32_t roots;
	size_t odd;
};

void assembler_init(struct assembler *a);
void assembler_release(struct assembler *a);
/*
 * The program of a template, kept with it and in its arena. NULL: there is no room (*e 0) or no
 * memory (*e -1).
 */
struct program *program_of(struct assembler *a, struct templates *ts, struct template *t,
			   enum evtx_format f, int *e);

/* A step; what asm_text() adds is its first literal until asm_after() says it is the second. */
struct step *asm_step(struct assembler *a, struct step s);
void asm_after(struct assembler *a);
/* The number of the next step, which a jump leads to. */
uint32_t asm_label(struct assembler *a);
void asm_target(struct assembler *a, uint32_t step); /* that step leads to the next one */
void asm_text(struct assembler *a, const char *s);
void asm_escaped(struct assembler *a, struct view utf8, enum text_form f);
bool asm_spend(struct assembler *a, uint64_t steps);

void program_xml(struct assembler *a);
void program_json(struct assembler *a);

/* ---- the structure of a template ---- */

/* The content of a node between `from` and its end, node by node: attributes are none. */
static inline uint32_t node_next(const struct node *nodes, uint32_t i)
{
	return nodes[i].end;
}

struct content {
	uint32_t n;	   /* nodes */
	uint32_t elements; /* and instances, and slots that are made for BinXML */
	uint32_t attributes;
	uint32_t only; /* the one there is; NO_NODE */
	bool substituted;
};
struct content node_content(const struct node *nodes, uint32_t i);
/* The attribute of that name, or NO_NODE. */
uint32_t node_attribute(const struct node *nodes, uint32_t element, const char *name);
/* The slot whose lack of a value takes the element or attribute along; NULL: none does. */
const struct node *node_condition(const struct node *nodes, uint32_t i);
/* All of its content is text that stands in the template. */
bool node_is_literal(const struct node *nodes, uint32_t i);
struct view node_literal(const struct node *nodes, uint32_t i); /* its first text */

/* ---- names in XML ---- */

/*
 * The name of an element or attribute as XML can hold it: other characters, and colons that no
 * declaration covers, as _xHHHH_; an attribute's name that came before on its element has _x0000_
 * behind it. Returns how much was escaped. *looked counts on the nodes that were looked at.
 */
size_t xml_name(struct buf *out, const struct node *nodes, uint32_t i, uint64_t *looked);
/* The prefix of a namespace that an attribute declares when it is written; .p NULL: none. */
struct view xml_declared(const struct node *nodes, uint32_t attribute);
/*
 * A processing instruction. What cannot stand in its target is escaped as in names; in its data, where
 * there are no references, as in text. Returns how much was escaped.
 */
size_t xml_instruction(struct buf *out, struct view target, struct view data);

#endif
