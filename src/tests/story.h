/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_STORY_H
#define EVTXHOUND_STORY_H
/*
 * Records told in one line each, hunted with rules of a few letters, and the findings told in one
 * line: so that a row of a table is a sentence of docs/detections.md.
 *
 * A record: "S1 7 10.5 guid=#1 pid=4 img=C:\a.exe" is Sysmon 1, record 7, 10.5 s after the start of
 * the story. Kinds: S1 S3 S5 S7 (Sysmon), A4688 A4689 A4624 A4608 A5156 (Security), K12, E6005
 * (System).
 * Modifiers behind the time: host=NAME mark=TEXT src=N off=N rank=N recovered version=N. A value ends at a blank
 * unless it is in 'quotes'. #n is a GUID, @t a time.
 *
 * A finding: "w:s1=S7 c1=A9 both" is rule w on record 7 of Sysmon as stage 1, with record 9 of
 * Security as corroborating; "p" is supporting; "?" stands behind the clock of an unverified one.
 */
#include "testing.h"

#include "evtxhound/correlate.h"

#define STORY_START 132500000000000000u
#define STORY_RECORDS 64

struct story {
	struct arena arena;
	struct ruleset rules;
	struct matcher *matcher;
	struct event events[STORY_RECORDS];
	struct place places[STORY_RECORDS];
	struct fact facts[STORY_RECORDS];
	bool has_fact[STORY_RECORDS];
	struct clue clues[STORY_RECORDS];
	bool asked[STORY_RECORDS]; /* a key of its clue has been asked for */
	size_t n, order[STORY_RECORDS], at; /* at: of the fact reader */
	const char *name;
};

/* ---- rules ---- */

static const struct {
	char letter;
	const char *file, *text;
} story_rules[] = {
	{'w', "w.yml",
	 "title: web\nid: w\nlogsource:\n    category: process_creation\n    product: windows\n"
	 "detection:\n    s:\n        CommandLine: '* msiexec*://*'\n    condition: s\nlevel: medium\n"},
	{'q', "q.eql",
	 "// id: q\n// title: three\n// level: low\n"
	 "sequence with maxspan=1m\n"
	 " [process where event.action == \"start\" and process.name : \"msiexec.exe\" and\n"
	 "   process.args : \"/V\"] by process.entity_id\n"
	 " [network where process.name : \"msiexec.exe\" and\n"
	 "   event.action == \"connection_attempted\"] by process.entity_id\n"
	 " [process where event.action == \"start\" and process.parent.name : \"msiexec.exe\" and\n"
	 "   user.id : (\"S-1-5-21-*\", \"S-1-5-12-1-*\") and\n"
	 "   not (process.code_signature.subject_name == \"Citrix\" and\n"
	 "        process.code_signature.trusted == true)] by process.parent.entity_id\n"},
	{'s', "s.eql",
	 "// id: s\n// title: a start and a connection\n// level: low\n"
	 "sequence by process.entity_id with maxspan=1m\n"
	 " [process where event.action == \"start\" and process.name : \"a*.exe\"]\n"
	 " [network where true]\n"},
	{'n', "n.eql",
	 "// id: n\n// title: two connections\n// level: low\n"
	 "sequence by process.entity_id with maxspan=1m\n"
	 " [network where destination.port == 1]\n [network where destination.port <= 2]\n"},
	{'o', "o.eql",
	 "// id: o\n// title: one and two\n// level: low\n"
	 "sequence by process.entity_id with maxspan=1m\n"
	 " [network where destination.port == 1]\n [network where destination.port == 2]\n"},
	{'a', "a.eql",
	 "// id: a\n// title: one and two, by nothing\n// level: low\n"
	 "sequence with maxspan=1m\n"
	 " [network where destination.port == 1]\n [network where destination.port == 2]\n"},
	{'b', "b.eql",
	 "// id: b\n// title: one and two, by computer and user\n// level: low\n"
	 "sequence by host.name, user.name with maxspan=1m\n"
	 " [network where destination.port == 1]\n [network where destination.port == 2]\n"},
	{'t', "t.eql",
	 "// id: t\n// title: three connections\n// level: low\n"
	 "sequence by process.entity_id with maxspan=1m\n"
	 " [network where destination.port == 1]\n [network where destination.port == 2]\n"
	 " [network where destination.port == 3]\n"},
	{'f', "f.eql",
	 "// id: f\n// title: four connections\n// level: low\n"
	 "sequence by process.entity_id with maxspan=1m\n"
	 " [network where destination.port == 1]\n [network where destination.port == 2]\n"
	 " [network where destination.port == 3]\n [network where destination.port == 4]\n"},
	{'e', "e.eql",
	 "// id: e\n// title: any two of them\n// level: low\n"
	 "sequence by process.entity_id with maxspan=1m\n"
	 " [network where destination.port <= 2]\n [network where destination.port == 1]\n"},
	{'c', "c.eql",
	 "// id: c\n// title: parent and child\n// level: low\n"
	 "sequence with maxspan=1m\n"
	 " [process where event.action == \"start\" and process.name : \"p*.exe\"] by process.entity_id\n"
	 " [process where event.action == \"start\" and process.name : \"k*.exe\"]\n"
	 "   by process.parent.entity_id\n"},
	{'u', "u.eql",
	 "// id: u\n// title: a user\n// level: low\n"
	 "process where event.action == \"start\" and user.id : \"S-1-5-21-*\"\n"},
	{'v', "v.eql",
	 "// id: v\n// title: a service\n// level: low\n"
	 "any where user.id : (\"S-1-5-18\", \"S-1-5-80-*\", \"S-1-12-1-*\")\n"},
	{'x', "x.eql",
	 "// id: x\n// title: signed\n// level: low\n"
	 "process where event.action == \"start\" and process.code_signature.subject_name == \"Good\"\n"
	 "  and process.code_signature.trusted == true\n"},
	{'y', "y.eql",
	 "// id: y\n// title: not signed\n// level: low\n"
	 "process where event.action == \"start\" and\n"
	 "  not process.code_signature.subject_name == \"Good\"\n"},
	{'h', "h.yml",
	 "title: http\nid: h\ncorrelation:\n    type: temporal\n    rules:\n        - start\n"
	 "        - web\n    group-by:\n        - process.entity_id\n    timespan: process-lifetime\n"
	 "level: medium\n---\n"
	 "title: start\nname: start\nlogsource:\n    category: process_creation\n    product: windows\n"
	 "detection:\n    s:\n        Image|endswith: '\\msiexec.exe'\n    t:\n"
	 "        OriginalFileName: msiexec.exe\n    condition: s or t\n---\n"
	 "title: web\nname: web\nlogsource:\n    category: network_connection\n    product: windows\n"
	 "detection:\n    s:\n        DestinationPort:\n            - 80\n            - 443\n"
	 "    condition: s\n"},
	{'m', "m.yml",
	 "title: minute\nid: m\ncorrelation:\n    type: temporal\n    rules:\n        - one\n"
	 "        - two\n    group-by:\n        - process.entity_id\n    timespan: 1m\n"
	 "level: medium\n---\n"
	 "title: one\nname: one\nlogsource:\n    category: network_connection\n    product: windows\n"
	 "detection:\n    s:\n        DestinationPort: 1\n    condition: s\n---\n"
	 "title: two\nname: two\nlogsource:\n    category: network_connection\n    product: windows\n"
	 "detection:\n    s:\n        DestinationPort: 2\n    condition: s\n"},
};

static inline void story_rule(struct story *s, char letter)
{
	for (size_t i = 0; i < TEST_COUNT(story_rules); i++) {
		struct err e = {0};

		if (story_rules[i].letter != letter)
			continue;
		ruleset_add_text(&s->rules, story_rules[i].file, view_str(story_rules[i].text), &e);
		if (s->rules.faults.n)
			fail_msg("rule %c: line %u: %s", letter, s->rules.faults.v[0].line,
				 s->rules.faults.v[0].message);
		return;
	}
	fail_msg("no rule %c", letter);
}

static void story_begin(struct story *s, const char *name, const char *letters)
{
	struct err e = {0};

	*s = (struct story){.name = name};
	arena_init(&s->arena, 64 << 20);
	assert_int_equal(ruleset_init(&s->rules, &e), 0);
	for (; *letters; letters++)
		story_rule(s, *letters);
	assert_int_equal(ruleset_finish(&s->rules, &e), 0);
	s->matcher = matcher_new(&s->rules);
	assert_non_null(s->matcher);
}

static inline struct stage *story_stages(struct story *s, size_t rule)
{
	struct rule *r = &s->rules.rules[rule];
	struct stage *stages = arena_array(&s->arena, r->n_stages, sizeof(*stages));

	for (size_t i = 0; i < r->n_stages; i++)
		stages[i] = r->stages[i];
	r->stages = stages;
	return stages;
}

static inline void story_measure(struct story *s, enum measure m, const char *field)
{
	struct rule *r = &s->rules.rules[0];
	struct stage *stages = story_stages(s, 0);

	r->shape = RULE_COUNT;
	r->measure = m;
	for (size_t i = 0; i < r->n_stages; i++)
		stages[i].value = fields_find(&s->rules.fields,
					      (struct view){(const uint8_t *)field, strcspn(field, " ")});
}

static inline void story_bound(struct story *s, enum test_op op, bool negated, const char *value)
{
	struct rule *r = &s->rules.rules[0];
	struct bound *v = arena_array(&s->arena, r->n_bounds + 1, sizeof(*v));

	for (size_t i = 0; i < r->n_bounds; i++)
		v[i] = r->bounds[i];
	v[r->n_bounds++] = (struct bound){op, negated, strtod(value, NULL)};
	r->bounds = v;
}

/*
 * What no rule of a few letters says, done to the first rule: "missing=2" (stage 2 must not be there),
 * "until=3" (the last stage is the until), "optional=1" (the first key), "sample", "nospan"; a count:
 * "events", "values=SourcePort" and "sum", "avg", "p50" alike, with "ge=3", "gt", "le", "lt", "eq",
 * "ne"; "ordered"; of the second rule: "of=1" (its first stage is the first rule's findings); "quiet".
 */
static inline void story_tweak(struct story *s, const char *text)
{
	struct rule *r = &s->rules.rules[0];
	struct stage *stages = story_stages(s, 0);
	for (const char *at = text; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
		size_t n = strcspn(at, "= ");
		unsigned long number = at[n] == '=' ? strtoul(at + n + 1, NULL, 10) : 0;

		if (!strncmp(at, "missing", n))
			stages[number - 1].missing = true;
		else if (!strncmp(at, "until", n))
			r->until = &stages[--r->n_stages];
		else if (!strncmp(at, "optional", n))
			for (size_t i = 0; i < r->n_stages; i++)
				stages[i].optional_keys |= 1u << (number - 1);
		else if (!strncmp(at, "sample", n))
			r->shape = RULE_SAMPLE;
		else if (!strncmp(at, "nospan", n))
			r->span = SPAN_NONE;
		else if (!strncmp(at, "ordered", n))
			r->ordered = true;
		else if (!strncmp(at, "quiet", n))
			r->quiet = true;
		else if (!strncmp(at, "of", n))
			story_stages(s, 1)[0].of = (uint32_t)number;
		else if (!strncmp(at, "events", n))
			story_measure(s, MEASURE_EVENTS, "");
		else if (!strncmp(at, "values", n))
			story_measure(s, MEASURE_VALUES, at + n + 1);
		else if (!strncmp(at, "sum", n))
			story_measure(s, MEASURE_SUM, at + n + 1);
		else if (!strncmp(at, "avg", n))
			story_measure(s, MEASURE_AVG, at + n + 1);
		else if (*at == 'p') {
			r->percentile = strtod(at + 1, NULL);
			story_measure(s, MEASURE_PERCENTILE, at + n + 1);
		} else if (!strncmp(at, "ge", n))
			story_bound(s, TEST_GE, false, at + n + 1);
		else if (!strncmp(at, "gt", n))
			story_bound(s, TEST_GT, false, at + n + 1);
		else if (!strncmp(at, "le", n))
			story_bound(s, TEST_LE, false, at + n + 1);
		else if (!strncmp(at, "lt", n))
			story_bound(s, TEST_LT, false, at + n + 1);
		else if (!strncmp(at, "eq", n) || !strncmp(at, "ne", n))
			story_bound(s, TEST_MATCH, *at == 'n', at + n + 1);
		else
			fail_msg("row \"%s\": no tweak %s", s->name, at);
	}
	matcher_free(s->matcher);
	s->matcher = matcher_new(&s->rules);
	assert_non_null(s->matcher);
}

static void story_end(struct story *s)
{
	matcher_free(s->matcher);
	ruleset_release(&s->rules);
	arena_release(&s->arena);
}

/* ---- records ---- */

static uint64_t story_time(const char *seconds)
{
	double t = strtod(seconds, NULL);

	return STORY_START + (uint64_t)(int64_t)(t * 1e7 + (t < 0 ? -0.5 : 0.5));
}

static const struct story_kind {
	const char *word, *channel, *provider;
	uint16_t id;
	uint8_t version;
} story_kinds[] = {
	{"S1", "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 1, 5},
	{"S3", "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 3, 5},
	{"S5", "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 5, 3},
	{"S7", "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 7, 3},
	{"A4688", "Security", "Microsoft-Windows-Security-Auditing", 4688, 2},
	{"A4689", "Security", "Microsoft-Windows-Security-Auditing", 4689, 0},
	{"A4624", "Security", "Microsoft-Windows-Security-Auditing", 4624, 2},
	{"A4608", "Security", "Microsoft-Windows-Security-Auditing", 4608, 0},
	{"A5156", "Security", "Microsoft-Windows-Security-Auditing", 5156, 1},
	{"K12", "System", "Microsoft-Windows-Kernel-General", 12, 1},
	{"E6005", "System", "EventLog", 6005, 0},
};

/* Short words for fields: the first kind that fits. */
static const struct {
	const char *kind, *word, *field;
} story_words[] = {
	{"A4688", "pid", "NewProcessId"},      {"A4688", "ppid", "ProcessId"},
	{"A4688", "img", "NewProcessName"},    {"A4688", "pimg", "ParentProcessName"},
	{"A4688", "sid", "TargetUserSid"},     {"A4688", "logon", "TargetLogonId"},
	{"A4688", "csid", "SubjectUserSid"},   {"A4688", "clogon", "SubjectLogonId"},
	{"A4688", "user", "TargetUserName"},   {"A4688", "domain", "TargetDomainName"},
	{"A5156", "pid", "ProcessID"},         {"A5156", "img", "Application"},
	{"A5156", "dir", "Direction"},         {"A5156", "from", "SourceAddress"},
	{"A5156", "sport", "SourcePort"},      {"A5156", "to", "DestAddress"},
	{"A5156", "port", "DestPort"},         {"S3", "from", "SourceIp"},
	{"S3", "sport", "SourcePort"},         {"S3", "to", "DestinationIp"},
	{"", "proto", "Protocol"},
	{"A4689", "img", "ProcessName"},       {"A4624", "logon", "TargetLogonId"},
	{"A4624", "sid", "TargetUserSid"},     {"S", "guid", "ProcessGuid"},
	{"S", "pguid", "ParentProcessGuid"},   {"S", "ppid", "ParentProcessId"},
	{"S", "pimg", "ParentImage"},          {"S", "img", "Image"},
	{"S", "user", "User"},                 {"S", "logon", "LogonId"},
	{"S", "utc", "UtcTime"},               {"S", "port", "DestinationPort"},
	{"S", "init", "Initiated"},            {"S", "loaded", "ImageLoaded"},
	{"S", "signer", "Signature"},          {"S", "signed", "Signed"},
	{"S", "status", "SignatureStatus"},    {"S", "orig", "OriginalFileName"},
	{"", "pid", "ProcessId"},              {"", "cmd", "CommandLine"},
};

static const char *story_field(const struct story *s, const char *kind, const char *word)
{
	for (size_t i = 0; i < TEST_COUNT(story_words); i++)
		if (!strncmp(kind, story_words[i].kind, strlen(story_words[i].kind)) &&
		    !strcmp(word, story_words[i].word))
			return story_words[i].field;
	fail_msg("row \"%s\": no field %s in %s", s->name, word, kind);
	return NULL;
}

static struct view story_value(struct story *s, const char *text)
{
	char out[TIME_TEXT + GUID_TEXT];

	if (*text == '#')
		snprintf(out, sizeof(out), "{00000000-0000-0000-0000-%012lx}", strtoul(text + 1, 0, 10));
	else if (*text == '@')
		time_format(story_time(text + 1), out);
	else
		return arena_keep(&s->arena, view_str(text));
	if (*text == '@') {
		out[10] = ' '; /* as Sysmon writes it */
		out[23] = 0;
	}
	return arena_keep(&s->arena, view_str(out));
}

static void story_set(struct story *s, const char *kind, char *word, char *value)
{
	struct event *ev = &s->events[s->n];
	struct place *p = &s->places[s->n];
	struct field *f = &ev->fields[ev->n_fields];
	struct view text = story_value(s, value);
	char copy[64];

	if (!strcmp(word, "host"))
		ev->computer = text;
	else if (!strcmp(word, "mark")) { /* HOST kept apart from another one */
		snprintf(copy, sizeof(copy), "HOST (%s)", value);
		ev->computer = arena_keep(&s->arena, view_str(copy));
		ev->marked = (uint32_t)strlen(value) + 3;
	} else if (!strcmp(word, "src"))
		p->source = (uint32_t)strtoul(value, NULL, 10);
	else if (!strcmp(word, "off"))
		p->offset = strtoul(value, NULL, 10);
	else if (!strcmp(word, "rank"))
		p->rank = (uint8_t)strtoul(value, NULL, 10);
	else if (!strcmp(word, "version"))
		ev->version = (uint8_t)strtoul(value, NULL, 10);
	else if (!strcmp(word, "recovered"))
		p->recovered = true;
	else {
		const char *name = story_field(s, kind, word);

		*f = (struct field){view_str(name), fields_find(&s->rules.fields, view_str(name)),
				    {VALUE_UTF8, text}};
		ev->n_fields++;
	}
}

/* The next word of a line; quotes keep blanks within a value. NULL at the end. */
static char *story_word(char **line)
{
	char *from = *line + strspn(*line, " "), *to = from;

	if (!*from)
		return NULL;
	for (char *in = from; *in && *in != ' ';) {
		if (*in == '\'') {
			for (in++; *in && *in != '\'';)
				*to++ = *in++;
			in += *in == '\'';
		} else {
			*to++ = *in++;
		}
		*line = in;
	}
	if (**line)
		(*line)++;
	*to = 0;
	return from;
}

static void story_tell(struct story *s, const char *text)
{
	char copy[1024], *line = copy, *kind, *word;
	struct event *ev = &s->events[s->n];

	snprintf(copy, sizeof(copy), "%s", text);
	assert_true(s->n < STORY_RECORDS);
	*ev = (struct event){.computer = view_str("HOST"), .has_system = true};
	ev->section = SECTION_EVENTDATA;
	ev->fields = arena_array(&s->arena, 32, sizeof(*ev->fields));
	kind = story_word(&line);
	for (size_t i = 0; i < TEST_COUNT(story_kinds); i++) {
		if (strcmp(kind, story_kinds[i].word))
			continue;
		ev->channel = view_str(story_kinds[i].channel);
		ev->provider = view_str(story_kinds[i].provider);
		ev->event_id = story_kinds[i].id;
		ev->version = story_kinds[i].version;
	}
	if (!ev->event_id)
		fail_msg("row \"%s\": no kind %s", s->name, kind);
	ev->record_id = strtoul(story_word(&line), NULL, 10);
	ev->time_created = story_time(story_word(&line));
	s->places[s->n] = (struct place){.offset = 4608 + 1000 * s->n, .size = 900};
	while ((word = story_word(&line))) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = 0;
		story_set(s, kind, word, value ? value : word);
	}
	s->places[s->n].chunk = (s->places[s->n].offset - 4096) / 65536;
	s->order[s->n] = s->n;
	s->n++;
}

/* ---- the run, as the pipeline does it ---- */

static int story_rewind(void *ctx, struct err *e)
{
	(void)e;
	((struct story *)ctx)->at = 0;
	return 0;
}

/* As a spool of clues does: a fact that nobody asks for is never given. */
static int story_prepare(void *ctx, const struct map *keys, struct err *e)
{
	struct story *s = ctx;

	(void)e;
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < CLUE_KEYS; k++)
			s->asked[i] |= map_get(keys, s->clues[i].keys[k], NULL);
	return 0;
}

static int story_next(void *ctx, struct fact *f, struct err *e)
{
	struct story *s = ctx;

	(void)e;
	while (s->at < s->n && !(s->has_fact[s->order[s->at]] && s->asked[s->order[s->at]]))
		s->at++;
	if (s->at == s->n)
		return 1;
	*f = s->facts[s->order[s->at++]];
	return 0;
}

static struct fact_reader story_facts(struct story *s)
{
	return (struct fact_reader){story_prepare, story_rewind, story_next, s};
}

/* false: memory ran out. */
static bool story_keep(struct story *s, struct correlate *c, size_t i, struct arena *a)
{
	const struct place *p = &s->places[i];
	struct record r = {.offset = p->offset, .size = p->size, .recovered = p->recovered};
	struct activity act;
	struct subject subject = {.event = &s->events[i], .fields = &s->rules.fields, .arena = a};
	struct hit *hits;
	size_t n;

	if (activity_of(&s->events[i], &s->arena, &act) < 0)
		return false;
	subject.activity = &act;
	s->has_fact[i] = fact_of(&s->events[i], &act, &r, p->source, &s->arena, &s->facts[i]);
	s->facts[i].rank = p->rank;
	if (s->has_fact[i])
		assert_true(clue_of(&s->events[i], act.kind, &r, p->source, &s->arena, &s->clues[i]));
	if (matcher_event(s->matcher, &subject, &hits, &n) < 0)
		return false;
	return !n || correlate_add(c, &s->events[i], p, hits, n, NULL) == 0;
}

/* NULL: memory ran out. */
static struct correlate *story_run(struct story *s)
{
	struct correlate *c = correlate_new(&s->rules, s->matcher);
	struct fact_reader facts = story_facts(s);
	struct arena a;
	bool ok = c != NULL;

	arena_init(&a, 64 << 20);
	for (size_t i = 0; i < s->n && ok; i++)
		ok = story_keep(s, c, s->order[i], &a);
	ok = ok && correlate_run(c, &facts, NULL) == 0;
	arena_release(&a);
	if (ok)
		return c;
	correlate_free(c);
	return NULL;
}

/* ---- findings in one line ---- */

static char story_channel(const struct story *s, const struct evidence *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->places[i].source == e->place.source && s->places[i].offset == e->place.offset)
			return s->events[i].channel.n > 10 ? 'S' : s->events[i].channel.n == 8 ? 'A' : 'K';
	return '!';
}

static void story_show(const struct story *s, const struct finding *f, struct buf *b)
{
	buf_view(b, s->rules.rules[f->rule].id);
	buf_str(b, ":");
	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];

		buf_fmt(b, "%s%c%u=%c%llu", i ? " " : "", "scp"[e->role], e->stage,
			story_channel(s, e), (unsigned long long)e->record_id);
		if (e->place.source)
			buf_fmt(b, "@%u", e->place.source);
	}
	buf_fmt(b, " %s%s", clock_name(f->clock), f->unverified ? "?" : "");
}

static void story_findings(const struct story *s, struct correlate *c, struct buf *b)
{
	size_t n;
	struct finding *f = correlate_findings(c, &n);

	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? " / " : "");
		story_show(s, &f[i], b);
	}
}

/* Every order of input gives the same: a few are tried. */
static void story_shuffle(struct story *s, unsigned seed)
{
	for (size_t i = s->n; i > 1; i--) {
		size_t k = (seed = seed * 1103515245 + 12345) / 65536 % i;
		size_t was = s->order[k];

		s->order[k] = s->order[i - 1];
		s->order[i - 1] = was;
	}
}

struct story_row {
	const char *name, *rules;
	const char *records[16];
	const char *findings;
};

/* `tweak` as story_tweak() has it; NULL: none. */
static inline void story_row_tweaked(const struct story_row *row, const char *tweak)
{
	struct story s;
	struct correlate *c;

	story_begin(&s, row->name, row->rules);
	if (tweak)
		story_tweak(&s, tweak);
	for (size_t i = 0; i < 16 && row->records[i]; i++)
		story_tell(&s, row->records[i]);
	for (unsigned seed = 0; seed < 6; seed++) {
		struct buf b;

		buf_init(&b, 0);
		c = story_run(&s);
		assert_non_null(c);
		story_findings(&s, c, &b);
		test_view_is(row->name, buf_data(&b), view_str(row->findings));
		buf_release(&b);
		correlate_free(c);
		story_shuffle(&s, seed + 1);
	}
	story_end(&s);
}

static inline void story_row(const struct story_row *row)
{
	story_row_tweaked(row, NULL);
}

struct story_tweaked {
	const char *name, *rules;
	const char *records[16];
	const char *findings, *tweak;
};

static inline void story_tweaked_row(const struct story_tweaked *t)
{
	struct story_row row = {t->name, t->rules, {NULL}, t->findings};

	memcpy(row.records, t->records, sizeof(row.records));
	story_row_tweaked(&row, t->tweak);
}

#endif
