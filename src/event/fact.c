/* SPDX-License-Identifier: Apache-2.0 */
#include "value-private.h"

/* ---- from an event ---- */

static const struct field *find(const struct event *ev, field_id id, const char *name)
{
	const struct field *f = event_field(ev, id);

	return f ? f : event_field_named(ev, name);
}

static struct view text(const struct event *ev, field_id id, const char *name, struct arena *a)
{
	const struct field *f = find(ev, id, name);
	struct view v = f ? value_view(a, f->value) : view_str("");

	return value_says_nothing(v) ? view_str("") : v;
}

static bool process_fact(const struct activity *act, struct fact *out)
{
	out->image = act->image;
	out->parent_image = act->parent_image;
	return act->has_pid || !guid_is_null(&act->guid);
}

static bool logon_fact(const struct event *ev, struct arena *a, struct fact *out)
{
	const struct field *f = find(ev, FIELD_TARGET_LOGON_ID, "TargetLogonId");

	out->text = text(ev, FIELD_TARGET_USER_SID, "TargetUserSid", a);
	return f && value_number(f->value, &out->logon_id);
}

/* Only the image that a process loads as itself bears on who it is. */
static bool load_fact(const struct event *ev, const struct activity *act, struct arena *a,
		      struct fact *out)
{
	struct view loaded = text(ev, FIELD_IMAGE_LOADED, "ImageLoaded", a);

	if (!loaded.n || !view_eq_nocase(loaded, act->image))
		return false;
	out->text = text(ev, FIELD_SIGNATURE, "Signature", a);
	out->trusted =
		view_eq_str_nocase(text(ev, FIELD_SIGNED, "Signed", a), "true") &&
		view_eq_str_nocase(text(ev, FIELD_SIGNATURE_STATUS, "SignatureStatus", a), "Valid");
	return act->has_pid || !guid_is_null(&act->guid);
}

/* What no connection is like corroborates none. */
static bool filtered_fact(const struct activity *act, struct arena *a, struct fact *out)
{
	out->image = act->image;
	return act->has_pid && connection_text(act, a, &out->text) == 0 && out->text.n;
}

static void take_activity(const struct activity *act, struct fact *out)
{
	out->utc = act->utc_time;
	out->guid = act->guid;
	out->parent_guid = act->parent_guid;
	out->pid = act->pid;
	out->parent_pid = act->parent_pid;
	out->logon_id = act->logon_id;
}

static bool of_kind(const struct event *ev, const struct activity *act, struct arena *a,
		    struct fact *out)
{
	if (out->kind == KIND_BOOT)
		return true;
	if (out->kind == KIND_LOGON)
		return logon_fact(ev, a, out);
	if (!act)
		return false;
	take_activity(act, out);
	if (out->kind == KIND_IMAGE_LOAD)
		return load_fact(ev, act, a, out);
	if (out->kind == KIND_FILTERED)
		return filtered_fact(act, a, out);
	if (out->kind == KIND_NETWORK && guid_is_null(&act->guid))
		return false;
	return (out->kind == KIND_PROCESS_START || out->kind == KIND_PROCESS_END ||
		out->kind == KIND_NETWORK) &&
	       process_fact(act, out);
}

bool fact_of(const struct event *ev, const struct activity *act, const struct record *r,
	     uint32_t source, struct arena *a, struct fact *out)
{
	*out = (struct fact){
		.kind = act ? act->kind : event_kind(ev),
		.recovered = r->recovered,
		.sysmon = event_is_sysmon(ev),
		.source = source,
		.offset = r->offset,
		.size = r->size,
		.event_id = ev->event_id,
		.record_id = ev->record_id,
		.time = ev->time_created,
		.utc = ev->time_created,
		.host = ev->computer,
		.channel = ev->channel,
		.image = view_str(""),
		.parent_image = view_str(""),
		.text = view_str(""),
	};
	if (!of_kind(ev, act, a, out))
		return false;
	out->identity = event_identity(ev, a);
	return true;
}

/* ---- to and from bytes ---- */

void fact_write(struct buf *b, const struct fact *f)
{
	buf_byte(b, (uint8_t)f->kind);
	buf_byte(b, f->recovered);
	buf_byte(b, f->sysmon);
	buf_byte(b, f->trusted);
	buf_u16(b, f->event_id);
	buf_u32(b, f->source);
	buf_u32(b, f->size);
	buf_u64(b, f->offset);
	buf_u64(b, f->record_id);
	buf_u64(b, f->time);
	buf_u64(b, f->utc);
	buf_u64(b, f->identity);
	buf_u64(b, f->pid);
	buf_u64(b, f->parent_pid);
	buf_u64(b, f->logon_id);
	buf_add(b, f->guid.b, sizeof(f->guid.b));
	buf_add(b, f->parent_guid.b, sizeof(f->parent_guid.b));
	buf_blob(b, f->host);
	buf_blob(b, f->channel);
	buf_blob(b, f->image);
	buf_blob(b, f->parent_image);
	buf_blob(b, f->text);
}

int fact_read(struct cursor *c, struct fact *out)
{
	uint8_t kind = cursor_u8(c);

	*out = (struct fact){0};
	if (kind == KIND_NONE || kind >= KIND_COUNT)
		c->bad = true;
	else
		out->kind = (enum event_kind)kind;
	out->recovered = message_bool(c);
	out->sysmon = message_bool(c);
	out->trusted = message_bool(c);
	out->event_id = cursor_u16(c);
	out->source = cursor_u32(c);
	out->size = cursor_u32(c);
	out->offset = cursor_u64(c);
	out->record_id = cursor_u64(c);
	out->time = cursor_u64(c);
	out->utc = cursor_u64(c);
	out->identity = cursor_u64(c);
	out->pid = cursor_u64(c);
	out->parent_pid = cursor_u64(c);
	out->logon_id = cursor_u64(c);
	message_guid(c, &out->guid);
	message_guid(c, &out->parent_guid);
	out->host = cursor_blob(c);
	out->channel = cursor_blob(c);
	out->image = cursor_blob(c);
	out->parent_image = cursor_blob(c);
	out->text = cursor_blob(c);
	return c->bad ? -1 : 0;
}
