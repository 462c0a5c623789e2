/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay_NAME [FILE|DIR]...: runs the fuzz entry over files; without any, over the corpus NAME of
 * the source tree (SRCDIR). Fails when there was nothing to run.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define MOST (64L << 20)

static size_t replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p;
	size_t n;

	if (!f || fstat(fileno(f), &st) || st.st_size > MOST) {
		fprintf(stderr, "replay: cannot read %s\n", path);
		exit(1);
	}
	/* Just as many bytes as there are, so that a read beyond them is seen. */
	p = malloc(st.st_size ? (size_t)st.st_size : 1);
	n = p ? fread(p, 1, (size_t)st.st_size, f) : 0;
	fclose(f);
	if (p)
		LLVMFuzzerTestOneInput(p, n);
	free(p);
	return 1;
}

static size_t replay_folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	size_t files = 0;

	for (int i = 0; i < n; i++) {
		char *file = NULL;

		if (names[i]->d_name[0] != '.' &&
		    asprintf(&file, "%s/%s", path, names[i]->d_name) > 0)
			files += replay_file(file);
		free(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return files;
}

static size_t replay(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode) ? replay_folder(path) : replay_file(path);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	const char *src = getenv("SRCDIR");
	char *corpus = NULL;
	size_t files = 0;

	if (argc < 2 && asprintf(&corpus, "%s/src/fuzz/corpus/%s", src ? src : ".",
				 strncmp(name, "replay_", 7) ? name : name + 7) > 0)
		files = replay(corpus);
	for (int i = 1; i < argc; i++)
		files += replay(argv[i]);
	free(corpus);
	printf("%s: %zu inputs\n", name, files);
	return files ? 0 : 1;
}
