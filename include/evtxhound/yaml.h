/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_YAML_H
#define EVTXHOUND_YAML_H
/*
 * YAML text to a constant tree, by libfyaml: the one place that knows that library. For rules and for
 * scenarios. It says where everything stands, and whether a scalar was quoted; it does not say what a
 * scalar means (yaml_is_null(), yaml_bool(), yaml_int() do, by the core schema, when asked). Prints
 * nothing, keeps nothing: all memory is the caller's arena, and the tree lives as long as that.
 *
 * Refused: text that is not strict UTF-8 or holds NUL, an alias to an unknown anchor or to a node that
 * contains it, nesting beyond LIMIT_YAML_DEPTH, more than LIMIT_YAML_NODES nodes with aliases counted
 * as what they stand for, a key that is no scalar. Keys given twice are all kept and told as faults.
 */
#include "evtxhound/base.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };
enum yaml_style { YAML_PLAIN, YAML_SINGLE, YAML_DOUBLE, YAML_LITERAL, YAML_FOLDED };

struct yaml_node {
	enum yaml_kind kind;
	enum yaml_style style; /* of a scalar */
	struct view text;      /* of a scalar: UTF-8, escapes and folding done */
	struct view tag;       /* written explicitly, e.g. "tag:yaml.org,2002:str"; else empty */
	uint32_t line, column; /* where it starts, from 1; column counts characters */
	const struct yaml_node *const *items; /* of a sequence */
	const struct yaml_pair *pairs;        /* of a mapping, in the order written */
	size_t n;              /* items or pairs */
};
struct yaml_pair {
	const struct yaml_node *key, *value; /* key is a scalar; an absent value is a plain "" */
};

struct yaml_fault {
	uint32_t line, column; /* from 1; 0: the whole text */
	enum err_code code;    /* ERR_SYNTAX, or ERR_LIMIT */
	struct view message;
};
/* What a text holds: its documents (an empty one is a plain scalar ""), and what is wrong with it. */
struct yaml {
	const struct yaml_node **documents;
	size_t n_documents;
	struct yaml_fault *faults; /* in order of place, as many as LIMIT_YAML_FAULTS */
	size_t n_faults;
	uint64_t more_faults;
};

/*
 * Reads all documents of `text`, at most LIMIT_YAML_BYTES. Returns 0 with the documents that were read
 * whole and the faults, if any; -1 with `e` only for lack of memory (the arena's cap included).
 */
int yaml_read(struct yaml *y, struct view text, struct arena *a, struct err *e);

/* The value of the first pair with that key; NULL when there is none or `n` is no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key);
/* Core schema, for plain scalars only: a quoted "true" is a text. */
bool yaml_is_null(const struct yaml_node *n); /* empty, ~, null, Null, NULL */
bool yaml_bool(const struct yaml_node *n, bool *out);
bool yaml_int(const struct yaml_node *n, int64_t *out); /* decimal, 0x, 0o; false on overflow */
const char *fyaml_version(void);

#endif
