/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli-private.h"

/* "evtxhound-20261122T150858Z" */
static char *name_by_time(uint64_t start)
{
	char text[TIME_TEXT];
	struct buf b;
	time_format(start, text);
	buf_init(&b, 0);
	buf_str(&b, "evtxhound-");
	for (const char *p = text; *p && *p != '.'; p++)
		if (*p != '-' && *p != ':')
			buf_byte(&b, (uint8_t)*p);
	buf_byte(&b, 'Z');
	char *s = mem_str(buf_data(&b));
	buf_release(&b);
	return s;
}

static int make_parents(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		int rc = mkdir(path, 0777);
		*p = '/';
		if (rc < 0 && errno != EEXIST)
			return -1;
	}
	return mkdir(path, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

/* 1 empty, 0 not, -1 cannot tell. */
static int is_empty(int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *en;
	int empty = 1;
	if (!d)
		return -1;
	while ((en = readdir(d)))
		if (strcmp(en->d_name, ".") && strcmp(en->d_name, ".."))
			empty = 0;
	closedir(d);
	return empty;
}

static int cannot(const char *path)
{
	say("%s: the output folder cannot be used: %s", path, strerror(errno));
	return EXIT_STOPPED;
}

static int open_folder(struct out_folder *o, const char *command, bool force)
{
	if (make_parents(o->path) < 0)
		return cannot(o->path);
	o->fd = open(o->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->fd < 0)
		return cannot(o->path);
	int empty = is_empty(o->fd);
	if (empty < 0 || faccessat(o->fd, ".", W_OK | X_OK, 0) < 0)
		return cannot(o->path);
	if (!empty && !force) {
		bool stopped = faccessat(o->fd, JOURNAL_NAME, F_OK, 0) == 0;
		say("%s: the output folder is not empty; name another%s", o->path,
		    strcmp(command, "hunt") ? ""
		    : stopped ? ", or go on with the hunt that was stopped in it: --resume"
			      : ", or give --force to replace a report");
		return EXIT_USAGE;
	}
	return EXIT_NOTHING;
}

int out_folder_open(struct out_folder *o, const char *command, const char *wanted, bool force,
		    uint64_t start, const char *const *evidence, size_t n)
{
	o->fd = -1;
	o->path = wanted ? mem_str(view_str(wanted)) : name_by_time(start);
	if (!o->path) {
		say("no memory to begin");
		return EXIT_STOPPED;
	}
	if (!*o->path)
		return usage_error(command, "--out needs the name of a folder");
	if (source_inside(o->path, evidence, n)) {
		say("%s: the output folder lies inside the evidence; name one outside of it with --out",
		    o->path);
		return EXIT_USAGE;
	}
	return open_folder(o, command, force);
}

void out_folder_close(struct out_folder *o)
{
	if (o->fd >= 0)
		close(o->fd);
	mem_free(o->path);
	o->fd = -1;
	o->path = NULL;
}
