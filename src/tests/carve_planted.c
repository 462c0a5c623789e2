/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carve_planted IMAGE: every record that IMAGE.tsv says was planted is carved of the image, whole, and
 * once; and nothing else is but what the files of the list hold. 0 if so.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "carved_read.h"

struct planted {
	uint64_t at, id;
	uint64_t size;
};

static int in_order(const void *a, const void *b)
{
	const struct planted *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static struct planted *planted_of(const char *image, size_t *n)
{
	static char line[8192];
	struct planted *v = NULL;
	char name[4096], state[16];
	unsigned long long at, size, id;

	snprintf(name, sizeof(name), "%s.tsv", image);
	FILE *f = fopen(name, "r");
	if (!f)
		abort();
	for (*n = 0; fgets(line, sizeof(line), f);) {
		if (sscanf(line, "%15s %*s %*s %llu %llu %*s %llu", state, &at, &size, &id) != 4)
			continue;
		if (strcmp(state, "record") != 0)
			continue;
		v = mem_grow(v, (*n + 1) * sizeof(*v));
		if (!v)
			abort();
		v[(*n)++] = (struct planted){ at, id, size };
	}
	fclose(f);
	if (!*n)
		abort();
	qsort(v, *n, sizeof(*v), in_order);
	return v;
}

static int compare(const struct carved_read *r, const struct planted *v, size_t n)
{
	size_t whole = 0, other = 0, faults = 0, i = 0;

	for (size_t k = 0; k < n; k++) {
		while (i < r->n && r->v[i].at < v[k].at)
			other++, i++;
		if (i == r->n || r->v[i].at != v[k].at || r->v[i].id != v[k].id ||
		    r->v[i].size != v[k].size) {
			printf("record %llu at %llu is not found\n", (unsigned long long)v[k].id,
			       (unsigned long long)v[k].at);
			faults++;
			continue;
		}
		whole += r->v[i].state == RECORD_WHOLE;
		i++;
		for (; i < r->n && r->v[i].at == v[k].at; i++, faults++)
			printf("record %llu is found twice\n", (unsigned long long)v[k].id);
	}
	other += r->n - i;
	printf("%zu planted, %zu of them whole; %zu others\n", n, whole, other);
	return faults || whole < n ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct stat st;
	struct carved_read r;
	size_t n;

	if (argc != 2)
		return 2;
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 2;
	const struct reader bytes = reader_of_fd(fd, (uint64_t)st.st_size);
	struct planted *v = planted_of(argv[1], &n);
	carved_read(&r, &bytes, NULL, 0);
	int rc = compare(&r, v, n);
	printf("%zu logs of %llu bytes\n", r.logs, (unsigned long long)r.size);
	if (getenv("SHOW"))
		printf("%.*s", (int)r.told.n, r.told.p ? (const char *)r.told.p : "");
	carved_read_free(&r);
	mem_free(v);
	close(fd);
	return rc;
}
