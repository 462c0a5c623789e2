/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cli-private.h"

enum { OPT_FORMAT, OPT_JOBS, OPT_QUIET, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_FORMAT] = {"format", 'F', "WHICH", "text (default), csv or jsonl"},
	[OPT_JOBS] = {"jobs", 'j', "N", "processes that open images and archives; else as many as processors"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "no progress"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help list_help = {
	"list", "[OPTION]... EVIDENCE...",
	"Tells what would be read: logs, in images and archives too, and what is not read.", option_rows,
	N_OPTIONS, true};

enum list_format { LIST_TEXT, LIST_CSV, LIST_JSONL };
struct list_command {
	struct list_options list;
	struct evidence_command containers;
	enum list_format format;
	bool help;
	enum verbosity verbosity;
	struct source_list sources;
	struct progress_line progress;
};

/* ---- as text ---- */

#define INDENT "            "

static const char *print_times(const struct source *s, const char *sep)
{
	static const char *const times[] = {"modified", "accessed", "changed", "born"};
	char text[TIME_TEXT];
	for (unsigned i = 0; i < 4; i++) {
		uint64_t t = source_time(s, i);
		if (!t)
			continue;
		time_format(t, text);
		printf("%s%s %s", sep, times[i], text);
		sep = ", ";
	}
	return sep;
}

static void print_named(const char **sep, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	printf("%s%s", *sep, name);
	print_text(stdout, view_str(value));
	*sep = ", ";
}

/* What there is to say beside its path, on a line of its own. */
static void print_details(const struct source *s)
{
	const char *sep = INDENT;
	if (s->kind == SOURCE_CONTAINER || s->kind == SOURCE_PART)
		print_named(&sep, "", s->format);
	else if (s->searched)
		print_named(&sep, "", "no log by its first bytes: searched for chunks");
	print_named(&sep, "volume ", s->volume);
	print_named(&sep, "inode ", s->inode);
	if (*print_times(s, sep) == ',')
		putchar('\n');
}

static void print_volume(const struct source_volume *v)
{
	char text[TIME_TEXT];
	printf(INDENT "%-8s ", *v->name ? v->name : "-");
	print_text(stdout, view_str(v->what));
	printf(", %" PRIu64 " bytes at %" PRIu64, v->size, v->offset);
	if (v->created) {
		time_format(v->created, text);
		printf(", of %s", text);
	}
	if (v->read)
		printf(": %" PRIu64 " files looked at", v->files);
	else
		printf(v->quiet ? ": not read, nothing is missed by that" : ": not read");
	if (*v->why)
		fputs(": ", stdout);
	print_text(stdout, view_str(v->why));
	putchar('\n');
}

static void print_contents(const struct source_contents *c)
{
	for (size_t i = 0; i < c->n_facts; i++) {
		if (source_fact_library(&c->facts[i]))
			continue;
		fputs(INDENT, stdout);
		print_text(stdout, view_str(c->facts[i].name));
		fputs(": ", stdout);
		print_text(stdout, view_str(c->facts[i].value));
		putchar('\n');
	}
	for (size_t i = 0; i < c->n_volumes; i++)
		print_volume(&c->volumes[i]);
}

static void print_source(const struct run *run, const struct source_result *r, struct buf *why)
{
	const struct source *s = r->source;
	struct why at = {0};
	printf("%-10s  %-7s  %12" PRIu64 "  ", source_kind_name(s),
	       source_state_name(source_state_of(run->list, s)), s->size);
	print_text(stdout, view_str(s->path));
	putchar('\n');
	print_details(s);
	if (s->kind == SOURCE_CONTAINER && s->contents)
		print_contents(s->contents);
	while (source_why_next(why, r, &at)) {
		fputs(INDENT, stdout);
		print_text(stdout, buf_data(why));
		putchar('\n');
	}
}

static void print_sum(const struct run *run)
{
	uint64_t logs[SOURCE_CARVED + 1] = {0}, all = 0, bytes = 0, containers = 0;
	for (size_t i = 0; i < run->n_sources; i++) {
		const struct source *s = run->sources[i].source;
		containers += s->kind == SOURCE_CONTAINER;
		if (s->kind != SOURCE_EVTX)
			continue;
		logs[source_state_of(run->list, s)]++;
		all++;
		bytes += s->size;
	}
	printf("%" PRIu64 " log%s, %.1f MiB", all, all == 1 ? "" : "s", (double)bytes / 1048576.0);
	const char *sep = ": ";
	for (int i = 0; i <= SOURCE_CARVED; i++) {
		if (!logs[i])
			continue;
		printf("%s%" PRIu64 " %s", sep, logs[i], source_state_name((enum source_state)i));
		sep = ", ";
	}
	printf("; %" PRIu64 " opened, %" PRIu64 " other files, %" PRIu64 " links not followed\n",
	       containers, run->others, run->links);
}

/* ---- in any form ---- */

static void print_row(const struct list_command *c, const struct run *run, size_t i, struct buf *b,
		      struct arena *a)
{
	const struct source_result *r = &run->sources[i];
	if (c->format == LIST_TEXT) {
		print_source(run, r, b);
		return;
	}
	buf_clear(b);
	if (c->format == LIST_CSV)
		source_csv(b, a, run, r, NULL);
	else
		source_jsonl(b, run, r);
	fwrite(b->p, 1, b->n, stdout);
}

/* true: all of it could be told. */
static bool print_all(const struct list_command *c, const struct run *run)
{
	struct arena a;
	struct buf b;
	bool good = true;
	arena_init(&a, LIMIT_CHUNK_ARENA);
	buf_init(&b, 0);
	if (c->format == LIST_CSV) {
		sources_csv_header(&b, false);
		fwrite(b.p, 1, b.n, stdout);
	}
	for (size_t i = 0; i < run->n_sources && good; i++) {
		print_row(c, run, i, &b, &a);
		good = !b.bad;
	}
	buf_release(&b);
	arena_release(&a);
	if (c->format == LIST_TEXT)
		print_sum(run);
	else
		print_unread_all(stderr, run, "");
	return good;
}

static int show(struct list_command *c)
{
	struct hunt *h = NULL;
	struct run run = {0};
	struct err e = {0};
	progress_start(&c->progress, c->verbosity);
	c->list.progress = progress_show;
	c->list.ctx = &c->progress;
	int rc = list_run(&c->list, &h, &run, &e);
	progress_end(&c->progress);
	if (rc == 0 && !print_all(c, &run))
		rc = err_set(&e, ERR_NOMEM, 0, "no memory for the list");
	hunt_free(h);
	return finish_stdout(rc < 0 ? report_error(&e) : run.exit_code);
}

/* ---- the command ---- */

static int take_format(const char *value, enum list_format *out)
{
	static const char *const formats[] = {"text", "csv", "jsonl"};
	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(value, formats[i])) {
			*out = (enum list_format)i;
			return EXIT_NOTHING;
		}
	}
	return usage_error("list", "--format: '%s' is none of text, csv, jsonl", value);
}

static int take_option(struct list_command *c, int option, const char *value)
{
	switch (option) {
	case OPT_FORMAT:
		return take_format(value, &c->format);
	case OPT_JOBS:
		return take_jobs("list", value, &c->list.jobs);
	case OPT_QUIET:
		c->verbosity = QUIET;
		return EXIT_NOTHING;
	case OPT_HELP:
		c->help = true;
		return EXIT_NOTHING;
	default:
		return take_evidence_option(&c->containers, "list", option - N_OPTIONS, value);
	}
}

static int parse(struct list_command *c, int argc, char **argv)
{
	const char *value;
	int option;
	while ((option = next_option(&list_help, argc, argv, &value)) != -1)
		if (option < 0 || take_option(c, option, value) != EXIT_NOTHING)
			return EXIT_USAGE;
	if (!c->help && optind == argc)
		return usage_error("list", "there is no evidence to tell of; name a file or a folder");
	return EXIT_NOTHING;
}

int list_command(int argc, char **argv)
{
	struct list_command c = {.verbosity = NORMAL};
	struct err e = {0};
	evidence_init(&c.containers);
	c.list.evidence = &c.containers.options;
	c.list.jobs = processors();
	c.list.sources = &c.sources;
	int code = parse(&c, argc, argv);
	if (code != EXIT_NOTHING)
		return code;
	if (c.help) {
		print_help(&list_help);
		return finish_stdout(EXIT_NOTHING);
	}
	source_list_init(&c.sources);
	c.list.stop = catch_signals();
	if (list_evidence(&c.containers, &c.sources, argv + optind, (size_t)(argc - optind), -1, &e) < 0)
		code = report_error(&e);
	else
		code = show(&c);
	evidence_release(&c.containers);
	source_list_release(&c.sources);
	return code;
}
