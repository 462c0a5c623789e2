/* SPDX-License-Identifier: Apache-2.0 */
/* The record in its own words: what stands there, translated by nobody. */
#include "vocabulary-private.h"

struct values {
	struct arena *arena;
	struct view *v;
	size_t n, cap;
};

static int values_add(struct values *l, struct view text)
{
	if (!text.p)
		return -1;
	if (!text.n)
		return 0;
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 4;
		struct view *v = arena_array(l->arena, cap, sizeof(*v));

		if (!v)
			return -1;
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = text;
	return 0;
}

/* An array's items are values of their own. */
static int values_add_field(struct values *l, struct value v)
{
	struct value item;
	size_t at = 0;

	if (!(v.type & VALUE_ARRAY))
		return v.type == VALUE_NULL ? 0
		       : values_add(l, v.type == VALUE_UTF8 ? value_canonical(l->arena, v)
							    : value_view(l->arena, v));
	while (value_item(v, &at, &item))
		if (item.raw.n && values_add(l, value_view(l->arena, item)) < 0)
			return -1;
	return 0;
}

static void give(const struct values *l, struct answer *out)
{
	out->values = l->v;
	out->n = l->n;
	out->state = l->n ? ANSWER_VALUE : ANSWER_NULL;
}

/* ---- System's members, by the names that Sigma gives them ---- */

static const struct {
	field_id id;
	bool first; /* even where the record has a field of that name */
	enum member member;
} members[] = {
	{FIELD_EVENT_ID, true, MEMBER_EVENT_ID},
	{FIELD_PROVIDER_NAME, true, MEMBER_PROVIDER},
	{FIELD_CHANNEL, true, MEMBER_CHANNEL},
	{FIELD_COMPUTER, true, MEMBER_COMPUTER},
	{FIELD_LEVEL, false, MEMBER_LEVEL},
	{FIELD_TASK, false, MEMBER_TASK},
	{FIELD_OPCODE, false, MEMBER_OPCODE},
	{FIELD_VERSION, false, MEMBER_VERSION},
	{FIELD_KEYWORDS, false, MEMBER_KEYWORDS},
	{FIELD_RECORD_ID, false, MEMBER_RECORD_ID},
	{FIELD_WRITER_SID, false, MEMBER_USER_SID},
};
#define N_MEMBERS (sizeof(members) / sizeof(*members))

static struct view member_text(const struct event *ev, enum member m, struct arena *a)
{
	const struct {
		enum member member;
		struct view text;
	} texts[] = {
		{MEMBER_PROVIDER, ev->provider},
		{MEMBER_CHANNEL, ev->channel},
		{MEMBER_COMPUTER, event_computer(ev)},
		{MEMBER_USER_SID, ev->user_sid},
	};
	const struct {
		enum member member;
		uint64_t n;
	} numbers[] = {
		{MEMBER_EVENT_ID, ev->event_id}, {MEMBER_LEVEL, ev->level},
		{MEMBER_TASK, ev->task},	 {MEMBER_OPCODE, ev->opcode},
		{MEMBER_VERSION, ev->version},	 {MEMBER_RECORD_ID, ev->record_id},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].member == m)
			return texts[i].text.n ? texts[i].text : view_str("");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (numbers[i].member == m)
			return value_decimal(a, numbers[i].n);
	return value_hexadecimal(a, ev->keywords);
}

static size_t member_of(field_id id)
{
	size_t i = 0;

	while (i < N_MEMBERS && members[i].id != id)
		i++;
	return i;
}

/* ---- asking ---- */

int event_ask_raw(const struct event *ev, field_id id, const struct fields *f, struct arena *a,
		  struct answer *out)
{
	size_t member = member_of(id);
	struct values l = {.arena = a};
	field_id own = fields_own(f, id);
	bool missing = true;

	*out = (struct answer){.state = ANSWER_NULL, .why = ""};
	for (size_t i = 0; i < ev->n_fields && (member == N_MEMBERS || !members[member].first); i++) {
		const struct field *field = &ev->fields[i];

		if (field->id != own)
			continue;
		missing = false;
		if (values_add_field(&l, field->value) < 0)
			return -1;
	}
	if (missing && member < N_MEMBERS &&
	    values_add(&l, member_text(ev, members[member].member, a)) < 0)
		return -1;
	give(&l, out);
	if (!l.n)
		vocabulary_nothing(f, ev, id, missing, out);
	return 0;
}

int event_ask_any(const struct event *ev, struct arena *a, struct answer *out)
{
	const struct view system[] = {ev->provider, ev->channel, event_computer(ev), ev->user_sid};
	struct values l = {.arena = a};

	*out = (struct answer){.state = ANSWER_NULL, .why = ""};
	for (size_t i = 0; i < sizeof(system) / sizeof(*system); i++)
		if (system[i].n && values_add(&l, system[i]) < 0)
			return -1;
	if (values_add(&l, value_decimal(a, ev->event_id)) < 0)
		return -1;
	for (size_t i = 0; i < ev->n_fields; i++)
		if (values_add_field(&l, ev->fields[i].value) < 0)
			return -1;
	give(&l, out);
	return 0;
}
