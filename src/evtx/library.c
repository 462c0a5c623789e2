/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An index of the definitions of a source by the first bytes of their GUID. The same template stands
 * in nearly every chunk: of each id only so many places are looked at, and of those only the ones
 * are kept that say something of their own.
 */
#include <string.h>

#include "definition.h"
#include "evtxhound/evtx.h"
#include "template.h"

struct shelf {
	uint32_t seen;	    /* places looked at */
	size_t first, last; /* 1 + index of entries; 0: none */
};
struct entry {
	uint64_t chunk;	  /* bytes into the source */
	uint64_t content; /* what it says */
	uint32_t offset;  /* bytes into the chunk */
	size_t next;	  /* 1 + index, of the same id; 0: the last */
};

struct evtx_library {
	struct compiler *compiler;
	struct arena arena; /* for compiling; emptied with each chunk */
	struct map ids;	    /* to 1 + index of shelves */
	struct shelf *shelves;
	struct entry *entries;
	size_t n_shelves, n_entries, cap_shelves, cap_entries;
};

struct evtx_library *evtx_library_new(void)
{
	struct evtx_library *l = mem_alloc(sizeof(*l));

	if (!l)
		return NULL;
	map_init(&l->ids);
	arena_init(&l->arena, LIMIT_CHUNK_ARENA);
	l->compiler = compiler_new(NULL);
	if (l->compiler)
		return l;
	evtx_library_free(l);
	return NULL;
}

void evtx_library_free(struct evtx_library *l)
{
	if (!l)
		return;
	compiler_free(l->compiler);
	map_release(&l->ids);
	arena_release(&l->arena);
	mem_free(l->shelves);
	mem_free(l->entries);
	mem_free(l);
}

static bool grow(void **p, size_t *cap, size_t n, size_t size)
{
	size_t to = *cap ? *cap * 2 : 64;
	void *q = n < *cap ? *p : mem_grow(*p, to * size);

	if (!q)
		return false;
	if (n == *cap)
		*cap = to;
	*p = q;
	return true;
}

/* The shelf of an id; *out NULL: there are too many ids. false: no memory. */
static bool shelf_of(struct evtx_library *l, uint32_t id, struct shelf **out)
{
	uint64_t at;

	*out = NULL;
	if (map_get(&l->ids, id, &at)) {
		*out = &l->shelves[at];
		return true;
	}
	if (l->n_shelves == LIMIT_LIBRARY_IDS)
		return true;
	if (!grow((void **)&l->shelves, &l->cap_shelves, l->n_shelves, sizeof(*l->shelves)) ||
	    !map_put(&l->ids, id, l->n_shelves))
		return false;
	*out = &l->shelves[l->n_shelves++];
	**out = (struct shelf){0};
	return true;
}

static bool is_known(const struct evtx_library *l, const struct shelf *s, uint64_t content)
{
	for (size_t i = s->first; i; i = l->entries[i - 1].next)
		if (l->entries[i - 1].content == content)
			return true;
	return false;
}

static bool put(struct evtx_library *l, struct shelf *s, const struct entry *e)
{
	if (!grow((void **)&l->entries, &l->cap_entries, l->n_entries, sizeof(*l->entries)))
		return false;
	l->entries[l->n_entries++] = *e;
	if (s->first)
		l->entries[s->last - 1].next = l->n_entries;
	else
		s->first = l->n_entries;
	s->last = l->n_entries;
	return true;
}

/* What the definition says; false: it cannot be lent. *e: -1 for lack of memory. */
static bool content_of(struct evtx_library *l, struct view chunk, const struct definition *d,
		       uint64_t *steps, uint64_t *content, int *e)
{
	struct template t = {0};
	struct source_text src = {
		.chunk = chunk,
		.pos = d->body,
		.end = d->body + d->size,
		.dependency = true,
		.steps = steps,
	};
	size_t end;

	*e = compile(l->compiler, &src, &l->arena, &t, &end);
	*content = t.content;
	return *e == 0 && !t.flaw.what && !t.nested;
}

int evtx_library_add(struct evtx_library *l, struct view chunk, uint64_t offset)
{
	uint64_t steps = LIMIT_COMPILE_STEPS;
	struct definition d;
	size_t at = 0;

	arena_reset(&l->arena);
	while (definition_find(chunk, &at, &d)) {
		struct entry e = {.chunk = offset, .offset = d.offset};
		struct shelf *s;
		int error;

		if (!shelf_of(l, definition_id(&d), &s))
			return -1;
		if (!s || s->seen++ >= LIMIT_LIBRARY_PLACES)
			continue;
		if (content_of(l, chunk, &d, &steps, &e.content, &error) &&
		    !is_known(l, s, e.content) && !put(l, s, &e))
			return -1;
		if (error < 0)
			return -1;
	}
	return 0;
}

bool evtx_library_find(const struct evtx_library *l, const uint8_t id[4], size_t n, uint64_t *chunk,
		       uint32_t *offset)
{
	struct cursor k = cursor_of((struct view){id, 4});
	uint64_t shelf;
	size_t i;

	if (!map_get(&l->ids, cursor_u32(&k), &shelf))
		return false;
	for (i = l->shelves[shelf].first; i && n; n--)
		i = l->entries[i - 1].next;
	if (!i)
		return false;
	*chunk = l->entries[i - 1].chunk;
	*offset = l->entries[i - 1].offset;
	return true;
}
