/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "value-private.h"

/* ---- where an element's text belongs ---- */

struct place_row {
	const char *element, *attribute; /* "" is the element's text */
	enum member member;
};

/* MS-EVEN6 2.2.13 and the event schema: the children of System. */
static const struct place_row system_rows[] = {
	{"Provider", "Name", MEMBER_PROVIDER},
	{"Provider", "Guid", MEMBER_PROVIDER_GUID},
	{"EventID", "", MEMBER_EVENT_ID},
	{"EventID", "Qualifiers", MEMBER_QUALIFIERS},
	{"Version", "", MEMBER_VERSION},
	{"Level", "", MEMBER_LEVEL},
	{"Task", "", MEMBER_TASK},
	{"Opcode", "", MEMBER_OPCODE},
	{"Keywords", "", MEMBER_KEYWORDS},
	{"TimeCreated", "SystemTime", MEMBER_TIME_CREATED},
	{"EventRecordID", "", MEMBER_RECORD_ID},
	{"Execution", "ProcessID", MEMBER_EXECUTION_PID},
	{"Execution", "ThreadID", MEMBER_EXECUTION_TID},
	{"Channel", "", MEMBER_CHANNEL},
	{"Computer", "", MEMBER_COMPUTER},
	{"Security", "UserID", MEMBER_USER_SID},
};

static enum member system_member(struct view element, struct view attribute)
{
	for (size_t i = 0; i < sizeof(system_rows) / sizeof(*system_rows); i++)
		if (view_eq_str(element, system_rows[i].element) &&
		    view_eq_str(attribute, system_rows[i].attribute))
			return system_rows[i].member;
	return MEMBER_NONE;
}

static bool is_namespace(struct view attribute)
{
	return view_eq_str(view_sub(attribute, 0, 5), "xmlns") &&
	       (attribute.n == 5 || attribute.p[5] == ':');
}

enum member event_member(const struct path *p, struct view attribute, struct view data_name,
			 struct buf *name)
{
	struct view element;
	bool data;

	if (p->depth < 2 || p->depth > LIMIT_BINXML_DEPTH || !view_eq_str(p->names[0], "Event"))
		return MEMBER_NONE;
	if (view_eq_str(p->names[1], "System"))
		return p->depth == 3 ? system_member(p->names[2], attribute) : MEMBER_NONE;
	element = p->names[p->depth - 1];
	data = view_eq_str(element, "Data") && p->depth > 2;
	if (is_namespace(attribute) || (data && view_eq_str(attribute, "Name")))
		return MEMBER_NONE;
	buf_view(name, data && !attribute.n ? data_name : element);
	if (attribute.n) {
		buf_byte(name, '.');
		buf_view(name, attribute);
	}
	return MEMBER_FIELD;
}

/* ---- System members from values ---- */

static void set_text(struct view *out, struct value v, struct arena *a)
{
	struct view text = value_view(a, v);

	if (text.n)
		*out = text;
}

static void set_guid(struct guid *out, struct value v)
{
	struct guid g;

	if (v.type == VALUE_GUID && v.raw.n == sizeof(g.b))
		memcpy(out->b, v.raw.p, sizeof(g.b));
	else if (v.type == VALUE_UTF8 && guid_parse(v.raw, &g))
		*out = g;
}

/* Templates write the provider's GUID as literal text, which is UTF-16 in our own decoder. */
static void set_guid_any(struct guid *out, struct value v, struct arena *a)
{
	if (v.type == VALUE_UTF16)
		v = (struct value){VALUE_UTF8, value_view(a, v)};
	set_guid(out, v);
}

static void set_time(uint64_t *out, struct value v, struct arena *a)
{
	struct cursor c = cursor_of(v.raw);
	struct view text;
	uint64_t t;

	if (v.type == VALUE_FILETIME) {
		t = cursor_u64(&c);
		if (v.raw.n == 8)
			*out = t;
		return;
	}
	text = value_view(a, v);
	if (text.n && time_parse(text, &t))
		*out = t;
}

static uint64_t member_max(enum member m)
{
	if (m == MEMBER_VERSION || m == MEMBER_LEVEL || m == MEMBER_OPCODE)
		return UINT8_MAX;
	if (m == MEMBER_EVENT_ID || m == MEMBER_QUALIFIERS || m == MEMBER_TASK)
		return UINT16_MAX;
	return m == MEMBER_EXECUTION_PID || m == MEMBER_EXECUTION_TID ? UINT32_MAX : UINT64_MAX;
}

static void set_number(struct event *ev, enum member m, struct value v)
{
	uint64_t n;

	if (!value_number(v, &n) || n > member_max(m))
		return;
	if (m == MEMBER_EVENT_ID)
		ev->event_id = (uint16_t)n;
	else if (m == MEMBER_QUALIFIERS)
		ev->qualifiers = (uint16_t)n;
	else if (m == MEMBER_VERSION)
		ev->version = (uint8_t)n;
	else if (m == MEMBER_LEVEL)
		ev->level = (uint8_t)n;
	else if (m == MEMBER_TASK)
		ev->task = (uint16_t)n;
	else if (m == MEMBER_OPCODE)
		ev->opcode = (uint8_t)n;
	else if (m == MEMBER_KEYWORDS)
		ev->keywords = n;
	else if (m == MEMBER_RECORD_ID)
		ev->record_id = n;
	else if (m == MEMBER_EXECUTION_PID)
		ev->execution_pid = (uint32_t)n;
	else if (m == MEMBER_EXECUTION_TID)
		ev->execution_tid = (uint32_t)n;
}

void event_set(struct event *ev, enum member m, struct value v, struct arena *a)
{
	if (m == MEMBER_PROVIDER)
		set_text(&ev->provider, v, a);
	else if (m == MEMBER_CHANNEL)
		set_text(&ev->channel, v, a);
	else if (m == MEMBER_COMPUTER)
		set_text(&ev->computer, v, a);
	else if (m == MEMBER_USER_SID)
		set_text(&ev->user_sid, v, a);
	else if (m == MEMBER_PROVIDER_GUID)
		set_guid_any(&ev->provider_guid, v, a);
	else if (m == MEMBER_TIME_CREATED)
		set_time(&ev->time_created, v, a);
	else
		set_number(ev, m, v);
}
