/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the output would lie within the evidence. Folders are compared by what they are, device
 * and inode, so that neither links nor a second mount of the same folder deceive.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "evtxhound/source.h"

/*
 * Cuts the last component; false when there is none left, or when it is "..": behind a folder that
 * does not exist nobody can say where that leads. "a" becomes ".".
 */
static bool cut_last(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	char *slash = strrchr(path, '/');
	const char *last = slash ? slash + 1 : path;
	if (strcmp(last, "..") == 0 || strcmp(path, "/") == 0 || strcmp(path, ".") == 0)
		return false;
	if (!slash)
		memcpy(path, ".", 2);
	else
		slash[slash == path] = '\0';
	return true;
}

/* The resolved path of `dir`, or of the nearest folder above it that exists. */
static bool nearest(const char *dir, char out[PATH_MAX])
{
	char path[PATH_MAX];
	size_t n = strlen(dir);

	if (n == 0 || n >= sizeof(path))
		return false;
	memcpy(path, dir, n + 1);
	while (!realpath(path, out)) {
		if ((errno != ENOENT && errno != ENOTDIR) || !cut_last(path))
			return false;
	}
	return true;
}

static bool is_evidence(const struct stat *st, const char *const *evidence, size_t n)
{
	struct stat other;

	for (size_t i = 0; i < n; i++) {
		if (stat(evidence[i], &other) == 0 && other.st_dev == st->st_dev &&
		    other.st_ino == st->st_ino)
			return true;
	}
	return false;
}

bool source_inside(const char *dir, const char *const *evidence, size_t n)
{
	char path[PATH_MAX];
	struct stat st;

	if (!nearest(dir, path))
		return true;
	do {
		if (stat(path, &st) < 0 || is_evidence(&st, evidence, n))
			return true;
	} while (cut_last(path));
	return false;
}
