/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "vocabulary-private.h"

#define FIELD_NAME_BLANKS 256u /* bytes of a name whose blanks are left out */

static const char *const known[] = {
#define F(id, name) [id] = name,
#include "evtxhound/fields.def"
#undef F
};

/* Words that stand for a record's own field of the name behind. */
static const char own_prefix[] = "winlog.event_data.";

struct view fields_own_name(struct view name)
{
	size_t n = sizeof(own_prefix) - 1;

	return view_eq_str(view_sub(name, 0, n), own_prefix) ? view_sub(name, n, name.n) : view_str("");
}

/* Names of ECS are of lower-case parts with dots; no field of a record is named so. */
static bool looks_like_ecs(struct view name)
{
	return name.n && name.p[0] >= 'a' && name.p[0] <= 'z' && memchr(name.p, '.', name.n);
}

static bool meanings_room(struct fields *f)
{
	size_t cap = f->cap_meanings ? f->cap_meanings * 2 : 1024;
	struct field_meaning *p;

	if (f->names.n < f->cap_meanings)
		return true;
	p = mem_grow(f->meanings, cap * sizeof(*p));
	if (!p)
		return false;
	f->meanings = p;
	f->cap_meanings = cap;
	return true;
}

/* One name; what it means is told by `own`. */
static field_id add(struct fields *f, struct view name, field_id own)
{
	size_t before = f->names.n;
	uint32_t id;

	if (!meanings_room(f))
		return FIELD_NONE;
	id = strtab_add(&f->names, name);
	if (id != STRTAB_NONE && id == before)
		f->meanings[id] = (struct field_meaning){own == FIELD_NONE ? id : own,
							 own == FIELD_NONE && looks_like_ecs(name)};
	return id == STRTAB_NONE ? FIELD_NONE : id;
}

int fields_init(struct fields *f, struct err *e)
{
	bool ok;

	*f = (struct fields){.vocabulary = vocabulary_new()};
	strtab_init(&f->names, false, LIMIT_RULES_ARENA);
	ok = f->vocabulary;
	for (field_id id = 0; ok && id < FIELD_KNOWN; id++)
		ok = add(f, view_str(known[id]), FIELD_NONE) == id;
	if (ok)
		return 0;
	fields_release(f);
	return err_set(e, ERR_NOMEM, 0, "no memory for the field names");
}

void fields_release(struct fields *f)
{
	strtab_release(&f->names);
	vocabulary_free(f->vocabulary);
	mem_free(f->meanings);
	f->vocabulary = NULL;
	f->meanings = NULL;
}

field_id fields_add(struct fields *f, struct view name)
{
	struct view own = fields_own_name(name);
	field_id id = own.n ? add(f, own, FIELD_NONE) : FIELD_NONE;

	return own.n && id == FIELD_NONE ? FIELD_NONE : add(f, name, id);
}

field_id fields_own(const struct fields *f, field_id id)
{
	return id < f->names.n ? f->meanings[id].own : FIELD_NONE;
}

bool fields_outside(const struct fields *f, field_id id)
{
	return id >= FIELD_KNOWN && id < f->names.n && f->meanings[id].outside;
}

/* "Threat Name", as Defender writes it, is the ThreatName of rules. .n 0: nothing to leave out. */
static struct view without_blanks(struct view name, uint8_t room[FIELD_NAME_BLANKS])
{
	size_t n = 0;

	if (name.n > FIELD_NAME_BLANKS || !memchr(name.p, ' ', name.n))
		return (struct view){NULL, 0};
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] != ' ')
			room[n++] = name.p[i];
	return (struct view){room, n};
}

field_id fields_find(const struct fields *f, struct view name)
{
	uint8_t room[FIELD_NAME_BLANKS];
	uint32_t id = strtab_find(&f->names, name);

	if (id != STRTAB_NONE || !name.n)
		return id == STRTAB_NONE ? FIELD_NONE : id;
	name = without_blanks(name, room);
	id = name.n ? strtab_find(&f->names, name) : STRTAB_NONE;
	return id == STRTAB_NONE ? FIELD_NONE : id;
}

struct view fields_name(const struct fields *f, field_id id)
{
	/* Asked for by writers of messages too, which may hold FIELD_NONE. */
	return id == FIELD_NONE || id >= f->names.n ? view_str("") : strtab_text(&f->names, id);
}

field_id field_known_find(struct view name)
{
	for (field_id id = 0; id < FIELD_KNOWN; id++)
		if (view_eq_str(name, known[id]))
			return id;
	return FIELD_NONE;
}
