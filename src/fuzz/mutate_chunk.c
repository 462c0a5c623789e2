/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libFuzzer does not think of: numbers that agree with what they count, and checksums that
 * hold. Without them nearly every input would end at the first comparison.
 */
#include <string.h>

#include "../tests/evtx_build.h"
#include "../tests/evtx_outcome.h"
#include "fuzz.h"

#define RECORD "**\0"

struct input {
	uint8_t *p;
	size_t n;
	uint32_t random;
};

static uint32_t below(struct input *in, size_t n)
{
	in->random = in->random * 1664525u + 1013904223u;
	return n ? (uint32_t)((in->random >> 8) % n) : 0;
}

static uint32_t get(const struct input *in, size_t at)
{
	struct cursor k = cursor_of((struct view){in->p, in->n});

	cursor_seek(&k, at);
	return cursor_u32(&k);
}

static void put(struct input *in, size_t at, size_t width, uint64_t v)
{
	for (size_t i = 0; i < width && at + i < in->n; i++)
		in->p[at + i] = (uint8_t)(v >> 8 * i);
}

/* A place that has the signature of a record; 0: none behind a random one. */
static size_t any_record(struct input *in)
{
	size_t from = below(in, in->n);
	const uint8_t *hit = memmem(in->p + from, in->n - from, RECORD, 4);

	return hit ? (size_t)(hit - in->p) : 0;
}

/* ---- the kinds ---- */

static void record_size(struct input *in)
{
	size_t at = any_record(in), size = get(in, at + 4) + 8 * (size_t)below(in, 64) - 256;

	put(in, at + 4, 4, size);
	put(in, at + size - 4, 4, size);
}

/* The record takes in the one behind it. */
static void unlink_record(struct input *in)
{
	size_t at = any_record(in), size = get(in, at + 4);

	size += get(in, at + size + 4);
	put(in, at + 4, 4, size);
	put(in, at + size - 4, 4, size);
}

static void record_id(struct input *in)
{
	put(in, any_record(in) + 8, 8, below(in, 64));
}

static void free_space(struct input *in)
{
	put(in, 48, 4, below(in, 2) ? any_record(in) : in->n);
}

/* One number that is an offset in the chunk becomes another one. */
static void offset(struct input *in)
{
	size_t to = 512 + below(in, in->n), from;

	for (from = 512 + below(in, in->n); from < in->n; from++)
		if (get(in, from) >= 512 && get(in, from) < in->n)
			break;
	for (; to < in->n; to++)
		if (get(in, to) >= 512 && get(in, to) < in->n)
			break;
	put(in, to, 4, get(in, from));
}

static void token(struct input *in)
{
	static const uint8_t tokens[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
					 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
					 0x0e, 0x0f, 0x41, 0x46, 0x45, 0x21};

	put(in, 512 + below(in, in->n), 1, tokens[below(in, sizeof(tokens))]);
}

/* The descriptor of a value: its size agrees with what many of that type have. */
static void value(struct input *in)
{
	static const uint8_t types[][2] = {
		{0x00, 0},  {0x01, 8},	{0x02, 8},  {0x03, 1}, {0x04, 1},  {0x05, 2},  {0x06, 2},
		{0x07, 4},  {0x08, 4},	{0x09, 8},  {0x0a, 8}, {0x0b, 4},  {0x0c, 8},  {0x0d, 4},
		{0x0e, 5},  {0x0f, 16}, {0x10, 8},  {0x11, 8}, {0x12, 16}, {0x13, 12}, {0x14, 4},
		{0x15, 8},  {0x20, 8},	{0x21, 40}, {0x23, 8}, {0x81, 12}, {0x84, 3},  {0x88, 8},
		{0x8f, 32}, {0x91, 16}, {0x93, 24}, {0x8d, 8}, {0x8b, 8},  {0x92, 32}, {0x95, 16}};
	const uint8_t *t = types[below(in, sizeof(types) / sizeof(types[0]))];
	size_t at;

	/* Descriptors end with a zero and begin with a size of one byte or so. */
	for (at = 512 + below(in, in->n); at + 4 < in->n; at++)
		if (!in->p[at + 1] && !in->p[at + 3] && in->p[at + 2] < 0x24 && in->p[at + 2])
			break;
	put(in, at + 2, 1, t[0]);
	if (below(in, 2))
		put(in, at, 2, t[1]);
}

static void copy_piece(struct input *in)
{
	size_t n = 1 + below(in, 512), from = below(in, in->n), to = below(in, in->n);

	if (n > in->n - from)
		n = in->n - from;
	if (n > in->n - to)
		n = in->n - to;
	memmove(in->p + to, in->p + from, n);
}

static void code_page(struct input *in)
{
	put(in, OUTCOME_PAGE, 1, below(in, 6));
}

static void (*const kinds[])(struct input *) = {
	record_size, unlink_record, record_id, free_space, offset, token, value, copy_piece,
	code_page,
};

size_t LLVMFuzzerCustomMutator(uint8_t *p, size_t n, size_t most, unsigned seed)
{
	struct input in = {.p = p, .n = n, .random = seed};
	uint32_t times = 1 + below(&in, 4);

	if (below(&in, 2) || n <= 512)
		in.n = LLVMFuzzerMutate(p, n, most);
	for (uint32_t i = 0; i < times && in.n > 512 && below(&in, 4); i++)
		kinds[below(&in, sizeof(kinds) / sizeof(kinds[0]))](&in);
	if (below(&in, 2))
		build_checksums_of(p, in.n);
	return in.n;
}
