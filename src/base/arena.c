/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <string.h>

#include "evtxhound/base.h"

/* What has been given back, or not yet handed out, is poison to AddressSanitizer. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN alignof(max_align_t)
#define BLOCK_FIRST 4096u
#define BLOCK_MOST (1u << 20)

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	size_t used; /* of data */
	alignas(max_align_t) uint8_t data[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

static size_t round_up(size_t n)
{
	return (n + (ALIGN - 1)) & ~(ALIGN - 1);
}

/* Blocks double, so that a small arena stays small and a large one asks seldom. */
static size_t block_size(const struct arena *a, size_t need)
{
	size_t size = BLOCK_FIRST;

	if (a->blocks)
		size = a->blocks->size < BLOCK_MOST / 2 ? a->blocks->size * 2 : BLOCK_MOST;
	return size < need ? need : size;
}

static struct arena_block *add_block(struct arena *a, size_t need)
{
	if (need > PTRDIFF_MAX - sizeof(struct arena_block))
		return NULL;
	size_t size = block_size(a, need);
	struct arena_block *b = mem_grow(NULL, sizeof(*b) + size);
	if (!b)
		return NULL;
	b->size = size;
	b->used = 0;
	b->next = a->blocks;
	a->blocks = b;
	POISON(b->data, size);
	return b;
}

/*
 * The cap is on what was handed out, not on what is held: whether a request is granted must not
 * hang on what the arena was used for before, or one worker and eight would differ.
 */
void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->blocks;

	if (size > PTRDIFF_MAX)
		return NULL;
	size_t need = round_up(size ? size : 1);
	if (a->used > a->max || need > a->max - a->used)
		return NULL;
	if (!b || need > b->size - b->used)
		b = add_block(a, need);
	if (!b)
		return NULL;
	uint8_t *p = b->data + b->used;
	b->used += need;
	a->used += need;
	UNPOISON(p, size);
	memset(p, 0, size);
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return arena_alloc(a, total);
}

struct view arena_keep(struct arena *a, struct view v)
{
	uint8_t *p = arena_alloc(a, v.n);

	if (!p)
		return (struct view){ NULL, 0 };
	if (v.n)
		memcpy(p, v.p, v.n);
	return (struct view){ p, v.n };
}

char *arena_str(struct arena *a, struct view v)
{
	char *s = v.n < SIZE_MAX ? arena_alloc(a, v.n + 1) : NULL;

	if (s && v.n)
		memcpy(s, v.p, v.n);
	return s;
}

/* The largest block is the one worth keeping: the next round then fits into it. */
void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;

	for (struct arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		if (!keep || b->size > keep->size) {
			UNPOISON(keep ? keep->data : NULL, keep ? keep->size : 0);
			mem_free(keep);
			keep = b;
		} else {
			UNPOISON(b->data, b->size);
			mem_free(b);
		}
	}
	a->blocks = keep;
	a->used = 0;
	if (!keep)
		return;
	keep->next = NULL;
	keep->used = 0;
	POISON(keep->data, keep->size);
}

void arena_release(struct arena *a)
{
	for (struct arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		UNPOISON(b->data, b->size);
		mem_free(b);
	}
	a->blocks = NULL;
	a->used = 0;
}
