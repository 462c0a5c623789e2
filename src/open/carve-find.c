/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Goes through ranges of bytes sector by sector. A chunk is taken by its signature, as it stands; only
 * outside of chunks records are sought one by one. What of the format is asked here is asked again, and
 * more of it, by whoever decodes it.
 */
#include "carve-private.h"

#define BLOCK (1u << 20)
#define SECTOR 512u
#define RECORD_HEAD 46u    /* up to the id of the definition that it may bring */
#define FRAGMENT_HEAD 0x0001010fu
#define ROW_GAP 4096u      /* bytes that may be lost between records of one chunk: a cluster */
#define READ_STEP (64u << 10) /* passed over where nothing can be read */

/* FILETIMEs of 1980 and 2200; exported logs hold records without any. */
#define TIME_LEAST 119600064000000000u
#define TIME_MOST 189027648000000000u

/* ---- reading ---- */

/* n bytes, fewer at the end of the range; from the block, or read into `out`. */
static struct view peek(const struct carving *c, uint64_t at, size_t n, uint8_t *out)
{
	if (at >= c->to)
		return (struct view){ out, 0 };
	if (n > c->to - at)
		n = (size_t)(c->to - at);
	if (at >= c->at && at - c->at + n <= c->n)
		return (struct view){ c->block + (at - c->at), n };
	int64_t got = reader_read(c->bytes, at, out, n);
	return (struct view){ out, got > 0 ? (size_t)got : 0 };
}

/* ---- chunks ---- */

static bool is_signature(const uint8_t *p)
{
	return !memcmp(p, "ElfChnk", 8);
}

enum header { HEADER_NONE, HEADER_PLAUSIBLE, HEADER_SOUND };

/* A header whose checksum holds, or that says what can be; `v` starts with it. docs/evtx.md */
static enum header header_of(struct view v)
{
	struct cursor k = cursor_of(view_sub(v, 0, EVTX_CHUNK_HEADER_SIZE));

	cursor_seek(&k, 40);
	uint32_t size = cursor_u32(&k), last = cursor_u32(&k), end = cursor_u32(&k);
	cursor_seek(&k, 124);
	uint32_t stored = cursor_u32(&k);
	cursor_seek(&k, EVTX_CHUNK_HEADER_SIZE);
	if (k.bad)
		return HEADER_NONE;
	uint32_t crc = crc32_add(crc32_add(0, view_sub(v, 0, 120)),
				 view_sub(v, 128, EVTX_CHUNK_HEADER_SIZE - 128));
	if (size != 128 || last >= EVTX_CHUNK_SIZE || end < EVTX_CHUNK_HEADER_SIZE ||
	    end > EVTX_CHUNK_SIZE)
		return HEADER_NONE;
	return crc == stored ? HEADER_SOUND : HEADER_PLAUSIBLE;
}

/* Where the free space of a chunk begins whose checksums hold, from `at` on; 0: they do not. */
static uint64_t intact_end(const struct carving *c, uint64_t at)
{
	uint8_t bytes[EVTX_CHUNK_SIZE];
	struct view v = peek(c, at, sizeof(bytes), bytes);

	if (header_of(v) != HEADER_SOUND)
		return 0;
	uint32_t end = load_u32(v.p + 48);
	if (end > v.n || crc32_add(0, view_sub(v, EVTX_CHUNK_HEADER_SIZE, end - EVTX_CHUNK_HEADER_SIZE)) !=
				 load_u32(v.p + 52))
		return 0;
	return at + end;
}

/* The same of the open one, read once. */
static uint64_t own_end(struct carving *c)
{
	if (!c->chunk.asked)
		c->chunk.own = intact_end(c, c->chunk.at);
	c->chunk.asked = true;
	return c->chunk.own;
}

static int close_chunk(struct carving *c, uint64_t to)
{
	if (!c->chunk.open)
		return 0;
	c->chunk.open = false;
	return carved_add(c->out, c->chunk.at, c->chunk.at, to - c->chunk.at);
}

static int close_row(struct carving *c, uint64_t limit)
{
	uint64_t to = c->row.to < limit ? c->row.to : limit, from = c->row.from;

	c->row.from = c->row.to = 0;
	return to > from ? carved_add(c->out, c->row.base, from, to - from) : 0;
}

/* What was begun ends here. The records in a chunk are its own until something else turns up. */
static int stop_at(struct carving *c, uint64_t at)
{
	if (!c->chunk.open)
		return close_row(c, at);
	c->row.from = c->row.to = 0;
	return close_chunk(c, at);
}

/* Within a chunk another one starts only if it is the sounder one: slack may hold anything. Within a record
   only a sound one does. */
static bool is_start(struct carving *c, uint64_t at)
{
	uint8_t bytes[EVTX_CHUNK_HEADER_SIZE];

	if (!c->chunk.open && at >= c->behind)
		return true;
	enum header h = header_of(peek(c, at, sizeof(bytes), bytes));
	if (!c->chunk.open || h == HEADER_NONE)
		return h == HEADER_SOUND;
	return !own_end(c) || intact_end(c, at);
}

static int take_header(struct carving *c, uint64_t at)
{
	if (!is_start(c, at))
		return 0;
	if (stop_at(c, at) < 0)
		return -1;
	c->chunk = (struct carve_chunk){ .open = true, .at = at };
	c->behind = at + EVTX_CHUNK_HEADER_SIZE;
	return 0;
}

/* ---- records ---- */

struct record_seen {
	uint64_t at, n;
	uint64_t base; /* where its chunk starts, as it says; or CARVE_NO_BASE */
};

/*
 * A record that brings its template says where its chunk starts, as the template's place is counted from
 * there. Chunks start at sectors.
 */
static uint64_t told_base(uint64_t at, uint64_t n, struct view v)
{
	struct cursor k = cursor_of(v);

	cursor_seek(&k, 30);
	uint32_t instance = cursor_u32(&k), definition = cursor_u32(&k);
	cursor_skip(&k, 4);
	uint32_t id = cursor_u32(&k);
	uint64_t base = at + 38 - definition;
	if (k.bad || id != instance || definition < EVTX_CHUNK_HEADER_SIZE + 38 ||
	    definition - 38 + n > EVTX_CHUNK_SIZE || base % SECTOR)
		return CARVE_NO_BASE;
	return base;
}

/* As a decoder takes a record in a chunk's slack for one: docs/evtx.md, Damage. */
static bool see_record(const struct carving *c, uint64_t at, struct record_seen *r)
{
	uint8_t head[RECORD_HEAD], tail[4];
	struct view v = peek(c, at, sizeof(head), head);
	struct cursor k = cursor_of(v);

	cursor_skip(&k, 4);
	uint32_t n = cursor_u32(&k);
	uint64_t id = cursor_u64(&k), written = cursor_u64(&k);
	if (cursor_u32(&k) != FRAGMENT_HEAD || k.bad || !id || n < EVTX_RECORD_MIN ||
	    n > EVTX_CHUNK_SIZE - EVTX_CHUNK_HEADER_SIZE)
		return false;
	if (written && (written <= TIME_LEAST || written >= TIME_MOST))
		return false;
	*r = (struct record_seen){ at, n, told_base(at, n, v) };
	v = peek(c, at + n - 4, 4, tail);
	return v.n == 4 && load_u32(v.p) == n;
}

/* The record may lie in the chunk of the row, which then starts at *base. */
static bool goes_on(const struct carve_row *row, const struct record_seen *r, uint64_t *base)
{
	uint64_t end = r->at + r->n;

	*base = row->base != CARVE_NO_BASE ? row->base : r->base;
	if (row->to == row->from || (r->base != CARVE_NO_BASE && r->base != *base))
		return false;
	if (*base == CARVE_NO_BASE)
		return r->at - row->to <= ROW_GAP &&
		       end - row->from <= EVTX_CHUNK_SIZE - EVTX_CHUNK_HEADER_SIZE;
	uint64_t place = row->from - *base;
	return place >= EVTX_CHUNK_HEADER_SIZE && place < EVTX_CHUNK_SIZE && end - *base <= EVTX_CHUNK_SIZE;
}

/*
 * The file may have gone on elsewhere, and what follows the chunk's beginning on the disk is not of it: a
 * record that reaches beyond the chunk's end shows that, or one that says another start. Then what is
 * foreign begins with the records that lead up to this one.
 */
static int leave_chunk(struct carving *c, const struct record_seen *r)
{
	struct carve_row *row = &c->row;

	if (r->at + r->n <= c->chunk.at + EVTX_CHUNK_SIZE &&
	    (r->base == CARVE_NO_BASE || r->base == c->chunk.at))
		return 0;
	if (r->at < own_end(c))
		return 0;
	if (row->to != r->at || row->base != CARVE_NO_BASE || row->from < c->chunk.own)
		row->from = row->to = r->at;
	return close_chunk(c, row->from);
}

static int take_record(struct carving *c, const struct record_seen *r)
{
	uint64_t base;

	c->behind = r->at + r->n;
	if (c->chunk.open && leave_chunk(c, r) < 0)
		return -1;
	if (goes_on(&c->row, r, &base)) {
		c->row.to = c->behind;
		c->row.base = base;
		return 0;
	}
	if (!c->chunk.open && close_row(c, UINT64_MAX) < 0)
		return -1;
	c->row = (struct carve_row){ r->at, c->behind, r->base };
	return 0;
}

static int find_records(struct carving *c, uint64_t at, const uint8_t *p, size_t n)
{
	size_t i = (size_t)(-at % 8);
	struct record_seen r;

	if (i >= n || c->behind >= at + n)
		return 0;
	p += i;
	at += i;
	n -= i;
	for (i = carve_scan(p, n, 0); i < n; i = carve_scan(p, n, i + 8))
		if (at + i >= c->behind && see_record(c, at + i, &r) && take_record(c, &r) < 0)
			return -1;
	return 0;
}

/* ---- the walk ---- */

static int search_sector(struct carving *c, uint64_t at, const uint8_t *p, size_t n)
{
	if (c->chunk.open && at - c->chunk.at >= EVTX_CHUNK_SIZE && stop_at(c, at) < 0)
		return -1;
	if (at % SECTOR == 0 && n >= 8 && is_signature(p) && take_header(c, at) < 0)
		return -1;
	return find_records(c, at, p, n);
}

static int search_block(struct carving *c)
{
	for (size_t i = 0, n; i < c->n; i += n) {
		n = SECTOR - (size_t)((c->at + i) % SECTOR);
		n = n < c->n - i ? n : c->n - i;
		if (search_sector(c, c->at + i, c->block + i, n) < 0)
			return -1;
	}
	return c->progress ? c->progress(c->ctx, c->n) : 0;
}

/* Up to where something can be read again. */
static uint64_t pass_unread(struct carving *c, uint64_t at)
{
	uint64_t to = at;
	uint8_t one;

	do {
		to += READ_STEP - to % READ_STEP;
		if (c->probes++ >= LIMIT_CARVE_PROBES)
			to = c->to;
	} while (to < c->to && reader_read(c->bytes, to, &one, 1) <= 0);
	to = to < c->to ? to : c->to;
	c->unread(c->ctx, at, to - at);
	return to;
}

static int search(struct carving *c)
{
	c->behind = 0;
	for (uint64_t at = c->from; at < c->to;) {
		size_t n = BLOCK - (size_t)(at % BLOCK);
		n = n < c->to - at ? n : (size_t)(c->to - at);
		int64_t got = reader_read(c->bytes, at, c->block, n);
		c->at = at;
		c->n = got > 0 ? (size_t)got : 0;
		at += c->n;
		if (search_block(c) < 0)
			return -1;
		if (c->n == n)
			continue;
		if (stop_at(c, at) < 0)
			return -1;
		at = c->behind = pass_unread(c, at);
	}
	return stop_at(c, c->to);
}

int carving_start(struct carving *c)
{
	c->block = mem_alloc(BLOCK);
	return c->block ? 0 : err_set(c->e, ERR_NOMEM, 0, "no memory to carve");
}

int carving_range(struct carving *c, uint64_t at, uint64_t n)
{
	if (at >= c->bytes->size)
		return 0;
	n = n < c->bytes->size - at ? n : c->bytes->size - at;
	if (at == c->to && c->to > c->from) {
		c->to += n;
		return 0;
	}
	int rc = search(c);
	c->from = at;
	c->to = at + n;
	return rc;
}

int carving_end(struct carving *c)
{
	int rc = search(c);

	c->from = c->to = 0;
	return rc < 0 ? -1 : carved_end(c->out);
}

void carving_release(struct carving *c)
{
	mem_free(c->block);
	c->block = NULL;
}
