/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_WORKER_PRIVATE_H
#define EVTXHOUND_WORKER_PRIVATE_H
/* The inside of a worker: what one process keeps between its units. */
#include "evtxhound/evtx.h"
#include "pipeline-private.h"

/* The definitions of a source, for chunks that lack them. */
struct lending {
	struct evtx_lender lender;
	struct evtx_library *library; /* NULL: nobody asked yet */
	struct evtx_layout layout;
	uint32_t source;
	uint8_t *bytes; /* of the chunk that was read last, */
	size_t n;       /* so many */
	uint64_t place; /* run and chunk of it */
	bool held;
};

struct worker {
	const struct worker_setup *setup;
	int sock;
	struct decoder *decoder; /* the one that findings come from */
	struct decoder *witness; /* the other one, made when first needed */
	struct arena arena;      /* per chunk, and per record of a fetch */
	struct arena unit_arena; /* per unit: tallies */
	struct buf out;          /* frames not sent yet */
	struct buf clues;        /* of the chunk at hand */
	struct buf sightings;    /* of it, too */
	struct buf sight;        /* of the record at hand */
	struct dumping *dumping; /* made when first needed */
	uint8_t *bytes;          /* one chunk */
	struct reader reader; /* of the unit's source, */
	struct reader base;   /* through its extents in this */
	struct mapped mapped;
	struct unit unit;
	struct evtx_run chunk;   /* the one at hand */
	struct evtx_layout layout;
	uint32_t layout_of;      /* the source whose layout that is, + 1 */
	struct sha256 hash;      /* running, when the unit asks for it */
	bool hashing;
	struct lending lending;
	bool quiet;              /* damage of a record read again has been told already */
	struct tally *tallies;
	size_t n_tallies, cap_tallies;
	uint32_t tally_at[256];  /* by the event id's low byte: where its tally was last found */
	struct map tally_of;     /* hash of the key to index */
	size_t tally_bytes;      /* kept of their fields */
	struct signs signs;      /* of the chunk being read */
	uint32_t *near;          /* near misses of the unit, by rule, then records not looked at; NULL: not asked */
	uint64_t near_steps;     /* conditions of it that were looked at */
	struct err err;
};

/* Sends what stands in `out`; -1 when the parent is gone. */
int worker_flush(struct worker *w);
/* The same once there is much. */
int worker_relieve(struct worker *w);
int scan_unit(struct worker *w);
int hash_unit(struct worker *w);
/* What the record says of identity goes into `out`, if anything. */
int scan_fact(struct worker *w, const struct event *ev, const struct record *r);
/* Counts which fields the record fills. */
int tally_fields(struct worker *w, struct tally *t, const struct event *ev, const struct record *r);
/* Where the record was seen, if that is asked of it. */
int sight_record(struct worker *w, const struct event *ev, const struct record *r);
/* head() or peek(), and the computer's mark. */
int worker_system(struct worker *w, struct decoder *d,
		  int (*read)(struct decoder *, struct record *, struct event *, struct err *),
		  struct record *r, struct event *ev);
/* Of all that is asked for some records are told: UNIT_PEEK. */
int peek_unit(struct worker *w);
int fetch_unit(struct worker *w);
int dump_unit(struct worker *w);
int layout_unit(struct worker *w);
int verify_unit(struct worker *w);
/* Exactly n bytes of what the parent sends; -1: it is gone. */
int worker_hear(struct worker *w, void *out, size_t n);

/* What is done with each record of a chunk; counts it. */
typedef int record_fn(struct worker *w, struct record *r, struct chunk_counts *n);
/*
 * All records of the unit's chunks, and of a whole source its header; `after` (may be NULL) once per
 * chunk.
 */
int scan_chunks(struct worker *w, record_fn *fn, int (*after)(struct worker *w));
/* The whole record: System and fields, as far as they can be had. */
int decode_record(struct worker *w, struct decoder *d, struct record *r, struct event *ev);
/* The decoder that findings do not come from; NULL: no memory. */
struct decoder *worker_witness(struct worker *w);
/* Two decoders' records are the same one: by place, or where one does not know it by id and time. */
bool same_record(const struct record *a, const struct record *b);
/* `asked`: it was decoded whole, or as far as could be. */
void count_state(struct chunk_counts *n, const struct record *r, bool asked);

/* ---- places.c: where the chunks of the unit's source are ---- */

/* Finds them, once per source. `fn` hears of damage; NULL: nobody. */
int places_find(struct worker *w, damage_fn *fn);
/* The chunk that holds the byte; false: none does. */
bool places_chunk(const struct worker *w, uint64_t offset, struct evtx_run *out);
/*
 * The bytes of one chunk from its base on, zeros where it lacks its beginning, fewer where they
 * cannot be read. Makes it the one at hand.
 */
struct view places_read(struct worker *w, const struct evtx_run *chunk);
/* What is told of bytes that the chunk at hand lacks in front is nothing to tell: false. */
bool places_damage(const struct worker *w, struct damage *d);
/* Which chunk the record is in. */
void places_record(const struct worker *w, struct record *r);
/* What a chunk that lacks its beginning counts of that goes off its summary. */
void places_account(const struct worker *w, struct chunk_summary *s);
/* Bytes of the chunk that could be read (fewer at the end of the source); a read error is told as
   damage and gives what came before it. Adds to the running hash. */
struct view worker_read(struct worker *w, uint64_t off, size_t n);
/* Lets our decoder, of this worker, borrow from the source at hand. */
void worker_lend(struct worker *w, struct decoder *d);
/* A damage_fn; ctx is the worker. */
void worker_damage(void *ctx, const struct damage *d);

#endif
