/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that the record as a whole gives: System, and what kind of record it is. */
#include "vocabulary-private.h"

/* ---- System ---- */

int make_event_id(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_number(q, true, q->event->event_id, out);
}

int make_provider(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_one(q, q->event->provider, out);
}

int make_channel(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_one(q, q->event->channel, out);
}

/* Which log was cleared is told in a field of that name. */
int make_channels(const struct question *q, const struct row *r, struct answer *out)
{
	return make_channel(q, r, out) < 0 ? -1 : make_own(q, r, out);
}

int make_computer(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_one(q, event_computer(q->event), out);
}

int make_level(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_number(q, true, q->event->level, out);
}

int make_time(const struct question *q, const struct row *r, struct answer *out)
{
	char text[TIME_TEXT];
	size_t n = time_format(q->event->time_created, text);

	(void)r;
	return answer_made(q, arena_keep(q->arena, (struct view){(const uint8_t *)text, n}), out);
}

int make_record_id(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_number(q, true, q->event->record_id, out);
}

int make_writer_pid(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_number(q, true, q->event->execution_pid, out);
}

int make_writer_tid(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_number(q, true, q->event->execution_tid, out);
}

int make_writer_sid(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_one(q, q->event->user_sid, out);
}

#define KEYWORD_FAILURE 0x0010000000000000u
#define KEYWORD_SUCCESS 0x0020000000000000u

int make_outcome(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	if (q->event->keywords & KEYWORD_FAILURE)
		return answer_str(q, "failure", out);
	return q->event->keywords & KEYWORD_SUCCESS ? answer_str(q, "success", out) : 0;
}

/* ---- the kind of record ---- */

int make_category(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_list(q, q->sort->category, out);
}

int make_type(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_list(q, q->sort->type, out);
}

int make_action(const struct question *q, const struct row *r, struct answer *out)
{
	(void)r;
	return answer_list(q, q->sort->action, out);
}

int make_object_category(const struct question *q, const struct row *r, struct answer *out)
{
	struct view type = question_text(q, r->from);

	if (!type.p)
		return -1;
	if (view_eq_str_nocase(type, "File"))
		return answer_str(q, "file", out);
	return view_eq_str_nocase(type, "Key") ? answer_str(q, "registry", out) : 0;
}

/* The Sysmon 12's EventType or the 4657's OperationType. */
static const char *registry_change(struct view v)
{
	if (view_eq_str_nocase(v, "CreateKey") || view_eq_str(v, "%%1904"))
		return "creation";
	if (view_eq_str_nocase(v, "DeleteKey") || view_eq_str_nocase(v, "DeleteValue") ||
	    view_eq_str(v, "%%1906"))
		return "deletion";
	return v.n ? "modification" : "";
}

int make_registry_action(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);

	if (!v.p || answer_str(q, registry_change(v), out) < 0)
		return -1;
	return make_action(q, r, out);
}

int make_registry_type(const struct question *q, const struct row *r, struct answer *out)
{
	struct view v = question_text(q, r->from);
	const char *change;

	if (!v.p || make_type(q, r, out) < 0)
		return -1;
	change = registry_change(v);
	return view_eq_str(view_str(change), "modification") ? 0 : answer_str(q, change, out);
}
