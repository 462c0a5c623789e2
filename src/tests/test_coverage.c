/* SPDX-License-Identifier: Apache-2.0 */
/* What rules could see: of kinds of logs in general, and of the logs of hosts. */
#include "testing.h"

#include "evtxhound/coverage.h"

#define SIGMA(id, category, detection)                                                             \
	"title: T\nid: " id "\nlogsource: {category: " category ", product: windows}\n"               \
	"detection:\n" detection "\n"
#define EQL(id, query) "// id: " id "\n// title: T\n\n" query "\n"

static void load(struct ruleset *s, const char *name, const char *text)
{
	struct err e = {0};

	assert_int_equal(ruleset_init(s, &e), 0);
	assert_int_equal(ruleset_add_text(s, name, view_str(text), &e), 0);
	if (s->faults.n)
		print_message("%u:%u: %s\n", s->faults.v[0].line, s->faults.v[0].column,
			      s->faults.v[0].message);
	assert_int_equal(s->faults.n, 0);
	assert_int_equal(ruleset_finish(s, &e), 0);
}

/* "sysmon security both all", each with its missing fields: "part(A,B)"; "-" of no records. */
static void coverage_text(struct buf *b, const struct ruleset *s, const struct rule_coverage *c)
{
	for (size_t i = 0; i < LOG_SETS; i++) {
		const struct logs_coverage *l = &c->in[i];

		buf_str(b, i ? " " : "");
		buf_str(b, l->no_records ? "-" : judged_name(l->judged));
		for (size_t k = 0; k < l->missing.n; k++) {
			buf_str(b, k ? "," : "(");
			buf_view(b, fields_name(&s->fields, l->missing.v[k]));
		}
		buf_str(b, l->missing.n ? ")" : "");
	}
}

struct static_row {
	const char *name, *file, *text, *want;
};

static const struct static_row static_rows[] = {
	{"a command line is in both", "t.yml",
	 SIGMA("t", "process_creation", "  s: {CommandLine: a}\n  condition: s"),
	 "whole whole whole whole"},
	{"4688 never has the parent's command line", "t.yml",
	 SIGMA("t", "process_creation", "  s: {ParentCommandLine: a}\n  condition: s"),
	 "whole none(ParentCommandLine) whole whole"},
	{"it is one of two ways", "t.yml",
	 SIGMA("t", "process_creation",
	       "  s: {ParentCommandLine: a}\n  r: {Image: b}\n  condition: s or r"),
	 "whole part(ParentCommandLine) whole whole"},
	{"it is in a filter", "t.yml",
	 SIGMA("t", "process_creation",
	       "  s: {Image: b}\n  f: {ParentCommandLine: a}\n  condition: s and not f"),
	 "whole part(ParentCommandLine) whole whole"},
	{"that it is missing is what is asked for", "t.yml",
	 SIGMA("t", "process_creation", "  s: {ParentCommandLine: null}\n  condition: s"),
	 "whole part(ParentCommandLine) whole whole"},
	{"no record of connections has a command line", "t.yml",
	 SIGMA("t", "network_connection", "  s: {CommandLine: a}\n  condition: s"),
	 "none(CommandLine) none(CommandLine) none(CommandLine) none(CommandLine)"},
	{"only what stops it is missing", "t.yml",
	 SIGMA("t", "process_creation",
	       "  s: {ParentCommandLine: a}\n  f: {ParentUser: b}\n  condition: s and not f"),
	 "whole none(ParentCommandLine) whole whole"},
	{"EQL: connections are both logs'", "t.eql",
	 EQL("t", "network where event.action == \"connection_attempted\" and destination.port == 80"),
	 "whole whole whole whole"},
	{"EQL: their names are Sysmon's", "t.eql",
	 EQL("t", "network where event.type == \"start\" and destination.domain == \"a\""),
	 "whole none(destination.domain) whole whole"},
	{"EQL: process starts", "t.eql",
	 EQL("t", "process where event.action == \"start\" and process.parent.command_line : \"a*\""),
	 "whole none(process.parent.command_line) whole whole"},
	{"EQL: ends have no command line", "t.eql",
	 EQL("t", "process where event.type == \"end\" and process.command_line : \"a*\""),
	 "none(process.command_line) none(process.command_line) none(process.command_line) "
	 "none(process.command_line)"},
	{"a sequence needs all its stages", "t.eql",
	 EQL("t", "sequence by process.entity_id\n [process where event.action == \"start\"]\n"
		  " [network where event.type == \"protocol\" and dns.question.name == \"a\"]"),
	 "whole - whole whole"},
};

static void in_general(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(static_rows); i++) {
		const struct static_row *r = &static_rows[i];
		struct rule_coverage *c;
		struct ruleset s;
		struct arena a;
		struct buf b;

		load(&s, r->file, r->text);
		arena_init(&a, SIZE_MAX);
		buf_init(&b, 0);
		assert_int_equal(coverage_of_rules(&s, &a, &c), 0);
		coverage_text(&b, &s, &c[0]);
		if (!view_eq_str(buf_data(&b), r->want))
			fail_msg("%s: %.*s, not %s", r->name, (int)b.n, b.p, r->want);
		buf_release(&b);
		arena_release(&a);
		ruleset_release(&s);
	}
}

/* ---- hosts ---- */

#define SYSMON_LOG "Microsoft-Windows-Sysmon/Operational"
#define SYSMON "Microsoft-Windows-Sysmon"
#define AUDIT "Microsoft-Windows-Security-Auditing"

/* Records of one kind: "A B=value ..." are the fields that they fill. */
struct told {
	const char *computer, *channel, *provider;
	uint16_t id;
	uint64_t n, first, last;
	const char *fields;
};
struct host_row {
	const char *name, *file, *text;
	uint64_t from, to;
	struct told told[4];
	const char *want; /* "verdict judged from-to reasons: detail" of the first host and rule */
};

static void tell(struct coverage *c, const struct ruleset *s, const struct told *t, uint32_t source)
{
	struct seen_field fields[16];
	struct seen_records r = {.computer = view_str(t->computer), .channel = view_str(t->channel),
				 .provider = view_str(t->provider), .event_id = t->id, .version = 5,
				 .n = t->n, .first_time = t->first, .last_time = t->last,
				 .asked = t->n, .fields = fields};
	char names[256], *at = NULL;
	struct err e = {0};

	snprintf(names, sizeof(names), "%s", t->fields);
	for (char *p = strtok_r(names, " ", &at); p; p = strtok_r(NULL, " ", &at)) {
		char *eq = strchr(p, '=');

		if (eq)
			*eq = '\0';
		fields[r.n_fields++] =
			(struct seen_field){fields_find(&s->fields, view_str(p)), 1, 1,
					    {VALUE_UTF8, view_str(eq ? eq + 1 : "1")}};
	}
	assert_int_equal(coverage_add(c, source, &r, &e), 0);
}

static void judgement_text(struct buf *b, const struct judgement *j)
{
	buf_fmt(b, "%s, %s", verdict_name(j->verdict), judged_name(j->judged));
	if (j->to)
		buf_fmt(b, ", %u-%u", (unsigned)j->from, (unsigned)j->to);
	for (size_t i = 0; i < REASONS; i++)
		if (j->reasons >> i & 1)
			buf_fmt(b, ", %s", reason_name((enum reason)i));
	buf_fmt(b, "%s%.*s", j->detail.n ? ": " : "", (int)j->detail.n, (const char *)j->detail.p);
}

#define COMMAND SIGMA("t", "process_creation", "  s: {CommandLine: a}\n  condition: s")
#define SERVICE(selection)                                                                         \
	"title: T\nid: t\nlogsource: {service: security, product: windows}\n"                         \
	"detection: {s: {" selection "}, condition: s}\n"
#define FILTER                                                                                     \
	SIGMA("t", "process_creation",                                                             \
	      "  s: {Image: b}\n  f: {OriginalFileName: a}\n  condition: s and not f")
#define SEQUENCE(span)                                                                             \
	EQL("t", "sequence by process.entity_id" span "\n [process where event.action == \"start\"]\n"  \
		 " [network where event.action == \"connection_attempted\"]")
#define PROCESS "Image ProcessId ProcessGuid UtcTime"

static const struct host_row host_rows[] = {
	{"filled", "t.yml", COMMAND, 0, UINT64_MAX,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "Image CommandLine"}}, "not found, whole, 10-20"},
	{"the log, not the kind of record, tells the period", "t.yml", COMMAND, 0, UINT64_MAX,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "Image CommandLine"},
	  {"H", SYSMON_LOG, SYSMON, 5, 9, 5, 30, ""}}, "not found, whole, 5-30"},
	{"two spellings are one host", "t.yml", COMMAND, 0, UINT64_MAX,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "Image"},
	  {"h", SYSMON_LOG, SYSMON, 1, 9, 30, 40, "CommandLine"}}, "not found, whole, 10-40"},
	{"not audited", "t.yml", COMMAND, 0, UINT64_MAX,
	 {{"H", "Security", AUDIT, 4688, 9, 10, 20, "NewProcessName"}},
	 "not observable, none, field-empty: CommandLine: 4688 without command line auditing "
	 "(Security 4688, 9 records)"},
	{"another kind of record has it", "t.yml", COMMAND, 0, UINT64_MAX,
	 {{"H", "Security", AUDIT, 4688, 9, 10, 20, "NewProcessName"},
	  {"H", SYSMON_LOG, SYSMON, 1, 9, 30, 40, "CommandLine"}}, "not found, whole, 30-40"},
	{"other events", "t.yml", COMMAND, 0, UINT64_MAX,
	 {{"H", "Security", AUDIT, 4624, 9, 10, 20, ""}},
	 "not observable, none, channel-absent, event-absent: no log " SYSMON_LOG
	 "; no event 4688 in Security"},
	{"a filter that cannot be checked", "t.yml", FILTER, 0, UINT64_MAX,
	 {{"H", "Security", AUDIT, 4688, 1, 10, 20, "NewProcessName"}},
	 "not found, part, 10-20, field-empty: OriginalFileName: 4688 never carries it "
	 "(Security 4688, 1 record)"},
	{"later than asked for", "t.yml", COMMAND, 5, 15,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "CommandLine"}},
	 "not found, whole, 10-20, starts-late: its logs begin at 1601-01-01T00:00:00.0000010Z"},
	{"earlier than asked for", "t.yml", COMMAND, 15, 30,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "CommandLine"}},
	 "not found, whole, 10-20, ends-early: its logs end at 1601-01-01T00:00:00.0000020Z"},
	{"not in the time asked for", "t.yml", COMMAND, 21, 30,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "CommandLine"}},
	 "not observable, none, outside-time: its logs end at 1601-01-01T00:00:00.0000020Z"},
	{"the record's own words, and System's", "t.yml", SERVICE("EventID: 4720, TargetUserName: a"), 0,
	 UINT64_MAX,
	 {{"H", "Security", AUDIT, 4720, 9, 10, 20, "TargetUserName"},
	  {"H", "Security", AUDIT, 4624, 9, 10, 20, "TargetUserName"}}, "not found, whole, 10-20"},
	{"an event id that only a condition names", "t.yml", SERVICE("EventID: 4720, TargetUserName: a"),
	 0, UINT64_MAX, {{"H", "Security", AUDIT, 4624, 9, 10, 20, "TargetUserName"}},
	 "not observable, none, event-absent: no event 4720 in Security"},
	{"a sequence", "t.eql", SEQUENCE(" with maxspan=1m"), 0, UINT64_MAX,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, PROCESS},
	  {"H", SYSMON_LOG, SYSMON, 3, 9, 10, 20, PROCESS " Initiated=true"}},
	 "not found, whole, 10-20"},
	{"a stage of it is missing", "t.eql", SEQUENCE(" with maxspan=1m"), 0, UINT64_MAX,
	 {{"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, PROCESS}},
	 "not observable, none, channel-absent, event-absent: stage 2: no event 3 in " SYSMON_LOG
	 "; stage 2: no log Security"},
	{"its stages' logs do not meet", "t.eql", SEQUENCE(" with maxspan=1m"), 0, UINT64_MAX,
	 {{"H", "Security", AUDIT, 4688, 9, 10, 20, "NewProcessName NewProcessId"},
	  {"H", SYSMON_LOG, SYSMON, 3, 9, 30, 40, PROCESS " Initiated=true"}},
	 "not observable, none, no-overlap: the logs of its stages do not meet: one begins at "
	 "1601-01-01T00:00:00.0000030Z"},
	{"and need not", "t.eql", SEQUENCE(""), 0, UINT64_MAX,
	 {{"H", "Security", AUDIT, 4688, 9, 10, 20, "NewProcessName NewProcessId"},
	  {"H", SYSMON_LOG, SYSMON, 3, 9, 30, 40, PROCESS " Initiated=true"}},
	 "not found, whole"},
};

static void judge(const struct host_row *r, bool backwards, struct buf *b)
{
	struct coverage *c;
	struct ruleset s;
	struct err e = {0};
	size_t n = 0, n_hosts;
	const struct judgement *j;

	load(&s, r->file, r->text);
	c = coverage_new(&s);
	while (n < 4 && r->told[n].computer)
		n++;
	for (size_t i = 0; i < n; i++)
		tell(c, &s, &r->told[backwards ? n - 1 - i : i], (uint32_t)(backwards ? n - 1 - i : i));
	assert_int_equal(coverage_close(c, r->from, r->to, &e), 0);
	coverage_hosts(c, &n_hosts);
	assert_int_equal(n_hosts, 1);
	j = coverage_judge(c, 0, &n);
	assert_true(j && n == 1);
	judgement_text(b, j);
	coverage_free(c);
	ruleset_release(&s);
}

static void of_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * TEST_COUNT(host_rows); i++) {
		const struct host_row *r = &host_rows[i / 2];
		struct buf b;

		buf_init(&b, 0);
		judge(r, i % 2, &b);
		if (!view_eq_str(buf_data(&b), r->want))
			fail_msg("%s: %.*s, not %s", r->name, (int)b.n, b.p, r->want);
		buf_release(&b);
	}
}

static void lacks_and_findings(void **state)
{
	static const struct told told = {"H", SYSMON_LOG, SYSMON, 1, 9, 10, 20, "CommandLine"};
	struct view host = view_str("h"), log = view_str(SYSMON_LOG);
	const struct judgement *j;
	const struct host_coverage *h;
	struct coverage *c;
	struct ruleset s;
	struct err e = {0};
	struct buf b;
	size_t n;

	(void)state;
	load(&s, "t.yml", COMMAND);
	c = coverage_new(&s);
	buf_init(&b, 0);
	tell(c, &s, &told, 0);
	coverage_lack(c, host, log, LACK_GAP, 3);
	coverage_lack(c, host, log, LACK_GAP, 4);
	coverage_lack(c, host, log, LACK_CLEARED, 1);
	coverage_lack(c, host, view_str("Security"), LACK_CLEARED, 1);
	coverage_lack(c, view_str("other"), log, LACK_DAMAGE, 1);
	assert_int_equal(coverage_found(c, host, 0, &e), 0);
	assert_int_equal(coverage_found(c, host, 0, &e), 0);
	assert_int_equal(coverage_close(c, 0, UINT64_MAX, &e), 0);
	h = coverage_hosts(c, &n);
	assert_true(n == 1 && h->verdicts[VERDICT_FOUND] == 1 && h->reasons[REASON_GAP] == 1);
	assert_true(h->first_time == 10 && h->last_time == 20 && coverage_rules(c) == 1);
	j = coverage_judge(c, 0, &n);
	assert_true(n == 1 && j->findings == 2);
	judgement_text(&b, j);
	assert_true(view_eq_str(buf_data(&b),
				"found, whole, 10-20, log-cleared, record-gap: " SYSMON_LOG
				" was cleared; " SYSMON_LOG " lacks 7 record ids"));
	buf_release(&b);
	coverage_free(c);
	ruleset_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_general),
		cmocka_unit_test(of_hosts),
		cmocka_unit_test(lacks_and_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
