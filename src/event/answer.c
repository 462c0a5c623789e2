/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "vocabulary-private.h"

int answer_one(const struct question *q, struct view text, struct answer *out)
{
	struct view *values;

	if (!text.n)
		return 0;
	values = arena_alloc(q->arena, sizeof(*values));
	if (!values)
		return -1;
	*values = text;
	out->state = ANSWER_VALUE;
	out->values = values;
	out->n = 1;
	return 0;
}

void answer_unknown(struct answer *out, const char *why)
{
	out->state = ANSWER_UNKNOWN;
	out->why = why;
}

static void answer_late(struct answer *out, const char *why)
{
	out->state = ANSWER_LATE;
	out->why = why;
}

static int answer_str(const struct question *q, const char *text, struct answer *out)
{
	return answer_one(q, view_str(text), out);
}

/* A text just made: no .p means there was no room for it. */
static int answer_made(const struct question *q, struct view text, struct answer *out)
{
	return text.p ? answer_one(q, text, out) : -1;
}

/* ---- texts of the activity ---- */

static struct view text_of(const struct question *q, const struct word *w)
{
	struct view v;

	memcpy(&v, (const char *)q->activity + w->offset, sizeof(v));
	return v;
}

int answer_text(const struct question *q, const struct word *w, struct answer *out)
{
	return answer_one(q, text_of(q, w), out);
}

int answer_name(const struct question *q, const struct word *w, struct answer *out)
{
	return answer_one(q, view_after_last(text_of(q, w), "\\/"), out);
}

int answer_lower(const struct question *q, const struct word *w, struct answer *out)
{
	struct view v = text_of(q, w);
	uint8_t *p = arena_alloc(q->arena, v.n);

	if (!p)
		return -1;
	for (size_t i = 0; i < v.n; i++)
		p[i] = ascii_lower(v.p[i]);
	return answer_one(q, (struct view){p, v.n}, out);
}

/* ---- numbers ---- */

static int answer_number(const struct question *q, bool has, uint64_t v, struct answer *out)
{
	return has ? answer_made(q, value_decimal(q->arena, v), out) : 0;
}

int answer_pid(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_number(q, q->activity->has_pid, q->activity->pid, out);
}

int answer_parent_pid(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_number(q, q->activity->has_parent_pid, q->activity->parent_pid, out);
}

int answer_logon(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	if (!q->activity->has_logon_id)
		return 0;
	return answer_made(q, value_hexadecimal(q->arena, q->activity->logon_id), out);
}

int answer_event_id(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_number(q, true, q->event->event_id, out);
}

/* ---- the command line in words ---- */

int answer_args(const struct question *q, const struct word *w, struct answer *out)
{
	struct view *args;
	size_t n;

	(void)w;
	if (command_line_args(q->activity->command_line, q->arena, &args, &n) < 0)
		return -1;
	if (n) {
		out->state = ANSWER_VALUE;
		out->values = args;
		out->n = n;
	}
	return 0;
}

/* ---- who ---- */

int answer_user_name(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_one(q, view_after_last(q->activity->user, "\\"), out);
}

int answer_user_domain(const struct question *q, const struct word *w, struct answer *out)
{
	struct view user = q->activity->user, name = view_after_last(user, "\\");

	(void)w;
	if (name.n == user.n)
		return 0;
	return answer_one(q, view_sub(user, 0, user.n - name.n - 1), out);
}

int answer_sid(const struct question *q, const struct word *w, struct answer *out)
{
	const struct derived *d = q->derived;

	(void)w;
	if (d && d->user_sid.n) {
		out->is_class = d->user_sid_is_class;
		return answer_one(q, d->user_sid, out);
	}
	if (q->activity->sid.n)
		return answer_one(q, q->activity->sid, out);
	if (d)
		answer_unknown(out, "the user's SID could not be derived");
	else
		answer_late(out, "the user's SID is told by other records");
	return 0;
}

/* ---- what only several records tell ---- */

static int answer_identity(const struct question *q, struct view entity, struct answer *out)
{
	if (entity.n)
		return answer_one(q, entity, out);
	if (q->derived)
		answer_unknown(out, "the process could not be identified");
	else
		answer_late(out, "a process is identified by several records");
	return 0;
}

int answer_entity(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_identity(q, q->derived ? q->derived->entity : view_str(""), out);
}

int answer_parent_entity(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_identity(q, q->derived ? q->derived->parent_entity : view_str(""), out);
}

static int answer_signature(const struct question *q, struct view text, struct answer *out)
{
	if (q->derived && q->derived->has_signature)
		return answer_one(q, text, out);
	if (q->derived)
		answer_unknown(out, "no Sysmon 7 of this image");
	else
		answer_late(out, "the signature is told by Sysmon 7");
	return 0;
}

int answer_signer(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_signature(q, q->derived ? q->derived->signer : view_str(""), out);
}

int answer_trusted(const struct question *q, const struct word *w, struct answer *out)
{
	bool trusted = q->derived && q->derived->signature_trusted;

	(void)w;
	return answer_signature(q, view_str(trusted ? "true" : "false"), out);
}

/* ---- the record as a whole ---- */

int answer_provider(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_one(q, q->event->provider, out);
}

int answer_channel(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_one(q, q->event->channel, out);
}

int answer_computer(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_one(q, event_computer(q->event), out);
}

int answer_os(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_str(q, "windows", out);
}

static const struct {
	const char *category, *action, *types[2];
} kinds[KIND_COUNT] = {
	[KIND_NONE] = {"", "", {"", ""}},
	[KIND_PROCESS_START] = {"process", "start", {"start", ""}},
	[KIND_PROCESS_END] = {"process", "end", {"end", ""}},
	[KIND_NETWORK] = {"network", "connection_accepted", {"connection", "start"}},
	[KIND_IMAGE_LOAD] = {"library", "load", {"start", ""}},
	[KIND_LOGON] = {"authentication", "logged-in", {"start", ""}},
	[KIND_BOOT] = {"host", "boot", {"start", ""}},
	[KIND_FILTERED] = {"", "", {"", ""}},
};

int answer_category(const struct question *q, const struct word *w, struct answer *out)
{
	(void)w;
	return answer_str(q, kinds[q->kind].category, out);
}

int answer_action(const struct question *q, const struct word *w, struct answer *out)
{
	const struct activity *act = q->activity;

	(void)w;
	if (q->kind == KIND_NETWORK && (!act || !act->has_initiated))
		return 0;
	if (q->kind == KIND_NETWORK && act->initiated)
		return answer_str(q, "connection_attempted", out);
	return answer_str(q, kinds[q->kind].action, out);
}

int answer_type(const struct question *q, const struct word *w, struct answer *out)
{
	const char *const *types = kinds[q->kind].types;
	struct view *values = arena_array(q->arena, 2, sizeof(*values));

	(void)w;
	if (!values)
		return -1;
	for (; out->n < 2 && types[out->n][0]; out->n++)
		values[out->n] = view_str(types[out->n]);
	out->values = values;
	out->state = out->n ? ANSWER_VALUE : ANSWER_NULL;
	return 0;
}
