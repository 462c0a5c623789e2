/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table says which words an event can be asked for and which records carry them; the rest of
 * the file reads it. Words that Sysmon's records hold are answered from the record as it stands there
 * (a "-" is "-", as published engines see it); the same words on Security's records, and the words
 * of EQL on all, come from the activity, where "-" is nothing.
 */
#include "vocabulary-private.h"

#define S1 1u      /* Sysmon 1 */
#define S3 2u      /* Sysmon 3 */
#define S5 4u      /* Sysmon 5 */
#define S7 8u      /* Sysmon 7 */
#define A4688 16u  /* Security 4688 */
#define A4689 32u  /* Security 4689 */
#define PROCESS (S1 | S5 | A4688 | A4689)
#define SECURITY (A4688 | A4689)
#define ACTIVITY (PROCESS | S3)
#define ANY 255u

#define ACT(member) offsetof(struct activity, member)

static const struct word words[FIELD_KNOWN] = {
	/* Sysmon's own words: the record, or on Security's records a translation. */
	[FIELD_UTC_TIME] = {S1 | S3 | S5 | S7, WORD_RECORD},
	[FIELD_PROCESS_GUID] = {S1 | S3 | S5 | S7, WORD_RECORD},
	[FIELD_PARENT_PROCESS_GUID] = {S1, WORD_RECORD},
	[FIELD_PROCESS_ID] = {ACTIVITY | S7, WORD_RECORD, answer_pid},
	[FIELD_PARENT_PROCESS_ID] = {S1 | A4688, WORD_RECORD, answer_parent_pid},
	[FIELD_IMAGE] = {ACTIVITY | S7, WORD_RECORD, answer_text, ACT(image)},
	[FIELD_PARENT_IMAGE] = {S1 | A4688, WORD_RECORD | WORD_V2, answer_text, ACT(parent_image)},
	[FIELD_COMMAND_LINE] = {S1 | A4688, WORD_RECORD | WORD_AUDITED, answer_text,
				ACT(command_line)},
	[FIELD_PARENT_COMMAND_LINE] = {S1, WORD_RECORD},
	[FIELD_ORIGINAL_FILE_NAME] = {S1 | S7, WORD_RECORD | WORD_NEWER},
	[FIELD_HASHES] = {S1 | S7, WORD_RECORD},
	[FIELD_USER] = {ACTIVITY, WORD_RECORD, answer_text, ACT(user)},
	[FIELD_LOGON_ID] = {S1 | SECURITY, WORD_RECORD, answer_logon},
	[FIELD_INTEGRITY_LEVEL] = {S1 | A4688, WORD_RECORD | WORD_V2, answer_text, ACT(integrity)},

	/* Security's own words: the record alone. */
	[FIELD_NEW_PROCESS_ID] = {A4688, WORD_RECORD},
	[FIELD_NEW_PROCESS_NAME] = {A4688, WORD_RECORD},
	[FIELD_PARENT_PROCESS_NAME] = {A4688, WORD_RECORD | WORD_V2},
	[FIELD_MANDATORY_LABEL] = {A4688, WORD_RECORD | WORD_V2},
	[FIELD_SUBJECT_USER_SID] = {SECURITY, WORD_RECORD},
	[FIELD_SUBJECT_USER_NAME] = {SECURITY, WORD_RECORD},
	[FIELD_SUBJECT_DOMAIN_NAME] = {SECURITY, WORD_RECORD},
	[FIELD_SUBJECT_LOGON_ID] = {SECURITY, WORD_RECORD},
	[FIELD_TARGET_USER_SID] = {A4688, WORD_RECORD | WORD_V2},
	[FIELD_TARGET_USER_NAME] = {A4688, WORD_RECORD | WORD_V2},
	[FIELD_TARGET_DOMAIN_NAME] = {A4688, WORD_RECORD | WORD_V2},
	[FIELD_TARGET_LOGON_ID] = {A4688, WORD_RECORD | WORD_V2},

	/* System. */
	[FIELD_EVENT_ID] = {ANY, 0, answer_event_id},
	[FIELD_PROVIDER_NAME] = {ANY, 0, answer_provider},
	[FIELD_CHANNEL] = {ANY, 0, answer_channel},
	[FIELD_COMPUTER] = {ANY, 0, answer_computer},

	/* EQL's words (ECS). */
	[FIELD_USER_SID] = {ACTIVITY | S7, 0, answer_sid},
	[FIELD_ECS_OS_TYPE] = {ANY, 0, answer_os},
	[FIELD_ECS_EVENT_ACTION] = {ANY, 0, answer_action},
	[FIELD_ECS_EVENT_TYPE] = {ANY, 0, answer_type},
	[FIELD_ECS_EVENT_CATEGORY] = {ANY, 0, answer_category},
	[FIELD_ECS_EVENT_CODE] = {ANY, 0, answer_event_id},
	[FIELD_ECS_EVENT_PROVIDER] = {ANY, 0, answer_provider},
	[FIELD_ECS_PROCESS_NAME] = {ACTIVITY | S7, 0, answer_name, ACT(image)},
	[FIELD_ECS_PROCESS_EXECUTABLE] = {ACTIVITY | S7, 0, answer_text, ACT(image)},
	[FIELD_ECS_PROCESS_ARGS] = {S1 | A4688, WORD_AUDITED, answer_args},
	[FIELD_ECS_PROCESS_COMMAND_LINE] = {S1 | A4688, WORD_AUDITED, answer_text,
					    ACT(command_line)},
	[FIELD_ECS_PROCESS_PID] = {ACTIVITY | S7, 0, answer_pid},
	[FIELD_ECS_PROCESS_ENTITY] = {ACTIVITY | S7, 0, answer_entity},
	[FIELD_ECS_PROCESS_FILE_NAME] = {S1, 0, answer_text, ACT(original_file_name)},
	[FIELD_ECS_INTEGRITY] = {S1 | A4688, WORD_V2, answer_lower, ACT(integrity)},
	[FIELD_ECS_SIGNER] = {ACTIVITY, 0, answer_signer},
	[FIELD_ECS_SIGNATURE_TRUSTED] = {ACTIVITY, 0, answer_trusted},
	[FIELD_ECS_PARENT_NAME] = {S1 | A4688, WORD_V2, answer_name, ACT(parent_image)},
	[FIELD_ECS_PARENT_EXECUTABLE] = {S1 | A4688, WORD_V2, answer_text, ACT(parent_image)},
	[FIELD_ECS_PARENT_COMMAND_LINE] = {S1, 0, answer_text, ACT(parent_command_line)},
	[FIELD_ECS_PARENT_PID] = {S1 | A4688, 0, answer_parent_pid},
	[FIELD_ECS_PARENT_ENTITY] = {S1 | A4688, 0, answer_parent_entity},
	[FIELD_ECS_USER_ID] = {ACTIVITY | S7, 0, answer_sid},
	[FIELD_ECS_USER_NAME] = {ACTIVITY, 0, answer_user_name},
	[FIELD_ECS_USER_DOMAIN] = {ACTIVITY, 0, answer_user_domain},
	[FIELD_ECS_HOST_NAME] = {ANY, 0, answer_computer},
	[FIELD_ECS_SOURCE_IP] = {S3, 0, answer_text, ACT(source_ip)},
	[FIELD_ECS_SOURCE_PORT] = {S3, 0, answer_text, ACT(source_port)},
	[FIELD_ECS_DESTINATION_IP] = {S3, 0, answer_text, ACT(destination_ip)},
	[FIELD_ECS_DESTINATION_PORT] = {S3, 0, answer_text, ACT(destination_port)},
	[FIELD_ECS_DESTINATION_DOMAIN] = {S3, 0, answer_text, ACT(destination_host)},
	[FIELD_ECS_TRANSPORT] = {S3, 0, answer_lower, ACT(protocol)},
};

/* Record words without a fixed id which one kind of process record carries and another does not. */
static const struct {
	const char *name;
	unsigned carriers, how;
} others[] = {
	{"CurrentDirectory", S1, WORD_RECORD},
	{"LogonGuid", S1, WORD_RECORD},
	{"TerminalSessionId", S1, WORD_RECORD},
	{"FileVersion", S1 | S7, WORD_RECORD | WORD_NEWER},
	{"Description", S1 | S7, WORD_RECORD | WORD_NEWER},
	{"Product", S1 | S7, WORD_RECORD | WORD_NEWER},
	{"Company", S1 | S7, WORD_RECORD | WORD_NEWER},
	{"ParentUser", S1, WORD_RECORD | WORD_NEWER},
	{"RuleName", S1 | S3 | S5 | S7, WORD_RECORD | WORD_NEWER},
	{"TokenElevationType", A4688, WORD_RECORD},
};

/* ---- which record is asked ---- */

static const struct carrier {
	unsigned bit, category;
	bool sysmon;
	enum event_kind kind;
	const char *never, *newer;
} carriers[] = {
	{S1, PROCESS, true, KIND_PROCESS_START, "Sysmon 1 never carries it",
	 "this version of Sysmon does not write it"},
	{S3, S3, true, KIND_NETWORK, "Sysmon 3 never carries it",
	 "this version of Sysmon does not write it"},
	{S5, PROCESS, true, KIND_PROCESS_END, "Sysmon 5 never carries it",
	 "this version of Sysmon does not write it"},
	{S7, S7, true, KIND_IMAGE_LOAD, "Sysmon 7 never carries it",
	 "this version of Sysmon does not write it"},
	{A4688, PROCESS, false, KIND_PROCESS_START, "4688 never carries it", ""},
	{A4689, PROCESS, false, KIND_PROCESS_END, "4689 never carries it", ""},
};

static const struct carrier *carrier_of(const struct question *q)
{
	bool sysmon;

	if (q->kind == KIND_NONE || q->kind == KIND_LOGON || q->kind == KIND_BOOT)
		return NULL;
	sysmon = event_is_sysmon(q->event);
	for (size_t i = 0; i < sizeof(carriers) / sizeof(*carriers); i++)
		if (carriers[i].kind == q->kind && carriers[i].sysmon == sysmon)
			return &carriers[i];
	return NULL;
}

/* A word of no row is a field of the record that no kind is known to carry. */
static struct word word_of(field_id id, struct view name)
{
	if (id < FIELD_KNOWN && words[id].carriers)
		return words[id];
	for (size_t i = 0; id >= FIELD_KNOWN && i < sizeof(others) / sizeof(*others); i++)
		if (view_eq_str(name, others[i].name))
			return (struct word){.carriers = others[i].carriers, .how = others[i].how};
	return (struct word){.how = WORD_RECORD};
}

/* Security's records hold other names, or the same for something else: those are translated. */
static bool from_record(const struct word *w, const struct carrier *c)
{
	bool translated = c && !c->sysmon && w->carriers & c->bit && w->answer;

	return w->how & WORD_RECORD && !translated;
}

/* ---- what it means that there is nothing ---- */

static void nothing(const struct question *q, const struct word *w, const struct carrier *c,
		    bool missing, struct answer *out)
{
	if (!c)
		return;
	if (!(w->carriers & c->bit) && w->carriers & c->category)
		answer_unknown(out, c->never);
	else if (!(w->carriers & c->bit))
		return;
	else if (w->how & WORD_AUDITED && c->bit == A4688)
		answer_unknown(out, "4688 without command line auditing");
	else if (w->how & WORD_V2 && c->bit == A4688 && q->event->version < 2)
		answer_unknown(out, "4688 carries it from version 2 on");
	else if (w->how & WORD_NEWER && missing)
		answer_unknown(out, c->newer);
}

void vocabulary_nothing(const struct event *ev, field_id id, struct view name, bool missing,
			struct answer *out)
{
	struct question q = {.event = ev, .kind = event_kind(ev)};
	struct word w = word_of(id, name);

	nothing(&q, &w, carrier_of(&q), missing, out);
}

/* ---- asking ---- */

static int ask_record(const struct question *q, field_id id, struct view name, bool *missing,
		      struct answer *out)
{
	const struct field *f = event_field(q->event, id);
	struct view text;

	for (size_t i = 0; !f && name.n && i < q->event->n_fields; i++)
		if (q->event->fields[i].id == FIELD_NONE && view_eq(q->event->fields[i].name, name))
			f = &q->event->fields[i];
	*missing = !f;
	if (!f || value_is_empty(f->value))
		return 0;
	/* Only the other decoder's texts hide a type: theirs are brought to our spelling. */
	text = f->value.type == VALUE_UTF8 ? value_canonical(q->arena, f->value)
					   : value_view(q->arena, f->value);
	return text.p ? answer_one(q, text, out) : -1;
}

/* Reads as much of the activity as the word is made of. */
static int need(const struct question *q, const struct word *w, struct activity *act)
{
	bool text = w->answer == answer_text || w->answer == answer_name ||
		    w->answer == answer_lower;

	if (!act || act->filled || (w->carriers == ANY && q->kind != KIND_NETWORK))
		return 0;
	return text ? activity_text(q->event, q->arena, w->offset, act)
		    : activity_fill(q->event, q->arena, act);
}

int event_ask(const struct event *ev, struct activity *act, const struct derived *d,
	      field_id id, const struct fields *f, struct arena *a, struct answer *out)
{
	struct question q = {ev, act, d, a, act ? act->kind : event_kind(ev)};
	struct view name = f ? fields_name(f, id) : view_str("");
	struct word w = word_of(id, name);
	const struct carrier *c = carrier_of(&q);
	bool missing = false;
	int r = 0;

	*out = (struct answer){.state = ANSWER_NULL, .why = ""};
	if (from_record(&w, c))
		r = ask_record(&q, id, name, &missing, out);
	else if (w.carriers == ANY || (act && c && w.carriers & c->bit))
		r = need(&q, &w, act) < 0 ? -1 : w.answer(&q, &w, out);
	if (r == 0 && out->state == ANSWER_NULL)
		nothing(&q, &w, c, missing, out);
	return r;
}

bool event_says_always(const struct event *head, field_id id)
{
	answer_fn *answer = id < FIELD_KNOWN ? words[id].answer : NULL;

	return answer == answer_os || answer == answer_type || answer == answer_category ||
	       answer == answer_event_id || answer == answer_provider || answer == answer_channel ||
	       (answer == answer_action && event_kind(head) != KIND_NETWORK);
}

bool vocabulary_has(struct view name)
{
	field_id id = field_known_find(name);

	return id != FIELD_NONE && words[id].answer && !(words[id].how & WORD_RECORD);
}
