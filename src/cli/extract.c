/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "cli-private.h"

enum { OPT_OUT, OPT_JOBS, OPT_VERBOSE, OPT_QUIET, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_OUT] = {"out", 'o', "DIR", "the folder for the copies, which must be empty or new"},
	[OPT_JOBS] = {"jobs", 'j', "N", "processes that open images and archives; else as many as processors"},
	[OPT_VERBOSE] = {"verbose", 'v', NULL, "a line on stderr for every log"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "no progress"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help extract_help = {
	"extract", "[OPTION]... --out DIR EVIDENCE...",
	"Copies the logs out of the evidence, with their hashes and where they were.", option_rows,
	N_OPTIONS, true};

struct extract_command {
	struct extract_options extract;
	struct evidence_command containers;
	const char *out;
	bool help;
	enum verbosity verbosity;
	char **evidence;
	size_t n_evidence;
	struct source_list sources;
	struct progress_line progress;
};

static int take_option(struct extract_command *c, int option, const char *value)
{
	switch (option) {
	case OPT_OUT:
		c->out = value;
		return EXIT_NOTHING;
	case OPT_JOBS:
		return take_jobs("extract", value, &c->extract.list.jobs);
	case OPT_VERBOSE:
		c->verbosity = VERBOSE;
		return EXIT_NOTHING;
	case OPT_QUIET:
		c->verbosity = QUIET;
		return EXIT_NOTHING;
	case OPT_HELP:
		c->help = true;
		return EXIT_NOTHING;
	default:
		return take_evidence_option(&c->containers, "extract", option - N_OPTIONS, value);
	}
}

static int parse(struct extract_command *c, int argc, char **argv)
{
	const char *value;
	int option;
	while ((option = next_option(&extract_help, argc, argv, &value)) != -1)
		if (option < 0 || take_option(c, option, value) != EXIT_NOTHING)
			return EXIT_USAGE;
	c->evidence = argv + optind;
	c->n_evidence = (size_t)(argc - optind);
	if (c->help)
		return EXIT_NOTHING;
	if (!c->n_evidence)
		return usage_error("extract", "there is no evidence to copy from; name a file or a folder");
	if (!c->out)
		return usage_error("extract", "name the folder for the copies with --out");
	return EXIT_NOTHING;
}

static void print_copied(const struct extract_command *c, const struct run *run,
			 const struct extracted *sum)
{
	printf("copied %" PRIu64 " log%s, %.1f MiB\n", sum->logs, sum->logs == 1 ? "" : "s",
	       (double)sum->bytes / 1048576.0);
	print_unread_all(stdout, run, "; " EXTRACT_TABLE " names them all");
	fputs("list: ", stdout);
	print_text(stdout, view_str(c->out));
	puts("/" EXTRACT_TABLE);
}

static int copy_all(struct extract_command *c)
{
	struct hunt *h = NULL;
	struct run run = {0};
	struct extracted sum;
	struct err e = {0};
	progress_start(&c->progress, c->verbosity);
	c->extract.list.progress = progress_show;
	c->extract.list.ctx = &c->progress;
	int rc = extract_run(&c->extract, &h, &run, &sum, &e);
	progress_end(&c->progress);
	if (rc == 0)
		print_copied(c, &run, &sum);
	else if (sum.logs)
		say("%s: %" PRIu64 " logs are there, each of them whole, and no list of them", c->out,
		    sum.logs);
	hunt_free(h);
	return finish_stdout(rc < 0 ? report_error(&e) : run.exit_code);
}

static int extract(struct extract_command *c)
{
	struct out_folder folder;
	struct err e = {0};
	int code = out_folder_open(&folder, "extract", c->out, false, 0, (const char *const *)c->evidence,
				   c->n_evidence);
	c->extract.dirfd = folder.fd;
	if (code == EXIT_NOTHING) {
		c->extract.list.stop = catch_signals();
		if (list_evidence(&c->containers, &c->sources, c->evidence, c->n_evidence, folder.fd, &e) < 0)
			code = report_error(&e);
		else
			code = copy_all(c);
	}
	out_folder_close(&folder);
	return code;
}

int extract_command(int argc, char **argv)
{
	struct extract_command c = {.verbosity = NORMAL};
	evidence_init(&c.containers);
	c.extract.list.evidence = &c.containers.options;
	c.extract.list.jobs = processors();
	c.extract.list.sources = &c.sources;
	int code = parse(&c, argc, argv);
	if (code != EXIT_NOTHING)
		return code;
	if (c.help) {
		print_help(&extract_help);
		return finish_stdout(EXIT_NOTHING);
	}
	source_list_init(&c.sources);
	code = extract(&c);
	evidence_release(&c.containers);
	source_list_release(&c.sources);
	return code;
}
