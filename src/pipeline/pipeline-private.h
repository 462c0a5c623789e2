/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_PIPELINE_PRIVATE_H
#define EVTXHOUND_PIPELINE_PRIVATE_H
/*
 * Units of work, what workers answer, the pool that runs them. A unit is a descriptor and a range of
 * chunks, never a path. A worker's answer is a row of frames that the parent keeps aside until the
 * last one has come, so that a worker that dies half way leaves nothing behind.
 */
#include "evtxhound/coverage.h"
#include "evtxhound/evtx.h"
#include "evtxhound/match.h"
#include "evtxhound/open.h"
#include "evtxhound/pipeline.h"

/* ---- units ---- */

enum unit_kind { UNIT_SCAN = 1, UNIT_HASH, UNIT_FETCH, UNIT_FACTS, UNIT_DUMP, UNIT_LAYOUT, UNIT_VERIFY, UNIT_OPEN, UNIT_PEEK };

/* A record to read again. */
struct wanted {
	uint64_t offset;
	uint32_t slot;   /* the parent's number for it */
	bool witness;    /* else only the event is asked for */
};
/* A name that several machines have, and what this one's is shown with. */
struct host_mark {
	struct view computer; /* in any letter case */
	struct view label;    /* " (collection)" */
};
struct unit {
	enum unit_kind kind;
	uint32_t source;
	uint64_t size;     /* of the source, bytes */
	struct evtx_run run; /* its chunks; of a hash, a layout or a whole source none */
	bool whole;        /* all of the source: finds its chunks itself, and reads the file header */
	bool irregular;    /* of records to read again: their chunks may be anywhere */
	bool hash;         /* SHA-256 of the whole source on the way: the unit covers all of it */
	bool single;       /* a retry of one chunk: losing it again is a loss */
	bool mute;         /* its output has been written already: only what it tells is wanted */
	uint64_t seq;      /* the parent's number for it; not sent */
	const struct wanted *wanted;
	size_t n_wanted;
	const struct host_mark *marks; /* of the source's collection */
	size_t n_marks;
	struct extents map; /* of the source in the descriptor; none: it is all of that */
};
void unit_write(struct buf *b, const struct unit *u);
/* `wanted`, `marks` and `map` go to the arena. -1: damaged. */
int unit_read(struct cursor *c, struct arena *a, struct unit *out);

/* ---- signs: what a chunk's records tell of tampering and loss (docs/signs.md) ---- */

/* What is asked of every record: what its frame and its System hold, no more. */
struct sign_record {
	uint64_t id, written, offset; /* of its frame */
	uint64_t event_record_id, time_created;
	uint16_t event_id;
	struct view provider, computer;
	bool whole;  /* as far as it was decoded */
	bool system; /* the two above are the record's own */
	bool recovered, hidden, bad_checksum;
};
/* Where a live record stands in the order of ids. */
struct sign_point {
	uint64_t id, time, offset; /* time 0: not known */
};
/* Records in the order of the chunk whose ids go on by one. */
struct sign_run {
	struct sign_point first, last;
};
/* What the parent joins from chunk to chunk: numbers only. */
struct chunk_edge {
	struct sign_run runs[LIMIT_SIGN_RUNS]; /* of the ids that can be believed */
	size_t n_runs;
	uint64_t asked;     /* live records with a System of their own */
	uint64_t differs;   /* of these, EventRecordID is another than the header's id */
	uint64_t unwritten; /* of these, the header has no time */
	uint64_t least, greatest; /* EventRecordID */
};
/* The chunks of one unit being read, in their order. */
struct signs {
	struct arena *arena; /* what is named lies there until signs_send() */
	uint64_t chunk;
	struct chunk_edge edge;
	struct sign_point raw; /* the record before, whatever it is worth */
	bool raw_believed;     /* else skipped; what is believed may be newer than edge.last */
	uint64_t next_id;      /* of a record that goes on from it; 0: not asked */
	uint64_t usual;        /* records since, of which there was nothing to tell */
	uint64_t skipped;      /* records behind the last run whose ids were not believed */
	struct sign_point remains;   /* the last record that is neither live nor hidden */
	struct sign_place recovered; /* the first of them; how many */
	struct sign found[SIGN_KINDS];
	struct sign_place places[SIGN_KINDS][LIMIT_SIGN_PLACES];
};
/* Forgets what was found. */
void signs_start(struct signs *s, struct arena *a);
void signs_chunk(struct signs *s, uint64_t chunk);
void signs_chunk_end(struct signs *s);

#define KERNEL_GENERAL "Microsoft-Windows-Kernel-General"
static inline bool signs_special(uint16_t event_id, struct view provider)
{
	if (event_id == 1)
		return provider.n == sizeof(KERNEL_GENERAL) - 1;
	return event_id == 104 || event_id == 1100 || event_id == 1102 || event_id == 4616;
}

/* true: a record like nearly all, whose id follows and whose times agree; signs_record() is not to be
   called. Here, so that it is no call. */
static inline bool signs_usual(struct signs *s, const struct record *r, const struct event *ev)
{
	if (r->id != s->next_id || ev->record_id != r->id || ev->time_created != r->written ||
	    r->written + SIGN_TIME_TOLERANCE < s->raw.time || r->recovered ||
	    r->state != RECORD_WHOLE || !ev->has_system || !r->written ||
	    signs_special(ev->event_id, ev->provider))
		return false;
	s->raw = (struct sign_point){r->id, r->written, r->offset};
	s->next_id = r->id + 1;
	s->usual++;
	return true;
}
/* Once for every other record of the chunk, in its order. true: it tells of the log itself, and
   signs_event() wants to see its fields. */
bool signs_record(struct signs *s, const struct sign_record *r);
void signs_event(struct signs *s, const struct sign_record *r, const struct event *ev);
/* What the decoder tells on its way to the next record; some of that is a sign. */
void signs_damage(struct signs *s, const struct damage *d);
/* A frame for every sign there is. */
void signs_send(const struct signs *s, struct buf *out);

/* ---- frames ---- */

enum frame_type {
	FRAME_HEADER = 1,
	FRAME_CHUNK,
	FRAME_SIGN,
	FRAME_TALLY,
	FRAME_DAMAGE,
	FRAME_EVENT,
	FRAME_FACT,
	FRAME_CLUES,
	FRAME_HASH,
	FRAME_PROOF,
	FRAME_TURN = 12,
	FRAME_WROTE,
	FRAME_LAYOUT,
	FRAME_VERIFIED,
	FRAME_DIFFERENCE,
	FRAME_SIGHTINGS,
	FRAME_NEAR,
};

/* How the records of one chunk came out, beside the decoder's own summary. */
struct chunk_counts {
	uint64_t records, whole, partly, undecoded, not_asked, recovered;
	uint64_t hidden;        /* of the recovered */
	uint64_t reconstructed; /* of all */
};
/* A record, as its copies in other sources are known again. */
struct sighting {
	uint64_t who;    /* hash of host, channel, provider, event id, record id and TimeCreated */
	uint64_t what;   /* digest of its values; 0: they could not be read whole */
	uint32_t source; /* not sent */
};
void sighting_write(struct buf *b, const struct sighting *s);
void sighting_read(struct cursor *c, struct sighting *out);
/* Least and greatest TimeCreated; 0: none. A damaged record's time counts only where there are no
   others. */
struct span {
	uint64_t first, last;
	bool doubtful; /* of damaged records only */
};
void span_add(struct span *s, const struct span *other);
struct tally {
	struct view computer, channel, provider;
	uint16_t event_id;
	uint64_t n;
	struct span times;
	/* Of the records whose fields were read for a rule: what was filled, for the coverage. */
	uint8_t version; /* the greatest */
	uint64_t asked;
	struct seen_field *fields;
	size_t n_fields, cap_fields;
	bool cut; /* not all were kept, for a bound */
};
struct event_frame {
	struct place place;
	bool row; /* for the timeline */
	bool near; /* the hits are near misses */
	struct hit *hits;
	size_t n_hits;
	struct event event;
};
struct proof_frame {
	uint32_t slot;
	bool known;
	uint8_t record_sha256[32], chunk_sha256[32];
	uint64_t chunk_at; /* as of struct record_proof */
	uint32_t chunk_lead, chunk_size;
	struct view witness;
	bool has_event;
	struct event event;
};
struct header_frame {
	bool present; /* signature */
	bool crc_ok;
	uint32_t flags;
	uint16_t major, minor, chunks;
	uint64_t next_id;
	/* Every byte of the block in front of the chunks; unknown: no header, or gone since. */
	uint32_t bytes_header, bytes_zero, bytes_unknown;
};

/* A worker that writes output itself asks where to; it waits for the answer, a u64 (pool_grant()). */
struct turn_frame {
	uint64_t bytes;  /* to be written */
	uint32_t chunks; /* of the unit that end in them */
	bool within;     /* and they end within another one */
	bool more;       /* the unit has more to come */
};

void frame_header(struct buf *b, const struct header_frame *h);
void frame_chunk(struct buf *b, const struct chunk_summary *s, const struct chunk_counts *n,
		 const struct chunk_edge *edge);
void frame_sign(struct buf *b, const struct sign *s);
void frame_tally(struct buf *b, const struct tally *t);
void frame_damage(struct buf *b, const struct damage *d);
/* Without the rank, which is the parent's to give. */
void place_write(struct buf *b, const struct place *p);
void place_read(struct cursor *c, struct place *p);
void frame_event(struct buf *b, const struct event_frame *f);
void frame_fact(struct buf *b, const struct fact *f);
void frame_clues(struct buf *b, struct view clues); /* as clue_write() made them, one after another */
void frame_sightings(struct buf *b, struct view sightings); /* as sighting_write() made them */
/* Near misses by rule; under the number behind the last rule, the records not looked at. */
void frame_near(struct buf *b, const uint32_t *v, size_t n);
void frame_hash(struct buf *b, const uint8_t sha256[32]);
void frame_proof(struct buf *b, const struct proof_frame *f);
void frame_done(struct buf *b);
void frame_layout(struct buf *b, const struct evtx_layout *l);
void frame_verified(struct buf *b, const struct verification *v); /* its counts */
void frame_difference(struct buf *b, const struct difference *d);
void frame_turn(struct buf *b, const struct turn_frame *f);
void frame_wrote(struct buf *b, int error); /* an errno, 0: all was written */
/* The bodies of the last two; -1: damaged. */
int turn_read(struct view body, struct turn_frame *out);
int wrote_read(struct view body, int *error);

/* Whoever takes an answer; every function may be NULL. Views die when reply_read() returns; a
   function that gives <0 ends it. */
struct reply_sink {
	void *ctx;
	int (*header)(void *ctx, const struct header_frame *h, struct err *e);
	int (*layout)(void *ctx, const struct evtx_layout *l, struct err *e); /* none of it is to be kept */
	int (*chunk)(void *ctx, const struct chunk_summary *s, const struct chunk_counts *n,
		     const struct chunk_edge *edge, struct err *e);
	int (*sign)(void *ctx, const struct sign *s, struct err *e);
	int (*tally)(void *ctx, const struct tally *t, struct err *e);
	int (*damage)(void *ctx, const struct damage *d, struct err *e);
	int (*event)(void *ctx, const struct event_frame *f, struct err *e);
	int (*fact)(void *ctx, struct view bytes, struct err *e); /* as fact_write() made them */
	int (*clue)(void *ctx, const struct clue *c, struct err *e);
	int (*sighting)(void *ctx, const struct sighting *s, struct err *e);
	int (*near)(void *ctx, uint32_t rule, uint32_t n, struct err *e);
	int (*hash)(void *ctx, const uint8_t sha256[32], struct err *e);
	int (*proof)(void *ctx, const struct proof_frame *f, struct err *e);
	int (*verified)(void *ctx, const struct verification *v, struct err *e);
	int (*difference)(void *ctx, const struct difference *d, struct err *e);
};
/* Reads a whole answer with the same distrust as evidence. `fields` gives ids to the events' fields.
   <0 with ERR_DAMAGE: the worker's answer cannot be trusted; what came before has been given. */
int reply_read(struct view reply, const struct fields *fields, const struct ruleset *rules,
	       const struct reply_sink *sink, struct err *e);
/* The same without giving anything: 0 when all of it reads well. Asked before reply_read(). */
int reply_check(struct view reply, const struct fields *fields, const struct ruleset *rules,
		struct err *e);

/* Kinds that are rows of the timeline. */
#define ROW_KINDS                                                                                  \
	(KIND_BIT(KIND_PROCESS_START) | KIND_BIT(KIND_PROCESS_END) | KIND_BIT(KIND_NETWORK))

/* ---- worker ---- */

struct worker_setup {
	const struct ruleset *rules; /* NULL for `info` */
	struct matcher *matcher;
	uint32_t kinds;              /* whose fields are decoded; ~0u: every record's */
	bool rows;                   /* events of the timeline are wanted */
	bool facts;
	bool clues;                  /* of facts where they can be read again, else the facts */
	bool sightings;              /* of every record */
	bool near;                   /* events that fail some rule by one condition */
	bool libevtx;
	const char *code_page;       /* of ANSI texts; NULL: Windows-1252 */
	struct decoder *(*decoder_new)(const struct fields *, damage_fn *, void *); /* NULL: ours */
	const struct dump_options *dump; /* NULL: nothing is dumped */
	const struct explain_what *explain; /* records that are sent whatever they fulfil; may be NULL */
	const char *program; /* what is run instead, as its descriptor 0 the socket; NULL: worker_main() */
};
/* Serves units from `sock` until it closes; then _exit. */
_Noreturn void worker_main(int sock, const struct worker_setup *setup);

struct worker; /* scan.c, fetch.c work on it */

/* ---- pool ---- */

/* Where units come from and answers go; all called in the parent. <0 ends the run. */
struct pool_client {
	void *ctx;
	/* 0 a unit, >0 none now. The descriptors stay the client's; fds[0] is what is to be read. */
	int (*next)(void *ctx, struct unit *u, int fds[CHANNEL_FDS], struct err *e);
	int (*answer)(void *ctx, const struct unit *u, struct view reply, struct err *e);
	int (*lost)(void *ctx, const struct unit *u, const char *why, struct err *e);
	/* NULL where workers do not write. A turn is answered by pool_grant(), now or later. */
	int (*turn)(void *ctx, const struct unit *u, const struct turn_frame *f, struct err *e);
	int (*wrote)(void *ctx, const struct unit *u, int error, struct err *e);
	/* NULL: as units and answers of our own workers are. */
	void (*request)(void *ctx, const struct unit *u, struct buf *b);
	int (*check)(void *ctx, struct view reply, struct err *e);
	/* NULL, or takes each whole frame as it comes. */
	int (*hears)(void *ctx, const struct unit *u, struct view frame, struct err *e);
	/* NULL, or before lost(): the whole frames of the answer that came. */
	int (*remains)(void *ctx, const struct unit *u, struct view frames, struct err *e);
};
struct pool;
/* Deaths of workers are counted on in *deaths. */
struct pool *pool_new(unsigned jobs, const struct worker_setup *setup, uint64_t *deaths,
		      struct err *e);
int pool_run(struct pool *p, const struct pool_client *c, const volatile sig_atomic_t *stop,
	     struct err *e);
/* Tells the worker at that unit where in the output it may write what it asked for. */
void pool_grant(struct pool *p, uint64_t seq, uint64_t offset);
void pool_free(struct pool *p); /* ends the workers */

#endif
