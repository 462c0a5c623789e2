/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the chunks of a source are. A regular log has one every 64 KiB, which eight bytes of each
 * show; only where that ends is the source searched byte by byte for the next chunk, and the bytes
 * between for records without one.
 */
#include "evtxhound/evtx.h"

#include <string.h>

#include "trace.h"

#define BLOCK (4u * EVTX_CHUNK_SIZE)
#define FILE_HEAD 128u /* what a file header fills; the rest of its block is empty */
#define SIGNATURE 8u   /* bytes of a chunk's */
#define NOWHERE UINT64_MAX

enum slot {
	SLOT_CHUNK, /* the signature stands, or it cannot be read */
	SLOT_ZERO,  /* all of it is */
	SLOT_OTHER,
};

struct layout {
	struct evtx_layout *out;
	const struct evtx_bytes *source;
	struct sink sink;
	struct err *e;
	uint8_t *block;		/* BLOCK bytes of the source, */
	uint64_t at;		/* from here on; */
	size_t n;		/* so many are known */
	uint64_t pos;		/* all before it is laid out */
	uint64_t zero, zero_to; /* chunks of zeros with none behind; NOWHERE: none */
	uint64_t counted;	/* so far the file header counts chunks; 0: it does not say */
	struct trace trace;
	enum slot last; /* what was at the place before `pos` */
	bool anchored;	/* what ends at `pos` tells where chunks should start */
	bool is_log;	/* by its file header */
};

/* ---- reading ---- */

/* Up to n bytes, at most BLOCK / 2; valid until the next call. */
static struct view look(struct layout *l, uint64_t at, size_t n)
{
	uint64_t size = l->source->size;
	int64_t got;

	if (at >= size)
		return (struct view){l->block, 0};
	if (n > size - at)
		n = (size_t)(size - at);
	if (at < l->at || at + n > l->at + l->n) {
		got = l->source->read(l->source->ctx, at, l->block, BLOCK);
		l->at = at;
		l->n = got > 0 ? (size_t)got : 0;
	}
	return view_sub((struct view){l->block, l->n}, (size_t)(at - l->at), n);
}

static bool is_signature(struct view v)
{
	return view_eq(view_sub(v, 0, 8), (struct view){(const uint8_t *)"ElfChnk", SIGNATURE});
}

/* Eight bytes are all that is read of a chunk that stands where it should. */
static enum slot slot_at(struct layout *l, uint64_t at)
{
	uint8_t first[8];
	uint64_t left = l->source->size - at;
	int64_t n = l->source->read(l->source->ctx, at, first, sizeof(first));
	struct view v = {first, n > 0 ? (size_t)n : 0};

	if (is_signature(v) || (v.n < sizeof(first) && v.n < left))
		return SLOT_CHUNK; /* whoever reads it tells why that fails */
	if (!view_is_zero(v))
		return SLOT_OTHER;
	v = look(l, at, EVTX_CHUNK_SIZE);
	return v.n < EVTX_CHUNK_SIZE && v.n < left ? SLOT_CHUNK
	       : view_is_zero(v)		   ? SLOT_ZERO
						   : SLOT_OTHER;
}

/*
 * How much of what has the signature at `at` is of that chunk beyond doubt: all up to its free
 * space, when it is *sound, as both checksums hold. Without any, bytes may be gone from its header.
 */
static uint32_t certain_size(struct layout *l, uint64_t at, bool *sound)
{
	const struct sink nobody = {0};
	struct chunk c;

	chunk_open(&c, look(l, at, EVTX_CHUNK_SIZE), at, &nobody);
	*sound = c.present && !c.checksums_off && c.header_crc_ok && c.records_crc_ok;
	if (*sound)
		return c.free_space;
	return c.header_crc_ok ? EVTX_CHUNK_HEADER_SIZE : SIGNATURE;
}

/* ---- searching ---- */

/*
 * A header whose own checksum holds is one wherever it stands. Without that it must stand where a
 * file system would have put it, and say what can be.
 */
static bool is_header(struct view v, uint64_t at)
{
	const struct sink nobody = {0};
	struct cursor k = cursor_of(v);
	struct chunk c;

	chunk_open(&c, v, at, &nobody);
	if (c.header_crc_ok && !c.checksums_off)
		return true;
	cursor_seek(&k, 40);
	return at % 512 == 0 && cursor_u32(&k) == FILE_HEAD && c.last_record < EVTX_CHUNK_SIZE &&
	       c.free_space >= EVTX_CHUNK_HEADER_SIZE && c.free_space <= EVTX_CHUNK_SIZE;
}

static uint64_t find_chunk(struct layout *l, uint64_t at, uint64_t to)
{
	for (;;) {
		struct view v = look(l, at, BLOCK / 2);
		for (size_t i = 0; i < v.n; i++) {
			const uint8_t *hit = memmem(v.p + i, v.n - i, "ElfChnk", 8);
			if (!hit)
				break;
			i = (size_t)(hit - v.p);
			struct view head = view_sub(v, i, EVTX_CHUNK_HEADER_SIZE);
			if (head.n < EVTX_CHUNK_HEADER_SIZE)
				break;
			if (at + i >= to)
				return NOWHERE;
			if (is_header(head, at + i))
				return at + i;
		}
		if (v.n < BLOCK / 2 || at + v.n >= to)
			return NOWHERE;
		at += v.n - EVTX_CHUNK_HEADER_SIZE + 1;
	}
}

/* SIZE_MAX: there is none. */
static size_t first_record(struct view v)
{
	size_t at = signature_find(v, 0);

	for (; at != SIZE_MAX; at = signature_find(v, at + 1)) {
		struct look k = frame_look(v, at);
		if (look_is_sound(&k))
			break;
	}
	return at;
}

/* Where the chunk of the first record in [from, to) starts that says so; NOWHERE: none does. */
static uint64_t find_base(struct layout *l, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += EVTX_CHUNK_SIZE) {
		struct view v = look(l, at, BLOCK / 2);
		size_t pos = signature_find(v, 0);
		uint64_t base = NOWHERE;
		trace_start(&l->trace, v, at);
		for (; pos < EVTX_CHUNK_SIZE; pos = signature_find(v, pos + 1)) {
			struct look k = frame_look(v, pos);
			if (look_is_sound(&k) && trace_base(&l->trace, &k.frame, 0, &base))
				return base;
		}
	}
	return NOWHERE;
}

/* ---- what comes of it ---- */

static int add_run(struct layout *l, struct evtx_run run)
{
	struct evtx_layout *o = l->out;

	if (o->n == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 4;
		struct evtx_run *runs = mem_grow(o->runs, cap * sizeof(*runs));
		if (!runs)
			return err_set(l->e, ERR_NOMEM, 0, "no memory for the chunks of a log");
		o->runs = runs;
		o->cap = cap;
	}
	o->runs[o->n++] = run;
	return 0;
}

/* A chunk: in the last run when it goes on from there, else in one of its own. */
static int add_chunk(struct layout *l, struct evtx_run c)
{
	struct evtx_layout *o = l->out;
	struct evtx_run *last = o->n ? &o->runs[o->n - 1] : NULL;

	l->pos = c.to;
	if (!last || last->to != c.from || c.base != c.from ||
	    (last->to - last->base) % EVTX_CHUNK_SIZE)
		return add_run(l, c);
	last->to = c.to;
	return 0;
}

/* Bytes that belong to no chunk. */
static void leave(struct layout *l, uint64_t to)
{
	uint64_t from = l->pos, zero = 0;

	for (uint64_t at = from; at < to; at += EVTX_CHUNK_SIZE) {
		size_t n = to - at < EVTX_CHUNK_SIZE ? (size_t)(to - at) : EVTX_CHUNK_SIZE;
		struct view v = look(l, at, n);
		if (v.n == n && view_is_zero(v))
			zero += n;
	}
	l->out->zero += zero;
	l->out->unknown += to - from - zero;
	l->pos = to;
	if (zero < to - from)
		sink_tell(&l->sink, DAMAGE_NOTE, "no-chunk", from, to - from,
			  "%llu bytes hold no chunk and no record",
			  (unsigned long long)(to - from));
}

/*
 * Where chunks would start in [pos, to), whose signatures are gone: where those before leave off,
 * or so that the next one follows, or as a record says; right here when nobody knows. Before `pos`
 * when the first one is cut off in front.
 */
static int64_t find_grid(struct layout *l, uint64_t to, bool chunk_follows)
{
	int64_t pos = (int64_t)l->pos, start = pos;

	if (!l->anchored)
		start = (int64_t)(chunk_follows ? to : find_base(l, l->pos, to));
	if (start == (int64_t)NOWHERE)
		return pos;
	while (start > pos)
		start -= EVTX_CHUNK_SIZE;
	return start;
}

/* From `at` on, what was the last run is a chunk at `base`, which may go on up to `limit`. */
static int cut_run(struct layout *l, uint64_t at, uint64_t base, uint64_t limit)
{
	struct evtx_layout *o = l->out;
	struct evtx_run *last = &o->runs[o->n - 1];

	last->to = at;
	o->n -= last->from == at; /* nothing is left of it */
	l->pos = limit - base < EVTX_CHUNK_SIZE ? limit : base + EVTX_CHUNK_SIZE;
	return add_run(l, (struct evtx_run){base, at, l->pos});
}

/* A part of a chunk: the last run, or its end. */
struct part {
	uint64_t base, from; /* where the chunk starts, and this part of it */
	uint64_t known;	     /* what stands before is of this chunk */
	uint64_t next;	     /* where records are looked for from now on */
	uint64_t limit;	     /* where it ends at the latest, as something else is there */
};

/*
 * The first record that says it is of another chunk than `p` makes that the next part: bytes were
 * put in or taken out, somewhere behind the last record that is of `p`. 1, 0 (none does), or -1.
 */
static int next_part(struct layout *l, struct part *p)
{
	uint64_t end = p->limit - p->base < EVTX_CHUNK_SIZE ? p->limit : p->base + EVTX_CHUNK_SIZE;
	struct view v =
		look(l, p->from, p->limit - p->from < BLOCK / 2 ? p->limit - p->from : BLOCK / 2);
	size_t pos = signature_find(v, (size_t)(p->next - p->from));

	trace_start(&l->trace, v, p->from);
	while (pos < end - p->from && l->out->n < LIMIT_LAYOUT_RUNS) {
		struct look k = frame_look(v, pos);
		uint64_t base = p->base, from;
		bool says = look_is_sound(&k) &&
			    trace_base(&l->trace, &k.frame, (size_t)(p->known - p->from), &base);
		p->next = p->from + pos + (says ? k.frame.size : 1);
		if (says && base != p->base) {
			from = (int64_t)base > (int64_t)p->known ? base : p->known;
			*p = (struct part){base, from, p->next, p->next, p->limit};
			return cut_run(l, from, base, p->limit) < 0 ? -1 : 1;
		}
		if (says)
			p->known = p->next;
		pos = signature_find(v, (size_t)(p->next - p->from));
	}
	return 0;
}

/*
 * The last run ends with what there is of the chunk at `base`, from `from` on; up to `known` that
 * is certain. The rest may be of others.
 */
static int split(struct layout *l, uint64_t base, uint64_t from, uint64_t known, uint64_t limit)
{
	struct part p = {base, from, known, known, limit};
	int rc;

	do
		rc = p.next < limit ? next_part(l, &p) : 0;
	while (rc > 0);
	return rc;
}

/* Where a chunk starts that follows on the last one, be that cut short or not. */
static int64_t next_base(const struct layout *l)
{
	const struct evtx_run *last = &l->out->runs[l->out->n - 1];

	return (int64_t)(last->base + evtx_run_chunks(last) * EVTX_CHUNK_SIZE);
}

/* The first record in [from, stop) says where a chunk starts, else it is *base. false: there is
 * none. */
static bool holds_record(struct layout *l, uint64_t from, uint64_t stop, uint64_t to, int64_t *base)
{
	struct view v = look(l, from, to - from < BLOCK / 2 ? (size_t)(to - from) : BLOCK / 2);
	size_t pos = first_record(v);
	uint64_t told = (uint64_t)*base;

	if (pos >= stop - from)
		return false;
	trace_start(&l->trace, v, from);
	struct look k = frame_look(v, pos);
	if (trace_base(&l->trace, &k.frame, 0, &told))
		*base = (int64_t)told;
	return true;
}

/* A chunk at `base` whose signature is gone. In a log each place for one counts, elsewhere those
   that hold something. 1, 0 (it is left alone), or -1. */
static int fill_place(struct layout *l, int64_t base, uint64_t to)
{
	int64_t pos = (int64_t)l->pos, stop = base + EVTX_CHUNK_SIZE;
	int64_t from = base > pos ? base : pos;

	if (stop <= from ||
	    (!l->is_log && !holds_record(l, (uint64_t)from, (uint64_t)stop, to, &base)))
		return 0;
	from = base > pos ? base : pos;
	stop = base + EVTX_CHUNK_SIZE < (int64_t)to ? base + EVTX_CHUNK_SIZE : (int64_t)to;
	if (pos < from)
		leave(l, (uint64_t)from);
	if (add_chunk(l, (struct evtx_run){(uint64_t)base, (uint64_t)from, (uint64_t)stop}) < 0)
		return -1;
	return split(l, (uint64_t)base, (uint64_t)from, (uint64_t)from, to) < 0 ? -1 : 1;
}

/* Lays out [pos, to), in which no chunk has a signature. */
static int fill(struct layout *l, uint64_t to, bool chunk_follows)
{
	int64_t base = find_grid(l, to, chunk_follows), end = (int64_t)to;

	while (base < end) {
		/* What is left over is the end of the chunk that was before the next one. */
		if (chunk_follows && end - base < EVTX_CHUNK_SIZE)
			base = end - EVTX_CHUNK_SIZE;
		int rc = fill_place(l, base, to);
		if (rc < 0)
			return -1;
		base = rc ? next_base(l) : base + EVTX_CHUNK_SIZE;
	}
	if (l->pos < to)
		leave(l, to);
	return 0;
}

/* ---- the walk ---- */

/* A chunk that is all there by its place ends at `pos`. */
static bool is_behind_chunk(const struct layout *l)
{
	const struct evtx_layout *o = l->out;
	const struct evtx_run *last = o->n ? &o->runs[o->n - 1] : NULL;

	return last && l->last == SLOT_CHUNK && last->to == l->pos &&
	       (last->to - last->base) % EVTX_CHUNK_SIZE == 0 &&
	       last->to - last->from >= EVTX_CHUNK_SIZE;
}

/*
 * The next chunk may have cut the last one short, from `known` on. Where that is sound, only a
 * header with a checksum counts: slack may hold anything.
 */
static uint64_t find_within(struct layout *l, uint64_t known, bool sound)
{
	const struct sink nobody = {0};
	uint64_t found = find_chunk(l, known, l->pos);
	struct chunk c;

	if (found == NOWHERE || !sound)
		return found;
	chunk_open(&c, look(l, found, EVTX_CHUNK_HEADER_SIZE), found, &nobody);
	return c.header_crc_ok && !c.checksums_off ? found : NOWHERE;
}

/* The chunk, or its room, that is where it should be; the last one may lack some of it. */
static int take(struct layout *l, enum slot slot)
{
	uint64_t at = l->pos, size = l->source->size;
	uint64_t end = size - at < EVTX_CHUNK_SIZE ? size : at + EVTX_CHUNK_SIZE;
	bool sound;

	if (add_chunk(l, (struct evtx_run){at, at, end}) < 0)
		return -1;
	if (slot != SLOT_CHUNK || end - at == EVTX_CHUNK_SIZE)
		return 0;
	return split(l, at, at, at + certain_size(l, at, &sound), end);
}

static void tell_place(struct layout *l, uint64_t at)
{
	if (l->anchored)
		sink_tell(&l->sink, l->is_log ? DAMAGE_LOSS : DAMAGE_NOTE, "chunk-place", at, 0,
			  "a chunk starts here; where it should, at offset %llu, is none",
			  (unsigned long long)l->pos);
	else
		sink_tell(&l->sink, DAMAGE_NOTE, "chunk-place", at, 0, "chunks start here");
}

/* A file header's block from which something was taken ends where chunks, or what is left of one,
   begin. */
static void end_header(struct layout *l, uint64_t chunk)
{
	struct view rest = look(l, FILE_HEAD, BLOCK / 2);
	size_t at = 0;

	if (chunk >= l->pos) {
		if (first_record(rest) >= EVTX_HEADER_SIZE - FILE_HEAD)
			return;
		while (!rest.p[at])
			at++;
		chunk = FILE_HEAD + at;
	}
	l->pos = chunk;
	l->out->header = (uint32_t)chunk;
}

/* Nothing at `pos` says that a chunk starts there, or nothing but zeros. */
static int go_on(struct layout *l, enum slot slot)
{
	struct evtx_layout *o = l->out;
	uint64_t last = l->pos - EVTX_CHUNK_SIZE, size = l->source->size, found = NOWHERE,
		 known = 0;
	bool behind = is_behind_chunk(l), first = !o->n && l->anchored;

	if (behind) {
		bool sound;
		known = last + certain_size(l, last, &sound);
		found = find_within(l, known, sound);
	}
	if (found == NOWHERE && slot == SLOT_ZERO) {
		if (behind && split(l, last, last, known, size) < 0)
			return -1;
		return l->pos == last + EVTX_CHUNK_SIZE ? take(l, slot) : 0;
	}
	if (found == NOWHERE)
		found = find_chunk(l, first ? FILE_HEAD : l->pos, size);
	bool follows = found != NOWHERE;
	uint64_t end = follows ? found : size;
	if (follows && (found < l->pos || (found - l->pos) % EVTX_CHUNK_SIZE || !l->anchored))
		tell_place(l, found);
	if (first)
		end_header(l, end);
	else if (end < l->pos)
		o->runs[o->n - 1].to = l->pos = end;
	if (behind && split(l, last, last, known, end) < 0)
		return -1;
	if (end > l->pos && fill(l, end, follows) < 0)
		return -1;
	l->pos = end;
	return 0;
}

/*
 * Room that was never used lies behind all chunks. Zeros before one, or where the file header
 * counts one, are what is left of chunks.
 */
static void tell_zero(struct layout *l, uint64_t to, const char *why)
{
	if (l->zero < to)
		sink_tell(&l->sink, DAMAGE_LOSS, "chunk-zero", l->zero, to - l->zero,
			  "%llu bytes are zero, although %s", (unsigned long long)(to - l->zero),
			  why);
	l->zero = NOWHERE;
}

static void note_slot(struct layout *l, enum slot slot, uint64_t end)
{
	if (slot == SLOT_CHUNK)
		tell_zero(l, l->zero_to, "chunks follow");
	if (slot != SLOT_ZERO)
		return;
	l->zero = l->zero == NOWHERE ? l->pos : l->zero;
	l->zero_to = end;
}

static int walk(struct layout *l)
{
	uint64_t size = l->source->size;

	while (l->pos < size) {
		uint64_t end = l->pos + EVTX_CHUNK_SIZE < size ? l->pos + EVTX_CHUNK_SIZE : size;
		bool full = l->out->n >= LIMIT_LAYOUT_RUNS;
		if (full)
			sink_tell(
				&l->sink, DAMAGE_LOSS, "limit", l->pos, size - l->pos,
				"more than %u times chunks are not where they should be; the rest "
				"is not read",
				LIMIT_LAYOUT_RUNS);
		int rc = 0;
		enum slot slot = full ? SLOT_OTHER : slot_at(l, l->pos);
		note_slot(l, slot, end);
		if (full)
			leave(l, size);
		else if (slot == SLOT_OTHER || (slot == SLOT_ZERO && l->last == SLOT_CHUNK))
			rc = go_on(l, slot);
		else
			rc = take(l, slot);
		l->last = slot;
		if (rc < 0)
			return -1;
		l->anchored = true;
	}
	tell_zero(l, l->counted < l->zero_to ? l->counted : l->zero_to,
		  "the file header counts chunks there");
	return 0;
}

/* The file header, or the first chunk, tells where chunks should start. */
static void begin(struct layout *l)
{
	static const uint8_t file[8] = "ElfFile";
	struct view v = look(l, 0, EVTX_HEADER_SIZE + 8);
	uint64_t size = l->source->size;
	struct evtx_header h;

	l->is_log = view_eq(view_sub(v, 0, 8), (struct view){file, 8});
	l->anchored =
		l->is_log || is_signature(v) || is_signature(view_sub(v, EVTX_HEADER_SIZE, 8));
	if (l->is_log || (l->anchored && !is_signature(v)))
		l->pos = size < EVTX_HEADER_SIZE ? size : EVTX_HEADER_SIZE;
	l->out->header = (uint32_t)l->pos;
	evtx_header_read(view_sub(v, 0, EVTX_HEADER_SIZE), size, &h, NULL, NULL);
	l->counted = h.crc_ok ? evtx_chunk_offset(h.chunk_count) : 0;
	l->zero = NOWHERE;
	l->last = SLOT_OTHER;
}

int evtx_layout(struct evtx_layout *out, const struct evtx_bytes *source, damage_fn *fn, void *ctx,
		struct err *e)
{
	struct layout l = {.out = out, .source = source, .sink = {fn, ctx}, .e = e};

	memset(out, 0, sizeof(*out));
	l.block = mem_alloc(BLOCK);
	if (!l.block)
		return err_set(e, ERR_NOMEM, 0, "no memory to look for chunks");
	begin(&l);
	int rc = walk(&l);
	mem_free(l.block);
	if (rc < 0)
		evtx_layout_release(out);
	out->regular = !out->zero && !out->unknown &&
		       out->header == (source->size < EVTX_HEADER_SIZE ? source->size
								       : EVTX_HEADER_SIZE) &&
		       (!out->n || (out->n == 1 && out->runs[0].base == EVTX_HEADER_SIZE &&
				    out->runs[0].to == source->size));
	return rc;
}

void evtx_layout_release(struct evtx_layout *l)
{
	mem_free(l->runs);
	memset(l, 0, sizeof(*l));
}

uint64_t evtx_run_chunks(const struct evtx_run *r)
{
	return (r->to - r->base - 1) / EVTX_CHUNK_SIZE + 1;
}

struct evtx_run evtx_run_part(const struct evtx_run *r, uint64_t first, uint64_t n)
{
	struct evtx_run part = {
		.base = r->base + first * EVTX_CHUNK_SIZE, .from = r->from, .to = r->to};

	/* Distances from the run's base, which may lie before the source. */
	if (part.base - r->base > part.from - r->base)
		part.from = part.base;
	if (n * EVTX_CHUNK_SIZE < part.to - part.base)
		part.to = part.base + n * EVTX_CHUNK_SIZE;
	return part;
}
