/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_EVTX_OUTCOME_H
#define EVTXHOUND_EVTX_OUTCOME_H
/* All that the decoder makes of a chunk, in a form in which two of them can be compared. */
#include "evtxhound/evtx.h"

struct seen {
	struct record record; /* .bytes lives as long as the chunk's */
	size_t text, n;	      /* within outcome.text */
	size_t documents[4];  /* in it start XML, JSON, the same without System; and their end */
};

struct outcome {
	struct decoder *decoder;
	struct evtx_lender lender;
	struct view chunk; /* borrowed */
	struct view lent;  /* borrowed: all that looks like a definition in it is lent; or empty */
	size_t lent_to;	   /* where what was lent last ends */
	struct buf text;
	struct seen *seen;
	size_t n, cap;
	struct chunk_summary summary;
	size_t losses;	   /* damages told that are one */
	size_t flagged;	   /* records that bear any mark but that of a whole, live one */
	double seconds;	   /* of the processor */
	const char *fault; /* what no outcome may be, or NULL: static */
};

/* Aborts without memory, as all here does. */
void outcome_init(struct outcome *o);
void outcome_release(struct outcome *o);
/* Of ANSI texts: the n-th of these, by a byte of the flags in a chunk's or a file's header, which no
   checksum covers; 0: the one that there is without asking. */
#define OUTCOME_PAGE 121u
#define OUTCOME_PAGES "windows-1251", "windows-1255", "cp932", "utf-8", "tscii"
void outcome_code_page(struct outcome *o, struct view input);
/* Decodes all of a chunk. What was read before is known to the decoder, else forgotten. */
void outcome_read(struct outcome *o, struct view chunk, uint64_t offset);
/* The record that starts `at` bytes into the chunk, or NULL. *from, 0 at first: where to look
   first, as records are asked for in order. */
const struct seen *outcome_find(const struct outcome *o, uint32_t at, size_t *from);
/* The same of one chunk of a log's layout; what it lacks in front is read as zero. */
void outcome_read_run(struct outcome *o, struct view log, const struct evtx_run *chunk);
/* The canonical text: record header, members of System, a line per field: name, type, text; then
   the record as XML, as JSON, and without System. */
struct view outcome_text(const struct outcome *o, const struct seen *s);
/* NULL, or which of the documents does not parse: static. */
const char *outcome_parse(const struct outcome *o, const struct seen *s);

#endif
