/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli-private.h"
#include "evtxhound/oracle.h"
#include "evtxhound/yaml.h"

enum {
	OPT_RULES,
	OPT_LOGSOURCES,
	OPT_PLACEHOLDERS,
	OPT_SKIP_BAD,
	OPT_OUT,
	OPT_RESUME,
	OPT_JOBS,
	OPT_FORCE,
	OPT_LEVEL,
	OPT_FROM,
	OPT_TO,
	OPT_TIMELINE,
	OPT_DECODER,
	OPT_VERIFY,
	OPT_CODEPAGE,
	OPT_SUPPRESS,
	OPT_OUTPUT,
	OPT_RECORDS,
	OPT_NEAR,
	OPT_SIGN,
	OPT_NO_HASH,
	OPT_REHASH,
	OPT_CASE_NUMBER, /* in the order of enum case_fact */
	OPT_EVIDENCE_NUMBER,
	OPT_EXAMINER,
	OPT_DESCRIPTION,
	OPT_NOTES,
	OPT_VERBOSE,
	OPT_QUIET,
	OPT_HELP,
	N_OPTIONS
};
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_RULES] = {"rules", 'r', "FILE|DIR", "rules to hunt with, may be repeated; the later wins"},
	[OPT_LOGSOURCES] = {"logsources", 0, "FILE", "more log sources of Sigma rules, may be repeated"},
	[OPT_PLACEHOLDERS] = {"placeholders", 0, "FILE", "values of %placeholders% of Sigma rules"},
	[OPT_SKIP_BAD] = {"skip-bad-rules", 0, NULL, "leave out faulty rules, say which, run the others"},
	[OPT_OUT] = {"out", 'o', "DIR", "the report's folder; else one named by the UTC time"},
	[OPT_RESUME] = {"resume", 0, "DIR", "go on with the hunt into this folder that was stopped"},
	[OPT_JOBS] = {"jobs", 'j', "N", "worker processes; else as many as processors"},
	[OPT_FORCE] = {"force", 'f', NULL, "use a folder that is not empty"},
	[OPT_LEVEL] = {"level", 0, "LEVEL", "least level shown: informational, low, medium, high, critical"},
	[OPT_FROM] = {"from", 0, "T", "show findings that begin at T (ISO 8601, UTC) or later"},
	[OPT_TO] = {"to", 0, "T", "show findings that begin at T or earlier"},
	[OPT_TIMELINE] = {"timeline", 0, "WHICH", "all (default), findings or none"},
	[OPT_DECODER] = {"decoder", 0, "WHICH", "evtxhound (default) or libevtx"},
	[OPT_VERIFY] = {"verify", 0, "WHAT", "what both decoders read: none, evidence (default), all"},
	[OPT_CODEPAGE] = {"ansi-codepage", 0, "NAME", "of ANSI texts; else windows-1252"},
	[OPT_SUPPRESS] = {"suppress", 0, "FILE", "exceptions: findings that are listed apart"},
	[OPT_OUTPUT] = {"output", 0, "FOR", "also files for timesketch, timeline-explorer or ecs; repeatable"},
	[OPT_RECORDS] = {"export-records", 0, NULL, "the chunks that hold the findings' records, as logs"},
	[OPT_NEAR] = {"near-misses", 0, NULL, "records on which a rule failed by one condition"},
	[OPT_SIGN] = {"sign", 0, "KEY", "sign the manifest with this Ed25519 private key (PEM)"},
	[OPT_NO_HASH] = {"no-hash", 0, NULL, "leave out the SHA-256 of the sources"},
	[OPT_REHASH] = {"rehash", 0, NULL, "hash the sources once more at the end of the run"},
	[OPT_CASE_NUMBER] = {"case-number", 0, "TEXT", "of the case, for the report"},
	[OPT_EVIDENCE_NUMBER] = {"evidence-number", 0, "TEXT", "of what is examined"},
	[OPT_EXAMINER] = {"examiner", 0, "TEXT", "who examines it"},
	[OPT_DESCRIPTION] = {"description", 0, "TEXT", "of what is examined"},
	[OPT_NOTES] = {"notes", 0, "TEXT", "what else the report shall say first"},
	[OPT_VERBOSE] = {"verbose", 'v', NULL, "a line on stderr for every file"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "no progress"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help hunt_help = {
	"hunt", "[OPTION]... EVIDENCE...",
	"Reads logs (files, or folders with all below them), runs the rules, writes a report.",
	option_rows, N_OPTIONS, true};

#define MAX_RULE_SETS 256

struct hunt_command {
	const char *sets[MAX_RULE_SETS];
	struct rule_files rules;
	bool skip_bad;
	const char *suppress[MAX_RULE_SETS];
	size_t n_suppress;
	const char *out, *key_path, *resume_path;
	struct resume resume;
	const char **arguments; /* that the manifest tells */
	size_t n_arguments;
	bool force, help, records;
	unsigned profiles;
	enum verbosity verbosity;
	struct hunt_options hunt;
	struct evidence_command containers;
	const char *level_text, *from_text, *to_text;
	const char *case_facts[CASE_FACTS];
	char **evidence;
	size_t n_evidence;
	char *shipped; /* rules */
	char *resumed; /* the folder's whole path */
	struct buf said; /* the arguments on which the outputs rest, each ended by a NUL */
	uint64_t start;
	struct ruleset ruleset;
	struct source_list sources;
	struct out_folder folder;
	struct progress_line progress;
};

/* ---- options ---- */

static int take_timeline(const char *value, enum timeline_mode *out)
{
	static const char *const names[] = {"all", "findings", "none"};
	for (size_t i = 0; i < 3; i++) {
		if (!strcmp(value, names[i])) {
			*out = (enum timeline_mode)i;
			return EXIT_NOTHING;
		}
	}
	return usage_error("hunt", "--timeline: '%s' is none of all, findings, none", value);
}

static int take_decoder(const char *value, bool *libevtx)
{
	*libevtx = !strcmp(value, "libevtx");
	if (*libevtx || !strcmp(value, "evtxhound"))
		return EXIT_NOTHING;
	return usage_error("hunt", "--decoder: '%s' is neither evtxhound nor libevtx", value);
}

static int take_level(struct hunt_command *c, const char *value)
{
	c->level_text = value;
	if (rule_level_parse(view_str(value), &c->hunt.level))
		return EXIT_NOTHING;
	return usage_error("hunt", "--level: '%s' is none of informational, low, medium, high, critical",
			   value);
}

static int take_profile(struct hunt_command *c, const char *value)
{
	for (unsigned i = 0; i < PROFILES; i++)
		if (!strcmp(value, profile_name((enum output_profile)i))) {
			c->profiles |= PROFILE_BIT(i);
			return EXIT_NOTHING;
		}
	return usage_error("hunt", "--output: '%s' is none of timesketch, timeline-explorer, ecs", value);
}

static int take_rules(struct hunt_command *c, const char *value)
{
	if (c->rules.n_sets == MAX_RULE_SETS)
		return usage_error("hunt", "--rules more than %d times", MAX_RULE_SETS);
	c->sets[c->rules.n_sets++] = value;
	return EXIT_NOTHING;
}

/* Where the report goes, how many work on it and what is told meanwhile change no output. */
static bool bears_on_result(int option)
{
	return option != OPT_OUT && option != OPT_SIGN && option != OPT_RESUME &&
	       option != OPT_JOBS && option != OPT_FORCE &&
	       option != OPT_VERBOSE && option != OPT_QUIET && option != OPT_HELP;
}

static void note_argument(struct hunt_command *c, const char *name, const char *value)
{
	if (name)
		buf_fmt(&c->said, "--%s%s", name, value ? "=" : "");
	if (value)
		buf_str(&c->said, value);
	buf_byte(&c->said, 0);
}

static void note_option(struct hunt_command *c, int option, const char *value)
{
	size_t n;
	const struct option_row *shared = evidence_rows(&n);
	if (option >= N_OPTIONS)
		note_argument(c, shared[option - N_OPTIONS].name, value);
	else if (bears_on_result(option))
		note_argument(c, option_rows[option].name, value);
}

static int take_suppress(struct hunt_command *c, const char *value)
{
	if (c->n_suppress == MAX_RULE_SETS)
		return usage_error("hunt", "--suppress more than %d times", MAX_RULE_SETS);
	c->suppress[c->n_suppress++] = value;
	return EXIT_NOTHING;
}

static int take_option(struct hunt_command *c, int option, const char *value)
{
	switch (option) {
	case OPT_RULES:
		return take_rules(c, value);
	case OPT_LOGSOURCES:
		return take_table("hunt", "logsources", value, c->rules.logsources,
				  &c->rules.n_logsources);
	case OPT_PLACEHOLDERS:
		return take_table("hunt", "placeholders", value, c->rules.placeholders,
				  &c->rules.n_placeholders);
	case OPT_SKIP_BAD:
		c->skip_bad = true;
		return EXIT_NOTHING;
	case OPT_OUT:
		c->out = value;
		return EXIT_NOTHING;
	case OPT_RESUME:
		c->resume_path = value;
		return EXIT_NOTHING;
	case OPT_JOBS:
		return take_jobs("hunt", value, &c->hunt.jobs);
	case OPT_FORCE:
		c->force = true;
		return EXIT_NOTHING;
	case OPT_LEVEL:
		return take_level(c, value);
	case OPT_FROM:
		c->from_text = value;
		return take_time("hunt", "from", value, &c->hunt.from);
	case OPT_TO:
		c->to_text = value;
		return take_time("hunt", "to", value, &c->hunt.to);
	case OPT_TIMELINE:
		return take_timeline(value, &c->hunt.timeline);
	case OPT_DECODER:
		return take_decoder(value, &c->hunt.libevtx);
	case OPT_VERIFY:
		return take_verify("hunt", value, &c->hunt.verify);
	case OPT_CODEPAGE:
		return take_codepage("hunt", value, &c->hunt.code_page);
	case OPT_SUPPRESS:
		return take_suppress(c, value);
	case OPT_OUTPUT:
		return take_profile(c, value);
	case OPT_RECORDS:
		c->records = true;
		return EXIT_NOTHING;
	case OPT_NEAR:
		c->hunt.near = true;
		return EXIT_NOTHING;
	case OPT_SIGN:
		c->key_path = value;
		return EXIT_NOTHING;
	case OPT_NO_HASH:
		c->hunt.hash = false;
		return EXIT_NOTHING;
	case OPT_REHASH:
		c->hunt.rehash = true;
		return EXIT_NOTHING;
	case OPT_CASE_NUMBER:
	case OPT_EVIDENCE_NUMBER:
	case OPT_EXAMINER:
	case OPT_DESCRIPTION:
	case OPT_NOTES:
		c->case_facts[option - OPT_CASE_NUMBER] = *value ? value : NULL;
		return EXIT_NOTHING;
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

static int parse(struct hunt_command *c, int argc, char **argv)
{
	const char *value;
	int option;
	while ((option = next_option(&hunt_help, argc, argv, &value)) != -1) {
		int rc = option < 0 ? EXIT_USAGE
			 : option < N_OPTIONS ? take_option(c, option, value)
					      : take_evidence_option(&c->containers, "hunt",
								     option - N_OPTIONS, value);
		if (rc != EXIT_NOTHING)
			return rc;
		note_option(c, option, value);
	}
	c->evidence = argv + optind;
	c->n_evidence = (size_t)(argc - optind);
	if (!c->help && !c->n_evidence && !c->resume_path)
		return usage_error("hunt", "there is no evidence to read; name a log or a folder");
	if (c->hunt.rehash && !c->hunt.hash)
		return usage_error("hunt", "--rehash compares with hashes that --no-hash leaves out");
	if (c->hunt.from > c->hunt.to)
		return usage_error("hunt", "--from '%s' is later than --to '%s': nothing lies between them",
				   c->from_text, c->to_text);
	return EXIT_NOTHING;
}

/* ---- what the manifest tells of the command ---- */

/* As it can be given to a shell again. */
static void quote(struct buf *b, const char *word)
{
	bool plain = *word != '\0';
	for (const char *p = word; *p; p++)
		plain = plain && (strchr("%+,-./:=@_", *p) || (*p >= '0' && *p <= '9') ||
				  ((*p | 32) >= 'a' && (*p | 32) <= 'z'));
	if (plain) {
		buf_str(b, word);
		return;
	}
	buf_byte(b, '\'');
	for (const char *p = word; *p; p++)
		if (*p == '\'')
			buf_str(b, "'\\''");
		else
			buf_byte(b, (uint8_t)*p);
	buf_byte(b, '\'');
}

static char *command_line(int argc, char **argv)
{
	struct buf b;
	buf_init(&b, 0);
	buf_str(&b, "evtxhound");
	for (int i = 0; i < argc; i++) {
		buf_byte(&b, ' ');
		quote(&b, argv[i]);
	}
	char *s = b.bad ? NULL : mem_str(buf_data(&b));
	buf_release(&b);
	return s;
}

/* ---- the run ---- */

/* The arguments as a list; NULL: no memory. */
static const char **argument_list(struct hunt_command *c, size_t *n)
{
	if (!c->rules.n_sets)
		note_argument(c, "rules", c->shipped);
	note_argument(c, "", NULL); /* "--" */
	for (size_t i = 0; i < c->n_evidence; i++)
		note_argument(c, NULL, c->evidence[i]);
	*n = 0;
	for (size_t i = 0; i < c->said.n; i++)
		*n += !c->said.p[i];
	const char **list = c->said.bad ? NULL : mem_alloc((*n + 1) * sizeof(*list));
	const char *p = (const char *)c->said.p;
	for (size_t i = 0; list && i < *n; i++, p += strlen(p) + 1)
		list[i] = p;
	return list;
}

static int write_report(struct hunt_command *c, struct run *run, struct timeline *t)
{
	static const char *const timelines[] = {"all", "findings", "none"};
	const struct hunt_options *o = &c->hunt;
	struct option_value options[] = {
		{"level", c->level_text ? c->level_text : "all"},
		{"from", c->from_text ? c->from_text : ""},
		{"to", c->to_text ? c->to_text : ""},
		{"timeline", timelines[o->timeline]},
		{"decoder", o->libevtx ? "libevtx" : "evtxhound"},
		{"verify", verify_name(o->verify)},
		{"ansi_codepage", o->code_page ? o->code_page : "windows-1252"},
		{"hash", o->rehash ? "twice" : o->hash ? "yes" : "no"},
	};
	struct part_version versions[] = {
		{"evtxhound", program_version()}, {"libevtx", libevtx_version()},
		{"expat", expat_version()},       {"libfwnt", fwnt_version()},
		{"libfyaml", fyaml_version()},    {"libdeflate", deflate_version()},
		{"libpcre2", pcre_version()},     {"libcrypto", crypto_version()},
	};
	struct err e = {0};
	run->dirfd = c->folder.fd;
	run->rules = &c->ruleset;
	run->options = options;
	run->n_options = sizeof(options) / sizeof(options[0]);
	memcpy(run->case_facts, c->case_facts, sizeof(run->case_facts));
	run->decoder = options[4].value;
	run->timeline = options[3].value;
	run->witness_mode = verify_name(o->verify);
	run->hashed = o->hash;
	run->start = c->start;
	run->end = time_now();
	run->versions = versions;
	run->n_versions = sizeof(versions) / sizeof(versions[0]);
	run->build = BUILD_TEXT;
	run->arguments = c->arguments;
	run->n_arguments = c->n_arguments;
	run->directory = getcwd(NULL, 0);
	int rc = report_write(run, t, &e);
	free((char *)run->directory);
	return rc == 0 ? run->exit_code : report_error(&e);
}

/* The report, signed where that is asked for. */
static int write_signed(struct hunt_command *c, struct run *run, struct timeline *t)
{
	struct signing_key key = {0};
	struct err e = {0};
	if (c->key_path && load_key(&key, c->key_path, true, &e) < 0)
		return report_error(&e);
	run->records = c->records;
	run->profiles = c->profiles;
	run->key = c->key_path ? &key : NULL;
	int code = write_report(c, run, t);
	signing_key_release(&key);
	return code;
}

static int run_hunt(struct hunt_command *c, struct run *run)
{
	struct hunt *h = NULL;
	struct timeline *t = NULL;
	struct err e = {0};
	int code;
	c->hunt.rules = &c->ruleset;
	c->hunt.sources = &c->sources;
	c->hunt.evidence = &c->containers.options;
	c->hunt.dirfd = c->folder.fd;
	c->hunt.journal = c->resume.fd;
	c->hunt.journal_at = c->resume.at;
	c->hunt.progress = progress_show;
	c->hunt.ctx = &c->progress;
	progress_start(&c->progress, c->verbosity);
	int rc = hunt_run(&c->hunt, &h, run, &t, &e);
	progress_end(&c->progress);
	if (rc < 0)
		code = report_error(&e);
	else
		code = write_signed(c, run, t);
	if (rc == 0 && code != EXIT_STOPPED)
		unlinkat(c->folder.fd, JOURNAL_NAME, 0);
	if (rc == 0 && code != EXIT_STOPPED)
		print_summary(stdout, run, c->folder.path);
	hunt_free(h);
	return finish_stdout(code);
}

/* What another process would have to know to go on. */
static int begin_journal(struct hunt_command *c, struct err *e)
{
	struct resume *r = &c->resume;
	char *here = getcwd(NULL, 0);
	int fd = report_journal(c->folder.fd, true, e);
	r->fd = fd < 0 ? 0 : fd;
	r->directory = here ? here : "";
	r->arguments = c->arguments;
	r->n_arguments = c->n_arguments;
	int rc = fd < 0 ? -1 : report_journal_begun(c->folder.fd, resume_write(r, e), e);
	free(here);
	return rc;
}

/* The rules must be those whose answers are taken up. */
static int check_journal(struct hunt_command *c)
{
	struct err e = {0};
	uint8_t rules[32];
	c->arguments = argument_list(c, &c->n_arguments);
	if (!c->arguments || !rules_digest(&c->ruleset, rules)) {
		say("no memory to begin");
		return EXIT_STOPPED;
	}
	if (c->resume.own && memcmp(rules, c->resume.rules, sizeof(rules)) != 0) {
		say("--resume %s: the rules are others than those of the run that was stopped", c->resume_path);
		return EXIT_USAGE;
	}
	memcpy(c->resume.rules, rules, sizeof(rules));
	return c->resume.own || begin_journal(c, &e) == 0 ? EXIT_NOTHING : report_error(&e);
}

/* What the stopped run was asked; of this one -j, -q, -v and --sign count. */
static int go_on(struct hunt_command *c)
{
	char *path = realpath(c->resume_path, NULL);
	if (c->n_evidence || c->said.n || c->out || c->force) {
		free(path);
		return usage_error("hunt", "--resume knows what was asked: only -j, -q, -v and --sign go with it");
	}
	int code = resume_open(&c->resume, c->resume_path);
	c->out = c->resumed = path;
	c->force = true;
	optind = 0; /* getopt(3): from the start, with other words */
	return code != EXIT_NOTHING ? code : parse(c, (int)c->resume.n_arguments + 1, c->resume.own);
}

static int hunt(struct hunt_command *c)
{
	struct err e = {0};
	if (c->key_path && probe_key("hunt", c->key_path) != EXIT_NOTHING)
		return EXIT_USAGE;
	c->shipped = c->rules.n_sets ? NULL : default_rules();
	c->rules.sets = c->sets;
	int code = load_rules(&c->ruleset, &c->rules, c->skip_bad);
	if (code != EXIT_NOTHING && c->ruleset.faults.n && !c->skip_bad)
		say("--skip-bad-rules leaves out what is faulty and runs the others");
	if (code == EXIT_NOTHING)
		code = load_exceptions(&c->ruleset, c->suppress, c->n_suppress);
	if (code != EXIT_NOTHING)
		return code;
	code = out_folder_open(&c->folder, "hunt", c->out, c->force, c->start,
			       (const char *const *)c->evidence, c->n_evidence);
	if (code != EXIT_NOTHING)
		return code;
	if (list_evidence(&c->containers, &c->sources, c->evidence, c->n_evidence, c->folder.fd, &e) < 0)
		return report_error(&e);
	code = check_journal(c);
	c->hunt.stop = catch_signals();
	return code;
}

int hunt_command(int argc, char **argv)
{
	struct hunt_command c = {.verbosity = NORMAL, .start = time_now()};
	struct run run = {0};
	evidence_init(&c.containers);
	c.hunt.jobs = processors();
	c.hunt.hash = true;
	c.hunt.to = UINT64_MAX;
	c.folder.fd = -1;
	buf_init(&c.said, 0);
	/* Before getopt puts the words in another order. */
	char *line = command_line(argc, argv);
	run.command_line = line ? line : "";
	int code = parse(&c, argc, argv);
	if (code == EXIT_NOTHING && c.resume_path && !c.help)
		code = go_on(&c);
	if (code == EXIT_NOTHING && c.help) {
		print_help(&hunt_help);
		code = finish_stdout(EXIT_NOTHING);
	} else if (code == EXIT_NOTHING) {
		source_list_init(&c.sources);
		code = hunt(&c);
		if (code == EXIT_NOTHING)
			code = run_hunt(&c, &run);
		evidence_release(&c.containers);
		out_folder_close(&c.folder);
		source_list_release(&c.sources);
		ruleset_release(&c.ruleset);
	}
	resume_release(&c.resume);
	free(c.resumed);
	mem_free(c.arguments);
	mem_free(c.shipped);
	buf_release(&c.said);
	mem_free(line);
	return code;
}
