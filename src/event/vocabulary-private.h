/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_VOCABULARY_PRIVATE_H
#define EVTXHOUND_VOCABULARY_PRIVATE_H
/*
 * Between the table of words (vocabulary.c), who asks it (ask.c) and the functions that make
 * the answers (answer-*.c). A maker gets an answer that is NULL and leaves it so where there is
 * nothing: the table then says what nothing means. Makers return -1 on lack of memory.
 */
#include "value-private.h"

/* In whose company a word is missed; the groups of records.def. */
enum group {
	PROCESS = 1 << 0, NETWORK = 1 << 1, DNS = 1 << 2, FILE_ = 1 << 3, REGISTRY = 1 << 4,
	LIBRARY = 1 << 5, DRIVER = 1 << 6, LOGON = 1 << 7, KERBEROS = 1 << 8, USER = 1 << 9,
	GROUP = 1 << 10, IAM = 1 << 11, OBJECT = 1 << 12, DIRECTORY = 1 << 13, SHARE = 1 << 14,
	SERVICE = 1 << 15, TASK = 1 << 16, SCRIPT = 1 << 17, WMI = 1 << 18, PIPE = 1 << 19,
	ACCESS = 1 << 20, STATE = 1 << 21, VAULT = 1 << 22, OF_NO_GROUP = 1 << 23,
	ANY = -1
};
enum row_how {
	ROW_AUDITED = 1, /* empty unless auditing was told to */
	ROW_V2 = 2,      /* from version 2 of the record on */
	ROW_NEWER = 4,   /* older versions of Sysmon do not write it */
};
enum maker_how {
	MAKE_FIXED = 1,   /* the same for all records of one channel, provider and id */
	MAKE_LATE = 4,    /* other records may be needed */
};
enum maker {
#define M(name, function, text, how) MAKE_##name,
#include "makers.def"
#undef M
	MAKER_COUNT
};

/* A line of the table: the head of a word, or how some records answer it. */
struct row {
	field_id word; /* of a head, else FIELD_NONE */
	unsigned groups;
	bool of_records; /* of a head: records hold it */
	const char *records;
	enum maker maker;
	uint32_t from; /* a field_id, or the offset of a text in struct activity */
	unsigned how;  /* enum row_how */
	const char *text;
};
/* What the vocabulary knows of a kind of record. */
struct sort {
	size_t source;
	uint16_t event_id;
	unsigned group;
	bool ours; /* Elastic has no mapping */
	const char *category, *type, *action;
	const char *never; /* "... never carries it" */
};

extern const struct row vocabulary_rows[];
extern const size_t vocabulary_n_rows;
extern const struct sort vocabulary_sorts[]; /* [0]: any record that no other is */
extern const size_t vocabulary_n_sorts;
const char *vocabulary_source_name(size_t source);
unsigned vocabulary_maker_how(enum maker m);
const char *vocabulary_maker_text(enum maker m);
const char *vocabulary_group_name(size_t bit);

struct vocabulary *vocabulary_new(void); /* NULL: no memory */
void vocabulary_free(struct vocabulary *v);
/* NULL where none answers. */
const struct row *vocabulary_head(const struct fields *f, field_id id);
const struct row *vocabulary_row(const struct fields *f, size_t sort, field_id id);
size_t vocabulary_sort(const struct fields *f, const struct event *head);
const char *vocabulary_why_not(const struct fields *f, size_t sort, field_id id);

/* "X" of "winlog.event_data.X", else "". */
struct view fields_own_name(struct view name);
/* The record's own field that a name stands for. */
field_id fields_own(const struct fields *f, field_id id);
/* Nothing that the vocabulary knows, and nothing that a record holds. */
bool fields_outside(const struct fields *f, field_id id);

/* What it means that a record says nothing of a word: `out`, which is NULL, stays so or is UNKNOWN.
   `missing`: it has no such field at all. */
void vocabulary_nothing(const struct fields *f, const struct event *ev, field_id id, bool missing,
			struct answer *out);

struct question {
	const struct event *event;
	struct activity *activity; /* may be NULL; read by need_activity() */
	const struct derived *derived;
	struct arena *arena;
	const struct sort *sort;
	field_id id; /* of the record's own field: that of the word, or what it stands for */
};
typedef int maker_fn(const struct question *q, const struct row *r, struct answer *out);
#define M(name, function, text, how) maker_fn function;
#include "makers.def"
#undef M

/* ---- for the makers ---- */

int answer_one(const struct question *q, struct view text, struct answer *out);
int answer_str(const struct question *q, const char *text, struct answer *out);
/* One more value; at most ANSWER_MOST, what is beyond is left out. */
#define ANSWER_MOST 32u
int answer_more(const struct question *q, struct view text, struct answer *out);
/* Several, with | between. */
int answer_list(const struct question *q, const char *list, struct answer *out);
/* A text just made: no .p means there was no room for it. */
int answer_made(const struct question *q, struct view text, struct answer *out);
int answer_number(const struct question *q, bool has, uint64_t v, struct answer *out);
void answer_unknown(struct answer *out, const char *why);
void answer_late(struct answer *out, const char *why);

const struct field *question_field(const struct question *q, field_id id);
/* A field's text, "" for none; .p NULL: no room. With "-" as it stands, and with it as nothing. */
struct view question_verbatim(const struct question *q, field_id id);
struct view question_text(const struct question *q, field_id id);
bool question_number(const struct question *q, field_id id, uint64_t *out);
struct view view_join(struct arena *a, struct view x, const char *between, struct view y);
struct view view_lower(struct arena *a, struct view v);
/* Reads the activity; -1: no memory, 1: there is none. */
int need_activity(const struct question *q);

#endif
