/* SPDX-License-Identifier: Apache-2.0 */
/* `explain`: why a rule finds a record, or does not (docs/explain.md). */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

enum {
	OPT_RULE,
	OPT_RECORD,
	OPT_CHANNEL,
	OPT_COMPUTER,
	OPT_RULES,
	OPT_LOGSOURCES,
	OPT_PLACEHOLDERS,
	OPT_JOBS,
	OPT_CODEPAGE,
	OPT_HELP,
	N_OPTIONS,
};
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_RULE] = {"rule", 0, "ID", "the rule"},
	[OPT_RECORD] = {"record", 0, "N", "the record's id (EventRecordID)"},
	[OPT_CHANNEL] = {"channel", 'c', "NAME", "of this channel only"},
	[OPT_COMPUTER] = {"computer", 0, "NAME", "of this computer only"},
	[OPT_RULES] = {"rules", 'r', "FILE|DIR", "where the rule is, instead of the shipped ones; may be repeated"},
	[OPT_LOGSOURCES] = {"logsources", 0, "FILE", "more log sources of Sigma rules, may be repeated"},
	[OPT_PLACEHOLDERS] = {"placeholders", 0, "FILE", "values of %placeholders% of Sigma rules"},
	[OPT_JOBS] = {"jobs", 'j', "N", "worker processes; else as many as processors"},
	[OPT_CODEPAGE] = {"ansi-codepage", 0, "NAME", "of ANSI texts; else windows-1252"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help explain_help = {
	"explain", "--rule ID --record N [OPTION]... EVIDENCE...",
	"Tells which conditions of the rule hold for the record, which fail and with which value, and\n"
	"which cannot be checked; of a sequence how far it gets, and what breaks it.",
	option_rows, N_OPTIONS, true};

#define MAX_RULE_SETS 256

struct explain_command {
	const char *sets[MAX_RULE_SETS];
	struct rule_files rules;
	const char *rule;
	struct explain_what what;
	bool has_record, help;
	struct hunt_options hunt;
	struct evidence_command containers;
	struct ruleset ruleset;
	struct source_list sources;
};

static int take_record(struct explain_command *c, const char *value)
{
	uint64_t n;
	struct value v = {VALUE_UTF8, view_str(value)};
	if (*value < '0' || *value > '9' || !value_number(v, &n))
		return usage_error("explain", "--record: '%s' is no record id", value);
	c->what.record_id = n;
	c->has_record = true;
	return EXIT_NOTHING;
}

static int take_option(struct explain_command *c, int option, const char *value)
{
	switch (option) {
	case OPT_RULE:
		c->rule = value;
		return EXIT_NOTHING;
	case OPT_RECORD:
		return take_record(c, value);
	case OPT_CHANNEL:
		c->what.channel = view_str(value);
		return EXIT_NOTHING;
	case OPT_COMPUTER:
		c->what.computer = view_str(value);
		return EXIT_NOTHING;
	case OPT_RULES:
		if (c->rules.n_sets == MAX_RULE_SETS)
			return usage_error("explain", "--rules more than %d times", MAX_RULE_SETS);
		c->sets[c->rules.n_sets++] = value;
		return EXIT_NOTHING;
	case OPT_LOGSOURCES:
		return take_table("explain", "logsources", value, c->rules.logsources,
				  &c->rules.n_logsources);
	case OPT_PLACEHOLDERS:
		return take_table("explain", "placeholders", value, c->rules.placeholders,
				  &c->rules.n_placeholders);
	case OPT_JOBS:
		return take_jobs("explain", value, &c->hunt.jobs);
	case OPT_CODEPAGE:
		return take_codepage("explain", value, &c->hunt.code_page);
	default:
		c->help = true;
		return EXIT_NOTHING;
	}
}

static int parse(struct explain_command *c, int argc, char **argv)
{
	const char *value;
	int option;
	while ((option = next_option(&explain_help, argc, argv, &value)) != -1) {
		int rc = option < 0 ? EXIT_USAGE
			 : option < N_OPTIONS ? take_option(c, option, value)
					      : take_evidence_option(&c->containers, "explain",
								     option - N_OPTIONS, value);
		if (rc != EXIT_NOTHING)
			return rc;
	}
	if (c->help)
		return EXIT_NOTHING;
	if (!c->rule || !c->has_record)
		return usage_error("explain", "say --rule ID and --record N");
	if (optind == argc)
		return usage_error("explain", "there is no evidence to read; name a log or a folder");
	return EXIT_NOTHING;
}

/* The others are not asked. */
static int choose_rule(struct explain_command *c)
{
	struct ruleset *s = &c->ruleset;
	for (size_t i = 0; i < s->n; i++) {
		if (!view_eq_nocase(s->rules[i].id, view_str(c->rule)))
			continue;
		for (size_t k = 0; k < s->rules[i].n_stages; k++)
			if (s->rules[i].stages[k].of)
				return usage_error("explain",
						   "the rule '%s' rests on findings of other rules: explain those",
						   c->rule);
		s->rules[0] = s->rules[i];
		s->n = 1;
		return EXIT_NOTHING;
	}
	return usage_error("explain", "there is no rule '%s' among the %zu that are loaded", c->rule, s->n);
}

static void print_lines(struct view text)
{
	while (text.n) {
		const uint8_t *nl = memchr(text.p, '\n', text.n);
		struct view line = view_sub(text, 0, nl ? (size_t)(nl - text.p) : text.n);
		print_text(stdout, line);
		putchar('\n');
		text = view_sub(text, line.n + 1, text.n);
	}
}

static int run_explain(struct explain_command *c)
{
	struct hunt *h = NULL;
	struct run run = {0};
	struct err e = {0};
	struct buf text;
	size_t n = 0;
	int code;
	buf_init(&text, 0);
	if (explain_run(&c->hunt, &c->what, &h, &run, &text, &n, &e) < 0) {
		code = report_error(&e);
	} else {
		print_lines(buf_data(&text));
		if (n > LIMIT_EXPLAINED)
			printf("\nand %zu more records with that id: say --channel and --computer\n",
			       n - LIMIT_EXPLAINED);
		if (!n)
			say("no record with the id %llu, or it could not be read",
			    (unsigned long long)c->what.record_id);
		print_unread_all(stderr, &run, "");
		code = n ? EXIT_NOTHING : EXIT_INCOMPLETE;
	}
	buf_release(&text);
	hunt_free(h);
	return finish_stdout(code);
}

static int explain(struct explain_command *c, char **evidence, size_t n)
{
	struct err e = {0};
	c->rules.sets = c->sets;
	int code = load_rules(&c->ruleset, &c->rules, false);
	if (code == EXIT_NOTHING)
		code = choose_rule(c);
	if (code != EXIT_NOTHING)
		return code;
	if (list_evidence(&c->containers, &c->sources, evidence, n, -1, &e) < 0)
		return report_error(&e);
	c->hunt.rules = &c->ruleset;
	c->hunt.sources = &c->sources;
	c->hunt.evidence = &c->containers.options;
	c->hunt.to = UINT64_MAX;
	c->hunt.dirfd = c->containers.options.dirfd;
	c->hunt.stop = catch_signals();
	return run_explain(c);
}

int explain_command(int argc, char **argv)
{
	struct explain_command c = {0};
	evidence_init(&c.containers);
	c.hunt.jobs = processors();
	int code = parse(&c, argc, argv);
	if (code == EXIT_NOTHING && c.help) {
		print_help(&explain_help);
		code = finish_stdout(EXIT_NOTHING);
	} else if (code == EXIT_NOTHING) {
		source_list_init(&c.sources);
		code = explain(&c, argv + optind, (size_t)(argc - optind));
		source_list_release(&c.sources);
		ruleset_release(&c.ruleset);
	}
	evidence_release(&c.containers);
	return code;
}
