/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_RULE_H
#define EVTXHOUND_RULE_H
/*
 * Rules as data: Sigma detections and correlations (YAML), EQL (Elastic's TOML, or a plain .eql file
 * with a header) are read into one tree. Whatever is not understood is a fault with file, line and
 * column; a rule with a fault is never half used. Nothing is evaluated here.
 */
#include "evtxhound/event.h"

/* ---- faults ---- */

struct fault {
	char *file;
	uint32_t line, column; /* from 1; 0 where it is the whole file */
	enum err_code code;    /* ERR_SYNTAX, ERR_UNSUPPORTED, ERR_LIMIT, ERR_IO, ERR_USAGE (duplicate id) */
	char *message;         /* what is wrong and what would be right; names an unsupported feature */
};
struct faults {
	struct fault *v;
	size_t n, cap;
	uint64_t more; /* not listed for LIMIT_RULE_FAULTS */
};

/* ---- patterns: one string condition ---- */

#define PATTERN_ANY 0x110000u /* any number of code points */
#define PATTERN_ONE 0x110001u /* exactly one */
struct pattern {
	const uint32_t *units; /* code points (folded when !cased), PATTERN_ANY, PATTERN_ONE */
	size_t n;
	bool wild;             /* has PATTERN_ANY or PATTERN_ONE */
};

/* ---- the tree ---- */

/* A value computed from an event's: what stands in a test in place of a field. */
enum expr_op {
	EXPR_FIELD,
	EXPR_TEXT, EXPR_NUMBER, EXPR_REAL, EXPR_BOOL, EXPR_NULL, /* constants */
	EXPR_CALL,
};
enum function {
	FUNCTION_ADD, FUNCTION_SUBTRACT, FUNCTION_MULTIPLY, FUNCTION_DIVIDE, FUNCTION_MODULO,
	FUNCTION_BETWEEN, FUNCTION_CONCAT, FUNCTION_INDEX_OF, FUNCTION_LENGTH, FUNCTION_NUMBER,
	FUNCTION_STRING, FUNCTION_SUBSTRING,
};
struct expr {
	enum expr_op op;
	bool raw, nocase;       /* EXPR_FIELD: as test.raw; EXPR_CALL: written with ~ */
	field_id field;
	enum function function;
	struct view text;
	int64_t number;         /* EXPR_BOOL too: 0, 1 */
	double real;
	const struct expr *const *args;
	size_t n;
};

enum test_op {
	TEST_MATCH,   /* text matches a pattern, whole; or a number equals it */
	TEST_LT, TEST_LE, TEST_GT, TEST_GE, /* numbers; texts by code units where the literal is one */
	TEST_REGEX,   /* text matches literals[i].regex; `flags` */
	TEST_CIDR,    /* an address in literals[i].net */
	TEST_NULL,    /* absent, or null */
	TEST_EMPTY,   /* present and without characters */
	TEST_EXISTS,  /* the record carries the field */
};
/* A part of a time (UTC); the value is read as one first. */
enum time_part {
	PART_NONE, PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK /* of the year, ISO 8601 */, PART_MONTH, PART_YEAR,
};
/* Where `other` must be found in the value. */
enum test_place { PLACE_WHOLE, PLACE_START, PLACE_END, PLACE_WITHIN };
struct net {
	uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint8_t bits;        /* of 128 */
};
struct literal {
	bool is_number;         /* the rule wrote a number: texts that are numbers compare as such */
	bool is_real;           /* with a fraction: `real` and not `number` */
	union {                 /* there are many */
		struct pattern pattern; /* TEST_MATCH; of text orderings the text */
		struct view regex;      /* TEST_REGEX: UTF-8, checked: it compiles */
		struct net net;         /* TEST_CIDR */
	};
	union {
		int64_t number;
		double real;
	};
};
struct test {
	field_id field;         /* FIELD_ANY: any value of the record (keywords) */
	const struct expr *expr;  /* in place of the field; NULL: the field */
	bool raw;               /* the record's own field of that name, not the word of all logs */
	enum test_op op;
	bool cased;
	unsigned flags;         /* TEST_REGEX: REGEX_NOCASE and so on, for regex_new() */
	enum time_part part;
	bool every;               /* all literals must hold (|all), else any one */
	const struct literal *literals;
	size_t n;
	const struct expr *other; /* in place of literals: one value of it; NULL: the literals */
	enum test_place place;    /* of TEST_MATCH with `other` */
	struct view source;       /* the condition as the rule writes it, for "could not be checked" */
	uint32_t line, column;
};

enum node_op { NODE_AND, NODE_OR, NODE_NOT, NODE_TEST, NODE_TRUE, NODE_FALSE };
struct node {
	enum node_op op;
	const struct node *const *kids;
	size_t n;
	const struct test *test;
};

/* Which records a stage looks at. Channel and provider are compared without letter case; "": any. */
struct rename {
	field_id from, to; /* a word of the rule, and how such records call it */
};
struct selector {
	struct view channel, provider;
	const uint16_t *ids;
	size_t n_ids;                  /* 0: any */
	const struct node *condition;  /* must hold as well, in the record's own words; NULL: none */
	const struct rename *renames;
	size_t n_renames;
};

/* One question to one event: a Sigma rule's detection, a stage of a sequence, a base rule. */
struct stage {
	struct view name;       /* of the base rule, or "" */
	struct view logsource;  /* as the rule names it, e.g. "process_creation"; "": every record */
	const struct selector *selectors; /* the first that fits a record counts */
	size_t n_selectors;     /* 0: every record */
	const struct node *condition;
	const field_id *keys;   /* join keys; all stages of a rule have as many */
	size_t n_keys;
	uint32_t optional_keys; /* bits of keys that join where null, too (`by ?field`) */
	bool missing;           /* ![ ]: no such event in between */
	field_id value;         /* what RULE_COUNT measures, FIELD_NONE: none */
	uint32_t of;            /* 1 + index of the correlation whose findings are the events; 0: records */
	struct view of_id;      /* its id */
	struct view source;     /* text of the stage, for explanations */
	uint32_t line, column;
};

enum rule_shape {
	RULE_SINGLE,   /* stages[0] on its own: every match is a finding */
	RULE_SEQUENCE, /* stages in order, by key, within maxspan */
	RULE_TEMPORAL, /* every stage at least once, in any order, per key, within the timespan */
	RULE_SAMPLE,   /* EQL's: every stage once, in any order, per key, without bound of time */
	RULE_COUNT,    /* a measure over all events of the stages, per key, in a sliding window */
};
enum measure { MEASURE_EVENTS, MEASURE_VALUES, MEASURE_SUM, MEASURE_AVG, MEASURE_PERCENTILE };
/* What the measure must be, or how many stages of RULE_TEMPORAL must be there: all of them hold. */
struct bound {
	enum test_op op; /* TEST_MATCH: equal; TEST_LT ... TEST_GE */
	bool negated;    /* neq */
	double value;
};
struct pipe {
	bool tail; /* else head */
	uint64_t n;
};
enum rule_language { LANGUAGE_SIGMA, LANGUAGE_CORRELATION, LANGUAGE_EQL };
enum rule_level { LEVEL_NONE, LEVEL_INFORMATIONAL, LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };
#define LEVELS (LEVEL_CRITICAL + 1)
#define SPAN_NONE UINT64_MAX     /* no bound */
#define SPAN_LIFETIME (UINT64_MAX - 1) /* the life of the process that is the key */

struct text_list {
	const struct view *v;
	size_t n;
};
struct rule {
	struct view id, title, description, status, author, date, modified, license;
	enum rule_language language;
	enum rule_level level;
	bool has_risk;
	int64_t risk_score;
	struct text_list references, tactics, techniques, data_needed, false_positives;
	struct text_list triage, response, blind_spots;
	enum rule_shape shape;
	const struct stage *stages;
	size_t n_stages;
	const struct stage *until; /* of a sequence: a match ends what is pending; NULL: none */
	uint64_t span;     /* 100 ns, inclusive; SPAN_NONE, SPAN_LIFETIME */
	bool ordered;      /* RULE_TEMPORAL: first matches in the order of the stages */
	enum measure measure;
	double percentile; /* MEASURE_PERCENTILE: 0 to 100 */
	const struct bound *bounds;
	size_t n_bounds;
	const struct pipe *pipes; /* on the findings, one after another */
	size_t n_pipes;
	bool quiet;        /* only a part of others: its own matches are no findings */
	struct view idle;  /* why it is not run, though it is sound: no log has what it is about, or it
			      lacks values; "": it is run */
	struct view path;  /* as the user would find it */
	uint8_t sha256[32]; /* of the file */
	size_t set;        /* which --rules argument it came from */
	uint32_t line;
};
const char *rule_language_name(enum rule_language l); /* "sigma", "sigma-correlation", "eql" */
const char *rule_level_name(enum rule_level l);
bool rule_level_parse(struct view v, enum rule_level *l);

struct replaced {
	struct view id, by_path, path; /* the later file wins */
};
/* An examiner's exception: findings of the rules whose records fulfil the condition are set apart. */
struct exception {
	struct text_list rules;       /* ids; none: all rules */
	const struct node *condition; /* of any record of a stage, in the words of process records;
					 NULL: every finding */
	struct view reason, who, date, path;
	uint32_t line, column;
};
/* What a run hunts with. Constant once loaded; shared by forked workers. */
struct ruleset {
	struct arena arena;
	struct fields fields;
	struct rule *rules; /* by id, byte order */
	size_t n, cap;
	struct faults faults;
	struct faults notes; /* worth a look and no fault, e.g. a selection that no condition names */
	struct logsource *logsources; /* what rules of Sigma may name; see docs/rules.md */
	size_t n_logsources, cap_logsources;
	struct placeholder *placeholders;
	size_t n_placeholders;
	struct replaced *replaced;
	size_t n_replaced;
	const struct exception *exceptions; /* in the order given */
	size_t n_exceptions;
	uint64_t files;     /* read */
	size_t sets;
};

int ruleset_init(struct ruleset *s, struct err *e);
void ruleset_release(struct ruleset *s);
/*
 * Before the first ruleset_add(): more log sources, and values of Sigma's %placeholders%, both YAML
 * files. Faults are collected; <0 only on lack of memory or a path that does not exist.
 */
int ruleset_logsources(struct ruleset *s, const char *path, struct err *e);
int ruleset_placeholders(struct ruleset *s, const char *path, struct err *e);
/*
 * Reads a file, or every .yml .yaml .toml .eql below a folder in byte order. One call is one
 * --rules: an id twice within it is a fault of the second; an id of an earlier call is replaced.
 * Faults are collected; <0 only on lack of memory or a path that does not exist.
 */
int ruleset_add(struct ruleset *s, const char *path, struct err *e);
/* The same from memory, for tests and fuzzers: the language by `name`'s ending. */
int ruleset_add_text(struct ruleset *s, const char *name, struct view text, struct err *e);
/* Reads a file of exceptions, whatever its name; faults as of rules. */
int ruleset_suppress(struct ruleset *s, const char *path, struct err *e);
/* Sorts; call once after the last add. */
int ruleset_finish(struct ruleset *s, struct err *e);

/* The rule's stages and conditions as one line of nested lists, for people and tests. */
void rule_text(struct buf *out, const struct rule *r, const struct fields *f);

#endif
