/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

enum { OPT_JSON, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_JSON] = {"json", 0, NULL, "coverage as JSON"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help rules_help = {
	"rules", "list|check|coverage [FILE|DIR]...",
	"Lists the rules, checks them and tells every fault, or tells which logs they can be evaluated on;\n"
	"without a file, the shipped ones.",
	option_rows, N_OPTIONS, false};

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

static int load_all(struct ruleset *rules, char **paths, size_t n, struct err *e)
{
	if (ruleset_init(rules, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (ruleset_add(rules, paths[i], e) < 0)
			return -1;
	return ruleset_finish(rules, e);
}

int rules_command(int argc, char **argv)
{
	struct ruleset rules = {0};
	struct err e = {0};
	const char *value;
	bool json = false;
	int option, code;
	while ((option = next_option(&rules_help, argc, argv, &value)) != -1) {
		if (option < 0)
			return EXIT_USAGE;
		if (option == OPT_JSON) {
			json = true;
			continue;
		}
		print_help(&rules_help);
		return finish_stdout(EXIT_NOTHING);
	}
	const char *verb = optind < argc ? argv[optind] : "";
	bool check = !strcmp(verb, "check"), coverage = !strcmp(verb, "coverage");
	if (!check && !coverage && strcmp(verb, "list"))
		return usage_error("rules", "say 'list', 'check' or 'coverage'");
	if (json && !coverage)
		return usage_error("rules", "--json is for 'coverage'");
	char *shipped = optind + 1 == argc ? default_rules() : NULL;
	char **paths = shipped ? &shipped : argv + optind + 1;
	size_t n = shipped ? 1 : (size_t)(argc - optind - 1);
	if (!n)
		return usage_error("rules", "the shipped rules are not where they were installed");
	if (load_all(&rules, paths, n, &e) < 0)
		code = report_error(&e);
	else
		code = coverage ? show_coverage(&rules, json) : show(&rules, check);
	ruleset_release(&rules);
	mem_free(shipped);
	return code;
}
