/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_RULE_LOAD_H
#define EVTXHOUND_RULE_LOAD_H
/*
 * What one ruleset_add() carries through the front ends: where results are kept, where a file's own
 * trees live meanwhile, the faults, and the drafts of rules, which become rules when the whole set
 * has been read (a correlation may name a rule of a later file).
 *
 * A front end that meets a fault tells it and goes on to find the next one; what could not be made
 * is NULL and makes everything above it NULL.
 */
#include "evtxhound/rule.h"
#include "evtxhound/yaml.h"

struct spot {
	uint32_t line, column; /* from 1; 0: the whole file */
};

/* A log source as a rule names it. */
struct log_name {
	struct view product, category, service;
};

/* A rule that a correlation names. */
struct reference {
	struct view name;
	struct spot spot;
};

/* A field as one of a correlation's rules calls it. */
struct alias {
	field_id name, field;
	struct view rule;
	struct spot spot;
};

/* A rule that was read but has not yet found its place in the set. */
struct draft {
	struct rule rule;
	struct view name; /* by which correlations may call it; may be empty */
	struct spot spot, id_spot;
	bool broken;	  /* it has faults: kept only so that others can say so */
	bool used;	  /* a correlation without `generate` rests on it: no finding of its own */
	bool correlation; /* its stages are still `refs` */
	bool generate;
	const struct reference *refs;
	size_t n_refs;
	const field_id *keys;
	size_t n_keys;
	const struct alias *aliases;
	size_t n_aliases;
	field_id value; /* that a correlation measures, or FIELD_NONE */
	struct log_name log; /* of a detection */
	const struct filter **filters;
	size_t n_filters;
	bool resolving; /* its rules are being looked at: nothing may rest on it */
};

/* What a log source means. */
struct log_meaning {
	struct log_name name;
	const struct selector *selectors;
	size_t n;	  /* 0: no log has it */
	struct view idle; /* and why, where that is known */
};

/* A condition for other rules of the set. */
struct filter {
	struct log_name log;
	const struct node *node[2]; /* in Sysmon's words, in the records' own */
	const struct reference *refs;
	size_t n_refs;
	bool any; /* of its log source */
	struct view title, source, path;
	struct spot spot;
};

struct loader {
	struct ruleset *set;
	struct arena *keep;   /* the ruleset's: what rules are made of */
	struct arena scratch; /* dies with the file being read */
	struct view path;     /* of that file, kept */
	struct view text;     /* of that file, borrowed */
	uint8_t sha256[32];
	size_t index;	 /* which --rules this is */
	size_t faults;	 /* of that file so far, the untold ones too */
	size_t notes;	 /* of that file, as faults */
	uint32_t *units; /* room for one pattern */
	uint32_t *lines; /* offsets at which the file's lines start; made when first asked for */
	size_t n_lines;
	void (*table)(struct loader *l, const struct yaml_node *doc); /* NULL: the file holds rules */
	bool raw;	/* the rule being read speaks the records' own words */
	struct view idle; /* why the rule being read will not run; "": it will */
	void (*front)(struct loader *l); /* whatever the file is named; NULL: by its name */
	bool no_memory; /* ends the run */
	bool no_room;	/* the cap of the ruleset, told once */
	struct filter *filters;
	size_t n_filters;
	struct log_meaning *meanings; /* of the log sources met so far */
	size_t n_meanings, cap_meanings;
	struct draft *drafts;
	size_t n_drafts, cap_drafts;
};

/* The file being read as YAML, its faults told; false: it is of no use. */
bool load_yaml(struct loader *l, struct yaml *y);
/* Tells a fault of the file being read. */
void load_fault(struct loader *l, struct spot at, enum err_code code, const char *fmt, ...)
	EH_PRINTF(4, 5);
/* The same where the file is another one (correlations are resolved at the end of the set). */
void load_fault_in(struct loader *l, struct view path, struct spot at, enum err_code code,
		   const char *fmt, ...) EH_PRINTF(5, 6);
/* What is worth a look and no fault; of a file once in the same words. */
void load_note(struct loader *l, struct spot at, const char *fmt, ...) EH_PRINTF(3, 4);
/* The rule being read is sound and cannot be run here: the first reason counts. */
void load_idle(struct loader *l, const char *fmt, ...) EH_PRINTF(2, 3);
struct spot spot_of(const struct yaml_node *n);

/* Memory that lives with the ruleset, or with the file; NULL is remembered in `l`. */
void *load_keep(struct loader *l, size_t n, size_t size);
void *load_scratch(struct loader *l, size_t n, size_t size);
struct view load_keep_view(struct loader *l, struct view v); /* empty on failure */
/* `b` as one kept view; frees `b`. */
struct view load_keep_buf(struct loader *l, struct buf *b);

/* A copy of `d` joins the set; the file's path, digest and set are filled in. */
void load_draft(struct loader *l, const struct draft *d);

/* The front ends. Each reads the whole file `l->text`. */
void sigma_load(struct loader *l);
/* Exceptions: no rules come of it. */
void suppress_load(struct loader *l);
void elastic_load(struct loader *l);
void eql_file_load(struct loader *l);
/* placeholders.c: what --placeholders says of a name; .n 0: nothing. */
struct text_list placeholder_values(const struct ruleset *s, struct view name);
void placeholders_load(struct loader *l, const struct yaml_node *doc);
/* logsources.c: a table of log sources to rows of the set. */
void logsources_load(struct loader *l, const struct yaml_node *doc);
/* The one that is built in: logsources.yml. */
extern const uint8_t logsources_text[];
extern const size_t logsources_size;
/* Gives the correlations of the set their stages. */
void sigma_resolve(struct loader *l);
/* And, once the rules have their places, the places of the correlations that they rest on. */
void sigma_settle(struct ruleset *s);

/* Files of a folder, sorted: rule-walk.c. Paths are NUL-terminated, in the arena. */
struct walk {
	struct arena *arena;
	char **v;
	size_t n, cap;
	void (*fault)(void *ctx, const char *path, const char *what);
	void *ctx;
};
bool rule_is_file_name(struct view name);
int rule_walk(struct walk *w, const char *path); /* -1: no memory */

/* The nearest of `n` known words within a few letters, or NULL. */
const char *suggest(struct view word, const char *const *known, size_t n);
struct view suggest_view(struct view word, const struct view *known, size_t n); /* .n 0: none */

#endif
