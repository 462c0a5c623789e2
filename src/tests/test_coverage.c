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
	 "none(CommandLine) - none(CommandLine) none(CommandLine)"},
	{"only what stops it is missing", "t.yml",
	 SIGMA("t", "process_creation",
	       "  s: {ParentCommandLine: a}\n  f: {ParentUser: b}\n  condition: s and not f"),
	 "whole none(ParentCommandLine) whole whole"},
	{"EQL: connections are Sysmon's", "t.eql",
	 EQL("t", "network where event.action == \"connection_attempted\" and destination.port == 80"),
	 "whole - whole whole"},
	{"EQL: process starts", "t.eql",
	 EQL("t", "process where event.action == \"start\" and process.parent.command_line : \"a*\""),
	 "whole none(process.parent.command_line) whole whole"},
	{"EQL: ends have no command line", "t.eql",
	 EQL("t", "process where event.type == \"end\" and process.command_line : \"a*\""),
	 "none(process.command_line) none(process.command_line) none(process.command_line) "
	 "none(process.command_line)"},
	{"a sequence needs all its stages", "t.eql",
	 EQL("t", "sequence by process.entity_id\n [process where event.action == \"start\"]\n"
		  " [network where event.action == \"connection_attempted\"]"),
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_general),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
