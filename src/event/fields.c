/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "value-private.h"

#define FIELD_NAME_BLANKS 256u /* bytes of a name whose blanks are left out */

static const char *const known[] = {
#define F(id, name) [id] = name,
#include "evtxhound/fields.def"
#undef F
};

int fields_init(struct fields *f, struct err *e)
{
	strtab_init(&f->names, false, LIMIT_RULES_ARENA);
	for (field_id id = 0; id < FIELD_KNOWN; id++)
		if (strtab_add(&f->names, view_str(known[id])) != id) {
			fields_release(f);
			return err_set(e, ERR_NOMEM, 0, "no memory for the field names");
		}
	return 0;
}

void fields_release(struct fields *f)
{
	strtab_release(&f->names);
}

field_id fields_add(struct fields *f, struct view name)
{
	uint32_t id = strtab_add(&f->names, name);

	return id == STRTAB_NONE ? FIELD_NONE : id;
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
