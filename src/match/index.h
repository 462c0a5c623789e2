/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_MATCH_INDEX_H
#define EVTXHOUND_MATCH_INDEX_H
/*
 * Which of many conditions an event may fulfil at all. Of each condition some texts are necessary, one
 * of which must stand in one of its fields; the values of an event are looked through once for the
 * necessary texts of all. Only what is certainly false (EVAL_KEEP) is left out.
 *
 * Values and texts are folded by code point. Every text is known by four bytes of it (two, where it is
 * shorter), the ones that fewest others have: a bit for each hash of four bytes says whether to look
 * closer. To make that takes a millisecond for a thousand conditions; a literal database of libhs for the
 * same texts takes hundreds, in every worker, and is no faster on values that are so short.
 */
#include "verdicts.h"

struct index;
/* How often some records had each text, and four bytes of each hash. */
struct census {
	struct index *index; /* not of conditions, but of all their texts */
	uint32_t *texts, *grams;
};
/*
 * `conditions` live as long as the arena. `known`: a census of the same conditions; NULL: there is none.
 * NULL: no memory.
 */
struct index *index_new(struct arena *a, const struct node *const *conditions, size_t n,
			struct asking *head, const struct census *known);
struct census *census_new(struct arena *a, const struct node *const *conditions, size_t n,
			 struct asking *head);
int census_take(struct census *c, struct asking *k);
/* What an event's values say, in its arena. */
struct scanned {
	uint64_t *found;        /* a bit for each condition that may not be false */
	uint64_t *proven;       /* and of these, that is true */
	struct verdict **at;    /* by slot; NULL: there is none */
};
/* `verdicts` may be NULL. -1: no memory. */
int index_scan(const struct index *x, struct asking *k, struct verdicts *verdicts, struct scanned *out);
/* What such a condition says of the event; asked last. */
enum tri index_judge(const struct index *x, struct asking *k, struct scanned *s, size_t condition);

/* ---- between the files of the index ---- */

/* A field, in all logs' words or in the record's own. */
struct slot {
	struct sole sole;
	bool late;       /* no record of the class can tell it, but others may */
	bool grams[2];   /* it has texts of that width */
	uint64_t *users; /* conditions that hang on it; NULL: it has no texts */
};
struct entry {
	uint32_t gram, next; /* next: 1 + index, 0: none */
	uint32_t slot, at;   /* where in the text the gram is */
	struct view text;
	const uint32_t *users;
	size_t n_users;
};
/* Entries by grams of one width. */
struct grams {
	size_t width; /* bytes: 4 or 2 */
	uint8_t *bits;
	uint32_t *buckets; /* 1 + index of an entry */
	uint32_t mask;
};
#define GRAM_HASHES 65536u
static inline uint32_t gram_hash(uint32_t gram)
{
	return gram * 2654435761u >> 16;
}

struct index {
	struct slot *slots;
	size_t n_slots;
	struct entry *entries;
	size_t n_entries;
	struct grams grams[2];
	uint32_t *seen;   /* of a census: by hash of four bytes */
	uint64_t *always; /* conditions without necessary texts */
	size_t n_words, n_texts;
	/* Not of a census: */
	const struct node *const *conditions;
	uint64_t *asks;   /* of each condition, a bit for each slot that a test of it asks */
	uint64_t *mixed;  /* conditions that ask more than one slot, or none, or something else */
	uint32_t number;  /* among a matcher's */
};
#define INDEX_SLOTS 64u /* that values can be judged of */
/* -1: no memory. */
int index_asks(struct index *x, struct arena *a, const struct node *const *conditions, size_t n);

#endif
