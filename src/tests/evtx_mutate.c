/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evtx_build.h"
#include "evtx_mutate.h"

#define MOST_TRIES 64u

/* ---- chance, the same everywhere ---- */

static uint64_t next_random(struct mutant *m)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static uint32_t below(struct mutant *m, size_t n)
{
	return n ? (uint32_t)(next_random(m) % n) : 0;
}

/* ---- numbers in the chunk ---- */

static uint64_t get(const struct mutant *m, size_t at, size_t width)
{
	uint64_t v = 0;

	for (size_t i = 0; i < width && at + i < EVTX_CHUNK_SIZE; i++)
		v |= (uint64_t)m->p[at + i] << 8 * i;
	return v;
}

static void put(struct mutant *m, size_t at, size_t width, uint64_t v)
{
	for (size_t i = 0; i < width && at + i < EVTX_CHUNK_SIZE; i++)
		m->p[at + i] = (uint8_t)(v >> 8 * i);
}

static const struct subject_record *any_record(struct mutant *m)
{
	return &m->of->records[below(m, m->of->n)];
}

/* Numbers that are wrong in a way that may be believed. */
static uint64_t plausible(struct mutant *m, uint64_t old, size_t width)
{
	const struct sites *s = &m->of->survey.sites[m->kind->site];

	switch (below(m, 13)) {
	case 0:
		return 0;
	case 1:
		return old + 1;
	case 2:
		return old - 1;
	case 3:
		return old + 8 * (1 + below(m, 16));
	case 4:
		return old - 8 * (1 + below(m, 16));
	case 5:
		return old ^ (uint64_t)1 << below(m, 8 * width);
	case 6:
		return old * 2;
	case 7:
		return UINT64_MAX;
	case 8:
		return below(m, EVTX_CHUNK_SIZE);
	case 9:
		return s->n ? get(m, s->at[below(m, s->n)], width) : 1;
	case 10:
		return any_record(m)->at;
	case 11:
		return EVTX_CHUNK_SIZE - below(m, 32);
	default:
		return next_random(m);
	}
}

static bool spoil(struct mutant *m, size_t at, size_t width)
{
	uint64_t old = get(m, at, width);

	for (unsigned i = 0; i < MOST_TRIES && get(m, at, width) == old; i++)
		put(m, at, width, plausible(m, old, width));
	return get(m, at, width) != old;
}

/* ---- bytes wherever they are ---- */

/* Within what is in use, three times of four within the records. */
static uint32_t any_place(struct mutant *m)
{
	if (!below(m, 4))
		return below(m, EVTX_CHUNK_SIZE);
	return EVTX_CHUNK_HEADER_SIZE + below(m, m->of->free_space - EVTX_CHUNK_HEADER_SIZE);
}

static bool flip_bit(struct mutant *m)
{
	m->p[any_place(m)] ^= (uint8_t)(1u << below(m, 8));
	return true;
}

static bool garble(struct mutant *m)
{
	uint32_t at = any_place(m), n = 1 + below(m, 64);

	for (uint32_t i = 0; i < n && at + i < EVTX_CHUNK_SIZE; i++)
		m->p[at + i] = (uint8_t)next_random(m);
	return true;
}

static bool zero_block(struct mutant *m)
{
	uint32_t block = below(m, m->of->free_space / m->kind->width + 1);

	if ((size_t)(block + 1) * m->kind->width > EVTX_CHUNK_SIZE)
		return false;
	memset(m->p + (size_t)block * m->kind->width, 0, m->kind->width);
	return true;
}

static bool zero_header(struct mutant *m)
{
	static const size_t sizes[] = {8, 128, 512};

	memset(m->p, 0, sizes[m->number % 3]);
	return true;
}

static bool cut_by_page(struct mutant *m)
{
	m->n = (size_t)4096 * (m->number % 16);
	return true;
}

static bool cut(struct mutant *m)
{
	m->n = below(m, EVTX_CHUNK_SIZE);
	return true;
}

/* ---- the chunk header ---- */

static bool header_field(struct mutant *m)
{
	/* first and last number, first and last id, header size, last record, free space, flags */
	static const uint8_t at[] = {8, 16, 24, 32, 40, 44, 48, 48, 48, 120};
	uint32_t i = below(m, sizeof(at));

	return spoil(m, at[i], at[i] < 40 ? 8 : 4);
}

static bool header_tables(struct mutant *m)
{
	return spoil(m, 128 + (size_t)4 * below(m, 96), 4);
}

static bool header_checksum(struct mutant *m)
{
	return spoil(m, below(m, 2) ? 52 : 124, 4);
}

/* ---- frames ---- */

static bool record_signature(struct mutant *m)
{
	return spoil(m, any_record(m)->at, 4);
}

static bool record_size(struct mutant *m)
{
	return spoil(m, any_record(m)->at + 4, 4);
}

static bool record_tail(struct mutant *m)
{
	const struct subject_record *r = any_record(m);

	return spoil(m, r->at + r->size - 4, 4);
}

/* As a forger would: the copy stands where the new size has the record end. */
static bool record_sizes(struct mutant *m)
{
	const struct subject_record *r = any_record(m);
	uint64_t size;

	if (!spoil(m, r->at + 4, 4))
		return false;
	size = get(m, r->at + 4, 4);
	if (m->number % 2 && size >= EVTX_RECORD_MIN && size <= EVTX_CHUNK_SIZE - r->at)
		put(m, r->at + size - 4, 4, size);
	else
		put(m, r->at + r->size - 4, 4, size);
	return true;
}

static bool record_id(struct mutant *m)
{
	return spoil(m, any_record(m)->at + 8, 8);
}

static bool record_time(struct mutant *m)
{
	return spoil(m, any_record(m)->at + 16, 8);
}

/* One to three records become the end of the one before them. Returns the first behind them. */
static const struct subject_record *swallow(struct mutant *m, uint32_t n)
{
	const struct subject_record *r = any_record(m), *end = m->of->records + m->of->n;
	uint32_t size = r->size;

	if (end - r <= n)
		return NULL;
	for (uint32_t i = 1; i <= n; i++)
		size += r[i].size;
	put(m, r->at + 4, 4, size);
	put(m, r->at + size - 4, 4, size);
	return r + n + 1;
}

static bool unlink_records(struct mutant *m)
{
	return swallow(m, 1 + below(m, 3));
}

/* And what comes behind them, and the chunk header, is numbered anew. */
static bool unlink_and_renumber(struct mutant *m)
{
	uint32_t n = 1 + below(m, 3);
	const struct subject_record *r = swallow(m, n), *end = m->of->records + m->of->n;

	if (!r)
		return false;
	for (; r < end; r++)
		put(m, r->at + 8, 8, r->id - n);
	put(m, 16, 8, get(m, 16, 8) - n);
	put(m, 32, 8, get(m, 32, 8) - n);
	return true;
}

/* ---- BinXML ---- */

static bool at_site(struct mutant *m)
{
	const struct sites *s = &m->of->survey.sites[m->kind->site];

	return s->n && spoil(m, s->at[below(m, s->n)], m->kind->width);
}

static bool definition_guid(struct mutant *m)
{
	const struct sites *s = &m->of->survey.sites[m->kind->site];

	return s->n && spoil(m, s->at[below(m, s->n)] + below(m, 16), 1);
}

/* Leads one instance to the definition of another, which agrees with its id. */
static bool swap_definition(struct mutant *m)
{
	const struct sites *s = &m->of->survey.sites[m->kind->site];
	const struct sites *from = &m->of->survey.sites[SITE_INSTANCE_OFFSET];
	uint32_t to, at;

	if (!s->n || !from->n)
		return false;
	to = s->at[below(m, s->n)];
	at = from->at[below(m, from->n)];
	memcpy(m->p + to - 4, m->of->bytes.p + at - 4, 8);
	return true;
}

/* An instance of a definition within its own body. */
static bool recursion(struct mutant *m)
{
	const struct sites *s = &m->of->survey.sites[SITE_DEFINITION_NEXT];
	const struct sites *tokens = &m->of->survey.sites[SITE_TOKEN];
	uint32_t definition, size, at = 0;

	if (!s->n)
		return false;
	definition = s->at[below(m, s->n)];
	size = (uint32_t)get(m, definition + 20, 4);
	for (unsigned i = 0; i < 4096 && !at; i++) {
		uint32_t t = tokens->at[below(m, tokens->n)];

		if (t > definition + 28 && t + 14 < definition + 24 + size)
			at = t;
	}
	if (!at)
		return false;
	put(m, at, 2, 0x010c);
	put(m, at + 2, 4, get(m, definition + 4, 4));
	put(m, at + 6, 4, definition);
	put(m, at + 10, 4, 0);
	return true;
}

static bool several(struct mutant *m);

const struct mutation mutations[] = {
	{"bit", flip_bit, .total = 400, .ways = BOTH_WAYS},
	{"bytes", garble, .total = 300, .ways = BOTH_WAYS},
	{"sector zeroed", zero_block, .width = 512, .total = 200, .ways = BOTH_WAYS},
	{"cluster zeroed", zero_block, .width = 4096, .total = 200, .ways = BOTH_WAYS},
	{"chunk header zeroed", zero_header, .each = 3, .ways = AS_IT_IS},
	{"cut at every 4 KiB", cut_by_page, .each = 16, .ways = AS_IT_IS},
	{"cut", cut, .total = 2000, .ways = AS_IT_IS},
	{"chunk header field", header_field, .total = 400, .ways = BOTH_WAYS},
	{"chunk header tables", header_tables, .total = 60, .ways = BOTH_WAYS},
	{"chunk checksum", header_checksum, .total = 60, .ways = AS_IT_IS},
	{"record signature", record_signature, .total = 100, .ways = BOTH_WAYS},
	{"record size", record_size, .total = 200, .ways = BOTH_WAYS},
	{"record size's copy", record_tail, .total = 200, .ways = BOTH_WAYS},
	{"both record sizes", record_sizes, .total = 300, .ways = BOTH_WAYS},
	{"record id", record_id, .total = 100, .ways = BOTH_WAYS},
	{"record time", record_time, .total = 60, .ways = BOTH_WAYS},
	{"unlinked records", unlink_records, .total = 200, .ways = REPAIRED, .sizes_free = true},
	{"unlinked and renumbered", unlink_and_renumber, .total = 200, .ways = REPAIRED,
	 .sizes_free = true},
	{"instance's template id", at_site, SITE_INSTANCE_ID, 4, .total = 100, .ways = BOTH_WAYS},
	{"instance's definition", at_site, SITE_INSTANCE_OFFSET, 4, .total = 100,
	 .ways = BOTH_WAYS},
	{"nested definition", at_site, SITE_NESTED, 4, .total = 100, .ways = BOTH_WAYS},
	{"nested in itself", swap_definition, SITE_NESTED, 4, .total = 100, .ways = BOTH_WAYS},
	{"another definition", swap_definition, SITE_INSTANCE_OFFSET, 4, .total = 100,
	 .ways = BOTH_WAYS},
	{"definition in itself", recursion, .total = 100, .ways = BOTH_WAYS},
	{"definition's next", at_site, SITE_DEFINITION_NEXT, 4, .total = 100, .ways = BOTH_WAYS},
	{"definition's guid", definition_guid, SITE_DEFINITION_GUID, 1, .total = 100,
	 .ways = BOTH_WAYS},
	{"definition's size", at_site, SITE_DEFINITION_SIZE, 4, .total = 100, .ways = BOTH_WAYS},
	{"count of values", at_site, SITE_VALUE_COUNT, 4, .total = 100, .ways = BOTH_WAYS},
	{"size of a value", at_site, SITE_VALUE_SIZE, 2, .total = 100, .ways = BOTH_WAYS},
	{"type of a value", at_site, SITE_VALUE_TYPE, 1, .total = 100, .ways = BOTH_WAYS},
	{"offset of a name", at_site, SITE_NAME_OFFSET, 4, .total = 100, .ways = BOTH_WAYS},
	{"hash of a name", at_site, SITE_NAME_HASH, 2, .total = 100, .ways = BOTH_WAYS},
	{"length of a name", at_site, SITE_NAME_UNITS, 2, .total = 100, .ways = BOTH_WAYS},
	{"size of an element", at_site, SITE_ELEMENT_SIZE, 4, .total = 100, .ways = BOTH_WAYS},
	{"slot", at_site, SITE_SLOT, 2, .total = 100, .ways = BOTH_WAYS},
	{"length of a text", at_site, SITE_TEXT_UNITS, 2, .total = 100, .ways = BOTH_WAYS},
	{"token", at_site, SITE_TOKEN, 1, .total = 100, .ways = BOTH_WAYS},
	{"several kinds at once", several, .total = 1000, .ways = BOTH_WAYS},
};
const size_t n_mutations = sizeof(mutations) / sizeof(mutations[0]);

static bool several(struct mutant *m)
{
	const struct mutation *self = m->kind;
	uint32_t n = 2 + below(m, 4);
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		m->kind = &mutations[below(m, n_mutations)];
		if (m->kind->apply != several)
			any |= m->kind->apply(m);
	}
	m->kind = self;
	return any;
}

static uint64_t seed_of(const struct mutant *m)
{
	uint64_t h = hash_view(m->number, view_str(m->of->log));

	return hash_view(h ^ m->of->chunk, view_str(m->kind->name));
}

/* Alone it is a chunk that never was used: only the file can tell that one is missing. */
static bool is_blank(const struct mutant *m)
{
	return !m->n || (!m->p[0] && !memcmp(m->p, m->p + 1, m->n - 1));
}

bool mutate(struct mutant *m)
{
	m->random = seed_of(m);
	m->n = EVTX_CHUNK_SIZE;
	memcpy(m->p, m->of->bytes.p, EVTX_CHUNK_SIZE);
	if (!m->kind->apply(m))
		return false;
	if (m->repaired)
		build_checksums(m->p);
	return !is_blank(m) && (m->n < EVTX_CHUNK_SIZE || memcmp(m->p, m->of->bytes.p, m->n));
}
