/* SPDX-License-Identifier: Apache-2.0 */
/* A report that was written once: are its files, rules and sources still what they were, and does the
   same hunt write the same bytes again? */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli-private.h"

enum { OPT_KEY, OPT_NO_RUN, OPT_QUIET, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_KEY] = {"key", 0, "KEY", "first the manifest's signature, by this public key (PEM)"},
	[OPT_NO_RUN] = {"no-run", 0, NULL, "do not run the hunt again; hash the sources instead"},
	[OPT_QUIET] = {"quiet", 'q', NULL, "only what differs or is not there"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help verify_help = {
	"verify", "[OPTION]... REPORT",
	"Hashes the files of a report, its rules and sources, and runs its hunt again.",
	option_rows, N_OPTIONS, false};

#define MANIFEST "manifest.json"

struct verify {
	const char *path;
	int folder, origin; /* the report's, and where its hunt was run; -1: not there */
	const char *key_path;
	struct signing_key key;
	bool no_run, quiet, help;
	struct manifest m;
	uint64_t changed, missing; /* things said, of all kinds */
	const volatile sig_atomic_t *stop;
};

/* ---- files ---- */

/* Of a regular file, whole. 0, or errno. */
static int hash_file(int dir, const char *name, uint8_t out[32])
{
	uint8_t block[65536];
	struct sha256 s;
	struct stat st;
	ssize_t n = 0;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno;
	int why = fstat(fd, &st) < 0 ? errno : S_ISREG(st.st_mode) ? 0 : EINVAL;
	if (why || !sha256_start(&s)) {
		close(fd);
		return why ? why : ENOMEM;
	}
	while ((n = read(fd, block, sizeof(block))) > 0)
		sha256_add(&s, (struct view){block, (size_t)n});
	why = n < 0 ? errno : 0;
	sha256_end(&s, out);
	close(fd);
	return why;
}

/* The whole file; .p NULL after having said why. Free with mem_free(). */
static struct view read_manifest(int dir, const char *path)
{
	struct view v = {NULL, 0};
	struct stat st;
	int fd = openat(dir, MANIFEST, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > LIMIT_MANIFEST) {
		say("%s: there is no " MANIFEST " that can be read: it is no whole report", path);
		if (fd >= 0)
			close(fd);
		return v;
	}
	uint8_t *p = mem_alloc((size_t)st.st_size + 1);
	size_t at = 0;
	ssize_t n = p ? 1 : -1;
	while (n > 0 && at < (size_t)st.st_size)
		if ((n = read(fd, p + at, (size_t)st.st_size - at)) > 0)
			at += (size_t)n;
	close(fd);
	if (n >= 0)
		return (struct view){p, at};
	say("%s/" MANIFEST ": it cannot be read", path);
	mem_free(p);
	return v;
}

static int manifest_parse(struct view text, const char *path, struct manifest *m)
{
	struct err e = {0};
	if (manifest_read(text, m, &e) == 0)
		return EXIT_NOTHING;
	say("%s/" MANIFEST ": %s", path, e.msg);
	return EXIT_STOPPED;
}

static int manifest_load(int dir, const char *path, struct manifest *m)
{
	struct view text = read_manifest(dir, path);
	if (!text.p)
		return EXIT_STOPPED;
	int code = manifest_parse(text, path, m);
	mem_free((void *)text.p);
	return code;
}

/* What was signed is the text that is then believed. */
static int check_signature(const struct verify *v, struct view text)
{
	uint8_t signature[SIGNATURE_BYTES + 1];
	int fd = openat(v->folder, MANIFEST_SIGNATURE, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, signature, sizeof(signature));
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		printf("signature: there is none (%s)\n", strerror(errno));
	} else if (!signature_holds(&v->key, text, (struct view){signature, (size_t)n})) {
		puts("signature: not of this manifest by this key: the manifest was changed, or another key "
		     "signed it");
	} else {
		if (!v->quiet)
			puts("signature: the manifest is what this key signed");
		return EXIT_NOTHING;
	}
	return EXIT_FINDINGS;
}

/* Of the report. What nobody signed is not looked into: it would say what to read and to run. */
static int manifest_trusted(struct verify *v)
{
	struct view text = read_manifest(v->folder, v->path);
	if (!text.p)
		return EXIT_STOPPED;
	int code = v->key_path ? check_signature(v, text) : EXIT_NOTHING;
	if (!v->key_path && !v->quiet && faccessat(v->folder, MANIFEST_SIGNATURE, F_OK, 0) == 0)
		puts("signature: not looked at; --key names whose it should be");
	if (code == EXIT_NOTHING)
		code = manifest_parse(text, v->path, &v->m);
	mem_free((void *)text.p);
	return code;
}

/* ---- what is told ---- */

static void tell(const char *what, struct view path, const char *how)
{
	fputs(what, stdout);
	putchar(' ');
	print_text(stdout, path);
	fputs(": ", stdout);
	print_text(stdout, view_str(how));
	putchar('\n');
}

static void tell_changed(struct verify *v, const char *what, struct view path)
{
	v->changed++;
	tell(what, path, "changed: its SHA-256 is another");
}

/* One file against its hash; true when it is the same. */
static bool check_file(struct verify *v, const char *what, int dir, const struct manifest_file *f)
{
	uint8_t now[32];
	char *name = f->hashed ? mem_str(f->path) : NULL;
	int why = !f->hashed ? ENODATA : !name ? ENOMEM : hash_file(dir, name, now);
	mem_free(name);
	if (why) {
		v->missing++;
		tell(what, f->path, f->hashed ? strerror(why) : "the manifest has no hash of it");
		return false;
	}
	if (!memcmp(now, f->sha256, sizeof(now)))
		return true;
	tell_changed(v, what, f->path);
	return false;
}

static void tell_count(const struct verify *v, const char *what, size_t same, size_t all)
{
	if (!v->quiet)
		printf("%s: %zu of %zu are what they were\n", what, same, all);
}

/* Of a report's file, perhaps one in the folder of records. */
static bool is_plain_name(struct view name)
{
	const size_t folder = sizeof(RECORDS_FOLDER);
	if (view_eq_str(view_sub(name, 0, folder), RECORDS_FOLDER "/"))
		name = view_sub(name, folder, name.n);
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/' || !name.p[i])
			return false;
	return name.n && name.p[0] != '.';
}

static void check_outputs(struct verify *v)
{
	size_t same = 0;
	for (size_t i = 0; i < v->m.outputs.n; i++) {
		const struct manifest_file *f = &v->m.outputs.v[i];
		if (is_plain_name(f->path)) {
			same += check_file(v, "output", v->folder, f);
			continue;
		}
		v->changed++;
		tell("output", f->path, "no name that a report gives to a file");
	}
	tell_count(v, "outputs", same, v->m.outputs.n);
}

static void check_rules(struct verify *v)
{
	size_t same = 0;
	for (size_t i = 0; i < v->m.rules.n; i++)
		same += check_file(v, "rule", v->origin, &v->m.rules.v[i]);
	tell_count(v, "rules", same, v->m.rules.n);
}

/* Those that are files of their own; what lies in images only a hunt reads. */
static void check_sources(struct verify *v)
{
	size_t same = 0, all = 0, inside = 0;
	for (size_t i = 0; i < v->m.sources.n; i++) {
		const struct manifest_file *f = &v->m.sources.v[i];
		bool log = view_eq_str(f->state, "read") || view_eq_str(f->state, "opened");
		if (f->inside && log)
			inside++;
		if (f->inside || !log)
			continue;
		all++;
		same += check_file(v, "source", v->origin, f);
	}
	tell_count(v, "sources", same, all);
	if (inside)
		printf("%zu sources lie in images or archives: without --no-run they are read again\n", inside);
	v->missing += inside;
}

/* ---- the same hunt again ---- */

static char *again_folder(void)
{
	const char *dir = getenv("TMPDIR");
	struct buf b;
	buf_init(&b, 0);
	buf_fmt(&b, "%s/evtxhound-verify.XXXXXX", dir && *dir ? dir : "/tmp");
	char *path = b.bad ? NULL : mem_str(buf_data(&b));
	buf_release(&b);
	if (path && mkdtemp(path))
		return path;
	say("no folder for the hunt to be run again: %s", strerror(errno));
	mem_free(path);
	return NULL;
}

static void empty_folder(int fd)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *en;
	while (d && (en = readdir(d)))
		unlinkat(fd, en->d_name, 0);
	if (d)
		closedir(d);
}

static void remove_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	empty_folder(openat(fd, RECORDS_FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	unlinkat(fd, RECORDS_FOLDER, AT_REMOVEDIR);
	empty_folder(fd);
	rmdir(path);
}

/* NULL: no memory. */
static char **words(const struct verify *v, const char *out)
{
	static const char *const first[] = {"evtxhound", "hunt", "--quiet", "--out"};
	size_t n = sizeof(first) / sizeof(*first), k = 0;
	char **w = mem_alloc((n + v->m.n_arguments + 2) * sizeof(*w));
	for (; w && k < n; k++)
		w[k] = mem_str(view_str(first[k]));
	if (w)
		w[k++] = mem_str(view_str(out));
	for (size_t i = 0; w && i < v->m.n_arguments; i++)
		w[k++] = mem_str(v->m.arguments[i]);
	return w;
}

static void hunt_child(const struct verify *v, char **argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    fchdir(v->origin) < 0)
		_exit(EXIT_STOPPED);
	execv("/proc/self/exe", argv);
	_exit(EXIT_STOPPED);
}

/* The exit code of the hunt. */
static int hunt_again(struct verify *v, const char *out)
{
	char **argv = words(v, out);
	pid_t pid = argv ? fork() : -1;
	int status = 0;
	if (pid == 0)
		hunt_child(v, argv);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (*v->stop)
			kill(pid, SIGTERM);
	for (size_t i = 0; argv && argv[i]; i++)
		mem_free(argv[i]);
	mem_free(argv);
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_STOPPED;
}

/* Files by path. Of equal paths the last counts. */
static bool index_files(const struct manifest_files *list, struct map *index)
{
	map_init(index);
	for (size_t i = 0; i < list->n; i++)
		if (!map_put(index, hash_view(0, list->v[i].path), i))
			return false;
	return true;
}

static const struct manifest_file *file_of(const struct manifest_files *list, const struct map *index,
					   struct view path)
{
	uint64_t at;
	bool known = map_get(index, hash_view(0, path), &at) && view_eq(list->v[at].path, path);
	return known ? &list->v[at] : NULL;
}

/* Where two files first differ, and in which line. */
static void tell_difference(struct verify *v, struct view name, const char *again)
{
	char *plain = mem_str(name), text[160];
	int dir = open(again, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FILE *a = NULL, *b = NULL;
	uint64_t at = 0, line = 1;
	int x = EOF, y = EOF;
	int fa = plain ? openat(v->folder, plain, O_RDONLY | O_CLOEXEC) : -1;
	int fb = plain ? openat(dir, plain, O_RDONLY | O_CLOEXEC) : -1;
	if (fa >= 0)
		a = fdopen(fa, "r");
	if (fb >= 0)
		b = fdopen(fb, "r");
	while (a && b && (x = getc(a)) == (y = getc(b)) && x != EOF) {
		at++;
		line += x == '\n';
	}
	snprintf(text, sizeof(text),
		 "another when the hunt is run again; the first difference is byte %" PRIu64 ", line %" PRIu64,
		 at, line);
	v->changed++;
	tell("output", name, a && b ? text : "another when the hunt is run again");
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	close(dir);
	mem_free(plain);
}

/* The lists of the two runs. */
static void compare_outputs(struct verify *v, const struct manifest *m, const struct map *index,
			    const char *again)
{
	size_t same = 0;
	for (size_t i = 0; i < v->m.outputs.n; i++) {
		const struct manifest_file *f = &v->m.outputs.v[i], *g = file_of(&m->outputs, index, f->path);
		if (g && !memcmp(f->sha256, g->sha256, sizeof(f->sha256)))
			same++;
		else
			tell_difference(v, f->path, again);
	}
	if (!v->quiet)
		printf("hunt again: %zu of %zu outputs have the same bytes\n", same, v->m.outputs.n);
}

static void compare_sources(struct verify *v, const struct manifest *m, const struct map *before,
			    const struct map *now)
{
	size_t same = 0;
	for (size_t i = 0; i < v->m.sources.n; i++) {
		const struct manifest_file *f = &v->m.sources.v[i], *g = file_of(&m->sources, now, f->path);
		if (!g || !view_eq(f->state, g->state)) {
			v->missing++;
			tell("source", f->path, g ? "it cannot be read as it could" : "not there");
		} else if (f->hashed && g->hashed && memcmp(f->sha256, g->sha256, sizeof(f->sha256))) {
			tell_changed(v, "source", f->path);
		} else {
			same++;
		}
	}
	for (size_t i = 0; i < m->sources.n; i++) {
		if (file_of(&v->m.sources, before, m->sources.v[i].path))
			continue;
		v->changed++;
		tell("source", m->sources.v[i].path, "it was not there");
	}
	tell_count(v, "sources", same, v->m.sources.n);
}

static int compare_lists(struct verify *v, const struct manifest *m, const char *again)
{
	struct map before = {0}, now = {0}, outputs = {0};
	int code = EXIT_STOPPED;
	if (index_files(&v->m.sources, &before) && index_files(&m->sources, &now) &&
	    index_files(&m->outputs, &outputs)) {
		compare_sources(v, m, &before, &now);
		compare_outputs(v, m, &outputs, again);
		code = EXIT_NOTHING;
	} else {
		say("no memory to compare");
	}
	map_release(&before);
	map_release(&now);
	map_release(&outputs);
	return code;
}

static int compare(struct verify *v, const char *again)
{
	struct manifest m = {0};
	int dir = open(again, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int code = manifest_load(dir, again, &m);
	if (dir >= 0)
		close(dir);
	if (code == EXIT_NOTHING) {
		if (!view_eq(m.version, v->m.version))
			tell("evtxhound", v->m.version, "wrote the report; this is another version");
		code = compare_lists(v, &m, again);
	}
	manifest_release(&m);
	return code;
}

static bool reads_standard_input(const struct manifest *m)
{
	for (size_t i = 0; i < m->n_arguments; i++)
		if (view_eq_str(m->arguments[i], "-"))
			return true;
	return false;
}

static int run_again(struct verify *v)
{
	uint64_t before = v->changed;
	if (!v->m.n_arguments || v->origin < 0 || reads_standard_input(&v->m)) {
		v->missing++;
		puts("hunt again: not run; the manifest does not tell how, or its folder is gone, or it read "
		     "standard input");
		return EXIT_NOTHING;
	}
	char *again = again_folder();
	if (!again)
		return EXIT_STOPPED;
	int code = hunt_again(v, again);
	if (*v->stop) {
		say("interrupted");
		code = EXIT_STOPPED;
	} else if (code == EXIT_USAGE || code == EXIT_STOPPED) {
		v->missing++;
		puts("hunt again: it could not be finished; see above");
		code = EXIT_NOTHING;
	} else {
		code = compare(v, again);
	}
	if (v->changed != before && code == EXIT_NOTHING)
		printf("the files of the new run: %s\n", again);
	else
		remove_folder(again);
	mem_free(again);
	return code;
}

/* ---- the command ---- */

static int parse(struct verify *v, int argc, char **argv)
{
	const char *value;
	int option;
	while ((option = next_option(&verify_help, argc, argv, &value)) != -1) {
		if (option < 0)
			return EXIT_USAGE;
		if (option == OPT_KEY)
			v->key_path = value;
		v->no_run |= option == OPT_NO_RUN;
		v->quiet |= option == OPT_QUIET;
		v->help |= option == OPT_HELP;
	}
	if (!v->help && argc - optind != 1)
		return usage_error("verify", "name one folder with a report");
	v->path = argv[optind];
	struct err e = {0};
	if (v->key_path && load_key(&v->key, v->key_path, false, &e) < 0)
		return usage_error("verify", "--key: %s", e.msg);
	return EXIT_NOTHING;
}

static int verify(struct verify *v)
{
	v->folder = open(v->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v->folder < 0) {
		say("%s: %s", v->path, strerror(errno));
		return EXIT_STOPPED;
	}
	int code = manifest_trusted(v);
	if (code != EXIT_NOTHING)
		return code;
	char *origin = mem_str(v->m.directory);
	v->origin = origin ? open(*origin ? origin : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	mem_free(origin);
	check_outputs(v);
	check_rules(v);
	if (v->no_run)
		check_sources(v);
	else
		code = run_again(v);
	if (code != EXIT_NOTHING)
		return code;
	if (!v->changed && !v->missing)
		puts(v->no_run ? "verified: nothing differs" : "verified: nothing differs, and the hunt writes the same bytes again");
	return v->changed ? EXIT_FINDINGS : v->missing ? EXIT_INCOMPLETE : EXIT_NOTHING;
}

int verify_command(int argc, char **argv)
{
	struct verify v = {.folder = -1, .origin = -1};
	int code = parse(&v, argc, argv);
	if (code != EXIT_NOTHING)
		return code;
	if (v.help) {
		print_help(&verify_help);
		return finish_stdout(EXIT_NOTHING);
	}
	v.stop = catch_signals();
	code = verify(&v);
	manifest_release(&v.m);
	signing_key_release(&v.key);
	if (v.folder >= 0)
		close(v.folder);
	if (v.origin >= 0)
		close(v.origin);
	return finish_stdout(code);
}
