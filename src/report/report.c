/* SPDX-License-Identifier: Apache-2.0 */
/* The folder: every file in its turn, the manifest last. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "page_data.h"
#include "profile.h"

#define MAX_OUTPUTS 24u

/* What follows ".NAME." of the entry, or ".report-2.html." and the like; NULL: it is not of the name. */
static const char *behind_name(const char *entry, const char *name)
{
	size_t n = strlen(name);
	unsigned page;
	int at = 0;

	if (entry[0] != '.')
		return NULL;
	if (strncmp(entry + 1, name, n) == 0 && entry[n + 1] == '.')
		return entry + n + 2;
	if (strcmp(name, "report.html") == 0 && sscanf(entry, ".report-%u.html.%n", &page, &at) == 1 && at)
		return entry + at;
	return NULL;
}

/* ".NAME.PID.part" of a process that is no more: what a killed run left. */
static bool is_orphan(const char *entry, const char *name)
{
	const char *behind = behind_name(entry, name);
	char *end;

	if (!behind)
		return false;
	long pid = strtol(behind, &end, 10);
	return pid > 0 && strcmp(end, ".part") == 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void clear_orphans(int dirfd, const char *const *names, size_t n)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!d && fd >= 0)
		close(fd);
	while (d && (entry = readdir(d)))
		for (size_t i = 0; i < n; i++)
			if (is_orphan(entry->d_name, names[i]))
				unlinkat(dirfd, entry->d_name, 0);
	if (d)
		closedir(d);
}

/* The further pages of an earlier report, to the last. */
static int clear_pages(const struct run *run, struct err *e)
{
	char name[OUTPUT_NAME];

	for (size_t i = 1; unlinkat(run->dirfd, page_name(i, name), 0) == 0; i++)
		;
	return errno == ENOENT ? 0 : err_errno(e, ERR_IO, "cannot remove the earlier %s", name);
}

/* A folder never mixes two runs: what an earlier one left under our names goes first, and its
   manifest before all, so that it never vouches for other files. */
static int clear(const struct run *run, struct err *e)
{
	static const char *const names[] = {"manifest.sig", "manifest.json", "findings.csv",   "evidence.csv",
					    "timeline.csv",  "findings.jsonl", "report.html",
					    "coverage.csv", "suppressed.csv", "suppressed.jsonl",
					    "summary.json",  "report.md", "timesketch.csv",
					    "timesketch.jsonl", "timeline-explorer.csv", "ecs.ndjson",
					    "near-misses.csv"};
	static const char *const journal = JOURNAL_NAME + 1; /* without its dot */

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (unlinkat(run->dirfd, names[i], 0) < 0 && errno != ENOENT)
			return err_errno(e, ERR_IO, "cannot remove the earlier %s", names[i]);
	clear_orphans(run->dirfd, names, ARRAY_LEN(names));
	clear_orphans(run->dirfd, &journal, 1);
	return clear_pages(run, e) < 0 ? -1 : records_clear(run->dirfd, e);
}

/* What was finished stays, also where something else failed. */
static int keep(int dirfd, struct output *o, size_t n, int rc, struct err *e)
{
	struct err unused = {0};

	for (size_t i = 0; i < n; i++) {
		struct err *told = rc == 0 ? e : &unused;

		if (o[i].file && outfile_keep(o[i].file, told) < 0)
			rc = -1;
		o[i].file = NULL;
	}
	return folder_sync(dirfd, rc == 0 ? e : &unused) < 0 ? -1 : rc;
}

const char *profile_name(enum output_profile p)
{
	static const char *const names[PROFILES] = {[PROFILE_TIMESKETCH] = "timesketch",
						    [PROFILE_EXPLORER] = "timeline-explorer",
						    [PROFILE_ECS] = "ecs"};

	return p < PROFILES ? names[p] : "";
}

static bool asked(const struct run *run, enum output_profile p)
{
	return run->profiles & PROFILE_BIT(p);
}

/* The timeline can be read once: all that is made of it is written together. */
static int write_timelines(const struct run *run, struct timeline *t, struct output *o, size_t *n,
			   struct err *e)
{
	struct timesketch ts;
	bool both = asked(run, PROFILE_TIMESKETCH);
	int rc = 0;

	if (both && timesketch_open(&ts, run, e) < 0)
		return -1;
	if (t)
		rc = timeline_write(t, run, both ? &ts : NULL, &o[(*n)++], e);
	if (both)
		rc = timesketch_close(&ts, rc, &o[*n], &o[*n + 1], e);
	*n += both ? 2 : 0;
	if (rc == 0 && asked(run, PROFILE_EXPLORER))
		rc = explorer_write(run, &o[(*n)++], e);
	if (rc == 0 && asked(run, PROFILE_ECS))
		rc = ecs_write(run, &o[(*n)++], e);
	return rc;
}

/* Behind the timeline, which tells them what it has. */
static int write_pages(struct page_data *d, struct err *e)
{
	if (chart_end(d, e) < 0 || page_list(d, e) < 0 || page_parts(d, e) < 0)
		return -1;
	for (size_t i = 0; i < d->n_parts; i++)
		if (page_write(d, i, &d->pages[i], e) < 0)
			return -1;
	return 0;
}

static int write_tables(struct page_data *d, struct timeline *t, struct output *outputs,
			size_t *n_outputs, struct err *e)
{
	static int (*const files[])(const struct run *, struct output *, struct err *) = {
		findings_csv_write, evidence_csv_write, findings_jsonl_write, counts_write, ticket_write};
	const struct run *run = d->run;
	size_t n = 0;

	if (t)
		timeline_tell(t, chart_entry, d);
	for (size_t i = 0; i < ARRAY_LEN(files); i++, n++)
		if (files[i](run, &outputs[n], e) < 0)
			return -1;
	if (run->coverage && coverage_csv_write(run, &outputs[n++], e) < 0)
		return -1;
	if (near_asked(run) && near_csv_write(run, &outputs[n++], e) < 0)
		return -1;
	if (run->rules->n_exceptions &&
	    (suppressed_csv_write(run, &outputs[n], e) < 0 ||
	     suppressed_jsonl_write(run, &outputs[n + 1], e) < 0))
		return -1;
	n += run->rules->n_exceptions ? 2 : 0;
	*n_outputs = n;
	return write_timelines(run, t, outputs, n_outputs, e);
}

/* What stands in the folder is signed, so it is read again, and must be what was written. */
static int manifest_bytes(const struct run *run, const struct output *manifest, struct buf *out,
			  struct err *e)
{
	uint8_t block[65536], sha256[32];
	ssize_t n = 1;
	int fd = openat(run->dirfd, manifest->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	while (fd >= 0 && n > 0 && !out->bad && out->n <= manifest->size)
		if ((n = read(fd, block, sizeof(block))) > 0)
			buf_add(out, block, (size_t)n);
	if (fd < 0 || n < 0)
		err_errno(e, ERR_IO, "cannot read %s again", manifest->name);
	else if (out->bad || !sha256_of(buf_data(out), sha256))
		no_memory(e, "the signature");
	else if (memcmp(sha256, manifest->sha256, sizeof(sha256)) != 0)
		err_set(e, ERR_IO, 0, "%s is not what was written", manifest->name);
	else
		n = -2;
	if (fd >= 0)
		close(fd);
	return n == -2 ? 0 : -1;
}

static int sign_write(const struct run *run, const struct output *manifest, struct err *e)
{
	uint8_t signature[SIGNATURE_BYTES];
	struct output own = {.name = MANIFEST_SIGNATURE};
	struct outfile *o = NULL;
	struct buf text;

	buf_init(&text, LIMIT_MANIFEST);
	int rc = manifest_bytes(run, manifest, &text, e);
	if (rc == 0)
		rc = signature_make(run->key, buf_data(&text), signature, e);
	if (rc == 0)
		rc = outfile_open(&o, run->dirfd, own.name, e);
	if (rc == 0)
		rc = outfile_write(o, (struct view){signature, sizeof(signature)}, e);
	if (rc == 0)
		rc = outfile_commit(o, own.sha256, &own.size, e);
	else
		outfile_abandon(o);
	buf_release(&text);
	return rc;
}

static int list_outputs(struct outputs *l, const struct output *v, size_t n, struct err *e)
{
	struct output *o;

	for (size_t i = 0; i < n; i++) {
		if (outputs_add(l, v[i].name, &o, e) < 0)
			return -1;
		o->size = v[i].size;
		memcpy(o->sha256, v[i].sha256, sizeof(o->sha256));
	}
	return 0;
}

static int write_files(struct page_data *d, struct timeline *t, struct outputs *l, struct err *e)
{
	const struct run *run = d->run;
	struct output outputs[MAX_OUTPUTS] = {0}, manifest = {0};
	size_t n = 0;
	int rc = write_tables(d, t, outputs, &n, e);

	rc = rc ? rc : write_pages(d, e);
	rc = keep(run->dirfd, outputs, MAX_OUTPUTS, rc, e);
	rc = keep(run->dirfd, d->pages, d->n_parts, rc, e);
	if (rc == 0 && run->records)
		rc = records_write(run, l, e);
	rc = rc ? rc : list_outputs(l, outputs, n, e);
	rc = rc ? rc : list_outputs(l, d->pages, d->n_parts, e);
	rc = rc ? rc : manifest_write(run, l->v, l->n, &manifest, e);
	rc = keep(run->dirfd, &manifest, 1, rc, e);
	return rc == 0 && run->key ? sign_write(run, &manifest, e) : rc;
}

int report_write(const struct run *run, struct timeline *t, struct err *e)
{
	struct outputs l = {0};
	struct page_data *d;
	int rc;

	if (clear(run, e) < 0)
		return -1;
	d = page_data_new(run, e);
	arena_init(&l.names, SIZE_MAX);
	rc = d ? write_files(d, t, &l, e) : -1;
	page_data_free(d);
	arena_release(&l.names);
	mem_free(l.v);
	return rc;
}
