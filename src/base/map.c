/* SPDX-License-Identifier: Apache-2.0 */
#include "keyed.h"

#define FIRST_CAP 32u

void map_init(struct map *m)
{
	*m = (struct map){ 0 };
}

void map_release(struct map *m)
{
	mem_free(m->keys);
	mem_free(m->vals);
	mem_free(m->used);
	map_init(m);
}

/* Where the key is, or the free place where it belongs. There is always a free one. */
static size_t place_of(const struct map *m, uint64_t key)
{
	size_t mask = m->cap - 1;
	size_t i = (size_t)keyed_number(m->secret, key) & mask;

	while (m->used[i] && m->keys[i] != key)
		i = (i + 1) & mask;
	return i;
}

static void set(struct map *m, size_t i, uint64_t key, uint64_t val)
{
	m->keys[i] = key;
	m->vals[i] = val;
	m->used[i] = 1;
}

static bool grow(struct map *m)
{
	struct map next = { .cap = m->cap ? m->cap * 2 : FIRST_CAP,
			    .n = m->n,
			    .secret = m->cap ? m->secret : keyed_secret() };

	if (next.cap > SIZE_MAX / 2 / sizeof(uint64_t))
		return false;
	next.keys = mem_grow(NULL, next.cap * sizeof(uint64_t));
	next.vals = mem_grow(NULL, next.cap * sizeof(uint64_t));
	next.used = mem_alloc(next.cap);
	if (!next.keys || !next.vals || !next.used) {
		map_release(&next);
		return false;
	}
	for (size_t i = 0; i < m->cap; i++) {
		if (m->used[i])
			set(&next, place_of(&next, m->keys[i]), m->keys[i], m->vals[i]);
	}
	map_release(m);
	*m = next;
	return true;
}

bool map_put(struct map *m, uint64_t key, uint64_t val)
{
	if (m->n >= m->cap / 4 * 3 && !map_get(m, key, NULL) && !grow(m))
		return false;
	size_t i = place_of(m, key);
	if (!m->used[i])
		m->n++;
	set(m, i, key, val);
	return true;
}

bool map_get(const struct map *m, uint64_t key, uint64_t *val)
{
	if (!m->n)
		return false;
	size_t i = place_of(m, key);
	if (m->used[i] && val)
		*val = m->vals[i];
	return m->used[i];
}
