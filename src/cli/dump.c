/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

enum {
	OPT_FORMAT,
	OPT_EVENT_ID,
	OPT_CHANNEL,
	OPT_FROM,
	OPT_TO,
	OPT_OUT,
	OPT_JOBS,
	OPT_VERIFY,
	OPT_CODEPAGE,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_HELP,
	N_OPTIONS
};
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_FORMAT] = {"format", 'F', "WHICH", "jsonl (default), xml or csv"},
	[OPT_EVENT_ID] = {"event-id", 'e', "LIST", "only these ids: 1,3,4624-4634"},
	[OPT_CHANNEL] = {"channel", 'c', "LIST", "only records of these channels: Security,System"},
	[OPT_FROM] = {"from", 0, "T", "only records of T (ISO 8601, UTC) or later"},
	[OPT_TO] = {"to", 0, "T", "only records of T or earlier"},
	[OPT_OUT] = {"out", 'o', "FILE", "write there, a file that is new; else to standard output"},
	[OPT_JOBS] = {"jobs", 'j', "N", "worker processes; else as many as processors"},
	[OPT_VERIFY] = {"verify", 0, "WHAT", "all: compare with what libevtx reads; else none (default)"},
	[OPT_CODEPAGE] = {"ansi-codepage", 0, "NAME", "of ANSI texts; else windows-1252"},
	[OPT_VERBOSE] = {"verbose", 'v', NULL, "a line on stderr for every file"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "no progress"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help dump_help = {
	"dump", "[OPTION]... EVIDENCE...",
	"Writes every record of logs (files, or folders with all below them) as text.", option_rows,
	N_OPTIONS, true};

#define MAX_CHANNELS 256

struct dump_command {
	struct dump_options dump;
	struct evidence_command containers;
	uint8_t ids[65536 / 8];
	struct view channels[MAX_CHANNELS];
	const char *out;
	bool help;
	enum verbosity verbosity;
	char **evidence;
	size_t n_evidence;
	struct source_list sources;
	struct progress_line progress;
};

/* ---- options ---- */

static int take_format(const char *value, enum dump_format *out)
{
	static const char *const names[] = {"jsonl", "xml", "csv"};
	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(value, names[i])) {
			*out = (enum dump_format)i;
			return EXIT_NOTHING;
		}
	}
	return usage_error("dump", "--format: '%s' is none of jsonl, xml, csv", value);
}

/* An id at *text, and *text behind it. */
static bool take_id(const char **text, unsigned *id)
{
	const char *p = *text;
	*id = 0;
	for (; *p >= '0' && *p <= '9' && *id <= UINT16_MAX; p++)
		*id = *id * 10 + (unsigned)(*p - '0');
	bool any = p != *text;
	*text = p;
	return any && *id <= UINT16_MAX;
}

static int take_ids(struct dump_command *c, const char *value)
{
	const char *p = value;
	unsigned first, last;
	for (;;) {
		bool good = take_id(&p, &first);
		last = first;
		if (good && *p == '-')
			good = (p++, take_id(&p, &last));
		if (!good || last < first || (*p && *p != ','))
			return usage_error("dump", "--event-id: '%s' is no list of ids from 0 to 65535, "
						   "like 1,3,4624-4634", value);
		for (unsigned id = first; id <= last; id++)
			c->ids[id / 8] = (uint8_t)(c->ids[id / 8] | 1u << (id % 8));
		if (!*p++)
			break;
	}
	c->dump.filter.event_ids = c->ids;
	return EXIT_NOTHING;
}

static int take_channels(struct dump_command *c, const char *value)
{
	struct dump_filter *f = &c->dump.filter;
	for (const char *p = value;; p++) {
		size_t n = strcspn(p, ",");
		if (!n || f->n_channels == MAX_CHANNELS)
			return usage_error("dump", n ? "--channel: '%s' names too many channels"
						     : "--channel: '%s' holds an empty name", value);
		c->channels[f->n_channels++] = (struct view){(const uint8_t *)p, n};
		p += n;
		if (!*p)
			break;
	}
	f->channels = c->channels;
	return EXIT_NOTHING;
}

static int take_option(struct dump_command *c, int option, const char *value)
{
	switch (option) {
	case OPT_FORMAT:
		return take_format(value, &c->dump.format);
	case OPT_EVENT_ID:
		return take_ids(c, value);
	case OPT_CHANNEL:
		return take_channels(c, value);
	case OPT_FROM:
		return take_time("dump", "from", value, &c->dump.filter.from);
	case OPT_TO:
		return take_time("dump", "to", value, &c->dump.filter.to);
	case OPT_OUT:
		c->out = value;
		return EXIT_NOTHING;
	case OPT_JOBS:
		return take_jobs("dump", value, &c->dump.jobs);
	case OPT_VERIFY:
		return take_verify("dump", value, &c->dump.verify);
	case OPT_CODEPAGE:
		return take_codepage("dump", value, &c->dump.code_page);
	case OPT_VERBOSE:
		c->verbosity = VERBOSE;
		return EXIT_NOTHING;
	case OPT_QUIET:
		c->verbosity = QUIET;
		return EXIT_NOTHING;
	default:
		c->help = true;
		return EXIT_NOTHING;
	}
}

static int parse(struct dump_command *c, int argc, char **argv)
{
	const char *value;
	int option;
	while ((option = next_option(&dump_help, argc, argv, &value)) != -1) {
		int rc = option < 0 ? EXIT_USAGE
			 : option < N_OPTIONS ? take_option(c, option, value)
					      : take_evidence_option(&c->containers, "dump",
								     option - N_OPTIONS, value);
		if (rc != EXIT_NOTHING)
			return rc;
	}
	c->evidence = argv + optind;
	c->n_evidence = (size_t)(argc - optind);
	if (!c->help && !c->n_evidence)
		return usage_error("dump", "there is no evidence to read; name a log or a folder");
	if (c->dump.filter.from > c->dump.filter.to)
		return usage_error("dump", "--from is later than --to: nothing lies between them");
	return EXIT_NOTHING;
}

/* ---- the run ---- */

static int dump(struct dump_command *c)
{
	struct hunt *h = NULL;
	struct run run = {0};
	struct err e = {0};
	/* Lines of progress do not mix with those of the output. */
	bool mixed = !c->out && isatty(STDOUT_FILENO);
	progress_start(&c->progress, mixed && c->verbosity == NORMAL ? QUIET : c->verbosity);
	c->dump.progress = progress_show;
	c->dump.ctx = &c->progress;
	int rc = dump_run(&c->dump, &h, &run, &e);
	progress_end(&c->progress);
	if (rc == 0)
		print_unread_all(stderr, &run, "");
	if (rc == 0)
		print_verified(stderr, &run, true);
	hunt_free(h);
	return rc < 0 ? report_error(&e) : run.exit_code;
}

/* The folder of the output, and its name in it. The caller frees both. */
static int open_parent(const char *path, char **dir, const char **name)
{
	const char *slash = strrchr(path, '/');
	*name = slash ? slash + 1 : path;
	struct view v = {(const uint8_t *)path, slash ? (size_t)(slash - path) : 0};
	if (slash == path)
		v.n = 1;
	*dir = mem_str(slash ? v : view_str("."));
	return *dir ? open(*dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

static int dump_into(struct dump_command *c, int dirfd, const char *name)
{
	struct newfile f;
	struct err e = {0};
	if (newfile_open(&f, dirfd, name, &e) < 0)
		return report_error(&e);
	c->dump.fd = f.fd;
	c->dump.random = true;
	int code = dump(c);
	if (code == EXIT_STOPPED)
		newfile_abandon(&f);
	else if (newfile_commit(&f, &e) < 0)
		code = report_error(&e);
	return code;
}

static int dump_to_file(struct dump_command *c)
{
	char *dir;
	const char *name;
	int code, fd = open_parent(c->out, &dir, &name);
	if (fd < 0) {
		say("%s: the folder of the output cannot be used: %s", c->out, strerror(errno));
		code = EXIT_STOPPED;
	} else if (source_inside(dir, (const char *const *)c->evidence, c->n_evidence)) {
		say("%s: the output lies inside the evidence; name a file outside of it with --out",
		    c->out);
		code = EXIT_USAGE;
	} else {
		code = dump_into(c, fd, name);
	}
	if (fd >= 0)
		close(fd);
	mem_free(dir);
	return code;
}

int dump_command(int argc, char **argv)
{
	struct dump_command c = {.verbosity = NORMAL};
	struct err e = {0};
	evidence_init(&c.containers);
	c.dump.evidence = &c.containers.options;
	c.dump.jobs = processors();
	c.dump.filter.to = UINT64_MAX;
	c.dump.fd = STDOUT_FILENO;
	c.dump.page = LIMIT_DUMP_TEXT;
	c.dump.sources = &c.sources;
	int code = parse(&c, argc, argv);
	if (code != EXIT_NOTHING)
		return code;
	if (c.help) {
		print_help(&dump_help);
		return finish_stdout(EXIT_NOTHING);
	}
	source_list_init(&c.sources);
	c.dump.stop = catch_signals();
	if (list_evidence(&c.containers, &c.sources, c.evidence, c.n_evidence, -1, &e) < 0)
		code = report_error(&e);
	else
		code = c.out ? dump_to_file(&c) : dump(&c);
	evidence_release(&c.containers);
	source_list_release(&c.sources);
	return code;
}
