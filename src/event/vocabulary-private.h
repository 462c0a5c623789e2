/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_VOCABULARY_PRIVATE_H
#define EVTXHOUND_VOCABULARY_PRIVATE_H
/*
 * Between the table of words (vocabulary.c) and the functions that answer them (answer.c). An
 * answer function gets an answer that is NULL and leaves it so where there is nothing: the table then says
 * what nothing means. They return -1 on lack of memory.
 */
#include "value-private.h"

struct question {
	const struct event *event;
	const struct activity *activity;
	const struct derived *derived;
	struct arena *arena;
	enum event_kind kind;
};

enum word_how {
	WORD_RECORD = 1,  /* a field of records: the record's own value first */
	WORD_AUDITED = 2, /* empty on a 4688 unless auditing was told to */
	WORD_V2 = 4,      /* on a 4688 from version 2 on */
	WORD_NEWER = 8,   /* older versions of Sysmon do not write it */
};

struct word;
typedef int answer_fn(const struct question *q, const struct word *w, struct answer *out);
struct word {
	unsigned carriers; /* bits of the records that can say it */
	unsigned how;      /* enum word_how, or-ed */
	answer_fn *answer; /* NULL: the record alone */
	size_t offset;     /* of the text in struct activity */
};

int answer_one(const struct question *q, struct view text, struct answer *out);
void answer_unknown(struct answer *out, const char *why);

/* What it means that a record says nothing of a word: `out`, which is NULL, stays so or is UNKNOWN.
   `missing`: it has no such field at all. */
void vocabulary_nothing(const struct event *ev, field_id id, struct view name, bool missing,
			struct answer *out);

answer_fn answer_text, answer_name, answer_lower, answer_pid, answer_parent_pid, answer_logon,
	answer_args, answer_user_name, answer_user_domain, answer_sid, answer_entity,
	answer_parent_entity, answer_signer, answer_trusted, answer_event_id, answer_provider,
	answer_channel, answer_computer, answer_os, answer_action, answer_type, answer_category;

#endif
