/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli-private.h"
#include "evtxhound/forge.h"

enum { OPT_OUT, OPT_HELP, N_OPTIONS };
static const struct option_row option_rows[N_OPTIONS] = {
	[OPT_OUT] = {"out", 'o', "DIR", "the folder for the logs; must be empty or new"},
	[OPT_HELP] = {"help", 'h', NULL, "this text"},
};
static const struct command_help forge_help = {
	"forge", "SCENARIO --out DIR", "Makes the event logs that a scenario tells of.", option_rows,
	N_OPTIONS};

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

static int forge(const char *path, const struct out_folder *folder)
{
	struct buf text, made;
	struct err e = {0};
	buf_init(&text, LIMIT_YAML_BYTES);
	buf_init(&made, 0);
	int rc = read_text(path, &text, &e);
	if (rc == 0)
		rc = forge_scenario(buf_data(&text), path, folder->fd, &made, &e);
	int code = rc < 0 ? report_error(&e) : EXIT_NOTHING;
	if (rc == 0)
		fwrite(made.p, 1, made.n, stdout);
	buf_release(&text);
	buf_release(&made);
	return finish_stdout(code);
}

int forge_command(int argc, char **argv)
{
	const char *value, *out = NULL;
	struct out_folder folder;
	int option;
	while ((option = next_option(&forge_help, argc, argv, &value)) != -1) {
		if (option < 0)
			return EXIT_USAGE;
		if (option == OPT_OUT) {
			out = value;
			continue;
		}
		print_help(&forge_help);
		return finish_stdout(EXIT_NOTHING);
	}
	if (optind + 1 != argc || !out)
		return usage_error("forge", "name one scenario, and a folder with --out");
	int code = out_folder_open(&folder, out, false, 0, NULL, 0);
	if (code == EXIT_NOTHING)
		code = forge(argv[optind], &folder);
	out_folder_close(&folder);
	return code;
}
