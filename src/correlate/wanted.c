/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of identity that some kept event or process needs, and the facts that bear them. */
#include <string.h>

#include "correlate-private.h"

#define KEY_BYTES 21u /* kind, host, 16 of a GUID or 8 of a number */
#define KEY_FILTERED_BYTES 256u /* kind, host, PID, connection_text() */

static const size_t each_side[][OF_COUNT] = {
	[KEY_GUID] = {1, 1, 1, LIMIT_NEAR_CARRIERS},
	[KEY_PID] = {LIMIT_NEAR_STARTS, LIMIT_NEAR_STARTS, LIMIT_NEAR_STARTS, 0},
	[KEY_LOGON] = {1, 0, 0, 0},
	[KEY_BOOT] = {LIMIT_NEAR_BOOTS, 0, 0, 0},
	[KEY_GUID_CHILD] = {LIMIT_TREE_NODES / 2, 0, 0, 0},
	[KEY_PID_CHILD] = {LIMIT_TREE_NODES / 2, 0, 0, 0},
	[KEY_FILTERED] = {LIMIT_NEAR_FILTERED, 0, 0, 0},
};

void wanted_init(struct wanted *w)
{
	*w = (struct wanted){0};
	strtab_init(&w->hosts, true, SIZE_MAX);
	strtab_init(&w->keys, false, SIZE_MAX);
}

static void entry_free(struct entry *en)
{
	for (size_t i = 0; i < OF_COUNT; i++)
		nearby_release(&en->of[i]);
	mem_free(en);
}

void wanted_release(struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		entry_free(w->entries[i]);
	mem_free(w->entries);
	strtab_release(&w->hosts);
	strtab_release(&w->keys);
}

/* ---- keys ---- */

static struct view key_of(uint8_t out[KEY_BYTES], enum key_kind kind, uint32_t host,
			  const struct guid *g, uint64_t number)
{
	out[0] = (uint8_t)kind;
	memcpy(out + 1, &host, sizeof(host));
	if (g)
		memcpy(out + 5, g->b, sizeof(g->b));
	else
		memcpy(out + 5, &number, sizeof(number));
	return (struct view){out, g ? KEY_BYTES : 13u};
}

static struct entry *find(const struct wanted *w, struct view key)
{
	uint32_t id = strtab_find(&w->keys, key);

	return id < w->n ? w->entries[id] : NULL;
}

static int make_room(struct wanted *w)
{
	size_t cap = w->cap ? w->cap * 2 : 64;
	struct entry **p;

	if (w->n < w->cap)
		return 0;
	p = mem_grow(w->entries, cap * sizeof(struct entry *));
	if (!p)
		return -1;
	w->entries = p;
	w->cap = cap;
	return 0;
}

static struct entry *add(struct wanted *w, struct view key, struct entry values)
{
	struct entry *en = find(w, key);

	if (en)
		return en;
	en = make_room(w) < 0 ? NULL : mem_alloc(sizeof(*en));
	if (!en)
		return NULL;
	if (strtab_add(&w->keys, key) != w->n) {
		mem_free(en);
		return NULL;
	}
	*en = values;
	for (size_t i = 0; i < OF_COUNT; i++)
		en->of[i].each_side = each_side[values.kind][i];
	w->entries[w->n++] = en;
	return en;
}

struct entry *wanted_guid(struct wanted *w, enum key_kind kind, uint32_t host,
			  const struct guid *g)
{
	uint8_t bytes[KEY_BYTES];

	return add(w, key_of(bytes, kind, host, g, 0),
		   (struct entry){.kind = kind, .host = host, .guid = *g});
}

struct entry *wanted_number(struct wanted *w, enum key_kind kind, uint32_t host, uint64_t number)
{
	uint8_t bytes[KEY_BYTES];

	return add(w, key_of(bytes, kind, host, NULL, number),
		   (struct entry){.kind = kind, .host = host, .number = number});
}

struct entry *wanted_find_guid(const struct wanted *w, enum key_kind kind, uint32_t host,
			       const struct guid *g)
{
	uint8_t bytes[KEY_BYTES];

	return find(w, key_of(bytes, kind, host, g, 0));
}

struct entry *wanted_find_number(const struct wanted *w, enum key_kind kind, uint32_t host,
				 uint64_t number)
{
	uint8_t bytes[KEY_BYTES];

	return find(w, key_of(bytes, kind, host, NULL, number));
}

/* connection_text() makes no longer ones; a fact that was not made by it is no connection's. */
static struct view filtered_key(uint8_t out[KEY_FILTERED_BYTES], uint32_t host, uint64_t pid,
				struct view connection)
{
	struct view v = key_of(out, KEY_FILTERED, host, NULL, pid);

	if (connection.n > KEY_FILTERED_BYTES - v.n)
		return (struct view){out, 0};
	memcpy(out + v.n, connection.p, connection.n);
	return (struct view){out, v.n + connection.n};
}

struct entry *wanted_filtered(struct wanted *w, uint32_t host, uint64_t pid, struct view connection)
{
	uint8_t bytes[KEY_FILTERED_BYTES];

	return add(w, filtered_key(bytes, host, pid, connection),
		   (struct entry){.kind = KEY_FILTERED, .host = host, .number = pid});
}

struct entry *wanted_find_filtered(const struct wanted *w, uint32_t host, uint64_t pid,
				   struct view connection)
{
	uint8_t bytes[KEY_FILTERED_BYTES];

	return find(w, filtered_key(bytes, host, pid, connection));
}

/* ---- facts ---- */

size_t wanted_open(struct wanted *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct entry *en = w->entries[i];

		en->open = false;
		for (size_t k = 0; k < OF_COUNT; k++)
			en->open |= nearby_questions(&en->of[k]);
		n += en->open;
	}
	return n;
}

static uint32_t clue_of_entry(const struct wanted *w, const struct entry *en)
{
	struct view host = strtab_text(&w->hosts, en->host);

	switch (en->kind) {
	case KEY_GUID:
	case KEY_GUID_CHILD:
		return clue_key(CLUE_GUID, host, &en->guid, 0);
	case KEY_PID:
	case KEY_PID_CHILD:
	case KEY_FILTERED:
		return clue_key(CLUE_PID, host, NULL, en->number);
	case KEY_LOGON:
		return clue_key(CLUE_LOGON, host, NULL, en->number);
	case KEY_BOOT:
		break;
	}
	return clue_key(CLUE_BOOT, host, NULL, 0);
}

int wanted_clues(const struct wanted *w, struct map *keys)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->entries[i]->open && !map_put(keys, clue_of_entry(w, w->entries[i]), 0))
			return -1;
	return 0;
}

void wanted_close(struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!w->entries[i]->open)
			continue;
		for (size_t k = 0; k < OF_COUNT; k++)
			nearby_settle(&w->entries[i]->of[k]);
		w->entries[i]->open = false;
	}
}

static int take(struct entry *en, size_t of, const struct fact *f)
{
	return en && en->open ? nearby_take(&en->of[of], f) : 0;
}

static int take_start(struct wanted *w, uint32_t host, const struct fact *f)
{
	struct entry *parent;

	if (take(wanted_find_number(w, KEY_PID, host, f->pid), OF_START, f) < 0)
		return -1;
	if (!guid_is_null(&f->guid) &&
	    take(wanted_find_guid(w, KEY_GUID, host, &f->guid), OF_START, f) < 0)
		return -1;
	if (guid_is_null(&f->parent_guid))
		return take(wanted_find_number(w, KEY_PID_CHILD, host, f->parent_pid), OF_START, f);
	parent = wanted_find_guid(w, KEY_GUID, host, &f->parent_guid);
	if (take(parent, OF_CARRIER, f) < 0)
		return -1;
	return take(wanted_find_guid(w, KEY_GUID_CHILD, host, &f->parent_guid), OF_START, f);
}

static int take_other(struct wanted *w, uint32_t host, const struct fact *f, size_t of)
{
	struct entry *en;

	if (take(wanted_find_number(w, KEY_PID, host, f->pid), of, f) < 0)
		return -1;
	if (guid_is_null(&f->guid))
		return 0;
	en = wanted_find_guid(w, KEY_GUID, host, &f->guid);
	return take(en, of, f) < 0 || take(en, OF_CARRIER, f) < 0 ? -1 : 0;
}

/* A connection tells whose GUID it was, and no more. */
static int take_connection(struct wanted *w, uint32_t host, const struct fact *f)
{
	if (guid_is_null(&f->guid))
		return 0;
	return take(wanted_find_guid(w, KEY_GUID, host, &f->guid), OF_CARRIER, f);
}

int wanted_fact(struct wanted *w, const struct fact *f)
{
	uint32_t host = strtab_find(&w->hosts, f->host);

	if (host == STRTAB_NONE)
		return 0;
	switch (f->kind) {
	case KIND_PROCESS_START:
		return take_start(w, host, f);
	case KIND_PROCESS_END:
		return take_other(w, host, f, OF_END);
	case KIND_IMAGE_LOAD:
		return take_other(w, host, f, OF_LOAD);
	case KIND_LOGON:
		return take(wanted_find_number(w, KEY_LOGON, host, f->logon_id), OF_START, f);
	case KIND_BOOT:
		return take(wanted_find_number(w, KEY_BOOT, host, 0), OF_START, f);
	case KIND_FILTERED:
		return take(wanted_find_filtered(w, host, f->pid, f->text), OF_START, f);
	case KIND_NETWORK:
		return take_connection(w, host, f);
	case KIND_NONE:
	case KIND_COUNT:
		break;
	}
	return 0;
}
