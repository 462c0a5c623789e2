/* SPDX-License-Identifier: Apache-2.0 */
/* What all commands that read evidence share: which of it, how containers are opened, where to. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli-private.h"

enum {
	OPT_ALL_FILES,
	OPT_PATH,
	OPT_VSS,
	OPT_CARVE,
	OPT_PASSWORDS,
	OPT_HASH_IMAGE,
	OPT_VERIFY_IMAGE,
	OPT_SPOOL_LIMIT,
	N_OPTIONS
};
static const struct option_row rows[N_OPTIONS] = {
	[OPT_ALL_FILES] = {"all-files", 0, NULL, "look at every file of an image, not only where logs are kept"},
	[OPT_PATH] = {"path", 0, "GLOB", "only files of images and archives that match, may be repeated"},
	[OPT_VSS] = {"vss", 0, "WHICH", "shadow copies: all (default), none, or numbers: 1,3"},
	[OPT_CARVE] = {"carve", 0, "[=all]", "also what no file holds: in free space, or anywhere"},
	[OPT_PASSWORDS] = {"password-file", 0, "FILE", "passwords of encrypted archives, one per line"},
	[OPT_HASH_IMAGE] = {"hash-image", 0, NULL, "the SHA-256 of images, too"},
	[OPT_VERIFY_IMAGE] = {"verify-image", 0, NULL, "read images whole; check the hashes they hold"},
	[OPT_SPOOL_LIMIT] = {"spool-limit", 0, "SIZE", "bytes (K, M, G) that one image or archive may unpack"},
};

#define SPOOL_LIMIT (64ull << 30)
#define PASSWORDS_MAX (1u << 20)

void evidence_init(struct evidence_command *c)
{
	*c = (struct evidence_command){.options = {.dirfd = -1, .spool_max = SPOOL_LIMIT}};
	c->options.open.stores = true;
	c->options.open.globs = c->globs;
	c->options.open.store = c->stores;
}

void evidence_release(struct evidence_command *c)
{
	if (c->spool_dir >= 0 && c->has_spool_dir)
		close(c->spool_dir);
	mem_free(c->program);
	if (c->passwords)
		explicit_bzero(c->passwords, PASSWORDS_MAX);
	mem_free(c->passwords);
}

const struct option_row *evidence_rows(size_t *n)
{
	*n = N_OPTIONS;
	return rows;
}

/* ---- options ---- */

static int take_glob(struct evidence_command *c, const char *command, const char *value)
{
	struct open_options *o = &c->options.open;
	if (o->n_globs == MAX_GLOBS)
		return usage_error(command, "--path more than %d times", MAX_GLOBS);
	c->globs[o->n_globs++] = view_str(value);
	return EXIT_NOTHING;
}

static int take_stores(struct evidence_command *c, const char *command, const char *value)
{
	struct open_options *o = &c->options.open;
	o->n_store = 0;
	o->stores = strcmp(value, "none") != 0;
	if (!o->stores || !strcmp(value, "all"))
		return EXIT_NOTHING;
	for (const char *p = value; *p; p += *p == ',') {
		char *end;
		unsigned long n = *p >= '0' && *p <= '9' ? strtoul(p, &end, 10) : 0;
		if (n < 1 || n > MAX_STORES || (*end && *end != ',') || o->n_store == MAX_STORES)
			return usage_error(command, "--vss: '%s' is none of all, none, or numbers from 1 on",
					   value);
		c->stores[o->n_store++] = (uint32_t)n;
		p = end;
	}
	return EXIT_NOTHING;
}

static int take_carve(struct evidence_command *c, const char *command, const char *value)
{
	if (value && strcmp(value, "all") != 0)
		return usage_error(command, "--carve=%s: it is --carve or --carve=all", value);
	c->options.open.carve = value ? CARVE_ALL : CARVE_FREE;
	return EXIT_NOTHING;
}

static int take_passwords(struct evidence_command *c, const char *command, const char *path)
{
	size_t have = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	mem_free(c->passwords);
	c->passwords = mem_alloc(PASSWORDS_MAX);
	while (c->passwords && n > 0 && have < PASSWORDS_MAX) {
		n = read(fd, c->passwords + have, PASSWORDS_MAX - have);
		have += n > 0 ? (size_t)n : 0;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (n < 0 || !c->passwords)
		return usage_error(command, "--password-file: %s cannot be read: %s", path,
				   strerror(error));
	if (have == PASSWORDS_MAX)
		return usage_error(command, "--password-file: %s is no list of passwords: it is too large",
				   path);
	c->options.open.passwords = (struct view){c->passwords, have};
	return EXIT_NOTHING;
}

static int take_size(const char *command, const char *value, uint64_t *out)
{
	char *end = NULL;
	unsigned long long n = *value < '0' || *value > '9' ? 0 : strtoull(value, &end, 10);
	unsigned shift = 0;
	if (n && *end) {
		const char *at = strchr("KMG", *end);
		shift = at && *at ? 10u * (unsigned)(at - "KMG" + 1) : 64;
		end++;
	}
	if (!n || *end || shift > 30 || n > (uint64_t)INT64_MAX >> shift)
		return usage_error(command, "--spool-limit: '%s' is no size; write it as 500M or 20G", value);
	*out = (uint64_t)n << shift;
	return EXIT_NOTHING;
}

int take_evidence_option(struct evidence_command *c, const char *command, int option, const char *value)
{
	struct open_options *o = &c->options.open;
	switch (option) {
	case OPT_ALL_FILES:
		o->all_files = true;
		return EXIT_NOTHING;
	case OPT_PATH:
		return take_glob(c, command, value);
	case OPT_VSS:
		return take_stores(c, command, value);
	case OPT_CARVE:
		return take_carve(c, command, value);
	case OPT_PASSWORDS:
		return take_passwords(c, command, value);
	case OPT_HASH_IMAGE:
		o->hash = true;
		return EXIT_NOTHING;
	case OPT_VERIFY_IMAGE:
		o->verify = true;
		return EXIT_NOTHING;
	default:
		return take_size(command, value, &c->options.spool_max);
	}
}

/* ---- the list ---- */

/* Where bytes go that cannot be read where they are, when there is no folder of the output's. */
static int temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/var/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : fd;
}

static int add(struct evidence_command *c, struct source_list *l, const char *path, struct err *e)
{
	if (strcmp(path, "-") != 0)
		return source_list_add(l, path, e);
	int spool = report_spool(c->options.dirfd, e);
	return spool < 0 ? -1 : source_list_stream(l, STDIN_FILENO, spool, c->options.spool_max, e);
}

int list_evidence(struct evidence_command *c, struct source_list *l, char **paths, size_t n, int dirfd,
		  struct err *e)
{
	c->spool_dir = dirfd < 0 ? temporary_folder() : -1;
	c->has_spool_dir = dirfd < 0;
	c->options.dirfd = dirfd < 0 ? c->spool_dir : dirfd;
	c->program = default_opener();
	c->options.program = c->program;
	for (size_t i = 0; i < n; i++)
		if (add(c, l, paths[i], e) < 0)
			return -1;
	return 0;
}
