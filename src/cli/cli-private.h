/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EVTXHOUND_CLI_PRIVATE_H
#define EVTXHOUND_CLI_PRIVATE_H
/* Commands and what they share: exit codes, messages, the output folder. Only this module prints. */
#include <signal.h>
#include <stdio.h>

#include "evtxhound/coverage.h"
#include "evtxhound/pipeline.h"

enum exit_code {
	EXIT_NOTHING = 0,    /* finished, nothing found */
	EXIT_FINDINGS = 1,   /* finished, findings */
	EXIT_USAGE = 2,      /* wrong usage, or faulty rules */
	EXIT_INCOMPLETE = 3, /* finished, but some evidence could not be read as it should */
	EXIT_STOPPED = 4,    /* could not finish */
};

int hunt_command(int argc, char **argv);
int explain_command(int argc, char **argv);
int dump_command(int argc, char **argv);
int info_command(int argc, char **argv);
int list_command(int argc, char **argv);
int extract_command(int argc, char **argv);
int rules_command(int argc, char **argv);
int forge_command(int argc, char **argv);
int verify_command(int argc, char **argv);

/* "evtxhound: ..." and a newline on stderr, control characters made visible. */
void say(const char *fmt, ...) EH_PRINTF(1, 2);
/* Says what is wrong with the command line and where help is; gives EXIT_USAGE. */
int usage_error(const char *command, const char *fmt, ...) EH_PRINTF(2, 3);
/* Says it; gives the exit code that belongs to it. */
int report_error(const struct err *e);
/* One line of text that may come from evidence. */
void print_text(FILE *f, struct view v);
/* stdout is flushed; EXIT_STOPPED when that failed, else `code`. */
int finish_stdout(int code);

/* ---- options: one table per command, also what --help prints ---- */

struct option_row {
	const char *name; /* without -- */
	char letter;      /* or 0 */
	const char *arg;  /* NULL: takes none; "[=...]": may take one */
	const char *help;
};
struct command_help {
	const char *name, *args, *summary;
	const struct option_row *options;
	size_t n_options;
	bool evidence; /* and those of evidence_rows() behind them */
};
/* Next option: its row's index, -1 at the end (optind is the first operand), -2 after a fault that was
   said. `value` gets the argument. */
int next_option(const struct command_help *h, int argc, char **argv, const char **value);
void print_help(const struct command_help *h);
/* --name TIME; a FILETIME, or EXIT_USAGE after having said why. */
int take_time(const char *command, const char *name, const char *value, uint64_t *out);
int take_jobs(const char *command, const char *value, unsigned *out);
int take_codepage(const char *command, const char *value, const char **out);
int take_verify(const char *command, const char *value, enum verify_mode *out);
const char *verify_name(enum verify_mode m);

/* ---- evidence.c: what all commands that read evidence share ---- */

#define MAX_GLOBS 64
#define MAX_STORES 512
struct evidence_command {
	struct evidence_options options;
	struct view globs[MAX_GLOBS];
	uint32_t stores[MAX_STORES];
	uint8_t *passwords;
	char *program;
	int spool_dir;
	bool has_spool_dir;
};
void evidence_init(struct evidence_command *c);
void evidence_release(struct evidence_command *c);
const struct option_row *evidence_rows(size_t *n);
/* `option` counts from 0 behind the command's own. EXIT_NOTHING, or a code after having said why. */
int take_evidence_option(struct evidence_command *c, const char *command, int option, const char *value);
/*
 * Adds paths to the list; a missing one becomes an unreadable entry, "-" is standard input. Spools are
 * made in dirfd; -1: in the folder for temporary files.
 */
int list_evidence(struct evidence_command *c, struct source_list *l, char **paths, size_t n, int dirfd,
		  struct err *e);

/* ---- things several commands need ---- */

/* The rules that are shipped: beside the build, else installed. NULL: not found. Static memory is not
   used: the caller frees with mem_free(). */
char *default_rules(void);
char *default_scenarios(void);
/* The same of the program that fills disk images for the forge, and of the one that opens them. */
char *default_filler(void);
char *default_opener(void);
#define MAX_TABLES 64
struct rule_files {
	const char *const *sets;
	size_t n_sets; /* 0: the shipped ones */
	const char *logsources[MAX_TABLES], *placeholders[MAX_TABLES];
	size_t n_logsources, n_placeholders;
};
/* The option may come again; EXIT_NOTHING, or EXIT_USAGE after having said why. */
int take_table(const char *command, const char *option, const char *value,
	       const char *tables[MAX_TABLES], size_t *n);
/* Reads tables and sets. -1 and *e; faults are collected, for whoever asked to tell. */
int read_rules(struct ruleset *rules, const struct rule_files *files, struct err *e);
/* The same; EXIT_NOTHING, or a code after having said why, every fault a line. `skip`: faulty rules
   are told and left out. */
int load_rules(struct ruleset *rules, const struct rule_files *files, bool skip);
/* Files of exceptions, behind them; the code likewise. */
int load_exceptions(struct ruleset *rules, const char *const *paths, size_t n);
void print_faults(FILE *f, const struct faults *faults);
unsigned processors(void);
/* While nothing has been written yet: SIGINT, SIGTERM, SIGHUP end the program with EXIT_STOPPED. */
void end_on_signals(void);
/* SIGINT, SIGTERM, SIGHUP set the flag that is returned. */
const volatile sig_atomic_t *catch_signals(void);
uint64_t time_now(void);

/* Of each rule the kinds of logs that it can be evaluated on: a table, or JSON. */
int print_coverage(FILE *f, const struct ruleset *rules, bool json, struct err *e);

/* ---- key.c ---- */

/* 0, or -1 and *e, which names the file. */
int load_key(struct signing_key *k, const char *path, bool secret, struct err *e);
/* Whether a private key is there. It does not stay in memory: processes that read evidence must not have it.
   EXIT_NOTHING, or EXIT_USAGE after having said why. */
int probe_key(const char *command, const char *path);

/* ---- resume.c ---- */

struct resume {
	int fd;          /* the journal's; 0: none */
	uint64_t at;     /* behind what stands at its beginning */
	uint8_t rules[32];
	const char *directory;
	const char *const *arguments;
	size_t n_arguments;
	char **own;      /* read from it: "hunt" and the arguments, up to NULL */
};
bool rules_digest(const struct ruleset *rules, uint8_t out[32]);
int resume_write(struct resume *r, struct err *e);
/* Opens the journal in the folder at `path`, reads it, and goes where its run was started. EXIT_NOTHING, or a
   code after having said why. */
int resume_open(struct resume *r, const char *path);
void resume_release(struct resume *r);

/* ---- output folder ---- */

struct out_folder {
	char *path;
	int fd;
};
/* Makes or opens it, for that command. EXIT_NOTHING, or a code after having said why. `wanted` NULL: a
   folder named by `start` (FILETIME) below the current one. */
int out_folder_open(struct out_folder *o, const char *command, const char *wanted, bool force,
		    uint64_t start, const char *const *evidence, size_t n);
void out_folder_close(struct out_folder *o);

/* ---- progress and summary ---- */

enum verbosity { QUIET, NORMAL, VERBOSE };
struct progress_line {
	enum verbosity verbosity;
	bool terminal; /* stderr is one */
	uint64_t start; /* FILETIME */
	uint64_t last;  /* of the last drawing */
	bool drawn;
};
void progress_start(struct progress_line *p, enum verbosity v);
void progress_show(void *ctx, const struct progress *p);
void progress_end(struct progress_line *p);

/* How many records no live log holds, where some do not. */
void print_sightings(FILE *f, const struct run *run);
void print_summary(FILE *f, const struct run *run, const char *out_path);
/* What was not read, or not wholly, a line per source; `rest` ends the line about those left out. */
void print_unread_all(FILE *f, const struct run *run, const char *rest);
/* How the decoders' readings compare, when run->verified; `list`: each difference, too, a line. */
void print_verified(FILE *f, const struct run *run, bool list);
/* One line for a source that is no log that was read; false when there is nothing to say. */
bool print_unread(FILE *f, const struct source_result *r);

#endif
