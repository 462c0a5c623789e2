/* SPDX-License-Identifier: Apache-2.0 */
/* Template definitions: Windows' three System templates, and the part of each event type. */
#include "tokens.h"

static void put_provider(struct bx_chunk *c, const struct bx_event *ev)
{
	size_t at, list;

	if (ev->system == SYSTEM_MODERN) {
		bx_put_attributes(c, "Provider", "Name", S_PROVIDER, BX_STRING, "Guid", S_GUID, BX_GUID);
		return;
	}
	at = bx_open_element(c, "Provider", NO_DEPENDENCY, true);
	list = bx_open_attributes(c);
	bx_put_attribute(c, "Name", ev->guid != NULL);
	bx_put_text(c, ev->provider);
	if (ev->guid) {
		bx_put_attribute(c, "Guid", false);
		bx_put_text(c, ev->guid);
	}
	bx_patch_size(c, list);
	bx_close_element(c, at, T_CLOSE_EMPTY);
}

static void put_event_id(struct bx_chunk *c)
{
	size_t at = bx_open_element(c, "EventID", S_ID, true), list = bx_open_attributes(c);

	bx_put_attribute(c, "Qualifiers", false);
	bx_put_slot(c, T_OPTIONAL, S_QUALIFIERS, BX_UINT16);
	bx_patch_size(c, list);
	bx_close_start(c);
	bx_put_slot(c, T_OPTIONAL, S_ID, BX_UINT16);
	bx_close_element(c, at, T_END);
}

static void put_system(struct bx_chunk *c, const struct bx_event *ev)
{
	bool modern = ev->system == SYSTEM_MODERN, classic = ev->system == SYSTEM_CLASSIC;
	size_t at = bx_open_element(c, "System", NO_DEPENDENCY, false);

	bx_close_start(c);
	put_provider(c, ev);
	put_event_id(c);
	if (!classic)
		bx_put_optional(c, "Version", S_VERSION, BX_UINT8);
	bx_put_optional(c, "Level", S_LEVEL, BX_UINT8);
	bx_put_optional(c, "Task", S_TASK, BX_UINT16);
	if (!classic)
		bx_put_optional(c, "Opcode", S_OPCODE, BX_UINT8);
	bx_put_optional(c, "Keywords", S_KEYWORDS, BX_HEX64);
	bx_put_attributes(c, "TimeCreated", "SystemTime", S_TIME, BX_FILETIME, NULL, 0, 0);
	bx_put_optional(c, "EventRecordID", S_RECORD_ID, BX_UINT64);
	if (!classic) {
		bx_put_attributes(c, "Correlation", "ActivityID", S_ACTIVITY, BX_GUID,
			       "RelatedActivityID", modern ? S_RELATED : S_LITERAL_RELATED, BX_GUID);
		bx_put_attributes(c, "Execution", "ProcessID", S_PID, BX_UINT32, "ThreadID", S_TID,
			       BX_UINT32);
	}
	if (modern)
		bx_put_optional(c, "Channel", S_CHANNEL, BX_STRING);
	else
		bx_put_literal(c, "Channel", ev->channel);
	bx_put_literal(c, "Computer", c->computer);
	bx_put_attributes(c, "Security", "UserID", S_USER, BX_SID, NULL, 0, 0);
	bx_close_element(c, at, T_END);
}

void bx_system_definition(struct bx_chunk *c, const struct bx_event *ev)
{
	bool user_data = ev->payload == PAYLOAD_CLEARED;
	size_t slot = ev->system == SYSTEM_MODERN ? S_PAYLOAD : S_LITERAL_PAYLOAD;
	size_t at = bx_open_element(c, "Event", user_data ? NO_DEPENDENCY : (unsigned)slot, true);
	size_t list = bx_open_attributes(c), inner = 0;

	bx_put_attribute(c, "xmlns", false);
	bx_put_text(c, "http://schemas.microsoft.com/win/2004/08/events/event");
	bx_patch_size(c, list);
	bx_close_start(c);
	put_system(c, ev);
	if (user_data) {
		inner = bx_open_element(c, "UserData", (unsigned)slot, false);
		bx_close_start(c);
	}
	bx_put_slot(c, T_OPTIONAL, slot, BX_XML);
	if (user_data)
		bx_close_element(c, inner, T_END);
	bx_close_element(c, at, T_END);
}

static void put_data(struct bx_chunk *c, const struct bx_field *f, size_t slot)
{
	size_t at = bx_open_element(c, "Data", NO_DEPENDENCY, f->name != NULL), list;

	if (f->name) {
		list = bx_open_attributes(c);
		bx_put_attribute(c, "Name", false);
		bx_put_text(c, f->name);
		bx_patch_size(c, list);
	}
	bx_close_start(c);
	bx_put_slot(c, f->type == BX_NULL ? T_OPTIONAL : T_NORMAL, slot, f->type);
	bx_close_element(c, at, T_END);
}

static void put_cleared(struct bx_chunk *c, const struct bx_event *ev)
{
	size_t at = bx_open_element(c, "LogFileCleared", NO_DEPENDENCY, true);
	size_t list = bx_open_attributes(c), field;

	bx_put_attribute(c, "xmlns:auto-ns3", true);
	bx_put_text(c, "http://schemas.microsoft.com/win/2004/08/events");
	bx_put_attribute(c, "xmlns", false);
	bx_put_text(c, "http://manifests.microsoft.com/win/2004/08/windows/eventlog");
	bx_patch_size(c, list);
	bx_close_start(c);
	for (size_t i = 0; i < ev->n_fields; i++) {
		field = bx_open_element(c, ev->fields[i].name, NO_DEPENDENCY, false);
		bx_close_start(c);
		bx_put_slot(c, T_NORMAL, i, ev->fields[i].type);
		bx_close_element(c, field, T_END);
	}
	bx_close_element(c, at, T_END);
}

void bx_payload_definition(struct bx_chunk *c, const struct bx_event *ev)
{
	size_t at;

	if (ev->payload == PAYLOAD_CLEARED) {
		put_cleared(c, ev);
		return;
	}
	at = bx_open_element(c, "EventData", NO_DEPENDENCY, false);
	bx_close_start(c);
	if (ev->payload == PAYLOAD_CLASSIC) {
		bx_put_optional(c, "Data", 0, BX_STRING | BX_ARRAY);
		bx_put_optional(c, "Binary", 2, BX_BINARY);
	}
	for (size_t i = 0; i < ev->n_fields && ev->payload == PAYLOAD_DATA; i++)
		put_data(c, &ev->fields[i], i);
	bx_close_element(c, at, T_END);
}
