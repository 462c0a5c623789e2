/* SPDX-License-Identifier: Apache-2.0 */
/* Records to read again, chunk by chunk: one unit for all that are wanted of a chunk. */
#include "hunt-private.h"

#include <unistd.h>

void fetch_list_init(struct fetch_list *l, struct hunt *h, enum unit_kind kind)
{
	*l = (struct fetch_list){.h = h, .kind = kind, .bytes = {.fd = -1}};
}

void fetch_list_release(struct fetch_list *l)
{
	bytes_close(&l->bytes);
	mem_free(l->at);
	mem_free(l->wanted);
	mem_free(l->retries);
}

int fetch_list_add(struct fetch_list *l, const struct fetch_at *at, uint64_t offset, bool witness,
		   struct err *e)
{
	if (room((void **)&l->at, &l->cap_at, l->n + 1, sizeof(*l->at), e) < 0 ||
	    room((void **)&l->wanted, &l->cap_wanted, l->n + 1, sizeof(*l->wanted), e) < 0)
		return -1;
	l->at[l->n] = *at;
	l->wanted[l->n] = (struct wanted){offset, (uint32_t)l->n, witness};
	l->n++;
	return 0;
}

/* -1 where it cannot be opened any more: whoever reads the unit then finds none of its records. */
static int open_for(struct fetch_list *l, uint32_t source)
{
	struct err ignored = {0};
	if (l->bytes.fd >= 0 && l->bytes_of == source)
		return l->bytes.fd;
	bytes_close(&l->bytes);
	source_bytes(l->h->sources, &l->h->sources->v[source], &l->bytes, &ignored);
	l->bytes_of = source;
	return l->bytes.fd;
}

static size_t same_chunk(const struct fetch_list *l, size_t from)
{
	size_t i = from + 1;
	while (i < l->n && l->at[i].source == l->at[from].source &&
	       l->at[i].chunk == l->at[from].chunk)
		i++;
	return i;
}

static void cut(struct fetch_list *l, struct unit *u)
{
	const struct fetch_at *at = &l->at[l->given];
	uint64_t base = evtx_chunk_offset(at->chunk);
	size_t to = same_chunk(l, l->given);
	*u = (struct unit){.kind = l->kind, .source = at->source,
			   .run = {base, base, base + EVTX_CHUNK_SIZE},
			   .wanted = l->wanted + l->given, .n_wanted = to - l->given};
	u->size = l->h->sources->v[at->source].size;
	u->irregular = l->h->schedule.open[at->source].irregular;
	l->given = to;
}

int fetch_list_next(struct fetch_list *l, struct unit *u, int *fd)
{
	if (l->n_retries)
		*u = l->retries[--l->n_retries];
	else if (l->given < l->n)
		cut(l, u);
	else
		return 1;
	*fd = open_for(l, u->source);
	collections_hand(&l->h->collections, u);
	u->map = (struct extents){l->bytes.map, l->bytes.n_map};
	return 0;
}

int fetch_list_again(struct fetch_list *l, const struct unit *u, uint32_t slot, struct err *e)
{
	struct unit one = *u;
	if (room((void **)&l->retries, &l->cap_retries, l->n_retries + 1, sizeof(*l->retries), e) < 0)
		return -1;
	one.wanted = &l->wanted[slot];
	one.n_wanted = 1;
	l->retries[l->n_retries++] = one;
	return 0;
}
