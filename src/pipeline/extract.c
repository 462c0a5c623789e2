/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs copied out of the evidence. No name of the evidence is ever a path: the folder gets names that
 * are made here, and the table says whose they are.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "extract-private.h"

struct extract {
	const struct extract_options *o;
	struct hunt *h;
	uint8_t *block;
	uint64_t *number; /* of each source's copy; 0: none */
	uint32_t source;  /* being copied */
	struct extracted sum;
	struct progress now;
};

/* ---- names ---- */

#define NAME_KEPT 96u /* bytes kept of a name */

static bool is_harmless(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("._%-", c));
}

/* One '_' for everything else in a row; `out` has room for NAME_KEPT + 1. false: nothing to read is left. */
static bool keep(char *out, struct view v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.n && n < NAME_KEPT; i++) {
		if (is_harmless(v.p[i]))
			out[n++] = (char)v.p[i];
		else if (!n || out[n - 1] != '_')
			out[n++] = '_';
	}
	/* Windows, where a copy may go next, drops these. */
	while (n && out[n - 1] == '.')
		n--;
	out[n] = '\0';
	return strspn(out, "._-") < n;
}

void extract_name(char out[EXTRACT_NAME], uint64_t number, const struct source *s)
{
	static const char ending[] = ".evtx";
	struct view last = view_after_last(view_str(s->container ? s->inner : s->path), "/\\");
	char kept[NAME_KEPT + 1];
	size_t n = sizeof(ending) - 1;
	bool log = last.n >= n && view_eq_str_nocase(view_sub(last, last.n - n, n), ending);

	if (log)
		last.n -= n; /* a long name is cut before its ending */
	if (!keep(kept, last))
		snprintf(kept, sizeof(kept), "log");
	snprintf(out, EXTRACT_NAME, "%05llu-%s%s", (unsigned long long)number, kept, log ? ending : "");
}

/* ---- one log ---- */

static int on_unread(void *ctx, uint64_t offset, uint64_t length, struct err *e)
{
	struct extract *x = ctx;
	struct damage d = {.severity = DAMAGE_LOSS, .offset = offset, .length = length, .kind = "read"};

	snprintf(d.what, sizeof(d.what),
		 "%llu bytes cannot be read; in the copy, zeros stand for them",
		 (unsigned long long)length);
	return ledger_damage(&x->h->ledger, x->source, &d, e);
}

static int on_copied(void *ctx, uint64_t n, struct err *e)
{
	struct extract *x = ctx;

	(void)e;
	x->sum.bytes += n;
	x->now.bytes += n;
	x->now.path = NULL;
	if (x->h->progress)
		x->h->progress(x->h->progress_ctx, &x->now);
	return 0;
}

/* As far as the file system can: what it does not take is in the table all the same. */
static void set_time(const struct extract *x, const struct source *s, const char *name)
{
	struct timespec t[2] = {{.tv_nsec = UTIME_OMIT}, s->mtime};
	uint64_t ticks = source_time(s, 0);

	if (!ticks)
		return;
	if (s->container) {
		t[1].tv_sec = (time_t)(ticks / 10000000) - 11644473600; /* 1601 to 1970 */
		t[1].tv_nsec = (long)(ticks % 10000000) * 100;
	}
	utimensat(x->o->dirfd, name, t, AT_SYMLINK_NOFOLLOW);
}

static int write_log(struct extract *x, struct source *s, const struct reader *r, const char *name,
		     struct err *e)
{
	struct copying c = {.from = r, .block = x->block, .stop = x->o->list.stop, .ctx = x,
			    .unread = on_unread, .copied = on_copied};
	uint64_t size;

	if (outfile_open_new(&c.to, x->o->dirfd, name, e) < 0)
		return -1;
	if (copy_run(&c, s->size, e) < 0) {
		outfile_abandon(c.to);
		return -1;
	}
	if (outfile_commit(c.to, s->sha256, &size, e) < 0)
		return -1;
	s->hashed = true;
	set_time(x, s, name);
	return 0;
}

static int copy_log(struct extract *x, struct source *s, struct err *e)
{
	char name[EXTRACT_NAME];
	struct source_bytes bytes;
	struct err why = {0};

	x->source = s->index;
	if (source_bytes(x->h->sources, s, &bytes, &why) < 0) {
		s->kind = SOURCE_UNREADABLE;
		s->error = why;
		return why.code == ERR_NOMEM ? err_set(e, ERR_NOMEM, 0, "%s", why.msg) : 0;
	}
	const struct reader file = reader_of_fd(bytes.fd, bytes.n_map ? INT64_MAX : s->size);
	const struct mapped mapped = {&file, {bytes.map, bytes.n_map}};
	const struct reader inside = reader_of_extents(&mapped);
	extract_name(name, x->sum.logs + 1, s);
	int rc = write_log(x, s, bytes.n_map ? &inside : &file, name, e);
	bytes_close(&bytes);
	if (rc == 0)
		x->number[s->index] = ++x->sum.logs;
	return rc;
}

static int copy_all(struct extract *x, struct err *e)
{
	struct source_list *l = x->h->sources;

	for (size_t i = 0; i < l->n; i++) {
		x->now.files_total += l->v[i].kind == SOURCE_EVTX;
		x->now.bytes_total += l->v[i].kind == SOURCE_EVTX ? l->v[i].size : 0;
	}
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].kind != SOURCE_EVTX)
			continue;
		if (copy_log(x, &l->v[i], e) < 0)
			return -1;
		x->now.files++;
		x->now.path = l->v[i].path;
		if (x->h->progress)
			x->h->progress(x->h->progress_ctx, &x->now);
	}
	return 0;
}

/* ---- what there is to know of them ---- */

/* Hands the text on to the file. */
static int put(struct outfile *o, struct buf *b, struct err *e)
{
	int rc = b->bad ? err_set(e, ERR_NOMEM, 0, "no memory for the list of what was copied")
			: outfile_write(o, buf_data(b), e);

	buf_clear(b);
	return rc;
}

static void sum_line(struct buf *b, const uint8_t sha256[32], const char *name)
{
	char hex[65];

	hex_format(sha256, 32, hex);
	buf_fmt(b, "%s  %s\n", hex, name);
}

static int write_rows(struct extract *x, const struct run *run, struct outfile *table,
		      struct outfile *sums, struct err *e)
{
	char name[EXTRACT_NAME];
	struct arena a;
	struct buf b;
	int rc;

	arena_init(&a, LIMIT_CHUNK_ARENA);
	buf_init(&b, 0);
	sources_csv_header(&b, true);
	rc = put(table, &b, e);
	for (size_t i = 0; rc == 0 && i < run->n_sources; i++) {
		const struct source *s = run->sources[i].source;
		uint64_t number = x->number[s->index];

		if (number)
			extract_name(name, number, s);
		source_csv(&b, &a, run, &run->sources[i], number ? name : "");
		rc = put(table, &b, e);
		if (rc < 0 || !number)
			continue;
		sum_line(&b, s->sha256, name);
		rc = put(sums, &b, e);
	}
	buf_release(&b);
	arena_release(&a);
	return rc;
}

/* The table is in the sums, which come last. */
static int commit(struct outfile *table, struct outfile *sums, struct err *e)
{
	uint8_t sha256[32];
	uint64_t size;
	struct buf b;

	if (outfile_commit(table, sha256, &size, e) < 0) {
		outfile_abandon(sums);
		return -1;
	}
	buf_init(&b, 0);
	sum_line(&b, sha256, EXTRACT_TABLE);
	int rc = put(sums, &b, e);
	buf_release(&b);
	if (rc == 0)
		return outfile_commit(sums, sha256, &size, e);
	outfile_abandon(sums);
	return -1;
}

static int write_lists(struct extract *x, const struct run *run, struct err *e)
{
	struct outfile *table = NULL, *sums = NULL;

	if (outfile_open_new(&table, x->o->dirfd, EXTRACT_TABLE, e) == 0 &&
	    outfile_open_new(&sums, x->o->dirfd, EXTRACT_SUMS, e) == 0 &&
	    write_rows(x, run, table, sums, e) == 0)
		return commit(table, sums, e);
	outfile_abandon(table);
	outfile_abandon(sums);
	return -1;
}

int extract_run(const struct extract_options *o, struct hunt **out, struct run *run,
		struct extracted *sum, struct err *e)
{
	struct extract x = {.o = o};
	int rc = list_begin(&o->list, out, e);

	if (rc == 0) {
		x.h = *out;
		x.block = mem_alloc(COPY_BLOCK);
		x.number = mem_alloc((x.h->sources->n + 1) * sizeof(*x.number));
		if (!x.block || !x.number)
			rc = err_set(e, ERR_NOMEM, 0, "no memory to copy logs");
	}
	if (rc == 0)
		rc = copy_all(&x, e);
	if (rc == 0)
		rc = list_end(x.h, run, e);
	if (rc == 0)
		rc = write_lists(&x, run, e);
	mem_free(x.block);
	mem_free(x.number);
	*sum = x.sum;
	return rc;
}
