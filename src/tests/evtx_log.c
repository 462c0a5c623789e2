/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evtx_log.h"
#include "evtxhound/evtx.h"

#define ROOM (4u * EVTX_CHUNK_SIZE) /* for bytes that are put in */

/* ---- a sound log ---- */

void log_init(struct log *l)
{
	*l = (struct log){.cap = EVTX_HEADER_SIZE + (size_t)LOG_CHUNKS * EVTX_CHUNK_SIZE + ROOM};
	l->p = malloc(l->cap);
	if (!l->p)
		abort();
}

void log_release(struct log *l)
{
	free(l->p);
}

static void put(struct log *l, size_t at, size_t width, uint64_t v)
{
	for (size_t i = 0; i < width; i++)
		l->p[at + i] = (uint8_t)(v >> 8 * i);
}

static void make_header(struct log *l)
{
	memset(l->p, 0, EVTX_HEADER_SIZE);
	memcpy(l->p, "ElfFile", 8);
	put(l, 16, 8, l->n_chunks - 1);
	put(l, 24, 8, 1000000);
	put(l, 32, 4, 128);
	put(l, 36, 4, 0x00030001);
	put(l, 40, 2, EVTX_HEADER_SIZE);
	put(l, 42, 2, l->n_chunks);
	put(l, 124, 4, crc32_add(0, (struct view){l->p, 120}));
}

void log_make(struct log *l, const struct subjects *s, size_t first)
{
	snprintf(l->name, sizeof(l->name), "log %zu", first);
	l->n_chunks = s->n < LOG_CHUNKS ? s->n : LOG_CHUNKS;
	l->n = EVTX_HEADER_SIZE;
	make_header(l);
	for (size_t i = 0; i < l->n_chunks; i++) {
		const struct subject *of = &s->at[(first + i) % s->n];

		l->chunks[i] = (struct log_chunk){of, {(int64_t)l->n}, 1};
		memcpy(l->p + l->n, of->bytes.p, EVTX_CHUNK_SIZE);
		l->n += EVTX_CHUNK_SIZE;
	}
}

static uint64_t next_random(struct log *l)
{
	uint64_t z = l->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	return z ^ z >> 31;
}

static size_t below(struct log *l, size_t n)
{
	return n ? (size_t)(next_random(l) % n) : 0;
}

/* ---- bytes moved ---- */

/* What stands from `at` on has moved by `by`; what stood in between is gone. */
static void move_bases(struct log *l, int64_t at, int64_t by)
{
	int64_t gone = by < 0 ? at - by : at;

	for (size_t i = 0; i < l->n_chunks; i++) {
		struct log_chunk *c = &l->chunks[i];
		size_t n = c->n_bases;

		for (size_t k = 0; k < n; k++) {
			if (c->base[k] >= at)
				c->base[k] += by;
			else if (c->base[k] + EVTX_CHUNK_SIZE > gone && c->n_bases < LOG_BASES)
				c->base[c->n_bases++] = c->base[k] + by;
		}
	}
}

static void take_out(struct log *l, size_t at, size_t n)
{
	if (at >= l->n)
		return;
	if (n > l->n - at)
		n = l->n - at;
	memmove(l->p + at, l->p + at + n, l->n - at - n);
	l->n -= n;
	move_bases(l, (int64_t)at, -(int64_t)n);
}

/* Zeros, or bytes that look like nothing. */
static void put_in(struct log *l, size_t at, size_t n, bool zero)
{
	if (at > l->n || n > l->cap - l->n)
		return;
	memmove(l->p + at + n, l->p + at, l->n - at);
	for (size_t i = 0; i < n; i++)
		l->p[at + i] = zero ? 0 : (uint8_t)(next_random(l) | 1);
	l->n += n;
	move_bases(l, (int64_t)at, (int64_t)n);
}

static size_t any_border(struct log *l)
{
	return EVTX_HEADER_SIZE + below(l, l->n_chunks + 1) * EVTX_CHUNK_SIZE;
}

static size_t some_sectors(struct log *l)
{
	return 512 * (1 + below(l, 160));
}

/* ---- the kinds ---- */

static void cut_by_page(struct log *l)
{
	l->n = (size_t)4096 * l->number;
}

static void cut(struct log *l)
{
	l->n = below(l, l->n);
}

static void cut_front(struct log *l)
{
	take_out(l, 0, 1 + below(l, l->n - 1));
}

static void cut_front_sectors(struct log *l)
{
	take_out(l, 0, some_sectors(l));
}

static void no_header(struct log *l)
{
	take_out(l, 0, EVTX_HEADER_SIZE);
}

static void zero_header(struct log *l)
{
	static const size_t n[] = {8, 128, 512, EVTX_HEADER_SIZE};

	memset(l->p, 0, n[below(l, 4)]);
}

static void garble_header(struct log *l)
{
	for (size_t i = 8 * below(l, 2), n = 8 + below(l, 120); i < n; i++)
		l->p[i] = (uint8_t)next_random(l);
	if (below(l, 2))
		put(l, 124, 4, crc32_add(0, (struct view){l->p, 120}));
}

static void zero_sector(struct log *l)
{
	memset(l->p + 512 * below(l, l->n / 512), 0, 512);
}

static void zero_cluster(struct log *l)
{
	memset(l->p + 4096 * below(l, l->n / 4096), 0, 4096);
}

static void zero_run(struct log *l)
{
	size_t at = 4096 * below(l, l->n / 4096), n = 4096 * (1 + below(l, 32));

	memset(l->p + at, 0, n < l->n - at ? n : l->n - at);
}

static void zero_chunk_headers(struct log *l)
{
	size_t n = l->number % 3 ? 512 : 8;

	for (size_t i = 0; i < l->n_chunks; i++) {
		int64_t at = l->chunks[i].base[0];

		if ((l->number % 4 && below(l, 2)) || at < 0 || (uint64_t)at + n > l->n)
			continue;
		memset(l->p + at, 0, n);
	}
}

static void sectors_between(struct log *l)
{
	put_in(l, any_border(l), some_sectors(l), below(l, 2));
}

static void bytes_between(struct log *l)
{
	put_in(l, any_border(l), 1 + below(l, 5000), below(l, 2));
}

static void sectors_into(struct log *l)
{
	put_in(l, 512 * below(l, l->n / 512), some_sectors(l), below(l, 2));
}

static void bytes_into(struct log *l)
{
	put_in(l, below(l, l->n), 1 + below(l, 5000), below(l, 2));
}

static void sectors_out(struct log *l)
{
	take_out(l, 512 * below(l, l->n / 512), some_sectors(l));
}

static void bytes_out(struct log *l)
{
	take_out(l, below(l, l->n), 1 + below(l, 5000));
}

static void within_a_larger_file(struct log *l)
{
	put_in(l, l->n, below(l, ROOM / 2), below(l, 2));
	put_in(l, 0, below(l, 2) ? some_sectors(l) : below(l, ROOM / 3), below(l, 2));
}

static void several(struct log *l);

const struct log_mutation log_mutations[] = {
	{"file cut at every 4 KiB", cut_by_page, .total = 0},
	{"file cut", cut, .total = 500},
	{"front cut off", cut_front, .total = 200},
	{"sectors of the front cut off", cut_front_sectors, .total = 200},
	{"no file header", no_header, .total = 1},
	{"file header zeroed", zero_header, .total = 20},
	{"file header of other bytes", garble_header, .total = 200},
	{"sector of the file zeroed", zero_sector, .total = 200},
	{"cluster of the file zeroed", zero_cluster, .total = 200},
	{"up to 32 clusters zeroed", zero_run, .total = 200},
	{"chunk headers zeroed", zero_chunk_headers, .total = 50},
	{"sectors between chunks", sectors_between, .total = 200},
	{"bytes between chunks", bytes_between, .total = 200},
	{"sectors put in", sectors_into, .total = 200},
	{"bytes put in", bytes_into, .total = 200},
	{"sectors taken out", sectors_out, .total = 200},
	{"bytes taken out", bytes_out, .total = 200},
	{"within a larger file", within_a_larger_file, .total = 100},
	{"several at once", several, .total = 500},
};
const size_t n_log_mutations = sizeof(log_mutations) / sizeof(log_mutations[0]);

static void several(struct log *l)
{
	size_t n = 2 + below(l, 3);

	/* The first is one for every place, the last is this. */
	for (size_t i = 0; i < n && l->n > EVTX_CHUNK_SIZE; i++)
		log_mutations[1 + below(l, n_log_mutations - 2)].apply(l);
}
