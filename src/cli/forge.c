/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli-private.h"
#include "evtxhound/forge.h"

enum { OPT_OUT, OPT_IMAGE, OPT_ARCHIVE, OPT_LAYOUT, OPT_HOST, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_OUT] = {"out", 'o', "DIR", "a folder for the logs; must be empty or new"},
	[OPT_IMAGE] = {"image", 0, "FILE", "a disk image with the logs, and what was left of them"},
	[OPT_ARCHIVE] = {"archive", 0, "FILE", "a triage archive: .zip, .7z, .tar, .tar.gz ..."},
	[OPT_LAYOUT] = {"layout", 0, "WHOSE", "names in the archive: kape (default), velociraptor"},
	[OPT_HOST] = {"host", 0, "NAME", "only this host of the scenario"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help forge_help = {
	"forge", "SCENARIO [--out DIR] [--archive FILE] [--image FILE]",
	"Makes the event logs that a scenario tells of, as files or as they would be seized.",
	option_rows, N_OPTIONS, false};

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
		if (take_option(option, value, &wish, &out) != EXIT_NOTHING)
			return EXIT_USAGE;
	}
	if (optind + 1 != argc || !(out || wish.image || wish.archive))
		return usage_error("forge", "name one scenario, and what to make of it with --out, "
					    "--archive or --image");
	return forge_all(argv[optind], &wish, out);
}
