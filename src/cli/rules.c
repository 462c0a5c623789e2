/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

enum { OPT_JSON, OPT_LOGSOURCES, OPT_PLACEHOLDERS, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_JSON] = {"json", 0, NULL, "coverage as JSON"},
	[OPT_LOGSOURCES] = {"logsources", 0, "FILE", "more log sources of Sigma rules, may be repeated"},
	[OPT_PLACEHOLDERS] = {"placeholders", 0, "FILE", "values of %placeholders% of Sigma rules"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help rules_help = {
	"rules", "list|check|coverage [FILE|DIR]...",
	"Lists the rules, checks them and tells every fault, or tells which logs they can be evaluated on;\n"
	"without a file, the shipped ones.",
	option_rows, N_OPTIONS, false};

struct rules_options {
	struct rule_files files;
	bool json, help;
};

/* Sound rules that are not run, and why. */
static size_t idle(const struct ruleset *rules)
{
	size_t n = 0;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];
		if (!r->idle.n)
			continue;
		n++;
		print_text(stdout, r->path);
		printf(":%u: not run: ", r->line);
		print_text(stdout, r->idle);
		putchar('\n');
	}
	return n;
}

static void notes(const struct faults *notes)
{
	for (size_t i = 0; i < notes->n; i++) {
		const struct fault *f = &notes->v[i];
		print_text(stdout, view_str(f->file));
		printf(":%u:%u: note: ", f->line, f->column);
		print_text(stdout, view_str(f->message));
		putchar('\n');
	}
	if (notes->more)
		printf("and %llu notes more\n", (unsigned long long)notes->more);
}

static void list(const struct ruleset *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];
		print_text(stdout, r->id);
		printf("  %-13s  %-17s  ", rule_level_name(r->level), rule_language_name(r->language));
		print_text(stdout, r->title);
		printf("  (");
		print_text(stdout, r->path);
		printf(":%u)", r->line);
		if (r->idle.n) {
			printf("  not run: ");
			print_text(stdout, r->idle);
		}
		putchar('\n');
	}
}

static void replaced(const struct ruleset *rules)
{
	for (size_t i = 0; i < rules->n_replaced; i++) {
		const struct replaced *p = &rules->replaced[i];
		print_text(stdout, p->id);
		printf(" of ");
		print_text(stdout, p->path);
		printf(" is replaced by ");
		print_text(stdout, p->by_path);
		putchar('\n');
	}
}

static int show_coverage(const struct ruleset *rules, bool json)
{
	struct err e = {0};

	if (print_coverage(stdout, rules, json, &e) < 0)
		return report_error(&e);
	print_faults(stderr, &rules->faults);
	return finish_stdout(rules->faults.n ? EXIT_USAGE : EXIT_NOTHING);
}

static int show(const struct ruleset *rules, bool check)
{
	if (!check)
		list(rules);
	replaced(rules);
	print_faults(check ? stdout : stderr, &rules->faults);
	uint64_t faults = rules->faults.n + rules->faults.more;
	if (check) {
		notes(&rules->notes);
		size_t resting = idle(rules);
		printf("%zu rules in %llu files, %llu faults", rules->n,
		       (unsigned long long)rules->files, (unsigned long long)faults);
		if (resting)
			printf(", %zu not run", resting);
		putchar('\n');
	}
	return finish_stdout(faults ? EXIT_USAGE : EXIT_NOTHING);
}

static int take_option(struct rules_options *o, int option, const char *value)
{
	switch (option) {
	case OPT_LOGSOURCES:
		return take_table("rules", "logsources", value, o->files.logsources, &o->files.n_logsources);
	case OPT_PLACEHOLDERS:
		return take_table("rules", "placeholders", value, o->files.placeholders,
				  &o->files.n_placeholders);
	case OPT_JSON:
		o->json = true;
		return EXIT_NOTHING;
	default:
		o->help = true;
		return EXIT_NOTHING;
	}
}

int rules_command(int argc, char **argv)
{
	struct rules_options o = {0};
	struct ruleset rules = {0};
	struct err e = {0};
	const char *value;
	int option, code;
	while ((option = next_option(&rules_help, argc, argv, &value)) != -1)
		if (option < 0 || take_option(&o, option, value) != EXIT_NOTHING)
			return EXIT_USAGE;
	if (o.help) {
		print_help(&rules_help);
		return finish_stdout(EXIT_NOTHING);
	}
	const char *verb = optind < argc ? argv[optind] : "";
	bool check = !strcmp(verb, "check"), coverage = !strcmp(verb, "coverage");
	if (!check && !coverage && strcmp(verb, "list"))
		return usage_error("rules", "say 'list', 'check' or 'coverage'");
	if (o.json && !coverage)
		return usage_error("rules", "--json is for 'coverage'");
	o.files.sets = (const char *const *)argv + optind + 1;
	o.files.n_sets = (size_t)(argc - optind - 1);
	if (read_rules(&rules, &o.files, &e) < 0)
		code = report_error(&e);
	else
		code = coverage ? show_coverage(&rules, o.json) : show(&rules, check);
	ruleset_release(&rules);
	return code;
}
