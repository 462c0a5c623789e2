/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of words (vocabulary.def) by kind of record (records.def), laid out once when the names
 * of fields are, so that a question costs one look. Knows no event but its provider, channel and id.
 */
#include <stdlib.h>
#include <string.h>

#include "vocabulary-private.h"

/* ---- kinds of records ---- */

enum source {
	ELSEWHERE, SYSMON, SECURITY, SCM, EVENTLOG, KERNEL_GENERAL, POWERSHELL, POWERSHELL_CLASSIC, TASKS,
	WMI_ACTIVITY, SOURCE_COUNT
};
#define ELSEWHERE_LABEL "this record"
#define SYSMON_LABEL "Sysmon "
#define SECURITY_LABEL ""
#define SCM_LABEL ""
#define EVENTLOG_LABEL ""
#define KERNEL_GENERAL_LABEL "Kernel-General "
#define POWERSHELL_LABEL "PowerShell "
#define POWERSHELL_CLASSIC_LABEL "PowerShell "
#define TASKS_LABEL "Task Scheduler "
#define WMI_ACTIVITY_LABEL "WMI-Activity "

/* By channel or by provider, as records may lack either; "": not by that. */
static const struct {
	const char *name, *channel, *provider, *other;
} sources[SOURCE_COUNT] = {
	[ELSEWHERE] = {"", "", "", ""},
	[SYSMON] = {"Sysmon", "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", ""},
	[SECURITY] = {"Security", "Security", "Microsoft-Windows-Security-Auditing", ""},
	[SCM] = {"SCM", "", "Service Control Manager", ""},
	[EVENTLOG] = {"Eventlog", "", "Microsoft-Windows-Eventlog", "EventLog"},
	[KERNEL_GENERAL] = {"Kernel-General", "", "Microsoft-Windows-Kernel-General", ""},
	[POWERSHELL] = {"PowerShell", "Microsoft-Windows-PowerShell/Operational",
			"Microsoft-Windows-PowerShell", "PowerShellCore"},
	[POWERSHELL_CLASSIC] = {"PowerShell-classic", "Windows PowerShell", "PowerShell", ""},
	[TASKS] = {"TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational",
		   "Microsoft-Windows-TaskScheduler", ""},
	[WMI_ACTIVITY] = {"WMI-Activity", "Microsoft-Windows-WMI-Activity/Operational",
			  "Microsoft-Windows-WMI-Activity", ""},
};

#define NEVER " never carries it"
#define SORT(source, id, group, c, t, a, ours)                                                     \
	{source, id, group, ours, c, t, a, source##_LABEL #id NEVER},
const struct sort vocabulary_sorts[] = {
	{ELSEWHERE, 0, OF_NO_GROUP, true, "", "", "", ELSEWHERE_LABEL NEVER},
#define K(source, id, group, c, t, a) SORT(source, id, group, c, t, a, false)
#define O(source, id, group, c, t, a) SORT(source, id, group, c, t, a, true)
#include "records.def"
#undef K
#undef O
};
#define N_SORTS (sizeof(vocabulary_sorts) / sizeof(*vocabulary_sorts))
const size_t vocabulary_n_sorts = N_SORTS;

const char *vocabulary_source_name(size_t source)
{
	return sources[source].name;
}

static bool named(struct view v, const char *name)
{
	return name[0] && view_eq_str_nocase(v, name);
}

static bool is_of(const struct event *head, size_t source)
{
	return named(head->channel, sources[source].channel) ||
	       named(head->provider, sources[source].provider) ||
	       named(head->provider, sources[source].other);
}

/* ---- the table ---- */

#define SYSMON_PROCESS "Sysmon 1-3 5 7 9 11-15 17 18 22-29"
#define SYSMON_FILE "Sysmon 2 11 15 23 26-29"
#define SECURITY_PROCESS "Security 4624 4625 4648 4656-4663 4670 4673 4674 4689 4798 4799 4907"
#define SECURITY_SUBJECT                                                                           \
	"Security 1102 4648 4656-4674 4697-4702 4706-4764 4767 4781 4797-4799 4907 5136-5145 "     \
	"5379-5382 Eventlog 104"
#define SECURITY_TARGET "Security 4624 4625 4634 4647 4768-4777 4964"
#define SECURITY_GROUP "Security 4727-4737 4754-4764 4799"
#define SECURITY_ADDRESS "Security 4624 4625 4648 4768-4771 5140 5145"

const struct row vocabulary_rows[] = {
#define W(id, name, where) {.word = id, .groups = (unsigned)(where)},
#define S(id, where) {.word = id, .groups = (unsigned)(where), .of_records = true},
#define R(which, make, field, flags)                                                               \
	{.word = FIELD_NONE, .records = which, .maker = MAKE_##make, .from = field, .how = flags,  \
	 .text = ""},
#define T(which, make, field, said)                                                                \
	{.word = FIELD_NONE, .records = which, .maker = MAKE_##make, .from = field, .text = said},
#define A(which, make, member)                                                                     \
	{.word = FIELD_NONE, .records = which, .maker = MAKE_##make,                               \
	 .from = (uint32_t)offsetof(struct activity, member), .text = #member},
#include "evtxhound/vocabulary.def"
#undef W
#undef S
#undef R
#undef T
#undef A
};
const size_t vocabulary_n_rows = sizeof(vocabulary_rows) / sizeof(*vocabulary_rows);

static const struct {
	const char *text;
	unsigned how;
} makers[MAKER_COUNT] = {
#define M(name, function, text, how) [MAKE_##name] = {text, how},
#include "makers.def"
#undef M
};

const char *vocabulary_maker_text(enum maker m)
{
	return makers[m].text;
}

unsigned vocabulary_maker_how(enum maker m)
{
	return makers[m].how;
}

const char *vocabulary_group_name(size_t bit)
{
	static const char *const names[] = {
		"process", "network", "dns",       "file",   "registry", "library", "driver", "logon",
		"kerberos", "user",   "group",     "iam",    "object",   "directory", "share", "service",
		"task",     "script", "wmi",       "pipe",   "access",   "state",   "vault",
	};

	return bit < sizeof(names) / sizeof(*names) ? names[bit] : NULL;
}

/* ---- laid out ---- */

#define BUCKETS 256u
struct vocabulary {
	uint16_t heads[FIELD_KNOWN];         /* 1 + index of a row; 0: none */
	uint16_t rows[N_SORTS][FIELD_KNOWN]; /* the same */
	uint8_t first[BUCKETS], next[N_SORTS]; /* kinds by event id */
};
_Static_assert(N_SORTS <= UINT8_MAX, "kinds of records are numbered in a byte");

struct token {
	const char *at;
	size_t n;
};

static struct token next_token(const char **at)
{
	struct token t;

	*at += strspn(*at, " ");
	t = (struct token){*at, strcspn(*at, " ")};
	*at += t.n;
	return t;
}

static bool token_is(struct token t, const char *name)
{
	return strlen(name) == t.n && memcmp(t.at, name, t.n) == 0;
}

static void put(struct vocabulary *v, field_id word, uint16_t row, size_t source, struct token ids)
{
	char *end;
	unsigned long from = ids.n ? strtoul(ids.at, &end, 10) : 0, to = ids.n ? from : UINT16_MAX;

	if (ids.n && *end == '-')
		to = strtoul(end + 1, &end, 10);
	for (size_t i = 1; i < N_SORTS; i++)
		if (vocabulary_sorts[i].source == source && vocabulary_sorts[i].event_id >= from &&
		    vocabulary_sorts[i].event_id <= to)
			v->rows[i][word] = row;
}

/* "Sysmon 1-3 5 Security": those of Sysmon, all of Security. */
static void put_records(struct vocabulary *v, field_id word, uint16_t row, const char *records)
{
	size_t source = ELSEWHERE;
	bool told = true; /* ids of the source */

	for (struct token t = next_token(&records);; t = next_token(&records)) {
		bool number = t.n && t.at[0] >= '0' && t.at[0] <= '9';

		if (number)
			put(v, word, row, source, t);
		else if (!told)
			put(v, word, row, source, (struct token){NULL, 0});
		told = number;
		if (!t.n)
			return;
		for (size_t s = 1; s < SOURCE_COUNT && !number; s++)
			if (token_is(t, sources[s].name))
				source = s;
	}
}

static void put_row(struct vocabulary *v, field_id word, size_t i)
{
	uint16_t row = (uint16_t)(i + 1);

	if (strcmp(vocabulary_rows[i].records, "all") != 0)
		put_records(v, word, row, vocabulary_rows[i].records);
	else
		for (size_t s = 0; s < N_SORTS; s++)
			v->rows[s][word] = row;
}

struct vocabulary *vocabulary_new(void)
{
	struct vocabulary *v = mem_alloc(sizeof(*v));
	field_id word = FIELD_NONE;

	for (size_t i = 0; v && i < vocabulary_n_rows; i++) {
		if (vocabulary_rows[i].word != FIELD_NONE) {
			word = vocabulary_rows[i].word;
			v->heads[word] = (uint16_t)(i + 1);
		} else {
			put_row(v, word, i);
		}
	}
	for (size_t i = N_SORTS - 1; v && i > 0; i--) {
		uint8_t *first = &v->first[vocabulary_sorts[i].event_id % BUCKETS];

		v->next[i] = *first;
		*first = (uint8_t)i;
	}
	return v;
}

void vocabulary_free(struct vocabulary *v)
{
	mem_free(v);
}

const struct row *vocabulary_head(const struct fields *f, field_id id)
{
	size_t i = id < FIELD_KNOWN ? f->vocabulary->heads[id] : 0;

	return i ? &vocabulary_rows[i - 1] : NULL;
}

const struct row *vocabulary_row(const struct fields *f, size_t sort, field_id id)
{
	size_t i = id < FIELD_KNOWN ? f->vocabulary->rows[sort][id] : 0;

	return i ? &vocabulary_rows[i - 1] : NULL;
}

size_t vocabulary_sort(const struct fields *f, const struct event *head)
{
	const struct vocabulary *v = f->vocabulary;

	for (size_t i = v->first[head->event_id % BUCKETS]; i; i = v->next[i])
		if (vocabulary_sorts[i].event_id == head->event_id &&
		    is_of(head, vocabulary_sorts[i].source))
			return i;
	return 0;
}

/* ---- for those who ask what can be asked ---- */

bool vocabulary_has(struct view name)
{
	field_id id = field_known_find(name);

	if (fields_own_name(name).n)
		return true;
	for (size_t i = 0; id != FIELD_NONE && i < vocabulary_n_rows; i++)
		if (vocabulary_rows[i].word == id)
			return !vocabulary_rows[i].of_records;
	return false;
}

bool vocabulary_record(size_t i, struct event *head)
{
	const struct sort *s = &vocabulary_sorts[i + 1 < N_SORTS ? i + 1 : 0];

	*head = (struct event){.event_id = s->event_id,
			       .channel = view_str(sources[s->source].channel),
			       .provider = view_str(sources[s->source].provider)};
	return i + 1 < N_SORTS;
}

static bool carries(const struct row *head, const struct row *row)
{
	return row && row->maker != MAKE_NOTHING && head;
}

enum vocabulary_state vocabulary_can(const struct fields *f, const struct event *head, field_id id,
				     const char **why)
{
	size_t sort = vocabulary_sort(f, head);
	const struct row *word = vocabulary_head(f, id), *row = vocabulary_row(f, sort, id);

	*why = "";
	if (carries(word, row) && !row->how && !(makers[row->maker].how & MAKE_LATE))
		return VOCABULARY_ALWAYS;
	if (carries(word, row) || (!word && !fields_outside(f, id)))
		return VOCABULARY_SOMETIMES;
	if (word && word->of_records && !(word->groups & vocabulary_sorts[sort].group))
		return VOCABULARY_SOMETIMES;
	*why = vocabulary_why_not(f, sort, id);
	return VOCABULARY_NEVER;
}

/* No row of the word: the next one is another word's head, or none. */
static bool is_outside(const struct row *head)
{
	const struct row *next = head + 1;

	return next == vocabulary_rows + vocabulary_n_rows || next->word != FIELD_NONE;
}

const char *vocabulary_why_not(const struct fields *f, size_t sort, field_id id)
{
	const struct row *head = vocabulary_head(f, id);

	if (head ? !head->of_records && is_outside(head) : fields_outside(f, id))
		return "field outside EVTX";
	return vocabulary_sorts[sort].never;
}
