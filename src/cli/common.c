/* SPDX-License-Identifier: Apache-2.0 */
#include "cli-private.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void print_text(FILE *f, struct view v)
{
	struct buf b;
	buf_init(&b, 0);
	terminal_text(&b, v);
	if (b.n)
		fwrite(b.p, 1, b.n, f);
	buf_release(&b);
}

static void say_all(const char *fmt, va_list ap)
{
	char text[2048];
	vsnprintf(text, sizeof(text), fmt, ap);
	fputs("evtxhound: ", stderr);
	print_text(stderr, view_str(text));
	fputc('\n', stderr);
}

void say(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say_all(fmt, ap);
	va_end(ap);
}

int usage_error(const char *command, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say_all(fmt, ap);
	va_end(ap);
	say("try 'evtxhound %s%s--help'", command ? command : "", command ? " " : "");
	return EXIT_USAGE;
}

int report_error(const struct err *e)
{
	say("%s", e->msg[0] ? e->msg : "could not finish");
	return e->code == ERR_USAGE || e->code == ERR_SYNTAX ? EXIT_USAGE : EXIT_STOPPED;
}

int finish_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	say("standard output could not be written");
	return EXIT_STOPPED;
}

unsigned processors(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
	return n < 1 ? 1 : (unsigned)n;
}

/* A signal handler has nowhere else to write. */
static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
	(void)number;
	stop_asked = 1;
}

static void on_early_signal(int number)
{
	static const char text[] = "evtxhound: interrupted\n";
	(void)number;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EXIT_STOPPED);
	_exit(EXIT_STOPPED);
}

static void handle(void (*handler)(int))
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction act = {.sa_handler = handler};
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &act, NULL);
}

void end_on_signals(void)
{
	handle(on_early_signal);
}

const volatile sig_atomic_t *catch_signals(void)
{
	handle(on_signal);
	return &stop_asked;
}

uint64_t time_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return time_from_unix(t.tv_sec, (uint32_t)t.tv_nsec);
}

/* ---- rules ---- */

static char *join(const char *a, const char *b)
{
	struct buf out;
	buf_init(&out, 0);
	buf_fmt(&out, "%s/%s", a, b);
	char *s = mem_str(buf_data(&out));
	buf_release(&out);
	return s;
}

/* dir/name when that can be read, else NULL. */
static char *there(const char *dir, const char *name)
{
	char *path = join(dir, name);
	if (path && access(path, R_OK) == 0)
		return path;
	mem_free(path);
	return NULL;
}

/* Without the links on the way: beside a build the folder is one. */
static char *resolved(char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;
	char *copy = real ? mem_str(view_str(real)) : NULL;
	free(real);
	mem_free(path);
	return copy;
}

/* Something that comes with the program: in a build tree beside it, else installed, from where the
   program is. */
static char *shipped(const char *beside, const char *installed, const char *installed_dir)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *found = NULL;
	if (n > 0) {
		exe[n] = '\0';
		*strrchr(exe, '/') = '\0';
		char *build = there(exe, "config.status");
		found = there(exe, build ? beside : installed);
		mem_free(build);
	}
	return resolved(found ? found : there(installed_dir, beside));
}

char *default_rules(void)
{
	return shipped("rules", "../share/evtxhound/rules", PKGDATADIR);
}

char *default_scenarios(void)
{
	return shipped("scenarios", "../share/evtxhound/scenarios", PKGDATADIR);
}

char *default_filler(void)
{
	return shipped("evtxhound-ntfs", "../libexec/evtxhound/evtxhound-ntfs", PKGLIBEXECDIR);
}

char *default_opener(void)
{
	return shipped("evtxhound-open", "../libexec/evtxhound/evtxhound-open", PKGLIBEXECDIR);
}

void print_faults(FILE *f, const struct faults *faults)
{
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *ft = &faults->v[i];
		print_text(f, view_str(ft->file));
		if (ft->line)
			fprintf(f, ":%u:%u", ft->line, ft->column);
		fputs(": ", f);
		print_text(f, view_str(ft->message));
		fputc('\n', f);
	}
	if (faults->more)
		fprintf(f, "and %llu more\n", (unsigned long long)faults->more);
}

int take_table(const char *command, const char *option, const char *value,
	       const char *tables[MAX_TABLES], size_t *n)
{
	if (*n == MAX_TABLES)
		return usage_error(command, "--%s more than %d times", option, MAX_TABLES);
	tables[(*n)++] = value;
	return EXIT_NOTHING;
}

int read_rules(struct ruleset *rules, const struct rule_files *files, struct err *e)
{
	char *shipped = files->n_sets ? NULL : default_rules();
	if (!files->n_sets && !shipped)
		return err_set(e, ERR_USAGE, 0,
			       "the shipped rules are not where they were installed; name some");
	int rc = ruleset_init(rules, e);
	for (size_t i = 0; rc == 0 && i < files->n_logsources; i++)
		rc = ruleset_logsources(rules, files->logsources[i], e);
	for (size_t i = 0; rc == 0 && i < files->n_placeholders; i++)
		rc = ruleset_placeholders(rules, files->placeholders[i], e);
	if (rc == 0 && shipped)
		rc = ruleset_add(rules, shipped, e);
	for (size_t i = 0; rc == 0 && i < files->n_sets; i++)
		rc = ruleset_add(rules, files->sets[i], e);
	if (rc == 0)
		rc = ruleset_finish(rules, e);
	mem_free(shipped);
	return rc;
}

int load_rules(struct ruleset *rules, const struct rule_files *files, bool skip)
{
	struct err e = {0};
	if (read_rules(rules, files, &e) < 0)
		return report_error(&e);
	print_faults(stderr, &rules->faults);
	uint64_t faults = rules->faults.n + rules->faults.more;
	if (!faults)
		return EXIT_NOTHING;
	if (skip && rules->n)
		return EXIT_NOTHING;
	if (skip)
		say("no rule is left");
	return EXIT_USAGE;
}

int load_exceptions(struct ruleset *rules, const char *const *paths, size_t n)
{
	size_t first = rules->faults.n;
	struct err e = {0};
	for (size_t i = 0; i < n; i++)
		if (ruleset_suppress(rules, paths[i], &e) < 0)
			return report_error(&e);
	const struct faults own = {.v = rules->faults.v + first, .n = rules->faults.n - first};
	if (own.n)
		print_faults(stderr, &own);
	return own.n ? EXIT_USAGE : EXIT_NOTHING;
}
