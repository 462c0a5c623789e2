/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli-private.h"
#include "evtxhound/forge.h"

enum { OPT_LIST, OPT_OUT, OPT_IMAGE, OPT_ARCHIVE, OPT_LAYOUT, OPT_HOST, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_LIST] = {"list", 0, NULL, "tell the scenarios that are shipped"},
	[OPT_OUT] = {"out", 'o', "DIR", "a folder for the logs; must be empty or new"},
	[OPT_IMAGE] = {"image", 0, "FILE", "a disk image with the logs, and what was left of them"},
	[OPT_ARCHIVE] = {"archive", 0, "FILE", "a triage archive: .zip, .7z, .tar, .tar.gz ..."},
	[OPT_LAYOUT] = {"layout", 0, "WHOSE", "names in the archive: kape (default), velociraptor"},
	[OPT_HOST] = {"host", 0, "NAME", "only this host of the scenario"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help forge_help = {
	"forge", "SCENARIO [--out DIR] [--archive FILE] [--image FILE] | --list",
	"Makes the event logs that a scenario tells of (a file, or the name of a shipped one), as files or as\n"
	"they would be seized.",
	option_rows, N_OPTIONS, false};

/* By bytes: the same order in every locale. */
static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct dirent *const *)a)->d_name, (*(struct dirent *const *)b)->d_name);
}

/* The whole text, at most LIMIT_YAML_BYTES; -1 with `e`. */
static int read_text(const char *path, struct buf *b, struct err *e)
{
	uint8_t room[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = 0;
	if (fd < 0)
		return err_errno(e, ERR_USAGE, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_USAGE, 0, "%s: no regular file", path);
	}
	while (!b->bad && (n = read(fd, room, sizeof(room))) > 0)
		buf_add(b, room, (size_t)n);
	close(fd);
	if (n < 0)
		return err_errno(e, ERR_USAGE, "%s", path);
	if (b->bad)
		return err_set(e, ERR_USAGE, 0, "%s: larger than a scenario may be (%u bytes)", path,
			       LIMIT_YAML_BYTES);
	return 0;
}

static int forge(const char *path, const struct forge_wish *wish)
{
	struct buf text, made;
	struct err e = {0};
	buf_init(&text, LIMIT_YAML_BYTES);
	buf_init(&made, 0);
	int rc = read_text(path, &text, &e);
	if (rc == 0)
		rc = forge_evidence(buf_data(&text), path, wish, &made, &e);
	int code = rc < 0 ? report_error(&e) : EXIT_NOTHING;
	if (rc == 0)
		fwrite(made.p, 1, made.n, stdout);
	buf_release(&text);
	buf_release(&made);
	return finish_stdout(code);
}

/* ---- the scenarios that are shipped ---- */

static bool is_scenario(const char *name, size_t *stem)
{
	size_t n = strlen(name);
	*stem = n > 4 ? n - 4 : 0;
	return *stem && *name != '.' && !strcmp(name + *stem, ".yml");
}

/* What the comment at its top says. */
static void print_first_line(int dir, const char *name)
{
	char line[512];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	if (f && fgets(line, sizeof(line), f) && !strncmp(line, "# ", 2)) {
		line[strcspn(line, "\n")] = '\0';
		print_text(stdout, view_str(line + 2));
	}
	if (f)
		fclose(f);
}

static int list_scenarios(void)
{
	char *path = default_scenarios();
	struct dirent **names = NULL;
	int dir = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int n = dir < 0 ? -1 : scandir(path, &names, NULL, NULL);
	size_t stem;
	if (n < 0)
		say("the shipped scenarios are not where they were installed");
	else
		qsort(names, (size_t)n, sizeof(*names), by_name);
	for (int i = 0; i < n; i++) {
		if (is_scenario(names[i]->d_name, &stem)) {
			printf("%-28.*s  ", (int)stem, names[i]->d_name);
			print_first_line(dir, names[i]->d_name);
			putchar('\n');
		}
		free(names[i]);
	}
	free(names);
	if (dir >= 0)
		close(dir);
	mem_free(path);
	return finish_stdout(n < 0 ? EXIT_USAGE : EXIT_NOTHING);
}

/* The file of a shipped scenario, where no file of that name is there. NULL: it is none. */
static char *shipped_scenario(const char *name)
{
	char *dir = strchr(name, '/') || access(name, F_OK) == 0 ? NULL : default_scenarios(), *path = NULL;
	struct buf b;
	buf_init(&b, 0);
	if (dir) {
		buf_fmt(&b, "%s/%s.yml", dir, name);
		path = b.bad ? NULL : mem_str(buf_data(&b));
	}
	buf_release(&b);
	mem_free(dir);
	if (path && access(path, R_OK) == 0)
		return path;
	mem_free(path);
	return NULL;
}

/* ---- the command ---- */

static int take_option(int option, const char *value, struct forge_wish *wish, const char **out)
{
	switch (option) {
	case OPT_OUT: *out = value; break;
	case OPT_IMAGE: wish->image = value; break;
	case OPT_ARCHIVE: wish->archive = value; break;
	case OPT_HOST: wish->host = value; break;
	default:
		if (strcmp(value, "kape") && strcmp(value, "velociraptor"))
			return usage_error("forge", "--layout: '%s' is neither kape nor velociraptor",
					   value);
		wish->layout = *value == 'k' ? FORGE_KAPE : FORGE_VELOCIRAPTOR;
	}
	return EXIT_NOTHING;
}

static int forge_all(const char *path, struct forge_wish *wish, const char *out)
{
	struct out_folder folder = {.fd = -1};
	char *filler = wish->image ? default_filler() : NULL;
	int code = out ? out_folder_open(&folder, "forge", out, false, 0, NULL, 0) : EXIT_NOTHING;
	/* Zip keeps local times, and these are to be the same everywhere. */
	if (setenv("TZ", "UTC0", 1) == 0)
		tzset();
	wish->dirfd = folder.fd;
	wish->filler = filler;
	if (code == EXIT_NOTHING)
		code = forge(path, wish);
	if (out)
		out_folder_close(&folder);
	mem_free(filler);
	return code;
}

int forge_command(int argc, char **argv)
{
	const char *value, *out = NULL;
	struct forge_wish wish = {.dirfd = -1};
	int option;
	while ((option = next_option(&forge_help, argc, argv, &value)) != -1) {
		if (option < 0)
			return EXIT_USAGE;
		if (option == OPT_HELP) {
			print_help(&forge_help);
			return finish_stdout(EXIT_NOTHING);
		}
		if (option == OPT_LIST)
			return list_scenarios();
		if (take_option(option, value, &wish, &out) != EXIT_NOTHING)
			return EXIT_USAGE;
	}
	if (optind + 1 != argc || !(out || wish.image || wish.archive))
		return usage_error("forge", "name one scenario, and what to make of it with --out, "
					    "--archive or --image");
	char *shipped = shipped_scenario(argv[optind]);
	int code = forge_all(shipped ? shipped : argv[optind], &wish, out);
	mem_free(shipped);
	return code;
}
